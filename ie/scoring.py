"""Counts of what one document got right: facts on every rung of the ladder, spans, relations, causes of errors.

Everything is a count that can be added over documents; ratios are derived when asked for and never averaged.
Which facts belong together is decided by `matching`; sums, intervals and tables are made by `evaluation`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ie.annotations import AnnotatedDocument, GoldFact
from ie.labels import LABELS, PERIOD, PROGRAM
from ie.matching import RUNGS, SLOTS, Judgement, Matching, assign, match_facts, overlap
from ie.schema import MetricFact, Offsets, Span

__all__ = ["PRF", "DocumentScore", "bootstrap", "score_document", "score_spans", "sum_scores"]


@dataclass(frozen=True, slots=True)
class PRF:
    """Counts of right, predicted and gold items, and the ratios they give.

    Where there is nothing to find and nothing was found all ratios are 1; otherwise a ratio without items is 0.

    >>> score = PRF(right=1, predicted=2, gold=4) + PRF(right=1, predicted=1, gold=1)
    >>> score.precision, score.recall, score.f1
    (0.6666666666666666, 0.4, 0.5)
    """

    right: float = 0
    predicted: float = 0
    gold: float = 0

    def __add__(self, other: PRF) -> PRF:
        return PRF(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Return the share of the predicted items that are right."""
        return self.right / self.predicted if self.predicted else float(not self.gold)

    @property
    def recall(self) -> float:
        """Return the share of the gold items that were found."""
        return self.right / self.gold if self.gold else float(not self.predicted)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        items = self.predicted + self.gold
        return 2 * self.right / items if items else 1.0

    def to_dict(self) -> dict[str, float]:
        """Return ratios and counts."""
        ratios = {name: round(getattr(self, name), 4) for name in ("precision", "recall", "f1")}
        return ratios | {"right": self.right, "predicted": self.predicted, "gold": self.gold}


def sum_scores(parts: Iterable[Mapping[str, PRF]]) -> dict[str, PRF]:
    """Return the counts of each name added over all parts.

    >>> sum_scores([{"value": PRF(1, 2, 2)}, {"value": PRF(1, 1, 1)}])["value"].right
    2
    """
    sums: dict[str, PRF] = {}
    for part in parts:
        for name, score in part.items():
            sums[name] = sums.get(name, PRF()) + score
    return sums


