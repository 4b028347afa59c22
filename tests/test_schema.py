import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ie.schema import Change, Evidence, MetricFact, Period, exact

PERIOD = Period("1400-01-01", "1400-12-29", granularity="year", flags=("low precision",), text="سال ۱۴۰۰")


def test_a_period_survives_its_json_form():
    assert Period.from_dict(json.loads(json.dumps(PERIOD.to_dict()))) == PERIOD


def test_ends_of_a_period_are_strings_that_sort_as_dates():
    assert str(PERIOD.start) == "1400-01-01"
    assert PERIOD.start is not None and PERIOD.end is not None and PERIOD.start < PERIOD.end


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15))
def test_a_value_keeps_every_digit_in_its_json_form(value):
    kept = exact(value)
    assert Decimal(str(kept)) == value
    assert isinstance(kept, int) == (value == value.to_integral_value())


def test_a_fact_in_its_json_form_has_the_fixed_fields():
    fact = MetricFact(
        id="a@5", document="a", program="واحد", value=Decimal(500), evidence=Evidence((5, 8), (9, 13), None, (0, 20)),
        period=PERIOD, change=Change("up", PERIOD), reasons=("one", "two"),
    )  # fmt: skip
    record = fact.to_dict()
    fixed = (
        "id document program program_type value value_max comparator unit kind period status change rate flags "
        "subset_of same_as evidence confidence"
    )
    assert set(fixed.split()) <= set(record)
    assert record["evidence"] == {"number": [5, 8], "program": [9, 13], "period": None, "sentence": [0, 20]}
    assert record["change"]["baseline"]["start"] == "1400-01-01"
    assert fact.explain() == "one; two"
