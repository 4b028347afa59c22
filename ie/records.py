"""The JSON form of annotated documents: its shape, the document that a record states, and the record of a document.

One form serves lines of our own and gold facts written like the output. Where texts come from is left to `texts`.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from ie.exact_json import MAX_EXPONENT, from_json, to_json
from ie.gold import AnnotatedDocument, GoldFact, GoldPeriod, Interval, tagged_spans
from ie.schema import (
    Change,
    Comparator,
    Document,
    Evidence,
    IEError,
    Kind,
    MetricFact,
    Offsets,
    Period,
    Relation,
    Span,
    Status,
    exact,
)
from ie.texts import text_digest

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "DocumentRecord",
    "FactRecord",
    "IntervalRecord",
    "PeriodRecord",
    "SpanRecord",
    "check_record",
    "from_record",
    "parse_record",
    "to_json",
    "to_record",
]

SpanRecord = tuple[int, int, Literal["NUMBER", "PERIOD", "PROGRAM"]]


class IntervalRecord(TypedDict):
    """A Jalali interval; an end that is null is open."""

    start: str | None
    end: str | None
    relation: NotRequired[Relation]


class PeriodRecord(TypedDict):
    """A period expression and its interval; null where it resolves to nothing."""

    span: Offsets
    interval: NotRequired[IntervalRecord | None]


class FactRecord(TypedDict):
    """A gold fact; `program_alt` holds phrases or their offsets, `phrase` a programme without a place."""

    id: str
    number: Offsets
    value: Decimal
    program: NotRequired[Offsets | None]
    phrase: NotRequired[str | None]
    program_alt: NotRequired[list[str | Offsets]]
    program_type: NotRequired[str | None]
    period: NotRequired[Offsets | None]
    interval: NotRequired[IntervalRecord | None]
    interval_alt: NotRequired[IntervalRecord | None]
    sentence: NotRequired[Offsets | None]
    value_max: NotRequired[Decimal | None]
    comparator: NotRequired[Comparator]
    unit: NotRequired[str | None]
    currency: NotRequired[str | None]
    kind: NotRequired[Kind]
    status: NotRequired[Status]
    direction: NotRequired[Literal["up", "down"] | None]
    baseline: NotRequired[IntervalRecord | None]
    rate: NotRequired[str | None]
    anaphoric: NotRequired[bool]
    period_anaphor: NotRequired[str | None]
    subset_of: NotRequired[str | None]
    same_as: NotRequired[str | None]


class DocumentRecord(TypedDict):
    """An annotated document with its text, the name of its text file, or the sha256 of its text.

    `spans` are those that no fact or period has.
    """

    id: str
    facts: list[FactRecord]
    text: NotRequired[str | None]
    text_file: NotRequired[str | None]
    sha256: NotRequired[str | None]
    news_id: NotRequired[str | None]
    lines: NotRequired[list[int]]
    title: NotRequired[str | None]
    date: NotRequired[str | None]
    domain: NotRequired[str | None]
    tags: NotRequired[list[str]]
    exceptions: NotRequired[list[str]]
    periods: NotRequired[list[PeriodRecord]]
    nonfacts: NotRequired[list[Offsets]]
    spans: NotRequired[list[SpanRecord]]


@cache
def _validator() -> TypeAdapter[DocumentRecord]:
    from pydantic import TypeAdapter

    return TypeAdapter(DocumentRecord)


# ---------------------------------------------------------------------------------------------------------- shape


def parse_record(content: bytes, where: str) -> DocumentRecord:
    """Return the record that a line or file holds; raises IEError naming the place, what was expected and found."""
    try:
        record = from_json(content.decode("utf-8-sig"))
    except ValueError as error:
        raise IEError(f"{where}: expected a JSON object, found {error}") from error
    return check_record(record, where)


def check_record(record: object, where: str) -> DocumentRecord:
    """Return what JSON says as a record, checked field by field."""
    from pydantic import ValidationError

    if not isinstance(record, dict):
        raise IEError(f"{where}: expected a JSON object, found {type(record).__name__}")
    try:
        return _validator().validate_python(_flat_document(record))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        found = "nothing" if first["type"] == "missing" else _short(first["input"])
        raise IEError(f"{where}: {place}: expected: {first['msg']}; found {found}") from error


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _flat_document(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record in one shape: period spans with intervals, flat facts, `date` for `report_date`."""
    flat = {"date": record.get("report_date"), **record}
    for key, convert in (("facts", _flat_fact), ("periods", _flat_period)):
        if isinstance(record.get(key), list):
            flat[key] = [convert(item) for item in record[key]]
    return {key: value for key, value in flat.items() if value is not None}


