"""Numbers that tell the time and count nothing: clock times, dates, years, ages and spans of time gone by.

Each rule sees a number with its surroundings and returns a short reason or None; `nonfacts` asks them all.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ie.cues import TABLE, Surroundings, phrase_set, words_after
from ie.units import UnitMatch, unit_kind

__all__ = [
    "LONE_YEAR",
    "counts_things",
    "is_shot",
    "reject_age",
    "reject_clock",
    "reject_date",
    "reject_duration",
    "reject_year",
]

_CLOCK, _DAYTIME = phrase_set("clock", "before"), phrase_set("clock", "after")
_NIGHT, _DAYTIMES = frozenset({"شب"}), frozenset({"صبح", "عصر", "ساعت", "ظهر"})
# «13: 10»: a clock time with a space
_OF_CLOCK, _CLOCK_GOES_ON = re.compile("(?<![0-9])[0-9]{1,2}: $"), re.compile(": [0-9]{2}(?![0-9])")
_YEAR, _SHORT_YEAR, _DECADE = phrase_set("year", "before"), phrase_set("year", "short"), phrase_set("year", "always")
_MONTHS = phrase_set("months", "words")
_HOMONYMS, _WEEKDAYS = phrase_set("months", "homonyms"), phrase_set("months", "weekdays")
_SHOT_BEFORE, _SHOT_AFTER = phrase_set("months", "shot_before"), phrase_set("months", "shot_after")
_AGED_PEOPLE = phrase_set("age", "people")
_AGE, _AGED = phrase_set("age", "before"), phrase_set("age", "after")
_ELAPSED, _ELAPSED_AFTER, _TIME = (
    phrase_set("elapsed", "before"),
    phrase_set("elapsed", "after"),
    frozenset(TABLE["elapsed"]["units"]),
)
_LATE, _TIME_PRONOUNS = phrase_set("elapsed", "late"), phrase_set("elapsed", "pronouns")
_MEASURED, _ASKED = phrase_set("elapsed", "measured"), phrase_set("elapsed", "asked")
_OF_YEAR = re.compile(r"[ \u200c](?:1[34][0-9]{2}(?![0-9])|سال|ابتدا|پارسال|تابستان|بهار|پاییز|زمستان)")
# «۹۰ روز تا افتتاح», no range («۳۰ روز تا ۴۰ روز»)
_TO_COME = re.compile(r" تا (?:پایان|آغاز|شروع|افتتاح|تکمیل|برگزاری|انتخابات|اتمام|زمان|تحویل)")
_WENT_BY = re.compile(r" از[^.؛\n0-9]{1,60}(?:می[ \u200c]?گذرد|می[ \u200c]?گذشت|گذشت|گذشته)(?![\u0621-\u06cc])")
LONE_YEAR = "lone year"  # a year by its looks alone: a list of counts proves otherwise
_LONG_TIMES = frozenset({"سال", "ماه", "هفته", "روز"})
# cues that leave «گذشته است» no time gone by: «از مرز ۲۹ سال گذشته است»
_PASSED = frozenset({"از مرز", "از مرز حدود", "از سقف", "گذشته است", "گذشته اند", "گذشته بود"})
_BEFORE_COUNTS = frozenset({"رقم", "تعداد", "به", "از", "مجموع", "مجموعا", "جمعا", "شمار", "معادل", "برابر", "میزان"})


def reject_clock(near: Surroundings) -> str | None:
    """«ساعت 10», «9 صبح», «دقیقه 70»."""
    if near.is_scaled or not 0 <= near.value <= 120:
        return None
    if (
        near.value <= 24
        and near.follows(_CLOCK)
        and not (
            near.previous
            and near.previous[2]
            and near.previous[2].plain == "ساعت"
            and near.previous[2].end >= near.start - 2
        )
    ):
        return "clock"
    if (
        near.is_digits
        and near.unit is None
        and (
            _OF_CLOCK.search(near.text, max(0, near.start - 5), near.start)
            or (near.value <= 24 and _CLOCK_GOES_ON.match(near.text, near.end))
        )
    ):
        return "clock"
    if near.unit is not None and near.unit.plain in ("دقیقه", "ثانیه") and near.lead[-1:] == ["و"]:
        return "clock" if near.value < 60 and "ساعت" in near.lead[-6:] else None
    if near.cue == "تا" and near.unit is None and near.value <= 24 and near.lead[-1:] in (["صبح"], ["بامداد"]):
        return "clock"
    if near.precedes(_NIGHT) and near.value <= 12:
        return "clock" if not _DAYTIMES.isdisjoint(near.lead) else None
    if near.lead and near.lead[-1] == "دقیقه" and near.is_digits and near.unit is None:
        return "clock"
    return "clock" if near.value <= 12 and near.unit is None and near.precedes(_DAYTIME) else None


def _is_year(value: Decimal) -> bool:
    return 1250 <= value <= 1450 or 1800 <= value <= 2100


def reject_year(near: Surroundings) -> str | None:
    """Years after «سال», «افق», «بودجه», a month or a season; decades; bare four-digit years without a unit."""
    if near.value != int(near.value):
        return None
    if not near.is_scaled and near.unit is None and near.follows(_DECADE):
        return "year"
    if not near.is_digits or near.is_scaled:
        is_said = bool(near.lead) and near.lead[-1] in ("سال", "درسال") and near.unit is None
        return "year" if is_said and _is_year(near.value) else None
    if _is_named_year(near):
        return "year"
    return LONE_YEAR if _is_bare_year(near) else None


def _is_named_year(near: Surroundings) -> bool:
    """Tell whether the word before makes the number a year of four or two digits."""
    length, lead = near.end - near.start, near.lead
    is_long = _is_year(near.value) and (length == 4 or near.upper is not None)
    is_short = near.value < 100 and (length == 2 or near.upper is not None)
    if near.follows(_YEAR | _SHORT_YEAR) and "هر" not in lead[-2:-1]:
        if is_long:
            return True
        if is_short and near.follows(_SHORT_YEAR):
            is_recent = near.value >= 60 or near.value <= 10 or lead[-1] in _DECADE
            if near.unit is None:
                return True
            is_recent = is_recent or near.text[near.unit.start : near.unit.end].endswith(("ها", "های"))
            return is_recent and lead[-1] in _SHORT_YEAR and counts_things(near.unit)
    is_after_month = bool(lead) and (lead[-1] in _MONTHS or (lead[-1] == "ماه" and " ".join(lead[-2:-1]) in _MONTHS))
    is_dated = len(lead) > 1 and lead[-2].isdigit() and near.value >= 30  # «۱۴ اسفند ۵۷ فعالیت خود را»
    is_alone = near.unit is None or (is_dated and counts_things(near.unit))
    return is_after_month and (is_long or (is_short and is_alone))


def _is_bare_year(near: Surroundings) -> bool:
    """Tell «98-99» and a lone «1404» between words from counts."""
    if near.unit is not None:
        return False
    if near.upper is not None and near.upper - near.value == 1 and 60 <= near.value < 100:
        return True
    if near.upper is not None and near.upper - near.value - 1300 == 1 and near.is_digits:
        return True  # «۹۹-۱۴۰۰»
    if not _is_year(near.value) or not (near.end - near.start == 4 or near.upper is not None):
        return False
    if near.upper is not None and _is_year(near.upper):
        return True
    if near.text[near.start - 1 : near.start] == "(" and near.text[near.end : near.end + 1] == ")":
        return True
    if near.cue == "تا":  # «تا ۱۴۰۴» is no limit of things
        return 1380 <= near.value <= 1410 or 2000 <= near.value <= 2050
    return near.comparator is None and bool(near.lead or near.after) and not near.follows(_BEFORE_COUNTS)


def counts_things(unit: UnitMatch) -> bool:
    """Tell counted things, which may follow a year by chance, from the common counters, which follow counts."""
    return unit_kind(unit.plain) == "count" and unit.plain not in ("نفر", "مورد", "دستگاه", "واحد", "فقره")


def reject_date(near: Surroundings) -> str | None:
    """«22 بهمن»: a day before the name of a month."""
    if near.word == "صفر" and near.lead and near.lead[-1] in ("ماه", "و") and _MONTHS & set(near.lead[-3:]):
        return "date"
    high = near.upper if near.upper is not None else near.value
    if near.is_scaled or not 1 <= high <= 31 or not near.after:
        return None
    if near.is_digits and near.unit is None and near.after[0] == "شنبه" and high <= 5:
        return "date"
    first, second = near.after[0], near.after[1] if len(near.after) > 1 else ""
    if first == "تیر" and is_shot(near.lead, near.after[1:]):
        return None
    if first in _MONTHS and not (near.word and first in _HOMONYMS):
        return "date"
    if first == "می" and near.is_digits and second.isdigit():
        return "date"
    is_dated = near.unit is None and near.is_digits and near.follows(_WEEKDAYS)
    return "date" if is_dated else None


def is_shot(lead: list[str], after: list[str]) -> bool:
    """Tell «۴ تیر هوایی», «شلیک ۴ تیر» from «۴ تیر»; `after` are the words behind «تیر»."""
    before = lead[-1:] and (lead[-1] in _SHOT_BEFORE or " ".join(lead[-2:]) in _SHOT_BEFORE)
    return bool(before) or bool(after and after[0] in _SHOT_AFTER)


def reject_age(near: Surroundings) -> str | None:
    """«15 تا 24 ساله», «زیر 18 سال», «گروه سنی 25 تا 34 سال»."""
    if near.is_scaled:
        return None
    if near.follows(_AGE) or near.precedes(_AGED):
        return "age"
    if near.upper is not None and near.upper <= 110 and (near.unit is None or near.unit.plain == "سال"):
        lead = near.lead[:-1] if near.lead and near.lead[-1] in ("بین", "سنین") else near.lead
        if lead and lead[-1] in _AGED_PEOPLE:
            return "age"
    if near.unit is None or near.unit.plain != "سال":
        return None
    return "age" if near.unit.adjective or near.cue in ("زیر", "بالای", "به بالا", "و بالاتر") else None


def reject_duration(near: Surroundings) -> str | None:
    """«پس از 26 سال», «دو هفته گذشته», «۳۰ سال است که»."""
    unit = near.unit
    if unit is None or unit.plain not in _TIME or near.cue in _PASSED:
        return None
    behind = words_after(near.text, max(unit.end, near.end))
    if _is_led_in(near, unit, behind) or (behind and _goes_by(near, unit, behind)):
        return "duration"
    is_age = unit.plain == "سال" and behind[:1] and behind[0] in ("دارد", "دارند", "داشت") and near.value < 120
    return "age" if is_age else None


def _is_led_in(near: Surroundings, unit: UnitMatch, behind: list[str]) -> bool:
    """Tell by the words before, or by the year behind, that a span of time only frames what is told."""
    if near.comparator is None and near.lead:
        is_within = near.lead[-1] == "در" and unit.plain in _LONG_TIMES and behind[:1] != ["از"]
        if is_within or near.lead[-1] in _TIME_PRONOUNS:
            return True
    is_of_year = unit.plain == "ماه" and unit.adjective and _OF_YEAR.match(near.text, unit.end) is not None
    is_measured = near.comparator is not None and near.lead[-1:] == ["قدمت"] and _ASKED.isdisjoint(near.lead)
    return is_of_year or (near.follows(_ELAPSED) and not is_measured)


def _goes_by(near: Surroundings, unit: UnitMatch, behind: list[str]) -> bool:
    """Tell by the words behind that a span of time has gone by or is still to come."""
    both = " ".join(behind[:2])
    if near.comparator is not None and behind[0] in _MEASURED and _ASKED.isdisjoint(near.lead):
        return False
    if not unit.adjective and (behind[0] in _LATE or both in _LATE):
        return True
    if unit.plain in _LONG_TIMES:
        if behind[0] == "است":
            return len(behind) > 1 and behind[1] != "و"
        pattern = {"تا": _TO_COME, "از": _WENT_BY}.get(behind[0])
        if pattern is not None and pattern.match(near.text, unit.end):
            return True
    return behind[0] != "است" and (behind[0] in _ELAPSED_AFTER or both in _ELAPSED_AFTER)
