"""Resolving what has a place in the calendar: years, months, seasons, feasts, days, decades and governments."""

from __future__ import annotations

import datetime

from ie import period_expressions as say
from ie.calendars import Calendar, Days, day_of, jalali_string, jalali_ymd, month_days, year_days, year_of
from ie.period_intervals import DAY, OPEN, Date, Interval, Reckoning, interval_of, month_end, open_said, said, year_in
from ie.period_words import lexicon

__all__ = ["day", "decades", "full_year", "placed", "window", "year", "year_number"]

_SOON = datetime.timedelta(days=240)
_NEARLY_OVER = datetime.timedelta(days=120)
Recurring = say.Month | say.Season | say.Named


def year_number(c: Reckoning, expression: say.Expression) -> tuple[Calendar, int] | None:
    """Return the calendar and number of a year expression, or None without a report date."""
    if isinstance(expression, say.Ago):
        if c.report is None or expression.count is None or expression.count.denominator != 1:
            return None
        number = year_of(c.report, c.calendar) + expression.direction * int(expression.count)
        c.step(expression, OPEN, f"{number} (report date)")
        return c.calendar, number
    if not isinstance(expression, say.Year):
        interval = c.resolve(expression)
        return (c.calendar, jalali_ymd(interval.start)[0]) if interval.start else None
    if expression.value is not None:
        return _numbered_year(c, expression, expression.value)
    return _relative_year(c, expression)


def _numbered_year(c: Reckoning, year: say.Year, value: int) -> tuple[Calendar, int]:
    calendar = year.calendar or ("gregorian" if value >= 1500 else "jalali")
    if year.digits == 2 and value < 100:
        value = full_year(c, value, calendar, year.ahead)
    c.step(year, OPEN, f"{value}" + ("" if calendar == "jalali" else f" {calendar.title()}"))
    return calendar, value


def full_year(c: Reckoning, value: int, calendar: Calendar, ahead: bool = False) -> int:
    """Return the four-digit year of a two-digit one: the latest not after next year; a goal may lie ahead."""
    if calendar == "gregorian":
        limit = (year_of(c.report, "gregorian") if c.report else 2026) + 1
        return value + (2000 if value + 2000 <= limit else 1900)
    if c.report is None:
        return value + (1400 if value < 10 else 1300)
    past = max(value + century for century in (1200, 1300, 1400) if value + century <= c.report.year + 1)
    distance = c.report.year - past
    near = c.lookahead and distance >= 90
    return past + 100 if near or ((c.planned or ahead) and distance > 50) else past


def _relative_year(c: Reckoning, year: say.Year) -> tuple[Calendar, int] | None:
    calendar = year.calendar or c.calendar
    shift = year.shift or 0
    if year.of_it and c.anchor and c.anchor.start:
        number = year_in(c.anchor.start, calendar) + shift
        c.flag("anchored")
        c.step(year, OPEN, f"{number} (governing period)")
        return calendar, number
    if c.report is None:
        c.flag("needs_report_date")
        return None
    if year.of_it and shift < 0:
        shift -= 1
        c.flag("ambiguous")
    number = year_of(c.report, calendar) + shift
    if year.kind != "calendar" and (c.report.month or 1) < 7:
        number -= 1
    if year.new and ((c.report.month or 1) >= 10 if year.kind == "calendar" else c.report.month in (5, 6)):
        number += 1
    if year.assumed:
        c.flag("assumed_year")
    name = "" if calendar == "jalali" else f" {calendar.title()}"
    c.step(year, OPEN, f"{'' if year.text else 'year '}{number}{name} (report date)")
    return calendar, number


def year(c: Reckoning, year: say.Year) -> Interval:
    """Resolve a year or a run of years; crop and school years begin in Mehr."""
    known = year_number(c, year)
    if known is None:
        return c.missing(year, "report_date")
    calendar, number = known
    if year.kind in ("crop", "school"):
        return _mehr_year(c, year.kind, calendar, number)
    days = year_days(calendar, number)
    if days and year.last is not None:
        last = year.last if year.last >= 100 else full_year(c, year.last, calendar)
        until = year_days(calendar, last)
        days = (days[0], until[1]) if until and until[1] >= days[0] else days
    if calendar == "lunar":
        c.flag("plus_minus_one_day")
    return interval_of(days, "year", calendar)


def _mehr_year(c: Reckoning, kind: str, calendar: Calendar, number: int) -> Interval:
    if calendar == "gregorian":
        number -= 621
    start = day_of("jalali", number, 7, 1)
    end = day_of("jalali", number + 1, 6 if kind == "crop" else 3, 31)
    c.steps.append(f"{kind} year → from 1 Mehr {number} to 31 {'Shahrivar' if kind == 'crop' else 'Khordad'}")
    return Interval(start, end, "year")


