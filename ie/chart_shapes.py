"""The shape of one fact on a chart, and the key that says what the marks of shapes mean."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ie.bounds import stated
from ie.jalali_axis import extent
from ie.schema import MetricFact, Period

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["Bar", "bars_of", "draw_bar", "mark_handles"]

_Point = tuple[float, float]
_RAISED = ("gt", "ge")
_LOWERED = ("lt", "le")
_WAVES = 6
_INK, _CROSS = "#444444", "#b3261e"
_BOUND_MARKS: dict[str, tuple[str, str, Literal["-", ":"]]] = {
    "ge": ("دست‌کم", "^", "-"),
    "gt": ("بیش از", "^", ":"),
    "le": ("حداکثر", "v", "-"),
    "lt": ("کمتر از", "v", ":"),
}
_REACH = 0.1  # of the height of the axes: how far an arrow leads from a bound
_LIMIT = 1e300  # what a picture can still scale


@dataclass(frozen=True, slots=True)
class Bar:
    """A fact with its place on the axes: from `first` to `last` in years, a value and the upper end of a range."""

    fact: MetricFact
    first: float
    last: float
    value: float
    upper: float

    @property
    def peak(self) -> float:
        """Return the end that lies farther from zero."""
        return max(self.value, self.upper, key=abs)

    def clear_of_arrow(self, height: float) -> float:
        """Return where a label stands clear of the arrow, on axes that are `height` high."""
        if self.fact.comparator not in _RAISED:
            return self.peak
        return self.peak + math.copysign(_REACH * height, self.peak)

    @property
    def bottom(self) -> float:
        """Return the lowest point of the bar."""
        return min(0.0, self.value, self.upper)

    @property
    def top(self) -> float:
        """Return the highest point of the bar."""
        return max(0.0, self.value, self.upper)


def bars_of(facts: Sequence[MetricFact]) -> list[Bar]:
    """Return the bars of facts; those of one period share its stretch side by side."""
    groups: dict[object, list[MetricFact]] = defaultdict(list)
    for fact in facts:
        groups[_period(fact).interval].append(fact)
    bars = []
    for group in groups.values():
        start, end = extent(_period(group[0]))
        share = (end - start) / len(group)
        for index, fact in enumerate(group):
            value, upper = _ends(fact)
            bars.append(Bar(fact, start + index * share, start + (index + 1) * share, value, upper))
    return bars


def _period(fact: MetricFact) -> Period:
    assert fact.period is not None
    return fact.period


def _ends(fact: MetricFact) -> _Point:
    bounds = stated(fact)
    ends = [float(end) for end in (bounds.low, bounds.high) if end is not None]
    near, far = sorted((max(-_LIMIT, min(_LIMIT, end)) for end in (ends[0], ends[-1])), key=abs)
    return near, far


def draw_bar(axis: Axes, bar: Bar, color: str, height: float, width: float) -> None:
    """Draw a bar on axes that are `height` high and `width` years wide."""
    fact = bar.fact
    hollow = fact.status != "actual"
    hatched = fact.comparator in _LOWERED
    body = _outline(bar, 0.0, bar.value, height, width)
    axis.fill(
        *zip(*body, strict=True),
        facecolor="none" if hollow or hatched else color,
        edgecolor=color if hatched else "none",
        hatch="////" if hatched else None,
        alpha=0.5,
        linewidth=0,
    )
    if bar.upper != bar.value:  # anything between both ends is possible
        between = _outline(bar, bar.value, bar.upper, height, width)
        axis.fill(*zip(*between, strict=True), facecolor="none", edgecolor=color, hatch="....", alpha=0.6, linewidth=0)
        axis.plot(*zip(*between, between[0], strict=True), color=color, linewidth=1)
    axis.plot(*zip(*body, strict=True), color=color, linewidth=1, linestyle="--" if fact.status == "planned" else "-")
    _draw_edge(axis, bar, color, height)
    if fact.status == "negated":
        for ends in ((0.0, bar.peak), (bar.peak, 0.0)):
            axis.plot((bar.first, bar.last), ends, color=_CROSS, linewidth=1.2)


def _outline(bar: Bar, base: float, edge: float, height: float, width: float) -> list[_Point]:
    """Return the corners of a bar from its earlier foot over the edge to its later one."""
    period = _period(bar.fact)
    start, end = extent(period)
    # only the outer sides of bars that share a period are the ends of the period
    open_start = period.start is None and bar.first <= start + 1e-9
    open_end = period.end is None and bar.last >= end - 1e-9
    tip = min(0.015 * width, (bar.last - bar.first) / 2)
    middle = (base + edge) / 2
    left = bar.first + tip if open_start else bar.first
    right = bar.last - tip if open_end else bar.last
    points = [(left, base), *([(bar.first, middle)] if open_start else [])]
    points += _edge(left, right, edge, 0.012 * height if bar.fact.comparator == "approx" else 0.0)
    return [*points, *([(bar.last, middle)] if open_end else []), (right, base)]


def _edge(left: float, right: float, level: float, swing: float) -> list[_Point]:
    if not swing:
        return [(left, level), (right, level)]
    steps = 8 * _WAVES
    return [
        (left + (right - left) * step / steps, level + swing * math.sin(2 * math.pi * _WAVES * step / steps))
        for step in range(steps + 1)
    ]


def _draw_edge(axis: Axes, bar: Bar, color: str, height: float) -> None:
    """Draw the edge of a bound, solid where it is included, and an arrow to where the value lies."""
    comparator = bar.fact.comparator
    if comparator not in (*_RAISED, *_LOWERED):
        return
    span, level = (bar.first, bar.last), (bar.value, bar.value)
    axis.plot(span, level, color="white", linewidth=2.4)
    axis.plot(span, level, color=color, linewidth=2.4, linestyle="-" if comparator in ("ge", "le") else ":")
    away = 1 if bar.value >= 0 else -1
    reach = _REACH * height * away * (1 if comparator in _RAISED else -1)
    middle = (bar.first + bar.last) / 2
    axis.annotate(
        "",
        (middle, bar.value + reach),
        xytext=(middle, bar.value),
        arrowprops={"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.4},
    )


def mark_handles(facts: Iterable[MetricFact]) -> list[Artist]:
    """Return the key of the marks that some facts are drawn with."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.path import Path as MarkerPath

    facts = tuple(facts)
    comparators = {fact.comparator for fact in facts}
    statuses = {fact.status for fact in facts}
    handles: list[Artist] = []
    for comparator, (name, marker, line) in _BOUND_MARKS.items():
        if comparator in comparators:
            handles.append(Line2D([], [], color=_INK, marker=marker, linestyle=line, linewidth=2, label=name))
    if "approx" in comparators:
        wave = MarkerPath(_edge(-1.0, 1.0, 0.0, 0.25))
        handles.append(
            Line2D([], [], color=_INK, marker=wave, markersize=14, mfc="none", ls="", label="حدود (لبهٔ موجی)")
        )
    if "range" in comparators:
        handles.append(Patch(facecolor="none", edgecolor=_INK, hatch="....", label="بازه"))
    if "planned" in statuses:
        handles.append(Patch(facecolor="none", edgecolor=_INK, linestyle="--", label="پیش‌بینی (توخالی)"))
    if "negated" in statuses:
        handles.append(Line2D([], [], color=_CROSS, marker="x", linestyle="", label="محقق‌نشده"))
    if any(None in _period(fact).interval for fact in facts):
        handles.append(Line2D([], [], color=_INK, marker=">", mfc="none", ls="", label="دورهٔ باز (نوک‌تیز)"))
    return handles
