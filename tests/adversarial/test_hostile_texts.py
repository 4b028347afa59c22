"""Hostile texts: whatever stands in a report, it is read in linear time, raises nothing and changes nothing near it."""

import time
from collections.abc import Callable

import pytest
from hostile import UNRELATED, check_report, rules, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.extractor import Report
from ie.numerals import find_numbers, parse_number
from ie.periods import find_periods, parse_period
from ie.persian import fold, sentence_offsets
from ie.schema import Document, IEError

DATE = "1401-07-15"
REPORT = "در سال ۱۴۰۰ تعداد ۳۵ مدرسه ساخته شد."


def predict(text: str) -> Report:
    report = rules().predict(text, DATE)
    check_report(report)
    return report


def facts(text: str) -> list[dict]:
    return predict(text).to_dicts()


# ---------------------------------------------------------------------------------------------------------- properties


@settings(max_examples=150, deadline=None)
@given(texts())
def test_no_text_raises_and_offsets_reproduce_it(text):
    predict(text)


@settings(max_examples=150, deadline=None)
@given(texts())
def test_folding_twice_is_folding_once(text):
    folded = fold(text)
    assert fold(folded.text).text == folded.text
    for start, end in sentence_offsets(text):
        assert text[start:end] == text[start:end].strip() != ""


@settings(max_examples=100, deadline=None)
@given(texts(12))
def test_mentions_lie_in_the_text_in_order_and_apart(text):
    for mentions in (find_numbers(text), find_periods(text)):
        ends = [0, *(place for mention in mentions for place in (mention.start, mention.end)), len(text)]
        assert ends == sorted(ends)
        assert all(mention.start < mention.end for mention in mentions)


@settings(max_examples=100, deadline=None)
@given(texts(8), st.sampled_from([DATE, "1401", None]))
def test_expressions_are_read_or_refused(text, date):
    quantity = parse_number(text)
    assert quantity is None or quantity.value.is_finite()
    period = parse_period(text, date)
    assert period is None or None in period.interval or period.start <= period.end


@settings(max_examples=60, deadline=None)
@given(texts(20))
def test_an_unrelated_paragraph_changes_no_fact_before_it(text):
    # what holds no Persian word at all is not read, and the scores of a last line that is cut off look beyond it
    text = f"گزارش\n{text} است.\n"
    assert facts(text + UNRELATED) == facts(text)


@settings(max_examples=40, deadline=None)
@given(st.lists(texts(10), min_size=2, max_size=5), st.randoms(use_true_random=False), st.integers(1, 4))
def test_facts_do_not_depend_on_the_batch_or_the_order(reports, random, size):
    documents = [Document(f"d{number}", text, DATE) for number, text in enumerate(reports)]
    alone = {one.id: rules().predict(one.text, DATE, one.id).to_dicts() for one in documents}
    random.shuffle(documents)
    for report in rules().predict_many(documents, batch_size=size):
        assert report.to_dicts() == alone[report.document.id]


@settings(max_examples=100, deadline=None)
@given(st.one_of(texts(4), st.text(st.sampled_from("0123456789-/T:Z+۱۴ "), max_size=14)))
def test_a_report_date_is_one_or_refused_with_what_is_expected(date):
    try:
        report = rules().predict(REPORT, date)
    except IEError as error:
        assert str(error)
    else:
        assert report.report_date is not None


# ---------------------------------------------------------------------------------------------------------- at length

