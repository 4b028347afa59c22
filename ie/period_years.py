"""Rules for years, decades and centuries: «سال جاری», «سال‌های ۹۸ و ۹۹», «سال زراعی ۱۴۰۱-۱۴۰۰», «دهه ۸۰»."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ie import period_expressions as say
from ie.calendars import Calendar
from ie.period_numbers import number, year_number
from ie.period_reading import CALENDARS, COMMAS, DASHES, MONTHS, Found, Reading, longest
from ie.persian import ZWNJ

_LONGEST_LIST = 16


def container(r: Reading, j: int, two_digits: bool = False, bare: bool = False) -> Found:
    """Read the year a part belongs to; `bare` also takes «سال» alone for the report's own year."""
    t = r.tokens
    k = j
    if t.word(k) in ("در", "از") and (t.has(k + 1, "year") or t.name(k + 1, "unit") == "year"):
        k += 1
    if t.has(k, "year") or t.name(k, "unit") == "year" or t.word(k) in ("همان", "آن") or t.has(k, "this"):
        if found := year(r, k, False):
            return found
        if bare and t.name(k, "unit") == "year" and not t.has(k, "plural"):
            return _with_calendar(r, say.Year("", shift=0, assumed=True), k, k + 1)
        return None
    if found := _years_ago(r, k):
        return found
    value = year_number(t, k)
    if value is None or (value[1] == 2 and not two_digits) or r.counts(value[2]):
        return None
    if value[1] == 2 and not _is_short_year(r, k, value):
        return None
    if t.has(k, "cardinal") and value[1] == 2 and not r.closed(value[2]):
        return None
    if value[1] == 2 and t.word(value[2]) == "-" and (pair := _numbered_years(r, say.Year(""), k, k, True)):
        return pair
    return _with_calendar(r, say.Year("", value[0], digits=value[1]), k, value[2])


def _is_short_year(r: Reading, k: int, value: tuple[int, int, int]) -> bool:
    """Tell whether two digits after a month or part are its year and count nothing («مهرماه ۶۴ کتابخانه»)."""
    t = r.tokens
    if t.word(k)[0] == "0" or t.word(k) in r.table.context["quotes"]:
        return True
    month = k - 1 - (t.name(k - 1, "unit") == "month")
    dated = number(t, month - 1) is not None and any(t.has(month, calendar) for calendar in MONTHS)
    return value[0] >= (30 if dated or r.loose or r.closed(value[2]) else 80)


def _years_ago(r: Reading, k: int) -> Found:
    t = r.tokens
    count = number(t, k)
    if count is None or t.name(count[1], "unit") != "year":
        return None
    j = t.after(count[1])
    shift = r.shift(j)
    direction = {"ago": -1, "later": 1}.get(shift[1]) if shift else None
    if not direction:
        return None
    return say.Ago(t.slice(k, j + 1), "year", Fraction(count[0]), direction), j + 1


def _with_calendar(r: Reading, year: say.Year, i: int, j: int) -> Found:
    t = r.tokens
    for _ in range(3):
        kind = t.name(j, "year_kind")
        if kind is None:
            break
        j = t.after(j)
        if kind == "fiscal" and t.words[j : j + 2] == ["این", "شرکت"]:
            j += 2
        calendar = CALENDARS.get(kind)
        year = replace(year, calendar=calendar) if calendar else replace(year, kind=kind)
    return replace(year, text=t.slice(i, j)), j


def year(r: Reading, i: int, strict: bool) -> Found:
    """Read «امسال», «سال جاری», «سال‌های ۹۸ و ۹۹», «سال زراعی ۱۴۰۱-۱۴۰۰»."""
    t = r.tokens
    j = i
    same = t.word(j) == "همان" or (t.word(j) == "آن" and t.name(j + 1, "unit") == "year" and t.has(i - 1, "edge"))
    this = t.has(j, "this") and not (strict and not r.loose and t.word(j) == "این")
    if same or this:
        j = t.after(j)
    if t.has(j, "year"):
        return _year_word(r, i, j)
    if t.name(j, "unit") != "year":
        return None
    plural, j = t.has(j, "plural"), t.after(j)
    base = say.Year("")
    kind = _with_calendar(r, base, i, j)
    if kind is not None and isinstance(kind[0], say.Year):
        base, j = kind[0], kind[1]
    if t.has(j, "ending") and (until := r.point(t.after(j), strict=False)):
        return say.Trailing(t.slice(i, until[1]), "year", 1, until[0]), until[1]
    if (numbered := _numbered_at(r, base, i, j, plural)) is not None:
        return numbered
    if (relative := _relative_year(r, base, i, j, plural)) is not None:
        return relative
    if plural:
        return _some_years(r, i, j)
    if same or this:
        return replace(base, text=t.slice(i, j), shift=0, of_it=same), j
    return None


