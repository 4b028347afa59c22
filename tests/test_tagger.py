from pathlib import Path

import numpy as np
import pytest
from conftest import build_rule_tagger
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.annotations import read_annotations, read_splits
from ie.extractor import Extractor
from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.persian import sentence_offsets
from ie.proposals import select_numbers
from ie.schema import IEError, Span
from ie.tagger import Tagger, _best_path, _best_paths, _sentences_to_read

ROOT = Path(__file__).parents[1]
TEXT = "گزارش پلیس ۱۱۰. در سال ۱۴۰۰ تعداد ۱۷۷ واحد صنعتی راه اندازی شد و ۶۰ درصد واحد مسکونی ساخته شد."


def found(text):
    return find_numbers(text), find_periods(text)


def read(tagger, text):
    return tagger.tag(text, *found(text))


def test_numbers_and_periods_have_the_boundaries_of_the_grammar(rule_tagger):
    spans = read(rule_tagger, TEXT)
    assert [TEXT[s.start : s.end] for s in spans if s.label == NUMBER] == ["۱۷۷", "۶۰"]
    assert [TEXT[s.start : s.end] for s in spans if s.label == PERIOD] == ["سال ۱۴۰۰"]


def test_programmes_come_from_the_model(rule_tagger):
    spans = read(rule_tagger, TEXT)
    assert [TEXT[s.start : s.end] for s in spans if s.label == PROGRAM] == ["واحد صنعتی", "واحد"]


def test_a_number_that_the_model_does_not_believe_is_no_quantity(rule_tagger):
    doubtful = Tagger(rule_tagger.tokenizer, rule_tagger.model, window=24, stride=8, threshold=1.1)
    assert all(span.label != NUMBER for span in read(doubtful, TEXT))


def test_a_sentence_without_a_number_is_not_read(rule_tagger):
    def refuse(ids, mask):
        raise AssertionError("the model was asked")

    assert read(Tagger(rule_tagger.tokenizer, refuse), "واحد صنعتی راه اندازی شد.") == []


def test_a_sentence_that_is_repeated_is_read_once(rule_tagger):
    asked = []

    def model(ids, mask):
        asked.append(len(ids))
        return rule_tagger.model(ids, mask)

    tagger = Tagger(rule_tagger.tokenizer, model, window=24, stride=8)
    once, twice = tagger.read(["۶۰ واحد صنعتی"]), tagger.read(["۶۰ واحد صنعتی"] * 50)
    assert asked == [1, 1]
    assert len(twice) == 50
    assert (twice[49].probabilities == once[0].probabilities).all()


def test_spans_never_overlap(rule_tagger):
    spans = read(rule_tagger, TEXT)
    assert all(left.end <= right.start for left, right in zip(spans, spans[1:], strict=False))


@given(
    st.lists(st.sampled_from([TEXT, "۵ واحد صنعتی", "", "سال ۱۴۰۰", "واحد " * 90 + "۶۰ واحد صنعتی", "\ud800 ۶۰ واحد"]))
)
@settings(max_examples=25, deadline=None)
def test_batching_and_order_change_no_span(texts):
    tagger = build_rule_tagger()
    together = tagger.tag_many([(text, *found(text)) for text in texts])
    assert together == [tagger.tag(text, *found(text)) for text in texts]


def test_a_text_longer_than_the_window_is_read_to_its_end(rule_tagger):
    text = "واحد مسکونی و " * 60 + "۱۷۷ واحد صنعتی"
    spans = read(rule_tagger, text)
    assert [text[s.start : s.end] for s in spans if s.label == NUMBER] == ["۱۷۷"]
    assert text[slice(*spans[-1].offsets)] == "واحد صنعتی"


def test_each_word_of_a_long_text_is_read_once(rule_tagger):
    text = "واحد صنعتی ساخته شد " * 40
    words = rule_tagger.read([text])[0].words
    assert [text[a:b] for a, b in words] == text.split()


def test_a_number_inside_a_period_is_no_candidate():
    numbers, periods = found(TEXT)
    assert [TEXT[n.start : n.end] for n in select_numbers(numbers, periods)] == ["۱۷۷", "۶۰"]


@given(st.lists(st.tuples(*[st.floats(-20, 0)] * 3), min_size=1, max_size=30))
def test_the_best_path_never_continues_a_span_that_did_not_begin(rows):
    path = _best_path(np.array(rows))
    assert all(state != 2 or previous in (1, 2) for previous, state in zip([0, *path], path, strict=False))


