import json
import random
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from ie.annotations import AnnotatedDocument, Annotations, GoldFact, tagged_spans, write_annotations
from ie.evaluation import evaluate
from ie.matching import RUNGS
from ie.predictions import read_predictions
from ie.schema import Document, Evidence, IEError, MetricFact, Period, Span
from ie.scorecard import compare_report
from ie.scoring import PRF

YEAR = Period("1400-01-01", "1400-12-29")
HALF = Period("1401-01-01", "1401-06-31")


def fact(value=5, at=0, document="d", program="واحد صنعتی", unit="واحد", period=YEAR, **slots) -> MetricFact:
    place = slots.pop("place", None)
    evidence = Evidence((at, at + 2), program=place, period=slots.pop("period_place", None))
    name = slots.pop("name", f"{document}@{at}")
    return MetricFact(name, document, program, Decimal(str(value)), evidence, unit=unit, period=period, **slots)


def annotated(*facts: MetricFact | GoldFact, text: str = " " * 200, document="d", **more) -> AnnotatedDocument:
    gold = tuple(item if isinstance(item, GoldFact) else GoldFact(item) for item in facts)
    spans = tagged_spans((item.fact for item in gold), [])
    return AnnotatedDocument(Document(document, text), spans, gold, **more)


def counts(evaluation) -> dict[str, tuple[float, float, float]]:
    return {rung: (score.right, score.predicted, score.gold) for rung, score in evaluation.ladder().items()}


def right(evaluation) -> list[float]:
    return [evaluation.ladder()[rung].right for rung in RUNGS]


# the ladder


def test_a_perfect_prediction_is_right_on_every_rung():
    gold = annotated(fact(5, 0), fact(7, 10, period=None))
    assert counts(evaluate([gold], [[item.fact for item in gold.facts]])) == dict.fromkeys(RUNGS, (2, 2, 2))


@pytest.mark.parametrize(
    ("wrong", "rungs"),
    [
        ({"value": 6}, 0),
        ({"value_max": Decimal(9), "comparator": "range"}, 0),
        ({"comparator": "gt"}, 1),
        ({"unit": "مورد"}, 2),
        ({"unit": None}, 2),
        ({"period": HALF}, 3),
        ({"period": None}, 3),
        ({"period": Period("1400-01-01", None)}, 3),
        ({"program": "کتابخانه"}, 4),
        ({"program": None}, 4),
        ({"status": "planned"}, 5),
        ({"kind": "amount", "confidence": 0.1}, 6),
    ],
)
def test_a_wrong_slot_ends_the_ladder(wrong, rungs):
    evaluation = evaluate([annotated(fact())], [fact(**wrong)])
    assert right(evaluation) == [1] * rungs + [0] * (6 - rungs)


def test_a_slot_that_is_right_again_does_not_count_after_one_that_is_wrong():
    evaluation = evaluate([annotated(fact())], [fact(unit="مورد", status="actual")])
    assert evaluation.ladder()["full"].right == 0
    assert evaluation.slots()["status"].precision == 1
    assert evaluation.slots()["unit"].precision == 0


def test_the_order_of_the_facts_does_not_matter():
    facts = [fact(5, 0), fact(5, 10, program="کتابخانه"), fact(5, 20, period=HALF), fact(8, 30)]
    for seed in range(5):
        shuffled = random.Random(seed).sample(facts, len(facts))
        assert right(evaluate([annotated(*facts)], shuffled)) == [4] * 6


def test_pairs_are_chosen_for_the_most_rungs_and_not_one_after_the_other():
    # taken greedily, the first prediction would get the first gold fact and leave the second with a wrong programme
    gold = annotated(fact(5, 0, program="برنامه عمل حمایتی"), fact(5, 10, program="کتابخانه"))
    either = fact(5, 50, program="برنامه حمایتی کتابخانه")
    only_first = fact(5, 60, program="برنامه عمل حمایتی")
    assert right(evaluate([gold], [either, only_first])) == [2] * 6


