"""Write a checkpoint whose weights are a pickle anew with safetensors, which training reads; nothing in it is run.

usage: python scripts/to_safetensors.py FOLDER NEW_FOLDER
"""

import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from ie.recipes import run_script
from ie.schema import IEError

PICKLE = "pytorch_model.bin"
KEPT = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")


def convert(source: Path, target: Path) -> str:
    """Write the checkpoint and return its folder."""
    if not (source / PICKLE).is_file():
        raise IEError(f"{source}: no {PICKLE} in this folder; expected a checkpoint of the hub, downloaded whole")
    if target.exists():
        raise IEError(f"{target}: is there already; give the name of a new folder")
    try:
        weights = torch.load(source / PICKLE, map_location="cpu", weights_only=True)
        # shared weights are written each by itself: a file of safetensors knows no sharing
        apart = {name: tensor.clone().contiguous() for name, tensor in weights.items()}
    except Exception as error:  # the unpickler, the file and torch share no base
        raise IEError(f"{source / PICKLE}: no weights that can be read without running code: {error}") from error
    target.mkdir(parents=True)
    save_file(apart, target / "model.safetensors", {"format": "pt"})
    for name in KEPT:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    return str(target)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(run_script(lambda: convert(*map(Path, sys.argv[1:]))))
