"""Text as it was set on a page: order, letters and brackets come back; nothing raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.typeset import base_letters, put_right, reading_order, runs_right_to_left


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("سال ۰۰۴۱", "سال ۱۴۰۰"),
        ("رشد ۵٫۲۱ درصد", "رشد ۱۲٫۵ درصد"),
        ("تاریخ ۵۱/۷۰/۱۰۴۱ بود", "تاریخ ۱۴۰۱/۰۷/۱۵ بود"),
        ("شماره 21-CBA ثبت شد", "شماره ABC-12 ثبت شد"),
        ("نسخه owt noisrev آمد", "نسخه version two آمد"),
        ("۲۱ 365-tfosorciM ۴۳", "۱۲ Microsoft-563 ۳۴"),
        ("ارزش ۰۰۳،۷۲ میلیون", "ارزش ۲۷،۳۰۰ میلیون"),
        ("از ۲۱ تا ۵۱", "از ۱۲ تا ۱۵"),
        ("", ""),
    ],
)
def test_numbers_and_latin_words_run_the_other_way(seen: str, read: str) -> None:
    assert "".join(seen[place] for place in reading_order(seen)) == read


@settings(deadline=None)
@given(st.text(st.sampled_from("سال ۱۲۳45.٫/-AB()«»\u200c"), max_size=60))
def test_no_glyph_is_lost(seen: str) -> None:
    assert sorted(reading_order(seen)) == list(range(len(seen)))


@settings(deadline=None)
@given(st.lists(st.text(st.characters(), max_size=40), max_size=4))
def test_any_lines_can_be_put_right(lines: list[str]) -> None:
    fixed = put_right(lines)
    assert [len(line) for line in fixed] == [len(line) for line in lines]


@settings(deadline=None)
@given(st.text(st.characters()))
def test_any_text_has_letters_and_a_direction(text: str) -> None:
    base_letters(text)
    runs_right_to_left(text)


def test_lines_in_order_are_left_alone() -> None:
    lines = ["در سال ۱۴۰۰ بیش از ۱۲ مدرسه (روستایی) ساخته شد", "رد شد", "۱) عنوان", ":) [باز"]
    assert put_right(lines) == lines


def test_a_line_without_frequent_words_goes_with_its_page() -> None:
    assert put_right(["هسردم ۱۲", "دش هتخاس ۱۴۰۰ لاس رد نیا زا"])[0] == "۱۲ مدرسه"