def test_a_duplicate_prediction_is_a_false_positive():
    evaluation = evaluate([annotated(fact())], [fact(), fact(name="again")])
    assert counts(evaluation)["full"] == (1, 2, 1)
    assert evaluation.ladder()["full"].precision == 0.5
    assert evaluation.errors() == {"link: fact stated again": 1}


def test_values_of_documents_are_not_mixed():
    gold = [annotated(fact(5, document="a"), document="a"), annotated(fact(6, document="b"), document="b")]
    evaluation = evaluate(gold, [fact(6, document="a"), fact(5, document="b")])
    assert counts(evaluation)["value"] == (0, 2, 2)


def test_counts_are_summed_over_documents_before_ratios_are_taken():
    gold = [
        annotated(*(fact(n, 10 * n, document="a") for n in range(1, 9)), document="a"),
        annotated(fact(1, document="b"), fact(2, 10, document="b"), document="b"),
    ]
    predictions = [fact(1, 10, document="a"), fact(1, document="b"), fact(2, 10, document="b")]
    score = evaluate(gold, predictions).ladder()["full"]
    assert (score.precision, score.recall) == (1.0, 0.3)  # the mean of documents would be 0.5625
    assert score.f1 == pytest.approx(6 / 13)


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        ([], [], (1.0, 1.0, 1.0)),
        ([fact()], [], (0.0, 0.0, 0.0)),
        ([], [fact()], (0.0, 0.0, 0.0)),
    ],
)
def test_nothing_to_find_and_nothing_found(gold, predicted, expected):
    score = evaluate([annotated(*gold)], {"d": predicted}).ladder()["full"]
    assert (score.precision, score.recall, score.f1) == expected


def test_a_document_without_predictions_counts_as_missed():
    gold = [annotated(fact(document=name), document=name) for name in "ab"]
    evaluation = evaluate(gold, [fact(document="a")])
    assert counts(evaluation)["full"] == (1, 1, 2)
    assert evaluation.errors() == {"span: number missed": 1}


def test_the_same_span_in_two_documents_is_two_spans():
    # counted as a set over the corpus, the span of one document would make up for that of the other
    gold = [annotated(fact(document=name, place=(20, 30)), document=name) for name in "ab"]
    found = [report(gold[0], [fact(document="a")], list(gold[0].spans)), report(gold[1], [], [])]
    evaluation = evaluate(gold, found)
    assert evaluation.spans()["NUMBER"] == PRF(1, 1, 2)
    assert evaluation.spans()["PROGRAM"] == PRF(1, 1, 2)
    assert evaluation.spans()["micro"] == evaluation.partial()["micro"] == PRF(2, 2, 4)
    assert counts(evaluation)["full"] == (1, 1, 2)


def test_the_order_of_documents_does_not_matter():
    gold = corpus()
    predicted = half_right(gold)
    forth, back = evaluate(gold, predicted), evaluate(gold[::-1], predicted[::-1])
    assert (forth.ladder(), forth.errors()) == (back.ladder(), back.errors())
    assert forth.reliability() == back.reliability()


def test_spans_that_are_predicted_twice_are_rewarded_once():
    gold = annotated(fact())
    evaluation = evaluate([gold], [report(gold, [fact()], list(gold.spans) * 3)])
    assert evaluation.spans()["NUMBER"] == evaluation.partial()["NUMBER"] == PRF(1, 1, 1)


