"""A document is read into chunks with sentences, clauses and cues."""

import pytest

from ie.clauses import cue_table, find_cues, read_layout, words_of


def test_a_mention_is_one_chunk_and_the_words_around_it_one_each():
    text = "تعداد ۱۲ مدرسه ساخته شد."
    start = text.index("۱۲")
    layout = read_layout(text, [(start, start + 2, "NUMBER", 0)])
    assert [chunk.key for chunk in layout.chunks] == ["تعداد", "12", "مدرسه", "ساخته", "شد", "."]
    assert layout.places["NUMBER"] == [1]


def test_a_number_inside_a_phrase_splits_it():
    text = "سهام ۳ شرکت بزرگ"
    mentions = [(0, len(text), "PROGRAM", 0), (5, 6, "NUMBER", 0)]
    layout = read_layout(text, mentions)
    assert [chunk.kind for chunk in layout.chunks] == ["PROGRAM", "NUMBER", "PROGRAM"]
    assert layout.places["PROGRAM"] == [0] and layout.last_places == [2]


def test_offsets_are_those_of_the_raw_text():
    text = "تعــداد ۱۲ كتاب"
    start = text.index("۱۲")
    layout = read_layout(text, [(start, start + 2, "NUMBER", 0)])
    assert [text[chunk.start : chunk.end] for chunk in layout.chunks] == ["تعــداد", "۱۲", "كتاب"]


def test_a_clause_ends_after_its_verb():
    text = "۱۲ مدرسه ساخته شد و ۵ مدرسه تعطیل است."
    first, second = text.index("۱۲"), text.index("۵")
    layout = read_layout(text, [(first, first + 2, "NUMBER", 0), (second, second + 1, "NUMBER", 1)])
    assert layout.clause(layout.places["NUMBER"][0]) < layout.clause(layout.places["NUMBER"][1])


def test_words_far_from_any_number_are_left_out():
    text = "یک جمله.\nجمله دوم.\nجمله سوم.\nتعداد ۱۲ مدرسه."
    start = text.index("۱۲")
    layout = read_layout(text, [(start, start + 2, "NUMBER", 0)])
    assert {chunk.sentence for chunk in layout.chunks} == {2, 3}


@pytest.mark.parametrize("phrase", ["در حال حاضر", "پیش‌بینی", "نسبت به", "هم‌اکنون"])
def test_cues_of_several_words_are_found_whole(phrase):
    words = words_of(phrase)
    (cue,) = find_cues(words)
    assert (cue.start, cue.end) == (0, len(words))


def test_every_cue_of_the_table_is_found_by_itself():
    for phrases in cue_table().values():
        for phrase, classes in phrases.items():
            assert find_cues(phrase)[0].classes == classes
