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
from ie.scene import Figure, Scene, State, choose, load_weights
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
        rows = [program_features(scene, number, candidate, state) + levels[candidate] for candidate in candidates]
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
    """Tell whether a unit is the head of the counted phrase («پرونده», «واحد صنعتی») and not a mere counter."""
    return quantity.unit == "واحد" or unit_class(quantity) == "count"


def candidate_phrases(layout: Layout) -> list[Offsets]:
    """Return the offsets of the runs of words that can be noun phrases, in text order."""
    phrases: list[Offsets] = []
    run: list[Chunk] = []
    previous: Chunk | None = None
    for chunk in [*layout.chunks, None]:
        if chunk is not None and _continues(chunk, run, layout):
            run.append(chunk)
            continue
        if run:
            after_number = previous is not None and previous.kind in ("NUMBER", "UNIT")
            trimmed = _trim(run, chunk, after_number)
            if trimmed and not _refers(trimmed, after_number):
                phrases.append((trimmed[0].start, trimmed[-1].end))
            run = []
        previous = chunk
        if chunk is not None and chunk.kind == "word" and not _BOUNDARY & set(chunk.cues):
            run = [chunk]
    return phrases


def _continues(chunk: Chunk, run: Sequence[Chunk], layout: Layout) -> bool:
    if chunk.kind != "word" or chunk.key[0].isdigit() or _BOUNDARY & set(chunk.cues):
        return False
    return not run or (chunk.sentence == run[0].sentence and "\n" not in layout.text[run[-1].end : chunk.start])


def _refers(run: Sequence[Chunk], after_number: bool) -> bool:
    """Tell whether a phrase only refers to another: a pronoun, or «این …» right after a number."""
    return "this" in run[0].cues and (after_number or len(run) == 1)


def _trim(run: list[Chunk], following: Chunk | None, after_number: bool) -> list[Chunk]:
    """Return a run without the words that do not belong to the phrase; empty where nothing is left."""
    left, right = 0, len(run)
    ends_in_verb = following is not None and "verb" in following.cues and following.sentence == run[0].sentence
    while right > left and ends_in_verb and {"light", "up", "down"} & set(run[right - 1].cues):
        right -= 1
    while left < right - 1 and not after_number and "leading" in run[left].cues:
        left += 1
    return run[left : min(right, left + _LONGEST)]