def test_the_counts_of_a_corpus_computed_by_hand():
    # a: one right, one with a wrong unit, one stated twice; b: missed, and one made up; c: nothing to find, one made up
    gold = [
        annotated(fact(1, 0, "a"), fact(2, 10, "a"), fact(3, 20, "a"), document="a"),
        annotated(fact(4, 0, "b"), document="b"),
        annotated(document="c"),
    ]
    predicted = [fact(3, 20, "a"), fact(2, 10, "a", unit="مورد"), fact(1, 0, "a"), fact(3, 100, "a")]
    predicted += [fact(5, 50, "b"), fact(6, 0, "c")]
    evaluation = evaluate(gold, predicted)
    assert counts(evaluation)["value"] == (3, 6, 4)
    assert counts(evaluation)["unit"] == counts(evaluation)["full"] == (2, 6, 4)
    assert evaluation.ladder()["full"].f1 == pytest.approx(0.4)
    assert evaluation.errors() == {
        "span: number extra": 3,
        "parse: unit": 1,
        "span: number missed": 1,
    }
    assert {name: one["full"] for name, one in evaluation.to_dict()["by_document"].items()} == {"a": 2, "b": 0, "c": 0}


# repeats


def repeated() -> AnnotatedDocument:
    return annotated(fact(60, 0), fact(13, 10), fact(60, 100, same_as="d@0"), fact(13, 110, same_as="d@10"))


@pytest.mark.parametrize(
    "predicted",
    [
        [fact(60, 0), fact(13, 10), fact(60, 100, same_as="d@0"), fact(13, 110, same_as="d@10")],
        [fact(60, 0), fact(13, 10), fact(60, 100), fact(13, 110)],
        [fact(60, 0), fact(13, 10)],
        [fact(60, 100), fact(13, 110)],
        [fact(60, 0), fact(13, 110)],
        [fact(60, 150), fact(13, 160), fact(60, 170), fact(13, 180)],
    ],
    ids=["marked", "not marked", "first mentions", "repeats only", "one of each", "at other places"],
)
def test_a_fact_and_its_repeats_are_one_fact(predicted):
    assert counts(evaluate([repeated()], predicted))["full"] == (2, 2, 2)


def test_more_statements_than_the_gold_repeats_are_false_positives():
    evaluation = evaluate(
        [annotated(fact(60, 0), fact(60, 100, same_as="d@0"))], [fact(60, at) for at in range(0, 50, 5)]
    )
    assert counts(evaluation)["full"] == (1, 9, 1)


def test_a_predicted_repeat_is_no_second_fact():
    evaluation = evaluate([annotated(fact(60, 0))], [fact(60, 0), fact(60, 100, same_as="d@0")])
    assert counts(evaluation)["full"] == (1, 1, 1)


def test_facts_of_different_values_are_not_hidden_as_repeats():
    evaluation = evaluate([annotated(fact(60, 0))], [fact(60, 0), fact(61, 100, same_as="d@0")])
    assert counts(evaluation)["full"] == (1, 2, 1)


def test_two_gold_facts_predicted_as_one_and_its_repeat_are_one_fact():
    gold = annotated(fact(60, 0), fact(60, 100, program="کتابخانه"))
    evaluation = evaluate([gold], [fact(60, 0), fact(60, 100, program="کتابخانه", same_as="d@0")])
    assert counts(evaluation)["full"] == (1, 1, 2)


def test_a_repeat_is_as_good_as_its_best_mention():
    predicted = [fact(60, 0, period=None), fact(60, 100, same_as="d@0"), fact(13, 10), fact(13, 110)]
    assert counts(evaluate([repeated()], predicted))["full"] == (2, 2, 2)


# relations


def test_relations_are_scored_between_the_facts_that_were_paired():
    gold = annotated(fact(3000, 0), fact(500, 10, subset_of="d@0"), fact(140, 20, subset_of="d@0"))
    predicted = [fact(3000, 0), fact(500, 10, subset_of="d@0"), fact(140, 20, subset_of="d@10")]
    score = evaluate([gold], predicted).beside()["subset_of"]
    assert (score.right, score.predicted, score.gold) == (1, 2, 2)


def test_a_subset_of_a_repeat_is_a_subset_of_the_fact():
    gold = annotated(fact(60, 0), fact(60, 100, same_as="d@0"), fact(13, 110, subset_of="d@100"))
    predicted = [fact(60, 0), fact(60, 100, same_as="d@0"), fact(13, 110, subset_of="d@0")]
    beside = evaluate([gold], predicted).beside()
    assert beside["subset_of"] == PRF(1, 1, 1)
    assert beside["same_as"] == PRF(1, 1, 1)


