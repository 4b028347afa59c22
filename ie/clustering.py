"""Words of a corpus put into classes by their neighbours, and how often phrases end after them or begin with them.

Each word is a vector of the words right before and after it (positive pointwise mutual information, reduced by a
singular value decomposition); k-means makes the classes. What ends or begins a phrase is told by the cues of the
linker: marks, verbs, prepositions.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.sparse import coo_matrix, csr_matrix, hstack
from scipy.sparse.linalg import svds

from ie.clauses import cue_table
from ie.persian import ZWNJ, fold
from ie.texts import corpus_texts

__all__ = ["WordsConfig", "class_table", "count_words", "read_words", "word_vectors", "write_word_classes"]

_TOKEN = re.compile(r"[^\W\d_]+|\d[\d.,/]*|[^\w\s]|\n")
_LINE, _NUMBER = "\n", "0"  # the end of a line or text; any number
_LONGEST = 6000  # characters of a text that are read
_TENTHS = 9.99
_OPENING, _NEUTRAL = frozenset("«("), frozenset("«(\"-/'")


@dataclass(frozen=True, slots=True)
class WordsConfig:
    """Settings: the corpus (every `step`-th text of it), the splits whose test articles are left out, the classes.

    `least` is how often a word occurs that gets a class; `contexts` how many frequent words count as neighbours.
    """

    corpus: tuple[str, ...]
    splits: str
    output: str
    step: int = 3
    least: int = 12
    contexts: int = 2500
    dimensions: int = 56
    fine: int = 160
    coarse: int = 40
    seed: int = 0


def read_words(texts: Iterable[str], step: int = 1) -> list[str]:
    r"""Return the words and marks of every `step`-th text, numbers as ``0``, with a line end after each text.

    >>> read_words(["۳۰ تن گندم", "جو"])
    ['0', 'تن', 'گندم', '\n', 'جو', '\n']
    """
    words: list[str] = []
    for index, text in enumerate(texts):
        if index % step == 0:
            found = _TOKEN.findall(fold(text[:_LONGEST]).text.replace(ZWNJ, " "))
            words += [_NUMBER if word[0].isdigit() else word for word in found]
            words.append(_LINE)
    return words


def word_vectors(places: NDArray[np.int64], known: int, contexts: int, dimensions: int) -> NDArray[np.float64]:
    """Return a unit vector for each of the `known` words; `places` are the words of the corpus by their rank."""
    counts = [_neighbours(places, known, contexts, offset) for offset in (-2, -1, 1, 2)]
    matrix = hstack(counts).tocoo()
    rows, columns = np.asarray(matrix.sum(axis=1)).ravel(), np.asarray(matrix.sum(axis=0)).ravel() ** 0.75
    expected = rows[matrix.row] * (columns / columns.sum())[matrix.col]
    values = np.log(matrix.data / np.maximum(expected, 1e-9))
    kept = values > 0
    weights = csr_matrix((values[kept], (matrix.row[kept], matrix.col[kept])), shape=matrix.shape)
    left, sizes, _ = svds(weights, k=min(dimensions, known - 1), random_state=0)
    vectors = left * np.sqrt(sizes)
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9))


def _neighbours(places: NDArray[np.int64], known: int, contexts: int, offset: int) -> csr_matrix:
    """Return how often each known word has each context word at a distance."""
    distance = abs(offset)
    words, others = (places[distance:], places[:-distance]) if offset < 0 else (places[:-distance], places[distance:])
    kept = (words < known) & (others < contexts)
    ones = np.ones(int(kept.sum()))
    return coo_matrix((ones, (words[kept], others[kept])), shape=(known, contexts)).tocsr()


def count_words(words: Sequence[str], config: WordsConfig) -> str:
    """Return the table of word classes as JSON."""
    counted = Counter(words)
    vocabulary = [word for word, count in counted.most_common() if count >= config.least]
    ranks = {word: rank for rank, word in enumerate(vocabulary)}
    places = np.fromiter((ranks.get(word, len(ranks)) for word in words), dtype=np.int64, count=len(words))
    vectors = word_vectors(places, len(vocabulary), min(config.contexts, len(vocabulary)), config.dimensions)
    centres, fine = kmeans2(vectors, config.fine, minit="++", seed=config.seed)
    _, coarse = kmeans2(centres, config.coarse, minit="++", seed=config.seed)
    ends, begins = _boundary_shares(places, vocabulary)
    return class_table(vocabulary, fine.tolist(), coarse.tolist(), ends.tolist(), begins.tolist())


def class_table(
    vocabulary: Sequence[str],
    fine: Sequence[int],
    coarse: Sequence[int],
    ends: Sequence[float],
    begins: Sequence[float],
) -> str:
    r"""Return classes and shares as JSON: of each fine class its coarse one, its words and their shares in tenths.

    >>> class_table(["گندم", "،", "جو"], [0, 1, 0], [3, 0], [0.25, 0, 1.0], [0.5, 0, 0])
    '{"classes": [\n[3, "گندم جو", "29", "40"],\n[0, "", "", ""]\n]}\n'
    """
    members: list[list[int]] = [[] for _ in coarse]
    for index, word in enumerate(vocabulary):
        if word.isalpha():
            members[int(fine[index])].append(index)
    rows = [
        json.dumps(
            [int(parent), " ".join(vocabulary[index] for index in group), _tenths(ends, group), _tenths(begins, group)],
            ensure_ascii=False,
        )
        for parent, group in zip(coarse, members, strict=True)
    ]
    return '{"classes": [\n' + ",\n".join(rows) + "\n]}\n"


def _tenths(shares: Sequence[float], members: Sequence[int]) -> str:
    return "".join(str(int(shares[index] * _TENTHS)) for index in members)


def _boundary_shares(
    places: NDArray[np.int64], vocabulary: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each word the share of its uses after which a phrase ends, and of those before which one begins."""
    cues = _cue_words("verb", "preposition", "conjunction", "object", "break", "also")
    marks = {word for word in vocabulary if not word[0].isalnum()} - _NEUTRAL
    closing = np.array([*(word in cues or word in marks for word in vocabulary), True])
    opening = closing | np.array([*(word in _OPENING or word == _NUMBER for word in vocabulary), False])
    before, after = places[:-1], places[1:]
    return _share(before, closing[after], len(vocabulary)), _share(after, opening[before], len(vocabulary))


def _share(words: NDArray[np.int64], marked: NDArray[np.bool_], known: int) -> NDArray[np.float64]:
    total = np.bincount(words, minlength=known + 1)[:known]
    return np.asarray(np.bincount(words[marked], minlength=known + 1)[:known] / (total + 2.0))


def _cue_words(*names: str) -> set[str]:
    return {first for first, table in cue_table().items() if set(names) & set(table.get((first,), ()))}


def write_word_classes(config: WordsConfig) -> str:
    """Count the corpus and write the table; return what was counted."""
    words = read_words(corpus_texts(config.corpus, config.splits), config.step)
    Path(config.output).write_text(count_words(words, config), encoding="utf-8")
    return f"{config.output}: {config.fine} classes from {len(words):,} words"
