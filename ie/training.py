"""Train a token classifier on annotated documents and write the model folder that `tagger` serves.

The Hugging Face Trainer does the work; this module turns character spans into one label per word, reports every gold
span that the tokenizer or the window cannot represent, scores with seqeval (strict IOB2) and exports to ONNX. The
encoder is any BERT-family model: a hub id, a local ParsBERT folder, or the compact encoder of `pretraining`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from seqeval.metrics.sequence_labeling import classification_report, f1_score
from seqeval.scheme import IOB2
from tokenizers import Encoding, Tokenizer
from torch.utils.data import Dataset
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
    set_seed,
)

from ie.annotations import AnnotatedDocument, Annotations, read_annotations, read_splits
from ie.labels import LABELS, TAGS
from ie.persian import sentence_offsets
from ie.schema import IEError, Span

__all__ = ["TrainConfig", "align_spans", "export_onnx", "train"]

logger = logging.getLogger(__name__)

IGNORED = -100


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings of one fine-tuning run.

    `model` is a hub id or a local folder; `annotations` files or folders that `read_annotations` takes; `splits` names
    the documents kept for development and test, never trained on. `window` and `stride` are in word pieces;
    `threshold` and `sure` are what the tagger decides by, and are written with the model.
    """

    model: str
    annotations: tuple[str, ...]
    splits: str
    output: str
    revision: str | None = None
    epochs: float = 8
    batch: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    window: int = 192
    stride: int = 48
    threshold: float = 0.1
    sure: float = 0.6
    threads: int = 0
    seed: int = 13


def align_spans(encoding: Encoding, spans: Sequence[Span], offset: int = 0) -> list[int]:
    """Return a label id per word piece of a text that begins at `offset`; only a word's first piece carries one.

    A word belongs to the span that holds its first character; `spans` are in text order and do not overlap.
    """
    labels = [IGNORED] * len(encoding.ids)
    position, previous_word, previous_span = 0, None, -1
    for index, (word, (start, _)) in enumerate(zip(encoding.word_ids, encoding.offsets, strict=True)):
        if word is None or word == previous_word:
            continue
        previous_word = word
        at = start + offset
        while position < len(spans) and spans[position].end <= at:
            position += 1
        if position == len(spans) or at < spans[position].start:
            labels[index] = 0
            continue
        prefix = "I" if previous_span == position else "B"
        previous_span = position
        labels[index] = TAGS.index(f"{prefix}-{spans[position].label}")
    return labels


class SentenceWindows(Dataset[dict[str, list[int]]]):
    """The sentences of annotated documents as label-aligned windows; `lost` lists spans no window can represent."""

    def __init__(self, documents: Iterable[AnnotatedDocument], tokenizer: Tokenizer, window: int, stride: int) -> None:
        self.rows: list[dict[str, list[int]]] = []
        self.lost: list[tuple[str, Span]] = []
        tokenizer.enable_truncation(window, stride=stride)
        for document in documents:
            for start, end in sentence_offsets(document.text):
                inside = [span for span in document.spans if start <= span.start and span.end <= end]
                encoding = tokenizer.encode(document.text[start:end])
                seen: set[int] = set()
                for part in (encoding, *encoding.overflowing):
                    labels = align_spans(part, inside, start)
                    seen |= {start + left for (left, _), label in zip(part.offsets, labels, strict=True) if label > 0}
                    self.rows.append({"input_ids": part.ids, "labels": labels})
                self.lost += [
                    (document.id, span) for span in inside if not any(span.start <= at < span.end for at in seen)
                ]
            ends = sentence_offsets(document.text)
            crossing = [s for s in document.spans if not any(a <= s.start and s.end <= b for a, b in ends)]
            self.lost += [(document.id, span) for span in crossing]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        return self.rows[index]


@dataclass(frozen=True, slots=True)
class PaddingCollator:
    """Pad a batch of windows to its longest; padding is masked and never scored."""

    pad_id: int = 0

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """Return tensors ``input_ids``, ``attention_mask`` and ``labels``, each ``(batch, longest)``."""
        length = max(len(row["input_ids"]) for row in rows)
        shape = (len(rows), length)
        ids = torch.full(shape, self.pad_id)
        mask = torch.zeros(shape, dtype=torch.long)
        labels = torch.full(shape, IGNORED)
        for index, row in enumerate(rows):
            size = len(row["input_ids"])
            ids[index, :size] = torch.tensor(row["input_ids"])
            mask[index, :size] = 1
            labels[index, :size] = torch.tensor(row["labels"])
        return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def train(config: TrainConfig) -> dict[str, Any]:
    """Fine-tune, score on the development part, write the model folder and return its metrics."""
    if config.threads:
        torch.set_num_threads(config.threads)
    set_seed(config.seed)
    sources = [read_annotations(source) for source in config.annotations]
    documents = tuple(document for source in sources for document in source)
    annotations = Annotations(documents, tuple(skipped for source in sources for skipped in source.skipped))
    splits = read_splits(config.splits)
    tokenizer = load_tokenizer(config)
    parts = {
        name: SentenceWindows(annotations.part(name, splits), tokenizer.backend_tokenizer, config.window, config.stride)
        for name in ("train", "dev")
    }
    if not len(parts["train"]):
        names = ", ".join(config.annotations)
        raise IEError(f"{names}: no document left to train on; {len(annotations.skipped)} were skipped")
    for name, part in parts.items():
        if part.lost:
            logger.warning("%d spans of the %s part cannot be learnt, e.g. %s", len(part.lost), name, part.lost[0])
    model = AutoModelForTokenClassification.from_pretrained(
        config.model,
        revision=config.revision,
        num_labels=len(TAGS),
        id2label=dict(enumerate(TAGS)),
        label2id={tag: index for index, tag in enumerate(TAGS)},
    )
    trainer = Trainer(
        model=model,
        args=_arguments(config),
        train_dataset=parts["train"],
        eval_dataset=parts["dev"] if len(parts["dev"]) else None,
        data_collator=PaddingCollator(tokenizer.pad_token_id or 0),
        compute_metrics=_strict_f1,
    )
    trainer.train()
    metrics = trainer.evaluate() if len(parts["dev"]) else {}
    metrics |= {f"lost_{name}": len(part.lost) for name, part in parts.items()}
    save_model_folder(model, tokenizer.backend_tokenizer, Path(config.output), config, metrics)
    return metrics