def test_numbers_are_found_whatever_is_read_into_them():
    score = evaluate([annotated(fact(60, 0), fact(70, 10))], [fact(61, 1), fact(70, 50)]).beside()["number"]
    assert (score.right, score.predicted, score.gold) == (1, 2, 2)


# errors


def report(gold: AnnotatedDocument, facts: list[MetricFact], spans: list[Span]) -> SimpleNamespace:
    return SimpleNamespace(document=gold.document, facts=tuple(facts), spans=tuple(spans))


@pytest.mark.parametrize(
    ("predicted", "cause"),
    [
        ([], "span: number missed"),
        ([fact(6)], "parse: value"),
        ([fact(comparator="gt", unit=None)], "parse: comparator"),
        ([fact(unit=None)], "parse: unit"),
        ([fact(period=HALF, period_place=(52, 60))], "period: resolved to another interval"),
        ([fact(period=HALF, period_place=(80, 90))], "link: period"),
        ([fact(program="کتابخانه")], "link: programme"),
        ([fact(status="negated")], "link: status"),
        ([fact(period_place=(50, 60)), fact(9, 30)], "span: number extra"),
        ([fact(period_place=(50, 60)), fact(9, 40)], "span: number that is no fact"),
    ],
)
def test_an_error_is_counted_by_its_first_cause(predicted, cause):
    gold = annotated(fact(period_place=(50, 60)), nonfacts=((40, 42),))
    assert evaluate([gold], {"d": predicted}).errors() == {cause: 1}


def test_a_phrase_that_was_never_tagged_is_told_from_one_that_was_not_chosen():
    gold = annotated(fact(period_place=(50, 60), place=(70, 80)))
    none = report(gold, [fact(period=None)], [])
    tagged = report(gold, [fact(period=None)], [Span(50, 60, "PERIOD")])
    assert evaluate([gold], [none]).errors() == {"span: period missed": 1}
    assert evaluate([gold], [tagged]).errors() == {"link: period": 1}
    other = report(gold, [fact(program="کتابخانه")], [])
    assert evaluate([gold], [other]).errors() == {"span: programme missed": 1}


def test_a_period_where_none_is_given_is_a_cause_of_its_own():
    evaluation = evaluate([annotated(fact(period=None))], [fact(period=YEAR)])
    assert evaluation.errors() == {"link: period where none is given": 1}


# figures and inputs


def corpus(size: int = 20) -> list[AnnotatedDocument]:
    domains = ["بانک", "نفت و گاز", None]
    return [
        annotated(*(fact(n, 5 * n, document=str(i)) for n in range(1 + i % 4)), document=str(i), domain=domains[i % 3])
        for i in range(size)
    ]


def half_right(gold: list[AnnotatedDocument]) -> list[MetricFact]:
    facts = [item.fact for document in gold for item in document.facts]
    return [replace(item, unit="مورد") if index % 2 else item for index, item in enumerate(facts)]


def test_intervals_hold_the_figure_and_are_the_same_each_time():
    gold = corpus()
    evaluation = evaluate(gold, half_right(gold))
    low, high = evaluation.interval("full")["f1"]
    assert low < evaluation.ladder()["full"].f1 < high
    assert evaluation.interval("full") == evaluation.interval("full")
    assert evaluation.interval("full", seed=1) != evaluation.interval("full")
    assert evaluation.interval("value")["f1"] == (1.0, 1.0)


def test_domains_and_tags_divide_the_counts():
    gold = [replace(document, tags=("range",) if document.id < "15" else ()) for document in corpus()]
    evaluation = evaluate(gold, half_right(gold))
    parts = evaluation.by_domain()
    assert set(parts) == {"banking", "oil_gas", "other"}
    assert sum((part.ladder()["full"] for part in parts.values()), PRF()) == evaluation.ladder()["full"]
    assert set(evaluation.by_tag()) == {"range"}


