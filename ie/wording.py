"""Facts in the words of Persian readers: numbers, comparators, statuses, days and periods."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal

from ie.schema import IEError, MetricFact, Period

__all__ = [
    "COMPARATORS",
    "DIRECTIONS",
    "MONTHS",
    "STATUSES",
    "day_parts",
    "period_words",
    "persian",
    "persian_number",
    "short_number",
    "value_words",
]

MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
COMPARATORS = {
    "eq": "", "approx": "حدود ", "gt": "بیش از ", "ge": "دست‌کم ", "lt": "کمتر از ", "le": "حداکثر ", "range": "",
}  # fmt: skip
STATUSES = {"actual": "انجام‌شده", "planned": "پیش‌بینی", "negated": "محقق‌نشده"}
DIRECTIONS = {"up": "افزایش ", "down": "کاهش "}

_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_SCALES = {12: "هزار میلیارد", 9: "میلیارد", 6: "میلیون"}
_LONG = Context(prec=200, traps=[])
_THREE_DECIMALS = Decimal("0.001")
_PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")


def persian(text: object) -> str:
    """Return a text with Persian digits and marks of thousands and decimals.

    >>> persian("1,500.25")
    '۱٬۵۰۰٫۲۵'
    """
    return str(text).translate(_PERSIAN)


def persian_number(value: Decimal) -> str:
    """Return a number digit for digit, as Persian readers write it.

    >>> persian_number(Decimal("-1234.50"))
    '−۱٬۲۳۴٫۵'
    """
    whole, dot, decimals = format(value, ",f").partition(".")
    kept = decimals.rstrip("0")
    return persian(whole + dot + kept if kept else whole).replace("-", "−")


def short_number(value: Decimal) -> str:
    """Return a number in thousand millions, millions … where that loses no digit, as reports write it.

    >>> short_number(Decimal(120_000_000_000)), short_number(Decimal(3_214_567))
    ('۱۲۰ میلیارد', '۳٬۲۱۴٬۵۶۷')
    """
    if value and not -9 < value.adjusted() < 24:  # no report counts so
        return persian(f"{value:.3E}")
    for exponent, word in _SCALES.items():
        scaled = value.scaleb(-exponent, _LONG)
        if abs(scaled) >= 1 and scaled == scaled.quantize(_THREE_DECIMALS, context=_LONG):
            return f"{persian_number(scaled)} {word}"
    return persian_number(value)


def value_words(fact: MetricFact, number: Callable[[Decimal], str] | None = None) -> str:
    """Return the value of a fact with its comparator and direction; `number` writes numbers in another way.

    >>> from ie.schema import Evidence
    >>> value_words(MetricFact("a@0", "a", None, Decimal(12), Evidence((0, 2)), comparator="ge"))
    'دست‌کم ۱۲'
    """
    said = number or persian_number
    direction = DIRECTIONS[fact.change.direction] if fact.change else ""
    upper = "" if fact.value_max is None else f" تا {said(fact.value_max)}"
    return f"{direction}{COMPARATORS[fact.comparator]}{said(fact.value)}{upper}"


def period_words(period: Period) -> str:
    """Return a period in Persian words, whole years and months by their names.

    >>> period_words(Period("1401-01-01", "1401-06-31")), period_words(Period("1400-01-01", "1400-12-29"))
    ('فروردین تا شهریور ۱۴۰۱', 'سال ۱۴۰۰')
    """
    start, end = period.interval
    if start is None or end is None:
        if start is None and end is None:
            return period.text or "دوره‌ای باز"
        return f"تا {_day_words(end)}" if end else f"از {_day_words(start or '')}"
    if start == end:
        return _day_words(start)
    (year, month, first), (last_year, last_month, last) = day_parts(start), day_parts(end)
    if first != 1 or last < _shortest(last_month):
        return f"{_day_words(start)} تا {_day_words(end)}"
    if (month, last_month) == (1, 12):
        return f"سال {persian(year)}" if year == last_year else f"{persian(year)} تا {persian(last_year)}"
    head, tail = MONTHS[month - 1], f"{MONTHS[last_month - 1]} {persian(last_year)}"
    if year != last_year:
        return f"{head} {persian(year)} تا {tail}"
    return tail if month == last_month else f"{head} تا {tail}"


def _shortest(month: int) -> int:
    return 31 if month <= 6 else 30 if month <= 11 else 29


def _day_words(day: str) -> str:
    year, month, date = day_parts(day)
    return f"{persian(date)} {MONTHS[month - 1]} {persian(year)}"


def day_parts(day: str) -> tuple[int, int, int]:
    """Return year, month and day of a Jalali day; raises IEError where it is none.

    >>> day_parts("1401-06-31")
    (1401, 6, 31)
    """
    found = _DAY.fullmatch(day)
    if found is None:
        raise IEError(f"expected a Jalali day like 1401-06-31, found {day!r}")
    return int(found[1]), int(found[2]), int(found[3])
