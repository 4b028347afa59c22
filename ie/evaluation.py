"""Score predicted facts and spans against gold annotations, over a corpus or slot by slot in one report.

The measures are those of the field: spans strict (IOB2, entity level) with partial credit beside, facts on a ladder of
slots with one-to-one matching. Matching and counting are done by `matching` and `scoring`; here counts are
summed, given intervals and shown.
"""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ie.annotations import AnnotatedDocument, GoldFact, read_annotations
from ie.domains import domain_of
from ie.matching import RUNGS, SLOTS, pair_mentions
from ie.schema import Document, IEError, MetricFact, Span
from ie.scoring import PRF, DocumentScore, bootstrap, score_document, sum_scores

__all__ = ["Comparison", "Evaluation", "Row", "compare_report", "evaluate", "read_predictions"]

logger = logging.getLogger(__name__)

_RESAMPLES = 1000


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
        return self._grouped({score.id: (score.domain,) for score in self.documents})

    def by_tag(self) -> dict[str, Evaluation]:
        """Return an evaluation of the documents that carry each phenomenon tag."""
        return self._grouped({score.id: score.tags for score in self.documents})

    def _grouped(self, names: Mapping[str, Iterable[str]]) -> dict[str, Evaluation]:
        groups: dict[str, list[DocumentScore]] = defaultdict(list)
        for score in self.documents:
            for name in names[score.id]:
                groups[name].append(score)
        parts = {name: Evaluation(tuple(scores)) for name, scores in groups.items()}
        return dict(sorted(parts.items(), key=lambda item: (-item[1].ladder()["value"].gold, item[0])))

    def interval(self, rung: str, resamples: int = _RESAMPLES, seed: int = 0) -> dict[str, tuple[float, float]]:
        """Return 95 % bootstrap intervals of precision, recall and F1 of a rung, resampling documents."""
        return bootstrap([score.ladder[rung] for score in self.documents], resamples, seed)

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as JSON can hold them."""
        facts: dict[str, Any] = {rung: score.to_dict() for rung, score in self.ladder().items()}
        for rung, figures in facts.items():
            figures["ci95"] = {name: [round(end, 4) for end in ends] for name, ends in self.interval(rung).items()}
        return {
            "documents": len(self.documents),
            "facts": facts,
            "beside": {name: score.to_dict() for name, score in self.beside().items()},
            "slots": {name: round(score.precision, 4) for name, score in self.slots().items()},
            "spans": {label: score.to_dict() for label, score in self.spans().items()},
            "spans_partial": {label: score.to_dict() for label, score in self.partial().items()},
            "domains": {name: part._brief() for name, part in self.by_domain().items()},
            "tags": {name: part._brief() for name, part in self.by_tag().items()},
            "errors": self.errors(),
            "skipped": list(self.skipped),
            "unknown": list(self.unknown),
        }

    def _brief(self) -> dict[str, Any]:
        ladder = self.ladder()
        counts = {"documents": len(self.documents), "gold": ladder["value"].gold}
        return counts | {rung: round(score.f1, 4) for rung, score in ladder.items()}

    def _row(self, name: str) -> list[str]:
        ladder = self.ladder()
        return [
            name,
            str(len(self.documents)),
            f"{ladder['value'].gold:g}",
            *(f"{ladder[rung].f1:.3f}" for rung in RUNGS),
        ]

    def table(self) -> str:
        """Return the figures as plain text."""
        ladder = self.ladder()
        value = ladder["value"]
        parts = [
            f"{len(self.documents)} documents, {value.gold:g} gold facts, {value.predicted:g} predicted",
            _table(
                ["facts", "P", "R", "F1", "95 %"],
                [
                    [_rung_name(rung), *_ratios(score), _range(self.interval(rung)["f1"])]
                    for rung, score in ladder.items()
                ],
            ),
            _table(["beside", "P", "R", "F1"], [[name, *_ratios(score)] for name, score in self.beside().items()]),
            _table(
                ["slot right where the value is", "share"],
                [[name, f"{score.precision:.3f}"] for name, score in self.slots().items()],
            ),
        ]
        if spans := self.spans():
            partial = self.partial()
            rows = [[label, *_ratios(score), f"{partial[label].f1:.3f}"] for label, score in spans.items()]
            parts.append(_table(["spans", "P", "R", "F1", "partial F1"], rows))
        for title, groups in (("domain", self.by_domain()), ("tag", self.by_tag())):
            if groups:
                parts.append(
                    _table([title, "docs", "facts", *RUNGS], [part._row(name) for name, part in groups.items()])
                )
        if errors := self.errors():
            parts.append(_table(["first error", "facts"], [[cause, str(count)] for cause, count in errors.items()]))
        parts += [f"skipped: {line}" for line in self.skipped]
        if self.unknown:
            parts.append(f"predicted but not in the gold: {', '.join(self.unknown)}")
        return "\n\n".join(parts)


def evaluate(gold: str | Path | Iterable[AnnotatedDocument], predictions: Predictions) -> Evaluation:
    """Score predictions against gold annotations.

    `gold` is a path or annotated documents. `predictions` is a JSONL path of facts, facts by document id, or an
    iterable of reports or facts. Spans are scored where reports are given. A gold document without predictions counts
    as missed.
    """
    documents = read_annotations(gold) if isinstance(gold, str | Path) else gold
    skipped = tuple(str(line) for line in getattr(documents, "skipped", ()))
    documents = tuple(documents)
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


def read_predictions(path: str | Path) -> dict[str, list[MetricFact]]:
    """Read predicted facts, one a line as `ie predict` writes them, by document id."""
    facts: dict[str, list[MetricFact]] = defaultdict(list)
    try:
        with Path(path).open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    fact = _fact(line, f"{path}:{number}")
                    facts[fact.document].append(fact)
    except OSError as error:
        raise IEError(f"{path}: expected a JSONL file of facts, found {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise IEError(f"{path}: expected UTF-8 text, found {error.reason} at byte {error.start}") from error
    return facts


def _fact(line: str, where: str) -> MetricFact:
    try:
        return MetricFact.from_dict(json.loads(line, parse_float=Decimal))
    except KeyError as error:
        raise IEError(f"{where}: expected a fact with a field {error}, found none") from error
    except (ValueError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
        raise IEError(f"{where}: expected a fact as `ie predict` writes it, found {error}") from error


# ---------------------------------------------------------------------------------------------------------- one report


@dataclass(frozen=True, slots=True)
class Row:
    """A gold mention, the prediction it was paired with, and the slots in which they agree."""

    gold: GoldFact
    predicted: MetricFact | None
    slots: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One report slot by slot: every gold mention, and the predicted facts that belong to none."""

    document: str
    rows: tuple[Row, ...]
    extras: tuple[MetricFact, ...]

    def right(self, *slots: str) -> int:
        """Return how many gold mentions are right in all the given slots; without any, in all."""
        return sum(all(row.slots[slot] for slot in slots or SLOTS) for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON can hold it."""
        rows = [
            {
                "gold": row.gold.fact.id,
                "predicted": row.predicted.id if row.predicted else None,
                "slots": dict(row.slots),
            }
            for row in self.rows
        ]
        return {
            "document": self.document,
            "mentions": len(self.rows),
            "right": self.right(),
            "rows": rows,
            "extras": [fact.to_dict() for fact in self.extras],
        }

    def table(self) -> str:
        """Return one line a mention with a mark a slot, then the extras."""
        rows = [
            [row.gold.fact.id, _value(row.gold.fact), *("✓" if row.slots[slot] else "✗" for slot in SLOTS), _wrong(row)]
            for row in self.rows
        ]
        lines = [
            f"{self.document}: {self.right()} of {len(self.rows)} mentions right, {len(self.extras)} extra",
            _table(["fact", "gold", *SLOTS, "found instead"], rows),
        ]
        if self.extras:
            extras = [[fact.id, _value(fact), fact.program or "–", _interval(fact)] for fact in self.extras]
            lines.append(_table(["extra", "value", "program", "period"], extras))
        return "\n\n".join(lines)


def compare_report(gold: AnnotatedDocument, facts: Iterable[MetricFact]) -> Comparison:
    """Compare the predicted facts of one report with its gold mentions, slot by slot; repeats count one by one."""
    facts = tuple(facts)
    possible, pairs = pair_mentions(gold.facts, facts, gold.text)
    partner = dict(pairs)
    nothing = dict.fromkeys(SLOTS, False)
    rows = tuple(
        Row(item, facts[partner[i]], possible[i, partner[i]].slots()) if i in partner else Row(item, None, nothing)
        for i, item in enumerate(gold.facts)
    )
    used = set(partner.values())
    return Comparison(gold.id, rows, tuple(fact for j, fact in enumerate(facts) if j not in used))


def _wrong(row: Row) -> str:
    """Return what was found in the slots that are wrong."""
    if row.predicted is None:
        return "nothing"
    found = row.predicted
    shown = {
        "value": _value(found),
        "comparator": found.comparator,
        "unit": found.unit or "–",
        "period": _interval(found),
        "program": found.program or "–",
        "status": found.status,
    }
    return "; ".join(shown[slot] for slot in SLOTS if not row.slots[slot])


def _value(fact: MetricFact) -> str:
    return f"{fact.value:f}" if fact.value_max is None else f"{fact.value:f}…{fact.value_max:f}"


def _interval(fact: MetricFact) -> str:
    return f"{fact.period.start or ''}…{fact.period.end or ''}" if fact.period else "–"


# ------------------------------------------------------------------------------------------------------------- figures


def _rung_name(rung: str) -> str:
    return rung if rung in ("value", "full") else f"+{rung}"


def _ratios(score: PRF) -> list[str]:
    return [f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}"]


def _range(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3f}–{ends[1]:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns, the first aligned left.

    >>> print(_table(["a", "bb"], [["ccc", "1"]]))
    a    bb
    ccc   1
    """
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = (
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in [head, *rows])
    )
    return "\n".join(line.rstrip() for line in lines)