def test_tags_stand_in_the_order_of_their_numbers_and_count_once_a_document():
    gold = [annotated(fact(document=name), document=name, tags=("row-10", "row-2", "row-10")) for name in "ab"]
    parts = evaluate(gold, []).by_tag()
    assert list(parts) == ["row-2", "row-10"]
    assert "row-10 thousands marks" in evaluate(gold, []).table()
    assert len(parts["row-10"].documents) == 2


def test_intervals_of_a_few_documents_are_left_out():
    for size in (4, 5):
        gold = corpus(size)
        figures = evaluate(gold, half_right(gold)).to_dict()
        assert (figures["facts"]["full"]["ci95"] is None) == (size < 5)
    assert figures["domains"]["banking"]["ci95"] is None
    assert "95 %" in evaluate(gold, []).table()
    assert "95 %" not in evaluate(gold[:4], []).table()


def test_intervals_are_given_for_spans_and_for_groups():
    gold = corpus(20)
    evaluation = evaluate(gold, [report(item, [], list(item.spans)[:1]) for item in gold])
    figures = evaluation.to_dict()
    low, high = figures["spans"]["NUMBER"]["ci95"]["recall"]
    assert low < figures["spans"]["NUMBER"]["recall"] < high
    assert figures["spans"]["NUMBER"]["ci95"]["precision"] == [1, 1]
    assert figures["domains"]["oil_gas"]["ci95"] == [0, 0]


# confidences


def test_confidences_are_judged_by_facts_that_are_right_in_full():
    gold = annotated(fact(1, 0), fact(2, 10), fact(3, 20))
    predicted = [fact(1, 0, confidence=0.9), fact(2, 10, confidence=0.5, status="planned")]
    predicted += [fact(3, 20, confidence=0.8), fact(9, 90, confidence=0.2)]
    found = evaluate([gold], predicted).reliability()
    assert (found.facts, found.right) == (4, 0.5)
    assert found.brier == pytest.approx((0.01 + 0.25 + 0.04 + 0.04) / 4)
    assert found.aurc == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_each_mention_of_a_repeat_has_its_own_confidence():
    predicted = [fact(60, 0), fact(60, 100, same_as="d@0", period=None), fact(13, 10), fact(13, 110, same_as="d@10")]
    assert evaluate([repeated()], predicted).reliability().right == 0.75


def test_without_predictions_there_are_no_confidences_to_judge():
    evaluation = evaluate([annotated(fact())], [])
    assert evaluation.reliability() is None
    assert evaluation.to_dict()["confidence"] is None
    assert "calibration" not in evaluation.table()


def test_all_figures_can_be_written_as_json_and_as_a_table():
    gold = corpus()
    evaluation = evaluate(gold, [report(gold[0], [fact(0, 0, document="0")], list(gold[0].spans))])
    figures = json.loads(json.dumps(evaluation.to_dict()))
    assert figures["documents"] == 20
    assert figures["facts"]["value"]["right"] == 1
    assert figures["spans"]["NUMBER"]["right"] == 1
    assert set(figures["facts"]["full"]["ci95"]) == {"precision", "recall", "f1"}
    assert {"ece", "brier", "aurc", "bins", "risk_coverage"} <= set(figures["confidence"])
    table = evaluation.table()
    for words in ("+comparator", "full", "NUMBER", "micro", "banking", "span: number missed", "by stage: span 100%"):
        assert words in table


