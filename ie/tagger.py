"""Texts to spans: a BERT-family token classifier whose NUMBER and PERIOD boundaries come from the grammars.

Grammar proposes, model disposes. `numerals` and `periods` give every candidate with exact boundaries; the model's tag
probabilities decide which number candidates state a quantity. Programme phrases come from a constrained Viterbi path
where the model is sure of them, else from `proposals`, whose choice the model's probabilities sway. Sentences without
a number candidate hold no fact and are not run through the model.

The model is any callable of `backends`. Words, not pieces, are tagged: a word's first piece speaks for it. Long
texts are read in overlapping windows, and a word is read where its context is widest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import batched
from math import exp, log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from ie.backends import Model, load_model
from ie.labels import NUMBER, PERIOD, PROGRAM, TAGS
from ie.numerals import NumberMention
from ie.periods import PeriodMention
from ie.persian import sentence_offsets
from ie.proposals import propose_programs, select_numbers
from ie.schema import Offsets, Span

__all__ = ["Emissions", "Tagger"]

Candidates = tuple[str, Sequence[NumberMention], Sequence[PeriodMention]]
# of the number candidates that the grammar lets pass, 95 % are facts (train part); the model's log-odds weigh 0.3, as
# for programmes
_PRIOR, _WEIGHT = 0.95, 0.3
CHUNK = 1024  # sentences tokenised at once: bounds the memory a very long document takes


@dataclass(frozen=True, slots=True)
class Emissions:
    """What the model says of a text: raw offsets of its words ``(words, 2)``, tag probabilities ``(words, tags)``.

    `firsts` are the positions of the words that begin a sentence.
    """

    words: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    firsts: tuple[int, ...] = (0,)

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open positions of the words that share a character with ``[start, end)``."""
        first = int(np.searchsorted(self.words[:, 1], start, side="right"))
        return first, int(np.searchsorted(self.words[:, 0], end, side="left"))

    def means(self, values: NDArray[np.float32]) -> Callable[[Offsets], float]:
        """Return what tells the mean of the values of the words in a stretch of text; 0 where none was read."""
        starts, ends = self.words[:, 0].tolist(), self.words[:, 1].tolist()
        known = values.tolist()  # plain lists: asked for a word or a phrase at a time

        def mean(stretch: Offsets) -> float:
            first, last = bisect_right(ends, stretch[0]), bisect_left(starts, stretch[1])
            return sum(known[first:last]) / (last - first) if first < last else 0.0

        return mean


