"""Every noun phrase that a number may count is a candidate, and verbs are none."""

import pytest

from ie.candidates import Page, lay_out_phrases
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import select_numbers


def page_of(text: str) -> Page:
    """Return a text laid out with its candidate phrases."""
    periods = find_periods(text)
    return lay_out_phrases(text, select_numbers(find_numbers(text), periods), periods)


def phrases(text: str) -> list[str]:
    """Return the candidate phrases of a text."""
    return [text[start:end] for start, end in page_of(text).phrases]


def test_a_noun_that_is_written_like_a_verb_is_a_candidate():
    assert "درآمد شهرداری" in phrases("درآمد شهرداری به ۳۰ میلیارد تومان رسید.")


@pytest.mark.parametrize("text", ["سیل می‌فرساید خاک ۱۲ روستا را.", "سیل نمی‌فرساید خاک ۱۲ روستا را."])
def test_the_word_after_the_verb_prefix_begins_no_phrase(text):
    assert "خاک" in phrases(text)
    assert not any(phrase.startswith("فرساید") for phrase in phrases(text))


def test_a_counter_without_a_noun_is_a_candidate():
    assert "قطعه" in phrases("مرغداری ۹۰۰ قطعه را در خود جا داده است.")


def test_a_counter_before_a_noun_is_none():
    assert phrases("مرغداری ۹۰۰ قطعه جوجه دارد.") == ["مرغداری", "جوجه"]


def test_a_counter_of_anything_says_nothing_of_what_is_counted():
    assert "مورد" not in phrases("انبار ۱۲ مورد را ثبت کرد.")


@pytest.mark.parametrize(
    ("text", "adjective"),
    [("پاداش ۲۰ میلیون تومانی داوران", True), ("هیئت ۹ نفره شهر", True), ("۲۰ میلیون تومان پاداش", False)],
)
def test_the_adjective_of_a_unit_is_told_from_the_unit(text, adjective):
    (figure,) = page_of(text).scene.figures
    assert figure.adjective is adjective
