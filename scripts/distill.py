"""Let a large trained teacher teach a compact student on text that nobody has labelled, and write the model folder.

usage: python scripts/distill.py configs/distill.toml
"""

import json
import sys

from ie.distilling import DistillConfig, distill
from ie.recipes import run_recipe


def recipe(config: DistillConfig) -> str:
    """Teach from one settings file and return the metrics as JSON."""
    return json.dumps(distill(config), indent=2)


if __name__ == "__main__":
    sys.exit(run_recipe(DistillConfig, recipe, sys.argv[1:], __doc__))
