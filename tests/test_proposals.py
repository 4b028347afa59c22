"""Rules propose which numbers are facts and which phrases they count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import propose_programs, rule_spans, select_numbers


def programs(text: str) -> list[str]:
    """Return the phrases that rules propose for the numbers of a text."""
    numbers, periods = find_numbers(text), find_periods(text)
    return [text[span.start : span.end] for span in rule_spans(text, numbers, periods) if span.label == "PROGRAM"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("در سال گذشته ۴۰ کتابخانه عمومی در استان ساخته شد.", "کتابخانه عمومی"),
        ("امسال ۲۵۰ فقره وام ازدواج پرداخت شد.", "وام ازدواج"),
        ("صادرات فرش در سال ۱۴۰۰ به ۳۰ میلیون دلار رسید.", "صادرات فرش"),
        ("۵۳ پرونده قضایی در این شعبه بسته شد.", "پرونده قضایی"),
        ("۱۲ واحد صنعتی در شهرک دایر است.", "واحد صنعتی"),
    ],
)
def test_the_noun_phrase_that_a_number_counts_is_proposed(text, expected):
    assert expected in programs(text)


def test_a_reference_is_no_phrase_of_its_own():
    assert programs("سال گذشته ۵۰ خانه ساخته شد که ۱۲ مورد این خانه‌ها در روستا است.") == ["خانه"]


def test_rejected_numbers_and_numbers_inside_periods_are_no_facts():
    text = "در سال ۱۴۰۰ و بر پایه ماده ۱۰ قانون ۲۵ مدرسه ساخته شد."
    kept = select_numbers(find_numbers(text), find_periods(text))
    assert [text[mention.start : mention.end] for mention in kept] == ["۲۵"]


def test_a_sure_phrase_replaces_the_candidates_it_overlaps():
    text = "در سال گذشته ۴۰ کتابخانه عمومی ساخته شد."
    numbers, periods = find_numbers(text), find_periods(text)
    start = text.index("کتابخانه")
    sure = [(start, start + len("کتابخانه"))]
    (span,) = propose_programs(text, select_numbers(numbers, periods), periods, sure=sure)
    assert span.offsets == sure[0]


def test_no_numbers_no_phrases():
    assert propose_programs("متنی بی عدد.", [], []) == []


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="۰۱۲ ابتنهزارشدهمیاین.،\n\u200c\ud800«»", max_size=60))
def test_proposals_lie_in_the_text_and_do_not_overlap_one_another(text):
    numbers, periods = find_numbers(text), find_periods(text)
    last = 0
    for span in propose_programs(text, select_numbers(numbers, periods), periods):
        assert last <= span.start < span.end <= len(text)
        last = span.end
