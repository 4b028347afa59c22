"""The engine beside `transformers.pipeline` with the same weights: how much faster, and whether it says the same."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from measuring import Clock, alternate, say
from tokenizers import Tokenizer, models
from transformers import (
    AutoModelForTokenClassification,
    BertConfig,
    BertForTokenClassification,
    PreTrainedTokenizerFast,
    TokenClassificationPipeline,
    pipeline,
)
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from ie import Document, Extractor
from ie.backends import onnx_model
from ie.exporting import export_single, quantize
from ie.labels import TAGS
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.persian import fold, sentence_offsets
from ie.proposals import select_numbers
from ie.tagger import Tagger

__all__ = ["Peer", "compact_peer", "parsbert_peer", "print_pipeline"]

_PIECES = 100_000
_FULL = 512  # pieces that a BERT reads at once
_MARKS = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}


@dataclass(frozen=True, slots=True)
class Peer:
    """A classifier with its tokenizer; `shipped` is the 8-bit file that is made of it, where there is one."""

    name: str
    classifier: BertForTokenClassification
    tokenizer: Tokenizer
    shipped: Path | None = None


def compact_peer(folder: Path) -> Peer:
    """Return the model that ships in the package."""
    classifier = AutoModelForTokenClassification.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, local_files_only=True, trust_remote_code=False
    ).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Peer("compact, 6 x 256", classifier, tokenizer, folder / "model.onnx")


def parsbert_peer(like: Tokenizer, documents: Sequence[Document]) -> Peer:
    """Return a model of ParsBERT's shape with random weights, and a vocabulary of 100,000 pieces of the texts.

    What is outside is made as frequent as a trained model would have it, so that no spans have to be built in vain.
    """
    counts = Counter(word for document in documents for word in fold(document.text).text.replace("\u200c", " ").split())
    known = list(like.get_vocab())
    words = [word for word, _ in counts.most_common(_PIECES)]
    filler = (f"[unused{number}]" for number in range(_PIECES))
    pieces = [*dict.fromkeys([*sorted(known, key=like.get_vocab().__getitem__), *words, *filler])][:_PIECES]
    tokenizer = Tokenizer.from_str(like.to_str())
    tokenizer.model = models.WordPiece({piece: index for index, piece in enumerate(pieces)}, unk_token="[UNK]")
    torch.manual_seed(0)
    names = dict(enumerate(TAGS))
    config = BertConfig(vocab_size=_PIECES, id2label=names, label2id={tag: index for index, tag in names.items()})
    classifier = BertForTokenClassification(config).eval()
    ids = torch.tensor([tokenizer.encode(documents[0].text).ids[:_FULL]])
    with torch.inference_mode():
        logits = classifier(ids).logits[0]
        margin = (logits[:, 1:].max(-1).values - logits[:, 0]).quantile(0.9)
        classifier.classifier.bias[0] += margin
    return Peer("ParsBERT's shape, 12 x 768, 100,000 pieces, random weights", classifier, tokenizer)


def print_pipeline(peer: Peer, documents: Sequence[Document], extractor: Extractor, repeats: int, clock: Clock) -> None:
    """Print the speed of the pipeline and of the engine in floats and in 8 bits, and how many spans are the same."""
    set_verbosity_error()
    disable_progress_bar()
    characters = sum(len(document.text) for document in documents)
    paragraphs = [line for document in documents for line in document.text.splitlines() if line.strip()]
    sentences = _sentences_with_numbers(documents)
    reference = _pipeline(peer)
    say(f"{peer.name}: {len(documents)} documents, {len(paragraphs):,} paragraphs, {characters:,} characters")
    with tempfile.TemporaryDirectory() as place:
        single, small = Path(place) / "single.onnx", Path(place) / "8-bit.onnx"
        export_single(peer.classifier, single)
        if peer.shipped is None:
            quantize(single, small, [peer.tokenizer.encode(text).ids[:_FULL] for text in sentences[:20]])
        taggers = {
            "floats": _tagger(peer, single, extractor),
            "8 bits": _tagger(peer, peer.shipped or small, extractor),
        }
        same, said, texts = _agreement(reference, taggers["floats"], sentences)
        engines = {name: replace(extractor, tagger=tagger) for name, tagger in taggers.items()}
        for engine in engines.values():
            list(engine.predict_many(documents[:2]))
        runs: dict[str, Any] = {
            f"pipeline, batches of {size}": lambda size=size: list(reference(paragraphs, batch_size=size))
            for size in (1, 8)
        }
        for name, engine in engines.items():
            runs[f"engine, {name}: spans and facts"] = lambda engine=engine: list(engine.predict_many(documents))
            runs[f"engine, {name}: tags"] = lambda tagger=taggers[name]: tagger.read(_sentences_with_numbers(documents))
        seconds = alternate(runs, repeats, clock)
    best = min(seconds[f"pipeline, batches of {size}"] for size in (1, 8))
    for name, found in seconds.items():
        say(f"  {name:34} {characters / found:10,.0f} characters/s  {best / found:6.2f} x")
    say(f"  identical spans (floats), {texts} sentences with numbers: {same:,} of {said:,}")


def _pipeline(peer: Peer) -> TokenClassificationPipeline:
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(peer.tokenizer.to_str()), model_max_length=_FULL, **_MARKS
    )
    return pipeline(
        "token-classification", model=peer.classifier, tokenizer=tokenizer, aggregation_strategy="simple", device="cpu"
    )


def _tagger(peer: Peer, path: Path, extractor: Extractor) -> Tagger:
    assert extractor.tagger is not None
    tokenizer = Tokenizer.from_str(peer.tokenizer.to_str())
    return replace(extractor.tagger, tokenizer=tokenizer, model=onnx_model(path, threads=1))


def _sentences_with_numbers(documents: Sequence[Document]) -> list[str]:
    """Return the sentences that the engine reads: those with a number that may be a fact, by the grammars."""
    found = []
    for document in documents:
        candidates = select_numbers(find_numbers(document.text), find_periods(document.text))
        numbers = [number.start for number in candidates]
        for start, end in sentence_offsets(document.text):
            if any(start <= number < end for number in numbers):
                found.append(document.text[start:end])
    return found


def _agreement(
    reference: TokenClassificationPipeline, tagger: Tagger, sentences: Sequence[str]
) -> tuple[int, int, int]:
    """Return how many spans both give, how many either gives, and of how many sentences that fit one window.

    The same sentence goes to both. The pipeline's spans are what it returns; the engine's are made of the best tag of
    each piece by the rule that the pipeline calls simple. A span counts where label, start and end are the same.
    """
    same = said = texts = 0
    for sentence in sentences[:200]:
        encoding = tagger.tokenizer.encode(sentence)
        if encoding.overflowing:
            continue
        texts += 1
        (probabilities,) = tagger.classify([encoding])
        ours = _simple_spans(encoding, [tagger.tags[best] for best in probabilities.argmax(-1)])
        theirs = {(one["entity_group"], one["start"], one["end"]) for one in reference(sentence)}
        same += len(ours & theirs)
        said += len(ours | theirs)
    return same, said, texts


def _simple_spans(encoding: Any, tags: Sequence[str]) -> set[tuple[str, int, int]]:  # noqa: ANN401
    """Return the spans of pieces with tags: a piece goes on with the span before where its label is the same, not B."""
    spans: list[list[Any]] = []
    previous = "O"
    for tag, (start, end), special in zip(tags, encoding.offsets, encoding.special_tokens_mask, strict=True):
        if special:
            continue
        label = tag.rpartition("-")[2]
        if label != "O" and label == previous and not tag.startswith("B-"):
            spans[-1][2] = end
        elif label != "O":
            spans.append([label, start, end])
        previous = label
    return {(label, start, end) for label, start, end in spans}
