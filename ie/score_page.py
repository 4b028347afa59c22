"""The figures of an evaluation as one self-contained page, in the light or dark of the reader's system.

Everything that comes from a file is escaped: a document id that contains markup is shown, not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ie.score_tables import ScoreTable, headline, score_tables

__all__ = ["render_scores"]

Figures = Mapping[str, Any]
Point = tuple[float, float]

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #8885; --first: #2a6f97; --second: #c8553d }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ee; --paper: #14181d; --first: #6fb7e0; --second: #f0937f }
}
body { font: 1rem/1.6 system-ui, Vazirmatn, Tahoma, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .8rem .2rem 0; text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
.note { opacity: .75; font-size: .9rem; margin: .3rem 0 }
.charts { display: flex; flex-wrap: wrap; gap: 2rem }
svg { width: 100%; max-width: 30rem; height: auto; font-size: 11px }
svg text { fill: var(--ink) }
.axis { stroke: var(--line) } .first { stroke: var(--first) } .second { stroke: var(--second) }
.bar { fill: var(--first); opacity: .75 } .dot { fill: var(--second) } .ghost { stroke: var(--ink); opacity: .4 }
figure { margin: 0; flex: 0 1 24rem }
path, line { fill: none; stroke-width: 1.5 } .ghost { stroke-dasharray: 4 4 }
.right { color: var(--first) } .wrong { color: var(--second); font-weight: bold }
"""


def render_scores(figures: Figures, title: str, comparison: Figures | None = None) -> str:
    """Return an HTML page of the figures, with the slots of one report where it is compared."""
    sections = [_section(table, _charts(table.title, figures)) for table in score_tables(figures)]
    if comparison is not None:
        sections.insert(0, _comparison(comparison))
    sections.append(_documents(figures["by_document"]))
    problems = [f"skipped: {line}" for line in figures["skipped"]]
    problems += [f"predicted but not in the gold: {name}" for name in figures["unknown"]]
    listed = "".join(f"<li>{escape(line)}</li>" for line in problems)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1 dir="auto">{escape(title)}</h1>\n<p>{escape(headline(figures))}</p>\n'
        + "\n".join(sections)
        + (f"\n<h2>left out</h2>\n<ul>{listed}</ul>" if listed else "")
        + "\n</body>\n</html>\n"
    )


def _section(table: ScoreTable, charts: str = "") -> str:
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return f"<section>\n<h2>{escape(table.title)}</h2>\n{charts}{_table(table.head, table.rows)}{note}\n</section>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "\n".join("<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _comparison(comparison: Figures) -> str:
    """Return the slots of each mention of one report, right or wrong."""
    rows = []
    for row in comparison["rows"]:
        marks = "".join(
            f'<td class="{"right" if right else "wrong"}">{"✓" if right else "✗"}</td>'
            for right in row["slots"].values()
        )
        cells = [f'<td dir="auto">{escape(row[name])}</td>' for name in ("gold", "value", "found")]
        rows.append(f"<tr>{''.join(cells[:2])}{marks}{cells[2]}</tr>")
    slots = list(comparison["rows"][0]["slots"]) if comparison["rows"] else []
    head = "".join(f"<th>{escape(name)}</th>" for name in ("fact", "gold", *slots, "found instead"))
    said = f"{comparison['right']} of {comparison['mentions']} mentions right, {len(comparison['extras'])} extra"
    return (
        f'<section>\n<h2><bdi dir="auto">{escape(comparison["document"])}</bdi>: {said}</h2>\n'
        f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>{"".join(rows)}</tbody>\n'
        "</table></div>\n</section>"
    )


def _documents(documents: Figures) -> str:
    """Return the documents, those with the most errors first."""
    worst = sorted(documents.items(), key=lambda item: (-sum(item[1]["errors"].values()), item[0]))
    rows = [
        (
            name,
            *(f"{one[count]:g}" for count in ("gold", "predicted", "full")),
            ", ".join(f"{count} × {cause}" for cause, count in one["errors"].items()),
        )
        for name, one in worst
    ]
    table = _table(("document", "gold", "predicted", "right in full", "first errors"), rows)
    return f"<details>\n<summary>every document, the one with the most errors first</summary>\n{table}\n</details>"


