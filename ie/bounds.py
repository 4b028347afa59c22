"""What is known of a number that a report states, and of the difference of two: one value, or bounds of it.

«بیش از ۵۰۰» bounds a value from below, so a difference with it is bounded too and never a single number. A value that a
bound leaves open on both sides is not known, and None stands for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from ie.schema import Comparator, MetricFact, exact

__all__ = ["Bounds", "agree", "difference", "percent_change", "stated"]

# enough for any amount of money digit by digit; what no decimal can hold becomes no number instead of an error
_EXACT = Context(prec=80, traps=[])
_ABOUT = Decimal("0.1")
_HUNDRED = Decimal(100)
_HUNDREDTH = Decimal("0.01")
_FROM_BELOW = ("gt", "ge")
_FROM_ABOVE = ("lt", "le")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The stretch that a number lies in, from `low` to `high`; None where nothing bounds it.

    `low_open` and `high_open` say that the end itself is excluded, `rough` that an end is about there.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    rough: bool = False

    @property
    def comparator(self) -> Comparator:
        """Return the comparator that says the same, in the words of facts.

        >>> Bounds(Decimal(5), None, low_open=True).comparator
        'gt'
        """
        if self.high is None:
            return "gt" if self.low_open else "ge"
        if self.low is None:
            return "lt" if self.high_open else "le"
        if self.low != self.high:
            return "range"
        return "approx" if self.rough else "eq"

    @property
    def sign(self) -> int | None:
        """Return 1, 0 or -1 where the number is surely above, at or below zero, else None."""
        if self.low is not None and (self.low > 0 or (self.low == 0 and self.low_open)):
            return 1
        if self.high is not None and (self.high < 0 or (self.high == 0 and self.high_open)):
            return -1
        return 0 if self.low == self.high == 0 and not self.rough else None

    def negated(self) -> Bounds:
        """Return the bounds of the number with the other sign."""
        low, high = (end and end.copy_negate() for end in (self.high, self.low))  # zero stays as it is
        return Bounds(low, high, self.high_open, self.low_open, self.rough)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, as facts have theirs; `approximate` where an end is rough."""
        first = self.high if self.low is None else self.low
        return {
            "value": exact(first),
            "value_max": exact(self.high) if self.comparator == "range" else None,
            "comparator": self.comparator,
            "approximate": self.rough,
        }


def stated(fact: MetricFact) -> Bounds:
    """Return what a fact says of its number; a decrease is below zero.

    >>> from ie.schema import Evidence
    >>> stated(MetricFact("a@0", "a", None, Decimal(500), Evidence((0, 3)), comparator="lt"))
    Bounds(low=None, high=Decimal('500'), low_open=False, high_open=True, rough=False)
    """
    value, comparator = fact.value, fact.comparator
    upper = value if fact.value_max is None else max(value, fact.value_max)
    bounds = Bounds(
        None if comparator in _FROM_ABOVE else value,
        None if comparator in _FROM_BELOW else upper,
        comparator == "gt",
        comparator == "lt",
        comparator == "approx",
    )
    return bounds.negated() if _is_decrease(fact) else bounds


def difference(one: MetricFact, other: MetricFact) -> Bounds | None:
    """Return what is known of the other's number less the one's; None where nothing is.

    >>> from dataclasses import replace
    >>> from ie.schema import Evidence
    >>> one = MetricFact("a@0", "a", None, Decimal(100), Evidence((0, 3)), comparator="ge")
    >>> difference(one, replace(one, value=Decimal(150), comparator="eq"))
    Bounds(low=None, high=Decimal('50'), low_open=False, high_open=False, rough=False)
    """
    first, second = stated(one), stated(other)
    low = _computed(_EXACT.subtract, second.low, first.high)
    high = _computed(_EXACT.subtract, second.high, first.low)
    return _between(low, high, first, second)


def _between(low: Decimal | None, high: Decimal | None, first: Bounds, second: Bounds) -> Bounds | None:
    """Return the bounds of what was computed from two numbers' far ends, open where an end of either is."""
    if low is None and high is None:
        return None
    return Bounds(
        low,
        high,
        low is not None and (second.low_open or first.high_open),
        high is not None and (second.high_open or first.low_open),
        first.rough or second.rough,
    )


