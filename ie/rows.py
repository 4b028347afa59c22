"""A metric fact as one flat row: the columns that CSV, Parquet, Excel and SQL share, and what they may hold.

| columns | type |
|---|---|
| `id`, `document`, `program`, `program_type`, `comparator`, `unit`, `currency`, `kind`, `status`, `rate` | text |
| `unit_si` | text: the unit of `value_si`: ``kg``, ``m2``, ``IRR``, ``1`` for shares … |
| `value`, `value_max`, `value_si`, `value_max_si` | exact: decimal128(38, 18) in Parquet, NUMERIC in PostgreSQL |
| `period_start`, `period_end`, `change_baseline_start`, `change_baseline_end` | text: Jalali day, ``1401-06-31`` |
| `period_start_gregorian`, `period_end_gregorian` | date |
| `period_relation`, `period_granularity`, `period_text`, `period_derivation`, `change_direction` | text |
| `flags`, `period_flags` | list of texts in Parquet, else text joined by ``;`` |
| `subset_of`, `same_as` | text: the id of another fact |
| `number_start` … `sentence_end`: half-open places in the document's text | whole number |
| `confidence` | floating number from 0 to 1 |
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Literal

from ie.schema import MetricFact

__all__ = ["COLUMNS", "CSV_COLUMNS", "ColumnType", "defused", "flat_record", "storable", "typed_row"]

ColumnType = Literal["text", "texts", "decimal", "day", "place", "score"]

_TYPES: dict[ColumnType, str] = {
    "decimal": "value value_max value_si value_max_si",
    "day": "period_start_gregorian period_end_gregorian",
    "texts": "flags period_flags",
    "place": "number_start number_end program_start program_end evidence_period_start evidence_period_end "
    "sentence_start sentence_end",
    "score": "confidence",
}
CSV_COLUMNS = (
    "id", "document", "program", "program_type", "value", "value_max", "comparator", "unit", "currency", "value_si",
    "value_max_si", "unit_si", "kind", "period_start", "period_end", "period_relation", "period_granularity",
    "period_flags", "period_start_gregorian", "period_end_gregorian", "period_text", "period_derivation", "status",
    "change_direction", "change_baseline_start", "change_baseline_end", "rate", "flags", "subset_of", "same_as",
    "number_start", "number_end", "program_start", "program_end", "evidence_period_start", "evidence_period_end",
    "sentence_start", "sentence_end", "confidence",
)  # fmt: skip
_TYPE_OF = {name: kind for kind, names in _TYPES.items() for name in names.split()}
COLUMNS: dict[str, ColumnType] = {name: _TYPE_OF.get(name, "text") for name in CSV_COLUMNS}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a wide one is narrowed by some programs


def flat_record(fact: MetricFact) -> dict[str, object]:
    """Return a fact as one flat row of `CSV_COLUMNS`; an absent value is None, flags are joined by ``;``."""
    return {name: ";".join(value) if isinstance(value, list) else value for name, value in _cells(fact).items()}


def typed_row(fact: MetricFact) -> dict[str, object]:
    """Return a fact as one flat row of `COLUMNS` in their types: decimals, days, lists of texts that can be stored."""
    row = _cells(fact)
    for name, kind in COLUMNS.items():
        value = row[name]
        if kind == "decimal" and value is not None:
            row[name] = Decimal(str(value))
        elif kind == "day" and isinstance(value, str):
            row[name] = datetime.date.fromisoformat(value)
        elif isinstance(value, list):
            row[name] = [storable(item) for item in value]
        elif isinstance(value, str):
            row[name] = storable(value)
    return row


def _cells(fact: MetricFact) -> dict[str, object]:
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
    return {column: cells.get(column) for column in CSV_COLUMNS}


def storable(text: str) -> str:
    r"""Return a text that any store takes: half a surrogate pair and a NUL are written out.

    >>> storable("سال\ud800\0")
    'سال\\ud800\\x00'
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before one that could begin one.

    One also goes before a formula that has apostrophes already, so that taking the first away gives the text again.

    >>> defused("=1+1"), defused("'=1+1"), defused("واحد")
    ("'=1+1", "''=1+1", 'واحد')
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text
