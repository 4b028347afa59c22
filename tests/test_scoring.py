import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.labels import LABELS, encode_iob2
from ie.schema import Span
from ie.scoring import PRF, bootstrap, score_spans, sum_scores


def test_partial_credit_is_not_lost_over_documents():
    # two exact and three partial of five: 0.7 in one document and in two
    text = " " * 0 + "ا" * 60
    gold = [Span(start, start + 5, "NUMBER") for start in range(0, 50, 10)]
    found = gold[:2] + [Span(span.start + 1, span.end + 1, "NUMBER") for span in gold[2:]]
    _, whole = score_spans(gold, found, text)
    _, first = score_spans(gold[:3], found[:3], text)
    _, second = score_spans(gold[3:], found[3:], text)
    assert whole["micro"].f1 == 0.7
    assert first["micro"] + second["micro"] == whole["micro"]


def test_spans_are_strict_in_label_and_ends():
    text = "ا" * 30
    gold = [Span(0, 5, "NUMBER"), Span(10, 15, "PERIOD"), Span(20, 25, "PROGRAM")]
    found = [Span(0, 5, "NUMBER"), Span(10, 14, "PERIOD"), Span(20, 25, "PERIOD")]
    strict, partial = score_spans(gold, found, text)
    assert strict["NUMBER"] == PRF(1, 1, 1)
    assert strict["PERIOD"] == PRF(0, 2, 1)
    assert strict["micro"] == PRF(1, 3, 3)
    assert partial["PERIOD"] == PRF(0.5, 2, 1)
    assert partial["PROGRAM"] == PRF(0, 0, 1)


def test_marks_and_spaces_at_the_ends_of_a_span_do_not_matter():
    text = "ارزشِ سهام\u200c شرکت"
    strict, _ = score_spans([Span(0, 5, "PROGRAM")], [Span(0, 4, "PROGRAM")], text)
    assert strict["PROGRAM"] == PRF(1, 1, 1)
    strict, _ = score_spans([Span(6, 10, "PROGRAM")], [Span(5, 12, "PROGRAM")], text)
    assert strict["PROGRAM"] == PRF(1, 1, 1)


def test_one_span_is_partly_right_for_one_gold_span_only():
    text = "ا" * 30
    _, partial = score_spans([Span(0, 5, "PROGRAM"), Span(6, 12, "PROGRAM")], [Span(0, 12, "PROGRAM")], text)
    assert partial["PROGRAM"] == PRF(0.5, 1, 2)


def some_spans(length: int = 24) -> st.SearchStrategy[list[tuple[int, int, str]]]:
    edges = st.lists(st.integers(0, length), max_size=10, unique=True).map(sorted)
    pairs = edges.map(lambda cuts: list(zip(cuts[::2], cuts[1::2], strict=False)))
    return st.tuples(pairs, st.lists(st.sampled_from(LABELS), min_size=5, max_size=5)).map(
        lambda drawn: [(*pair, label) for pair, label in zip(drawn[0], drawn[1], strict=False)]
    )


def some_documents() -> st.SearchStrategy[list[tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]]]:
    """Draw gold and predicted spans that agree in part: some of the gold ones are found, besides others."""
    kept = some_spans().flatmap(lambda gold: st.tuples(st.just(gold), st.just(gold[::2])))
    return st.lists(st.one_of(st.tuples(some_spans(), some_spans()), kept), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(some_documents())
@pytest.mark.filterwarnings("ignore")
def test_strict_scores_are_those_of_seqeval(documents):
    scheme = pytest.importorskip("seqeval.scheme")
    metrics = pytest.importorskip("seqeval.metrics")
    totals = sum_scores(
        score_spans([Span(*span) for span in gold], [Span(*span) for span in found], "ا" * 24)[0]
        for gold, found in documents
    )
    tags = [[encode_iob2(24, spans) for spans in side] for side in zip(*documents, strict=True)]
    reported = metrics.classification_report(
        *tags, mode="strict", scheme=scheme.IOB2, output_dict=True, zero_division=0
    )
    for name, score in totals.items():
        theirs = reported.get("micro avg" if name == "micro" else name)
        assert (theirs["support"] if theirs else 0) == score.gold
        if theirs is not None and score.predicted and score.gold:
            assert theirs["precision"] == pytest.approx(score.precision)
            assert theirs["recall"] == pytest.approx(score.recall)
            assert theirs["f1-score"] == pytest.approx(score.f1)


def test_intervals_are_those_of_resampled_sums():
    # of two documents, 1 of 1 and 0 of 1 right: a sample holds 0, 1 or 2 right with chances 1/4, 1/2, 1/4
    intervals = bootstrap([PRF(1, 1, 1), PRF(0, 1, 1)], 1000, 0)
    assert intervals == dict.fromkeys(("precision", "recall", "f1"), (0.0, 1.0))
    assert bootstrap([PRF(1, 2, 4)] * 9, 100, 0)["f1"] == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert bootstrap([PRF(0, 0, 3)] * 3, 100, 0) == dict.fromkeys(("precision", "recall", "f1"), (0.0, 0.0))
    assert bootstrap([PRF()] * 3, 100, 0)["precision"] == (1.0, 1.0)
