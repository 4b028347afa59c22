"""Fixtures that many test modules share: the shared folder, a small tokenizer and a model made of rules."""

import os
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from ie.labels import TAGS
from ie.persian import folding_normalizer
from ie.tagger import Tagger

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = "در سال تعداد واحد صنعتی مسکونی راه اندازی شد و ساخته مدرسه بیش از نفر درصد گزارش پلیس . : ،".split()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared texts; tests that ask for it skip where it is absent."""
    folder = Path(os.environ.get("IE_SHARED", "../shared"))
    if not (folder / "annotations" / "real.jsonl").is_file():
        pytest.skip(f"no shared texts in {folder}; set IE_SHARED to their folder")
    return folder


def build_tokenizer() -> Tokenizer:
    """Return a word tokenizer with the project's folding and a few words."""
    numbers = [*"0123456789"] + [f"{number}{zeros}" for number in range(10, 100) for zeros in ("", "0", "00")]
    vocabulary = {word: index for index, word in enumerate(dict.fromkeys([*SPECIAL, *WORDS, *numbers]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = folding_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def build_rule_tagger() -> Tagger:
    """Return a tagger whose model knows three words: digits are NUMBER, «واحد صنعتی» is PROGRAM."""
    tokenizer = build_tokenizer()
    vocabulary = tokenizer.get_vocab()
    digits = [index for piece, index in vocabulary.items() if piece.isdigit()]

    def model(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        logits = np.zeros((*ids.shape, len(TAGS)), dtype=np.float32)
        logits[..., 0] = 4.0
        logits[np.isin(ids, digits), TAGS.index("B-NUMBER")] = 8.0
        logits[ids == vocabulary["واحد"], TAGS.index("B-PROGRAM")] = 8.0
        logits[ids == vocabulary["صنعتی"], TAGS.index("I-PROGRAM")] = 8.0
        return logits

    return Tagger(tokenizer, model, window=24, stride=8)


@pytest.fixture
def rule_tagger() -> Tagger:
    """Return the tagger of `build_rule_tagger`."""
    return build_rule_tagger()
