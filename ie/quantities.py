"""Quantities of several amounts: ranges, compound measures, ratios and signs.

`cardinals` reads single amounts; `combine` joins neighbours that state one quantity («۱۲ تا ۱۵», «۶۵ دلار و ۹۱ سنت»,
«از هر ۵ نفر یک نفر», «منفی ۳») into candidates. What surrounds a candidate is left to `numerals`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ie.cardinals import EXACT, Amount, ratio, spaced
from ie.cues import cue_before
from ie.literals import DIGITS, PART, SCALE, SMALL
from ie.persian import ZWNJ
from ie.schema import Comparator, Offsets
from ie.units import UnitMatch, currency_of, match_unit, parts_of

__all__ = ["DEGREES", "RANGE", "Candidate", "combine", "negate", "shared"]

RANGE = re.compile(r"[ \u200c]{0,3}(?:تا|الی|لغایت|یا|-|~)(?: (?:حتی|حدود|حداکثر|مرز))?[ \u200c]{0,3}%?")
_BETWEEN = re.compile(r"(?:^|[^\u0621-\u06cc])(?:بین|مابین|میان|فاصله) (?:حدود )?$")
_BOTH_BOUNDS = re.compile(r" و (?:کمتر از|حداکثر|زیر|پایین[ \u200c]تر از) ")
# a list that goes on, or numbered things: «۲، ۳، ۴ نفر», «ماده‌های ۳، ۴»
_LISTED_BEFORE = re.compile(r"(?:[0-9،,]|ها|های|های[ \u200c]شماره|مواد|بندهای|اصول|مناطق|خطوط|سال|ترتیب)[ \u200c]?$")
_LAW_UNITS = frozenset({"قانون", "ماده", "تیر", "ماه"})
_SIGNED = re.compile(r"[ \u200c]{1,2}(?P<joint>تا|الی|و) (?P<sign>منفی|مثبت|منهای)[ \u200c]")
_MINUS = ("منفی", "منهای")
_OF_EVERY = re.compile(r"(?:^|[^\u0621-\u06cc])(?P<one>یکی )?از هر $")
_THEN_ONE = re.compile(r"(?:[ \u200c](?!و )[^\W\d_]+){0,4}،? ")
_OUT_OF = re.compile(r"(?: [^\W\d_]+)? از هر ")
_MINUS_WORD = re.compile(r"(?:^|[^\u0621-\u06cc])(?P<minus>(?:منفی|منهای)[ \u200c])$")
_PLURAL_BEFORE = re.compile(r"ها(?:ی|یی) منفی[ \u200c]$")
_ALONE = re.compile(r"(?:^|[(،:؛]|(?:^|[^\u0621-\u06cc])(?:به|از|با|تا|دمای|رقم|عدد)) ?$")
_ONE_OR = re.compile(r"(?:^|[^\u0621-\u06cc])(?P<one>یکی[ \u200c])$")
DEGREES = ("درجه", "درجه سانتی‌گراد")


@dataclass(slots=True)
class Candidate:
    """A mention being built, in offsets of the folded text."""

    start: int
    end: int
    value: Decimal
    first: Amount
    last: Amount
    upper: Decimal | None = None
    unit: UnitMatch | None = None
    currency: str | None = None
    comparator: Comparator = "eq"
    cue: Offsets | None = None
    flags: tuple[str, ...] = ()
    reject: str | None = None
    is_whole: bool = False


def combine(text: str, amounts: list[Amount]) -> list[Candidate]:
    """Join amounts into ranges, compound measures and ratios."""
    found: list[Candidate] = []
    index = 0
    while index < len(amounts):
        amount = amounts[index]
        index += 1
        if found and found[-1].unit and amount.start < found[-1].unit.end:  # the «صد» of «در صد»
            continue
        mention = Candidate(
            amount.start, amount.end, amount.value, amount, amount, flags=amount.flags, reject=amount.reject
        )
        if mention.reject is None:
            while index < len(amounts) and _extend(text, mention, amounts[index]):
                index += 1
            _read_sign(text, mention)
        mention.unit = mention.unit or match_unit(text, mention.end) or _unit_outside(text, mention, found)
        found.append(mention)
    return found


def _unit_outside(text: str, mention: Candidate, found: list[Candidate]) -> UnitMatch | None:
    """Return the unit behind a number in quotes («۵۰۰» واحد) or said again in brackets («پانصد (۵۰۰) واحد»)."""
    marks = text[max(0, mention.start - 1) : mention.start] + text[mention.end : mention.end + 1]
    if marks == "()":
        last = found[-1] if found else None
        is_again = last is not None and last.value == mention.value and mention.start - last.end < 3
        return match_unit(text, mention.end + 1) if is_again else None
    is_title = mention.end - mention.start == 4 and 1300 <= mention.value <= 2100
    return match_unit(text, mention.end + 1) if marks in ("«»", '""') and not is_title else None


def _extend(text: str, mention: Candidate, amount: Amount) -> bool:
    """Take the next amount into the mention where the two make one quantity."""
    if amount.reject is not None or amount.start - mention.end > 40:
        return False
    gap = text[mention.end : amount.start]
    if mention.is_whole:
        return _join_third(mention, amount, gap)
    before = text[max(0, mention.start - 14) : mention.start]
    joined = (
        _join_listed(text, mention, amount, gap, before)
        or _join_signed(text, mention, amount, gap, before)
        or _join_range(text, mention, amount, gap, before)
        or _join_measure(text, mention, amount)
        or _join_ratio(mention, amount, gap, before)
    )
    if joined:
        mention.end, mention.last = amount.end, amount
        if "همت" in amount.flags:
            mention.flags = (*mention.flags, "همت")
    return joined


def _join_range(text: str, mention: Candidate, amount: Amount, gap: str, before: str) -> bool:
    """Read «۱۲ تا ۱۵», «بین ۱۲ و ۱۵», «۵ درصد تا ۱۰ درصد», «پنج شش», «۳ و کمتر از ۵»."""
    is_estimate = gap in (" ", ZWNJ, "-") and _is_pair(mention.first, amount)
    if mention.upper is not None or not (
        is_estimate
        or _is_span(text, mention, amount, gap)
        or (spaced(gap) == "و" and _BETWEEN.search(before))
        or _bounds(text, mention, gap)
        or _spans_units(text, mention, amount)
    ):
        return False
    low, high = shared(mention.first, amount), amount.value
    mention.value, mention.upper = min(low, high), max(low, high)
    mention.comparator = "range"
    if is_estimate:
        mention.flags = (*mention.flags, "approx")
    mention.is_whole = True
    return True


def _join_signed(text: str, mention: Candidate, amount: Amount, gap: str, before: str) -> bool:
    """Read «منفی ۲ تا منفی ۳», «منفی ۲ تا مثبت ۳», «بین منفی ۱ و مثبت ۲»: each end with a sign of its own."""
    sign = _SIGNED.fullmatch(gap)
    minus = _MINUS_WORD.search(before)
    if sign is None or mention.upper is not None:
        return False
    start = mention.start - len(minus["minus"]) if minus else mention.start
    if sign["joint"] == "و" and not _BETWEEN.search(text[max(0, start - 14) : start]):
        return False
    ends = [-mention.value if minus else mention.value, -amount.value if sign["sign"] in _MINUS else amount.value]
    mention.value, mention.upper = min(ends), max(ends)
    mention.start, mention.comparator, mention.is_whole = start, "range", True
    mention.flags = (*mention.flags, "signed")
    return True


def _join_listed(text: str, mention: Candidate, amount: Amount, gap: str, before: str) -> bool:
    """Read «سه، چهار هزار متر», «۳، ۴ آزمایشگاه»: two neighbours, with a comma, right before what they count."""
    if gap not in ("، ", "،", ", ") or _LISTED_BEFORE.search(before) or mention.upper is not None:
        return False
    high = amount.mantissa if amount.mantissa is not None else amount.value
    is_next = 1 <= mention.value <= 9 and high == mention.value + 1 and amount.last.kind != PART
    if not (is_next or _is_pair(mention.first, amount)):
        return False
    unit = match_unit(text, amount.end)
    if unit is None or unit.plain in _LAW_UNITS:
        return False
    mention.value, mention.upper, mention.comparator = shared(mention.first, amount), amount.value, "range"
    mention.flags, mention.is_whole = (*mention.flags, "approx"), True
    return True


def _is_span(text: str, mention: Candidate, amount: Amount, gap: str) -> bool:
    """Tell whether «تا», «الی», «یا» or, between digits, a dash joins the two."""
    if not RANGE.fullmatch(gap):
        return False
    return "-" not in gap or (
        mention.first.is_digits
        and amount.first.kind == DIGITS
        and not (gap == "- " and _begins_line(text, mention.start))
    )


def _begins_line(text: str, position: int) -> bool:
    """Tell whether a number begins a line, where «۱- ۵۰ واحد» numbers an item."""
    return text[max(0, position - 2) : position].rstrip(" ")[-1:] in ("", "\n")


def _spans_units(text: str, mention: Candidate, amount: Amount) -> bool:
    """Tell whether both ends carry the same unit («۵ درصد تا ۱۰ درصد»)."""
    unit, other = match_unit(text, mention.end), match_unit(text, amount.end)
    if unit is None or other is None or unit.plain != other.plain:
        return False
    between = text[unit.end : amount.start]
    return bool(RANGE.fullmatch(between)) or _bounds(text, mention, between)


def _bounds(text: str, mention: Candidate, gap: str) -> bool:
    """Tell whether «و کمتر از» closes what «بیش از» began."""
    return bool(_BOTH_BOUNDS.fullmatch(gap)) and cue_before(text, mention.start)[0] in ("gt", "ge")


def _is_pair(left: Amount, right: Amount) -> bool:
    """Tell whether two neighbours are an estimate: «پنج شش هزار», «ده پانزده», «سی چهل»."""
    if left.first is not left.last or left.first.kind != SMALL or right.first.kind != SMALL:
        return False
    high = right.mantissa if right.mantissa is not None else right.value
    return left.value < high <= 2 * left.value and high <= 900


def shared(left: Amount, right: Amount) -> Decimal:
    """Return the left value, multiplied by the right one's multiplier where it is shared («۳ تا ۵ هزار»)."""
    if right.scale is None or right.mantissa is None or left.value <= 0 or left.first.kind == PART:
        return left.value
    if left.last.kind == SCALE:  # «۱۸ هزار و ۲۳ هزار میلیارد»
        is_same = left.scale is not None and left.last.value == left.scale and left.scale < right.last.value
        is_same = is_same and right.last.kind == SCALE and left.scale == EXACT.divide(right.scale, right.last.value)
        return EXACT.multiply(left.value, right.last.value) if is_same else left.value
    if left.scale is not None or (left.value >= 1000 and right.mantissa < 1000):
        return left.value
    is_near = left.value <= 20 * right.mantissa and right.mantissa <= 20 * max(left.value, Decimal(1))
    return EXACT.multiply(left.value, right.scale) if is_near and right.value > 20 * left.value else left.value


