"""The self-contained folder of a trained model: weights, ONNX, tokenizer, settings, scores, lost spans, curves, card.

Weights are safetensors, never pickles. A file of an earlier model in the same folder that this one does not have is
removed, so that the parts of a folder always belong together.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from ie.checksums import SUMS, write_checksums
from ie.curves import draw_curves
from ie.encoders import Encoder
from ie.exporting import export_onnx
from ie.schema import IEError

__all__ = ["write_model", "write_records"]

logger = logging.getLogger(__name__)


def write_model(
    folder: Path,
    encoder: Encoder,
    tagger: Mapping[str, float],
    *,
    onnx: bool = True,
    half_weights: bool = False,
    taxonomy: str | None = None,
) -> None:
    """Write what `Extractor.load` reads: config with the tagger's settings, weights, tokenizer, ONNX, taxonomy."""
    folder.mkdir(parents=True, exist_ok=True)
    classifier = encoder.classifier
    classifier.config.tagger = dict(tagger)
    state = {name: value.detach().cpu() for name, value in classifier.state_dict().items()}
    if half_weights:
        state = {name: value.half() if value.dtype == torch.float32 else value for name, value in state.items()}
    classifier.save_pretrained(folder, state_dict=state)
    tokenizer = Tokenizer.from_str(encoder.tokenizer.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))
    for name in ("model.onnx", "export.json", "taxonomy.toml", SUMS):
        (folder / name).unlink(missing_ok=True)
    if onnx:
        export_onnx(classifier, folder / "model.onnx")
    if taxonomy:
        shutil.copyfile(taxonomy, folder / "taxonomy.toml")
    write_checksums(folder)


def write_records(
    folder: Path,
    metrics: Mapping[str, Any],
    lost: Iterable[Mapping[str, Any]],
    history: Sequence[Mapping[str, float]],
    card: str,
) -> None:
    """Write what people read: ``metrics.json``, ``lost_spans.jsonl``, ``curves.svg`` and the card, ``README.md``."""
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    lines = [json.dumps(record) + "\n" for record in lost]
    (folder / "lost_spans.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
    try:
        (folder / "curves.svg").write_text(draw_curves(history), encoding="utf-8")
    except IEError as error:  # the model is trained: a missing chart must not lose it
        logger.warning("no curves.svg: %s", error)
