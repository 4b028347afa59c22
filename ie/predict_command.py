"""`ie predict`: the facts of reports on stdout, in a file or a database, or as the shards of a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ie.console import complain, ending_on_sigterm, failing_in_one_line, usable, use_utf8
from ie.devices import check_device
from ie.feed import Feed, read_date, showing_progress
from ie.sieve import Sieve
from ie.sources import STDIN, Columns, Failure, Source, check_encoding, find_sources
from ie.storage import is_stored
from ie.streaming import Reading, name_of, read_each

if TYPE_CHECKING:
    from ie.extractor import Report
    from ie.manifest import ShardRecord, Totals
    from ie.parts import Outcome

__all__ = ["predict"]

_TOLD = 20  # failures of a folder of shards that are told; its manifest has all


class Format(StrEnum):
    """How facts are written on stdout and in shards."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


class Engine(StrEnum):
    """What reads: this machine, or a Ray cluster."""

    local = "local"
    ray = "ray"


@failing_in_one_line
def predict(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILES...",
            help="Files (.txt .html .docx .pdf .jsonl .csv .parquet), folders, quoted globs, or - for text on stdin.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="What to write: .jsonl, .csv, .parquet, .xlsx, .html (a page to look at), .labelstudio.json (to "
            "correct in Label Studio), a database like sqlite:///facts.db, or a folder/ of shards for any number of "
            "documents, which the same command goes on with after an interruption; - is stdout.",
        ),
    ] = "-",
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="Form of the facts on stdout (a table on a terminal, jsonl elsewhere) or in shards (jsonl).",
        ),
    ] = None,
    report_date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Jalali date of all reports: 1401-07-15, 1401-07 or 1401; else inferred."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of files that are not UTF-8, e.g. cp1256.")] = "utf-8",
    text_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of the texts in .csv, .parquet and .jsonl; else text.")
    ] = None,
    date_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of their dates, Jalali or Gregorian; else date.")
    ] = None,
    id_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of their ids; else id, else the row's number.")
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin CSV with the mark by which Excel knows UTF-8.")] = False,
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="Model folder; else the model in the package.")
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Where the model runs: cpu, cuda, cuda:1; auto is a GPU or else cpu.")
    ] = "auto",
    rules: Annotated[bool, typer.Option("--rules", help="Read without a model: rules alone, faster.")] = False,
    min_confidence: Annotated[
        float, typer.Option(metavar="X", help="Leave out facts that are less sure than X, from 0 to 1.")
    ] = 0.0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say below each table, in a line a fact, why it has its slots.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Processes that read side by side, else one; 0 is one a core."),
    ] = None,
    shard_size: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Documents of a shard; 1000, fewer where they are long.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin a folder of shards anew, whatever it holds of an earlier run.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="Where to read: here, or on the Ray cluster of RAY_ADDRESS (-o is a folder or URL).")
    ] = Engine.local,
) -> None:
    """Print or write the metric facts of reports.

    Example: ie predict reports/ 'archive/*.txt' -o facts.csv --encoding cp1256
    """
    usable(check_encoding, encoding, "--encoding")
    sieve = usable(Sieve, min_confidence, "--min-confidence")
    date = usable(read_date, report_date, "--report-date")
    if rules and model is not None:
        raise typer.BadParameter("reads without a model; leave out --model", param_hint="--rules")
    columns = Columns(text_column, date_column, id_column)
    usable(check_device, device, "--device")
    feed = Feed(find_sources(files), Reading(model, rules, date, encoding, columns, min_confidence, device))
    for_shards = "--shard-size" if shard_size else "--restart" if restart else None
    in_folder = engine == Engine.ray or _is_folder(output, bool(for_shards))
    _check_output(output, form, feed.sources, in_folder)
    if for_shards and not in_folder:
        raise typer.BadParameter("is for a folder of shards: give one, like -o facts/", param_hint=for_shards)
    with ending_on_sigterm(), showing_progress(feed, visible=output != "-" or not sys.stdout.isatty()):
        if engine == Engine.ray:
            _read_on_ray(feed, output, form, workers, restart)
        elif in_folder:
            _write_shards(feed, output, form, shard_size, _processes(workers), bom, restart, sieve)
        else:
            with _outcomes(feed, _processes(workers)) as outcomes:
                reports = feed.counting(sieve.sift(feed.reports(outcomes)))
                if output == "-":
                    plain = Format.table if sys.stdout.isatty() or explain else Format.jsonl
                    _print_reports(reports, form or plain, bom, explain)
                else:
                    reports = _unless_none_was_read(reports, feed)
                    _write_reports(reports, output, "rules" if rules else Path(model or "compact").name, bom)
    sieve.tell()
    if feed.failures:
        raise typer.Exit(1)


