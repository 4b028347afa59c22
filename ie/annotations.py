"""Annotated documents: texts with their spans and gold facts, read from and written to JSON lines.

A line may hold its text, or stand off from it: then it carries the text's sha256 and is joined with a text that the
caller gives or that the folder named by ``IE_SHARED`` holds. Other people's formats are read by `formats`; scoring
against gold is left to `evaluation`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ie.labels import NUMBER, PERIOD, PROGRAM
from ie.records import DocumentRecord, FactRecord, IntervalRecord, parse_record
from ie.schema import (
    Change,
    Document,
    Evidence,
    IEError,
    MetricFact,
    Offsets,
    Period,
    Relation,
    Span,
    exact,
)
from ie.texts import Articles, shared_texts, text_digest, text_of_lines

__all__ = [
    "AnnotatedDocument",
    "Annotations",
    "GoldFact",
    "GoldPeriod",
    "Skipped",
    "Splits",
    "read_annotations",
    "read_splits",
    "shared_texts",
    "tagged_spans",
    "text_digest",
    "to_record",
    "write_annotations",
]

logger = logging.getLogger(__name__)

Interval = tuple[str | None, str | None]
Part = Literal["train", "dev", "test"]


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

    `lines` are the lines of the article `news_id` that the text is made of, where it is not whole.
    """

    document: Document
    spans: tuple[Span, ...]
    facts: tuple[GoldFact, ...]
    nonfacts: tuple[Offsets, ...] = ()
    periods: tuple[GoldPeriod, ...] = ()
    domain: str | None = None
    news_id: str | None = None
    tags: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """Return the id of the document."""
        return self.document.id

    @property
    def text(self) -> str:
        """Return the text of the document."""
        return self.document.text


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was not loaded: where it stands, the document's id where it could be read, and why."""

    where: str
    id: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Splits:
    """Which documents are for development and for the final test; all others are for training."""

    dev: frozenset[str]
    test: frozenset[str]
    test_news_ids: frozenset[str] = frozenset()

    def part_of(self, document_id: str) -> Part:
        """Return the part a document belongs to."""
        return "test" if document_id in self.test else "dev" if document_id in self.dev else "train"


@dataclass(frozen=True, slots=True)
class Annotations:
    """Annotated documents in file order; `skipped` says which lines were left out and why."""

    documents: tuple[AnnotatedDocument, ...]
    skipped: tuple[Skipped, ...] = ()

    def __iter__(self) -> Iterator[AnnotatedDocument]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, document_id: str) -> AnnotatedDocument:
        for document in self.documents:
            if document.id == document_id:
                return document
        raise KeyError(document_id)

    def part(self, name: Part, splits: Splits) -> Annotations:
        """Return the documents of one part of the split."""
        kept = tuple(document for document in self.documents if splits.part_of(document.id) == name)
        return Annotations(kept, self.skipped)


# ---------------------------------------------------------------------------------------------------------- reading


def read_annotations(path: str | Path, texts: Mapping[str, str] | None = None) -> Annotations:
    """Read annotated documents from a JSONL file, a ``.json`` file of one document, or a folder of both.

    A broken line is skipped and named in `Annotations.skipped`; the others load. `texts` holds the texts of stand-off
    lines by document id or by sha256; by default they are looked for in the ``IE_SHARED`` folder.
    """
    documents: dict[str, AnnotatedDocument] = {}
    skipped: list[Skipped] = []
    records = [(where, folder, _parsed(content, where)) for where, folder, content in _records(Path(path))]
    finder = _TextFinder(texts, Articles(_articles_wanted(record for *_, record in records)))
    for where, folder, record in records:
        name = None if isinstance(record, IEError) else record["id"]
        try:
            if isinstance(record, IEError):
                raise record
            if record["id"] in documents:
                raise IEError(f"{where}: id: expected an id used once, found {name!r} again")
            documents[record["id"]] = _document(record, finder.text(record, folder, where), where)
        except IEError as error:
            skipped.append(Skipped(where, name, str(error).removeprefix(f"{where}: ")))
    if skipped:
        logger.warning("%d of %d documents skipped; first: %s", len(skipped), len(skipped) + len(documents), skipped[0])
    return Annotations(tuple(documents.values()), tuple(skipped))


def read_splits(path: str | Path) -> Splits:
    """Read the ids of the dev and test parts from a JSON file."""
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        return Splits(*(frozenset(record.get(key) or ()) for key in ("dev", "test", "test_news_ids")))
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise IEError(f"{path}: expected a JSON object with lists 'dev' and 'test', found {error}") from error


def _records(path: Path) -> Iterator[tuple[str, Path, bytes]]:
    """Yield where each record stands, the folder its `text_file` is relative to, and its bytes."""
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.name.endswith((".jsonl", ".gold.json"))]
        if not files:
            raise IEError(f"{path}: expected .jsonl or .gold.json files, found none")
        for file in files:
            yield from _records(file)
        return
    try:
        if path.suffix == ".json":
            yield str(path), path.parent, path.read_bytes()
            return
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path}:{number}", path.parent, line
    except OSError as error:
        raise IEError(f"{path}: expected a file of annotations, found {error.strerror}") from error


