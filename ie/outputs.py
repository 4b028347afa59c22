"""Write metric facts: JSONL and CSV to a file or standard output, and a table for people on a terminal.

A file appears whole or not at all: it is written beside its place and moved there when complete. Numbers are written
digit for digit. Pages and data frames are made elsewhere, from the same `MetricFact.to_dict`.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ie.records import to_json
from ie.schema import IEError, MetricFact, Period

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement
    from rich.table import Table

__all__ = [
    "CSV_COLUMNS",
    "WRITERS",
    "facts_table",
    "flat_record",
    "to_json",
    "write_csv",
    "write_facts",
    "write_jsonl",
    "writer_for",
    "writing",
]

CSV_COLUMNS = (
    "id", "document", "program", "program_type", "value", "value_max", "comparator", "unit", "currency", "kind",
    "period_start", "period_end", "period_relation", "period_granularity", "period_flags", "period_start_gregorian",
    "period_end_gregorian", "period_text", "period_derivation", "status", "change_direction", "change_baseline_start",
    "change_baseline_end", "rate", "flags", "subset_of", "same_as", "number_start", "number_end", "program_start",
    "program_end", "evidence_period_start", "evidence_period_end", "sentence_start", "sentence_end", "confidence",
)  # fmt: skip
_JOINERS = "\u200c\u200d"
_SIGNS = {"eq": "", "approx": "≈ ", "gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ ", "range": ""}


def write_facts(facts: Iterable[MetricFact], path: str | Path) -> None:
    """Write facts to a file in the format of its suffix (``.jsonl``, ``.csv``); raises IEError where that cannot be."""
    write = writer_for(path)
    with writing(path) as file:
        write(facts, file)


def writer_for(path: str | Path) -> Callable[[Iterable[MetricFact], IO[str]], None]:
    """Return the writer for a file's suffix; raises IEError if there is none."""
    suffix = Path(path).suffix.lower()
    if suffix not in WRITERS:
        known = ", ".join((*WRITERS, ".labelstudio.json"))
        raise IEError(f"{path}: cannot write {suffix or 'without a suffix'}; expected one of {known}")
    return WRITERS[suffix]


def write_jsonl(facts: Iterable[MetricFact], file: IO[str]) -> None:
    """Write one JSON object a line."""
    for fact in facts:
        file.write(to_json(fact.to_dict()) + "\n")


def write_csv(facts: Iterable[MetricFact], file: IO[str]) -> None:
    """Write a header and one flat row a fact; an absent value is an empty cell, flags are joined by ``;``."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for fact in facts:
        rows.writerow(format(cell, "f") if isinstance(cell, Decimal) else cell for cell in flat_record(fact).values())


WRITERS = {".jsonl": write_jsonl, ".csv": write_csv}


@contextmanager
def writing(path: str | Path) -> Iterator[IO[str]]:
    """Open a text file that takes its place only when the block ends well; after an error nothing has changed."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise IEError(f"{path}: is not a regular file; give the name of a file to write")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        try:
            file = partial.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        except FileNotFoundError:
            raise IEError(f"{path}: its folder {target.parent} does not exist; create it first") from None
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise IEError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def flat_record(fact: MetricFact) -> dict[str, object]:
    """Return a fact as one flat row of `CSV_COLUMNS`; an absent value is None, flags are joined by ``;``."""
    cells: dict[str, object] = fact.to_dict()
    if fact.period is not None:
        cells |= {f"period_{name}": value for name, value in fact.period.to_dict().items()}
    if fact.change is not None:
        cells["change_direction"] = fact.change.direction
        if fact.change.baseline is not None:
            cells["change_baseline_start"], cells["change_baseline_end"] = fact.change.baseline.interval
    for name, offsets in fact.evidence.to_dict().items():
        if offsets is not None:
            column = "evidence_period" if name == "period" else name
            cells[f"{column}_start"], cells[f"{column}_end"] = offsets
    return {column: _joined(cells.get(column)) for column in CSV_COLUMNS}


def _joined(value: object) -> object:
    return ";".join(value) if isinstance(value, list) else value


def facts_table(facts: Iterable[MetricFact], title: str | None = None) -> Table:
    """Return the facts as a rich table, Persian cells aligned and ordered from right to left."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(_printable(title)) if title else None, title_justify="left")
    table.add_column("programme", justify="right", min_width=14)
    table.add_column("value", justify="right")
    table.add_column("unit", justify="right")
    table.add_column("period")
    table.add_column("status")
    table.add_column("confidence", justify="right")
    for fact in facts:
        table.add_row(
            _RightToLeft(fact.program or "–"),
            _shown_value(fact),
            _RightToLeft(fact.unit or ""),
            _shown_period(fact.period),
            fact.status,
            f"{fact.confidence:.2f}",
        )
    return table


def _shown_value(fact: MetricFact) -> str:
    direction = {"up": "+", "down": "−"}[fact.change.direction] if fact.change else ""
    value = f"{_SIGNS[fact.comparator]}{direction}{_grouped(fact.value)}"
    return value if fact.value_max is None else f"{value} – {_grouped(fact.value_max)}"


def _grouped(value: Decimal) -> str:
    """Return a number as people read it.

    >>> _grouped(Decimal("1E+6")), _grouped(Decimal("12.50"))
    ('1,000,000', '12.5')
    """
    whole, _, decimals = format(value, "f").partition(".")
    decimals = decimals.rstrip("0")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "")


def _shown_period(period: Period | None) -> str:
    if period is None:
        return ""
    if period.start and period.end:
        return period.start if period.start == period.end else f"{period.start} … {period.end}"
    if period.start:
        return f"since {period.start}"
    return f"until {period.end}" if period.end else period.relation + " …"


def _printable(text: str) -> str:
    """Return a text with all that could steer the terminal (escapes, bidi marks, line ends) as single spaces."""
    return " ".join("".join(char if char.isprintable() or char in _JOINERS else " " for char in text).split())


class _RightToLeft:
    """A cell whose every line stands in a right-to-left isolate, so that cells keep their places on the terminal."""

    def __init__(self, text: str) -> None:
        from rich.text import Text

        self.text = Text(_printable(text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.text.wrap(console, options.max_width, justify="left"):
            line.rstrip()
            padding = " " * (options.max_width - line.cell_len)
            yield Text(f"{padding}\u2067{line.plain}\u2069")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        return Measurement.get(console, options, self.text)