def _numbered_at(r: Reading, base: say.Year, i: int, j: int, plural: bool) -> Found:
    """Read the numbers of years, which may stand after a comma or in brackets («سال زراعی (۱۴۰۱-۱۴۰۰)»)."""
    t = r.tokens
    if t.word(j) == "(" and base.kind != "calendar":
        found = _numbered_years(r, base, i, j + 1, plural)
        return (found[0], found[1] + 1) if found and t.word(found[1]) == ")" else None
    comma = t.word(j) in COMMAS and t.has(j + 1, "digits")
    return _numbered_years(r, base, i, j + comma, plural)


def _some_years(r: Reading, i: int, j: int) -> Found:
    """Read «سال‌های پایانی دهه ۹۰»."""
    of = r.of(r.tokens.after(j)) if r.tokens.has(j, "ordinal") else None
    return (say.Vague(r.tokens.slice(i, of[1])), of[1]) if of else None


def _year_word(r: Reading, i: int, j: int) -> Found:
    """Read «امسال», «پارسال», «امسال تابستان»."""
    t = r.tokens
    shift, end = t.number(j, "year"), t.after(j)
    season = t.number(end, "season")
    if season is not None:
        return say.Season(t.slice(i, t.after(end)), season, year=say.Year(t.slice(i, end), shift=shift)), t.after(end)
    return _with_calendar(r, say.Year("", shift=shift), i, end)


def _relative_year(r: Reading, base: say.Year, i: int, j: int, plural: bool) -> Found:
    t = r.tokens
    shift = r.shift(j)
    if t.word(i - 2) == "مرز":
        return None
    if shift is None:
        if t.word(j) == "ی" and t.word(j + 1) == "که" and t.word(j + 2) == "گذشت":
            return replace(base, text=t.slice(i, j + 3), shift=-1), j + 3
        return None
    end = t.after(j) - (shift[1] == "before")
    if t.word(j) == "دیگر":
        return None
    if plural or shift[1] == "recent":
        return (say.Vague(t.slice(i, end)), end) if plural else None
    of_it = shift[1] == "before_it" or t.word(j) in ("قبلش", "قبلشان")
    if shift[1] == "before_it":
        end += 1
    elif t.word(end) == "از" and t.word(end + 1) == "آن":
        of_it, end = True, end + 2
    elif t.has(end, "of_it") and (t.word(end) == "آن" or t.text[t.starts[end] - 1] == ZWNJ):
        of_it, end = True, end + 1
    year = replace(base, shift=shift[0], new=shift[1] == "new", of_it=of_it)
    if of_it:
        year = replace(year, shift=max(shift[0], -1))
    return _with_calendar(r, year, i, end)


def _numbered_years(r: Reading, base: say.Year, i: int, j: int, plural: bool) -> Found:
    t = r.tokens
    first = year_number(t, j)
    if first is None or not _is_year(r, first, j):
        return None
    value, digits, j = first
    last: int | None = None
    paired = False
    listed = plural or base.kind != "calendar"
    while (more := _next_year(r, j, last or value, digits, listed)) is not None:
        paired = paired or t.word(j) in DASHES or base.kind != "calendar"
        closing = not (t.has(j, "and") or t.word(j) in COMMAS)
        digits, last, j = max(digits, more[1]), more[0], more[2]
        if closing:
            break
    if last is not None:
        value, last = _same_century(value, last, digits)
    found = _with_calendar(r, replace(base, value=value, last=last, digits=digits), i, j)
    if found and isinstance(found[0], say.Year) and paired and found[0].kind != "calendar":
        return replace(found[0], last=None), found[1]
    return found


def _is_year(r: Reading, value: tuple[int, int, int], j: int) -> bool:
    """Tell whether a number after «سال» is a year and not a count («در سال ۲۰ درصد»)."""
    t = r.tokens
    end = value[2]
    if value[1] == 4:
        pair = year_number(t, end + 1) if t.word(end) == "/" else None
        paired = pair is not None and abs(value[0] - pair[0]) % 100 in (1, 99)
        return paired or not r.counts(end) or t.name(j - 1, "unit") == "year"
    if t.word(end) in r.table.context["percents"] or (r.counts(end) and not t.word(end).isalpha()):
        return False
    if r.counts(end):
        return value[0] >= 80 and not t.touches(end)
    return value[0] >= 60 or t.word(j)[0] == "0" or r.closed(end) or (r.loose and value[0] >= 30)


def _next_year(r: Reading, j: int, before: int, digits: int, listed: bool) -> tuple[int, int, int] | None:
    t = r.tokens
    word = t.word(j)
    joins = t.has(j, "and") or word in COMMAS
    if listed and t.number(j, "length") == digits and abs((t.number(j, "digits") or 0) - before) == 1:
        return None if r.counts(j + 1) else year_number(t, j)
    if not (joins or t.has(j, "to") or word in DASHES) or t.has(j, "now") or (joins and r.in_order(j)):
        return None
    k = t.after(j)
    if t.name(k, "unit") == "year" and t.has(j, "to"):
        k = t.after(k)
    value = year_number(t, k)
    if value is None or r.counts(value[2]) or (t.has(value[2], "to") and joins) or _is_day(r, k, value):
        return None
    if joins and not listed:
        return value if value[1] == digits and value[0] == before + 1 else None
    longer = t.has(j, "to") and value[0] >= 1300
    return value if listed or value[1] == digits or word in DASHES or longer else None


