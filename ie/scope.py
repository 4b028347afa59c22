"""Which period scopes a number: the one of its clause, one carried on from before, or none."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice

from ie.clauses import Layout
from ie.framing import Frame, frame_of, frame_rows, unframed_rows
from ie.persian import ZWNJ
from ie.scene import Figure, Scene, State, bucket, word_at
from ie.surroundings import Surroundings, look_around, tense_after

__all__ = ["NONE", "choose_period", "compared", "period_candidates", "period_features"]

NONE = -1  # the candidate "no period"

_BEFORE, _AFTER = 5, 3
_LAST_USED = 2  # periods used last that stay candidates however far back they stand
_BELONGS = frozenset(("مربوط", "متعلق", "مختص"))


def period_candidates(scene: Scene, number: int, state: State) -> list[int]:
    """Return the periods that may scope a figure, and NONE: near ones, the paragraph's first and the last one used."""
    layout = scene.layout
    place = scene.figures[number].place
    starts = layout.places["PERIOD"]
    sentence = layout.chunks[place].sentence
    first_after = bisect_left(starts, place)
    found = {NONE, *range(max(0, first_after - _BEFORE), first_after)}
    for period in range(first_after, min(len(starts), first_after + _AFTER)):
        if layout.chunks[starts[period]].sentence > sentence:
            break
        found.add(period)
    if state.period != NONE:
        found.add(state.period)
    found.update(islice(reversed(state.scoped), _LAST_USED))
    return sorted(found)


def choose_period(scene: Scene, candidates: Sequence[int], scores: Sequence[float]) -> tuple[int, float]:
    """Return the likeliest period and its probability; mentions of one interval stand together, the best for all."""
    top = max(scores)
    shares: dict[object, float] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        key = _meaning(scene, candidate)
        shares[key] = shares.get(key, 0.0) + math.exp(score - top)
    likeliest = max(shares, key=lambda key: shares[key])
    members = [place for place, candidate in enumerate(candidates) if _meaning(scene, candidate) == likeliest]
    best = max(members, key=lambda place: scores[place])
    return candidates[best], shares[likeliest] / sum(shares.values())


def _meaning(scene: Scene, candidate: int) -> object:
    interval = None if candidate == NONE else scene.intervals[candidate]
    return candidate if interval is None else interval


def period_features(
    scene: Scene, number: int, periods: Sequence[int], state: State, program: int | None
) -> list[list[str]]:
    """Describe how each of some periods stands to a figure (and to its programme)."""
    near, frame = look_around(scene.layout, scene.figures[number]), frame_of(scene.layout, scene.figures[number])
    return [
        _without_period(scene, number, near, frame, state, program)
        if period == NONE
        else _with_period(scene, number, near, frame, period, state, program)
        for period in periods
    ]


def _with_period(
    scene: Scene, number: int, near: Surroundings, frame: Frame, period: int, state: State, program: int | None
) -> list[str]:
    layout, figure = scene.layout, scene.figures[number]
    place = layout.places["PERIOD"][period]
    after = place > figure.place
    left, right = (figure.last + 1, place) if after else (place + 1, figure.first)
    count = layout.count
    own, other = layout.chunks[figure.place].sentence, layout.chunks[place].sentence
    side = "after" if after else "before"
    where = side if own == other else ("para" if layout.paragraphs[own] == layout.paragraphs[other] else "text")
    base = compared(layout, place)
    resolved = scene.intervals[period] is not None
    clear = f"{count('period', left, right) == 0}:{min(2, count('number', left, right))}"
    rows = [
        where,
        f"{where}:base{base}",
        f"{where}:resolved{resolved}",
        f"{where}:dist{bucket(right - left)}",
        f"{where}:periods{min(3, count('period', left, right))}",
        f"{where}:numbers{min(3, count('number', left, right))}",
        f"{where}:breaks{min(3, count('break', left, right))}",
        f"{where}:verbs{min(2, count('verb', left, right))}",
        f"{where}:speech{min(1, count('speech', left, right))}",
        f"{where}:compare{min(1, count('compare', left, right))}",
        f"{where}:{figure.unit_class}",
        f"{where}:p-before={word_at(layout, place - 1)}",
        f"{where}:clear:{clear}:{min(2, count('break', left, right))}",
    ]
    if not count("number", left, right):
        rows.append(f"{where}:p-after={word_at(layout, place + 1)}")
        rows.append(f"{where}:p-before2={word_at(layout, place - 2)} {word_at(layout, place - 1)}")
    gap = layout.gap(left, right, 3)
    if gap is not None:
        rows.append(f"{side}:gap={gap}")
    if where in ("para", "text"):
        rows += _far_rows(scene, where, own, other, figure, program, state)
        rows.append(f"{where}:sentences{min(4, own - other)}")
        rows.append(f"{where}:last{count('period', left, right) == 0}")
        rows.append(f"{where}:paragraphs{min(3, layout.paragraphs[own] - layout.paragraphs[other])}")
        initial = layout.first_of(other) >= place - 1
        rows.append(f"{where}:frame{initial}:{min(3, count('period', left, right))}:{min(3, own - other)}")
    rows.append(f"{where}:tense={near.verb}")
    if near.referred:
        rows += [f"{where}:referred:{min(3, count('period', left, right))}", f"{where}:referred"]
        rows.append(f"{where}:referred:base{base}:{state.period == period}")
    rows.append(f"{where}:list={near.list_mark}")
    rivals = _rivals(near.rivals, place)
    rows += [f"{where}:rivals={rivals}", f"{where}:rivals={rivals}:{bool(base)}"]
    if (
        after
        and word_at(layout, place - 2) in _BELONGS
        and not count("number", left, right) + count("period", left, right)
    ):
        rows.append("after:belongs")
    used = min(3, state.scoped.get(period, 0))
    recent = used and next(reversed(state.scoped)) == period
    rows += [
        f"{where}:used{used}",
        f"{where}:recent{recent}",
        f"{where}:used{min(1, used)}:{recent}:{min(1, count('period', left, right))}",
    ]
    rows += [f"{where}:clause={name}" for name in near.cues]
    if near.member != "-":
        rows += [f"{where}:{near.member}", f"{where}:{near.member}:{base}"]
        rows.append(f"{where}:{near.member}:{state.period == period}")
    rows += _document_rows(scene, figure, period, place, where, state)
    rows += frame_rows(layout, figure, frame, place, where, state.period == period, near.time)
    if where in ("para", "text"):
        rows += _frame_rows(scene, figure, near, period, place, where, state)
    rows += _program_rows(scene, period, place, where, program, figure)
    rows += _period_history(scene, number, period, where, state, program)
    return rows


