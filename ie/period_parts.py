"""Rules for parts and counts of longer units: «شش‌ماهه نخست امسال», «پایان شهریور», «۱۲ ماه گذشته», «مدت مشابه»."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ie import period_expressions as say
from ie.period_months import edge_unit, government, month, named, relative, season
from ie.period_numbers import number
from ie.period_reading import MONTHS, Found, Reading, longest
from ie.period_words import Tokens
from ie.period_years import container, decade

_DECIMAL_MARKS = frozenset("./٫")
_OF_THE_DAY = ("hour", "minute")


def of(r: Reading, j: int, strict: bool = False) -> Found:
    """Read what a part is a part of: a year, season, month or half of one."""
    t = r.tokens
    if t.word(j) == "از":
        j += 1
    if found := container(r, j, two_digits=True, bare=True):
        return found
    if t.has(j, "this") or t.name(j, "unit") == "month":
        return longest(relative(r, j, False), month(r, j, False))
    if any(t.has(j, category) for category in (*MONTHS, "season", "half", "named", "occasion")):
        return longest(month(r, j, False), season(r, j, False), half(r, j, False), named(r, j, False))
    if t.name(j, "unit") in ("quarter", "half", "week"):
        return longest(season(r, j, False), unit_part(r, j, False), relative(r, j, False))
    if t.name(j, "unit") in ("decade", "century"):
        return longest(decade(r, j, False), relative(r, j, False), unit_part(r, j, False))
    if t.has(j, "government"):
        return government(r, j, False)
    if t.has(j, "digits") or t.has(j, "cardinal"):
        return counted(r, j, False)
    return None


def counted(r: Reading, i: int, strict: bool) -> Found:
    """Read a count of units: «شش‌ماهه نخست امسال», «۱۲ ماه گذشته», «دو سال پیش», «۹ ماه منتهی به آذر»."""
    t = r.tokens
    count, j = _count(r, i)
    span = t.name(j, "span")
    unit = span or t.name(j, "unit")
    if j == i or unit is None or t.has(j, "plural") or t.word(i - 1) == "ساعت":
        return None
    j = t.after(j)
    if t.has(j, "and_half") and count is not None:
        count, j = count + Fraction(1, 2), t.after(j)
    if t.has(j, "same"):
        return _same_tail(r, i, t.after(j), int(count) if count else None)
    if t.has(j, "said") and count is not None:
        return say.Same(t.slice(i, t.after(j)), None, int(count), itself=True), t.after(j)
    whole = int(count) if count is not None and count.denominator == 1 and count > 0 else None
    part = _counted_part(r, i, j, unit, whole, span is not None) if whole else None
    return (
        part
        or _moved(r, i, j, unit, count, span is not None)
        or (_first_months(r, i, j, whole, strict) if span == "month" else None)
        or (_stretch_within(r, i, j) if whole and not span and unit not in _OF_THE_DAY else None)
    )


def _stretch_within(r: Reading, i: int, j: int) -> Found:
    """Read «طی ۲۰ روز»: so long a stretch in which something came about, but not when."""
    return (say.Vague(r.tokens.slice(i, j), "says how long and not when"), j) if r.tokens.word(i - 1) == "طی" else None


def showing(r: Reading, i: int, end: int) -> Found:
    """Read on from «هفته دوم» or «سه روز نخست» to «نمایش» or «اکران», whose first day no calendar knows."""
    t = r.tokens
    if t.word(end) not in r.table.context["showings"]:
        return None
    end += 1 + (t.word(end + 1) in ("اش", "ش"))
    return say.Vague(t.slice(i, end), "counted from a first showing"), end


def counted_stretch(r: Reading, i: int, j: int) -> Found:
    """Read «بازه زمانی ۲۰ روزه», «این پنج سال»: so long a stretch, but not when."""
    t = r.tokens
    count, k = _count(r, j)
    if k == j or count is None or not _is_unit(t, k) or t.has(k, "plural"):
        return None
    return say.Vague(t.slice(i, t.after(k)), "says how long and not when"), t.after(k)


def this_stretch(r: Reading, i: int, strict: bool) -> Found:
    """Read «این دوره ۶ ماهه», «این بازه ۲۳ ساله»."""
    t = r.tokens
    j = t.after(i)
    found = counted_stretch(r, i, t.after(j)) if t.has(j, "stretch") or t.has(j, "between") else None
    return found and (say.Same(found[0].text, None, itself=True), found[1])


def vague(r: Reading, i: int, strict: bool) -> Found:
    """Read «آینده نزدیک» and the like."""
    t = r.tokens
    return say.Vague(t.slice(i, t.after(i))), t.after(i)


def _first_months(r: Reading, i: int, j: int, months: int | None, strict: bool) -> Found:
    """Read «۹ماهه» alone: so many months of the report's year."""
    if months is None or months > 12 or (strict and not r.loose and months not in (3, 6, 9, 11)):
        return None
    return say.Part(r.tokens.slice(i, j), "month", months, 1, say.Year("", shift=0, assumed=True)), j


