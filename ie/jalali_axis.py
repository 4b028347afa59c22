"""Jalali time as a line: where a day stands, how far a period reaches, which marks an axis bears.

The geometry is that of the review page (``pages/charts.js``): places are years, months of 31, 30 and 29 days need no
calendar, and an end that a period leaves open is drawn `OPEN_YEARS` further.
"""

from __future__ import annotations

import math

from ie.schema import Period
from ie.wording import MONTHS, day_parts, persian

__all__ = ["OPEN_YEARS", "extent", "is_dated", "place", "ticks"]

OPEN_YEARS = 0.35


def is_dated(period: Period | None) -> bool:
    """Tell whether a period has an end that is known."""
    return period is not None and period.interval != (None, None)


def place(day: str, after: int = 0) -> float:
    """Return where a Jalali day begins, in years; `after` counts days on from it.

    >>> place("1401-01-01"), place("1401-12-29", 1) <= place("1402-01-01")
    (1401.0, True)
    """
    year, month, date = day_parts(day)
    before = (month - 1) * 31 if month <= 7 else 186 + (month - 7) * 30
    return year + (before + date - 1 + after) / 365.25


def extent(period: Period) -> tuple[float, float]:
    """Return from where to where a period reaches, open ends as far as they are drawn.

    >>> start, end = extent(Period("1401-01-01", None))
    >>> round(end - start, 6) == OPEN_YEARS
    True
    """
    start, end = period.interval
    if start is None and end is None:
        raise ValueError("a period open at both ends has no place")
    first = place(start) if start else place(end or "", 1) - OPEN_YEARS
    last = place(end, 1) if end else first + OPEN_YEARS
    return first, max(last, first + 1 / 365.25)


def ticks(first: float, last: float) -> list[tuple[float, str]]:
    """Return the marks of an axis, years or the months between them, by how long it is.

    >>> [words for _, words in ticks(1400.9, 1402.4)]
    ['۱۴۰۱', 'تیر', 'مهر', 'دی', '۱۴۰۲', 'تیر']
    """
    length = last - first
    months = 12 if length >= 2.2 else 3 if length >= 1.1 else 1
    years = math.ceil(length / 10) if months == 12 else 1
    found = []
    for year in range(math.floor(first), math.floor(last) + 1):
        if year % years:
            continue
        for month in range(1, 13, months):
            when = place(f"{year:04}-{month:02}-01")
            if first <= when <= last:
                found.append((when, persian(year) if month == 1 else MONTHS[month - 1]))
    return found
