"""Calendar arithmetic: Jalali, Gregorian and lunar years, months and days, and the report date everything leans on.

A day is a `datetime.date`; the calendar is the name ``jalali``, ``gregorian`` or ``lunar``. Years outside what the
calendars can hold give None, never an error. Lunar months begin as observed in Iran where that is known, else as
computed, which may be a day off.
Reading words is left to the period grammar.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from calendar import monthrange
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import jdatetime
from hijridate import Hijri

from ie.schema import IEError

Calendar = Literal["jalali", "gregorian", "lunar"]
Days = tuple[datetime.date, datetime.date]

__all__ = [
    "Calendar",
    "Days",
    "ReportDay",
    "day_of",
    "jalali_string",
    "jalali_ymd",
    "month_days",
    "month_length",
    "read_report_date",
    "shift_months",
    "week_days",
    "year_days",
    "year_month_day",
    "year_of",
]

_YEARS = {"jalali": (1, 2300), "gregorian": (623, 2900), "lunar": (1343, 1499)}
_DATE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2}))?(?:[-/]([0-9]{1,2}))?")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def month_length(calendar: Calendar, year: int, month: int) -> int:
    """Return how many days a month has; leap years are those of the official calendar.

    >>> month_length("jalali", 1403, 12), month_length("jalali", 1404, 12), month_length("gregorian", 2024, 2)
    (30, 29, 29)
    """
    if calendar == "gregorian":
        return monthrange(year, month)[1]
    if calendar == "lunar":
        return (_lunar_start(*_carry(year, month + 1)) - _lunar_start(year, month)).days
    if month <= 6:
        return 31
    return 30 if month <= 11 or jdatetime.date(year, 1, 1).isleap() else 29


def day_of(calendar: Calendar, year: int, month: int, day: int) -> datetime.date | None:
    """Return a day; one beyond the month's length is clipped, one beyond the calendar is None.

    >>> day_of("jalali", 1401, 12, 30)
    datetime.date(2023, 3, 20)
    >>> day_of("lunar", 1443, 9, 1)
    datetime.date(2022, 4, 3)
    """
    first, last = _YEARS[calendar]
    if not (first <= year <= last and 1 <= month <= 12 and day >= 1):
        return None
    day = min(day, month_length(calendar, year, month))
    if calendar == "gregorian":
        return datetime.date(year, month, day)
    if calendar == "lunar":
        return _lunar_start(year, month) + datetime.timedelta(days=day - 1)
    converted: datetime.date = jdatetime.date(year, month, day).togregorian()
    return converted


def _lunar_start(year: int, month: int) -> datetime.date:
    """Return the first day of a lunar month: the observed one where known, else the computed one."""
    observed = _observed_starts().get((year, month))
    if observed is not None:
        return observed
    computed = Hijri(year, month, 1).to_gregorian()
    return datetime.date(computed.year, computed.month, computed.day)


@cache
def _observed_starts() -> dict[tuple[int, int], datetime.date]:
    table = tomllib.loads(files("ie").joinpath("data/calendars.toml").read_text(encoding="utf-8"))["lunar_starts"]
    starts = {}
    for month, day in table.items():
        jalali = (int(part) for part in day.split("-"))
        starts[int(month[:4]), int(month[5:])] = jdatetime.date(*jalali).togregorian()
    return starts


def month_days(calendar: Calendar, year: int, month: int, months: int = 1) -> Days | None:
    """Return the first and last day of a run of months; the month may lie outside 1–12.

    >>> jalali_string(month_days("jalali", 1401, 0)[0])
    '1400-12-01'
    """
    year, month = _carry(year, month)
    last_year, last_month = _carry(year, month + months - 1)
    start, end = day_of(calendar, year, month, 1), day_of(calendar, last_year, last_month, 31)
    return (start, end) if start and end else None


def year_days(calendar: Calendar, year: int) -> Days | None:
    """Return the first and last day of a year."""
    return month_days(calendar, year, 1, 12)


def week_days(day: datetime.date, shift: int = 0) -> Days | None:
    """Return the Saturday and Friday of the week that holds a day, or of one `shift` weeks away."""
    try:
        start = day + datetime.timedelta(days=7 * shift - (day.weekday() + 2) % 7)
        return start, start + datetime.timedelta(days=6)
    except OverflowError:
        return None


def shift_months(day: datetime.date, months: int, calendar: Calendar = "jalali") -> datetime.date | None:
    """Return the same day some months away, clipped to the month.

    >>> jalali_string(shift_months(day_of("jalali", 1403, 12, 30), -12))
    '1402-12-29'
    """
    year, month, number = year_month_day(day, calendar)
    year, month = _carry(year, month + months)
    return day_of(calendar, year, month, number)


def year_month_day(day: datetime.date, calendar: Calendar) -> tuple[int, int, int]:
    """Return year, month and day of the month in a calendar (a day of the lunar calendar is not asked for)."""
    if calendar == "gregorian":
        return day.year, day.month, day.day
    return jalali_ymd(day)


def jalali_ymd(day: datetime.date) -> tuple[int, int, int]:
    """Return the Jalali year, month and day of a day."""
    jalali = jdatetime.date.fromgregorian(date=day)
    return jalali.year, jalali.month, jalali.day


def jalali_string(day: datetime.date) -> str:
    """Return a day as Jalali ISO string.

    >>> jalali_string(datetime.date(2022, 9, 22))
    '1401-06-31'
    """
    return "{:04d}-{:02d}-{:02d}".format(*jalali_ymd(day))


def _carry(year: int, month: int) -> tuple[int, int]:
    years, index = divmod(month - 1, 12)
    return year + years, index + 1


@dataclass(frozen=True, slots=True)
class ReportDay:
    """A report date as far as it is known: Jalali year, month and day of the month."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def exact(self) -> datetime.date | None:
        """Return the day where it is known."""
        return day_of("jalali", self.year, self.month, self.day) if self.month and self.day else None

    @property
    def last(self) -> datetime.date | None:
        """Return the last day the report can be of, where at least its month is known."""
        return day_of("jalali", self.year, self.month, self.day or 31) if self.month else None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return "-".join(parts)


