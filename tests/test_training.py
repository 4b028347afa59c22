import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from safetensors.torch import load_file  # noqa: E402
from tiny_models import TEXT, settings, write_documents, write_encoder  # noqa: E402
from transformers import BertConfig, BertModel  # noqa: E402

from ie.configuration import read_config  # noqa: E402
from ie.schema import IEError  # noqa: E402
from ie.tagger import Tagger  # noqa: E402
from ie.training import TrainConfig, read_corpus, train  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a tiny encoder and twelve documents: nine to learn from, two to choose by, one to test."""
    write_encoder(tmp_path / "encoder")
    write_documents(tmp_path)
    return tmp_path


def weights(model):
    return load_file(model / "model.safetensors")


def same(left, right):
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def test_training_writes_a_model_folder_that_the_tagger_serves(folder):
    metrics = train(settings(folder, epochs=30, batch=16, onnx=True))
    assert metrics["eval_f1"] > 0.9
    tagger = Tagger.load(folder / "model")
    emissions = tagger.read([TEXT.format("17")])[0]
    tags = [tagger.tags[index] for index in emissions.probabilities.argmax(axis=1)]
    assert tags == ["O", "B-PERIOD", "I-PERIOD", "O", "B-NUMBER", "B-PROGRAM", "I-PROGRAM", "O", "O", "O", "O"]
    assert json.loads((folder / "model" / "metrics.json").read_text()) == metrics
    assert {path.name for path in (folder / "model").iterdir()} - {"tensorboard"} == {
        "README.md", "SHA256SUMS", "config.json", "curves.svg", "lost_spans.jsonl", "metrics.json", "model.onnx",
        "model.safetensors", "tokenizer.json",
    }  # fmt: skip
    card = (folder / "model" / "README.md").read_text(encoding="utf-8")
    assert "| train | 9 | 9 | 9 | 9 | 9 | 9 |" in card
    assert "| dev | 2 | 2 | 2 | 2 | 2 | 2 |" in card
    assert "| `learning_rate` | 0.003 |" in card


def test_the_weights_with_the_best_dev_facts_are_kept(folder, monkeypatch):
    scores = iter([0.2, 0.6, 0.4, 0.5, 0.6])
    seen = []

    def score(self, prediction):
        value = next(scores)
        seen.append(self.extractor.tagger.model(np.array([[2, 7, 3]]), np.ones((1, 3), np.int64)))
        return {"facts": value, "choice": value, "f1": 0.0}

    monkeypatch.setattr("ie.dev_scores.DevScores.__call__", score)
    monkeypatch.setattr("ie.training.render_card", lambda card: "")
    metrics = train(settings(folder, epochs=9, patience=2))
    assert (metrics["best_epoch"], metrics["epochs"]) == (2, 4)
    # the last scoring is of the weights that were kept
    np.testing.assert_array_equal(seen[-1], seen[1])
    assert not np.array_equal(seen[3], seen[1])


@pytest.mark.parametrize("loss", ["weighted", "focal"])
def test_rare_tags_can_be_given_more_weight(folder, loss):
    assert train(settings(folder, loss=loss, epochs=20))["eval_f1"] > 0.5


def test_the_same_seed_gives_the_same_model_and_another_seed_another(folder):
    models = []
    for output, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(settings(folder, output=str(folder / output), seed=seed, epochs=1))
        models.append(weights(folder / output))
    assert same(models[0], models[1])
    assert not same(models[0], models[2])


def test_a_model_in_half_precision_takes_half_the_room(folder):
    for half in (False, True):
        train(settings(folder, epochs=1, output=str(folder / str(half)), half_weights=half))
    small, large = ((folder / name / "model.safetensors").stat().st_size for name in ("True", "False"))
    assert small < 0.6 * large
    assert Tagger.load(folder / "True").read([TEXT])


def test_nothing_of_an_earlier_model_stays_in_the_folder(folder):
    (folder / "model").mkdir()
    (folder / "model" / "model.onnx").write_text("an earlier model")
    train(settings(folder, epochs=1))
    assert not (folder / "model" / "model.onnx").exists()


def test_without_dev_documents_the_last_weights_are_kept(folder):
    write_documents(folder, dev=())
    metrics = train(settings(folder, epochs=2))
    assert "eval_f1" not in metrics
    assert "nothing was measured" in (folder / "model" / "README.md").read_text(encoding="utf-8")


def test_nothing_to_train_on_is_one_clear_error(folder):
    write_documents(folder, dev=(), test=[str(count) for count in range(12, 24)])
    with pytest.raises(IEError, match="no document left to train on"):
        train(settings(folder))


def test_a_share_of_the_training_documents_is_drawn_and_a_larger_one_holds_it(folder):
    drawn = {
        share: {document.id for document in read_corpus(settings(folder, share=share)).train}
        for share in (0.3, 0.6, 1.0)
    }
    assert [len(ids) for ids in drawn.values()] == [3, 6, 9]
    assert drawn[0.3] < drawn[0.6] < drawn[1.0]


@pytest.mark.parametrize("change", [{"epochs": 0}, {"share": 0}, {"batch": 0}, {"window": 4}, {"stride": 300}])
def test_settings_that_no_run_can_have_are_named(folder, change):
    (name,) = change
    with pytest.raises(IEError, match=f"{name} = "):
        train(settings(folder, **change))


# ------------------------------------------------------------------------------------------------ resume and the script


@pytest.fixture
def smoke(tmp_path):
    """Return the settings of configs/smoke.toml over a tiny encoder with the tokenizer that ships."""
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    torch.manual_seed(0)
    BertModel(BertConfig(vocab_size=16_000, **sizes), add_pooling_layer=False).save_pretrained(tmp_path / "encoder")
    tokenizer = ROOT / "ie" / "models" / "compact" / "tokenizer.json"
    (tmp_path / "encoder" / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    config = read_config(TrainConfig, ROOT / "configs" / "smoke.toml")
    annotations = tuple(str(ROOT / path) for path in config.annotations)
    places = {"model": str(tmp_path / "encoder"), "annotations": annotations, "splits": str(ROOT / config.splits)}
    return replace(config, **places, output=str(tmp_path / "model"), onnx=False)


def write_settings(path, config):
    values = {name: getattr(config, name) for name in config.__slots__}
    path.write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items() if value is not None))
    return path


def run_script(path):
    command = [sys.executable, str(ROOT / "scripts" / "train.py"), str(path)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def environment():
    import os

    return os.environ | {"PYTHONPATH": str(ROOT)}


def test_a_run_that_was_killed_goes_on_to_the_same_model(smoke, tmp_path):
    whole = replace(smoke, output=str(tmp_path / "whole"))
    expected = train(whole)
    script = run_script(write_settings(tmp_path / "smoke.toml", smoke))
    checkpoints = Path(smoke.output) / "checkpoints"
    deadline = time.monotonic() + 60
    # killed between epochs and inside one: at step 30 of 38
    while not (checkpoints / "checkpoint-30" / "trainer_state.json").exists():
        assert script.poll() is None, script.stderr.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.002)
    script.send_signal(signal.SIGKILL)
    script.communicate()
    assert not (Path(smoke.output) / "metrics.json").exists()
    resumed = train(smoke)
    assert resumed == expected
    assert same(weights(Path(smoke.output)), weights(Path(whole.output)))
    assert not checkpoints.exists()


def test_checkpoints_of_other_settings_are_refused_and_what_differs_is_named(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("ie.training.write_model", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(settings(folder, epochs=2))
    with pytest.raises(IEError, match=r"another learning_rate; give the same settings to go on with it, or remove"):
        train(settings(folder, epochs=2, learning_rate=1e-4))


def test_a_run_that_ended_before_its_model_was_written_is_not_trained_again(folder, monkeypatch):
    expected = train(settings(folder, output=str(folder / "whole"), epochs=6, patience=1))
    with monkeypatch.context() as patch:
        patch.setattr("ie.training.write_model", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(settings(folder, epochs=6, patience=1))
    monkeypatch.setattr("ie.epochs.WordTrainer.training_step", interrupt)
    assert train(settings(folder, epochs=6, patience=1)) == expected
    assert same(weights(folder / "model"), weights(folder / "whole"))


def interrupt(*arguments, **named):
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["parsbert", "compact", "smoke"])
def test_the_shipped_settings_are_valid(name):
    assert read_config(TrainConfig, ROOT / "configs" / f"{name}.toml").epochs > 0
