"""Quantities in running text: ranges, fractions, comparators, units, and which numbers state no quantity.

`cardinals` reads single values and `units` knows the words of measure; this module joins them into mentions with
exact raw offsets, and `nonfacts` says which of them are surely none. Whether a mention is a fact is for the tagger and
`linking` to decide: here a number is rejected only where its surroundings leave no doubt (a law article, a clock time).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ie.cardinals import DIGITS, EXACT, PART, SCALE, SMALL, Amount, ratio, read_amounts, spaced
from ie.nonfacts import Surroundings, cue_after, cue_before, rejection, words_after
from ie.persian import Folded, fold
from ie.schema import Comparator, Offsets, Quantity
from ie.units import UnitMatch, currency_of, match_unit, parts_of, plain_unit, unit_kind

__all__ = ["NumberMention", "find_numbers", "parse_number", "plain_unit", "reversed_decimals", "unit_kind"]

_RANGE = re.compile(r"[ \u200c]{0,3}(?:تا|الی|لغایت|یا|-|~)(?: (?:حتی|حدود|حداکثر|مرز))?[ \u200c]{0,3}")
_BETWEEN = re.compile(r"(?:^|[^\u0621-\u06cc])(?:بین|مابین|میان|فاصله) (?:حدود )?$")
_BOTH_BOUNDS = re.compile(r" و (?:کمتر از|حداکثر|زیر|پایین[ \u200c]تر از) ")
_OF_EVERY = re.compile(r"(?:^|[^\u0621-\u06cc])(?P<one>یکی )?از هر $")
_THEN_ONE = re.compile(r"(?:[ \u200c](?!و )[^\W\d_]+){0,2}،? ")
_OUT_OF = re.compile(r"(?: [^\W\d_]+)? از هر ")
_MINUS_WORD = re.compile(r"(?:^|[^\u0621-\u06cc])(?P<minus>منفی[ \u200c])$")
_PLURAL_BEFORE = re.compile(r"ها(?:ی|یی) منفی[ \u200c]$")
_ONE_OR = re.compile(r"(?:^|[^\u0621-\u06cc])(?P<one>یکی[ \u200c])$")
_LIST_GAP = re.compile(r" ?(?:،|,|و|،و|، و|به)(?: (?:حداقل|حداکثر|حدود|نزدیک به))?[ \u200c]?|\u200c?و\u200c?")
_SIGNS = {"%": "درصد", "$": "دلار", "€": "یورو", "£": "پوند"}
_SLASHED = re.compile(r"(?<![0-9۰-۹٠-٩/])(?P<left>[0-9]+)/ ?(?P<right>[0-9]+)(?![0-9]|/)")
# reasons that hold for the further members of a list
_CARRIED = ("law", "year", "clock", "name", "id", "rank", "age")
_LONG_TEXT = 150
_MODERN = re.compile(r"[۰-۹\u200c]|[0-9]\.[0-9]")
_PERSIAN_SLASHED = re.compile(r"[۰-۹]/ ?[۰-۹]")


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text: NUMBER span, what it says, where cue and unit stand, and why it is no quantity (if so)."""

    start: int
    end: int
    quantity: Quantity
    cue: Offsets | None = None
    unit: Offsets | None = None
    reject: str | None = None


@dataclass(slots=True)
class _Found:
    """A mention being built, in offsets of the folded text."""

    start: int
    end: int
    value: Decimal
    first: Amount
    last: Amount
    upper: Decimal | None = None
    unit: UnitMatch | None = None
    comparator: Comparator = "eq"
    cue: Offsets | None = None
    flags: tuple[str, ...] = ()
    reject: str | None = None
    is_whole: bool = False


