"""What can be checked of an annotated document without reading it: that its parts agree with each other and the text.

Values have to re-parse from their spans and periods to re-resolve. Where a span by itself gives something else, the
document says why in `exceptions`: ``"12-15 shared_multiplier"`` names the span and one of `REASONS`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ie.domains import domain_of
from ie.gold import AnnotatedDocument, GoldFact, tagged_spans
from ie.matching import same_value
from ie.numerals import find_numbers, parse_number
from ie.periods import parse_period
from ie.schema import IEError, Offsets, Quantity

__all__ = ["REASONS", "Finding", "find_exceptions", "validate_document"]

REASONS = {
    "shared_multiplier": "the multiplier stands at another member of the list («۹۸، ۶۱ و ۳۳ میلیون»)",
    "reversed_decimal": "the document writes decimals from right to left («8/19» is 19.8)",
    "value_in_context": "the value needs its context: an antecedent («به همین تعداد»), a misprint, a broken number",
    "antecedent": "the interval is that of another period, or of one that is named elsewhere («مدت مشابه سال قبل»)",
    "carried_period": "the fact has another interval than the expression it points to",
    "interval_in_context": "the interval needs its context: a topic, a year named elsewhere, a planned clause",
}
_DIGITS = re.compile(r"\d+")
_ANAPHOR = re.compile("مشابه|همین|همان|مذکور|یاد ?شده|این|آن")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an annotated document: where and what."""

    document: str
    span: Offsets | None
    message: str

    def __str__(self) -> str:
        place = f" [{self.span[0]}, {self.span[1]}]" if self.span else ""
        return f"{self.document}{place}: {self.message}"


def find_exceptions(document: AnnotatedDocument) -> dict[Offsets, str]:
    """Return the spans that read by themselves give another value or interval than annotated, and why.

    Raises `IEError` where the document's date is none.
    """
    found: dict[Offsets, str] = {}
    mentions = {(mention.start, mention.end): mention.quantity for mention in find_numbers(document.text)}
    for item in document.facts:
        place = item.fact.evidence.number
        words = document.text[slice(*place)]
        # «ده» or «۱۴۰۰» alone may be no number: then it is read where it stands
        if reason := _value_reason(words, parse_number(words) or mentions.get(place), item):
            found[place] = reason
    resolved = {period.span: period.interval or (None, None) for period in document.periods}
    for span, interval in resolved.items():
        words = document.text[slice(*span)]
        period = parse_period(words, report_date=document.document.date)
        if interval != (period.interval if period else (None, None)):
            found[span] = "antecedent" if _ANAPHOR.search(words) else "interval_in_context"
    for item in document.facts:
        pointed = item.fact.evidence.period
        if pointed and item.fact.interval != resolved.get(pointed, item.fact.interval):
            found.setdefault(item.fact.evidence.number, "carried_period")
    return found


def _value_reason(words: str, quantity: Quantity | None, item: GoldFact) -> str | None:
    wanted = (item.fact.value, item.fact.value_max)
    found = (quantity.value, quantity.upper) if quantity else (None, None)
    if same_value(wanted[0], found[0]) and same_value(wanted[1], found[1]):
        return None
    if found[0] and wanted[0] and wanted[0] / found[0] in {Decimal(10) ** power for power in (3, 6, 9, 12, 15)}:
        return "shared_multiplier"
    digits = [sorted(str(value.normalize()).replace(".", "")) for value in (wanted[0], found[0]) if value is not None]
    return "reversed_decimal" if "/" in words and digits[0] == digits[-1] else "value_in_context"


