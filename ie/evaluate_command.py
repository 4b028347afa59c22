"""`ie evaluate`: score facts against gold facts, on the terminal and as a page or JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ie.console import complain, failing_in_one_line, use_utf8
from ie.schema import IEError, MetricFact

if TYPE_CHECKING:
    from ie.annotations import Annotations
    from ie.evaluation import Evaluation
    from ie.scorecard import Comparison

__all__ = ["evaluate", "splits_near", "splits_of"]

_FORMS = (".json", ".html")


class Part(StrEnum):
    """The parts that documents are split into."""

    train = "train"
    dev = "dev"
    test = "test"


@failing_in_one_line
def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="Gold facts: a .jsonl or .gold.json file, or a folder of them.")
    ],
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="P", help="Facts that ie predict wrote (.jsonl); else the model reads the gold texts."),
    ] = None,
    part: Annotated[
        Part | None, typer.Option(help="Score one part of the split only (splits.json beside GOLD or above it).")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="Model folder; else the model in the package.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Also write all figures: a .html page or a .json file."),
    ] = None,
) -> None:
    """Score facts and spans against gold ones, with intervals, causes of errors and the worth of confidences.

    Slot by slot where the gold is one report. Example: ie evaluate gold.jsonl --predictions facts.jsonl -o scores.html
    """
    if output is not None and output.suffix.lower() not in _FORMS:
        raise typer.BadParameter(f"{output}: expected a .html or .json file", param_hint="--output")
    if output is not None and output.resolve() in {path.resolve() for path in (gold, predictions) if path}:
        raise typer.BadParameter(f"{output} is also an input; give another name", param_hint="--output")
    from ie.annotations import read_annotations, read_splits
    from ie.scorecard import compare_report

    logging.getLogger("ie").addHandler(logging.NullHandler())  # what it warns of is told below
    documents = read_annotations(gold)
    if part is not None:
        documents = documents.part(part.value, read_splits(splits_of(gold)))
    scores, found = _scored(documents, predictions, model)
    comparisons = [compare_report(one, found.get(one.id, ())) for one in documents] if len(documents) == 1 else []
    use_utf8()
    for comparison in comparisons:
        typer.echo(comparison.table() + "\n")
    typer.echo(scores.table())
    if output is not None:
        _write(output, scores, comparisons, f"{gold.name}, {part.value}" if part else gold.name)
    for line in documents.skipped:
        complain(line)
    if documents.skipped:
        raise typer.Exit(1)


def _scored(
    documents: Annotations, predictions: Path | None, model: str | None
) -> tuple[Evaluation, Mapping[str, Sequence[MetricFact]]]:
    """Return the scores of the facts of a file, or of those that a model reads, and the facts by document."""
    from ie.evaluation import evaluate as score
    from ie.predictions import read_predictions

    if predictions is not None:
        found = read_predictions(predictions)
        return score(documents, found), found
    from ie.extractor import Extractor

    reports = list(Extractor.load(model).predict_many(item.document for item in documents))
    return score(documents, reports), {report.document.id: report.facts for report in reports}


def _write(output: Path, scores: Evaluation, comparisons: Iterable[Comparison], title: str) -> None:
    from ie.outputs import writing

    comparison = next((one.to_dict() for one in comparisons), None)
    with writing(output) as file:
        if output.suffix.lower() == ".html":
            file.write(scores.to_html(title, comparison))
        else:
            file.write(json.dumps(scores.to_dict(), ensure_ascii=False, indent=2) + "\n")


def splits_of(gold: Path) -> Path:
    """Return the nearest ``splits.json``: in the folder of the gold documents or one above."""
    found = splits_near(gold)
    if not found:
        raise IEError(f"{gold}: expected a splits.json beside it or in a folder above, found none; leave out --part")
    return found[0]


def splits_near(gold: Path) -> list[Path]:
    """Return every ``splits.json`` in the folder of the gold documents and one above, the nearest first."""
    places = [folder / "splits.json" for folder in (gold, *gold.resolve().parents[:2]) if folder.is_dir()]
    return [place for place in places if place.is_file()]
