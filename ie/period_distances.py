"""Resolving what is counted from the report date: «امروز», «هفته گذشته», «شش ماه اخیر», «دو سال پیش», «تاکنون»."""

from __future__ import annotations

from fractions import Fraction

from ie import period_expressions as say
from ie.calendars import day_of, jalali_string, month_days, shift_months, week_days, year_days, year_month_day, year_of
from ie.period_intervals import DAY, MONTHS, OPEN, Date, Interval, Reckoning, interval_of, said

_FIRST_DAYS = 3

__all__ = ["ago", "day_word", "moved", "now", "relative", "rolling", "weekday"]


def day_word(c: Reckoning, word: say.DayWord) -> Interval:
    """Resolve «امروز» and the like."""
    today = c.report.exact if c.report else None
    if today is None:
        return c.missing(word, "report_date")
    day = today + DAY * word.shift
    return c.step(word, Interval(day, day, "day"), f"{jalali_string(day)} (report date)")


def weekday(c: Reckoning, weekday: say.Weekday) -> Interval:
    """Resolve a weekday: of the week said, else the latest (planned: the next) one."""
    today = c.report.exact if c.report else None
    if today is None:
        return c.missing(weekday, "report_date")
    if weekday.week is not None:
        week = c.resolve(weekday.week)
        day = week.start + DAY * weekday.number if week.start else today
    else:
        back = ((today.weekday() + 2) % 7 - weekday.number) % 7
        if weekday.shift == 1 or (weekday.shift is None and c.planned):
            day = today + DAY * ((7 - back) % 7 or (7 if weekday.shift == 1 else 0))
        else:
            day = today - DAY * (back or (7 if weekday.shift == -1 else 0))
    c.flag("weekday")
    return c.step(weekday, Interval(day, day, "day"), f"{jalali_string(day)} (report date)")


def relative(c: Reckoning, relative: say.Relative) -> Interval:
    """Resolve a whole unit by its distance from the report date."""
    if c.report is None:
        return c.missing(relative, "report_date")
    calendar = relative.calendar or c.calendar
    today = c.report.exact
    if relative.unit in ("day", "week"):
        if today is None:
            return c.missing(relative, "report_date")
        days = week_days(today, relative.shift) if relative.unit == "week" else None
        if days is None:
            day = today + DAY * relative.shift
            days = (day, day)
    else:
        known = today or (day_of("jalali", c.report.year, c.report.month, 15) if c.report.month else None)
        if known is None:
            return c.missing(relative, "report_date")
        if relative.unit == "decade" or relative.unit not in MONTHS:
            return c.step(relative, OPEN, "no exact dates")
        size = MONTHS[relative.unit]
        year, month, _ = year_month_day(known, calendar)
        first = (month - 1) // size * size + 1 + relative.shift * size
        found = month_days(calendar, year, first, size)
        if found is None:
            return OPEN
        days = found
    return c.step(relative, Interval(*days, relative.unit, calendar=calendar), f"{said(days)} (report date)")


def rolling(c: Reckoning, rolling: say.Rolling) -> Interval:
    """Resolve «N ماه گذشته»: the same day N units back up to the report date, or ahead."""
    if rolling.count is None:
        c.flag("vague")
        return c.step(rolling, OPEN, "no exact count")
    today = c.report.exact if c.report else None
    if today is None:
        return c.missing(rolling, "report_date")
    if (whole := _whole_months(c, rolling, today)) is not None:
        return whole
    other = moved(c, today, rolling)
    if other is None:
        return OPEN
    c.flag("rolling")
    days = (min(today, other), max(today, other))
    return c.step(rolling, Interval(*days, "day"), f"{said(days)} (counted from the report date)")


def _whole_months(c: Reckoning, rolling: say.Rolling, today: Date) -> Interval | None:
    """Return the months before this one where a text of its first days tells of «یک ماه گذشته»."""
    year, month, day = year_month_day(today, c.calendar)
    count = rolling.count or Fraction(0)
    if not c.lookahead or day > _FIRST_DAYS or rolling.unit != "month" or rolling.direction > 0 or not 0 < count <= 12:
        return None
    days = month_days(c.calendar, year, month - int(count), int(count)) if count.denominator == 1 else None
    if days is None:
        return None
    c.flag("rolling")
    why = f"{said(days)} (the whole months before the report date)"
    return c.step(rolling, Interval(*days, "month", calendar=c.calendar), why)


def moved(c: Reckoning, today: Date, unit: say.Rolling | say.Ago) -> Date | None:
    """Return the day so many units away; part days do not count."""
    count = (unit.count or Fraction(0)) * unit.direction
    if not -20000 <= count <= 20000:
        return None
    if unit.unit in ("day", "week", "hour", "minute"):
        days = {"day": count, "week": 7 * count, "hour": count / 24, "minute": count / 1440}[unit.unit]
        return today + DAY * int(days)
    months = MONTHS.get(unit.unit, 1200) * count
    there = shift_months(today, int(months))
    return there + DAY * round(30 * (months - int(months))) if there else None


def ago(c: Reckoning, ago: say.Ago) -> Interval:
    """Resolve «N سال پیش» to that calendar year, «N ماه پیش» to that month, «N روز پیش» to that day."""
    if ago.count is None:
        c.flag("vague")
        return c.step(ago, OPEN, "no exact count")
    if ago.count.denominator != 1 or ago.count > 20000:
        return c.step(ago, OPEN, "no whole count")
    if c.report is None:
        return c.missing(ago, "report_date")
    shift = int(ago.count) * ago.direction
    if ago.unit == "year":
        number = year_of(c.report, c.calendar) + shift
        interval = interval_of(year_days(c.calendar, number), "year", c.calendar)
        return c.step(ago, interval, f"{number} (report date)")
    if ago.unit in ("month", "quarter", "half", "week", "day"):
        return relative(c, say.Relative(ago.text, ago.unit, shift))
    today = c.report.exact
    there = moved(c, today, ago) if today else None
    return Interval(there, there, "day") if there else c.missing(ago, "report_date")


def now(c: Reckoning, now: say.Now) -> Interval:
    """Resolve «تاکنون»: up to the report date; up to its month's end where the day is unknown."""
    end = c.report.last if c.report else None
    if end is None:
        c.flag("needs_report_date")
    why = f"{jalali_string(end)} (report date)" if end else "open: no report date"
    return c.step(now, Interval(None, end, "day", "until"), f"up to {why}" if end else why)