@dataclass(frozen=True, slots=True)
class Tagger:
    """Tag texts with NUMBER, PERIOD and PROGRAM spans.

    `threshold` is the least probability of NUMBER at which a number candidate is taken for a quantity: the grammar has
    thrown out the plain non-facts already, so it is low. `sure` is the least probability at which a programme phrase of
    the model's own boundaries is taken as it is. `tokens` bounds a batch.
    """

    tokenizer: Tokenizer
    model: Model
    tags: tuple[str, ...] = TAGS
    window: int = 192
    stride: int = 48
    tokens: int = 8192
    threshold: float = 0.1
    sure: float = 0.6

    def __post_init__(self) -> None:
        self.tokenizer.enable_truncation(self.window, stride=self.stride)

    @classmethod
    def load(cls, source: str | Path, threads: int | None = None, device: str = "auto") -> Tagger:
        """Return the tagger of a model folder or of the hub, with the settings that were saved with it."""
        loaded = load_model(source, threads, device)
        known = ("window", "stride", "threshold", "sure")
        settings = {name: loaded.settings[name] for name in known if name in loaded.settings}
        return cls(loaded.tokenizer, loaded.run, loaded.tags, **settings)

    def tag(self, text: str, numbers: Sequence[NumberMention], periods: Sequence[PeriodMention]) -> list[Span]:
        """Return the spans of one text in text order."""
        return self.tag_many([(text, numbers, periods)])[0]

    def tag_many(self, texts: Sequence[Candidates]) -> list[list[Span]]:
        """Return the spans of each text; sentences of all texts share batches, and batching changes no result."""
        kept = [select_numbers(numbers, periods) for _, numbers, periods in texts]
        plans = [_sentences_to_read(text, numbers) for (text, _, _), numbers in zip(texts, kept, strict=True)]
        sentences = [text[start:end] for (text, _, _), plan in zip(texts, plans, strict=True) for start, end in plan]
        emissions = iter(self.read(sentences))
        return [
            self._decode(text, numbers, periods, _joined(plan, [next(emissions) for _ in plan]))
            for (text, _, periods), numbers, plan in zip(texts, kept, plans, strict=True)
        ]

    def read(self, texts: Sequence[str]) -> list[Emissions]:
        """Return the model's tag probabilities for each word of each text; equal texts are read once."""
        unique = dict.fromkeys(texts)
        read = (emissions for chunk in batched(unique, CHUNK) for emissions in self._read_chunk(chunk))
        known = dict(zip(unique, read, strict=True))
        return [known[text] for text in texts]

    def _read_chunk(self, texts: Sequence[str]) -> list[Emissions]:
        encodings = self.tokenizer.encode_batch([_encodable(text) for text in texts])
        windows = [window for encoding in encodings for window in (encoding, *encoding.overflowing)]
        probabilities = self.classify(windows)
        read = []
        first = 0
        for encoding in encodings:
            count = 1 + len(encoding.overflowing)
            read.append(_merge_windows(windows[first : first + count], probabilities[first : first + count]))
            first += count
        return read

    def classify(self, windows: Sequence[Encoding]) -> list[NDArray[np.float32]]:
        """Return tag probabilities of each window; windows of one length run together, so nothing is ever padded."""
        results: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(windows)
        by_length: dict[int, list[int]] = {}
        for index, window in enumerate(windows):
            by_length.setdefault(len(window.ids), []).append(index)
        for length, members in by_length.items():
            size = max(1, self.tokens // length)
            for start in range(0, len(members), size):
                chunk = members[start : start + size]
                ids = np.array([windows[index].ids for index in chunk], dtype=np.int64)
                logits = self.model(ids, np.ones_like(ids))
                for index, row in zip(chunk, _softmax(logits), strict=True):
                    results[index] = row
        return results

    def _decode(
        self, text: str, numbers: Sequence[NumberMention], periods: Sequence[PeriodMention], read: Emissions
    ) -> list[Span]:
        """Return the spans of a text from what the model says of the words of its sentences."""
        believed = read.means(read.probabilities[:, self._columns(NUMBER)].sum(axis=1))
        beliefs = [(number, believed((number.start, number.end))) for number in numbers]
        kept = [(number, belief) for number, belief in beliefs if belief >= self.threshold]
        spans = [Span(period.start, period.end, PERIOD) for period in periods]
        spans += [Span(number.start, number.end, NUMBER, _number_score(belief)) for number, belief in kept]
        programming = read.probabilities[:, self._columns(PROGRAM)].sum(axis=1)
        sure = self._sure_programs(read, programming, spans)
        counted = [number for number, _ in kept]
        return sorted(
            [*spans, *propose_programs(text, counted, periods, sure=sure, belief=cache(read.means(programming)))]
        )

    def _columns(self, label: str) -> list[int]:
        return [self.tags.index(f"B-{label}"), self.tags.index(f"I-{label}")]

    def _sure_programs(self, read: Emissions, programming: NDArray[np.float32], spans: Sequence[Span]) -> list[Offsets]:
        """Return the phrases of the best path over outside, begin, inside that the model is sure of.

        Words of numbers and periods are outside, and no phrase crosses from one sentence into the next.
        """
        if not len(read.words):
            return []
        begin, inside = self._columns(PROGRAM)
        scores = np.empty((len(read.words), 3), dtype=np.float64)
        scores[:, 1] = np.log(read.probabilities[:, begin] + 1e-9)
        scores[:, 2] = np.log(read.probabilities[:, inside] + 1e-9)
        scores[:, 0] = np.log(np.maximum(1 - programming, 0) + 1e-9)
        scores[list(read.firsts), 2] = -1e9
        offsets = np.array([span.offsets for span in spans], dtype=np.int64).reshape(-1, 2)
        firsts = np.searchsorted(read.words[:, 1], offsets[:, 0], side="right")
        lasts = np.searchsorted(read.words[:, 0], offsets[:, 1], side="left")
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            scores[first:last, 1:] = -1e9
        sums = np.concatenate([[0.0], np.cumsum(programming, dtype=np.float64)])
        return [
            (int(read.words[first, 0]), int(read.words[last - 1, 1]))
            for first, last in _runs(_best_paths(scores, read.firsts))
            if (sums[last] - sums[first]) / (last - first) >= self.sure
        ]


def _number_score(belief: float) -> float:
    """Return how likely a number candidate is a fact: the share that is, moved by what the model believes.

    >>> _number_score(0.01), _number_score(0.5), _number_score(0.99)
    (0.8272, 0.95, 0.9869)
    """
    belief = min(max(belief, 1e-6), 1 - 1e-6)
    odds = log(_PRIOR / (1 - _PRIOR)) + _WEIGHT * log(belief / (1 - belief))
    return round(1 / (1 + exp(-odds)), 4)


def _sentences_to_read(text: str, numbers: Sequence[NumberMention]) -> list[Offsets]:
    """Return the sentences that hold a number candidate."""
    kept = []
    position = 0
    for start, end in sentence_offsets(text):
        while position < len(numbers) and numbers[position].start < start:
            position += 1
        if position < len(numbers) and numbers[position].start < end:
            kept.append((start, end))
    return kept


def _joined(plan: Sequence[Offsets], emissions: Sequence[Emissions]) -> Emissions:
    """Return the emissions of the sentences of a text as one, in offsets of the text."""
    if not plan:
        return Emissions(np.empty((0, 2), np.int64), np.empty((0, len(TAGS)), np.float32), ())
    firsts = np.cumsum([0, *(len(emission.words) for emission in emissions[:-1])])
    words = [emission.words + start for (start, _), emission in zip(plan, emissions, strict=True)]
    probabilities = np.concatenate([emission.probabilities for emission in emissions])
    total = len(probabilities)
    return Emissions(np.concatenate(words), probabilities, tuple(int(first) for first in firsts if first < total))


def _encodable(text: str) -> str:
    """Return the text with lone surrogates, which no UTF-8 tokenizer can take, replaced one for one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def _merge_windows(windows: Sequence[Encoding], probabilities: Sequence[NDArray[np.float32]]) -> Emissions:
    """Return one row a word; where windows overlap, the one in which the word is farther from the edge speaks."""
    words = np.concatenate([np.array(window.word_ids, dtype=np.float64) for window in windows])  # None is nan
    offsets = np.concatenate([np.array(window.offsets, dtype=np.int64) for window in windows])
    places = [np.arange(len(rows)) for rows in probabilities]
    margins = np.concatenate([np.minimum(place, len(place) - 1 - place) for place in places])
    begins = np.concatenate([place == 0 for place in places])
    begins[1:] |= words[1:] != words[:-1]  # nan is unlike anything: what follows it begins a word
    kept = np.flatnonzero(~np.isnan(words))
    if not len(kept):
        return Emissions(np.empty((0, 2), np.int64), np.empty((0, probabilities[0].shape[-1]), np.float32))
    kept = kept[np.lexsort((-margins[kept], ~begins[kept], words[kept]))]  # of a word: its first pieces, farthest first
    firsts = np.flatnonzero(np.diff(words[kept], prepend=-1.0))
    starts = np.minimum.reduceat(offsets[kept, 0], firsts)
    ends = np.maximum.reduceat(offsets[kept, 1], firsts)
    return Emissions(np.stack([starts, ends], axis=1), np.concatenate(probabilities)[kept[firsts]])


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def _best_paths(scores: NDArray[np.float64], firsts: Sequence[int]) -> NDArray[np.int64]:
    """Return the best sequence of 0 outside, 1 begin, 2 inside, where inside only follows begin or inside.

    `firsts` are the rows that begin a sentence, where nothing is inside. Where the best state of each row makes such a
    sequence, as almost everywhere, it is taken; other sentences are searched.

    >>> import numpy as np
    >>> _best_paths(np.log(np.array([[0.3, 0.6, 1e-9], [0.1, 0.2, 0.7], [0.5, 0.4, 1e-9], [0.1, 0.1, 0.8]])), [0, 2])
    array([1, 2, 1, 2])
    """
    path = scores.argmax(axis=1)
    before = np.concatenate([[0], path[:-1]])
    broken = np.flatnonzero((path == 2) & (before == 0))
    edges = np.array([*firsts, len(scores)])
    for sentence in np.unique(np.searchsorted(edges, broken, side="right") - 1).tolist():
        start, end = edges[sentence], edges[sentence + 1]
        path[start:end] = _best_path(scores[start:end])
    return path


def _best_path(scores: NDArray[np.float64]) -> list[int]:
    """Return the best sequence of states of one sentence, searched from row to row.

    >>> import numpy as np
    >>> _best_path(np.log(np.array([[0.3, 0.6, 0.1], [0.1, 0.2, 0.7]])))
    [1, 2]
    """
    rows = scores.tolist()
    outside, begin, inside = rows[0][0], rows[0][1], float("-inf")
    back = []
    for row in rows[1:]:
        anywhere = (outside, begin, inside).index(max(outside, begin, inside))
        within = 1 if begin >= inside else 2
        back.append((anywhere, anywhere, within))
        best = max(outside, begin, inside)
        outside, begin, inside = row[0] + best, row[1] + best, row[2] + max(begin, inside)
    totals = (outside, begin, inside)
    path = [totals.index(max(totals))]
    for choices in reversed(back):
        path.append(choices[path[-1]])
    return path[::-1]


def _runs(path: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return begin and end of each run of 1 followed by 2s.

    >>> _runs(np.array([0, 1, 2, 2, 1, 0, 1]))
    [(1, 4), (4, 5), (6, 7)]
    """
    starts = np.flatnonzero(path == 1)
    stops = np.append(np.flatnonzero(path != 2), len(path))
    ends = stops[np.searchsorted(stops, starts, side="right")]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
