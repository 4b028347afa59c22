"""How far confidences can be trusted: calibration error, Brier score, and the risk that is left at each coverage.

Facts of one confidence are told apart by nothing, so they share their mean outcome: no figure depends on their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bin", "Reliability", "measure_reliability"]

BINS = 10
_DRAWS = 200
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Facts of neighbouring confidence: how many, their mean confidence, and the share that is right."""

    facts: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """What confidences are worth.

    `ece` is the expected calibration error over bins of equal mass; `chance` is what perfect confidences would show on
    so few facts. `curve` holds (coverage, risk, least confidence) where only the surest facts are kept; `aurc` is
    the mean risk over all coverages, `aurc_random` that of confidences that say nothing, `aurc_best` that of a perfect
    order.
    """

    facts: int
    right: float
    confidence: float
    ece: float
    chance: float
    brier: float
    aurc: float
    aurc_random: float
    aurc_best: float
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as JSON can hold them."""
        names = ("right", "confidence", "ece", "chance", "brier", "aurc", "aurc_random", "aurc_best")
        return {
            "facts": self.facts,
            **{name: round(getattr(self, name), 4) for name in names},
            "bins": [
                {"facts": one.facts, "confidence": round(one.confidence, 4), "right": round(one.right, 4)}
                for one in self.bins
            ],
            "risk_coverage": [[round(figure, 4) for figure in point] for point in self.curve],
        }


def measure_reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Reliability | None:
    """Return what confidences are worth, given which facts are right; None where there are no facts.

    >>> found = measure_reliability([0.9, 0.9, 0.4, 0.4], [True, True, True, False], bins=2)
    >>> found.ece, found.curve
    (0.1, ((0.5, 0.0, 0.9), (1.0, 0.25, 0.4)))
    """
    if len(confidences) != len(right):
        raise ValueError(f"expected an outcome for each of {len(confidences)} confidences, found {len(right)}")
    if not len(confidences):
        return None
    order = np.argsort(-np.asarray(confidences, dtype=float), kind="stable")
    sure = np.asarray(confidences, dtype=float)[order]
    outcomes = np.asarray(right, dtype=float)[order]
    levels, level, counts = _levels(sure)
    shared = _shared(outcomes, level, counts)
    parts = np.array_split(np.arange(len(sure)), min(bins, len(sure)))
    risks = np.cumsum(1 - shared) / np.arange(1, len(sure) + 1)
    best = np.cumsum(np.sort(1 - outcomes)) / np.arange(1, len(sure) + 1)
    ends = np.cumsum(counts).astype(int)
    return Reliability(
        facts=len(sure),
        right=float(outcomes.mean()),
        confidence=float(sure.mean()),
        ece=round(_error(sure, shared, parts), 12),
        chance=_chance(sure, level, counts, parts),
        brier=float(np.mean((sure - outcomes) ** 2)),
        aurc=float(risks.mean()),
        aurc_random=float(1 - outcomes.mean()),
        aurc_best=float(best.mean()),
        bins=tuple(Bin(len(part), float(sure[part].mean()), float(shared[part].mean())) for part in parts)[::-1],
        curve=tuple(
            (float(end / len(sure)), float(risks[end - 1]), float(one)) for one, end in zip(levels, ends, strict=True)
        ),
    )


def _levels(sure: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
    """Return the different confidences, the greatest first, which one each fact has, and how many have each."""
    levels, level, counts = np.unique(-sure, return_inverse=True, return_counts=True)
    return -levels, level, counts.astype(float)


def _error(sure: Floats, outcomes: Floats, parts: Sequence[NDArray[np.intp]]) -> float:
    gaps = [len(part) * abs(float(sure[part].mean() - outcomes[part].mean())) for part in parts]
    return sum(gaps) / len(sure)


def _shared(outcomes: Floats, level: NDArray[np.intp], counts: Floats) -> Floats:
    """Return for each fact the mean outcome of all facts of its confidence."""
    return np.asarray((np.bincount(level, weights=outcomes) / counts)[level])


def _chance(sure: Floats, level: NDArray[np.intp], counts: Floats, parts: Sequence[NDArray[np.intp]]) -> float:
    """Return the mean error of outcomes that are drawn with just these probabilities."""
    draws = np.random.default_rng(0).random((_DRAWS, len(sure))) < sure
    return float(np.mean([_error(sure, _shared(draw.astype(float), level, counts), parts) for draw in draws]))
