"""The command line: `ie predict`, `evaluate`, `convert`, `train`, `serve`. Data on stdout, everything else on stderr.

Exit codes: 0, 1 when some input was bad (the rest is still done), 2 for wrong usage, 130 after Ctrl-C. Libraries
that are slow to import are imported by the command that needs them, so that ``ie --help`` answers at once.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ie.chart_command import chart
from ie.console import complain, failing_in_one_line, telling_on_stderr, usable, use_utf8
from ie.diff_command import diff
from ie.evaluate_command import evaluate, splits_near, splits_of
from ie.feed import Feed, read_date, showing_progress
from ie.schema import IEError
from ie.serve_command import serve
from ie.sieve import Sieve
from ie.sources import Columns, Failure, Source, check_encoding, find_sources

if TYPE_CHECKING:
    from ie.annotations import AnnotatedDocument, Skipped
    from ie.extractor import Report

__all__ = ["app"]


app = typer.Typer(
    help="Read Persian reports and return metric facts: what is counted, how many, when, and where the text says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


_TOLD = 20

Model = Annotated[str | None, typer.Option(metavar="PATH", help="Model folder; else the model in the package.")]


class Format(StrEnum):
    """How facts are printed on stdout."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


class CorpusFormat(StrEnum):
    """The formats that annotated documents are in."""

    jsonl = "jsonl"
    conll = "conll"
    brat = "brat"
    doccano = "doccano"
    labelstudio = "labelstudio"
    datasets = "datasets"


def _print_version(wanted: bool) -> None:
    if wanted:
        from ie import __version__

        typer.echo(f"ie {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command(no_args_is_help=True)
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
            "correct in Label Studio), or a database like sqlite:///facts.db; - is stdout.",
        ),
    ] = "-",
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Form of the facts on stdout: a table on a terminal and jsonl elsewhere."),
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
    model: Model = None,
    min_confidence: Annotated[
        float, typer.Option(metavar="X", help="Leave out facts that are less sure than X, from 0 to 1.")
    ] = 0.0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say below each table, in a line a fact, why it has its slots.")
    ] = False,
) -> None:
    """Print or write the metric facts of reports.

    Example: ie predict reports/ 'archive/*.txt' -o facts.csv --encoding cp1256
    """
    sources = find_sources(files)
    usable(check_encoding, encoding, "--encoding")
    _check_output(output, form, sources)
    columns = Columns(text_column, date_column, id_column)
    feed = Feed(sources, encoding, usable(read_date, report_date, "--report-date"), columns)
    sieve = usable(Sieve, min_confidence, "--min-confidence")
    from ie.extractor import Extractor

    extractor = Extractor.load(model)
    with showing_progress(feed, visible=output != "-" or not sys.stdout.isatty()):
        reports = feed.counting(sieve.sift(extractor.predict_many(feed)))
        if output == "-":
            plain = Format.table if sys.stdout.isatty() or explain else Format.jsonl
            _print_reports(reports, form or plain, bom, explain)
        else:
            _write_reports(_unless_none_was_read(reports, feed), output, Path(model or "compact").name, bom)
    sieve.tell()
    if feed.failures:
        raise typer.Exit(1)


app.command(no_args_is_help=True)(evaluate)
app.command(no_args_is_help=True)(chart)
app.command(no_args_is_help=True)(diff)
app.command()(serve)


@app.command(no_args_is_help=True)
@failing_in_one_line
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A file or folder of annotated documents.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="What to write: .conll, .brat/, .doccano.jsonl, .labelstudio.json …")
    ],
    source_form: Annotated[
        CorpusFormat | None, typer.Option("--from", help="Format of IN; else by its suffix and content.")
    ] = None,
    target_form: Annotated[CorpusFormat | None, typer.Option("--to", help="Format of OUT; else by its suffix.")] = None,
    text: Annotated[bool, typer.Option("--text/--no-text", help="Whether a .jsonl file holds the texts.")] = True,
) -> None:
    """Write annotated documents in another format, with all that they say; stand-off ones are joined with their texts.

    Example: ie convert annotations/authored tasks.labelstudio.json
    """
    from ie import formats

    logging.getLogger("ie").addHandler(logging.NullHandler())  # what it warns of is told below
    documents = formats.convert(
        source, target, source_form and source_form.value, target_form and target_form.value, text
    )
    typer.echo(f"{len(documents)} documents written to {target}" if len(documents) else f"{source}: no document")
    for line in documents.skipped[:_TOLD]:
        complain(line)
    if len(documents.skipped) > _TOLD:
        complain(f"{source}: {len(documents.skipped) - _TOLD} more documents skipped")
    if documents.skipped:
        raise typer.Exit(1)


