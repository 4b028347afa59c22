"""The meaning of period expressions: an expression, the report date and the governing period give exact days.

What cannot be known stays open (None) and a flag says what was missing. Dates and distances are resolved in modules of
their own; here are parts, edges, comparisons and bounds, and `Resolver`, which resolves any expression.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ie import period_expressions as say
from ie.calendars import Calendar, Days, day_of, jalali_string, jalali_ymd, shift_months, year_month_day
from ie.period_dates import day, decades, placed, window, year, year_number
from ie.period_distances import ago, day_word, moved, now, relative, rolling, weekday
from ie.period_intervals import DAY, MONTHS, OPEN, Date, Interval, Reckoning, month_end, open_said, said, year_in
from ie.schema import Relation

__all__ = ["Interval", "Resolver"]


class Resolver(Reckoning):
    """Resolves any expression by the rule of its kind."""

    def resolve(self, expression: say.Expression) -> Interval:
        """Return the days an expression means."""
        meaning = _MEANINGS.get(type(expression))
        if meaning is not None:
            return meaning(self, expression)
        self.flag("vague")
        return self.step(expression, OPEN, "no exact dates")


def part(c: Reckoning, part: say.Part) -> Interval:
    """Resolve the n-th stretch of something longer."""
    whole = c.resolve(part.of)
    if whole.start is None or whole.end is None:
        return OPEN
    calendar = whole.calendar
    days = _stretch(c, part, whole.start, whole.end, calendar)
    if days is None or days[0] > whole.end or days[1] < whole.start:
        return c.step(part, OPEN, f"has no such {part.unit}")
    days = (max(days[0], whole.start), min(days[1], whole.end))
    size = f"{part.size} {part.unit}s" if part.size > 1 else part.unit
    which = {1: "first", -1: "last"}.get(part.index, f"number {part.index}")
    if part.unit in ("month", "quarter", "half") and (whole.end - whole.start).days > 60:
        first, last = year_month_day(days[0], calendar)[1], year_month_day(days[1], calendar)[1]
        which = f"month {first}" if first == last else f"months {first}–{last}"
    else:
        which = f"{which} {size}"
    return c.step(part, Interval(*days, part.unit, calendar=calendar), f"{which}: {said(days)}")


def _stretch(c: Reckoning, part: say.Part, start: Date, end: Date, calendar: Calendar) -> Days | None:
    length = (end - start).days + 1
    size, index = part.size, part.index
    if part.unit in ("day", "week"):
        return _steps(start, end, size * (7 if part.unit == "week" else 1), index)
    if part.unit == "decade":
        days = _steps(start, end, 10, index if index > 0 else 3)
        return days and ((days[0], end) if index in (3, -1) else days)
    if part.unit == "half":
        if length <= 31:
            return (start, start + DAY * 14) if index == 1 else (start + DAY * 15, end)
        months = round(length / 30.4)
        if months % 2 or (months > 12 and not isinstance(part.of, say.Decade | say.Century)):
            return None
        size = months // 2
    elif part.unit == "year":
        size *= 12
    elif part.unit == "quarter":
        size *= 3
    if index < 0:
        first = shift_months(end + DAY, size * index, calendar)
        last = shift_months(first, size, calendar) if first else None
    else:
        first = shift_months(start, size * (index - 1), calendar)
        last = shift_months(start, size * index, calendar)
    return (first, last - DAY) if first and last else None


def edge(c: Reckoning, edge: say.Edge) -> Interval:
    """Resolve a boundary or a third of a month; the thirds of longer things are open."""
    whole = c.resolve(edge.of)
    if whole.start is None or whole.end is None:
        return OPEN
    if isinstance(edge.of, say.Government) and edge.edge == "end":
        whole = window(c, edge.of, clip=False)
    start, end = whole.start, whole.end
    if start is None or end is None:
        return OPEN
    if edge.edge in ("start", "end"):
        day = start if edge.edge == "start" else end
        return c.step(edge, Interval(day, day, "day"), f"{edge.edge}: {jalali_string(day)}")
    if whole.grain != "month" or (end - start).days > 31:
        c.flag("vague")
        return c.step(edge, OPEN, f"{edge.edge} part of a longer unit: no exact dates")
    if edge.edge == "middle" and edge.text.startswith("نیمه"):
        days = (start + DAY * 14, start + DAY * 14)
    else:
        first = {"early": 0, "middle": 10, "late": 20}[edge.edge]
        days = (start + DAY * first, end if edge.edge == "late" else start + DAY * (first + 9))
    return c.step(edge, Interval(*days, "day", calendar=whole.calendar), f"{edge.edge}: {said(days)}")


def trailing(c: Reckoning, trailing: say.Trailing) -> Interval:
    """Resolve so many units that end with something."""
    until = c.resolve(trailing.until)
    if until.end is None:
        return OPEN
    if trailing.unit in ("day", "week"):
        start: Date | None = until.end - DAY * (trailing.size * (7 if trailing.unit == "week" else 1) - 1)
    else:
        start = shift_months(until.end + DAY, -trailing.size * MONTHS.get(trailing.unit, 1), until.calendar)
    if start is None:
        return OPEN
    size = f"{trailing.size} {trailing.unit}" + ("s" if trailing.size > 1 else "")
    days = (start, until.end)
    return c.step(trailing, Interval(*days, trailing.unit, calendar=until.calendar), f"{size}: {said(days)}")


def same(c: Reckoning, same: say.Same) -> Interval:
    """Resolve «مدت مشابه سال قبل» by moving the governing period."""
    if same.size is not None and same.target is not None and (c.anchor is None or c.anchor.start is None):
        return part(c, say.Part(same.text, "month", same.size, 1, same.target))
    anchor = c.anchor
    if anchor is None or (anchor.start is None and anchor.end is None):
        return c.missing(same, "anchor")
    calendar: Calendar = "gregorian" if _counts_gregorian(anchor) else "jalali"
    months = 0 if same.itself else -12
    if isinstance(same.target, say.Relative) and same.target.unit in MONTHS:
        months = MONTHS[same.target.unit] * same.target.shift
    elif isinstance(same.target, say.Relative):
        return _moved_days(c, same, anchor, 7 * same.target.shift)
    elif isinstance(same.target, say.Year) and same.target.value is None:
        months = 12 * ((same.target.shift or 0) - (1 if same.target.of_it and (same.target.shift or 0) < 0 else 0))
        if same.target.shift == 0:
            months = -12
    elif same.target is not None and (known := year_number(c, same.target)):
        months = 12 * (known[1] - year_in(anchor.start or anchor.end or datetime.date.max, known[0]))
    start = shift_months(anchor.start, months, calendar) if anchor.start else None
    end = _moved_end(anchor.end, months, calendar) if anchor.end else None
    c.flag("anchored")
    interval = replace(anchor, start=start, end=end, calendar=calendar)
    distance = f"{abs(months)} months {'earlier' if months < 0 else 'later'}"
    return c.step(same, interval, f"governing period {distance}: {open_said(start, end)}")


def _moved_days(c: Reckoning, same: say.Same, anchor: Interval, days: int) -> Interval:
    c.flag("anchored")
    start, end = (day + DAY * days if day else None for day in (anchor.start, anchor.end))
    return c.step(same, replace(anchor, start=start, end=end), f"governing period: {open_said(start, end)}")


def spanning(c: Reckoning, expression: say.Range) -> Interval:
    """Resolve «از … تا …»; the end that says no year shares that of the other."""
    first, last = expression.first, expression.last
    shared = _said_year(last)
    if shared is not None and _lacks_year(first):
        first = _with_year(first, shared)
    if _lacks_year(first) and _lacks_year(last) and isinstance(last, say.Month | say.Season | say.Edge):
        first = _in_year_of(c, first, last)
    since = _bound(c, first, True)
    if isinstance(last, say.Now) or (isinstance(last, say.DayWord) and last.shift == 0):
        end = now(c, say.Now(last.text)).end if since.start else None
        return Interval(since.start, end, "day", "since")
    if since.start is None and not isinstance(first, say.Year | say.Month | say.Day | say.Part | say.Season):
        return OPEN
    if _lacks_year(last) and since.start is not None:
        last = _with_year(last, _year_of(since, last))
    until = _bound(c, last, False)
    end = until.end - DAY if isinstance(last, say.Edge) and last.edge == "start" and until.end else until.end
    return _ordered(c, expression, since, replace(until, end=end))


def _in_year_of(c: Reckoning, first: say.Expression, last: say.Expression) -> say.Expression:
    """Place the first of two months without a year in that of the last, which lies behind as a bare month does."""
    inner = first.of if isinstance(first, say.Edge) else first
    if not isinstance(inner, say.Month | say.Season):
        return first
    aside = replace(c, steps=[], flags={})
    begun, until = aside.resolve(inner), aside.resolve(last)
    if until.start is None or (begun.end and c.report and c.report.exact and begun.end >= c.report.exact):
        return first
    return _with_year(first, _year_of(until, first))


def _ordered(c: Reckoning, expression: say.Range, since: Interval, until: Interval) -> Interval:
    """Join both ends; one whose year was not said moves a year where they stand the wrong way round."""
    start, end = since.start, until.end
    if start and end and start > end:
        if _lacks_year(expression.first) and not isinstance(expression.first, say.Day):
            start = shift_months(start, -12)
        elif _lacks_year(expression.last):
            end = _moved_end(end, 12, "jalali")
        elif _lacks_year(expression.first):
            start = shift_months(start, -12)
    if start and end and start > end:
        return c.step(expression, OPEN, "ends before it begins")
    grain = since.grain if since.grain == until.grain else "day"
    calendar = since.calendar if since.calendar == until.calendar else "jalali"
    relation: Relation = "in" if start or end is None else "until"
    return Interval(start, end, grain, relation, calendar)


def bounded(c: Reckoning, bounded: say.Bounded) -> Interval:
    """Resolve «از …», «تا …», «قبل از …»."""
    inner = bounded.of
    if isinstance(inner, say.DayWord) and inner.shift == 0 and bounded.relation == "until":
        return now(c, say.Now(bounded.text))
    c.nearest = bounded.relation != "since"
    if isinstance(inner, say.Year) and bounded.relation == "until":
        inner = replace(inner, ahead=True)
    interval = _bound(c, inner, bounded.relation == "since")
    c.nearest = False
    if bounded.relation == "since":
        return Interval(interval.start, None, interval.grain, "since", interval.calendar)
    if bounded.relation == "past":
        return _after(c, bounded, interval)
    end = _upper(c, bounded.relation, inner, interval)
    return c.step(
        bounded,
        Interval(None, end, interval.grain, "until", interval.calendar),
        "up to " + (jalali_string(end) if end else "an unknown day"),
    )


def _after(c: Reckoning, bounded: say.Bounded, interval: Interval) -> Interval:
    """Begin on the day after what is over; an event of one day («پس از انقلاب») is itself the beginning."""
    start = interval.end
    if start and not (isinstance(bounded.of, say.Era) and start == interval.start):
        start += DAY
    return c.step(bounded, Interval(start, None, interval.grain, "since", interval.calendar), open_said(start, None))


def _bound(c: Reckoning, expression: say.Expression, begins: bool) -> Interval:
    """Resolve what bounds a period; «نیمه سال» is its middle there: «تا نیمه ۱۴۰۱», «از نیمه سال گذشته»."""
    if isinstance(expression, say.Edge) and isinstance(expression.of, say.Year) and expression.text.startswith("نیمه"):
        whole = c.resolve(expression.of)
        second = shift_months(whole.start, 6, whole.calendar) if whole.start else None
        day = second if begins or second is None else second - DAY
        return replace(whole, start=day, end=day, grain="day")
    return c.resolve(expression)


def _upper(c: Reckoning, relation: str, inner: say.Expression, interval: Interval) -> Date | None:
    start, end = interval.start, interval.end
    if isinstance(inner, say.Edge):
        if inner.edge == "middle" and start and end and start != end:
            return start + DAY * 4
        return start - DAY if inner.edge == "start" and start else end
    if isinstance(inner, say.Ago) and inner.direction > 0:
        today = c.report.exact if c.report else None
        return moved(c, today, inner) if today else None
    if start is None or end is None:
        return end
    if relation == "before":
        return start - DAY
    if isinstance(inner, say.Year | say.Relative | say.Ago | say.Decade) and interval.grain != "day":
        today = c.report.last if c.report else None
        if today is None and c.report:
            today = day_of("jalali", c.report.year, 1, 1)
        return start - DAY if today and end < today else end
    if isinstance(inner, say.Named) and jalali_ymd(start)[1:] == (1, 1):
        return start - DAY
    return start - DAY if isinstance(inner, say.Season) or (isinstance(inner, say.Month) and not inner.last) else end


def _steps(start: Date, end: Date, size: int, index: int) -> Days:
    """Return the n-th run of so many days; -1 is the last."""
    if index < 0:
        return end - DAY * (size - 1), end
    first = start + DAY * (size * (index - 1))
    return first, first + DAY * (size - 1)


def _moved_end(day: Date, months: int, calendar: Calendar) -> Date | None:
    """Move the end of a period; the last day of a month stays one."""
    if month_end(day, calendar) != day:
        return shift_months(day, months, calendar)
    following = shift_months(day + DAY, months, calendar)
    return following - DAY if following else None


def _counts_gregorian(interval: Interval) -> bool:
    start, end = interval.start, interval.end
    if interval.calendar == "gregorian":
        return True
    return bool(start and end and start.day == 1 and month_end(end, "gregorian") == end and jalali_ymd(start)[2] != 1)


def _year_of(interval: Interval, expression: say.Expression) -> say.Year:
    """Return the year an interval begins in, by the calendar of the months an expression names."""
    inner: say.Expression | None = expression
    while inner is not None and not isinstance(inner, say.Month):
        inner = _inner(inner)
    calendar: Calendar = "gregorian" if inner is not None and inner.calendar == "gregorian" else "jalali"
    return say.Year("", year_in(interval.start or datetime.date.min, calendar), calendar=calendar)


def _inner(expression: say.Expression) -> say.Expression | None:
    if isinstance(expression, say.Day):
        return expression.month
    if isinstance(expression, say.Edge | say.Part | say.Bounded):
        return expression.of
    return None


def _said_year(expression: say.Expression) -> say.Expression | None:
    if isinstance(expression, say.Month | say.Season | say.Named):
        return expression.year
    if isinstance(expression, say.Year):
        return None if expression.assumed else expression
    inner = _inner(expression)
    return _said_year(inner) if inner else None


def _lacks_year(expression: say.Expression) -> bool:
    if isinstance(expression, say.Month | say.Season | say.Named):
        return expression.year is None and (isinstance(expression, say.Named) or expression.shift is None)
    if isinstance(expression, say.Year):
        return expression.assumed
    inner = _inner(expression)
    return _lacks_year(inner) if inner else False


def _with_year(expression: say.Expression, year: say.Expression) -> say.Expression:
    match expression:
        case say.Month() | say.Season() | say.Named():
            return replace(expression, year=year)
        case say.Year():
            return year
        case say.Day():
            return replace(expression, month=_with_year(expression.month, year))
        case say.Edge() | say.Part() | say.Bounded():
            return replace(expression, of=_with_year(expression.of, year))
    return expression


_MEANINGS: dict[type[say.Expression], Callable[[Reckoning, Any], Interval]] = {
    say.Year: year,
    say.Month: placed,
    say.Season: placed,
    say.Named: placed,
    say.Day: day,
    say.Decade: decades,
    say.Century: decades,
    say.Era: window,
    say.Government: window,
    say.DayWord: day_word,
    say.Weekday: weekday,
    say.Relative: relative,
    say.Rolling: rolling,
    say.Ago: ago,
    say.Now: now,
    say.Part: part,
    say.Edge: edge,
    say.Trailing: trailing,
    say.Same: same,
    say.Range: spanning,
    say.Bounded: bounded,
}
