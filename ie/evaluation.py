"""Score predicted facts and spans against gold annotations.

The measures are those of the field: spans strict (IOB2, entity level) with partial credit beside, facts on a ladder of
slots with one-to-one matching. Matching and counting are done by `matching` and `scoring`; here counts are
summed and given intervals. `score_tables` and `score_page` show them; one report slot by slot is left to `scorecard`.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ie.annotations import AnnotatedDocument, read_annotations
from ie.domains import domain_of
from ie.matching import RUNGS
from ie.phenomena import phenomenon_of
from ie.predictions import read_predictions
from ie.reliability import Reliability, measure_reliability
from ie.schema import Document, IEError, MetricFact, Span
from ie.score_page import render_scores
from ie.score_tables import format_scores
from ie.scoring import PRF, DocumentScore, bootstrap, score_document, sum_scores

__all__ = ["Evaluation", "evaluate"]

logger = logging.getLogger(__name__)

_RESAMPLES = 1000
_LEAST_DOCUMENTS = 5  # fewer say nothing of how a figure would vary

Intervals = Mapping[str, tuple[float, float]]


@runtime_checkable
class PredictedReport(Protocol):
    """What evaluation reads of a report: its document, facts and spans."""

    @property
    def document(self) -> Document:
        """Return the document that was read."""
        ...

    @property
    def facts(self) -> Sequence[MetricFact]:
        """Return the predicted facts."""
        ...

    @property
    def spans(self) -> Sequence[Span]:
        """Return the predicted spans."""
        ...


Predictions = (
    str | Path | Mapping[str, Iterable[MetricFact]] | Iterable[MetricFact | PredictedReport | Iterable[MetricFact]]
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Counts by document; every figure is derived from them when asked for.

    `skipped` names gold lines that could not be read, `unknown` predicted documents that the gold does not hold.
    """

    documents: tuple[DocumentScore, ...]
    skipped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def ladder(self) -> dict[str, PRF]:
        """Return the scores of the facts, each rung with one slot more than the one before."""
        return sum_scores(score.ladder for score in self.documents)

    def beside(self) -> dict[str, PRF]:
        """Return what is reported beside the ladder: numbers found, exact programmes, relations."""
        return sum_scores(score.beside for score in self.documents)

    def slots(self) -> dict[str, PRF]:
        """Return for each slot how often it is right where the value is."""
        return sum_scores(score.slots for score in self.documents)

    def spans(self) -> dict[str, PRF]:
        """Return the strict scores of the spans, by label and over all; empty where no spans were predicted."""
        return sum_scores(score.spans for score in self.documents)

    def partial(self) -> dict[str, PRF]:
        """Return the scores of the spans with half credit for an overlap."""
        return sum_scores(score.partial for score in self.documents)

    def errors(self) -> dict[str, int]:
        """Return how often each thing was the first to go wrong with a fact, most frequent first."""
        causes: Counter[str] = Counter()
        for score in self.documents:
            causes.update(score.errors)
        return dict(causes.most_common())

    def by_domain(self) -> dict[str, Evaluation]:
        """Return an evaluation of each domain, the one with the most facts first."""
        parts = self._grouped((score.domain,) for score in self.documents)
        return dict(sorted(parts.items(), key=lambda item: (-item[1].ladder()["value"].gold, item[0])))

    def by_tag(self) -> dict[str, Evaluation]:
        """Return an evaluation of the documents that carry each phenomenon tag, ``row-2`` before ``row-10``."""
        parts = self._grouped(score.tags for score in self.documents)
        return dict(sorted(parts.items(), key=lambda item: _numbered(item[0])))

    def _grouped(self, names: Iterable[Iterable[str]]) -> dict[str, Evaluation]:
        groups: dict[str, list[DocumentScore]] = defaultdict(list)
        for score, own in zip(self.documents, names, strict=True):
            for name in dict.fromkeys(own):
                groups[name].append(score)
        return {name: Evaluation(tuple(scores)) for name, scores in groups.items()}

    def interval(self, rung: str, resamples: int = _RESAMPLES, seed: int = 0) -> dict[str, tuple[float, float]]:
        """Return 95 % bootstrap intervals of precision, recall and F1 of a rung, resampling documents."""
        return bootstrap([score.ladder[rung] for score in self.documents], resamples, seed)

    def span_intervals(self, resamples: int = _RESAMPLES, seed: int = 0) -> dict[str, Intervals]:
        """Return 95 % bootstrap intervals of the strict scores of the spans by label."""
        return {
            label: bootstrap([score.spans[label] for score in self.documents if score.spans], resamples, seed)
            for label in self.spans()
        }

    def reliability(self) -> Reliability | None:
        """Return what the confidences of the predicted facts are worth; None where nothing was predicted."""
        pairs = [pair for score in self.documents for pair in score.confidences]
        return measure_reliability([confidence for confidence, _ in pairs], [right for _, right in pairs])

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as JSON can hold them; an interval of too few documents is null."""
        intervals = {rung: self.interval(rung) for rung in RUNGS} if self._is_large else {}
        span_intervals = self.span_intervals() if self._is_large else {}
        reliability = self.reliability()
        return {
            "documents": len(self.documents),
            "facts": {rung: score.to_dict() | _ci(intervals.get(rung)) for rung, score in self.ladder().items()},
            "beside": {name: score.to_dict() for name, score in self.beside().items()},
            "slots": {name: round(score.precision, 4) for name, score in self.slots().items()},
            "spans": {label: score.to_dict() | _ci(span_intervals.get(label)) for label, score in self.spans().items()},
            "spans_partial": {label: score.to_dict() for label, score in self.partial().items()},
            "domains": {name: part._brief() for name, part in self.by_domain().items()},
            "tags": {name: {"phenomenon": phenomenon_of(name)} | part._brief() for name, part in self.by_tag().items()},
            "errors": self.errors(),
            "confidence": reliability.to_dict() if reliability else None,
            "by_document": {score.id: _summary(score) for score in self.documents},
            "skipped": list(self.skipped),
            "unknown": list(self.unknown),
        }

    @property
    def _is_large(self) -> bool:
        """Tell whether there are documents enough to resample."""
        return len(self.documents) >= _LEAST_DOCUMENTS

    def _brief(self) -> dict[str, Any]:
        ladder = self.ladder()
        counts = {"documents": len(self.documents), "gold": ladder["value"].gold}
        ends = [round(end, 4) for end in self.interval("full")["f1"]] if self._is_large else None
        return counts | {rung: round(score.f1, 4) for rung, score in ladder.items()} | {"ci95": ends}

    def table(self) -> str:
        """Return the figures as plain text."""
        return format_scores(self.to_dict())

    def to_html(self, title: str = "Evaluation", comparison: Mapping[str, Any] | None = None) -> str:
        """Return the figures as a self-contained page that needs no network and runs no script.

        `comparison` is `Comparison.to_dict` of a single report, shown slot by slot.
        """
        return render_scores(self.to_dict(), title, comparison)


def _numbered(name: str) -> tuple[str, int, str]:
    """Return a key that sorts names by the number they end with.

    >>> sorted(["row-10", "row-2", "range"], key=_numbered)
    ['range', 'row-2', 'row-10']
    """
    word, _, number = name.rpartition("-")
    return (word, int(number), "") if word and number.isdecimal() else (name, -1, name)


def _ci(intervals: Intervals | None) -> dict[str, Any]:
    rounded = {name: [round(end, 4) for end in ends] for name, ends in (intervals or {}).items()}
    return {"ci95": rounded or None}


def _summary(score: DocumentScore) -> dict[str, Any]:
    full = score.ladder["full"]
    return {"gold": full.gold, "predicted": full.predicted, "full": full.right, "errors": dict(score.errors)}


def evaluate(gold: str | Path | Iterable[AnnotatedDocument], predictions: Predictions) -> Evaluation:
    """Score predictions against gold annotations.

    `gold` is a path or annotated documents. `predictions` is a JSONL path of facts, facts by document id, or an
    iterable of reports or facts. Spans are scored where reports are given. A gold document without predictions counts
    as missed.
    """
    documents = read_annotations(gold) if isinstance(gold, str | Path) else gold
    skipped = tuple(str(line) for line in getattr(documents, "skipped", ()))
    documents = tuple(documents)
    if len({document.id for document in documents}) < len(documents):
        twice = next(name for name, count in Counter(one.id for one in documents).items() if count > 1)
        raise IEError(f"expected gold documents with ids used once, found {twice!r} again")
    if not documents:
        raise IEError(f"expected gold documents, found none; {'; '.join(skipped[:3]) or 'the gold is empty'}")
    facts, spans = _gathered(predictions)
    known = {document.id for document in documents}
    unknown = tuple(sorted((facts.keys() | spans.keys()) - known))
    if unknown:
        logger.warning("%d predicted documents are not in the gold: %s …", len(unknown), unknown[0])
    scores = (
        score_document(
            document,
            facts.get(document.id, []),
            spans.get(document.id, [] if spans else None),
            domain_of(document.domain),
        )
        for document in documents
    )
    return Evaluation(tuple(scores), skipped, unknown)


def _gathered(predictions: Predictions) -> tuple[dict[str, list[MetricFact]], dict[str, list[Span]]]:
    """Return predicted facts and spans by document id."""
    facts: dict[str, list[MetricFact]] = defaultdict(list)
    spans: dict[str, list[Span]] = {}
    if isinstance(predictions, str | Path):
        predictions = read_predictions(predictions)
    if isinstance(predictions, Mapping):
        return {name: list(found) for name, found in predictions.items()}, spans
    for item in predictions:
        if isinstance(item, MetricFact):
            facts[item.document].append(item)
        elif isinstance(item, PredictedReport):
            facts[item.document.id] += item.facts
            spans.setdefault(item.document.id, []).extend(item.spans)
        else:
            for fact in item:
                facts[fact.document].append(fact)
    return facts, spans