def year_of(report: ReportDay, calendar: Calendar) -> int:
    """Return the year of the report in a calendar; of a Jalali year alone, the Gregorian year most of it lies in."""
    if calendar == "jalali":
        return report.year
    if calendar == "lunar":
        known = report.exact or report.last or day_of("jalali", report.year, 7, 1)
        return _lunar_year(known) if known else report.year + 42
    known = report.exact
    if known is None and report.month:
        known = day_of("jalali", report.year, report.month, 15)
    return known.year if known else report.year + 621


def _lunar_year(day: datetime.date) -> int:
    from hijridate import Gregorian

    try:
        return int(Gregorian(day.year, day.month, day.day).to_hijri().year)
    except (OverflowError, ValueError):
        return int((day.year - 622) * 33 / 32)


def read_report_date(date: str | datetime.date | ReportDay | None) -> ReportDay | None:
    """Return a report date given as Jalali text of any precision or as `datetime.date`.

    >>> str(read_report_date("۱۴۰۱/۷/۱۵")), str(read_report_date("1401-07")), read_report_date(None)
    ('1401-07-15', '1401-07', None)
    """
    if date is None or isinstance(date, ReportDay):
        return date
    if isinstance(date, datetime.date):
        return _of_date(date)
    match = _DATE.fullmatch(date.strip().translate(_DIGITS)) if isinstance(date, str) else None
    if match:
        year, month, day = (int(group) if group else None for group in match.groups())
        if year and 1200 <= year < 1600 and _fits(year, month, day):
            return ReportDay(year, month, day)
    shown = f"{date[:20]}…" if isinstance(date, str) and len(date) > 20 else date  # what is no date may be the report
    raise IEError(
        f"report date {shown!r} is not a Jalali date: expected 1401-07-15, 1401-07, 1401 or a datetime.date "
        "(a Gregorian date must be given as datetime.date)"
    )


def _of_date(date: datetime.date) -> ReportDay:
    if isinstance(date, jdatetime.date | jdatetime.datetime):
        return ReportDay(date.year, date.month, date.day)
    if not 1821 <= date.year < 2221:
        raise IEError(f"report date {date!r} lies outside the years 1821 to 2220")
    return ReportDay(*jalali_ymd(date))


def _fits(year: int, month: int | None, day: int | None) -> bool:
    if month is None:
        return True
    return 1 <= month <= 12 and (day is None or 1 <= day <= month_length("jalali", year, month))