def _processes(workers: int | None) -> int:
    from ie.workers import cores

    return 1 if workers is None else workers or cores()


def _note(line: str) -> None:
    typer.echo(f"note: {line}", err=True)


@contextmanager
def _outcomes(feed: Feed, workers: int) -> Iterator[Iterator[Report | Failure]]:
    """Read the feed here or in workers; what comes out is in its order and the same."""
    if workers == 1:
        yield read_each(feed.reading.extractor(), feed.items(), feed.reading)
        return
    from ie.shards import shards_of
    from ie.workers import Abandoned, Crew, in_order, outcomes_of

    with Crew(workers, feed.reading, outcomes_of, _note) as crew:
        # a few documents at a time, so that the first come soon and few are in memory
        results = in_order(crew.run(shards_of(feed.items(), 32, 2**18), ahead=2 * workers))
        yield chain.from_iterable(
            [Failure(name_of(item), result.reason) for item in task.items] if isinstance(result, Abandoned) else result
            for task, result in results
        )


# ------------------------------------------------------------------------------------------------ folders and clusters


def _write_shards(
    feed: Feed, output: str, form: Format | None, size: int | None, workers: int, bom: bool, restart: bool, sieve: Sieve
) -> None:
    from ie.shards import Plan, Told, write_shards

    plan = Plan(Path(output), (form or Format.jsonl).value, size or 1000, workers, bom, restart)  # type: ignore[arg-type]
    kept = 0

    def tell(record: ShardRecord, was_there: bool) -> None:
        nonlocal kept
        kept += was_there
        _count(feed, record.documents, record.characters, record.facts, record.failures)

    try:
        totals = write_shards(feed.sources, feed.items(), feed.reading, plan, Told(tell, _note))
    finally:
        if feed.failures > _TOLD:
            complain(f"{feed.failures - _TOLD} more documents failed; {Path(output, '_manifest.jsonl')} names all")
    sieve.facts, sieve.kept = totals.facts + totals.left_out, totals.facts
    _sum_up(totals, kept, output)


def _sum_up(totals: Totals, kept: int, output: str) -> None:
    there = f", {kept:,} of them there before" if kept else ""
    typer.echo(
        f"{totals.documents:,} documents, {totals.facts:,} facts, {totals.failures:,} failures in {output}: "
        f"{totals.shards:,} shards{there}",
        err=True,
    )


def _read_on_ray(feed: Feed, output: str, form: Format | None, workers: int | None, restart: bool) -> None:
    from ie.extras import require

    require("--engine ray", "ray", "ray")
    from ie import distributed

    if restart:
        raise typer.BadParameter("is not for --engine ray; give another folder", param_hint="--restart")
    if form not in (None, Format.parquet):
        raise typer.BadParameter("--engine ray writes parquet", param_hint="--format")

    def tell(outcome: Outcome) -> None:
        _count(feed, outcome.documents, outcome.characters, outcome.facts, outcome.failures)

    cards = 1.0 if feed.reading.device.startswith("cuda") else 0.0
    resources = distributed.Resources(most=workers or None, gpus=cards)
    tally = distributed.predict(feed.sources, output, feed.reading, resources, told=tell)
    there = f", {tally.kept:,} of them there before" if tally.kept else ""
    typer.echo(
        f"{tally.documents:,} documents, {tally.facts:,} facts, {tally.failures:,} failures in {output}: "
        f"{tally.parts + tally.kept:,} parts{there}",
        err=True,
    )


def _count(feed: Feed, documents: int, characters: int, facts: int, failures: Iterable[Failure]) -> None:
    feed.documents += documents
    feed.characters += characters
    feed.facts += facts
    for failure in failures:
        feed.failures += 1
        if feed.failures <= _TOLD:
            complain(failure)
    feed.read_on()


# ---------------------------------------------------------------------------------------- files, databases and stdout


