"""Rules for months, seasons, feasts and whole units around the report date: «شهریور امسال», «هفته گذشته»."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ie import period_expressions as say
from ie.calendars import Calendar
from ie.period_numbers import number
from ie.period_reading import COMMAS, MONTHS, Found, Reading
from ie.period_words import Tokens
from ie.period_years import bare_year, container, year

_NAMED_THINGS = frozenset(("named.arbaeen", "named.ashura", "named.tasua"))
_NAMED_DAYS = _NAMED_THINGS | {"named.fetr", "named.qorban", "named.qadir"}
_PRESENT = ("کنونی", "فعلی")
_RELATIVE_UNITS = frozenset("day week month quarter half decade century hour".split())
_THIS_UNITS = frozenset("week month quarter half decade century year".split())


def month(r: Reading, i: int, strict: bool, runs: bool = True) -> Found:
    """Read a month; in running text an ambiguous bare name («مهر») needs evidence beside it."""
    t = r.tokens
    j = i
    said = t.name(j, "unit") == "month"
    if said:
        j = t.after(j)
    first = _month_name(r, j, said and t.word(i) == "برج")
    if first is None:
        return None
    calendar, value, j = first
    if t.name(j, "unit") == "month" and not t.has(j, "plural") and t.word(j) != "برج":
        said, j = True, t.after(j)
    last = None
    if runs and (more := _run_month(r, j, calendar)) is not None:
        last, j = more
    year, shift, end = tail(r, j)
    evidence = said or last is not None or year is not None or shift is not None or not strict
    if t.word(i) == "می" and last is None and year is None and (strict or not r.closed(end)):
        return None
    if not evidence and t.has(i, "ambiguous") and not _stands_as_month(r, i, end):
        return None
    return say.Month(t.slice(i, end), calendar, value, last, year, shift), end


def _month_name(r: Reading, j: int, numbered: bool) -> tuple[Calendar, int, int] | None:
    t = r.tokens
    for calendar in MONTHS:
        value = t.number(j, calendar)
        if value is not None:
            return calendar, value, t.after(j)
    value = t.number(j, "digits") if numbered else None
    return ("jalali", value, j + 1) if value and value <= 12 else None


def _run_month(r: Reading, j: int, calendar: Calendar) -> tuple[int, int] | None:
    """Read the last of the months that «تا», «و» or a comma join to one before."""
    t = r.tokens
    last: tuple[int, int] | None = None
    for _ in range(12):
        if not (t.has(j, "and") or t.has(j, "to") or t.word(j) in COMMAS or t.word(j) == "-"):
            break
        k = t.after(j)
        if t.name(k, "unit") == "month":
            k = t.after(k)
        value = t.number(k, calendar)
        if value is None or (not t.has(j, "to") and t.word(j) != "-" and r.in_order(j)):
            break
        j = t.after(k)
        if t.name(j, "unit") == "month" and not t.has(j, "plural"):
            j = t.after(j)
        last = value, j
    return last


def _stands_as_month(r: Reading, i: int, end: int) -> bool:
    t = r.tokens
    if t.has(end, "to") and any(t.has(t.after(end), category) for category in (*MONTHS, "edge")):
        return True
    before, after = t.word(i - 1), t.word(end)
    if before in r.table.context["month_places"] and t.has(i, "jalali") and (r.closed(end) or t.has(end, "digits")):
        return True
    return (not before or before in r.table.context["month_leads"]) and (not after or after in ".،,؛)" or r.loose)


def tail(r: Reading, j: int) -> tuple[say.Expression | None, int | None, int]:
    """Read what places a month, season or feast in a year: «۱۴۰۱», «سال گذشته», «جاری»."""
    t = r.tokens
    shift = r.shift(j)
    adjective = shift is not None and shift[1] in ("plain", "ago") and abs(shift[0]) <= 1
    if shift and adjective and t.word(j) not in ("قبلی", "بعدی", "سپری") and t.word(t.after(j)) != "از":
        return None, shift[0], t.after(j)
    found = container(r, j, two_digits=True) if t.word(j) != "در" else None
    return (found[0], None, found[1]) if found else (None, None, j)


def season(r: Reading, i: int, strict: bool) -> Found:
    """Read «تابستان», «فصل بهار سال گذشته», «این زمستان»."""
    t = r.tokens
    j, this = (t.after(i), True) if t.has(i, "this") else (i, False)
    if t.name(j, "unit") == "quarter":
        j = t.after(j)
        if t.has(j, "digits") and (pair := bare_year(r, j, True)) and getattr(pair[0], "last", None):
            return say.Vague(t.slice(i, pair[1])), pair[1]
        if _is_short_pair(t, j):
            return say.Vague(t.slice(i, j + 3)), j + 3
    value = t.number(j, "season")
    if value is None:
        return None
    j = t.after(j)
    if this:
        return say.Season(t.slice(i, j), value, shift=0), j
    last = None
    if (t.has(j, "and") or t.has(j, "to")) and (t.number(j + 1, "season") or 0) > value:
        last, j = t.number(j + 1, "season"), t.after(j + 1)
    year, shift, end = tail(r, j)
    bare = last is None and year is None and shift is None and t.has(i, "season")
    if bare and strict and not r.loose and value in (1, 3) and not _stands_as_month(r, i, end):
        return None
    return say.Season(t.slice(i, end), value, last, year, shift), end


def _is_short_pair(t: Tokens, j: int) -> bool:
    """Tell whether two years of two digits follow each other («فصل ۹۴-۹۳»), as seasons of a league are named."""
    first, last = t.number(j, "digits"), t.number(j + 2, "digits")
    if first is None or last is None or t.word(j + 1) not in ("-", "/"):
        return False
    return t.number(j, "length") == t.number(j + 2, "length") == 2 and abs(first - last) in (1, 99)


def this(r: Reading, i: int, strict: bool) -> Found:
    """Read «این هفته», «همین ماه», «این تابستان», «همین سال»."""
    t = r.tokens
    j = t.after(i)
    if t.has(j, "season"):
        return season(r, i, strict)
    unit = t.name(j, "unit")
    if unit is None or unit not in _THIS_UNITS or t.has(j, "plural"):
        return None
    if strict and not r.loose and unit != "week" and t.word(i) == "این":
        return None
    if unit == "year":
        return year(r, i, strict)
    if unit in ("decade", "century"):
        return _long_unit(unit, t.slice(i, t.after(j)), 0), t.after(j)
    return say.Relative(t.slice(i, t.after(j)), unit, 0), t.after(j)


def relative(r: Reading, i: int, strict: bool) -> Found:
    """Read «هفته گذشته», «ماه میلادی جاری», «روزهای آینده», «هفته‌های پایانی سال»."""
    t = r.tokens
    if t.has(i, "this"):
        return this(r, i, strict)
    if (elapsed := t.name(i, "elapsed")) is not None:
        return say.Relative(t.slice(i, t.after(i)), elapsed, -1), t.after(i)
    unit = t.name(i, "unit")
    if unit is None or unit not in _RELATIVE_UNITS:
        return None
    j = t.after(i)
    if t.has(i, "plural") and t.has(j, "ordinal"):
        of = r.of(t.after(j)) or edge_unit(r, t.after(j))
        return (say.Vague(t.slice(i, of[1])), of[1]) if of else None
    return _by_distance(r, i, j, unit)


def _by_distance(r: Reading, i: int, j: int, unit: str) -> Found:
    t = r.tokens
    gregorian = t.name(j, "year_kind") == "gregorian"
    if gregorian:
        j = t.after(j)
    shift = r.shift(j)
    if shift is None or shift[1] == "new" or t.word(j) == "دیگر" or (unit == "day" and t.word(j) in _PRESENT):
        return None
    if shift[1] == "before" and t.word(i - 1) not in ("به", "با", "مشابه"):
        return None
    end = t.after(j) - (shift[1] == "before") + (shift[1] == "before_it")
    if shift[1] == "before_it":
        return say.Same(t.slice(i, end), say.Relative(t.slice(i, end), unit, -1)), end
    if t.name(end, "year_kind") == "gregorian":
        gregorian, end = True, t.after(end)
    if unit == "day" and shift[0] in (-1, 1) and t.has(end, "weekday"):
        end = t.after(end)  # «روز گذشته چهارشنبه»
    text = t.slice(i, end)
    if t.word(i) == "شبانه" and shift[0] == -1:
        return say.Rolling(text, "day", Fraction(1), -1), end
    if t.has(i, "plural") or shift[1] == "recent" or unit == "hour":
        return say.Vague(text), end
    if unit in ("decade", "century"):
        return _long_unit(unit, text, shift[0]), end
    return say.Relative(text, unit, shift[0], "gregorian" if gregorian else None), end


def _long_unit(unit: str, text: str, shift: int) -> say.Decade | say.Century:
    return say.Decade(text, shift=shift) if unit == "decade" else say.Century(text, shift=shift)


def edge_unit(r: Reading, j: int) -> Found:
    """Read «ماه» or «هفته» alone, after «پایان» and the like: the report's own."""
    t = r.tokens
    unit = t.name(j, "unit")
    if unit in ("decade", "century", "quarter") and r.closed(t.after(j)):
        return say.Vague(t.slice(j, t.after(j))), t.after(j)
    if unit is None or unit not in ("month", "week") or t.has(j, "plural") or number(t, t.after(j)) is not None:
        return None
    return say.Relative(t.slice(j, j + 1), unit, 0), t.after(j)


