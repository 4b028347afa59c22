"""Dense supervision between pretraining and fine-tuning: one encoder, one head per labelled set.

A compact encoder learns little of word classes and phrase boundaries from an hour of masked words, so it is next taught
what labelled Persian already exists: named entities and dates (PEYMA), parts of speech and dependency relations
(Universal Dependencies), and the noun phrase that a number counts, read off the ``nummod`` trees; and silver labels,
the spans that the rules find in a raw corpus. Each word carries a tag; its first piece is the one that answers for it.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Encoding, Tokenizer
from torch import nn
from transformers import BertForTokenClassification, BertModel

from ie.labels import NUMBER, PROGRAM, TAGS
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.persian import sentence_offsets
from ie.proposals import rule_spans
from ie.schema import IEError, Span
from ie.texts import corpus_texts

__all__ = [
    "SuperviseConfig",
    "TaggedWords",
    "align_words",
    "read_conll",
    "read_conllu",
    "silver_sentences",
    "supervise",
]

logger = logging.getLogger(__name__)

IGNORED = -100
_SILVER = "silver"
Batch = tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]


@dataclass(frozen=True, slots=True)
class TaggedWords:
    """A text whose words carry tags: ``(start, end, tag)`` by character; words without a tag are not scored."""

    text: str
    words: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class SuperviseConfig:
    """Settings: `model` is a pretrained folder, `conll` and `conllu` the labelled files (``.gz`` or plain).

    `silver` are raw corpus files, of which articles of `silver_characters` in all are labelled by the rules, those that
    `splits` keeps for testing left out; `silver_share` of the steps are taken on them.
    """

    model: str
    output: str
    conll: tuple[str, ...] = ()
    conllu: tuple[str, ...] = ()
    silver: tuple[str, ...] = ()
    splits: str | None = None
    silver_characters: int = 8_000_000
    silver_share: float = 0.5
    batch: int = 16
    window: int = 160
    learning_rate: float = 3e-4
    minutes: float = 10.0
    threads: int = 0
    seed: int = 13


def align_words(encoding: Encoding, words: Sequence[tuple[int, int, str]], tags: Sequence[str]) -> list[int]:
    """Return a label id per word piece: the first piece of each tokenizer word answers, the others are ignored.

    Where the tokenizer cuts a tagged word in two, the later part of a ``B-`` word continues it (``I-``). Both lists are
    in text order; a piece outside every tagged word is ignored.
    """
    ids = {tag: index for index, tag in enumerate(tags)}
    labels = [IGNORED] * len(encoding.ids)
    position = 0
    previous_word = None
    for index, (word, (start, _)) in enumerate(zip(encoding.word_ids, encoding.offsets, strict=True)):
        if word is None or word == previous_word:
            continue
        previous_word = word
        while position < len(words) and words[position][1] <= start:
            position += 1
        if position == len(words) or words[position][0] > start:
            continue
        first, _, tag = words[position]
        if start > first and tag.startswith("B-"):
            tag = "I-" + tag[2:]
        labels[index] = ids[tag]
    return labels


def read_conll(path: Path) -> Iterator[TaggedWords]:
    """Yield the sentences of a two-column file of words and IOB2 tags."""
    words: list[str] = []
    tags: list[str] = []
    for line in _lines(path):
        columns = line.split("\t") if "\t" in line else line.split()
        if len(columns) >= 2 and not line.startswith("# "):
            words.append(columns[0])
            tags.append(columns[-1])
        elif words:
            yield _joined(words, tags)
            words, tags = [], []
    if words:
        yield _joined(words, tags)


def read_conllu(path: Path) -> Iterator[dict[str, TaggedWords]]:
    """Yield for each tree its sentence tagged three ways: ``pos``, ``relation`` and ``counted``."""
    rows: list[list[str]] = []
    for line in [*_lines(path), ""]:
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit():
            rows.append(columns)
        elif not line and rows:
            words = [row[1] for row in rows]
            yield {
                "pos": _joined(words, [row[3] for row in rows]),
                "relation": _joined(words, [row[7].split(":")[0] for row in rows]),
                "counted": _joined(words, _counted_tags(rows)),
            }
            rows = []


def _counted_tags(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return IOB2 tags of numbers (``nummod``) and of the noun phrases they count: the head and its ezafe chain."""
    heads = [int(row[6]) - 1 for row in rows]
    relations = [row[7].split(":")[0] for row in rows]
    tags = ["O"] * len(rows)
    for number, (head, relation) in enumerate(zip(heads, relations, strict=True)):
        if relation != "nummod" or head < 0:
            continue
        tags[number] = f"B-{NUMBER}"
        end = head
        while end + 1 < len(rows) and relations[end + 1] in ("amod", "nmod") and head <= heads[end + 1] <= end:
            end += 1
        if head > number and all(tag == "O" for tag in tags[head : end + 1]):
            tags[head : end + 1] = [f"B-{PROGRAM}"] + [f"I-{PROGRAM}"] * (end - head)
    return tags