def test_gold_and_predictions_are_read_from_files(tmp_path):
    text = "۵ واحد صنعتی و ۷ مدرسه"
    gold = annotated(fact(5, 0), fact(7.5, 15, value_max=Decimal("8.5"), comparator="range"), text=text)
    write_annotations([gold], tmp_path / "gold.jsonl")
    lines = [json.dumps(item.fact.to_dict(), ensure_ascii=False, default=float) for item in gold.facts]
    (tmp_path / "found.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert read_predictions(tmp_path / "found.jsonl")["d"] == [item.fact for item in gold.facts]
    evaluation = evaluate(tmp_path / "gold.jsonl", tmp_path / "found.jsonl")
    assert right(evaluation) == [2] * 6
    assert evaluation.spans() == {}


@pytest.mark.parametrize(
    "line", ["{", "[]", "3", '{"id": "a"}', '{"id": "a", "document": "d", "value": "x", "evidence": 1}']
)
def test_a_broken_prediction_is_named(tmp_path, line):
    path = tmp_path / "found.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(IEError, match=r"found\.jsonl:1: expected a fact"):
        read_predictions(path)


@pytest.mark.parametrize(
    "slot",
    [
        {"value": float("nan")},
        {"value": float("inf")},
        {"confidence": "a"},
        {"confidence": 7},
        {"program": 5},
        {"unit": ["مورد"]},
        {"comparator": ["gt"]},
        {"document": 5},
        {"period": 7},
        {"period": {"start": 5, "end": None}},
        {"evidence": {"number": ["a", 3]}},
        {"evidence": {"number": [5, 3]}},
        {"evidence": {"number": [1]}},
    ],
    ids=str,
)
def test_a_slot_that_no_fact_can_have_is_named(tmp_path, slot):
    path = tmp_path / "found.jsonl"
    path.write_text(json.dumps(json.loads(json.dumps(fact().to_dict(), default=float)) | slot))
    with pytest.raises(IEError, match=r"found\.jsonl:1: expected a fact"):
        read_predictions(path)


def test_offsets_far_beyond_the_text_take_no_time(tmp_path):
    far = replace(fact(9), evidence=Evidence((0, 10**12)))
    assert counts(evaluate([annotated(fact(5, 0))], [far]))["value"] == (0, 1, 1)


def test_a_gold_document_is_given_once():
    with pytest.raises(IEError, match="found 'd' again"):
        evaluate([annotated(fact()), annotated(fact())], [])


def test_missing_files_and_empty_gold_are_clear_errors(tmp_path):
    with pytest.raises(IEError, match=r"none\.jsonl: expected"):
        evaluate([annotated(fact())], tmp_path / "none.jsonl")
    with pytest.raises(IEError, match="expected gold documents"):
        evaluate(Annotations(()), [])


def test_predicted_documents_that_the_gold_does_not_hold_are_named():
    evaluation = evaluate([annotated(fact())], [fact(), fact(document="other")])
    assert evaluation.unknown == ("other",)
    assert counts(evaluation)["full"] == (1, 1, 1)


# one report


def test_a_report_is_compared_slot_by_slot():
    gold = annotated(fact(5, 0, name="f1"), fact(7, 10, name="f2"), fact(5, 100, name="f3", same_as="f1"))
    comparison = compare_report(gold, [fact(5, 0), fact(7, 10, unit="مورد", period=HALF), fact(9, 50)])
    first, second, third = comparison.rows
    assert all(first.slots.values())
    assert [slot for slot, is_right in second.slots.items() if not is_right] == ["unit", "period"]
    assert third.predicted is None
    assert [extra.value for extra in comparison.extras] == [9]
    assert comparison.right() == 1
    assert comparison.right("value", "comparator") == 2
    table = comparison.table()
    assert "1 of 3 mentions right, 1 extra" in table
    assert "مورد; 1401-01-01…1401-06-31" in table
    assert json.loads(json.dumps(comparison.to_dict(), default=float))["right"] == 1


def test_a_number_read_wrongly_is_shown_at_its_mention():
    comparison = compare_report(annotated(fact(5, 0)), [fact(50, 0)])
    assert not comparison.rows[0].slots["value"]
    assert comparison.rows[0].predicted.value == 50
    assert not comparison.extras
