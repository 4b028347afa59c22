"""Persian period phrases: found in running text with exact offsets, resolved to Jalali intervals.

`find_periods` finds, `resolve_period` resolves one mention against a report date and a governing period,
`resolve_periods` all mentions of a text with the context they stand in, `parse_period` a phrase given alone, and
`infer_report_date` dates a text from its own words. Which periods frame which figures is the linker's business.

>>> period = parse_period("شش ماهه نخست امسال", report_date="1401-07-15")
>>> period.start, period.end, period.derivation
('1401-01-01', '1401-06-31', 'امسال → 1401 (report date); شش ماهه نخست امسال → months 1–6: 1401-01-01…1401-06-31')
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from ie.calendars import ReportDay, day_of, jalali_string, read_report_date
from ie.period_context import Surroundings, read_surroundings
from ie.period_mentions import PeriodMention, find_periods, read_whole
from ie.period_resolution import Interval, Resolver
from ie.persian import Folded, fold
from ie.report_dates import ReportDate, infer_report_date
from ie.schema import Period

__all__ = [
    "PeriodMention",
    "ReportDate",
    "find_periods",
    "infer_report_date",
    "parse_period",
    "resolve_period",
    "resolve_periods",
]

ReportDateLike = str | datetime.date | ReportDay | None


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
    return _period(mention, resolver.resolve(mention.expression), resolver)


def resolve_periods(
    text: str, mentions: Sequence[PeriodMention] | None = None, report_date: ReportDateLike = None
) -> list[Period]:
    """Return the interval of every mention, read in the light of its sentence and of the mentions before it.

    A repeated «مدت مشابه» takes the period before it as governing, a bare month in a clause about the future is the
    next one, and a text that counts by the Gregorian calendar has its «امسال» read so.

    >>> text = "صادرات شش‌ماهه نخست ۱۴۰۱ به ۱۲ تن رسید که از مدت مشابه سال قبل بیشتر است."
    >>> [period.interval for period in resolve_periods(text)]
    [('1401-01-01', '1401-06-31'), ('1400-01-01', '1400-06-31')]
    """
    mentions = find_periods(text) if mentions is None else mentions
    report = read_report_date(report_date)
    surroundings = read_surroundings(text, mentions)
    intervals: list[Interval] = []
    periods = []
    for index, mention in enumerate(mentions):
        interval, resolver = _in_context(index, mentions, intervals, report, surroundings)
        intervals.append(interval)
        periods.append(_period(mention, interval, resolver))
    return periods


def _in_context(
    index: int,
    mentions: Sequence[PeriodMention],
    before: Sequence[Interval],
    report: ReportDay | None,
    surroundings: Surroundings,
) -> tuple[Interval, Resolver]:
    resolver = Resolver(
        report,
        gregorian=surroundings.gregorian,
        leaning=surroundings.leans_ahead(index),
        soon=datetime.timedelta(31),
        lookahead=True,
    )
    governing = surroundings.governing(index)
    if governing is not None:
        aside = replace(resolver, steps=[], flags={})
        anchor = before[governing] if governing < index else aside.resolve(mentions[governing].expression)
        resolver.anchor = resolver.closed(anchor)
    return resolver.resolve(surroundings.expression(index)), resolver


def _period(mention: PeriodMention, interval: Interval, resolver: Resolver) -> Period:
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
    folded: Folded = fold(text)
    whole = read_whole(text, folded)
    mentions = [whole] if whole else find_periods(text, folded)
    return resolve_period(mentions[0], report_date, anchor) if mentions else None
