"""Numbers that surely state no quantity: law articles, clock times, years, codes, names, ages, articles.

All words stand in ``data/nonfacts.toml``. Each rule of `rejection` sees the number with its surroundings and returns a
short reason; a number without one is a candidate, not yet a fact.
"""

from __future__ import annotations

import re

from ie.codes import reject_code, reject_item, reject_latin
from ie.cues import LETTERS, TABLE, Surroundings, alternatives, ends_with, phrase_set, words_after
from ie.persian import ZWNJ
from ie.sports import reject_match
from ie.timewords import reject_age, reject_clock, reject_date, reject_duration, reject_year
from ie.units import currency_of, unit_kind

__all__ = ["rejection"]


_VAGUE = phrase_set("vague", "before")
_LAW, _WEAK_LAW = phrase_set("law", "before"), phrase_set("law", "weak")
_SCORE = phrase_set("score", "before")
_RANK = phrase_set("rank", "before")
_NAME, _ALWAYS_NAME = phrase_set("names", "before"), phrase_set("names", "always")
_NAME |= {f"{name}{plural}" for name in _NAME for plural in (" های", "های")}
_NAME_OF_WORDS = phrase_set("names", "of_words")
_PLACE, _HOLDERS = phrase_set("names", "places"), phrase_set("names", "holders")
_IDIOM, _LETTER_NAMES = phrase_set("names", "idioms"), phrase_set("names", "letters")
_ATTRIBUTE = phrase_set("attribute", "after")
_HOTELS = frozenset({"هتل", "هتل های", "هتلهای", "هتلی"})
_VENUES, _BODIES = phrase_set("attribute", "venues"), phrase_set("attribute", "bodies")
_SIZED = {unit: frozenset(heads) for unit, heads in TABLE["attribute"]["heads"].items()}
_DEFINITE, _INDEFINITE = phrase_set("discourse", "definite"), phrase_set("discourse", "indefinite")
_TIMES, _EACH, _IN_EACH = phrase_set("rate", "times"), phrase_set("rate", "each"), phrase_set("rate", "in")
_DISCOURSE, _PRONOUN = phrase_set("discourse", "after"), phrase_set("discourse", "pronouns")
_GROUP = phrase_set("group", "heads")
_COUNTERS, _ALLOWING = frozenset(TABLE["article"]["counters"]), phrase_set("article", "allowing")
_PLURAL_NUMBERS = (["ده"], ["صد"], ["هزار"], ["میلیون"], ["میلیارد"])
_PLURAL = re.compile(rf"[ {ZWNJ}]?ها(?:ی|یی)?(?![{LETTERS}])")
_JOINED = re.compile(rf"{ZWNJ}[{LETTERS}]")
_PREPOSITIONS = frozenset({"ازای", "در", "از", "با", "برای", "روی"})
_DENIAL = phrase_set("denial", "after")
_PLURAL_NOUN = re.compile(rf"ها(?:ی|یی|ی[ {ZWNJ}]?ما)?$")
_AND_NOT = re.compile("[^.\n0-9]{1,60}(?:،|؛| و) ?نه ")
_FINITE = phrase_set("function", "verbs") | {"شود", "باشند", "کنیم", "کنید", "هستیم", "هست", "گر", "وگر", "چه", "گرفته"}
_NEXT_WORD = re.compile(rf" [{LETTERS}{ZWNJ}]+")
_SET_PHRASE = re.compile(rf"(?:{alternatives(TABLE['names']['phrases'])})(?![{LETTERS}])")
_BEFORE_RANGE = frozenset({"بین", "از", "به", "حدود", "رقم", "میان", "تا"})
_LAWS = frozenset(
    {
        "قانون",
        "مصوبه",
        "سند",
        "قرارداد",
        "لایحه",
        "برنامه",
        "توافق‌نامه",
        "تفاهم‌نامه",
        "آیین‌نامه",
        "بیانیه",
        "ماده",
        "بند",
        "تبصره",
        "فصل",
        "جدول",
        "بخشنامه",
        "دستورالعمل",
    }
)
_HOMOGRAPHS = frozenset({"سی", "دو", "نه", "ده", "نیم", "ربع", "نصف"})
_SCORED = frozenset({"امتیاز", "باخت", "برد", "پیروزی", "شکست", "تساوی", "گل", "بازی"})
_RATE_BASES = frozenset((100, 1000, 10_000, 100_000, 1_000_000))
_PRICED = frozenset((1, 10, 100, 1000))
_PRICES = frozenset({"نرخ", "قیمت", "بهای", "هر", "ارزش"})
_PRICE_GAP = re.compile(rf"(?: (?!(?:و|به|از|با|در|را|که) )[{LETTERS}{ZWNJ}]{{1,12}}){{0,3}}(?: ?: ?| )")
_MARKS = frozenset({"امتیاز", "نمره", "معدل"})
_PLUS = re.compile(r"[0-9]\+[0-9]")
_TITLE = re.compile(rf"[ {ZWNJ}][{LETTERS}{ZWNJ} ]{{1,15}}[»\"]")
_CLAUSE_END = re.compile(r"[.؛:\n!؟]")
_WEIGHT_SIGN = re.compile("[-+]")
_QUOTE_END = re.compile('[»"”]')


