"""The meaning of period expressions: an expression, the report date and the governing period give exact days.

What cannot be known stays open (None) and a flag says what was missing. Reading the words is the grammar's business;
every step taken is written down, so that a resolved period can explain itself.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ie import period_expressions as say
from ie.calendars import (
    Calendar,
    Days,
    ReportDay,
    day_of,
    jalali_string,
    jalali_ymd,
    month_days,
    month_length,
    shift_months,
    week_days,
    year_days,
    year_of,
)
from ie.period_words import lexicon
from ie.schema import Relation

Date = datetime.date
DAY = datetime.timedelta(days=1)
_SOON = datetime.timedelta(days=240)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}

__all__ = ["Interval", "Resolver"]


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
class Resolver:
    """What an expression is resolved against, and what was found on the way.

    `planned` makes a bare month the next one; in `gregorian` texts «امسال» and «ماه گذشته» count by that calendar.
    """

    report: ReportDay | None = None
    anchor: Interval | None = None
    planned: bool = False
    gregorian: bool = False
    nearest: bool = False
    leaning: bool = False
    soon: datetime.timedelta = DAY * 0
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

    def resolve(self, expression: say.Expression) -> Interval:
        """Return the days an expression means."""
        match expression:
            case say.Year():
                return self.year(expression)
            case say.Month() | say.Season() | say.Named():
                return self.placed(expression)
            case say.Day():
                return self.day(expression)
            case say.DayWord():
                return self.day_word(expression)
            case say.Weekday():
                return self.weekday(expression)
            case say.Part():
                return self.part(expression)
            case say.Edge():
                return self.edge(expression)
            case say.Relative():
                return self.relative(expression)
            case say.Rolling():
                return self.rolling(expression)
            case say.Ago():
                return self.ago(expression)
            case say.Trailing():
                return self.trailing(expression)
            case say.Same():
                return self.same(expression)
            case say.Decade() | say.Century():
                return self.decades(expression)
            case say.Era() | say.Government():
                return self.window(expression)
            case say.Now():
                return self.now(expression)
            case say.Range():
                return self.range(expression)
            case say.Bounded():
                return self.bounded(expression)
        self.flag("vague")
        return self.step(expression, OPEN, "no exact dates")

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

    # years

    def year_number(self, expression: say.Expression) -> tuple[Calendar, int] | None:
        """Return the calendar and number of a year expression, or None without a report date."""
        if isinstance(expression, say.Ago):
            if self.report is None or expression.count is None or expression.count.denominator != 1:
                return None
            number = year_of(self.report, self.calendar) + expression.direction * int(expression.count)
            self.step(expression, OPEN, f"{number} (report date)")
            return self.calendar, number
        if not isinstance(expression, say.Year):
            interval = self.resolve(expression)
            return (self.calendar, jalali_ymd(interval.start)[0]) if interval.start else None
        if expression.value is not None:
            return self._numbered_year(expression, expression.value)
        return self._relative_year(expression)

    def _numbered_year(self, year: say.Year, value: int) -> tuple[Calendar, int]:
        calendar = year.calendar or ("gregorian" if value >= 1500 else "jalali")
        if year.digits == 2 and value < 100:
            value = self.full_year(value, calendar)
        elif (
            calendar == "jalali" and year.calendar is None and value > (self.report.year + 25 if self.report else 1430)
        ):
            calendar = "lunar" if self.report is None or value > self.report.year + 35 else calendar
        self.step(year, OPEN, f"{value}" + ("" if calendar == "jalali" else f" {calendar.title()}"))
        return calendar, value

    def full_year(self, value: int, calendar: Calendar) -> int:
        """Return the four-digit year of a two-digit one: the latest not after next year; if far, the nearest."""
        if calendar == "gregorian":
            limit = (year_of(self.report, "gregorian") if self.report else 2026) + 1
            return value + (2000 if value + 2000 <= limit else 1900)
        if self.report is None:
            return value + (1400 if value < 10 else 1300)
        past = max(value + century for century in (1200, 1300, 1400) if value + century <= self.report.year + 1)
        distance = self.report.year - past
        return past + 100 if distance >= 90 or (self.planned and distance > 50) else past

    def _relative_year(self, year: say.Year) -> tuple[Calendar, int] | None:
        calendar = year.calendar or self.calendar
        shift = year.shift or 0
        if year.of_it and self.anchor and self.anchor.start:
            number = _number_in(self.anchor.start, calendar) + shift
            self.flag("anchored")
            self.step(year, OPEN, f"{number} (governing period)")
            return calendar, number
        if self.report is None:
            self.flag("needs_report_date")
            return None
        if year.of_it and shift < 0:
            shift -= 1
            self.flag("ambiguous")
        number = year_of(self.report, calendar) + shift
        if year.kind != "calendar" and (self.report.month or 1) < 7:
            number -= 1
        if year.new and ((self.report.month or 1) >= 10 if year.kind == "calendar" else self.report.month in (5, 6)):
            number += 1
        if year.assumed:
            self.flag("assumed_year")
        name = "" if calendar == "jalali" else f" {calendar.title()}"
        self.step(year, OPEN, f"{'' if year.text else 'year '}{number}{name} (report date)")
        return calendar, number

    def year(self, year: say.Year) -> Interval:
        """Resolve a year or a run of years; crop and school years begin in Mehr."""
        known = self.year_number(year)
        if known is None:
            return self.missing(year, "report_date")
        calendar, number = known
        if year.kind in ("crop", "school"):
            return self._mehr_year(year.kind, calendar, number)
        days = year_days(calendar, number)
        if days and year.last is not None:
            last = year.last if year.last >= 100 else self.full_year(year.last, calendar)
            until = year_days(calendar, last)
            days = (days[0], until[1]) if until and until[1] >= days[0] else days
        if calendar == "lunar":
            self.flag("plus_minus_one_day")
        return _interval(days, "year", calendar)

    def _mehr_year(self, kind: str, calendar: Calendar, number: int) -> Interval:
        if calendar == "gregorian":
            number -= 621
        start = day_of("jalali", number, 7, 1)
        end = day_of("jalali", number + 1, 6 if kind == "crop" else 3, 31)
        self.steps.append(f"{kind} year → from 1 Mehr {number} to 31 {'Shahrivar' if kind == 'crop' else 'Khordad'}")
        return Interval(start, end, "year")

    # months, seasons and feasts of a year

    def placed(self, expression: say.Month | say.Season | say.Named) -> Interval:
        """Resolve what recurs every year: in the year said, else the latest (planned: the next) occurrence."""
        shift = None if isinstance(expression, say.Named) else expression.shift
        year = expression.year
        if year is not None:
            known = self.year_number(year)
            if known is None:
                return self.missing(expression, "report_date")
            if isinstance(year, say.Year) and year.kind in ("crop", "school") and isinstance(expression, say.Month):
                known = known[0], known[1] + (expression.number < 7)
            return self._placed_in(expression, *known)
        if self.report is None:
            return self.missing(expression, "report_date")
        calendar: Calendar = expression.calendar if isinstance(expression, say.Month) else "jalali"
        if calendar == "lunar" or (isinstance(expression, say.Named) and _window(expression.name)[1] == "lunar"):
            calendar = "jalali"
        number = year_of(self.report, calendar)
        options = [self._days_in(expression, calendar, number + k) for k in (-1, 0, 1)]
        return self._nearest(expression, [days for days in options if days], shift, number, calendar)

    def _nearest(
        self,
        expression: say.Month | say.Season | say.Named,
        options: list[Days],
        shift: int | None,
        number: int,
        calendar: Calendar,
    ) -> Interval:
        today = self.report.exact or self.report.last if self.report else None
        first = (
            (self.report.exact or day_of("jalali", self.report.year, self.report.month, 1))
            if (self.report and self.report.month)
            else None
        )
        if today is None or first is None or not options:
            self.flag("assumed_year")
            return self._placed_in(expression, calendar, number)
        past = [days for days in options if days[0] <= today]
        ahead = [days for days in options if days[1] >= first]
        if shift == -1:
            past = [days for days in past if days[1] < first] or past
        if shift == 0:
            past = ahead = [days for days in options if days[0] <= today and days[1] >= first] or past
        forward = shift == 1 or (shift is None and self.planned)
        if shift is None and not self.planned and ahead:
            if self.nearest:
                forward = not past or ahead[0][1] - today < today - past[-1][1]
            elif not past or past[-1][1] < first:
                reach = _SOON if self.leaning else self.soon if isinstance(expression, say.Named) else DAY * 0
                forward = not past or ahead[0][0] - today < reach
        if shift == 1:
            ahead = [days for days in ahead if days[0] > today] or ahead
        chosen = ahead[0] if forward and ahead else (past or options)[-1]
        self.flag("assumed_year")
        return self._said(expression, chosen, "next" if forward else "latest")

    def _said(self, expression: say.Month | say.Season | say.Named, days: Days, why: str = "") -> Interval:
        calendar: Calendar = expression.calendar if isinstance(expression, say.Month) else "jalali"
        lunar = calendar == "lunar" or (isinstance(expression, say.Named) and _window(expression.name)[1] == "lunar")
        if lunar:
            self.flag("plus_minus_one_day")
            calendar = "jalali"
        grain = "month" if isinstance(expression, say.Month) else "quarter"
        if isinstance(expression, say.Named):
            grain = "day" if days[0] == days[1] else "week"
        which = f"{why} one by the report date: " if why else ""
        interval = Interval(*days, grain, calendar=calendar)
        return self.step(expression, interval, f"{which}{jalali_string(days[0])}…{jalali_string(days[1])}")

    def _placed_in(self, expression: say.Month | say.Season | say.Named, calendar: Calendar, number: int) -> Interval:
        days = self._days_in(expression, calendar, number)
        return self._said(expression, days) if days else self.step(expression, OPEN, "outside the calendar")

    def _days_in(self, expression: say.Month | say.Season | say.Named, calendar: Calendar, number: int) -> Days | None:
        if isinstance(expression, say.Season):
            days = month_days("jalali", number, expression.number * 3 - 2, 3)
            return days if calendar == "jalali" else month_days("jalali", number - 621, expression.number * 3 - 2, 3)
        if isinstance(expression, say.Named):
            window, own = _window(expression.name)
            first, last = ([int(part) for part in day.split("-")] for day in window.split(".."))
            return _in_year(own, calendar, number, (first[0], first[1]), (last[0], last[1]))
        last_month = expression.last or expression.number
        return _in_year(expression.calendar, calendar, number, (expression.number, 1), (last_month, 31))

    def day(self, day: say.Day) -> Interval:
        """Resolve a day of a month; without a year, the weekday or the report date decides."""
        month = day.month
        if isinstance(month, say.Month) and month.year is None and month.shift is None:
            return self._yearless_day(day, month)
        interval = self.resolve(month)
        if interval.start is None or interval.end is None:
            return OPEN
        start = min(interval.start + DAY * (day.number - 1), interval.end)
        end = min(interval.start + DAY * ((day.last or day.number) - 1), interval.end)
        said = jalali_string(start) + (f"…{jalali_string(end)}" if end != start else "")
        return self.step(day, Interval(start, end, "day", calendar=interval.calendar), said)

    def _yearless_day(self, day: say.Day, month: say.Month) -> Interval:
        if self.report is None:
            return self.missing(day, "report_date")
        number = year_of(self.report, month.calendar)
        options: list[Days] = []
        for year in (number - 1, number, number + 1):
            days = _in_year(
                month.calendar, month.calendar, year, (month.number, day.number), (month.number, day.number)
            )
            if days:
                last = min(days[0] + DAY * ((day.last or day.number) - day.number), _month_end(days[0], month.calendar))
                options.append((days[0], last))
        if day.weekday is not None and self.report.month:
            agreeing = [days for days in options if (days[0].weekday() + 2) % 7 == day.weekday]
            options = agreeing if len(agreeing) == 1 else options
        today = self.report.exact or self.report.last
        self.flag("assumed_year")
        if today is None:
            options = [days for days in options if _number_in(days[0], month.calendar) == number] or options
            chosen = options[0]
        elif (self.nearest or self.leaning) and not self.planned:
            chosen = min(options, key=lambda days: abs(days[0] - today))
        elif self.planned:
            first = today if self.report.exact else day_of("jalali", self.report.year, self.report.month or 1, 1)
            chosen = next((days for days in options if first and days[1] >= first), options[-1])
        else:
            chosen = next((days for days in reversed(options) if days[0] <= today + self.soon), options[0])
        if not options:
            return OPEN
        why = "next" if self.planned else "latest"
        return self.step(
            day, Interval(*chosen, "day", calendar=month.calendar), f"{why} one by the report date: {_said(chosen)}"
        )

    # days and units around the report date

    def day_word(self, word: say.DayWord) -> Interval:
        """Resolve «امروز» and the like."""
        today = self.report.exact if self.report else None
        if today is None:
            return self.missing(word, "report_date")
        day = today + DAY * word.shift
        return self.step(word, Interval(day, day, "day"), f"{jalali_string(day)} (report date)")

    def weekday(self, weekday: say.Weekday) -> Interval:
        """Resolve a weekday: of the week said, else the latest (planned: the next) one."""
        today = self.report.exact if self.report else None
        if today is None:
            return self.missing(weekday, "report_date")
        if weekday.week is not None:
            week = self.resolve(weekday.week)
            day = week.start + DAY * weekday.number if week.start else today
        else:
            back = ((today.weekday() + 2) % 7 - weekday.number) % 7
            if weekday.shift == 1 or (weekday.shift is None and self.planned):
                day = today + DAY * ((7 - back) % 7 or (7 if weekday.shift == 1 else 0))
            else:
                day = today - DAY * (back or (7 if weekday.shift == -1 else 0))
        self.flag("weekday")
        return self.step(weekday, Interval(day, day, "day"), f"{jalali_string(day)} (report date)")

    def relative(self, relative: say.Relative) -> Interval:
        """Resolve a whole unit by its distance from the report date."""
        if self.report is None:
            return self.missing(relative, "report_date")
        calendar = relative.calendar or self.calendar
        today = self.report.exact
        if relative.unit in ("day", "week"):
            if today is None:
                return self.missing(relative, "report_date")
            days = week_days(today, relative.shift) if relative.unit == "week" else None
            if days is None:
                day = today + DAY * relative.shift
                days = (day, day)
        else:
            known = today or (day_of("jalali", self.report.year, self.report.month, 15) if self.report.month else None)
            if known is None:
                return self.missing(relative, "report_date")
            if relative.unit == "decade" or relative.unit not in _MONTHS:
                return self.step(relative, OPEN, "no exact dates")
            size = _MONTHS[relative.unit]
            year, month, _ = _ymd(known, calendar)
            first = (month - 1) // size * size + 1 + relative.shift * size
            found = month_days(calendar, year, first, size)
            if found is None:
                return OPEN
            days = found
        return self.step(relative, Interval(*days, relative.unit, calendar=calendar), f"{_said(days)} (report date)")

    def rolling(self, rolling: say.Rolling) -> Interval:
        """Resolve «N ماه گذشته»: the same day N units back up to the report date, or ahead."""
        if rolling.count is None:
            self.flag("vague")
            return self.step(rolling, OPEN, "no exact count")
        today = self.report.exact if self.report else None
        if today is None:
            return self.missing(rolling, "report_date")
        other = self._moved(today, rolling)
        if other is None:
            return OPEN
        self.flag("rolling")
        days = (min(today, other), max(today, other))
        return self.step(rolling, Interval(*days, "day"), f"{_said(days)} (counted from the report date)")

    def _moved(self, today: Date, unit: say.Rolling | say.Ago) -> Date | None:
        count = (unit.count or Fraction(0)) * unit.direction
        if not -20000 <= count <= 20000:
            return None
        if unit.unit in ("day", "week", "hour", "minute"):
            days = {"day": count, "week": 7 * count, "hour": count / 24, "minute": count / 1440}[unit.unit]
            return today + DAY * int(days)
        months = _MONTHS.get(unit.unit, 1200) * count
        if months.denominator != 1:
            return None
        return shift_months(today, int(months))

    def ago(self, ago: say.Ago) -> Interval:
        """Resolve «N سال پیش» to that calendar year, «N ماه پیش» to that month, «N روز پیش» to that day."""
        if ago.count is None:
            self.flag("vague")
            return self.step(ago, OPEN, "no exact count")
        if ago.count.denominator != 1 or ago.count > 20000:
            return self.step(ago, OPEN, "no whole count")
        if self.report is None:
            return self.missing(ago, "report_date")
        shift = int(ago.count) * ago.direction
        if ago.unit == "year":
            number = year_of(self.report, self.calendar) + shift
            interval = _interval(year_days(self.calendar, number), "year", self.calendar)
            return self.step(ago, interval, f"{number} (report date)")
        if ago.unit in ("month", "quarter", "half", "week", "day"):
            return self.relative(say.Relative(ago.text, ago.unit, shift))
        today = self.report.exact
        moved = self._moved(today, ago) if today else None
        return Interval(moved, moved, "day") if moved else self.missing(ago, "report_date")

    # parts

    def part(self, part: say.Part) -> Interval:
        """Resolve the n-th stretch of something longer."""
        whole = self.resolve(part.of)
        if whole.start is None or whole.end is None:
            return OPEN
        calendar = whole.calendar
        days = self._stretch(part, whole.start, whole.end, calendar)
        if days is None or days[0] > whole.end or days[1] < whole.start:
            return self.step(part, OPEN, f"has no such {part.unit}")
        days = (max(days[0], whole.start), min(days[1], whole.end))
        size = f"{part.size} {part.unit}s" if part.size > 1 else part.unit
        which = {1: "first", -1: "last"}.get(part.index, f"number {part.index}")
        if part.unit in ("month", "quarter", "half") and (whole.end - whole.start).days > 60:
            first, last = _ymd(days[0], calendar)[1], _ymd(days[1], calendar)[1]
            which = f"month {first}" if first == last else f"months {first}–{last}"
        else:
            which = f"{which} {size}"
        return self.step(part, Interval(*days, part.unit, calendar=calendar), f"{which}: {_said(days)}")

    def _stretch(self, part: say.Part, start: Date, end: Date, calendar: Calendar) -> Days | None:
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
            if months % 2 or months > 12:
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

    def edge(self, edge: say.Edge) -> Interval:
        """Resolve a boundary or a third of a month; the thirds of longer things are open."""
        whole = self.resolve(edge.of)
        if whole.start is None or whole.end is None:
            return OPEN
        start, end = whole.start, whole.end
        if edge.edge in ("start", "end"):
            day = start if edge.edge == "start" else end
            return self.step(edge, Interval(day, day, "day"), f"{edge.edge}: {jalali_string(day)}")
        if whole.grain != "month" or (end - start).days > 31:
            self.flag("vague")
            return self.step(edge, OPEN, f"{edge.edge} part of a longer unit: no exact dates")
        if edge.edge == "middle" and edge.text.startswith("نیمه"):
            days = (start + DAY * 14, start + DAY * 14)
        else:
            first = {"early": 0, "middle": 10, "late": 20}[edge.edge]
            days = (start + DAY * first, end if edge.edge == "late" else start + DAY * (first + 9))
        return self.step(edge, Interval(*days, "day", calendar=whole.calendar), f"{edge.edge}: {_said(days)}")

    def trailing(self, trailing: say.Trailing) -> Interval:
        """Resolve so many units that end with something."""
        until = self.resolve(trailing.until)
        if until.end is None:
            return OPEN
        if trailing.unit in ("day", "week"):
            start: Date | None = until.end - DAY * (trailing.size * (7 if trailing.unit == "week" else 1) - 1)
        else:
            start = shift_months(until.end + DAY, -trailing.size * _MONTHS.get(trailing.unit, 1), until.calendar)
        if start is None:
            return OPEN
        size = f"{trailing.size} {trailing.unit}" + ("s" if trailing.size > 1 else "")
        days = (start, until.end)
        return self.step(trailing, Interval(*days, trailing.unit, calendar=until.calendar), f"{size}: {_said(days)}")

    def same(self, same: say.Same) -> Interval:
        """Resolve «مدت مشابه سال قبل» by moving the governing period."""
        if same.size is not None and same.target is not None and (self.anchor is None or self.anchor.start is None):
            return self.part(say.Part(same.text, "month", same.size, 1, same.target))
        anchor = self.anchor
        if anchor is None or (anchor.start is None and anchor.end is None):
            return self.missing(same, "anchor")
        calendar: Calendar = "gregorian" if _counts_gregorian(anchor) else "jalali"
        months = -12
        if isinstance(same.target, say.Relative) and same.target.unit in _MONTHS:
            months = _MONTHS[same.target.unit] * same.target.shift
        elif isinstance(same.target, say.Relative):
            return self._moved_days(same, anchor, 7 * same.target.shift)
        elif isinstance(same.target, say.Year) and same.target.value is None:
            months = 12 * ((same.target.shift or 0) - (1 if same.target.of_it and (same.target.shift or 0) < 0 else 0))
            if same.target.shift == 0:
                months = -12
        elif same.target is not None and (known := self.year_number(same.target)):
            months = 12 * (known[1] - _number_in(anchor.start or anchor.end or datetime.date.max, known[0]))
        start = shift_months(anchor.start, months, calendar) if anchor.start else None
        end = _moved_end(anchor.end, months, calendar) if anchor.end else None
        self.flag("anchored")
        moved = replace(anchor, start=start, end=end, calendar=calendar)
        distance = f"{abs(months)} months {'earlier' if months < 0 else 'later'}"
        return self.step(same, moved, f"governing period {distance}: {_open_said(start, end)}")

    def _moved_days(self, same: say.Same, anchor: Interval, days: int) -> Interval:
        self.flag("anchored")
        start, end = (day + DAY * days if day else None for day in (anchor.start, anchor.end))
        return self.step(same, replace(anchor, start=start, end=end), f"governing period: {_open_said(start, end)}")

    # longer units, names and bounds

    def decades(self, expression: say.Decade | say.Century) -> Interval:
        """Resolve a decade or a century; two digits are of the 1300s, or of the 1900s where Gregorian."""
        calendar = expression.calendar or self.calendar
        size = 10 if isinstance(expression, say.Decade) else 100
        value = expression.value
        if value is None:
            if self.report is None:
                return self.missing(expression, "report_date")
            number = year_of(self.report, calendar) - (size == 100)
            first = number // size * size + size * (expression.shift or 0)
            self.flag("ambiguous")
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
            return self.step(expression, OPEN, "outside the calendar")
        interval = Interval(start[0], end[1], "decade" if size == 10 else "century", calendar=calendar)
        return self.step(expression, interval, f"{first + offset}–{last + offset} {calendar.title()}")

    def window(self, expression: say.Era | say.Government) -> Interval:
        """Resolve a government or an era of the table, clipped at the report date."""
        table = lexicon()
        if isinstance(expression, say.Era):
            first = last = table.windows[expression.name][0]
        else:
            first = table.governments[expression.number]
            last = table.governments[expression.last or expression.number]
            self.flag("low_precision")
        start, end = _iso(first.split("..")[0]), _iso(last.split("..")[1])
        today = self.report.last if self.report else None
        if today and start and end and start <= today < end:
            end = today
            self.flag("clipped")
        interval = Interval(start, end, "day")
        return self.step(expression, interval, f"{_open_said(start, end)} (table)")

    def now(self, now: say.Now) -> Interval:
        """Resolve «تاکنون»: up to the report date; up to its month's end where the day is unknown."""
        end = self.report.last if self.report else None
        if end is None:
            self.flag("needs_report_date")
        why = f"{jalali_string(end)} (report date)" if end else "open: no report date"
        return self.step(now, Interval(None, end, "day", "until"), f"up to {why}" if end else why)

    def range(self, expression: say.Range) -> Interval:
        """Resolve «از … تا …»; the end that says no year shares that of the other."""
        first, last = expression.first, expression.last
        until_now = isinstance(last, say.Now) or (isinstance(last, say.DayWord) and last.shift == 0)
        if until_now:
            start = self.resolve(first)
            if start.start is None:
                return OPEN
            return Interval(start.start, self.now(say.Now(last.text)).end, "day", "since")
        shared = _said_year(last)
        if shared is not None and _lacks_year(first):
            first = _with_year(first, shared)
        start = self.resolve(first)
        if _lacks_year(last) and start.start is not None:
            last = _with_year(last, _year_of(start, last))
        final = self.resolve(last)
        end_day = final.end
        if start.start is None and isinstance(first, say.Vague | say.Edge):
            return OPEN
        if isinstance(last, say.Edge) and last.edge == "start" and end_day:
            end_day -= DAY
        if isinstance(last, say.Bounded):
            end_day = final.end
        begin = start.start
        if begin and end_day and begin > end_day:
            if _lacks_year(expression.last):
                end_day = _moved_end(end_day, 12, "jalali")
            elif _lacks_year(expression.first):
                begin = shift_months(begin, -12)
        if begin and end_day and begin > end_day:
            return self.step(expression, OPEN, "ends before it begins")
        grain = start.grain if start.grain == final.grain else "day"
        calendar = start.calendar if start.calendar == final.calendar else "jalali"
        relation: Relation = "in" if begin or end_day is None else "until"
        return Interval(begin, end_day, grain, relation, calendar)

    def bounded(self, bounded: say.Bounded) -> Interval:
        """Resolve «از …», «تا …», «قبل از …»."""
        inner = bounded.of
        if isinstance(inner, say.DayWord) and inner.shift == 0 and bounded.relation == "until":
            return self.now(say.Now(bounded.text))
        self.nearest = bounded.relation != "since"
        interval = self.resolve(inner)
        self.nearest = False
        if bounded.relation == "since":
            return Interval(interval.start, None, interval.grain, "since", interval.calendar)
        end = self._upper(bounded.relation, inner, interval)
        return self.step(
            bounded,
            Interval(None, end, interval.grain, "until", interval.calendar),
            "up to " + (jalali_string(end) if end else "an unknown day"),
        )

    def _upper(self, relation: str, inner: say.Expression, interval: Interval) -> Date | None:
        start, end = interval.start, interval.end
        if isinstance(inner, say.Edge):
            if inner.edge == "middle" and start and end and start != end:
                return start + DAY * 4
            return start - DAY if inner.edge == "start" and start else end
        if isinstance(inner, say.Ago) and inner.direction > 0:
            today = self.report.exact if self.report else None
            return self._moved(today, inner) if today else None
        if start is None or end is None:
            return end
        if relation == "before":
            return start - DAY
        if isinstance(inner, say.Year | say.Relative | say.Ago | say.Decade) and interval.grain != "day":
            today = self.report.last if self.report else None
            if today is None and self.report:
                today = day_of("jalali", self.report.year, 1, 1)
            return start - DAY if today and end < today else end
        if isinstance(inner, say.Month | say.Season) and isinstance(inner, say.Month) and inner.last is None:
            return start - DAY
        return start - DAY if isinstance(inner, say.Season) else end


