"""Linking gives every number its programme, period, status, change and relations."""

import os
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.linking import link_facts
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.proposals import rule_spans
from ie.schema import Document, MetricFact, Span

REPORT_DATE = "1401-07-15"


def read(text: str, *programs: str, report_date: str | None = REPORT_DATE) -> tuple[MetricFact, ...]:
    """Link a text whose programme phrases are given, numbers and periods as the grammars find them."""
    numbers, periods = find_numbers(text), find_periods(text)
    spans = [span for span in rule_spans(text, numbers, periods) if span.label != "PROGRAM"]
    position = 0
    for phrase in programs:
        position = text.index(phrase, position)
        spans.append(Span(position, position + len(phrase), "PROGRAM"))
        position += len(phrase)
    return link_facts(Document("d", text), spans, numbers, periods, report_date)


def test_a_fact_has_every_slot_and_the_characters_that_prove_it():
    text = "در سال ۱۴۰۰ بیش از ۲۵۰ فقره تسهیلات اشتغال پرداخت شد."
    (fact,) = read(text, "تسهیلات اشتغال")
    assert (fact.value, fact.comparator, fact.unit, fact.kind, fact.status) == (250, "gt", "فقره", "count", "actual")
    assert fact.program == "تسهیلات اشتغال" and fact.program_type == "loans"
    assert fact.period is not None and fact.period.interval == ("1400-01-01", "1400-12-29")
    assert fact.id == f"d@{text.index('۲۵۰')}" and fact.document == "d"
    start, end = fact.evidence.number
    assert text[start:end] == "۲۵۰"
    start, end = fact.evidence.period or (0, 0)
    assert text[start:end] == "سال ۱۴۰۰"
    assert fact.evidence.sentence == (0, len(text))
    assert 0 < fact.confidence <= 1 and fact.confidence == round(fact.confidence, 2)


def test_a_fact_explains_itself_in_one_line():
    (fact,) = read("در سال ۱۴۰۰ تعداد ۲۵ کتابخانه ساخته شد.", "کتابخانه")
    assert "«کتابخانه»" in fact.explain() and "«سال ۱۴۰۰»" in fact.explain() and "\n" not in fact.explain()


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("امسال ۴۰ کلاس درس ساخته شد.", "کلاس درس"),
        ("صادرات استان در سال ۱۴۰۰ به ۳۰۰ میلیون دلار رسید.", "صادرات استان"),
        ("در این مدت ۱۲ هزار تن گندم خریداری شد.", "گندم"),
        ("ارزش قراردادها ۵۰ میلیارد تومان است.", "ارزش قراردادها"),
    ],
)
def test_the_programme_stands_before_or_after_its_number(text, program):
    (fact,) = read(text, program)
    assert fact.program == program


def test_each_item_of_a_list_keeps_its_own_number():
    text = "سال گذشته ۱۲ درمانگاه، ۳۰ مدرسه و ۷ کتابخانه ساخته شد."
    facts = read(text, "درمانگاه", "مدرسه", "کتابخانه")
    assert [(fact.value, fact.program) for fact in facts] == [(12, "درمانگاه"), (30, "مدرسه"), (7, "کتابخانه")]
    assert {fact.period.interval for fact in facts if fact.period} == {("1400-01-01", "1400-12-29")}
    assert [fact.unit for fact in facts] == ["درمانگاه", "مدرسه", "کتابخانه"]


def test_contrasting_clauses_keep_their_own_periods():
    text = "در سال ۱۳۹۹ تعداد ۴۰ مدرسه ساخته شد و در سال ۱۴۰۰ تعداد ۵۵ مدرسه ساخته شد."
    first, second = read(text, "مدرسه", "مدرسه")
    assert first.period is not None and first.period.start == "1399-01-01"
    assert second.period is not None and second.period.start == "1400-01-01"


def test_a_period_goes_on_in_the_next_sentence_that_refers_to_it():
    text = "در سه ماهه نخست امسال ۲۰ پروانه صادر شد. در این مدت ۱۵ هزار نفر بیمه شدند."
    _, second = read(text, "پروانه", "بیمه شدند")
    assert second.period is not None and second.period.interval == ("1401-01-01", "1401-03-31")
    assert second.evidence.period == (3, 3 + len("سه ماهه نخست امسال"))


def test_no_period_is_invented():
    (fact,) = read("این استان ۱۲ شهرستان دارد.", "شهرستان")
    assert fact.period is None and fact.evidence.period is None


def test_an_increase_keeps_a_positive_value_and_its_baseline():
    text = "صادرات فرش در شش ماهه نخست امسال نسبت به مدت مشابه سال قبل ۲۰ درصد کاهش یافت."
    (fact,) = read(text, "صادرات فرش")
    assert fact.kind == "change" and fact.value == 20 and fact.unit == "درصد"
    assert fact.change is not None and fact.change.direction == "down"
    assert fact.period is not None and fact.period.interval == ("1401-01-01", "1401-06-31")
    assert fact.change.baseline is not None
    assert fact.change.baseline.interval == ("1400-01-01", "1400-06-31")


@pytest.mark.parametrize(
    "text",
    [
        "پیش بینی می شود امسال ۴۰ هزار نفر بیمه شوند.",
        "قرار است ۳۰ مدرسه در سال آینده ساخته شود.",
        "۲۰ پروژه تا پایان سال افتتاح خواهد شد.",
    ],
)
def test_plans_are_told_from_deeds(text):
    program = next(noun for noun in ("بیمه شوند", "مدرسه", "پروژه") if noun in text)
    (fact,) = read(text, program)
    assert fact.status == "planned"