def rejection(near: Surroundings) -> str | None:
    """Return why a number surely is no quantity, or None."""
    for rule in _RULES:
        reason = rule(near)
        if reason:
            return reason
    return None


def _vague(near: Surroundings) -> str | None:
    """«ده‌ها», «چند هزار», a bare «میلیون»."""
    lead = near.lead
    if lead and not near.is_digits and (lead[-1] in _VAGUE or (lead[-1] == "ها" and lead[-2:-1] in _PLURAL_NUMBERS)):
        return "vague"
    if near.word in ("میلیون", "میلیارد", "تریلیون", "ملیون", "ملیارد", "بیلیون", "کرور", "همت"):
        return "vague"
    return "vague" if not near.is_digits and _PLURAL.match(near.text, near.end) else None


def _set_phrase(near: Surroundings) -> str | None:
    """«سی و سه پل», «هفت خوان»: number words of a fixed name."""
    return "name" if not near.is_digits and _SET_PHRASE.match(near.text, near.start) else None


def _joined(near: Surroundings) -> str | None:
    """«سه‌شنبه», «هفت‌تپه», «می‌ده», «چهار محال»: part of another word."""
    if not near.word:
        return None
    if _JOINED.match(near.text, near.end) and (near.unit is None or near.after[:1] == ["راه"]):
        return "word"
    before = near.text[max(0, near.start - 2) : near.start]
    if before[-1:] == ZWNJ and before[:1].isalpha() and near.value <= 30:
        return "word"
    return "name" if near.after and near.after[0] in _IDIOM and near.unit is None else None


def _homograph(near: Surroundings) -> str | None:
    """«نه تنها», «این ده», «بی بی سی», «دو و میدانی», «نیم‌بها»: other words spelled like a number."""
    word, after = near.word, near.after
    if word not in _HOMOGRAPHS:
        return None
    if word == "سی" and (near.follows(_LETTER_NAMES) or (after and after[0] in _LETTER_NAMES)):
        is_spelled = near.unit is None or (near.follows(_LETTER_NAMES) and near.lead[-1] not in ("وی", "دی", "ای"))
        return "name" if is_spelled else None
    if word == "دو" and (after[:2] == ["و", "میدانی"] or after[:1] in (["می"], ["نمی"], ["میدانی"])):
        return "word"
    if word == "نه":
        return "word" if near.comparator is None and _is_denial(near) else None
    if word == "نیم" and (after[:1] != ["از"] if near.unit is None else near.unit.plain == "سال"):
        return "word"
    if word in ("نیم", "ربع"):
        return "name" if after[:1] in (["سکه"], ["فصل"], ["بها"], ["پهلوی"]) else None
    if word == "نصف":
        return "name" if after and after[0].startswith("النهار") else None
    is_alone = near.unit is None and near.comparator is None and not (after and after[0][0].isalpha())
    return "word" if is_alone else None


