"""The figures of an evaluation as tables: the same rows for a terminal (here) and for the page (`score_page`).

Figures come as `Evaluation.to_dict` gives them; nothing is computed here but shares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ie.matching import RUNGS

__all__ = ["ScoreTable", "align_columns", "format_scores", "score_tables"]

Figures = Mapping[str, Any]
_RATIOS = ("precision", "recall", "f1")
_NONE = "–"
_COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Rows under a head, and in a few words what they show."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def format_scores(figures: Figures) -> str:
    """Return the figures as plain text."""
    parts = [headline(figures)]
    for table in score_tables(figures):
        text = align_columns(table.head, table.rows)
        parts.append(f"{text}\n{table.note}" if table.note else text)
    parts += [f"skipped: {line}" for line in figures["skipped"]]
    if figures["unknown"]:
        parts.append(f"predicted but not in the gold: {', '.join(figures['unknown'])}")
    return "\n\n".join(parts)


def headline(figures: Figures) -> str:
    """Return how much was scored, in one line."""
    value = figures["facts"]["value"]
    return f"{figures['documents']} documents, {value['gold']:g} gold facts, {value['predicted']:g} predicted"


def score_tables(figures: Figures) -> Iterator[ScoreTable]:
    """Yield all tables that have rows."""
    tables = (
        _facts(figures["facts"]),
        ScoreTable("beside the ladder", ("beside", "P", "R", "F1"), _rows(figures["beside"])),
        ScoreTable(
            "slots",
            ("slot right where the value is", "share"),
            tuple((name, _share(share)) for name, share in figures["slots"].items()),
        ),
        _spans(figures),
        _groups("domain", figures["domains"]),
        _groups("tag", figures["tags"]),
        _errors(figures["errors"]),
        *(_confidence(figures["confidence"]) if figures["confidence"] else ()),
    )
    yield from (_without_empty_columns(table) for table in tables if table.rows)


def _without_empty_columns(table: ScoreTable) -> ScoreTable:
    """Return a table without the columns that hold no figure, as intervals of too few documents do."""
    kept = [place for place in range(len(table.head)) if any(row[place] != _NONE for row in table.rows)]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return replace(table, head=tuple(table.head[place] for place in kept), rows=rows)


def _facts(facts: Figures) -> ScoreTable:
    rows = tuple((_rung_name(rung), *_with_intervals(score)) for rung, score in facts.items())
    note = "each step adds a slot to the one before; intervals come from resampling documents"
    return ScoreTable("facts", ("facts", "P", "95 %", "R", "95 %", "F1", "95 %"), rows, note)


def _spans(figures: Figures) -> ScoreTable:
    partial = figures["spans_partial"]
    rows = tuple(
        (label, *_with_intervals(score), _share(partial[label]["f1"])) for label, score in figures["spans"].items()
    )
    head = ("spans", "P", "95 %", "R", "95 %", "F1", "95 %", "partial F1")
    return ScoreTable("spans", head, rows, "strict: same label and ends; partial: half credit for an overlap")


def _groups(title: str, groups: Figures) -> ScoreTable:
    rows = tuple(
        (
            " ".join(filter(None, (name, part.get("phenomenon")))),
            str(part["documents"]),
            f"{part['gold']:g}",
            *(_share(part[rung]) for rung in RUNGS),
            _range(part["ci95"]),
        )
        for name, part in groups.items()
    )
    return ScoreTable(f"by {title}", (title, "docs", "facts", *map(_rung_name, RUNGS), "95 %"), rows)


def _errors(errors: Figures) -> ScoreTable:
    total = sum(errors.values())
    rows = [(cause, str(count), f"{count / total:.1%}") for cause, count in errors.items()]
    stages: Counter[str] = Counter()
    for cause, count in errors.items():
        stages[cause.partition(":")[0]] += count
    shares = ", ".join(f"{stage} {count / total:.0%}" for stage, count in stages.most_common())
    return ScoreTable("errors", ("first error", "facts", "share"), tuple(rows), f"by stage: {shares}")


def _confidence(figures: Figures) -> tuple[ScoreTable, ScoreTable]:
    """Return how often facts of a confidence are right, and what is wrong among the surest facts."""
    bins = tuple((f"{one['confidence']:.2f}", _share(one["right"]), str(one["facts"])) for one in figures["bins"][::-1])
    note = (
        f"expected calibration error {figures['ece']:.3f} (about {figures['chance']:.3f} by chance); "
        f"Brier score {figures['brier']:.3f}"
    )
    points = [
        (f"{coverage:.0%}", next(point for point in figures["risk_coverage"] if point[0] >= coverage - 1e-9))
        for coverage in _COVERAGES
    ]
    risks = tuple((name, f"{least:.2f}", _share(risk)) for name, (_, risk, least) in points)
    area = (
        f"area under it (AURC) {figures['aurc']:.3f}; {figures['aurc_random']:.3f} where confidences say nothing, "
        f"{figures['aurc_best']:.3f} at best"
    )
    return (
        ScoreTable("confidence", ("mean confidence", "right", "facts"), bins, note),
        ScoreTable("risk and coverage", ("surest facts", "least confidence", "wrong"), risks, area),
    )


def _rung_name(rung: str) -> str:
    return rung if rung in ("value", "full") else f"+{rung}"


def _rows(scores: Figures) -> tuple[tuple[str, ...], ...]:
    return tuple((name, *(_share(score[ratio]) for ratio in _RATIOS)) for name, score in scores.items())


def _with_intervals(score: Figures) -> tuple[str, ...]:
    ends = score["ci95"] or {}
    return tuple(cell for ratio in _RATIOS for cell in (_share(score[ratio]), _range(ends.get(ratio))))


def _share(ratio: float) -> str:
    return f"{ratio:.3f}"


def _range(ends: Sequence[float] | None) -> str:
    return f"{ends[0]:.3f}–{ends[1]:.3f}" if ends else _NONE


def align_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns, the first aligned left.

    >>> print(align_columns(["a", "bb"], [["ccc", "1"]]))
    a    bb
    ccc   1
    """
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = (
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in [head, *rows])
    )
    return "\n".join(line.rstrip() for line in lines)
