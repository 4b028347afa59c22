"""Facts that do not fit together: parts above their whole or of another measure, periods outside it, deeds to come.

What a check finds is put into `flags` and into the reasons of a fact and lowers its confidence; nothing is changed or
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ie.periods import ReportDateLike
from ie.schema import MetricFact, Period

__all__ = ["check_facts"]

PARTS, SHARE, OUTSIDE, AHEAD = "parts above whole", "share above 100", "period outside whole", "actual ahead of report"
MEASURE, FALL = "part of another measure", "fall above 100"

_DOUBT = 0.8  # what is left of the confidence of a fact that does not fit
_SLACK = Decimal("1.005")  # parts are often rounded
_OPEN_ABOVE = ("gt", "ge", "approx", "range")


def check_facts(facts: Sequence[MetricFact], report: ReportDateLike = None) -> list[MetricFact]:
    """Return the facts, those that do not fit with `flags` that say so and less confidence."""
    found: dict[int, list[str]] = {}
    places = {fact.id: index for index, fact in enumerate(facts)}
    parts: dict[int, list[int]] = {}
    for index, fact in enumerate(facts):
        whole = places.get(fact.subset_of or "")
        if whole is not None:
            parts.setdefault(whole, []).append(index)
            if _lies_outside(fact.period, facts[whole].period):
                found.setdefault(index, []).append(OUTSIDE)
            if _measured_apart(fact, facts[whole]):
                found.setdefault(index, []).append(MEASURE)
        if fact.change and fact.change.direction == "down" and fact.unit == "درصد" and fact.value > 100:
            found.setdefault(index, []).append(FALL)
        if fact.status == "actual" and _is_ahead(fact.period, str(report or "")):
            found.setdefault(index, []).append(AHEAD)
    for whole, members in parts.items():
        for flag, doubtful in (
            (PARTS, _above_whole(facts, whole, members)),
            (SHARE, _above_hundred(facts, members)),
        ):
            for index in doubtful:
                found.setdefault(index, []).append(flag)
    return [_doubted(fact, found[index]) if index in found else fact for index, fact in enumerate(facts)]


def _doubted(fact: MetricFact, flags: Sequence[str]) -> MetricFact:
    return replace(
        fact,
        flags=(*fact.flags, *flags),
        confidence=round(fact.confidence * _DOUBT, 2),
        reasons=(*fact.reasons, *(f"does not fit: {flag}" for flag in flags)),
    )


def _above_whole(facts: Sequence[MetricFact], whole: int, members: Sequence[int]) -> list[int]:
    """Return the whole and its parts where parts of one kind, measure and time are more than the whole together.

    A whole is often parted twice, by places and by months: only parts of one time are added up.
    """
    total = facts[whole]
    if total.kind not in ("count", "amount") or total.comparator in _OPEN_ABOVE:
        return []
    found: set[int] = set()
    alike = [index for index in members if facts[index].kind == total.kind and _is_measured_alike(facts[index], total)]
    for interval in {facts[index].interval for index in alike}:
        together = [index for index in alike if facts[index].interval == interval]
        largest = {facts[index].same_as or facts[index].id: _size(facts[index]) for index in together}
        if sum(largest.values()) > _size(total) * _SLACK:
            found.update((whole, *together))
    return sorted(found)


def _is_measured_alike(one: MetricFact, other: MetricFact) -> bool:
    """Tell whether two facts can be added up: in one unit, or in units of one measure («تومان» and «ریال»)."""
    return one.unit_si == other.unit_si if one.unit_si and other.unit_si else one.unit == other.unit


def _size(fact: MetricFact) -> Decimal:
    return fact.value if fact.value_si is None else fact.value_si


def _measured_apart(part: MetricFact, whole: MetricFact) -> bool:
    """Tell whether a part is measured in another unit than its whole can be: tons of hectares, hectares of dollars."""
    if part.unit_si is None or whole.unit_si is None or "1" in (part.unit_si, whole.unit_si):
        return False
    return part.unit_si != whole.unit_si and part.kind == whole.kind == "amount"


def _above_hundred(facts: Sequence[MetricFact], members: Sequence[int]) -> list[int]:
    """Return the parts that are shares of their whole and exceed it together."""
    shares = [index for index in members if facts[index].kind == "percent" and facts[index].unit == "درصد"]
    return shares if sum(facts[index].value for index in shares) > 100 * _SLACK else []


def _lies_outside(part: Period | None, whole: Period | None) -> bool:
    """Tell whether two closed periods have no day in common.

    >>> _lies_outside(Period("1401-01-01", "1401-03-31"), Period("1400-01-01", "1400-12-29"))
    True
    """
    if part is None or whole is None or None in part.interval or None in whole.interval:
        return False
    return str(part.start) > str(whole.end) or str(part.end) < str(whole.start)


def _is_ahead(period: Period | None, date: str) -> bool:
    return bool(date) and period is not None and period.start is not None and period.start[: len(date)] > date
