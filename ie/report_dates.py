"""The report date of a text, proved by the text itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ie.period_mentions import PeriodMention

__all__ = ["ReportDate", "infer_report_date"]


@dataclass(frozen=True, slots=True)
class ReportDate:
    """A report date inferred from a text, as precise as the evidence allows."""

    date: str
    evidence: str


def infer_report_date(text: str, mentions: Sequence[PeriodMention] | None = None) -> ReportDate | None:
    """Return the report date a text proves by itself, with the evidence, or None."""
    return None