def validate_document(document: AnnotatedDocument) -> list[Finding]:
    """Return what is wrong with a document; an empty list where nothing is.

    That offsets lie within the text and relations name facts is checked when a document is read.
    """
    findings = [*_layout(document), *_relations(document), *_slots(document)]
    if document.domain is not None and domain_of(document.domain) != document.domain:
        findings.append(
            Finding(document.id, None, f"domain: expected a key of domains.toml, found {document.domain!r}")
        )
    marked = {}
    for line in document.exceptions:
        place, _, reason = line.partition(" ")
        start, _, end = place.partition("-")
        if reason not in REASONS or not (start.isdigit() and end.isdigit()):
            findings.append(
                Finding(
                    document.id,
                    None,
                    f"exceptions: expected 'START-END REASON' of {', '.join(REASONS)}, found {line!r}",
                )
            )
            continue
        marked[int(start), int(end)] = reason
    try:
        found = find_exceptions(document)
    except IEError as error:
        return [*findings, Finding(document.id, None, f"date: {error}")]
    for span, reason in found.items():
        if span not in marked:
            words = document.text[slice(*span)]
            findings.append(
                Finding(document.id, span, f"{words!r} by itself gives another reading; mark '{reason}' or mend it")
            )
    return findings


def _layout(document: AnnotatedDocument) -> Iterator[Finding]:
    """Yield spans that begin or end with blanks, stand twice or overlap, and digits that nothing covers."""
    text = document.text
    numbers = [item.fact.evidence.number for item in document.facts]
    periods = [period.span for period in document.periods]
    programs = {item.fact.evidence.program for item in document.facts if item.fact.evidence.program}
    for span in {*numbers, *periods, *programs, *document.nonfacts}:
        if text[slice(*span)] != text[slice(*span)].strip():
            yield Finding(document.id, span, f"expected words, found blanks at an end of {text[slice(*span)]!r}")
    for name, places in (("number", numbers), ("period", periods), ("non-fact", list(document.nonfacts))):
        for span in (span for span, count in Counter(places).items() if count > 1):
            yield Finding(document.id, span, f"{name}: expected each span once, found {text[slice(*span)]!r} again")
    ordered = sorted({*numbers, *periods, *document.nonfacts})
    for before, after in zip(ordered, ordered[1:], strict=False):
        if after[0] < before[1]:
            yield Finding(document.id, after, f"{text[slice(*after)]!r} overlaps {text[slice(*before)]!r}")
    tagged = tagged_spans((item.fact for item in document.facts), periods)
    if any(one not in document.spans for one in tagged):
        yield Finding(document.id, None, "spans: expected those of facts and periods, found others")
    covered = sorted({*ordered, *programs})
    for match in _DIGITS.finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in covered):
            yield Finding(document.id, match.span(), f"digits {match.group()} lie in no span; list them as a non-fact")


def _relations(document: AnnotatedDocument) -> Iterator[Finding]:
    """Yield repeats that do not point back to the same value, and parts of themselves."""
    facts = {item.fact.id: item.fact for item in document.facts}
    for fact in facts.values():
        first = facts.get(fact.same_as or "")
        if first and first.evidence.number >= fact.evidence.number:
            yield Finding(document.id, fact.evidence.number, f"same_as: expected an earlier fact, found {first.id}")
        if first and not same_value(first.value, fact.value):
            yield Finding(
                document.id, fact.evidence.number, f"same_as: expected one value, found {first.value} in {first.id}"
            )
        if fact.subset_of == fact.id:
            yield Finding(document.id, fact.evidence.number, "subset_of: expected another fact, found the fact itself")


def _slots(document: AnnotatedDocument) -> Iterator[Finding]:
    """Yield facts whose slots contradict each other."""
    for item in document.facts:
        fact = item.fact
        place = fact.evidence.number
        if (fact.comparator == "range") != (fact.value_max is not None):
            yield Finding(document.id, place, f"expected value_max with 'range' only, found {fact.comparator}")
        if fact.unit in ("درصد", "واحد درصد") and fact.kind not in ("percent", "change"):
            yield Finding(document.id, place, f"kind: expected percent or change with {fact.unit}, found {fact.kind}")
        if fact.change and fact.kind != "change":
            yield Finding(document.id, place, f"direction: expected with kind change only, found with {fact.kind}")
