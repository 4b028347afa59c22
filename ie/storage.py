"""Files in a bucket or on a cluster's file system, by the URLs that pyarrow knows: S3, Google Cloud, Azure, HDFS.

A path without a scheme is a file of this machine and opened as such. What is written appears whole or not at all. Keys
and endpoints are found as the libraries of each store find them (``AWS_ACCESS_KEY_ID`` …, ``CLASSPATH`` for HDFS).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from typing import IO, TYPE_CHECKING

from ie.schema import IEError

if TYPE_CHECKING:
    from pyarrow import fs

__all__ = [
    "StoredFile",
    "files_below",
    "is_stored",
    "join",
    "matching",
    "opened",
    "remove",
    "state_of",
    "without_options",
    "write_whole",
]

_SCHEME = re.compile(r"(?:s3|gs|gcs|abfss?|hdfs|viewfs|file)://", re.IGNORECASE)
_MAGIC = re.compile(r"\*")
# a store of objects shows one only when it is complete
_OBJECT_STORES = ("s3", "gcs", "abfs")
_BUFFER = 2**20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file, and by what its change is noticed."""

    path: str
    size: int
    modified: int


def is_stored(path: str) -> bool:
    """Tell whether a path names a file by the URL of its store.

    >>> is_stored("s3://archive/1401.parquet"), is_stored("archive/1401.parquet"), is_stored("https://example.org/a")
    (True, False, False)
    """
    return _SCHEME.match(path) is not None


def without_options(path: str) -> str:
    """Return a path whose last part is the name of a file: the URL of a store may have options behind it.

    >>> without_options("s3://archive/1401.parquet?region=eu-west-1"), without_options("what?.txt")
    ('s3://archive/1401.parquet', 'what?.txt')
    """
    return path.partition("?")[0] if is_stored(path) else path


def join(folder: str, name: str) -> str:
    """Return the path or URL of a file in a folder.

    >>> join("s3://archive/facts/?region=eu-west-1", "a.parquet"), join("facts", "a.parquet")
    ('s3://archive/facts/a.parquet?region=eu-west-1', 'facts/a.parquet')
    """
    if not is_stored(folder):
        return os.path.join(folder, name)
    place, mark, options = folder.partition("?")
    return f"{place.rstrip('/')}/{name}{mark}{options}"


def opened(path: str) -> IO[bytes]:
    """Open a file, of this machine or of a store, to read its bytes; raises OSError where that fails."""
    if not is_stored(path):
        return open(path, "rb")
    store, place = _store_of(path)
    return BufferedReader(store.open_input_file(place), _BUFFER)


def write_whole(path: str, data: bytes) -> None:
    """Write a file that appears whole or not at all; folders above it are made. Raises IEError where that fails."""
    if not is_stored(path):
        _write_here(path, data)
        return
    with _naming(path, "cannot be written"):
        store, place = _store_of(path)
        folder, _, name = place.rpartition("/")
        first = place if store.type_name in _OBJECT_STORES else f"{folder}/.{name}.{os.getpid()}.partial"
        if store.type_name not in _OBJECT_STORES:
            store.create_dir(folder, recursive=True)
        try:
            with store.open_output_stream(first) as stream:
                stream.write(data)
            if first != place:
                store.move(first, place)
        except BaseException:
            with suppress(OSError):
                store.delete_file(first)
            raise


def remove(path: str) -> None:
    """Delete a file."""
    if is_stored(path):
        with _naming(path, "cannot be deleted"):
            store, place = _store_of(path)
            store.delete_file(place)
    else:
        with suppress(FileNotFoundError):
            os.unlink(path)


def _write_here(path: str, data: bytes) -> None:
    folder, name = os.path.split(os.path.abspath(path))
    partial = os.path.join(folder, f".{name}.{os.getpid()}.partial")
    try:
        os.makedirs(folder, exist_ok=True)
        try:
            with open(partial, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(partial)
    except OSError as error:
        raise IEError(f"{path}: cannot be written: {error.strerror or error}") from error


def state_of(path: str) -> StoredFile | None:
    """Return what is known of a file without opening it; None where there is none."""
    if not is_stored(path):
        try:
            known = os.stat(path)
        except OSError:
            return None
        return StoredFile(path, known.st_size, known.st_mtime_ns)
    from pyarrow.fs import FileType

    with _naming(path):
        store, place = _store_of(path)
        found = store.get_file_info(place)
    return _described(path, found) if found.type == FileType.File else None


def files_below(folder: str) -> list[StoredFile]:
    """Return the files in a folder and below it, sorted by path; none where there is no such folder."""
    from pyarrow import fs

    with _naming(folder):
        store, place = _store_of(folder) if is_stored(folder) else (fs.LocalFileSystem(), os.path.abspath(folder))
        base = place.rstrip("/")
        found = store.get_file_info(fs.FileSelector(base, allow_not_found=True, recursive=True))
    files = [info for info in found if info.type == fs.FileType.File]
    return sorted(
        (_described(join(folder, info.path[len(base) :].lstrip("/")), info) for info in files), key=lambda one: one.path
    )


def matching(url: str) -> list[StoredFile]:
    """Return the files of a store that a URL names: one, those below a folder, or those that match a glob.

    ``*`` stands for anything within a name, ``**`` for any folders. A URL that names none gives none.
    """
    place, mark, options = url.partition("?")
    magic = _MAGIC.search(place)
    if magic is None:
        single = state_of(url)
        return [single] if single else files_below(url)
    fixed = place[: magic.start()].rpartition("/")[0]
    wanted = re.compile(_as_expression(place))
    return [one for one in files_below(fixed + mark + options) if wanted.fullmatch(one.path.partition("?")[0])]


def _as_expression(pattern: str) -> str:
    """Return the regular expression of a glob.

    >>> re.fullmatch(_as_expression("s3://a/**/*.parquet"), "s3://a/1401/07/part.parquet") is not None
    True
    """
    parts = re.split(r"(\*\*/?|\*)", pattern)
    meaning = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*"}
    return "".join(meaning.get(part) or re.escape(part) for part in parts)


def _described(path: str, info: fs.FileInfo) -> StoredFile:
    return StoredFile(path, info.size or 0, info.mtime_ns or 0)


def _store_of(url: str) -> tuple[fs.FileSystem, str]:
    import pyarrow
    from pyarrow.fs import FileSystem

    try:
        store, place = FileSystem.from_uri(url)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise OSError(f"its store cannot be reached: {_first_line(error)}") from error
    return store, place


@contextmanager
def _naming(path: str, trouble: str = "cannot be read") -> Iterator[None]:
    """Name the file in what a store says of it."""
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError) as error:
        raise IEError(f"{path}: {trouble}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
