"""A single-precision classifier as 8-bit integers with fixed scales: products in integers, everything else in floats.

Each product with a weight matrix quantises its input by the range that calibration showed, multiplies integers, and
gives floats with the bias added, in one operator; attention, normalisation and activation stay in floats. So nothing
but inputs of products is rounded, and as no scale follows the batch, a text is read the same whatever it is read with.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

__all__ = ["quantize_static"]

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
_CONTRIBUTED = "com.microsoft"
# weights have seven bits: with eight, sums overflow on processors without the newer instructions for such products
_WEIGHT_LEVELS, _INPUT_LEVELS = 63, 255
_LEAST_TABLE = 4096  # entries of a table of embeddings worth storing in 8 bits


def quantize_static(source: Path, path: Path, calibration: Sequence[Sequence[int]]) -> None:
    """Write an 8-bit version of a single-precision ONNX file, scaled by what the rows of ids in `calibration` show."""
    model = onnx.load(str(source))
    rewriting = _Rewriting(model, _ranges(source, calibration))
    onnx.save(rewriting.run(), str(path))


def _ranges(source: Path, calibration: Iterable[Sequence[int]]) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest value that each input and output of a product takes."""
    from onnxruntime.quantization import CalibrationMethod, calibrate

    with tempfile.TemporaryDirectory() as folder:
        calibrator = calibrate.create_calibrator(
            source,
            ["MatMul"],
            augmented_model_path=str(Path(folder) / "augmented.onnx"),
            calibrate_method=CalibrationMethod.MinMax,
        )
        calibrator.collect_data(_Rows(calibration))
        found = calibrator.compute_data()
    ranges = {name: found[name].range_value for name in found.keys()}  # noqa: SIM118
    return {name: (float(np.min(low)), float(np.max(high))) for name, (low, high) in ranges.items()}


class _Rows:
    """Rows of ids one by one, as the calibration of ONNX Runtime asks for them."""

    def __init__(self, rows: Iterable[Sequence[int]]) -> None:
        self.rows: Iterator[Sequence[int]] = iter(rows)

    def get_next(self) -> dict[str, Ids] | None:
        row = next(self.rows, None)
        if row is None:
            return None
        ids = np.array([row], dtype=np.int64)
        return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


@dataclass(slots=True)
class _Rewriting:
    """One pass over a graph in its order; `added` are new initialisers, `quantized` what stands for an input."""

    model: onnx.ModelProto
    ranges: dict[str, tuple[float, float]]
    added: dict[str, onnx.TensorProto] = field(default_factory=dict)
    quantized: dict[str, list[str]] = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)  # outputs of additions that became part of a product

    def run(self) -> onnx.ModelProto:
        """Return the model, rewritten."""
        graph = self.model.graph
        known = {tensor.name: tensor for tensor in graph.initializer}
        readers: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                readers.setdefault(name, []).append(node)
        for node in graph.node:
            if node.output[0] in self.merged:
                continue
            if node.op_type == "MatMul" and node.input[1] in known and node.input[0] in self.ranges:
                self._multiply(node, known, readers)
            elif node.op_type == "Gather" and _is_table(known.get(node.input[0])):
                self._look_up(node, known)
            else:
                self.nodes.append(node)
        used = {name for node in self.nodes for name in node.input}
        tensors = [tensor for tensor in (*graph.initializer, *self.added.values()) if tensor.name in used]
        del graph.initializer[:], graph.node[:]
        graph.initializer.extend(tensors)
        graph.node.extend(self.nodes)
        if all(opset.domain != _CONTRIBUTED for opset in self.model.opset_import):
            self.model.opset_import.append(helper.make_opsetid(_CONTRIBUTED, 1))
        return self.model

    def _multiply(
        self, node: onnx.NodeProto, known: dict[str, onnx.TensorProto], readers: dict[str, list[onnx.NodeProto]]
    ) -> None:
        """Put an integer product in place of one of floats, with the bias that is added to it."""
        source, weight = node.input
        weights = numpy_helper.to_array(known[weight])
        scales = (np.abs(weights).max(axis=0) / _WEIGHT_LEVELS).clip(1e-12).astype(np.float32)
        self._add(f"{weight}.integers", np.rint(weights / scales).astype(np.int8))
        self._add(f"{weight}.scales", scales)
        self._add(f"{weight}.zeros", np.zeros(len(scales), dtype=np.int8))
        integers, scale, zero = self._quantized_input(source)
        inputs = [integers, f"{weight}.integers", scale, f"{weight}.scales", zero, f"{weight}.zeros"]
        output = node.output[0]
        following = readers.get(output, [])
        if len(following) == 1 and following[0].op_type == "Add":
            (bias,) = [name for name in following[0].input if name != output] or [""]
            if bias in known and list(known[bias].dims) == [len(scales)]:
                inputs.append(bias)
                output = following[0].output[0]
                self.merged.add(output)
        self.nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=_CONTRIBUTED))

    def _quantized_input(self, name: str) -> list[str]:
        """Return the names of the integers, scale and zero point of an input, quantised once for all products."""
        if name not in self.quantized:
            low, high = min(self.ranges[name][0], 0.0), max(self.ranges[name][1], 0.0)
            scale = max(high - low, 1e-6) / _INPUT_LEVELS
            self._add(f"{name}.scale", np.array(scale, dtype=np.float32))
            self._add(f"{name}.zero", np.array(round(-low / scale), dtype=np.uint8))
            self.quantized[name] = [f"{name}.integers", f"{name}.scale", f"{name}.zero"]
            integers, *parameters = self.quantized[name]
            self.nodes.append(helper.make_node("QuantizeLinear", [name, *parameters], [integers]))
        return self.quantized[name]

    def _look_up(self, node: onnx.NodeProto, known: dict[str, onnx.TensorProto]) -> None:
        """Put a table of integers, each row with a scale of its own, in place of one of floats."""
        table, ids = node.input
        rows = numpy_helper.to_array(known[table])
        scales = (np.abs(rows).max(axis=1, keepdims=True) / 127).clip(1e-12).astype(np.float32)
        self._add(f"{table}.integers", np.rint(rows / scales).astype(np.int8))
        self._add(f"{table}.scales", scales)
        found = [f"{node.output[0]}.{part}" for part in ("integers", "scales", "floats")]
        self.nodes += [
            helper.make_node("Gather", [f"{table}.integers", ids], [found[0]], axis=0),
            helper.make_node("Gather", [f"{table}.scales", ids], [found[1]], axis=0),
            helper.make_node("Cast", [found[0]], [found[2]], to=TensorProto.FLOAT),
            helper.make_node("Mul", [found[2], found[1]], [node.output[0]]),
        ]

    def _add(self, name: str, values: NDArray[np.generic]) -> None:
        self.added.setdefault(name, numpy_helper.from_array(values, name))


def _is_table(tensor: onnx.TensorProto | None) -> bool:
    """Tell whether an initialiser is a table of embeddings."""
    if tensor is None or tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2:
        return False
    return int(np.prod(tensor.dims)) >= _LEAST_TABLE
