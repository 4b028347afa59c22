"""Tiny encoders, vocabularies and documents that training tests share."""

import json
import random
from pathlib import Path

import torch
from conftest import build_tokenizer
from transformers import BertConfig, BertForTokenClassification, BertModel

from ie.labels import TAGS
from ie.training import TrainConfig

TEXT = "در سال ۱۴۰۰ تعداد {} واحد صنعتی راه اندازی شد."
NAMES = dict(enumerate(TAGS))


def tiny_config(**changes):
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    given = {"vocab_size": build_tokenizer().get_vocab_size(), "type_vocab_size": 1}
    return BertConfig(**(sizes | given | changes))


def write_encoder(folder, **changes):
    torch.manual_seed(0)
    BertModel(tiny_config(**changes), add_pooling_layer=False).save_pretrained(folder)
    build_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def write_classifier(folder, tags=TAGS, **changes):
    torch.manual_seed(0)
    names = dict(enumerate(tags))
    labels = {"id2label": names, "label2id": {tag: index for index, tag in names.items()}}
    model = BertForTokenClassification(tiny_config(**labels, **changes)).eval()
    model.save_pretrained(folder)
    build_tokenizer().save(str(folder / "tokenizer.json"))
    return model


def write_documents(folder, dev=("12", "13"), test=("14",)):
    path = folder / "documents.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for count in range(12, 24):
            text = TEXT.format(count)
            at, program = text.index(str(count)), text.index("واحد")
            fact = {"id": f"{count}#1", "number": [at, at + 2], "program": [program, program + 10], "value": count}
            record = {"id": str(count), "text": text, "periods": [{"span": [3, 11], "interval": None}], "facts": [fact]}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    (folder / "splits.json").write_text(json.dumps({"dev": list(dev), "test": list(test)}))
    return path


def settings(folder, kind=TrainConfig, **changes):
    """Return the settings of a run over the documents and the encoder in the folder."""
    values = {
        "model": str(folder / "encoder"),
        "annotations": (str(folder / "documents.jsonl"),),
        "splits": str(folder / "splits.json"),
        "output": str(folder / "model"),
        "epochs": 3,
        "batch": 4,
        "learning_rate": 3e-3,
        "patience": 0,
        "onnx": False,
        "threads": 1,
    }
    return kind(**(values | changes))


LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءآئ"


def write_parsbert(folder, pieces, *, lower, words=(), keeps_half_space=False, **changes):
    """Write a checkpoint as ParsBERT's are: a masked language model, a vocabulary, and no ``tokenizer.json``."""
    known = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    characters = [*LETTERS, *"۰۱۲۳۴۵۶۷۸۹", *".،:؛()«»٪%/-", *(["\u200c"] if keeps_half_space else [])]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    vocabulary += [f"##{character}" for character in characters]
    vocabulary += [word for word in dict.fromkeys(words) if word not in known and len(word) > 1]
    vocabulary = list(dict.fromkeys(vocabulary))
    letters, chance = LETTERS.replace("آ", "") if lower else LETTERS, random.Random(0)
    filler = dict.fromkeys(vocabulary)
    while len(filler) < pieces:
        piece = "".join(chance.choices(letters, k=chance.randint(2, 6)))
        filler[piece if chance.random() < 0.5 else f"##{piece}"] = None
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(list(filler)[:pieces]) + "\n", encoding="utf-8")
    stock = {"do_lower_case": lower, "tokenizer_class": "BertTokenizer", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(stock))
    from transformers import BertForMaskedLM

    torch.manual_seed(0)
    BertForMaskedLM(tiny_config(vocab_size=pieces, type_vocab_size=2, **changes)).save_pretrained(folder)
    return folder


def authored_words() -> list[str]:
    """Return the words of the documents written for the tests of training."""
    path = Path(__file__).parents[1] / "annotations" / "authored" / "a.jsonl"
    return [word for line in path.open(encoding="utf-8") for word in json.loads(line)["text"].split()]
