"""Units, counters and currencies: surface words → plain form, kind, currency, parts and normal form.

The table is ``data/units.toml``. Look-up ignores spaces and half-spaces, so «متر مربع», «مترمربع» and «متر‌مربع» are one
word. Which number a unit belongs to is decided in `numerals`.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Context, Decimal
from importlib.resources import files
from typing import Literal, NamedTuple

from ie.persian import ZWNJ, fold

__all__ = [
    "UnitMatch",
    "currency_of",
    "is_money_of_several",
    "match_unit",
    "normal_form",
    "parts_of",
    "plain_unit",
    "unit_kind",
]

UnitKind = Literal["count", "amount", "percent"]


class UnitMatch(NamedTuple):
    """A unit word found in folded text: offsets, plain form, and whether it stands as an adjective («تومانی»)."""

    start: int
    end: int
    plain: str
    adjective: bool


_TABLE = tomllib.loads(files("ie").joinpath("data/units.toml").read_text(encoding="utf-8"))
_KINDS: dict[str, UnitKind] = {
    **dict.fromkeys(_TABLE["count"], "count"),
    **dict.fromkeys(_TABLE["amount"], "amount"),
    **dict.fromkeys(_TABLE["percent"], "percent"),
}  # fmt: skip
_CURRENCIES: dict[str, str] = _TABLE["currency"]
_PARTS: dict[str, dict[str, int]] = _TABLE["parts"]
_SEVERAL = frozenset(_TABLE["money"]["several"])
_CODES: dict[str, str] = _TABLE["money"]["codes"]
_MONEY: dict[str, str] = _TABLE["money"]["parts"]
_NORMAL = {unit: (factor, code) for code, table in _TABLE["si"].items() for unit, factor in table.items()}
_WIDE = Context(prec=100)
_PLACES = 12  # decimals of a normal form that is no exact multiple
_SUFFIXES = ("ها", "های", "هایی", "ی", "ای", "یی", "شان", "مان")
# what a half-space may join to a unit without making another word of it («کتاب‌فروشی» is no book)
_ENDINGS = frozenset(_TABLE["endings"])


def _key(word: str) -> str:
    return fold(word).text.replace(ZWNJ, "").replace(" ", "")


def _compile() -> tuple[dict[str, tuple[str, bool]], dict[str, tuple[str, bool]]]:
    """Return the look-up of one-word and of all spellings: key → (plain form, is an adjective)."""
    exact: dict[str, tuple[str, bool]] = {}
    derived: dict[str, tuple[str, bool]] = {}
    irregular = {word: forms for word, forms in _TABLE["forms"].items()}
    for kind in ("percent", "amount", "count"):
        for plain, aliases in _TABLE[kind].items():
            for spelling in (plain, *aliases):
                exact.setdefault(_key(spelling), (plain, False))
                if plain in _TABLE["no_forms"]:
                    continue
                for suffix in _SUFFIXES:
                    derived.setdefault(
                        _key(spelling) + suffix, (plain, suffix in ("ی", "ای") and spelling[-1] not in "اوی")
                    )
            for form in irregular.get(plain, ()):
                derived[_key(form)] = (plain, form.endswith(("ی", "ه")))
    return exact, derived | exact


_EXACT, _FORMS = _compile()
_LONGEST = max(len(key) for key in _FORMS)
_NEXT_WORD = re.compile(r"[ \u200c]{0,2}([^\W\d_]{1,40}+(?:[\u200c-][^\W\d_]{1,40}+){0,5}|[%$€£‰﷼])")
_MORE = re.compile(r"[ \u200c]([^\W\d_]{1,40}+(?:\u200c[^\W\d_]{1,40}+){0,5})")


def match_unit(text: str, position: int) -> UnitMatch | None:
    """Return the longest unit that stands in folded `text` right at `position` (after at most a space), else None.

    >>> match_unit("50 متر مربع زمین", 2)
    UnitMatch(start=3, end=11, plain='مترمربع', adjective=False)
    """
    first = _NEXT_WORD.match(text, position)
    if first is None:
        return None
    start = first.start(1)
    best = _lookup(text, start, first.end(1))
    key, end = first[1], first.end(1)
    for _ in range(3):
        more = _MORE.match(text, end)
        if more is None:
            break
        key, end = key + more[1], more.end()
        if len(key) > _LONGEST:
            break
        found = _FORMS.get(key.replace(ZWNJ, ""))
        if found and more[1] != "و":  # «سیل و …» is no «سیلو»
            best = UnitMatch(start, end, *found)
    return best


def _lookup(text: str, start: int, end: int) -> UnitMatch | None:
    word = text[start:end]
    found = _FORMS.get(word) or _FORMS.get(word.replace(ZWNJ, ""))
    if found is None and ZWNJ in word:
        head, _, tail = word.partition(ZWNJ)
        found = _FORMS.get(head)
        if found and _ENDINGS.issuperset(tail.split(ZWNJ)):
            end = start + len(head)
        elif found:
            found = (word, False)
    return UnitMatch(start, end, *found) if found else None


def plain_unit(word: str) -> str | None:
    """Return the plain form of a unit or counter in any spelling, plural or adjective form; None where unknown.

    >>> plain_unit("درصدی"), plain_unit("مترِ مربع"), plain_unit("آسمان")
    ('درصد', 'مترمربع', None)
    """
    found = _FORMS.get(_key(word))
    return found[0] if found else None


def unit_kind(unit: str) -> UnitKind:
    """Return what a unit measures; unknown words count things.

    >>> unit_kind("تومان"), unit_kind("درصد"), unit_kind("پرونده")
    ('amount', 'percent', 'count')
    """
    return _KINDS.get(unit) or _KINDS.get(plain_unit(unit) or "", "count")


def currency_of(unit: str | None) -> str | None:
    """Return the currency code of a unit of money (``toman``, ``rial``, ``USD`` …), None for other units."""
    return _CURRENCIES.get(unit) if unit else None


def parts_of(unit: str, smaller: str) -> Decimal | None:
    """Return how many of the smaller unit make one of the bigger, where a compound measure may join them.

    >>> parts_of("تن", "کیلوگرم")
    Decimal('1000')
    """
    ratio = _PARTS.get(unit, {}).get(smaller)
    return Decimal(ratio) if ratio else None


def is_money_of_several(unit: str | None) -> bool:
    """Tell whether a unit of money is that of several countries («دینار», «کرون»).

    >>> is_money_of_several("دینار"), is_money_of_several("یورو")
    (True, False)
    """
    return unit in _SEVERAL


def normal_form(value: Decimal, unit: str | None, currency: str | None = None) -> tuple[Decimal, str] | None:
    """Return a value in the unit that all of its measure share, and that unit; None for counters and unknown units.

    Measures are given in SI units, percents as parts of 1, toman and rial in rials (``IRR``), other money in its
    currency. What is no exact multiple («کیلومتر در ساعت») is rounded to twelve decimals.

    >>> normal_form(Decimal("2.5"), "هکتار"), normal_form(Decimal(150), "تومان", "toman")
    ((Decimal('25000.0'), 'm2'), (Decimal('1500'), 'IRR'))
    """
    if currency is not None:
        factor, code = _MONEY.get(unit or "", "1"), _CODES.get(currency, currency)
    elif unit in _NORMAL:
        factor, code = _NORMAL[unit]
    else:
        return None
    times, _, over = factor.partition("/")
    product = _WIDE.multiply(value, Decimal(times))
    return (round(_WIDE.divide(product, Decimal(over)), _PLACES) if over else product), code
