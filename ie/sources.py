"""Read documents from files, folders, globs and standard input, one at a time, losing none to a bad neighbour.

Every source gives documents or a `Failure` that says in one line what is wrong with it and what to do. A text is
decoded and otherwise left as it is (line ends included), so offsets hold in the file's own characters; only a
byte-order mark, which belongs to the encoding, is left out. What the texts say is read elsewhere.
"""

from __future__ import annotations

import codecs
import glob
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from ie.schema import Document, IEError

__all__ = ["STDIN", "Failure", "Source", "check_encoding", "find_sources", "read_documents"]

STDIN = "-"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))
_SAVE_AS_TEXT = "is not read yet; save it as plain text (.txt) and give that"
_OTHER_FORMATS = {
    ".html": "HTML", ".htm": "HTML", ".docx": "Word", ".doc": "Word", ".rtf": "RTF", ".odt": "OpenDocument",
    ".pdf": "PDF", ".xlsx": "Excel", ".xls": "Excel", ".csv": "CSV", ".parquet": "Parquet", ".gz": "compressed data",
    ".zip": "compressed data",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """A source, or one line of it, that gave no document, and why."""

    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, or standard input; `id` names its document, or the lines of a ``.jsonl`` file."""

    path: str
    id: str

    def documents(self, encoding: str = "utf-8") -> Iterator[Document | Failure]:
        """Yield the documents of this source, and a failure for each that cannot be read."""
        suffix = PurePath(self.path).suffix.lower()
        if suffix in _OTHER_FORMATS:
            yield Failure(self.path, f"{_OTHER_FORMATS[suffix]} {_SAVE_AS_TEXT}")
            return
        try:
            if suffix == ".jsonl":
                yield from self._records(encoding)
            else:
                yield Document(self.id, self._text(encoding))
        except (IEError, UnicodeError) as error:
            yield Failure(self._name, str(error))
        except OSError as error:
            yield Failure(self._name, f"cannot be read: {error.strerror or error}")

    @property
    def _name(self) -> str:
        return "standard input" if self.path == STDIN else self.path

    def _text(self, encoding: str) -> str:
        if self.path != STDIN:
            data = Path(self.path).read_bytes()
        elif sys.stdin is not None:
            data = sys.stdin.buffer.read()
        else:
            raise IEError("is closed")
        text = _checked(_decoded(data, encoding))
        if text[:1000].lstrip()[:20].lower().startswith(("<!doctype html", "<html")):
            raise IEError(f"HTML {_SAVE_AS_TEXT}")
        return text

    def _records(self, encoding: str) -> Iterator[Document | Failure]:
        with open(self.path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    yield _document(_decoded(line, encoding), default_id=f"{self.id}:{number}")
                except (IEError, UnicodeError) as error:
                    yield Failure(f"{self.path}:{number}", str(error))


def read_documents(paths: Iterable[str | Path], encoding: str = "utf-8") -> Iterator[Document | Failure]:
    """Yield the documents of files (``.txt``, ``.jsonl``), folders, globs and ``-``, and a failure for each bad one.

    One document is in memory at a time. `encoding` is for files that are not UTF-8; raises IEError if it is unknown.
    """
    check_encoding(encoding)
    for source in find_sources(paths):
        if isinstance(source, Failure):
            yield source
        else:
            yield from source.documents(encoding)


def check_encoding(encoding: str) -> None:
    """Raise IEError where Python knows no text encoding of that name."""
    try:
        b"text".decode(encoding, "replace")
    except LookupError:
        raise IEError(f"unknown encoding {encoding!r}; expected a name like utf-8 or cp1256") from None


def find_sources(paths: Iterable[str | Path]) -> list[Source | Failure]:
    """Return the files that the paths stand for, in order and each once, and a failure for a path with none.

    A folder stands for every ``.txt`` file in it and below, sorted; a glob for the files it matches. Ids are the
    files' names without suffix, longer (with their folders) where two would be the same.
    """
    found: dict[str, str | Failure] = {}
    for path in map(str, paths):
        for file in _expanded(path):
            key = str(file) if isinstance(file, Failure) or file == STDIN else os.path.abspath(file)
            found.setdefault(key, file)
    files = [file for file in found.values() if isinstance(file, str)]
    ids = dict(zip(files, _ids(files), strict=True))
    return [file if isinstance(file, Failure) else Source(file, ids[file]) for file in found.values()]


def _expanded(path: str) -> Iterator[str | Failure]:
    if path == STDIN:
        yield path
    elif os.path.isdir(path):
        yield from _files_below(path)
    elif os.path.lexists(path):
        yield path
    elif glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))
        for match in matches:
            yield from _files_below(match) if os.path.isdir(match) else [match]
        if not matches:
            yield Failure(path, "matches no file")
    else:
        yield Failure(path, "does not exist")


def _files_below(folder: str) -> Iterator[str | Failure]:
    failures: list[Failure] = []
    empty = True

    def note(error: OSError) -> None:
        failures.append(Failure(error.filename, f"cannot be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders.sort()
        for name in sorted(names):
            file = os.path.join(parent, name)
            if name.lower().endswith(".txt") and (os.path.isfile(file) or not os.path.exists(file)):
                empty = False
                yield file
    yield from failures
    if empty and not failures:
        yield Failure(folder, "holds no .txt file; give files of other kinds by name")


def _ids(files: list[str]) -> list[str]:
    """Return the shortest names that tell the files apart.

    >>> _ids(["a/north/report.txt", "a/south/report.txt", "a/plan.txt"])
    ['north/report', 'south/report', 'plan']
    """
    absolute = [os.path.abspath(file) for file in files]
    root = os.path.commonpath([os.path.dirname(file) for file in absolute]) if len(files) > 1 else ""
    relative = [PurePath(os.path.relpath(file, root) if root else file) for file in absolute]
    names = ["stdin" if file == STDIN else path.stem for file, path in zip(files, relative, strict=True)]
    for longer in (lambda path: path.with_suffix("").as_posix(), PurePath.as_posix):
        uses = Counter(names)
        names = [name if uses[name] == 1 else longer(path) for name, path in zip(names, relative, strict=True)]
    return names


def _document(line: str, default_id: str) -> Document:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise IEError(f"is not a line of JSON ({error})") from None
    text = record.get("text") if isinstance(record, dict) else None
    if not isinstance(text, str):
        raise IEError('has no "text"; expected an object like {"id": "report-1", "text": "…", "date": "1401-07-15"}')
    date, title = record.get("date"), record.get("title")
    if not isinstance(date, str | None):
        raise IEError(f'"date" is {date!r}; expected a Jalali date like "1401-07-15", "1401-07" or "1401"')
    document_id = record.get("id")
    return Document(
        id=default_id if document_id in (None, "") else str(document_id),
        text=_checked(text),
        date=date or None,
        title=title if isinstance(title, str) else None,
    )


def _decoded(data: bytes, encoding: str) -> str:
    """Return the text of bytes: by their byte-order mark, else as UTF-8 where they are that, else by the encoding.

    >>> _decoded("سال".encode("cp1256"), "cp1256") == _decoded("سال".encode(), "cp1256") == "سال"
    True
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(name)
    name = codecs.lookup(encoding).name
    if name.startswith(("utf-16", "utf-32")):
        return data.decode(name)
    if _is_binary(data):
        raise IEError("is binary, not text; save it as plain text (.txt) and give that")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if name != "utf-8":
            return data.decode(name)
        line = data.count(b"\n", 0, error.start) + 1
        raise IEError(
            f"is not UTF-8 (byte 0x{data[error.start]:02x} in line {line}); "
            "old Persian text is often Windows-1256: try --encoding cp1256"
        ) from None


def _is_binary(data: bytes) -> bool:
    head = data[:65536]
    return b"\0" in data or len(head) - len(head.translate(None, _CONTROLS)) > 2 + len(head) // 100


def _checked(text: str) -> str:
    if not text.strip("\ufeff \t\r\n\f\v"):
        raise IEError("is empty")
    return text
