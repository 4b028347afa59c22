"""Where a programme phrase begins and ends: variants of a run of words, and what speaks for each boundary.

A run of words between prepositions and verbs is often too short («آگهی فروش | از طریق مزایده») or too long («میزان
تولید», «پرونده کشف | شد»). Every word around it at which the phrase could end is an option for its tail, and then every
word at which it could begin one for its head; options are described by the words on both sides of the boundary and by
what the phrase would step over, and chosen by weights that are fitted to annotated documents.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from ie.clauses import Chunk, Layout
from ie.persian import ZWNJ
from ie.scene import is_cue
from ie.wordclasses import class_of_word

__all__ = ["head_features", "head_options", "tail_features", "tail_options", "usage_of"]

_MARKS = frozenset('«»()[]“”"-/')  # marks that a phrase may step over
_NEVER_FIRST, _NEVER_LAST = frozenset("»)]”-/"), frozenset('«([“-/"')
_TIES = frozenset(("preposition", "conjunction"))
# classes of words that no phrase steps over
_WALLS = frozenset(("break", "speech", "object", "also", "same_period", "present", "compare", "respectively", "subset"))
_BEYOND, _BEFORE, _INNER, _LONGEST = 8, 6, 6, 14  # chunks after a run, before it, into it, and of a phrase in all


def _is_wall(chunk: Chunk) -> bool:
    """Tell whether no phrase reaches over a chunk: a mention, a mark, a finite verb, the end of a clause."""
    if chunk.kind == "mark":
        return chunk.key not in _MARKS
    if chunk.kind not in ("word", "UNIT"):
        return True
    if "verb" in chunk.cues:
        return not chunk.key.endswith("ه") or chunk.key == "نه"
    return bool(_WALLS & set(chunk.cues))


def _glued(layout: Layout, index: int) -> bool:
    """Tell whether a chunk and the one before it are parts of one word («سپرده‌ها»)."""
    between = layout.text[layout.chunks[index - 1].end : layout.chunks[index].start]
    return (
        bool(between)
        and not between.strip(ZWNJ + "\u200b\u00ac\u200f\u200e\u00ad")
        or (not between and layout.chunks[index].kind == layout.chunks[index - 1].kind == "word")
    )


def _parted(layout: Layout, index: int) -> bool:
    """Tell whether a chunk begins another sentence or line than the one before it."""
    before, chunk = layout.chunks[index - 1], layout.chunks[index]
    return before.sentence != chunk.sentence or "\n" in layout.text[before.end : chunk.start]


def _ties(chunk: Chunk) -> bool:
    return bool(_TIES & set(chunk.cues)) and chunk.kind == "word"


def tail_options(layout: Layout, left: int, right: int) -> list[int]:
    """Return the chunks before which a phrase that begins at `left` may end; `right`, the run's own end, among them."""
    chunks = layout.chunks
    options = []
    index = left + 1
    while index <= len(chunks):
        last = chunks[index - 1]
        whole = index == len(chunks) or _parted(layout, index) or not _glued(layout, index)
        if index == right or (whole and not _ties(last) and last.key not in _NEVER_LAST):
            options.append(index)
        if index == len(chunks) or _parted(layout, index) or index - left >= _LONGEST or index - right >= _BEYOND:
            break
        if index >= right and _is_wall(chunks[index]):
            break
        index += 1
    return options


def head_options(layout: Layout, left: int, end: int) -> list[int]:
    """Return the chunks at which a phrase that ends before `end` may begin; `left`, the run's own, among them."""
    chunks = layout.chunks
    first = left
    while first > 0 and left - first < _BEFORE and not _parted(layout, first) and not _is_wall(chunks[first - 1]):
        first -= 1
    options = []
    for index in range(first, min(end, left + _INNER + 1)):
        chunk = chunks[index]
        whole = index == 0 or _parted(layout, index) or not _glued(layout, index)
        if index == left or (whole and not _ties(chunk) and chunk.key not in _NEVER_FIRST):
            options.append(index)
    return options


def _word(chunks: Sequence[Chunk], index: int) -> str:
    if not 0 <= index < len(chunks):
        return "^"
    chunk = chunks[index]
    return chunk.key if chunk.kind in ("word", "mark") else chunk.kind


@cache
def _usages() -> dict[str, tuple[str, ...]]:
    """Return how frequent words are used by ``data/words.toml``: the light verbs, prepositions, part of speech."""
    text = resources.files("ie").joinpath("data/words.toml").read_text(encoding="utf-8")
    usages: dict[str, tuple[str, ...]] = {}
    for table in tomllib.loads(text).values():
        for name, words in table.items():
            for word in words.split():
                usages[word] = (*usages.get(word, ()), name)
    return usages


def usage_of(word: str) -> str:
    """Return how a word is used, as one name; ``-`` where nothing is known of it.

    >>> usage_of("تصریح"), usage_of("خانه")
    ('always', '-')
    """
    return "+".join(_usages().get(word, ("-",)))


def _use(chunks: Sequence[Chunk], index: int) -> str:
    return usage_of(chunks[index].key) if 0 <= index < len(chunks) else "^"


def _class(chunks: Sequence[Chunk], index: int) -> str:
    if not 0 <= index < len(chunks):
        return "^"
    chunk = chunks[index]
    if chunk.kind not in ("word", "mark"):
        return chunk.kind
    if chunk.cues:
        return "+".join(chunk.cues)
    return chunk.key if chunk.kind == "mark" else _ending(chunk.key)


def _ending(word: str) -> str:
    if word[0].isdigit():
        return "digits"
    for ending in ("های", "هایی", "ها", "ان", "ات", "ی", "ه"):
        if word.endswith(ending) and len(word) > len(ending) + 1 or word == ending:
            return ending
    return "-"


