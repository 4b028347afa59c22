"""A comparison of two reports as people and programs read it: a table on the terminal, JSON, CSV and a page.

Everything that comes from a report is escaped: a programme that contains markup is shown, not run.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ie.atomic import writing
from ie.bounds import Bounds
from ie.comparison import OUTCOMES, Comparison, Outcome, Row, Side
from ie.records import to_json
from ie.rows import defused, flat_record
from ie.schema import IEError, MetricFact
from ie.terminal import SIGNS, RightToLeft, grouped, printable, shown_period, shown_value
from ie.wording import COMPARATORS, STATUSES, period_words, persian_number, value_words

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["SUFFIXES", "comparison_table", "render_comparison", "summary", "write_comparison"]

SUFFIXES = (".json", ".csv", ".html")

_NAMES = {
    "contradiction": ("contradiction", "contradictions"),
    "change": ("change", "changes"),
    "unclear": ("unclear pair", "unclear pairs"),
    "only_a": ("fact only in A", "facts only in A"),
    "only_b": ("fact only in B", "facts only in B"),
    "same": ("fact in both", "facts in both"),
}
_SHOWN: dict[Outcome, str] = {
    "contradiction": "contradiction", "change": "change", "unclear": "unclear", "only_a": "only in A",
    "only_b": "only in B", "same": "same",
}  # fmt: skip
_FACT_COLUMNS = (
    "id", "document", "program", "program_type", "value", "value_max", "comparator", "change_direction",
    "period_start", "period_end", "number_start", "number_end", "sentence_start", "sentence_end",
)  # fmt: skip
_SHARED_COLUMNS = ("unit", "currency", "kind", "rate", "status")


# ------------------------------------------------------------------------------------------------------------ terminal


def summary(comparison: Comparison) -> str:
    """Return in one line how many rows have each outcome."""
    counts = comparison.counts
    return ", ".join(f"{counts[name] or 'no'} {_NAMES[name][counts[name] != 1]}" for name in OUTCOMES)


def comparison_table(comparison: Comparison) -> Table:
    """Return the rows as a rich table, but for facts that both sides have alike."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    table.add_column("")
    table.add_column("programme", justify="right", min_width=14)
    table.add_column("unit", justify="right")
    table.add_column(Text(f"A: {printable(comparison.a.name)}"), justify="right")
    table.add_column(Text(f"B: {printable(comparison.b.name)}"), justify="right")
    table.add_column("B − A", justify="right")
    for row in comparison.rows:
        if row.outcome != "same":
            table.add_row(
                _SHOWN[row.outcome],
                RightToLeft(_programmes(row)),
                RightToLeft(row.fact.unit or ""),
                Text(_fact_lines(row.a)),
                Text(_fact_lines(row.b)),
                Text("\n".join(filter(None, (*_difference_lines(row), row.note)))),
            )
    return table


def _programmes(row: Row) -> str:
    """Return the programme as both call it where they differ."""
    names = dict.fromkeys((fact.program or "–") for fact in (row.a, row.b) if fact is not None)
    return " / ".join(names)


def _fact_lines(fact: MetricFact | None) -> str:
    if fact is None:
        return ""
    status = "" if fact.status == "actual" else f" ({fact.status})"
    return "\n".join(filter(None, (shown_value(fact) + status, shown_period(fact.period), printable(fact.id))))


def _difference_lines(row: Row) -> tuple[str, str]:
    points = " points" if row.difference_unit == "واحد درصد" else ""
    percent = f"{_shown(row.percent)}%" if row.percent else ""
    return (_shown(row.difference) + points if row.difference else "", percent)


def _shown(bounds: Bounds) -> str:
    """Return a difference with its sign and what is known of it.

    >>> _shown(Bounds(None, Decimal(40))), _shown(Bounds(Decimal(-5), Decimal(-5), rough=True))
    ('≤ +40', '≈ −5')
    """
    return _worded(bounds, SIGNS, "≈ ", " … ", _signed)


def _worded(
    bounds: Bounds, comparators: Mapping[str, str], about: str, to: str, number: Callable[[Decimal], str]
) -> str:
    """Return bounds with the words or signs given: for comparators, for a rough end, between the ends of a range."""
    form = bounds.comparator
    ends = [end for end in (bounds.low, bounds.high) if end is not None]
    rough = about if bounds.rough and form != "approx" else ""
    return comparators[form] + rough + to.join(map(number, ends if form == "range" else ends[:1]))


def _signed(value: Decimal) -> str:
    return ("+" if value > 0 else "") + grouped(value).replace("-", "−")


# --------------------------------------------------------------------------------------------------------------- files


def write_comparison(comparison: Comparison, target: str | Path) -> None:
    """Write a comparison in the form of the suffix: ``.json`` and ``.csv`` with all rows, ``.html`` to look at."""
    suffix = Path(target).suffix.lower()
    if suffix not in SUFFIXES:
        raise IEError(f"{target}: expected one of {', '.join(SUFFIXES)}, found {suffix or 'no suffix'}")
    with writing(target) as file:
        if suffix == ".json":
            file.write(to_json(comparison.to_dict()) + "\n")
        elif suffix == ".csv":
            _write_csv(comparison, file)
        else:
            file.write(render_comparison(comparison))