def find_numbers(text: str, folded: Folded | None = None) -> list[NumberMention]:
    """Return every number of a text in order, the rejected ones too.

    >>> [(str(m.quantity.value), m.quantity.unit) for m in find_numbers("هزار و ۵۰۰ واحد و ۳۰ تن")]
    [('1500', 'واحد'), ('30', 'تن')]
    """
    folded = folded or fold(text)
    amounts = read_amounts(folded.text, reversed_decimals(text))
    found = _combine(folded.text, amounts)
    _share_multipliers(folded.text, found)
    for index, mention in enumerate(found):
        _describe(folded.text, mention, found, index)
    _share_with_neighbours(folded.text, found)
    return [_finish(folded, mention) for mention in found]


def parse_number(text: str) -> Quantity | None:
    """Return the first quantity a text states, None where it states none.

    >>> parse_number("۱۲ تا ۱۵ درصد").upper
    Decimal('15')
    >>> parse_number("پلیس ۱۱۰")
    """
    return next((mention.quantity for mention in find_numbers(text) if mention.reject is None), None)


def reversed_decimals(text: str) -> bool:
    """Tell whether a text writes slash decimals from right to left, as old agency text with Latin digits does.

    It is a property of the whole text. «3/0» can only be read so and «0/5» only the other way; without either the
    majority of «8/19» (few digits, then more) over «12/5» decides. Where all stay open («2/1 میلیارد»), a long text
    in the old manner, without Persian digits, half-spaces and decimal points, is taken as reversed.

    >>> reversed_decimals("8/19 درصد"), reversed_decimals("12/5 درصد"), reversed_decimals("۸/۱۹ درصد")
    (True, False, False)
    """
    if "/" not in text or _PERSIAN_SLASHED.search(text):
        return False
    certain = likely = 0
    seen = False
    for match in _SLASHED.finditer(text):
        left, right = match["left"], match["right"]
        seen = True
        certain += (right.strip("0") == "") - (left.strip("0") == "")
        likely += (len(left) < len(right)) - (len(left) > len(right))
    if certain or likely:
        return certain > 0 if certain else likely > 0
    return seen and len(text) >= _LONG_TEXT and not _MODERN.search(text)


def _combine(text: str, amounts: list[Amount]) -> list[_Found]:
    """Join amounts into ranges, compound measures and ratios."""
    found: list[_Found] = []
    index = 0
    while index < len(amounts):
        amount = amounts[index]
        index += 1
        if found and found[-1].unit and amount.start < found[-1].unit.end:  # the «صد» of «در صد»
            continue
        mention = _Found(amount.start, amount.end, amount.value, amount, amount, flags=amount.flags, reject=amount.reject)
        if mention.reject is None:
            while index < len(amounts) and _extend(text, mention, amounts[index]):
                index += 1
            _read_sign(text, mention)
        mention.unit = mention.unit or match_unit(text, mention.end)
        found.append(mention)
    return found


def _extend(text: str, mention: _Found, amount: Amount) -> bool:
    """Take the next amount into the mention where the two make one quantity."""
    if amount.reject is not None or amount.start - mention.end > 40 or mention.is_whole:
        return False
    gap = text[mention.end : amount.start]
    before = text[max(0, mention.start - 14) : mention.start]
    joined = (
        _join_range(text, mention, amount, gap, before)
        or _join_measure(text, mention, amount)
        or _join_ratio(mention, amount, gap, before)
    )
    if joined:
        mention.end, mention.last = amount.end, amount
    return joined


def _join_range(text: str, mention: _Found, amount: Amount, gap: str, before: str) -> bool:
    """Read «۱۲ تا ۱۵», «بین ۱۲ و ۱۵», «۵ درصد تا ۱۰ درصد», «پنج شش», «۳ و کمتر از ۵»."""
    approximate = False
    if _RANGE.fullmatch(gap):
        if "-" in gap and not (mention.first.is_digits and amount.first.kind == DIGITS):
            return False
    elif spaced(gap) == "و" and _BETWEEN.search(before):
        pass
    elif _BOTH_BOUNDS.fullmatch(gap) and cue_before(text, mention.start)[0] in ("gt", "ge"):
        mention.flags = (*mention.flags, "bounds")
    elif gap in (" ", "\u200c") and _is_pair(mention.first, amount):
        approximate = True
    else:
        unit = match_unit(text, mention.end)
        if unit is None or not _RANGE.fullmatch(text[unit.end : amount.start]) or mention.upper is not None:
            return False
        other = match_unit(text, amount.end)
        if other is None or other.plain != unit.plain:
            return False
    low, high = _shared(mention.first, amount), amount.value
    if mention.upper is not None:
        return False
    mention.value, mention.upper = min(low, high), max(low, high)
    mention.comparator = "range"
    if approximate:
        mention.flags = (*mention.flags, "approx")
    mention.is_whole = True
    return True


