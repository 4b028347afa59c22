"""The facts of a programme sorted by what can stand on one axis: one unit, one currency, one kind of figure.

Toman and rial, shares and their changes, totals and rates never share an axis. How they are drawn is left to `charts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ie.jalali_axis import extent, is_dated
from ie.persian import fold
from ie.schema import IEError, MetricFact
from ie.taxonomy import stems_of

__all__ = ["Panel", "Topic", "panels_of", "programme_key", "select_programme", "topics_of", "without_repeats"]

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """The facts of one axis, by time. Where `rate` is given, all are per that."""

    unit: str | None
    is_change: bool
    rate: str | None
    facts: tuple[MetricFact, ...]

    @property
    def programmes(self) -> dict[tuple[str, ...], str]:
        """Return the names of the programmes by what their facts have in common, the most frequent first."""
        names: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for fact in self.facts:
            names[programme_key(fact)].append(fact.program or "")
        return {key: found[0] for key, found in sorted(names.items(), key=lambda item: -len(item[1]))}


@dataclass(frozen=True, slots=True)
class Topic:
    """A programme in one unit, and how many facts of it could be drawn; `undated` ones could not."""

    program: str
    program_type: str | None
    unit: str | None
    drawable: int
    undated: int


def programme_key(fact: MetricFact) -> tuple[str, ...]:
    """Return what facts of one programme have in common: its words without inflection."""
    return stems_of(fact.program or "")


def without_repeats(facts: Iterable[MetricFact]) -> tuple[MetricFact, ...]:
    """Return the facts without those that repeat another, in one document or in several."""
    facts = tuple(facts)
    known = {fact.id for fact in facts}
    found: dict[object, MetricFact] = {}
    for fact in facts:
        if fact.same_as is None or fact.same_as == fact.id or fact.same_as not in known:
            interval = fact.period.interval if fact.period else None
            states = (fact.value, fact.value_max, fact.comparator, fact.status, _axis(fact), fact.currency)
            direction = fact.change.direction if fact.change else None
            found.setdefault((programme_key(fact), interval, states, direction), fact)
    return tuple(found.values())


def topics_of(facts: Iterable[MetricFact]) -> tuple[Topic, ...]:
    """Return what could be drawn of some facts, the most first."""
    groups: dict[object, list[MetricFact]] = defaultdict(list)
    for fact in without_repeats(facts):
        if programme_key(fact):
            groups[programme_key(fact), fold(fact.unit or "").text].append(fact)
    topics = []
    for group in groups.values():
        drawable = sum(is_dated(fact.period) for fact in group)
        kind = next((fact.program_type for fact in group if fact.program_type), None)
        topics.append(Topic(group[0].program or "", kind, group[0].unit, drawable, len(group) - drawable))
    return tuple(sorted(topics, key=lambda topic: -topic.drawable))


def select_programme(facts: Sequence[MetricFact], wanted: str) -> tuple[MetricFact, ...]:
    """Return the facts of a programme type, else those whose programme is called so, else has all of the words.

    Raises IEError with the nearest names where there is none.
    """
    found = [fact for fact in facts if fact.program_type == wanted.strip()]
    words = stems_of(wanted)
    if not found and words:
        found = [fact for fact in facts if programme_key(fact) == words]
        found = found or [fact for fact in facts if set(words) <= set(programme_key(fact))]
    if not found:
        near = _nearest(facts, wanted)
        hint = f"; the nearest are: {', '.join(near)}" if near else "; no fact names a programme"
        raise IEError(f"no fact of a programme {wanted!r}{hint}")
    return tuple(found)


def _nearest(facts: Iterable[MetricFact], wanted: str) -> list[str]:
    names = {name: None for fact in facts for name in (fact.program_type, fact.program) if name}
    target = fold(wanted).text.casefold()
    likeness = {name: SequenceMatcher(None, target, fold(name).text[:200].casefold()).ratio() for name in names}
    return sorted(likeness, key=lambda name: -likeness[name])[:_NEAREST]


def panels_of(facts: Iterable[MetricFact]) -> tuple[Panel, ...]:
    """Return the facts that have a period on as many axes as they need, the fullest first."""
    groups: dict[object, list[MetricFact]] = defaultdict(list)
    for fact in without_repeats(facts):
        if is_dated(fact.period):
            groups[_axis(fact), fact.currency].append(fact)
    panels = [
        Panel(group[0].unit, group[0].kind == "change", group[0].rate, tuple(sorted(group, key=_by_time)))
        for group in groups.values()
    ]
    return tuple(sorted(panels, key=lambda panel: -len(panel.facts)))


def _axis(fact: MetricFact) -> tuple[str, str, str]:
    kind = fact.kind if fact.kind in ("percent", "change") else "figure"
    return ("".join(stems_of(fact.unit or "")), kind, fold(fact.rate or "").text)


def _by_time(fact: MetricFact) -> tuple[float, float]:
    assert fact.period is not None
    return extent(fact.period)
