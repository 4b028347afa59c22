"""Numbers of a match that count nothing: results in tables, points held, minutes of goals, classes of weight.

Games, goals, medals and draws are counted as other things are; only what names a result is told here.
"""

from __future__ import annotations

import re

from ie.cues import LETTERS, TABLE, Surroundings, alternatives, phrase_set
from ie.persian import ZWNJ

__all__ = ["reject_match"]

_REACH = 400
_LONGEST_LINE = 110
_WORDS = TABLE["sports"]
_SPORT = re.compile(rf"(?<![{LETTERS}])(?:{alternatives(_WORDS['words'])})(?:ها|های|ی)?(?![{LETTERS}])")
_FIGHT = re.compile(rf"(?<![{LETTERS}])(?:{alternatives(_WORDS['fights'])})")
_GOAL = re.compile(rf"[^.؛\n]{{0,60}}?(?<![{LETTERS}])(?:{alternatives(_WORDS['goals'])})(?![{LETTERS}])")
_NUMBER = r"(?:[0-9]{1,3}|صفر|یک|دو|سه|چهار|پنج|شش)"
_SIDE = rf"(?:[{LETTERS}]+[ {ZWNJ}]?){{1,6}}+"
_RESULT = re.compile(rf"(?:[^\n:]{{1,40}}: ?|[ *•-]*){_SIDE}{_NUMBER}(?: ?- ?| ){_SIDE}{_NUMBER}[ .]*(?:\([^\n]*)?")
_JOINTS = frozenset({"از", "به", "و", "در", "با", "تا", "که", "را", "هر", "برای", "بر"})
_BEAT = re.compile(r"[ \u200c]?بر[ \u200c]?(?:[0-9]|صفر|یک(?![\u0621-\u06cc]))")
_BEATEN = re.compile(r"(?:[0-9]|صفر|(?<![\u0621-\u06cc])یک)[ \u200c]?بر[ \u200c]?$")
_SET_AFTER, _SET_BEFORE = re.compile(" ?- ?[0-9]"), re.compile(r"(?<![\u0621-\u06cc])صفر ?- ?$")
_HOLDS, _HELD = phrase_set("sports", "holds"), phrase_set("sports", "held")
_MINUTE_UNITS = frozenset(_WORDS["minute_units"])
_CLASSES = frozenset({"وزن", "دسته", "اوزان", "در"})


def reject_match(near: Surroundings) -> str | None:
    """Return why a number belongs to a match and counts nothing, or None."""
    if not 0 <= near.value <= 1000 or near.is_scaled:
        return None
    return _result(near) or _points(near) or _minute(near) or _weight(near)


def _is_sport(near: Surroundings, pattern: re.Pattern[str] = _SPORT) -> bool:
    return pattern.search(near.text, max(0, near.start - _REACH), near.end + _REACH) is not None


def _result(near: Surroundings) -> str | None:
    """«۲بر۱», «صفر -۶», and lines of two sides with a number each."""
    text, start, end = near.text, near.start, near.end
    if near.word == "صفر" and _SET_AFTER.match(text, end):
        return "score"
    before = text[max(0, start - 8) : start]
    is_zero = near.word == "صفر" or near.is_digits
    if is_zero and (_BEAT.match(text, end) or _BEATEN.search(before) or _SET_BEFORE.search(before)):
        return "score"
    first = text.rfind("\n", max(0, start - _LONGEST_LINE), start) + 1
    last = text.find("\n", end, end + _LONGEST_LINE)
    last = len(text) if last < 0 else last
    if (not first and start > _LONGEST_LINE) or last - first > _LONGEST_LINE or near.upper is not None:
        return None
    if not _RESULT.fullmatch(text, first, last) or not _JOINTS.isdisjoint(text[first:last].split()):
        return None
    return "score" if _is_sport(near) else None


def _points(near: Surroundings) -> str | None:
    """«با ۳۸ امتیاز», «۲۷ امتیاز به دست آورد»: the points of a table."""
    lead = near.lead[-1] if near.lead else ""
    if near.unit is None:
        return "score" if lead == "امتیاز" and near.is_digits and _is_sport(near) else None
    if near.unit.plain != "امتیاز":
        return None
    behind = near.after[1:] if near.after[:1] == ["امتیاز"] else []
    is_held = lead in _HOLDS or near.unit.adjective
    is_held = is_held or bool(behind and (behind[0] in _HELD or " ".join(behind[:2]) in _HELD))
    return "score" if is_held and _is_sport(near) else None


def _minute(near: Surroundings) -> str | None:
    """«دقیقه ۷۷ کارت قرمز», «رانوکیا 26 و میلیتو 50 به ثمر رساندند»."""
    lead = near.lead
    if not lead or not near.is_digits or near.value > 125 or near.value != int(near.value) or near.upper is not None:
        return None
    if near.unit is not None and near.unit.plain not in _MINUTE_UNITS:
        return None
    if lead[-1] in ("دقیقه", "دقایق"):
        return None if "هر" in lead[-2:] else "clock"
    if lead[-1] in _JOINTS or not lead[-1].isalpha() or near.comparator is not None or lead[-1] in _HOLDS:
        return None
    if near.unit is not None and near.unit.plain != "گلزن":
        return None
    after = near.after[0] if near.after else ""
    if after not in ("", "و", "به", "زد", "زده", "دو", "گلزنی"):
        return None
    return "clock" if _GOAL.match(near.text, near.end) and _is_sport(near) else None


def _weight(near: Surroundings) -> str | None:
    """«وزن 86 کیلوگرم» of wrestlers and their like."""
    if near.unit is None or near.unit.plain not in ("کیلوگرم", "کیلو") or not near.lead:
        return None
    is_class = near.lead[-1] in _CLASSES and near.comparator is None and not near.unit.adjective
    return "group" if is_class and _is_sport(near, _FIGHT) else None
