"""Pretrain the compact encoder: a WordPiece tokenizer, skip-gram vectors to start from, and masked language modelling.

Made for a machine where compute is scarce: small batches, a start from skip-gram vectors of the same word pieces (input
vectors become the embeddings, output vectors an untied decoder whose bias is the log frequency), attention heads that
look at their neighbours from the first step on, a wall-clock budget that the learning rate follows, and a checkpoint
every few minutes from which an interrupted run goes on. Fine-tuning on labelled data is `training`'s.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import nn
from transformers import BertConfig, BertForMaskedLM

from ie.persian import folding_normalizer
from ie.schema import IEError
from ie.texts import corpus_texts

__all__ = ["PretrainConfig", "encode_corpus", "pretrain", "skipgram_vectors", "train_tokenizer"]

logger = logging.getLogger(__name__)

# the offsets at which the heads of each layer look when training begins; heads and layers beyond these look anywhere
OFFSETS = ((-1, 1, -2, 2), (-1, 1, -3, 3), (-1, 1, -2), (-1, 1))
_PEAK = 7.0  # the score of the position that a head looks at: about 85 % of its attention among 128 positions
PAD, UNK, CLS, SEP, MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
Tokens = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """Settings of a pretraining run; `corpus` files are ``.jsonl[.gz]`` with a text field or ``.txt[.gz]`` lines.

    `start` is the folder of an ended run that this one goes on from, with its tokenizer, at a learning rate of its own.
    """

    corpus: tuple[str, ...]
    output: str
    start: str | None = None
    splits: str | None = None
    vocab_size: int = 16_000
    layers: int = 6
    hidden: int = 256
    sequence: int = 128
    batch: int = 8
    learning_rate: float = 5e-4
    warmup_steps: int = 400
    weight_decay: float = 0.01
    mask_share: float = 0.15
    minutes: float = 60.0
    checkpoint_minutes: float = 5.0
    skipgram_epochs: int = 2
    local_heads: bool = True
    threads: int = 0
    seed: int = 13


def train_tokenizer(texts: Iterator[str], vocab_size: int) -> Tokenizer:
    """Return a WordPiece tokenizer with the folding normaliser inside; a number is one word of its shape."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNK, max_input_chars_per_word=64))
    tokenizer.normalizer = folding_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=False)]
    )
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size, min_frequency=5, limit_alphabet=400, special_tokens=list(SPECIAL), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLS} $A {SEP}",
        pair=f"{CLS} $A {SEP} $B:1 {SEP}:1",
        special_tokens=[(CLS, SPECIAL.index(CLS)), (SEP, SPECIAL.index(SEP))],
    )
    return tokenizer


def encode_corpus(tokenizer: Tokenizer, texts: Iterator[str], chunk: int = 512) -> Tokens:
    """Return the corpus as one row of token ids, texts separated by ``[SEP]``."""
    separator = tokenizer.token_to_id(SEP)
    rows: list[Tokens] = []
    batch: list[str] = []

    def flush() -> None:
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            rows.append(np.array([*encoding.ids, separator], dtype=np.uint16))
        batch.clear()

    for text in texts:
        batch.append(text)
        if len(batch) == chunk:
            flush()
    flush()
    return np.concatenate(rows)


