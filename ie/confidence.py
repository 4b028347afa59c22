"""How sure a fact is: the linker's raw score turned into the probability that the fact is right in every slot.

The raw score is a product of the scores of single decisions and says only which of two facts is surer. A curve, fitted
to annotated documents by ``scripts/calibrate.py`` and stored as data, gives each raw score its probability.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from ie.schema import IEError

__all__ = ["RAW", "ConfidenceCurve", "load_curve", "read_curves"]

_LEAST, _MOST = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class ConfidenceCurve:
    """A rising line through (raw score, probability) knots, level before the first and after the last.

    >>> curve = ConfidenceCurve(((0.2, 0.3), (0.8, 0.7)))
    >>> curve.confidence(0.1), curve.confidence(0.5), curve.confidence(1)
    (0.3, 0.5, 0.7)
    """

    knots: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        pairs = zip(self.knots, self.knots[1:], strict=False)
        if not self.knots or any(left[0] >= right[0] or left[1] > right[1] for left, right in pairs):
            raise IEError(f"expected knots (score, probability) that rise, found {self.knots}")

    def confidence(self, score: float) -> float:
        """Return the probability of a raw score, rounded to two places and never 0 or 1."""
        place = bisect_right(self.knots, score, key=lambda knot: knot[0])
        if place in (0, len(self.knots)):
            value = self.knots[max(0, place - 1)][1]
        else:
            (left, low), (right, high) = self.knots[place - 1], self.knots[place]
            value = low + (high - low) * (score - left) / (right - left)
        return round(max(_LEAST, min(_MOST, value)), 2)


RAW = ConfidenceCurve(((0.0, 0.0), (1.0, 1.0)))
"""The raw score itself, rounded."""


def load_curve(backend: str, folder: str | Path | None = None) -> ConfidenceCurve:
    """Return the curve of a backend (``model``, ``rules``): the model folder's own, else the one in the package."""
    own = Path(folder) / "confidence.json" if folder is not None else None
    curves = read_curves(own) if own is not None and own.is_file() else _shipped_curves()
    return curves.get(backend, RAW)


@cache
def _shipped_curves() -> Mapping[str, ConfidenceCurve]:
    with resources.as_file(resources.files("ie") / "data" / "confidence.json") as path:
        return read_curves(path)


def read_curves(path: Path) -> dict[str, ConfidenceCurve]:
    """Read the curves of a file by backend; raises IEError where they are no rising knots."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: ConfidenceCurve(tuple((float(score), float(chance)) for score, chance in knots))
            for name, knots in found.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, IEError) as error:
        raise IEError(f"{path}: expected lists of [score, probability] by backend, found {error}") from error