def placed(c: Reckoning, expression: Recurring) -> Interval:
    """Resolve what recurs every year: in the year said, else the latest (planned: the next) occurrence."""
    shift = expression.shift
    year = expression.year
    if year is not None:
        known = year_number(c, year)
        if known is None:
            return c.missing(expression, "report_date")
        if isinstance(year, say.Year) and year.kind in ("crop", "school") and isinstance(expression, say.Month):
            known = known[0], known[1] + (expression.number < 7)
        if isinstance(expression, say.Month) and expression.calendar == "lunar" and known[1] > _running(c) + 20:
            known = "lunar", known[1]
        if isinstance(expression, say.Month) and expression.last and expression.last < expression.number:
            known = known[0], known[1] - 1
        return _placed_in(c, expression, *known)
    if c.report is None:
        return c.missing(expression, "report_date")
    calendar: Calendar = expression.calendar if isinstance(expression, say.Month) else "jalali"
    if isinstance(expression, say.Named) and _window(expression.name)[1] == "lunar":
        calendar = "lunar"
    if calendar == "lunar" and c.report.month is None:
        calendar = "jalali"
    number = year_of(c.report, calendar)
    options = [_days_in(c, expression, calendar, number + k) for k in (-1, 0, 1)]
    return _nearest(c, expression, [days for days in options if days], shift, number, calendar)


def _running(c: Reckoning) -> int:
    return c.report.year if c.report else 1405


def _nearest(
    c: Reckoning,
    expression: Recurring,
    options: list[Days],
    shift: int | None,
    number: int,
    calendar: Calendar,
) -> Interval:
    today = c.report.exact or c.report.last if c.report else None
    first = (
        (c.report.exact or day_of("jalali", c.report.year, c.report.month, 1))
        if (c.report and c.report.month)
        else None
    )
    if today is None or first is None or not options:
        c.flag("assumed_year")
        return _placed_in(c, expression, calendar, number)
    run = getattr(expression, "last", None) is not None
    past = [days for days in options if (days[1] - DAY * 27 if run else days[0]) <= today]
    ahead = [days for days in options if days[1] >= first]
    if shift == -1:
        past = [days for days in past if days[1] < first] or past
    if shift == 0:
        past = ahead = [days for days in options if days[0] <= today and days[1] >= first] or past
    forward = shift == 1 or (shift is None and c.planned)
    if shift is None and not c.planned and ahead:
        if c.nearest:
            forward = not past or ahead[0][1] - today < today - past[-1][1]
        elif not past or past[-1][1] < first:
            reach = _SOON if c.leaning else c.soon if isinstance(expression, say.Named) else DAY * 0
            started = ahead[0][0] <= today  # a run of months: one that is far from over lies a year back
            near = ahead[0][1] - today <= _NEARLY_OVER or c.leaning if started else ahead[0][0] - today < reach
            forward = not past or near
    if shift == 1:
        ahead = [days for days in ahead if days[0] > today] or ahead
    chosen = ahead[0] if forward and ahead else (past or options)[-1]
    c.flag("assumed_year")
    return _chosen(c, expression, chosen, "next" if forward else "latest")


def _chosen(c: Reckoning, expression: Recurring, days: Days, why: str = "") -> Interval:
    calendar: Calendar = expression.calendar if isinstance(expression, say.Month) else "jalali"
    lunar = calendar == "lunar" or (isinstance(expression, say.Named) and _window(expression.name)[1] == "lunar")
    if lunar:
        c.flag("plus_minus_one_day")
        calendar = "jalali"
    grain = "month" if isinstance(expression, say.Month) else "quarter"
    if isinstance(expression, say.Named):
        grain = "day" if days[0] == days[1] else "week"
    which = f"{why} one by the report date: " if why else ""
    interval = Interval(*days, grain, calendar=calendar)
    return c.step(expression, interval, f"{which}{jalali_string(days[0])}…{jalali_string(days[1])}")


def _placed_in(c: Reckoning, expression: Recurring, calendar: Calendar, number: int) -> Interval:
    days = _days_in(c, expression, calendar, number)
    return _chosen(c, expression, days) if days else c.step(expression, OPEN, "outside the calendar")


def _days_in(c: Reckoning, expression: Recurring, calendar: Calendar, number: int) -> Days | None:
    if isinstance(expression, say.Season):
        seasons = (expression.last or expression.number) - expression.number + 1
        first_month = expression.number * 3 - 2
        return month_days("jalali", number - 621 * (calendar == "gregorian"), first_month, 3 * seasons)
    if isinstance(expression, say.Named):
        window, own = _window(expression.name)
        first, last = ([int(part) for part in day.split("-")] for day in window.split(".."))
        return _in_year(own, calendar, number, (first[0], first[1]), (last[0], last[1]))
    last_month = expression.last or expression.number
    return _in_year(expression.calendar, calendar, number, (expression.number, 1), (last_month, 31))


def day(c: Reckoning, day: say.Day) -> Interval:
    """Resolve a day of a month; without a year, the weekday or the report date decides."""
    month = day.month
    if isinstance(month, say.Month) and month.year is None and month.shift is None:
        return _yearless_day(c, day, month)
    interval = c.resolve(month)
    if interval.start is None or interval.end is None:
        return OPEN
    start = min(interval.start + DAY * (day.number - 1), interval.end)
    end = min(interval.start + DAY * ((day.last or day.number) - 1), interval.end)
    said = jalali_string(start) + (f"…{jalali_string(end)}" if end != start else "")
    return c.step(day, Interval(start, end, "day", calendar=interval.calendar), said)