def skipgram_vectors(
    tokens: Tokens, vocab_size: int, size: int, epochs: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return input and output skip-gram vectors (`vocab_size` × `size`) of the word pieces (Mikolov et al., 2013)."""
    try:
        from gensim.models import Word2Vec
    except ImportError as error:
        raise IEError(
            "skip-gram vectors need gensim: pip install 'ie-fa[pretrain]', or set skipgram_epochs = 0"
        ) from error
    names = [str(index) for index in range(vocab_size)]

    class Rows:
        def __iter__(self) -> Iterator[list[str]]:
            for start in range(0, len(tokens), 1000):
                yield [names[index] for index in tokens[start : start + 1000]]

    model = Word2Vec(
        Rows(),
        vector_size=size,
        window=5,
        sg=1,
        negative=8,
        min_count=1,
        sample=1e-4,
        workers=1,
        epochs=epochs,
        seed=seed,
    )
    inputs = np.random.default_rng(seed).normal(0, 0.02, (vocab_size, size)).astype(np.float32)
    outputs = np.zeros((vocab_size, size), dtype=np.float32)
    found = np.array([int(word) for word in model.wv.index_to_key])
    inputs[found], outputs[found] = model.wv.vectors, model.syn1neg
    return inputs, outputs


class MaskedBatches:
    """Random rows of the corpus with whole words masked: 80 % ``[MASK]``, 10 % a random piece, 10 % kept."""

    def __init__(self, tokens: Tokens, tokenizer: Tokenizer, config: PretrainConfig) -> None:
        self.tokens, self.config = tokens, config
        self.random = np.random.default_rng(config.seed)
        vocabulary = tokenizer.get_vocab()
        self.vocab_size = len(vocabulary)
        self.continues = np.zeros(self.vocab_size, dtype=bool)
        self.continues[[index for piece, index in vocabulary.items() if piece.startswith("##")]] = True

    def next(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return ids ``(batch, sequence)``, the mask of positions to predict, and the pieces that stood there."""
        config = self.config
        length = config.sequence - 2
        starts = self.random.integers(0, len(self.tokens) - length, config.batch)
        rows = np.stack([self.tokens[start : start + length] for start in starts]).astype(np.int64)
        words = np.cumsum(~self.continues[rows], axis=1)
        draws = self.random.random((config.batch, length + 1)) < config.mask_share
        chosen = np.take_along_axis(draws, words, axis=1) & (rows >= len(SPECIAL))
        kind = self.random.random(rows.shape)
        shown = rows.copy()
        shown[chosen & (kind < 0.8)] = SPECIAL.index(MASK)
        swapped = chosen & (kind >= 0.9)
        shown[swapped] = self.random.integers(len(SPECIAL), self.vocab_size, int(swapped.sum()))
        ids = np.pad(shown, ((0, 0), (1, 1)), constant_values=SPECIAL.index(SEP))
        ids[:, 0] = SPECIAL.index(CLS)
        mask = np.pad(chosen, ((0, 0), (1, 1)))
        return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(rows[chosen])


def build_model(tokens: Tokens, tokenizer: Tokenizer, config: PretrainConfig) -> BertForMaskedLM:
    """Return a compact BERT whose embeddings and decoder start from skip-gram vectors."""
    vocab_size = tokenizer.get_vocab_size()
    model = BertForMaskedLM(
        BertConfig(
            vocab_size=vocab_size,
            hidden_size=config.hidden,
            num_hidden_layers=config.layers,
            num_attention_heads=max(1, config.hidden // 64),
            intermediate_size=4 * config.hidden,
            max_position_embeddings=512,
            type_vocab_size=1,
            pad_token_id=SPECIAL.index(PAD),
            tie_word_embeddings=False,
        )
    )
    counts = np.bincount(tokens, minlength=vocab_size) + 1.0
    with torch.no_grad():
        model.cls.predictions.bias.copy_(torch.from_numpy(np.log(counts / counts.sum()).astype(np.float32)))
        if config.skipgram_epochs:
            inputs, outputs = skipgram_vectors(tokens, vocab_size, config.hidden, config.skipgram_epochs, config.seed)
            model.bert.embeddings.word_embeddings.weight.copy_(torch.from_numpy(inputs * (0.05 / float(inputs.std()))))
            model.cls.predictions.decoder.weight.copy_(
                torch.from_numpy(outputs * (0.05 / max(float(outputs.std()), 1e-6)))
            )
    if config.local_heads:
        look_at_neighbours(model, config.seed)
    return model


def look_at_neighbours(model: BertForMaskedLM, seed: int) -> None:
    """Let heads of the first layers look at the words before and after from the first step on.

    A small encoder spends most of a short run on finding out that neighbours matter. Positions become sinusoids of
    irregular frequencies in dimensions of their own, as many as a head has, which word vectors and the residual stream
    leave alone; the query of a head turns them by its offset, so that it meets the key of that neighbour (Trockman and
    Kolter, 2023, "Mimetic initialization of self-attention layers", do the like for the patterns of trained models).
    Everything stays trainable. A model of a single head has no room for it and is left as it is.
    """
    size, heads = model.config.hidden_size, model.config.num_attention_heads
    if heads < 2:
        return
    width = size // heads
    words = size - width
    random = torch.Generator().manual_seed(seed)
    frequencies = torch.sort(0.03 * math.pi + 0.97 * math.pi * torch.rand(width // 2, generator=random)).values
    embeddings: Any = model.bert.embeddings
    layers: Any = model.bert.encoder.layer
    with torch.no_grad():
        vectors = embeddings.word_embeddings.weight
        vectors[:, words:] = 0
        spread = float(vectors[:, :words].std())
        angles = torch.arange(model.config.max_position_embeddings)[:, None] * frequencies
        positions = torch.zeros_like(embeddings.position_embeddings.weight)
        positions[:, words::2], positions[:, words + 1 :: 2] = angles.cos(), angles.sin()
        # sinusoids as wide as the word vectors: after the layer norm both have a standard deviation near 1
        embeddings.position_embeddings.weight.copy_(positions * spread * math.sqrt(2))
        embeddings.token_type_embeddings.weight.zero_()
        scale = math.sqrt(_PEAK * math.sqrt(width) / width)
        for layer, offsets in zip(layers, OFFSETS, strict=False):
            attention, output = layer.attention.self, layer.attention.output.dense
            output.weight[words:] = 0
            layer.output.dense.weight[words:] = 0
            for head, offset in enumerate(offsets[:heads]):
                rows = slice(head * width, (head + 1) * width)
                for matrix, turned in ((attention.query, offset), (attention.key, 0)):
                    matrix.weight[rows].mul_(0.25)
                    matrix.weight[rows, words:] += scale * _rotations(frequencies * turned)
                passed = torch.linalg.qr(torch.randn(words, width, generator=random))[0]
                attention.value.weight[rows] = 0
                attention.value.weight[rows, :words] = passed.T
                output.weight[:words, rows] = passed * 0.5


def _rotations(angles: torch.Tensor) -> torch.Tensor:
    """Return the matrix that turns each pair of coordinates by its angle.

    >>> [round(value) for value in (_rotations(torch.tensor([math.pi / 2])) @ torch.tensor([1.0, 0.0])).tolist()]
    [0, 1]
    """
    matrix = torch.zeros(2 * len(angles), 2 * len(angles))
    for pair, angle in enumerate(angles.tolist()):
        turn = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        matrix[2 * pair : 2 * pair + 2, 2 * pair : 2 * pair + 2] = torch.tensor(turn)
    return matrix


def learning_rate(step: int, progress: float, config: PretrainConfig) -> float:
    """Return the rate at a step: linear warm-up, then down a cosine that ends with the time budget.

    >>> config = PretrainConfig(corpus=(), output="", learning_rate=1.0, warmup_steps=10)
    >>> learning_rate(5, 0.0, config), learning_rate(10, 0.0, config), round(learning_rate(99, 1.0, config), 2)
    (0.5, 1.0, 0.02)
    """
    cosine = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return config.learning_rate * min(1.0, step / config.warmup_steps) * cosine


def pretrain(config: PretrainConfig) -> Path:
    """Run or resume a pretraining and return the model folder: tokenizer, config, weights, log of the loss."""
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    folder = Path(config.output)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    state = _read_state(checkpoint, config.start)
    tokenizer, tokens = _prepared_corpus(config, folder)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = build_model(tokens, tokenizer, config if not state else replace(config, skipgram_epochs=0))
    nn.Module.to(model, device)
    optimizer = torch.optim.AdamW(_groups(model, config.weight_decay), lr=config.learning_rate, betas=(0.9, 0.98))
    step, elapsed = 0, 0.0
    if state:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, elapsed = int(state["step"]), float(state["elapsed"])
        logger.info("resumed at step %d after %.1f minutes", step, elapsed / 60)
    batches = MaskedBatches(tokens, tokenizer, config)
    batches.random = np.random.default_rng((config.seed, step))
    budget, saved, losses = config.minutes * 60, elapsed, []
    clock = time.monotonic() - elapsed
    model.train()
    while elapsed < budget:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, elapsed / budget, config)
        losses.append(_train_step(model, optimizer, batches, device))
        elapsed = time.monotonic() - clock
        if step % 200 == 0:
            _log(folder, step, elapsed, losses, config)
            losses = []
        if elapsed - saved > config.checkpoint_minutes * 60:
            saved = elapsed
            _save_checkpoint(checkpoint, model, optimizer, step, elapsed)
    _save_checkpoint(checkpoint, model, optimizer, step, elapsed)
    model.save_pretrained(folder)
    return folder


def _read_state(checkpoint: Path, start: str | None) -> dict[str, Any]:
    """Return the state of an interrupted run, else that of the run to go on from, its clock at 0, else nothing."""
    if checkpoint.exists():
        state: dict[str, Any] = torch.load(checkpoint, weights_only=True)
        return state
    if start is None:
        return {}
    earlier = Path(start) / checkpoint.name
    if not earlier.exists():
        raise IEError(f"{earlier}: no such checkpoint; `start` is the folder of a pretraining that has ended")
    state = torch.load(earlier, weights_only=True)
    return state | {"step": 0, "elapsed": 0.0}


def _prepared_corpus(config: PretrainConfig, folder: Path) -> tuple[Tokenizer, Tokens]:
    """Return the tokenizer and the encoded corpus, made once and kept in the folder."""
    tokenizer_path, tokens_path = folder / "tokenizer.json", folder / "tokens.npy"
    if config.start is not None and not tokenizer_path.exists():
        shutil.copyfile(Path(config.start) / tokenizer_path.name, tokenizer_path)
    if not tokenizer_path.exists():
        train_tokenizer(corpus_texts(config.corpus, config.splits), config.vocab_size).save(str(tokenizer_path))
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    if not tokens_path.exists():
        partial = folder / "tokens.partial.npy"
        np.save(partial, encode_corpus(tokenizer, corpus_texts(config.corpus, config.splits)))
        os.replace(partial, tokens_path)
    return tokenizer, np.load(tokens_path, mmap_mode="r")


def _train_step(
    model: BertForMaskedLM, optimizer: torch.optim.Optimizer, batches: MaskedBatches, device: torch.device
) -> float:
    ids, mask, targets = (tensor.to(device) for tensor in batches.next())
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        # only the masked positions meet the decoder: the vocabulary is the dearest matrix
        hidden = model.bert(ids)[0][mask]
        loss = nn.functional.cross_entropy(model.cls(hidden).float(), targets)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


def _log(folder: Path, step: int, elapsed: float, losses: list[float], config: PretrainConfig) -> None:
    row = {
        "step": step,
        "minutes": round(elapsed / 60, 2),
        "tokens": step * config.batch * config.sequence,
        "loss": round(float(np.mean(losses)), 4),
    }
    logger.info("%s", row)
    with (folder / "pretrain.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")


def _save_checkpoint(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, step: int, elapsed: float) -> None:
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "elapsed": elapsed}
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)
