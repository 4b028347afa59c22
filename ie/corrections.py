"""The file that corrected documents are kept in: one line of annotations each, which training reads.

A line is on the disk before `keep` returns, or the file is as it was. Several servers may keep documents in one file.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from ie.calendars import read_report_date
from ie.gold import AnnotatedDocument
from ie.records import check_record, from_record, to_json, to_record
from ie.schema import IEError, Period

__all__ = ["Corrections", "corrected_document", "line_of"]


def corrected_document(record: object) -> AnnotatedDocument:
    """Return the document that a record states; raises IEError naming the first slot that cannot be."""
    checked = check_record(record, "document")
    text = checked.get("text")
    if text is None:
        raise IEError("document: text: expected the text of the document, found none")
    if not checked["id"].strip():
        raise IEError("document: id: expected a name, found none")
    document = from_record(checked, text, "document")
    if document.document.date is not None:
        read_report_date(document.document.date)
    for item in document.facts:
        fact = item.fact
        values = [value for value in (fact.value, fact.value_max) if value is not None]
        if any(not value.is_finite() or value < 0 for value in values):
            raise IEError(f"fact {fact.id}: value: expected a number that is not negative, found {fact.value}")
        if (fact.comparator == "range") != (fact.value_max is not None):
            raise IEError(f"fact {fact.id}: value_max: expected one with comparator range, and only then")
        for name, period in (("interval", fact.period), ("baseline", fact.change.baseline if fact.change else None)):
            if period is not None:
                _check_days(period, f"fact {fact.id}: {name}")
        if fact.id in (fact.subset_of, fact.same_as):
            raise IEError(f"fact {fact.id}: expected another fact in subset_of and same_as, found the fact itself")
    return document


def _check_days(period: Period, where: str) -> None:
    for day in period.interval:
        if day is None:
            continue
        known = read_report_date(day)
        if str(known) != day or len(day) != 10:
            raise IEError(f"{where}: expected Jalali days like 1401-07-15, found {day}")
    if period.start and period.end and period.start > period.end:
        raise IEError(f"{where}: expected a start before its end, found {period.start} after {period.end}")


def line_of(document: AnnotatedDocument) -> str:
    """Return the line of a document, with its text and without a line end."""
    return to_json(to_record(document))


@dataclass(frozen=True, slots=True)
class Corrections:
    """A ``.jsonl`` file of corrected documents, each id once: the last that was kept."""

    path: Path

    @classmethod
    def at(cls, path: str | Path) -> Corrections:
        """Return the file of a path, made if it is not there; raises IEError where nothing can be written to it."""
        corrections = cls(Path(os.path.realpath(path)))
        if corrections.path.suffix != ".jsonl":
            raise IEError(f"{path}: expected a .jsonl file to keep annotations in")
        with corrections._locked():
            pass
        return corrections

    def keep(self, document: AnnotatedDocument) -> bool:
        """Keep a document, in the place of an earlier one of its id; return whether there was one.

        Raises IEError where it cannot be written; the file is then as it was.
        """
        line = line_of(document).encode() + b"\n"
        with self._locked() as file:
            earlier = _lines_of(file, document.id)
            if earlier:
                self._replace(file, earlier, line)
            else:
                _append(file, line)
        return bool(earlier)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the file for one writer at a time; every failure of the system says which file it was."""
        file = -1
        try:
            while True:
                file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                fcntl.flock(file, fcntl.LOCK_EX)
                # while we waited, another may have put a new file in its place
                if self.path.exists() and os.path.samestat(os.fstat(file), os.stat(self.path)):
                    break
                os.close(file)
                file = -1
            yield file
        except OSError as error:
            raise IEError(f"{self.path}: cannot be written: {error.strerror or error}; nothing was changed") from error
        finally:
            if file >= 0:
                os.close(file)

    def _replace(self, file: int, earlier: list[tuple[int, int]], line: bytes) -> None:
        """Write the file anew beside its place, with the line instead of the earlier ones, and move it there."""
        content = _content(file)
        pieces = [content[: earlier[0][0]], line]
        for (_, end), (after, _) in zip(earlier, [*earlier[1:], (len(content), 0)], strict=True):
            pieces.append(content[end:after])
        # a name of its own: the next writer may begin as soon as the file has moved
        handle, partial = mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".partial")
        try:
            with open(handle, "wb") as out:
                out.writelines(pieces)
                out.flush()
                os.fsync(out.fileno())
            shutil.copymode(self.path, partial)
            os.replace(partial, self.path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        _sync_folder(self.path.parent)


def _append(file: int, line: bytes) -> None:
    size = os.lseek(file, 0, os.SEEK_END)
    # a line that a crash cut off must not swallow the next
    begun = size > 0 and os.pread(file, 1, size - 1) != b"\n"
    data = memoryview((b"\n" if begun else b"") + line)
    try:
        while data:
            data = data[os.write(file, data) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _lines_of(file: int, document_id: str) -> list[tuple[int, int]]:
    """Return where the lines of a document begin and end."""
    found, start = [], 0
    for line in _content(file).splitlines(keepends=True):
        end = start + len(line)
        if _id_of(line) == document_id:
            found.append((start, end))
        start = end
    return found


def _id_of(line: bytes) -> Any:  # noqa: ANN401 - a value of JSON
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record.get("id") if isinstance(record, dict) else None


def _content(file: int) -> bytes:
    pieces = []
    os.lseek(file, 0, os.SEEK_SET)
    while piece := os.read(file, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
