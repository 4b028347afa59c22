"""Quantities in running text: ranges, fractions, comparators, units, and which numbers state no quantity.

`quantities` joins the amounts of a text and `units` knows the words of measure; this module reads their surroundings
and gives exact raw offsets, and `nonfacts` says which of them are surely none. Whether a mention is a fact is for the
tagger and `linking` to decide: a number is rejected only where its surroundings leave no doubt (a law article, a time).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ie.captions import apply_captions
from ie.cardinals import read_amounts
from ie.cues import Surroundings, cue_after, cue_before, is_denied, is_limit, phrase_set, words_after
from ie.listing import (
    add_antecedents,
    carry_rejections,
    may_be_thousands,
    read_thousands,
    reject_numbered_lines,
    settle_lists,
)
from ie.literals import DIGITS, PART, SCALE
from ie.nonfacts import rejection
from ie.persian import Folded, fold
from ie.quantities import DEGREES, Candidate, combine, negate
from ie.schema import Comparator, Offsets, Quantity
from ie.timewords import is_shot
from ie.units import UnitMatch, currency_of, match_unit, plain_unit, unit_kind

__all__ = ["NumberMention", "find_numbers", "parse_number", "plain_unit", "reversed_decimals", "unit_kind"]

_SIGNS = {"%": "درصد", "$": "دلار", "€": "یورو", "£": "پوند", "﷼": "ریال"}
_SLASHED = re.compile(r"(?<![0-9۰-۹٠-٩/])(?P<left>[0-9]+)/ ?(?P<right>[0-9]+)(?![0-9]|/)")
# what a denied verb makes of «بیش از» and «کمتر از»
_OPPOSITE: dict[Comparator | None, Comparator] = {"gt": "le", "lt": "ge"}
_PEOPLE = frozenset({"نفر", "خانوار", "فرد", "کارگر", "دانش‌آموز", "دانشجو"})
_BELOW_ZERO = re.compile(r"[ \u200c]زیر[ \u200c]صفر")
_LONG_TEXT = 150
_MODERN = re.compile(r"[۰-۹\u200c]|[0-9]\.[0-9]")
# units that are another word before these: «مورد نیاز», «تا پایان»
_NOT_ALWAYS = {
    "مورد": re.compile(
        r"[ \u200c](?:نیاز|نظر|استفاده|توجه|انتظار|اشاره|تأیید|تایید|قبول|اعتماد|هدف|تقدیر|تجلیل|بهره[ \u200c]?برداری"
        r"|(?:بررسی|حمایت|ارزیابی|بازدید|حمله)[ \u200c]قرار)(?![\u0621-\u06cc])"
    ),
    "تماس": re.compile(r"[ \u200c](?:بگیر|گرفت|حاصل|می[ \u200c]?گیر|نگیر)"),
    "سال": re.compile(r" (?:1[34]|19|20)[0-9]{2}(?![0-9])"),
    "ظرف": re.compile(r"[ \u200c](?:[0-9]|مدت|چند|یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده)"),
    "تا": re.compile(
        r"[ \u200c](?:[0-9%]|پایان|سال|ماه|روز|ساعت|آخر|اول|انتهای|کنون|امروز|فردا|[^ ]+ماه"
        rf"|(?:{'|'.join(sorted(phrase_set('months', 'words')))})(?![\u0621-\u06cc]))"
    ),
    "من": re.compile(r"[ \u200c](?:در|به|از|را|که|هم|با|نیز|و|یک|این|آن|برای|می)(?![\u0621-\u06cc])"),
    "برابر": re.compile(r"[ \u200c]با(?![\u0621-\u06cc])"),
    "کد": re.compile(r"[ \u200c](?:خبر|رهگیری|پستی)(?![\u0621-\u06cc])"),
    "خبر": re.compile(r"[ \u200c](?:داد|دادند|می[ \u200c]?ده)"),
    "ساعت": re.compile(r" [0-9]{1,2}(?::|(?![0-9]))(?! ?(?:نفر|واحد|درصد))"),
}
# measures that are not given to the thousandth, and words behind a number that it does not count
_WHOLE = frozenset({"تومان", "ریال", "هکتار"})
_LARGE = frozenset({"مترمربع", "مترمکعب", "بشکه", "مگاوات"})
_NO_COUNTER = phrase_set("denial", "after") | phrase_set("function", "verbs") | phrase_set("function", "others")
_LAST_YEAR = re.compile(r"[ \u200c](?:گذشته|قبل|پیش|جاری)(?![\u0621-\u06cc])")
# labels of figures with three decimals
_LABELLED = re.compile(r"(?::|امتیاز|شاخص|نمره|معدل|ضریب|میانگین|نرخ)[ \u200c]?$")
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
    reject_numbered_lines(folded.text, found)
    carry_rejections(folded.text, found)
    apply_captions(text, folded, found)
    settle_lists(folded.text, found)
    return [_finish(folded, mention) for mention in add_antecedents(folded.text, found)]


def parse_number(text: str) -> Quantity | None:
    """Return the first quantity a text states, None where it states none.

    >>> parse_number("۱۲ تا ۱۵ درصد").upper
    Decimal('15')
    >>> parse_number("پلیس ۱۱۰")

    A phrase that begins with «یک» and a noun may mean the article: it is read as 1 with the flag ``article``.

    >>> parse_number("یک واحد صنعتی").flags
    ('article',)
    """
    mentions = find_numbers(text)
    stated = next((mention.quantity for mention in mentions if mention.reject is None), None)
    if stated is None and mentions and mentions[0].reject == "article" and not text[: mentions[0].start].strip():
        return replace(mentions[0].quantity, flags=(*mentions[0].quantity.flags, "article"))
    return stated


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


def _describe(text: str, mention: Candidate, found: list[Candidate], index: int) -> None:
    """Fill in unit, comparator and rejection from the words around a mention."""
    _settle_unit(text, mention)
    comparator, cue, lead = cue_before(text, mention.start)
    if comparator in (None, "eq"):
        behind, place = cue_after(text, mention.end, lead, mention.unit.end if mention.unit else None)
        if behind is not None and place is not None:
            comparator, cue = behind, place
            mention.unit = mention.unit or match_unit(text, place[1])
    elif comparator in _OPPOSITE and _is_limit(text, mention, lead):
        comparator = _OPPOSITE[comparator]
    if comparator is None and index and _is_converted(text, found[index - 1], mention):
        mention.comparator = found[index - 1].comparator
    if comparator is None and mention.upper is None and "approx" in mention.flags:
        mention.comparator = "approx"
    if comparator is not None:
        mention.cue = cue
        mention.comparator = mention.comparator if mention.upper is not None else comparator
    if mention.reject is None:
        mention.reject = rejection(_surroundings(text, mention, found, index, lead))


def _is_limit(text: str, mention: Candidate, lead: list[str]) -> bool:
    """Tell whether a denied verb turns «بیش از ۵ بلیت» into a limit: people would be its subject, shares of it too."""
    unit = mention.unit
    if is_limit(text, unit.end if unit else mention.end, lead):
        return True
    return (
        unit is not None
        and unit_kind(unit.plain) == "count"
        and unit.plain not in _PEOPLE
        and is_denied(text, unit.end)
    )


def _is_converted(text: str, before: Candidate, mention: Candidate) -> bool:
    """Tell whether a number in brackets says the one before in another unit: «حدود ۷ مایل (۱۱.۵ کیلومتر)»."""
    if before.unit is None or mention.unit is None or before.unit.plain == mention.unit.plain:
        return False
    if before.comparator not in ("approx", "le"):
        return False
    is_measure = "count" not in (unit_kind(before.unit.plain), unit_kind(mention.unit.plain))
    return is_measure and mention.upper is None and text[before.unit.end : mention.start].strip() == "("


def _settle_unit(text: str, mention: Candidate) -> None:
    """Correct the unit: signs before the number, words that are no unit here, fractions of things, degrees of frost."""
    sign = _SIGNS.get(text[mention.start - 1]) if mention.start else None
    unit = mention.unit
    if sign and unit is None and mention.first.first.kind == DIGITS:
        mention.unit = UnitMatch(mention.start - 1, mention.start, sign, False)
    if unit is None:
        if (
            may_be_thousands(mention)
            and (mention.value % 1 == 0 or _counts_next(text, mention.end))
            and not (_LABELLED.search(text[max(0, mention.start - 12) : mention.start]))
        ):
            read_thousands(mention)
        return
    is_count = unit_kind(unit.plain) == "count"
    is_part = "fraction" in mention.flags or (mention.first.is_word and mention.first.last.kind == PART)
    if (is_count and is_part) or ("همت" in mention.flags and unit.plain != "تومان") or _is_other(text, mention, unit):
        mention.unit = None
    elif (may_be_thousands(mention) and _is_whole(text, mention, unit)) or _is_grouped(mention, unit):
        read_thousands(mention)
    elif unit.plain in DEGREES and mention.value > 0 and _BELOW_ZERO.match(text, unit.end):
        negate(mention)


def _is_other(text: str, mention: Candidate, unit: UnitMatch) -> bool:
    """Tell whether a word that can be a unit is another one here («مورد نیاز», «۴ تیر»)."""
    if unit.plain in ("سال", "ماه") and mention.first.last.kind == PART and _LAST_YEAR.match(text, unit.end):
        return True
    if unit.plain == "تیر":
        return not is_shot(cue_before(text, mention.start)[2], words_after(text, unit.end))
    return unit.plain in _NOT_ALWAYS and _NOT_ALWAYS[unit.plain].match(text, unit.end) is not None


def _is_whole(text: str, mention: Candidate, unit: UnitMatch) -> bool:
    """Tell whether the dot of «۷۱.۵۰۰ تومان», «۱.۲۰۵ هکتار» separates thousands: such things have no thousandths."""
    if unit.plain in ("درصد", "واحد"):
        return unit.plain == "واحد" and (mention.value % 1 == 0 or _counts_next(text, unit.end))
    return unit.plain in _WHOLE or mention.value % 1 == 0 or unit_kind(unit.plain) == "count"


def _is_grouped(mention: Candidate, unit: UnitMatch) -> bool:
    """Tell whether a last 0 shows that the dot of «۱۴.۲۰۰ میلیارد تومان», «۶.۵۰۰ مترمربع» separates thousands."""
    first = mention.first.first
    if "ambiguous thousands" not in mention.flags or not first.surface.endswith("0") or mention.upper is not None:
        return False
    return unit.plain in (_WHOLE if mention.last.last.kind == SCALE else _LARGE)


def _counts_next(text: str, end: int) -> bool:
    """Tell whether an unknown noun stands right behind a number, as a counter would («۱.۲۰۰ فشنگ»)."""
    after = words_after(text, end)
    return (
        bool(after)
        and text[end : end + 1] == " "
        and len(after[0]) > 2
        and after[0].isalpha()
        and (after[0] not in _NO_COUNTER and not after[0].endswith(("ند", "ها", "های")))
    )


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


def _finish(folded: Folded, mention: Candidate) -> NumberMention:
    start, end = folded.raw(mention.start, mention.end)
    is_beside = mention.unit is not None and "caption" not in mention.flags
    unit = folded.raw(mention.unit.start, mention.unit.end) if mention.unit and is_beside else None
    plain = mention.unit.plain if mention.unit else None
    if "همت" in mention.flags:
        plain = "تومان"
    quantity = Quantity(
        value=mention.value,
        upper=mention.upper,
        comparator=mention.comparator,
        unit=plain,
        currency=mention.currency or currency_of(plain),
        flags=mention.flags,
    )
    cue = folded.raw(*mention.cue) if mention.cue else None
    return NumberMention(start, end, quantity, cue, unit, mention.reject)