def _steps(start: Date, end: Date, size: int, index: int) -> Days:
    """Return the n-th run of so many days; -1 is the last."""
    if index < 0:
        return end - DAY * (size - 1), end
    first = start + DAY * (size * (index - 1))
    return first, first + DAY * (size - 1)


def _interval(days: Days | None, grain: str, calendar: Calendar) -> Interval:
    return Interval(*days, grain, calendar=calendar) if days else OPEN


def _ymd(day: Date, calendar: Calendar) -> tuple[int, int, int]:
    return (day.year, day.month, day.day) if calendar == "gregorian" else jalali_ymd(day)


def _number_in(day: Date, calendar: Calendar) -> int:
    return _ymd(day, calendar)[0]


def _said(days: Days) -> str:
    return jalali_string(days[0]) + ("" if days[0] == days[1] else f"…{jalali_string(days[1])}")


def _open_said(start: Date | None, end: Date | None) -> str:
    return f"{jalali_string(start) if start else 'open'}…{jalali_string(end) if end else 'open'}"


def _month_end(day: Date, calendar: Calendar) -> Date:
    if calendar == "lunar":
        return day + DAY * 29
    year, month, number = _ymd(day, calendar)
    return day + DAY * (month_length(calendar, year, month) - number)


def _moved_end(day: Date, months: int, calendar: Calendar) -> Date | None:
    """Move the end of a period; the last day of a month stays one."""
    if _month_end(day, calendar) != day:
        return shift_months(day, months, calendar)
    following = shift_months(day + DAY, months, calendar)
    return following - DAY if following else None


def _counts_gregorian(interval: Interval) -> bool:
    start, end = interval.start, interval.end
    if interval.calendar == "gregorian":
        return True
    return bool(start and end and start.day == 1 and _month_end(end, "gregorian") == end and jalali_ymd(start)[2] != 1)


def _window(name: str) -> tuple[str, str]:
    return lexicon().windows[name]


def _iso(date: str) -> Date | None:
    year, month, day = (int(part) for part in date.split("-"))
    return day_of("jalali", year, month, day)


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
        if start and end and (own_calendar == calendar or _number_in(start, calendar) == number):
            return start, end
    return None


def _year_of(interval: Interval, expression: say.Expression) -> say.Year:
    """Return the year an interval begins in, by the calendar of the months an expression names."""
    inner: say.Expression | None = expression
    while inner is not None and not isinstance(inner, say.Month):
        inner = _inner(inner)
    calendar: Calendar = "gregorian" if inner is not None and inner.calendar == "gregorian" else "jalali"
    return say.Year("", _number_in(interval.start or datetime.date.min, calendar), calendar=calendar)


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
