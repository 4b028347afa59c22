"""Facts as a Parquet file: the flat columns of `rows` in their types, a thousand facts at a time.

Decimals are exact or absent: a value that decimal128(38, 18) does not hold (from 10²⁰ on, or of more than 18 decimals)
is null, and the flags of its fact have `too_many_digits`; the other forms hold it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import batched
from typing import IO, TYPE_CHECKING, Any

from ie.rows import COLUMNS, typed_row
from ie.schema import MetricFact

if TYPE_CHECKING:
    import pyarrow

__all__ = ["DECIMAL_DIGITS", "DECIMAL_PLACES", "fact_row", "fact_schema", "write_parquet"]

DECIMAL_DIGITS, DECIMAL_PLACES = 38, 18
_BATCH = 1000
_DECIMALS = tuple(name for name, kind in COLUMNS.items() if kind == "decimal")


def fact_schema() -> pyarrow.Schema:
    """Return the Arrow schema of a fact: decimal128(38, 18), date32, int32, lists of strings, strings."""
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "texts": pyarrow.list_(pyarrow.string()),
        "decimal": pyarrow.decimal128(DECIMAL_DIGITS, DECIMAL_PLACES),
        "day": pyarrow.date32(),
        "place": pyarrow.int32(),
        "score": pyarrow.float64(),
    }
    required = ("id", "document")
    return pyarrow.schema(pyarrow.field(name, types[kind], name not in required) for name, kind in COLUMNS.items())


def write_parquet(facts: Iterable[MetricFact], file: IO[bytes]) -> None:
    """Write facts as Parquet, batch by batch."""
    from pyarrow import RecordBatch, parquet

    schema = fact_schema()
    with parquet.ParquetWriter(file, schema, compression="zstd") as table:
        for batch in batched(facts, _BATCH):
            table.write_batch(RecordBatch.from_pylist([fact_row(fact) for fact in batch], schema))


def fact_row(fact: MetricFact) -> dict[str, Any]:
    """Return a fact as one row of `fact_schema`."""
    row: dict[str, Any] = typed_row(fact)
    large = [name for name in _DECIMALS if row[name] is not None and not _fits(row[name])]
    if large:
        row |= dict.fromkeys(large) | {"flags": [*row["flags"], "too_many_digits"]}
    return row


def _fits(value: Decimal) -> bool:
    """Tell whether a decimal column holds a value exactly.

    >>> _fits(Decimal("2.5E+12")), _fits(Decimal("1E+30")), _fits(Decimal("0.3333333333333333333"))
    (True, False, False)
    """
    if value.adjusted() >= DECIMAL_DIGITS - DECIMAL_PLACES:
        return False
    _, _, decimals = format(value, "f").partition(".")
    return len(decimals.rstrip("0")) <= DECIMAL_PLACES
