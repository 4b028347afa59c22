"""Two reports side by side: pairs, changes, contradictions, and what is left open."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_facts import fact, year

from ie.comparison import Comparison, Row, Side, compare_sides
from ie.schema import Change, MetricFact, Period

PROGRAMS = ("واحد صنعتی", "واحدهای صنعتی", "واحد صنعتی غیرفعال", "تسهیلات اشتغال روستایی", "مدرسه", None)
PERIODS = (None, year(1400), year(1401), Period("1401-01-01", "1401-06-31"), Period(None, "1401-12-29"))


@st.composite
def facts(draw: st.DrawFn) -> tuple[MetricFact, ...]:
    found = [
        fact(
            draw(st.sampled_from(PROGRAMS)),
            draw(st.sampled_from((100, 120, 500))),
            draw(st.sampled_from(PERIODS)),
            comparator=draw(st.sampled_from(("eq", "ge", "approx"))),
            unit=draw(st.sampled_from(("واحد", "تومان"))),
            program_type=draw(st.sampled_from((None, "unit_reactivation", "loans"))),
            subset_of=draw(st.sampled_from((None, "whole"))),
            id=f"r@{number}",
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    return tuple(found)


def compared(a: list[MetricFact], b: list[MetricFact]) -> Comparison:
    return compare_sides(Side("a", tuple(a)), Side("b", tuple(b)))


def only_row(a: MetricFact, b: MetricFact) -> Row:
    rows = compared([a], [b]).rows
    assert len(rows) == 1, rows
    return rows[0]


def test_a_later_period_is_a_change_with_its_difference_and_percentage() -> None:
    row = only_row(fact("واحد صنعتی", 500, year(1400)), fact("واحدهای صنعتی", 600, year(1401)))
    assert (row.outcome, row.likeness, row.note) == ("change", "exact", "")
    assert row.difference is not None and row.difference.to_dict()["value"] == 100
    assert row.percent is not None and row.percent.to_dict()["value"] == 20


def test_a_change_of_percentages_is_in_points_and_has_no_percentage() -> None:
    row = only_row(*(fact("تورم", n, year(1380 + n), unit="درصد", kind="percent") for n in (20, 25)))
    assert row.difference is not None and (row.difference_unit, row.percent) == ("واحد درصد", None)


def test_values_of_one_period_that_cannot_both_be_right_are_a_contradiction() -> None:
    row = only_row(fact("مدرسه", 20, year(1400)), fact("مدرسه", 25, year(1400)))
    assert row.outcome == "contradiction"


def test_values_that_comparators_or_rounding_reconcile_are_the_same() -> None:
    more = fact("مدرسه", 20, year(1400), comparator="gt")
    assert only_row(more, fact("مدرسه", 25, year(1400))).outcome == "same"
    assert only_row(fact("وام", 3_200_000, year(1400)), fact("وام", 3_214_500, year(1400))).outcome == "same"


@pytest.mark.parametrize(
    "slots",
    [
        {"unit": "تومان"},
        {"currency": "rial"},
        {"kind": "amount"},
        {"status": "planned"},
        {"rate": "سالانه"},
    ],
)
def test_what_is_measured_otherwise_is_not_compared(slots: dict[str, str]) -> None:
    comparison = compared([fact("مدرسه", 20, year(1400))], [fact("مدرسه", 25, year(1400), **slots)])
    assert [row.outcome for row in comparison.rows] == ["only_a", "only_b"]


def test_one_phrase_of_two_types_is_two_programmes() -> None:
    one = fact("واحد صنعتی", 20, year(1400), program_type="unit_reactivation")
    other = fact("واحد صنعتی", 25, year(1400), program_type="unit_in_operation")
    assert [row.outcome for row in compared([one], [other]).rows] == ["only_a", "only_b"]


def test_programmes_of_one_type_are_paired_where_words_are_not_and_do_not_contradict() -> None:
    one = fact("تسهیلات بانکی", 20, year(1400), program_type="loans")
    other = fact("وام مسکن", 25, year(1400), program_type="loans")
    row = only_row(one, other)
    assert (row.outcome, row.likeness) == ("unclear", "type")


def test_the_same_words_are_paired_before_half_of_them() -> None:
    a = [fact("تسهیلات روستایی", 10, year(1400)), fact("تسهیلات", 90, year(1400))]
    b = [fact("تسهیلات", 95, year(1401)), fact("تسهیلات روستایی", 12, year(1401))]
    assert {(row.a.program, row.b.program) for row in compared(a, b).rows if row.a and row.b} == {
        ("تسهیلات", "تسهیلات"),
        ("تسهیلات روستایی", "تسهیلات روستایی"),
    }


def test_the_same_period_is_preferred_to_a_later_one() -> None:
    rows = compared([fact("پل", 5, year(1400))], [fact("پل", 9, year(1401)), fact("پل", 5, year(1400))]).rows
    assert [row.outcome for row in rows] == ["only_b", "same"]


def test_of_several_figures_for_one_period_only_equal_ones_are_paired() -> None:
    a = [fact("پل", value, year(1400)) for value in (3, 8)]
    b = [fact("پل", value, year(1400)) for value in (8, 4)]
    rows = compared(a, b).rows
    assert [row.outcome for row in rows] == ["only_a", "only_b", "same"]
    assert "several figures" in rows[0].note


def test_parts_do_not_contradict_each_other() -> None:
    row = only_row(*(fact("پل", value, year(1400), subset_of="whole") for value in (3, 8)))
    assert (row.outcome, row.note) == ("unclear", "parts of other figures")


def test_changes_against_different_periods_do_not_contradict_each_other() -> None:
    one, other = (
        fact("پل", n, year(1400), unit="درصد", kind="change", change=Change("up", year(1390 + n))) for n in (3, 8)
    )
    assert only_row(one, other).note == "changes against different periods"


def test_facts_without_a_period_are_never_a_contradiction() -> None:
    assert only_row(fact("پل", 3), fact("پل", 8)).outcome == "unclear"
    assert only_row(fact("پل", 3), fact("پل", 8, year(1400))).note == "only one of them says when"


def test_periods_of_different_lengths_have_no_difference() -> None:
    row = only_row(fact("پل", 30, year(1400)), fact("پل", 8, Period("1401-01-01", "1401-03-31")))
    assert (row.outcome, row.difference, row.note) == ("change", None, "periods of different lengths")


def test_a_figure_that_has_grown_since_the_same_day_has_a_difference() -> None:
    row = only_row(
        fact("پل", 30, Period("1401-01-01", "1401-06-31")), fact("پل", 45, Period("1401-01-01", "1401-09-30"))
    )
    assert row.difference is not None and row.difference.low == 15
    assert row.note == "periods begin on the same day"


def test_an_earlier_period_in_b_is_said() -> None:
    assert only_row(fact("پل", 30, year(1401)), fact("پل", 45, year(1400))).note == "B tells of an earlier period"


def test_a_repeat_is_compared_once() -> None:
    first = fact("پل", 5, year(1400), id="r@1")
    again = fact("پل", 5, year(1400), id="r@2", same_as="r@1")
    assert len(compared([first, again], [first]).rows) == 1


def test_every_fact_of_both_sides_is_in_one_row_with_its_evidence() -> None:
    text = "۲۰ مدرسه"
    one = fact("مدرسه", 20, year(1400))
    comparison = compare_sides(Side("a", (one,), {"r": text}), Side("b", ()))
    row = comparison.to_dict()["rows"][0]
    assert row["a"]["id"] == one.id and row["a"]["evidence"]["number"] == [0, 2]
    assert (row["a"]["sentence"], row["b"]) == ("۲۰", None)


@settings(deadline=None, max_examples=60)
@given(facts())
def test_a_report_has_no_change_against_itself(one: tuple[MetricFact, ...]) -> None:
    assert {row.outcome for row in compare_sides(Side("a", one), Side("b", one)).rows} <= {"same"}


@settings(deadline=None, max_examples=60)
@given(facts(), facts())
def test_swapping_the_reports_swaps_the_sides(one: tuple[MetricFact, ...], other: tuple[MetricFact, ...]) -> None:
    there = compare_sides(Side("a", one), Side("b", other)).rows
    back = compare_sides(Side("a", other), Side("b", one)).rows
    assert sorted(map(_shape, there)) == sorted(_shape(_swapped(row)) for row in back)


@settings(deadline=None, max_examples=60)
@given(facts(), facts())
def test_each_fact_stands_in_one_row(one: tuple[MetricFact, ...], other: tuple[MetricFact, ...]) -> None:
    rows = compare_sides(Side("a", one), Side("b", other)).rows
    assert sorted(row.a.id for row in rows if row.a) == sorted(fact.id for fact in one)
    assert sorted(row.b.id for row in rows if row.b) == sorted(fact.id for fact in other)


def _swapped(row: Row) -> Row:
    outcome = {"only_a": "only_b", "only_b": "only_a"}.get(row.outcome, row.outcome)
    difference = row.difference and row.difference.negated()
    return Row(outcome, row.b, row.a, row.likeness, difference)  # type: ignore[arg-type]


def _shape(row: Row) -> str:
    ends = [fact and fact.id for fact in (row.a, row.b)]
    difference = row.difference and (row.difference.low, row.difference.high, row.difference.comparator)
    return repr((row.outcome, ends, row.likeness, difference))


def test_large_reports_are_compared_in_time() -> None:
    a = [fact(f"طرح {n % 700} شماره {n}", n, year(1400)) for n in range(1500)]
    b = [fact(f"طرح {n % 700} شماره {n}", n + 1, year(1401)) for n in range(1500)]
    assert compared(a, b).counts["change"] == 1500
