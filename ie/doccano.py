"""doccano JSONL: a text, its entities and relations a line, offsets in code points.

Other keys of a line are metadata that doccano keeps and exports again: `meta` holds what the document says of itself,
and the slots of each region by its place, since doccano numbers entities anew. A project for these files has relations
and overlapping spans switched on. The export of a project without relations (``label``: spans) is read too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from ie.exact_json import from_json, to_json
from ie.gold import AnnotatedDocument
from ie.labels import PERIOD
from ie.regions import Link, MarkedText, Region, mark, unmark
from ie.schema import IEError

__all__ = ["is_doccano", "read_doccano", "write_doccano"]

Slots = dict[str, Any]


def write_doccano(documents: Iterable[AnnotatedDocument], path: Path) -> int:
    """Write one document a line; ids of entities and relations are used once in the file."""
    entity, relation = count(1), count(1)
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            marked = mark(document)
            ids = [next(entity) for _ in marked.regions]
            line = {
                "text": marked.text,
                "entities": [
                    {"id": name, "label": region.label, "start_offset": region.start, "end_offset": region.end}
                    for name, region in zip(ids, marked.regions, strict=True)
                ],
                "relations": [
                    {"id": next(relation), "from_id": ids[link.source], "to_id": ids[link.target], "type": link.kind}
                    for link in marked.links
                ],
                "meta": {**marked.meta, "slots": [_slots(region) for region in marked.regions if _has_slots(region)]},
            }
            out.write(to_json(line) + "\n")
            written += 1
    return written


def read_doccano(path: Path) -> Iterator[AnnotatedDocument | IEError]:
    """Yield the documents of a doccano file, and an error for each broken line."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        yield _read_line(line, f"{path}:{number}", f"{path.stem}:{number}")
                    except IEError as error:
                        yield error
    except OSError as error:
        raise IEError(f"{path}: expected a doccano file, found {error.strerror}") from error


def is_doccano(line: bytes) -> bool:
    """Return whether a line of JSON is doccano's rather than ours."""
    try:
        record = from_json(line)
    except ValueError:
        return False
    return isinstance(record, dict) and "facts" not in record and bool({"entities", "label", "labels"} & record.keys())


def _has_slots(region: Region) -> bool:
    # two periods may stand in one place, one of them without an interval
    return bool(region.slots) or region.label == PERIOD


def _slots(region: Region) -> Slots:
    # doccano rounds what it exports to ten digits, but not text
    exact: Slots = {name: to_json(region.slots[name]) for name in ("value", "value_max") if name in region.slots}
    return {"label": region.label, "at": region.offsets, **region.slots, **exact}


def _read_line(line: bytes, where: str, name: str) -> AnnotatedDocument:
    try:
        record = from_json(line.decode("utf-8-sig"))
        text = record["text"] if "text" in record else record["data"]
        meta = dict(record.get("meta") or {})
        slots = meta.pop("slots", [])
        regions = [_region(entity, f"entity {entity['id']}") for entity in record.get("entities") or []]
        for start, end, label in record.get("label") or record.get("labels") or []:
            regions.append(Region(int(start), int(end), str(label).upper()))
        places = {entity["id"]: place for place, entity in enumerate(record.get("entities") or [])}
        links = [
            Link(str(relation["type"]), places[relation["from_id"]], places[relation["to_id"]])
            for relation in record.get("relations") or []
        ]
        regions = _with_slots(regions, slots)
    except ValueError as error:
        raise IEError(f"{where}: expected a JSON object of doccano, found {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise IEError(
            f"{where}: expected text, entities (id, label, offsets) and relations, found {error!r}"
        ) from error
    if not isinstance(text, str):
        raise IEError(f"{where}: text: expected a text, found {text!r}")
    return unmark(MarkedText(text, {"id": name, **meta}, tuple(regions), tuple(links)), where)


def _region(entity: Slots, name: str) -> Region:
    return Region(int(entity["start_offset"]), int(entity["end_offset"]), str(entity["label"]).upper(), name=name)


def _with_slots(regions: list[Region], slots: list[Slots]) -> list[Region]:
    """Return the regions with the slots kept for their places; the first of two at one place has the first slots."""
    kept: dict[tuple[Any, ...], list[Slots]] = {}
    for row in slots:
        start, end = row["at"]
        rest = {key: value for key, value in row.items() if key not in ("label", "at")}
        kept.setdefault((start, end, row["label"]), []).append(rest)
    found = []
    for region in regions:
        rows = kept.get((region.start, region.end, region.label))
        found.append(replace(region, slots=rows.pop(0)) if rows else region)
    return found
