from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ie.agreement import measure_agreement, nominal_alpha
from ie.annotations import AnnotatedDocument, read_annotations
from ie.schema import Document, IEError

AUTHORED = Path(__file__).parents[1] / "annotations" / "authored"


@pytest.fixture(scope="module")
def documents() -> list[AnnotatedDocument]:
    return [document for document in read_annotations(AUTHORED / "a.jsonl") if document.facts][:6]


def changed(document: AnnotatedDocument, **slots: object) -> AnnotatedDocument:
    first, *rest = document.facts
    return replace(document, facts=(replace(first, fact=replace(first.fact, **slots)), *rest))


def test_an_annotator_agrees_with_herself_in_everything(documents):
    agreement = measure_agreement(documents, documents)
    assert agreement.pairs == sum(len(document.facts) for document in documents)
    assert {score.f1 for score in [*agreement.spans.values(), *agreement.facts.values()]} == {1.0}
    assert set(agreement.alpha.values()) == set(agreement.equal.values()) == {1.0}
    assert agreement.disagreements == () and agreement.partial == 1


def test_one_other_comparator_is_one_disagreement_that_names_the_place(documents):
    first = documents[0].facts[0].fact
    other = "lt" if first.comparator != "lt" else "gt"
    agreement = measure_agreement(documents, [changed(documents[0], comparator=other), *documents[1:]])
    (found,) = agreement.disagreements
    assert (found.document, found.number, found.slot) == (documents[0].id, first.evidence.number, "comparator")
    assert (found.first, found.second) == (first.comparator, other)
    assert agreement.equal["comparator"] == pytest.approx(1 - 1 / agreement.pairs)
    assert agreement.equal["value"] == 1 and agreement.alpha["comparator"] < 1
    assert agreement.commonest() == [(f"comparator: {first.comparator} / {other}", 1, found)]


def test_a_value_within_the_tolerance_is_the_same_value(documents):
    value = documents[0].facts[0].fact.value
    near = measure_agreement(documents, [changed(documents[0], value=value + Decimal("0.00001")), *documents[1:]])
    far = measure_agreement(documents, [changed(documents[0], value=value + 1), *documents[1:]])
    assert near.equal["value"] == 1 and far.equal["value"] < 1


def test_a_number_that_only_one_took_for_a_fact_is_told(documents):
    document = documents[0]
    fewer = replace(document, facts=document.facts[:-1], nonfacts=(document.facts[-1].fact.evidence.number,))
    agreement = measure_agreement(documents, [fewer, *documents[1:]])
    assert [(item.slot, item.first, item.second) for item in agreement.disagreements] == [("fact", "fact", "none")]
    assert agreement.alpha["fact"] < 1


def test_only_documents_that_both_read_count(documents):
    assert measure_agreement(documents, documents[:2]).documents == 2


def test_different_texts_and_no_common_document_are_told(documents):
    other = replace(documents[0], document=Document(documents[0].id, "متن دیگر"), spans=(), facts=())
    with pytest.raises(IEError, match="different texts"):
        measure_agreement(documents, [other])
    with pytest.raises(IEError, match="no id in both"):
        measure_agreement(documents[:1], documents[1:])


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=30))
def test_alpha_is_that_of_the_package_krippendorff(pairs):
    krippendorff = pytest.importorskip("krippendorff")
    first, second = zip(*pairs, strict=True)
    assume(len({*first, *second}) > 1)
    wanted = krippendorff.alpha(
        [["abcd".index(code) for code in coding] for coding in (first, second)], level_of_measurement="nominal"
    )
    assert nominal_alpha(first, second) == pytest.approx(wanted)


def test_alpha_is_that_of_the_textbook():
    # Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section A: binary data, two observers
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert nominal_alpha(first, second) == pytest.approx(0.095, abs=0.001)
