"""Quantities in running text: ranges, fractions, comparators, units, and which numbers state no quantity.

`quantities` joins the amounts of a text and `units` knows the words of measure; this module reads their surroundings
and gives exact raw offsets, and `nonfacts` says which of them are surely none. Whether a mention is a fact is for the
tagger and `linking` to decide: a number is rejected only where its surroundings leave no doubt (a law article, a time).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ie.cardinals import EXACT, read_amounts, spaced
from ie.cues import Surroundings, cue_after, cue_before, words_after
from ie.literals import DIGITS, PART, SCALE
from ie.nonfacts import rejection
from ie.persian import Folded, fold
from ie.quantities import DEGREES, RANGE, Candidate, combine, negate, shared
from ie.schema import Offsets, Quantity
from ie.units import UnitMatch, currency_of, match_unit, plain_unit, unit_kind

__all__ = ["NumberMention", "find_numbers", "parse_number", "plain_unit", "reversed_decimals", "unit_kind"]

_LIST_GAP = re.compile(r" ?(?:،|,|و|،و|، و|و،|به)(?: (?:حداقل|حداکثر|حدود|نزدیک به))?[ \u200c]?|\u200c?و\u200c?")
_SIGNS = {"%": "درصد", "$": "دلار", "€": "یورو", "£": "پوند"}
_SLASHED = re.compile(r"(?<![0-9۰-۹٠-٩/])(?P<left>[0-9]+)/ ?(?P<right>[0-9]+)(?![0-9]|/)")
# reasons that hold for the further members of a list
_CARRIED = ("law", "year", "clock", "name", "id", "rank", "age")
_CARRIED_BACK = ("date", "age", "name", "clock")
_PLURAL_HEAD = re.compile(r"(?:های|اوزان|مواد|بندهای|اصول|مناطق|خطوط|فازهای)،? ?$")
_BELOW_ZERO = re.compile(r"[ \u200c]زیر[ \u200c]صفر")
_LONG_TEXT = 150
_MODERN = re.compile(r"[۰-۹\u200c]|[0-9]\.[0-9]")
# units that are another word before these: «مورد نیاز», «تا پایان»
_NOT_ALWAYS = {
    "مورد": re.compile(r"[ \u200c](?:نیاز|نظر|استفاده|توجه|انتظار|اشاره|تأیید|تایید|قبول|اعتماد)(?![\u0621-\u06cc])"),
    "تا": re.compile(r"[ \u200c](?:[0-9%]|پایان|سال|ماه|روز|ساعت|آخر|اول|انتهای|کنون|[^ ]+ماه)"),
}
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


def find_numbers(text: str, folded: Folded | None = None) -> list[NumberMention]:
    """Return every number of a text in order, the rejected ones too.

    >>> [(str(m.quantity.value), m.quantity.unit) for m in find_numbers("هزار و ۵۰۰ واحد و ۳۰ تن")]
    [('1500', 'واحد'), ('30', 'تن')]
    """
    folded = folded or fold(text)
    amounts = read_amounts(folded.text, reversed_decimals(text))
    found = combine(folded.text, amounts)
    for index, mention in enumerate(found):
        _describe(folded.text, mention, found, index)
    _carry_rejections(folded.text, found)
    _share_multipliers(folded.text, found)
    _share_units(folded.text, found)
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


def _share_multipliers(text: str, found: list[Candidate]) -> None:
    """Multiply the members of a list by the multiplier of its last («۹۸، ۶۱ و ۳۳ میلیون»)."""
    for index in range(len(found) - 2, -1, -1):
        left, right = found[index], found[index + 1]
        if (
            left.reject
            or right.reject
            or left.upper is not None
            or right.upper is not None
            or right.start - left.end > 12
        ):
            continue
        gap = text[left.end : right.start]
        chained = "shared multiplier" in right.flags
        if not _LIST_GAP.fullmatch(gap) or (spaced(gap) in ("،", ",") and not chained):
            continue
        if shared(left.first, right.last) != left.value:
            left.first.mantissa, left.first.scale = left.value, right.last.scale
            left.value = left.first.value = EXACT.multiply(left.value, right.last.scale or Decimal(1))
            left.flags = (*left.flags, "shared multiplier")


def _describe(text: str, mention: Candidate, found: list[Candidate], index: int) -> None:
    """Fill in unit, comparator and rejection from the words around a mention."""
    _settle_unit(text, mention)
    comparator, cue, lead = cue_before(text, mention.start)
    if comparator in (None, "eq"):
        behind, place = cue_after(text, mention.unit.end if mention.unit else mention.end, lead)
        if behind is not None and place is not None:
            comparator, cue = behind, place
            mention.unit = mention.unit or match_unit(text, place[1])
    if comparator is not None:
        mention.cue = cue
        mention.comparator = mention.comparator if mention.upper is not None else comparator
    if mention.reject is None:
        mention.reject = rejection(_surroundings(text, mention, found, index, lead))


def _settle_unit(text: str, mention: Candidate) -> None:
    """Correct the unit: signs before the number, words that are no unit here, fractions of things, degrees of frost."""
    sign = _SIGNS.get(text[mention.start - 1]) if mention.start else None
    unit = mention.unit
    if sign and unit is None and mention.first.first.kind == DIGITS:
        mention.unit = UnitMatch(mention.start - 1, mention.start, sign, False)
    is_thousands = "ambiguous thousands" in mention.flags and mention.first.is_digits
    if unit is None:
        if is_thousands and mention.value % 1 == 0:
            mention.value = EXACT.multiply(mention.value, Decimal(1000))
        return
    is_count = unit_kind(unit.plain) == "count"
    is_other = unit.plain in _NOT_ALWAYS and _NOT_ALWAYS[unit.plain].match(text, unit.end)
    is_part = "fraction" in mention.flags or mention.first.last.kind == PART
    if is_other or (is_count and is_part) or ("همت" in mention.flags and unit.plain != "تومان"):
        mention.unit = None
    elif is_thousands and unit.plain != "درصد" and (mention.value % 1 == 0 or (is_count and unit.plain != "واحد")):
        mention.value = EXACT.multiply(mention.value, Decimal(1000))
    elif unit.plain in DEGREES and mention.value > 0 and _BELOW_ZERO.match(text, unit.end):
        negate(mention)


def _surroundings(text: str, mention: Candidate, found: list[Candidate], index: int, lead: list[str]) -> Surroundings:
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


def _carry_rejections(text: str, found: list[Candidate]) -> None:
    """Hand rejections on through lists: «مواد ۱۶، ۱۷ و ۵۷», «۱۷ و ۱۸ تیر», «۱۱ تا ۱۲:۳۰»."""
    for left, right in zip(found[-2::-1], found[:0:-1], strict=True):
        if left.reject is None and right.reject in _CARRIED_BACK and left.end < right.start <= left.end + 5:
            gap = text[left.end : right.start]
            if _is_free(text, left) and left.first.is_digits and (_LIST_GAP.fullmatch(gap) or RANGE.fullmatch(gap)):
                left.reject = right.reject
    is_plural = False
    for left, right in zip(found, found[1:], strict=False):
        if left.reject not in _CARRIED or right.reject or right.start > left.end + 5 or not right.first.is_digits:
            is_plural = False
            continue
        is_plural = is_plural or _PLURAL_HEAD.search(text[max(0, left.start - 10) : left.start]) is not None
        gap = text[left.end : right.start]
        is_list = gap == "-" or (_LIST_GAP.fullmatch(gap) and spaced(gap) != "به")
        if (is_list or (left.reject == "clock" and RANGE.fullmatch(gap))) and (is_plural or _is_free(text, right)):
            right.reject = left.reject


def _is_free(text: str, mention: Candidate) -> bool:
    """Tell whether no unit of its own follows a number («تا» before another number is none)."""
    return mention.unit is None or mention.unit.plain == "تا"


def _share_units(text: str, found: list[Candidate]) -> None:
    """Hand units back through «۵۰۰ و ۱۴۰ مورد»."""
    for left, right in zip(found[-2::-1], found[:0:-1], strict=True):
        if left.unit or left.reject or right.reject or not left.end < right.start <= left.end + 12:
            continue
        if _LIST_GAP.fullmatch(text[left.end : right.start]):
            left.unit = right.unit


def _finish(folded: Folded, mention: Candidate) -> NumberMention:
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
