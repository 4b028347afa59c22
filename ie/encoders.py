"""Pretrained encoders with their tokenizers, from a local folder or the hub, checked before anything is trained.

A checkpoint is read the way it was trained: its own ``tokenizer.json`` is taken as it is. One that holds a bare
vocabulary gets the stock BERT tokenizer, which deletes the half-space even where the vocabulary has pieces with it;
there it is kept. Spellings that the vocabulary lacks (Arabic letters and digits, tatweel, diacritics) are folded into
those that it has. Offsets always point into the text as it was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, normalizers
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from ie.checksums import check_checksums
from ie.hub import local_folder
from ie.labels import TAGS
from ie.persian import DROPPED, FOLDING, ZWNJ
from ie.schema import IEError

__all__ = ["Encoder", "load_encoder", "load_tokenizer"]

_NEEDED = (
    ("config.json",),
    ("model.safetensors", "model.safetensors.index.json"),
    ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model"),
)


_TOKENIZER = ("tokenizer.json", "vocab.txt")
_PICKLE = "pytorch_model.bin"


@dataclass(frozen=True, slots=True)
class Encoder:
    """A classifier over the encoder's words, new where the checkpoint had none, and the checkpoint's tokenizer."""

    classifier: PreTrainedModel
    tokenizer: Tokenizer

    @property
    def pad_id(self) -> int:
        """Return the id that pads windows; padding is masked, so any id serves."""
        return self.classifier.config.pad_token_id or 0


def load_encoder(source: str, window: int, revision: str | None = None) -> Encoder:
    """Return the encoder of a folder or of the hub; IEError where a file is missing, or labels or length do not fit."""
    # a new classifier on an old encoder is what is wanted here, not a thing to warn of
    set_verbosity_error()  # type: ignore[no-untyped-call]
    disable_progress_bar()  # type: ignore[no-untyped-call]
    folder = local_folder(source, revision)
    _check_files(folder)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # hub, file and format errors share no base
        raise _unreadable(source, error) from error
    _check_config(source, config, window)
    try:
        tokenizer = load_tokenizer(folder)
        classifier = AutoModelForTokenClassification.from_pretrained(
            folder,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            num_labels=len(TAGS),
            id2label=dict(enumerate(TAGS)),
            label2id={tag: index for index, tag in enumerate(TAGS)},
            dtype=torch.float32,
        )
    except IEError:
        raise
    except Exception as error:  # as above
        raise _unreadable(source, error) from error
    size = classifier.config.vocab_size
    if tokenizer.get_vocab_size() > size:
        raise IEError(
            f"{source}: its tokenizer has {tokenizer.get_vocab_size()} pieces and its embeddings {size}; "
            "they belong to different models"
        )
    return Encoder(classifier, tokenizer)


def load_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer of a checkpoint, reading Persian as its vocabulary spells it."""
    path = folder / "tokenizer.json"
    if path.is_file():
        tokenizer = Tokenizer.from_file(str(path))
    else:
        stock = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        if not isinstance(stock, PreTrainedTokenizerFast):
            raise IEError(f"{folder}: its tokenizer has no fast version, which offsets need; choose another checkpoint")
        tokenizer = stock.backend_tokenizer
    if isinstance(tokenizer.normalizer, normalizers.BertNormalizer):
        tokenizer.normalizer = _spelt_as(set("".join(tokenizer.get_vocab())), tokenizer.normalizer)
    return tokenizer


def _check_files(folder: Path) -> None:
    for names in _NEEDED:
        if not any((folder / name).is_file() for name in names):
            if "model.safetensors" in names and (folder / _PICKLE).is_file():
                raise IEError(
                    f"{folder}: its weights are a pickle, {_PICKLE}, which is not read; write them as safetensors: "
                    f"python scripts/to_safetensors.py {folder} NEW_FOLDER"
                )
            alternatives = f" (or {', '.join(names[1:])})" if names[1:] else ""
            raise IEError(f"{folder}: no {names[0]}{alternatives} in this folder; an encoder needs it to be trained on")
    weights = sorted(file.name for file in folder.glob("model*.safetensors"))
    check_checksums(folder, ("config.json", *weights, *(name for name in _TOKENIZER if (folder / name).is_file())))


def _check_config(source: str, config: PreTrainedConfig, window: int) -> None:
    """Raise where the checkpoint classifies other labels than the data has, or reads shorter windows than asked for."""
    is_classifier = any("TokenClassification" in name for name in config.architectures or ())
    names: dict[Any, str] = dict(config.id2label or {})
    tags = tuple(names[index] for index in sorted(names))
    if is_classifier and tags != TAGS:
        raise IEError(
            f"{source}: a classifier of {', '.join(tags)}, while the data is labelled {', '.join(TAGS)}; "
            "give the encoder that it was made from"
        )
    positions = getattr(config, "max_position_embeddings", None)
    if positions and window > positions:
        raise IEError(f"{source}: window is {window}, while the encoder reads {positions} pieces at most; lower it")


def _unreadable(source: str, error: Exception) -> IEError:
    return IEError(f"{source}: no encoder that can be loaded from there; give a local folder in `model`: {error}")


def _spelt_as(alphabet: set[str], stock: normalizers.BertNormalizer) -> normalizers.Normalizer:
    """Return the stock normaliser after a folding of what the alphabet lacks, with the half-space where it has it."""
    steps: list[normalizers.Normalizer] = []
    for target, sources in _replacements(alphabet).items():
        steps.append(normalizers.Replace(Regex(f"[{re.escape(''.join(sources))}]"), target))
    unknown = f"[{DROPPED}]" if ZWNJ not in alphabet else f"[{DROPPED}\u0000-\u0008\u000e-\u001f\u007f\ufffd]"
    steps.append(normalizers.Replace(Regex(unknown), ""))
    return normalizers.Sequence(
        [
            *steps,
            normalizers.BertNormalizer(
                clean_text=stock.clean_text and ZWNJ not in alphabet,
                handle_chinese_chars=stock.handle_chinese_chars,
                strip_accents=stock.strip_accents,
                lowercase=stock.lowercase,
            ),
        ]
    )


def _replacements(alphabet: set[str]) -> dict[str, list[str]]:
    """Return which characters become which: those the alphabet lacks, by one of the same reading that it has.

    >>> _replacements({"ی", "۴"})["ی"][:2], "٤" in _replacements({"ی", "۴"})["۴"]
    (['ي', 'ى'], True)
    """
    readings: dict[str, list[str]] = {}
    for source, target in FOLDING.items():
        readings.setdefault(target, [target]).append(source)
    replaced: dict[str, list[str]] = {}
    for target, members in readings.items():
        known = ZWNJ if target == ZWNJ else next((member for member in members if member in alphabet), None)
        unknown = [member for member in members if member not in alphabet and member != known]
        if known is not None and unknown and target != " ":
            replaced[known] = unknown
    return replaced