def _join_third(mention: Candidate, amount: Amount, gap: str) -> bool:
    """Read the «ده» of «هفت هشت ده نفر»."""
    if "approx" not in mention.flags or gap != " " or not _is_pair(mention.last, amount):
        return False
    mention.upper, mention.end, mention.last = amount.value, amount.end, amount
    return True


def _join_measure(text: str, mention: Candidate, amount: Amount) -> bool:
    """Read «۱۳ تن و ۶۰۰ کیلوگرم», «۶۵ دلار و ۹۱ سنت», «یک ساعت و نیم» as one value in the smaller unit."""
    unit = match_unit(text, mention.end)
    if unit is None or spaced(text[unit.end : amount.start]) != "و" or mention.upper is not None:
        return False
    if amount.first.kind == PART and amount.first is amount.last and amount.first.surface in ("نیم", "ربع"):
        if match_unit(text, amount.end) is not None:
            return False
        mention.value = EXACT.add(mention.value, amount.value)
        mention.unit, mention.is_whole = unit, True
        return True
    smaller = match_unit(text, amount.end)
    parts = parts_of(unit.plain, smaller.plain) if smaller else None
    if parts is None or not amount.value < parts:
        return False
    mention.value = EXACT.add(EXACT.multiply(mention.value, parts), amount.value)
    mention.flags, mention.currency = (*mention.flags, "compound"), currency_of(unit.plain)
    return True


