"""One report slot by slot: every gold mention beside the prediction that was paired with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ie.annotations import AnnotatedDocument, GoldFact
from ie.matching import SLOTS, pair_mentions
from ie.schema import MetricFact
from ie.score_tables import align_columns

__all__ = ["Comparison", "Row", "compare_report"]


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
                "value": _value(row.gold.fact),
                "predicted": row.predicted.id if row.predicted else None,
                "slots": dict(row.slots),
                "found": _wrong(row),
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
            align_columns(["fact", "gold", *SLOTS, "found instead"], rows),
        ]
        if self.extras:
            extras = [[fact.id, _value(fact), fact.program or "–", _interval(fact)] for fact in self.extras]
            lines.append(align_columns(["extra", "value", "program", "period"], extras))
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
