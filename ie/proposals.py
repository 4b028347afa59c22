"""Spans by rules: which number candidates are facts and which noun phrases they count.

The rules-only backend, and the candidates a model chooses from: each number takes the candidate phrase (`candidates`)
that suits it best by the weights of the linker (`phrases`), and a chosen phrase the end and the beginning that suit it
(`boundaries`). A model may add phrases that it is sure of, and say of every candidate how likely it is a programme.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from math import exp, log

from ie.attachment import program_candidates, program_features
from ie.boundaries import head_features, head_options, tail_features, tail_options
from ie.candidates import Page, lay_out_phrases
from ie.clauses import Chunk, Layout
from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.numerals import NumberMention
from ie.periods import PeriodMention
from ie.phrases import place_features, word_features, words_around
from ie.scene import State, load_weights, score_rows
from ie.schema import Offsets, Span

__all__ = ["propose_programs", "rule_spans", "select_numbers"]

Weights = Mapping[str, Mapping[str, float]]

_LEVELS = 10
# what a model's log-odds of a phrase add to its score, and those of a word to a phrase that holds it; chosen on the
# development documents
_BELIEF, _TRUST = 0.5, 0.1


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
    weights: Weights | None = None,
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
    weights: Weights | None = None,
    sure: Sequence[Offsets] = (),
    belief: Callable[[Offsets], float] | None = None,
) -> list[Span]:
    """Return PROGRAM spans: for each number the noun phrase that it counts (by the shipped weights, or by others).

    `sure` are phrases, in text order, that stand in place of the candidates they overlap; `belief` gives a model's
    probability that the words of a phrase are a programme.
    """
    weights = load_weights() if weights is None else weights
    page = lay_out_phrases(text, numbers, periods, sure)
    chosen = _choose_phrases(page, len(numbers), weights.get("phrase", {}), belief)
    bounds = []
    for phrase, score in sorted(chosen.items()):
        run = page.runs[phrase]
        offsets = page.phrases[phrase] if run is None else _settle(page.words, run, weights, belief)
        bounds.append((*offsets, score))
    return [Span(start, end, PROGRAM, round(score, 4)) for start, end, score in _apart(bounds)]


def _choose_phrases(
    page: Page, numbers: int, weights: Mapping[str, float], belief: Callable[[Offsets], float] | None
) -> dict[int, float]:
    """Return the phrases that some number takes, with the greatest probability of each."""
    if not page.phrases:
        return {}
    scene, state = page.scene, State()
    own = score_rows(weights, [word_features(scene, phrase) for phrase in range(len(page.phrases))])
    if belief is not None:
        own = [score + _believed(belief(phrase)) for score, phrase in zip(own, page.phrases, strict=True)]
    chosen: dict[int, float] = {}
    for number in range(numbers):
        candidates = program_candidates(scene, number, state)
        if not candidates:
            continue
        around = words_around(scene, number)
        rows = [
            program_features(scene, number, candidate, state) + place_features(scene, number, candidate, around)
            for candidate in candidates
        ]
        scores = [score + own[phrase] for score, phrase in zip(score_rows(weights, rows), candidates, strict=True)]
        top = max(scores)
        phrase = candidates[scores.index(top)]
        state.advance(number, phrase, -1)
        chosen[phrase] = max(1.0 / sum(exp(score - top) for score in scores), chosen.get(phrase, 0.0))
    return chosen


def _believed(belief: float) -> float:
    """Return what a model's belief in a phrase adds to its score."""
    level = min(_LEVELS - 1, int(belief * _LEVELS))
    return _BELIEF * log((level + 0.5) / (_LEVELS - level - 0.5))


def _settle(
    words: Layout, run: tuple[int, int], weights: Weights, belief: Callable[[Offsets], float] | None
) -> Offsets:
    """Return a chosen run with the end and then the beginning that suit it best."""
    left, right = run
    chunks = words.chunks
    ends = tail_options(words, left, right)
    scores = score_rows(weights.get("tail", {}), [tail_features(words, left, right, end) for end in ends])
    if belief is not None:
        scores = [score + _trust(chunks[left:end], belief) for score, end in zip(scores, ends, strict=True)]
    end = ends[scores.index(max(scores))]
    starts = head_options(words, left, end)
    scores = score_rows(weights.get("head", {}), [head_features(words, left, start, end) for start in starts])
    if belief is not None:
        scores = [score + _trust(chunks[start:end], belief) for score, start in zip(scores, starts, strict=True)]
    start = starts[scores.index(max(scores))]
    return chunks[start].start, chunks[end - 1].end


def _trust(words: Sequence[Chunk], belief: Callable[[Offsets], float]) -> float:
    """Return what a model's belief in each word adds to the score of a phrase."""
    total = 0.0
    for word in words:
        share = min(max(belief((word.start, word.end)), 0.02), 0.98)
        total += _TRUST * log(share / (1 - share))
    return total


def _apart(bounds: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Return phrases in text order without overlaps: of two that overlap the longer stays.

    >>> _apart([(0, 9, 0.5), (4, 6, 0.9), (10, 12, 0.5)])
    [(0, 9, 0.5), (10, 12, 0.5)]
    """
    kept: list[tuple[int, int, float]] = []
    for start, end, score in sorted(bounds):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, score))
        elif end - start > kept[-1][1] - kept[-1][0]:
            kept[-1] = (start, end, score)
    return kept