def _is_denial(near: Surroundings) -> bool:
    """Tell «نه خانوارها», «و نه آب», «نه، نشد» from «نه حفار»: counted nouns are singular, and no clause begins so."""
    text, lead = near.text, near.lead
    first = near.after[0] if near.after else ""
    is_after_verb = bool(lead) and (lead[-1] in _FINITE or (len(lead[-1]) > 3 and lead[-1].endswith(("یم", "ند"))))
    if is_after_verb or _AND_NOT.match(text, near.end):
        return near.unit is None or near.unit.plain not in _COUNTERS
    if near.unit is not None:
        is_plural = _PLURAL_NOUN.search(text[near.unit.start : near.unit.end]) is not None
        return (is_plural and near.unit.plain not in ("نفر",)) or "نه" in lead or "و نه" in " ".join(near.after)
    if not first or not first[0].isalpha() or first.startswith(("ن", "می")) or near.precedes(_DENIAL):
        return True
    if (
        text[near.end : near.end + 1] != " "
        or not lead
        or lead[-1] in ("و", "یا", "که")
        or "نه" in lead
        or "نه" in near.after
    ):
        return True
    noun = _NEXT_WORD.match(text, near.end)
    return noun is None or _PLURAL_NOUN.search(noun[0]) is not None or "بلکه" in near.after


def _law(near: Surroundings) -> str | None:
    if near.is_scaled:
        return None
    if near.follows(_LAW) or (near.follows(_WEAK_LAW) and (near.unit is None or near.unit.plain in _LAWS)):
        return "law"
    return None


def _score(near: Surroundings) -> str | None:
    """«3 بر 1», «نتیجه 2-2», «امتیاز 95 از 100»."""
    lead = near.lead
    if not near.is_small:
        return None
    if near.unit is not None and near.unit.plain not in _SCORED and not (near.unit.plain == "برابر" and near.upper):
        is_second = len(lead) > 1 and lead[-1] == "بر" and _is_number(lead[-2]) and near.value < 100
        return "score" if is_second and near.unit.plain == "برابر" else None
    if near.upper is not None:
        if "-" not in near.text[near.start : near.end] or near.upper > 200 or not near.is_digits:
            return None
        is_framed = near.comparator not in (None, "range") or near.follows(_BEFORE_RANGE)
        is_alone = not near.text[: near.start].strip() and not near.text[near.end : near.end + 9].strip()
        return None if is_framed or (is_alone and near.value != near.upper) else "score"
    after = near.after
    if len(after) > 1 and after[0] == "بر" and _is_number(after[1]):
        return "score"
    if len(lead) > 1 and lead[-1] == "بر" and _is_number(lead[-2]):
        return "score"
    if lead and lead[-1] in _MARKS and len(after) > 1 and after[0] == "از" and after[1].isdigit():
        return "score"
    return "score" if len(lead) > 2 and lead[-1] == "از" and lead[-2].isdigit() and lead[-3] in _MARKS else None


def _is_number(word: str) -> bool:
    return word.isdigit() or word in ("صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده")


def _rank(near: Surroundings) -> str | None:
    is_rank = not near.is_scaled and near.follows(_RANK) and (near.unit is None or near.lead[-1] in ("رتبه", "ریتینگ"))
    return "rank" if is_rank else None


