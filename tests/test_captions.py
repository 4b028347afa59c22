"""Units and multipliers that tables and lists name once hold for their numbers, and for nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ie.numerals import find_numbers


def read(text: str) -> list[tuple[str, Decimal, str | None]]:
    """Return the numbers of a text that may state something: surface, value, unit."""
    return [
        (text[mention.start : mention.end], mention.quantity.value, mention.quantity.unit)
        for mention in find_numbers(text)
        if mention.reject is None
    ]


@pytest.mark.parametrize(
    "caption",
    [
        "جدول هزینه‌ها (ارقام به میلیون تومان)",
        "مبالغ به میلیون تومان است.",
        "هزینه به تفکیک (میلیون تومان):",
        "واحد: میلیون تومان",
        "ارقام جدول برحسب میلیون تومان می‌باشد",
    ],
)
def test_a_caption_gives_unit_and_multiplier_to_the_rows_below_it(caption: str) -> None:
    assert read(f"{caption}\nراه: ۱۲۰\nآب: ۴۵") == [
        ("۱۲۰", Decimal(120_000_000), "تومان"),
        ("۴۵", Decimal(45_000_000), "تومان"),
    ]


def test_a_number_with_its_own_multiplier_takes_the_unit_alone() -> None:
    assert read("ارقام به میلیون ریال\nراه: ۳ میلیارد")[-1] == ("۳ میلیارد", Decimal(3_000_000_000), "ریال")


def test_a_caption_ends_with_its_rows() -> None:
    text = "(ارقام به میلیون تومان)\nراه: ۱۲۰\n\nاین طرح سال‌ها مانده بود.\nاکنون پیش می‌رود.\nشمار کارگران: ۴۰"
    assert read(text)[-1] == ("۴۰", Decimal(40), None)


def test_numbers_of_running_text_keep_what_they_say() -> None:
    text = "ارقام به میلیون تومان\nدر این طرح ۱۲ پل با ۳۰ کارگر ساخته شد."
    assert read(text) == [("۱۲", Decimal(12), "پل"), ("۳۰", Decimal(30), "کارگر")]


@pytest.mark.parametrize("between", ["\t", " | "])
def test_the_head_of_a_column_holds_for_the_column(between: str) -> None:
    rows = [("شهر", "تولید (هزار تن)", "کارخانه"), ("بم", "۲۵", "۱۲"), ("فسا", "۳", "۷")]
    assert read("\n".join(between.join(row) for row in rows)) == [
        ("۲۵", Decimal(25_000), "تن"),
        ("۱۲", Decimal(12), "کارخانه"),
        ("۳", Decimal(3_000), "تن"),
        ("۷", Decimal(7), "کارخانه"),
    ]


def test_years_and_row_numbers_in_a_table_are_not_measured() -> None:
    found = find_numbers("ردیف\tسال\tتولید (تن)\n۱\t۱۴۰۰\t۲۵")
    assert [(mention.quantity.unit, mention.reject) for mention in found] == [
        (None, None),
        (None, "year"),
        ("تن", None),
    ]


@given(st.text(alphabet="(ارقام به میلیون تومان):|\t\n۱۲۳,ـ \u200c\u064b", max_size=80))
def test_any_table_can_be_read(text: str) -> None:
    for mention in find_numbers(text):
        assert 0 <= mention.start < mention.end <= len(text)
