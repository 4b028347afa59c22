"""Which ONNX file of a trained model ships: 8-bit where the dev facts lose next to nothing by it, else half precision.

Every candidate is compared with the PyTorch classifier, logit by logit, and reads the dev documents through the whole
path. The single-precision and half-precision files must say what the classifier says. An 8-bit file is judged by the
facts, and must read a sentence the same whatever else is in its batch: scales that follow the batch do not.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ie.alignment import Row, align_documents
from ie.annotations import AnnotatedDocument, read_annotations, read_splits
from ie.backends import Model, onnx_model, torch_model
from ie.checksums import write_checksums
from ie.dev_scores import score_facts
from ie.encoders import Encoder, load_encoder
from ie.exporting import export_single, quantize, store_weights_in_half
from ie.extractor import Extractor
from ie.labels import TAGS
from ie.schema import IEError
from ie.tagger import Tagger
from ie.taxonomy import Taxonomy

__all__ = ["ExportConfig", "Variant", "choose_variant", "ship_onnx"]

logger = logging.getLogger(__name__)

_MODEL, _REPORT = "model.onnx", "export.json"
# the largest difference of a logit that a file may show; 8-bit files have none to keep
TOLERANCE = {"single": 1e-3, "half": 0.1}
_STEADY = 1e-3
_LENGTH = 16  # pieces of the rows that are read together
_WARM = 5  # documents read before the clock starts: tables are compiled when first used


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """Settings of an export.

    The dev documents of `splits` are read by each candidate; an 8-bit one must lose less than `most_lost` points of the
    facts score. Static quantisation is scaled by `calibration` windows of the training documents; `parity` windows of
    the dev documents are compared logit by logit.
    """

    annotations: tuple[str, ...] = ("annotations/real", "annotations/authored")
    splits: str = "annotations/splits.json"
    most_lost: float = 0.3
    calibration: int = 200
    parity: int = 100
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Variant:
    """What was measured of a candidate.

    Its size, how far its logits are from PyTorch's and how often its best tags agree, how far a logit moves where rows
    are read together, the dev score of its facts, and how many characters a second the whole path reads with it.
    """

    name: str
    bytes: int
    largest_difference: float
    same_tags: float
    batch_difference: float
    facts: float
    characters_per_second: int


def ship_onnx(folder: Path, config: ExportConfig) -> dict[str, Any]:
    """Write the best ``model.onnx`` of a model folder, and what was measured as ``export.json``; return the latter."""
    encoder, settings = _load_trained(folder)
    splits = read_splits(config.splits)
    read = [read_annotations(source) for source in config.annotations]
    train, dev = (tuple(one for source in read for one in source.part(part, splits)) for part in ("train", "dev"))
    if not dev:
        raise IEError(
            f"{config.splits}: no dev document among {', '.join(config.annotations)}; an export is judged by them"
        )
    window, stride = settings.get("window", 192), settings.get("stride", 48)
    shown = align_documents(train, encoder.tokenizer, window, stride).rows if config.calibration else []
    compared = align_documents(dev, encoder.tokenizer, window, stride).rows
    with tempfile.TemporaryDirectory(dir=folder, prefix="export-") as place:
        paths = _write_candidates(encoder, Path(place), _spread(shown, config.calibration))
        own = folder / "taxonomy.toml"
        taxonomy = Taxonomy.load(own if own.is_file() else None)
        variants = []
        for name, path in paths.items():
            run = onnx_model(path, config.threads or None)
            tagger = Tagger(encoder.tokenizer, run, TAGS, **settings)
            variant = _measure(name, path, encoder, Extractor(tagger, taxonomy), dev, _spread(compared, config.parity))
            logger.info("%s", variant)
            variants.append(variant)
        chosen = choose_variant(variants, config.most_lost)
        shutil.copyfile(paths[chosen.name], paths[chosen.name].with_suffix(".chosen"))
        os.replace(paths[chosen.name].with_suffix(".chosen"), folder / _MODEL)
    write_checksums(folder)
    report = {
        "shipped": chosen.name,
        "dev_documents": len(dev),
        "most_lost": config.most_lost,
        "variants": {variant.name: {k: v for k, v in asdict(variant).items() if k != "name"} for variant in variants},
    }
    (folder / _REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def choose_variant(variants: Sequence[Variant], most_lost: float) -> Variant:
    """Return the 8-bit variant with the best facts among those that may ship, else half."""
    by_name = {variant.name: variant for variant in variants}
    single = by_name["single"]
    small = [variant for variant in variants if variant.name.startswith("int8")]
    kept = [
        variant
        for variant in small
        if 100 * (single.facts - variant.facts) < most_lost - 1e-9 and variant.batch_difference <= _STEADY
    ]
    return max(kept, key=lambda variant: (variant.facts, -variant.bytes)) if kept else by_name["half"]


def _load_trained(folder: Path) -> tuple[Encoder, dict[str, Any]]:
    if not folder.is_dir():
        raise IEError(f"{folder}: no such model folder; give one that training wrote")
    if not (folder / "model.safetensors").is_file():
        raise IEError(f"{folder}: no model.safetensors in this model folder; an export is made from trained weights")
    encoder = load_encoder(str(folder), window=0)
    encoder.classifier.eval()  # type: ignore[no-untyped-call]
    names = encoder.classifier.config.architectures or ()
    if not any("TokenClassification" in name for name in names):
        raise IEError(f"{folder}: an encoder that was never trained to classify words; train it first: ie train CONFIG")
    return encoder, dict(getattr(encoder.classifier.config, "tagger", None) or {})


def _write_candidates(encoder: Encoder, place: Path, calibration: Sequence[Row]) -> dict[str, Path]:
    names = ["single", "half", "int8-dynamic", *(["int8-static"] if calibration else [])]
    paths = {name: place / f"{name}.onnx" for name in names}
    export_single(encoder.classifier, paths["single"])
    shutil.copyfile(paths["single"], paths["half"])
    store_weights_in_half(paths["half"])
    quantize(paths["single"], paths["int8-dynamic"])
    if calibration:
        quantize(paths["single"], paths["int8-static"], [row["input_ids"] for row in calibration])
    return paths


def _measure(
    name: str,
    path: Path,
    encoder: Encoder,
    extractor: Extractor,
    documents: Sequence[AnnotatedDocument],
    rows: Sequence[Row],
) -> Variant:
    assert extractor.tagger is not None
    run = extractor.tagger.model
    largest, same = _parity(torch_model(encoder.classifier), run, rows)
    if largest > TOLERANCE.get(name, np.inf):
        raise IEError(
            f"{name}: a logit is {largest:.2g} away from PyTorch's, expected {TOLERANCE[name]:g} at most; "
            "nothing was written"
        )
    score_facts(extractor, documents[:_WARM])
    start = time.perf_counter()
    facts = score_facts(extractor, documents).ladder()["full"].f1
    seconds = time.perf_counter() - start
    characters = sum(len(document.text) for document in documents)
    return Variant(
        name=name,
        bytes=path.stat().st_size,
        largest_difference=largest,
        same_tags=same,
        batch_difference=_batch_difference(run, rows),
        facts=round(facts, 4),
        characters_per_second=round(characters / seconds),
    )


def _parity(reference: Model, model: Model, rows: Sequence[Row]) -> tuple[float, float]:
    """Return the largest difference of a logit and the share of pieces with the same best tag."""
    largest, same, pieces = 0.0, 0, 0
    for row in rows:
        ids: NDArray[np.int64] = np.array([row["input_ids"]], dtype=np.int64)
        expected, found = (run(ids, np.ones_like(ids)) for run in (reference, model))
        largest = max(largest, float(np.abs(expected - found).max()))
        same += int((expected.argmax(-1) == found.argmax(-1)).sum())
        pieces += ids.size
    return round(largest, 6), round(same / max(pieces, 1), 4)


def _batch_difference(model: Model, rows: Sequence[Row]) -> float:
    """Return how far a logit moves where rows are read together instead of alone; rows are cut to one length."""
    length = min((len(row["input_ids"]) for row in rows if len(row["input_ids"]) >= _LENGTH), default=0)
    ids: NDArray[np.int64] = np.array([row["input_ids"][:length] for row in rows if len(row["input_ids"]) >= length])
    if not length:
        return 0.0
    together = model(ids, np.ones_like(ids))
    alone = np.concatenate([model(row, np.ones_like(row)) for row in np.split(ids, len(ids))])
    return round(float(np.abs(together - alone).max()), 6)


def _spread(rows: Sequence[Row], count: int) -> Sequence[Row]:
    """Return `count` rows at even distances."""
    return rows[:: max(1, len(rows) // count)][:count] if count else []
