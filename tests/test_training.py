import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from conftest import build_tokenizer  # noqa: E402
from transformers import BertConfig, BertForTokenClassification, BertModel  # noqa: E402

from ie.annotations import read_annotations  # noqa: E402
from ie.backends import load_model, onnx_model  # noqa: E402
from ie.labels import TAGS  # noqa: E402
from ie.schema import IEError, Span  # noqa: E402
from ie.tagger import Tagger  # noqa: E402
from ie.training import PaddingCollator, SentenceWindows, TrainConfig, align_spans, export_onnx, train  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

TEXT = "در سال ۱۴۰۰ تعداد {} واحد صنعتی راه اندازی شد."


def tiny_config(**changes):
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    return BertConfig(vocab_size=build_tokenizer().get_vocab_size(), type_vocab_size=1, **(sizes | changes))


@pytest.fixture
def encoder_folder(tmp_path):
    torch.manual_seed(0)
    folder = tmp_path / "encoder"
    BertModel(tiny_config(), add_pooling_layer=False).save_pretrained(folder)
    build_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def annotated(tmp_path):
    path = tmp_path / "documents.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for count in range(12, 24):
            text = TEXT.format(count)
            at, program = text.index(str(count)), text.index("واحد")
            fact = {"id": f"{count}#1", "number": [at, at + 2], "program": [program, program + 10], "value": count}
            record = {"id": str(count), "text": text, "periods": [{"span": [3, 11], "interval": None}], "facts": [fact]}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    (tmp_path / "splits.json").write_text(json.dumps({"dev": ["12", "13"], "test": ["14"]}))
    return path


def settings(encoder_folder, annotated, **changes):
    values = {
        "model": str(encoder_folder),
        "annotations": (str(annotated),),
        "splits": str(annotated.parent / "splits.json"),
        "output": str(annotated.parent / "model"),
        "epochs": 30,
        "learning_rate": 3e-3,
        "threads": 1,
    }
    return TrainConfig(**(values | changes))


def test_training_writes_a_model_folder_that_the_tagger_serves(encoder_folder, annotated):
    metrics = train(settings(encoder_folder, annotated))
    assert metrics["eval_f1"] > 0.9
    tagger = Tagger.load(annotated.parent / "model")
    emissions = tagger.read([TEXT.format("17")])[0]
    tags = [tagger.tags[index] for index in emissions.probabilities.argmax(axis=1)]
    assert tags == ["O", "B-PERIOD", "I-PERIOD", "O", "B-NUMBER", "B-PROGRAM", "I-PROGRAM", "O", "O", "O", "O"]
    assert json.loads((annotated.parent / "model" / "metrics.json").read_text())["eval_f1"] == metrics["eval_f1"]
    assert (annotated.parent / "model" / "model.safetensors").is_file()


def test_test_documents_are_never_trained_on(annotated):
    annotations = read_annotations(annotated)
    kept = [document.id for document in annotations if document.id not in ("12", "13", "14")]
    assert len(kept) == 9


def test_the_onnx_model_says_what_the_torch_model_says(tmp_path):
    torch.manual_seed(1)
    model = BertForTokenClassification(tiny_config(num_labels=len(TAGS))).eval()
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
    torch.manual_seed(2)
    names = dict(enumerate(TAGS))
    model = BertForTokenClassification(tiny_config(id2label=names, label2id={t: i for i, t in names.items()})).eval()
    model.config.tagger = {"window": 64, "stride": 16}
    model.save_pretrained(tmp_path)
    build_tokenizer().save(str(tmp_path / "tokenizer.json"))
    loaded = load_model(tmp_path)
    ids = np.random.default_rng(0).integers(5, 60, (2, 9))
    with torch.no_grad():
        expected = model(torch.from_numpy(ids)).logits.numpy()
    np.testing.assert_allclose(loaded.run(ids, np.ones_like(ids)), expected, atol=1e-6)
    assert Tagger.load(tmp_path).window == 64


def test_a_classifier_with_other_labels_is_refused(tmp_path):
    BertForTokenClassification(tiny_config(num_labels=3)).save_pretrained(tmp_path)
    build_tokenizer().save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(IEError, match="its labels lack O, B-NUMBER"):
        load_model(tmp_path)


def test_words_get_the_label_of_the_span_that_holds_their_first_character():
    text = TEXT.format(17)
    encoding = build_tokenizer().encode(text)
    labels = align_spans(encoding, [Span(3, 11, "PERIOD"), Span(18, 20, "NUMBER")])
    assert [TAGS[label] for label in labels if label >= 0][:5] == ["O", "B-PERIOD", "I-PERIOD", "O", "B-NUMBER"]
    assert labels[0] == labels[-1] == -100


def test_spans_that_no_window_can_hold_are_reported(annotated):
    document = next(iter(read_annotations(annotated)))
    broken = type(document)(document.document, (Span(30, len(document.text), "PROGRAM"), Span(2, 3, "NUMBER")), ())
    windows = SentenceWindows([broken], build_tokenizer(), 32, 8)
    assert [span.label for _, span in windows.lost] == ["NUMBER"]


def test_padding_is_masked_and_never_scored():
    batch = PaddingCollator()([{"input_ids": [2, 7, 3], "labels": [-100, 1, -100]}, {"input_ids": [2], "labels": [0]}])
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"].tolist() == [[-100, 1, -100], [0, -100, -100]]


def test_nothing_to_train_on_is_one_clear_error(encoder_folder, annotated):
    ids = [str(count) for count in range(12, 24)]
    (annotated.parent / "splits.json").write_text(json.dumps({"dev": [], "test": ids}))
    with pytest.raises(IEError, match="no document left to train on"):
        train(settings(encoder_folder, annotated))
