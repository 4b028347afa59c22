"""Spans by rules: which number candidates are facts and which noun phrases they count.

The rules-only backend, and the candidates a model chooses from. A sentence is cut into runs of words at verbs,
prepositions, marks, numbers and periods; every run that can be a noun phrase is a candidate, and each number takes the
one that suits it best by the weights of the linker. A model may add phrases that it is sure of, and say of every
candidate how likely it is a programme.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from ie.attachment import program_candidates, program_features
from ie.boundaries import head_features, head_options, tail_features, tail_options, usage_of
from ie.clauses import Chunk, Layout, read_layout
from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.measures import unit_class
from ie.numerals import NumberMention
from ie.periods import PeriodMention
from ie.persian import ZWNJ, fold
from ie.scene import Figure, Scene, State, is_cue, load_weights, score_rows, word_at
from ie.schema import Offsets, Quantity, Span

__all__ = ["Page", "candidate_runs", "lay_out_phrases", "propose_programs", "rule_spans", "select_numbers"]

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
Weights = Mapping[str, Mapping[str, float]]

_PATH = 8  # chunks between a number and a phrase that are spelt out
_LONGEST = 8  # words of a candidate phrase
_LEVELS = 10
# what a model's log-odds of a phrase add to its score, and those of a word to a phrase that holds it; chosen on the
# development documents
_BELIEF, _TRUST = 0.3, 0.1


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
        rows = [
            program_features(scene, number, candidate, state) + place_features(scene, number, candidate)
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
    found = candidate_runs(words)
    known = {(words.chunks[left].start, words.chunks[right - 1].end): (left, right) for left, right, _ in found}
    verbal = {(words.chunks[left].start, words.chunks[right - 1].end) for left, right, noun in found if not noun}
    phrases = _replace_overlapped(sorted(known), sure)
    mentions += [(*phrase, PROGRAM, index) for index, phrase in enumerate(phrases)]
    layout = read_layout(text, mentions, folded)
    figures = []
    for index, mention in enumerate(numbers):
        place = first = last = layout.places[NUMBER][index]
        while first > 0 and layout.chunks[first - 1].kind == "CUE":
            first -= 1
        while last + 1 < len(layout.chunks) and layout.chunks[last + 1].kind == "UNIT":
            last += 1
        figures.append(Figure(place, first, last, unit_class(mention.quantity)))
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


def phrase_features(scene: Scene, number: int, phrase: int) -> list[str]:
    """Describe a candidate phrase by itself and by where it stands to a figure."""
    return word_features(scene, phrase) + place_features(scene, number, phrase)


def word_features(scene: Scene, phrase: int) -> list[str]:
    """Describe a candidate phrase by itself: its words, its length, whether it is a predicate."""
    words = _words_of(scene, phrase)
    rows = [
        f"phrase:words{min(5, len(words))}",
        f"phrase:last={words[-1]}",
        f"phrase:first={words[0]}",
        f"phrase:light{is_cue(words[-1], 'light')}",
    ]
    rows += [f"phrase:word={word}" for word in set(words[:6])]
    return rows + [f"phrase:{name}" for name in ("measure", "up", "down") if any(is_cue(word, name) for word in words)]


def _words_of(scene: Scene, phrase: int) -> list[str]:
    layout = scene.layout
    return layout.chunks[layout.places[PROGRAM][phrase]].key.replace(ZWNJ, " ").split()


def place_features(scene: Scene, number: int, phrase: int) -> list[str]:
    """Describe how a candidate phrase stands to a figure: what is next to it, the verb, the way between them."""
    layout, figure = scene.layout, scene.figures[number]
    unit, words = figure.unit_class, _words_of(scene, phrase)
    first, last = layout.places[PROGRAM][phrase], layout.last_places[phrase]
    verbal = is_cue(words[-1], "verb") and words[-1] != "شده"
    side = "after" if first > figure.place else "before"
    before, after = word_at(layout, first - 1), word_at(layout, last + 1)
    rows = [
        f"phrase:{unit}:first={words[0]}",
        f"phrase:verbal{verbal}:{unit}",
        f"phrase:{unit}:measure{is_cue(words[0], 'measure')}",
        f"phrase:usage={usage_of(words[-1])}:{side}",
        f"phrase:{side}:{unit}:before={before}",
        f"phrase:{side}:{unit}:after={after}",
        f"phrase:{side}:before2={word_at(layout, first - 2)} {before}",
        f"phrase:{side}:after2={after} {word_at(layout, last + 2)}",
        f"phrase:{side}:around={before}/{after}",
    ]
    return rows + _path_rows(layout, figure, first, last, side, before)


def _path_rows(layout: Layout, figure: Figure, first: int, last: int, side: str, before: str) -> list[str]:
    """Describe the way from a figure to a phrase, the verb after the figure, and the phrase's rank in its sentence."""
    chunks = layout.chunks
    sentence = chunks[figure.place].sentence
    if chunks[first].sentence != sentence:
        return [f"phrase:{side}:elsewhere"]
    form = verb_after(layout, figure.last + 1, sentence)
    start = layout.first_of(sentence)
    rank = layout.count("program", start, first)
    own = layout.clause(first) == layout.clause(figure.place)
    left, right = (figure.last + 1, first) if side == "after" else (last + 1, figure.first)
    rows = [
        f"phrase:{side}:verb={form}",
        f"phrase:{side}:verb={form}:{figure.unit_class}",
        f"phrase:{side}:verb={form}:before={before}",
        f"phrase:{side}:rank{min(3, rank)}",
        f"phrase:{side}:clause{own}",
        f"phrase:{side}:clause{own}:{figure.unit_class}",
    ]
    if right - left <= _PATH:
        rows.append(f"phrase:{side}:path={' '.join(_step(chunk) for chunk in chunks[left:right])}")
    return rows


def _step(chunk: Chunk) -> str:
    if chunk.kind == "mark" or {"preposition", "conjunction", "object"} & set(chunk.cues):
        return chunk.key
    return chunk.cues[0] if chunk.cues else chunk.kind


def verb_after(layout: Layout, start: int, sentence: int) -> str:
    """Return the first verb from a chunk on with the word before it («ساخته شد»); ``-`` where none is near."""
    for index in range(start, min(len(layout.chunks), start + 16)):
        chunk = layout.chunks[index]
        if chunk.sentence != sentence:
            break
        if "verb" in chunk.cues:
            return f"{word_at(layout, index - 1)} {chunk.key}"
    return "-"
