"""Encoders are read as they were trained, ParsBERT's two shapes among them, and offsets point into the given text.

``IE_FULL_SHAPE=1`` (``make parsbert-shape``) takes 12 layers × 768 instead of one small layer.
"""

import os
import runpy
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from conftest import build_tokenizer  # noqa: E402
from tiny_models import (  # noqa: E402
    TEXT,
    authored_words,
    settings,
    write_classifier,
    write_documents,
    write_encoder,
    write_parsbert,
)

from ie.checksums import write_checksums  # noqa: E402
from ie.encoders import load_encoder, load_tokenizer  # noqa: E402
from ie.extractor import Extractor  # noqa: E402
from ie.schema import IEError  # noqa: E402
from ie.training import train  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

convert = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "to_safetensors.py"))["convert"]
FULL = bool(os.environ.get("IE_FULL_SHAPE"))
SHAPE = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
SMALL = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 48}
HALF_SPACED = "در سال ۱۴۰۰ کارخانه‌های كوچك ١٢ واحد را راه‌اندازی کرده‌اند؛ آمار هفتۀ پیش."
UNCASED = {"pieces": 100_000, "lower": True}
WITH_HALF_SPACE = {"pieces": 42_000, "lower": False, "keeps_half_space": True}


@pytest.fixture
def folder(tmp_path):
    write_documents(tmp_path)
    return tmp_path


@pytest.mark.parametrize("checkpoint", [UNCASED, WITH_HALF_SPACE], ids=["uncased", "half-space"])
def test_parsbert_is_trained_saved_loaded_and_asked(folder, checkpoint):
    write_parsbert(folder / "encoder", words=authored_words(), **checkpoint, **(SHAPE if FULL else SMALL))
    metrics = train(settings(folder, epochs=0.2, batch=4, learning_rate=1e-5, window=256, stride=64))
    assert metrics["lost_train"] == 0
    extractor = Extractor.load(folder / "model")
    assert extractor.tagger.window == 256
    report = extractor.predict(TEXT.format("۱۷"))
    assert [TEXT.format("۱۷")[slice(*span.offsets)] for span in report.spans if span.label == "NUMBER"] == ["۱۷"]
    words = extractor.tagger.read([HALF_SPACED])[0].words
    assert "کارخانه‌های" in [HALF_SPACED[start:end] for start, end in words]


@pytest.mark.parametrize("checkpoint", [UNCASED, WITH_HALF_SPACE], ids=["uncased", "half-space"])
def test_offsets_are_those_of_the_given_text_whatever_the_tokenizer_drops(tmp_path, checkpoint):
    write_parsbert(tmp_path / "encoder", **checkpoint, **SMALL)
    encoding = load_tokenizer(tmp_path / "encoder").encode(HALF_SPACED)
    ends = {}
    for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        if word is not None:
            ends[word] = (min(ends.get(word, (start, 0))[0], start), end)
    words = [HALF_SPACED[start:end] for start, end in ends.values()]
    assert words == HALF_SPACED.replace("؛", " ؛").replace(".", " .").split()


def test_a_vocabulary_with_half_spaces_keeps_them_and_one_without_reads_over_them(tmp_path):
    words = ["می‌شود", "میشود"]
    write_parsbert(tmp_path / "new", 500, lower=False, keeps_half_space=True, words=words[:1], **SMALL)
    write_parsbert(tmp_path / "old", 500, lower=True, words=words[1:], **SMALL)
    read = [load_tokenizer(tmp_path / name).encode("مي‌شود").tokens[1:-1] for name in ("new", "old")]
    assert read == [["می‌شود"], ["میشود"]]


def test_spellings_that_the_vocabulary_lacks_become_those_it_has(tmp_path):
    write_parsbert(tmp_path / "encoder", 500, lower=False, words=["کتاب", "۱۲"], **SMALL)
    tokens = load_tokenizer(tmp_path / "encoder").encode("كتـــاب ١۲").tokens
    assert tokens == ["[CLS]", "کتاب", "۱۲", "[SEP]"]


