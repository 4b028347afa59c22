"""How far two annotators of the same documents agree, and where they differ.

Spans are compared strictly, whole facts on the ladder of `evaluation`. Slots are compared for the facts whose numbers
both annotators marked at the same place; Krippendorff's alpha (nominal) sets that agreement against chance. Neither
annotator is the truth: the measures are symmetric, but for the programmes one of them accepts as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ie.annotations import AnnotatedDocument, GoldFact
from ie.matching import Judgement, judge, overlap
from ie.schema import IEError, MetricFact, Offsets
from ie.scoring import PRF, score_document, sum_scores

__all__ = ["Agreement", "Disagreement", "measure_agreement", "nominal_alpha"]

Pair = tuple[GoldFact, GoldFact, str]


def _interval(fact: MetricFact) -> str:
    return "..".join(end or "" for end in fact.interval)


_SLOTS: Mapping[str, Callable[[MetricFact], Hashable]] = {
    "value": lambda fact: (fact.value, fact.value_max),
    "comparator": lambda fact: fact.comparator,
    "unit": lambda fact: fact.unit,
    "kind": lambda fact: fact.kind,
    "status": lambda fact: fact.status,
    "period": _interval,
    "program": lambda fact: fact.program,
    "direction": lambda fact: fact.change.direction if fact.change else None,
    "subset_of": lambda fact: fact.subset_of is not None,
}
# slots whose agreement is judged as the evaluation judges a prediction: «متر مربع» and «مترمربع» are one unit
_JUDGED: Mapping[str, Callable[[Judgement], bool]] = {
    "value": lambda pair: pair.value,
    "unit": lambda pair: pair.unit,
    "period": lambda pair: pair.period,
    "program": lambda pair: pair.program_exact,
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A slot that two annotators filled differently: the document, where the number stands, and both fillings."""

    document: str
    number: Offsets
    slot: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two annotators agree on.

    `spans` and `facts` are strict scores of the second against the first; `alpha` and `equal` give for each slot
    Krippendorff's alpha and the share of the `pairs` that are equal; `partial` is the share that names one programme.
    """

    documents: int
    pairs: int
    spans: Mapping[str, PRF]
    facts: Mapping[str, PRF]
    alpha: Mapping[str, float]
    equal: Mapping[str, float]
    partial: float
    disagreements: tuple[Disagreement, ...]

    def commonest(self, count: int = 10) -> list[tuple[str, int, Disagreement]]:
        """Return the slots and fillings that differ most often: what differs, how often, and an example."""
        tallies: Counter[str] = Counter()
        examples: dict[str, Disagreement] = {}
        for item in self.disagreements:
            values = f": {item.first} / {item.second}" if item.slot in ("comparator", "kind", "status", "fact") else ""
            tallies[item.slot + values] += 1
            examples.setdefault(item.slot + values, item)
        return [(name, number, examples[name]) for name, number in tallies.most_common(count)]

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as JSON can hold them."""
        return {
            "documents": self.documents,
            "pairs": self.pairs,
            "spans": {label: score.to_dict() for label, score in self.spans.items()},
            "facts": {rung: score.to_dict() for rung, score in self.facts.items()},
            "alpha": {slot: round(value, 4) for slot, value in self.alpha.items()},
            "equal": {slot: round(value, 4) for slot, value in self.equal.items()},
            "program_partial": round(self.partial, 4),
            "commonest_disagreements": {name: number for name, number, _ in self.commonest()},
        }


