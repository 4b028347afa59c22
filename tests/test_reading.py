"""Periods of spans are read by the grammar and resolved in the light of plans."""

import pytest

from ie.periods import find_periods
from ie.reading import read_spans, resolve
from ie.schema import Document, Span

REPORT = "1401-07-15"


@pytest.mark.parametrize(
    ("phrase", "interval"),
    [
        ("بهمن‌ماه", ("1401-11-01", "1401-11-30")),
        ("شهریورماه", ("1402-06-01", "1402-06-31")),
        ("۱۲ مهر", ("1401-07-12", "1401-07-12")),
        ("از ۱۲ مهر", ("1401-07-12", None)),
        ("۲۰ آبان", ("1401-08-20", "1401-08-20")),
        ("هفته دولت", ("1401-06-02", "1401-06-08")),
        ("دهه فجر", ("1401-11-12", "1401-11-22")),
        ("هفته منتهی به ۱۲ مهر", ("1401-07-06", "1401-07-12")),
        ("سال مالی منتهی به ۳۱ شهریور", ("1401-07-01", "1402-06-31")),
    ],
)
def test_a_plan_looks_ahead_but_for_days_that_are_hardly_over(phrase, interval):
    (mention,) = find_periods(phrase)
    period = resolve(mention, REPORT, None, planned=True)
    assert period is not None and period.interval == interval


def test_without_the_day_of_the_report_a_plan_looks_ahead():
    (mention,) = find_periods("هفته دولت")
    period = resolve(mention, "1401-07", None, planned=True)
    assert period is not None and period.interval == ("1402-06-02", "1402-06-08")


def test_a_day_word_marked_by_hand_is_read_though_it_frames_no_figure_of_its_sentence():
    text = "امروز بازار آرام بود. پنج وام داده شد."
    assert not find_periods(text)
    reading = read_spans(Document("d", text, "1401-07-15"), [Span(0, 5, "PERIOD")])
    assert [period and period.interval for period in reading.resolved] == [("1401-07-15", "1401-07-15")]
