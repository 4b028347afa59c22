"""Fitting confidences: the curve from a fact's raw score to the probability that it is right in every slot.

The curve is an isotonic regression (it never ranks two facts otherwise than their raw scores do) through groups of
facts of neighbouring score, joined by straight lines. It is fitted to documents that neither the linker's weights
nor the model were fitted to, and judged by cross-validation over documents.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import isotonic_regression

from ie.annotations import AnnotatedDocument
from ie.confidence import RAW, ConfidenceCurve
from ie.evaluation import evaluate
from ie.extractor import Extractor
from ie.reliability import Reliability, measure_reliability
from ie.schema import IEError

__all__ = ["CalibrationConfig", "Outcomes", "calibrate", "collect_outcomes", "cross_validate", "fit_curve"]

Backend = Literal["model", "rules"]
Outcomes = Sequence[tuple[float, bool]]
"""The raw score of each fact of a document, and whether the fact is right."""

_LEAST_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class CalibrationConfig:
    """Settings: the annotated files, the part of the split that is fitted to, and where the knots go.

    `model` is a model folder or ``owner/name@revision`` of the hub, None the model in the package; `group` is the least
    number of facts that a knot stands for.
    """

    annotations: tuple[str, ...]
    splits: str
    output: str
    part: Literal["train", "dev"] = "dev"
    model: str | None = None
    backends: tuple[Backend, ...] = ("model", "rules")
    group: int = 40
    folds: int = 10


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fitted curve, how far the raw scores can be trusted, and how far the curve can on documents it has not seen."""

    curve: ConfidenceCurve
    raw: Reliability
    unseen: Reliability


def calibrate(extractor: Extractor, documents: Sequence[AnnotatedDocument], group: int, folds: int) -> Calibrated:
    """Fit the curve of an extractor to annotated documents.

    Raises IEError where there are too few documents or no facts.
    """
    if len(documents) < max(_LEAST_DOCUMENTS, folds):
        raise IEError(f"expected {max(_LEAST_DOCUMENTS, folds)} documents at least, found {len(documents)}")
    outcomes = collect_outcomes(extractor, documents)
    pairs = [pair for part in outcomes for pair in part]
    raw = _measure(pairs)
    if raw is None:
        raise IEError("expected predicted facts to fit confidences to, found none")
    unseen = _measure(cross_validate(outcomes, group, folds))
    return Calibrated(fit_curve(pairs, group), raw, unseen or raw)


def collect_outcomes(extractor: Extractor, documents: Sequence[AnnotatedDocument]) -> list[Outcomes]:
    """Return the raw scores of the facts of each document and whether they are right."""
    reports = replace(extractor, curve=RAW).predict_many(item.document for item in documents)
    return [score.confidences for score in evaluate(documents, reports).documents]


def fit_curve(outcomes: Outcomes, group: int = 40) -> ConfidenceCurve:
    """Return the curve through groups of at least so many facts.

    >>> fit_curve([(0.2, False), (0.3, True), (0.7, True), (0.8, True)], group=2).knots
    ((0.25, 0.5), (0.75, 1.0))
    """
    groups = _grouped(outcomes, group)
    scores = np.array([np.mean([score for score, _ in part]) for part in groups])
    rights = np.array([np.mean([right for _, right in part]) for part in groups])
    sizes = np.array([len(part) for part in groups], dtype=float)
    fitted = isotonic_regression(rights, weights=sizes)
    blocks = [slice(first, last) for first, last in zip(fitted.blocks, fitted.blocks[1:], strict=False)]
    return ConfidenceCurve(
        tuple(
            (round(float(np.average(scores[block], weights=sizes[block])), 4), round(float(fitted.x[block][0]), 4))
            for block in blocks
        )
    )


def _grouped(outcomes: Outcomes, group: int) -> list[list[tuple[float, bool]]]:
    """Return facts of neighbouring score together, at least `group` in each, those of one score never apart."""
    groups: list[list[tuple[float, bool]]] = [[]]
    for score, right in sorted(outcomes):
        last = groups[-1]
        if len(last) >= group and last[-1][0] != score:
            groups.append(last := [])
        last.append((score, right))
    if len(groups) > 1 and len(groups[-1]) < group:
        rest = groups.pop()
        groups[-1] += rest
    return groups


def cross_validate(outcomes: Sequence[Outcomes], group: int = 40, folds: int = 10, seed: int = 0) -> Outcomes:
    """Return the confidence of every fact by a curve that was fitted without its document, and whether it is right."""
    order = random.Random(seed).sample(range(len(outcomes)), len(outcomes))
    fold_of = {index: position % folds for position, index in enumerate(order)}
    found = []
    for fold in range(folds):
        rest = [pair for index, part in enumerate(outcomes) if fold_of[index] != fold for pair in part]
        held = [pair for index, part in enumerate(outcomes) if fold_of[index] == fold for pair in part]
        if rest and held:
            curve = fit_curve(rest, group)
            found += [(curve.confidence(score), right) for score, right in held]
    return found


def _measure(outcomes: Outcomes) -> Reliability | None:
    return measure_reliability([score for score, _ in outcomes], [right for _, right in outcomes])
