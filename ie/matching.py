"""Pairing of predicted facts with gold facts, and the slots in which a pair agrees.

A pair is judged slot by slot; the ladder of `RUNGS` counts how many slots agree from the first one on. Pairs are chosen
one to one for the most rungs in all, whatever the order of the facts; where that leaves a choice, the fact whose number
stands at the same place is taken. Counting and reporting are left to `evaluation`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ie.annotations import GoldFact
from ie.persian import ZWNJ, fold
from ie.schema import MetricFact, Offsets

__all__ = [
    "RUNGS",
    "SLOTS",
    "Judgement",
    "Matching",
    "assign",
    "judge",
    "match_facts",
    "overlap",
    "pair_mentions",
    "same_value",
]

SLOTS = ("value", "comparator", "unit", "period", "program", "status")
RUNGS = (*SLOTS[:-1], "full")

_TOLERANCE = Decimal("0.0001")
_REACHES = frozenset({"ge", "gt", "approx"})  # readings of «بالغ بر», all accepted
_REACHES_CUE = re.compile(r"(?:^|\W)بالغ[\s\u200c]*بر\s*$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which slots of a predicted fact agree with a gold fact; `same_place` where their numbers overlap."""

    value: bool
    comparator: bool
    unit: bool
    period: bool
    program: bool
    status: bool
    program_exact: bool
    same_place: bool

    @property
    def rung(self) -> int:
        """Return how many slots agree from the first one on: 0 to 6.

        >>> Judgement(True, True, False, True, True, True, True, True).rung
        2
        """
        slots = self.slots()
        return next((index for index, name in enumerate(SLOTS) if not slots[name]), len(SLOTS))

    @property
    def weight(self) -> int:
        """Return what the pair is worth to the matching: rungs, then the place, then the exact programme."""
        return 4 * self.rung + 2 * self.same_place + self.program_exact * (self.rung > 0)

    def slots(self) -> dict[str, bool]:
        """Return the slots by name."""
        return {name: bool(getattr(self, name)) for name in SLOTS}


def judge(gold: GoldFact, fact: MetricFact, text: str) -> Judgement:
    """Return in which slots a predicted fact agrees with a gold one."""
    wanted = gold.fact
    return Judgement(
        value=same_value(wanted.value, fact.value) and same_value(wanted.value_max, fact.value_max),
        comparator=fact.comparator in _accepted_comparators(wanted, text),
        unit=_plain(wanted.unit) == _plain(fact.unit),
        period=fact.interval in {wanted.interval, gold.interval_alt or wanted.interval},
        program=_names_program(gold, fact),
        status=wanted.status == fact.status,
        program_exact=_words(wanted.program) == _words(fact.program),
        same_place=overlap(wanted.evidence.number, fact.evidence.number),
    )


def overlap(one: Offsets | None, other: Offsets | None) -> bool:
    """Return whether two stretches share a character.

    >>> overlap((0, 3), (2, 5)), overlap((0, 3), (3, 5)), overlap((0, 3), None)
    (True, False, False)
    """
    return one is not None and other is not None and one[0] < other[1] and other[0] < one[1]


def same_value(one: Decimal | None, other: Decimal | None) -> bool:
    """Return whether two values are one: fractions agree to four places.

    >>> same_value(Decimal("0.333333"), Decimal(1) / 3), same_value(Decimal(5), None), same_value(None, None)
    (True, False, True)
    """
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _TOLERANCE


def _accepted_comparators(wanted: MetricFact, text: str) -> frozenset[str]:
    if wanted.comparator in _REACHES:
        start = wanted.evidence.number[0]
        if _REACHES_CUE.search(fold(text[max(0, start - 16) : start]).text):
            return _REACHES
    return frozenset({wanted.comparator})


@lru_cache(maxsize=4096)
def _plain(unit: str | None) -> str:
    """Return a unit without spaces: «متر مربع» and «مترمربع» are one."""
    return re.sub(rf"[\s{ZWNJ}]+", "", fold(unit or "").text)


@lru_cache(maxsize=4096)
def _words(phrase: str | None) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(phrase or "").text.replace(ZWNJ, " ")))


def _names_program(gold: GoldFact, fact: MetricFact) -> bool:
    """Return whether two facts name one programme: overlapping spans, half of the words, or an accepted phrase."""
    wanted, found = _words(gold.fact.program), _words(fact.program)
    if not wanted or not found:
        return wanted == found
    if overlap(gold.fact.evidence.program, fact.evidence.program):
        return True
    return dice(wanted, found) >= 0.5 or any(_words(phrase) == found for phrase in gold.program_alt)


