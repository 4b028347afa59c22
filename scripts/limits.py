"""How far from the limit: the start, memory, the growth of cost, and products against what the processor can do."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from measuring import Clock, alternate, clock_for, read_news, run_child, say, slope

from ie import Document, Extractor

__all__ = ["Shape", "print_growth", "print_products", "print_start"]

_START = """
import json, time
from ie import Extractor
imported = time.process_time()
extractor = Extractor.load(threads=1)
loaded = time.process_time()
facts = extractor.predict("در شش ماهه نخست سال ۱۴۰۱ تعداد ۱۲ مدرسه روستایی ساخته شد.").facts
assert facts
print(json.dumps({"imported": imported, "loaded": loaded, "fact": time.process_time()}))
"""
_MEMORY = """
import json, re, resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from ie import Extractor
from measuring import read_news
documents, _ = read_news(int(sys.argv[1]))
count = sum(len(report.facts) for report in Extractor.load(threads=1).predict_many(iter(documents)))
status = Path("/proc/self/status")  # its peak, unlike that of getrusage, leaves out the parent before the exec
peak = (
    int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
    if status.is_file()
    else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
)
print(json.dumps({"megabytes": peak / 1024, "facts": count}))
"""


def print_start(documents: int, repeats: int) -> None:
    """Print how long a cold process takes to its first fact, and the peak memory of one that reads documents."""
    run_child(_START)  # files come from memory from here on
    starts = [run_child(_START) for _ in range(repeats)]
    wall = statistics.median(seconds for seconds, _ in starts)
    parts = {name: statistics.median(found[name] for _, found in starts) for name in starts[0][1]}
    say(f"first fact after {parts['fact']:.2f} s of processor time (aim 1.5 s); {wall:.2f} s by the clock, with exit")
    say(f"  imported {parts['imported']:.2f} s, model loaded {parts['loaded']:.2f} s")
    _, found = run_child(_MEMORY, str(documents), str(Path(__file__).parent))
    say(f"peak memory over {documents} documents: {found['megabytes']:.0f} MB (aim 400 MB), {found['facts']:.0f} facts")


def print_growth(extractor: Extractor, counts: Sequence[int], joined: Sequence[int], repeats: int) -> None:
    """Print how cost grows with documents and with their length: the slope in a log-log plane, 1 where it is linear."""
    clock = clock_for(1)
    sizes, seconds = [], []
    for count in counts:
        documents, _ = read_news(count)
        start = clock()
        for _ in extractor.predict_many(iter(documents)):
            pass
        seconds.append(clock() - start)
        sizes.append(sum(len(document.text) for document in documents))
        say(f"  {count:7,} documents, {sizes[-1]:12,} characters: {sizes[-1] / seconds[-1]:,.0f} characters/s")
    if len(counts) > 1:
        say(f"slope over characters of ever more documents: {slope(sizes, seconds):.3f} (aim 0.9 to 1.1)")
    articles, _ = read_news(max(joined))
    runs = {size: _joined(articles, size) for size in joined}
    found = alternate(
        {str(size): lambda texts=texts: list(extractor.predict_many(texts)) for size, texts in runs.items()},
        repeats,
        clock,
    )
    each = [found[str(size)] / len(runs[size]) for size in joined]
    for size, cost in zip(joined, each, strict=True):
        say(f"  {size:4}x as long: {cost * 1000:9.1f} ms a document")
    say(f"slope over the length of a document: {slope(joined, each):.3f} (aim 0.9 to 1.1)")


def _joined(articles: Sequence[Document], size: int) -> list[Document]:
    """Return the same articles as documents that hold `size` of them each."""
    parts = [articles[start : start + size] for start in range(0, len(articles), size)]
    return [Document(str(number), "\n".join(one.text for one in part)) for number, part in enumerate(parts)]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of an encoder that tell the work of a piece."""

    layers: int
    hidden: int
    inner: int

    @classmethod
    def read(cls, folder: Path) -> Shape:
        """Return the sizes that a model folder's config tells."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return cls(config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"])

    def operations(self, length: float) -> float:
        """Return the multiplications and additions of a piece in a window of so many pieces."""
        products = 4 * self.hidden**2 + 2 * self.hidden * self.inner
        return self.layers * 2 * (products + 2 * length * self.hidden)


def print_products(shape: Shape, pieces: int, length: float, seconds: float, clock: Clock) -> None:
    """Print the rate of operations of the model stage beside those of plain matrix products on this machine."""
    done = shape.operations(length) * pieces / seconds / 1e9
    floats, integers = _product_rates(shape, clock)
    say(f"model stage: {done:,.0f} GFLOP/s; matrix products alone: {floats:,.0f} in floats, {integers:,.0f} in 8 bits")
    say(
        f"  {100 * done / floats:.0f} % of what products of floats reach, "
        f"{100 * done / integers:.0f} % of what those of 8 bits do"
    )


def _product_rates(shape: Shape, clock: Clock) -> tuple[float, float]:
    """Return the giga-operations a second of products as large as the encoder's, by ONNX Runtime on one thread."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rows, rng = 1024, np.random.default_rng(0)
    weights = rng.standard_normal((shape.hidden, shape.inner)).astype(np.float32)
    rates = []
    for kind, operator, values in (
        (TensorProto.FLOAT, "MatMul", weights),
        (TensorProto.UINT8, "MatMulInteger", rng.integers(-63, 64, weights.shape).astype(np.int8)),
    ):
        result = TensorProto.FLOAT if kind == TensorProto.FLOAT else TensorProto.INT32
        graph = helper.make_graph(
            [helper.make_node(operator, ["x", "w"], ["y"])],
            "product",
            [helper.make_tensor_value_info("x", kind, [rows, shape.hidden])],
            [helper.make_tensor_value_info("y", result, [rows, shape.inner])],
            [numpy_helper.from_array(values, "w")],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        inputs = {"x": rng.integers(0, 100, (rows, shape.hidden)).astype(helper.tensor_dtype_to_np_dtype(kind))}

        def run(session: onnxruntime.InferenceSession = session, inputs: dict[str, object] = inputs) -> None:
            for _ in range(10):
                session.run(None, inputs)

        run()
        seconds = alternate({"product": run}, 5, clock)["product"]
        rates.append(10 * 2 * rows * shape.hidden * shape.inner / seconds / 1e9)
    return rates[0], rates[1]
