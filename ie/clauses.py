"""A document read for linking: chunks (mentions, words, marks) with their sentence, clause and cue classes.

Every number, period and programme is one chunk, the words between them one chunk each; the words of a sentence that
is far from any number are left out. Counts over stretches of chunks come from prefix sums, so that asking what stands
between two mentions costs the same however far apart they are.
"""

from __future__ import annotations

import re
import tomllib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import Any

from ie.persian import ZWNJ, Folded, fold, sentence_offsets
from ie.schema import Offsets

__all__ = ["Chunk", "Cue", "Layout", "cue_table", "find_cues", "linking_tables", "read_layout", "words_of"]

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,/]\d+)*|[^\w\s\u200c]")
_ENTRY = re.compile(r"«([^»]+)»|(\S+)")

# what a stretch of chunks is asked about
_COUNTED = ("number", "period", "program", "comma", "verb", "break", "speech", "compare", "and")


_PREFIXES, _VERB = frozenset(("می", "نمی")), ("verb",)
_STOPS = frozenset("؛;:")
_COMMAS = frozenset("،,؛;")


@dataclass(slots=True)
class Chunk:
    """One unit of reading. `kind` is word, mark, NUMBER, UNIT, CUE, PERIOD or PROGRAM; `mention` its index."""

    kind: str
    key: str
    start: int
    end: int
    sentence: int
    mention: int = -1
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue phrase: its classes and the half-open stretch of words it covers."""

    classes: tuple[str, ...]
    start: int
    end: int


@dataclass(slots=True)
class Layout:
    """The chunks of a document and where its mentions stand among them."""

    text: str
    chunks: list[Chunk]
    sentences: list[Offsets]
    paragraphs: list[int]
    places: dict[str, list[int]]
    last_places: list[int]
    last_verbs: list[int]
    sums: dict[str, array[int]] = field(default_factory=dict)

    def count(self, what: str, start: int, end: int) -> int:
        """Return how many chunks in ``[start, end)`` are of a counted class."""
        sums = self.sums[what]
        return sums[end] - sums[start] if end > start else 0

    def clause(self, index: int) -> int:
        """Return the number of the clause a chunk stands in (clauses end after verbs and before subordinators)."""
        return self.sums["break"][index + 1] if index + 1 < len(self.sums["break"]) else self.sums["break"][-1]

    def gap(self, start: int, end: int, limit: int = 4) -> str | None:
        """Return the chunks ``[start, end)`` as one short pattern; None where there are more than `limit`."""
        if end - start > limit:
            return None
        return " ".join(_SHORT.get(chunk.kind, chunk.key) for chunk in self.chunks[start:end])

    def first_of(self, sentence: int) -> int:
        """Return the index of the first chunk of a sentence."""
        return self.bounds(sentence)[0]

    def bounds(self, sentence: int) -> tuple[int, int]:
        """Return the half-open range of a sentence's chunks."""
        first = bisect_left(self.chunks, sentence, key=lambda chunk: chunk.sentence)
        return first, bisect_right(self.chunks, sentence, key=lambda chunk: chunk.sentence)


