"""Spans by rules: which number candidates are facts and which noun phrases they count.

The rules-only backend, and the candidates a model chooses from. A sentence is cut into runs of words at verbs,
prepositions, marks, numbers and periods; every run that can be a noun phrase is a candidate, and each number takes the
one that suits it best by the weights of the linker. A model may add phrases that it is sure of, and say of every
candidate how likely it is a programme.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from math import log

from ie.attachment import program_candidates, program_features
from ie.clauses import Chunk, Layout, read_layout
from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.measures import unit_class
from ie.numerals import NumberMention
from ie.periods import PeriodMention
from ie.persian import ZWNJ
from ie.scene import Figure, Scene, State, choose, is_cue, load_weights
from ie.schema import Offsets, Quantity, Span

__all__ = ["candidate_phrases", "propose_programs", "rule_spans", "select_numbers"]

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
_LEVELS = 10
# what a model's belief in a phrase adds to its score: 0.3 of its log-odds, chosen on the development documents
_BELIEF = {f"model:{level}": 0.3 * log((level + 0.5) / (_LEVELS - level - 0.5)) for level in range(_LEVELS)}


def select_numbers(numbers: Sequence[NumberMention], periods: Sequence[PeriodMention]) -> list[NumberMention]:
    """Return the candidates that are facts as far as rules can tell: not rejected and not inside a period."""
    ends = [period.end for period in periods]
    kept = []
    for mention in numbers:
        position = bisect_left(ends, mention.start + 1)
        inside = position < len(periods) and periods[position].start < mention.end
        if mention.reject is None and not inside:
            kept.append(mention)
    return kept


def rule_spans(
    text: str,
    numbers: Sequence[NumberMention],
    periods: Sequence[PeriodMention],
    weights: Mapping[str, float] | None = None,
) -> list[Span]:
    """Return the NUMBER, PERIOD and PROGRAM spans of a text by rules alone, in text order."""
    facts = select_numbers(numbers, periods)
    spans = [Span(mention.start, mention.end, NUMBER) for mention in facts]
    spans += [Span(period.start, period.end, PERIOD) for period in periods]
    return sorted([*spans, *propose_programs(text, facts, periods, weights)])


def propose_programs(
    text: str,
    numbers: Sequence[NumberMention],
    periods: Sequence[PeriodMention],
    weights: Mapping[str, float] | None = None,
    sure: Sequence[Offsets] = (),
    belief: Callable[[Offsets], float] | None = None,
) -> list[Span]:
    """Return PROGRAM spans: for each number the noun phrase that it counts (by the shipped weights, or by others).

    `sure` are phrases, in text order, that stand in place of the candidates they overlap; `belief` gives a model's
    probability that the words of a phrase are a programme.
    """
    scene, phrases = lay_out_phrases(text, numbers, periods, sure)
    if not phrases:
        return []
    weights, state = load_weights()["phrase"] if weights is None else weights, State()
    levels: list[list[str]] = [[] for _ in phrases]
    if belief is not None:
        weights = {**weights, **_BELIEF}
        levels = [[f"model:{min(_LEVELS - 1, int(belief(phrase) * _LEVELS))}"] for phrase in phrases]
    chosen: dict[int, float] = {}
    for number in range(len(numbers)):
        candidates = program_candidates(scene, number, state)
        if not candidates:
            continue
        rows = [
            program_features(scene, number, candidate, state)
            + phrase_features(scene, number, candidate)
            + levels[candidate]
            for candidate in candidates
        ]
        best, score = choose(weights, rows)
        phrase = candidates[best]
        state.advance(number, phrase, -1)
        chosen[phrase] = max(score, chosen.get(phrase, 0.0))
    return [Span(*phrases[phrase], PROGRAM, round(score, 4)) for phrase, score in sorted(chosen.items())]


def lay_out_phrases(
    text: str,
    numbers: Sequence[NumberMention],
    periods: Sequence[PeriodMention],
    sure: Sequence[Offsets] = (),
) -> tuple[Scene, list[Offsets]]:
    """Return the document laid out with every candidate phrase as a programme, and the phrases."""
    mentions = [(mention.start, mention.end, NUMBER, index) for index, mention in enumerate(numbers)]
    mentions += [(period.start, period.end, PERIOD, index) for index, period in enumerate(periods)]
    for index, mention in enumerate(numbers):
        mentions += [(*mention.cue, "CUE", index)] if mention.cue else []
        if mention.unit and not _is_head(mention.quantity):
            mentions.append((*mention.unit, "UNIT", index))
    phrases = _replace_overlapped(candidate_phrases(read_layout(text, mentions)), sure)
    layout = read_layout(text, [*mentions, *((*phrase, PROGRAM, index) for index, phrase in enumerate(phrases))])
    figures = []
    for index, mention in enumerate(numbers):
        place = first = last = layout.places[NUMBER][index]
        while first > 0 and layout.chunks[first - 1].kind == "CUE":
            first -= 1
        while last + 1 < len(layout.chunks) and layout.chunks[last + 1].kind == "UNIT":
            last += 1
        figures.append(Figure(place, first, last, unit_class(mention.quantity)))
    return Scene(layout, figures, [None] * len(periods)), phrases


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


def _is_head(quantity: Quantity) -> bool:
    """Tell whether a unit is the head of the counted phrase («پرونده», «واحد صنعتی») and no mere counter."""
    return quantity.unit == "واحد" or unit_class(quantity) == "count"


def candidate_phrases(layout: Layout) -> list[Offsets]:
    """Return the offsets of the runs of words that can name what is counted, in text order.

    A run is a noun phrase; where it ends in the noun of a compound verb («… ثبت نام کردند»), noun and verb are a
    phrase of their own, for numbers that have no noun phrase at all.
    """
    phrases: list[Offsets] = []
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
            phrases.append((chunks[left].start, chunks[right - 1].end))
        if right < end and _is_verb(chunks, end):
            phrases.append((chunks[right].start, chunks[_verb_end(chunks, end) - 1].end))
            end = _verb_end(chunks, end)
        index = end
    return phrases


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


def phrase_features(scene: Scene, number: int, phrase: int) -> list[str]:
    """Describe a candidate phrase by itself: its length, its last word, whether it is a predicate."""
    layout, unit = scene.layout, scene.figures[number].unit_class
    chunk = layout.chunks[layout.places[PROGRAM][phrase]]
    words = chunk.key.replace(ZWNJ, " ").split()
    last = words[-1]
    verbal = is_cue(last, "verb") and last != "شده"
    rows = [f"phrase:words{min(5, len(words))}", f"phrase:last={last}", f"phrase:verbal{verbal}:{unit}"]
    rows += [f"phrase:{name}" for name in ("measure", "up", "down") if any(is_cue(word, name) for word in words)]
    rows.append(f"phrase:light{is_cue(last, 'light')}")
    rows += [f"phrase:{unit}:measure{is_cue(words[0], 'measure')}"]
    return rows
