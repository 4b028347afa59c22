"""Relations between facts: which fact another is a part of, and which one it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ie.clauses import Layout, words_of
from ie.scene import Figure, bucket, load_weights, score_rows, word_at
from ie.schema import MetricFact, exact

__all__ = ["NO_WHOLE", "Wholes", "find_relations", "whole_candidates", "whole_features"]

NO_WHOLE = -1  # the candidate "part of nothing"

_WINDOW = 6  # facts back that a part may refer to
_REACH = 14  # chunks before a number in which a cue of a part is looked for
_REPEATS = 8  # earlier facts of the same value that a repeat is compared with


@dataclass(slots=True)
class Wholes:
    """The wholes that were chosen so far, one for each fact, and how often each was."""

    chosen: list[int] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)

    def choose(self, whole: int) -> None:
        """Take note of the whole of the next fact."""
        self.chosen.append(whole)
        if whole != NO_WHOLE:
            self.taken[whole] = self.taken.get(whole, 0) + 1


def find_relations(layout: Layout, figures: Sequence[Figure], facts: Sequence[MetricFact]) -> list[MetricFact]:
    """Return the facts with `same_as` (the first mention of a repeat) and `subset_of` (the whole of a part)."""
    repeated, wholes = _repeats(facts), Wholes()
    weights = load_weights().get("whole", {})
    result: list[MetricFact] = []
    for index, fact in enumerate(facts):
        scores = score_rows(weights, whole_features(layout, figures, facts, wholes))
        whole = whole_candidates(wholes)[scores.index(max(scores))]
        wholes.choose(whole)
        same = repeated.get(index)
        result.append(
            replace(
                fact,
                same_as=facts[same].id if same is not None else None,
                subset_of=facts[whole].id if whole != NO_WHOLE else None,
                reasons=(*fact.reasons, *_told(facts, same, whole)),
            )
        )
    return result


def _told(facts: Sequence[MetricFact], same: int | None, whole: int) -> list[str]:
    """Say which fact is repeated and which one is the whole."""
    lines = [f"repeats {facts[same].id}"] if same is not None else []
    return [*lines, f"part of {exact(facts[whole].value)} ({facts[whole].id})"] if whole != NO_WHOLE else lines


def _repeats(facts: Sequence[MetricFact]) -> dict[int, int]:
    """Return for each repeat the index of the first fact that says the same."""
    seen: dict[tuple[object, ...], list[int]] = {}
    found: dict[int, int] = {}
    for index, fact in enumerate(facts):
        key = (fact.value, fact.value_max, fact.kind, fact.unit if fact.currency or fact.kind != "count" else None)
        earlier = seen.setdefault(key, [])
        for other in earlier:
            if _says_same(facts[other], fact):
                found[index] = other
                break
        else:
            if len(earlier) < _REPEATS:
                earlier.append(index)
    return found


def _says_same(first: MetricFact, second: MetricFact) -> bool:
    """Tell whether two facts of one value agree in programme, status and, where both have one, period."""
    if first.status != second.status or (first.change is None) != (second.change is None):
        return False
    if first.period and second.period and first.period.interval != second.period.interval:
        return False
    if abs(first.value) < 5 and first.kind == "count" and not (first.period and second.period):
        return False
    one, other = _word_set(first.program or ""), _word_set(second.program or "")
    return 2 * len(one & other) >= min(len(one), len(other)) + 1 or one == other


def whole_candidates(wholes: Wholes) -> list[int]:
    """Return the facts that the next one may be a part of, nearest first, after NO_WHOLE."""
    index = len(wholes.chosen)
    return [NO_WHOLE, *range(index - 1, max(-1, index - 1 - _WINDOW), -1)]


def whole_features(
    layout: Layout, figures: Sequence[Figure], facts: Sequence[MetricFact], wholes: Wholes
) -> list[list[str]]:
    """Describe how each candidate stands to the next fact: cues, kinds, units, programmes, the way there."""
    index = len(wholes.chosen)
    cues = _part_cues(layout, figures, facts, wholes)
    return [
        _without_whole(layout, figures[index], facts[index], cues)
        if other == NO_WHOLE
        else _with_whole(layout, figures, facts, wholes, cues, other)
        for other in whole_candidates(wholes)
    ]


@dataclass(frozen=True, slots=True)
class _Cues:
    """What announces a part: a cue before the figure, a reference after it, its place in a list of parts."""

    cue: str
    after: str
    before: str
    noun: str
    chained: bool
    near: bool
    gap: str


def _part_cues(layout: Layout, figures: Sequence[Figure], facts: Sequence[MetricFact], wholes: Wholes) -> _Cues:
    index = len(wholes.chosen)
    figure, chunks = figures[index], layout.chunks
    earlier = figures[index - 1] if index else None
    return _Cues(
        cue=_cue_before(layout, figure),
        after=_reference_after(layout, figure),
        before=word_at(layout, figure.first - 1),
        noun=word_at(layout, figure.last + 1),
        chained=bool(index) and wholes.chosen[index - 1] != NO_WHOLE,
        near=earlier is not None and chunks[earlier.place].sentence == chunks[figure.place].sentence,
        gap=bucket(figure.first - earlier.last - 1) if earlier is not None else "^",
    )


def _without_whole(layout: Layout, figure: Figure, fact: MetricFact, cues: _Cues) -> list[str]:
    return [
        "none",
        f"none:cue={cues.cue}",
        f"none:after={cues.after}",
        f"none:{fact.kind}",
        f"none:chain{cues.chained}:{cues.near}",
        f"none:chain{cues.chained}:gap{cues.gap}",
        f"none:before={cues.before}",
        f"none:after={cues.after}:{fact.kind}",
        f"none:cue{cues.cue != '-'}:{fact.kind}",
        f"none:n-after={cues.noun}",
    ]


def _with_whole(
    layout: Layout,
    figures: Sequence[Figure],
    facts: Sequence[MetricFact],
    wholes: Wholes,
    cues: _Cues,
    other: int,
) -> list[str]:
    index = len(wholes.chosen)
    fact, whole, figure, there = facts[index], facts[other], figures[index], figures[other]
    own, far = layout.chunks[figure.place].sentence, layout.chunks[there.place].sentence
    rank, apart = index - other, own - far
    fits = str(fact.value <= whole.value) if fact.kind == whole.kind and fact.kind != "percent" else "-"
    shared, unit = _agreement(fact, whole), "same" if fact.unit == whole.unit else "other"
    sibling = cues.chained and wholes.chosen[index - 1] == other
    part = wholes.chosen[other] != NO_WHOLE
    breaks = min(2, layout.count("break", there.last + 1, figure.first))
    period = (fact.period and fact.period.interval) == (whole.period and whole.period.interval)
    kinds = f"{fact.kind}<{whole.kind}"
    rows = [
        "some",
        f"rank{min(4, rank)}",
        f"cue={cues.cue}:rank{min(3, rank)}",
        f"after={cues.after}:rank{min(3, rank)}",
        f"fits{fits}:{unit}",
        f"{kinds}:{unit}:{shared}",
        f"{kinds}:fits{fits}",
        f"share={shared}:fits{fits}:{unit}",
        f"share={shared}:cue{cues.cue != '-'}",
        f"apart{min(3, apart)}",
        f"paragraphs{min(2, layout.paragraphs[own] - layout.paragraphs[far])}",
        f"apart{min(2, apart)}:cue{cues.cue != '-'}:after{cues.after != '-'}",
        f"sibling{sibling}:{cues.near}:{unit}",
        f"sibling{sibling}:gap{cues.gap}",
        f"chained{cues.chained}:sibling{sibling}:{breaks}",
        f"part{part}:cue={cues.cue}",
        f"breaks{breaks}",
        f"before={cues.before}:rank{min(2, rank)}",
        f"before={cues.before}:fits{fits}",
        f"status{fact.status == whole.status}",
        f"period{period}",
        f"taken{min(2, wholes.taken.get(other, 0))}",
        f"n-after={cues.noun}:fits{fits}",
        f"w-after={word_at(layout, there.last + 1)}",
    ]
    gap = layout.gap(there.last + 1, figure.first, 5) if rank == 1 and not apart else None
    return [*rows, f"gap={gap}"] if gap else rows


@lru_cache(maxsize=1024)
def _word_set(phrase: str) -> frozenset[str]:
    return frozenset(words_of(phrase))


def _agreement(fact: MetricFact, whole: MetricFact) -> str:
    """Tell how the programmes of two facts agree: the same, the one inside the other, some words, or none."""
    if fact.program == whole.program:
        return "same"
    one, other = _word_set(fact.program or ""), _word_set(whole.program or "")
    if one == other:
        return "same"
    if other and other < one:
        return "narrower"
    if one and one < other:
        return "wider"
    return "some" if one & other else "none"


def _cue_before(layout: Layout, figure: Figure) -> str:
    """Return the cue of a part that stands before a figure in its sentence («از این تعداد»)."""
    chunks = layout.chunks
    sentence = chunks[figure.place].sentence
    for index in range(figure.first - 1, max(-1, figure.first - _REACH), -1):
        chunk = chunks[index]
        if chunk.sentence != sentence or chunk.kind == "NUMBER":
            break
        if "subset" in chunk.cues:
            return chunk.key
    return "-"


def _reference_after(layout: Layout, figure: Figure) -> str:
    """Return the reference that follows a figure: «این واحدها», «آن», «از آنان»."""
    sentence = layout.chunks[figure.place].sentence
    following = layout.chunks[figure.last + 1 : figure.last + 3]
    keys = [chunk.key if chunk.kind == "word" else chunk.kind for chunk in following if chunk.sentence == sentence]
    if not keys or keys[0] not in ("از", *_POINTING):
        return "-"
    if keys[0] != "از":
        return keys[0]
    return f"از {keys[1] if len(keys) > 1 and keys[1] in ('کل', *_POINTING) else '…'}"


_POINTING = ("این", "آن", "آنها", "آنان")