def _parsed(content: bytes, where: str) -> DocumentRecord | IEError:
    try:
        return parse_record(content, where)
    except IEError as error:
        return error


def _articles_wanted(records: Iterable[DocumentRecord | IEError]) -> Iterator[str]:
    for record in records:
        if not isinstance(record, IEError) and record.get("lines") and (name := record.get("news_id")):
            yield name


@dataclass(frozen=True, slots=True)
class _TextFinder:
    """Where the texts of records come from: the caller's, else those of the ``IE_SHARED`` folder."""

    given: Mapping[str, str] | None
    articles: Articles

    def text(self, record: DocumentRecord, folder: Path, where: str) -> str:
        """Return the text of a record: its own, that of its file, or one found by sha256, id or lines."""
        digest = record.get("sha256")
        text = record.get("text")
        if text is None and (name := record.get("text_file")):
            try:
                text = (folder / name).read_bytes().decode("utf-8")
            except (OSError, ValueError) as error:
                raise IEError(f"{where}: text_file: expected a UTF-8 text {name}, found {error}") from error
        if text is None:
            text = self._joined(record, where)
        if digest and digest != text_digest(text):
            raise IEError(f"{where}: expected the text with sha256 {digest[:12]}…, found {text_digest(text)[:12]}…")
        return text

    def _joined(self, record: DocumentRecord, where: str) -> str:
        known = shared_texts() if self.given is None else self.given
        for key in (record.get("sha256") or "", record["id"]):
            if (text := known.get(key)) is not None:
                return text
        news_id, lines = record.get("news_id"), record.get("lines")
        article = self.articles.get(news_id) if news_id and lines else None
        if article is None or lines is None:
            raise IEError(f"{where}: expected a text for {record['id']!r}, found none; give it, or set IE_SHARED")
        try:
            return text_of_lines(article, lines)
        except IEError as error:
            raise IEError(f"{where}: {error}") from error


def _document(record: DocumentRecord, text: str, where: str) -> AnnotatedDocument:
    _check(record, len(text), where)
    facts = tuple(_gold_fact(fact, record["id"], text) for fact in record["facts"])
    known = {fact.fact.evidence.period: _interval(fact) for fact in facts}
    periods = tuple(
        sorted(
            (
                GoldPeriod(
                    period["span"],
                    _ends(period["interval"]) if "interval" in period else known.get(period["span"]),
                )
                for period in record.get("periods", [])
            ),
            key=lambda period: period.span,
        )
    )
    return AnnotatedDocument(
        document=Document(record["id"], text, record.get("date"), record.get("title")),
        spans=tagged_spans((fact.fact for fact in facts), (period.span for period in periods)),
        facts=facts,
        nonfacts=tuple(record.get("nonfacts", [])),
        periods=periods,
        domain=record.get("domain"),
        news_id=record.get("news_id"),
        tags=tuple(record.get("tags", [])),
        lines=tuple(record.get("lines", [])),
    )


def _check(record: DocumentRecord, length: int, where: str) -> None:
    """Raise where an offset leaves the text or a relation names no fact of the document."""
    placed = [("nonfacts", span) for span in record.get("nonfacts", [])]
    placed += [("periods", period["span"]) for period in record.get("periods", [])]
    ids = {fact["id"] for fact in record["facts"]}
    if len(ids) < len(record["facts"]):
        raise IEError(f"{where}: facts: expected ids used once, found one used again")
    for fact in record["facts"]:
        spans = [fact["number"], fact.get("program"), fact.get("period"), fact.get("sentence")]
        spans += [alt for alt in fact.get("program_alt", []) if not isinstance(alt, str)]
        placed += [(f"fact {fact['id']}", span) for span in spans if span is not None]
        for relation, target in (("subset_of", fact.get("subset_of")), ("same_as", fact.get("same_as"))):
            if target is not None and target not in ids:
                raise IEError(f"{where}: fact {fact['id']}.{relation}: expected a fact of its line, found {target!r}")
    for owner, (start, end) in placed:
        if not 0 <= start < end <= length:
            raise IEError(f"{where}: {owner}: expected offsets within 0..{length}, found [{start}, {end}]")


