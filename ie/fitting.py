"""Fitting the weights of the linker to annotated documents.

Every decision of the linker (a programme, a period, a status, a change) becomes a group of candidates with features, of
which the annotation accepts one or more; the weights maximise the probability of the accepted ones (a conditional
logit with an L2 penalty). Decisions before the one at hand are taken from the annotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from ie.annotations import AnnotatedDocument, GoldFact
from ie.attachment import program_candidates, program_features
from ie.boundaries import head_features, head_options, tail_features, tail_options
from ie.candidates import lay_out_phrases
from ie.modality import CHANGES, STATUSES, change_features, status_features, tense_of, with_class
from ie.numerals import NumberMention, find_numbers
from ie.periods import find_periods
from ie.persian import fold
from ie.phrases import phrase_features
from ie.proposals import rule_spans
from ie.reading import Reading, read_spans
from ie.reference import NO_WHOLE, Wholes, whole_candidates, whole_features
from ie.scene import State, choose, score_rows
from ie.schema import Offsets, Status
from ie.scope import NONE, choose_period, period_candidates, period_features

__all__ = ["SETTINGS", "TASKS", "FitConfig", "Group", "fit_links", "fit_weights", "link_groups", "phrase_groups"]

Weights = Mapping[str, Mapping[str, float]]

TASKS = ("program", "period", "status", "change", "whole")
# penalty and least number of documents of a feature, by task (chosen by cross-validation on the train part)
SETTINGS = {
    "phrase": (12.0, 4),
    "tail": (4.0, 3),
    "head": (3.0, 3),
    "program": (10.0, 5),
    "period": (10.0, 3),
    "status": (10.0, 4),
    "change": (1.0, 2),
    "whole": (8.0, 3),
}


@dataclass(frozen=True, slots=True)
class FitConfig:
    """Settings: the annotated files, the split whose train part is used, and where the weights go."""

    annotations: tuple[str, ...]
    splits: str
    output: str


@dataclass(frozen=True, slots=True)
class Group:
    """One decision: the features of each candidate and which of them are right."""

    document: str
    rows: list[list[str]]
    accepted: list[bool]


def fit_weights(groups: Sequence[Group], penalty: float = 3.0, documents: int = 3) -> dict[str, float]:
    """Return the weights of the features that occur in at least so many documents.

    >>> group = [Group(str(n), [["near"], ["far"]], [True, False]) for n in range(4)]
    >>> weights = fit_weights(group)
    >>> weights["near"] > 0 > weights["far"]
    True
    """
    groups = [group for group in groups if any(group.accepted) and not all(group.accepted)]
    names = _frequent(groups, documents)
    if not names:
        return {}
    index = {name: column for column, name in enumerate(names)}
    columns: list[int] = []
    pointers: list[int] = [0]
    starts: list[int] = []
    accepted: list[float] = []
    for group in groups:
        starts.append(len(accepted))
        for row, good in zip(group.rows, group.accepted, strict=True):
            columns += [index[name] for name in row if name in index]
            pointers.append(len(columns))
            accepted.append(float(good))
    matrix = csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(accepted), len(names)))
    right, first = np.array(accepted), np.array(starts)
    member = np.repeat(np.arange(len(first)), np.diff([*starts, len(accepted)]))

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = matrix @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, first)[member])
        totals, goods = np.add.reduceat(shares, first), np.add.reduceat(shares * right, first)
        value = -(np.log(goods) - np.log(totals)).sum() + penalty / 2 * float(weights @ weights)
        gradient = matrix.T @ (shares / totals[member] - shares * right / goods[member]) + penalty * weights
        return float(value), np.asarray(gradient)

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return {name: round(float(weight), 3) for name, weight in zip(names, found, strict=True) if abs(weight) >= 0.01}


def _frequent(groups: Iterable[Group], documents: int) -> list[str]:
    seen: dict[str, set[str]] = {}
    for group in groups:
        for row in group.rows:
            for name in row:
                seen.setdefault(name, set()).add(group.document)
    return sorted(name for name, where in seen.items() if len(where) >= documents)


def link_groups(
    document: AnnotatedDocument, phrases: Weights, history: Weights | None = None
) -> dict[str, list[Group]]:
    """Return the decisions of one annotated document by task, over its gold spans and over those of the rules.

    Decisions before the one at hand are the annotated ones or, with the weights of `history`, those the linker takes.
    """
    groups: dict[str, list[Group]] = {task: [] for task in TASKS}
    text = document.text
    folded = fold(text)
    numbers, periods = find_numbers(text, folded), find_periods(text, folded)
    reading = read_spans(document.document, document.spans, numbers, periods)
    _read_decisions(document, reading, groups, history, complete=True)
    _whole_decisions(document, reading, groups["whole"], history)
    spans = rule_spans(text, numbers, periods, phrases)
    reading = read_spans(document.document, spans, numbers, periods)
    _read_decisions(document, reading, groups, history, complete=False)
    return groups


def _gold_at(document: AnnotatedDocument, mentions: Sequence[NumberMention]) -> list[GoldFact | None]:
    """Return the gold fact of each number, where it states one."""
    facts = sorted(document.facts, key=lambda gold: gold.fact.evidence.number)
    found: list[GoldFact | None] = []
    position = 0
    for mention in mentions:
        while position < len(facts) and facts[position].fact.evidence.number[1] <= mention.start:
            position += 1
        overlaps = position < len(facts) and facts[position].fact.evidence.number[0] < mention.end
        found.append(facts[position] if overlaps else None)
    return found


def _read_decisions(
    document: AnnotatedDocument,
    reading: Reading,
    groups: dict[str, list[Group]],
    history: Weights | None,
    *,
    complete: bool,
) -> None:
    """Add the decisions of one reading; an incomplete one (proposed spans) speaks of programmes and periods only."""
    state = State()
    for number, gold in enumerate(_gold_at(document, reading.numbers)):
        if gold is None:
            state.advance(number, None, NONE)
            continue
        program = _program_decision(document.id, reading, number, gold, state, groups)
        period = _period_decision(document.id, reading, number, gold, state, program, groups)
        if complete:
            tense = tense_of(gold.fact.period, document.document.date)
            _modality_decisions(document.id, reading, number, gold, tense, program, state, groups)
        status = gold.fact.status
        if history is not None:
            program, period, status = _own_decisions(groups, history, reading, number, state, complete)
        state.advance(number, program, period, status)


def _whole_decisions(
    document: AnnotatedDocument, reading: Reading, groups: list[Group], history: Weights | None
) -> None:
    """Add the choice of a whole for each annotated fact, among the facts before it."""
    pairs = [
        (figure, gold.fact)
        for figure, gold in zip(reading.scene.figures, _gold_at(document, reading.numbers), strict=True)
        if gold is not None
    ]
    figures, facts = [figure for figure, _ in pairs], [fact for _, fact in pairs]
    places = {fact.id: index for index, fact in enumerate(facts)}
    wholes = Wholes()
    for index, fact in enumerate(facts):
        candidates = whole_candidates(wholes)
        wanted = places.get(fact.subset_of or "", NO_WHOLE)
        rows = whole_features(reading.scene.layout, figures, facts, wholes)
        groups.append(Group(document.id, rows, [candidate == wanted for candidate in candidates]))
        wholes.choose(candidates[choose(history["whole"], rows)[0]] if history is not None else min(wanted, index - 1))


def _own_decisions(
    groups: dict[str, list[Group]], history: Weights, reading: Reading, number: int, state: State, complete: bool
) -> tuple[int | None, int, Status]:
    """Return what the linker decides by given weights on the decisions added last."""
    programs = program_candidates(reading.scene, number, state)
    program = None
    if programs:
        program = programs[choose(history["program"], groups["program"][-1].rows)[0]]
    periods = period_candidates(reading.scene, number, state)
    rows = period_features(reading.scene, number, periods, state, program)
    period, _ = choose_period(reading.scene, periods, score_rows(history["period"], rows))
    status: Status = "actual"
    if complete:
        status = STATUSES[choose(history["status"], groups["status"][-1].rows)[0]]
    return program, period, status


def _program_decision(
    name: str, reading: Reading, number: int, gold: GoldFact, state: State, groups: dict[str, list[Group]]
) -> int | None:
    candidates = program_candidates(reading.scene, number, state)
    right = [_overlap(reading.programs[index].offsets, gold.fact.evidence.program) for index in candidates]
    rows = [program_features(reading.scene, number, index, state) for index in candidates]
    groups["program"].append(Group(name, rows, right))
    return next((index for index, good in zip(candidates, right, strict=True) if good), None)


def _period_decision(
    name: str,
    reading: Reading,
    number: int,
    gold: GoldFact,
    state: State,
    program: int | None,
    groups: dict[str, list[Group]],
) -> int:
    candidates = period_candidates(reading.scene, number, state)
    wanted = gold.fact.evidence.period
    interval = gold.fact.period.interval if gold.fact.period else None
    interval = None if interval == (None, None) else interval
    accepted = (interval, gold.interval_alt or interval)
    same_span = [index != NONE and _overlap(reading.period_spans[index].offsets, wanted) for index in candidates]
    right = [
        same_span[place]
        or (index != NONE and interval is not None and reading.scene.intervals[index] in accepted)
        or (index == NONE and wanted is None and interval is None)
        for place, index in enumerate(candidates)
    ]
    rows = period_features(reading.scene, number, candidates, state, program)
    groups["period"].append(Group(name, rows, right))
    marked = same_span if any(same_span) else right
    return max((index for index, good in zip(candidates, marked, strict=True) if good), default=NONE)


def _modality_decisions(
    name: str,
    reading: Reading,
    number: int,
    gold: GoldFact,
    tense: str,
    program: int | None,
    state: State,
    groups: dict[str, list[Group]],
) -> None:
    status = [gold.fact.status == one for one in STATUSES]
    rows = with_class(status_features(reading.scene, number, tense, state, program), STATUSES)
    groups["status"].append(Group(name, rows, status))
    direction = gold.fact.change.direction if gold.fact.change else "none"
    if gold.fact.kind == "change" and direction == "none":
        return
    change = [direction == one for one in CHANGES]
    groups["change"].append(Group(name, with_class(change_features(reading.scene, number), CHANGES), change))


def fit_links(documents: Sequence[AnnotatedDocument]) -> dict[str, dict[str, float]]:
    """Return the weights of every task, fitted to annotated documents.

    The weights of each half of the documents give the other half its earlier decisions, so that the final ones are
    fitted to a history with the linker's own mistakes in it.
    """
    phrases = fit_phrases(documents)
    halves = (documents[::2], documents[1::2])
    histories = [_fit_tasks([link_groups(document, phrases) for document in half]) for half in halves]
    found = [
        link_groups(document, phrases, history)
        for half, history in zip(halves, reversed(histories), strict=True)
        for document in half
    ]
    return {**phrases, **_fit_tasks(found)}


def fit_phrases(documents: Sequence[AnnotatedDocument]) -> dict[str, dict[str, float]]:
    """Return the weights by which phrases and their boundaries are chosen."""
    bounds = [boundary_groups(document) for document in documents]
    return {
        "phrase": _fit_task("phrase", [phrase_groups(document) for document in documents]),
        **{task: _fit_task(task, [groups[task] for groups in bounds]) for task in ("tail", "head")},
    }


def _fit_tasks(found: Sequence[Mapping[str, list[Group]]]) -> dict[str, dict[str, float]]:
    return {task: _fit_task(task, [groups[task] for groups in found]) for task in TASKS}


def _fit_task(task: str, found: Iterable[list[Group]]) -> dict[str, float]:
    penalty, least = SETTINGS[task]
    return fit_weights([group for groups in found for group in groups], penalty, least)


def phrase_groups(document: AnnotatedDocument) -> list[Group]:
    """Return the choice among all candidate phrases for each number of one annotated document."""
    periods = find_periods(document.text)
    mentions = read_spans(document.document, document.spans, None, periods).numbers
    groups: list[Group] = []
    page = lay_out_phrases(document.text, mentions, periods)
    scene, phrases = page.scene, page.phrases
    state = State()
    for number, gold in enumerate(_gold_at(document, mentions)):
        candidates = program_candidates(scene, number, state) if gold else []
        wanted = gold.fact.evidence.program if gold else None
        shares = [_share(phrases[index], wanted) for index in candidates]
        best = max(shares, default=0.0)
        right = [share == best and best > 0 for share in shares]
        if candidates:
            rows = [
                program_features(scene, number, index, state) + phrase_features(scene, number, index)
                for index in candidates
            ]
            groups.append(Group(document.id, rows, right))
        chosen = next((index for index, good in zip(candidates, right, strict=True) if good), None)
        state.advance(number, chosen, NONE)
    return groups


def boundary_groups(document: AnnotatedDocument) -> dict[str, list[Group]]:
    """Return the choices of an end and a beginning for each annotated programme of a document."""
    groups: dict[str, list[Group]] = {"tail": [], "head": []}
    periods = find_periods(document.text)
    mentions = read_spans(document.document, document.spans, None, periods).numbers
    page = lay_out_phrases(document.text, mentions, periods)
    words = page.words
    wanted = {gold.fact.evidence.program for gold in document.facts if gold.fact.evidence.program}
    for program in sorted(wanted):
        shares = [_share(phrase, program) for phrase in page.phrases]
        best = max(range(len(shares)), key=shares.__getitem__, default=None)
        run = page.runs[best] if best is not None and shares[best] > 0 else None
        if run is None:
            continue
        left, right = run
        ends = tail_options(words, left, right)
        rows = [tail_features(words, left, right, end) for end in ends]
        groups["tail"].append(Group(document.id, rows, [words.chunks[end - 1].end == program[1] for end in ends]))
        end = next((end for end in ends if words.chunks[end - 1].end == program[1]), right)
        starts = head_options(words, left, end)
        rows = [head_features(words, left, start, end) for start in starts]
        groups["head"].append(Group(document.id, rows, [words.chunks[start].start == program[0] for start in starts]))
    return groups


def _overlap(one: Offsets, other: Offsets | None) -> bool:
    return other is not None and one[0] < other[1] and other[0] < one[1]


def _share(phrase: Offsets, wanted: Offsets | None) -> float:
    """Return how well a phrase covers the wanted one (Dice of their characters)."""
    if wanted is None:
        return 0.0
    common = min(phrase[1], wanted[1]) - max(phrase[0], wanted[0])
    return max(0.0, 2 * common / (phrase[1] - phrase[0] + wanted[1] - wanted[0]))
