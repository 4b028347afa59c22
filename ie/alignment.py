"""Gold spans in characters to one label a word, in the windows that the tagger reads, and the spans that get lost.

A word is what the tokenizer splits before it cuts pieces; its first piece carries the label. A word that stands in
several windows is labelled in the one where its context is widest, which is where the tagger reads it. Spans that the
tokenizer, the sentence or the window cannot represent are reported, never dropped in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tokenizers import Encoding, Tokenizer

from ie.annotations import AnnotatedDocument
from ie.labels import LABELS, TAGS, decode_iob2
from ie.persian import sentence_offsets
from ie.schema import IEError, Offsets, Span

__all__ = ["IGNORED", "Aligned", "LostSpan", "align_documents", "label_words", "read_words"]

IGNORED = -100
Row = dict[str, Any]
Reason = Literal["crosses a sentence", "holds no word", "ends inside a word", "parted by a window"]
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class LostSpan:
    """A gold span that no labels of words say; `read` is what they say instead, where they say anything."""

    document: str
    label: str
    start: int
    end: int
    reason: Reason
    read: Offsets | None = None


@dataclass(slots=True)
class Aligned:
    """Windows of word pieces with their labels (``input_ids``, ``labels``), and the gold spans that they lose."""

    rows: list[Row] = field(default_factory=list)
    lost: list[LostSpan] = field(default_factory=list)
    spans: int = 0

    def reasons(self) -> dict[str, int]:
        """Return how many spans are lost for each reason."""
        return dict(Counter(span.reason for span in self.lost).most_common())

    def report(self, part: str) -> Iterator[Row]:
        """Yield a record a lost span."""
        for span in self.lost:
            yield {"part": part} | asdict(span)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a sentence: where each stands in its windows, best window first, and its offsets in the sentence."""

    windows: tuple[Encoding, ...]
    offsets: list[Offsets]
    places: list[tuple[int, int]]


def read_words(tokenizer: Tokenizer, sentence: str) -> Words:
    """Return the words of a sentence with the window and the piece at which each is read."""
    encoding = tokenizer.encode(_SURROGATE.sub("\ufffd", sentence))
    windows = (encoding, *encoding.overflowing)
    margins: dict[int, int] = {}
    places: dict[int, tuple[int, int]] = {}
    offsets: dict[int, Offsets] = {}
    for number, window in enumerate(windows):
        last = len(window.ids) - 1
        previous = None
        for index, (word, (left, right)) in enumerate(zip(window.word_ids, window.offsets, strict=True)):
            if word is None:
                continue
            start, end = offsets.get(word, (left, right))
            offsets[word] = (min(start, left), max(end, right))
            margin = min(index, last - index)
            # a window may begin inside a word: only where its first piece stands can the word be read
            if word != previous and left == offsets[word][0] and margin > margins.get(word, -1):
                margins[word], places[word] = margin, (number, index)
            previous = word
    order = sorted(places)
    return Words(windows, [offsets[word] for word in order], [places[word] for word in order])


def label_words(words: Sequence[Offsets], spans: Sequence[Span]) -> list[int]:
    """Return a label id a word; a word belongs to the span that holds its first character.

    Both are in text order and do not overlap.

    >>> label_words([(0, 3), (4, 6), (7, 9)], [Span(4, 9, "NUMBER")])
    [0, 1, 2]
    """
    labels = []
    position, previous = 0, -1
    for start, _ in words:
        while position < len(spans) and spans[position].end <= start:
            position += 1
        if position == len(spans) or start < spans[position].start:
            labels.append(0)
            continue
        labels.append(TAGS.index(f"{'I' if previous == position else 'B'}-{spans[position].label}"))
        previous = position
    return labels


def align_documents(documents: Iterable[AnnotatedDocument], tokenizer: Tokenizer, window: int, stride: int) -> Aligned:
    """Return the sentences of annotated documents as labelled windows; IEError where a span has an unknown label."""
    tokenizer.enable_truncation(window, stride=stride)
    aligned = Aligned()
    for document in documents:
        aligned.spans += len(document.spans)
        _check_labels(document)
        within = set()
        for start, end in sentence_offsets(document.text):
            inside = [span for span in document.spans if start <= span.start and span.end <= end]
            within.update(inside)
            words = read_words(tokenizer, document.text[start:end])
            offsets = [(start + left, start + right) for left, right in words.offsets]
            labels = label_words(offsets, inside)
            aligned.rows += _window_rows(words, labels)
            aligned.lost += _lost_spans(document, inside, offsets, labels, words.places)
        aligned.lost += [
            LostSpan(document.id, span.label, *span.offsets, "crosses a sentence")
            for span in document.spans
            if span not in within
        ]
    return aligned


def _check_labels(document: AnnotatedDocument) -> None:
    for span in document.spans:
        if span.label not in LABELS:
            raise IEError(
                f"{document.id}: expected spans labelled {', '.join(LABELS)}, found {span.label!r} at {span.start}; "
                "leave such spans out of the annotations"
            )


def _window_rows(words: Words, labels: Sequence[int]) -> Iterator[Row]:
    columns = [[IGNORED] * len(window.ids) for window in words.windows]
    for (number, index), label in zip(words.places, labels, strict=True):
        columns[number][index] = label
    for window, column in zip(words.windows, columns, strict=True):
        if any(label != IGNORED for label in column):
            yield {"input_ids": window.ids, "labels": column}


def _lost_spans(
    document: AnnotatedDocument,
    spans: Sequence[Span],
    words: Sequence[Offsets],
    labels: Sequence[int],
    places: Sequence[tuple[int, int]],
) -> Iterator[LostSpan]:
    """Yield the spans of a sentence that its labels do not give back."""
    runs = decode_iob2([TAGS[label] for label in labels])
    said = [(words[first][0], words[last - 1][1], label, first, last) for first, last, label in runs]
    for span in spans:
        found = next((run for run in said if run[0] < span.end and span.start <= run[0] and run[2] == span.label), None)
        if found is None:
            yield LostSpan(document.id, span.label, *span.offsets, "holds no word")
            continue
        start, end, _, first, last = found
        if _trimmed(document.text, start, end) != _trimmed(document.text, *span.offsets):
            yield LostSpan(document.id, span.label, *span.offsets, "ends inside a word", (start, end))
        elif len({number for number, _ in places[first:last]}) > 1:
            yield LostSpan(document.id, span.label, *span.offsets, "parted by a window", (start, end))


def _trimmed(text: str, start: int, end: int) -> Offsets:
    """Return offsets without the spaces, marks and joiners at both ends, which tokenizers leave out of words."""
    while start < end and _is_silent(text[start]):
        start += 1
    while start < end and _is_silent(text[end - 1]):
        end -= 1
    return start, end


def _is_silent(character: str) -> bool:
    return character == "\u0640" or character.isspace() or unicodedata.category(character) in ("Mn", "Cf", "Cc")