def _is_pair(left: Amount, right: Amount) -> bool:
    """Tell whether two neighbours are an estimate: «پنج شش هزار», «ده پانزده», «سی چهل»."""
    if left.first is not left.last or left.first.kind != SMALL or right.first.kind != SMALL:
        return False
    high = right.mantissa if right.mantissa is not None else right.value
    return left.value < high <= 2 * left.value and high <= 900


def _shared(left: Amount, right: Amount) -> Decimal:
    """Return the left value, multiplied by the right one's multiplier where it is shared («۳ تا ۵ هزار»)."""
    if right.scale is None or right.mantissa is None or left.value >= 1000 or left.last.kind == SCALE:
        return left.value
    if left.scale is not None or left.value <= 0 or left.first.kind == PART:
        return left.value
    is_near = left.value <= 20 * right.mantissa and right.mantissa <= 20 * max(left.value, 1)
    return EXACT.multiply(left.value, right.scale) if is_near and right.value > 20 * left.value else left.value


def _join_measure(text: str, mention: _Found, amount: Amount) -> bool:
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
    mention.flags = (*mention.flags, "compound")
    return True


def _join_ratio(mention: _Found, amount: Amount, gap: str, before: str) -> bool:
    """Read «از هر ۵ نفر یک نفر» and «یک نفر از هر ۵ نفر» as 0.2."""
    if _OF_EVERY.search(before) and _THEN_ONE.fullmatch(gap):
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


def _read_sign(text: str, mention: _Found) -> None:
    """Take «منفی», a minus on either side and «یکی» («یکی دو») into the mention."""
    before = text[max(0, mention.start - 8) : mention.start]
    word = _MINUS_WORD.search(before)
    if word and not _PLURAL_BEFORE.search(text[max(0, mention.start - 12) : mention.start]):
        mention.start -= len(word["minus"])
        _negate(mention)
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
        if before[-2:-1] not in ("", "\n") or _is_measured(text, mention.end, mention):
            mention.start -= 1
            _negate(mention)
    elif text[mention.end : mention.end + 1] == "-" and mention.last.is_digits and _is_measured(text, mention.end + 1, mention):
        mention.end += 1
        _negate(mention)


def _negate(mention: _Found) -> None:
    mention.value = -mention.value
    if mention.upper is not None:
        mention.value, mention.upper = sorted((mention.value, mention.upper))


def _is_measured(text: str, position: int, mention: _Found) -> bool:
    """Tell whether a dash next to a number is a minus: a decimal, or percents or degrees follow."""
    if text[position : position + 1].isalnum():
        return False
    unit = match_unit(text, position)
    return unit.plain in ("درصد", "درجه", "درجه سانتی‌گراد") if unit else not mention.value == int(mention.value)


def _share_multipliers(text: str, found: list[_Found]) -> None:
    """Multiply the members of a list by the multiplier of its last («۹۸، ۶۱ و ۳۳ میلیون»)."""
    for index in range(len(found) - 2, -1, -1):
        left, right = found[index], found[index + 1]
        if left.reject or right.reject or left.upper is not None or right.upper is not None or right.start - left.end > 12:
            continue
        gap = text[left.end : right.start]
        chained = "shared multiplier" in right.flags
        if not _LIST_GAP.fullmatch(gap) or (spaced(gap) in ("،", ",") and not chained):
            continue
        if _shared(left.first, right.last) != left.value:
            left.value = EXACT.multiply(left.value, right.last.scale or Decimal(1))
            left.first.scale, left.first.mantissa = right.last.scale, right.last.mantissa
            left.flags = (*left.flags, "shared multiplier")


