"""The small expressions a period phrase is parsed into: what was said, before any date is known.

Every expression keeps its own words (`text`), which the derivation of a resolved period quotes. How phrases are read is
the period grammar's business, what they mean on a given report date that of the resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ie.calendars import Calendar

__all__ = [
    "Ago",
    "Bounded",
    "Century",
    "Day",
    "DayWord",
    "Decade",
    "Edge",
    "Era",
    "Expression",
    "Government",
    "Month",
    "Named",
    "Now",
    "Part",
    "Range",
    "Relative",
    "Rolling",
    "Same",
    "Season",
    "Trailing",
    "Vague",
    "Weekday",
    "Year",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything a period phrase can say."""

    text: str


@dataclass(frozen=True, slots=True)
class Year(Expression):
    """A year by its number or by its distance from the report's; `last` ends a run of years («۹۸ تا ۱۴۰۰»)."""

    value: int | None = None
    last: int | None = None
    digits: int = 4
    shift: int | None = None
    calendar: Calendar | None = None
    kind: str = "calendar"  # or crop, school, fiscal
    assumed: bool = False  # no year was said: the report's own
    new: bool = False  # «سال جدید»
    of_it: bool = False  # «سال قبل از آن»: counted from the governing period
    ahead: bool = False  # «افق ۹۴»: a goal, which may lie far ahead


@dataclass(frozen=True, slots=True)
class Season(Expression):
    """A season, or a run of seasons up to `last`, of a year."""

    number: int
    last: int | None = None
    year: Expression | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Month(Expression):
    """A month, or a run of months up to `last`, of a year; `shift` is «گذشته» and the like without a year."""

    calendar: Calendar
    number: int
    last: int | None = None
    year: Expression | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Day(Expression):
    """A day of a month, or a run of days up to `last`; `weekday` (Saturday is 0) helps to find an unsaid year."""

    number: int
    month: Expression
    last: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class DayWord(Expression):
    """«امروز», «دیروز» …: a day by its distance from the report date."""

    shift: int


@dataclass(frozen=True, slots=True)
class Weekday(Expression):
    """A weekday of the week around the report date, or of another week."""

    number: int
    shift: int | None = None
    week: Expression | None = None


@dataclass(frozen=True, slots=True)
class Part(Expression):
    """The `index`-th stretch of `size` units of something longer: «سه‌ماهه سوم سال», «هفته دوم مهر» (-1: the last)."""

    unit: str
    size: int
    index: int
    of: Expression


@dataclass(frozen=True, slots=True)
class Edge(Expression):
    """The ``start``, ``end``, ``early``, ``middle`` or ``late`` part of something longer."""

    edge: str
    of: Expression


@dataclass(frozen=True, slots=True)
class Relative(Expression):
    """A whole unit by its distance from the report date: «هفته گذشته», «ماه جاری»."""

    unit: str
    shift: int
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Rolling(Expression):
    """So many units up to (negative `direction`) or from the report date; no count where it is vague."""

    unit: str
    count: Fraction | None
    direction: int


@dataclass(frozen=True, slots=True)
class Ago(Expression):
    """The day, month or year so many units before or after the report date."""

    unit: str
    count: Fraction | None
    direction: int


@dataclass(frozen=True, slots=True)
class Trailing(Expression):
    """So many units that end with something: «۱۲ ماهه منتهی به خرداد ۱۴۰۱»."""

    unit: str
    size: int
    until: Expression


@dataclass(frozen=True, slots=True)
class Same(Expression):
    """The governing period moved to another year or month: «مدت مشابه سال قبل»."""

    target: Expression | None
    size: int | None = None  # «۴ ماه مشابه سال گذشته»
    itself: bool = False  # «این دوره ۶ ماهه»: the governing period itself


@dataclass(frozen=True, slots=True)
class Decade(Expression):
    """A decade (or a run of them) by its first year, of two digits or four, or by its distance."""

    value: int | None = None
    last: int | None = None
    shift: int | None = None
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Century(Expression):
    """A century by its number or its distance."""

    value: int | None = None
    shift: int | None = None
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """A window of the table, every year: «دهه فجر»."""

    name: str
    year: Expression | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Era(Expression):
    """A window of the table, once: «هشت سال دفاع مقدس»."""

    name: str


@dataclass(frozen=True, slots=True)
class Government(Expression):
    """The term of a numbered government (or of several)."""

    number: int
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Now(Expression):
    """«تاکنون»."""


@dataclass(frozen=True, slots=True)
class Range(Expression):
    """From the start of one expression to the end of another."""

    first: Expression
    last: Expression


@dataclass(frozen=True, slots=True)
class Bounded(Expression):
    """Open on one side: ``since`` (from its start), ``until`` (up to it), ``before`` (up to the day before it)."""

    relation: str
    of: Expression


@dataclass(frozen=True, slots=True)
class Vague(Expression):
    """A period no calendar can resolve: «سال‌های اخیر», «برنامه ششم توسعه»."""

    reason: str = "names no exact dates"
