"""Why a fact has its slots, told in plain words: where its programme and period stand, and what spoke for the rest.

The linker hands over what it decided (`Decision`) and how sure it was; nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ie.clauses import Layout
from ie.labels import PERIOD, PROGRAM
from ie.numerals import NumberMention
from ie.reading import Reading
from ie.scene import Figure
from ie.schema import Change, Comparator, Period, Status

__all__ = ["Choice", "Decision", "explain"]

_REACH = 40  # chunks on either side of a number in which the cue of a decision is looked for
_LONGEST = 4  # chunks of a cue that are quoted
_DOUBT = 0.75  # an actual fact is told to be one where it was no surer than this
_COMPARED: dict[Comparator, str] = {
    "gt": "more than", "ge": "at least", "lt": "less than", "le": "at most", "approx": "about", "range": "a range",
    "eq": "exactly",
}  # fmt: skip
_DOUBTS = {
    "assumed_year": "its year assumed",
    "needs_report_date": "open without a report date",
    "rolling": "counted back from the report date",
    "anchored": "the same months of another year",
    "clipped": "cut off at the report date",
    "plus_minus_one_day": "give or take a day",
}
_FLAGS = {
    "shared multiplier": "multiplied by the multiplier its list ends with",
    "thousands": "the dot separates thousands",
    "ambiguous thousands": "the dot may separate thousands",
    "antecedent": "the value of the number before",
    "compound": "two amounts added up in the smaller unit",
    "همت": "«همت» is a thousand milliard toman",
    "caption": "unit and multiplier as the caption of its table says",
    "currency inferred": "the currency is named at another number",
    "currency ambiguous": "the currency may be that of several countries",
    "currency not stated": "money whose currency is named nowhere near",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the phrases or periods in reach of a number: its index, how likely it is, and how many there were."""

    index: int | None
    sure: float
    choices: int
    repeated: bool = False  # the number before was given the same

    def __str__(self) -> str:
        return _sure(self.sure) if self.choices > 1 else "the only one in reach"


