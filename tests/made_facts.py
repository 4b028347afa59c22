"""Facts in a few words, for the tests that set facts side by side or draw them."""

from decimal import Decimal
from typing import Any

from ie.schema import Evidence, MetricFact, Period


def year(number: int) -> Period:
    """Return a whole Jalali year."""
    return Period(f"{number}-01-01", f"{number}-12-29")


def fact(program: str | None, value: int | str, period: Period | None = None, **slots: Any) -> MetricFact:  # noqa: ANN401
    """Return a fact of «واحد», with any further slots; its id is made of what it says."""
    name = f"{program}-{value}-{period.interval if period else ''}-{sorted(slots.items())}"
    slots = {"unit": "واحد", "evidence": Evidence((0, 2), sentence=(0, 2)), "id": f"r@{name}"} | slots
    return MetricFact(document="r", program=program, value=Decimal(value), period=period, **slots)
