"""The product: text in, report out.

An `Extractor` is a dataclass of its stages, and `predict` reads like the sentence that describes it: find numbers and
periods, date the report, tag, link. A `Report` answers questions about its facts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ie.calendars import read_report_date
from ie.confidence import RAW, ConfidenceCurve, load_curve
from ie.hub import local_folder
from ie.linking import link_facts
from ie.notebook import Facts, report_html
from ie.numerals import NumberMention, find_numbers
from ie.periods import PeriodMention, ReportDate, find_periods, infer_report_date
from ie.persian import PERSIAN_LETTER, fold
from ie.proposals import rule_spans
from ie.schema import Document, IEError, MetricFact, Span
from ie.tagger import Tagger
from ie.taxonomy import Taxonomy

if TYPE_CHECKING:
    import pandas

__all__ = ["Extractor", "Report"]

ReportDateLike = str | datetime.date | None


@dataclass(frozen=True)
class Report:
    """What was read out of one document: its facts in text order, its spans, and the date it was resolved against."""

    document: Document
    facts: tuple[MetricFact, ...]
    spans: tuple[Span, ...]
    report_date: ReportDate | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", Facts(self.facts))

    @property
    def text(self) -> str:
        """Return the text the offsets point into."""
        return self.document.text

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the facts in their JSON form, values exact."""
        return [fact.to_dict() for fact in self.facts]

    def to_pandas(self) -> pandas.DataFrame:
        """Return one row a fact; needs pandas (``pip install 'ie-fa[pandas]'``)."""
        try:
            import pandas
        except ImportError as error:
            raise IEError("a table needs pandas: pip install 'ie-fa[pandas]'") from error
        from ie.outputs import flat_record

        return pandas.DataFrame([flat_record(fact) for fact in self.facts])

    def to_html(self) -> str:
        """Return a self-contained right-to-left page: the text with its spans marked, and the table of facts."""
        from ie.review import render_page

        return render_page(self.document, self.spans, self.facts, self.report_date.date if self.report_date else None)

    def _repr_html_(self) -> str:
        return report_html(self.document, self.spans, self.facts)

    def at_least(self, confidence: float) -> Report:
        """Return the report without the facts that are less sure; relations point at mentions that are left or at none.

        Raises IEError where the confidence is not between 0 and 1.
        """
        if not 0 <= confidence <= 1:
            raise IEError(f"expected a confidence between 0 and 1, found {confidence}")
        kept = [fact for fact in self.facts if fact.confidence >= confidence]
        if len(kept) == len(self.facts):
            return self
        left: dict[str, str] = {}  # of each fact that has one, the first mention that is left
        for fact in kept:
            left.setdefault(fact.same_as or fact.id, fact.id)
        firsts = {fact.id: left.get(fact.same_as or fact.id) for fact in self.facts}
        known = {fact.id for fact in kept}
        facts = (
            replace(
                fact,
                same_as=first if (first := firsts[fact.id]) != fact.id else None,
                subset_of=fact.subset_of if fact.subset_of in known else firsts.get(fact.subset_of or ""),
            )
            for fact in kept
        )
        return replace(self, facts=tuple(facts))

    @cached_property
    def by_id(self) -> dict[str, MetricFact]:
        """Return the facts by id, to follow `subset_of` and `same_as`."""
        return {fact.id: fact for fact in self.facts}


@dataclass(frozen=True, slots=True)
class Extractor:
    """Read Persian reports; `tagger` None means rules alone decide which numbers are facts and what they count.

    `curve` turns the raw score of a fact into its confidence.
    """

    tagger: Tagger | None
    taxonomy: Taxonomy
    curve: ConfidenceCurve = RAW

    @classmethod
    def load(cls, path: str | Path | None = None, *, threads: int | None = None, device: str = "auto") -> Extractor:
        """Return an extractor with the model that ships in the package, or that of a model folder or of the hub.

        The shipped model and folders with ``model.onnx`` need no network and no torch. `threads` bounds the cores the
        model uses; `device` is ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or ``"auto"``, and where a GPU is asked for that is
        not there, the CPU reads and a warning says so. Raises IEError where the model is missing, incomplete or tags
        with other labels.
        """
        source = local_folder(str(resources.files("ie") / "models" / "compact") if path is None else path)
        own = source / "taxonomy.toml"
        taxonomy = Taxonomy.load(own if own.is_file() else None)
        return cls(Tagger.load(source, threads, device), taxonomy, load_curve("model", source))

    @classmethod
    def rules(cls) -> Extractor:
        """Return an extractor without a model: the grammars propose, rules decide. Starts at once, reads fast."""
        return cls(None, Taxonomy.load(), load_curve("rules"))

    def predict(self, text: str, report_date: ReportDateLike = None, document_id: str = "document") -> Report:
        """Return the report of one text.

        `report_date` is Jalali (``"1401-07-15"``, ``"1401-07"``, ``"1401"``) or a `datetime.date`; None infers it from
        the text, else relative periods stay open. Raises IEError for a date of another form.
        """
        known = read_report_date(report_date)
        document = Document(document_id, text, None if known is None else str(known))
        return next(self.predict_many([document]))

    def predict_many(self, documents: Iterable[Document | str], batch_size: int = 64) -> Iterator[Report]:
        """Yield one report a document, in order; reads ahead `batch_size` documents at most.

        A plain string becomes a document whose id is its position, counted from 1.
        """
        numbered = (
            item if isinstance(item, Document) else Document(str(position), item)
            for position, item in enumerate(documents, start=1)
        )
        for batch in batched(numbered, max(1, batch_size)):
            yield from self._predict_batch(batch)

    def _predict_batch(self, documents: tuple[Document, ...]) -> Iterator[Report]:
        found = [_find_candidates(document.text) for document in documents]
        if self.tagger is None:
            tagged = [
                rule_spans(document.text, numbers, periods)
                for document, (numbers, periods) in zip(documents, found, strict=True)
            ]
        else:
            tagged = self.tagger.tag_many(
                [(document.text, *candidates) for document, candidates in zip(documents, found, strict=True)]
            )
        for document, (numbers, periods), spans in zip(documents, found, tagged, strict=True):
            dated = _date_report(document, periods)
            facts = link_facts(
                replace(document, date=dated.date if dated else None),
                spans,
                numbers=numbers,
                periods=periods,
                report_date=dated.date if dated else None,
                taxonomy=self.taxonomy,
                curve=self.curve,
                dated=True,
            )
            yield Report(document, facts, tuple(spans), dated)


def _find_candidates(text: str) -> tuple[list[NumberMention], list[PeriodMention]]:
    """Return the number and period mentions of a text; one without a Persian word states nothing that can be read."""
    if not PERSIAN_LETTER.search(text):
        return [], []
    folded = fold(text)
    return find_numbers(text, folded), find_periods(text, folded)


def _date_report(document: Document, periods: list[PeriodMention]) -> ReportDate | None:
    """Return the date a report is read at: the given one, else the one its text proves, else that of its file."""
    known = read_report_date(document.date)
    if known is not None:
        return ReportDate(str(known), "given with the document")
    inferred = infer_report_date(document.text, periods)
    if inferred is None and document.created is not None:
        return ReportDate(str(read_report_date(document.created)), "the properties of the file")
    return inferred