def _yearless_day(c: Reckoning, day: say.Day, month: say.Month) -> Interval:
    if c.report is None:
        return c.missing(day, "report_date")
    number = year_of(c.report, month.calendar)
    options: list[Days] = []
    for year in (number - 1, number, number + 1):
        days = _in_year(month.calendar, month.calendar, year, (month.number, day.number), (month.number, day.number))
        if days:
            last = min(days[0] + DAY * ((day.last or day.number) - day.number), month_end(days[0], month.calendar))
            options.append((days[0], last))
    if day.weekday is not None and c.report.month:
        agreeing = [days for days in options if (days[0].weekday() + 2) % 7 == day.weekday]
        options = agreeing if len(agreeing) == 1 else options
    today = c.report.exact or c.report.last
    c.flag("assumed_year")
    if today is None:
        options = [days for days in options if year_in(days[0], month.calendar) == number] or options
        chosen = options[0]
    elif (c.nearest or c.leaning) and not c.planned:
        chosen = min(options, key=lambda days: abs(days[0] - today))
    elif c.planned:
        first = today if c.report.exact else day_of("jalali", c.report.year, c.report.month or 1, 1)
        chosen = next((days for days in options if first and days[1] >= first), options[-1])
    else:
        chosen = next((days for days in reversed(options) if days[0] <= today + c.soon), options[0])
    if not options:
        return OPEN
    why = "next" if c.planned else "latest"
    return c.step(
        day, Interval(*chosen, "day", calendar=month.calendar), f"{why} one by the report date: {said(chosen)}"
    )


def decades(c: Reckoning, expression: say.Decade | say.Century) -> Interval:
    """Resolve a decade or a century; two digits are of the 1300s, or of the 1900s where Gregorian."""
    calendar = expression.calendar or c.calendar
    size = 10 if isinstance(expression, say.Decade) else 100
    value = expression.value
    if value is None:
        if c.report is None:
            return c.missing(expression, "report_date")
        number = year_of(c.report, calendar) - (size == 100)
        first = number // size * size + size * (expression.shift or 0)
        c.flag("ambiguous")
    elif isinstance(expression, say.Century):
        calendar = expression.calendar or ("gregorian" if value > 15 else "jalali")
        first = (value - 1) * 100
    elif value >= 100:
        calendar, first = expression.calendar or ("gregorian" if value >= 1500 else "jalali"), value
    else:
        century = (1900 if value >= 30 else 2000) if calendar == "gregorian" else 1300
        first = century + value
    last = first + size - 1
    if isinstance(expression, say.Decade) and expression.last is not None:
        last = expression.last + (first - value if value and expression.last < 100 else 0) + 9
    offset = 1 if size == 100 else 0
    start, end = year_days(calendar, first + offset), year_days(calendar, last + offset)
    if start is None or end is None:
        return c.step(expression, OPEN, "outside the calendar")
    interval = Interval(start[0], end[1], "decade" if size == 10 else "century", calendar=calendar)
    return c.step(expression, interval, f"{first + offset}–{last + offset} {calendar.title()}")


def window(c: Reckoning, expression: say.Era | say.Government, clip: bool = True) -> Interval:
    """Resolve a government or an era of the table, clipped at the report date."""
    table = lexicon()
    if isinstance(expression, say.Era):
        first = last = table.windows[expression.name][0]
    else:
        first = table.governments[expression.number]
        last = table.governments[expression.last or expression.number]
        c.flag("low_precision")
    start, end = _iso(first.split("..")[0]), _iso(last.split("..")[1])
    today = c.report.last if c.report else None
    if clip and today and start and end and start <= today < end:
        end = today
        c.flag("clipped")
    interval = Interval(start, end, "day")
    return c.step(expression, interval, f"{open_said(start, end)} (table)")


def _in_year(own: str, calendar: Calendar, number: int, first: tuple[int, int], last: tuple[int, int]) -> Days | None:
    """Return the days of a window of the `own` calendar that begins in a year of another calendar."""
    own_calendar: Calendar = "lunar" if own == "lunar" else "gregorian" if own == "gregorian" else "jalali"
    years = [number]
    if own_calendar != calendar:
        shift = {"jalali": 0, "gregorian": 621, "lunar": 42}
        if calendar == "lunar":
            return None
        years = [number - shift[calendar] + shift[own_calendar] + k for k in (0, 1, -1, 2)]
        if own_calendar == "lunar":
            years = [round((number - shift[calendar]) * 1.0307) + k - 1 for k in range(4)]
    for year in years:
        wraps = last[0] < first[0]
        start, end = day_of(own_calendar, year, *first), day_of(own_calendar, year + wraps, *last)
        if start and end and (own_calendar == calendar or year_in(start, calendar) == number):
            return start, end
    return None


def _window(name: str) -> tuple[str, str]:
    return lexicon().windows[name]


def _iso(date: str) -> Date | None:
    year, month, day = (int(part) for part in date.split("-"))
    return day_of("jalali", year, month, day)
