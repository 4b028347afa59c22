"""Rules for days: «امروز», «روز سه‌شنبه ۱۲ اسفند», «۱۲ تا ۱۵ مهر ۱۴۰۱», «31/06/1401», «چهارشنبه هفته جاری»."""

from __future__ import annotations

from dataclasses import replace

from ie import period_expressions as say
from ie.calendars import Calendar
from ie.period_months import month, relative
from ie.period_numbers import day_number
from ie.period_reading import COMMAS, Found, Reading, longest
from ie.period_words import Tokens

_MOST_DAYS = 8


def today(r: Reading, i: int, strict: bool) -> Found:
    """Read «امروز», «دیروز جمعه اول فروردین», «امشب»."""
    t = r.tokens
    shift = t.number(i, "day")
    j = t.after(i)
    if t.has(j, "part_of_day"):
        j = t.after(j)
    if found := dated(r, j, False):
        return replace(found[0], text=t.slice(i, found[1])), found[1]
    if t.has(j, "weekday"):
        j = t.after(j)
    return say.DayWord(t.slice(i, j), shift or 0), j


def part_of_day(r: Reading, i: int, strict: bool) -> Found:
    """Read «صبح امروز», «شامگاه ۱۹ اسفند»."""
    t = r.tokens
    j = t.after(i)
    if t.word(i - 2) == "ساعت" and t.has(j, "digits"):
        return None
    found = longest(
        today(r, j, strict) if t.has(j, "day") else None,
        dated(r, j, False),
        weekday(r, j, strict),
        relative(r, j, strict) if t.name(j, "unit") == "day" else None,
    )
    return (replace(found[0], text=t.slice(i, found[1])), found[1]) if found else None


def dated(r: Reading, i: int, strict: bool) -> Found:
    """Read a day of a month, or several: «روز سه‌شنبه ۱۲ اسفند», «۱۲ تا ۱۵ مهر ۱۴۰۱»."""
    t = r.tokens
    j, weekday = _weekdays(r, i)
    if t.word(j) in COMMAS:
        j += 1
    if t.has(j, "dated"):
        j = t.after(j)
    if (written := numeric(r, j)) is not None:
        return replace(written[0], text=t.slice(i, written[1])), written[1]
    first = day_number(t, j)
    if first is None or t.word(j - 1) == "ساعت" or (t.word(j - 1) == ":" and t.touches(j) and t.has(j - 2, "digits")):
        return None
    if t.has(i, "plural") and t.has(j, "ordinal"):
        return None
    day, j = first
    last = day
    for _ in range(_MOST_DAYS):
        more = _next_day(r, j)
        if more is None:
            break
        last, j = more
    counts = not number_is_ordinal(t, j) and weekday is None and t.name(i, "unit") != "day"
    month = _month_of_day(r, j, counts)
    if month is None:
        return None
    run = max(day, last) if last != day else None
    text = t.slice(i, month[1])
    return say.Day(text, min(day, last), month[0], run, weekday if run is None else None), month[1]


def _weekdays(r: Reading, i: int) -> tuple[int, int | None]:
    t = r.tokens
    weekday = None
    if t.name(i, "unit") == "day":
        i = t.after(i)
    for _ in range(_MOST_DAYS):
        found = t.number(i, "weekday")
        if found is None:
            break
        weekday = found if weekday is None else weekday
        i = t.after(i)
        joiner = t.word(i) in COMMAS or t.has(i, "and")
        if joiner and t.has(i + 1, "weekday"):
            i += 1
    return i, weekday


def _next_day(r: Reading, j: int) -> tuple[int, int] | None:
    t = r.tokens
    if not (t.has(j, "and") or t.has(j, "to") or t.word(j) in COMMAS or t.word(j) == "-"):
        return None
    k, _ = _weekdays(r, t.after(j))
    return day_number(t, k)


def _month_of_day(r: Reading, j: int, counts: bool) -> Found:
    t = r.tokens
    if t.name(j, "unit") == "month" or t.has(j, "this"):
        by_distance = None if counts and t.name(j, "unit") == "month" else relative(r, j, False)
        return longest(month(r, j, False, runs=False), by_distance)
    return month(r, j, False, runs=False)