def load_tokenizer(config: TrainConfig) -> PreTrainedTokenizerFast:
    """Return the fast tokenizer of the model: the folder's ``tokenizer.json`` as it is, or the hub's."""
    path = Path(config.model) / "tokenizer.json"
    if path.is_file() and not (Path(config.model) / "tokenizer_config.json").is_file():
        return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_file=str(path), pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
        )
    tokenizer = AutoTokenizer.from_pretrained(config.model, revision=config.revision)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise IEError(
            f"{config.model}: its tokenizer has no fast version, which offsets need; choose another checkpoint"
        )
    return tokenizer


def _arguments(config: TrainConfig) -> TrainingArguments:
    cuda = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(Path(config.output) / "checkpoints"),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch,
        per_device_eval_batch_size=config.batch * 2,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup_steps=config.warmup_share,
        lr_scheduler_type="linear",
        train_sampling_strategy="group_by_length",
        eval_strategy="epoch",
        save_strategy="no",
        logging_steps=50,
        report_to=[],
        seed=config.seed,
        bf16=cuda and torch.cuda.is_bf16_supported(),
        fp16=cuda and not torch.cuda.is_bf16_supported(),
        disable_tqdm=True,
        dataloader_pin_memory=cuda,
    )


def _strict_f1(prediction: EvalPrediction) -> dict[str, float]:
    """Return strict entity-level F1 per label and micro, by seqeval."""
    gold, found = [], []
    for row, labels in zip(np.argmax(prediction.predictions, axis=-1), prediction.label_ids, strict=True):
        kept = labels != IGNORED
        gold.append([TAGS[label] for label in labels[kept]])
        found.append([TAGS[label] for label in row[kept]])
    report = classification_report(gold, found, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    scores = {f"f1_{label}": round(float(report.get(label, {}).get("f1-score", 0.0)), 4) for label in LABELS}
    return scores | {"f1": round(float(f1_score(gold, found, mode="strict", scheme=IOB2, zero_division=0)), 4)}


def save_model_folder(
    model: PreTrainedModel, tokenizer: Tokenizer, folder: Path, config: TrainConfig, metrics: dict[str, Any]
) -> None:
    """Write the self-contained model folder: ONNX, trainable weights, tokenizer, config, metrics."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.tagger = {name: getattr(config, name) for name in ("window", "stride", "threshold", "sure")}
    model.save_pretrained(folder)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))
    export_onnx(model, folder / "model.onnx")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")


def export_onnx(model: PreTrainedModel, path: Path) -> None:
    """Write the classifier as ONNX with weights stored in half precision and computed in single precision.

    Inputs ``input_ids`` and ``attention_mask`` are int64 ``(batch, length)``, the output ``logits`` is float32
    ``(batch, length, tags)``; both axes are free.
    """
    model = model.eval().cpu()  # type: ignore[no-untyped-call]
    ids = torch.ones(2, 8, dtype=torch.long)
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")}
    torch.onnx.export(
        model,
        (),
        str(path),
        kwargs={"input_ids": ids, "attention_mask": torch.ones_like(ids)},
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes={"input_ids": axes, "attention_mask": axes},
        external_data=False,
        dynamo=True,
    )
    store_weights_in_half(path)


def store_weights_in_half(path: Path) -> None:
    """Rewrite an ONNX file so that its float32 weights are stored as float16 and cast back when it is loaded.

    What the exporter notes beside the graph (stack traces with the paths of the machine) is left out.
    """
    graph = onnx.load(str(path))
    _drop_notes(graph)
    casts = []
    kept = []
    for tensor in graph.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < 256:
            kept.append(tensor)
            continue
        half = numpy_helper.to_array(tensor).astype(np.float16)
        kept.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
        casts.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT))
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(kept)
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    onnx.save(graph, str(path))


def _drop_notes(model: onnx.ModelProto) -> None:
    """Remove the metadata and documentation of a model, its graph, values and nodes."""
    parts = [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]
    for part in [*parts, *model.functions, *model.graph.initializer]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