SHAPES: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "تعداد " + "۱" * n + " واحد ساخته شد.",
    "mixed digits": lambda n: "تعداد " + "۱1٣" * (n // 3) + " واحد ساخته شد.",
    "groups of digits": lambda n: "تعداد " + "111 " * (n // 4) + "111, واحد",
    "dashes": lambda n: "تعداد 1" + "-1" * (n // 2) + ", واحد",
    "thousands": lambda n: "هزار " * (n // 5),
    "thousands and": lambda n: "هزار و " * (n // 7),
    "vowel signs": lambda n: "تعداد ۵ واحد" + "\u064b" * n,
    "combining marks": lambda n: "تعداد ۵ واحد" + "\u0301" * n,
    "zero width": lambda n: "تعداد ۵" + "\u200b\u200c\ufeff" * (n // 3) + "واحد",
    "isolates": lambda n: "تعداد ۵" + "\u2067\u202e" * (n // 2) + "واحد",
    "brackets": lambda n: "([{«" * (n // 8) + "۵ واحد" + "»}])" * (n // 8),
    "dots": lambda n: "تعداد ۵ واحد" + "." * n + "5",
    "line ends": lambda n: "تعداد ۵" + "\n" * n + "واحد",
    "surrogates": lambda n: "تعداد ۵ " + "\ud800" * n + "واحد",
    "nulls": lambda n: "تعداد ۵ " + "\0" * n + "واحد",
    "one paragraph": lambda n: "در سال ۱۴۰۰ تعداد ۵ واحد صنعتی ساخته شد و ۷ مدرسه " * (n // 50),
    "numbers in one line": lambda n: "۵ واحد " * (n // 7),
    "numbers and": lambda n: "۱۲ و " * (n // 5),
    "ranges": lambda n: "۵ تا " * (n // 5),
    "contradictory periods": lambda n: "در سال ۱۴۰۰ و در سال ۱۴۰۱ و در سال ۱۳۹۹ " * (n // 40) + " ۵ واحد",
    "months": lambda n: "فروردین و " * (n // 10) + "۱۴۰۱ و ۵ واحد",
    "bullets": lambda n: "- ۵ واحد صنعتی\n" * (n // 15),
    "cells": lambda n: "۵\t" * (n // 2) + "واحد",
    "respectively": lambda n: "به ترتیب ۵ و ۶ و ۷ واحد و مدرسه و نفر " * (n // 38),
    "references": lambda n: "از این تعداد ۵ واحد آن " * (n // 23),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_reading_takes_time_as_the_text_is_long(shape):
    """Four times the text takes some four times as long: a quadratic step would make it sixteen."""

    def seconds(text: str) -> float:
        started = time.process_time()
        rules().predict(text, DATE)
        return time.process_time() - started

    short, long = SHAPES[shape](3000), SHAPES[shape](12_000)
    check_report(rules().predict(short, DATE))
    ratio = seconds(long) / max(min(seconds(short) for _ in range(3)), 0.002)
    # a neighbour on the same machine may disturb one measurement, not three
    assert ratio < 9 or min(seconds(long) for _ in range(2)) / min(seconds(short) for _ in range(5)) < 9


HUGE = {
    "a million combining marks": "تعداد ۵" + "\u064b\u0301" * 500_000 + " واحد ساخته شد.",
    "a number of 10,000 digits": "تعداد " + "۹" * 10_000 + " واحد ساخته شد.",
    "a hundred thousand thousands": "هزار " * 100_000,
    "nested brackets": "(" * 30_000 + ")" * 30_000 + " ۵ واحد",
    "a row of dots": "۵ واحد" + "." * 100_000 + "5",
    "a million marks of direction": "\u202e\u2067" * 500_000 + "۵ واحد",
}


@pytest.mark.parametrize("kind", HUGE)
def test_a_sentence_before_a_huge_line_is_read_as_ever(kind):
    assert facts(f"{REPORT}\n{HUGE[kind]}")[0] == facts(f"{REPORT}\nتعداد")[0]


def test_facts_of_one_bullet_take_nothing_from_another():
    lines = [f"- ساخت {count} مدرسه در سال {1390 + count % 10}" for count in range(11, 41)]
    report = predict("\n".join(lines))
    assert len(report.facts) == len(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for number, (fact, line) in enumerate(zip(report.facts, lines, strict=True)):
        for place in (fact.evidence.number, fact.evidence.program, fact.evidence.period):
            assert place is not None and starts[number] <= place[0] < place[1] < starts[number + 1], line
        assert fact.period.start == f"{1390 + int(fact.value) % 10}-01-01"


def test_contradictory_periods_do_not_reach_the_next_bullet():
    text = "- ساخت ۵ مدرسه در سال ۱۳۹۹ و سال ۱۴۰۰ و سال ۱۳۹۸\n- ساخت ۷ پل در سال ۱۴۰۱\n- ساخت ۹ سد در سال ۱۳۹۷"
    years = {fact.value: fact.period.start[:4] for fact in predict(text).facts if fact.period}
    assert years[7] == "1401" and years[9] == "1397"
