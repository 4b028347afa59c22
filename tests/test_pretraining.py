import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from ie.pretraining import (  # noqa: E402
    OFFSETS,
    MaskedBatches,
    PretrainConfig,
    build_model,
    encode_corpus,
    pretrain,
    train_tokenizer,
)
from ie.schema import IEError  # noqa: E402
from ie.texts import corpus_texts  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

LINES = [f"در سال {1380 + i} بیش از {i * 7} واحد مسکونی روستایی ساخته شد و {i} درصد رشد داشت" for i in range(40)]


@pytest.fixture
def config(tmp_path):
    corpus = tmp_path / "news.jsonl"
    rows = [json.dumps({"id": f"n{i}", "title": "", "text": line}, ensure_ascii=False) for i, line in enumerate(LINES)]
    corpus.write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "splits.json").write_text(json.dumps({"test_news_ids": ["n3"]}))
    return PretrainConfig(
        corpus=(str(corpus),), output=str(tmp_path / "model"), splits=str(tmp_path / "splits.json"), vocab_size=200,
        layers=1, hidden=16, sequence=16, batch=2, minutes=0.02, skipgram_epochs=0, threads=1,
    )  # fmt: skip


def test_articles_kept_for_testing_are_left_out(config):
    assert list(corpus_texts(config.corpus, config.splits)) == LINES[:3] + LINES[4:]


def test_a_missing_corpus_file_is_named(config):
    with pytest.raises(IEError, match=r"absent\.txt"):
        list(corpus_texts(["absent.txt"]))


def test_whole_words_are_masked_and_the_pieces_that_stood_there_are_returned(config):
    tokenizer = train_tokenizer(iter(LINES), 120)
    tokens = encode_corpus(tokenizer, iter(LINES))
    ids, mask, targets = MaskedBatches(tokens, tokenizer, replace(config, mask_share=0.5)).next()
    assert ids.shape == mask.shape == (2, 16)
    assert int(mask.sum()) == len(targets) > 0
    assert not mask[:, 0].any() and not mask[:, -1].any()


def test_heads_look_at_their_neighbours_from_the_first_step(config):
    config = replace(config, hidden=128, layers=2, sequence=40)
    tokenizer = train_tokenizer(iter(LINES), 120)
    tokens = encode_corpus(tokenizer, iter(LINES))
    model = build_model(tokens, tokenizer, config)
    model.config._attn_implementation = "eager"
    ids = torch.from_numpy(tokens[:40].astype("int64"))[None]
    layers = model.eval().bert(ids, output_attentions=True).attentions
    for layer, offsets in zip(layers, OFFSETS, strict=False):
        for head, offset in enumerate(offsets[:2]):
            inside = range(max(0, -offset), 40 - max(0, offset))
            looked = [float(layer[0, head, position, position + offset]) for position in inside]
            assert sum(looked) / len(looked) > 0.6, (head, offset)
    assert len(layers) == 2


def test_a_model_of_one_head_is_left_as_it_is(config):
    tokenizer = train_tokenizer(iter(LINES), 120)
    tokens = encode_corpus(tokenizer, iter(LINES))
    models = []
    for local in (True, False):
        torch.manual_seed(0)
        models.append(build_model(tokens, tokenizer, replace(config, local_heads=local)).state_dict())
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_a_run_leaves_a_model_and_goes_on_from_its_checkpoint(config):
    folder = pretrain(config)
    first = torch.load(folder / "checkpoint.pt", weights_only=True)
    pretrain(replace(config, minutes=0.04))
    second = torch.load(folder / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"] > 0
    assert (folder / "model.safetensors").is_file() and (folder / "tokenizer.json").is_file()
    assert len(np.load(folder / "tokens.npy")) > 0


def test_a_run_goes_on_from_an_ended_one_with_its_tokenizer_and_weights_and_a_clock_of_its_own(config, tmp_path):
    first = pretrain(config)
    later = pretrain(replace(config, start=str(first), output=str(tmp_path / "later"), minutes=0))
    assert (later / "tokenizer.json").read_bytes() == (first / "tokenizer.json").read_bytes()
    before, after = (torch.load(folder / "checkpoint.pt", weights_only=True) for folder in (first, later))
    assert all(torch.equal(value, after["model"][name]) for name, value in before["model"].items())
    assert before["step"] > 0 and after["step"] == 0


def test_a_start_that_has_not_ended_is_refused(config, tmp_path):
    with pytest.raises(IEError, match=r"checkpoint\.pt: no such checkpoint"):
        pretrain(replace(config, start=str(tmp_path)))
