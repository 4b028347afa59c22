"""Hostile texts that the adversarial tests and the fuzzer share: what they are made of, and what must hold of a report.

`PIECES` follows the grammars: it holds every word of the package's tables beside the signs that break parsers.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from functools import cache
from importlib import resources

from hypothesis import strategies as st

from ie.calendars import read_report_date
from ie.extractor import Extractor, Report
from ie.labels import LABELS
from ie.records import to_json
from ie.schema import Document, IEError, MetricFact
from ie.sources import Failure

MARKS = (
    "\u200b \u200c \u200d \u200e \u200f \u061c \u2060 \ufeff \u00ad \u0640 "  # joiners, marks, tatweel
    "\u202a \u202b \u202c \u202d \u202e \u2066 \u2067 \u2068 \u2069 "  # embeddings, overrides, isolates
    "\u064b \u0651 \u0670 \u0301 \u20dd \ud800 \udfff \udc80 \0 \x1b \x7f \ufffd \uffff \U000e0001 \U0001f600"
).split(" ")
SPACES = (" ", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\u2029", "\x85", "\v", "\f", "\u3000")
NUMBERS = (
    "5 ۵ ٥ ۱۲ 1400 ۱۴۰۱ 1٣۵ ۰ -1 +5 1,000 ۱٬۰۰۰ 1.000.000 ۲٫۵ 2.5 2/5 ۱/۲ ½ ² ₂ １２ 5e9 1E99 ۱۴۰۰/۷/۱۵ 1401-13-45 "
    "12:30 ۵٪ 5% ∞ ൧ १२"
).split()
SIGNS = list("()[]{}«»\"'“”‘’<>*/\\|-–—−_.,،؛;:!?؟…%٪&#@=+~^`$﷼€•▪") + ["...", "//", "--", "((", "))", "\\n"]
UNRELATED = "هوای بیشتر شهرها آفتابی و آرام است."


@cache
def pieces() -> tuple[str, ...]:
    """Return the signs above and every word and phrase of the package's tables, sorted."""
    tables = (path for path in (resources.files("ie") / "data").iterdir() if path.name.endswith(".toml"))
    words = {word for table in tables for word in _strings(tomllib.loads(table.read_text(encoding="utf-8")))}
    return (*MARKS, *SPACES, *NUMBERS, *SIGNS, *sorted(words))


def _strings(value: object) -> Iterator[str]:
    match value:
        case str() if len(value) <= 40:
            yield value
        case str():
            yield from value.split()
        case dict():
            for key, item in value.items():
                yield str(key)
                yield from _strings(item)
        case list():
            for item in value:
                yield from _strings(item)


def texts(max_size: int = 30) -> st.SearchStrategy[str]:
    """Return texts of the pieces, joined by nothing, a space or a half-space, among any characters."""
    piece = st.sampled_from(pieces()) | st.sampled_from((*NUMBERS, *MARKS)) | st.text(st.characters(), max_size=3)
    joint = st.sampled_from((" ", " ", "", "\u200c", "\n"))
    return st.lists(st.tuples(piece, joint), max_size=max_size).map(lambda pairs: "".join(p + j for p, j in pairs))


def text_of(data: bytes) -> str:
    """Return the text that bytes of a fuzzer stand for: pieces of the grammars after an odd byte, else UTF-8."""
    if not data[:1] or data[0] % 2 == 0:
        return data[1:].decode("utf-8", "surrogateescape")
    known = pieces()
    chosen = (known[int.from_bytes(data[at : at + 2]) % len(known)] for at in range(1, len(data) - 1, 2))
    return ("" if data[0] & 2 else " ").join(chosen)


@cache
def rules() -> Extractor:
    """Return the extractor of the rules."""
    return Extractor.rules()


@cache
def model() -> Extractor:
    """Return the extractor of the shipped model."""
    return Extractor.load(threads=1)


def check_report(report: Report) -> None:
    """Assert what holds of any report: offsets lie in its text and reproduce it, facts survive their JSON form."""
    text = report.text
    for span in report.spans:
        assert 0 <= span.start < span.end <= len(text), span
        assert span.label in LABELS and 0 <= span.score <= 1, span
    assert list(report.spans) == sorted(report.spans)
    ids = {fact.id for fact in report.facts}
    assert len(ids) == len(report.facts)
    for fact in report.facts:
        check_fact(fact, text)
        assert {fact.subset_of, fact.same_as} <= ids | {None}, fact
        assert fact.id not in (fact.subset_of, fact.same_as), fact


def check_fact(fact: MetricFact, text: str) -> None:
    """Assert what holds of a fact of any text."""
    evidence = fact.evidence
    for offsets in (evidence.number, evidence.program, evidence.period, evidence.sentence):
        assert offsets is None or 0 <= offsets[0] < offsets[1] <= len(text), fact
    assert evidence.program is None or text[slice(*evidence.program)] == fact.program, fact
    assert fact.value.is_finite() and 0 <= fact.confidence <= 1, fact
    if fact.period:
        if evidence.period:
            assert fact.period.text == text[slice(*evidence.period)], fact
        for day in fact.period.interval:
            assert day is None or str(read_report_date(day)) == day, fact
        assert None in fact.period.interval or fact.period.start <= fact.period.end, fact
    written = to_json(fact.to_dict())
    assert to_json(MetricFact.from_dict(json.loads(written, parse_float=Decimal)).to_dict()) == written


def check_document(item: Document | Failure) -> None:
    """Assert what holds of whatever a reader gives: a text that says something, or one line that says what is wrong."""
    if isinstance(item, Failure):
        assert item.reason and "\n" not in item.reason.strip(), item
        return
    assert isinstance(item.id, str) and isinstance(item.text, str) and item.text.strip(), item
    for date in (item.date, item.created):
        with suppress(IEError):  # a date that is none is told of when the document is read
            read_report_date(date)
