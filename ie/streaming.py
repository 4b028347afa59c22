"""Documents in, reports or failures out, one for one and in order; a bad document never costs another.

What decides the facts stands in `Reading`. How documents are grouped, in which process they are read and in which order
changes no fact, so the command line, its workers and a cluster all read with `read_each`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ie.schema import Document, IEError
from ie.sources import STDIN, Columns, Failure, Source

if TYPE_CHECKING:
    from ie.extractor import Extractor, Report

__all__ = ["Item", "Reading", "items_of", "name_of", "opened", "read_each", "read_one"]

Item = Document | Failure | Source
# read together at most: bounds what is in memory, and is enough to keep the model busy
_DOCUMENTS, _CHARACTERS = 64, 2**18


@dataclass(frozen=True, slots=True)
class Reading:
    """What decides the facts of a run. `rules` reads without a model; `report_date` is a Jalali day, month or year.

    `encoding` and `columns` say how sources are opened; `min_confidence` is for whoever keeps the facts
    (`Report.at_least`). `device` is where the model runs: floats, and so now and then a fact, may differ by it.
    """

    model: str | None = None
    rules: bool = False
    report_date: str | None = None
    encoding: str = "utf-8"
    columns: Columns = Columns()
    min_confidence: float = 0.0
    device: str = "auto"

    def extractor(self, threads: int | None = None) -> Extractor:
        """Return the extractor to read with; raises IEError where its model cannot be loaded."""
        from ie.extractor import Extractor

        return Extractor.rules() if self.rules else Extractor.load(self.model, threads=threads, device=self.device)


def items_of(sources: Iterable[Source | Failure], reading: Reading) -> Iterator[Item]:
    """Yield the rows of tables and the text of standard input as documents; files of one document stay to be opened."""
    for source in sources:
        if isinstance(source, Source) and (source.is_table or source.path == STDIN):
            yield from source.documents(reading.encoding, reading.columns)
        else:
            yield source


def name_of(item: Item) -> str:
    """Return by what name a user knows an item: a path, a place in a file, or an id."""
    match item:
        case Document():
            return item.id
        case Source():
            return item.path
        case Failure():
            return item.source


def read_each(extractor: Extractor, items: Iterable[Item], reading: Reading) -> Iterator[Report | Failure]:
    """Yield the report of each item, or why it has none, in order; reads ahead 64 documents at most.

    A report date that is stated wins over the date that comes with a document. A document that the extractor fails on,
    for whatever reason, is a failure by its id.
    """
    batch: list[Document | Failure] = []
    characters = 0
    for item in items:
        for outcome in opened(item, reading):
            batch.append(outcome)
            characters += len(outcome.text) if isinstance(outcome, Document) else 0
            if len(batch) == _DOCUMENTS or characters >= _CHARACTERS:
                yield from _read(extractor, batch)
                batch, characters = [], 0
    yield from _read(extractor, batch)


def read_one(extractor: Extractor, item: Item, reading: Reading) -> list[Report | Failure]:
    """Return the outcome of one item, read for itself."""
    return list(read_each(extractor, [item], reading))


def opened(item: Item, reading: Reading) -> Iterator[Document | Failure]:
    """Yield the documents of an item with the dates they are read at, and a failure for each that cannot be read."""
    if isinstance(item, Source):
        for outcome in item.documents(reading.encoding, reading.columns):
            yield _dated(outcome, reading.report_date)
    else:
        yield _dated(item, reading.report_date)


def _dated(item: Document | Failure, report_date: str | None) -> Document | Failure:
    if isinstance(item, Failure):
        return item
    if report_date is not None or item.date is None:
        return replace(item, date=report_date)
    from ie.calendars import read_report_date

    try:
        return replace(item, date=str(read_report_date(item.date)))
    except IEError as error:
        return Failure(item.id, str(error))


def _read(extractor: Extractor, batch: list[Document | Failure]) -> Iterator[Report | Failure]:
    documents = [item for item in batch if isinstance(item, Document)]
    try:
        reports = iter(list(extractor.predict_many(documents)))
    except Exception:  # whichever it is, it must not cost the others: each is read for itself
        for item in batch:
            yield _read_alone(extractor, item)
        return
    for item in batch:
        yield next(reports) if isinstance(item, Document) else item


def _read_alone(extractor: Extractor, item: Document | Failure) -> Report | Failure:
    if isinstance(item, Failure):
        return item
    try:
        return next(extractor.predict_many([item]))
    except Exception as error:
        kind = "" if isinstance(error, IEError) else f"{type(error).__name__}: "
        return Failure(item.id, f"cannot be read: {kind}{error}")
