"""Numbers that are signs: phone numbers, codes, digits of Latin names and the numbers of list items."""

from __future__ import annotations

import re

from ie.cues import LETTERS, Surroundings, ends_with, phrase_set, words_before
from ie.timewords import counts_things
from ie.units import unit_kind

__all__ = ["reject_code", "reject_item", "reject_latin"]

_ID = phrase_set("id", "before")
_LATIN = re.compile("[A-Za-z]")
_ADDRESS = re.compile(r"[A-Za-z@][^\s\u0600-\u06ff]{0,60}[/=_@?&#]$|@$")
_LONG_PAIR = re.compile("[0-9]{5,}-[0-9]{5,}|0[0-9]{2,}-[0-9]{5,}")
_LATIN_WORD = re.compile("[A-Za-z]+[0-9]*")
_BULLET = re.compile(r"[ ]?-[ ]?(?![0-9])|_ ?(?![0-9])|[.)](?= ?[^\W\d_])|[.)](?= [0-9])")
_BEFORE_DIGITS = re.compile("[.)-] [0-9]")
_CODE_SIGNS = frozenset("*#°'")
_SLASHED = re.compile(rf"[{LETTERS}] ?/ ?$")
_CALLED = frozenset({"تلفن", "تلفنی", "پیامک", "پیامکی"})
_CALL = frozenset({"تماس", "پیامک"})
# one or two letters right before the digits are a name: «ب۱۲», «ام‌کی۲»
_LETTERED = re.compile(rf"(?:^|[^{LETTERS}])(?!(?:و|از|به|با|تا|در|هر|هم|که|بر|را|یا|ها|ای|ی|این)$)[{LETTERS}]{{1,2}}$")
_COLON = re.compile(" ?: ?$")


def reject_latin(near: Surroundings) -> str | None:
    """Return a reason for «A02», «h5n1», «Helios 2»: digits of a Latin name, or of letters."""
    if not near.is_digits:
        return None
    prefix = near.text[max(0, near.start - 2) : near.start]
    if prefix[-1:] == "-" and prefix[:1].isalpha() and (near.unit is None or unit_kind(near.unit.plain) == "count"):
        return "name"
    if _LATIN.search(prefix) and (prefix[-1:] == "-" or _LATIN.match(prefix[-1:])):
        return "name"
    if near.unit is None and _LATIN.match(near.text, near.end):
        return "name"
    if near.unit is None and prefix[-1:] not in ("", " ") and _is_lettered(near):
        return "name"
    is_after_latin = bool(near.lead) and _LATIN_WORD.fullmatch(near.lead[-1]) and near.text[near.start - 1] == " "
    return "name" if is_after_latin and near.unit is None and near.value < 3000 else None


def _is_lettered(near: Surroundings) -> bool:
    return _LETTERED.search(near.text, max(0, near.start - 4), near.start) is not None


def reject_code(near: Surroundings) -> str | None:
    """Return a reason for phones, cards and codes after their noun; digit strings too long for a count."""
    if not near.is_digits:
        return None
    is_strong = bool(near.lead) and near.lead[-1] in ("شماره", "شناسه") and near.unit is not None
    if near.follows(_ID) and (near.unit is None or (is_strong and counts_things(near.unit))):
        return "id"
    if near.text[near.end : near.end + 1] in _CODE_SIGNS or near.text[near.start - 1 : near.start] in _CODE_SIGNS:
        return "id"
    if near.unit is not None and near.unit.plain == "درجه" and near.after[1:2] and near.after[1] in ("عرض", "طول"):
        return "id"
    if _ADDRESS.search(near.text, max(0, near.start - 60), near.start):
        return "id"
    if near.unit is None and (_is_labelled(near) or _is_called(near)):
        return "id"
    if near.unit is None and _LONG_PAIR.fullmatch(near.text, near.start, near.end):
        return "id"
    length = near.end - near.start
    if length < 10 or near.unit is not None or not near.text[near.start : near.end].isdigit():
        return "id" if length > 21 else None
    is_card = length == 16 and near.value % 1000 != 0
    return "id" if near.lead or is_card or length > 20 else None


def _is_labelled(near: Surroundings) -> bool:
    """Tell «کد خبر: 598248» and the «/69014/» behind the last word of an article."""
    before = near.text[max(0, near.start - 3) : near.start]
    if _SLASHED.search(before) and near.end - near.start >= 4:
        return True
    colon = _COLON.search(before)
    return colon is not None and ends_with(words_before(near.text, near.start - len(colon[0])), _ID)


def _is_called(near: Surroundings) -> bool:
    """Tell «تلفن گزارش حریق 1504», «با 121 تماس بگیرند»."""
    if near.upper is not None or near.value != int(near.value) or near.end - near.start < 3:
        return False
    if near.comparator not in (None, "eq"):
        return False
    if near.text[max(0, near.start - 3) : near.start] in (" با ", "با ") and near.after and near.after[0] in _CALL:
        return True
    colon = _COLON.search(near.text, max(0, near.start - 3), near.start)
    lead = words_before(near.text, near.start - len(colon[0])) if colon else near.lead
    return not _CALLED.isdisjoint(lead[-4:]) and not any(word.isdigit() for word in lead[-4:])


def reject_item(near: Surroundings) -> str | None:
    """Return a reason for «۱- …», «2. …»: the number of a list item."""
    if not near.is_digits or near.value > 60 or near.upper is not None or near.value != int(near.value):
        return None
    mark = _BULLET.match(near.text, near.end)
    if mark is None:
        return None
    before = near.text[max(0, near.start - 2) : near.start]
    at_start = not before.strip(" ") or before.rstrip(" ")[-1:] in "\n.:؛)"
    if at_start and _BEFORE_DIGITS.match(near.text, near.end):
        return "enumeration"
    is_letter = (
        near.text[mark.end() : mark.end() + 1].isalpha()
        or near.text[mark.end() : mark.end() + 1] in '"«'
        or mark[0].strip() in ".)"
    )
    return "enumeration" if is_letter and (at_start or mark[0].strip() in "-_") else None
