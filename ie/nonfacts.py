"""The words around a number: how exact they make it, and which numbers surely state no quantity.

All words stand in ``data/nonfacts.toml``. Each rule of `rejection` sees the number with its surroundings and returns a
short reason; a number without one is a candidate, not yet a fact.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from ie.persian import ZWNJ
from ie.schema import Comparator, Offsets
from ie.units import UnitMatch, unit_kind

__all__ = ["Surroundings", "cue_after", "cue_before", "rejection"]

_TABLE = tomllib.loads(files("ie").joinpath("data/nonfacts.toml").read_text(encoding="utf-8"))
_STOP = re.compile(r"[.،,:؛;!?؟)»\n\r\]…]")
_WORD = re.compile(r"[^\s(«\"\[]+")
_LETTERS = "\u0621-\u06cc"


def _plain(phrase: str) -> str:
    return phrase.replace(ZWNJ, " ")


def _before(section: str) -> frozenset[str]:
    return frozenset(_plain(phrase) for phrase in _TABLE[section].get("before", ()))


def _after(section: str) -> frozenset[str]:
    return frozenset(_plain(phrase) for phrase in _TABLE[section].get("after", ()))


_CUES: dict[str, Comparator] = {
    _plain(phrase): comparator
    for comparator in ("gt", "ge", "lt", "le", "approx", "eq")
    for phrase in _TABLE["cues"][comparator]["before"]
}
_TAILS: dict[str, Comparator] = {
    _plain(phrase): comparator
    for comparator in ("gt", "ge", "le", "approx")
    for phrase in _TABLE["cues"][comparator]["after"]
}
_TRANSPARENT = frozenset(_TABLE["cues"]["transparent"])
_CROSSING = re.compile(
    rf"[ {ZWNJ}][^.؛:\n]{{0,24}}?(?:{'|'.join(p.replace(' ', f'[ {ZWNJ}]') for p in _TABLE['cues']['crossing'])})(?![{_LETTERS}])"
)


def cue_before(text: str, start: int) -> tuple[Comparator | None, Offsets | None, list[str]]:
    """Return comparator and offsets of the cue that ends right before `start`, and the words before that.

    >>> cue_before("در آن بیش از 140 مورد", 13)
    ('gt', (6, 12), ['در', 'آن'])
    """
    words, starts = words_before(text, start)
    for skipped in (0, 1):
        if skipped and (len(words) < 2 or words[-1] not in _TRANSPARENT):
            break
        last = len(words) - skipped
        for size in (4, 3, 2, 1):
            if size > last:
                continue
            comparator = _CUES.get(" ".join(words[last - size : last]))
            if comparator is None:
                continue
            if skipped and size == 1 and words[last - 1] in ("تا", "کمتر", "سقف", "بالغ", "حول"):
                continue
            end = starts[last - 1] + len(words[last - 1])
            return comparator, (starts[last - size], end), words[: last - size]
    return None, None, words


def words_before(text: str, start: int) -> tuple[list[str], list[int]]:
    """Return the words of the clause before `start` (at most some eight), nearest last, with their offsets."""
    base = max(0, start - 48)
    window = text[base:start].replace(ZWNJ, " ")
    cut = max((m.end() for m in _STOP.finditer(window)), default=0)
    words, starts = [], []
    for match in _WORD.finditer(window, cut):
        if match.start() > 0 or base == 0:
            words.append(match[0])
            starts.append(base + match.start())
    return words, starts


def words_after(text: str, end: int) -> list[str]:
    """Return the words of the clause from `end` on (at most some eight)."""
    window = text[end : end + 48].replace(ZWNJ, " ")
    stop = _STOP.search(window)
    words = _WORD.findall(window[: stop.start()] if stop else window)
    return words


def cue_after(text: str, end: int) -> tuple[Comparator | None, Offsets | None]:
    """Return comparator and offsets of a cue that begins right after `end` («به بالا», «و اندی», «… گذشت»).

    >>> cue_after("18 سال به بالا", 6)
    ('ge', (7, 14))
    """
    if text[end : end + 1] not in (" ", ZWNJ):
        return None, None
    words = words_after(text, end)
    for size in (4, 3, 2, 1):
        phrase = " ".join(words[:size])
        comparator = _TAILS.get(phrase)
        if comparator is not None and len(words) >= size:
            return comparator, (end + 1, end + 1 + len(phrase))
    return None, None


@dataclass(slots=True)
class Surroundings:
    """A number as the rules see it; `lead` are the words before it and before its cue."""

    text: str
    start: int
    end: int
    value: Decimal
    upper: Decimal | None
    is_digits: bool
    word: str
    unit: UnitMatch | None
    comparator: Comparator | None
    lead: list[str]
    previous_end: int | None
    next_start: int | None


def rejection(near: Surroundings) -> str | None:
    """Return why a number surely is no quantity, or None."""
    return None
