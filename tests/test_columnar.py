"""Facts in Parquet: typed columns that a query engine reads, decimals exact."""

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from some_facts import FULL, HOSTILE, ODD, THIRD

from ie.columnar import fact_schema, write_parquet
from ie.outputs import write_facts
from ie.rows import CSV_COLUMNS
from ie.schema import Evidence, MetricFact


def written(tmp_path: Path, *facts: MetricFact) -> pyarrow.Table:
    write_facts(facts, tmp_path / "facts.parquet")
    return parquet.read_table(tmp_path / "facts.parquet")


def test_every_column_has_its_type(tmp_path: Path) -> None:
    table = written(tmp_path, FULL, THIRD)
    assert tuple(table.column_names) == CSV_COLUMNS
    assert table.schema.equals(fact_schema())
    types = {name: str(table.schema.field(name).type) for name in ("value", "period_start_gregorian", "flags")}
    assert types == {
        "value": "decimal128(38, 18)",
        "period_start_gregorian": "date32[day]",
        "flags": "list<element: string>",
    }
    assert str(table.schema.field("number_start").type) == "int32"


def test_values_are_exact(tmp_path: Path) -> None:
    full, third = written(tmp_path, FULL, THIRD).to_pylist()
    assert (full["value"], third["value"], third["value_max"]) == (2500000000000, Decimal("0.333333"), Decimal("0.5"))
    assert (full["period_start"], full["period_start_gregorian"]) == ("1400-01-01", datetime.date(2021, 3, 21))
    assert (full["flags"], full["period_flags"], third["flags"]) == (["one", "two"], ["approximate", "clipped"], [])
    assert (third["program"], third["change_direction"], full["confidence"]) == (None, "down", 0.94)


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**19), max_value=10**19, places=9))
def test_any_usual_value_comes_back(value: Decimal) -> None:
    sink = pyarrow.BufferOutputStream()
    write_parquet([MetricFact("r@1", "r", None, value, Evidence((1, 2)))], sink)
    assert parquet.read_table(sink.getvalue())["value"][0].as_py() == value


def test_any_text_can_be_written(tmp_path: Path) -> None:
    *_, odd = written(tmp_path, *HOSTILE, ODD).to_pylist()
    assert odd["document"] == "نیم \\ud800"
    assert odd["value"] == 10**19 + 1


@pytest.mark.parametrize("value", [Decimal("1E+30"), Decimal("0.1234567890123456789")])
def test_a_value_that_does_not_fit_is_absent_and_flagged(tmp_path: Path, value: Decimal) -> None:
    _, odd = written(tmp_path, FULL, MetricFact("r@1", "r", None, value, Evidence((1, 2)))).to_pylist()
    assert (odd["value"], odd["flags"]) == (None, ["too_many_digits"])


def test_no_facts_make_an_empty_table(tmp_path: Path) -> None:
    assert written(tmp_path).num_rows == 0


def test_many_facts_stream(tmp_path: Path) -> None:
    facts = (MetricFact(f"r@{place}", "r", None, Decimal(place), Evidence((place, place + 1))) for place in range(2500))
    write_facts(facts, tmp_path / "facts.parquet")
    assert parquet.ParquetFile(tmp_path / "facts.parquet").num_row_groups == 3
