"""A figure is a deed, a plan or what did not come about; a level or a change."""

import pytest

from ie.linking import link_facts
from ie.modality import tense_of
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document, MetricFact, Period


def read(text: str) -> tuple[MetricFact, ...]:
    """Read a text by rules alone, at 1401-07-15."""
    numbers, periods = find_numbers(text), find_periods(text)
    return link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods, "1401-07-15")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("سال گذشته ۳۰ مدرسه ساخته شد.", "actual"),
        ("۳۰ مدرسه تا پایان امسال افتتاح خواهد شد.", "planned"),
        ("قرار است سال آینده ۳۰ مدرسه ساخته شود.", "planned"),
        ("ساخت ۳۰ مدرسه در سال گذشته محقق نشد.", "negated"),
    ],
)
def test_deeds_plans_and_failures_are_told_apart(text, status):
    assert read(text)[0].status == status


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("تولید برق در سال گذشته ۱۲ درصد افزایش یافت.", "up"),
        ("تولید برق در سال گذشته ۱۲ درصد کاهش یافت.", "down"),
        ("بهای برق ۸ سنت یا ۱۲ درصد افزایش یافت.", "up"),
        ("شمار کارگران ۱۲ درصد کم شد.", "down"),
        ("سهم واردات ۱۲ واحد درصد پایین آمد.", "down"),
        ("تراز سد ۱۲ متر بالا آمد.", "up"),
    ],
)
def test_a_change_has_a_direction(text, direction):
    fact = read(text)[-1]
    assert (fact.change.direction if fact.change else None) == direction
    assert (fact.kind == "change") == (direction is not None)


def test_a_period_lies_before_or_ahead_of_the_report():
    assert tense_of(Period("1400-01-01", "1400-12-29"), "1401-07-15") == "past"
    assert tense_of(Period("1401-01-01", "1401-12-29"), "1401-07-15") == "open"
    assert tense_of(None, "1401-07-15") == "none"


def test_a_share_is_no_change():
    (fact,) = read("۱۲ درصد برق کشور در این نیروگاه تولید می‌شود.")
    assert (fact.change, fact.kind) == (None, "percent")
