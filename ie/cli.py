"""The command line: `ie predict`, `evaluate`, `convert`, `train`, `serve`. Data on stdout, everything else on stderr.

Exit codes: 0, 1 when some input was bad (the rest is still done), 2 for wrong usage, 130 after Ctrl-C. Libraries
that are slow to import are imported by the command that needs them, so that ``ie --help`` answers at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ie.chart_command import chart
from ie.console import complain, failing_in_one_line, telling_on_stderr, use_utf8
from ie.diff_command import diff
from ie.evaluate_command import evaluate, splits_near, splits_of
from ie.predict_command import predict
from ie.schema import IEError
from ie.serve_command import serve

if TYPE_CHECKING:
    from ie.annotations import AnnotatedDocument, Skipped

__all__ = ["app"]


app = typer.Typer(
    help="Read Persian reports and return metric facts: what is counted, how many, when, and where the text says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


_TOLD = 20


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


app.command(no_args_is_help=True)(predict)
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
