"""The words around a number: how exact they make it, and which numbers surely state no quantity.

All words stand in ``data/nonfacts.toml``. Each rule of `rejection` sees the number with its surroundings and returns a
short reason; a number without one is a candidate, not yet a fact.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from ie.persian import ZWNJ
from ie.schema import Comparator, Offsets
from ie.units import UnitMatch, unit_kind

__all__ = ["Surroundings", "cue_after", "cue_before", "rejection"]

_TABLE = tomllib.loads(files("ie").joinpath("data/nonfacts.toml").read_text(encoding="utf-8"))
_STOP = re.compile(r"[.،,:؛;!?؟)»\n\r\]…]")
_WORD = re.compile(r"[^\s(«\"\[]+")
_LETTERS = "\u0621-\u06cc"


def _plain(phrase: str) -> str:
    return phrase.replace(ZWNJ, " ")


def _alternatives(phrases: list[str]) -> str:
    longest_first = sorted((_plain(phrase) for phrase in phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace("\\ ", f"[ {ZWNJ}]+") for phrase in longest_first)


_CUES: dict[str, Comparator] = {
    _plain(phrase): comparator
    for comparator in ("gt", "ge", "lt", "le", "approx", "eq")
    for phrase in _TABLE["cues"][comparator]["before"]
}
_TAILS = [
    (re.compile(rf"[ {ZWNJ}]*(?P<cue>{_alternatives(_TABLE['cues'][comparator]['after'])})(?![{_LETTERS}])"), comparator)
    for comparator in ("approx", "ge", "le", "lt")
]
_TRANSPARENT = frozenset(_TABLE["cues"]["transparent"])
_TIGHT = frozenset(_TABLE["cues"]["tight"])
_CROSSED = re.compile(rf"[^.،؛:\n]{{0,24}}? (?P<cue>{_alternatives(_TABLE['cues']['crossing_from'])})(?![{_LETTERS}])")
_PASSED = re.compile(rf"[^.،؛:\n]{{0,24}}? (?P<cue>{_alternatives(_TABLE['cues']['crossing_over'])})(?![{_LETTERS}])")
_NEARED = re.compile(rf" (?P<cue>{_alternatives(_TABLE['cues']['nearing'])})(?![{_LETTERS}])")


def cue_before(text: str, start: int) -> tuple[Comparator | None, Offsets | None, list[str]]:
    """Return comparator and offsets of the cue that ends right before `start`, and the words before that.

    >>> cue_before("در آن بیش از 140 مورد", 13)
    ('gt', (6, 12), ['در', 'آن'])
    """
    words, starts = words_before(text, start)
    for skipped in (0, 1):
        if skipped and (len(words) < 2 or words[-1] not in _TRANSPARENT):
            break
        last = len(words) - skipped
        for size in (4, 3, 2, 1):
            if size > last:
                continue
            comparator = _CUES.get(" ".join(words[last - size : last]))
            if comparator is None or (skipped and size == 1 and words[last - 1] in _TIGHT):
                continue
            end = starts[last - 1] + len(words[last - 1])
            return comparator, (starts[last - size], end), words[: last - size]
    return None, None, words


def cue_after(text: str, end: int, lead: list[str]) -> tuple[Comparator | None, Offsets | None]:
    """Return comparator and offsets of a cue behind a number that ends, with its unit, at `end`.

    >>> cue_after("18 سال به بالا", 6, [])
    ('ge', (7, 14))
    >>> cue_after("از 16 هزار نفر گذشت", 14, ["از"])
    ('gt', (15, 19))
    """
    for pattern, comparator in _TAILS:
        match = pattern.match(text, end)
        if match:
            return comparator, match.span("cue")
    last = lead[-1] if lead else ""
    match = _CROSSED.match(text, end) if last == "از" else _NEARED.match(text, end) if last in ("به", "رقم") else None
    if match:
        return ("gt" if last == "از" else "approx"), match.span("cue")
    match = _PASSED.match(text, end)
    return ("gt", match.span("cue")) if match else (None, None)


def words_before(text: str, start: int) -> tuple[list[str], list[int]]:
    """Return the words of the clause before `start` (at most some eight), nearest last, with their offsets."""
    base = max(0, start - 48)
    window = text[base:start].replace(ZWNJ, " ")
    cut = max((m.end() for m in _STOP.finditer(window)), default=0)
    words, starts = [], []
    for match in _WORD.finditer(window, cut):
        if match.start() > 0 or base == 0:
            words.append(match[0])
            starts.append(base + match.start())
    return words, starts


def words_after(text: str, end: int) -> list[str]:
    """Return the words of the clause from `end` on (at most some eight)."""
    window = text[end : end + 48].replace(ZWNJ, " ")
    stop = _STOP.search(window)
    return _WORD.findall(window[: stop.start()] if stop else window)


@dataclass(slots=True)
class Surroundings:
    """A number as the rules see it; `lead` are the words before it and before its cue, `after` those behind it."""

    text: str
    start: int
    end: int
    value: Decimal
    upper: Decimal | None
    is_digits: bool
    is_scaled: bool
    word: str
    unit: UnitMatch | None
    comparator: Comparator | None
    cue: str
    lead: list[str]
    after: list[str]
    previous: tuple[int, Decimal, UnitMatch | None] | None
    next_start: int | None

    @property
    def is_small(self) -> bool:
        """Tell whether the number is written without a multiplier word."""
        return not self.is_scaled

    def follows(self, table: frozenset[str]) -> bool:
        """Tell whether the words before end with a phrase of the table."""
        lead = self.lead
        return bool(lead) and (
            lead[-1] in table or " ".join(lead[-2:]) in table or (len(lead) > 2 and " ".join(lead[-3:]) in table)
        )

    def precedes(self, table: frozenset[str]) -> bool:
        """Tell whether the words behind begin with a phrase of the table."""
        after = self.after
        return bool(after) and (after[0] in table or " ".join(after[:2]) in table)


def _set(section: str, field: str) -> frozenset[str]:
    return frozenset(_plain(phrase) for phrase in _TABLE[section][field])


_VAGUE = _set("vague", "before")
_LAW, _WEAK_LAW = _set("law", "before"), _set("law", "weak")
_ID = _set("id", "before")
_CLOCK, _DAYTIME = _set("clock", "before"), _set("clock", "after")
_SCORE = _set("score", "before")
_RANK = _set("rank", "before")
_YEAR, _SHORT_YEAR, _DECADE = _set("year", "before"), _set("year", "short"), _set("year", "always")
_MONTHS = _set("months", "words")
_AGE, _AGED = _set("age", "before"), _set("age", "after")
_NAME, _ALWAYS_NAME = _set("names", "before"), _set("names", "always")
_IDIOM, _LETTER_NAMES = _set("names", "idioms"), _set("names", "letters")
_ATTRIBUTE = _set("attribute", "after")
_DISCOURSE, _PRONOUN = _set("discourse", "after"), _set("discourse", "pronouns")
_ELAPSED, _ELAPSED_AFTER, _TIME = _set("elapsed", "before"), _set("elapsed", "after"), frozenset(_TABLE["elapsed"]["units"])
_GROUP = _set("group", "heads")
_COUNTERS, _ALLOWING = frozenset(_TABLE["article"]["counters"]), _set("article", "allowing")
_PLURAL_NUMBERS = (["ده"], ["صد"], ["هزار"], ["میلیون"], ["میلیارد"])
_PLURAL = re.compile(rf"[ {ZWNJ}]?ها(?:ی|یی)?(?![{_LETTERS}])")
_JOINED = re.compile(rf"{ZWNJ}[{_LETTERS}]")
_PREPOSITIONS = frozenset({"ازای", "در", "از", "با", "برای", "روی"})
_LONG_TIMES = frozenset({"سال", "ماه", "هفته", "روز"})
_LATIN = re.compile("[A-Za-z]")
_LATIN_WORD = re.compile("[A-Za-z]+[0-9]*")
_BULLET = re.compile(r"[ ]?-[ ]?(?![0-9])|[.)](?= ?[^\W\d_])")
_QUOTE_END = re.compile("[»\"”]")


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


def _homograph(near: Surroundings) -> str | None:
    """«سه‌شنبه», «بی بی سی», «نه تنها», «این ده»: words that look like numbers."""
    word = near.word
    if not word:
        return None
    if _JOINED.match(near.text, near.end) and near.unit is None:
        return "word"
    if near.text[near.start - 1 : near.start] == ZWNJ and near.text[near.start - 2 : near.start - 1].isalpha() and near.value <= 30:
        return "word"
    if near.after and near.after[0] in _IDIOM and near.unit is None:
        return "name"
    if word == "سی" and (near.follows(_LETTER_NAMES) or (near.after and near.after[0] in _LETTER_NAMES)):
        return "name"
    if word == "نه" and near.unit is None and near.comparator is None:
        return "word"
    if word in ("ده", "سی", "دو") and near.unit is None and not (near.after and near.after[0][0].isalpha()):
        return "word" if near.comparator is None else None
    if word in ("نیم", "ربع", "ثلث") and near.unit is None and not (near.after and near.after[0] == "از"):
        return "word"
    if word in ("نیم", "ربع") and near.unit is not None and near.unit.plain in ("سکه", "فصل"):
        return "name"
    if word == "نصف" and near.after and near.after[0].startswith("النهار"):
        return "name"
    return None


def _latin(near: Surroundings) -> str | None:
    """«A02», «h5n1», «Helios 2»: digits of a Latin name."""
    if not near.is_digits:
        return None
    if _LATIN.match(near.text[near.start - 1 : near.start]) or (near.unit is None and _LATIN.match(near.text, near.end)):
        return "name"
    is_after_latin = bool(near.lead) and _LATIN_WORD.fullmatch(near.lead[-1]) and near.text[near.start - 1] == " "
    return "name" if is_after_latin and near.unit is None and near.value < 3000 else None


def _law(near: Surroundings) -> str | None:
    if near.is_scaled:
        return None
    if near.follows(_LAW) or (near.follows(_WEAK_LAW) and (near.unit is None or near.unit.plain == "قانون")):
        return "law"
    return None


def _code(near: Surroundings) -> str | None:
    """Phones, cards and codes after their noun; digit strings too long for a count."""
    if not near.is_digits:
        return None
    if near.follows(_ID) and near.unit is None:
        return "id"
    length = near.end - near.start
    is_bare = length >= 10 and near.unit is None and near.text[near.start : near.end].isdigit()
    return "id" if is_bare or (length >= 16 and near.text[near.start : near.end].isdigit()) else None


def _clock(near: Surroundings) -> str | None:
    if near.is_scaled or not 0 <= near.value <= 24:
        return None
    if near.follows(_CLOCK) and not (near.previous and near.previous[2] and near.previous[2].plain == "ساعت" and near.previous[2].end >= near.start - 2):
        return "clock"
    return "clock" if near.value <= 12 and near.unit is None and near.precedes(_DAYTIME) else None


def _score(near: Surroundings) -> str | None:
    """«3 بر 1», «نتیجه 2-2», «امتیاز 95 از 100»."""
    if not near.is_small or near.unit is not None and near.unit.plain not in ("امتیاز",):
        return None
    if near.upper is not None:
        is_dash = "-" in near.text[near.start : near.end]
        return "score" if is_dash and near.upper <= 30 and (near.follows(_SCORE) or near.value == near.upper) else None
    after, lead = near.after, near.lead
    if len(after) > 1 and after[0] == "بر" and after[1].isdigit():
        return "score"
    if len(lead) > 1 and lead[-1] == "بر" and lead[-2].isdigit():
        return "score"
    if lead and lead[-1] == "امتیاز" and len(after) > 1 and after[0] == "از" and after[1].isdigit():
        return "score"
    return "score" if len(lead) > 2 and lead[-1] == "از" and lead[-2].isdigit() and lead[-3] == "امتیاز" else None


def _rank(near: Surroundings) -> str | None:
    is_rank = not near.is_scaled and near.follows(_RANK) and (near.unit is None or near.lead[-1] == "رتبه")
    return "rank" if is_rank else None


def _is_year(value: Decimal) -> bool:
    return 1250 <= value <= 1450 or 1800 <= value <= 2100


def _year(near: Surroundings) -> str | None:
    """Years after «سال», «افق», «بودجه», a month or a season; decades; bare four-digit years without a unit."""
    if near.is_scaled or not near.is_digits or near.value != int(near.value):
        return None
    if near.follows(_DECADE) and near.unit is None:
        return "year"
    length = near.end - near.start
    is_long = _is_year(near.value) and (length == 4 or near.upper is not None)
    is_short = near.value < 100 and (length == 2 or near.upper is not None)
    if near.follows(_YEAR | _SHORT_YEAR) and "هر" not in near.lead[-2:-1]:
        if is_long:
            return "year"
        if is_short and near.follows(_SHORT_YEAR) and (near.unit is None or (near.lead[-1] in _SHORT_YEAR and _counts_things(near.unit))):
            return "year"
    if near.lead and (near.lead[-1] in _MONTHS or (near.lead[-1] == "ماه" and " ".join(near.lead[-2:-1]) in _MONTHS)):
        if near.unit is None and (is_long or is_short):
            return "year"
    is_bare = is_long and near.unit is None and near.comparator is None
    return "year" if is_bare and not near.follows(frozenset({"رقم", "تعداد", "به", "از"})) else None


def _counts_things(unit: UnitMatch) -> bool:
    return unit_kind(unit.plain) == "count" and unit.plain not in ("نفر", "مورد", "دستگاه", "واحد", "فقره")


def _date(near: Surroundings) -> str | None:
    """«22 بهمن»: a day before the name of a month."""
    high = near.upper if near.upper is not None else near.value
    if near.is_scaled or not 1 <= high <= 31 or not near.after:
        return None
    is_month = near.after[0] in _MONTHS and not (near.word and near.after[0] in ("مهر", "تیر", "دی", "مه"))
    return "date" if is_month and near.text[near.end : near.end + 1] in (" ", ZWNJ) else None


def _age(near: Surroundings) -> str | None:
    """«15 تا 24 ساله», «زیر 18 سال», «گروه سنی 25 تا 34 سال»."""
    if near.is_scaled:
        return None
    if near.follows(_AGE) or near.precedes(_AGED):
        return "age"
    if near.unit is None or near.unit.plain != "سال":
        return None
    return "age" if near.unit.adjective or near.cue in ("زیر", "بالای") else None


def _name(near: Surroundings) -> str | None:
    """«پژو 206», «فاز 11», «تگزاس 2» in quotation marks."""
    if near.lead and near.lead[-1] in _ALWAYS_NAME and near.is_digits:
        return "name"
    if near.is_scaled or near.unit is not None or near.comparator is not None:
        return None
    if near.is_digits and near.follows(_NAME) and near.value == int(near.value) and near.value < 3000:
        return "name"
    if near.is_digits and _QUOTE_END.match(near.text, near.end) and near.lead and near.lead[-1].isalpha():
        return "name"
    return None


def _attribute(near: Surroundings) -> str | None:
    """«شش کلاسه», «4 گزینه‌ای», «15 هزار نفری»: a number that describes a thing and counts none."""
    if near.precedes(_ATTRIBUTE) and (near.unit is None or near.unit.adjective):
        return "attribute"
    return "attribute" if near.unit and near.unit.plain == "نفر" and near.text[: near.unit.end].endswith("ه") else None


def _discourse(near: Surroundings) -> str | None:
    """«این سه شرکت», «هر 100 نفر», «دو دلیل»."""
    last = near.lead[-1] if near.lead else ""
    if near.value <= 10 and near.is_small and near.comparator is None:
        if last in _PRONOUN and (near.unit is None or unit_kind(near.unit.plain) == "count"):
            return "anaphor"
        if last == "آن" and near.unit is None and near.word:
            return "anaphor"
    if last == "هر" and _is_rate(near):
        return "rate"
    return "discourse" if near.value <= 10 and near.is_small and near.precedes(_DISCOURSE) else None


def _is_rate(near: Surroundings) -> bool:
    """Tell «به ازای هر 7400 نفر», «هر 100 نفر», «هر دو» from «هر 9 شاخص» (all nine)."""
    if near.word in ("یک", "دو") or (len(near.lead) > 1 and near.lead[-2] in _PREPOSITIONS):
        return True
    if near.unit is not None and unit_kind(near.unit.plain) != "count":
        return True
    return str(near.value).strip("0") in ("1", "1.") and near.value >= 10


def _duration(near: Surroundings) -> str | None:
    """«پس از 26 سال», «دو هفته گذشته», «۳۰ سال است که»."""
    unit = near.unit
    if unit is None or unit.plain not in _TIME or near.is_scaled:
        return None
    if near.follows(_ELAPSED):
        return "duration"
    behind = words_after(near.text, unit.end)
    if not behind:
        return None
    if behind[0] == "است":
        return "duration" if unit.plain in _LONG_TIMES and len(behind) > 1 and behind[1] != "و" else None
    return "duration" if behind[0] in _ELAPSED_AFTER or " ".join(behind[:2]) in _ELAPSED_AFTER else None


def _group(near: Surroundings) -> str | None:
    """«شهرهای زیر 20 هزار نفر»: a threshold that defines who is meant."""
    if near.comparator not in ("gt", "lt", "ge", "le"):
        return None
    if near.follows(_GROUP):
        return "group"
    is_people = near.unit is not None and near.unit.plain == "نفر" and near.cue in ("زیر", "بالای")
    return "group" if is_people and near.unit and words_after(near.text, near.unit.end)[:1] == ["جمعیت"] else None


def _bullet(near: Surroundings) -> str | None:
    """«۱- …», «2. …»: the number of a list item."""
    if not near.is_digits or near.value > 60 or near.upper is not None or near.value != int(near.value):
        return None
    mark = _BULLET.match(near.text, near.end)
    if mark is None:
        return None
    before = near.text[max(0, near.start - 2) : near.start]
    at_start = not before.strip(" ") or before.rstrip(" ")[-1:] in "\n.:؛)"
    is_letter = near.text[mark.end() : mark.end() + 1].isalpha() or mark[0].strip() in ".)"
    return "enumeration" if is_letter and (at_start or mark[0].strip() == "-") else None


def _repeat(near: Surroundings) -> str | None:
    """«بیست درصد (20%)»: the same number again in brackets."""
    if near.previous is None or near.text[near.start - 1 : near.start] != "(":
        return None
    value, unit = near.previous[1:]
    is_same = value == near.value and unit is not None and near.unit is not None and unit.plain == near.unit.plain
    return "repeat" if is_same and near.start - near.previous[0] < 14 else None


def _article(near: Surroundings) -> str | None:
    """«یک» without a counter, a comparator or a contrast is an article."""
    if near.word != "یک" or near.upper is not None:
        return None
    if near.comparator is not None or near.cue or (near.lead and near.lead[-1] in _ALLOWING):
        return None
    if near.unit is not None and (near.unit.plain in _COUNTERS or unit_kind(near.unit.plain) != "count"):
        return None
    return None if near.unit is not None and _is_contrasted(near) else "article"


def _is_contrasted(near: Surroundings) -> bool:
    """Tell whether another number stands beside «یک …» («دو پیکان و یک پراید»)."""
    if near.previous and near.start - near.previous[0] < 40 and " و " in near.text[near.previous[0] : near.start]:
        return True
    if near.unit is not None and near.next_start is not None and near.next_start - near.unit.end < 20:
        return " و " in near.text[near.unit.end : near.next_start]
    return bool(near.previous and "هر" in near.lead[-4:])


_RULES = (
    _vague, _homograph, _repeat, _latin, _law, _clock, _score, _rank, _date, _year, _age, _code, _name, _attribute,
    _discourse, _duration, _group, _bullet, _article,
)  # fmt: skip