def test_the_tokenizer_of_a_folder_is_taken_as_it_is(tmp_path):
    write_encoder(tmp_path / "encoder")
    assert load_tokenizer(tmp_path / "encoder").to_str() == build_tokenizer().to_str()


@pytest.mark.parametrize(("missing", "named"), [
    ("config.json", r"no config\.json"),
    ("model.safetensors", r"no model\.safetensors"),
    ("tokenizer.json", r"no tokenizer\.json \(or vocab\.txt"),
])  # fmt: skip
def test_an_encoder_folder_that_lacks_a_file_names_it(tmp_path, missing, named):
    (write_encoder(tmp_path / "encoder") / missing).unlink()
    with pytest.raises(IEError, match=named):
        load_encoder(str(tmp_path / "encoder"), 64)


def test_a_folder_that_does_not_exist_is_not_asked_of_the_hub(tmp_path):
    with pytest.raises(IEError, match="no such folder"):
        load_encoder(str(tmp_path / "absent"), 64)


def test_a_damaged_encoder_is_one_clear_error(tmp_path):
    (write_encoder(tmp_path / "encoder") / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(IEError, match="no encoder that can be loaded"):
        load_encoder(str(tmp_path / "encoder"), 64)


def test_a_classifier_of_other_labels_stops_before_training(folder):
    write_classifier(folder / "encoder", tags=("O", "B-PER", "I-PER"))
    with pytest.raises(IEError, match=r"a classifier of O, B-PER, I-PER, while the data is labelled O, B-NUMBER"):
        train(settings(folder))
    assert not (folder / "model").exists()


def test_a_classifier_of_our_labels_is_trained_on(tmp_path):
    model = write_classifier(tmp_path / "encoder")
    loaded = load_encoder(str(tmp_path / "encoder"), 64).classifier
    assert torch.equal(loaded.classifier.weight, model.classifier.weight)


def test_a_window_that_the_encoder_cannot_read_stops_before_training(tmp_path):
    write_encoder(tmp_path / "encoder", max_position_embeddings=128)
    with pytest.raises(IEError, match="window is 192, while the encoder reads 128 pieces"):
        load_encoder(str(tmp_path / "encoder"), 192)


def test_a_tokenizer_of_another_model_stops_before_training(tmp_path):
    write_encoder(tmp_path / "encoder", vocab_size=50)
    with pytest.raises(IEError, match="they belong to different models"):
        load_encoder(str(tmp_path / "encoder"), 64)


def test_weights_that_are_a_pickle_are_not_read_but_written_anew(tmp_path):
    model = write_classifier(tmp_path / "encoder")
    (tmp_path / "encoder" / "model.safetensors").unlink()
    torch.save(model.state_dict(), tmp_path / "encoder" / "pytorch_model.bin")
    with pytest.raises(IEError, match=r"a pickle, pytorch_model\.bin, which is not read; .*scripts/to_safetensors\.py"):
        load_encoder(str(tmp_path / "encoder"), 64)
    convert(tmp_path / "encoder", tmp_path / "new")
    loaded = load_encoder(str(tmp_path / "new"), 64).classifier
    assert torch.equal(loaded.classifier.weight, model.classifier.weight)


def test_a_pickle_that_would_run_code_is_not_written_anew(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    write_classifier(tmp_path / "encoder")
    torch.save({"weight": Hostile()}, tmp_path / "encoder" / "pytorch_model.bin")
    with pytest.raises(IEError, match="no weights that can be read without running code"):
        convert(tmp_path / "encoder", tmp_path / "new")
    assert not (tmp_path / "ran").exists() and not (tmp_path / "new").exists()


def test_an_encoder_that_is_damaged_is_told_before_it_is_trained_on(tmp_path):
    write_encoder(tmp_path / "encoder")
    write_checksums(tmp_path / "encoder")
    load_encoder(str(tmp_path / "encoder"), 64)
    weights = tmp_path / "encoder" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(IEError, match=r"model\.safetensors: damaged or changed: expected the SHA-256 sum"):
        load_encoder(str(tmp_path / "encoder"), 64)
    with pytest.raises(IEError, match=r"model\.safetensors: damaged or changed"):
        Extractor.load(tmp_path / "encoder")
