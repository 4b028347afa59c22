"""Spans matched with the grammars' mentions and laid out among the words: what the linker decides on."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from ie import period_expressions as say
from ie.calendars import read_report_date
from ie.clauses import Layout, read_layout
from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.measures import unit_class
from ie.numerals import NumberMention, find_numbers, parse_number
from ie.period_context import counts_gregorian
from ie.period_mentions import read_whole
from ie.periods import PeriodMention, ReportDateLike, find_periods, infer_report_date, resolve_period, resolve_periods
from ie.persian import Folded, fold
from ie.scene import Figure, Scene
from ie.schema import Document, IEError, Period, Span

_HARDLY_OVER = datetime.timedelta(93)

__all__ = ["Reading", "read_spans", "resolve"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The spans of a document matched with the grammars' mentions and laid out, ready to be linked."""

    scene: Scene
    numbers: tuple[NumberMention, ...]
    periods: tuple[PeriodMention | None, ...]
    resolved: tuple[Period | None, ...]
    programs: tuple[Span, ...]
    scores: tuple[float, ...]
    period_spans: tuple[Span, ...]
    report: ReportDateLike
    gregorian: bool


def read_spans(
    document: Document,
    spans: Sequence[Span],
    numbers: Sequence[NumberMention] | None = None,
    periods: Sequence[PeriodMention] | None = None,
    report_date: ReportDateLike = None,
    dated: bool = False,
) -> Reading:
    """Match spans with the grammars' mentions and lay the document out.

    `dated` says that the text was asked for its date already: without a report date there is none.
    """
    text = document.text
    folded = fold(text)
    numbers = find_numbers(text, folded) if numbers is None else numbers
    periods = find_periods(text, folded) if periods is None else periods
    ordered = sorted(set(spans))
    found = [
        (mention, span.score)
        for span in ordered
        if span.label == NUMBER and (mention := _number_at(span, numbers, text)) is not None
    ]
    period_spans = tuple(span for span in ordered if span.label == PERIOD)
    programs = tuple(span for span in ordered if span.label == PROGRAM)
    mentions = tuple(mention for mention, _ in found)
    period_mentions = tuple(_period_at(span, periods, text) for span in period_spans)
    report = report_date if dated else _report_date(document, report_date, periods)
    resolved = _resolve_all(period_mentions, report, text)
    layout = _lay_out(text, folded, mentions, period_spans, programs)
    figures = tuple(_figure(layout, index, mention) for index, mention in enumerate(mentions))
    intervals = tuple(_key(period) for period in resolved)
    sizes = tuple(_size(period, report) for period in resolved)
    scene = Scene(layout, figures, intervals, sizes, len(set(intervals) - {None}))
    scores = tuple(score for _, score in found)
    gregorian = counts_gregorian([mention for mention in period_mentions if mention is not None])
    return Reading(scene, mentions, period_mentions, resolved, programs, scores, period_spans, report, gregorian)


