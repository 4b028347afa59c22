import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from ie.pretraining import MaskedBatches, PretrainConfig, corpus_texts, encode_corpus, pretrain, train_tokenizer  # noqa: E402
from ie.schema import IEError  # noqa: E402

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
    assert list(corpus_texts(config)) == LINES[:3] + LINES[4:]


def test_a_missing_corpus_file_is_named(config):
    with pytest.raises(IEError, match=r"absent\.txt"):
        list(corpus_texts(replace(config, corpus=("absent.txt",))))


def test_whole_words_are_masked_and_the_pieces_that_stood_there_are_returned(config):
    tokenizer = train_tokenizer(iter(LINES), 120)
    tokens = encode_corpus(tokenizer, iter(LINES))
    ids, mask, targets = MaskedBatches(tokens, tokenizer, replace(config, mask_share=0.5)).next()
    assert ids.shape == mask.shape == (2, 16)
    assert int(mask.sum()) == len(targets) > 0
    assert not mask[:, 0].any() and not mask[:, -1].any()


def test_a_run_leaves_a_model_and_goes_on_from_its_checkpoint(config):
    folder = pretrain(config)
    first = torch.load(folder / "checkpoint.pt", weights_only=True)
    pretrain(replace(config, minutes=0.04))
    second = torch.load(folder / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"] > 0
    assert (folder / "model.safetensors").is_file() and (folder / "tokenizer.json").is_file()
    assert len(np.load(folder / "tokens.npy")) > 0
