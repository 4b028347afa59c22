"""Units and multipliers that tables and lists name once: «ارقام به میلیون تومان», «فروش (تومان)», «به تفکیک (تن):».

A caption holds for the numbers alone in their cells or at the ends of the rows below it, a column's head for its
column. A number that says its own unit keeps it, one with its own multiplier is not multiplied.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ie.cardinals import EXACT
from ie.cues import alternatives
from ie.literals import SCALE
from ie.persian import ZWNJ, Folded
from ie.quantities import Candidate
from ie.timewords import LONE_YEAR
from ie.units import UnitMatch, match_unit, unit_kind

__all__ = ["apply_captions"]

_SCALES = {"هزار": 10**3, "میلیون": 10**6, "میلیارد": 10**9, "هزار میلیارد": 10**12, "تریلیون": 10**12}
_AMOUNT = rf"(?:(?P<scale>{alternatives(list(_SCALES))})[ {ZWNJ}])?(?P<unit>[^()|\t\n:؛،.]{{1,24}}?)"
_IN = rf"(?:به|بر[ {ZWNJ}]?حسب|واحد:?)[ {ZWNJ}]"
_OF_TABLE = re.compile(
    rf"(?:ارقام|مبالغ|اعداد|مقادیر|قیمت[ {ZWNJ}]?ها|واحد)(?:[ {ZWNJ}](?:این[ {ZWNJ}])?(?:جدول|ستون[ {ZWNJ}]?ها))?"
    rf"(?::[ {ZWNJ}]?|[ {ZWNJ}]{_IN}){_AMOUNT}(?:[ {ZWNJ}](?:است|می[ {ZWNJ}]?باشد|هستند))?[ ).:]*$"
)
_OF_LIST = re.compile(rf"\((?:{_IN})?{_AMOUNT}\)[ {ZWNJ}]?:[ {ZWNJ}]*$")
_OF_COLUMN = re.compile(rf"[^()]*\((?:{_IN})?{_AMOUNT}\)")
# heads of columns that are units by themselves, but number their rows
_NUMBERING = frozenset({"ردیف", "شماره", "رتبه", "کد", "مرحله", "دوره", "نوبت", "فصل", "نوع"})
_BEFORE, _BEHIND = frozenset(":=|\t\n-؛"), frozenset("|\t\n؛")
_CELL = re.compile(r"[|\t]")
_ROWS = 60  # rows that a caption holds for at most
_OTHERS = 2  # lines without a number of its own after which a caption ends


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a caption says: a multiplier (None where it says none) and a unit."""

    scale: int | None
    unit: UnitMatch


def apply_captions(raw: str, folded: Folded, found: list[Candidate]) -> None:
    """Give the numbers of tables and lists the unit and multiplier that a caption or a column's head names.

    Nothing is given to a number in running text.
    """
    text = _with_tabs(raw, folded)
    if "(" not in text and "\t" not in text and "|" not in text and not _MAY_CAPTION.search(text):
        return
    starts = [mention.start for mention in found]
    caption: _Measure | None = None
    columns: dict[int, _Measure] = {}
    rows = others = 0
    for start, end in _lines(text):
        line = text[start:end]
        inside = found[bisect_left(starts, start) : bisect_left(starts, end)]
        cells = _cells(line, start)
        numbers = [mention for mention in inside if _stands_alone(text, mention)]
        if caption is None or not numbers:
            named = _caption(line)
            if named is not None:
                caption, rows, others = named, 0, 0
                _reject_multipliers(inside)
                continue
        heads = {} if numbers or len(cells) < 2 else _heads(text, cells)
        if heads:
            columns = heads
            _reject_multipliers(inside)
            continue
        columns = columns if len(cells) > 1 else {}
        others = 0 if numbers else others + 1
        rows += bool(numbers)
        if others > _OTHERS or rows > _ROWS:
            caption = None
        for mention in numbers:
            measure = columns.get(bisect_left(cells, mention.start + 1) - 1) if len(cells) > 1 else None
            if measure or caption:
                _give(mention, measure or caption)  # type: ignore[arg-type]


_MAY_CAPTION = re.compile("ارقام|مبالغ|اعداد|مقادیر|قیمت|واحد")


def _with_tabs(raw: str, folded: Folded) -> str:
    """Return the folded text with the tabs of the raw one, which part the cells of a row."""
    if "\t" not in raw:
        return folded.text
    characters = list(folded.text)
    for tab in re.finditer("\t", raw):
        place = tab.start() if folded.origins is None else bisect_left(folded.origins, tab.start())
        characters[place] = "\t"
    return "".join(characters)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _cells(line: str, start: int) -> list[int]:
    """Return where the cells of a row begin."""
    return [start, *(start + mark.end() for mark in _CELL.finditer(line))]


def _caption(line: str) -> _Measure | None:
    """Return what a line says of the rows below it.

    >>> _caption("ارقام به میلیون تومان").scale, _caption("به تفکیک (تن):").unit.plain, _caption("سه تن آمدند:")
    (1000000, 'تن', None)
    """
    if len(line) > 200:
        return None
    match = _OF_TABLE.search(line) or _OF_LIST.search(line)
    return _measure(match["scale"], match["unit"]) if match else None


def _heads(text: str, cells: list[int]) -> dict[int, _Measure]:
    """Return what the heads of the columns of a row say, by the columns' places."""
    found = {}
    for place, start in enumerate(cells):
        end = cells[place + 1] - 1 if place + 1 < len(cells) else text.find("\n", start)
        words = text[start : end if end >= 0 else len(text)].strip(" ")
        match = _OF_COLUMN.fullmatch(words)
        measure = _measure(match["scale"], match["unit"]) if match else _measure(None, words)
        if measure and (match or (unit_kind(measure.unit.plain) != "amount" and measure.unit.plain not in _NUMBERING)):
            found[place] = measure
    return found


def _measure(scale: str | None, words: str) -> _Measure | None:
    """Return multiplier and unit where the words are a unit and nothing else."""
    words = words.strip()
    unit = match_unit(" " + words, 0)
    if unit is None or unit.end != len(words) + 1:
        return None
    return _Measure(_SCALES[" ".join(scale.replace(ZWNJ, " ").split())] if scale else None, unit)


def _reject_multipliers(found: list[Candidate]) -> None:
    """Reject the «هزار» of «تولید (هزار تن)», which counts nothing itself."""
    for mention in found:
        if mention.first is mention.last and mention.first.first.kind == SCALE:
            mention.reject = mention.reject or "caption"


def _stands_alone(text: str, mention: Candidate) -> bool:
    """Tell whether a number without a unit is a cell of its own, or the end of a row behind a colon."""
    if mention.unit is not None or mention.reject not in (None, LONE_YEAR):
        return False
    before = text[max(0, mention.start - 3) : mention.start].rstrip(" ")
    behind = text[mention.end : mention.end + 3].lstrip(" ")
    return before[-1:] in _BEFORE and (not behind or behind[0] in _BEHIND)


def _give(mention: Candidate, measure: _Measure) -> None:
    mention.unit = UnitMatch(measure.unit.start, measure.unit.start, measure.unit.plain, False)
    mention.flags = (*mention.flags, "caption")
    if mention.reject == LONE_YEAR:
        mention.reject = None
    if measure.scale is None or mention.last.last.kind == SCALE or "fraction" in mention.flags:
        return
    mention.value = EXACT.multiply(mention.value, Decimal(measure.scale))
    if mention.upper is not None:
        mention.upper = EXACT.multiply(mention.upper, Decimal(measure.scale))
