"""The nouns of the system: documents, spans, quantities, periods and metric facts, with their JSON form.

Offsets are half-open ``[start, end)`` in code points of ``Document.text``, which is never changed. Values are exact
(`Decimal`), dates are Jalali ISO strings (``"1401-06-31"``, which sort as dates do) and ids come from the document and
the place of the number, never from chance. What the words mean is decided elsewhere; nothing here reads Persian.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Comparator = Literal["eq", "approx", "gt", "ge", "lt", "le", "range"]
Kind = Literal["count", "amount", "percent", "change"]
Status = Literal["actual", "planned", "negated"]
Relation = Literal["in", "since", "until"]
Offsets = tuple[int, int]

__all__ = [
    "Change",
    "Comparator",
    "Document",
    "Evidence",
    "IEError",
    "Kind",
    "MetricFact",
    "Offsets",
    "Period",
    "Quantity",
    "Relation",
    "Span",
    "Status",
]


class IEError(Exception):
    """A mistake in what the user gave: says what, where, what was expected and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """One report. `date` is its report date where known: Jalali ``1401-07-15``, ``1401-07`` or ``1401``.

    `created` is the day that a file's properties state: a report is read at it where neither `date` nor its text tells.
    """

    id: str
    text: str
    date: str | None = None
    title: str | None = None
    created: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled stretch of a text: ``text[start:end]`` is the evidence."""

    start: int
    end: int
    label: str
    score: float = 1.0

    @property
    def offsets(self) -> Offsets:
        """Return ``(start, end)``."""
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number expression says: one exact value or both ends of a range, a comparator, a unit.

    `value` is in `unit` (plain form, e.g. ``درصد``); `currency` is ``toman``, ``rial``, ``USD`` … for money.
    """

    value: Decimal
    upper: Decimal | None = None
    comparator: Comparator = "eq"
    unit: str | None = None
    currency: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """An inclusive Jalali interval; an end that is None is open.

    >>> Period(start="1400-01-01", end="1400-12-29").start
    '1400-01-01'
    """

    start: str | None
    end: str | None
    relation: Relation = "in"
    granularity: str | None = None
    flags: tuple[str, ...] = ()
    start_gregorian: str | None = None
    end_gregorian: str | None = None
    text: str | None = None
    derivation: str = ""

    @property
    def interval(self) -> tuple[str | None, str | None]:
        """Return ``(start, end)``, what two periods are compared by."""
        return (self.start, self.end)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "start": self.start,
            "end": self.end,
            "relation": self.relation,
            "granularity": self.granularity,
            "flags": list(self.flags),
            "start_gregorian": self.start_gregorian,
            "end_gregorian": self.end_gregorian,
            "text": self.text,
            "derivation": self.derivation,
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Period:
        """Return the period of its JSON form; fields that are absent keep their defaults."""
        known = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        known["flags"] = tuple(known.get("flags") or ())
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Change:
    """The direction of a change fact and the period it is measured against."""

    direction: Literal["up", "down"]
    baseline: Period | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"direction": self.direction, "baseline": self.baseline.to_dict() if self.baseline else None}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the text each slot of a fact stands."""

    number: Offsets
    program: Offsets | None = None
    period: Offsets | None = None
    sentence: Offsets | None = None

    def to_dict(self) -> dict[str, list[int] | None]:
        """Return the JSON form."""
        return {
            "number": list(self.number),
            "program": list(self.program) if self.program else None,
            "period": list(self.period) if self.period else None,
            "sentence": list(self.sentence) if self.sentence else None,
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Evidence:
        """Return the evidence of its JSON form."""
        return cls(**{name: (place[0], place[1]) for name in cls.__dataclass_fields__ if (place := record.get(name))})


_DECIMALS = ("value", "value_max", "value_si", "value_max_si")


@dataclass(frozen=True, slots=True)
class MetricFact:
    """One mention of a (programme, period, value): what is counted, how many, when, and the characters that say so.

    `value` is as written, in `unit`; `value_si` is the same in `unit_si`, which all units of a measure share: ``kg``,
    ``m2``, ``IRR`` for toman and rial, ``USD``, ``1`` for shares. None where there is no such unit, as for counts.
    """

    id: str
    document: str
    program: str | None
    value: Decimal
    evidence: Evidence
    program_type: str | None = None
    value_max: Decimal | None = None
    comparator: Comparator = "eq"
    unit: str | None = None
    currency: str | None = None
    value_si: Decimal | None = None
    value_max_si: Decimal | None = None
    unit_si: str | None = None
    kind: Kind = "count"
    period: Period | None = None
    status: Status = "actual"
    change: Change | None = None
    rate: str | None = None
    flags: tuple[str, ...] = ()
    subset_of: str | None = None
    same_as: str | None = None
    confidence: float = 1.0
    reasons: tuple[str, ...] = field(default=(), compare=False)

    @property
    def interval(self) -> tuple[str | None, str | None]:
        """Return the interval of its period; no period and one that is open on both ends are the same."""
        return self.period.interval if self.period else (None, None)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with exact numbers (whole values as int, others as `Decimal`)."""
        return {
            "id": self.id,
            "document": self.document,
            "program": self.program,
            "program_type": self.program_type,
            "value": exact(self.value),
            "value_max": exact(self.value_max),
            "comparator": self.comparator,
            "unit": self.unit,
            "currency": self.currency,
            "value_si": exact(self.value_si),
            "value_max_si": exact(self.value_max_si),
            "unit_si": self.unit_si,
            "kind": self.kind,
            "period": self.period.to_dict() if self.period else None,
            "status": self.status,
            "change": self.change.to_dict() if self.change else None,
            "rate": self.rate,
            "flags": list(self.flags),
            "subset_of": self.subset_of,
            "same_as": self.same_as,
            "evidence": self.evidence.to_dict(),
            "confidence": self.confidence,
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> MetricFact:
        """Return the fact of its JSON form; fields that are absent keep their defaults."""
        known = {name: record[name] for name in cls.__dataclass_fields__ if record.get(name) is not None}
        known |= {name: Decimal(str(known[name])) for name in _DECIMALS if name in known}
        known["program"] = record.get("program")
        known["flags"] = tuple(known.get("flags", ()))
        known["evidence"] = Evidence.from_dict(record["evidence"])
        if "period" in known:
            known["period"] = Period.from_dict(known["period"])
        if "change" in known:
            baseline = known["change"].get("baseline")
            known["change"] = Change(known["change"]["direction"], Period.from_dict(baseline) if baseline else None)
        return cls(**known)

    def explain(self) -> str:
        """Return in one line why this number got this programme and period."""
        return "; ".join(self.reasons)


def exact(value: Decimal | None) -> int | Decimal | None:
    """Return a value as a JSON number can hold it exactly: an int where whole.

    >>> exact(Decimal("1E+3")), exact(Decimal("2.50"))
    (1000, Decimal('2.5'))
    """
    if value is None:
        return None
    if value == value.to_integral_value():
        return int(value)
    # `normalize` would round to 28 digits
    return Decimal(format(value, "f").rstrip("0"))