# -------------------------------------------------------------------------------------------------------------- charts

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 360, 260, 44, 12, 40


def _charts(title: str, figures: Figures) -> str:
    drawn = {"facts": _ladder, "confidence": _reliability, "risk and coverage": _risk}.get(title)
    return f'<div class="charts">{drawn(figures)}</div>\n' if drawn else ""


def _ladder(figures: Figures) -> str:
    """Return a bar a rung for F1, with its interval."""
    parts = []
    step = 1 / len(figures["facts"])
    for place, (rung, score) in enumerate(figures["facts"].items()):
        x, top = _at(place * step + step / 5, score["f1"])
        width, bottom = _at(place * step + 4 * step / 5, 0)[0] - x, _at(0, 0)[1]
        parts.append(f'<rect class="bar" x="{x}" y="{top}" width="{width:.1f}" height="{bottom - top:.1f}"/>')
        middle = round(x + width / 2, 1)
        if score["ci95"]:
            low, high = (_at(0, end)[1] for end in score["ci95"]["f1"])
            parts.append(f'<line class="second" x1="{middle}" x2="{middle}" y1="{low}" y2="{high}"/>')
        parts.append(f'<text x="{middle}" y="{bottom + 14}" text-anchor="middle">{escape(rung)}</text>')
    return _chart("F1 of facts, slot by slot", "", "F1", parts, ticks=False)


def _reliability(figures: Figures) -> str:
    """Return the share that is right against the confidence."""
    bins = figures["confidence"]["bins"]
    points = [(one["confidence"], one["right"]) for one in bins]
    dots = [
        f'<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{one["facts"]} facts</title></circle>'
        for one, (x, y) in zip(bins, (_at(*point) for point in points), strict=True)
    ]
    parts = [_line([(0, 0), (1, 1)], "ghost"), _line(sorted(points), "second"), *dots]
    return _chart("Share of right facts by confidence; dashed: true confidences", "confidence", "right", parts)


def _risk(figures: Figures) -> str:
    """Return the share of wrong facts among the surest, by how many are kept."""
    found = figures["confidence"]
    points = [(coverage, risk) for coverage, risk, _ in found["risk_coverage"]]
    level = found["aurc_random"]
    parts = [_line([(0, level), (1, level)], "ghost"), _line([(0, points[0][1]), *points], "first")]
    return _chart("Wrong facts among the surest, by the share that is kept", "coverage", "risk", parts)


def _at(x: float, y: float) -> Point:
    """Return the place of a point whose coordinates go from 0 to 1."""
    across, up = _WIDTH - _LEFT - 10, _HEIGHT - _TOP - _BOTTOM
    return round(_LEFT + x * across, 1), round(_TOP + (1 - y) * up, 1)


def _line(points: Sequence[Point], kind: str) -> str:
    places = " L".join(f"{x} {y}" for x, y in (_at(*point) for point in points))
    return f'<path class="{kind}" d="M{places}"/>'


def _chart(title: str, across: str, up: str, parts: Sequence[str], ticks: bool = True) -> str:
    name = escape(title)
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name}"><title>{name}</title>'
        + "".join([*_axes(ticks), *parts])
        + f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>'
        + f'<text x="4" y="{_TOP - 2}">{escape(up)}</text></svg></figure>'
    )


def _axes(ticks: bool) -> Iterator[str]:
    for share in (0, 0.25, 0.5, 0.75, 1):
        left, y = _at(0, share)
        yield f'<line class="axis" x1="{left}" x2="{_at(1, 0)[0]}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{share:g}</text>'
        if ticks:
            x, bottom = _at(share, 0)
            yield f'<text x="{x}" y="{bottom + 14}" text-anchor="middle">{share:g}</text>'