def _sure(probability: float) -> str:
    """Return how sure a choice was, never wholly.

    >>> _sure(0.873), _sure(0.9999)
    ('87% sure', '99% sure')
    """
    return f"{min(probability, 0.99):.0%} sure"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the linker decided about one number."""

    number: int
    program: Choice
    period: Choice
    resolved: Period | None
    status: Status
    stated: float
    unit: str | None
    change: Change | None
    rate: str | None
    flags: tuple[str, ...] = ()


def explain(reading: Reading, decision: Decision) -> tuple[str, ...]:
    """Return the reasons of one fact, each a few words, in the order of its slots."""
    mention, figure = reading.numbers[decision.number], reading.scene.figures[decision.number]
    return (
        _program(reading, figure, decision.program),
        _period(reading, figure, decision),
        *_measure(reading, mention, decision),
        *_modality(reading.scene.layout, figure, decision),
        *(_FLAGS[flag] for flag in decision.flags if flag in _FLAGS),
    )


def _program(reading: Reading, figure: Figure, choice: Choice) -> str:
    if choice.index is None:
        return "no programme: no phrase in reach"
    layout, span = reading.scene.layout, reading.programs[choice.index]
    first, last = layout.places[PROGRAM][choice.index], layout.last_places[choice.index]
    where = _where(layout, figure, first, last)
    again = ", as for the number before" if choice.repeated else ""
    return f"programme «{_quoted(layout.text[span.start : span.end])}» {where}{again} ({choice})"


def _period(reading: Reading, figure: Figure, decision: Decision) -> str:
    layout, choice = reading.scene.layout, decision.period
    if choice.index is None:
        others = choice.choices - 1
        if others < 1:
            return "no period in reach"
        which = "the one in reach is not" if others == 1 else f"none of the {others} in reach is"
        return f"no period: {which} its own ({_sure(choice.sure)})"
    span = reading.period_spans[choice.index]
    place = layout.places[PERIOD][choice.index]
    apart = layout.chunks[figure.place].sentence - layout.chunks[place].sentence
    where = _where(layout, figure, place, place)
    if apart > 0:
        cue = _cue(layout, figure, "same_period")
        where = f"taken up by «{cue}» from {_back(apart)}" if cue else f"carried over from {_back(apart)}"
    again = ", as for the number before" if choice.repeated else ""
    where += f"{again} ({_sure(choice.sure)}){_denoted(decision.resolved)}"
    return f"period «{_quoted(layout.text[span.start : span.end])}» {where}"


def _denoted(period: Period | None) -> str:
    """Say which days a period is, and what is doubtful about them."""
    if period is None or period.interval == (None, None):
        return ", which names no known days"
    ends = f" = {period.start or 'open'} to {period.end or 'open'}"
    return ends + "".join(f", {_DOUBTS.get(flag, flag.replace('_', ' '))}" for flag in period.flags)


def _where(layout: Layout, figure: Figure, first: int, last: int) -> str:
    """Say where a mention stands to a number, from near to far."""
    if first <= figure.place <= last:
        return "around the number"
    after = first > figure.place
    side = "after" if after else "before"
    apart = layout.chunks[figure.place].sentence - layout.chunks[first].sentence
    if apart > 0:
        return f"in {_back(apart)}"
    if (first - figure.last if after else figure.first - last) <= 1:
        return f"right {side} the number"
    same = layout.clause(figure.place) == layout.clause(first)
    return f"{side} the number in its {'clause' if same else 'sentence'}"


def _back(sentences: int) -> str:
    return "the sentence before" if sentences == 1 else f"{sentences} sentences before"


def _measure(reading: Reading, mention: NumberMention, decision: Decision) -> list[str]:
    """Tell of a unit that the number itself does not say, of its comparator and its rate."""
    lines = []
    text = reading.scene.layout.text
    if decision.unit and mention.quantity.unit is None:
        lines.append(f"unit «{decision.unit}» from the words around it")
    if mention.cue:
        lines.append(f"{_COMPARED[mention.quantity.comparator]}: «{_quoted(text[slice(*mention.cue)])}»")
    if decision.rate:
        lines.append(f"a rate: «{_quoted(decision.rate)}»")
    return lines


def _modality(layout: Layout, figure: Figure, decision: Decision) -> list[str]:
    """Tell what spoke for a plan, a denial or a change."""
    lines = []
    status, sure = decision.status, _sure(decision.stated)
    if status != "actual":
        cue = _cue(layout, figure, status)
        lines.append(f"{status}: «{cue}» ({sure})" if cue else f"{status} by the words around it ({sure})")
    elif decision.stated < _DOUBT:
        lines.append(f"actual ({sure})")
    if decision.change:
        change = decision.change
        cue = _cue(layout, figure, change.direction)
        line = ("a rise" if change.direction == "up" else "a fall") + (f": «{cue}»" if cue else "")
        baseline = change.baseline
        lines.append(line + (f", against «{_quoted(baseline.text or '')}»{_denoted(baseline)}" if baseline else ""))
    return lines


def _cue(layout: Layout, figure: Figure, name: str) -> str | None:
    """Return the words of a class nearest to a number in its sentence."""
    chunks, sentence = layout.chunks, layout.chunks[figure.place].sentence
    for distance in range(1, _REACH):
        for index in (figure.last + distance, figure.first - distance):
            if not 0 <= index < len(chunks) or chunks[index].sentence != sentence or name not in chunks[index].cues:
                continue
            first, last = index, index
            while first > 0 and last - first < _LONGEST - 1 and chunks[first - 1].cues == chunks[index].cues:
                first -= 1
            while (
                last + 1 < len(chunks) and last - first < _LONGEST - 1 and chunks[last + 1].cues == chunks[index].cues
            ):
                last += 1
            return _quoted(layout.text[chunks[first].start : chunks[last].end])
    return None


def _quoted(words: str) -> str:
    """Return words of the text on one line."""
    return " ".join(words.split())
