"""Values with comparators: what their difference can be, and whether they can both be right."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_facts import fact

from ie.bounds import Bounds, agree, difference, percent_change, stated
from ie.schema import Change, MetricFact

COMPARATORS = ("eq", "approx", "gt", "ge", "lt", "le", "range")


@st.composite
def figures(draw: st.DrawFn) -> MetricFact:
    value = draw(st.decimals(-(10**15), 10**15, places=2))
    comparator = draw(st.sampled_from(COMPARATORS))
    upper = value + draw(st.integers(1, 10**6)) if comparator == "range" else None
    change = Change(draw(st.sampled_from(("up", "down")))) if draw(st.booleans()) else None
    return fact("پل", str(value), comparator=comparator, value_max=upper, change=change)


@pytest.mark.parametrize(
    ("one", "other", "low", "high", "comparator"),
    [
        (("100", "eq"), ("150", "eq"), 50, 50, "eq"),
        (("100", "ge"), ("150", "eq"), None, 50, "le"),
        (("100", "gt"), ("150", "eq"), None, 50, "lt"),
        (("100", "eq"), ("150", "gt"), 50, None, "gt"),
        (("100", "lt"), ("150", "ge"), 50, None, "gt"),
        (("100", "approx"), ("150", "eq"), 50, 50, "approx"),
    ],
)
def test_a_difference_with_a_bound_is_a_bound(one, other, low, high, comparator) -> None:
    found = difference(*(fact("پل", value, comparator=sign) for value, sign in (one, other)))
    assert found is not None
    assert (found.low, found.high, found.comparator) == (low, high, comparator)


def test_nothing_is_known_of_the_difference_of_two_lower_bounds() -> None:
    assert difference(fact("پل", 100, comparator="ge"), fact("پل", 150, comparator="gt")) is None
    assert percent_change(fact("پل", 100, comparator="ge"), fact("پل", 150, comparator="gt")) is None


def test_the_percentage_is_of_the_first_and_there_is_none_of_zero() -> None:
    found = percent_change(fact("پل", 80), fact("پل", 100))
    assert found is not None and found.to_dict()["value"] == 25
    assert percent_change(fact("پل", 0), fact("پل", 100)) is None
    assert percent_change(fact("پل", -5), fact("پل", 100)) is None


def test_a_decrease_lies_below_zero() -> None:
    fewer = fact("پل", 4, comparator="gt", kind="change", change=Change("down"))
    assert stated(fewer) == Bounds(None, Decimal(-4), False, True)
    assert stated(fewer).sign == -1


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("500", "eq"), ("500", "eq"), True),
        (("500", "eq"), ("480", "eq"), False),
        (("140", "eq"), ("143", "eq"), False),
        (("3200000", "eq"), ("3214500", "eq"), True),
        (("3200000", "eq"), ("3250000", "eq"), True),
        (("3200000", "eq"), ("3300000", "eq"), False),
        (("12.5", "eq"), ("12.46", "eq"), True),
        (("12", "eq"), ("13", "eq"), False),
        (("500", "approx"), ("530", "eq"), True),
        (("500", "approx"), ("600", "eq"), False),
        (("500", "gt"), ("900", "eq"), True),
        (("500", "gt"), ("400", "eq"), False),
        (("500", "gt"), ("500", "lt"), False),
        (("500", "ge"), ("500", "le"), True),
        (("0", "eq"), ("1", "eq"), False),
    ],
)
def test_values_agree_as_far_as_their_comparators_and_rounding_allow(one, other, expected) -> None:
    first, second = (fact("پل", value, comparator=sign) for value, sign in (one, other))
    assert agree(first, second) is agree(second, first) is expected


def test_a_range_agrees_with_what_lies_in_it() -> None:
    some = fact("پل", 12, value_max=Decimal(15), comparator="range")
    assert agree(some, fact("پل", 13)) and not agree(some, fact("پل", 17))


@given(figures(), figures())
def test_the_difference_the_other_way_round_is_the_same_with_the_other_sign(one, other) -> None:
    there, back = difference(one, other), difference(other, one)
    assert (there and there.negated()) == back


@given(figures(), figures())
def test_agreement_has_no_order_and_everything_agrees_with_itself(one, other) -> None:
    assert agree(one, other) == agree(other, one)
    assert agree(one, one)


@given(figures(), figures())
def test_a_sure_sign_is_that_of_the_values(one, other) -> None:
    found = difference(one, other)
    if found is not None and found.sign == 1:
        assert found.low is not None and found.low >= 0


def test_numbers_beyond_all_measure_do_no_harm() -> None:
    huge, tiny = fact("پل", "1E+999999"), fact("پل", "1E-999999")
    for one, other in ((huge, tiny), (tiny, huge), (huge, huge)):
        difference(one, other)
        percent_change(one, other)
        agree(one, other)