def tail_features(layout: Layout, left: int, right: int, end: int) -> list[str]:
    """Describe the end of a phrase: the words on both sides, its length, what it steps over beyond the run."""
    chunks = layout.chunks
    parted = end < len(chunks) and _parted(layout, end)
    last, following = _word(chunks, end - 1), "|" if parted else _word(chunks, end)
    last_class, next_class = _class(chunks, end - 1), "|" if parted else _class(chunks, end)
    after = _word(chunks, left - 1) if left and chunks[left - 1].kind != "word" else "-"
    length = end - left
    place = "own" if end == right else ("inner" if end < right else "outer")
    rows = [
        place,
        f"words{min(8, length)}",
        f"{place}{min(3, abs(end - right))}",
        f"last={last}",
        f"next={following}",
        f"{last_class}>{next_class}",
        f"{last}>{next_class}",
        f"{last_class}>{following}",
        f"{last}>{following}",
        f"next2={following} {_class(chunks, end + 1)}",
        f"{place}:{next_class}",
        f"{place}:{last_class}",
        f"after={after}:{place}",
        f"after={after}:words{min(5, length)}",
        f"head={_word(chunks, left)}:{place}",
        f"head={_word(chunks, left)}:words{min(4, length)}",
    ]
    use, next_use = _use(chunks, end - 1), "|" if parted else _use(chunks, end)
    rows += [
        f"use={use}:{place}",
        f"use={use}>{next_class}",
        f"use={use}>{following}",
        f"use={use}>use={next_use}",
        f"use>{next_use}:{place}",
    ]
    ending, opening = class_of_word(last), class_of_word(following)
    rows += [
        f"{ending.fine}>{following}",
        f"{last}>{opening.fine}",
        f"{ending.fine}>{opening.fine}",
        f"{ending.coarse}>{opening.coarse}",
        f"{ending.fine}>{next_class}",
        f"{last_class}>{opening.fine}",
        f"{ending.fine}:{place}",
        f"{place}>{opening.fine}",
        f"{ending.ends}:{place}",
        f"{place}>{opening.begins}",
        f"{ending.ends}>{opening.begins}:{place}",
        f"{ending.ends}:words{min(4, length)}",
        f"{ending.coarse}:words{min(4, length)}",
        f"{opening.fine}:words{min(4, length)}",
    ]
    if end > right:
        rows += _crossed(chunks, right, end)
    elif end < right:
        rows += [f"cut={_word(chunks, index)}" for index in range(end, right)][:4]
    return rows


def _crossed(chunks: Sequence[Chunk], start: int, end: int) -> list[str]:
    """Describe what a phrase steps over: prepositions and «و» with their neighbours, marks, participles."""
    rows = []
    ties = 0
    for index in range(start, end):
        chunk = chunks[index]
        if _ties(chunk):
            ties += 1
            key = chunk.key
            rows += [
                f"tie={key}",
                f"tie={_word(chunks, index - 1)} {key}",
                f"tie={_class(chunks, index - 1)} {key}",
                f"tie={key} {_word(chunks, index + 1)}",
                f"tie={key} {_class(chunks, index + 1)}",
                f"tie=use={_use(chunks, index - 1)} {key}",
            ]
            if ties == 1:
                rows.append(f"tie={key}:words{min(4, end - index - 1)}")
        elif chunk.kind == "mark":
            rows.append(f"over={chunk.key}")
        elif chunk.cues:
            rows.append(f"over={'+'.join(chunk.cues)}")
    rows.append(f"ties{min(3, ties)}")
    return rows


def head_features(layout: Layout, left: int, start: int, end: int) -> list[str]:
    """Describe the beginning of a phrase: the words on both sides, its length, what it steps over or leaves out."""
    chunks = layout.chunks
    parted = start == 0 or _parted(layout, start)
    first, before = _word(chunks, start), "|" if parted else _word(chunks, start - 1)
    first_class, before_class = _class(chunks, start), "|" if parted else _class(chunks, start - 1)
    place = "own" if start == left else ("inner" if start > left else "outer")
    rows = [
        place,
        f"words{min(6, end - start)}",
        f"{place}{min(3, abs(start - left))}",
        f"first={first}",
        f"before={before}",
        f"{before_class}<{first_class}",
        f"{before_class}<{first}",
        f"{before}<{first_class}",
        f"{before}<{first}",
        f"{place}:{first_class}",
        f"{place}:{before_class}",
        f"first={first} {_class(chunks, start + 1) if start + 1 < end else '$'}",
        f"first2={first} {_word(chunks, start + 1) if start + 1 < end else '$'}",
        f"first={first}:words{min(3, end - start)}",
        f"measure{is_cue(first, 'measure')}:{_word(chunks, end)}",
    ]
    rows += [f"use={_use(chunks, start)}:{place}", f"use={'|' if parted else _use(chunks, start - 1)}<{place}"]
    opening, ending = class_of_word(first), class_of_word(before)
    second = class_of_word(_word(chunks, start + 1)).coarse if start + 1 < end else "$"
    rows += [
        f"{ending.fine}<{opening.fine}",
        f"{ending.coarse}<{opening.coarse}",
        f"{before}<{opening.fine}",
        f"{ending.fine}<{first}",
        f"{opening.fine}:{place}",
        f"{ending.fine}<{place}",
        f"{opening.begins}:{place}",
        f"{ending.ends}<{place}",
        f"{ending.ends}<{opening.begins}:{place}",
        f"{first} {second}",
        f"{opening.fine} {second}",
        f"{opening.fine}:words{min(3, end - start)}",
    ]
    if start < left:
        rows += _crossed(chunks, start, left)
    elif start > left:
        rows += [f"cut={_word(chunks, index)}" for index in range(left, start)][:4]
    return rows