def dice(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of words two phrases have in common.

    >>> dice(("واحد", "صنعتی"), ("واحد", "صنفی"))
    0.5
    """
    common = (Counter(one) & Counter(other)).total()
    return 2 * common / (len(one) + len(other)) if one or other else 1.0


def assign(weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the one-to-one pairs (row, column) of the greatest total weight; pairs that are not given are not made.

    >>> assign({(0, 0): 2, (0, 1): 3, (1, 1): 2})
    [(0, 0), (1, 1)]
    """
    chosen = []
    for pairs in _connected(weights):
        chosen += pairs if len(pairs) == 1 else _assign_dense({pair: weights[pair] for pair in pairs})
    return sorted(chosen)


def _connected(pairs: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Return the pairs in groups that share no row and no column."""
    pairs = list(pairs)
    row_first: dict[int, int] = {}
    column_first: dict[int, int] = {}
    links = []
    for index, (row, column) in enumerate(pairs):
        links += [(row_first.setdefault(row, index), index), (column_first.setdefault(column, index), index)]
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair, group in zip(pairs, clusters(len(pairs), links), strict=True):
        groups[group].append(pair)
    return list(groups.values())


def _assign_dense(weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows = sorted({row for row, _ in weights})
    columns = sorted({column for _, column in weights})
    matrix = np.array([[weights.get((row, column), 0.0) for column in columns] for row in rows])
    chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
    return [pair for i, j in chosen if (pair := (rows[int(i)], columns[int(j)])) in weights]


def clusters(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of `count` items the first item it is linked to, through others where need be.

    >>> clusters(4, [(2, 0), (3, 2)])
    [0, 1, 0, 0]
    """
    parent = list(range(count))

    def first(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for one, other in links:
        low, high = sorted((first(one), first(other)))
        parent[high] = low
    return [first(item) for item in range(count)]


def pair_mentions(
    gold: Sequence[GoldFact], facts: Sequence[MetricFact], text: str
) -> tuple[dict[tuple[int, int], Judgement], list[tuple[int, int]]]:
    """Return all possible pairs (gold, predicted) of a document with their judgement, and the pairs of the matching.

    A pair is possible where the values agree or the numbers stand at the same place.
    """
    last = max((item.fact.evidence.number[1] for item in gold), default=0)
    by_value: dict[float, list[int]] = defaultdict(list)
    by_place: dict[int, list[int]] = defaultdict(list)
    for j, fact in enumerate(facts):
        by_value[_bucket(fact.value)].append(j)
        start, end = fact.evidence.number
        for position in range(start, min(end, last)):
            by_place[position].append(j)
    possible = {}
    for i, wanted in enumerate(gold):
        value = wanted.fact.value
        near = {j for end in (value - _TOLERANCE, value + _TOLERANCE) for j in by_value.get(_bucket(end), ())}
        near |= {j for position in range(*wanted.fact.evidence.number) for j in by_place.get(position, ())}
        for j in sorted(near):
            judgement = judge(wanted, facts[j], text)
            if judgement.weight:
                possible[i, j] = judgement
    return possible, assign({pair: judgement.weight for pair, judgement in possible.items()})


def _bucket(value: Decimal) -> float:
    return round(float(value), 3)


@dataclass(frozen=True, slots=True)
class Matching:
    """How the predicted facts of a document were paired with its gold facts, by index.

    A unit is a fact with its repeats, named by its first mention: `gold_units` and `units` give the unit of every gold
    and predicted fact. `mentions` pairs single mentions; `pairs` pairs units, each with its best pair of mentions.
    """

    gold_units: list[int]
    units: list[int]
    mentions: list[tuple[int, int]]
    pairs: dict[tuple[int, int], tuple[int, int]]
    judgements: dict[tuple[int, int], Judgement]

    def agreements(self) -> list[Judgement]:
        """Return the judgement of every pair of units."""
        return [self.judgements[pair] for pair in self.pairs.values()]


def match_facts(gold: Sequence[GoldFact], facts: Sequence[MetricFact], text: str) -> Matching:
    """Pair the facts of a document, repeats with their first mention.

    Predictions are one unit where they say so (`same_as`, with the same value) or where they stand for mentions of one
    gold unit. A pair of units is as good as its best pair of mentions.
    """
    possible, mentions = pair_mentions(gold, facts, text)
    gold_units = clusters(len(gold), _repeats([item.fact for item in gold]))
    links = [(j, k) for j, k in _repeats(facts) if same_value(facts[j].value, facts[k].value)]
    first: dict[int, int] = {}
    for i, j in mentions:
        judgement = possible[i, j]
        if judgement.value and (judgement.same_place or judgement.rung == len(RUNGS)):
            links.append((first.setdefault(gold_units[i], j), j))
    units = clusters(len(facts), links)
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for (i, j), judgement in possible.items():
        pair = (gold_units[i], units[j])
        if pair not in best or judgement.weight > possible[best[pair]].weight:
            best[pair] = (i, j)
    chosen = assign({pair: possible[at].weight for pair, at in best.items()})
    return Matching(gold_units, units, mentions, {pair: best[pair] for pair in chosen}, possible)


def _repeats(facts: Sequence[MetricFact]) -> list[tuple[int, int]]:
    places = {fact.id: index for index, fact in enumerate(facts)}
    return [(index, places[fact.same_as]) for index, fact in enumerate(facts) if fact.same_as in places]
