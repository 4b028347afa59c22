"""Relations between facts: which fact another is a part of, and which one it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ie.clauses import Layout, words_of
from ie.scene import Figure
from ie.schema import MetricFact, exact

__all__ = ["find_relations"]

_WINDOW = 6  # facts back that a part may refer to
_REACH = 14  # chunks before a number in which a cue of a part is looked for
_REPEATS = 8  # earlier facts of the same value that a repeat is compared with


def find_relations(layout: Layout, figures: Sequence[Figure], facts: Sequence[MetricFact]) -> list[MetricFact]:
    """Return the facts with `same_as` (the first mention of a repeat) and `subset_of` (the whole of a part)."""
    repeated = _repeats(facts)
    result: list[MetricFact] = []
    for index, fact in enumerate(facts):
        same = repeated.get(index)
        whole = _whole(layout, figures, result, index, fact)
        result.append(
            replace(
                fact,
                same_as=facts[same].id if same is not None else None,
                subset_of=result[whole].id if whole is not None else None,
                reasons=(*fact.reasons, *_told(facts, same, whole)),
            )
        )
    return result


def _told(facts: Sequence[MetricFact], same: int | None, whole: int | None) -> list[str]:
    """Say which fact is repeated and which one is the whole."""
    lines = [f"repeats {facts[same].id}"] if same is not None else []
    return [*lines, f"part of {exact(facts[whole].value)} ({facts[whole].id})"] if whole is not None else lines


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
    one, other = set(words_of(first.program or "")), set(words_of(second.program or ""))
    return 2 * len(one & other) >= min(len(one), len(other)) + 1 or one == other


def _whole(
    layout: Layout, figures: Sequence[Figure], facts: Sequence[MetricFact], index: int, fact: MetricFact
) -> int | None:
    """Return the fact that a fact is part of: announced by a cue before it («از این تعداد») or after («این واحدها»)."""
    if fact.kind == "change" or not facts:
        return None
    if not _is_part(layout, figures[index]) and not _goes_on(layout, figures, facts, index):
        return None
    for other in range(index - 1, max(-1, index - 1 - _WINDOW), -1):
        candidate = facts[other]
        if candidate.subset_of is not None or candidate.kind == "change" or candidate.kind == "percent":
            continue
        if fact.kind == "percent" or (candidate.kind == fact.kind and candidate.value >= fact.value):
            if fact.kind != "percent" and (fact.currency or candidate.currency) and fact.currency != candidate.currency:
                continue
            return other
    return None


def _is_part(layout: Layout, figure: Figure) -> bool:
    """Tell whether a cue of a part stands before a figure in its clause, or «این X‌ها / آن» right after its unit."""
    chunks = layout.chunks
    sentence = chunks[figure.place].sentence
    for index in range(figure.first - 1, max(-1, figure.first - _REACH), -1):
        chunk = chunks[index]
        if chunk.sentence != sentence or chunk.kind == "NUMBER" or "verb" in chunk.cues:
            break
        if "subset" in chunk.cues:
            return True
    following = chunks[figure.last + 1 : figure.last + 4]
    keys = [chunk.key for chunk in following if chunk.sentence == sentence]
    if keys and keys[0] == "از":
        keys = keys[1:]
    return bool(keys) and keys[0] in ("این", "آن", "آنها", "آنان") and (len(keys) == 1 or keys[1] not in ("به", "را"))


def _goes_on(layout: Layout, figures: Sequence[Figure], facts: Sequence[MetricFact], index: int) -> bool:
    """Tell whether a figure continues a list of parts: the one before is a part and no sentence ended between."""
    if facts[index - 1].subset_of is None:
        return False
    before, figure = figures[index - 1], figures[index]
    if layout.chunks[before.place].sentence != layout.chunks[figure.place].sentence:
        return False
    between = layout.chunks[before.last + 1 : figure.first][:_REACH]
    return figure.first - before.last < _REACH and not any("break" in chunk.cues for chunk in between)
