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
from ie.databases import by_document, check_database, is_database, write_database
from ie.extras import require
from ie.records import to_json
from ie.rows import COLUMNS, CSV_COLUMNS, defused, flat_record
from ie.schema import IEError, MetricFact
from ie.terminal import RightToLeft, printable, shown_period, shown_value
from ie.workbooks import write_xlsx

if TYPE_CHECKING:
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
    "write_database",
    "write_facts",
    "write_jsonl",
    "writing",
]

SUFFIXES = (".jsonl", ".csv", ".parquet", ".xlsx")


def write_facts(facts: Iterable[MetricFact], target: str | Path, *, bom: bool = False) -> None:
    """Write facts to a file in the format of its suffix (see `SUFFIXES`), or to the database of a SQLAlchemy URL.

    `bom` begins a ``.csv`` with a byte-order mark, by which Excel knows UTF-8. Raises IEError where that cannot be.
    """
    check_output(target)
    if is_database(str(target)):
        write_database(by_document(facts), str(target))
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
            "the URL of a database like sqlite:///facts.db, or a folder/"
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

    table = Table(title=Text(printable(title)) if title else None, title_justify="left")
    table.add_column("programme", justify="right", min_width=14)
    table.add_column("value", justify="right")
    table.add_column("unit", justify="right")
    table.add_column("period")
    table.add_column("status")
    table.add_column("confidence", justify="right")
    for fact in facts:
        table.add_row(
            RightToLeft(fact.program or "–"),
            shown_value(fact),
            RightToLeft(fact.unit or ""),
            shown_period(fact.period),
            fact.status,
            f"{fact.confidence:.2f}",
        )
    return table
