"""Read documents from files, folders, globs and standard input, one at a time, losing none to a bad neighbour.

Text (``.txt``), web pages (``.html``), Word (``.docx``), PDF with a text layer, and the rows of ``.jsonl``, ``.csv``,
``.tsv`` (also ``.gz``) and ``.parquet`` files. Every source gives documents or a `Failure` that says in one line what
is wrong with it and what to do. Nothing is fetched from the web; files of a bucket or a cluster are read by their URL.

`Document.text` is what offsets point into. Of a text file and of a row it is the text itself, line ends included; only
a byte-order mark, which belongs to the encoding, is left out. Of a page, a Word file and a PDF it is the text that was
extracted: paragraphs, headings, items and table rows are its lines, the cells of a row are parted by tabs.
"""

from __future__ import annotations

import glob
import os
import re
import sys
from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import overload

from ie.decoding import MAX_BYTES, check_encoding, checked, decoded, read_bytes
from ie.office import read_docx
from ie.pdfs import MAX_PDF, read_pdf
from ie.schema import Document, IEError
from ie.storage import is_stored, matching, opened, without_options
from ie.tables import Columns, read_rows, table_suffix
from ie.webpages import read_page

__all__ = ["STDIN", "Columns", "Failure", "Source", "Sources", "check_encoding", "find_sources", "read_documents"]

STDIN = "-"
_PAGES = (".html", ".htm", ".xhtml")
_IN_FOLDERS = (".txt", *_PAGES, ".docx", ".pdf")
_ADDRESS = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
_OTHER_FORMATS = {
    ".doc": "Word's old format", ".rtf": "RTF", ".odt": "OpenDocument", ".xlsx": "Excel", ".xls": "Excel",
    ".gz": "compressed data", ".zip": "compressed data",
}  # fmt: skip
_SAVE_AS = {".doc": "a Word document (.docx)", ".xlsx": "CSV UTF-8 (.csv)", ".xls": "CSV UTF-8 (.csv)"}
_OTHER_BEGINNINGS = {b"%PDF-": ".pdf", b"PK\x03\x04": ".docx", b"PAR1": ".parquet"}


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

    def documents(self, encoding: str = "utf-8", columns: Columns | None = None) -> Iterator[Document | Failure]:
        """Yield the documents of this source, and a failure for each that cannot be read."""
        suffix = os.path.splitext(without_options(self.path))[1].lower()
        if suffix in _OTHER_FORMATS and not self.is_table:
            advice = f"save it as {_SAVE_AS.get(suffix, 'plain text (.txt)')} and give that"
            yield Failure(self.path, f"{_OTHER_FORMATS[suffix]} is not read; {advice}")
            return
        try:
            if self.is_table:
                for place, row in read_rows(self.path, self.id, columns or Columns(), encoding):
                    yield Failure(place, str(row)) if isinstance(row, IEError) else row
            else:
                yield self._document(suffix, encoding)
        except (IEError, UnicodeError) as error:
            yield Failure(self._name, str(error))
        except OSError as error:
            yield Failure(self._name, f"cannot be read: {error.strerror or error}")

    @property
    def is_table(self) -> bool:
        """Tell whether it holds a document a row."""
        return table_suffix(self.path) is not None

    @property
    def _name(self) -> str:
        return "standard input" if self.path == STDIN else self.path

    def _document(self, suffix: str, encoding: str) -> Document:
        data = self._data(MAX_PDF if suffix == ".pdf" else MAX_BYTES)
        if suffix in _PAGES:
            return read_page(data, self.id, encoding)
        if suffix == ".docx":
            return read_docx(data, self.id)
        if suffix == ".pdf":
            return read_pdf(data, self.id)
        for beginning, kind in _OTHER_BEGINNINGS.items():
            if data.startswith(beginning):
                raise IEError(f"is no text but a {kind} file; give it under a name with that suffix")
        text = checked(decoded(data, encoding))
        if text[:1000].lstrip()[:20].lower().startswith(("<!doctype html", "<html")):
            raise IEError("is HTML, not plain text; give it under a name that ends in .html")
        return Document(self.id, text)

    def _data(self, limit: int) -> bytes:
        if self.path == STDIN:
            if sys.stdin is None:
                raise IEError("is closed")
            return read_bytes(sys.stdin.buffer, limit)
        with opened(self.path) as file:
            return read_bytes(file, limit)


def read_documents(
    paths: Iterable[str | Path], encoding: str = "utf-8", columns: Columns | None = None
) -> Iterator[Document | Failure]:
    """Yield the documents of files, folders, globs and ``-``, and a failure for each bad one.

    One document is in memory at a time. `encoding` is for files that are not UTF-8; raises IEError if it is unknown.
    `columns` says where tables hold text, date and id.
    """
    check_encoding(encoding)
    for source in find_sources(paths):
        if isinstance(source, Failure):
            yield source
        else:
            yield from source.documents(encoding, columns)