def _describe(text: str, mention: _Found, found: list[_Found], index: int) -> None:
    """Fill in comparator, unit signs and rejection from the words around a mention."""
    sign = _SIGNS.get(text[mention.start - 1]) if mention.start else None
    if sign and mention.unit is None and (mention.first.first.kind == DIGITS):
        mention.unit = UnitMatch(mention.start - 1, mention.start, sign, False)
    if "fraction" in mention.flags or mention.first.first.kind == PART:
        mention.unit = None if mention.unit and unit_kind(mention.unit.plain) == "count" else mention.unit
    if "همت" in mention.flags:
        mention.unit = mention.unit if mention.unit and mention.unit.plain == "تومان" else None
    if "ambiguous thousands" in mention.flags and mention.unit and unit_kind(mention.unit.plain) == "count" and mention.unit.plain != "واحد":
        mention.value = EXACT.multiply(mention.value, Decimal(1000))
    comparator, cue, lead = cue_before(text, mention.start)
    if comparator in (None, "eq"):
        behind, place = cue_after(text, mention.unit.end if mention.unit else mention.end, lead)
        comparator, cue = (behind, place) if behind is not None else (comparator, cue)
    if comparator is not None:
        mention.cue = cue
        mention.comparator = mention.comparator if mention.upper is not None else comparator
    if mention.reject is None:
        mention.reject = rejection(_surroundings(text, mention, found, index, lead))


def _surroundings(text: str, mention: _Found, found: list[_Found], index: int, lead: list[str]) -> Surroundings:
    previous = found[index - 1] if index else None
    return Surroundings(
        text=text,
        start=mention.start,
        end=mention.end,
        value=mention.value,
        upper=mention.upper,
        is_digits=mention.first.is_digits and mention.last.is_digits,
        is_scaled=mention.last.last.kind == SCALE or mention.last.first is not mention.last.last,
        word=mention.first.first.surface if mention.first is mention.last and mention.first.is_word else "",
        unit=mention.unit,
        comparator=mention.comparator if mention.cue else None,
        cue=text[slice(*mention.cue)] if mention.cue else "",
        lead=lead,
        after=words_after(text, mention.end),
        previous=(previous.end, previous.value, previous.unit) if previous else None,
        next_start=found[index + 1].start if index + 1 < len(found) else None,
    )


def _share_with_neighbours(text: str, found: list[_Found]) -> None:
    """Hand units back through «۵۰۰ و ۱۴۰ مورد» and rejections through «مواد ۱۶، ۱۷ و ۵۷»."""
    for left, right in zip(found[-2::-1], found[:0:-1], strict=True):
        if left.unit is None and left.end < right.start <= left.end + 4 and _LIST_GAP.fullmatch(text[left.end : right.start]):
            if left.reject is None and right.reject is None:
                left.unit = right.unit
            elif left.reject is None and right.reject in ("date", "age", "name"):
                left.reject = right.reject
    for left, right in zip(found, found[1:], strict=False):
        if left.reject not in _CARRIED or right.reject or right.unit or right.start > left.end + 4 or not right.first.is_digits:
            continue
        gap = text[left.end : right.start]
        if gap == "-" or (_LIST_GAP.fullmatch(gap) and spaced(gap) != "به"):
            right.reject = left.reject


def _finish(folded: Folded, mention: _Found) -> NumberMention:
    start, end = folded.raw(mention.start, mention.end)
    unit = folded.raw(mention.unit.start, mention.unit.end) if mention.unit else None
    plain = mention.unit.plain if mention.unit else None
    if "همت" in mention.flags:
        plain = "تومان"
    quantity = Quantity(
        value=mention.value,
        upper=mention.upper,
        comparator=mention.comparator,
        unit=plain,
        currency=currency_of(plain),
        flags=mention.flags,
    )
    cue = folded.raw(*mention.cue) if mention.cue else None
    return NumberMention(start, end, quantity, cue, unit, mention.reject)
