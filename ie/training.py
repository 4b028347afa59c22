"""Train a token classifier on annotated documents and write the model folder that `tagger` serves.

The recipe alone: read the documents, check everything that can be wrong, align spans with words, run the epochs, write
the folder. The encoder is any BERT-family model: a hub id, a local ParsBERT folder, or the compact encoder of
`pretraining`.
"""

from __future__ import annotations

import hashlib
import logging
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from transformers import set_seed

from ie.alignment import Aligned, Row, align_documents
from ie.annotations import AnnotatedDocument, read_annotations, read_splits
from ie.backends import torch_model
from ie.dev_scores import DevScores
from ie.encoders import Encoder, load_encoder
from ie.epochs import forget_checkpoints, run_epochs
from ie.extractor import Extractor
from ie.hub import pinned
from ie.labels import LABELS, TAGS
from ie.model_card import Card, render_card
from ie.model_folder import write_model, write_records
from ie.objectives import Objective, tag_weights, word_objective
from ie.schema import IEError
from ie.tagger import Tagger
from ie.taxonomy import Taxonomy
from ie.training_settings import TrainConfig

__all__ = ["Corpus", "TrainConfig", "learn", "read_corpus", "train"]

logger = logging.getLogger(__name__)

Part = Literal["train", "dev"]
PARTS: tuple[Part, ...] = ("train", "dev")
# settings that a run may be taken up with changed
_NOT_THE_RUN = ("output", "threads", "onnx", "half_weights", "sources", "limits", "licence", "checkpoint_steps")


@dataclass(frozen=True, slots=True)
class Corpus:
    """The annotated documents of a run: those to learn from and those to choose by, and how many could not be read."""

    train: tuple[AnnotatedDocument, ...]
    dev: tuple[AnnotatedDocument, ...]
    skipped: int

    def counts(self, aligned: Mapping[Part, Aligned]) -> list[dict[str, Any]]:
        """Return a row of counts a part."""
        rows = []
        for part in PARTS:
            documents = self.train if part == "train" else self.dev
            labels = Counter(span.label for document in documents for span in document.spans)
            row: dict[str, Any] = {"part": part, "documents": len(documents), "windows": len(aligned[part].rows)}
            row |= {label: labels[label] for label in LABELS}
            rows.append(row | {"facts": sum(len(document.facts) for document in documents)})
        return rows

    def digest(self) -> str:
        """Return what tells these documents and their spans from others."""
        said = [(document.id, document.text, document.spans) for document in (*self.train, *self.dev)]
        return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def train(config: TrainConfig) -> dict[str, Any]:
    """Fine-tune, keep the weights with the best dev facts, write the model folder and return its metrics.

    A run that was interrupted goes on from its last checkpoint and ends with the same model.
    """
    prepare(config)
    config = replace(config, model=pinned(config.model, config.revision))
    corpus = read_corpus(config)
    encoder = load_encoder(config.model, config.window, config.revision)
    aligned = align(config, corpus, encoder)
    weights = tag_weights(row["labels"] for row in aligned["train"].rows) if config.loss == "weighted" else None
    return learn(config, corpus, encoder, aligned, word_objective(config.loss, weights, config.focus))