def percent_change(one: MetricFact, other: MetricFact) -> Bounds | None:
    """Return what is known of the difference in percent of the one's number; None where that is zero or may be below.

    >>> from dataclasses import replace
    >>> from ie.schema import Evidence
    >>> one = MetricFact("a@0", "a", None, Decimal(12), Evidence((0, 3)), value_max=Decimal(15), comparator="range")
    >>> percent_change(one, replace(one, value=Decimal(20), value_max=None, comparator="eq")).to_dict()["value_max"]
    Decimal('66.67')
    """
    first, second = stated(one), stated(other)
    if first.low is None and first.high is not None and first.high > 0 and one.kind == "count":
        first = Bounds(Decimal(0), first.high, True, first.high_open, first.rough)  # nothing is counted below zero
    if first.low is None or first.low < 0 or (first.low == 0 and not first.low_open):
        return None
    if second.low is not None and second.low < 0:
        return None
    low = _percent(second.low, first.high)
    high = _percent(second.high, first.low) if first.low else None
    return _between(low, high, first, second)


def agree(one: MetricFact, other: MetricFact) -> bool:
    """Tell whether one number can be what both facts state, as rounded as they are.

    A long round number and one with decimals stand for what rounds to them, «about» for a tenth more or less; counts
    below a thousand are meant as they stand.

    >>> from dataclasses import replace
    >>> from ie.schema import Evidence
    >>> one = MetricFact("a@0", "a", None, Decimal(3_200_000), Evidence((0, 3)))
    >>> agree(one, replace(one, value=Decimal(3_214_500))), agree(one, replace(one, value=Decimal(3_300_000)))
    (True, False)
    """
    first, second = _allowed(one), _allowed(other)
    return _reaches(first, second) and _reaches(second, first)


def _reaches(one: Bounds, other: Bounds) -> bool:
    """Tell whether the end of one lies beyond the beginning of the other."""
    if one.high is None or other.low is None:
        return True
    return one.high > other.low or (one.high == other.low and not one.high_open and not other.low_open)


def _allowed(fact: MetricFact) -> Bounds:
    """Return all that may be meant by the number of a fact."""
    bounds = stated(fact)
    if fact.comparator == "approx":
        margin = _EXACT.multiply(fact.value.copy_abs(), _ABOUT)
        return _widened(bounds, margin, high_open=False)
    if fact.comparator in ("eq", "range"):
        return _widened(bounds, _EXACT.divide(_step(fact.value), Decimal(2)), high_open=True)
    return bounds


def _widened(bounds: Bounds, margin: Decimal, high_open: bool) -> Bounds:
    low = _computed(_EXACT.subtract, bounds.low, margin)
    return Bounds(low, _computed(_EXACT.add, bounds.high, margin), False, high_open)


def _step(value: Decimal) -> Decimal:
    """Return what the last digit that counts is worth.

    >>> [int(_step(Decimal(number))) for number in ("140", "143200", "3200000", "5000000")]
    [1, 1, 100000, 100000]
    """
    _, digits, places = value.as_tuple()
    if not isinstance(places, int) or not any(digits):
        return Decimal(1)
    exponent = places + next(zeros for zeros, digit in enumerate(reversed(digits)) if digit)
    if exponent >= 3:
        exponent = min(exponent, value.adjusted() - 1)
    elif exponent > 0:
        exponent = 0
    return Decimal(1).scaleb(exponent, _EXACT)


def _computed(
    operation: Callable[[Decimal, Decimal], Decimal], one: Decimal | None, other: Decimal | None
) -> Decimal | None:
    if one is None or other is None:
        return None
    found = operation(one, other)
    return found if found.is_finite() else None


def _percent(value: Decimal | None, base: Decimal | None) -> Decimal | None:
    ratio = _computed(_EXACT.divide, value, base)
    if ratio is None:
        return None
    share = _EXACT.multiply(_EXACT.subtract(ratio, Decimal(1)), _HUNDRED)
    rounded = _EXACT.quantize(share, _HUNDREDTH)
    return rounded if rounded.is_finite() else share


def _is_decrease(fact: MetricFact) -> bool:
    return fact.change is not None and fact.change.direction == "down"