def _name(near: Surroundings) -> str | None:
    """«پژو 206», «فاز 11», «تگزاس 2» or «۲۳ نفر» in quotation marks, «۵+۱»."""
    if near.is_digits and _PLUS.search(near.text[max(0, near.start - 2) : near.end + 2]):
        return "name"
    if near.text[near.start - 1 : near.start] in ("«", '"') and _TITLE.match(near.text, near.end):
        return "name"
    if near.is_digits and near.follows(_ALWAYS_NAME):
        return "name"
    if near.after[:1] == ["نهایی"] or (near.word == "صفر" and near.unit and near.unit.plain == "کیلومتر"):
        return "name"
    if near.is_digits and near.unit is not None and near.unit.plain in _HOLDERS and near.follows(_PLACE):
        return "name"
    if near.is_scaled or near.unit is not None or near.comparator is not None:
        return None
    if near.word and near.value <= 30 and near.follows(_NAME_OF_WORDS):
        return "name"
    if near.is_digits and near.follows(_NAME) and near.value == int(near.value) and near.value < 3000:
        return "name"
    if near.is_digits and _QUOTE_END.match(near.text, near.end) and near.lead and near.lead[-1].isalpha():
        return "name"
    return None


def _attribute(near: Surroundings) -> str | None:
    """«شش کلاسه», «4 گزینه‌ای», «15 هزار نفری»: a number that describes a thing and counts none."""
    if near.precedes(_ATTRIBUTE) and (near.unit is None or near.unit.adjective or near.follows(_HOTELS)):
        return "attribute"
    if near.unit is None or not near.unit.adjective:
        return None
    if near.unit.plain == "ساعت" and near.text[near.unit.end - 1] == "ه" and near.comparator is None:
        return "attribute"
    if near.comparator is None and near.unit.plain in _SIZED:
        heads, lead = _SIZED[near.unit.plain], near.lead
        if lead[-1:] == ["و"] and lead[-2:-1] and lead[-2].isdigit():
            lead = lead[:-2]
        if ends_with(lead, heads) or (len(lead) > 1 and lead[-2] in heads):
            return "attribute"
    if near.unit.plain != "نفر":
        return None
    is_capacity = near.text[near.unit.end - 1] == "ه" and not near.follows(_BODIES)
    is_capacity = is_capacity or near.follows(_VENUES)
    return "attribute" if is_capacity else None


def _discourse(near: Surroundings) -> str | None:
    """«این سه شرکت», «هر 100 نفر», «دو دلیل»."""
    last = near.lead[-1] if near.lead else ""
    if near.value <= 10 and near.is_small and near.comparator is None:
        if last in _PRONOUN and (near.unit is None or unit_kind(near.unit.plain) == "count"):
            return "anaphor"
        if last == "آن" and near.unit is None and near.word:
            return "anaphor"
    if last == "هر" and near.value >= 1 and _is_rate(near):
        return "rate"
    if near.previous and near.value in _RATE_BASES and near.text[near.previous[0] : near.start] == " در ":
        return "rate"
    measured = near.previous[2] if near.previous else None
    if (
        last == "در"
        and measured
        and unit_kind(measured.plain) == "amount"
        and near.text[measured.end : near.start] == " در "
    ):
        return "rate" if near.value in (100, 1000) else None
    if _is_frequency(near) or _is_base(near):
        return "rate"
    if _is_definite(near, last):
        return "discourse"
    if near.word == "یک" and near.after[:1] == ["بار"] and (near.after[1:2] == ["دیگر"] or "هر" in near.lead[-4:]):
        return "rate"
    return "discourse" if near.value <= 10 and near.is_small and near.precedes(_DISCOURSE) else None


def _is_definite(near: Surroundings, last: str) -> bool:
    """Tell «روابط دو کشور» and «ده کشور نخست»: things already known."""
    if not near.is_small or near.comparator is not None:
        return False
    if near.value == 2 and near.precedes(_DEFINITE):
        return last.isalpha() and last not in _INDEFINITE
    behind = words_after(near.text, near.unit.end) if near.unit is not None and near.value <= 20 else []
    return behind[:1] in (["نخست"], ["اول"])


def _is_frequency(near: Surroundings) -> bool:
    """Tell «هفته‌ای دو بار» and «دو بار در هفته» from «۴ بار قهرمان شد»."""
    if near.unit is None or near.unit.plain not in _TIMES or near.value > 10 or near.comparator is not None:
        return False
    if near.follows(_EACH):
        return True
    return near.unit.plain != "روز" and " ".join(near.after[1:3]) in _IN_EACH


