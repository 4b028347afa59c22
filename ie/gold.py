"""The gold nouns: an annotated document with its spans, periods and facts. Their JSON form is left to `records`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.schema import Document, MetricFact, Offsets, Span

__all__ = ["NONFACT", "AnnotatedDocument", "GoldFact", "GoldPeriod", "Interval", "tagged_spans"]

NONFACT = "NONFACT"
"""What annotation tools call a number that states no quantity; no model tags it."""

Interval = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class GoldPeriod:
    """A period expression and the interval it denotes; ``(None, None)`` resolves to nothing, None was not annotated."""

    span: Offsets
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class GoldFact:
    """A fact as annotated, with the other readings a scorer accepts.

    `program_alt` are phrases that name the programme as well, `interval_alt` the interval clipped at the report date.
    """

    fact: MetricFact
    program_alt: tuple[str, ...] = ()
    interval_alt: Interval | None = None
    anaphoric: bool = False
    period_anaphor: str | None = None


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A document with its tagged spans and gold facts; `nonfacts` are numbers that state no quantity.

    `spans` are those of `tagged_spans`, and any that no fact or period has; they never overlap.

    `lines` are the lines of the article `news_id` that the text is made of, where it is not whole. `exceptions` say why
    a span read by itself does not give the annotated value or interval (see `validation`).
    """

    document: Document
    spans: tuple[Span, ...]
    facts: tuple[GoldFact, ...]
    nonfacts: tuple[Offsets, ...] = ()
    periods: tuple[GoldPeriod, ...] = ()
    domain: str | None = None
    news_id: str | None = None
    tags: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """Return the id of the document."""
        return self.document.id

    @property
    def text(self) -> str:
        """Return the text of the document."""
        return self.document.text


def tagged_spans(facts: Iterable[MetricFact], periods: Iterable[Offsets]) -> tuple[Span, ...]:
    """Return the spans a tagger has to find: the numbers of facts, all periods, and programmes that do not overlap.

    Of programmes that overlap the longer is tagged; one that holds a number or period of its own is not.
    """
    facts = tuple(facts)
    programs = {fact.evidence.program for fact in facts if fact.evidence.program}
    wanted = [
        *((span, NUMBER) for span in sorted({fact.evidence.number for fact in facts})),
        *((span, PERIOD) for span in sorted(set(periods), key=_longest_first)),
        *((span, PROGRAM) for span in sorted(programs, key=_longest_first)),
    ]
    spans: list[Span] = []
    for (start, end), label in wanted:
        if all(end <= other.start or other.end <= start for other in spans):
            spans.append(Span(start, end, label))
    return tuple(sorted(spans))


def _longest_first(span: Offsets) -> tuple[int, int]:
    return (span[0] - span[1], span[0])
