"""Parts point at their whole and repeats at the first mention."""

import time

import pytest

from ie.linking import link_facts
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document, MetricFact


def read(text: str) -> tuple[MetricFact, ...]:
    """Read a text by rules alone."""
    numbers, periods = find_numbers(text), find_periods(text)
    return link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods)


@pytest.mark.parametrize(
    "text",
    [
        "سال گذشته ۵۰۰ خانه ساخته شد که از این تعداد ۱۲۰ خانه در روستاها است.",
        "در این آزمون ۹۰۰ نفر شرکت کردند که از این تعداد ۳۰۰ نفر زن بودند.",
        "امسال ۷۰ پرونده تشکیل شد که ۲۰ مورد آن به دادگاه رفت.",
    ],
)
def test_a_part_points_at_its_whole(text):
    whole, part = read(text)
    assert part.subset_of == whole.id and whole.subset_of is None


def test_the_members_of_a_list_of_parts_share_their_whole():
    whole, *parts = read("در این آزمون ۹۰۰ نفر شرکت کردند که از این تعداد ۳۰۰ نفر زن و ۶۰۰ نفر مرد بودند.")
    assert [part.subset_of for part in parts] == [whole.id, whole.id]


def test_unrelated_facts_have_no_whole():
    facts = read("سال گذشته ۴۰ مدرسه ساخته شد.\nقیمت نفت به ۸۰ دلار رسید.")
    assert [fact.subset_of for fact in facts] == [None, None]


def test_a_whole_stands_before_its_part():
    text = "سال گذشته ۵۰۰ خانه ساخته شد که از این تعداد ۱۲۰ خانه در روستاها است. " * 5
    facts = read(text)
    order = {fact.id: index for index, fact in enumerate(facts)}
    assert all(order[fact.subset_of] < index for index, fact in enumerate(facts) if fact.subset_of)


def test_time_grows_with_the_number_of_parts():
    def seconds(count: int) -> float:
        text = "۹۰۰ خانه ساخته شد. از این تعداد " + "۱۲ خانه، " * count
        start = time.perf_counter()
        read(text)
        return time.perf_counter() - start

    quarter = min(seconds(500) for _ in range(2))
    assert seconds(2000) < 8 * quarter + 0.5
