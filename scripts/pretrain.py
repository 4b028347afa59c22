"""Pretrain the compact encoder: tokenizer, skip-gram start, masked words, then dense supervision.

usage: python scripts/pretrain.py configs/pretrain-compact.toml [configs/supervise-compact.toml]
"""

import logging
import sys

from ie.configuration import read_config
from ie.pretraining import PretrainConfig, pretrain
from ie.schema import IEError
from ie.supervision import SuperviseConfig, supervise


def main(arguments: list[str]) -> int:
    """Run the stages named on the command line in order."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(arguments) not in (1, 2):
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        pretrain(read_config(PretrainConfig, arguments[0]))
        if len(arguments) == 2:
            supervise(read_config(SuperviseConfig, arguments[1]))
    except IEError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
