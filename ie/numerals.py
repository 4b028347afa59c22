"""Quantities in running text: ranges, fractions, comparators, units, and which numbers state no quantity.

`cardinals` reads single values and `units` knows the words of measure; this module joins them into mentions with
exact raw offsets. Whether a mention is a fact is for the tagger and `linking` to decide: here a number is rejected only
where its surroundings leave no doubt (a law article, a clock time, a year).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ie.cardinals import Amount, read_amounts, spaced
from ie.persian import Folded, fold
from ie.schema import Offsets, Quantity
from ie.units import currency_of, match_unit, plain_unit, unit_kind

__all__ = ["NumberMention", "find_numbers", "parse_number", "plain_unit", "unit_kind"]


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text: NUMBER span, what it says, where cue and unit stand, and why it is no quantity (if so)."""

    start: int
    end: int
    quantity: Quantity
    cue: Offsets | None = None
    unit: Offsets | None = None
    reject: str | None = None


def find_numbers(text: str, folded: Folded | None = None) -> list[NumberMention]:
    """Return every number of a text in order, the rejected ones too.

    >>> [(m.quantity.value, m.quantity.unit) for m in find_numbers("هزار و ۵۰۰ واحد و ۳۰ تن")]
    [(Decimal('1500'), 'واحد'), (Decimal('30'), 'تن')]
    """
    folded = folded or fold(text)
    mentions = []
    for amount in read_amounts(folded.text):
        unit = match_unit(folded.text, amount.end)
        plain = unit.plain if unit else None
        quantity = Quantity(amount.value, unit=plain, currency=currency_of(plain), flags=amount.flags)
        start, end = folded.raw(amount.start, amount.end)
        offsets = folded.raw(unit.start, unit.end) if unit else None
        mentions.append(NumberMention(start, end, quantity, None, offsets, amount.reject))
    return mentions


def parse_number(text: str) -> Quantity | None:
    """Return the first quantity a text states, None where it states none.

    >>> parse_number("۱۵۰۰").value
    Decimal('1500')
    """
    return next((mention.quantity for mention in find_numbers(text) if mention.reject is None), None)
