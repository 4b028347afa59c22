"""Fit confidences to annotated documents, say how far they can be trusted, and write their knots as JSON.

usage: python scripts/calibrate.py configs/calibrate.toml
"""

import json
import logging
import sys

from ie.annotations import read_annotations, read_splits
from ie.calibration import CalibrationConfig, calibrate
from ie.configuration import read_config
from ie.extractor import Extractor
from ie.outputs import writing
from ie.schema import IEError


def main(arguments: list[str]) -> int:
    """Fit the curve of each backend and write the knots of all."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        config = read_config(CalibrationConfig, arguments[0])
        splits = read_splits(config.splits)
        documents = [one for path in config.annotations for one in read_annotations(path).part(config.part, splits)]
        knots = {}
        for backend in config.backends:
            extractor = Extractor.load(config.model) if backend == "model" else Extractor.rules()
            found = calibrate(extractor, documents, config.group, config.folds)
            knots[backend] = found.curve.knots
            logging.info("%s: %d facts of %d documents", backend, found.raw.facts, len(documents))
            for name, one in (("raw", found.raw), ("held out", found.unseen)):
                figures = (one.ece, one.chance, one.brier, one.aurc)
                logging.info("  %-8s  ECE %.3f (by chance %.3f)  Brier %.3f  AURC %.3f", name, *figures)
        with writing(config.output) as file:
            file.write(json.dumps(knots) + "\n")
    except IEError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
