"""The SHA-256 sums of the files of a model folder, in ``SHA256SUMS`` as ``sha256sum`` writes them.

A folder of ours is read only as it was written; a folder of others that has no such file is read as it is. What people
edit (taxonomy, curves, notes) has no sum.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from ie.atomic import writing
from ie.schema import IEError

__all__ = ["SUMS", "check_checksums", "write_checksums"]

SUMS = "SHA256SUMS"
_SUMMED = ("config.json", "tokenizer.json", "vocab.txt", "model.onnx", "*.safetensors", "*.safetensors.index.json")
_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")


def write_checksums(folder: Path) -> None:
    """Write the sums of the files in a model folder that a model is loaded from."""
    files = sorted({path for pattern in _SUMMED for path in folder.glob(pattern)})
    lines = "".join(f"{_sum(path)}  {path.name}\n" for path in files)
    with writing(folder / SUMS) as file:
        file.write(lines)


def check_checksums(folder: Path, names: Iterable[str]) -> None:
    """Raise IEError, naming the file, where one of a model folder is not what was written."""
    if not (folder / SUMS).is_file():
        return
    expected = _read(folder / SUMS)
    for name in names:
        if name not in expected:
            raise IEError(f"{folder / SUMS}: no sum of {name}: {_advice(folder)}")
        try:
            found = _sum(folder / name)
        except OSError as error:
            raise IEError(f"{folder / name}: cannot be read: {error.strerror or error}") from error
        if found != expected[name]:
            raise IEError(
                f"{folder / name}: damaged or changed: expected the SHA-256 sum {expected[name]}, "
                f"found {found}: {_advice(folder)}"
            )


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise IEError(f"{path}: cannot be read: {error}") from error
    found = {}
    for number, line in enumerate(lines, start=1):
        if (match := _LINE.fullmatch(line)) is None:
            raise IEError(f"{path}: line {number}: expected a SHA-256 sum and a name: {_advice(path.parent)}")
        found[match[2]] = match[1]
    return found


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _advice(folder: Path) -> str:
    return f"copy the folder anew or make the model again; where you changed it yourself, remove {folder / SUMS}"
