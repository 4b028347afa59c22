"""The noun phrases of a text that a number may count: runs of words between verbs, prepositions, marks and numbers.

Counters that no noun follows («۲۳۹ سهم») are candidates too; they may be all that is said of what is counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ie.clauses import Chunk, Layout, read_layout
from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.measures import unit_class
from ie.numerals import NumberMention
from ie.periods import PeriodMention
from ie.persian import fold
from ie.scene import Figure, Scene
from ie.schema import Offsets, Quantity
from ie.units import unit_kind

__all__ = ["Page", "candidate_runs", "lay_out_phrases"]

# classes of words at which a run ends
_BOUNDARY = frozenset(
    (
        "verb",
        "speech",
        "break",
        "also",
        "same_period",
        "present",
        "rate",
        "compare",
        "preposition",
        "conjunction",
        "object",
        "boundary",
        "respectively",
        "subset",
    )
)
_LONGEST = 8  # words of a candidate phrase
# counters of anything, which say nothing of what is counted
_EMPTY_COUNTERS = frozenset(("مورد", "فقره", "نفر", "عدد", "بار"))


@dataclass(frozen=True, slots=True)
class Page:
    """A document laid out for the choice of phrases.

    `scene` has every candidate of `phrases` as a programme, `words` none; `runs` are the candidates' chunks in `words`,
    None for predicates and phrases that a model is sure of.
    """

    scene: Scene
    phrases: list[Offsets]
    words: Layout
    runs: list[tuple[int, int] | None]


def lay_out_phrases(
    text: str,
    numbers: Sequence[NumberMention],
    periods: Sequence[PeriodMention],
    sure: Sequence[Offsets] = (),
) -> Page:
    """Return the document laid out with every candidate phrase as a programme, and the phrases."""
    mentions = [(mention.start, mention.end, NUMBER, index) for index, mention in enumerate(numbers)]
    mentions += [(period.start, period.end, PERIOD, index) for index, period in enumerate(periods)]
    for index, mention in enumerate(numbers):
        mentions += [(*mention.cue, "CUE", index)] if mention.cue else []
        if mention.unit and not _is_head(mention.quantity):
            mentions.append((*mention.unit, "UNIT", index))
    folded = fold(text)
    words = read_layout(text, mentions, folded)
    found = sorted([*candidate_runs(words), *_lone_counters(words, numbers)])
    known = {(words.chunks[left].start, words.chunks[right - 1].end): (left, right) for left, right, _ in found}
    verbal = {(words.chunks[left].start, words.chunks[right - 1].end) for left, right, noun in found if not noun}
    phrases = _replace_overlapped(sorted(known), sure)
    mentions = [mention for mention in mentions if mention[2] != "UNIT" or mention[:2] not in known]
    mentions += [(*phrase, PROGRAM, index) for index, phrase in enumerate(phrases)]
    layout = read_layout(text, mentions, folded)
    figures = [_figure(layout, index, mention) for index, mention in enumerate(numbers)]
    runs = [None if phrase in verbal else known.get(phrase) for phrase in phrases]
    return Page(Scene(layout, figures, [None] * len(periods)), phrases, words, runs)


def _replace_overlapped(phrases: Sequence[Offsets], sure: Sequence[Offsets]) -> list[Offsets]:
    """Return both in text order, without the phrases that a sure one overlaps.

    >>> _replace_overlapped([(0, 5), (6, 9)], [(3, 5)])
    [(3, 5), (6, 9)]
    """
    ends = [end for _, end in sure]
    kept = []
    for start, end in phrases:
        position = bisect_left(ends, start + 1)
        if position == len(sure) or end <= sure[position][0]:
            kept.append((start, end))
    return sorted([*kept, *sure])


def _figure(layout: Layout, index: int, mention: NumberMention) -> Figure:
    """Return a number as the linker sees it, with its cue before and its unit after it."""
    place = first = last = layout.places[NUMBER][index]
    chunks = layout.chunks
    while first > 0 and chunks[first - 1].kind == "CUE":
        first -= 1
    while last + 1 < len(chunks) and chunks[last + 1].kind == "UNIT":
        last += 1
    unit = mention.quantity.unit
    adjective = False
    if unit is not None and place + 1 < len(chunks):
        following = chunks[last if last > place else place + 1].key.split(" ", 1)[0]
        adjective = _is_adjective(following, unit.split(" ", 1)[0])
    return Figure(place, first, last, unit_class(mention.quantity), adjective)


def _is_adjective(word: str, unit: str) -> bool:
    """Tell whether a word is the adjective of a unit.

    >>> _is_adjective("تومانی", "تومان"), _is_adjective("نفره", "نفر"), _is_adjective("نفر", "نفر")
    (True, True, False)
    """
    return word != unit and word.startswith(unit[:-1]) and word.endswith(("ی", "ه")) and len(word) <= len(unit) + 2


def _lone_counters(layout: Layout, numbers: Sequence[NumberMention]) -> list[tuple[int, int, bool]]:
    """Return the counters that no noun follows, as runs of one chunk."""
    chunks = layout.chunks
    found = []
    for index, chunk in enumerate(chunks):
        if chunk.kind != "UNIT" or chunk.key in _EMPTY_COUNTERS:
            continue
        if unit_kind(numbers[chunk.mention].quantity.unit or "") != "count":
            continue
        end = _run_end(layout, index + 1) if index + 1 < len(chunks) else index + 1
        alone = end == index + 1 or chunks[index + 1].sentence != chunk.sentence
        if alone or _refers(chunks[index + 1 : end], after_number=True):
            found.append((index, index + 1, True))
    return found


def _is_head(quantity: Quantity) -> bool:
    """Tell whether a unit is the head of the counted phrase («پرونده», «واحد صنعتی») and no mere counter."""
    return quantity.unit == "واحد" or unit_class(quantity) == "count"


def candidate_runs(layout: Layout) -> list[tuple[int, int, bool]]:
    """Return the runs of words that can name what is counted: first chunk, end, whether it is a noun phrase.

    A run is a noun phrase; where it ends in the noun of a compound verb («… ثبت نام کردند»), noun and verb are a
    phrase of their own, for numbers that have no noun phrase at all.
    """
    found: list[tuple[int, int, bool]] = []
    chunks = layout.chunks
    index = 0
    while index < len(chunks):
        end = _run_end(layout, index)
        if end == index:
            index += 1
            continue
        after_number = index > 0 and chunks[index - 1].kind in ("NUMBER", "UNIT")
        left, right = _trim(chunks, index, end, after_number)
        if left < right and not _refers(chunks[index:right], after_number):
            found.append((left, right, True))
        if right < end and _is_verb(chunks, end):
            found.append((right, _verb_end(chunks, end), False))
            end = _verb_end(chunks, end)
        index = end
    return found


def _run_end(layout: Layout, start: int) -> int:
    """Return where the run of phrase words that begins at a chunk ends; the chunk itself where none begins."""
    chunks = layout.chunks
    index = start
    while index < len(chunks):
        chunk = chunks[index]
        if chunk.kind != "word" or chunk.key[0].isdigit():
            break
        if index > start:
            before = chunks[index - 1]
            if chunk.sentence != before.sentence or "\n" in layout.text[before.end : chunk.start]:
                break
        if _BOUNDARY & set(chunk.cues) and not (index > start and _is_participle(chunks, index)):
            break
        index += 1
    return index


def _is_participle(chunks: Sequence[Chunk], index: int) -> bool:
    """Tell whether «شده» qualifies the noun before it («پرونده‌های ثبت شده در …») and is no verb."""
    if chunks[index].key != "شده" or index + 1 >= len(chunks):
        return False
    following = chunks[index + 1]
    return following.key != "و" and not _is_verb(chunks, index + 1)


def _is_verb(chunks: Sequence[Chunk], index: int) -> bool:
    return index < len(chunks) and "verb" in chunks[index].cues and chunks[index].sentence == chunks[index - 1].sentence


def _verb_end(chunks: Sequence[Chunk], start: int) -> int:
    """Return where a verb group ends: auxiliaries and the word after «می»."""
    index = start
    while _is_verb(chunks, index) or (index > start and chunks[index - 1].key in ("می", "نمی") and index < len(chunks)):
        index += 1
    return index


def _refers(run: Sequence[Chunk], after_number: bool) -> bool:
    """Tell whether a phrase only refers to another: a pronoun, «این رقم», or «این …» right after a number."""
    if "this" not in run[0].cues:
        return False
    return after_number or len(run) == 1 or (len(run) == 2 and "generic" in run[1].cues)


def _trim(chunks: Sequence[Chunk], start: int, end: int, after_number: bool) -> tuple[int, int]:
    """Return the part of a run that is the phrase; empty where nothing is left."""
    left, right = start, end
    while right > left and _is_verb(chunks, end) and {"light", "up", "down"} & set(chunks[right - 1].cues):
        right -= 1
    while left < right - 1 and not after_number and "leading" in chunks[left].cues:
        left += 1
    return left, min(right, left + _LONGEST)
