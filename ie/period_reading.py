"""What all rules of the period grammar share: the text being read, its idioms, and reading on at another token.

A rule is a function of a `Reading`, a token index and `strict` (running text needs more evidence than a phrase that
something else already made a period); it returns an expression with the index after its last token, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ie import period_expressions as say
from ie.calendars import Calendar
from ie.period_words import Lexicon, Tokens, lexicon

Found = tuple[say.Expression, int] | None
Rule = Callable[["Reading", int, bool], Found]

__all__ = ["CALENDARS", "COMMAS", "DASHES", "MONTHS", "Found", "Reading", "Rule", "is_run", "longest"]

CALENDARS: dict[str, Calendar] = {"jalali": "jalali", "gregorian": "gregorian", "lunar": "lunar"}
MONTHS: tuple[Calendar, ...] = ("jalali", "gregorian", "lunar")
COMMAS = frozenset("،,")
DASHES = frozenset("-/_")
_DEEPEST = 6
_ORDER_REACH = 25


def longest(*found: Found) -> Found:
    """Return the finding that ends last; of equals the first."""
    best: Found = None
    for one in found:
        if one is not None and (best is None or one[1] > best[1]):
            best = one
    return best


def is_run(expression: say.Expression) -> bool:
    """Tell whether an expression says by itself where it begins and ends («۱۲ تا ۱۵ مهر»)."""
    return isinstance(expression, say.Range) or getattr(expression, "last", None) is not None


@dataclass(slots=True)
class Reading:
    """One tokenized text being read by `rules` (by the category of a token) and `whole_rule` (what a part is of).

    What is read at a token is remembered, and phrases nest to a fixed depth: reading is linear in the text.
    """

    tokens: Tokens
    rules: Mapping[str, tuple[Rule, ...]]
    whole_rule: Rule
    loose: bool = False
    table: Lexicon = field(default_factory=lexicon)
    depth: int = 0
    memory: dict[tuple[int, int], Found] = field(default_factory=dict)

    def point(self, i: int, strict: bool = True) -> Found:
        """Read the longest single expression at a token, with what follows it in brackets."""
        found = self._remember(i, 1 + strict, self._read, strict)
        return found and self._apposition(i, found)

    def of(self, i: int) -> Found:
        """Read what a part is a part of: a year, season, month or half of one."""
        return self._remember(i, 0, lambda at, strict: self.whole_rule(self, at, strict), False)

    def _remember(self, i: int, kind: int, read: Callable[[int, bool], Found], strict: bool) -> Found:
        key = (i, kind)
        if key in self.memory:
            return self.memory[key]
        if self.depth > _DEEPEST:
            return None
        self.depth += 1
        found = read(i, strict)
        self.depth -= 1
        if len(self.memory) > 2000:
            self.memory = {old: kept for old, kept in self.memory.items() if old[0] >= i - 100}
        self.memory[key] = found
        return found

    def _read(self, i: int, strict: bool) -> Found:
        term = self.tokens.terms[i] if 0 <= i < len(self.tokens.terms) else None
        if not term or "starts" not in term:
            return None
        best: Found = None
        for category in term:
            for rule in self.rules.get(category, ()):
                best = longest(best, rule(self, i, strict))
        return best

    def _apposition(self, i: int, found: tuple[say.Expression, int]) -> Found:
        """Read on into brackets that say the same more exactly: «امروز (۳۰ مرداد)»."""
        t = self.tokens
        expression, k = found
        inner = self._remember(k + 1, 1, self._read, False) if t.word(k) == "(" else None
        if inner is None or t.word(inner[1]) != ")":
            return found
        relative = isinstance(expression, say.DayWord | say.Weekday | say.Relative | say.Day) or (
            isinstance(expression, say.Year) and expression.value is None
        )
        exact = isinstance(inner[0], say.Day | say.Month | say.Year)
        chosen = inner[0] if relative and exact else expression
        return replace(chosen, text=t.slice(i, inner[1] + 1)), inner[1] + 1

    def shift(self, j: int) -> tuple[int, str] | None:
        """Return how far and in what way an adjective moves a unit: «گذشته», «اخیر», «پیش» but not «پیش‌بینی»."""
        t = self.tokens
        kind, shift = t.name(j, "shift_kind"), t.number(j, "shift")
        if t.has(j, "before"):
            return (-1, "before_it") if t.word(j + 2) == "آن" else (-1, "before")
        if (kind is None and shift is None) or t.word(j) == "حاضر":
            return None
        if t.word(j) == "پیش" and t.word(j + 1) in self.table.context["ahead"]:
            return None
        return shift if shift is not None else (-1 if kind == "recent" else 0), kind or "plain"

    def closed(self, k: int) -> bool:
        """Tell whether a number or name may end before a token: no noun goes on."""
        word = self.tokens.word(k)
        return not word or not word[0].isalnum() or word in self.table.context["closers"] or self.tokens.has(k, "now")

    def counts(self, k: int) -> bool:
        """Tell whether the number before a token counts something, so that it is no year."""
        t = self.tokens
        word = t.word(k)
        if word in ("/", ".", ",") and t.touches(k) and t.touches(k + 1) and t.has(k + 1, "digits"):
            return True
        if word == "ساعت" and t.has(k + 1, "digits"):  # «فروردین 95 ساعت 13:55»
            return False
        return word in self.table.context["counters"] and not t.has(k, "from")

    def about_a_match(self, j: int) -> bool:
        """Tell whether the words around a token are about sports, where «نیمه اول» is no half of a year."""
        near = self.tokens.words[max(0, j - _ORDER_REACH) : j + _ORDER_REACH]
        return not self.table.context["sports"].isdisjoint(near)

    def in_order(self, j: int) -> bool:
        """Tell whether «به ترتیب» in the sentence pairs the members of a list, so that each is its own period."""
        words = self.tokens.words
        for near in (words[max(0, j - _ORDER_REACH) : j][::-1], words[j : j + _ORDER_REACH]):
            for word in near:
                if word == "ترتیب":
                    return True
                if word in ".؛\n!؟":
                    break
        return False
