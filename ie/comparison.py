"""Two reports set side by side: which facts changed, which say otherwise of the same time, which only one of them has.

Facts are paired one to one: those whose programme is named in the same words first, then by half of the words, then by
their place in the taxonomy; among these the same period before the same stretch of another time. Unit, currency, kind,
rate and status must agree. A difference is as sure as its two values are: bounds give bounds. What cannot be told is
not told: of several figures for one programme and period only equal ones are paired, because nothing says which of one
report is which of the other, and periods that cannot be set against each other give no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ie.bounds import Bounds, agree, difference, percent_change
from ie.jalali_axis import extent, is_dated
from ie.matching import assign, dice
from ie.persian import fold
from ie.records import to_json
from ie.schema import MetricFact, Period
from ie.taxonomy import stems_of

__all__ = ["Comparison", "Outcome", "Row", "Side", "compare_sides"]

Outcome = Literal["contradiction", "change", "unclear", "only_a", "only_b", "same"]
Likeness = Literal["exact", "words", "type"]
OUTCOMES: tuple[Outcome, ...] = ("contradiction", "change", "unclear", "only_a", "only_b", "same")

_HALF = 0.5
_ABOUT_AS_LONG = 0.1  # a half of the year is 186 days or 179, a month 29 to 31


@dataclass(frozen=True)
class Side:
    """The facts of one report or more; `texts` holds the texts of its documents where they are at hand."""

    name: str
    facts: tuple[MetricFact, ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def figures(self) -> tuple[_Figure, ...]:
        """Return the facts to compare: repeats of another one are left out."""
        known = {fact.id for fact in self.facts}
        facts = [fact for fact in self.facts if fact.same_as not in known or fact.same_as == fact.id]
        groups: dict[object, list[MetricFact]] = defaultdict(list)
        for fact in facts:
            groups[_group(fact)].append(fact)
        alone = {key: all(agree(group[0], fact) for fact in group[1:]) for key, group in groups.items()}
        return tuple(_Figure(fact, stems_of(fact.program or ""), alone[_group(fact)]) for fact in facts)

    def sentence(self, fact: MetricFact) -> str | None:
        """Return the sentence that states a fact, where its text is at hand."""
        text, offsets = self.texts.get(fact.document), fact.evidence.sentence
        return text[offsets[0] : offsets[1]] if text is not None and offsets is not None else None


@dataclass(frozen=True, slots=True)
class Row:
    """A fact of A beside one of B, or alone: what became of it, how alike the programmes are, and what is known of it.

    `difference` and `percent` are of B against A, whichever is the later; `note` says what speaks against more.
    """

    outcome: Outcome
    a: MetricFact | None
    b: MetricFact | None
    likeness: Likeness | None = None
    difference: Bounds | None = None
    percent: Bounds | None = None
    note: str = ""

    @property
    def fact(self) -> MetricFact:
        """Return the fact that names the programme: that of B where there is one."""
        found = self.b or self.a
        assert found is not None
        return found

    @property
    def difference_unit(self) -> str | None:
        """Return what the difference is measured in: percentage points between percentages."""
        return "واحد درصد" if self.fact.unit == "درصد" else self.fact.unit


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and their rows, contradictions first."""

    a: Side
    b: Side
    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[Outcome, int]:
        """Return how many rows have each outcome."""
        return {outcome: sum(row.outcome == outcome for row in self.rows) for outcome in OUTCOMES}

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: counts, and rows with both facts whole, their evidence and its sentence."""
        return {
            "a": self.a.name,
            "b": self.b.name,
            "counts": dict(self.counts),
            "rows": [self._record(row) for row in self.rows],
        }

    def _record(self, row: Row) -> dict[str, Any]:
        return {
            "outcome": row.outcome,
            "programme_by": row.likeness,
            "difference": row.difference.to_dict() | {"unit": row.difference_unit} if row.difference else None,
            "percent": row.percent.to_dict() if row.percent else None,
            "note": row.note,
            "a": row.a.to_dict() | {"sentence": self.a.sentence(row.a)} if row.a else None,
            "b": row.b.to_dict() | {"sentence": self.b.sentence(row.b)} if row.b else None,
        }


@dataclass(frozen=True, slots=True)
class _Figure:
    """A fact to compare: the stems of its programme, and whether no other figure stands for the same beside it."""

    fact: MetricFact
    stems: tuple[str, ...]
    alone: bool


def compare_sides(a: Side, b: Side) -> Comparison:
    """Pair the facts of two sides and say of each what became of it."""
    pairs, (first, second) = _pairs(a.figures, b.figures), (a.figures, b.figures)
    rows = [_row(first[i], second[j], likeness) for (i, j), likeness in pairs.items()]
    paired_a, paired_b = {i for i, _ in pairs}, {j for _, j in pairs}
    rows += [
        Row("only_a", figure.fact, None, note=_alone_note(figure))
        for i, figure in enumerate(first)
        if i not in paired_a
    ]
    rows += [
        Row("only_b", None, figure.fact, note=_alone_note(figure))
        for j, figure in enumerate(second)
        if j not in paired_b
    ]
    return Comparison(a, b, tuple(sorted(rows, key=lambda row: OUTCOMES.index(row.outcome))))


# ------------------------------------------------------------------------------------------------------------- pairing


def _pairs(a: Sequence[_Figure], b: Sequence[_Figure]) -> dict[tuple[int, int], Likeness]:
    """Return the pairs of A and B by index, with how alike their programmes are.

    Of equally good pairings the same one is found whichever side comes first.
    """
    if _listed(b) < _listed(a):
        return {(j, i): likeness for (i, j), likeness in _pairs(b, a).items()}
    pairs: dict[tuple[int, int], Likeness] = {}
    for likeness, keys, alike in _STAGES:
        paired_a, paired_b = {i for i, _ in pairs}, {j for _, j in pairs}
        places: dict[object, list[int]] = defaultdict(list)
        for j, figure in enumerate(b):
            if j not in paired_b:
                for key in keys(figure):
                    places[_measure(figure.fact), key].append(j)
        weights = {}
        for i, one in enumerate(a):
            near = [] if i in paired_a else [places.get((_measure(one.fact), key), ()) for key in keys(one)]
            for j in sorted(set().union(*near)):
                if weight := alike(one, b[j]) * _weight(one, b[j]):
                    weights[i, j] = weight
        pairs |= dict.fromkeys(assign(weights), likeness)
    return pairs


def _listed(figures: Iterable[_Figure]) -> list[str]:
    return [to_json(figure.fact.to_dict()) for figure in figures]


def _measure(fact: MetricFact) -> object:
    """Return what two facts must have in common to be compared at all."""
    unit = "".join(stems_of(fact.unit or ""))
    baseline = fact.kind == "change" and fact.change is None
    return (unit, fact.currency, fact.kind, fold(fact.rate or "").text, fact.status, baseline)


def _group(fact: MetricFact) -> object:
    """Return what only one figure of a report should stand for."""
    baseline = fact.change.baseline.interval if fact.change and fact.change.baseline else None
    is_part = fact.subset_of is not None
    return (
        _measure(fact),
        tuple(sorted(stems_of(fact.program or ""))),
        fact.program_type,
        fact.interval,
        baseline,
        is_part,
    )


def _same_words(one: _Figure, other: _Figure) -> float:
    return float(sorted(one.stems) == sorted(other.stems) and _types_allow(one.fact, other.fact))


def _half_the_words(one: _Figure, other: _Figure) -> float:
    share = dice(one.stems, other.stems)
    return share if share >= _HALF and _types_allow(one.fact, other.fact) else 0.0


def _same_type(one: _Figure, other: _Figure) -> float:
    return float(one.fact.program_type is not None and one.fact.program_type == other.fact.program_type)


def _types_allow(one: MetricFact, other: MetricFact) -> bool:
    """Tell whether the taxonomy does not part two programmes: one phrase can mean two things in two clauses."""
    return one.program_type is None or other.program_type is None or one.program_type == other.program_type


# how alike programmes may be, the words in common by which such ones are found, and the measure of their likeness
_STAGES: tuple[tuple[Likeness, Callable[[_Figure], Iterable[object]], Callable[[_Figure, _Figure], float]], ...] = (
    ("exact", lambda figure: [tuple(sorted(figure.stems))], _same_words),
    ("words", lambda figure: set(figure.stems), _half_the_words),
    ("type", lambda figure: [figure.fact.program_type], _same_type),
)


def _weight(one: _Figure, other: _Figure) -> float:
    """Return how much two figures of one programme and measure ask to be set side by side; 0 where they must not be."""
    first, second = one.fact, other.fact
    bonus = 0.5 * ((first.subset_of is None) == (second.subset_of is None))
    same_period = first.interval == second.interval
    if same_period and agree(first, second):
        return 8 + bonus + (2 if _states(first) == _states(second) else 0)
    if not (one.alone and other.alone and one.stems and other.stems and bonus):
        return 0.0
    if not is_dated(first.period) or not is_dated(second.period):
        return 1.0 + same_period
    if same_period:
        return 8.0
    return (4 if _comparable(first.period, second.period) else 1) + 1 / (1 + _years_between(first, second))


def _states(fact: MetricFact) -> object:
    return (fact.value, fact.value_max, fact.comparator, fact.change.direction if fact.change else None)


def _comparable(one: Period | None, other: Period | None) -> bool:
    """Tell whether the figures of two periods can be set against each other.

    They can where the periods are about as long, begin on the same day (the figure has grown since), or are open at the
    same end.
    """
    assert one is not None and other is not None
    if (one.start is None, one.end is None) != (other.start is None, other.end is None):
        return False
    if one.start is None or one.end is None or one.start == other.start:
        return True
    lengths = sorted(end - start for start, end in (extent(one), extent(other)))
    return lengths[1] - lengths[0] <= _ABOUT_AS_LONG * lengths[1]


def _years_between(one: MetricFact, other: MetricFact) -> float:
    assert one.period is not None and other.period is not None
    return abs(extent(one.period)[1] - extent(other.period)[1])


# ------------------------------------------------------------------------------------------------------------ verdicts


def _row(one: _Figure, other: _Figure, likeness: Likeness) -> Row:
    a, b = one.fact, other.fact
    dated = is_dated(a.period), is_dated(b.period)
    if a.interval == b.interval:
        if agree(a, b):
            return Row("same", a, b, likeness)
        outcome, note = _disagreement(a, b, likeness) if all(dated) else ("unclear", "neither says when")
        return Row(outcome, a, b, likeness, difference(a, b), _percent(a, b), note)
    if not all(dated):
        return Row("unclear", a, b, likeness, note="only one of them says when")
    if not _comparable(a.period, b.period):
        return Row("change", a, b, likeness, note="periods of different lengths")
    return Row("change", a, b, likeness, difference(a, b), _percent(a, b), _change_note(a, b))


def _disagreement(a: MetricFact, b: MetricFact, likeness: Likeness) -> tuple[Outcome, str]:
    """Return whether two values of one period contradict each other, and where not, why."""
    if likeness != "exact":
        return "unclear", "programmes named in different words"
    if a.subset_of is not None:
        return "unclear", "parts of other figures"
    if a.kind == "change" and _baseline(a) != _baseline(b):
        return "unclear", "changes against different periods"
    return "contradiction", ""


def _change_note(a: MetricFact, b: MetricFact) -> str:
    assert a.period is not None and b.period is not None
    notes = []
    if _order(b.period) < _order(a.period):
        notes.append("B tells of an earlier period")
    if a.period.start == b.period.start and a.period.start is not None:
        notes.append("periods begin on the same day")
    if difference(a, b) is None:
        notes.append("bounds leave the difference open")
    return "; ".join(notes)


def _order(period: Period) -> tuple[str, str]:
    return (period.end or "9999", period.start or "")


def _percent(a: MetricFact, b: MetricFact) -> Bounds | None:
    """Return the change in percent, of counts and amounts: percentages differ by points."""
    is_share = a.kind in ("percent", "change") or a.unit == "درصد"
    return None if is_share else percent_change(a, b)


def _baseline(fact: MetricFact) -> tuple[str | None, str | None] | None:
    return fact.change.baseline.interval if fact.change and fact.change.baseline else None


def _alone_note(figure: _Figure) -> str:
    return "" if figure.alone else "one of several figures for this programme and period"
