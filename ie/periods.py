"""Persian period phrases: found in running text with exact offsets, resolved to Jalali intervals.

`find_periods` finds, `resolve_period` resolves one mention against a report date and a governing period, `parse_period`
does both for a phrase, `infer_report_date` dates a text from its own words. Which periods frame which figures is the
linker's business.

>>> period = parse_period("شش ماهه نخست امسال", report_date="1401-07-15")
>>> period.start, period.end, period.derivation
('1401-01-01', '1401-06-31', 'امسال → 1401 (report date); شش ماهه نخست امسال → months 1–6: 1401-01-01…1401-06-31')
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ie import period_expressions as say
from ie.calendars import ReportDay, day_of, jalali_string, read_report_date
from ie.period_grammar import Grammar
from ie.period_resolution import Interval, Resolver
from ie.period_words import Tokens, lexicon, tokenize
from ie.persian import Folded, fold
from ie.schema import Period

__all__ = [
    "PeriodMention",
    "ReportDate",
    "find_periods",
    "infer_report_date",
    "parse_period",
    "resolve_period",
]

ReportDateLike = str | datetime.date | ReportDay | None


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period phrase in a text: where it stands, its words and what it says."""

    start: int
    end: int
    text: str
    expression: say.Expression


@dataclass(frozen=True, slots=True)
class ReportDate:
    """A report date inferred from a text, as precise as the evidence allows."""

    date: str
    evidence: str


def find_periods(text: str, folded: Folded | None = None) -> list[PeriodMention]:
    """Return the period phrases of a text in order, the longest of nested ones.

    >>> [mention.text for mention in find_periods("در شهریور امسال ۱۲ واحد و در سال ۱۴۰۰ دو واحد ساخته شد.")]
    ['شهریور امسال', 'سال ۱۴۰۰']
    """
    folded = folded or fold(text)
    tokens = tokenize(folded.text)
    grammar = Grammar(tokens)
    mentions = []
    position = 0
    for index, term in enumerate(tokens.terms):
        if index < position or term is None or "starts" not in term:
            continue
        found = grammar.phrase(index)
        if found is None:
            continue
        expression, position = found
        if _is_name(tokens, index, position) or not _is_told(tokens, index, expression, position):
            continue
        start, end = folded.raw(tokens.starts[index], tokens.end(position - 1))
        mentions.append(PeriodMention(start, end, text[start:end], expression))
    return mentions


def _is_name(tokens: Tokens, first: int, end: int) -> bool:
    """Tell whether the words around a date make it part of a name: «خیابان ۱۷ شهریور»."""
    table = lexicon()
    before, after = tokens.word(first - 1), tokens.word(end)
    if after in table.names_after and tokens.words[end - 1] != "ماه":
        return True
    return before in table.names_before and not tokens.has(first, "unit")


def _is_told(tokens: Tokens, first: int, expression: say.Expression, end: int) -> bool:
    """Tell whether a phrase is one that running text tells a period by."""
    return not (isinstance(expression, say.Weekday) and expression.shift is None and expression.week is None)


def resolve_period(
    mention: PeriodMention,
    report_date: ReportDateLike = None,
    anchor: Period | None = None,
    planned: bool = False,
    gregorian: bool = False,
) -> Period:
    """Return the interval a mention means; what the arguments cannot settle stays open.

    Args:
        mention: what `find_periods` returned.
        report_date: Jalali text of any precision or `datetime.date`.
        anchor: the governing period, for «مدت مشابه سال قبل».
        planned: the clause speaks of the future, so a bare month is the next one.
        gregorian: the text counts «امسال» and «ماه گذشته» by the Gregorian calendar.
    """
    resolver = Resolver(read_report_date(report_date), _as_interval(anchor), planned, gregorian)
    interval = resolver.resolve(mention.expression)
    return Period(
        start=jalali_string(interval.start) if interval.start else None,
        end=jalali_string(interval.end) if interval.end else None,
        relation=interval.relation,
        granularity=interval.grain,
        flags=tuple(resolver.flags),
        start_gregorian=interval.start.isoformat() if interval.start else None,
        end_gregorian=interval.end.isoformat() if interval.end else None,
        text=mention.text,
        derivation="; ".join(resolver.steps),
    )


def _as_interval(period: Period | None) -> Interval | None:
    if period is None:
        return None
    return Interval(_day(period.start), _day(period.end), period.granularity, period.relation)


def _day(date: str | None) -> datetime.date | None:
    known = read_report_date(date)
    return day_of("jalali", known.year, known.month or 1, known.day or 1) if known else None


def parse_period(text: str, report_date: ReportDateLike = None, anchor: Period | None = None) -> Period | None:
    """Return the interval of the first period phrase of a text, or None where there is none.

    >>> parse_period("سال ۹۹").interval, parse_period("سالانه") is None
    (('1399-01-01', '1399-12-30'), True)
    """
    mentions = find_periods(text)
    return resolve_period(mentions[0], report_date, anchor) if mentions else None


def infer_report_date(text: str, mentions: list[PeriodMention] | None = None) -> ReportDate | None:
    """Return the report date a text proves by itself, with the evidence, or None."""
    return None
