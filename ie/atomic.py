"""Files that appear whole or not at all: written beside their place and moved there when complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ie.schema import IEError

__all__ = ["writing", "writing_bytes"]


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


@contextmanager
def _partial(path: str | Path, **opening: str) -> Iterator[IO[Any]]:
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise IEError(f"{path}: is not a regular file; give the name of a file to write")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        try:
            file = open(partial, **opening)  # type: ignore[call-overload]  # noqa: SIM115  closed below
        except FileNotFoundError:
            raise IEError(f"{path}: its folder {target.parent} does not exist; create it first") from None
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise IEError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