def _gold_fact(record: FactRecord, document_id: str, text: str) -> GoldFact:
    program, interval = record.get("program"), record.get("interval")
    direction = record.get("direction")
    period_span = record.get("period")
    fact = MetricFact(
        id=record["id"],
        document=document_id,
        program=text[slice(*program)] if program else record.get("phrase"),
        program_type=record.get("program_type"),
        value=record["value"],
        value_max=record.get("value_max"),
        comparator=record.get("comparator", "eq"),
        unit=record.get("unit"),
        currency=record.get("currency"),
        kind=record.get("kind", "count"),
        period=_period(interval, text[slice(*period_span)] if period_span else None),
        status=record.get("status", "actual"),
        change=Change(direction, _period(record.get("baseline"))) if direction else None,
        rate=record.get("rate"),
        subset_of=record.get("subset_of"),
        same_as=record.get("same_as"),
        evidence=Evidence(record["number"], program, period_span, record.get("sentence")),
    )
    alternatives = tuple(alt if isinstance(alt, str) else text[slice(*alt)] for alt in record.get("program_alt", []))
    clipped = record.get("interval_alt")
    return GoldFact(
        fact=fact,
        program_alt=alternatives,
        interval_alt=_ends(clipped) if clipped else None,
        anaphoric=record.get("anaphoric", False),
        period_anaphor=record.get("period_anaphor"),
    )


def _period(record: IntervalRecord | None, text: str | None = None) -> Period | None:
    if record is None:
        return None
    start, end = record["start"], record["end"]
    relation: Relation = "until" if start is None else "since" if end is None else "in"
    return Period(start, end, record.get("relation", relation), text=text)


def _ends(record: IntervalRecord | None) -> Interval:
    return (record["start"], record["end"]) if record else (None, None)


def _interval(gold: GoldFact) -> Interval:
    return gold.fact.period.interval if gold.fact.period else (None, None)


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


# ---------------------------------------------------------------------------------------------------------- writing


def write_annotations(documents: Iterable[AnnotatedDocument], path: str | Path, text: bool = True) -> int:
    """Write one document a line, with its text or standing off from it; return how many were written."""
    count = 0
    with Path(path).open("w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            out.write(json.dumps(to_record(document, text), ensure_ascii=False, default=float) + "\n")
            count += 1
    return count


def to_record(document: AnnotatedDocument, text: bool = True) -> dict[str, Any]:
    """Return the JSON form of an annotated document; without its text, phrases become offsets into it."""
    record: dict[str, Any] = {
        "id": document.id,
        "news_id": document.news_id,
        "lines": list(document.lines),
        "sha256": text_digest(document.text),
        "date": document.document.date,
        "domain": document.domain,
        "tags": list(document.tags),
        "text": document.text if text else None,
    }
    record = {key: value for key, value in record.items() if value not in (None, [])}
    record["periods"] = [_period_record(period) for period in document.periods]
    record["nonfacts"] = [list(span) for span in document.nonfacts]
    record["facts"] = [_fact_record(fact, document.text) for fact in document.facts]
    return record


def _period_record(period: GoldPeriod) -> dict[str, Any]:
    record: dict[str, Any] = {"span": list(period.span)}
    if period.interval is not None:
        record["interval"] = _interval_record(period.interval)
    return record


def _interval_record(interval: Interval | None) -> dict[str, str | None] | None:
    return None if interval in (None, (None, None)) else dict(zip(("start", "end"), interval or (), strict=True))


def _fact_record(gold: GoldFact, text: str) -> dict[str, Any]:
    fact = gold.fact
    needed: dict[str, Any] = {
        "id": fact.id,
        "number": list(fact.evidence.number),
        "value": exact(fact.value),
        "comparator": fact.comparator,
        "kind": fact.kind,
        "status": fact.status,
    }
    optional: dict[str, Any] = {
        "value_max": exact(fact.value_max),
        "unit": fact.unit,
        "program": list(fact.evidence.program) if fact.evidence.program else None,
        "period": list(fact.evidence.period) if fact.evidence.period else None,
        "interval": _relation_record(fact.period),
        "phrase": fact.program if fact.evidence.program is None else None,
        "currency": fact.currency,
        "program_type": fact.program_type,
        "sentence": list(fact.evidence.sentence) if fact.evidence.sentence else None,
        "program_alt": [_nearest(text, alt, fact.evidence.number[0]) for alt in gold.program_alt],
        "interval_alt": _interval_record(gold.interval_alt),
        "direction": fact.change.direction if fact.change else None,
        "baseline": _relation_record(fact.change.baseline) if fact.change else None,
        "rate": fact.rate,
        "anaphoric": gold.anaphoric or None,
        "period_anaphor": gold.period_anaphor,
        "subset_of": fact.subset_of,
        "same_as": fact.same_as,
    }
    return needed | {key: value for key, value in optional.items() if value not in (None, [])}


def _relation_record(period: Period | None) -> dict[str, str | None] | None:
    return {"start": period.start, "end": period.end, "relation": period.relation} if period else None


def _nearest(text: str, phrase: str, position: int) -> list[int] | str:
    """Return the offsets of the phrase nearest to a position, or the phrase where the text does not hold it."""
    after, before = text.find(phrase, position), text.rfind(phrase, 0, position)
    starts = [start for start in (before, after) if start >= 0]
    if not phrase or not starts:
        return phrase
    start = min(starts, key=lambda start: abs(start - position))
    return [start, start + len(phrase)]
