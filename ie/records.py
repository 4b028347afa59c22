"""The JSON shapes of annotated documents: one form for lines of our own, and for gold facts written like the output.

Only the shape is checked here (fields, types, allowed words); where offsets and ids point is left to `annotations`.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from ie.schema import Comparator, IEError, Kind, Offsets, Relation, Status

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["DocumentRecord", "FactRecord", "IntervalRecord", "PeriodRecord", "parse_record"]


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
    """An annotated document with its text, the name of its text file, or the sha256 of its text."""

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
    periods: NotRequired[list[PeriodRecord]]
    nonfacts: NotRequired[list[Offsets]]


@cache
def _validator() -> TypeAdapter[DocumentRecord]:
    from pydantic import TypeAdapter

    return TypeAdapter(DocumentRecord)


def parse_record(content: bytes, where: str) -> DocumentRecord:
    """Return the record that a line or file holds; raises IEError naming the place, what was expected and found."""
    from pydantic import ValidationError

    try:
        record = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except ValueError as error:
        raise IEError(f"{where}: expected a JSON object, found {error}") from error
    except RecursionError as error:
        raise IEError(f"{where}: expected a JSON object, found one nested too deeply") from error
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