def _join_ratio(mention: Candidate, amount: Amount, gap: str, before: str) -> bool:
    """Read «از هر ۵ نفر یک نفر» and «یک نفر از هر ۵ نفر» as 0.2."""
    every = _OF_EVERY.search(before)
    if amount.value < 1 or "fraction" in amount.flags:
        return False
    if every and not every["one"] and _THEN_ONE.fullmatch(gap):
        part, whole = amount.value, mention.value
    elif _OUT_OF.fullmatch(gap):
        part, whole = mention.value, amount.value
    else:
        return False
    if not 0 < part < whole:
        return False
    mention.value = ratio(part, whole)
    mention.flags = (*mention.flags, "fraction", f"ratio {part}/{whole}")
    mention.is_whole = True
    return True


def _read_sign(text: str, mention: Candidate) -> None:
    """Take «منفی», a minus on either side and «یکی» («یکی دو») into the mention."""
    if "signed" in mention.flags:
        return
    before = text[max(0, mention.start - 8) : mention.start]
    word = _MINUS_WORD.search(before)
    if word and not _PLURAL_BEFORE.search(text[max(0, mention.start - 12) : mention.start]):
        mention.start -= len(word["minus"])
        negate(mention)
        return
    every = _OF_EVERY.search(text[max(0, mention.start - 14) : mention.start])
    if every and every["one"] and mention.value > 1 and "fraction" not in mention.flags:
        mention.start -= len(every[0]) - every.start("one") + every.start()
        mention.flags = (*mention.flags, "fraction", f"ratio 1/{mention.value}")
        mention.value = ratio(Decimal(1), mention.value)
        return
    one = _ONE_OR.search(before)
    if one and mention.value == 2 and mention.upper is None:
        mention.start -= len(one["one"])
        mention.value, mention.upper, mention.comparator = Decimal(1), Decimal(2), "range"
        mention.flags = (*mention.flags, "approx")
    elif before.endswith("-") and mention.first.is_digits and not before[-2:-1].isalnum():
        if _is_measured(text, mention.end, mention) or _ALONE.search(
            text[max(0, mention.start - 12) : mention.start - 1]
        ):
            mention.start -= 1
            _negate_end(mention, mention.first)
    elif (
        text[mention.end : mention.end + 1] == "-"
        and mention.last.is_digits
        and _is_measured(text, mention.end + 1, mention)
    ):
        mention.end += 1
        _negate_end(mention, mention.last)


def _negate_end(mention: Candidate, end: Amount) -> None:
    """Turn the sign of a candidate, of one end of a range («-۲ تا ۳»)."""
    other = mention.last if end is mention.first else mention.first
    if mention.upper is None:
        mention.value = -mention.value
    elif end.value > other.value:
        mention.value, mention.upper = -mention.upper, mention.value
    else:
        mention.value = -mention.value


def negate(mention: Candidate) -> None:
    """Turn the sign of a candidate, of both ends of a range."""
    if mention.upper is None:
        mention.value = -mention.value
    else:
        mention.value, mention.upper = -mention.upper, -mention.value


def _is_measured(text: str, position: int, mention: Candidate) -> bool:
    """Tell whether a dash next to a number is a minus: a decimal, or percents or degrees follow."""
    if text[position : position + 1].isalnum():
        return False
    unit = match_unit(text, position)
    return unit.plain == "درصد" or unit.plain in DEGREES if unit else mention.value != int(mention.value)
