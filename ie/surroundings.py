"""What surrounds a figure: its verb and tense, the cues and periods of its clause, the list or change it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from ie.clauses import Layout
from ie.scene import Figure, word_at

__all__ = ["Surroundings", "look_around", "tense_after"]

_CLAUSE = 20  # chunks on either side of a figure in which its clause is searched for periods
_STEP = 7  # chunks between the two figures of a change
_REACH = 40  # chunks before a figure in which «در این مدت» is looked for, and after it its verb
_TELLING = frozenset("same_period present rate planned up down compare subset this also total reach".split())
_FUTURE = frozenset(("خواهد", "خواهند", "خواهیم", "نخواهد", "نخواهند"))
_STATIC = frozenset(
    ("است", "هست", "هستند", "نیست", "نیستند", "دارد", "دارند", "داریم", "ندارد", "ندارند", "باشد", "باشند")
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a figure stands among.

    `verb` ends its clause, `time` is the tense of its verb, `referred` tells whether «در این مدت» stands before it,
    `rivals` are the places of the nearest periods before and after it in its clause, `member` its part in a change.
    """

    verb: str
    time: str
    referred: bool
    list_mark: str
    rivals: tuple[int | None, int | None]
    cues: list[str]
    member: str


def look_around(layout: Layout, figure: Figure) -> Surroundings:
    """Return what a figure stands among."""
    sentence = layout.chunks[figure.place].sentence
    return Surroundings(
        verb=_clause_verb(layout, figure),
        time=tense_after(layout, sentence, figure.last + 1),
        referred=_names_same_period(layout, figure),
        list_mark=_list_mark(layout, sentence),
        rivals=_clause_periods(layout, figure),
        cues=_clause_cues(layout, figure),
        member=_member(layout, figure),
    )


def _clause_verb(layout: Layout, figure: Figure) -> str:
    """Return the verb that ends the clause of a figure."""
    clause = layout.clause(figure.place)
    for index in range(figure.last + 1, min(len(layout.chunks), figure.last + 25)):
        chunk = layout.chunks[index]
        if layout.clause(index) != clause or chunk.sentence != layout.chunks[figure.place].sentence:
            break
        if "verb" in chunk.cues:
            return chunk.key
    return "-"


def tense_after(layout: Layout, sentence: int, start: int) -> str:
    """Return how the verb after a chunk (else the last one of the sentence) stands (past, perfect, present …)."""
    index = start
    stop = min(len(layout.chunks), start + _REACH)
    while index < stop and layout.chunks[index].sentence == sentence and "verb" not in layout.chunks[index].cues:
        index += 1
    if index >= stop or layout.chunks[index].sentence != sentence:
        index = layout.last_verbs[sentence]
        if index < 0:
            return "verbless"
    key = layout.chunks[index].key
    if key in _FUTURE:
        return "future"
    if key in ("می", "نمی"):
        return "present"
    if key in _STATIC:
        return "static"
    if key.endswith("ه"):
        return "perfect"
    return "subjunctive" if "subjunctive" in layout.chunks[index].cues else "past"


def _names_same_period(layout: Layout, figure: Figure) -> bool:
    """Tell whether the sentence refers to a period before the figure («در این مدت») and no other period came since."""
    sentence = layout.chunks[figure.place].sentence
    for index in range(figure.first - 1, max(-1, figure.first - _REACH), -1):
        chunk = layout.chunks[index]
        if chunk.sentence != sentence or chunk.kind == "PERIOD":
            return False
        if "same_period" in chunk.cues:
            return True
    return False


def _list_mark(layout: Layout, sentence: int) -> str:
    """Return how a sentence opens as an item of a list: a dash, a number with a mark, or not at all."""
    first, last = layout.bounds(sentence)
    if last - first < 2:
        return "short"
    opening = layout.chunks[first]
    if opening.key in ("-", "•", "*", "●", "▪"):
        return "dash"
    return "number" if opening.key.isdigit() and layout.chunks[first + 1].kind == "mark" else "no"


def _clause_periods(layout: Layout, figure: Figure) -> tuple[int | None, int | None]:
    """Return the places of the nearest periods before and after a figure in its clause with no number between."""
    found: list[int | None] = []
    clause = layout.clause(figure.place)
    for step, start in ((-1, figure.first - 1), (1, figure.last + 1)):
        index, place = start, None
        for _ in range(_CLAUSE):
            if not 0 <= index < len(layout.chunks) or layout.clause(index) != clause:
                break
            kind = layout.chunks[index].kind
            if kind in ("NUMBER", "PERIOD"):
                place = index if kind == "PERIOD" else None
                break
            index += step
        found.append(place)
    return found[0], found[1]


def _clause_cues(layout: Layout, figure: Figure) -> list[str]:
    """Name the classes of cues in the clause of the figure, up to a bounded distance."""
    names: set[str] = set()
    chunks = layout.chunks
    clause = layout.clause(figure.place)
    for step in (-1, 1):
        index = figure.place + step
        for _ in range(14):
            if not 0 <= index < len(chunks) or layout.clause(index) != clause:
                break
            names.update(chunks[index].cues)
            index += step
    return sorted(names & _TELLING)


def _member(layout: Layout, figure: Figure) -> str:
    """Tell whether a figure is the first or the second of a change («از ۱۲ به ۱۵ درصد رسید»)."""
    chunks = layout.chunks
    before = word_at(layout, figure.first - 1)
    if before == "از":
        for index in range(figure.last + 1, min(len(chunks) - 1, figure.last + _STEP)):
            if chunks[index].key == "به" and chunks[index + 1].kind in ("NUMBER", "CUE"):
                return "from"
            if chunks[index].kind == "NUMBER" or "verb" in chunks[index].cues:
                break
    if before in ("به", "تا"):
        for index in range(figure.first - 2, max(0, figure.first - 2 - _STEP), -1):
            if chunks[index].kind == "NUMBER":
                return "to" if "از" in (chunks[index - 1].key, chunks[max(0, index - 2)].key) else "-"
    return "-"
