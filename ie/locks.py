"""One run at a time for an output: a second one is told at once, and a run that was killed holds nobody up.

The lock is the operating system's, on a hidden file beside the output, so it ends with its process however that ends;
the file is gone when the run is over. Where a file system has no locks, runs are not kept apart.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ie.schema import IEError

__all__ = ["locked"]

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    def _try(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(lock: Path, output: str | Path) -> Iterator[bool]:
    """Hold a lock file for the time of the block, and tell whether it keeps others out; `output` is what it guards.

    Raises IEError where another run holds it, OSError where the file cannot be made.
    """
    handle, held = _taken(lock, output)
    try:
        yield held
    finally:
        if sys.platform != "win32":
            lock.unlink(missing_ok=True)  # while it is held: nobody can have begun to use this very file
        os.close(handle)
        if sys.platform == "win32":
            with suppress(OSError):
                lock.unlink()


def _taken(lock: Path, output: str | Path) -> tuple[int, bool]:
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _try(handle)
        except OSError as error:
            if error.errno not in _TAKEN:
                return handle, False
            os.close(handle)
            raise IEError(
                f"{output}: another run is writing it; wait until it has ended, or give another name"
            ) from None
        if _is_at(handle, lock):
            return handle, True
        os.close(handle)  # the run that held it has just ended and taken its file away


def _is_at(handle: int, lock: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(lock))
    except FileNotFoundError:
        return False