def _count(r: Reading, i: int) -> tuple[Fraction | None, int]:
    t = r.tokens
    if t.has(i, "some"):
        return None, t.after(i)
    if t.word(i) == "نیم":
        return Fraction(1, 2), t.after(i)
    if t.word(i) == "ربع":
        return Fraction(1, 4), i + (t.name(i + 1, "unit") == "century")
    found = number(t, i)
    if found is None or (t.word(i - 1) in _DECIMAL_MARKS and t.touches(i) and t.has(i - 2, "digits")):
        return None, i
    count, j = Fraction(found[0]), found[1]
    if t.word(j) in _DECIMAL_MARKS and t.touches(j) and t.touches(j + 1) and (length := t.number(j + 1, "length")):
        count, j = count + Fraction(t.number(j + 1, "digits") or 0, 10**length), j + 2
    if (t.has(j, "to") or t.word(j) in ("یا", "،")) and (more := number(t, t.after(j))) and _is_unit(t, more[1]):
        return None, more[1]
    if t.has(j, "and_half"):
        count, j = count + Fraction(1, 2), t.after(j)
    return count, j


def _is_unit(t: Tokens, j: int) -> bool:
    return t.has(j, "unit") or t.has(j, "span")


def _counted_part(r: Reading, i: int, j: int, unit: str, size: int, span: bool) -> Found:
    t = r.tokens
    if t.has(j, "ending") and (until := r.point(t.after(j), strict=False)):
        return say.Trailing(t.slice(i, until[1]), unit, size, until[0]), until[1]
    ordinal = t.number(j, "ordinal")
    if ordinal is None:
        ordinal = {"start": 1, "end": -1}.get(t.name(j, "edge") or "")
    of: Found
    if ordinal is not None:
        last, end = _next_ordinal(r, t.after(j), ordinal)
        of = r.of(end)
        if of is None and unit in ("day", "week") and (run := showing(r, i, end)):
            return run
        if of is None and unit == "month" and t.has(j, "ordinal"):
            of = say.Year("", shift=0, assumed=True), end
        if of is None:
            return None
        return _parts(t.slice(i, of[1]), say.Part("", unit, size, ordinal, of[0]), last), of[1]
    passed = t.has(j, "passed")
    moved = r.shift(j)
    past = moved is not None and moved[0] == -1 and moved[1] == "plain"
    start = t.after(j) if passed or past else j
    if unit in ("month", "quarter", "half") or passed:
        seasonal = (span or unit == "month") and t.has(start, "season")
        of = r.of(start) if passed or seasonal else container(r, start, two_digits=span and not past)
        if of is not None and not isinstance(of[0], say.Vague):
            return say.Part(t.slice(i, of[1]), unit, size, 1, of[0]), of[1]
    return None


def _moved(r: Reading, i: int, j: int, unit: str, count: Fraction | None, span: bool) -> Found:
    t = r.tokens
    moved = r.shift(j)
    if moved is None or t.word(j) in ("جاری", "فعلی", "کنونی"):
        return None
    shift, kind = moved
    if kind in ("new", "before") or t.word(i - 1) == "مرز":
        return None
    end = t.after(j) + (kind == "before_it")
    text = t.slice(i, end)
    if kind == "before_it":
        return say.Vague(text, "counted from another period"), end
    if span and kind == "ago" and unit == "month" and count == 3:
        return say.Relative(text, "quarter", -1), end
    if kind == "recent":
        return say.Rolling(text, unit, count, -1), end
    direction = 1 if shift > 0 else -1
    if kind in ("ago", "later"):
        return say.Ago(text, unit, count, direction), end
    return say.Rolling(text, unit, count, direction), end


def unit_part(r: Reading, i: int, strict: bool) -> Found:
    """Read «ماه اول سال», «هفته سوم مهر», «روز اول تیر», «نیم‌سال دوم ۱۴۰۰»."""
    t = r.tokens
    unit = t.name(i, "unit")
    if unit in (None, "year", "century", "hour", "minute"):
        return None
    j = t.after(i)
    if t.has(i, "plural") and not (t.has(j, "ordinal") and t.has(t.after(j), "and")):
        return None
    if t.has(j, "ending") and (until := r.point(t.after(j), strict=False)) and unit:
        return say.Trailing(t.slice(i, until[1]), unit, 1, until[0]), until[1]
    found = number(t, j)
    ordinal = found[0] if found and found[2] else t.number(j, "ordinal")
    if ordinal is None:
        return None
    end = found[1] if found and found[2] else t.after(j)
    last, end = _next_ordinal(r, end, ordinal)
    of = r.of(end)
    if of is None and unit in ("day", "week") and (run := showing(r, i, end)):
        return run
    if of is None and unit == "half":
        of = say.Year("", shift=0, assumed=True), end
    if of is None or unit is None:
        return None
    if unit == "decade" and not isinstance(of[0], say.Month | say.Relative):
        return None
    return _parts(t.slice(i, of[1]), say.Part("", unit, 1, ordinal, of[0]), last), of[1]


