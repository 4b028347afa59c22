"""A large fine-tuned teacher teaches a compact student on text that nobody has labelled.

The teacher reads sentences with number candidates and says how likely each tag of each word is. Teacher and student cut
words differently, so its probabilities reach the student's words by their characters. Gold documents are learnt too,
mixed with what the teacher says of them. All else is `training`'s: dev facts, best weights, resume, model folder.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ie.alignment import IGNORED, Row, read_words
from ie.encoders import load_encoder
from ie.hub import pinned
from ie.labels import TAGS
from ie.numerals import find_numbers
from ie.objectives import distillation
from ie.persian import sentence_offsets
from ie.schema import IEError, Offsets
from ie.tagger import Emissions, Tagger
from ie.texts import corpus_texts
from ie.training import align, learn, prepare, read_corpus
from ie.training_settings import TrainConfig

__all__ = ["DistillConfig", "carry_over", "distill", "soft_rows"]

logger = logging.getLogger(__name__)

Probabilities = NDArray[np.float32]
_TOGETHER = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class DistillConfig(TrainConfig):
    """Settings of a distillation: those of a training, whose `model` is the student's encoder, and the teacher's.

    `teacher` is a trained model folder or ``owner/name@revision`` of the hub; `corpus` files (``.jsonl[.gz]`` with a
    text field, ``.txt[.gz]`` of a text a line) give up to `sentences` sentences with a number candidate, without the
    articles that `corpus_splits` keeps for testing. A word with a gold label learns it by `gold_share` and the
    teacher's opinion by the rest.
    """

    teacher: str
    corpus: tuple[str, ...]
    corpus_splits: str | None = None
    sentences: int = 20_000
    temperature: float = 2.0
    gold_share: float = 0.5


def distill(config: DistillConfig) -> dict[str, Any]:
    """Teach the student, write its model folder and return its metrics."""
    prepare(config)
    if config.temperature <= 0 or not 0 <= config.gold_share <= 1:
        raise IEError("expected a temperature above 0 and a gold_share from 0 to 1; see configs/distill.toml")
    config = replace(config, model=pinned(config.model, config.revision), teacher=pinned(config.teacher))
    teacher = Tagger.load(config.teacher, config.threads or None)
    corpus = read_corpus(config)
    student = load_encoder(config.model, config.window, config.revision)
    aligned = align(config, corpus, student)
    sentences = list(corpus_sentences(config))
    logger.info("the teacher reads %d sentences", len(sentences))
    unlabelled = soft_rows(teacher, student.tokenizer, sentences)
    gold_texts = [one.text[start:end] for one in corpus.train for start, end in sentence_offsets(one.text)]
    known = {tuple(row["input_ids"]): row["soft"] for row in soft_rows(teacher, student.tokenizer, gold_texts)}
    for row in (*aligned["train"].rows, *aligned["dev"].rows):
        row["soft"] = known.get(tuple(row["input_ids"])) or [[0.0] * len(TAGS)] * len(row["input_ids"])
    return learn(config, corpus, student, aligned, distillation(config.temperature, config.gold_share), unlabelled)


def corpus_sentences(config: DistillConfig) -> Iterator[str]:
    """Yield the sentences of the corpus that hold a number candidate, up to the number asked for."""
    left = config.sentences
    for text in corpus_texts(config.corpus, config.corpus_splits):
        for start, end in sentence_offsets(text):
            if left == 0:
                return
            sentence = text[start:end]
            if any(number.reject is None for number in find_numbers(sentence)):
                left -= 1
                yield sentence


def soft_rows(teacher: Tagger, tokenizer: Tokenizer, sentences: Sequence[str]) -> list[Row]:
    """Return the windows of sentences for the student, with the teacher's tag probabilities of each word as ``soft``.

    No position has a gold label; positions of which the teacher says nothing hold zeros.
    """
    order = [teacher.tags.index(tag) for tag in TAGS]
    rows: list[Row] = []
    for chunk in batched(sentences, _TOGETHER):
        for sentence, read in zip(chunk, teacher.read(chunk), strict=True):
            words = read_words(tokenizer, sentence)
            soft = carry_over(Emissions(read.words, read.probabilities[:, order]), words.offsets)
            columns = [np.zeros((len(window.ids), len(TAGS)), np.float32) for window in words.windows]
            for (number, index), row in zip(words.places, soft, strict=True):
                columns[number][index] = row
            rows += [
                {"input_ids": window.ids, "labels": [IGNORED] * len(window.ids), "soft": column.round(6).tolist()}
                for window, column in zip(words.windows, columns, strict=True)
                if column.any()
            ]
    return rows


def carry_over(read: Emissions, words: Sequence[Offsets]) -> Probabilities:
    """Return the teacher's tag probabilities for the words of another tokenizer.

    A word takes those of the teacher's word that holds its first character, or of the first that begins inside it;
    zeros where there is none. A word that begins later inside the teacher's word continues what that word begins, so
    the probability of each ``B-`` goes to its ``I-``.
    """
    carried = np.zeros((len(words), len(TAGS)), np.float32)
    for index, (start, end) in enumerate(words):
        first, last = read.covering(start, end)
        if first == last:
            continue
        carried[index] = read.probabilities[first]
        begun = index > 0 and read.words[first, 0] <= words[index - 1][0] < read.words[first, 1]
        if begun:
            carried[index, 2::2] += carried[index, 1::2]
            carried[index, 1::2] = 0
    return carried
