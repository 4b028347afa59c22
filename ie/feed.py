"""The documents a command reads: one at a time, each failure told as it comes, progress shown on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ie.console import complain
from ie.schema import Document, IEError
from ie.sources import Columns, Failure, Source

__all__ = ["Feed", "read_date", "showing_progress"]


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
    failures: int = 0
    source_done: Callable[[], object] = lambda: None

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
                    yield document
            self.source_done()

    def _dated(self, item: Document | Failure) -> Document:
        if isinstance(item, Failure):
            raise IEError(str(item))
        try:
            return replace(item, date=self.report_date or read_date(item.date))
        except IEError as error:
            raise IEError(f"{item.id}: {error}") from None


@contextmanager
def showing_progress(feed: Feed, visible: bool) -> Iterator[None]:
    """Show on a terminal how many of the sources are read."""
    if not (visible and sys.stderr.isatty()):
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("files"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("reading", total=len(feed.sources))
        feed.source_done = lambda: progress.advance(task)
        yield


def read_date(date: str | None) -> str | None:
    """Return a Jalali report date as the calendar writes it; raises IEError where it is none."""
    from ie.calendars import read_report_date

    day = read_report_date(date)
    return str(day) if day else None
