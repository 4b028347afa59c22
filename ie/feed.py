"""The documents a command reads: one at a time, each failure told as it comes, progress shown on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from ie.console import complain
from ie.schema import Document, IEError
from ie.sources import Columns, Failure, Source

__all__ = ["Feed", "read_date", "showing_progress"]


class HasFacts(Protocol):
    """Whatever holds the facts of a document."""

    @property
    def facts(self) -> Sequence[object]:
        """Return the facts."""
        ...


@dataclass(slots=True)
class Feed:
    """The documents of the sources, one at a time; failures are told as they come, and counted.

    A report date that is stated wins over the date that comes with a document.
    """

    sources: list[Source | Failure]
    encoding: str
    report_date: str | None
    columns: Columns = Columns()
    documents: int = 0
    characters: int = 0
    facts: int = 0
    failures: int = 0
    source_done: Callable[[], object] = lambda: None
    read_on: Callable[[], object] = lambda: None

    def __iter__(self) -> Iterator[Document]:
        for source in self.sources:
            for item in [source] if isinstance(source, Failure) else source.documents(self.encoding, self.columns):
                try:
                    document = self._dated(item)
                except IEError as error:
                    self.failures += 1
                    complain(error)
                else:
                    self.documents += 1
                    self.characters += len(document.text)
                    yield document
                self.read_on()
            self.source_done()

    def counting[Read: HasFacts](self, reports: Iterable[Read]) -> Iterator[Read]:
        """Yield the reports of the documents and count their facts."""
        for report in reports:
            self.facts += len(report.facts)
            self.read_on()
            yield report

    def told(self, seconds: float) -> str:
        """Return what was read in so many seconds, in words.

        >>> Feed([], "utf-8", None, documents=2, characters=9000, facts=31).told(3.0)
        '2 documents, 31 facts, 0 failures, 3,000 characters/s'
        """
        rate = self.characters / seconds if seconds > 0 else 0
        counts = f"{self.documents:,} documents, {self.facts:,} facts, {self.failures:,} failures"
        return f"{counts}, {rate:,.0f} characters/s"

    def _dated(self, item: Document | Failure) -> Document:
        if isinstance(item, Failure):
            raise IEError(str(item))
        try:
            return replace(item, date=self.report_date or read_date(item.date))
        except IEError as error:
            raise IEError(f"{item.id}: {error}") from None


@contextmanager
def showing_progress(feed: Feed, visible: bool) -> Iterator[None]:
    """Show on a terminal how much is read, how fast, what it gave, and how long the rest takes."""
    if not (visible and sys.stderr.isatty()):
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    counts = (BarColumn(20), MofNCompleteColumn(), TextColumn("files,"), TextColumn("{task.fields[told]}"))
    columns = (*counts, TextColumn("left:"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("reading", total=len(feed.sources), told="")
        started = time.monotonic()
        feed.source_done = lambda: progress.advance(task)
        feed.read_on = lambda: progress.update(task, told=feed.told(time.monotonic() - started))
        yield


def read_date(date: str | None) -> str | None:
    """Return a Jalali report date as the calendar writes it; raises IEError where it is none."""
    from ie.calendars import read_report_date

    day = read_report_date(date)
    return str(day) if day else None
