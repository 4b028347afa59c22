"""A period scopes the figures of its clause, and those after it that take it up."""

import pytest

from ie.linking import link_facts
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document

FIRST_HALF = ("1401-01-01", "1401-06-31")


def intervals(text: str) -> list[tuple[str | None, str | None] | None]:
    """Return the interval of each fact of a text, read at 1401-07-15."""
    numbers, periods = find_numbers(text), find_periods(text)
    facts = link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods, "1401-07-15")
    return [fact.period.interval if fact.period else None for fact in facts]


@pytest.mark.parametrize("reference", ["در این مدت", "در همین بازه", "در این فاصله", "در مدت یاد شده"])
def test_a_reference_takes_up_the_period_before(reference):
    text = f"در شش ماهه نخست امسال ۲۰ پروانه صادر شد. {reference} ۱۵ هزار نفر بیمه شدند."
    assert intervals(text)[1] == FIRST_HALF


def test_the_first_figure_of_a_change_is_older_than_the_period():
    text = "نرخ بیکاری در سال ۱۴۰۰ از ۱۲ درصد به ۹ درصد رسید."
    assert intervals(text) == [None, ("1400-01-01", "1400-12-29")]


def test_a_fact_of_no_time_keeps_none():
    assert intervals("در سال ۱۴۰۰ تعداد ۲۵ مدرسه ساخته شد.\nاین استان ۱۲ شهرستان دارد.")[1] is None


def test_each_clause_keeps_its_own_period():
    text = "در سال ۱۳۹۹ تعداد ۴۰ مدرسه ساخته شد و در سال ۱۴۰۰ تعداد ۵۵ مدرسه ساخته شد."
    assert intervals(text) == [("1399-01-01", "1399-12-30"), ("1400-01-01", "1400-12-29")]
