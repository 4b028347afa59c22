"""The review page: reports with their spans marked, linked with the table of their facts, in one self-contained file.

It needs no network. Everything that comes from a document is data: a report that contains markup is shown, not run,
and the page's content security policy lets no script run but its own. What the page looks like and does is in
``pages/``; without scripts it still shows each text with its marks and the table.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import IO, Any

from ie.schema import Document, MetricFact, Span

__all__ = ["Page", "page_record", "render_page", "review_page", "script_json", "served_page", "write_pages"]

Reviewed = tuple[Document, Sequence[Span], Sequence[MetricFact], str | None]
"""What a report says: its document, spans and facts, and the date it was read at."""

_VIEW = ("words.js", "view.js", "charts.js", "start.js")
_EDIT = ("words.js", "view.js", "charts.js", "editor.js", "start.js")
_WORDS = {
    "eq": "", "approx": "حدود ", "gt": "بیش از ", "ge": "دست‌کم ", "lt": "کمتر از ", "le": "حداکثر ", "range": "",
    "actual": "انجام‌شده", "planned": "پیش‌بینی", "negated": "محقق‌نشده",
}  # fmt: skip
_HEADINGS = "".join(f"<th>{name}</th>" for name in ("برنامه", "مقدار", "واحد", "دوره", "وضعیت", "اطمینان"))
_HALF_PAIRS = re.compile("[\ud800-\udfff]")
# what could end the element that holds the data, or a line of script
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page without its reports: what stands before and after them, and the policy that lets only its own code run."""

    head: str
    tail: str
    policy: str

    @property
    def html(self) -> str:
        """Return the page with no report in it."""
        return self.head + self.tail


def render_page(
    document: Document, spans: Sequence[Span], facts: Sequence[MetricFact], report_date: str | None = None
) -> str:
    """Return the page of one report, right to left; `report_date` is the date it was read at."""
    page = review_page()
    return page.head + _report(document, spans, facts, report_date) + page.tail


def write_pages(reports: Iterable[Reviewed], file: IO[str]) -> int:
    """Write one page to choose among reports, one report at a time; return how many there are."""
    page = review_page()
    file.write(page.head)
    count = 0
    for report in reports:
        file.write(_report(*report))
        count += 1
    file.write(page.tail)
    return count


@cache
def review_page() -> Page:
    """Return the page to look at reports; its policy stands in the page itself."""
    return _page("review.html", ("review.css",), _VIEW, in_page=True)


@cache
def served_page() -> Page:
    """Return the page to paste and correct reports, whose policy is the server's to send."""
    return _page("editor.html", ("review.css", "editor.css"), _EDIT, in_page=False)


def page_record(
    document: Document, spans: Sequence[Span], facts: Sequence[MetricFact], report_date: str | None = None
) -> dict[str, Any]:
    """Return a report as the page reads it: values are text, digit for digit, because a script would round numbers."""
    return {
        "id": document.id,
        "title": document.title,
        "date": report_date or document.date,
        "text": document.text,
        "spans": [[span.start, span.end, span.label, round(float(span.score), 4)] for span in sorted(spans)],
        "facts": [_fact_record(fact) for fact in facts],
    }


def script_json(record: object) -> str:
    r"""Return JSON that can stand inside a script element, in any page.

    >>> script_json({"text": "</script><b>", "half": "\ud800"})
    '{"text": "\\u003c/script\\u003e\\u003cb\\u003e", "half": "�"}'
    """
    found = _HALF_PAIRS.sub("\ufffd", json.dumps(record, ensure_ascii=False, allow_nan=False))
    return "".join(_UNSAFE.get(character, character) for character in found)


def _fact_record(fact: MetricFact) -> dict[str, Any]:
    ends = {name: value if value is None else format(value, "f") for name, value in _ends(fact)}
    return fact.to_dict() | ends | {"reasons": list(fact.reasons)}


def _ends(fact: MetricFact) -> Iterator[tuple[str, Any]]:
    yield "value", fact.value
    yield "value_max", fact.value_max
    yield "value_si", fact.value_si
    yield "value_max_si", fact.value_max_si


def _page(template: str, styles: tuple[str, ...], scripts: tuple[str, ...], in_page: bool) -> Page:
    style = "\n" + "".join(_asset(name) for name in styles)
    script = '\n"use strict";\n(() => {\n' + "\n".join(_asset(name) for name in scripts) + "})();\n"
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if in_page else ""
    before, _, after = _asset(template).partition("<!-- reports -->")
    head = before.replace("<!-- policy -->", meta).replace("<!-- style -->", f"<style>{style}</style>")
    return Page(head, after.replace("<!-- script -->", f"<script>{script}</script>"), policy)


def _asset(name: str) -> str:
    return files("ie").joinpath("pages", name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"


def _report(document: Document, spans: Sequence[Span], facts: Sequence[MetricFact], report_date: str | None) -> str:
    """Return the data of a report, and what is shown of it where scripts do not run."""
    record = page_record(document, spans, facts, report_date)
    return (
        f'<script type="application/json" class="report">{script_json(record)}</script>\n'
        f"<noscript>{_HALF_PAIRS.sub(chr(0xFFFD), _plain(document, spans, facts))}</noscript>\n"
    )


def _plain(document: Document, spans: Sequence[Span], facts: Sequence[MetricFact]) -> str:
    rows = "\n".join(_row(fact) for fact in facts)
    return (
        f"<h2>{escape(document.title or document.id)}</h2>\n"
        f'<div class="text">{_marked_text(document.text, spans)}</div>\n'
        f"<table>\n<thead><tr>{_HEADINGS}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"
    )


def _marked_text(text: str, spans: Sequence[Span]) -> str:
    pieces = []
    last = 0
    for span in sorted(spans):
        if span.start < last:
            continue
        pieces.append(escape(text[last : span.start]))
        marked = escape(text[span.start : span.end])
        pieces.append(f'<mark class="{escape(span.label)}">{marked}</mark>')
        last = span.end
    pieces.append(escape(text[last:]))
    return "".join(pieces)


def _row(fact: MetricFact) -> str:
    value = f"{_WORDS[fact.comparator]}{fact.value:,f}" + (
        f" تا {fact.value_max:,f}" if fact.value_max is not None else ""
    )
    period = ""
    if fact.period is not None:
        period = f"{fact.period.start or '…'} تا {fact.period.end or '…'}"
    cells = (fact.program or "", value, fact.unit or "", period, _WORDS[fact.status], f"{fact.confidence:.2f}")
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
