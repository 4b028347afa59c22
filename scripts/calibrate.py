"""Fit confidences to annotated documents, say how far they can be trusted, and write their knots as JSON.

usage: python scripts/calibrate.py configs/calibrate.toml
"""

import json
import sys

from ie.annotations import read_annotations, read_splits
from ie.calibration import CalibrationConfig, calibrate
from ie.extractor import Extractor
from ie.outputs import writing
from ie.recipes import run_recipe
from ie.score_tables import align_columns


def recipe(config: CalibrationConfig) -> str:
    """Fit the curve of each backend, write the knots of all, and return the errors before and after.

    Those after are of documents held out: each read with a curve fitted to the others.
    """
    splits = read_splits(config.splits)
    documents = [one for path in config.annotations for one in read_annotations(path).part(config.part, splits)]
    knots, rows = {}, []
    for backend in config.backends:
        extractor = Extractor.load(config.model) if backend == "model" else Extractor.rules()
        found = calibrate(extractor, documents, config.group, config.folds)
        knots[backend] = found.curve.knots
        for name, one in (("raw", found.raw), ("held out", found.unseen)):
            figures = (one.ece, one.chance, one.brier, one.aurc)
            rows.append((f"{backend}, {name}", str(one.facts), *(f"{figure:.3f}" for figure in figures)))
    with writing(config.output) as file:
        file.write(json.dumps(knots) + "\n")
    return align_columns((f"{len(documents)} documents", "facts", "ECE", "by chance", "Brier", "AURC"), rows)


if __name__ == "__main__":
    sys.exit(run_recipe(CalibrationConfig, recipe, sys.argv[1:], __doc__))