def _write_csv(comparison: Comparison, file: IO[str]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    columns = [f"{name}_{side}" for side in "ab" for name in (*_FACT_COLUMNS, "sentence")]
    bounds = [f"{name}_{end}" for name in ("difference", "percent") for end in ("low", "high", "comparator")]
    writer.writerow(["outcome", "programme_by", *_SHARED_COLUMNS, *bounds, "note", *columns])
    for row in comparison.rows:
        shared = flat_record(row.fact)
        cells: list[object] = [row.outcome, row.likeness, *(shared[name] for name in _SHARED_COLUMNS)]
        for known in (row.difference, row.percent):
            cells += [known.low, known.high, known.comparator] if known else [None] * 3
        cells += [row.note, *_fact_cells(comparison.a, row.a), *_fact_cells(comparison.b, row.b)]
        writer.writerow([_cell(cell) for cell in cells])


def _fact_cells(side: Side, fact: MetricFact | None) -> list[object]:
    if fact is None:
        return [None] * (len(_FACT_COLUMNS) + 1)
    record = flat_record(fact)
    return [*(record[name] for name in _FACT_COLUMNS), side.sentence(fact)]


def _cell(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    # a bare carriage return would end the row for some readers
    return defused(value).replace("\r", " ") if isinstance(value, str) else value


# ---------------------------------------------------------------------------------------------------------------- page

_PERSIAN: dict[Outcome, str] = {
    "contradiction": "ناسازگاری", "change": "تغییر", "unclear": "نامعلوم", "only_a": "فقط در الف",
    "only_b": "فقط در ب", "same": "یکسان",
}  # fmt: skip
_NOTES = {
    "neither says when": "هیچ‌یک زمان ندارد",
    "only one of them says when": "تنها یکی زمان دارد",
    "periods of different lengths": "دوره‌ها هم‌اندازه نیستند",
    "programmes named in different words": "برنامه‌ها با واژه‌های متفاوت",
    "parts of other figures": "هر دو بخشی از شمار دیگر",
    "changes against different periods": "تغییر نسبت به دوره‌های متفاوت",
    "B tells of an earlier period": "دورهٔ ب پیش از الف است",
    "periods begin on the same day": "آغاز دوره‌ها یکی است",
    "bounds leave the difference open": "حدها تفاوت را معلوم نمی‌کنند",
    "one of several figures for this programme and period": "یکی از چند عدد این برنامه و دوره",
}
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #8885; --bad: #b3261e; --new: #1b6e3c }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --paper: #14181d; --bad: #ff9d92; --new: #7fd6a2 } }
body { font: 1rem/1.7 Vazirmatn, system-ui, Tahoma, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: start; vertical-align: top }
.contradiction td:first-child { color: var(--bad); font-weight: bold }
.only_b td:first-child { color: var(--new) }
.same { opacity: .8 }
small { display: block; opacity: .8 }
blockquote { margin: .3rem 0 0; font-size: .9rem; max-width: 28rem }
"""


def render_comparison(comparison: Comparison) -> str:
    """Return an HTML page of all rows, right to left, with the sentences of the facts where texts are at hand."""
    counts = "، ".join(
        f"{_PERSIAN[name]}: {persian_number(Decimal(number))}" for name, number in comparison.counts.items() if number
    )
    names = escape(f"الف: {comparison.a.name} — ب: {comparison.b.name}")
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("", "برنامه", "یکا", "الف", "ب", "تفاوت ب با الف"))
    rows = "\n".join(_page_row(comparison, row) for row in comparison.rows)
    page = (
        '<!doctype html>\n<html lang="fa" dir="rtl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{names}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>سنجش دو گزارش</h1>\n"
        f"<p>{names}</p>\n<p>{counts}</p>\n"
        f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>\n'
        "</main>\n</body>\n</html>\n"
    )
    return page.encode("utf-8", "backslashreplace").decode()


def _page_row(comparison: Comparison, row: Row) -> str:
    cells = (
        escape(_PERSIAN[row.outcome]),
        escape(_programmes(row)),
        escape(row.fact.unit or ""),
        _page_fact(comparison.a, row.a),
        _page_fact(comparison.b, row.b),
        _page_difference(row),
    )
    return f'<tr class="{row.outcome}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _page_fact(side: Side, fact: MetricFact | None) -> str:
    if fact is None:
        return ""
    status = "" if fact.status == "actual" else f" ({STATUSES[fact.status]})"
    sentence = side.sentence(fact)
    lines = [escape(value_words(fact) + status)]
    if fact.period is not None:
        lines.append(f"<small>{escape(period_words(fact.period))}</small>")
    lines.append(f'<small dir="ltr">{escape(fact.id)}</small>')
    if sentence:
        lines.append(f"<blockquote>{escape(sentence)}</blockquote>")
    return "".join(lines)


def _page_difference(row: Row) -> str:
    lines = [f"<small>{escape(_NOTES[note])}</small>" for note in row.note.split("; ") if note]
    if row.percent is not None:
        lines.insert(0, f"<small>{escape(_page_bounds(row.percent))} درصد</small>")
    if row.difference is not None:
        unit = " " + row.difference_unit if row.difference_unit else ""
        lines.insert(0, escape(_page_bounds(row.difference) + unit))
    return "".join(lines)


def _page_bounds(bounds: Bounds) -> str:
    """Return a difference in words: signs of comparison would turn with the line.

    >>> _page_bounds(Bounds(Decimal(3), None, low_open=True))
    'بیش از ‎+۳'
    """
    return _worded(bounds, COMPARATORS, "حدود ", " تا ", _page_number)


def _page_number(value: Decimal) -> str:
    # the mark keeps the sign on the left of its number
    return "\u200e" + ("+" if value > 0 else "") + persian_number(value)
