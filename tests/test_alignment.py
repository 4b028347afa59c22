import pytest
from conftest import build_tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.alignment import IGNORED, align_documents, label_words, read_words
from ie.annotations import AnnotatedDocument
from ie.labels import TAGS
from ie.schema import Document, IEError, Span

TEXT = "در سال ۱۴۰۰ تعداد ۱۷ واحد صنعتی راه اندازی شد."


def annotated(text, *spans):
    return AnnotatedDocument(Document("d", text), tuple(sorted(Span(*span) for span in spans)), ())


def align(document, window=64, stride=8):
    return align_documents([document], build_tokenizer(), window, stride)


def test_words_get_the_label_of_the_span_that_holds_their_first_character():
    aligned = align(annotated(TEXT, (3, 11, "PERIOD"), (18, 20, "NUMBER")))
    (row,) = aligned.rows
    assert [TAGS[label] for label in row["labels"] if label >= 0][:5] == ["O", "B-PERIOD", "I-PERIOD", "O", "B-NUMBER"]
    assert row["labels"][0] == row["labels"][-1] == IGNORED
    assert (aligned.spans, aligned.lost) == (2, [])


def test_a_span_over_two_sentences_is_reported():
    lost = align(annotated("۱۷ واحد. صنعتی شد.", (3, 14, "PROGRAM"))).lost
    assert [(span.document, span.label, span.reason) for span in lost] == [("d", "PROGRAM", "crosses a sentence")]


def test_a_span_inside_a_word_is_reported():
    (lost,) = align(annotated(TEXT, (22, 24, "PROGRAM"))).lost
    assert lost.reason == "holds no word"


def test_a_span_that_ends_inside_a_word_is_reported_with_what_is_read_instead():
    (lost,) = align(annotated(TEXT, (21, 28, "PROGRAM"))).lost
    assert (lost.reason, TEXT[slice(*lost.read)]) == ("ends inside a word", "واحد صنعتی")


def test_a_span_that_the_window_parts_is_reported():
    text = "واحد " * 40 + "شد"
    (lost,) = align(annotated(text, (0, len(text) - 3, "PROGRAM")), window=16, stride=4).lost
    assert lost.reason == "parted by a window"


@pytest.mark.parametrize("text", ["۱۷ واحدِ شد", "۱۷ واحدـ شد", "۱۷ واحد\u200c شد", "۱۷ واحد\u200f شد"])
def test_marks_and_joiners_at_the_end_of_a_span_are_not_lost(text):
    assert align(annotated(text, (3, 8, "PROGRAM"))).lost == []


def test_the_report_names_part_place_and_reason():
    (record,) = align(annotated(TEXT, (22, 24, "PROGRAM"))).report("dev")
    place = {"part": "dev", "document": "d", "label": "PROGRAM", "start": 22, "end": 24}
    assert record == place | {"reason": "holds no word", "read": None}


def test_a_label_that_the_model_does_not_learn_stops_before_training():
    with pytest.raises(IEError, match=r"d: expected spans labelled NUMBER, PERIOD, PROGRAM, found 'PERSON' at 18"):
        align(annotated(TEXT, (18, 20, "PERSON")))


def test_a_text_with_lone_surrogates_is_aligned():
    assert align(annotated("\ud800 ۱۷ واحد", (2, 4, "NUMBER"))).lost == []


@given(st.lists(st.sampled_from([*TEXT.split(), "ناشناخته", "۱۲۳۴۵", "می‌شود"]), max_size=60), st.integers(8, 40))
@settings(max_examples=30)
def test_each_word_of_a_text_carries_one_label_in_whatever_window(words, window):
    text = " ".join(words)
    whole = read_words(build_tokenizer(), text)
    rows = align(annotated(text), window, 4).rows
    assert sum(label != IGNORED for row in rows for label in row["labels"]) == len(whole.offsets)


def test_a_word_outside_all_spans_is_outside():
    assert label_words([(0, 2), (3, 5)], []) == [0, 0]
