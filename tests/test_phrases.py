"""What speaks for a phrase: its place, and whether it only repeats the noun of another one."""

from ie.candidates import lay_out_phrases
from ie.numerals import find_numbers
from ie.phrases import phrase_features
from ie.proposals import select_numbers


def features(text: str, number: str, phrase: str) -> list[str]:
    """Return what is said of the last phrase of some words for a number."""
    numbers = select_numbers(find_numbers(text), [])
    page = lay_out_phrases(text, numbers, [])
    figure = next(index for index, one in enumerate(numbers) if text[one.start : one.end] == number)
    chosen = max(index for index, (start, end) in enumerate(page.phrases) if text[start:end] == phrase)
    return phrase_features(page.scene, figure, chosen)


CLINICS = "شمار درمانگاه‌های دولتی از ۳۱ درمانگاه به ۵۲ درمانگاه رسید."


def test_a_counter_that_repeats_the_noun_of_a_phrase_is_described_as_its_twin():
    assert "phrase:n:singleTrue:twinTrue" in features(CLINICS, "۵۲", "درمانگاه")


def test_a_counted_noun_of_its_own_has_no_twin():
    assert "phrase:n:singleTrue:twinFalse" in features("در شهر ۵۲ درمانگاه است.", "۵۲", "درمانگاه")


def test_a_phrase_that_holds_the_counted_noun_is_described_so():
    rows = features(CLINICS, "۵۲", "درمانگاه‌های دولتی")
    assert any(row.startswith("phrase:n:before:singleFalse:holdsTrue") for row in rows)


def test_the_unit_goes_with_the_class_of_the_head():
    rows = features("کشاورزان ۷۰۰ تن گندم آبی فروختند.", "۷۰۰", "گندم آبی")
    assert any(row.startswith("phrase:u:تن:first=f") for row in rows)