@given(st.lists(st.lists(st.tuples(*[st.floats(-20, 0)] * 3), min_size=1, max_size=9), min_size=1, max_size=4))
def test_the_best_paths_of_sentences_are_those_of_a_whole_search(sentences):
    scores = np.array([row for rows in sentences for row in rows])
    firsts = np.cumsum([0, *(len(rows) for rows in sentences[:-1])])
    scores[firsts, 2] = -1e9

    def total(path):
        return scores[np.arange(len(scores)), path].sum()

    path = _best_paths(scores, firsts)
    assert total(path) == pytest.approx(total(_best_path(scores)))
    assert all(state != 2 or previous in (1, 2) for previous, state in zip([0, *path], path, strict=False))


def test_of_two_windows_the_one_in_which_a_word_is_farther_from_the_edge_speaks(rule_tagger):
    def model(ids, mask):
        """Say of each piece how far it is from the edges of its window."""
        places = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
        margins = np.minimum(places, ids.shape[1] - 1 - places)
        return np.log(np.stack([margins + 1.0, *[np.full(ids.shape, 1e-3)] * 6], axis=-1)).astype(np.float32)

    tagger = Tagger(rule_tagger.tokenizer, model, window=12, stride=6)
    text = "واحد صنعتی ساخته شد " * 8
    encoding = tagger.tokenizer.encode(text)
    best = {}
    for window in [encoding, *encoding.overflowing]:
        for place, word in enumerate(window.word_ids):
            if word is not None:
                best[word] = max(best.get(word, 0), min(place, len(window.ids) - 1 - place))
    chances = tagger.read([text])[0].probabilities[:, 0]
    expected = [(best[word] + 1) / (best[word] + 1.006) for word in sorted(best)]
    np.testing.assert_allclose(chances, expected, rtol=1e-4)
    assert len(set(best.values())) > 3


@pytest.mark.parametrize("missing", ["tokenizer.json", "config.json", "model.onnx"])
def test_a_model_folder_that_lacks_a_file_names_it(tmp_path, missing):
    for name in {"tokenizer.json", "config.json", "model.onnx"} - {missing}:
        (tmp_path / name).write_text("{}")
    with pytest.raises(IEError, match=missing):
        Tagger.load(tmp_path)


def test_a_damaged_model_folder_is_one_clear_error(tmp_path):
    for name in ("tokenizer.json", "config.json", "model.onnx"):
        (tmp_path / name).write_text("not what it should be")
    with pytest.raises(IEError, match="cannot be read"):
        Tagger.load(tmp_path)


def test_scores_are_probabilities(rule_tagger):
    assert all(0 <= span.score <= 1 for span in read(rule_tagger, TEXT))


def test_an_empty_text_has_no_spans(rule_tagger):
    assert read(rule_tagger, "") == []
    assert rule_tagger.tag_many([]) == []


def test_spans_are_in_text_order(rule_tagger):
    assert read(rule_tagger, TEXT) == sorted(read(rule_tagger, TEXT))
    assert all(isinstance(span, Span) for span in read(rule_tagger, TEXT))


# ---------------------------------------------------------------------------------- sentences that are not read


@pytest.fixture
def annotated(shared):
    splits = read_splits(ROOT / "annotations" / "splits.json")
    sources = [read_annotations(ROOT / "annotations" / name) for name in ("real", "authored")]
    return {part: [one for read in sources for one in read.part(part, splits)] for part in ("train", "dev")}


def test_no_annotated_figure_that_the_grammar_finds_lies_in_a_sentence_that_is_skipped(annotated):
    figures = skipped = 0
    for document in (*annotated["train"], *annotated["dev"]):
        text = document.document.text
        candidates = select_numbers(*found(text))
        read = _sentences_to_read(text, candidates)
        for fact in document.facts:
            start, end = fact.fact.evidence.number
            if any(one.start < end and start < one.end for one in candidates):
                figures += 1
                skipped += not any(first < end and start < last for first, last in read)
    assert figures > 3000
    assert skipped == 0


def test_reading_every_sentence_finds_no_further_fact(annotated, monkeypatch):
    extractor = Extractor.load(threads=1)
    documents = [one.document for one in annotated["dev"][::6]]

    def figures():
        facts = (fact for report in extractor.predict_many(documents) for fact in report.facts)
        return [(fact.id, fact.value, fact.comparator, fact.evidence.number) for fact in facts]

    some = figures()
    asked = len(_sentences_to_read(documents[0].text, []))
    monkeypatch.setattr("ie.tagger._sentences_to_read", lambda text, numbers: sentence_offsets(text))
    assert figures() == some
    assert len(some) > 50 and asked == 0
