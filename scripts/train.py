"""Fine-tune a token classifier and write its model folder; an interrupted run goes on where it stopped.

usage: python scripts/train.py configs/compact.toml
       accelerate launch scripts/train.py configs/parsbert.toml    (several GPUs)
"""

import json
import sys

from ie.recipes import run_recipe
from ie.training import TrainConfig, train


def recipe(config: TrainConfig) -> str:
    """Train from one settings file and return the metrics as JSON."""
    return json.dumps(train(config), indent=2)


if __name__ == "__main__":
    sys.exit(run_recipe(TrainConfig, recipe, sys.argv[1:], __doc__))
