import datetime
import json
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie import Document, Extractor, IEError, MetricFact, Report
from ie.annotations import read_annotations
from ie.confidence import RAW, ConfidenceCurve
from ie.schema import Evidence
from ie.scorecard import compare_report

TEXT = (
    "مدیرکل نوسازی مدارس گفت: در سال ۱۴۰۰ بیش از ۳۵ مدرسه روستایی در استان ساخته شد و در شش ماهه نخست امسال "
    "نیز ۱۲ مدرسه روستایی به بهره‌برداری رسید.\nشماره تماس ۰۳۵-۳۸۲۴۰۰۰۰ و ماده ۱۰ قانون یادآوری شد."
)

fragments = st.one_of(
    st.text(max_size=4),
    st.sampled_from("۱ 5 / - ، . : % هزار و تا از به درصد سال میلیون نفر شد نشد بیش گذشته امسال این همت".split()),
    st.sampled_from(["\u200c", "\u200f", "\ud800", "\n", " ", "\x00"]),
)
hostile = st.lists(fragments, max_size=40).map(lambda parts: " ".join(parts))


@cache
def loaded() -> Extractor:
    return Extractor.load()


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return loaded()


def facts_of(report):
    return [(fact.value, fact.comparator, fact.unit, fact.period and fact.period.interval) for fact in report.facts]


@pytest.mark.parametrize("backend", ["load", "rules"])
def test_a_report_becomes_facts(backend):
    report = getattr(Extractor, backend)().predict(TEXT, report_date="1401-07-15")
    assert facts_of(report) == [
        (Decimal(35), "gt", "مدرسه", ("1400-01-01", "1400-12-29")),
        (Decimal(12), "eq", "مدرسه", ("1401-01-01", "1401-06-31")),
    ]
    assert all("مدرسه روستایی" in fact.program for fact in report.facts)


def test_evidence_reproduces_the_text(extractor):
    report = extractor.predict(TEXT, "1401-07-15", "schools")
    for fact in report.facts:
        assert TEXT[slice(*fact.evidence.program)] == fact.program
        assert fact.id == f"schools@{fact.evidence.number[0]}"
        assert TEXT[slice(*fact.evidence.period)] == fact.period.text


def test_the_report_date_is_inferred_where_it_is_not_given(extractor):
    report = extractor.predict("در شش ماهه نخست سال ۱۴۰۱ تعداد ۲۰ واحد و در شهریور امسال ۳۰ واحد ساخته شد.")
    assert report.report_date.date.startswith("1401")
    assert report.report_date.evidence


@pytest.mark.parametrize("date", ["1401-07-15", "1401-07", "1401", datetime.date(2022, 10, 7), None])
def test_a_report_date_may_have_any_precision(extractor, date):
    assert extractor.predict(TEXT, report_date=date).facts


@pytest.mark.parametrize("date", ["yesterday", "1401-13-01", "1401-07-32", ""])
def test_a_report_date_of_another_form_is_one_clear_error(extractor, date):
    with pytest.raises(IEError):
        extractor.predict(TEXT, report_date=date)


def test_many_documents_stream_in_order_and_batching_changes_nothing(extractor):
    documents = [Document(f"d{i}", TEXT.replace("۳۵", str(30 + i)), "1401") for i in range(7)]
    alone = [extractor.predict(d.text, "1401", d.id).to_dicts() for d in documents]
    for size in (1, 3, 64):
        assert [report.to_dicts() for report in extractor.predict_many(iter(documents), batch_size=size)] == alone


def test_reading_ahead_is_bounded_by_the_batch(extractor):
    taken = []

    def documents():
        for index in range(100):
            taken.append(index)
            yield TEXT

    next(extractor.predict_many(documents(), batch_size=4))
    assert len(taken) == 4


def test_appending_an_unrelated_paragraph_changes_no_earlier_fact(extractor):
    before = extractor.predict(TEXT, "1401-07-15").to_dicts()
    after = extractor.predict(TEXT + "\nهوای فردا آفتابی است.", "1401-07-15").to_dicts()
    assert after == before


