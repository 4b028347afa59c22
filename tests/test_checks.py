"""Facts that do not fit together are flagged and less sure, never changed or left out."""

from decimal import Decimal

import pytest

from ie.checks import check_facts
from ie.schema import Change, Evidence, MetricFact, Period


def fact(place: int, value: int, **slots: object) -> MetricFact:
    """Return a fact of a document «d»."""
    slots = {"unit": "نفر", "confidence": 0.5} | slots
    return MetricFact(f"d@{place}", "d", "بیمار", Decimal(value), Evidence((place, place + 1)), **slots)  # type: ignore[arg-type]


def flags(*facts: MetricFact, report: str | None = "1401-07-15") -> list[tuple[str, ...]]:
    """Return what the checks say of each fact."""
    return [one.flags for one in check_facts(facts, report)]


def test_parts_above_their_whole_are_flagged_with_it():
    whole, one, other = fact(1, 100), fact(2, 80, subset_of="d@1"), fact(3, 30, subset_of="d@1")
    assert flags(whole, one, other) == [("parts above whole",)] * 3
    assert flags(whole, one) == [(), ()]


@pytest.mark.parametrize("comparator", ["gt", "ge", "approx"])
def test_a_whole_that_is_open_above_holds_any_part(comparator):
    assert flags(fact(1, 100, comparator=comparator), fact(2, 120, subset_of="d@1")) == [(), ()]


def test_parts_of_another_unit_are_not_added():
    assert flags(fact(1, 100), fact(2, 500, subset_of="d@1", unit="تومان", kind="amount")) == [(), ()]


def test_a_repeated_part_counts_once():
    parts = fact(2, 60, subset_of="d@1"), fact(3, 60, subset_of="d@1", same_as="d@2")
    assert flags(fact(1, 100), *parts) == [(), (), ()]


def test_shares_of_one_whole_stay_below_a_hundred_percent():
    shares = [fact(place, 60, subset_of="d@1", unit="درصد", kind="percent") for place in (2, 3)]
    assert flags(fact(1, 100), *shares)[1:] == [("share above 100",)] * 2


def test_a_part_lies_in_the_time_of_its_whole():
    year, later = Period("1400-01-01", "1400-12-29"), Period("1401-01-01", "1401-03-31")
    whole = fact(1, 100, period=year)
    assert flags(whole, fact(2, 10, subset_of="d@1", period=later))[1] == ("period outside whole",)
    assert flags(whole, fact(2, 10, subset_of="d@1", period=Period("1400-01-01", "1400-06-31")))[1] == ()


def test_what_lies_ahead_of_the_report_is_not_done():
    ahead = Period("1402-01-01", "1402-12-29")
    assert flags(fact(1, 10, period=ahead)) == [("actual ahead of report",)]
    assert flags(fact(1, 10, period=ahead, status="planned")) == [()]
    assert flags(fact(1, 10, period=ahead), report=None) == [()]


def test_a_flag_takes_confidence_and_says_why():
    (one,) = check_facts([fact(1, 10, period=Period("1402-01-01", "1402-12-29"))], "1401-07-15")
    assert one.confidence == 0.4 and one.value == 10
    assert "does not fit: actual ahead of report" in one.explain()


def test_parts_of_several_times_are_not_added_up():
    year, spring = Period("1400-01-01", "1400-12-29"), Period("1400-01-01", "1400-03-31")
    whole = fact(1, 100, period=year)
    halves = fact(2, 60, subset_of="d@1", period=year), fact(3, 40, subset_of="d@1", period=year)
    assert flags(whole, *halves, fact(4, 30, subset_of="d@1", period=spring)) == [()] * 4
    assert flags(whole, *halves, fact(4, 130, subset_of="d@1", period=spring))[3] == ("parts above whole",)


def test_toman_and_rial_are_compared_in_one_unit():
    money = {"kind": "amount", "unit_si": "IRR"}
    whole = fact(1, 100, unit="تومان", value_si=Decimal(1000), **money)
    part = fact(2, 900, unit="ریال", value_si=Decimal(900), subset_of="d@1", **money)
    assert flags(whole, part) == [(), ()]
    more = fact(2, 1100, unit="ریال", value_si=Decimal(1100), subset_of="d@1", **money)
    assert flags(whole, more) == [("parts above whole",)] * 2


def test_a_part_has_a_measure_of_its_whole():
    whole = fact(1, 100, unit="هکتار", kind="amount", unit_si="m2", value_si=Decimal(1_000_000))
    part = fact(2, 5, unit="تن", kind="amount", unit_si="kg", value_si=Decimal(5000), subset_of="d@1")
    assert flags(whole, part)[1] == ("part of another measure",)


def test_nothing_falls_by_more_than_all_of_it():
    assert flags(fact(1, 120, unit="درصد", kind="change", change=Change("down"))) == [("fall above 100",)]
    assert flags(fact(1, 120, unit="درصد", kind="change", change=Change("up"))) == [()]
