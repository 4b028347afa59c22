"""Train and score variants of the model with several seeds, and print a table of means and standard deviations.

usage: python scripts/ablate.py configs/ablation.toml

Every run is one line of ``runs.jsonl`` in the output folder as soon as it ends; an interrupted table goes on where it
stopped. Only scores are kept, no weights.
"""

import json
import logging
import shutil
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ie.annotations import AnnotatedDocument, Part, read_annotations, read_splits
from ie.configuration import read_config
from ie.evaluation import Evaluation, evaluate
from ie.extractor import Extractor
from ie.recipes import run_recipe
from ie.schema import IEError
from ie.score_tables import align_columns
from ie.training_settings import Loss, TrainConfig

logger = logging.getLogger("ie.ablate")

Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Variant:
    """A row of the table: what differs from the base settings; without `model` the rules read alone.

    `seeds` are fewer than those of the table where one look is enough.
    """

    name: str
    model: str | None = None
    annotations: tuple[str, ...] = ()
    share: float = 1.0
    loss: Loss | None = None
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AblateConfig:
    """Settings: the recipe that all variants share, how long each is trained, and the documents that score them."""

    base: str
    variants: tuple[Variant, ...]
    scored: tuple[str, ...]
    output: str
    epochs: float = 2
    seeds: tuple[int, ...] = (13, 17, 23)
    part: Part = "test"
    threads: int = 0


def recipe(config: AblateConfig) -> str:
    """Run what has not been run, and return the table."""
    base = read_config(TrainConfig, config.base)
    folder = Path(config.output)
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "runs.jsonl"
    runs = [json.loads(line) for line in record.read_text().splitlines()] if record.is_file() else []
    splits = read_splits(base.splits)
    documents = {Path(one).name: list(read_annotations(one).part(config.part, splits)) for one in config.scored}
    done = {(run["variant"], run["seed"]) for run in runs}
    # seeds outside: a table that is cut short has every variant
    for seed in config.seeds:
        for variant in config.variants:
            is_known = (variant.name, seed) in done or (variant.model is None and seed != config.seeds[0])
            if is_known or seed not in (variant.seeds or config.seeds):
                continue
            scores = score(train_variant(config, base, variant, seed, folder / "model"), documents)
            runs.append({"variant": variant.name, "seed": seed, "epochs": config.epochs, "scores": scores})
            with record.open("a") as lines:
                lines.write(json.dumps(runs[-1], ensure_ascii=False) + "\n")
            logger.info("%s, seed %d: %s", variant.name, seed, scores)
    return tabulate([variant.name for variant in config.variants], runs)


def train_variant(config: AblateConfig, base: TrainConfig, variant: Variant, seed: int, folder: Path) -> Extractor:
    """Return the extractor of a variant, its model trained for the occasion."""
    if variant.model is None:
        return Extractor.rules()
    if not Path(variant.model).is_dir():
        raise IEError(
            f"{variant.model}: no such folder, and {variant.name!r} starts from it; see configs/ablation.toml"
        )
    from ie.training import train

    shutil.rmtree(folder, ignore_errors=True)
    changed: dict[str, Any] = {"annotations": variant.annotations} if variant.annotations else {}
    changed |= {"loss": variant.loss} if variant.loss else {}
    settings = replace(
        base,
        model=variant.model,
        output=str(folder),
        share=variant.share,
        seed=seed,
        epochs=config.epochs,
        threads=config.threads,
        onnx=False,
        half_weights=False,
        **changed,
    )
    train(settings)
    return Extractor.load(folder, threads=config.threads or None)


def score(extractor: Extractor, documents: Mapping[str, Sequence[AnnotatedDocument]]) -> dict[str, Scores]:
    """Return the F1 of spans and of whole facts of each annotated source."""
    return {
        source: summarize(evaluate(annotated, extractor.predict_many(one.document for one in annotated)))
        for source, annotated in documents.items()
    }


def summarize(scores: Evaluation) -> Scores:
    """Return the figures of the table in percent."""
    figures = {f"{label} strict": one.f1 for label, one in scores.spans().items()}
    figures |= {f"{label} partial": one.f1 for label, one in scores.partial().items()}
    figures |= {rung: one.f1 for rung, one in scores.ladder().items()}
    return {name: round(100 * value, 2) for name, value in figures.items()}


def tabulate(names: Sequence[str], runs: Sequence[Mapping[str, Any]]) -> str:
    """Return means ± standard deviations over the seeds, a table a source.

    >>> runs = [{"variant": "a", "scores": {"real": {"full": score}}} for score in (50.0, 52.0)]
    >>> print(tabulate(["a"], runs))
    real (n)        full
    a (2)     51.0 ± 1.4
    """
    tables = []
    for source in dict.fromkeys(source for run in runs for source in run["scores"]):
        rows = []
        columns: dict[str, None] = {}
        for name in names:
            found = [run["scores"][source] for run in runs if run["variant"] == name and source in run["scores"]]
            if not found:
                continue
            columns |= dict.fromkeys(found[0])
            rows.append((f"{name} ({len(found)})", *(_spread([one[column] for one in found]) for column in columns)))
        tables.append(align_columns((f"{source} (n)", *columns), rows))
    return "\n\n".join(tables)


def _spread(values: Sequence[float]) -> str:
    mean = f"{statistics.mean(values):.1f}"
    return f"{mean} ± {statistics.stdev(values):.1f}" if len(values) > 1 else mean


if __name__ == "__main__":
    sys.exit(run_recipe(AblateConfig, recipe, sys.argv[1:], __doc__))
