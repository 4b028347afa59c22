import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from tiny_models import TEXT, write_classifier, write_documents, write_encoder  # noqa: E402

from ie.backends import load_model, onnx_model  # noqa: E402
from ie.exporting import export_onnx  # noqa: E402
from ie.extractor import Extractor  # noqa: E402
from ie.schema import IEError  # noqa: E402
from ie.shipping import ExportConfig, Variant, choose_variant, ship_onnx  # noqa: E402
from ie.tagger import Tagger  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_onnx_model_says_what_the_torch_model_says(tmp_path):
    model = write_classifier(tmp_path)
    export_onnx(model, tmp_path / "model.onnx")
    assert str(Path(torch.__file__).parent).encode() not in (tmp_path / "model.onnx").read_bytes()
    run = onnx_model(tmp_path / "model.onnx")
    for shape in ((1, 5), (3, 17)):
        ids = np.random.default_rng(0).integers(5, 60, shape)
        with torch.no_grad():
            expected = model(torch.from_numpy(ids)).logits.numpy()
        # weights are stored in half precision: eleven bits of each
        np.testing.assert_allclose(run(ids, np.ones_like(ids)), expected, atol=2e-3)


def test_a_folder_without_onnx_is_served_by_torch_with_the_same_logits(tmp_path):
    model = write_classifier(tmp_path)
    model.config.tagger = {"window": 64, "stride": 16}
    model.save_pretrained(tmp_path)
    loaded = load_model(tmp_path)
    ids = np.random.default_rng(0).integers(5, 60, (2, 9))
    with torch.no_grad():
        expected = model(torch.from_numpy(ids)).logits.numpy()
    np.testing.assert_allclose(loaded.run(ids, np.ones_like(ids)), expected, atol=1e-6)
    assert Tagger.load(tmp_path).window == 64


def test_a_classifier_with_other_labels_is_refused(tmp_path):
    write_classifier(tmp_path, tags=("O", "B-PER", "I-PER"))
    with pytest.raises(IEError, match="its labels lack B-NUMBER"):
        load_model(tmp_path)


@pytest.mark.parametrize("missing", ["tokenizer.json", "config.json"])
def test_a_folder_of_torch_weights_that_lacks_a_file_names_it(tmp_path, missing):
    write_classifier(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(IEError, match=f"no {missing}"):
        load_model(tmp_path)


# ------------------------------------------------------------------------------------------------------- what ships


def variant(name, facts, size=1, batch_difference=0.0):
    return Variant(name, size, 0.0, 1.0, batch_difference, facts, 1)


def test_eight_bits_ship_only_if_the_facts_lose_less_than_allowed():
    whole = [variant("single", 0.600), variant("half", 0.600)]
    assert choose_variant([*whole, variant("int8-static", 0.598)], 0.3).name == "int8-static"
    assert choose_variant([*whole, variant("int8-static", 0.597)], 0.3).name == "half"


def test_eight_bits_that_read_a_sentence_by_its_neighbours_do_not_ship():
    whole = [variant("single", 0.6), variant("half", 0.6), variant("int8-static", 0.5)]
    assert choose_variant([*whole, variant("int8-dynamic", 0.6, batch_difference=0.1)], 0.3).name == "half"


def test_of_two_that_may_ship_the_one_with_the_better_facts_does():
    whole = [variant("single", 0.6), variant("half", 0.6)]
    assert choose_variant([*whole, variant("int8-a", 0.599), variant("int8-b", 0.6, 9)], 0.3).name == "int8-b"


@pytest.fixture
def trained(tmp_path):
    write_classifier(tmp_path / "model")
    write_documents(tmp_path)
    return tmp_path / "model"


def settings(folder, **changes):
    values = {"annotations": (str(folder.parent / "documents.jsonl"),), "splits": str(folder.parent / "splits.json")}
    return ExportConfig(**(values | {"calibration": 4, "threads": 1} | changes))


def test_a_model_is_exported_measured_and_served(trained):
    report = ship_onnx(trained, settings(trained))
    assert set(report["variants"]) == {"single", "half", "int8-dynamic", "int8-static"}
    sizes = {name: found["bytes"] for name, found in report["variants"].items()}
    assert sizes["int8-dynamic"] < sizes["half"] < sizes["single"]
    assert report["variants"]["single"]["largest_difference"] < 1e-4
    assert report["variants"]["int8-static"]["batch_difference"] < 1e-3
    assert json.loads((trained / "export.json").read_text()) == report
    assert (trained / "model.onnx").stat().st_size == sizes[report["shipped"]]
    assert Extractor.load(trained).predict(TEXT.format("۱۷")).facts
    assert not list(trained.glob("export-*"))


def test_a_file_that_says_something_else_is_not_written(trained, monkeypatch):
    monkeypatch.setitem(ship_onnx.__globals__["TOLERANCE"], "single", -1.0)
    monkeypatch.setattr("ie.shipping.quantize", lambda *arguments: None)
    with pytest.raises(IEError, match="a logit is .* away from PyTorch's"):
        ship_onnx(trained, settings(trained, calibration=0))
    assert {path.name for path in trained.iterdir()} == {"config.json", "model.safetensors", "tokenizer.json"}


def test_an_export_needs_trained_weights_and_dev_documents(trained, tmp_path):
    with pytest.raises(IEError, match="no such model folder"):
        ship_onnx(tmp_path / "absent", settings(trained))
    write_encoder(tmp_path / "encoder")
    with pytest.raises(IEError, match="never trained to classify words"):
        ship_onnx(tmp_path / "encoder", settings(trained))
    write_documents(tmp_path, dev=())
    with pytest.raises(IEError, match="no dev document"):
        ship_onnx(trained, settings(trained))
    (trained / "model.safetensors").unlink()
    with pytest.raises(IEError, match=r"no model\.safetensors"):
        ship_onnx(trained, settings(trained))