def _number_at(span: Span, numbers: Sequence[NumberMention], text: str) -> NumberMention | None:
    """Return the grammar's mention that a NUMBER span stands on, or what its own characters say."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if numbers[middle].end <= span.start else (low, middle)
    if low < len(numbers) and numbers[low].start < span.end:
        return numbers[low]
    quantity = parse_number(text[span.start : span.end])
    return None if quantity is None else NumberMention(span.start, span.end, quantity, None, None, None)


def _period_at(span: Span, periods: Sequence[PeriodMention], text: str) -> PeriodMention | None:
    low, high = 0, len(periods)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if periods[middle].end <= span.start else (low, middle)
    if low < len(periods) and periods[low].start < span.end:
        return periods[low]
    words = text[span.start : span.end]
    found = find_periods(words)
    return found[0] if found else read_whole(words)


def _resolve_all(
    mentions: Sequence[PeriodMention | None], report: ReportDateLike, text: str
) -> tuple[Period | None, ...]:
    """Resolve the periods of a text, each in the light of the ones before it."""
    known = [mention for mention in mentions if mention is not None]
    periods = iter(resolve_periods(text, known, report))
    return tuple(None if mention is None else next(periods) for mention in mentions)


def _key(period: Period | None) -> object:
    return None if period is None or period.interval == (None, None) else period.interval


def _size(period: Period | None, report: ReportDateLike) -> str:
    """Return the length class of a period and whether it lies before the report date, holds it or lies ahead."""
    if period is None or period.interval == (None, None):
        return "open"
    date = str(report or "")
    start, end = period.start, period.end
    if start is None or end is None:
        return f"{period.relation}-{'since' if end is None else 'until'}"
    length = period.granularity or "other"
    if not date:
        return length
    lies = "ahead" if start[: len(date)] > date else ("past" if end[: len(date)] < date else "now")
    return f"{length}-{lies}"


def _lay_out(
    text: str,
    folded: Folded,
    numbers: Sequence[NumberMention],
    periods: Sequence[Span],
    programs: Sequence[Span],
) -> Layout:
    """Return the layout; a unit or cue that lies in a programme phrase belongs to the phrase."""
    mentions = [(mention.start, mention.end, NUMBER, index) for index, mention in enumerate(numbers)]
    mentions += [(span.start, span.end, PERIOD, index) for index, span in enumerate(periods)]
    mentions += [(span.start, span.end, PROGRAM, index) for index, span in enumerate(programs)]
    position = 0
    for index, mention in enumerate(numbers):
        for kind, offsets in (("CUE", mention.cue), ("UNIT", mention.unit)):
            if offsets is None:
                continue
            while position < len(programs) and programs[position].end <= offsets[0]:
                position += 1
            if position == len(programs) or programs[position].start >= offsets[1]:
                mentions.append((*offsets, kind, index))
    return read_layout(text, mentions, folded)


def _figure(layout: Layout, index: int, mention: NumberMention) -> Figure:
    place = layout.places[NUMBER][index]
    chunks = layout.chunks
    first = last = place
    while first > 0 and chunks[first - 1].kind == "CUE":
        first -= 1
    while last + 1 < len(chunks) and chunks[last + 1].kind == "UNIT":
        last += 1
    adjective = (
        last > place and chunks[last].key.endswith(("ی", "ای")) and not (mention.quantity.unit or "").endswith("ی")
    )
    return Figure(place, first, last, unit_class(mention.quantity), adjective)


def _report_date(document: Document, given: ReportDateLike, periods: Sequence[PeriodMention]) -> ReportDateLike:
    """Return the caller's report date, else the document's, else the one that the text proves."""
    if given is not None or document.date is not None:
        return given if given is not None else document.date
    inferred = infer_report_date(document.text, list(periods))
    return inferred.date if inferred is not None else None


def resolve(
    mention: PeriodMention,
    report: ReportDateLike,
    anchor: Period | None,
    planned: bool = False,
    gregorian: bool = False,
) -> Period | None:
    """Resolve a period against the report date and an anchor that a calendar can hold.

    Of a plan a bare month lies ahead; a day, a feast or «هفته منتهی به ۲۸ ژوئن» that is hardly over stays where it was.
    """
    try:
        found = resolve_period(mention, report, anchor, planned, gregorian)
    except IEError:
        found = resolve_period(mention, report, None, planned, gregorian)
    if planned and _is_dated(mention.expression):
        told = resolve(mention, report, anchor, gregorian=gregorian)
        if told is not None and told.interval != found.interval and _is_hardly_over(told, report):
            return told
    return found


def _is_dated(expression: say.Expression) -> bool:
    """Tell whether an expression is a day, a feast, or so many days or months that end with something."""
    if isinstance(expression, say.Bounded):
        return _is_dated(expression.of)
    return isinstance(expression, say.Day | say.Named) or (
        isinstance(expression, say.Trailing) and expression.unit != "year"
    )


def _is_hardly_over(period: Period, report: ReportDateLike) -> bool:
    """Tell whether a period ended within the quarter of a year before the report date."""
    known, last = read_report_date(report), period.end_gregorian or period.start_gregorian
    if known is None or known.exact is None or last is None:
        return False
    return datetime.timedelta(0) <= known.exact - datetime.date.fromisoformat(last) <= _HARDLY_OVER