_SHORT = {"NUMBER": "N", "UNIT": "U", "CUE": "C", "PERIOD": "T", "PROGRAM": "P"}


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase in folded spelling, split at spaces and half-spaces.

    >>> words_of("پیش‌بینی مي شود")
    ('پیش', 'بینی', 'می', 'شود')
    """
    return tuple(_WORD.findall(fold(phrase).text.replace(ZWNJ, " ")))


@cache
def linking_tables() -> dict[str, Any]:
    """Return the tables of ``data/linking.toml``."""
    return tomllib.loads(resources.files("ie").joinpath("data/linking.toml").read_text(encoding="utf-8"))


@cache
def cue_table() -> dict[str, dict[tuple[str, ...], tuple[str, ...]]]:
    """Return the cue phrases of ``data/linking.toml`` by their first word: words to the classes they belong to."""
    tables: dict[str, str] = linking_tables()["cues"]
    classes: dict[tuple[str, ...], list[str]] = {}
    for name, entries in tables.items():
        for quoted, bare in _ENTRY.findall(entries):
            members = classes.setdefault(words_of(quoted or bare), [])
            if name not in members:
                members.append(name)
    table: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}
    for words, names in sorted(classes.items(), key=lambda item: -len(item[0])):
        table.setdefault(words[0], {})[words] = tuple(names)
    return table


def find_cues(words: Sequence[str]) -> list[Cue]:
    """Return the cues of a sequence of words, longest first at each word, all classes of each.

    >>> [cue.classes for cue in find_cues(["در", "حال", "حاضر", "صعودی"])]
    [('present',), ('up',)]
    """
    table = cue_table()
    found = []
    end = 0  # of the cue found last
    for position, word in enumerate(words):
        if position < end or word not in table:
            continue
        following = words[position + 1] if position + 1 < len(words) else None
        for phrase, classes in table[word].items():
            if len(phrase) > 1 and phrase[1] != following:
                continue
            if len(phrase) <= 2 or tuple(words[position : position + len(phrase)]) == phrase:
                end = position + len(phrase)
                found.append(Cue(classes, position, end))
                break
    return found


def read_layout(text: str, mentions: Iterable[tuple[int, int, str, int]], folded: Folded | None = None) -> Layout:
    """Read a text into chunks. `mentions` are (start, end, kind, index); inner ones split the outer ones."""
    folded = folded or fold(text)
    sentences = sentence_offsets(text)
    mentions = list(mentions)
    pieces = _split_nested(mentions)
    wanted = _near_numbers(sentences, pieces)
    chunks = _chunks(folded, sentences, pieces, wanted)
    _mark_cues(chunks)
    return _index(text, chunks, sentences, mentions)


def _split_nested(mentions: Sequence[tuple[int, int, str, int]]) -> list[tuple[int, int, str, int]]:
    """Return non-overlapping pieces in text order: a mention inside another splits it."""
    rank = {"NUMBER": 0, "PERIOD": 1, "UNIT": 2, "CUE": 3, "PROGRAM": 4}
    taken: list[tuple[int, int, str, int]] = []
    starts: list[int] = []
    for kind in rank:
        fresh = []
        for start, end, _, index in sorted(item for item in mentions_of(mentions, kind)):
            left = start
            position = max(0, bisect_right(starts, start) - 1)
            while position < len(taken) and taken[position][0] < end:
                other_start, other_end = taken[position][:2]
                if other_end > left:
                    if other_start > left:
                        fresh.append((left, other_start, kind, index))
                    left = max(left, other_end)
                position += 1
            if left < end:
                fresh.append((left, end, kind, index))
        taken = sorted([*taken, *fresh])
        starts = [piece[0] for piece in taken]
    return taken


def mentions_of(mentions: Sequence[tuple[int, int, str, int]], kind: str) -> list[tuple[int, int, str, int]]:
    """Return the mentions of one kind."""
    return [item for item in mentions if item[2] == kind]


def _near_numbers(sentences: Sequence[Offsets], pieces: Sequence[tuple[int, int, str, int]]) -> set[int]:
    """Return the sentences whose words are read: those with a number and one on either side."""
    ends = [end for _, end in sentences]
    wanted: set[int] = set()
    for start, _, kind, _ in pieces:
        if kind == "NUMBER":
            sentence = bisect_right(ends, start)
            wanted.update((sentence - 1, sentence, sentence + 1))
    return wanted


def _chunks(
    folded: Folded, sentences: Sequence[Offsets], pieces: Sequence[tuple[int, int, str, int]], wanted: set[int]
) -> list[Chunk]:
    chunks: list[Chunk] = []
    position = 0
    for sentence, (start, end) in enumerate(sentences):
        left = start
        while position < len(pieces) and pieces[position][0] < end:
            begin, stop, kind, index = pieces[position]
            if sentence in wanted:
                _add_words(chunks, folded, left, begin, sentence)
            chunks.append(Chunk(kind, _surface(folded, begin, stop), begin, stop, sentence, index))
            left = max(left, stop)
            position += 1
        if sentence in wanted:
            _add_words(chunks, folded, left, end, sentence)
    return chunks


def _folded_index(folded: Folded, raw: int) -> int:
    return raw if folded.origins is None else bisect_left(folded.origins, raw)


def _surface(folded: Folded, start: int, end: int) -> str:
    return folded.text[_folded_index(folded, start) : _folded_index(folded, end)]


def _add_words(chunks: list[Chunk], folded: Folded, start: int, end: int, sentence: int) -> None:
    if start >= end:
        return
    moved = folded.origins is not None
    for match in _WORD.finditer(folded.text, _folded_index(folded, start), _folded_index(folded, end)):
        word = match.group()
        begin, stop = folded.raw(*match.span()) if moved else match.span()
        chunks.append(Chunk("word" if word[0].isalnum() else "mark", word, begin, stop, sentence))


def _mark_cues(chunks: list[Chunk]) -> None:
    """Give word chunks, and the first word of other chunks, the classes of the cues they begin."""
    keys = [chunk.key if chunk.kind in ("word", "mark") else f"<{chunk.kind}>" for chunk in chunks]
    for cue in find_cues(keys):
        for chunk in chunks[cue.start : cue.end]:
            chunk.cues = cue.classes
    for before, chunk in pairwise(chunks):
        if before.key in _PREFIXES and not chunk.cues and chunk.kind == "word" and before.end + 1 >= chunk.start:
            chunk.cues = _VERB


def _index(
    text: str, chunks: list[Chunk], sentences: list[Offsets], mentions: Sequence[tuple[int, int, str, int]]
) -> Layout:
    """Find the chunks of each mention; one that lies wholly inside another has the chunk of the other."""
    places: dict[str, list[int]] = {}
    last_places: list[int] = []
    starts = [chunk.start for chunk in chunks]
    for kind in ("NUMBER", "PERIOD", "PROGRAM"):
        own = mentions_of(mentions, kind)
        firsts = [max(0, bisect_right(starts, start) - 1) for start, *_ in own]
        lasts = list(firsts)
        seen: set[int] = set()
        for position, chunk in enumerate(chunks):
            if chunk.kind == kind:
                lasts[chunk.mention] = position
                if chunk.mention not in seen:
                    firsts[chunk.mention] = position
                    seen.add(chunk.mention)
        places[kind] = firsts
        if kind == "PROGRAM":
            last_places = lasts
    paragraphs, paragraph, last = [], 0, 0
    for start, end in sentences:
        paragraph += "\n" in text[last:start]
        paragraphs.append(paragraph)
        last = end
    last_verbs = [-1] * len(sentences)
    for position, chunk in enumerate(chunks):
        if "verb" in chunk.cues:
            last_verbs[chunk.sentence] = position
    return Layout(text, chunks, sentences, paragraphs, places, last_places, last_verbs, _prefix_sums(chunks))


def _prefix_sums(chunks: list[Chunk]) -> dict[str, array[int]]:
    marks: dict[str, bytearray] = {what: bytearray(len(chunks)) for what in _COUNTED}
    kinds = {"NUMBER": marks["number"], "PERIOD": marks["period"], "PROGRAM": marks["program"]}
    ended = False  # whether the chunk before ends a verb group
    for position, chunk in enumerate(chunks):
        key, cues = chunk.key, chunk.cues
        if chunk.kind in kinds:
            kinds[chunk.kind][position] = 1
        if ended or key in _STOPS or "break" in cues:
            marks["break"][position] = 1
        ended = False
        if cues:
            if "verb" in cues and (position + 1 == len(chunks) or "verb" not in chunks[position + 1].cues):
                marks["verb"][position] = 1
                ended = True
            if "speech" in cues:
                marks["speech"][position] = 1
            if "compare" in cues:
                marks["compare"][position] = 1
        if key == "و":
            marks["and"][position] = 1
        elif key in _COMMAS:
            marks["comma"][position] = 1
    return {what: array("i", accumulate(row, initial=0)) for what, row in marks.items()}