def _document_rows(scene: Scene, figure: Figure, period: int, place: int, where: str, state: State) -> list[str]:
    """Describe what a period is among the periods of its document: its length, its rank, how usual one is."""
    size = scene.sizes[period]
    variety = min(3, scene.variety)
    first = scene.intervals[period] is not None and scene.intervals[period] == scene.intervals[0]
    lead = scene.layout.paragraphs[scene.layout.chunks[place].sentence]
    return [
        f"{where}:size={size}",
        f"{where}:size={size}:{figure.unit_class}",
        f"{where}:dated={state.share(state.dated)}",
        f"{where}:dated={state.share(state.dated)}:variety{variety}",
        f"{where}:variety{variety}",
        f"{where}:first{first}:{period == 0}",
        f"{where}:lead{min(2, lead)}:{min(2, variety)}",
        f"{where}:key={scene.layout.chunks[place].key.split(' ')[0]}",
    ]


def _frame_rows(
    scene: Scene, figure: Figure, near: Surroundings, period: int, place: int, where: str, state: State
) -> list[str]:
    """Describe whether the sentence of a figure goes on where the sentence of a period left off."""
    layout = scene.layout
    own, other = layout.chunks[figure.place].sentence, layout.chunks[place].sentence
    time, there = near.time, tense_after(layout, other, place + 1)
    size = scene.sizes[period]
    mark = layout.text[layout.sentences[other][0] : layout.sentences[other][1]].rstrip()[-1:]
    carried = state.period == period
    return [
        f"{where}:{time}:{size}",
        f"{where}:{time}<{there}",
        f"{where}:{time}<{there}:{carried}",
        f"{where}:{time}:{carried}",
        f"{where}:colon{mark == ':'}:{near.list_mark}",
        f"{where}:colon{mark == ':'}:{min(3, own - other)}",
        f"{where}:titled{other == 0}:{mark in '.!؟:'}",
    ]


def _rivals(places: tuple[int | None, int | None], own: int) -> str:
    """Tell whether the clause has a period before (b) and after (a) the figure, upper case where it is the own one."""
    before, after = places
    return ("-" if before is None else "B" if before == own else "b") + (
        "-" if after is None else "A" if after == own else "a"
    )


def _far_rows(
    scene: Scene, where: str, own: int, other: int, figure: Figure, program: int | None, state: State
) -> list[str]:
    """Describe the sentence of a figure whose period would come from another sentence."""
    layout = scene.layout
    first, last = layout.bounds(own)
    held = layout.count("period", first, last)
    earlier = layout.count("period", first, figure.first)
    opens = own == 0 or layout.paragraphs[own - 1] != layout.paragraphs[own]
    rows = [f"{where}:held{min(2, held)}:{min(1, earlier)}", f"{where}:opening{opens}"]
    if program is not None and state.program is not None:
        shared = _shared_words(layout, program, state.program)
        rows += [f"{where}:shared{shared}", f"{where}:shared{shared}:{min(3, own - other)}"]
    return rows


