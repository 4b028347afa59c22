"""Facts as people read them on a terminal: grouped numbers, intervals, and Persian that keeps its place in a table."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ie.schema import MetricFact, Period

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement

__all__ = ["SIGNS", "RightToLeft", "grouped", "printable", "shown_period", "shown_value"]

SIGNS = {"eq": "", "approx": "≈ ", "gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ ", "range": ""}
_JOINERS = "\u200c\u200d"


def shown_value(fact: MetricFact) -> str:
    """Return the value of a fact with its comparator and direction."""
    direction = {"up": "+", "down": "−"}[fact.change.direction] if fact.change else ""
    value = f"{SIGNS[fact.comparator]}{direction}{grouped(fact.value)}"
    return value if fact.value_max is None else f"{value} – {grouped(fact.value_max)}"


def grouped(value: Decimal) -> str:
    """Return a number as people read it.

    >>> grouped(Decimal("1E+6")), grouped(Decimal("12.50")), grouped(Decimal("-0.5"))
    ('1,000,000', '12.5', '-0.5')
    """
    whole, dot, decimals = format(value, ",f").partition(".")
    decimals = decimals.rstrip("0")
    return whole + dot + decimals if decimals else whole


def shown_period(period: Period | None) -> str:
    """Return the interval of a period, open ends said."""
    if period is None:
        return ""
    if period.start and period.end:
        return period.start if period.start == period.end else f"{period.start} … {period.end}"
    if period.start:
        return f"since {period.start}"
    return f"until {period.end}" if period.end else period.relation + " …"


def printable(text: str) -> str:
    """Return a text with all that could steer the terminal (escapes, bidi marks, line ends) as single spaces."""
    return " ".join("".join(char if char.isprintable() or char in _JOINERS else " " for char in text).split())


class RightToLeft:
    """A cell whose every line stands in a right-to-left isolate, so that cells keep their places on the terminal."""

    def __init__(self, text: str) -> None:
        from rich.text import Text

        self.text = Text(printable(text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.text.wrap(console, options.max_width, justify="left"):
            line.rstrip()
            padding = " " * (options.max_width - line.cell_len)
            yield Text(f"{padding}\u2067{line.plain}\u2069")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        return Measurement.get(console, options, self.text)
