"""Fit the linker's weights to annotated documents and write them as JSON.

usage: python scripts/fit_links.py ANNOTATIONS SPLITS [OUT]
"""

import json
import logging
import sys
from pathlib import Path

from ie.annotations import read_annotations, read_splits
from ie.fitting import SETTINGS, TASKS, fit_weights, link_groups, phrase_groups
from ie.schema import IEError

OUT = Path(__file__).parent.parent / "ie" / "data" / "link_weights.json"


def main(arguments: list[str]) -> int:
    """Fit every task on the train part."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(arguments) not in (2, 3):
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        documents = read_annotations(arguments[0]).part("train", read_splits(arguments[1]))
    except IEError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    phrases = [group for document in documents for group in phrase_groups(document)]
    weights = {"phrase": fit_weights(phrases, *SETTINGS["phrase"])}
    found = [link_groups(document, weights["phrase"]) for document in documents]
    for task in TASKS:
        groups = [group for groups in found for group in groups[task]]
        weights[task] = fit_weights(groups, *SETTINGS[task])
        logging.info("%s: %d decisions, %d weights", task, len(groups), len(weights[task]))
    out = Path(arguments[2]) if len(arguments) == 3 else OUT
    out.write_text(json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