def _shared_words(layout: Layout, one: int, other: int) -> str:
    """Tell how two programme phrases agree: the same head, some word, or nothing."""
    first = layout.chunks[layout.places["PROGRAM"][one]].key.replace(ZWNJ, " ").split(" ")
    second = layout.chunks[layout.places["PROGRAM"][other]].key.replace(ZWNJ, " ").split(" ")
    if first[0] == second[0]:
        return "head"
    return "word" if set(first) & set(second) else "nothing"


def _program_rows(scene: Scene, period: int, place: int, where: str, program: int | None, figure: Figure) -> list[str]:
    """Describe where the figure's programme stands between it and the period."""
    if program is None:
        return [f"{where}:unnamed"]
    layout = scene.layout
    first = layout.places["PROGRAM"][program]
    low, high = sorted((place, figure.place))
    position = "between" if low < first < high else ("outside" if first > high else "ahead")
    rows = [f"{where}:program-{position}"]
    same = layout.chunks[first].sentence == layout.chunks[place].sentence
    if where in ("para", "text"):
        rows.append(f"{where}:program-there{same}")
    gap = layout.gap(place + 1, first, 2) if first > place else layout.gap(layout.last_places[program] + 1, place, 2)
    if gap is not None:
        rows.append(f"{where}:program-gap={gap}:{first > place}")
    return rows


def _without_period(
    scene: Scene, number: int, near: Surroundings, frame: Frame, state: State, program: int | None
) -> list[str]:
    layout, figure = scene.layout, scene.figures[number]
    own = layout.chunks[figure.place].sentence
    rows = ["none", f"none:{figure.unit_class}", f"none:carry{state.period != NONE}"]
    rows += [
        f"none:referred{near.referred}",
        f"none:list={near.list_mark}:{state.period != NONE}",
    ]
    rows.append(f"none:tense={near.verb}")
    first = layout.first_of(own)
    rows.append(f"none:inside{min(2, layout.count('period', first, figure.first))}")
    paragraph = layout.paragraphs[own]
    opening = own == 0 or layout.paragraphs[own - 1] != paragraph
    rows.append(f"none:paragraph-opening{opening}")
    if program is not None:
        there = own - layout.chunks[layout.places["PROGRAM"][program]].sentence
        rows.append(f"none:program{max(-1, min(2, there))}")
    rows.append(f"none:rivals={_rivals(near.rivals, -1)}")
    rows += [f"none:clause={name}" for name in near.cues]
    rows.append(f"none:{near.member}")
    variety = min(3, scene.variety)
    time = near.time
    rows += [f"none:{time}", f"none:{time}:{figure.unit_class}", f"none:{time}:dated={state.share(state.dated)}"]
    rows += [
        f"none:dated={state.share(state.dated)}",
        f"none:dated={state.share(state.dated)}:variety{variety}",
        f"none:variety{variety}",
    ]
    rows += unframed_rows(layout, figure, frame, state.period != NONE, program, time)
    if state.figure is not None:
        before = layout.chunks[scene.figures[state.figure].place].sentence
        rows.append(f"none:previous{min(2, own - before)}:{state.period != NONE}")
        rows.append(f"none:same{state.program == program}:{state.period != NONE}")
        if program is not None and state.program is not None:
            shared = _shared_words(layout, program, state.program)
            rows.append(f"none:shared={shared}:{state.period != NONE}:{min(2, own - before)}")
    return rows


def compared(layout: Layout, place: int) -> str:
    """Tell whether a period is what something is compared with."""
    key = layout.chunks[place].key
    if "مشابه" in key:
        return "same"
    before = layout.chunks[max(0, place - 4) : place]
    return "compared" if any("compare" in chunk.cues for chunk in before) else ""


def _period_history(scene: Scene, number: int, period: int, where: str, state: State, program: int | None) -> list[str]:
    if state.figure is None:
        return [f"{where}:first"]
    layout, figure = scene.layout, scene.figures[number]
    before = scene.figures[state.figure]
    near = min(2, layout.chunks[figure.place].sentence - layout.chunks[before.place].sentence)
    if state.period == period:
        shared = "none" if program is None or state.program is None else _shared_words(layout, program, state.program)
        rows = [
            f"carry:shared={shared}:{near}",
            f"carry:{near}",
            f"carry:{where}",
            f"carry:program{state.program == program}:{near}",
        ]
        breaks = min(2, layout.count("break", before.last + 1, figure.first))
        fresh = min(1, layout.count("period", before.last + 1, figure.first))
        rows += [
            f"carry:breaks{breaks}",
            f"carry:fresh{fresh}:{where}",
            f"carry:units={before.unit_class}>{figure.unit_class}",
        ]
        gap = layout.gap(before.last + 1, figure.first, 3)
        if gap is not None:
            rows.append(f"carry:gap={gap}")
        return rows
    same = state.period != NONE and scene.intervals[period] == scene.intervals[state.period]
    return [f"{where}:other{near}:{state.period != NONE}", f"{where}:equal{same}"]
