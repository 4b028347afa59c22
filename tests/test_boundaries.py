"""A programme phrase ends and begins where the words on both sides say so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.boundaries import head_features, head_options, tail_features, tail_options, usage_of
from ie.clauses import read_layout
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans


def programs(text: str) -> list[str]:
    """Return the phrases that rules propose for the numbers of a text."""
    spans = rule_spans(text, find_numbers(text), find_periods(text))
    return [text[span.start : span.end] for span in spans if span.label == "PROGRAM"]


def ends(text: str, left: int, right: int) -> list[str]:
    """Return the variants of a phrase by its end."""
    layout = read_layout(text, [(len(text) - 1, len(text), "NUMBER", 0)])
    start = layout.chunks[left].start
    return [text[start : layout.chunks[end - 1].end] for end in tail_options(layout, left, right)]


def test_a_phrase_may_go_on_over_prepositions_and_coordination_but_not_over_a_verb():
    assert ends("صادرات نفت و میعانات به چین رسید ۷", 0, 2) == [
        "صادرات",
        "صادرات نفت",
        "صادرات نفت و میعانات",
        "صادرات نفت و میعانات به چین",
    ]


def test_a_phrase_never_ends_inside_a_word():
    assert ends("سپرده‌های بانک ۷", 0, 3) == ["سپرده‌های", "سپرده‌های بانک"]


def test_a_phrase_may_begin_earlier_or_later_than_its_run():
    text = "میزان تولید برق ۷"
    layout = read_layout(text, [(len(text) - 1, len(text), "NUMBER", 0)])
    starts = [text[layout.chunks[start].start :] for start in head_options(layout, 1, 3)]
    assert starts == ["میزان تولید برق ۷", "تولید برق ۷", "برق ۷"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سال گذشته ۸۰ پرونده کشف شد.", "پرونده"),
        ("میزان تولید برق در سال ۱۴۰۰ به ۵۰۰ مگاوات رسید.", "تولید برق"),
        ("تعداد مبتلایان به دیابت به ۳۰ هزار نفر رسید.", "مبتلایان به دیابت"),
        ("صادرات نفت و میعانات گازی به ۲ میلیون بشکه رسید.", "صادرات نفت و میعانات گازی"),
    ],
)
def test_the_noun_of_a_verb_and_the_counting_word_stay_outside_and_what_the_noun_takes_inside(text, expected):
    assert expected in programs(text)


def test_frequent_words_are_known_by_their_use():
    assert usage_of("منتشر").startswith("always") and "از" in usage_of("ناشی") and usage_of("ناشناخته‌ترین‌ها") == "-"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="۱ ابونهشدهبهمی‌«»()-/.،\n\ud800", max_size=40))
def test_every_option_lies_around_its_run_and_can_be_described(text):
    layout = read_layout(text, [(0, 1, "NUMBER", 0)] if text else [])
    for right in range(2, len(layout.chunks) + 1):
        found = tail_options(layout, right - 1, right)
        assert right in found
        for end in found:
            assert tail_features(layout, right - 1, right, end)
            starts = head_options(layout, right - 1, end)
            assert right - 1 in starts and all(head_features(layout, right - 1, start, end) for start in starts)