class Sources(Sequence[Source | Failure]):
    """The files that paths stand for, and a failure for a path with none; of a file only its path is kept.

    So there may be millions of them. Ids are the shortest names that tell the files apart.

    >>> [source.id for source in Sources(["a/north/report.txt", "a/south/report.txt", "a/plan.txt"])]
    ['north/report', 'south/report', 'plan']
    """

    def __init__(self, found: Iterable[str | Failure]) -> None:
        self._paths, self._ends = bytearray(), array("Q")
        self._failures: dict[int, Failure] = {}
        for file in found:
            if isinstance(file, Failure):
                self._failures[len(self._ends)] = file
            else:
                self._paths += os.fsencode(file)
            self._ends.append(len(self._paths))
        self._root = self._common_folder()
        self._folder = ("", "")  # of the file before, and what it is below the root
        self._short: Container[int] = ()  # the names that more than one file has
        self._long: Container[int] = ()
        self._short = _repeated(self._short_name(file) for file in self._files())
        self._long = _repeated(self._longer_name(file) for file in self._files())

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> Source | Failure: ...

    @overload
    def __getitem__(self, place: slice) -> list[Source | Failure]: ...

    def __getitem__(self, place: int | slice) -> Source | Failure | list[Source | Failure]:
        if isinstance(place, slice):
            return [self[position] for position in range(*place.indices(len(self)))]
        position = range(len(self))[place]
        failure = self._failures.get(position)
        file = self._path(position)
        return failure or Source(file, self._id(file))

    def _path(self, position: int) -> str:
        start = self._ends[position - 1] if position else 0
        return os.fsdecode(bytes(self._paths[start : self._ends[position]]))

    def _files(self) -> Iterator[str]:
        return (self._path(position) for position in range(len(self)) if position not in self._failures)

    def _common_folder(self) -> str:
        if len(self) - len(self._failures) < 2:
            return ""
        folders = (os.path.dirname(os.path.abspath(file)) for file in self._files())
        return os.path.commonpath([folder for folder, _ in groupby(folders)])

    def _id(self, file: str) -> str:
        name = self._longer_name(file)
        return name if _digest(name) not in self._long else self._below_root(file)

    def _longer_name(self, file: str) -> str:
        name = self._short_name(file)
        return name if _digest(name) not in self._short else _bare(self._below_root(file))

    def _short_name(self, file: str) -> str:
        return "stdin" if file == STDIN else _bare(os.path.basename(without_options(file)))

    def _below_root(self, file: str) -> str:
        file = without_options(file)
        if self._root:
            folder, name = os.path.split(os.path.abspath(file))
            if folder != self._folder[0]:
                self._folder = folder, os.path.relpath(folder, self._root)
            file = name if self._folder[1] == os.curdir else os.path.join(self._folder[1], name)
        return file.replace(os.sep, "/")


def find_sources(paths: Iterable[str | Path]) -> Sources:
    """Return the files that the paths stand for, in order and each once, and a failure for a path with none.

    A folder stands for every text, web page, Word and PDF file in it and below, sorted; tables are given by name. A
    glob stands for the files it matches. Ids are the files' names without suffix, longer (with their folders) where two
    would be the same. An address on the web is a failure: nothing is fetched.
    """

    def found() -> Iterator[str | Failure]:
        seen = set[int]()
        for path in map(str, paths):
            for file in _expanded(path):
                key = _digest(str(file) if isinstance(file, Failure) or file == STDIN else os.path.abspath(file))
                if key not in seen:
                    seen.add(key)
                    yield file

    return Sources(found())


def _digest(text: str) -> int:
    """Return a number that stands for a text, the same in every run."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _repeated(names: Iterable[str]) -> set[int]:
    """Return the digests of the names that come more than once."""
    seen, again = set[int](), set[int]()
    for digest in map(_digest, names):
        (again if digest in seen else seen).add(digest)
    return again


def _expanded(path: str) -> Iterator[str | Failure]:
    if path == STDIN:
        yield path
    elif _ADDRESS.match(path):
        yield Failure(
            path, "is a web address, and nothing is fetched; download it (e.g. curl -o page.html) and give that"
        )
    elif is_stored(path):
        yield from _stored(path)
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


def _stored(url: str) -> Iterator[str | Failure]:
    """Yield the files that a URL of a store names, or those of documents below it."""
    try:
        found = [file.path for file in matching(url)]
    except IEError as error:
        yield Failure(url, str(error).removeprefix(f"{url}: "))
        return
    wanted = [
        path for path in found if path == url or "*" in url or without_options(path).lower().endswith(_IN_FOLDERS)
    ]
    yield from wanted
    if not wanted:
        yield Failure(url, "names no file; of tables in a folder give the names, like 's3://bucket/folder/*.parquet'")


def _files_below(folder: str) -> Iterator[str | Failure]:
    failures: list[Failure] = []
    empty = True

    def note(error: OSError) -> None:
        failures.append(Failure(error.filename, f"cannot be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders.sort()
        for name in sorted(names):
            file = os.path.join(parent, name)
            # Word keeps a lock with this beginning beside a file that is open
            wanted = name.lower().endswith(_IN_FOLDERS) and not name.startswith("~$")
            if wanted and (os.path.isfile(file) or not os.path.exists(file)):
                empty = False
                yield file
    yield from failures
    if empty and not failures:
        yield Failure(folder, "holds no .txt, .html, .docx or .pdf file; give files of other kinds by name")


def _bare(path: str) -> str:
    """Return a path without its suffix; of a compressed table without both.

    >>> _bare("a/news.jsonl.gz"), _bare("a/report.v2.txt")
    ('a/news', 'a/report.v2')
    """
    packed = table_suffix(path) is not None and path.lower().endswith(".gz")
    return os.path.splitext(path[:-3] if packed else path)[0]
