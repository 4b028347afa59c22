from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ie.annotations import GoldFact
from ie.matching import assign, judge
from ie.schema import Evidence, MetricFact, Offsets, Period

YEAR = Period("1400-01-01", "1400-12-29")


def fact(
    value: float = 5, at: int = 0, program="واحد صنعتی", unit="واحد", period=YEAR, place: Offsets | None = None, **slots
) -> MetricFact:
    evidence = Evidence((at, at + 2), program=place)
    return MetricFact(f"d@{at}", "d", program, Decimal(str(value)), evidence, unit=unit, period=period, **slots)


@pytest.mark.parametrize(("value", "is_right"), [(0.333333, True), (0.3334, True), (0.3336, False), (0.33, False)])
def test_fractions_are_compared_with_a_tolerance(value, is_right):
    assert judge(GoldFact(fact(0.333333)), fact(value), "").value is is_right


def test_a_range_needs_both_ends():
    wanted = GoldFact(fact(12, value_max=Decimal(15), comparator="range"))
    assert judge(wanted, fact(12, value_max=Decimal(15), comparator="range"), "").rung == 6
    assert not judge(wanted, fact(12, value_max=Decimal(16), comparator="range"), "").value
    assert not judge(wanted, fact(12), "").value


@pytest.mark.parametrize("comparator", ["ge", "gt", "approx"])
@pytest.mark.parametrize("cue", ["بالغ بر ", "بالغ‌بر ", "بالغ  بر "])
def test_three_readings_of_reaching_are_accepted(cue, comparator):
    text = f"شمار آنان {cue}۲۰ نفر است"
    wanted = GoldFact(fact(20, text.index("۲۰"), comparator="ge"))
    assert judge(wanted, fact(20, comparator=comparator), text).comparator
    assert not judge(wanted, fact(20, comparator="eq"), text).comparator
    assert not judge(wanted, fact(20, comparator="gt"), text.replace("بالغ", "حدود")).comparator or comparator == "ge"


def test_other_cues_have_one_reading():
    text = "شمار آنان دست‌کم ۲۰ نفر است"
    wanted = GoldFact(fact(20, text.index("۲۰"), comparator="ge"))
    assert not judge(wanted, fact(20, comparator="gt"), text).comparator


def test_a_clipped_interval_is_accepted_too():
    wanted = GoldFact(fact(), interval_alt=("1400-01-01", "1400-07-15"))
    assert judge(wanted, fact(period=Period("1400-01-01", "1400-07-15")), "").period
    assert judge(wanted, fact(), "").period
    assert not judge(wanted, fact(period=Period("1400-01-01", "1400-07-16")), "").period


def test_no_period_equals_one_that_is_open_on_both_ends():
    open_ended = Period(None, None, "until")
    assert judge(GoldFact(fact(period=None)), fact(period=open_ended), "").period
    assert judge(GoldFact(fact(period=open_ended)), fact(period=None), "").period


def test_a_unit_is_one_word_with_or_without_its_space():
    assert judge(GoldFact(fact(unit="متر مربع")), fact(unit="مترمربع"), "").unit
    assert judge(GoldFact(fact(unit="كيلو‌متر")), fact(unit="کیلومتر"), "").unit
    assert not judge(GoldFact(fact(unit="تومان")), fact(unit="ریال"), "").unit


@pytest.mark.parametrize(
    ("found", "partial", "exact"),
    [
        ("برنامه عمل حمایتی", True, True),
        ("برنامه عمل حمايتي", True, True),
        ("برنامه حمایتی", True, False),
        ("برنامه", True, False),
        ("برنامه توسعه پنج ساله کشور", False, False),
        ("این برنامه‌ها", True, False),
        ("این طرح‌ها", False, False),
        ("", False, False),
    ],
)
def test_a_programme_is_right_with_half_of_its_words_or_an_accepted_phrase(found, partial, exact):
    wanted = GoldFact(fact(program="برنامه عمل حمایتی"), program_alt=("این برنامه ها",))
    judgement = judge(wanted, fact(program=found), "")
    assert (judgement.program, judgement.program_exact) == (partial, exact)


def test_a_programme_is_right_where_its_span_overlaps():
    wanted = GoldFact(fact(program="طرح هادی روستایی", place=(10, 26)))
    assert judge(wanted, fact(program="روستایی استان", place=(19, 32)), "").program
    assert not judge(wanted, fact(program="روستایی استان", place=(26, 39)), "").program


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 9), max_size=10))
def test_assignment_is_one_to_one_and_uses_given_pairs_only(weights):
    chosen = assign(weights)
    assert set(chosen) <= set(weights)
    assert len({row for row, _ in chosen}) == len({column for _, column in chosen}) == len(chosen)
    assert sum(weights[pair] for pair in chosen) >= max(weights.values(), default=0)
