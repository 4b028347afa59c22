"""`ie diff`: what changed between two reports of an organisation."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ie.console import failing_in_one_line, usable, use_utf8
from ie.feed import Feed, read_date
from ie.schema import IEError
from ie.sources import check_encoding, find_sources
from ie.streaming import Reading

if TYPE_CHECKING:
    from ie.comparison import Comparison, Side

__all__ = ["diff"]

_FORMS = (".json", ".csv", ".html")


@failing_in_one_line
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A report (.txt .html .docx .pdf), or facts (.jsonl).")],
    b: Annotated[str, typer.Argument(metavar="B", help="The report or facts to set against it.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Write all rows: a .json or .csv file, or a .html page."),
    ] = None,
    fail_on_contradiction: Annotated[
        bool, typer.Option("--fail-on-contradiction", help="Exit with 1 where the two contradict each other.")
    ] = False,
    date_a: Annotated[
        str | None, typer.Option(metavar="DATE", help="Jalali date of the report A; else inferred.")
    ] = None,
    date_b: Annotated[
        str | None, typer.Option(metavar="DATE", help="Jalali date of the report B; else inferred.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of reports that are not UTF-8, e.g. cp1256.")] = "utf-8",
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="Model folder; else the model in the package.")
    ] = None,
) -> None:
    """Tell which facts changed between two reports: other periods, contradictions, facts that only one has.

    Example: ie diff report-1400.txt report-1401.txt -o changes.html
    """
    _check_output(output, a, b)
    usable(check_encoding, encoding, "--encoding")
    first = _side(a, usable(read_date, date_a, "--date-a"), encoding, model)
    second = _side(b, usable(read_date, date_b, "--date-b"), encoding, model)
    from ie.comparison import compare_sides

    comparison = compare_sides(first, second)
    _tell(comparison, output)
    if fail_on_contradiction and comparison.counts["contradiction"]:
        raise typer.Exit(1)


def _check_output(output: Path | None, *inputs: str) -> None:
    if output is None:
        return
    if output.suffix.lower() not in _FORMS:
        raise typer.BadParameter(f"{output}: expected a .json, .csv or .html file", param_hint="--output")
    if os.path.realpath(output) in map(os.path.realpath, inputs):
        raise typer.BadParameter(f"{output} is also an input; give another name", param_hint="--output")


def _side(path: str, date: str | None, encoding: str, model: str | None) -> Side:
    """Return the facts of a file of facts, or those that the model reads in a report."""
    from ie.comparison import Side

    if _holds_facts(path):
        from ie.predictions import read_dated_facts

        return Side(path, read_dated_facts(path))
    feed = Feed(find_sources([path]), Reading(report_date=date, encoding=encoding))
    documents = list(feed)
    if feed.failures:
        raise typer.Exit(1)
    if not any(document.text.strip() for document in documents):
        raise IEError(f"{path}: expected a report, found no text")
    from ie.extractor import Extractor

    reports = list(Extractor.load(model).predict_many(documents))
    facts = tuple(fact for report in reports for fact in report.facts)
    return Side(path, facts, {document.id: document.text for document in documents})


def _holds_facts(path: str) -> bool:
    """Tell whether a .jsonl file holds facts: its first line is none of a report, which has a text and no value."""
    if not path.lower().endswith(".jsonl"):
        return False
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as lines:
            first = json.loads(next((line for line in lines if line.strip()), "null"))
    except (OSError, ValueError, RecursionError):
        return True  # reading it says what is wrong
    return not (isinstance(first, dict) and "text" in first and "value" not in first)


def _tell(comparison: Comparison, output: Path | None) -> None:
    from ie.comparison_forms import comparison_table, summary, write_comparison

    use_utf8()
    if output is not None:
        write_comparison(comparison, output)
    elif len(comparison.rows) > comparison.counts["same"]:
        from rich.console import Console

        # a pipe has no width of its own
        width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120
        Console(width=width, highlight=False).print(comparison_table(comparison), markup=False)
    typer.echo(summary(comparison))
