"""Units are told from the words around a number, rates from the words beside it."""

import pytest

from ie.linking import link_facts
from ie.measures import head_noun
from ie.schema import Document, Span


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


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("روزانه ۳۰ تن شکر تولید می شود", "روزانه"),
        ("تولید ۳۰ بشکه در روز است", "در روز"),
        ("۳۰ تن شکر تولید شد", None),
    ],
)
def test_words_that_say_per_what_are_the_rate(text, rate):
    start = text.index("۳۰")
    (fact,) = link_facts(Document("d", text), [Span(start, start + 2, "NUMBER")])
    assert fact.rate == rate