def numeric(r: Reading, i: int) -> Found:
    """Read a date in digits: «۱۴۰۱/۰۶/۳۱», «31/06/1401», «92.11.21», «2022-10-07»."""
    t = r.tokens
    parts = []
    mark = t.word(i + 1)
    if mark not in ("/", "-", ".", "_"):
        return None
    spaced = mark == "/" and t.number(i + 4, "digits") is not None and not t.touches(i + 1)
    for k in (i, i + 2, i + 4):
        if t.number(k, "digits") is None or (k > i and not spaced and not (t.touches(k) and t.touches(k - 1))):
            break
        if k > i and t.word(k - 1) != mark:
            break
        parts.append(t.word(k))
    if spaced and (len(parts) < 3 or 4 not in (len(parts[0]), len(parts[2]))):
        return None
    if len(parts) == 2:
        return _year_month(r, i, parts, mark)
    if len(parts) < 3 or (t.touches(i + 5) and t.word(i + 5) in ("/", "-") and t.has(i + 6, "digits")):
        return None
    date = order_date([int(part) for part in parts], [len(part) for part in parts])
    if date is None:
        return None
    calendar, year, month, day, digits = date
    text = t.slice(i, i + 5)
    in_year = say.Year(text, year, digits=digits, calendar=calendar)
    return say.Day(text, day, say.Month(text, calendar, month, year=in_year)), i + 5


def _year_month(r: Reading, i: int, parts: list[str], mark: str) -> Found:
    t = r.tokens
    if r.loose and len(parts[0]) <= 2 and len(parts[1]) == 4:
        parts = parts[::-1]
    if t.word(i - 1) in r.table.context["numbered"]:
        return None
    year, month = int(parts[0]), int(parts[1])
    written = len(parts[0]) == 4 and (len(parts[1]) == 2 or (r.loose and len(parts[1]) == 1))
    if mark == "." or not written or not 1 <= month <= 12 or r.counts(i + 3):
        return None
    if t.touches(i + 3) and t.word(i + 3) == mark:
        return None
    calendar: Calendar = "jalali" if 1300 <= year < 1500 else "gregorian"
    if calendar == "gregorian" and not 1900 <= year < 2100:
        return None
    text = t.slice(i, i + 3)
    return say.Month(text, calendar, month, year=say.Year(text, year, calendar=calendar)), i + 3


def weekday(r: Reading, i: int, strict: bool) -> Found:
    """Read «روز دوشنبه», «پنج‌شنبه گذشته», «چهارشنبه هفته جاری»."""
    t = r.tokens
    j, weekday = _weekdays(r, i)
    if weekday is None:
        return None
    if t.has(j, "part_of_day"):
        j = t.after(j)
    if t.name(j, "unit") == "week" and (week := relative(r, j, strict)):
        return say.Weekday(t.slice(i, week[1]), weekday, week=week[0]), week[1]
    if t.has(j, "this") and t.name(j + 1, "unit") == "week" and (week := relative(r, j, strict)):
        return say.Weekday(t.slice(i, week[1]), weekday, week=week[0]), week[1]
    shift = r.shift(j)
    if shift is not None and t.word(j) != "دیگر" and not shift[1].startswith("before"):
        j = t.after(j)
        return say.Weekday(t.slice(i, j), weekday, shift[0]), j
    return say.Weekday(t.slice(i, j), weekday), j


def number_is_ordinal(tokens: Tokens, end: int) -> bool:
    """Tell whether the number that ends before a token is an ordinal («پنجم»)."""
    return tokens.has(end - 1, "ordinal") or (tokens.has(end - 2, "digits") and not tokens.has(end - 1, "digits"))


def order_date(values: list[int], lengths: list[int]) -> tuple[Calendar, int, int, int, int] | None:
    """Return calendar, year, month, day and the digits of the year of three numbers in any usual order.

    >>> order_date([31, 6, 1401], [2, 2, 4]), order_date([92, 11, 21], [2, 2, 2])
    (('jalali', 1401, 6, 31, 4), ('jalali', 92, 11, 21, 2))
    >>> order_date([15, 7, 1], [2, 2, 2])
    ('jalali', 1, 7, 15, 2)
    """
    if max(lengths) > 4 or 3 in lengths:
        return None
    places = [place for place in (0, 2) if lengths[place] == 4 or 4 not in lengths]
    places.sort(key=lambda place: lengths[place] == 2 and 10 <= values[place] < 32)
    for place in places:
        year, month, day = values if place == 0 else values[::-1]
        if lengths[place] == 1 or (lengths[place] == 4 and not 1200 <= year < 2200):
            continue
        if month > 12 >= day:
            month, day = day, month
        if 1 <= month <= 12 and 1 <= day <= 31:
            return "gregorian" if year >= 1500 else "jalali", year, month, day, lengths[place]
    return None
