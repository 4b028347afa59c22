"""Write metric facts by the suffix of a file or the URL of a database, and as a table for people on a terminal.

A file appears whole or not at all. Numbers are written digit for digit. The columns of every flat form are those of
`rows`. Pages and data frames are made elsewhere, from the same `MetricFact.to_dict`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ie.atomic import writing, writing_bytes
from ie.columnar import write_parquet
from ie.databases import check_database, is_database, write_database
from ie.extras import require
from ie.records import to_json
from ie.rows import COLUMNS, CSV_COLUMNS, defused, flat_record
from ie.schema import IEError, MetricFact, Period
from ie.workbooks import write_xlsx

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement
    from rich.table import Table

__all__ = [
    "CSV_COLUMNS",
    "SUFFIXES",
    "check_output",
    "facts_table",
    "flat_record",
    "is_database",
    "to_json",
    "write_csv",
    "write_facts",
    "write_jsonl",
    "writing",
]

_JOINERS = "\u200c\u200d"
_SIGNS = {"eq": "", "approx": "≈ ", "gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ ", "range": ""}


SUFFIXES = (".jsonl", ".csv", ".parquet", ".xlsx")


def write_facts(facts: Iterable[MetricFact], target: str | Path, *, bom: bool = False) -> None:
    """Write facts to a file in the format of its suffix (see `SUFFIXES`), or to the database of a SQLAlchemy URL.

    `bom` begins a ``.csv`` with a byte-order mark, by which Excel knows UTF-8. Raises IEError where that cannot be.
    """
    check_output(target)
    if is_database(str(target)):
        write_database(facts, str(target))
        return
    match Path(target).suffix.lower():
        case ".parquet":
            with writing_bytes(target) as binary:
                write_parquet(facts, binary)
        case ".xlsx":
            with writing_bytes(target) as binary:
                write_xlsx(facts, binary)
        case ".csv":
            with writing(target) as file:
                write_csv(facts, file, bom=bom)
        case _:
            with writing(target) as file:
                write_jsonl(facts, file)


def check_output(target: str | Path) -> None:
    """Raise IEError where facts cannot be written to a target: by its suffix, its URL, or for want of a library."""
    if is_database(str(target)):
        check_database(str(target))
        return
    suffix = Path(target).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join((*SUFFIXES, ".html", ".labelstudio.json"))
        raise IEError(
            f"{target}: cannot write {suffix or 'without a suffix'}; expected one of {known}, "
            "or the URL of a database like sqlite:///facts.db"
        )
    if suffix == ".xlsx":
        require("Excel", "excel", "openpyxl")


def write_jsonl(facts: Iterable[MetricFact], file: IO[str]) -> None:
    """Write one JSON object a line."""
    for fact in facts:
        file.write(to_json(fact.to_dict()) + "\n")


def write_csv(facts: Iterable[MetricFact], file: IO[str], *, bom: bool = False) -> None:
    """Write a header and one flat row a fact; an absent value is an empty cell, flags are joined by ``;``.

    A text that a spreadsheet could take for a formula has an apostrophe before it.
    """
    if bom:
        file.write("\ufeff")
    plain = csv.writer(file, lineterminator="\n")
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(CSV_COLUMNS)
    for fact in facts:
        row = [_cell(name, value) for name, value in flat_record(fact).items()]
        # readers end a row at a bare carriage return, which the module leaves unquoted
        rows = quoted if any(isinstance(cell, str) and "\r" in cell for cell in row) else plain
        rows.writerow(row)


def _cell(column: str, value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return defused(value) if isinstance(value, str) and COLUMNS[column] in ("text", "texts") else value


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
