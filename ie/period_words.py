"""The words of period expressions: `periods.toml` compiled once, and a text cut into tokens that know their meaning.

A token is a run of digits, a run of letters, or one other character; spaces and half-spaces only separate. Glued words
(«شهریورماه», «سالجاری», «یکسال») are cut in two. What the words mean together is left to the period grammar.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, product
from typing import Any

from ie.persian import ZWNJ, fold

Term = Mapping[str, int | str]
Meaning = dict[str, int | str]

__all__ = ["Lexicon", "Term", "Tokens", "lexicon", "tokenize"]

_TOKEN = re.compile(r"([0-9]+|[^\W\d_]+|[^ \u200c])([ \u200c]*)")
_STARTERS = frozenset(
    "jalali gregorian lunar season weekday cardinal ordinal digits unit day year elapsed edge named era from to "
    "between now before past this occasion part_of_day horizon half government plan stretch some same vague".split()
)
_WRAPPED = 60
_PLURALS = ("ها", "های", "هایی")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The compiled tables: terms of single words, of word sequences by first word, and where glued words are cut."""

    single: dict[str, Term]
    several: dict[str, tuple[tuple[tuple[str, ...], Term], ...]]
    glued: dict[str, int]
    windows: dict[str, tuple[str, str]]
    governments: dict[int, str]
    context: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A folded text as parallel lists of words, their offsets and their meanings (None for any other word)."""

    text: str
    words: list[str]
    starts: list[int]
    terms: list[Term | None]

    def number(self, index: int, category: str) -> int | None:
        """Return the number a token stands for in a category, e.g. the month of ``jalali``."""
        value = self._value(index, category)
        return value if isinstance(value, int) else None

    def name(self, index: int, category: str) -> str | None:
        """Return the name a token stands for in a category, e.g. the unit of ``unit``."""
        value = self._value(index, category)
        return value if isinstance(value, str) else None

    def has(self, index: int, category: str) -> bool:
        """Tell whether a token belongs to a category."""
        return self._value(index, category) is not None

    def after(self, index: int) -> int:
        """Return the index of the token after this one, which may be of several words."""
        term = self.terms[index]
        width = term.get("width", 1) if term else 1
        return index + width if isinstance(width, int) else index + 1

    def word(self, index: int) -> str:
        """Return a token's word; empty outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def touches(self, index: int) -> bool:
        """Tell whether nothing, not even a space, stands between a token and the one before it."""
        return 0 < index < len(self.words) and self.starts[index] == self.end(index - 1)

    def end(self, index: int) -> int:
        """Return the offset where a token ends."""
        return self.starts[index] + len(self.words[index])

    def slice(self, first: int, last: int) -> str:
        """Return the text of the tokens ``[first, last)``."""
        return self.text[self.starts[first] : self.end(last - 1)] if first < last else ""

    def _value(self, index: int, category: str) -> int | str | None:
        if not 0 <= index < len(self.terms):
            return None
        term = self.terms[index]
        return None if term is None else term.get(category)


def tokenize(text: str) -> Tokens:
    """Cut a folded text into tokens.

    >>> tokens = tokenize("6ماهه نخست شهریورماه")
    >>> tokens.words, tokens.number(3, "jalali")
    (['6', 'ماهه', 'نخست', 'شهریور', 'ماه'], 6)
    """
    table = lexicon()
    lead = len(text) - len(text.lstrip(" " + ZWNJ))
    pairs = _TOKEN.findall(text, lead)
    words = [pair[0] for pair in pairs]
    starts = [lead, *accumulate((len(word) + len(gap) for word, gap in pairs), initial=lead)][1:-1]
    if not table.glued.keys().isdisjoint(words):
        words, starts = _unglue(words, starts, table.glued)
    if "\n" in words:
        words, starts = _unwrap(words, starts)
    if "ی" in words:
        words, starts = _without_ezafe(words, starts)
    terms: list[Term | None] = list(map(table.single.get, words))
    for index, word in enumerate(words):
        if word < ":" and word.isdecimal():
            terms[index] = _digits(word)
        elif word in table.several:
            terms[index] = _several(words, index, table) or terms[index]
    return Tokens(text, words, starts, terms)


def _unglue(words: list[str], starts: list[int], glued: dict[str, int]) -> tuple[list[str], list[int]]:
    cut_words, cut_starts = [], []
    for word, start in zip(words, starts, strict=True):
        while word in glued:
            cut = glued[word]
            cut_words.append(word[:cut])
            cut_starts.append(start)
            word, start = word[cut:], start + cut
        cut_words.append(word)
        cut_starts.append(start)
    return cut_words, cut_starts


def _unwrap(words: list[str], starts: list[int]) -> tuple[list[str], list[int]]:
    """Drop the line breaks inside of sentences: those after a long line that ends with a word."""
    dropped = set()
    line = 0
    for index, word in enumerate(words):
        if word == "\n":
            inside = 0 < index < len(words) - 1 and words[index - 1][-1].isalnum() and words[index + 1][0].isalnum()
            if inside and starts[index] - line >= _WRAPPED:
                dropped.add(index)
            line = starts[index] + 1
    if not dropped:
        return words, starts
    kept = [index for index in range(len(words)) if index not in dropped]
    return [words[index] for index in kept], [starts[index] for index in kept]


def _without_ezafe(words: list[str], starts: list[int]) -> tuple[list[str], list[int]]:
    """Drop the «ی» that only joins a word to the next: «نیمه‌ی دوم دهه‌ی ۷۰»."""
    kept = [index for index, word in enumerate(words) if word != "ی" or not words[index and index - 1].endswith("ه")]
    return [words[index] for index in kept], [starts[index] for index in kept]


