"""A fact says in one plain line why it has its programme, period, unit, status and flags."""

import pytest

from ie.linking import link_facts
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document, MetricFact


def read(text: str) -> tuple[MetricFact, ...]:
    """Read a text by rules alone, at 1401-07-15."""
    numbers, periods = find_numbers(text), find_periods(text)
    return link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods, "1401-07-15")


def test_it_says_where_programme_and_period_stand_and_which_days_the_period_is() -> None:
    (fact,) = read("در سال ۱۴۰۰ بیش از ۵۰ کتابخانه ساخته شد.")
    assert "programme «کتابخانه» right after the number" in fact.explain()
    assert "period «سال ۱۴۰۰» right before the number" in fact.explain()
    assert "= 1400-01-01 to 1400-12-29" in fact.explain()
    assert "more than: «بیش از»" in fact.explain()


def test_it_says_what_was_carried_over_and_what_took_it_up() -> None:
    _, carried = read("در سال ۱۴۰۰ تعداد ۵۰ کتابخانه ساخته شد. در این مدت ۳۰ مدرسه هم بازسازی شد.")
    assert "period «سال ۱۴۰۰» taken up by «این مدت» from the sentence before" in carried.explain()


def test_it_says_that_no_period_is_near() -> None:
    (fact,) = read("۵۰ کتابخانه ساخته شد.")
    assert "no period in reach" in fact.explain()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("قرار است سال آینده ۳۰ مدرسه ساخته شود.", "planned: «قرار است»"),
        ("ساخت ۳۰ مدرسه در سال گذشته محقق نشد.", "negated: «محقق نشد»"),
        ("تولید برق در سال گذشته ۱۲ درصد افزایش یافت.", "a rise: «افزایش»"),
        ("تولید شکر روزانه ۳۰ تن است.", "a rate: «روزانه»"),
        ("بودجه این طرح ۳۰ میلیارد است.", "money whose currency is named nowhere near"),
        ("دو کشتی با ۱۳ تن و ۶۰۰ کیلوگرم بار رسیدند.", "two amounts added up in the smaller unit"),
    ],
)
def test_it_names_what_spoke_for_each_slot(text: str, reason: str) -> None:
    assert any(reason in fact.explain() for fact in read(text))


def test_it_says_that_the_periods_near_are_not_its_own() -> None:
    facts = read("در سال ۱۴۰۰ تعداد ۵۰ کتابخانه ساخته شد.\n\nاین شهر ۳۰ مدرسه دارد.")
    assert "no period: the one in reach is not its own" in facts[-1].explain()


def test_no_choice_is_wholly_sure() -> None:
    assert all("100%" not in fact.explain() for fact in read("در سال ۱۴۰۰ تعداد ۵۰ کتابخانه و ۳۰ مدرسه ساخته شد."))


def test_it_stays_on_one_line_whatever_the_text() -> None:
    facts = read("در سال\n۱۴۰۰ تعداد ۵۰\nکتابخانه بزرگ\nساخته شد و سهم آن به ۱۲ درصد رسید")
    assert facts and all("\n" not in fact.explain() for fact in facts)
