"""Numbers that stand in one list: what the last member says of its unit, multiplier and kind holds for all.

«۹۸، ۶۱ و ۳۳ میلیون لیتر» is a plain list; «زاهدان ۳۸۷۰، چابهار ۱۸۶۰ و زابل ۱۵۳۰ شغل» is one of items, each with its
number. «به همین تعداد» takes the value of the number before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal

from ie.cardinals import EXACT, spaced
from ie.cues import phrase_set
from ie.persian import ZWNJ
from ie.quantities import RANGE, Candidate, shared
from ie.timewords import LONE_YEAR
from ie.units import currency_of, match_unit, unit_kind

__all__ = [
    "add_antecedents",
    "carry_rejections",
    "may_be_thousands",
    "read_thousands",
    "reject_numbered_lines",
    "settle_lists",
]

_LIST_GAP = re.compile(r" ?(?:،|,|و|،و|، و|و،|به)(?: (?:حداقل|حداکثر|حدود|نزدیک به|مثبت))?[ \u200c]?|\u200c?و\u200c?")
_ITEM_GAP = re.compile(rf" ?(?:،|؛| و|، و)(?P<words>(?: [\u0621-\u06cc{ZWNJ}]{{1,20}}){{1,6}}) ")
_SAME = re.compile(
    rf"(?<![\u0621-\u06cc])به[ {ZWNJ}](?P<same>همین[ {ZWNJ}](?:تعداد|میزان|مقدار|مبلغ|رقم))(?![\u0621-\u06cc])"
)
_REACH = 200
_SHORTEST_RUN = 3
_THOUSAND = Decimal(1000)
# reasons that hold for the further members of a list
_CARRIED = ("law", "year", LONE_YEAR, "clock", "name", "id", "rank", "age")
# … also without a comma: «021 55 1500 50», «مواد 3 (1)، 3 (2)»
_SERIAL = ("id", "name")
_LAW_GAP = re.compile(r"[ ()،,و]{1,6}")
_CARRIED_BACK = ("date", "age", "name", "clock", "attribute")
_PLURAL_HEAD = re.compile(r"(?:های|اوزان|مواد|بندهای|اصول|مناطق|خطوط|فازهای|صفحات|دقایق)،? ?$")
_PREPOSITIONS = frozenset({"با", "به", "از", "در", "تا", "بر"})
_VERBS = phrase_set("function", "verbs") | frozenset(
    {"که", "ولی", "اما", "سپس", "دارای", "شامل", "بدون", "هر", "این", "نسبت", "پارسال", "اکنون", "آن"}
)


def carry_rejections(text: str, found: list[Candidate]) -> None:
    """Hand rejections on through lists: «مواد ۱۶، ۱۷ و ۵۷», «۱۷ و ۱۸ تیر», «۱۱ تا ۱۲:۳۰»."""
    for left, right in zip(found[-2::-1], found[:0:-1], strict=True):
        if left.reject is None and right.reject in _CARRIED_BACK and left.end < right.start <= left.end + 5:
            gap = text[left.end : right.start]
            if _is_free(left) and left.first.is_digits and (_LIST_GAP.fullmatch(gap) or RANGE.fullmatch(gap)):
                left.reject = right.reject
    is_plural = False
    for left, right in zip(found, found[1:], strict=False):
        if left.reject not in _CARRIED or right.reject or right.start > left.end + 5 or not right.first.is_digits:
            is_plural = False
            continue
        is_plural = is_plural or _PLURAL_HEAD.search(text[max(0, left.start - 10) : left.start]) is not None
        gap = text[left.end : right.start]
        is_list = gap == "-" or (_LIST_GAP.fullmatch(gap) and spaced(gap) != "به")
        is_list = is_list or (gap == " " and left.reject in _SERIAL and right.unit is None)
        is_list = is_list or (left.reject == "law" and _LAW_GAP.fullmatch(gap) is not None)
        if (is_list or (left.reject == "clock" and RANGE.fullmatch(gap))) and (is_plural or _is_free(right)):
            right.reject = left.reject


def reject_numbered_lines(text: str, found: list[Candidate]) -> None:
    """Reject 1, 2, 3 at the heads of lines: they number items, whatever mark stood behind them."""
    run: list[Candidate] = []
    for mention in [*(one for one in found if _heads_line(text, one)), None]:
        if mention is not None and mention.value == (run[-1].value + 1 if run else 1):
            run.append(mention)
            continue
        if len(run) >= _SHORTEST_RUN and not _share_unit(run):
            for item in run:
                item.reject = item.reject or "enumeration"
        run = [mention] if mention is not None and mention.value == 1 else []


def _heads_line(text: str, mention: Candidate) -> bool:
    is_plain = mention.first.is_digits and mention.upper is None and mention.first is mention.last
    before = text[max(0, mention.start - 2) : mention.start].rstrip(" ")
    return is_plain and before[-1:] in ("", "\n") and text[mention.end : mention.end + 1] not in ("", "\n")


def _share_unit(run: list[Candidate]) -> bool:
    units = {item.unit.plain if item.unit else None for item in run}
    return len(units) == 1 and None not in units


def _is_free(mention: Candidate) -> bool:
    """Tell whether no unit of its own follows a number («تا» before another number is none)."""
    return mention.unit is None or mention.unit.plain == "تا"


def settle_lists(text: str, found: list[Candidate]) -> None:
    """Hand multipliers and units back through lists, and tell lone years from counts by them."""
    _share_multipliers(text, found)
    _share_units(text, found)
    _share_items(text, found)
    for index, mention in enumerate(found):
        if mention.reject == LONE_YEAR:
            mention.reject = None if index and _is_priced(found[index - 1], mention) else "year"


def _is_priced(base: Candidate, mention: Candidate) -> bool:
    """Tell whether a number that looks like a year is the price of «یک کرون»."""
    unit = base.unit
    return (
        base.reject == "rate" and unit is not None and bool(currency_of(unit.plain)) and mention.start < unit.end + 30
    )


def _share_multipliers(text: str, found: list[Candidate]) -> None:
    """Multiply the members of a list by the multiplier of its last («۹۸، ۶۱ و ۳۳ میلیون»)."""
    for left, right in zip(found[-2::-1], found[:0:-1], strict=True):
        if left.reject or right.reject or left.upper is not None or right.upper is not None:
            continue
        if right.start - left.end > 12:
            continue
        gap = text[left.end : right.start]
        chained = "shared multiplier" in right.flags
        if _LIST_GAP.fullmatch(gap) and (spaced(gap) not in ("،", ",") or chained):
            _multiply(left, right)


def _multiply(left: Candidate, right: Candidate) -> None:
    """Give the left candidate the multiplier of the right one, if it shares it."""
    value = shared(left.first, right.last)
    if value == left.value or right.last.scale is None:
        return
    left.first.mantissa, left.first.scale = EXACT.divide(value, right.last.scale), right.last.scale
    left.value = left.first.value = value
    left.flags = (*left.flags, "shared multiplier")


def _share_units(text: str, found: list[Candidate]) -> None:
    """Hand units back through «۵۰۰ و ۱۴۰ مورد»."""
    for left, right in zip(found[-2::-1], found[:0:-1], strict=True):
        if right.reject == "repeat" and left.unit is None:
            left.unit = right.unit
        if left.unit or left.reject or right.reject or not left.end < right.start <= left.end + 12:
            continue
        if _LIST_GAP.fullmatch(text[left.end : right.start]):
            left.unit = right.unit
            if "thousands" in right.flags and may_be_thousands(left):
                read_thousands(left)


def _share_items(text: str, found: list[Candidate]) -> None:
    """Hand multipliers and units back through «زاهدان ۳۸۷۰، چابهار ۱۸۶۰ و زابل ۱۵۳۰ شغل»."""
    chained = False
    for index in range(len(found) - 2, -1, -1):
        left, right = found[index], found[index + 1]
        if right.reject or not _is_item(text, left, right):
            chained = False
            continue
        if left.reject == LONE_YEAR and (chained or _is_listed(text, found, index)):
            left.reject = None
        chained = True
        if left.reject or right.unit is None:
            continue
        if left.value != left.value.to_integral_value() and unit_kind(right.unit.plain) == "count":
            continue
        if left.upper is None and right.upper is None and _is_near(left, right):
            _multiply(left, right)
        left.unit = right.unit


def _is_item(text: str, left: Candidate, right: Candidate) -> bool:
    """Tell whether only the name of the next item stands between two numbers that are led in alike."""
    if left.unit is not None or left.reject not in (None, LONE_YEAR) or "fraction" in left.flags:
        return False
    if not 2 < right.start - left.end < 60:
        return False
    start = right.cue[0] if right.cue and left.end < right.cue[0] < right.start else right.start
    match = _ITEM_GAP.fullmatch(text, left.end, start)
    if match is None:
        return False
    words = match["words"].split()
    if _VERBS.intersection(words):
        return False
    before = text[max(0, (left.cue or (left.start,))[0] - 20) : (left.cue or (left.start,))[0]].split()
    last = before[-1] if before else ""
    return (last if last in _PREPOSITIONS else "") == (words[-1] if words[-1] in _PREPOSITIONS else "")


def _is_listed(text: str, found: list[Candidate], index: int) -> bool:
    """Tell whether a number that looks like a year counts, as its neighbours in the list do."""
    mention = found[index]
    if not (1380 <= mention.value <= 1410 or 1980 <= mention.value <= 2030):
        return found[index + 1].unit is not None
    before = found[index - 1] if index else None
    return before is not None and before.reject is None and _is_item(text, before, mention)


def _is_near(left: Candidate, right: Candidate) -> bool:
    """Tell whether two items can share a multiplier: they are of one order."""
    mantissa = right.last.mantissa
    if mantissa is None or right.unit is None:
        return False
    reach = 8 if unit_kind(right.unit.plain) == "count" else 20
    return left.value <= reach * mantissa and mantissa <= reach * left.value


def may_be_thousands(mention: Candidate) -> bool:
    """Tell whether the dot of a candidate may separate thousands («۱.۲۰۵»)."""
    return "ambiguous thousands" in mention.flags and mention.first.is_digits and mention.last.is_digits


def read_thousands(mention: Candidate) -> None:
    """Read the dot of a candidate, of both ends of a range, as a separator of thousands."""
    mention.value = EXACT.multiply(mention.value, _THOUSAND)
    if mention.upper is not None:
        mention.upper = EXACT.multiply(mention.upper, _THOUSAND)
    mention.flags = (*(flag for flag in mention.flags if flag != "ambiguous thousands"), "thousands")


def add_antecedents(text: str, found: list[Candidate]) -> list[Candidate]:
    """Add «همین تعداد» after «به» as a mention with the value of the number before, flagged "antecedent"."""
    if "همین" not in text:
        return found
    added = []
    stated = [mention for mention in found if mention.reject is None]
    starts = [mention.start for mention in stated]
    for match in _SAME.finditer(text):
        start, end = match.span("same")
        index = bisect_left(starts, start) - 1
        if index >= 0 and 0 <= start - stated[index].end < _REACH:
            last = stated[index]
            flags = ("antecedent",)
            unit = match_unit(text, end)
            unit = last.unit if unit is None or unit.adjective else unit
            added.append(Candidate(start, end, last.value, last.first, last.last, last.upper, unit, flags=flags))
    return sorted([*found, *added], key=lambda mention: mention.start) if added else found
