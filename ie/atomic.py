"""Files that appear whole or not at all: written beside their place and moved there when complete.

One run writes a file at a time; what a run that was killed left beside it is taken away by the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ie.locks import locked
from ie.schema import IEError

__all__ = ["keep_entries", "writing", "writing_bytes"]


@contextmanager
def writing(path: str | Path, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """Open a text file that takes its place only when the block ends well; after an error nothing has changed."""
    with _partial(path, mode="w", encoding=encoding, errors="backslashreplace", newline="") as file:
        yield file


@contextmanager
def writing_bytes(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a binary file that takes its place only when the block ends well; after an error nothing has changed."""
    with _partial(path, mode="wb") as file:
        yield file


def keep_entries(folder: Path) -> None:
    """Have the names of the files in a folder outlast a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _partial(path: str | Path, **opening: str) -> Iterator[IO[Any]]:
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise IEError(f"{path}: is not a regular file; give the name of a file to write")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with _alone(target, path):
            try:
                with open(partial, **opening) as file:  # type: ignore[call-overload]
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(target)
                keep_entries(target.parent)
            finally:
                partial.unlink(missing_ok=True)
    except OSError as error:
        raise IEError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _alone(target: Path, path: str | Path) -> Iterator[None]:
    """Keep other runs from a target, and take away what killed ones left of it."""
    if not target.parent.is_dir():
        raise IEError(f"{path}: its folder {target.parent} does not exist; create it first")
    with locked(target.with_name(f".{target.name}.lock"), path) as held:
        if held:
            for name in os.listdir(target.parent):
                if _is_partial_of(target.name, name):
                    target.with_name(name).unlink(missing_ok=True)
        yield


def _is_partial_of(target: str, name: str) -> bool:
    """Tell whether a file is what a run left of a target.

    >>> _is_partial_of("a.csv", ".a.csv.41.partial"), _is_partial_of("a.csv", ".a.csv.old.partial")
    (True, False)
    """
    return name.startswith(f".{target}.") and name.endswith(".partial") and name[len(target) + 2 : -8].isdigit()
