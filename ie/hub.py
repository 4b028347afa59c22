"""Where a model lies: a folder of this machine, or one commit of a model on the Hugging Face hub, fetched once.

Nothing is asked of the network but a model that is named with its revision, ``owner/name@revision``: a folder that is
mistyped is no name of the hub's. A revision is a commit; a branch or a tag is turned into its commit, which is told, so
that the same files can be named again. Weights are safetensors or ONNX: pickles are not even fetched. With
``HF_HUB_OFFLINE=1`` what was fetched before is read and the network left alone.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from ie.extras import require
from ie.schema import IEError

__all__ = ["local_folder", "pinned"]

logger = logging.getLogger(__name__)

_NAMED = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_WANTED = ("*.json", "*.txt", "*.model", "*.toml", "SHA256SUMS", "model.onnx", "*.safetensors")


def local_folder(source: str | Path, revision: str | None = None) -> Path:
    """Return the folder of a model, fetching one of the hub; raises IEError where there is none or no revision is told.

    `revision` is that of a model whose name has none.
    """
    folder = Path(source)
    if folder.is_dir():
        return folder
    match = _NAMED.fullmatch(str(source))
    if match is None or str(source).startswith("."):
        raise IEError(f"{source}: no such folder; expected one with a model, or a model of the hub: owner/name@commit")
    name, told = match[1], match[2] or revision
    if told is None:
        raise IEError(
            f"{source}: no such folder; a model of the hub is named with its revision: {name}@commit, "
            f"or {name}@main for the newest, whose commit is then told"
        )
    return _fetched(name, told)


def pinned(source: str, revision: str | None = None) -> str:
    """Return the name by which the same model is found again: a folder's own, or that of its commit on the hub."""
    folder = local_folder(source, revision)
    return source if folder == Path(source) else f"{source.partition('@')[0]}@{folder.name}"


def _fetched(name: str, revision: str) -> Path:
    require("a model of the hub", "train", "huggingface_hub")
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=list(_WANTED)))
    except Exception as error:  # network, hub and file errors share no base
        said = " ".join(str(error).split())
        raise IEError(f"{name}@{revision}: cannot be fetched; give a local folder: {said}") from error
    if not _COMMIT.fullmatch(revision):
        logger.warning("%s: read at its commit; to read the same again: %s@%s", name, name, folder.name)
    elif folder.name != revision:
        raise IEError(f"{name}@{revision}: expected that commit, was given {folder.name}")
    if not any(folder.glob("*.safetensors")) and not (folder / "model.onnx").is_file():
        raise IEError(
            f"{name}@{revision}: has no weights as safetensors or ONNX, and pickles are not read; name a revision that "
            f"has them (the hub's own converter offers refs/pr/N), or: hf download {name} --local-dir FOLDER; "
            "python scripts/to_safetensors.py FOLDER NEW_FOLDER"
        )
    return folder
