"""What resolving a period works with: open intervals, what is known beforehand, and the steps taken."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace

from ie import period_expressions as say
from ie.calendars import Calendar, Days, ReportDay, jalali_string, month_length, year_month_day
from ie.schema import Relation

Date = datetime.date
DAY = datetime.timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}

__all__ = [
    "DAY",
    "MONTHS",
    "OPEN",
    "Date",
    "Interval",
    "Reckoning",
    "interval_of",
    "month_end",
    "open_said",
    "said",
    "year_in",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """Resolved days, inclusive; None is open. `calendar` is the one its months are counted in."""

    start: Date | None
    end: Date | None
    grain: str | None = None
    relation: Relation = "in"
    calendar: Calendar = "jalali"


OPEN = Interval(None, None)


@dataclass(slots=True)
class Reckoning:
    """What an expression is resolved against, and what was found on the way.

    `planned` makes a bare month the next one; in `gregorian` texts «امسال» and «ماه گذشته» count by that calendar.
    `nearest`, `leaning` and `soon` loosen the rule that a bare month lies behind: to the nearest, to one within the
    coming months, to a day or feast within so many days; `lookahead` lets a year of two digits lie some years ahead.
    """

    report: ReportDay | None = None
    anchor: Interval | None = None
    planned: bool = False
    gregorian: bool = False
    nearest: bool = False
    leaning: bool = False
    soon: datetime.timedelta = DAY * 0
    lookahead: bool = False
    steps: list[str] = field(default_factory=list)
    flags: dict[str, None] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        """Return the calendar relative words count by."""
        return "gregorian" if self.gregorian else "jalali"

    def closed(self, interval: Interval) -> Interval:
        """Return a governing interval; one open to the future ends at the report date."""
        if interval.relation == "since" and interval.end is None and self.report and self.report.exact:
            return replace(interval, end=self.report.exact)
        return interval

    def flag(self, *names: str) -> None:
        """Note what a user of the period should know."""
        self.flags.update(dict.fromkeys(names))

    def step(self, expression: say.Expression, interval: Interval, why: str) -> Interval:
        """Write down one step of the derivation."""
        self.steps.append(f"{expression.text} → {why}" if expression.text else why)
        return interval

    def missing(self, expression: say.Expression, what: str) -> Interval:
        """Leave an expression open for want of something."""
        self.flag(f"needs_{what}")
        return self.step(expression, OPEN, f"open: needs the {what.replace('_', ' ')}")

    def resolve(self, expression: say.Expression) -> Interval:
        """Return the days an expression means."""
        raise NotImplementedError


def interval_of(days: Days | None, grain: str, calendar: Calendar) -> Interval:
    """Return known days as an interval, unknown ones as an open one."""
    return Interval(*days, grain, calendar=calendar) if days else OPEN


def year_in(day: Date, calendar: Calendar) -> int:
    """Return the year a day lies in."""
    return year_month_day(day, calendar)[0]


def said(days: Days) -> str:
    """Write days down for a derivation."""
    return jalali_string(days[0]) + ("" if days[0] == days[1] else f"…{jalali_string(days[1])}")


def open_said(start: Date | None, end: Date | None) -> str:
    """Write days down, either of which may be open."""
    return f"{jalali_string(start) if start else 'open'}…{jalali_string(end) if end else 'open'}"


def month_end(day: Date, calendar: Calendar) -> Date:
    """Return the last day of the month a day lies in."""
    if calendar == "lunar":
        return day + DAY * 29
    year, month, number = year_month_day(day, calendar)
    return day + DAY * (month_length(calendar, year, month) - number)