def named(r: Reading, i: int, strict: bool) -> Found:
    """Read «دهه فجر امسال», «ایام نوروز ۱۴۰۲», «هفته دولت»."""
    t = r.tokens
    of_day = t.word(i) == "روز" and t.name(t.after(i), "named") in _NAMED_DAYS
    j = t.after(i) if of_day or (t.has(i, "occasion") and not t.has(i, "named")) else i
    if (era := t.name(j, "era")) is not None and t.word(t.after(j)) not in r.table.context["revolutions"]:
        return (say.Era(t.slice(i, t.after(j)), era), t.after(j)) if not strict or "war" in era else None
    if (name := t.name(j, "named")) is None:
        if j > i and (t.name(j, "unit") == "month" or t.has(j, "lunar")) and (found := month(r, j, False)):
            return replace(found[0], text=t.slice(i, found[1])), found[1]
        return None
    year, shift, end = tail(r, t.after(j))
    if j > i and name in _NAMED_DAYS and not of_day:
        return say.Vague(t.slice(i, end)), end
    if strict and not r.loose and j == i and year is None and name in _NAMED_THINGS:
        return None
    return say.Named(t.slice(i, end), name, year, shift), end


def government(r: Reading, i: int, strict: bool) -> Found:
    """Read «دولت سیزدهم», «دولت یازدهم و دوازدهم»."""
    t = r.tokens
    found = number(t, t.after(i))
    end = found[1] if found and found[2] else t.after(i)
    if (led := t.name(end, "president")) is not None and t.has(i, "government"):
        first, last = map(int, led.split("-"))
        which = first + found[0] - 1 if found and found[2] else None
        if which is not None and not first <= which <= last:
            first = last = found[0] if found and found[0] in r.table.governments else first
        elif which is not None:
            first = last = which
        return say.Government(t.slice(i, t.after(end)), first, last if last != first else None), t.after(end)
    if found is None or not found[2] or found[0] not in r.table.governments:
        return None
    value, end, _ = found
    more = number(t, end + 1) if t.has(end, "and") else None
    if more and more[2] and more[0] in r.table.governments:
        return say.Government(t.slice(i, more[1]), value, more[0]), more[1]
    return say.Government(t.slice(i, end), value), end


def plan(r: Reading, i: int, strict: bool) -> Found:
    """Read «برنامه ششم توسعه», «برنامه پنج‌ساله پنجم»."""
    t = r.tokens
    j = t.after(i)
    told = t.has(j, "plan_tail")
    if told:
        j = t.after(j)
    found = number(t, j)
    if found is None or not found[2] or not 1 <= found[0] <= 9:
        return None
    end = found[1]
    if t.has(end, "plan_tail"):
        told, end = True, t.after(end)
    return (say.Vague(t.slice(i, end)), end) if told or 4 <= found[0] <= 7 else None
