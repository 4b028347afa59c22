"""Documents in the rows of ``.csv``, ``.tsv``, ``.jsonl`` and ``.parquet`` files, one row in memory at a time.

Text files may be compressed: ``.jsonl.gz``. `Columns` says where text, date and id stand. A Gregorian date becomes
Jalali. A bad row is named and the others are read; a file whose columns are others is one failure that lists them.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date as Date
from difflib import get_close_matches
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Any

from ie.decoding import MAX_BYTES, checked, decoded, marked_encoding, refuse_binary, refuse_size
from ie.schema import Document, IEError
from ie.stamps import jalali_date
from ie.storage import is_stored, opened, without_options

if TYPE_CHECKING:
    from pyarrow import RecordBatch

__all__ = ["Columns", "Row", "document_of", "read_rows", "table_suffix"]

Row = tuple[str, Document | IEError]
_SHAPE = '{"id": "report-1", "text": "…", "date": "1401-07-15"}'
_SUFFIXES = (".jsonl", ".csv", ".tsv", ".parquet")
_DELIMITERS = ",;\t|"
_WAYS_OUT = "name one with --text-column, --date-column or --id-column"


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns (of a ``.jsonl`` file: the keys) of a document; None is taken where there is one.

    A column that is named must be there, in a table.
    """

    text: str | None = None
    date: str | None = None
    id: str | None = None

    def found_in(self, names: list[str]) -> dict[str, str]:
        """Return the column of each part of a document in a table that has these columns; raises IEError without."""
        wanted = {"text": self.text, "date": self.date, "id": self.id}
        for part, name in wanted.items():
            if (name or part) not in names and (name is not None or part == "text"):
                missing = name or part
                raise IEError(
                    f"has no column {missing!r}{_meant(missing, names)}; it has {_listed(names)}: {_WAYS_OUT}"
                )
        found = {part: name or part for part, name in wanted.items()} | {"title": "title"}
        return {part: name for part, name in found.items() if name in names}


def table_suffix(path: str) -> str | None:
    """Return the suffix of a file that holds a document a row, without that of its compression; None of another file.

    >>> table_suffix("news.JSONL.gz"), table_suffix("news.csv"), table_suffix("news.txt.gz")
    ('.jsonl', '.csv', None)
    """
    # not with `pathlib`, which keeps every name that it has seen
    name, suffix = os.path.splitext(without_options(path).lower())
    packed = suffix == ".gz"
    suffix = os.path.splitext(name)[1] if packed else suffix
    return suffix if suffix in _SUFFIXES and not (packed and suffix == ".parquet") else None


def read_rows(path: str, name: str, columns: Columns, encoding: str) -> Iterator[Row]:
    """Yield for each row of a table its place, and its document or what is wrong with it; ids begin with the name."""
    match table_suffix(path):
        case ".jsonl":
            rows = _jsonl_rows(path, name, columns, encoding)
        case ".parquet":
            rows = _parquet_rows(path, name, columns)
        case _:
            rows = _csv_rows(path, name, columns, encoding)
    try:
        yield from rows
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise IEError(f"is not a whole gzip file ({error}); copy or compress it again") from None


def document_of(row: Mapping[str, Any], columns: Columns, default_id: str) -> Document | IEError:
    """Return the document that a row of a table states, or what is wrong with it; `row` is by the names of columns."""
    try:
        return _row(row, columns.found_in(list(row)), default_id)
    except IEError as error:
        return error


def _open(path: str) -> IO[bytes]:
    if not without_options(path).lower().endswith(".gz"):
        return opened(path)
    return gzip.open(opened(path) if is_stored(path) else path, "rb")  # type: ignore[return-value]


def _jsonl_rows(path: str, name: str, columns: Columns, encoding: str) -> Iterator[Row]:
    keys = {"text": columns.text or "text", "date": columns.date or "date", "id": columns.id or "id", "title": "title"}
    with _open(path) as lines:
        number = 0
        while line := lines.readline(MAX_BYTES + 1):
            number += 1
            row: Document | IEError
            try:
                if len(line) > MAX_BYTES:
                    while line and not line.endswith(b"\n"):
                        line = lines.readline(MAX_BYTES)
                    refuse_size()
                if not line.strip():
                    continue
                record = _record(decoded(line, encoding), keys["text"])
                row = _document({part: record.get(key) for part, key in keys.items()}, f"{name}:{number}")
            except (IEError, UnicodeError) as error:
                row = IEError(str(error))
            yield f"{path}:{number}", row


