import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

import ie
from ie.backends import load_model, onnx_model
from ie.cli import app
from ie.devices import check_device
from ie.extractor import Extractor
from ie.schema import IEError

COMPACT = Path(ie.__file__).parent / "models" / "compact"
GPU = "CUDAExecutionProvider"


@pytest.mark.parametrize(("device", "gpu"), [("auto", 0), ("cpu", None), ("cuda", 0), ("cuda:0", 0), ("cuda:3", 3)])
def test_a_device_names_a_card_or_none(device, gpu):
    assert check_device(device) == gpu


@pytest.mark.parametrize("device", ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "CUDA", "cpu:0", "cuda:۱"])
def test_another_device_is_one_clear_error(device):
    with pytest.raises(IEError, match="auto, cpu, cuda or cuda:N"):
        Extractor.load(device=device)


def test_the_command_refuses_another_device(tmp_path):
    (tmp_path / "report.txt").write_text("در سال ۱۴۰۰ تعداد ۳۵ مدرسه ساخته شد.", encoding="utf-8")
    asked = CliRunner().invoke(app, ["predict", str(tmp_path / "report.txt"), "--device", "gpu"])
    assert asked.exit_code == 2
    assert "--device" in asked.stderr


class FakeRuntime:
    """ONNX Runtime as it is built for GPUs, on a machine with one or without."""

    def __init__(self, monkeypatch, provider, working):
        self.asked = []
        real = sys.modules.get("onnxruntime") or __import__("onnxruntime")

        class Session:
            def __init__(session, path, options, providers, **others):
                self.asked = providers
                if working == "others" and len(providers) > 1:
                    raise RuntimeError("invalid device ordinal")
                names = [one if isinstance(one, str) else one[0] for one in providers]
                session.providers = [name for name in names if working or name != GPU]

            def get_providers(session):
                return session.providers

            def run(session, names, inputs):
                return [np.zeros((*inputs["input_ids"].shape, 7), dtype=np.float32)]

        known = [GPU, "CPUExecutionProvider"] if provider else ["CPUExecutionProvider"]
        fake = SimpleNamespace(
            SessionOptions=real.SessionOptions, InferenceSession=Session, get_available_providers=lambda: known
        )
        monkeypatch.setitem(sys.modules, "onnxruntime", fake)


def test_a_card_is_used_where_there_is_one(monkeypatch, caplog):
    runtime = FakeRuntime(monkeypatch, provider=True, working=True)
    assert load_model(COMPACT, device="cuda:1").run.on_gpu
    assert runtime.asked == [(GPU, {"device_id": 1}), "CPUExecutionProvider"]
    assert load_model(COMPACT).run.on_gpu
    assert not load_model(COMPACT, device="cpu").run.on_gpu
    assert runtime.asked == ["CPUExecutionProvider"]
    assert not caplog.records


@pytest.mark.parametrize(("provider", "working"), [(True, False), (True, "others"), (False, False)])
def test_a_card_that_is_absent_is_told_in_one_line_and_the_cpu_reads(monkeypatch, caplog, provider, working):
    FakeRuntime(monkeypatch, provider, working)
    assert not load_model(COMPACT, device="cuda").run.on_gpu
    (told,) = caplog.messages
    assert "device cuda" in told and "onnxruntime-gpu" in told and "\n" not in told
    load_model(COMPACT, device="auto")
    assert len(caplog.records) == 1


def test_this_machine_reads_whatever_device_is_asked_for():
    text = "در سال ۱۴۰۰ تعداد ۳۵ مدرسه ساخته شد."
    assert Extractor.load(device="cuda").predict(text).to_dicts()[0]["value"] == 35


def test_rows_are_read_the_same_bit_by_bit_whatever_they_are_read_with():
    run, ids = onnx_model(COMPACT / "model.onnx", threads=1), np.random.default_rng(0).integers(5, 16000, (7, 23))
    together = run(ids, np.ones_like(ids))
    assert (together == np.concatenate([run(row, np.ones_like(row)) for row in np.split(ids, 7)])).all()


class FakeClassifier:
    """What a torch folder is loaded as, noting where it is sent."""

    def __init__(self, tags):
        self.config = SimpleNamespace(id2label=dict(enumerate(tags)), num_labels=len(tags), tagger=None)
        self.sent = []

    def to(self, *where):
        self.sent.append(where)
        return self

    def eval(self):
        return self


@pytest.mark.filterwarnings("ignore")
def test_weights_of_torch_go_to_the_card_in_half_precision(monkeypatch, caplog, tmp_path):
    torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
    transformers = pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")
    from ie.labels import TAGS

    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((COMPACT / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"")
    classifier = FakeClassifier(TAGS)
    loader = SimpleNamespace(from_pretrained=lambda *given, **named: classifier)
    monkeypatch.setattr(transformers, "AutoModelForTokenClassification", loader)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    load_model(tmp_path, device="cuda:1")
    assert classifier.sent == [(torch.device("cuda", 1), torch.float16)]
    load_model(tmp_path, device="cpu")
    assert len(classifier.sent) == 1 and not caplog.records
    load_model(tmp_path, device="cuda:2")
    assert len(classifier.sent) == 1
    assert "device cuda:2" in caplog.messages[0]