def silver_sentences(texts: Iterable[str]) -> Iterator[TaggedWords]:
    """Yield the sentences of texts that hold a quantity, tagged by the rules.

    >>> [(*sentence.words,)[0] for sentence in silver_sentences(["۶۰واحد ساخته شد. هوا خوب بود."])]
    [(0, 2, 'B-NUMBER')]
    """
    for text in texts:
        spans = rule_spans(text, find_numbers(text), find_periods(text))
        for start, end in sentence_offsets(text):
            inside = [span for span in spans if start <= span.start and span.end <= end]
            if any(span.label == NUMBER for span in inside):
                yield TaggedWords(text[start:end], tuple(_tagged_words(text, start, end, inside)))


def _tagged_words(text: str, start: int, end: int, spans: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a sentence, cut at the borders of its spans, with their IOB2 tags."""
    position = start
    for span in [*spans, Span(end, end, "")]:
        for first, last, label in ((position, span.start, ""), (span.start, span.end, span.label)):
            for index, word in enumerate(re.finditer(r"\S+", text[first:last])):
                tag = f"{'I' if index else 'B'}-{label}" if label else "O"
                yield first + word.start() - start, first + word.end() - start, tag
        position = span.end


def _sampled(texts: Iterable[str], characters: int, random: np.random.Generator) -> Iterator[str]:
    """Yield texts in random order until they hold so many characters."""
    kept = list(texts)
    for index in random.permutation(len(kept)):
        if characters <= 0:
            return
        characters -= len(kept[index])
        yield kept[index]


def _joined(words: Sequence[str], tags: Sequence[str]) -> TaggedWords:
    spans = []
    start = 0
    for word, tag in zip(words, tags, strict=True):
        spans.append((start, start + len(word), tag))
        start += len(word) + 1
    return TaggedWords(" ".join(words), tuple(spans))


def _lines(path: Path) -> Iterator[str]:
    if not path.exists():
        raise IEError(f"{path}: no such labelled file; give an existing .conll or .conllu file, plain or .gz")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


class Task:
    """A labelled set ready for training; its texts may be tagged in several ways, one head each."""

    def __init__(self, taggings: Mapping[str, Sequence[TaggedWords]], tokenizer: Tokenizer, window: int) -> None:
        self.tags = {name: _tag_set(examples) for name, examples in taggings.items()}
        tokenizer.enable_truncation(window)
        encodings = tokenizer.encode_batch([example.text for example in next(iter(taggings.values()))])
        self.rows: list[tuple[list[int], list[list[int]]]] = [
            (
                encoding.ids,
                [align_words(encoding, taggings[name][index].words, tags) for name, tags in self.tags.items()],
            )
            for index, encoding in enumerate(encodings)
        ]

    def batches(self, size: int, random: np.random.Generator) -> Iterator[Batch]:
        """Yield batches for ever, rows of like length together."""
        while True:
            order = random.permutation(len(self.rows))
            for pool in np.array_split(order, max(1, len(order) // (size * 50))):
                pool = np.array(sorted(pool, key=lambda index: len(self.rows[index][0])))
                for start in random.permutation(np.arange(0, len(pool), size)):
                    yield self._padded(pool[start : start + size])

    def _padded(self, members: Iterable[int]) -> Batch:
        rows = [self.rows[index] for index in members]
        length = max(len(ids) for ids, _ in rows)
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        mask = torch.zeros(len(rows), length, dtype=torch.long)
        labels = {name: torch.full((len(rows), length), IGNORED, dtype=torch.long) for name in self.tags}
        for index, (row, taggings) in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row)
            mask[index, : len(row)] = 1
            for target, tags in zip(labels.values(), taggings, strict=True):
                target[index, : len(row)] = torch.tensor(tags)
        return ids, mask, labels


def _tag_set(examples: Sequence[TaggedWords]) -> list[str]:
    tags = sorted({tag for example in examples for _, _, tag in example.words})
    if set(tags) <= set(TAGS):
        return list(TAGS)
    return tags + [f"I-{tag[2:]}" for tag in tags if tag.startswith("B-") and f"I-{tag[2:]}" not in tags]


def supervise(config: SuperviseConfig) -> Path:
    """Teach the pretrained encoder the labelled sets for the time budget; return the taught encoder's folder."""
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    random = np.random.default_rng(config.seed)
    folder = Path(config.output)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(Path(config.model) / "tokenizer.json"))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder = BertModel.from_pretrained(
        config.model, add_pooling_layer=False, use_safetensors=True, local_files_only=True, trust_remote_code=False
    )
    nn.Module.to(encoder, device)
    tasks = _tasks(config, tokenizer, random)
    heads = nn.ModuleDict(
        {name: nn.Linear(encoder.config.hidden_size, len(tags)) for task in tasks for name, tags in task.tags.items()}
    ).to(device)
    parameters = [*encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=0.01)
    streams = [task.batches(config.batch, random) for task in tasks]
    shares = _shares([_SILVER in task.tags for task in tasks], config.silver_share)
    budget, start, step = config.minutes * 60, time.monotonic(), 0
    losses: dict[str, list[float]] = {name: [] for name in heads}
    encoder.train()
    while (elapsed := time.monotonic() - start) < budget:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * min(1.0, step / 100) * max(0.02, 1 - elapsed / budget)
        ids, mask, labels = next(streams[random.choice(len(streams), p=shares)])
        hidden = encoder(ids.to(device), attention_mask=mask.to(device))[0]
        loss = torch.zeros((), device=device)
        for name, target in labels.items():
            chosen = target != IGNORED
            part = nn.functional.cross_entropy(heads[name](hidden[chosen.to(device)]), target[chosen].to(device))
            losses[name].append(part.item())
            loss = loss + part
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 100 == 0:
            _log(folder, step, elapsed, losses)
    _save(encoder, heads, folder)
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def _shares(silver: Sequence[bool], share: float) -> list[float]:
    """Return how often each task has its turn: silver labels by their share, the others alike.

    >>> _shares([False, False, True], 0.5), _shares([False], 0.5), _shares([True], 0.5)
    ([0.25, 0.25, 0.5], [1.0], [1.0])
    """
    weights = [share / sum(silver) if one else (1 - share) / (len(silver) - sum(silver)) for one in silver]
    return [weight / sum(weights) for weight in weights]


