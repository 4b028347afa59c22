"""Metrics drawn over Jalali time: a bar over the stretch of each period, as high as what the fact states.

Time runs from right to left, as the text does. What a fact leaves open is drawn open: an arrow leads from a bound to
where the value lies, a rough edge is «about», a hatched stretch is all that a range or an upper bound allows, a pointed
end is a period that goes on. What is planned is hollow, what did not come true is crossed out. Facts of different units
have panels of their own (`series`).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from html import escape
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ie.chart_shapes import Bar, bars_of, draw_bar, mark_handles
from ie.extras import require
from ie.jalali_axis import ticks
from ie.schema import MetricFact
from ie.series import Panel, programme_key
from ie.terminal import printable
from ie.wording import STATUSES, period_words, short_number, value_words

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

__all__ = ["FORMS", "Form", "draw_chart", "require_charts"]

Form = Literal["svg", "png", "html"]
FORMS: tuple[Form, ...] = ("svg", "png", "html")

# told apart by readers who see few colours; the last is for all further programmes
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#6b6b6b")
_FAMILIES = ("Vazirmatn", "Vazir", "Estedad", "Sahel", "Noto Sans Arabic", "Noto Naskh Arabic", "DejaVu Sans")
_SHIPPED = "DejaVu Sans"
_LETTERS = "آبپچژکگی۰۱۲۳۴۵۶۷۸۹٬٫"
_LABELLED = 60  # more labels than these in a panel would only hide each other
_WIDTH, _PANEL_HEIGHT = 10.0, 3.4
_RTL = re.compile("[\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")  # digits run to the right
_SVG_TEXT = re.compile(r'<text style="([^"]*)"([^<>]*)>([^<]*)</text>')
_OTHER_END = {"start": "end", "end": "start", "middle": "middle"}


def require_charts() -> None:
    """Raise IEError where matplotlib is not installed."""
    require("a chart", "charts", "matplotlib")


def draw_chart(title: str, panels: Sequence[Panel], form: Form = "svg") -> bytes:
    """Return the chart of some panels as an SVG or PNG picture, or as a page with the table of what is drawn.

    Raises IEError where matplotlib is missing.
    """
    require_charts()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "ie",
        "font.family": list(dict.fromkeys((_font(), _SHIPPED))),
        "font.size": 9,
        "hatch.linewidth": 0.6,
        "text.parse_math": False,  # a dollar is a dollar
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a box stands for what no font has
        figure = Figure(figsize=(_WIDTH, _PANEL_HEIGHT * len(panels) + 0.9), layout="constrained")
        colors = _colors(panels)
        figure.suptitle(_line(title), fontsize=12)
        axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
        for axis, panel in zip(axes, panels, strict=True):
            _draw_panel(axis, panel, colors)
        handles = [*_programme_handles(panels, colors), *mark_handles(fact for panel in panels for fact in panel.facts)]
        if handles:
            figure.legend(
                handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=8, markerfirst=False
            )
        _place_labels(figure, axes)
        if form == "png":
            picture = BytesIO()
            figure.savefig(picture, format="png", dpi=150, metadata={"Title": _line(title)})
            return picture.getvalue()
        drawing = StringIO()
        figure.savefig(drawing, format="svg", metadata={"Date": None})
    svg = _readable_svg(drawing.getvalue(), _line(title))
    return (svg if form == "svg" else _page(_line(title), panels, svg)).encode()


# ------------------------------------------------------------------------------------------------------------- drawing


def _draw_panel(axis: Axes, panel: Panel, colors: dict[tuple[str, ...], str]) -> None:
    """Draw the bars of a panel, from right to left, and leave a label for each where there are not too many."""
    bars = bars_of(panel.facts)
    first, last = min(bar.first for bar in bars), max(bar.last for bar in bars)
    pad = max((last - first) * 0.03, 0.02)
    lowest, highest = min(0.0, *(bar.bottom for bar in bars)), max(0.0, *(bar.top for bar in bars))
    height = (highest - lowest) or 1.0
    axis.set_xlim(last + pad, first - pad)
    axis.set_ylim(
        lowest - (0.25 * height if lowest < 0 else 0), highest + (0.25 * height if highest or not lowest else 0)
    )
    for bar in sorted(bars, key=lambda bar: bar.first - bar.last):
        draw_bar(axis, bar, colors[programme_key(bar.fact)], height, last - first + 2 * pad)
        if len(bars) <= _LABELLED:
            below = bar.peak < 0
            axis.annotate(
                _line(value_words(bar.fact, short_number)),
                ((bar.first + bar.last) / 2, bar.clear_of_arrow(height)),
                xytext=(0, -3 if below else 3),
                textcoords="offset points",
                ha="center",
                va="top" if below else "bottom",
                fontsize=8,
                gid="label",
            )
    _dress(axis, panel, first - pad, last + pad, bars)


def _dress(axis: Axes, panel: Panel, first: float, last: float, bars: Sequence[Bar]) -> None:
    from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

    marks = ticks(first, last)
    if len(marks) < 2:  # a stretch of days: its own words tell more than a month that begins in it
        spots = {(bar.first + bar.last) / 2: period_words(bar.fact.period) for bar in bars if bar.fact.period}
        marks = sorted(spots.items())[:6]
    axis.xaxis.set_major_locator(FixedLocator([when for when, _ in marks]))
    axis.xaxis.set_major_formatter(FixedFormatter([words for _, words in marks]))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(Decimal(f"{value:.6g}"))))
    axis.yaxis.tick_right()
    axis.set_title(_line(_unit_words(panel)), loc="right", fontsize=9)
    axis.axhline(0, color="#444444", linewidth=0.8)
    axis.grid(axis="y", alpha=0.25)
    axis.set_axisbelow(True)
    axis.spines[["top", "left"]].set_visible(False)


def _unit_words(panel: Panel) -> str:
    words = panel.unit or ("نسبت" if panel.facts[0].kind == "percent" else "شمار")
    change = f"تغییر، {words}" if panel.is_change else words
    return f"{change}، {panel.rate}" if panel.rate else change


def _place_labels(figure: Figure, axes: Iterable[Axes]) -> None:
    """Move labels that would cover each other further from the axis, and make room for them."""
    from matplotlib.text import Annotation

    figure.draw_without_rendering()
    for axis in axes:
        for _ in range(2):  # more room moves the bars, and labels with them
            labels = [text for text in axis.texts if isinstance(text, Annotation) and text.get_gid() == "label"]
            placed: list[Bbox] = []
            for label in sorted(labels, key=lambda text: abs(text.xy[1])):
                _move_clear(label, placed)
                placed.append(label.get_window_extent())
            _make_room(axis, labels)


def _move_clear(label: Annotation, placed: Sequence[Bbox]) -> None:
    step = -10 if label.get_verticalalignment() == "top" else 10
    label.set_position((0, 3 * step / 10))
    for _ in range(40):
        box = label.get_window_extent()
        if not any(box.overlaps(other) for other in placed):
            return
        label.set_position((0, label.get_position()[1] + step))


def _make_room(axis: Axes, labels: Sequence[Annotation]) -> None:
    frame = axis.get_window_extent()
    low, high = axis.get_ylim()
    for label in labels:
        box, anchor = label.get_window_extent(), axis.transData.transform((0, label.xy[1]))[1]
        if box.y1 > frame.y1 and anchor > frame.y0:
            room = max(frame.height * 0.3, frame.y1 - (box.y1 - anchor) - frame.y0)
            high = max(high, low + (label.xy[1] - low) * frame.height / room)
        if box.y0 < frame.y0 and anchor < frame.y1:
            room = max(frame.height * 0.3, frame.y1 - frame.y0 - (anchor - box.y0))
            low = min(low, high - (high - label.xy[1]) * frame.height / room)
    axis.set_ylim(low, high)


def _colors(panels: Sequence[Panel]) -> dict[tuple[str, ...], str]:
    keys = dict.fromkeys(key for panel in panels for key in panel.programmes)
    return {key: _COLORS[min(index, len(_COLORS) - 1)] for index, key in enumerate(keys)}


def _programme_handles(panels: Sequence[Panel], colors: dict[tuple[str, ...], str]) -> list[Artist]:
    """Return a key of the programmes where there are several."""
    from matplotlib.patches import Patch

    if len(colors) < 2:
        return []
    programmes = {key: name for panel in reversed(panels) for key, name in panel.programmes.items()}
    names = {color: _short(_line(programmes[key]) or "بی‌نام") for key, color in reversed(colors.items())}
    if len(colors) > len(_COLORS):
        names[_COLORS[-1]] = "برنامه‌های دیگر"
    return [Patch(color=color, alpha=0.6, label=names[color]) for color in _COLORS if color in names]


def _short(text: str, length: int = 32) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _line(text: str) -> str:
    """Return a text that one line of a picture can hold: no control characters, no halves of surrogate pairs."""
    return printable(text)


@cache
def _font() -> str:
    """Return the best family found that has every Persian letter and digit."""
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    paths: dict[str, str] = {}
    for entry in fontManager.ttflist:
        if entry.name in _FAMILIES and entry.style == "normal":
            paths.setdefault(entry.name, entry.fname)
    for family in _FAMILIES:
        if family in paths and Path(paths[family]).is_file():
            known = FT2Font(paths[family]).get_charmap()
            if all(ord(letter) in known for letter in _LETTERS):
                return family
    return _SHIPPED


# ----------------------------------------------------------------------------------------------------------- SVG, page


def _readable_svg(svg: str, title: str) -> str:
    """Return an SVG whose Persian texts run from right to left and which says what it shows."""
    svg = _SVG_TEXT.sub(_directed, svg)
    head, tag, rest = svg.partition("<svg ")
    attributes, _, content = rest.partition(">")
    label = escape(title, quote=True)
    return (
        f'{head}{tag}role="img" aria-label="{label}" lang="fa" {attributes}>\n <title>{escape(title)}</title>{content}'
    )


def _directed(found: re.Match[str]) -> str:
    style, place, text = found.groups()
    style = style.replace(f"'{_SHIPPED}'", f"Vazirmatn, '{_SHIPPED}', Tahoma, sans-serif")
    if _RTL.search(text):
        # a text from right to left starts at its right end
        style = re.sub("text-anchor: (start|middle|end)", lambda at: f"text-anchor: {_OTHER_END[at[1]]}", style)
        return f'<text style="{style}; direction: rtl"{place}>{text}</text>'
    return f'<text style="{style}; direction: ltr"{place}>{text}</text>'


_STYLE = """
body { font: 1rem/1.7 Vazirmatn, system-ui, Tahoma, sans-serif; color: #1d2733; background: #fff; max-width: 64rem;
  margin: 2rem auto; padding: 0 1rem }
svg { width: 100%; height: auto }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8885; padding: .3rem .6rem; text-align: start; vertical-align: top }
"""


def _page(title: str, panels: Sequence[Panel], svg: str) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("برنامه", "مقدار", "یکا", "دوره", "وضعیت", "شناسه"))
    rows = "\n".join(_row(fact) for panel in panels for fact in panel.facts)
    return (
        '<!doctype html>\n<html lang="fa" dir="rtl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f'{svg[svg.index("<svg ") :]}\n<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>\n</main>\n</body>\n</html>\n"
    )


def _row(fact: MetricFact) -> str:
    period = period_words(fact.period) if fact.period else ""
    cells = (fact.program or "", value_words(fact), fact.unit or "", period, STATUSES[fact.status])
    shown = "".join(f"<td>{escape(_line(cell))}</td>" for cell in cells)
    return f'<tr>{shown}<td dir="ltr">{escape(_line(fact.id))}</td></tr>'