@app.command(no_args_is_help=True)
@failing_in_one_line
def train(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="A TOML file of settings; configs/ holds two to begin with.")
    ],
) -> None:
    """Fine-tune a model on annotated documents, write its folder and print its scores as JSON.

    Example: ie train configs/parsbert.toml
    """
    from ie.configuration import read_config

    try:
        from ie import training
    except ModuleNotFoundError as error:
        raise IEError(f"training needs {error.name}; install it with: pip install 'ie-fa[train]'") from None
    with telling_on_stderr():
        metrics = training.train(read_config(training.TrainConfig, config))
    typer.echo(json.dumps(metrics, indent=2))


corpus_commands = typer.Typer(
    help="Look at annotated documents.\n\nExample: ie annotations stats", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(corpus_commands, name="annotations")


@corpus_commands.callback()
def _annotations() -> None:
    pass


@corpus_commands.command()
@failing_in_one_line
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS...", help="Annotation files or folders; else annotations/real and /authored."),
    ] = None,
) -> None:
    """Check annotated documents: offsets, overlaps, digits left out, relations, values and intervals that re-parse.

    Example: ie annotations check annotations/authored
    """
    from ie.validation import validate_document

    documents, skipped = _read_all(paths or _home())
    findings = [finding for document in documents for finding in validate_document(document)]
    use_utf8()
    for finding in findings:
        typer.echo(finding)
    for line in skipped:
        complain(line)
    typer.echo(f"{len(documents):,} documents checked, {len(findings)} findings, {len(skipped)} skipped")
    if findings or skipped:
        raise typer.Exit(1)


def _home() -> list[Path]:
    return [Path("annotations", name) for name in ("real", "authored")]


def _read_all(paths: Sequence[Path]) -> tuple[list[AnnotatedDocument], list[Skipped]]:
    """Return the documents of all paths and the lines that were left out."""
    from ie.annotations import read_annotations

    logging.getLogger("ie").addHandler(logging.NullHandler())  # what it warns of is told by the caller
    sources = [read_annotations(path) for path in paths]
    return [one for source in sources for one in source], [line for source in sources for line in source.skipped]


@corpus_commands.command()
@failing_in_one_line
def stats(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS...", help="Annotation files or folders; else annotations/real and /authored."),
    ] = None,
    double: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="first.jsonl and second.jsonl: documents as two annotators read them; else annotations/double.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Also write a .svg chart or a .json file.")
    ] = None,
) -> None:
    """Count documents, spans, facts by slot, domains and phenomena, and measure the agreement of two annotators.

    Example: ie annotations stats -o corpus.svg
    """
    from ie.agreement import measure_agreement
    from ie.annotations import read_annotations, read_splits
    from ie.corpus import count_corpus, draw_statistics
    from ie.outputs import writing

    if output is not None and output.suffix not in (".svg", ".json"):
        raise typer.BadParameter(f"{output}: expected a .svg or .json file", param_hint="--output")
    if not paths:
        paths, double = _home(), double or Path("annotations", "double")
    documents, skipped = _read_all(paths)
    # both annotators read these texts; they are not kept twice
    texts = {document.id: document.text for document in documents}
    readings = [read_annotations(double / name, texts) for name in ("first.jsonl", "second.jsonl")] if double else []
    counts = count_corpus(
        documents,
        read_splits(splits_of(paths[0])) if splits_near(paths[0]) else None,
        measure_agreement(*readings) if any(map(len, readings)) else None,
        len(skipped),
    )
    use_utf8()
    typer.echo(counts.table())
    if output is not None:
        form = draw_statistics(counts) if output.suffix == ".svg" else json.dumps(counts.to_dict(), indent=2) + "\n"
        with writing(str(output)) as file:
            file.write(form)
    for line in skipped:
        complain(line)
    if skipped:
        raise typer.Exit(1)


def _unless_none_was_read(reports: Iterable[Report], feed: Feed) -> Iterator[Report]:
    """Yield the reports; where every document failed, what was there before is not to be replaced by nothing."""
    yield from reports
    if feed.failures and not feed.documents:
        raise typer.Exit(1)


def _write_reports(reports: Iterable[Report], output: str, model: str, bom: bool) -> None:
    """Write the facts of reports in the form of the output, or the reports as a page or Label Studio's predictions."""
    from ie import __version__
    from ie.labelstudio import write_predictions
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


def _check_output(output: str, form: Format | None, sources: list[Source | Failure]) -> None:
    if output == "-":
        return
    from ie.outputs import check_output, is_database

    if form is not None:
        raise typer.BadParameter("is for stdout; a file is written in the form of its suffix", param_hint="--format")
    if not (_is_for_labelstudio(output) or _is_page(output)):
        usable(check_output, output, "--output")
    if is_database(output):
        return
    target = os.path.realpath(output)
    if any(isinstance(source, Source) and os.path.realpath(source.path) == target for source in sources):
        raise typer.BadParameter(f"{output} is also an input; give another name", param_hint="--output")
