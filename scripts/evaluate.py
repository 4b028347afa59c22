"""Score what the model, the rules alone and the linker on gold spans read out of annotated documents.

Prints the F1 of facts side by side with its 95 % interval, and writes all figures of each as JSON and as a page.

usage: python scripts/evaluate.py configs/evaluate.toml
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ie.annotations import AnnotatedDocument, Part, read_annotations, read_splits
from ie.evaluation import Evaluation, evaluate
from ie.extractor import Extractor, Report
from ie.linking import link_facts
from ie.matching import RUNGS
from ie.outputs import writing
from ie.recipes import run_recipe
from ie.schema import IEError
from ie.score_tables import align_columns

Reader = Literal["model", "rules", "linker"]


@dataclass(frozen=True, slots=True)
class EvaluateConfig:
    """Settings: the annotated files, the part of the split that is scored, who reads it, and where the figures go.

    `model` is a model folder or one of the hub, None the model in the package; the linker reads gold spans.
    """

    annotations: tuple[str, ...]
    splits: str
    output: str
    part: Part = "dev"
    model: str | None = None
    readers: tuple[Reader, ...] = ("model", "rules", "linker")


def recipe(config: EvaluateConfig) -> str:
    """Score every reader, write its figures and return all in one table."""
    splits = read_splits(config.splits)
    documents = [one for path in config.annotations for one in read_annotations(path).part(config.part, splits)]
    if not documents:
        raise IEError(f"expected documents of the {config.part} part, found none")
    folder = Path(config.output)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for reader in config.readers:
        scores = evaluate(documents, read(reader, config.model, documents))
        rows.append((reader, *figures(scores)))
        with writing(folder / f"{reader}.json") as file:
            file.write(json.dumps(scores.to_dict(), ensure_ascii=False, indent=2) + "\n")
        with writing(folder / f"{reader}.html") as file:
            file.write(scores.to_html(f"{reader}, {config.part}"))
    head = (f"{len(documents)} documents", *RUNGS, "95 %", "ECE", "AURC")
    return f"{align_columns(head, rows)}\nfigures in {folder}/"


def read(reader: Reader, model: str | None, documents: Sequence[AnnotatedDocument]) -> Iterable[Report]:
    """Yield the reports of the documents, in their order."""
    if reader == "linker":
        return link_gold_spans(documents)
    extractor = Extractor.load(model) if reader == "model" else Extractor.rules()
    return extractor.predict_many(item.document for item in documents)


def link_gold_spans(documents: Iterable[AnnotatedDocument]) -> Iterator[Report]:
    """Yield reports of gold spans: what the linker would reach with a perfect tagger."""
    for item in documents:
        yield Report(item.document, link_facts(item.document, item.spans), item.spans)


def figures(scores: Evaluation) -> list[str]:
    """Return the F1 of every rung, the interval of the last one, and what confidences are worth."""
    low, high = scores.interval("full")["f1"]
    trust = scores.reliability()
    worth = (f"{trust.ece:.3f}", f"{trust.aurc:.3f}") if trust else ("–", "–")
    return [*(f"{score.f1:.3f}" for score in scores.ladder().values()), f"{low:.3f}–{high:.3f}", *worth]


if __name__ == "__main__":
    sys.exit(run_recipe(EvaluateConfig, recipe, sys.argv[1:], __doc__))
