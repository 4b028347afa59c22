"""Which programme a number counts: the candidates around it and what speaks for each of them."""

from __future__ import annotations

from bisect import bisect_left

from ie.clauses import Layout
from ie.scene import Figure, Scene, State, bucket, classes_of, is_cue, short_of, word_at

__all__ = ["program_candidates", "program_features"]

_BEFORE, _AFTER = 6, 4


def program_candidates(scene: Scene, number: int, state: State) -> list[int]:
    """Return the programmes a figure may belong to, in text order: some before, some after in its sentence."""
    layout = scene.layout
    place = scene.figures[number].place
    starts = layout.places["PROGRAM"]
    sentence = layout.chunks[place].sentence
    first_after = bisect_left(starts, place)
    found = set(range(max(0, first_after - _BEFORE), first_after))
    for program in range(first_after, min(len(starts), first_after + _AFTER)):
        if layout.chunks[starts[program]].sentence > sentence:
            break
        found.add(program)
    if state.program is not None:
        found.add(state.program)
    return sorted(found)


def program_features(scene: Scene, number: int, program: int, state: State) -> list[str]:
    """Describe how a programme stands to a figure."""
    layout, figure = scene.layout, scene.figures[number]
    first, last = layout.places["PROGRAM"][program], layout.last_places[program]
    if first > figure.place:
        side, left, right = "after", figure.last + 1, first
    elif last < figure.place:
        side, left, right = "before", last + 1, figure.first
    else:
        return ["inside", f"inside:{figure.unit_class}"]
    rows = _between(layout, left, right, side, figure)
    rows += _around(layout, figure, first, last, side)
    rows += _history(scene, number, program, side, state, left, right)
    return rows


def _between(layout: Layout, left: int, right: int, side: str, figure: Figure) -> list[str]:
    """Describe the chunks between a figure and a programme."""
    count = layout.count
    ends = (layout.chunks[left - 1], layout.chunks[min(right, len(layout.chunks) - 1)])
    sentences = abs(ends[1].sentence - ends[0].sentence)
    unit = figure.unit_class
    clear = min(1, count("number", left, right) + count("program", left, right))
    rows = [
        side,
        f"{side}:{unit}",
        f"{side}:dist{bucket(right - left)}",
        f"{side}:numbers{min(2, count('number', left, right))}",
        f"{side}:programs{min(3, count('program', left, right))}",
        f"{side}:verbs{min(2, count('verb', left, right))}",
        f"{side}:breaks{min(2, count('break', left, right))}",
        f"{side}:commas{min(2, count('comma', left, right))}",
        f"{side}:and{min(1, count('and', left, right))}",
        f"{side}:sentences{min(2, sentences)}",
        f"{side}:compare{min(1, count('compare', left, right))}",
        f"{side}:clear{clear}:{min(1, count('break', left, right))}",
    ]
    if sentences:
        rows.append(
            f"{side}:newline{min(1, abs(layout.paragraphs[ends[1].sentence] - layout.paragraphs[ends[0].sentence]))}"
        )
    gap = layout.gap(left, right)
    if gap is not None:
        rows += [f"{side}:gap={gap}", f"{side}:{unit}:gap={gap}"]
    elif not sentences:
        rows.append(f"{side}:first={short_of(layout.chunks[left])}")
        rows.append(f"{side}:last={short_of(layout.chunks[right - 1])}")
        rows.append(f"{side}:{classes_of(layout.chunks[left])}:{classes_of(layout.chunks[right - 1])}")
    return rows


def _around(layout: Layout, figure: Figure, first: int, last: int, side: str) -> list[str]:
    """Describe what stands on either side of the figure and of the programme."""
    before, after = word_at(layout, figure.first - 1), word_at(layout, figure.last + 1)
    unit = figure.unit_class
    rows = [
        f"{side}:n-before={before}",
        f"{side}:n-after={after}",
        f"{side}:{unit}:n-before={before}",
        f"{side}:{unit}:n-after={after}",
        f"{side}:p-before={word_at(layout, first - 1)}",
        f"{side}:p-after={word_at(layout, last + 1)}",
        f"{side}:n={before}/{after}",
    ]
    head = layout.chunks[first].key.replace("\u200c", " ").split(" ", 1)[0]
    rows.append(f"{side}:head={head}")
    rows.append(f"{side}:{unit}:measure{int(is_cue(head, 'measure'))}")
    if figure.adjective:
        rows.append(f"{side}:adjective")
    if first == figure.last + 1:
        rows.append("adjacent")
        rows.append(f"adjacent:{unit}")
    else:
        owner = _owner(layout, first)
        rows.append(f"{side}:owner={owner}")
        rows.append(f"{side}:{unit}:owner={owner}")
    follower = word_at(layout, last + 1)
    if side == "before" and follower in ("NUMBER", "CUE") and last + 1 != figure.first:
        rows.append("before:followed")
    return rows


def _owner(layout: Layout, first: int) -> str:
    """Tell whether a number (with its unit) stands right before a programme."""
    before = word_at(layout, first - 1)
    if before == "UNIT":
        return "unit"
    return "number" if before == "NUMBER" else "free"


def _history(scene: Scene, number: int, program: int, side: str, state: State, left: int, right: int) -> list[str]:
    """Describe what the figures before were given and which other figures could take the programme."""
    layout = scene.layout
    rows = []
    taken = state.taken.get(program, 0)
    rows.append(f"{side}:taken{min(2, taken)}")
    rows.append(f"{side}:taken{min(1, taken)}:{min(1, layout.count('number', left, right))}")
    if state.figure is not None and state.program == program:
        previous, figure = scene.figures[state.figure], scene.figures[number]
        gap = layout.gap(previous.last + 1, figure.first, 3)
        rows += ["same", f"same:{previous.unit_class}>{figure.unit_class}"]
        if gap is not None:
            rows.append(f"same:gap={gap}")
        breaks = min(2, layout.count("break", previous.last + 1, figure.first))
        rows.append(f"same:breaks{breaks}")
        rows.append(f"same:compare{layout.count('compare', previous.last + 1, figure.last + 1) > 0}")
        rows.append(f"same:sentence{layout.chunks[figure.place].sentence - layout.chunks[previous.place].sentence > 0}")
        rows.append(f"same:n-before={word_at(layout, figure.first - 1)}")
        rows.append(f"same:n-after={word_at(layout, figure.last + 1)}")
    if side == "after" and state.figure is not None and not taken:
        rows.append("after:fresh")
    if side == "before":
        rows.append(f"before:fresh{not taken}:{min(2, layout.count('program', left, right))}")
    return rows
