"""Fit the linker's weights to annotated documents and write them as JSON.

usage: python scripts/fit_links.py configs/links.toml
"""

import json
import logging
import sys
from pathlib import Path

from ie.annotations import read_annotations, read_splits
from ie.configuration import read_config
from ie.fitting import FitConfig, fit_links
from ie.schema import IEError


def main(arguments: list[str]) -> int:
    """Fit every task on the train part and write the weights."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        config = read_config(FitConfig, arguments[0])
        splits = read_splits(config.splits)
        documents = [one for path in config.annotations for one in read_annotations(path).part("train", splits)]
    except IEError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    weights = fit_links(documents)
    for task, found in weights.items():
        logging.info("%s: %d weights from %d documents", task, len(found), len(documents))
    text = json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True)
    Path(config.output).write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
