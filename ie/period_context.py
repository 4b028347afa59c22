"""What the text around a period mention says about it: its governing period, tense and calendar.

The linker knows clauses better and may pass anchors of its own; this is the reading of a text by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from ie import period_expressions as say
from ie.period_mentions import PeriodMention
from ie.period_words import lexicon
from ie.persian import fold, sentence_offsets

__all__ = ["Surroundings", "read_surroundings"]

_STRETCHES = (say.Part, say.Month, say.Season, say.Range, say.Trailing, say.Relative, say.Day, say.Named, say.Bounded)
_YEARS = (say.Year,)
_REACH, _MOST = 500, 40


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A text's mentions with the sentences they stand in."""

    text: str
    mentions: Sequence[PeriodMention]
    sentences: tuple[int, ...]
    futures: frozenset[int]
    gregorian: bool

    def leans_ahead(self, index: int) -> bool:
        """Tell whether a mention's sentence speaks of the future."""
        return self.sentences[index] in self.futures

    def governing(self, index: int) -> int | None:
        """Return which mention governs one that needs another («مدت مشابه سال قبل»), if any does."""
        expression = self.mentions[index].expression
        if isinstance(expression, say.Same):
            return self._compared(index, expression)
        while isinstance(expression, say.Bounded | say.Edge):  # «تا پایان آن سال»
            expression = expression.of
        if isinstance(expression, say.Year) and expression.of_it:
            return self._before(index, (*_YEARS, *_STRETCHES))
        if (kind := self._baseline(index)) is not None:
            return kind[0]
        return None

    def _compared(self, index: int, same: say.Same) -> int | None:
        """Return which mention «مدت مشابه سال قبل» is compared with: the nearest that is no baseline itself."""
        if same.itself and same.size is not None and (found := self._as_long(index, same.size)) is not None:
            return found
        yearly = isinstance(same.target, say.Year) and same.target.shift == -1
        for found in (self._before(index, _STRETCHES, yearly), self._after(index), self._before(index, _YEARS)):
            if found is not None:
                return found
        return self._before(index, _STRETCHES)

    def expression(self, index: int) -> say.Expression:
        """Return what a mention says in its context: a bare year as baseline means the governing part of it."""
        expression = self.mentions[index].expression
        baseline = self._baseline(index)
        return baseline[1] if baseline else expression

    def _baseline(self, index: int) -> tuple[int, say.Expression] | None:
        """Read «… ۱۴۰۴ نسبت به سال قبل» and «شش‌ماهه … نسبت به سال گذشته» by the period compared."""
        mention = self.mentions[index]
        year = mention.expression
        if not isinstance(year, say.Year) or year.of_it or year.last is not None or year.shift not in (None, -1):
            return None
        if not _told("compared", r"\s*$").search(self.text[max(0, mention.start - 20) : mention.start]):
            return None
        for other in range(index - 1, max(index - _MOST, -1), -1):
            if self.sentences[other] != self.sentences[index]:
                return None
            governing = self.mentions[other].expression
            if isinstance(governing, say.Part | say.Month | say.Season | say.Trailing):
                return other, say.Same(year.text, year)
            if isinstance(governing, say.Year) and governing.value is not None and governing.last is None:
                return (other, replace(year, of_it=True)) if year.shift == -1 else None
        return None

    def _before(self, index: int, kinds: tuple[type[say.Expression], ...], no_baseline: bool = False) -> int | None:
        mention = self.mentions[index]
        for other in range(index - 1, max(index - _MOST, -1), -1):
            candidate = self.mentions[other]
            if candidate.end < mention.start - _REACH:
                return None
            if not isinstance(candidate.expression, kinds) or _is_vague(candidate.expression):
                continue
            if not (no_baseline and _is_past_year(candidate.expression)):
                return other
        return None

    def _as_long(self, index: int, size: int) -> int | None:
        """Return the last mention of so many units, which «۹ ماه یاد شده» means."""
        for other in range(index - 1, max(index - _MOST, -1), -1):
            if getattr(self.mentions[other].expression, "size", None) == size:
                return other
        return None

    def _after(self, index: int) -> int | None:
        for other in range(index + 1, min(index + _MOST, len(self.mentions))):
            if self.sentences[other] != self.sentences[index]:
                return None
            if isinstance(self.mentions[other].expression, _STRETCHES):
                return other
        return None


def _is_vague(expression: say.Expression) -> bool:
    return isinstance(expression, say.Range) and isinstance(expression.first, say.Vague)


def _is_past_year(expression: say.Expression) -> bool:
    """Tell whether an expression is of «سال گذشته» by its own words, as baselines are."""
    if isinstance(expression, say.Year):
        return expression.shift == -1 and not expression.assumed
    inner = getattr(expression, "of", None) or getattr(expression, "year", None) or getattr(expression, "month", None)
    return isinstance(inner, say.Expression) and _is_past_year(inner)


def read_surroundings(text: str, mentions: Sequence[PeriodMention]) -> Surroundings:
    """Return the surroundings of a text's mentions."""
    offsets = sentence_offsets(text)
    starts = [start for start, _ in offsets]
    sentences = tuple(max(bisect_right(starts, mention.start) - 1, 0) for mention in mentions)
    futures = frozenset(
        sentence for sentence in set(sentences) if offsets and _is_future(text[slice(*offsets[sentence])])
    )
    return Surroundings(text, mentions, sentences, futures, counts_gregorian(mentions))


@cache
def _told(name: str, after: str = r"\b") -> re.Pattern[str]:
    """Return a pattern of the phrases of a table, with a space, a half-space or nothing between their words."""
    phrases = (r"[ \u200c]?".join(map(re.escape, phrase.split())) for phrase in sorted(lexicon().context[name]))
    return re.compile(rf"\b(?:{'|'.join(phrases)}){after}")


def _is_future(sentence: str) -> bool:
    return _told("future").search(fold(sentence).text) is not None


def counts_gregorian(mentions: Sequence[PeriodMention]) -> bool:
    """Tell whether a text counts by the Gregorian calendar: it names its years or months and no Jalali ones."""
    calendars = [calendar for mention in mentions for calendar in _calendars(mention.expression)]
    return "gregorian" in calendars and "jalali" not in calendars


def _calendars(expression: say.Expression) -> Iterator[str]:
    if isinstance(expression, say.Government):
        yield "jalali"
    if isinstance(expression, say.Month | say.Relative | say.Year) and expression.calendar:
        yield expression.calendar
    elif isinstance(expression, say.Year) and expression.value is not None:
        yield "gregorian" if expression.value >= 1500 else "jalali"
    for one in fields(expression):
        inner = getattr(expression, one.name)
        if isinstance(inner, say.Expression):
            yield from _calendars(inner)