def nominal_alpha(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return Krippendorff's alpha of two codings of the same units: 1 is agreement, 0 what chance gives.

    Units coded alike throughout, with one value, leave nothing to disagree on: 1 (Krippendorff, 2011, "Computing
    Krippendorff's alpha-reliability", section B).

    >>> round(nominal_alpha("aabb", "aabb"), 2), round(nominal_alpha("aabb", "abab"), 2)
    (1.0, 0.12)
    """
    totals = Counter(chain(first, second))
    if len(totals) < 2:
        return 1.0
    ratings = totals.total()
    # observed and expected pairs of unlike codes; the package krippendorff holds a matrix of units by codes by codes
    unlike = 2 * sum(one != other for one, other in zip(first, second, strict=True))
    expected = ratings**2 - sum(count**2 for count in totals.values())
    return 1 - (ratings - 1) * unlike / expected


def measure_agreement(first: Iterable[AnnotatedDocument], second: Iterable[AnnotatedDocument]) -> Agreement:
    """Compare the documents that both annotators read, matched by id.

    Raises `IEError` where there is none, or where a document's text differs between the two.
    """
    others = {document.id: document for document in second}
    both = [(document, others[document.id]) for document in first if document.id in others]
    if not both:
        raise IEError("agreement: expected documents that both annotators read, found no id in both")
    for one, other in both:
        if one.text != other.text:
            raise IEError(f"{one.id}: the two annotators read different texts; annotate the same one again")
    scores = [score_document(one, [item.fact for item in other.facts], other.spans) for one, other in both]
    pairs = [pair for one, other in both for pair in _pairs(one, other)]
    judgements = [judge(mine, theirs.fact, text) for mine, theirs, text in pairs]
    candidates = [_candidates(one, other) for one, other in both]
    disagreements = [item for one, other in both for item in _number_disagreements(one, other)]
    alpha = {
        "fact": nominal_alpha(
            [mine for rows in candidates for mine, _ in rows], [theirs for rows in candidates for _, theirs in rows]
        )
    }
    equal: dict[str, float] = {}
    for slot in _SLOTS:
        codes = _codes(slot, pairs, judgements)
        alpha[slot] = nominal_alpha([mine for mine, _ in codes], [theirs for _, theirs in codes])
        equal[slot] = sum(mine == theirs for mine, theirs in codes) / max(1, len(codes))
        disagreements += [
            Disagreement(mine.fact.document, mine.fact.evidence.number, slot, _shown(slot, mine), _shown(slot, theirs))
            for (mine, theirs, _), (one, two) in zip(pairs, codes, strict=True)
            if one != two
        ]
    return Agreement(
        documents=len(both),
        pairs=len(pairs),
        spans=sum_scores(score.spans for score in scores),
        facts=sum_scores(score.ladder for score in scores),
        alpha=alpha,
        equal=equal,
        partial=sum(judgement.program for judgement in judgements) / max(1, len(judgements)),
        disagreements=tuple(disagreements),
    )


def _pairs(one: AnnotatedDocument, other: AnnotatedDocument) -> list[Pair]:
    """Return the facts of both whose numbers overlap, each fact once."""
    left = list(other.facts)
    pairs = []
    for mine in one.facts:
        theirs = next((item for item in left if overlap(mine.fact.evidence.number, item.fact.evidence.number)), None)
        if theirs is not None:
            left.remove(theirs)
            pairs.append((mine, theirs, one.text))
    return pairs


def _codes(slot: str, pairs: Sequence[Pair], judgements: Sequence[Judgement]) -> list[tuple[Hashable, Hashable]]:
    """Return what each annotator put in a slot; fillings that count as equal get one code."""
    code = _SLOTS[slot]
    codes = []
    for (mine, theirs, _), judgement in zip(pairs, judgements, strict=True):
        one, two = code(mine.fact), code(theirs.fact)
        codes.append((one, one if slot in _JUDGED and _JUDGED[slot](judgement) else two))
    return codes


def _shown(slot: str, item: GoldFact) -> str:
    return str(_SLOTS[slot](item.fact))


def _candidates(one: AnnotatedDocument, other: AnnotatedDocument) -> list[tuple[bool, bool]]:
    """Return, for every number that either marked as a fact or a non-fact, whether each took it for a fact."""
    mine, theirs = ([item.fact.evidence.number for item in document.facts] for document in (one, other))
    numbers: list[Offsets] = []
    for span in sorted({*mine, *theirs, *one.nonfacts, *other.nonfacts}):
        if not numbers or not overlap(span, numbers[-1]):
            numbers.append(span)
    return [
        (any(overlap(span, known) for known in mine), any(overlap(span, known) for known in theirs)) for span in numbers
    ]


def _number_disagreements(one: AnnotatedDocument, other: AnnotatedDocument) -> list[Disagreement]:
    """Return the numbers that only one of the two took for a fact."""
    found = []
    for mine, theirs, words in ((one, other, ("fact", "none")), (other, one, ("none", "fact"))):
        taken = [item.fact.evidence.number for item in theirs.facts]
        found += [
            Disagreement(one.id, item.fact.evidence.number, "fact", *words)
            for item in mine.facts
            if not any(overlap(item.fact.evidence.number, span) for span in taken)
        ]
    return found
