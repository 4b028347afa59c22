"""What the linker looks at: figures among the chunks of a document, and a weighted choice between candidates.

Each candidate (a programme or a period for a number, a reading of the number) is described by named features of the
text around it; the weights of the features (``data/link_weights.json``) are fitted to annotated documents by
``scripts/fit_links.py``. Numbers are decided in text order, each knowing what the one before was given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from ie.clauses import Chunk, Layout, cue_table, linking_tables

__all__ = [
    "Figure",
    "Scene",
    "State",
    "bucket",
    "choose",
    "classes_of",
    "is_cue",
    "load_weights",
    "score_rows",
    "short_of",
    "with_priors",
    "word_at",
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as the linker sees it: its chunk, the first and last chunk with its cue and unit, its unit's class.

    `unit_class` is percent, money, amount, person, counter or none; `adjective` tells «تومانی» from «تومان».
    """

    place: int
    first: int
    last: int
    unit_class: str
    adjective: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A laid out document, its figures, and of each period the interval as a key (None where it does not resolve).

    `sizes` say how long each period is and how it lies to the report date; `variety` is how many intervals there are.
    """

    layout: Layout
    figures: Sequence[Figure]
    intervals: Sequence[object]
    sizes: Sequence[str] = ()
    variety: int = 0


@dataclass(slots=True)
class State:
    """What the figure before was given (`figure` is None at the beginning).

    `taken` and `scoped` count how often each programme and each period has been given so far.
    """

    figure: int | None = None
    program: int | None = None
    period: int = -1
    status: str = "actual"
    taken: dict[int, int] = field(default_factory=dict)
    scoped: dict[int, int] = field(default_factory=dict)
    decided: int = 0
    dated: int = 0
    planned: int = 0

    def share(self, count: int) -> str:
        """Return how many of the figures so far a count is: none, few, some, most or all of them."""
        if not self.decided:
            return "first"
        if count in (0, self.decided):
            return "all" if count else "none"
        return "few" if 4 * count <= self.decided else "some" if 4 * count <= 3 * self.decided else "most"

    def advance(self, figure: int, program: int | None, period: int, status: str = "actual") -> None:
        """Take note of what a figure was given."""
        self.figure, self.period, self.status = figure, period, status
        self.decided += 1
        self.dated += period >= 0
        self.planned += status == "planned"
        if period >= 0:
            self.scoped[period] = self.scoped.pop(period, 0) + 1
        if program is not None:
            self.program = program
            self.taken[program] = self.taken.get(program, 0) + 1


@cache
def load_weights() -> Mapping[str, Mapping[str, float]]:
    """Return the fitted weights by task: ``program``, ``period``, ``status`` and ``change``."""
    text = resources.files("ie").joinpath("data/link_weights.json").read_text(encoding="utf-8")
    weights: dict[str, dict[str, float]] = json.loads(text)
    return with_priors(weights)


def with_priors(weights: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return fitted weights with the ones that are set in ``data/linking.toml`` added."""
    priors: dict[str, dict[str, float]] = linking_tables()["priors"]
    return {
        task: fitted | {name: fitted.get(name, 0.0) + weight for name, weight in priors.get(task, {}).items()}
        for task, fitted in ((task, dict(found)) for task, found in weights.items())
    }


def choose(weights: Mapping[str, float], rows: Sequence[Sequence[str]]) -> tuple[int, float]:
    """Return the position of the best row of features and its probability.

    >>> choose({"near": 2.0}, [["far"], ["near"]])[0]
    1
    """
    scores = score_rows(weights, rows)
    top = max(scores)
    total = sum(math.exp(score - top) for score in scores)
    return scores.index(top), 1.0 / total


def score_rows(weights: Mapping[str, float], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the sum of the weights of each row of features."""
    get = weights.get
    return [sum([get(name, 0.0) for name in row]) for row in rows]


def bucket(distance: int) -> str:
    """Return the size class of a distance in chunks.

    >>> bucket(0), bucket(4), bucket(500)
    ('0', '5', 'far')
    """
    for limit in (0, 1, 2, 3, 5, 8, 12, 18, 30, 60):
        if distance <= limit:
            return str(limit)
    return "far"


def short_of(chunk: Chunk) -> str:
    """Return a word as it is and a mention as its kind."""
    return chunk.key if chunk.kind in ("word", "mark") else chunk.kind


def classes_of(chunk: Chunk) -> str:
    """Return the cue classes of a chunk, or its kind where it has none."""
    return "+".join(chunk.cues) or (chunk.kind if chunk.kind != "mark" else chunk.key)


def word_at(layout: Layout, index: int) -> str:
    """Return the word or kind of a chunk; ``^`` outside the document."""
    return short_of(layout.chunks[index]) if 0 <= index < len(layout.chunks) else "^"


@cache
def _single_words(name: str) -> frozenset[str]:
    return frozenset(first for first, table in cue_table().items() if name in table.get((first,), ()))


def is_cue(word: str, name: str) -> bool:
    """Tell whether a word by itself is a cue of a class.

    >>> is_cue("کاهش", "down")
    True
    """
    return word in _single_words(name)
