"""A trained classifier as ONNX: single precision, weights stored in half precision, or 8-bit integers.

Every file has int64 inputs ``input_ids`` and ``attention_mask`` ``(batch, length)`` and the float32 output ``logits``
``(batch, length, tags)``; both axes are free. Which of them ships is `shipping`'s business.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from transformers import PreTrainedModel

from ie.quantizing import quantize_static

__all__ = ["export_onnx", "export_single", "quantize", "store_weights_in_half"]

_QUANTIZED = ["MatMul", "Gemm", "Gather"]


def export_onnx(model: PreTrainedModel, path: Path) -> None:
    """Write the classifier as ONNX with weights stored in half precision and computed in single precision."""
    export_single(model, path)
    store_weights_in_half(path)


def export_single(model: PreTrainedModel, path: Path) -> None:
    """Write the classifier as ONNX in single precision, without the exporter's notes."""
    model = model.eval().cpu()  # type: ignore[no-untyped-call]
    ids = torch.ones(2, 8, dtype=torch.long)
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it tells of libraries that are not needed
    with warnings.catch_warnings(action="ignore"), _spelt_out(model):
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
            verbose=False,
        )
    graph = onnx.load(str(path))
    _drop_notes(graph)
    onnx.save(graph, str(path))


@contextmanager
def _spelt_out(model: PreTrainedModel) -> Iterator[None]:
    """Have attention written as products and a softmax, without the checks of PyTorch's own operator."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def store_weights_in_half(path: Path) -> None:
    """Rewrite an ONNX file so that its float32 weights are stored as float16 and cast back when it is loaded."""
    graph = onnx.load(str(path))
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


def quantize(source: Path, path: Path, calibration: Sequence[Sequence[int]] = ()) -> None:
    """Write an 8-bit version of a single-precision ONNX file: weights by channel, and activations too.

    Activations are scaled as each batch asks for (dynamic), or by what the rows of ids in `calibration` show (static).
    Weights have seven bits: with eight, sums overflow on processors without the newer instructions for such products.
    """
    if calibration:
        quantize_static(source, path, calibration)
        return
    from onnxruntime import quantization

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        shutil.copyfile(source, prepared)
        quantization.quantize_dynamic(
            prepared, path, op_types_to_quantize=_QUANTIZED, per_channel=True, reduce_range=True
        )


def _drop_notes(model: onnx.ModelProto) -> None:
    """Remove what the exporter notes (stack traces with the paths of the machine): metadata and documentation."""
    parts = [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]
    for part in [*parts, *model.functions, *model.graph.initializer]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