def _is_day(r: Reading, k: int, value: tuple[int, int, int]) -> bool:
    t = r.tokens
    return value[1] == 2 and any(t.has(value[2], calendar) for calendar in MONTHS)


def bare_year(r: Reading, i: int, strict: bool) -> Found:
    """Read «۱۴۰۱» alone where the words around it leave no other reading."""
    t = r.tokens
    length = t.number(i, "length")
    if length == 2 and _is_paired(r, i):
        return _with_calendar(r, say.Year("", t.number(i, "digits"), digits=2), i, i + 1)
    if length == 2 and t.word(i - 1) in r.table.context["budgets"] and (t.number(i, "digits") or 0) >= 60:
        return container(r, i, two_digits=True)
    if length != 4:
        return None
    found = _numbered_years(r, say.Year(""), i, i, False)
    if found is None or not isinstance(found[0], say.Year) or found[0].digits != 4:
        return None
    year = found[0]
    if year.last is not None or year.calendar is not None or _stands_as_year(r, i, found[1]):
        return found
    return found if not strict and r.closed(found[1]) else None


def _is_paired(r: Reading, i: int) -> bool:
    """Tell whether two digits are a further year of «سال‌های ۹۸ و ۹۹», of which each stands for itself."""
    t = r.tokens
    k = i - 1
    while i - k <= _LONGEST_LIST and t.number(k - 1, "length") == 2 and (t.has(k, "and") or t.word(k) in COMMAS):
        k -= 2
    plural = t.has(k, "plural") or t.has(k - 1, "plural")
    return i - k > 2 and plural and "year" in (t.name(k, "unit"), t.name(k - 1, "unit")) and r.in_order(i)


def _stands_as_year(r: Reading, i: int, end: int) -> bool:
    t = r.tokens
    value = t.number(i, "digits") or 0
    if not (1350 <= value <= 1420 or 1950 <= value <= 2060):
        return False
    before, after = t.word(i - 1), t.word(end)
    if t.has(i - 1, "and") and r.in_order(i) and t.has(i - 2, "digits"):
        return True
    if before in r.table.context["year_heads"]:
        return True
    if before == "در" and t.word(i - 2) in r.table.context["percents"]:  # «۲٫۶ درصد در ۲۰۲۶»
        return True
    closed = r.closed(end) or t.has(end, "digits")
    if closed and " ".join(t.words[max(0, i - 2) : i]) in r.table.context["compared"]:
        return True
    if before == "(" and after == ")":
        return True
    return closed and (not before or before in r.table.context["year_leads"])


def decade(r: Reading, i: int, strict: bool) -> Found:
    """Read «دهه ۸۰», «دهه ۱۹۷۰ میلادی», «دهه‌های ۶۰ و ۷۰», «قرن بیستم»."""
    t = r.tokens
    unit = t.name(i, "unit")
    j = t.after(i)
    found = number(t, j)
    if found is None or unit not in ("decade", "century"):
        return None
    value, end, _ = found
    if unit == "century":
        if not 1 <= value <= 30:
            return None
        end, calendar = _calendar(r, end)
        return say.Century(t.slice(i, end), value, calendar=calendar), end
    if value % 10 or not (10 <= value <= 90 or 1200 <= value < 1500 or 1500 <= value < 2100):
        return None
    last = None
    more = number(t, end + 1) if t.has(end, "and") or t.has(end, "to") else None
    if more and more[0] % 10 == 0 < more[0] and (more[0] < 100) == (value < 100) and not r.counts(more[1]):
        last, end = more[0], more[1]
    end, calendar = _calendar(r, end)
    return say.Decade(t.slice(i, end), value, last, calendar=calendar), end


def _calendar(r: Reading, j: int) -> tuple[int, Calendar | None]:
    name = r.tokens.name(j, "year_kind")
    if name in CALENDARS:
        return r.tokens.after(j), CALENDARS[name]
    return j, None


def horizon(r: Reading, i: int, strict: bool) -> Found:
    """Read «افق ۱۴۰۴»."""
    t = r.tokens
    j = t.after(i)
    found = longest(year(r, j, False), bare_year(r, j, False)) or container(r, j, two_digits=True)
    if found is None or not isinstance(found[0], say.Year):
        return None
    return replace(found[0], text=t.slice(i, found[1]), ahead=True), found[1]


def _same_century(first: int, last: int, digits: int) -> tuple[int, int]:
    """Put two years in order; one of two digits lies next to one of four («99-1398», «2013-14»)."""
    if digits == 4 and (first < 100) != (last < 100):
        known, short = max(first, last), min(first, last)
        options = (known - known % 100 + century + short for century in (-100, 0, 100))
        first, last = known, min(options, key=lambda year: abs(year - known))
    return min(first, last), max(first, last)
