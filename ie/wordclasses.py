"""Classes of words by their neighbours: words that stand among the same words («گندم», «برنج») are of one class.

The table (``data/word_classes.json``) is counted in news by ``scripts/count_words.py``. Two sets of classes, a fine and
a coarse one, let what is learnt of one word serve its neighbours; two shares say how often a phrase ends after a word
and how often one begins with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["UNKNOWN", "WordClass", "class_of_word"]


@dataclass(frozen=True, slots=True)
class WordClass:
    """The names of a word's fine and coarse class, and the tenths of its uses that end or begin a phrase."""

    fine: str
    coarse: str
    ends: str
    begins: str


UNKNOWN = WordClass("f-", "c-", "e-", "b-")


def class_of_word(word: str) -> WordClass:
    """Return the class of a word in folded spelling; `UNKNOWN` where it is rare.

    >>> class_of_word("گندم").coarse == class_of_word("برنج").coarse, class_of_word("گندمچه") == UNKNOWN
    (True, True)
    """
    return _table().get(word, UNKNOWN)


@cache
def _table() -> dict[str, WordClass]:
    text = resources.files("ie").joinpath("data/word_classes.json").read_text(encoding="utf-8")
    record = json.loads(text)
    table = {}
    for fine, (coarse, words, ends, begins) in enumerate(record["classes"]):
        for word, end, begin in zip(words.split(), ends, begins, strict=True):
            table[word] = WordClass(f"f{fine}", f"c{coarse}", f"e{end}", f"b{begin}")
    return table
