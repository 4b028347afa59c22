"""The review page: a report's text with its spans marked, and the table of its facts, in one self-contained page.

Everything that comes from the document is escaped: a report that contains markup is shown, not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ie.schema import Document, MetricFact, Span

__all__ = ["render_page"]

_SIGNS = {"eq": "", "approx": "≈ ", "gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ ", "range": ""}

_HEADINGS = "".join(f"<th>{name}</th>" for name in ("برنامه", "مقدار", "واحد", "دوره", "وضعیت", "اطمینان"))

_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.9 Vazirmatn, Tahoma, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
.text { white-space: pre-wrap; border: 1px solid #8886; border-radius: .5rem; padding: 1rem }
mark { color: inherit; border-radius: .25rem; padding: 0 .15rem }
.NUMBER { background: #f9d77e88 } .PERIOD { background: #8ec5fc88 } .PROGRAM { background: #a8e6a188 }
table { border-collapse: collapse; width: 100%; margin-top: 1.5rem }
th, td { border-bottom: 1px solid #8886; padding: .3rem .5rem; text-align: start; vertical-align: top }
td.value { white-space: nowrap; direction: ltr; text-align: end }
"""


def render_page(document: Document, spans: Sequence[Span], facts: Sequence[MetricFact]) -> str:
    """Return an HTML page, right to left, that needs no network and runs no script."""
    rows = "\n".join(_row(fact) for fact in facts)
    return (
        '<!doctype html>\n<html lang="fa" dir="rtl">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(document.id)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(document.title or document.id)}</h1>\n"
        f'<div class="text">{_marked_text(document.text, spans)}</div>\n'
        f"<table>\n<thead><tr>{_HEADINGS}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _marked_text(text: str, spans: Sequence[Span]) -> str:
    pieces = []
    last = 0
    for span in sorted(spans):
        if span.start < last:
            continue
        pieces.append(escape(text[last : span.start]))
        marked = escape(text[span.start : span.end])
        pieces.append(f'<mark class="{escape(span.label)}" id="c{span.start}">{marked}</mark>')
        last = span.end
    pieces.append(escape(text[last:]))
    return "".join(pieces)


def _row(fact: MetricFact) -> str:
    value = f"{_SIGNS[fact.comparator]}{fact.value:,f}" + (
        f" – {fact.value_max:,f}" if fact.value_max is not None else ""
    )
    period = ""
    if fact.period is not None:
        period = f"{fact.period.start or '…'} – {fact.period.end or '…'}"
    cells = (fact.program or "", value, fact.unit or "", period, fact.status, f"{fact.confidence:.2f}")
    classes = ("", ' class="value"', "", "", "", "")
    inner = "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(classes, cells, strict=True))
    return f'<tr data-fact="{escape(fact.id)}">{inner}</tr>'
