"""Facts that the tests of every written form share: a full one, a range without programme, and hostile ones."""

from decimal import Decimal

from ie.schema import Change, Evidence, MetricFact, Period

YEAR = Period(
    "1400-01-01",
    "1400-12-29",
    granularity="year",
    flags=("approximate", "clipped"),
    start_gregorian="2021-03-21",
    end_gregorian="2022-03-20",
    text="سال ۱۴۰۰",
)
FULL = MetricFact(
    "report@12",
    "report",
    "واحد صنعتی",
    Decimal("2500000000000"),
    Evidence((12, 15), program=(20, 30), period=(0, 8)),
    comparator="gt",
    unit="تومان",
    currency="toman",
    value_si=Decimal("25000000000000"),
    unit_si="IRR",
    kind="amount",
    period=YEAR,
    flags=("one", "two"),
    confidence=0.94,
)
THIRD = MetricFact(
    "report@40",
    "report",
    None,
    Decimal("0.333333"),
    Evidence((40, 46)),
    value_max=Decimal("0.5"),
    comparator="range",
    kind="change",
    change=Change("down", YEAR),
)
FORMULAS = ("=1+1", "+98", "-5", "@SUM(A1)", "\t=1", "\r=1")
HOSTILE = tuple(
    MetricFact(f"{program}@{number}", program, program, Decimal(-number), Evidence((number, number + 1)), unit=program)
    for number, program in enumerate(FORMULAS, start=1)
)
ODD = MetricFact("\udcff@0", "نیم \ud800", "<b>نیم</b> \0\x0b", Decimal(10) ** 19 + 1, Evidence((0, 1)))
