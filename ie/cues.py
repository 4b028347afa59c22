"""The words around a number, and those among them that say how exact it is («بیش از», «به بالا», «از … گذشت»).

The words stand in ``data/nonfacts.toml``, whose other tables `nonfacts` reads.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from ie.persian import ZWNJ
from ie.schema import Comparator, Offsets
from ie.units import UnitMatch

__all__ = [
    "LETTERS",
    "TABLE",
    "Surroundings",
    "alternatives",
    "cue_after",
    "cue_before",
    "ends_with",
    "is_denied",
    "is_limit",
    "phrase_set",
    "words_after",
    "words_before",
]

TABLE = tomllib.loads(files("ie").joinpath("data/nonfacts.toml").read_text(encoding="utf-8"))
LETTERS = "\u0621-\u06cc"
_STOP = re.compile(r"[.،,:؛;!?؟)»\n\r\]…]")
_WORD = re.compile(r"[^\s(«\"\[]+")


def _plain(phrase: str) -> str:
    """Return a phrase of a table with half-spaces as spaces."""
    return phrase.replace(ZWNJ, " ")


def alternatives(phrases: list[str]) -> str:
    """Return a pattern of the phrases, longest first, with any spacing between their words."""
    longest_first = sorted((_plain(phrase) for phrase in phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace("\\ ", f"[ {ZWNJ}]+") for phrase in longest_first)


_COMPARATORS: tuple[Comparator, ...] = ("gt", "ge", "lt", "le", "approx", "eq")
_CUES = {_plain(phrase): comparator for comparator in _COMPARATORS for phrase in TABLE["cues"][comparator]["before"]}
_TAIL_ORDER: tuple[Comparator, ...] = ("approx", "ge", "le", "lt")
_TAILS = [
    (
        re.compile(rf"[ {ZWNJ}]*(?P<cue>{alternatives(TABLE['cues'][comparator]['after'])})(?![{LETTERS}{ZWNJ}])"),
        comparator,
    )
    for comparator in _TAIL_ORDER
]
_AND_SOME = re.compile(rf"[ {ZWNJ}](?P<cue>و[ {ZWNJ}]چندی?)(?![{LETTERS}])")
_TRANSPARENT = frozenset(TABLE["cues"]["transparent"])
_TIGHT = frozenset(TABLE["cues"]["tight"])


def _crossing(verbs: str) -> str:
    """Return a pattern of the ways to go beyond a number, or not to («denied»): «گذشت», «فراتر رفت», «عبور نکرد»."""
    table = TABLE["crossing"]
    adverbs, acts = alternatives(table["adverbs"]), alternatives(table["acts"])
    pairs = rf"(?:{adverbs})[ {ZWNJ}](?:{alternatives(table[verbs]['goes'])})"
    pairs += rf"|(?:{acts})[ {ZWNJ}](?:{alternatives(table[verbs]['does'])})"
    return rf"(?P<cue>(?:(?:هم|نیز) )?(?:{alternatives(table[verbs]['passes'])}|{pairs}))(?![{LETTERS}])"


_BETWEEN = rf"(?:[ {ZWNJ}](?!(?:و|با|پس|که|از|به) )[{LETTERS}]{{1,25}}){{0,3}}? "
_CROSSED = re.compile(_BETWEEN + _crossing("done"))
_NOT_CROSSED = re.compile(_BETWEEN + _crossing("denied"))
# «۱۱ واحد آن … را پشت سر گذاشت»: there the number is the subject
_PASSED = re.compile(
    rf"(?:[ {ZWNJ}](?!(?:آن|آنها|که) )[{LETTERS}]{{1,25}}){{0,4}}?"
    rf" (?P<cue>{alternatives(TABLE['crossing']['over'])})(?![{LETTERS}])"
)
_BELOW = re.compile(
    rf"{_BETWEEN}(?P<cue>(?:(?:هم|نیز) )?(?:{alternatives(TABLE['crossing']['below']['adverbs'])})"
    rf"[ {ZWNJ}](?:{alternatives(TABLE['crossing']['below']['goes'])}))(?![{LETTERS}])"
)
_NEARED = re.compile(rf" (?P<cue>{alternatives(TABLE['cues']['nearing'])})(?![{LETTERS}])")
_AMOUNTED = re.compile(rf"{_BETWEEN}(?P<cue>{alternatives(TABLE['cues']['amounting'])})(?![{LETTERS}])")
_DUTIES = frozenset(TABLE["crossing"]["duties"])
_DOUBTS = frozenset(TABLE["crossing"]["doubts"])
_NOT_MORE = re.compile(
    rf"(?:[ {ZWNJ}](?:هم|نیز|بیشتر))?[ {ZWNJ}](?:{alternatives(TABLE['crossing']['limits'])})(?![{LETTERS}])"
)
_MUST = frozenset({"باید", "بایستی", "می‌باید"})
_FLOORS = frozenset({"ge", "le"})
_DENIED = re.compile(
    rf"(?:[ {ZWNJ}](?!(?:و|که|تا|اما|ولی) )[{LETTERS}]{{1,25}}){{0,2}}?[ {ZWNJ}]"
    rf"(?:(?:{alternatives(TABLE['crossing']['denials'])})(?![{LETTERS}])|(?:نمی|نخواه)(?=[{LETTERS}{ZWNJ} ]))"
)


def cue_before(text: str, start: int) -> tuple[Comparator | None, Offsets | None, list[str]]:
    """Return comparator and offsets of the cue that ends right before `start`, and the words before that.

    >>> cue_before("در آن بیش از 140 مورد", 13)
    ('gt', (6, 12), ['در', 'آن'])
    """
    words, starts = _placed_words_before(text, start)
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
    return _cue_of_duty(words, starts) or (None, None, words)


def _cue_of_duty(words: list[str], starts: list[int]) -> tuple[Comparator, Offsets, list[str]] | None:
    """Read «دست‌کم باید امضای ده نماینده»: a bound before the verb of duty, with at most two words behind it."""
    for place in range(len(words) - 1, max(len(words) - 4, 0), -1):
        if words[place] not in _MUST:
            continue
        for size in (2, 1):
            comparator = _CUES.get(" ".join(words[max(0, place - size) : place]))
            if comparator in _FLOORS and place >= size:
                cue = (starts[place - size], starts[place - 1] + len(words[place - 1]))
                return comparator, cue, words[: place - size]
    return None


def cue_after(
    text: str, end: int, lead: list[str], unit_end: int | None = None
) -> tuple[Comparator | None, Offsets | None]:
    """Return comparator and offsets of a cue behind a number that ends at `end`, and its unit at `unit_end`.

    >>> cue_after("18 سال به بالا", 2, [], 6)
    ('ge', (7, 14))
    >>> cue_after("از 16 هزار نفر گذشت", 10, ["از"], 14)
    ('gt', (15, 19))
    """
    if unit_end is None:
        some = _AND_SOME.match(text, end)
        if some:
            return "approx", some.span("cue")
    else:
        end = unit_end
    for pattern, comparator in _TAILS:
        match = pattern.match(text, end)
        if match:
            return comparator, match.span("cue")
    last = lead[-1] if lead else ""
    tried: tuple[tuple[re.Pattern[str], Comparator], ...] = ((_PASSED, "gt"),)
    if last == "از":
        tried = (
            (_CROSSED, "le" if _DOUBTS.intersection(lead) else "gt"),
            (_NOT_CROSSED, "le"),
            (_BELOW, "lt"),
            *tried,
        )
    elif last in ("به", "رقم", "سقف", "مرز"):
        tried = ((_NEARED, "approx"), (_AMOUNTED, "ge"), *tried)
    for pattern, comparator in tried:
        match = pattern.match(text, end)
        if match:
            return comparator, match.span("cue")
    return None, None


def is_denied(text: str, end: int) -> bool:
    """Tell whether the verb right behind a number that ends, with its unit, at `end` is denied.

    >>> is_denied("بیش از 6 بلیت نمی‌دهند", 13), is_denied("بیش از 6 بلیت دادند", 13)
    (True, False)
    """
    return _DENIED.match(text, end) is not None


def is_limit(text: str, end: int, lead: list[str]) -> bool:
    """Tell whether «بیش از …» that ends at `end` is denied as a whole: «… نیست», «نباید … باشد».

    >>> is_limit("بیش از 6 تن نیست", 11, []), is_limit("بیش از 6 تن است", 11, [])
    (True, False)
    """
    return _NOT_MORE.match(text, end) is not None or not _DUTIES.isdisjoint(lead[-3:])


def words_before(text: str, start: int) -> list[str]:
    """Return the words of the clause before `start` (at most some eight), nearest last."""
    return _placed_words_before(text, start)[0]


def _placed_words_before(text: str, start: int) -> tuple[list[str], list[int]]:
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


def phrase_set(section: str, field: str) -> frozenset[str]:
    """Return the phrases of one field of the table, for look-up by whole words."""
    return frozenset(_plain(phrase) for phrase in TABLE[section][field])


def ends_with(words: list[str], table: frozenset[str]) -> bool:
    """Tell whether words end with a phrase of the table.

    >>> ends_with(["در", "کد", "خبر"], frozenset({"کد خبر"}))
    True
    """
    return bool(words) and (
        words[-1] in table or " ".join(words[-2:]) in table or (len(words) > 2 and " ".join(words[-3:]) in table)
    )


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
        return ends_with(self.lead, table)

    def precedes(self, table: frozenset[str]) -> bool:
        """Tell whether the words behind begin with a phrase of the table."""
        after = self.after
        return bool(after) and (after[0] in table or " ".join(after[:2]) in table)