def _save(encoder: BertModel, heads: nn.ModuleDict, folder: Path) -> None:
    """Write the encoder; where silver labels were taught, as a token classifier that fine-tuning goes on from."""
    if _SILVER not in heads:
        encoder.save_pretrained(folder)
        return
    encoder.config.id2label = dict(enumerate(TAGS))
    encoder.config.label2id = {tag: index for index, tag in enumerate(TAGS)}
    model: Any = BertForTokenClassification(encoder.config)
    model.bert, model.classifier = encoder, heads[_SILVER]
    model.save_pretrained(folder)


def _log(folder: Path, step: int, elapsed: float, losses: dict[str, list[float]]) -> None:
    row = {"step": step, "minutes": round(elapsed / 60, 2)}
    row |= {name: round(float(np.mean(values[-50:])), 4) for name, values in losses.items() if values}
    logger.info("%s", row)
    with (folder / "supervise.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")


def _tasks(config: SuperviseConfig, tokenizer: Tokenizer, random: np.random.Generator) -> list[Task]:
    entities = [example for name in config.conll for example in read_conll(Path(name))]
    trees = [tree for name in config.conllu for tree in read_conllu(Path(name))]
    tasks = [Task({"entity": entities}, tokenizer, config.window)] if entities else []
    if trees:
        taggings = {name: [tree[name] for tree in trees] for name in ("pos", "relation", "counted")}
        tasks.append(Task(taggings, tokenizer, config.window))
    if config.silver:
        texts = _sampled(corpus_texts(config.silver, config.splits), config.silver_characters, random)
        tasks.append(Task({_SILVER: list(silver_sentences(texts))}, tokenizer, config.window))
    if not tasks:
        raise IEError("supervision needs labels: name at least one file in `conll`, `conllu` or `silver`")
    return tasks
