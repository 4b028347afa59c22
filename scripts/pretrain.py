"""Pretrain the compact encoder: tokenizer, skip-gram start, masked words, then dense supervision.

usage: python scripts/pretrain.py configs/pretrain-compact.toml [configs/supervise-compact.toml]
"""

import sys

from ie.configuration import read_config
from ie.pretraining import PretrainConfig, pretrain
from ie.recipes import run_script
from ie.supervision import SuperviseConfig, supervise


def main(arguments: list[str]) -> int:
    """Run the stages named on the command line in order."""
    if len(arguments) not in (1, 2):
        sys.stderr.write(__doc__ or "")
        return 2
    return run_script(lambda: run_stages(*arguments))


def run_stages(pretraining: str, supervision: str | None = None) -> str:
    """Pretrain, then teach where a second settings file says how; return the folder of the encoder."""
    folder = pretrain(read_config(PretrainConfig, pretraining))
    return str(supervise(read_config(SuperviseConfig, supervision)) if supervision else folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
