"""Words that say what a value is per are its rate, for all members of its list and for nothing else."""

import pytest

from ie.linking import link_facts
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document


def rates(text: str) -> list[str | None]:
    """Return the rates of the facts of a text, read by rules alone."""
    numbers, periods = find_numbers(text), find_periods(text)
    facts = link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods)
    return [fact.rate for fact in facts]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("روزانه ۳۰ تن شکر تولید می‌شود", "روزانه"),
        ("تولید ۳۰ بشکه در روز است", "در روز"),
        ("برداشت گندم ۶ تن در هر هکتار بود", "هر هکتار"),
        ("بهای هر بشکه نفت ۶۰ دلار شد", "هر بشکه"),
        ("بهای سیب به کیلویی ۵۰ هزار تومان رسید", "کیلویی"),
        ("به ازای هر هزار نفر ۲ تخت هست", "به ازای هر هزار نفر"),
        ("۳۰ تن شکر تولید شد", None),
        ("زمین ۲۰۰ متری ۵۰۰ میلیون تومان فروخته شد", None),
        ("هر دو کارخانه ۳۰ تن شکر دارند", None),
        ("در سال ۱۴۰۰ تعداد ۳۰ پل ساخته شد", None),
    ],
)
def test_a_value_is_per_what_its_words_say(text: str, rate: str | None) -> None:
    assert rates(text)[-1] == rate


def test_a_price_is_told_of_what_its_sentence_began_with() -> None:
    text = "هر اونس نقره در این روز ۰.۳ درصد افزایش یافت و به ۱۵ دلار رسید."
    assert rates(text) == [None, "هر اونس"]


@pytest.mark.parametrize(
    "text",
    [
        "این کارگاه روزانه ۵ تن نان و ۳ تن شیر می‌فروشد",
        "این کارگاه ۵ تن نان و ۳ تن شیر در روز می‌فروشد",
    ],
)
def test_the_members_of_a_list_share_a_rate(text: str) -> None:
    first, second = rates(text)
    assert first == second and first in ("روزانه", "در روز")


def test_a_rate_ends_with_its_clause() -> None:
    assert rates("روزانه ۵ تن نان پخته می‌شود. ۳ تن شیر هم خریده شد.") == ["روزانه", None]
