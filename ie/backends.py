"""Where a model runs: ONNX Runtime for folders that hold ``model.onnx``, PyTorch for any other BERT-family classifier.

Both are the same callable: ``(ids, mask) -> logits`` over numpy arrays, int64 ``(batch, length)`` twice to float32
``(batch, length, tags)``. PyTorch and transformers are imported only when a folder needs them, and read safetensors
alone, never pickles. Either runs on a GPU where there is one and `device` lets it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ie.checksums import check_checksums
from ie.devices import check_device
from ie.hub import local_folder
from ie.labels import TAGS
from ie.schema import IEError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["LoadedModel", "Model", "load_model", "onnx_model", "torch_model"]

logger = logging.getLogger(__name__)
Model = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]
_CUDA = "CUDAExecutionProvider"


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model with its tokenizer, its tags in the order of its logits, and the tagger's settings it was saved with."""

    run: Model
    tokenizer: Tokenizer
    tags: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


def load_model(source: str | Path, threads: int | None = None, device: str = "auto") -> LoadedModel:
    """Return the model of a folder or of the hub (``owner/name@revision``).

    Raises IEError where it is missing, or a file of it is damaged: other than the sums in the folder say. Where a
    device is asked for that is not there, the CPU reads, and a warning says so.
    """
    gpu = check_device(device)
    folder = local_folder(source)
    _check_files(folder)
    if not (folder / "model.onnx").is_file():
        return _load_torch(folder, threads, device)
    check_checksums(folder, ("config.json", "tokenizer.json", "model.onnx"))
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        labels = config["id2label"]
        tags = tuple(labels[str(index)] for index in range(len(labels)))
    except Exception as error:  # tokenizers raises bare Exception
        raise IEError(f"{folder}: the model folder cannot be read: {error}") from error
    _check_tags(tags, source)
    run = onnx_model(folder / "model.onnx", threads, gpu)
    if device.startswith("cuda") and not run.on_gpu:
        _warn_of_cpu(device, "pip install onnxruntime-gpu, and the driver of the card")
    return LoadedModel(run, tokenizer, tags, config.get("tagger", {}))


def _warn_of_cpu(device: str, remedy: str) -> None:
    logger.warning("no GPU can be used for device %s, so the CPU reads; a GPU needs: %s", device, remedy)


def _check_files(folder: Path) -> None:
    """Raise where a model folder lacks a file, naming it."""
    has_weights = (folder / "model.safetensors").is_file() or (folder / "model.safetensors.index.json").is_file()
    for name in ("tokenizer.json", "config.json", "model.onnx"):
        if (folder / name).is_file() or (has_weights and name == "model.onnx"):
            continue
        # a checkpoint of the hub may keep its vocabulary in other files, which PyTorch's libraries read
        if name == "tokenizer.json" and has_weights and not (folder / "model.onnx").is_file():
            if any((folder / other).is_file() for other in ("vocab.txt", "vocab.json", "sentencepiece.bpe.model")):
                continue
            name = "tokenizer.json (or vocab.txt)"
        raise IEError(
            f"{folder}: no {name} in this model folder; a model folder holds model.onnx (or model.safetensors), "
            "tokenizer.json and config.json, as training writes them"
        )


@dataclass(frozen=True, slots=True)
class _OnnxModel:
    """A session of ONNX Runtime as a model."""

    session: Any

    @property
    def on_gpu(self) -> bool:
        return _CUDA in self.session.get_providers()

    def __call__(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        logits: NDArray[np.float32] = self.session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
        return logits


def onnx_model(path: Path, threads: int | None = None, gpu: int | None = None) -> _OnnxModel:
    """Return the model of an ONNX file with inputs ``input_ids`` and ``attention_mask``; `threads` None = all cores.

    `gpu` is the number of the card to run on, where ONNX Runtime is built for one and finds it.
    """
    import onnxruntime

    providers: list[str | tuple[str, dict[str, int]]] = ["CPUExecutionProvider"]
    if gpu is not None and _CUDA in onnxruntime.get_available_providers():
        providers.insert(0, (_CUDA, {"device_id": gpu}))
    try:
        # the fused operator for a sum and its normalisation takes four times as long as the two it stands for
        session = onnxruntime.InferenceSession(
            str(path), _session_options(threads), providers=providers, disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:  # onnxruntime's own exceptions share no base but this
        if len(providers) > 1:  # a card of that number, or its driver, may be what is missing
            return onnx_model(path, threads)
        raise IEError(f"{path}: not a model that ONNX Runtime can load; export it again: {error}") from error
    return _OnnxModel(session)


def _session_options(threads: int | None) -> Any:  # noqa: ANN401 - onnxruntime has no types
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # patterns are kept for each shape, and batches have any
    options.add_session_config_entry("session.force_spinning_stop", "1")  # cores are free while Python works
    if threads:
        options.intra_op_num_threads = threads
    return options


def _load_torch(folder: Path, threads: int | None, device: str) -> LoadedModel:
    try:
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer
    except ImportError as error:
        raise IEError(f"{folder}: a model without model.onnx needs PyTorch: pip install 'ie-fa[train]'") from error
    if threads:
        torch.set_num_threads(threads)
    path = folder / "tokenizer.json"
    weights = sorted(file.name for file in folder.glob("model*.safetensors"))
    check_checksums(folder, ("config.json", *(["tokenizer.json"] if path.is_file() else []), *weights))
    try:
        classifier = AutoModelForTokenClassification.from_pretrained(
            folder, use_safetensors=True, local_files_only=True, trust_remote_code=False
        )
        if path.is_file():
            tokenizer = Tokenizer.from_file(str(path))
        else:
            stock = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            tokenizer = stock.backend_tokenizer
    except Exception as error:  # file and format errors share no base
        raise IEError(f"{folder}: no token classifier that can be loaded from there: {error}") from error
    tags = tuple(classifier.config.id2label[index] for index in range(classifier.config.num_labels))
    _check_tags(tags, folder)
    gpu = check_device(device)
    if gpu is not None and gpu < torch.cuda.device_count():
        classifier = classifier.to(torch.device("cuda", gpu), torch.float16)
    elif device.startswith("cuda"):
        _warn_of_cpu(device, "PyTorch built for CUDA, and the driver of the card")
    classifier = classifier.eval()
    return LoadedModel(torch_model(classifier), tokenizer, tags, getattr(classifier.config, "tagger", None) or {})


def torch_model(classifier: PreTrainedModel) -> Model:
    """Return the model of a PyTorch classifier, which runs where its weights are; later changes of them count."""
    import torch

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode():
            rows = {"input_ids": ids, "attention_mask": mask}
            inputs = {name: torch.from_numpy(values).to(classifier.device) for name, values in rows.items()}
            found: NDArray[np.float32] = classifier(**inputs).logits.float().cpu().numpy()
        return found

    return run


def _check_tags(tags: tuple[str, ...], source: str | Path) -> None:
    """Raise where a classifier has other labels than the tagger reads."""
    missing = [tag for tag in TAGS if tag not in tags]
    if missing:
        raise IEError(
            f"{source}: its labels lack {', '.join(missing)} (it has {', '.join(tags)}); train it on annotated "
            "documents first: ie train CONFIG"
        )
