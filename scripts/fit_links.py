"""Fit the linker's weights to annotated documents and write them as JSON.

usage: python scripts/fit_links.py configs/links.toml
"""

import json
import logging
import sys
from pathlib import Path

from ie.annotations import read_annotations, read_splits
from ie.fitting import FitConfig, fit_links
from ie.recipes import run_recipe

logger = logging.getLogger("ie.fit_links")


def recipe(config: FitConfig) -> None:
    """Fit every task on the train part and write the weights."""
    splits = read_splits(config.splits)
    documents = [one for path in config.annotations for one in read_annotations(path).part("train", splits)]
    weights = fit_links(documents)
    for task, found in weights.items():
        logger.info("%s: %d weights from %d documents", task, len(found), len(documents))
    text = json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True)
    Path(config.output).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_recipe(FitConfig, recipe, sys.argv[1:], __doc__))
