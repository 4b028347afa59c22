"""Annotated documents as annotation tools hold them: regions of a text that carry slots, and links between regions.

A number region carries the value and the other slots of its fact, a link leads from it to its programme and its
period. What a tool's user moves, relabels or relinks is what the document says afterwards; a number that a user marked
and linked without stating its value gets the one the grammar reads. The files of each tool are left to its own module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from ie.gold import NONFACT, AnnotatedDocument
from ie.labels import LABELS, NUMBER, PERIOD, PROGRAM
from ie.numerals import find_numbers, unit_kind
from ie.records import check_record, from_record, to_record
from ie.schema import IEError, Offsets, exact

__all__ = ["LINKS", "REGION_LABELS", "Link", "MarkedText", "Region", "mark", "unmark"]

REGION_LABELS = (*LABELS, NONFACT)
LINKS = ("program", "period", "subset_of", "same_as")
_META = ("id", "news_id", "lines", "date", "title", "domain", "tags", "exceptions")

Slots = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Region:
    """A labelled stretch of a text with its slots; `name` is what its file calls it."""

    start: int
    end: int
    label: str
    slots: Slots = field(default_factory=dict)
    name: str = ""

    @property
    def offsets(self) -> Offsets:
        """Return ``(start, end)``."""
        return (self.start, self.end)

    def __str__(self) -> str:
        return f"{self.name} {self.label} [{self.start}, {self.end}]".strip()


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two regions, which are named by their places among the regions; `kind` is one of `LINKS`."""

    kind: str
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with its regions and links; `meta` is what the document says of itself (id, date, domain …)."""

    text: str
    meta: Slots
    regions: tuple[Region, ...]
    links: tuple[Link, ...] = ()


# ---------------------------------------------------------------------------------------------------------- to tools


def mark(document: AnnotatedDocument) -> MarkedText:
    """Return the regions and links of a document: one number a fact, each programme and period once."""
    record = to_record(document)
    periods = [_period_region(period) for period in record["periods"]]
    programs: dict[Offsets, Region] = {}
    others: dict[Offsets, Region] = {region.offsets: region for region in reversed(periods)}
    numbers, targets = [], []
    for fact, gold in zip(record["facts"], document.facts, strict=True):
        program, period = (tuple(fact.pop(name)) if name in fact else None for name in ("program", "period"))
        if program:
            programs.setdefault(program, _region(program, PROGRAM))
        if period and period not in others:
            others[period] = _region(period, PERIOD, _unlisted(fact.get("interval")))
            periods.append(others[period])
        if gold.program_alt:
            fact["program_alt"] = list(gold.program_alt)
        default = _fact_interval(others[period].slots.get("interval")) if period else None
        if fact.get("interval") == default:
            fact.pop("interval", None)
        elif default is not None:
            fact.setdefault("interval", None)
        links = {name: fact.pop(name, None) for name in ("subset_of", "same_as")}
        numbers.append(_region(fact.pop("number"), NUMBER, fact))
        targets.append({"program": programs.get(program or (0, 0)), "period": others.get(period or (0, 0)), **links})
    extra = [Region(start, end, label, _extra(label)) for start, end, label in record.get("spans", [])]
    outside = [_region(span, NONFACT) for span in record["nonfacts"]]
    regions = (*numbers, *programs.values(), *periods, *extra, *outside)
    return MarkedText(
        document.text,
        {key: record[key] for key in _META if key in record},
        regions,
        tuple(_links(regions, numbers, targets)),
    )


def _region(span: Sequence[int], label: str, slots: Slots | None = None) -> Region:
    return Region(span[0], span[1], label, slots or {})


def _links(regions: tuple[Region, ...], numbers: list[Region], targets: list[dict[str, Any]]) -> Iterator[Link]:
    places = {id(region): place for place, region in enumerate(regions)}
    facts = {number.slots["id"]: number for number in numbers}
    for source, wanted in enumerate(targets):
        for kind, target in wanted.items():
            if target is not None:
                region = target if isinstance(target, Region) else facts[target]
                yield Link(kind, source, places[id(region)])


def _period_region(period: Slots) -> Region:
    return _region(period["span"], PERIOD, _only(period, "interval"))


def _unlisted(interval: Slots | None) -> Slots:
    """Return the slots of a period that a fact points to and the document does not list among its periods."""
    ends = {} if interval is None else {"interval": {"start": interval["start"], "end": interval["end"]}}
    return {"listed": False, **ends}


def _extra(label: str) -> Slots:
    return {"listed": False, "tagged": True} if label == PERIOD else {}


def _fact_interval(interval: Slots | None) -> Slots | None:
    """Return the interval a fact has from the period it is linked to."""
    if not interval or (interval["start"] is None and interval["end"] is None):
        return None
    relation = "until" if interval["start"] is None else "since" if interval["end"] is None else "in"
    return {**interval, "relation": relation}


# ---------------------------------------------------------------------------------------------------------- from tools


def unmark(marked: MarkedText, where: str) -> AnnotatedDocument:
    """Return the document that regions and links state; raises IEError naming the place where they cannot."""
    for region in marked.regions:
        if region.label not in REGION_LABELS:
            raise IEError(f"{where}: {region}: expected a label of {', '.join(REGION_LABELS)}")
        if not 0 <= region.start < region.end <= len(marked.text):
            raise IEError(f"{where}: {region}: expected offsets within 0..{len(marked.text)}")
        _check_slots(region, where)
    record = _Unmarking(marked, where).record()
    return from_record(check_record(record, where), marked.text, where)


def _check_slots(region: Region, where: str) -> None:
    """Raise where the slots that are read before the whole record is checked are of another shape."""
    name, interval = region.slots.get("id"), region.slots.get("interval")
    if not isinstance(name, str | None):
        raise IEError(f"{where}: {region}: id: expected a text, found {str(name)[:60]}")
    if interval is not None and not (isinstance(interval, dict) and {"start", "end"} <= interval.keys()):
        raise IEError(f"{where}: {region}: interval: expected a start and an end, found {str(interval)[:60]}")


@dataclass
class _Unmarking:
    """One reading of a marked text: which number is linked with what, and the record that follows."""

    marked: MarkedText
    where: str

    def record(self) -> Slots:
        """Return the record in the form of our own lines."""
        regions, linked = self.marked.regions, self._linked
        used = set(chain.from_iterable(links.values() for links in linked.values()))
        record: Slots = {**self.marked.meta, "periods": [], "nonfacts": [], "facts": [], "spans": []}
        for place, region in enumerate(regions):
            slots, span = region.slots, list(region.offsets)
            if region.label == NONFACT:
                record["nonfacts"].append(span)
            elif place in self._fact_ids:
                record["facts"].append(self._fact(place))
            elif slots.get("tagged") or (region.label != PERIOD and place not in used):
                record["spans"].append([*span, region.label])
            elif region.label == PERIOD and (slots.get("listed", True) or place not in used):
                record["periods"].append({"span": span, **_only(slots, "interval")})
        return record

    @cached_property
    def _linked(self) -> dict[int, dict[str, int]]:
        """Return for each number what it is linked with."""
        linked: dict[int, dict[str, int]] = {}
        for link in self.marked.links:
            source, target = link.source, link.target
            if self._label(source) != NUMBER and self._label(target) == NUMBER:
                source, target = target, source
            kind = link.kind if link.kind in LINKS else self._kind(source, target, link.kind)
            wanted = {"program": PROGRAM, "period": PERIOD}.get(kind, NUMBER)
            if self._label(source) != NUMBER or self._label(target) != wanted:
                raise self._error(kind, f"a link from a NUMBER to a {wanted}", source, target)
            before = linked.setdefault(source, {}).setdefault(kind, target)
            if before != target:
                raise self._error(kind, "one link a number", before, target)
        return linked

    def _kind(self, source: int, target: int, named: str) -> str:
        """Return what kind a link is that its tool leaves nameless, or names as it likes."""
        kind = {PROGRAM: "program", PERIOD: "period"}.get(self._label(target))
        if kind is None:
            raise self._error(named or "link", f"a link named one of {', '.join(LINKS)}", source, target)
        return kind

    def _error(self, kind: str, expected: str, *places: int) -> IEError:
        found = " and ".join(str(self.marked.regions[place]) for place in places)
        return IEError(f"{self.where}: {kind}: expected {expected}, found {found}")

    def _label(self, place: int) -> str:
        return self.marked.regions[place].label

    @cached_property
    def _fact_ids(self) -> dict[int, str]:
        """Return the fact id of each number that states a value or is linked with a programme or period."""
        facts = [
            place
            for place, region in enumerate(self.marked.regions)
            if region.label == NUMBER and ("value" in region.slots or self._linked.get(place))
        ]
        named = {place: self.marked.regions[place].slots.get("id") for place in facts}
        # a region that a user copied has the id of the other: the first keeps it
        kept = {name: place for place, name in reversed(named.items()) if name}
        count = len(facts) + len(kept) + 1
        free = (name for n in range(1, count) if (name := f"{self.marked.meta.get('id')}#{n}") not in kept)
        return {place: str(name) if kept.get(name) == place else next(free) for place, name in named.items()}

    def _fact(self, place: int) -> Slots:
        region, links = self.marked.regions[place], self._linked.get(place, {})
        fact: Slots = {**(region.slots if "value" in region.slots else self._read(region)), "number": region.offsets}
        fact["id"] = self._fact_ids[place]
        if "program" in links:
            fact["program"] = self.marked.regions[links["program"]].offsets
            fact.pop("phrase", None)
        if "period" in links:
            period = self.marked.regions[links["period"]]
            fact["period"] = period.offsets
            fact.setdefault("interval", _fact_interval(period.slots.get("interval")))
        for name in ("subset_of", "same_as"):
            if name in links:
                target = self._fact_ids.get(links[name])
                if target is None:
                    raise self._error(name, "a link to a number with a value", links[name])
                fact[name] = target
        return fact

    def _read(self, region: Region) -> Slots:
        """Return what the grammar reads of a number that was marked without its value."""
        quantity = self._quantities.get(region.offsets)
        if quantity is None:
            raise IEError(f"{self.where}: {region}: expected a value; its words are no number the grammar reads")
        return {**quantity, **region.slots}

    @cached_property
    def _quantities(self) -> Mapping[Offsets, Slots]:
        return {
            (mention.start, mention.end): {
                "value": exact(mention.quantity.value),
                "value_max": exact(mention.quantity.upper),
                "comparator": mention.quantity.comparator,
                "unit": mention.quantity.unit,
                "currency": mention.quantity.currency,
                "kind": unit_kind(mention.quantity.unit) if mention.quantity.unit else "count",
            }
            for mention in find_numbers(self.marked.text)
        }


def _only(slots: Slots, *names: str) -> Slots:
    return {name: slots[name] for name in names if name in slots}
