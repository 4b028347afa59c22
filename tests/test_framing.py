"""What else speaks for a period of a figure: its sentence's opening, the time named last, how it is spelt."""

import pytest

from ie.framing import Frame, frame_of, frame_rows, unframed_rows
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.reading import Reading, read_spans
from ie.schema import Document


def read(text: str) -> Reading:
    """Return the reading of a text by rules alone."""
    numbers, periods = find_numbers(text), find_periods(text)
    return read_spans(Document("d", text, "1401-07-15"), rule_spans(text, numbers, periods), numbers, periods)


def frame(text: str, number: int) -> Frame:
    """Return the frame of the n-th figure of a text."""
    scene = read(text).scene
    return frame_of(scene.layout, scene.figures[number])


def rows(text: str, number: int, where: str, time: str = "past") -> list[str]:
    """Describe how the n-th figure of a text stands to the first period."""
    scene = read(text).scene
    figure, place = scene.figures[number], scene.layout.places["PERIOD"][0]
    return frame_rows(scene.layout, figure, frame_of(scene.layout, figure), place, where, False, time)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("در سال ۱۴۰۰ تعداد ۲۵ مدرسه ساخته شد.", "period"),
        ("در سال ۱۴۰۰ مدرسه کم بود و در حال حاضر ۲۵ مدرسه هست.", "present"),
        ("در این مدت ۲۵ مدرسه ساخته شد.", "same"),
        ("این شهر ۲۵ مدرسه دارد.", "-"),
        ("در سال ۱۴۰۰ مدرسه کم بود. این شهر ۲۵ مدرسه دارد.", "-"),
    ],
)
def test_a_figure_knows_the_time_named_last_before_it(text, named):
    assert frame(text, 0).named == named


def test_a_small_count_in_words_is_told_from_figures():
    text = "این شهر سه مدرسه، ۱۲ درمانگاه و ۱۵۰۰ کارگاه دارد."
    assert [frame(text, number).spelt for number in range(3)] == ["small", "digits", "long"]


def test_a_sentence_opens_with_its_first_words():
    text = "در سال ۱۴۰۰ تعداد ۲۵ مدرسه ساخته شد. - از این تعداد ۱۲ مدرسه روستایی است."
    assert frame(text, 1).opening == "از این"


def test_what_stands_between_a_period_and_its_figure_is_told_in_order():
    text = "در سال ۱۴۰۰ تعداد ۲۵ مدرسه ساخته شد که ۱۲ مدرسه روستایی است."
    assert "before:seps=" in rows(text, 0, "before")
    assert "before:seps=N v که" in rows(text, 1, "before")


def test_a_list_without_verbs_under_a_dated_line_is_quiet():
    text = "بهای ارز در ۲۰ شهریور ۱۴۰۱ اعلام شد:\nدلار ۲۸۵۰۰ تومان\nیورو ۳۱۲۰۰ تومان"
    assert "para:quiet0:True" in rows(text, 1, "para", "verbless")


def test_a_figure_without_a_period_tells_its_head_and_neighbours():
    scene = read("جمعیت این شهر ۴۵ هزار نفر است.").scene
    figure = scene.figures[0]
    found = unframed_rows(scene.layout, figure, frame_of(scene.layout, figure), False, 0, "static")
    assert {"none:spelt=long", "none:unit=نفر", "none:right=است"} <= set(found)
