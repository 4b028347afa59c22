"""`--min-confidence`: reports without the facts that are less sure, and how many were left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ie.schema import IEError

if TYPE_CHECKING:
    from ie.extractor import Report

__all__ = ["Sieve"]


@dataclass(slots=True)
class Sieve:
    """Leave out facts that are less sure than `least`, and count them; 0 lets every fact pass."""

    least: float
    facts: int = 0
    kept: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.least <= 1:
            raise IEError(f"expected a number between 0 and 1, found {self.least}")

    def sift(self, reports: Iterable[Report]) -> Iterator[Report]:
        """Yield each report with the facts that are sure enough."""
        for report in reports:
            sifted = report.at_least(self.least)
            self.facts += len(report.facts)
            self.kept += len(sifted.facts)
            yield sifted

    def tell(self) -> None:
        """Say on stderr how many facts were left out, where any were asked to be."""
        if self.least > 0:
            left_out = self.facts - self.kept
            typer.echo(f"{left_out} of {self.facts} facts left out: less sure than {self.least:g}", err=True)