def bootstrap(scores: Sequence[PRF], resamples: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of precision, recall and F1 of the scores' sum, drawing the scores with replacement."""
    import numpy as np

    counts = np.array([[score.right, score.predicted, score.gold] for score in scores], dtype=float)
    draws = np.random.default_rng(seed).multinomial(len(scores), [1 / len(scores)] * len(scores), size=resamples)
    right, predicted, gold = (draws @ counts).T
    ratios = {  # as in PRF, for all samples at once
        "precision": np.where(predicted > 0, right / np.maximum(predicted, 1), gold == 0),
        "recall": np.where(gold > 0, right / np.maximum(gold, 1), predicted == 0),
        "f1": np.where(predicted + gold > 0, 2 * right / np.maximum(predicted + gold, 1), 1),
    }
    intervals = {}
    for name, samples in ratios.items():
        low, high = np.percentile(samples, [2.5, 97.5])
        intervals[name] = (float(low), float(high))
    return intervals


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """What one document got right.

    `ladder` scores facts by rung. `beside` holds numbers found in their place, the ladder with the programme exact, and
    relations. `slots` counts, of the pairs with the right value, those with each other slot right. `spans` and
    `partial` are empty where the predictions hold facts only. `confidences` holds for each predicted mention how
    sure it is, and whether it is right in every slot.
    """

    id: str
    domain: str = "other"
    tags: tuple[str, ...] = ()
    ladder: Mapping[str, PRF] = field(default_factory=dict)
    beside: Mapping[str, PRF] = field(default_factory=dict)
    slots: Mapping[str, PRF] = field(default_factory=dict)
    spans: Mapping[str, PRF] = field(default_factory=dict)
    partial: Mapping[str, PRF] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    confidences: tuple[tuple[float, bool], ...] = ()


def score_document(
    gold: AnnotatedDocument, facts: Sequence[MetricFact], spans: Sequence[Span] | None = None, domain: str = "other"
) -> DocumentScore:
    """Return the counts of one document; spans are scored where they are given."""
    matching = match_facts(gold.facts, facts, gold.text)
    agreements = matching.agreements()
    total = PRF(0, len(set(matching.units)), len(set(matching.gold_units)))
    reached = Counter(rung for judgement in agreements for rung in RUNGS[: judgement.rung])
    exact = Counter(rung for judgement in agreements if judgement.program_exact for rung in RUNGS[: judgement.rung])
    strict, partial = score_spans(gold.spans, spans, gold.text) if spans is not None else ({}, {})
    return DocumentScore(
        id=gold.id,
        domain=domain,
        tags=gold.tags,
        ladder={rung: total + PRF(reached[rung]) for rung in RUNGS},
        beside={
            "number": _numbers(gold.facts, facts),
            "program_exact": total + PRF(exact["program"]),
            "full_exact": total + PRF(exact["full"]),
            "subset_of": _subsets(gold.facts, facts, matching),
            "same_as": _repeats(gold.facts, facts, matching),
        },
        slots={slot: _share([judgement for judgement in agreements if judgement.value], slot) for slot in SLOTS[1:]},
        spans=strict,
        partial=partial,
        errors=_errors(gold, facts, spans, matching),
        confidences=_confidences(facts, matching),
    )


def _confidences(facts: Sequence[MetricFact], matching: Matching) -> tuple[tuple[float, bool], ...]:
    full = {j for i, j in matching.mentions if matching.judgements[i, j].rung == len(RUNGS)}
    return tuple((fact.confidence, j in full) for j, fact in enumerate(facts))


def _share(judgements: Sequence[Judgement], slot: str) -> PRF:
    return PRF(sum(judgement.slots()[slot] for judgement in judgements), len(judgements), len(judgements))


def _numbers(gold: Sequence[GoldFact], facts: Sequence[MetricFact]) -> PRF:
    """Return how many numbers of facts were found at all, whatever was read into them."""
    places = sorted({item.fact.evidence.number for item in gold})
    found = sorted({fact.evidence.number for fact in facts})
    return PRF(len(assign(_shared_characters(places, found))), len(found), len(places))


def _shared_characters(gold: Sequence[Offsets], found: Sequence[Offsets]) -> dict[tuple[int, int], int]:
    """Return how many characters each pair of stretches shares, for those that share any."""
    shared: Counter[tuple[int, int]] = Counter()
    at = defaultdict(list)
    last = max((end for _, end in gold), default=0)
    for j, (start, end) in enumerate(found):
        for position in range(start, min(end, last)):
            at[position].append(j)
    for i, span in enumerate(gold):
        shared.update((i, j) for position in range(*span) for j in at.get(position, ()))
    return dict(shared)


def _subsets(gold: Sequence[GoldFact], facts: Sequence[MetricFact], matching: Matching) -> PRF:
    """Return the score of the subset edges between units: right where both ends were paired."""
    units, gold_units = matching.units, matching.gold_units
    gold_of = {unit: of for (of, unit), at in matching.pairs.items() if matching.judgements[at].value}
    wanted = {(gold_units[i], gold_units[j]) for i, j in _edges([item.fact for item in gold], "subset_of")}
    found = {(units[i], units[j]) for i, j in _edges(facts, "subset_of")}
    right = {(gold_of.get(child), gold_of.get(parent)) for child, parent in found} & wanted
    return PRF(len(right), len(found), len(wanted))


def _repeats(gold: Sequence[GoldFact], facts: Sequence[MetricFact], matching: Matching) -> PRF:
    """Return the score of the repeats: right where both mentions belong to one gold fact."""
    gold_of = {j: matching.gold_units[i] for i, j in matching.mentions}
    found = _edges(facts, "same_as")
    right = sum(i in gold_of and gold_of[i] == gold_of.get(j) for i, j in found)
    return PRF(right, len(found), len(_edges([item.fact for item in gold], "same_as")))


def _edges(facts: Sequence[MetricFact], relation: str) -> list[tuple[int, int]]:
    places = {fact.id: index for index, fact in enumerate(facts)}
    targets = ((index, places.get(getattr(fact, relation))) for index, fact in enumerate(facts))
    return [(index, target) for index, target in targets if target is not None]


def _errors(
    gold: AnnotatedDocument, facts: Sequence[MetricFact], spans: Sequence[Span] | None, matching: Matching
) -> Counter[str]:
    """Count the first thing that went wrong with each gold or predicted unit that is not fully right."""
    causes: Counter[str] = Counter()
    for i, j in matching.pairs.values():
        rung = matching.judgements[i, j].rung
        if rung < len(SLOTS):
            causes[_cause(SLOTS[rung], gold.facts[i], facts[j], spans)] += 1
    causes["span: number missed"] += len(set(matching.gold_units)) - len(matching.pairs)
    taken = {unit for _, unit in matching.pairs}
    for unit in sorted(set(matching.units) - taken):
        causes[_extra(facts[unit], gold)] += 1
    return +causes


def _cause(slot: str, item: GoldFact, fact: MetricFact, spans: Sequence[Span] | None) -> str:
    if slot == "period":
        return _period_cause(item, fact, spans)
    if slot == "program":
        return _place_cause("programme", PROGRAM, item.fact.evidence.program, spans)
    return {"status": "link: status"}.get(slot, f"parse: {slot}")


def _period_cause(item: GoldFact, fact: MetricFact, spans: Sequence[Span] | None) -> str:
    wanted, found = item.fact.evidence.period, fact.evidence.period
    if wanted is None:
        return "link: period where none is given"
    if overlap(wanted, found):
        return "period: resolved to another interval"
    return _place_cause("period", PERIOD, wanted, spans)


def _place_cause(name: str, label: str, wanted: Offsets | None, spans: Sequence[Span] | None) -> str:
    """Return whether a phrase was not found at all (known where spans were predicted) or not chosen."""
    found = spans is None or any(span.label == label and overlap(wanted, span.offsets) for span in spans)
    return f"link: {name}" if found else f"span: {name} missed"


def _extra(fact: MetricFact, gold: AnnotatedDocument) -> str:
    place = fact.evidence.number
    if any(overlap(place, item.fact.evidence.number) for item in gold.facts):
        return "link: fact stated again"
    if any(overlap(place, span) for span in gold.nonfacts):
        return "span: number that is no fact"
    return "span: number extra"


# ------------------------------------------------------------------------------------------------------------- spans


def score_spans(gold: Iterable[Span], predicted: Iterable[Span], text: str) -> tuple[dict[str, PRF], dict[str, PRF]]:
    """Return strict and partial scores per label and over all (``micro``).

    Strict: same label, same ends (marks and spaces at the ends aside). Partial: a span of the same label that
    overlaps one that no strict match took counts half.
    """
    strict, partial = {}, {}
    for label in LABELS:
        wanted = {_trimmed(span, text) for span in gold if span.label == label}
        found = {_trimmed(span, text) for span in predicted if span.label == label}
        same = wanted & found
        left, right = sorted(wanted - same), sorted(found - same)
        strict[label] = PRF(len(same), len(found), len(wanted))
        partial[label] = PRF(len(same) + len(assign(_shared_characters(left, right))) / 2, len(found), len(wanted))
    for scores in (strict, partial):
        scores["micro"] = sum(scores.values(), PRF())
    return strict, partial


def _trimmed(span: Span, text: str) -> Offsets:
    start, end = span.offsets
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return start, end


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Mn", "Cf")