def _flat_period(period: Any) -> Any:  # noqa: ANN401 - not validated yet
    return {"span": period} if isinstance(period, list) else period


def _flat_fact(fact: Any) -> Any:  # noqa: ANN401 - not validated yet
    """Return a fact in the form `MetricFact` is written in (slots, with `evidence` apart) as a flat one."""
    if not isinstance(fact, dict) or not isinstance(fact.get("evidence"), dict):
        return fact
    change = fact["change"] if isinstance(fact.get("change"), dict) else {}
    evidence = {key: fact["evidence"].get(key) for key in ("number", "program", "period", "sentence")}
    slots = {"phrase": fact.get("program"), "interval": fact.get("period"), **change}
    return {**fact, **slots, **{key: value for key, value in evidence.items()}}


# ---------------------------------------------------------------------------------------------------------- reading


def from_record(record: DocumentRecord, text: str, where: str) -> AnnotatedDocument:
    """Return the document that a record states about a text; raises IEError where it points outside."""
    _check(record, len(text), where)
    facts = tuple(_gold_fact(fact, record["id"], text) for fact in record["facts"])
    known = {fact.fact.evidence.period: fact.fact.interval for fact in facts}
    periods = [
        GoldPeriod(period["span"], _ends(period["interval"]) if "interval" in period else known.get(period["span"]))
        for period in record.get("periods", [])
    ]
    periods.sort(key=lambda period: period.span)
    return AnnotatedDocument(
        document=Document(record["id"], text, record.get("date"), record.get("title")),
        spans=_spans(tagged_spans((fact.fact for fact in facts), (period.span for period in periods)), record, where),
        facts=facts,
        nonfacts=tuple(record.get("nonfacts", [])),
        periods=tuple(periods),
        domain=record.get("domain"),
        news_id=record.get("news_id"),
        tags=tuple(record.get("tags", [])),
        exceptions=tuple(record.get("exceptions", [])),
        lines=tuple(record.get("lines", [])),
    )


def _spans(tagged: tuple[Span, ...], record: DocumentRecord, where: str) -> tuple[Span, ...]:
    spans = sorted({*tagged, *(Span(*span) for span in record.get("spans", []))})
    for span, after in pairwise(spans):
        if after.start < span.end:
            found = " and ".join(f"{one.label} [{one.start}, {one.end}]" for one in (span, after))
            raise IEError(f"{where}: spans: expected spans that do not overlap, found {found}")
    return tuple(spans)


def _check(record: DocumentRecord, length: int, where: str) -> None:
    """Raise where an offset leaves the text or a relation names no fact of the document."""
    placed = [("nonfacts", span) for span in record.get("nonfacts", [])]
    placed += [("periods", period["span"]) for period in record.get("periods", [])]
    placed += [("spans", (start, end)) for start, end, _ in record.get("spans", [])]
    ids = {fact["id"] for fact in record["facts"]}
    if len(ids) < len(record["facts"]):
        raise IEError(f"{where}: facts: expected ids used once, found one used again")
    for fact in record["facts"]:
        for name, value in (("value", fact["value"]), ("value_max", fact.get("value_max"))):
            if value is not None and abs(value.adjusted()) > MAX_EXPONENT:
                raise IEError(f"{where}: fact {fact['id']}.{name}: expected a number within bounds, found {value:.3E}")
        spans = [fact["number"], fact.get("program"), fact.get("period"), fact.get("sentence")]
        spans += [alt for alt in fact.get("program_alt", []) if not isinstance(alt, str)]
        placed += [(f"fact {fact['id']}", span) for span in spans if span is not None]
        for relation, target in (("subset_of", fact.get("subset_of")), ("same_as", fact.get("same_as"))):
            if target is not None and target not in ids:
                raise IEError(f"{where}: fact {fact['id']}.{relation}: expected a fact of its line, found {target!r}")
    for owner, (start, end) in placed:
        if not 0 <= start < end <= length:
            raise IEError(f"{where}: {owner}: expected offsets within 0..{length}, found [{start}, {end}]")


