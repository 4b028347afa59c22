"""The report date of a text, proved by the text itself: a date line, or a year its own words fix.

«امسال» beside «شش ماهه نخست سال ۱۴۰۱» proves 1401: parts of a year are told while it runs. A whole year beside
«سال جاری» proves nothing (it may be this year or the last), and a text without a running year gets no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from ie import period_expressions as say
from ie.calendars import jalali_string
from ie.period_context import read_surroundings
from ie.period_dates import full_year
from ie.period_mentions import PeriodMention, find_periods
from ie.period_resolution import Resolver
from ie.persian import fold

__all__ = ["ReportDate", "infer_report_date"]

_DATED = re.compile(r"(?:^|[\n\r|،,.(\[]) *(?:تاریخ|مورخ|منتشر شده در|به روز ?رسانی)[^\n\d]{0,25}$")
_TOLD = re.compile(
    r"(?P<word>امسال|سال ?جاری|سال ?گذشته|پارسال)[ ‌]*+(?:\(|(?:[،,][ ‌]*+)?+یعنی(?=[ ‌]))[ ‌]*+(?:سال[ ‌]*+)?+"
    r"(?P<year>1[34][0-9]{2}|[0-9]{2})(?![0-9])"
)
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_EDGE_LINES = 4
_DATELINE = 300


@dataclass(frozen=True, slots=True)
class ReportDate:
    """A report date inferred from a text, as precise as the evidence allows."""

    date: str
    evidence: str


def infer_report_date(text: str, mentions: Sequence[PeriodMention] | None = None) -> ReportDate | None:
    """Return the report date a text proves by itself, with the evidence, or None.

    >>> infer_report_date("در شش‌ماهه نخست سال ۱۴۰۱ صد وام داده شد و امسال ده وام دیگر مانده است.").date
    '1401'
    >>> infer_report_date("تاریخ: ۱۴۰۱/۷/۱۵ - صد وام داده شد.").date
    '1401-07-15'
    >>> infer_report_date("در سال ۱۴۰۰ صد وام داده شد.") is None
    True
    """
    mentions = find_periods(text) if mentions is None else mentions
    return _date_line(text, mentions) or _told(text) or _running_year(text, mentions)


def _date_line(text: str, mentions: Sequence[PeriodMention]) -> ReportDate | None:
    """Read «تاریخ: …» anywhere, or a line at head or foot that says nothing but a date."""
    edges = _edge_lines(text)
    for mention in mentions:
        date = _full_date(mention.expression)
        if date is None:
            continue
        near = mention.start < _DATELINE or mention.end > len(text) - _DATELINE
        if near and _DATED.search(text[max(0, mention.start - 40) : mention.start]):
            return ReportDate(date, f"date line «{mention.text}»")
        for start, end in edges:
            if start <= mention.start and mention.end <= end:
                rest = fold(text[start : mention.start] + text[mention.end : end]).text
                if len(rest) <= 60 and not any(letter.isdigit() for letter in _CLOCK.sub("", rest)):
                    return ReportDate(
                        date, f"line at the {'head' if start < len(text) // 2 else 'foot'}: «{mention.text}»"
                    )
    return None


def _full_date(expression: say.Expression) -> str | None:
    year = _year_in(expression)
    if not isinstance(expression, say.Day) or year is None or year.digits != 4 or expression.last is not None:
        return None
    interval = Resolver().resolve(expression)
    return jalali_string(interval.start) if interval.start else None


def _edge_lines(text: str) -> list[tuple[int, int]]:
    lines = []
    position = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and len(line) <= _DATELINE:
            lines.append((position, position + len(line)))
        position += len(line)
    return lines[:_EDGE_LINES] + lines[_EDGE_LINES:][-_EDGE_LINES:] if len(lines) > 1 else []


def _told(text: str) -> ReportDate | None:
    """Read «امسال (۱۴۰۱)», «سال گذشته یعنی ۱۴۰۰»."""
    match = _TOLD.search(fold(text).text)
    if match is None:
        return None
    year = int(match["year"])
    year += 0 if year > 99 else 1300 if year >= 20 else 1400
    year += match["word"] not in ("امسال", "سال جاری", "سالجاری")
    return ReportDate(f"{year:04d}", f"the text says «{match.group()}»")


def _running_year(text: str, mentions: Sequence[PeriodMention]) -> ReportDate | None:
    """Read the latest year told by its parts, in a text that speaks of a running year."""
    running = next((mention for mention in mentions if _runs(mention.expression)), None)
    if running is None:
        return None
    surroundings = read_surroundings(text, mentions)
    told: list[tuple[int, bool, str]] = []
    for index, mention in enumerate(mentions):
        year = _year_in(mention.expression)
        if year is None or not _tells_part(mention.expression) or surroundings.leans_ahead(index):
            continue
        if year.kind == "calendar" and (known := _jalali_year(year)) and not _may_be_over(mention.expression):
            told.append((known, isinstance(mention.expression, say.Part), mention.text))
    if not told or _names_later_year(mentions, max(told)[0]):
        return None
    year_number, _, words = max(told)
    return ReportDate(f"{year_number:04d}", f"«{running.text}» beside «{words}» proves {year_number}")


def _may_be_over(expression: say.Expression) -> bool:
    """Tell whether a part of a year may as well be told after it: its last months."""
    if not isinstance(expression, say.Part | say.Season):
        return False
    end = Resolver().resolve(expression).end
    return end is not None and jalali_string(end)[5:] >= "12-29"


def _tells_part(expression: say.Expression) -> bool:
    """Tell whether an expression means a part of one year: what has run of it so far."""
    if isinstance(expression, say.Range):
        return _year_in(expression.first) is None or _year_in(expression.first) == _year_in(expression.last)
    return isinstance(expression, say.Part | say.Month | say.Season | say.Day | say.Edge | say.Trailing)


def _names_later_year(mentions: Sequence[PeriodMention], told: int) -> bool:
    years = (mention.expression for mention in mentions if isinstance(mention.expression, say.Year))
    return any((_jalali_year(year) or 0) > told for year in years)


def _runs(expression: say.Expression) -> bool:
    return any(
        year.shift == 0 and not year.assumed and not year.of_it and year.calendar in (None, "jalali")
        for year in _years(expression)
    )


def _jalali_year(year: say.Year) -> int | None:
    value = year.last or year.value
    if value is None or year.calendar not in (None, "jalali") or 100 <= value < 1300 or value >= 1500:
        return None
    return value if value >= 100 else full_year(Resolver(), value, "jalali")


def _year_in(expression: say.Expression) -> say.Year | None:
    return next((year for year in _years(expression) if year.value is not None), None)


def _years(expression: say.Expression) -> Iterator[say.Year]:
    if isinstance(expression, say.Year):
        yield expression
    if isinstance(expression, say.Bounded) and expression.relation != "since":
        return
    for one in fields(expression):
        inner = getattr(expression, one.name)
        if isinstance(inner, say.Expression):
            yield from _years(inner)
