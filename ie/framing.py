"""How a figure is framed: how its sentence opens, what names a time last before it, what stands on the way to a period.

`scope` asks it of each candidate period; everything looks at a bounded stretch of chunks.
"""

from __future__ import annotations

from dataclasses import dataclass

from ie.clauses import Layout
from ie.persian import ZWNJ
from ie.scene import Figure, short_of, word_at

__all__ = ["Frame", "frame_of", "frame_rows", "unframed_rows"]

_REACH = 30  # chunks before a figure in which the time named last is looked for
_SEPARATORS = 4  # of what stands between a period and a figure, the last so many
_BETWEEN = 40  # chunks between them that are looked at
_SPELT = frozenset("دو سه چهار پنج شش هفت هشت نه ده یک".split())


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a figure is the same for all its periods.

    `opening` are the first words of its sentence, `named` tells what names a time last before it (at `named_at`),
    `spelt` small counts in words («دو», «سه») from figures.
    """

    opening: str
    named: str
    named_at: int
    spelt: str


def frame_of(layout: Layout, figure: Figure) -> Frame:
    """Return what frames a figure, whichever its period."""
    sentence = layout.chunks[figure.place].sentence
    first = layout.first_of(sentence)
    opening = [chunk for chunk in layout.chunks[first : min(first + 4, figure.place)] if chunk.kind != "mark"][:2]
    named, place = _named_last(layout, figure, sentence)
    return Frame(
        opening=" ".join(short_of(chunk) for chunk in opening),
        named=named,
        named_at=place,
        spelt=_spelling(layout.chunks[figure.place].key),
    )


def _spelling(key: str) -> str:
    """Tell a small count in one word from numbers in words and in digits.

    >>> _spelling("دو"), _spelling("بیست هزار"), _spelling("12"), _spelling("1,200")
    ('small', 'words', 'digits', 'long')
    """
    if key in _SPELT:
        return "small"
    if not any(letter.isdigit() for letter in key):
        return "words"
    return "digits" if len(key) <= 2 else "long"


def _named_last(layout: Layout, figure: Figure, sentence: int) -> tuple[str, int]:
    """Return what names a time last before a figure in its sentence: a period, «اکنون» or «این مدت», and where."""
    for index in range(figure.first - 1, max(-1, figure.first - _REACH), -1):
        chunk = layout.chunks[index]
        if chunk.sentence != sentence:
            break
        if chunk.kind == "PERIOD":
            return "period", index
        if "present" in chunk.cues:
            return "present", index
        if "same_period" in chunk.cues:
            return "same", index
    return "-", -1


def frame_rows(
    layout: Layout, figure: Figure, frame: Frame, place: int, where: str, carried: bool, time: str
) -> list[str]:
    """Describe how the frame of a figure suits a period at a place; `carried` is one the figure before was given."""
    rows = [
        f"{where}:spelt={frame.spelt}",
        f"{where}:spelt={frame.spelt}:{figure.unit_class}",
        f"{where}:named={frame.named}:{frame.named_at == place}",
    ]
    if where in ("before", "after"):
        rows.append(f"{where}:seps={_separators(layout, figure, place)}")
    else:
        rows += _apart(layout, figure, frame, place, where, time, carried)
    return rows


def _apart(layout: Layout, figure: Figure, frame: Frame, place: int, where: str, time: str, carried: bool) -> list[str]:
    """Describe the way from the sentence of a period to that of a figure."""
    own, other = layout.chunks[figure.place].sentence, layout.chunks[place].sentence
    quiet = min(2, layout.count("verb", layout.bounds(other)[1], layout.first_of(own)))
    verbless = time == "verbless"
    return [
        f"{where}:opens {frame.opening}",
        f"{where}:quiet{quiet}:{verbless}",
        f"{where}:quiet{quiet}:{verbless}:{carried}",
    ]


def _separators(layout: Layout, figure: Figure, place: int) -> str:
    """Return the last verbs, marks, conjunctions and numbers between a period and a figure of its sentence."""
    after = place > figure.place
    left, right = (figure.last + 1, place) if after else (place + 1, figure.first)
    if right - left > _BETWEEN:
        return "far"
    found = []
    for chunk in layout.chunks[left:right]:
        if chunk.kind in ("NUMBER", "PERIOD"):
            found.append(chunk.kind[0])
        elif "verb" in chunk.cues:
            found.append("v")
        elif "break" in chunk.cues or chunk.key in ("و", "که", "تا", "،", "؛", ":", "(", ")"):
            found.append(chunk.key)
    kept = [mark for index, mark in enumerate(found) if index == 0 or found[index - 1] != mark]
    return " ".join(kept[:_SEPARATORS] if after else kept[-_SEPARATORS:])


def unframed_rows(
    layout: Layout, figure: Figure, frame: Frame, carry: bool, program: int | None, time: str
) -> list[str]:
    """Describe how the frame of a figure suits no period; `carry` tells whether the figure before was given one."""
    own = layout.chunks[figure.place].sentence
    last = layout.bounds(own)[1]
    unit = layout.chunks[figure.last]
    rows = [
        f"none:spelt={frame.spelt}",
        f"none:spelt={frame.spelt}:{figure.unit_class}",
        f"none:named={frame.named}",
        f"none:named={frame.named}:{carry}",
        f"none:opens {frame.opening}",
        f"none:later{min(2, layout.count('period', figure.last + 1, last))}",
        f"none:quiet{time == 'verbless'}:{carry}:{min(1, layout.count('period', layout.first_of(own), last))}",
        f"none:left={word_at(layout, figure.first - 1)}",
        f"none:left={word_at(layout, figure.first - 2)} {word_at(layout, figure.first - 1)}",
        f"none:right={word_at(layout, figure.last + 1)}",
        f"none:unit={unit.key if unit.kind == 'UNIT' else '-'}",
    ]
    if program is not None:
        phrase = layout.chunks[layout.places["PROGRAM"][program]].key
        rows.append(f"none:head={phrase.replace(ZWNJ, ' ').split(' ')[0]}")
    return rows