def _gold_fact(record: FactRecord, document_id: str, text: str) -> GoldFact:
    program, interval = record.get("program"), record.get("interval")
    direction = record.get("direction")
    period_span = record.get("period")
    fact = MetricFact(
        id=record["id"],
        document=document_id,
        program=text[slice(*program)] if program else record.get("phrase"),
        program_type=record.get("program_type"),
        value=record["value"],
        value_max=record.get("value_max"),
        comparator=record.get("comparator", "eq"),
        unit=record.get("unit"),
        currency=record.get("currency"),
        kind=record.get("kind", "count"),
        period=_period(interval, text[slice(*period_span)] if period_span else None),
        status=record.get("status", "actual"),
        change=Change(direction, _period(record.get("baseline"))) if direction else None,
        rate=record.get("rate"),
        subset_of=record.get("subset_of"),
        same_as=record.get("same_as"),
        evidence=Evidence(record["number"], program, period_span, record.get("sentence")),
    )
    alternatives = tuple(alt if isinstance(alt, str) else text[slice(*alt)] for alt in record.get("program_alt", []))
    clipped = record.get("interval_alt")
    return GoldFact(
        fact=fact,
        program_alt=alternatives,
        interval_alt=_ends(clipped) if clipped else None,
        anaphoric=record.get("anaphoric", False),
        period_anaphor=record.get("period_anaphor"),
    )


def _period(record: IntervalRecord | None, text: str | None = None) -> Period | None:
    if record is None:
        return None
    start, end = record["start"], record["end"]
    relation: Relation = "until" if start is None else "since" if end is None else "in"
    return Period(start, end, record.get("relation", relation), text=text)


def _ends(record: IntervalRecord | None) -> Interval:
    return (record["start"], record["end"]) if record else (None, None)


# ---------------------------------------------------------------------------------------------------------- writing


def to_record(document: AnnotatedDocument, text: bool = True) -> dict[str, Any]:
    """Return the JSON form of an annotated document; without its text, phrases become offsets into it."""
    record: dict[str, Any] = {
        "id": document.id,
        "news_id": document.news_id,
        "lines": list(document.lines),
        "sha256": text_digest(document.text),
        "date": document.document.date,
        "domain": document.domain,
        "title": document.document.title,
        "tags": list(document.tags),
        "exceptions": list(document.exceptions),
        "text": document.text if text else None,
    }
    record = {key: value for key, value in record.items() if value not in (None, [])}
    record["periods"] = [_period_record(period) for period in document.periods]
    record["nonfacts"] = [list(span) for span in document.nonfacts]
    record["facts"] = [_fact_record(fact, document.text) for fact in document.facts]
    known = tagged_spans((fact.fact for fact in document.facts), (period.span for period in document.periods))
    if others := [[span.start, span.end, span.label] for span in document.spans if span not in known]:
        record["spans"] = others
    return record


def _period_record(period: GoldPeriod) -> dict[str, Any]:
    record: dict[str, Any] = {"span": list(period.span)}
    if period.interval is not None:
        record["interval"] = _interval_record(period.interval)
    return record


def _interval_record(interval: Interval) -> dict[str, str | None] | None:
    return None if interval == (None, None) else {"start": interval[0], "end": interval[1]}


def _fact_record(gold: GoldFact, text: str) -> dict[str, Any]:
    fact = gold.fact
    needed: dict[str, Any] = {
        "id": fact.id,
        "number": list(fact.evidence.number),
        "value": exact(fact.value),
        "comparator": fact.comparator,
        "kind": fact.kind,
        "status": fact.status,
    }
    optional: dict[str, Any] = {
        "value_max": exact(fact.value_max),
        "unit": fact.unit,
        "program": list(fact.evidence.program) if fact.evidence.program else None,
        "period": list(fact.evidence.period) if fact.evidence.period else None,
        "interval": _relation_record(fact.period),
        "phrase": fact.program if fact.evidence.program is None else None,
        "currency": fact.currency,
        "program_type": fact.program_type,
        "sentence": list(fact.evidence.sentence) if fact.evidence.sentence else None,
        "program_alt": [_nearest(text, alt, fact.evidence.number[0]) for alt in gold.program_alt],
        "interval_alt": dict(zip(("start", "end"), gold.interval_alt, strict=True)) if gold.interval_alt else None,
        "direction": fact.change.direction if fact.change else None,
        "baseline": _relation_record(fact.change.baseline) if fact.change else None,
        "rate": fact.rate,
        "anaphoric": gold.anaphoric or None,
        "period_anaphor": gold.period_anaphor,
        "subset_of": fact.subset_of,
        "same_as": fact.same_as,
    }
    return needed | {key: value for key, value in optional.items() if value not in (None, [])}


def _relation_record(period: Period | None) -> dict[str, str | None] | None:
    return {"start": period.start, "end": period.end, "relation": period.relation} if period else None


def _nearest(text: str, phrase: str, position: int) -> list[int] | str:
    """Return the offsets of the phrase nearest to a position, or the phrase where the text does not hold it."""
    after, before = text.find(phrase, position), text.rfind(phrase, 0, position)
    starts = [start for start in (before, after) if start >= 0]
    if not phrase or not starts:
        return phrase
    start = min(starts, key=lambda start: abs(start - position))
    return [start, start + len(phrase)]