def _record(line: str, text_key: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise IEError(f"is not a line of JSON ({error})") from None
    if not isinstance(record, dict) or not isinstance(record.get(text_key), str):
        keys = list(record) if isinstance(record, dict) else []
        has = f"; it has {_listed(keys)}" if isinstance(record, dict) else ""
        meant = "" if text_key in keys else _meant(text_key, keys)
        raise IEError(f'has no "{text_key}"{meant}; expected an object like {_SHAPE}{has}')
    return record


def _csv_rows(path: str, name: str, columns: Columns, encoding: str) -> Iterator[Row]:
    with _open(path) as file:
        text = TextIOWrapper(file, _encoding_of(file, encoding), newline="")
        number = 0
        try:
            with _long_cells():
                header = text.readline(MAX_BYTES)
                delimiter = _delimiter(header, columns, "\t" if table_suffix(path) == ".tsv" else ",")
                text.seek(0)
                rows = csv.DictReader(_lines(text), delimiter=delimiter, restkey="\0rest")
                places = columns.found_in([column for column in rows.fieldnames or () if column])
            while True:
                number += 1
                with _long_cells():
                    row = next(rows, None)
                if row is None:
                    break
                yield f"{path}, row {number}", _row(row, places, f"{name}:{number}")
        except csv.Error as error:
            raise IEError(f"is not a table in row {number}: {error}") from None


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the module read a cell that holds a report, which is longer than it takes cells to be."""
    limit = csv.field_size_limit(MAX_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_BYTES + 1):
        if len(line) > MAX_BYTES:
            refuse_size()
        yield line


def _encoding_of(file: IO[bytes], encoding: str) -> str:
    """Return the encoding of a whole file, read once for it; raises IEError where it is not text."""
    marked = marked_encoding(file.read(4))
    file.seek(0)
    if marked is None and not codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        marked, utf8, offset = "utf-8", codecs.getincrementaldecoder("utf-8")(), 0
        while piece := file.read(2**20):
            refuse_binary(piece)
            try:
                utf8.decode(piece, final=len(piece) < 2**20)
            except UnicodeDecodeError as error:
                if codecs.lookup(encoding).name == "utf-8":
                    raise IEError(
                        f"is not UTF-8 (byte 0x{error.object[error.start]:02x} near byte {offset + error.start + 1}); "
                        "tables that Excel wrote are often Windows-1256: try --encoding cp1256"
                    ) from None
                marked = None
                break
            offset += len(piece)
        file.seek(0)
    return marked or encoding


def _delimiter(header: str, columns: Columns, usual: str) -> str:
    """Return the delimiter by which the header has the column of the texts, else the most columns.

    >>> _delimiter("id;text;date", Columns(), ","), _delimiter("a|b", Columns(), ",")
    (';', '|')
    """
    names = {mark: next(csv.reader([header], delimiter=mark), []) for mark in dict.fromkeys(usual + _DELIMITERS)}
    return max(names, key=lambda mark: ((columns.text or "text") in names[mark], len(names[mark])))


def _parquet_rows(path: str, name: str, columns: Columns) -> Iterator[Row]:
    import pyarrow
    from pyarrow import parquet

    try:
        # as it is asked for: a row group may be larger than what memory holds
        place = opened(path) if is_stored(path) else path
        with parquet.ParquetFile(place, pre_buffer=False, buffer_size=2**16) as file:
            places = columns.found_in(list(file.schema_arrow.names))
            number = 0
            for batch in file.iter_batches(batch_size=64, columns=list(dict.fromkeys(places.values()))):
                for row in range(batch.num_rows):
                    number += 1
                    yield f"{path}, row {number}", _parquet_row(batch.slice(row, 1), places, f"{name}:{number}")
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        detail = str(error).splitlines()[0].rstrip(".")
        raise IEError(f"is not a whole Parquet file ({detail}); copy or write it again") from None


def _parquet_row(rows: RecordBatch, places: Mapping[str, str], default_id: str) -> Document | IEError:
    """Return the document of the one row, or what is wrong with it: a day that no calendar has, for example."""
    try:
        (row,) = rows.to_pylist()
    except (ArithmeticError, LookupError, ValueError) as error:
        return IEError(f"holds a value that cannot be read ({error})")
    return _row(row, places, default_id)


def _row(row: Mapping[str, Any], places: Mapping[str, str], default_id: str) -> Document | IEError:
    try:
        values = {part: row.get(column) for part, column in places.items()}
        if not isinstance(values["text"], str):
            raise IEError(f"has no text in column {places['text']!r}")
        if isinstance(values.get("date"), int):
            values["date"] = str(values["date"])
        return _document(values, default_id)
    except IEError as error:
        return error


def _document(values: Mapping[str, Any], default_id: str) -> Document:
    text, date, title = values["text"], values.get("date"), values.get("title")
    if len(text) > MAX_BYTES:
        refuse_size()
    if not isinstance(date, str | Date | None):
        raise IEError(f'"date" is {date!r}; expected a Jalali date like "1401-07-15", "1401-07" or "1401"')
    return Document(
        id=default_id if values.get("id") in (None, "") else str(values["id"]),
        text=checked(text),
        date=jalali_date(date),
        title=title if isinstance(title, str) else None,
    )


def _meant(missing: str, names: list[str]) -> str:
    """Return a question for the column whose name is nearest, where one is near.

    >>> _meant("txt", ["Text", "day"]), _meant("متن‌ها", ["متن"]), _meant("text", ["day"])
    ("; did you mean 'Text'?", "; did you mean 'متن'?", '')
    """
    by_folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(missing.casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[near[0]]!r}?" if near else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(str(name)) for name in names[:20])
    return (shown or "none") + (" …" if len(names) > 20 else "")