def test_what_did_not_happen_is_negated():
    (fact,) = read("ساخت ۳۰ مدرسه در سال گذشته محقق نشد.", "مدرسه")
    assert fact.status == "negated"


def test_a_reference_takes_the_phrase_and_points_at_the_whole():
    text = "سال گذشته ۵۰۰ واحد مسکونی ساخته شد که ۱۲۰ مورد این واحدها در روستاها است."
    whole, part = read(text, "واحد مسکونی")
    assert part.program == "واحد مسکونی" and part.subset_of == whole.id
    assert whole.subset_of is None


def test_a_repeat_points_at_the_first_mention():
    text = "در سال ۱۴۰۰ تعداد ۸۵۰ خانه ساخته شد.\nوی گفت: در سال ۱۴۰۰ تعداد ۸۵۰ خانه ساخته شد."
    first, second = read(text, "خانه", "خانه")
    assert second.same_as == first.id and first.same_as is None


def test_a_rate_goes_with_its_figure():
    (fact,) = read("این کارخانه سالانه ۳۰ تن کاغذ تولید می کند.", "کاغذ")
    assert fact.rate == "سالانه" and fact.kind == "amount"


def test_the_unit_of_a_list_is_shared():
    text = "سقف وام در شهرها ۲۰۰ میلیون و در روستاها ۱۰۰ میلیون تومان است."
    facts = read(text, "سقف وام")
    assert [(fact.value, fact.unit, fact.currency) for fact in facts] == [
        (Decimal(200_000_000), "تومان", "toman"),
        (Decimal(100_000_000), "تومان", "toman"),
    ]


def test_rules_alone_read_a_report():
    text = "در سال ۱۴۰۰ بیش از ۲۵۰ فقره تسهیلات پرداخت شد."
    numbers, periods = find_numbers(text), find_periods(text)
    (fact,) = link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods)
    assert fact.program == "تسهیلات"


def test_no_spans_no_facts():
    assert link_facts(Document("d", "متنی بی عدد."), []) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="۰۱۲ ابتنهزارمیلیوننفردرسال.،\n\u200c\ud800\x00\u200f«»", max_size=80))
def test_any_text_is_linked_without_an_error(text):
    numbers, periods = find_numbers(text), find_periods(text)
    facts = link_facts(Document("d", text), rule_spans(text, numbers, periods), numbers, periods)
    for fact in facts:
        start, end = fact.evidence.number
        assert 0 <= start < end <= len(text)
        assert fact.program is None or fact.program in text


@pytest.mark.parametrize("text", ["۱۲ مدرسه، " * 4000, "در سال ۱۴۰۰ تعداد ۱۲ مدرسه ساخته شد. " * 1500])
def test_time_grows_with_the_length_of_a_text(text):
    def seconds(part: str) -> float:
        numbers, periods = find_numbers(part), find_periods(part)
        spans = rule_spans(part, numbers, periods)
        start = time.perf_counter()
        link_facts(Document("d", part), spans, numbers, periods)
        return time.perf_counter() - start

    quarter = min(seconds(text[: len(text) // 4]) for _ in range(2))
    assert seconds(text) < 8 * quarter + 0.5


def test_the_real_report_comes_out_with_its_gold_spans():
    folder = Path(os.environ.get("IE_SHARED", "../shared")) / "reports"
    if not folder.is_dir():
        pytest.skip(f"needs the reports of {folder}")
    import json

    text = (folder / "yazd-1401.txt").read_text(encoding="utf-8")
    gold = json.loads((folder / "yazd-1401.gold.json").read_text(encoding="utf-8"))
    spans = {Span(*fact["evidence"]["number"], "NUMBER") for fact in gold["facts"]}
    spans |= {Span(*fact["evidence"]["program"], "PROGRAM") for fact in gold["facts"]}
    spans |= {Span(*period, "PERIOD") for period in gold["periods"]}
    found = {fact.evidence.number: fact for fact in link_facts(Document("yazd-1401", text), sorted(spans))}
    right = 0
    for wanted in gold["facts"]:
        fact = found[tuple(wanted["evidence"]["number"])]
        period = fact.period and (fact.period.start, fact.period.end, fact.period.relation)
        interval = wanted["period"] and (
            wanted["period"]["start"],
            wanted["period"]["end"],
            wanted["period"]["relation"],
        )
        right += (fact.value, fact.comparator, fact.program, period) == (
            wanted["value"],
            wanted["comparator"],
            wanted["program"],
            interval,
        )
    assert len(found) == len(gold["facts"]) and right >= 14


def test_an_explanation_names_comparator_change_and_relations():
    text = "سال گذشته بیش از ۵۰۰ واحد مسکونی ساخته شد که ۱۲۰ مورد این واحدها در روستاها است."
    whole, part = read(text, "واحد مسکونی")
    assert "more than: «بیش از»" in whole.explain()
    assert f"part of 500 ({whole.id})" in part.explain()
    (fact,) = read("صادرات فرش در شش ماهه نخست امسال نسبت به مدت مشابه سال قبل ۲۰ درصد کاهش یافت.", "صادرات فرش")
    assert "a fall: «کاهش», against «مدت مشابه سال قبل»" in fact.explain()