def _unless_none_was_read(reports: Iterable[Report], feed: Feed) -> Iterator[Report]:
    """Yield the reports; where every document failed, what was there before is not to be replaced by nothing."""
    yield from reports
    if feed.failures and not feed.documents:
        raise typer.Exit(1)


def _write_reports(reports: Iterable[Report], output: str, model: str, bom: bool) -> None:
    """Write the facts of reports in the form of the output, or the reports as a page or Label Studio's predictions."""
    from ie.outputs import is_database, write_database, write_facts, writing

    if _is_page(output):
        from ie.review import write_pages

        with writing(output) as file:
            write_pages(((one.document, one.spans, one.facts, _date_of(one)) for one in reports), file)
        return
    if is_database(output):
        write_database(((report.document.id, report.facts) for report in reports), output)
        return
    if not _is_for_labelstudio(output):
        write_facts((fact for report in reports for fact in report.facts), output, bom=bom)
        return
    from ie import __version__
    from ie.labelstudio import write_predictions

    read = ((replace(report.document, date=_date_of(report)), report.spans, report.facts) for report in reports)
    with writing(output) as file:
        write_predictions(read, file, f"ie {__version__} {model}")


def _is_for_labelstudio(output: str) -> bool:
    return output.lower().endswith(".labelstudio.json")


def _is_page(output: str) -> bool:
    return output.lower().endswith(".html")


def _date_of(report: Report) -> str | None:
    return report.report_date.date if report.report_date else None


def _print_reports(reports: Iterable[Report], form: Format, bom: bool, explain: bool) -> None:
    from ie.outputs import facts_table, write_csv, write_jsonl
    from ie.terminal import printable

    use_utf8()
    if form != Format.table:
        facts = (fact for report in reports for fact in report.facts)
        if form == Format.csv:
            write_csv(facts, sys.stdout, bom=bom)
        else:
            write_jsonl(facts, sys.stdout)
        return
    from rich.console import Console

    # a pipe has no width of its own
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    console = Console(width=width, highlight=False)
    for report in reports:
        title = f"{report.document.id}: {len(report.facts) or 'no'} fact{'' if len(report.facts) == 1 else 's'}"
        console.print(facts_table(report.facts, title) if report.facts else title, markup=False)
        for fact in report.facts if explain else ():
            console.print(printable(f"{fact.id}: {fact.explain()}"), markup=False, soft_wrap=True)


def _is_folder(output: str, wanted: bool) -> bool:
    """Tell whether an output is a folder of shards: it ends as one, or is there, or is wanted and has no suffix."""
    if output.endswith(("/", os.sep)) or os.path.isdir(output):
        return True
    return wanted and output != STDIN and not os.path.splitext(output)[1] and ":" not in output


def _check_output(output: str, form: Format | None, sources: Iterable[Source | Failure], in_folder: bool) -> None:
    """Raise where the output cannot be written in the form, or is what is read."""
    if output == "-" and form == Format.parquet:
        raise typer.BadParameter("parquet is written to a file or a folder: -o facts.parquet", param_hint="--format")
    if in_folder:
        _check_folder(output, form, sources)
        return
    if output == "-":
        return
    from ie.outputs import check_output, is_database

    if form is not None:
        raise typer.BadParameter(
            "is for stdout and folders; a file is written in the form of its suffix", param_hint="--format"
        )
    if not (_is_for_labelstudio(output) or _is_page(output)):
        usable(check_output, output, "--output")
    if is_database(output):
        return
    target = os.path.realpath(output)
    if any(isinstance(source, Source) and os.path.realpath(source.path) == target for source in sources):
        raise typer.BadParameter(f"{output} is also an input; give another name", param_hint="--output")


def _check_folder(output: str, form: Format | None, sources: Iterable[Source | Failure]) -> None:
    if output == "-":
        raise typer.BadParameter("--engine ray writes a folder: give one, like -o facts/", param_hint="--output")
    if form == Format.table:
        raise typer.BadParameter("shards are jsonl, csv or parquet", param_hint="--format")
    paths = [source.path for source in sources if isinstance(source, Source)]
    if STDIN in paths:
        raise typer.BadParameter("standard input cannot be read again; give files", param_hint="FILES")
    folder = os.path.join(os.path.realpath(output), "")
    if not is_stored(output) and any(
        os.path.realpath(path).startswith(folder) for path in paths if not is_stored(path)
    ):
        raise typer.BadParameter(f"{output} is also an input; give another folder", param_hint="--output")