@pytest.mark.parametrize(
    "text", ["", "   \n", "12345 678", "only English, 5 things", "\ud800\udfff", "\x00" * 5, "؟!.،"]
)
def test_a_text_with_nothing_in_it_gives_no_facts(extractor, text):
    assert extractor.predict(text).facts == ()


@given(hostile)
@settings(max_examples=60, deadline=None)
def test_no_text_raises_and_every_offset_lies_in_it(text):
    report = loaded().predict(text, "1401-07-15")
    for fact in report.facts:
        for offsets in (fact.evidence.number, fact.evidence.program, fact.evidence.period, fact.evidence.sentence):
            assert offsets is None or 0 <= offsets[0] < offsets[1] <= len(text)
        json.dumps(fact.to_dict(), default=str)


def test_a_page_shows_markup_and_does_not_run_it(extractor):
    page = extractor.predict("<script>alert(1)</script> در سال ۱۴۰۰ تعداد ۳۵ مدرسه ساخته شد.").to_html()
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert 'dir="rtl"' in page


def test_a_table_has_one_row_a_fact(extractor):
    pytest.importorskip("pandas")
    report = extractor.predict(TEXT)
    assert list(report.to_pandas()["id"]) == [fact.id for fact in report.facts]


def test_a_missing_model_folder_is_named(tmp_path):
    with pytest.raises(IEError, match="absent"):
        Extractor.load(tmp_path / "absent")


def test_the_real_report_comes_out_right(shared, extractor):
    gold = read_annotations(shared / "reports" / "yazd-1401.gold.json")
    report = extractor.predict((shared / "reports" / "yazd-1401.txt").read_text(encoding="utf-8"), None, "yazd-1401")
    assert len(report.facts) <= 16
    (gold_document,) = gold
    comparison = compare_report(gold_document, report.facts)
    assert comparison.right("value", "comparator", "period", "program") >= 14


def sure(*confidences, **relations) -> Report:
    """Return a report whose facts, named a, b, c …, are so sure and stand in these relations."""
    facts = []
    for name, confidence in zip("abcdef", confidences, strict=False):
        place = Evidence((ord(name), ord(name) + 1))
        related = {kind: of[name] for kind, of in relations.items() if name in of}
        facts.append(MetricFact(name, "d", "کتابخانه", Decimal(5), place, confidence=confidence, **related))
    return Report(Document("d", " " * 120), tuple(facts), ())


def test_facts_that_are_less_sure_are_left_out():
    report = sure(0.9, 0.5, 0.2)
    assert [fact.id for fact in report.at_least(0.5).facts] == ["a", "b"]
    assert report.at_least(0) is report
    assert report.at_least(1).facts == ()


def test_relations_point_at_mentions_that_are_left_or_at_none():
    report = sure(0.1, 0.9, 0.8, 0.7, same_as={"b": "a", "c": "a"}, subset_of={"d": "a"})
    first, second, part = report.at_least(0.5).facts
    assert (first.id, first.same_as, second.same_as, part.subset_of) == ("b", None, "b", "b")
    alone = sure(0.1, 0.9, subset_of={"b": "a"}).at_least(0.5).facts
    assert [fact.subset_of for fact in alone] == [None]
    kept = sure(0.9, 0.9, 0.1, same_as={"b": "a"}, subset_of={"b": "a"}).at_least(0.5)
    assert [(fact.same_as, fact.subset_of) for fact in kept.facts] == [(None, None), ("a", "a")]


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(IEError, match="between 0 and 1"):
        sure(0.5).at_least(confidence)


def test_confidences_are_those_of_the_curve(extractor):
    level = replace(extractor, curve=ConfidenceCurve(((0.0, 0.42),)))
    assert {fact.confidence for fact in level.predict(TEXT).facts} == {0.42}
    raw = [fact.confidence for fact in replace(extractor, curve=RAW).predict(TEXT).facts]
    assert [extractor.curve.confidence(score) for score in raw] == pytest.approx(
        [fact.confidence for fact in extractor.predict(TEXT).facts], abs=0.02
    )