def prepare(config: TrainConfig) -> None:
    """Set threads and seed, and refuse settings that no run can have."""
    wrong = {
        "epochs": config.epochs <= 0,
        "share": not 0 < config.share <= 1,
        "batch": config.batch < 1,
        "accumulate": config.accumulate < 1,
        "learning_rate": config.learning_rate <= 0,
        "window": config.window < 8,
        "stride": not 0 <= config.stride < config.window - 2,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise IEError(f"{name} = {getattr(config, name)}: no run can have that; see configs/ for values that work")
    if config.threads:
        torch.set_num_threads(config.threads)
    set_seed(config.seed)


def read_corpus(config: TrainConfig) -> Corpus:
    """Return the documents of the run; IEError where none is left to train on."""
    sources = [read_annotations(source) for source in config.annotations]
    splits = read_splits(config.splits)
    train, dev = (tuple(one for source in sources for one in source.part(part, splits)) for part in PARTS)
    order = list(range(len(train)))
    random.Random(config.seed).shuffle(order)
    drawn = set(order[: math.ceil(config.share * len(train))])
    train = tuple(document for index, document in enumerate(train) if index in drawn)
    skipped = sum(len(source.skipped) for source in sources)
    if not train:
        raise IEError(f"{', '.join(config.annotations)}: no document left to train on; {skipped} were skipped")
    return Corpus(train, dev, skipped)


def align(config: TrainConfig, corpus: Corpus, encoder: Encoder) -> dict[Part, Aligned]:
    """Return the labelled windows of both parts, and say how many gold spans they cannot represent."""
    aligned: dict[Part, Aligned] = {}
    for part, documents in zip(PARTS, (corpus.train, corpus.dev), strict=True):
        aligned[part] = align_documents(documents, encoder.tokenizer, config.window, config.stride)
        if lost := aligned[part].lost:
            logger.warning(
                "%d of %d %s spans cannot be represented: %s; see lost_spans.jsonl",
                len(lost),
                aligned[part].spans,
                part,
                ", ".join(f"{reason} {count}" for reason, count in aligned[part].reasons().items()),
            )
    return aligned


def learn(
    config: TrainConfig,
    corpus: Corpus,
    encoder: Encoder,
    aligned: Mapping[Part, Aligned],
    objective: Objective,
    unlabelled: Sequence[Row] = (),
) -> dict[str, Any]:
    """Run the epochs on the labelled windows (and `unlabelled` ones), write the model folder, return its metrics."""
    settings = {name: getattr(config, name) for name in ("window", "stride", "threshold", "sure")}
    tagger = Tagger(encoder.tokenizer, torch_model(encoder.classifier), TAGS, **settings)
    scores = DevScores(Extractor(tagger, Taxonomy.load(config.taxonomy)), corpus.dev)
    about = {name: value for name, value in asdict(config).items() if name not in _NOT_THE_RUN}
    result = run_epochs(
        config,
        encoder.classifier,
        {"train": [*aligned["train"].rows, *unlabelled], "dev": aligned["dev"].rows},
        objective,
        scores,
        encoder.pad_id,
        about | {"documents": corpus.digest()},
    )
    metrics = result.metrics | {"dev": scores.summary()} if corpus.dev else {}
    metrics |= {f"lost_{part}": len(aligned[part].lost) for part in PARTS}
    metrics |= {"lost": {part: aligned[part].reasons() for part in PARTS}}
    counts = corpus.counts(aligned)
    metrics |= {"data": counts, "skipped": corpus.skipped}
    if not result.is_main:
        return metrics
    folder = Path(config.output)
    write_model(
        folder,
        encoder,
        settings,
        onnx=config.onnx,
        half_weights=config.half_weights,
        taxonomy=config.taxonomy,
    )
    card = Card(
        base=config.model,
        shape=_shape(encoder),
        annotations=config.annotations,
        counts=counts,
        metrics=metrics,
        settings=asdict(config),
        sources=config.sources,
        limits=config.limits,
        licence=config.licence,
    )
    lost = [record for part in PARTS for record in aligned[part].report(part)]
    write_records(folder, metrics, lost, result.history, render_card(card))
    forget_checkpoints(config)
    return metrics


def _shape(encoder: Encoder) -> str:
    config = encoder.classifier.config
    sizes = [getattr(config, name, None) for name in ("num_hidden_layers", "hidden_size", "vocab_size")]
    millions = sum(parameter.numel() for parameter in encoder.classifier.parameters()) / 1e6
    if None in sizes:
        return f"A {config.model_type} model of {millions:.1f} million parameters"
    layers, hidden, pieces = sizes
    shape = f"{layers} layers × {hidden} with {pieces:,} word pieces"
    return f"A {config.model_type} model of {shape}, {millions:.1f} million parameters"
