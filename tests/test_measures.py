"""Units, kinds and currencies are told from the words around a number."""

from decimal import Decimal

import pytest

from ie.linking import link_facts
from ie.measures import head_noun
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document, MetricFact, Span


@pytest.mark.parametrize(
    ("phrase", "following", "unit"),
    [
        ("پرونده قضایی", "", "پرونده"),
        ("سینمای پرفروش", "", "سینما"),
        ("اثری", "که", "اثر"),
        ("کتابخانه", "", "کتابخانه"),
    ],
)
def test_the_head_of_a_phrase_is_its_unit(phrase, following, unit):
    assert head_noun(phrase, following) == unit


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("۱۲ کتابخانه ساخته شد", "۱۲", "کتابخانه"),
        ("یک‌سوم خانه‌ها سوخت", "یک‌سوم", None),
        ("به ترتیب ۵۰ و ۳۰ تن شکر خریده شد", "۵۰", "تن"),
    ],
)
def test_a_number_takes_the_unit_after_it_or_that_of_its_list(text, number, unit):
    start = text.index(number)
    fact = link_facts(Document("d", text), [Span(start, start + len(number), "NUMBER")])[0]
    if "و ۳۰" not in text:
        assert fact.unit == unit
    else:
        other = text.index("۳۰")
        spans = [Span(start, start + 2, "NUMBER"), Span(other, other + 2, "NUMBER")]
        assert [fact.unit for fact in link_facts(Document("d", text), spans)] == [unit, unit]


def read(text):
    """Read a text by rules alone."""
    numbers, periods = find_numbers(text), find_periods(text)
    return link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods)


@pytest.mark.parametrize(
    ("text", "value", "currency", "normal"),
    [
        ("دو و نیم میلیارد تومان وام پرداخت شد", "2500000000", "toman", ("25000000000", "IRR")),
        ("۲۵ میلیارد ریال وام پرداخت شد", "25000000000", "rial", ("25000000000", "IRR")),
        ("بهای نفت ۶۵ یورو و ۹۱ سنت بود", "6591", "EUR", ("65.91", "EUR")),
        ("۲.۵ هکتار باغ ساخته شد", "2.5", None, ("25000", "m2")),
        ("یک‌چهارم چاه‌ها خشک شد", "0.25", None, ("0.25", "1")),
        ("۱۲ پل ساخته شد", "12", None, (None, None)),
    ],
)
def test_a_value_stays_as_written_beside_its_normal_form(text, value, currency, normal):
    (fact,) = read(text)
    assert (fact.value, fact.currency) == (Decimal(value), currency)
    assert (fact.value_si, fact.unit_si) == (Decimal(normal[0]) if normal[0] else None, normal[1])
    assert MetricFact.from_dict(fact.to_dict()) == fact


def test_both_ends_of_a_range_have_a_normal_form():
    (fact,) = read("۱۲ تا ۱۵ تن سیب فروخته شد")
    assert (fact.value_si, fact.value_max_si, fact.unit_si) == (12000, 15000, "kg")


def test_bare_money_is_of_the_only_currency_of_its_document():
    facts = read("برای راه ۲۰ میلیارد تومان وام گرفته شد.\nبودجه این طرح ۳۰ میلیارد است.")
    assert [(fact.unit, fact.currency) for fact in facts] == [("تومان", "toman")] * 2
    assert facts[1].flags == ("currency inferred",)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("بودجه این طرح ۳۰ میلیارد است", "currency not stated"),
        ("۲۰ هزار دینار وام پرداخت شد", "currency ambiguous"),
        ("۲۰ هزار تومان وام پرداخت شد", None),
        ("جمعیت شهر ۲ میلیون است", None),
    ],
)
def test_a_doubtful_currency_is_flagged(text, flag):
    (fact,) = read(text)
    assert [name for name in fact.flags if name.startswith("currency")] == ([flag] if flag else [])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("شاخص بورس به ۱۲ هزار واحد رسید", "amount"),
        ("۱۲ واحد مسکونی ساخته شد", "count"),
        ("۵ تن کشته شدند", "count"),
        ("۵ تن از کارگران به خانه رفتند", "count"),
        ("۵ تن از گندم به انبار رفت", "amount"),
        ("بودجه این طرح ۳۰ میلیارد است", "amount"),
    ],
)
def test_people_indices_and_bare_money_are_told_from_their_looks(text, kind):
    assert read(text)[-1].kind == kind
