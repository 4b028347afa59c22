"""Fine-tune a token classifier and write its model folder.

usage: python scripts/train.py configs/compact.toml
"""

import json
import logging
import sys

from ie.configuration import read_config
from ie.schema import IEError
from ie.training import TrainConfig, train


def main(arguments: list[str]) -> int:
    """Train from one settings file and print the metrics as JSON."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        metrics = train(read_config(TrainConfig, arguments[0]))
    except IEError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(metrics, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
