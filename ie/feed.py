"""The documents a command reads: one at a time, each failure told as it comes, progress shown on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ie.console import complain
from ie.schema import Document
from ie.sources import Failure, Source
from ie.streaming import Item, Reading, items_of, opened

if TYPE_CHECKING:
    from ie.extractor import Report

__all__ = ["Feed", "read_date", "showing_progress"]


@dataclass(slots=True)
class Feed:
    """The documents of the sources, one at a time; failures are told as they come, and counted."""

    sources: Sequence[Source | Failure]
    reading: Reading = Reading()
    documents: int = 0
    characters: int = 0
    facts: int = 0
    failures: int = 0
    source_done: Callable[[], object] = lambda: None
    read_on: Callable[[], object] = lambda: None

    def __iter__(self) -> Iterator[Document]:
        for item in self.items():
            for one in opened(item, self.reading):
                if isinstance(one, Failure):
                    self.fail(one)
                else:
                    yield one

    def items(self) -> Iterator[Item]:
        """Yield what there is to read."""
        for source in self.sources:
            yield from items_of([source], self.reading)
            self.source_done()

    def reports(self, outcomes: Iterable[Report | Failure]) -> Iterator[Report]:
        """Yield the reports among the outcomes, count them, and tell the failures."""
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self.fail(outcome)
            else:
                self.documents += 1
                self.characters += len(outcome.text)
                yield outcome
            self.read_on()

    def counting(self, reports: Iterable[Report]) -> Iterator[Report]:
        """Yield the reports and count their facts."""
        for report in reports:
            self.facts += len(report.facts)
            yield report

    def fail(self, failure: Failure) -> None:
        """Tell and count a failure."""
        self.failures += 1
        complain(failure)

    def told(self, seconds: float) -> str:
        """Return what was read in so many seconds, in words.

        >>> Feed([], documents=2, characters=9000, facts=31).told(3.0)
        '2 documents, 31 facts, 0 failures, 3,000 characters/s'
        """
        rate = self.characters / seconds if seconds > 0 else 0
        counts = f"{self.documents:,} documents, {self.facts:,} facts, {self.failures:,} failures"
        return f"{counts}, {rate:,.0f} characters/s"


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
