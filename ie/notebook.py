"""How reports and facts show in a notebook: a table from right to left that takes its colours from the page.

Everything that comes from a document is escaped. The page for a browser of its own is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

from ie.schema import Document, MetricFact, Period, Span

__all__ = ["Facts", "facts_html", "report_html"]

_SIGNS = {"eq": "", "approx": "≈ ", "gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ ", "range": ""}
_COLOURS = {"NUMBER": "#f9d77e66", "PERIOD": "#8ec5fc66", "PROGRAM": "#a8e6a166"}
_HEADINGS = ("برنامه", "مقدار", "واحد", "دوره", "وضعیت", "اطمینان")
_SHOWN_FACTS, _SHOWN_TEXT = 200, 20_000


class Facts(tuple[MetricFact, ...]):
    """A tuple of facts that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return facts_html(self)


def report_html(document: Document, spans: Sequence[Span], facts: Sequence[MetricFact]) -> str:
    """Return a report as HTML: its text with the spans marked, and the table of its facts."""
    title = escape(document.title or document.id)
    text = (
        '<div style="white-space:pre-wrap;text-align:right;max-height:20em;overflow:auto">'
        f"{_marked(document.text, spans)}</div>"
    )
    return f'<div dir="rtl"><strong>{title}</strong>{text}</div>{facts_html(facts)}'


def facts_html(facts: Sequence[MetricFact]) -> str:
    """Return facts as an HTML table, the first two hundred of them."""
    head = "".join(f'<th style="text-align:right">{heading}</th>' for heading in _HEADINGS)
    rows = "".join(_row(fact) for fact in facts[:_SHOWN_FACTS])
    more = f"<p>… {len(facts) - _SHOWN_FACTS:,} more</p>" if len(facts) > _SHOWN_FACTS else ""
    return f'<table dir="rtl"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}'


def _row(fact: MetricFact) -> str:
    ends = [_number(value) for value in (fact.value, fact.value_max) if value is not None]
    value = f'<bdi dir="ltr">{escape(_SIGNS[fact.comparator])}{" – ".join(ends)}</bdi>'
    cells = [escape(fact.program or "–"), value, escape(fact.unit or ""), _period(fact.period), escape(fact.status)]
    cells.append(f"{fact.confidence:.2f}")
    title = escape(fact.explain() or fact.id, quote=True)
    return f'<tr title="{title}">' + "".join(f'<td style="text-align:right">{cell}</td>' for cell in cells) + "</tr>"


def _number(value: Decimal) -> str:
    whole, _, decimals = format(value, "f").partition(".")
    decimals = decimals.rstrip("0")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "")


def _period(period: Period | None) -> str:
    if period is None:
        return ""
    return f'<bdi dir="ltr">{escape(period.start or "…")} – {escape(period.end or "…")}</bdi>'


def _marked(text: str, spans: Iterable[Span]) -> str:
    pieces = []
    last = 0
    shown = text[:_SHOWN_TEXT]
    for span in sorted(spans):
        if span.start < last or span.end > len(shown):
            continue
        pieces.append(escape(shown[last : span.start]))
        colour = _COLOURS.get(span.label, "#8883")
        pieces.append(f'<mark style="background:{colour};color:inherit">{escape(shown[span.start : span.end])}</mark>')
        last = span.end
    pieces.append(escape(shown[last:]))
    return "".join(pieces) + ("…" if len(text) > len(shown) else "")
