"""`ie chart`: the metrics of a programme over Jalali periods, as a picture or a page."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ie.console import failing_in_one_line, use_utf8
from ie.schema import IEError, MetricFact

if TYPE_CHECKING:
    from ie.charts import Form

__all__ = ["chart"]

_FORMS = (".svg", ".png", ".html")
_MOST_PANELS = 12
_MOST_TOPICS = 40


@failing_in_one_line
def chart(
    facts: Annotated[str, typer.Argument(metavar="FACTS", help="Facts that ie predict wrote (.jsonl); - is stdin.")],
    program: Annotated[
        str | None,
        typer.Option(metavar="P", help="A programme's words or its type; else what could be drawn is listed."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="A .svg, .png or .html file; else SVG on stdout."),
    ] = None,
) -> None:
    """Draw the metrics of a programme over Jalali periods, one panel a unit, open where the facts are.

    Example: ie chart facts.jsonl --program "واحد صنعتی" -o units.svg
    """
    if output is not None and output.suffix.lower() not in _FORMS:
        raise typer.BadParameter(f"{output}: expected a .svg, .png or .html file", param_hint="--output")
    if output is not None and os.path.realpath(output) == os.path.realpath(facts):
        raise typer.BadParameter(f"{output} is also the input; give another name", param_hint="--output")
    if output is not None and program is None:
        raise typer.BadParameter(
            "names what to draw; without it and -o the programmes are listed", param_hint="--program"
        )
    from ie.predictions import read_dated_facts

    found = read_dated_facts(facts)
    use_utf8()
    if program is None:
        _list(facts, found)
        return
    _draw(facts, found, program, output)


def _list(name: str, facts: Sequence[MetricFact]) -> None:
    """Print what could be drawn: programme, unit, number of facts."""
    from rich.console import Console
    from rich.table import Table

    from ie.series import topics_of
    from ie.terminal import RightToLeft

    topics = topics_of(facts)
    if not any(topic.drawable for topic in topics):
        raise IEError(f"{name}: no fact has both a programme and a period: nothing can be drawn")
    table = Table()
    table.add_column("programme", justify="right", min_width=14)
    table.add_column("type")
    table.add_column("unit", justify="right")
    table.add_column("facts", justify="right")
    table.add_column("without period", justify="right")
    for topic in topics[:_MOST_TOPICS]:
        undated = str(topic.undated or "")
        unit = RightToLeft(topic.unit or "")
        table.add_row(RightToLeft(topic.program), topic.program_type or "", unit, str(topic.drawable), undated)
    # a pipe has no width of its own
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    Console(width=width, highlight=False).print(table, markup=False)
    if len(topics) > _MOST_TOPICS:
        typer.echo(f"and {len(topics) - _MOST_TOPICS} more with fewer facts")


def _draw(name: str, facts: Sequence[MetricFact], program: str, output: Path | None) -> None:
    from ie.atomic import writing_bytes
    from ie.charts import draw_chart, require_charts
    from ie.jalali_axis import is_dated
    from ie.series import panels_of, select_programme, without_repeats

    require_charts()
    try:
        chosen = without_repeats(select_programme(facts, program))
    except IEError as error:
        raise IEError(f"{name}: {error}") from None
    undated = sum(not is_dated(fact.period) for fact in chosen)
    panels = panels_of(chosen)
    if not panels:
        raise IEError(f"{name}: none of the {undated} facts of {program!r} has a period: nothing can be drawn")
    if undated:
        typer.echo(f"{undated} of {len(chosen)} facts have no period and are not drawn", err=True)
    if len(panels) > _MOST_PANELS:
        units = ", ".join(panel.unit or "no unit" for panel in panels[_MOST_PANELS:])
        typer.echo(f"{len(panels) - _MOST_PANELS} units with fewer facts are not drawn: {units}", err=True)
    form = cast("Form", output.suffix.lower()[1:] if output else "svg")
    picture = draw_chart(_title(program, chosen), panels[:_MOST_PANELS], form)
    if output is None:
        typer.echo(picture.decode())
        return
    with writing_bytes(output) as file:
        file.write(picture)


def _title(program: str, facts: Sequence[MetricFact]) -> str:
    """Return the name of a programme type, else the words that were asked for."""
    from ie.taxonomy import Taxonomy

    names = {entry.id: entry.name_fa for entry in Taxonomy.load().programs}
    return (
        names.get(program.strip(), program) if all(fact.program_type == program.strip() for fact in facts) else program
    )
