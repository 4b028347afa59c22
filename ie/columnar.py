"""Facts as a Parquet file: the flat columns of `rows` in their types, decimals exact, a thousand facts at a time."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import batched
from typing import IO, TYPE_CHECKING, Any

from ie.rows import COLUMNS, typed_row
from ie.schema import IEError, MetricFact

if TYPE_CHECKING:
    import pyarrow

__all__ = ["DECIMAL_DIGITS", "DECIMAL_PLACES", "fact_schema", "write_parquet"]

DECIMAL_DIGITS, DECIMAL_PLACES = 38, 12
_BATCH = 1000


def fact_schema() -> pyarrow.Schema:
    """Return the Arrow schema of a fact: decimal128(38, 12), date32, int32, lists of strings, strings."""
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "texts": pyarrow.list_(pyarrow.string()),
        "decimal": pyarrow.decimal128(DECIMAL_DIGITS, DECIMAL_PLACES),
        "day": pyarrow.date32(),
        "place": pyarrow.int32(),
        "score": pyarrow.float64(),
    }
    required = ("id", "document", "value")
    return pyarrow.schema(pyarrow.field(name, types[kind], name not in required) for name, kind in COLUMNS.items())


def write_parquet(facts: Iterable[MetricFact], file: IO[bytes]) -> None:
    """Write facts as Parquet; raises IEError for a value of more digits than a decimal column holds."""
    from pyarrow import RecordBatch, parquet

    schema = fact_schema()
    with parquet.ParquetWriter(file, schema, compression="zstd") as table:
        for batch in batched(facts, _BATCH):
            table.write_batch(RecordBatch.from_pylist([_row(fact) for fact in batch], schema))


def _row(fact: MetricFact) -> dict[str, Any]:
    for value in (fact.value, fact.value_max):
        if value is not None and not _fits(value):
            raise IEError(
                f"{fact.id}: {value} has more digits than a decimal({DECIMAL_DIGITS}, {DECIMAL_PLACES}) of Parquet "
                "holds; write .jsonl or .csv"
            )
    return typed_row(fact)


def _fits(value: Decimal) -> bool:
    """Tell whether a decimal column holds a value exactly.

    >>> _fits(Decimal("2.5E+12")), _fits(Decimal("1E+30")), _fits(Decimal("0.3333333333333"))
    (True, False, False)
    """
    if value.adjusted() >= DECIMAL_DIGITS - DECIMAL_PLACES:
        return False
    _, _, decimals = format(value, "f").partition(".")
    return len(decimals.rstrip("0")) <= DECIMAL_PLACES
