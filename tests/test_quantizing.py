import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from tiny_models import write_classifier  # noqa: E402

from ie.backends import onnx_model  # noqa: E402
from ie.exporting import export_single, quantize  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def some_ids(*shape):
    return np.random.default_rng(0).integers(5, 60, shape)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    model = write_classifier(folder, vocab_size=4096)
    export_single(model, folder / "single.onnx")
    quantize(folder / "single.onnx", folder / "static.onnx", [row.tolist() for row in some_ids(40, 12)])
    return folder / "single.onnx", folder / "static.onnx"


def test_integers_with_fixed_scales_stay_near_the_floats(paths):
    ids = some_ids(4, 12)
    floats, integers = (onnx_model(path)(ids, np.ones_like(ids)) for path in paths)
    assert 0 < np.abs(floats - integers).max() < 0.05


def test_a_row_is_read_the_same_bit_by_bit_whatever_it_is_read_with(paths):
    run, ids = onnx_model(paths[1]), some_ids(9, 31)
    together = run(ids, np.ones_like(ids))
    alone = [run(row, np.ones_like(row)) for row in np.split(ids, len(ids))]
    assert (together == np.concatenate(alone)).all()


def test_padding_is_masked(paths):
    run, ids = onnx_model(paths[1]), some_ids(1, 12)
    mask = np.ones((1, 20), dtype=np.int64)
    mask[:, 12:] = 0
    padded = run(np.pad(ids, ((0, 0), (0, 8))), mask)[:, :12]
    np.testing.assert_allclose(padded, run(ids, np.ones_like(ids)), atol=0.05)


def test_every_product_with_weights_is_one_of_integers(paths):
    before, after = (onnx.load(path).graph for path in paths)
    weights = {tensor.name for tensor in before.initializer}
    products = [node for node in before.node if node.op_type == "MatMul" and node.input[1] in weights]
    integers = [node for node in after.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) == len(integers) == 13
    assert all(len(node.input) == 7 for node in integers)  # each with its bias
    assert paths[1].stat().st_size < paths[0].stat().st_size / 2