def _next_ordinal(r: Reading, end: int, ordinal: int) -> tuple[int, int]:
    """Read the second of two ordinals: «هفته اول و دوم مهر»; without one the first is also the last."""
    t = r.tokens
    found = number(t, t.after(end)) if t.has(end, "and") or t.has(end, "to") else None
    return (found[0], found[1]) if found and found[2] and found[0] > ordinal > 0 else (ordinal, end)


def _parts(text: str, first: say.Part, last: int) -> say.Part | say.Range:
    if last == first.index:
        return replace(first, text=text)
    return say.Range(text, first, replace(first, index=last))


def ordinal_part(r: Reading, i: int, strict: bool) -> Found:
    """Read «نخستین ماه سال», «سومین سه‌ماهه امسال», «آخرین روز اسفند», «اول زمستان»."""
    t = r.tokens
    found = number(t, i)
    ordinal = found[0] if found and found[2] else t.number(i, "ordinal")
    if ordinal is None:
        return None
    j = found[1] if found and found[2] else t.after(i)
    counted_units = number(t, j)
    size, k = (counted_units[0], counted_units[1]) if counted_units and not counted_units[2] else (1, j)
    unit = t.name(k, "unit") or (t.name(k, "span") if k > j else None)
    if unit in ("day", "week", "month", "quarter", "half") and unit is not None and size > 0:
        of = r.of(t.after(k))
        if of is None and unit in ("day", "week") and not t.has(k, "plural") and (run := showing(r, i, t.after(k))):
            return run
        if of is None or t.has(k, "plural"):
            return (say.Vague(t.slice(i, of[1])), of[1]) if of else None
        return say.Part(t.slice(i, of[1]), unit, size, ordinal, of[0]), of[1]
    of = r.of(j) if ordinal == 1 and t.word(i) in ("اول", "یکم") and t.word(j) not in ("از", "در") else None
    if of is None or not isinstance(of[0], say.Year | say.Season | say.Ago | say.Relative):
        return None
    return say.Edge(t.slice(i, of[1]), "start", of[0]), of[1]


def half(r: Reading, i: int, strict: bool) -> Found:
    """Read «نیمه نخست», «نیمه دوم شهریور», «نیمه اسفند»."""
    t = r.tokens
    if not t.has(i, "half"):
        return None
    j = t.after(i)
    ordinal = t.number(j, "ordinal")
    if ordinal is None:
        return None
    end = t.after(j)
    of = r.of(end)
    if of is None and strict and (r.about_a_match(i) or t.word(end) == "را"):
        return None
    of = of or (say.Year("", shift=0, assumed=True), end)
    return say.Part(t.slice(i, of[1]), "half", 1, ordinal, of[0]), of[1]


def edge(r: Reading, i: int, strict: bool) -> Found:
    """Read «ابتدای سال», «پایان شهریور», «اواخر هفته گذشته»."""
    t = r.tokens
    edge = t.name(i, "edge")
    if edge is None:
        return None
    j = t.after(i)
    half_next = t.has(j, "half") and t.has(t.after(j), "ordinal")
    if (t.has(j, "edge") and not half_next) or (t.has(i, "half") and t.has(j, "ordinal")):
        return None
    of = longest(None if t.number(j, "length") == 2 and not t.has(j + 1, "unit") else r.of(j), r.point(j, strict=False))
    if of is None and not strict:
        of = edge_unit(r, j)
    if of is None and t.name(j, "unit") == "quarter" and not strict and t.word(j + 1)[:1].isalpha():
        return say.Vague(t.slice(i, j + 2)), j + 2
    if of is None or isinstance(of[0], say.Same):
        return None
    return say.Edge(t.slice(i, of[1]), edge, of[0]), of[1]


def same(r: Reading, i: int, strict: bool) -> Found:
    """Read «مدت مشابه سال قبل», «ماه مشابه سال گذشته», «همین مدت در سال گذشته»."""
    t = r.tokens
    j = i
    this = t.has(j, "this")
    if this:
        j = t.after(j)
    if not (t.has(j, "stretch") or t.name(j, "unit") in ("month", "quarter", "week", "day")):
        return None
    if t.has(j, "plural"):
        return None
    j = t.after(j)
    if t.has(j, "same"):
        return _same_tail(r, i, t.after(j), None)
    if not this or t.has(j, "digits"):
        return None
    found = _same_target(r, j)
    return (say.Same(t.slice(i, found[1]), found[0]), found[1]) if found else None


def _same_tail(r: Reading, i: int, j: int, size: int | None) -> Found:
    t = r.tokens
    if t.has(j, "of_it"):
        j = t.after(j)
    found = _same_target(r, j)
    if found is None:
        return say.Same(t.slice(i, j), None, size), j
    return say.Same(t.slice(i, found[1]), found[0], size), found[1]


def _same_target(r: Reading, j: int) -> Found:
    t = r.tokens
    k = j + 1 if t.word(j) in ("در", "از") else j
    if found := container(r, k, two_digits=False):
        return found
    if t.name(k, "unit") in ("month", "week", "quarter"):
        return relative(r, k, False)
    return None