def _is_base(near: Surroundings) -> bool:
    """Tell the «یک» of «یک کرون نروژ ۱۴۳۰»: so much of a currency, whose price stands right behind."""
    unit = near.unit
    if unit is None or near.value not in _PRICED or near.comparator is not None or currency_of(unit.plain) is None:
        return False
    if near.next_start is None or unit.adjective or (near.lead and near.lead[-1] not in _PRICES):
        return False
    return _PRICE_GAP.fullmatch(near.text, unit.end, near.next_start) is not None


def _is_rate(near: Surroundings) -> bool:
    """Tell «به ازای هر 7400 نفر», «هر 100 نفر», «هر دو» from «هر 9 شاخص» (all nine)."""
    if "ازای" in near.lead[-5:]:
        return True
    if near.word == "یک" or near.value == 2 or (len(near.lead) > 1 and near.lead[-2] in _PREPOSITIONS):
        return True
    if near.unit is not None and unit_kind(near.unit.plain) != "count":
        return True
    return str(near.value).strip("0") in ("1", "1.") and near.value >= 10


def _group(near: Surroundings) -> str | None:
    """«شهرهای زیر 20 هزار نفر»: a threshold that defines who is meant."""
    if near.lead[-2:] == ["در", "وزن"] and near.is_digits:
        return "group"
    if near.lead[-1:] == ["وزن"] and _WEIGHT_SIGN.search(near.text[near.end - 1 : near.end + 2]):
        return "group"
    if near.comparator not in ("gt", "lt", "ge", "le"):
        return None
    if near.follows(_GROUP):
        return "group"
    is_people = near.unit is not None and near.unit.plain == "نفر" and near.cue in ("زیر", "بالای")
    return "group" if is_people and near.unit and words_after(near.text, near.unit.end)[:1] == ["جمعیت"] else None


def _repeat(near: Surroundings) -> str | None:
    """«بیست درصد (20%)»: the same number again in brackets."""
    if near.previous is None or near.text[near.start - 1 : near.start] != "(":
        return None
    value, unit = near.previous[1:]
    is_same = value == near.value and unit is not None and near.unit is not None and unit.plain == near.unit.plain
    is_outside = unit is None and near.unit is not None and value == near.value  # «۵۰۰ (پانصد) نفر»
    is_outside = is_outside and near.upper is None and near.start - near.previous[0] < 3
    return "repeat" if (is_same or is_outside) and near.start - near.previous[0] < 14 else None


def _article(near: Surroundings) -> str | None:
    """«یک» without a counter, a comparator or a contrast is an article."""
    if near.word != "یک" or near.upper is not None:
        return None
    if near.comparator is not None and (near.cue != "تا" or near.unit is not None):
        return None
    if near.follows(_ALLOWING):
        return None
    if near.unit is not None and (near.unit.plain in _COUNTERS or unit_kind(near.unit.plain) != "count"):
        return None
    return None if near.unit is not None and _is_contrasted(near) else "article"


def _is_contrasted(near: Surroundings) -> bool:
    """Tell whether another number stands beside «یک …» («دو پیکان و یک پراید»), or one of the same unit before."""
    if near.previous and near.lead and near.lead[-1] == "و" and near.unit and near.previous[2]:
        between = near.text[near.previous[0] : near.start]
        if near.previous[2].plain == near.unit.plain and len(between) < 90 and not _CLAUSE_END.search(between):
            return True
    if near.previous and near.start - near.previous[0] < 40 and " و " in near.text[near.previous[0] : near.start]:
        return True
    if near.unit is not None and near.next_start is not None and near.next_start - near.unit.end < 20:
        return " و " in near.text[near.unit.end : near.next_start]
    return bool(near.previous and "هر" in near.lead[-4:])


_RULES = (
    _vague, _set_phrase, _joined, _homograph, _repeat, reject_latin, _law, reject_clock, _rank, reject_date,
    reject_year, reject_match, _score, reject_age, reject_code, _name, _attribute, _discourse, reject_duration,
    _group, reject_item, _article,
)  # fmt: skip
