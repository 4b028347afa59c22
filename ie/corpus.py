"""What an annotated corpus holds, counted, printed and drawn: documents, spans, facts by slot, domains, phenomena.

The counts are those of `read_annotations`; agreement between annotators comes from `agreement`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ie.agreement import Agreement
from ie.annotations import AnnotatedDocument, Splits
from ie.domains import domain_of
from ie.schema import IEError, MetricFact

__all__ = ["CorpusStatistics", "count_corpus", "draw_statistics"]

_SLOTS = ("kind", "comparator", "status", "unit", "program", "period", "change", "rate", "subset_of", "same_as")


@dataclass(frozen=True, slots=True)
class CorpusStatistics:
    """Counts over a corpus; `facts` holds for each slot how often each filling occurs, or how often it is filled."""

    parts: Mapping[str, int]
    sources: Mapping[str, int]
    words: int
    spans: Mapping[str, int]
    facts: Mapping[str, Mapping[str, int]]
    fact_count: int
    empty: int
    nonfacts: int
    domains: Mapping[str, int]
    tags: Mapping[str, int]
    skipped: int = 0
    agreement: Agreement | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as JSON can hold them."""
        return {
            "documents": sum(self.parts.values()),
            "parts": dict(self.parts),
            "sources": dict(self.sources),
            "skipped": self.skipped,
            "words": self.words,
            "spans": dict(self.spans),
            "facts": self.fact_count,
            "documents_without_facts": self.empty,
            "nonfacts": self.nonfacts,
            "slots": {slot: dict(counts) for slot, counts in self.facts.items()},
            "domains": dict(self.domains),
            "phenomena": dict(self.tags),
            "agreement": self.agreement.to_dict() if self.agreement else None,
        }

    def table(self) -> str:
        """Return the counts as lines for a terminal."""
        documents = sum(self.parts.values())
        lines = [
            f"documents   {documents:,} ({_listed(self.parts)}); {self.words:,} words; {self.empty} without a fact",
            f"sources     {_listed(self.sources)}",
            f"spans       {_listed(self.spans)}; {self.nonfacts:,} numbers that are no facts",
            f"facts       {self.fact_count:,}",
        ]
        lines += [f"  {slot:<12}{_listed(counts)}" for slot, counts in self.facts.items()]
        lines.append(f"domains     {len(self.domains)}: {_listed(self.domains)}")
        if self.tags:
            rare = sorted(self.tags.items(), key=lambda item: item[1])[:5]
            lines.append(f"phenomena   {len(self.tags)} tags; the rarest: {_listed(dict(rare))}")
        if self.skipped:
            lines.append(f"skipped     {self.skipped} documents whose text is not here, or that are broken")
        if self.agreement:
            lines += _agreement_lines(self.agreement)
        return "\n".join(lines)


def count_corpus(
    documents: Iterable[AnnotatedDocument],
    splits: Splits | None = None,
    agreement: Agreement | None = None,
    skipped: int = 0,
) -> CorpusStatistics:
    """Count the documents of a corpus, by part where `splits` are given."""
    documents = tuple(documents)
    facts = [item.fact for document in documents for item in document.facts]
    return CorpusStatistics(
        parts=_ordered(splits.part_of(document.id) if splits else "all" for document in documents),
        sources=_ordered("real" if document.news_id else "authored" for document in documents),
        words=sum(len(document.text.split()) for document in documents),
        spans=_ordered(span.label for document in documents for span in document.spans),
        facts={slot: _slot_counts(slot, facts) for slot in _SLOTS},
        fact_count=len(facts),
        empty=sum(not document.facts for document in documents),
        nonfacts=sum(len(document.nonfacts) for document in documents),
        domains=_ordered(domain_of(document.domain) for document in documents),
        tags=_ordered(tag for document in documents for tag in document.tags),
        skipped=skipped,
        agreement=agreement,
    )


def _slot_counts(slot: str, facts: Sequence[MetricFact]) -> dict[str, int]:
    if slot in ("kind", "comparator", "status"):
        return _ordered(getattr(fact, slot) for fact in facts)
    filled = sum(getattr(fact, slot) is not None for fact in facts)
    counts = {"given": filled, "none": len(facts) - filled}
    if slot == "unit":
        counts["different"] = len({fact.unit for fact in facts if fact.unit})
    return counts


def _ordered(names: Iterable[str]) -> dict[str, int]:
    """Return how often each name occurs, the most frequent first, equals by name.

    >>> _ordered("abcb")
    {'b': 2, 'a': 1, 'c': 1}
    """
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items())


def _agreement_lines(agreement: Agreement) -> list[str]:
    spans = ", ".join(f"{label} {score.f1:.3f}" for label, score in agreement.spans.items())
    facts = ", ".join(f"{rung} {score.f1:.3f}" for rung, score in agreement.facts.items())
    alpha = ", ".join(f"{slot} {value:.2f}" for slot, value in agreement.alpha.items())
    return [
        f"agreement   {agreement.documents} documents read by two, {agreement.pairs:,} facts in common",
        f"  spans F1  {spans} (strict)",
        f"  facts F1  {facts}",
        f"  alpha     {alpha} (Krippendorff, nominal); programme in part {agreement.partial:.3f}",
        *(f"  differs   {number:>4}  {name}" for name, number, _ in agreement.commonest()),
    ]


def draw_statistics(statistics: CorpusStatistics) -> str:
    """Return the counts as an SVG chart: spans, slots, domains and phenomena.

    Raises `IEError` where matplotlib is missing.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise IEError("the chart needs matplotlib: pip install 'ie-fa[charts]'") from error
    shares = {f"{slot}: {name}": n for slot in _SLOTS[:3] for name, n in statistics.facts[slot].items()}
    shares |= {slot: statistics.facts[slot]["given"] for slot in _SLOTS[3:]}
    tags = dict(sorted(statistics.tags.items(), key=lambda item: int(item[0].rpartition("-")[2])))
    panels = [
        (f"{sum(statistics.parts.values()):,} documents: spans", statistics.spans),
        (f"{statistics.fact_count:,} facts: slots", shares),
        ("documents by domain", statistics.domains),
        ("documents by phenomenon", tags),
    ]
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "ie", "font.size": 7}):
        figure = Figure(figsize=(11, 9), layout="constrained")
        axes = figure.subplots(2, 2, height_ratios=(1, 1.6)).flat
        for axis, (title, counts) in zip(axes, panels, strict=True):
            names, numbers = list(counts)[::-1], list(counts.values())[::-1]
            if title.endswith("phenomenon"):
                axis.bar([name.rpartition("-")[2] for name in counts], list(counts.values()), color="#2a6f97")
                axis.tick_params(axis="x", rotation=90, labelsize=5)
            else:
                bars = axis.barh(names, numbers, color="#2a6f97")
                axis.bar_label(bars, padding=2)
            axis.set_title(title, loc="left", fontsize=9)
            axis.spines[["top", "right"]].set_visible(False)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