@cache
def _digits(word: str) -> Term:
    return {"digits": int(word), "length": len(word), "starts": 1} if len(word) <= 4 else {}


def _several(words: list[str], index: int, table: Lexicon) -> Term | None:
    for rest, term in table.several[words[index]]:
        if tuple(words[index + 1 : index + 1 + len(rest)]) == rest:
            return term
    return None


@cache
def lexicon() -> Lexicon:
    """Return the compiled tables of ``periods.toml``."""
    table: dict[str, Any] = tomllib.loads(files("ie").joinpath("data/periods.toml").read_text(encoding="utf-8"))
    meanings: dict[tuple[str, ...], Meaning] = {}
    for form, meaning in _meanings(table):
        words = tuple(_TOKEN_WORD.findall(fold(form).text))
        meanings.setdefault(words, {}).update(meaning)
    for meaning in meanings.values():
        if not _STARTERS.isdisjoint(meaning):
            meaning["starts"] = 1
    several: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
    for words, meaning in sorted(meanings.items(), key=lambda item: -len(item[0])):
        if len(words) > 1:
            meaning["width"] = len(words)
            several.setdefault(words[0], []).append((words[1:], meaning))
    context = {name: frozenset(fold(word).text for word in words) for name, words in table["context"].items()}
    single: dict[str, Term] = {words[0]: meaning for words, meaning in meanings.items() if len(words) == 1}
    for words, meaning in meanings.items():
        if len(words) > 1:
            single.setdefault("".join(words), {name: value for name, value in meaning.items() if name != "width"})
    return Lexicon(
        single,
        {first: tuple(rest) for first, rest in several.items()},
        _glued(table, single),
        _windows(table),
        {int(number): days for number, days in table["governments"].items()},
        context,
    )


_TOKEN_WORD = re.compile(r"[0-9]+|[^\W\d_]+|[^ \u200c]")
_TABLES = {
    "jalali_months": "jalali",
    "gregorian_months": "gregorian",
    "lunar_months": "lunar",
    "seasons": "season",
    "weekdays": "weekday",
    "cardinals": "cardinal",
    "ordinals": "ordinal",
    "shifts": "shift",
    "days": "day",
    "years": "year",
}
_NAMES = {
    "units": "unit",
    "spans": "span",
    "shift_kinds": "shift_kind",
    "edges": "edge",
    "elapsed": "elapsed",
    "year_kinds": "year_kind",
    "presidents": "president",
}


def _meanings(table: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for section, category in _TABLES.items():
        for value, forms in table[section].items():
            yield from _meaning(category, int(value), _spellings(forms, section))
    for section, category in _NAMES.items():
        for name, forms in table[section].items():
            yield from _meaning(category, name, _spellings(forms, section))
    for name, forms in table["units"].items():
        plurals = [f"{form}{gap}{end}" for form in forms for end in _PLURALS for gap in ("", " ")]
        yield from _meaning("unit", name, plurals)
        yield from _meaning("plural", 1, plurals)
    for name, forms in table["words"].items():
        yield from _meaning({"parts_of_day": "part_of_day"}.get(name, name), 1, forms)
    for section, category in (("named", "named"), ("eras", "era")):
        for name, entry in table[section].items():
            ezafe = [form + "ی" for form in entry["forms"] if form.endswith("ا")]
            yield from _meaning(category, f"{section}.{name}", [*entry["forms"], *ezafe])
    yield from _meaning("ambiguous", 1, _spellings(table["ambiguous_months"]["words"], "ambiguous_months"))
    yield from _regular_ordinals(table)


def _meaning(category: str, value: int | str, forms: Iterable[str]) -> Iterator[tuple[str, Meaning]]:
    for form in forms:
        yield form, {category: value}


def _spellings(forms: Iterable[str], section: str) -> Iterator[str]:
    for form in forms:
        yield form
        if form.isascii():
            yield from (form.title(), form.upper())
        elif form.endswith("ه") and section in ("units", "spans", "gregorian_months"):
            yield from (form + " ی", form + " ای", form + "ی")


def _regular_ordinals(table: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for value, forms in table["cardinals"].items():
        if 4 <= int(value) <= 100 and int(value) != 30:
            for form in forms:
                yield form + "م", {"ordinal": int(value)}
                yield form + "مین", {"ordinal": int(value)}


def _glued(table: dict[str, Any], single: dict[str, Term]) -> dict[str, int]:
    """Return where glued words are cut; a word with a meaning of its own is never cut."""
    glue: dict[str, list[str]] = table["glue"]
    months = [form for forms in table["jalali_months"].values() for form in forms if " " not in form]
    plain = [month for month in months if month not in table["ambiguous_months"]["words"]]
    cardinals = [(int(value), form) for value, forms in table["cardinals"].items() for form in forms]
    numbers = [form for value, form in cardinals if 1 <= value <= 30]
    ordinals = ["یکم", "دوم", "سوم", *(number + "م" for number in numbers)]
    tens = [form for value, form in cardinals if value in range(20, 100, 10)]
    pairs = [
        *product(tens, ["و" + form for form in (*numbers, *ordinals)]),
        *product(months, glue["units"]),
        *product(numbers, glue["spans"]),
        *product(glue["units"], glue["shifts"]),
        *product(glue["prefixes"], (*glue["heads"], *plain, *(month + "ماه" for month in months))),
        *product(["و"], (form for form in (*numbers, *ordinals) if form != "سی")),
        *product(["در"], glue["after_in"]),
        *product(["سال"], glue["year_kinds"]),
    ]
    return {first + second: len(first) for first, second in pairs if first + second not in single}


def _windows(table: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        f"{section}.{name}": (entry["days"], entry.get("calendar", "jalali"))
        for section in ("named", "eras")
        for name, entry in table[section].items()
    }
