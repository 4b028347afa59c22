"""brat stand-off: a folder with a ``.txt`` and an ``.ann`` for each document.

T lines are regions, R lines links; comparator, kind, status and direction of a number are attributes (A), its other
slots a note (#) in JSON. What a document says of itself stands in ``documents.json``, the labels in
``annotation.conf``. brat ends a line at more characters than a newline, so a region that holds one has several parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from ie.exact_json import from_json, to_json
from ie.gold import AnnotatedDocument
from ie.labels import NUMBER
from ie.regions import Link, MarkedText, Region, mark, unmark
from ie.schema import IEError, Offsets

__all__ = ["read_brat", "write_brat"]

_ABOUT = "documents.json"
_CHOICES = ("comparator", "kind", "status", "direction")
_DEFAULTS = {"comparator": "eq", "kind": "count", "status": "actual"}
_BREAKS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_PARTS = re.compile(f"[^{_BREAKS}]+")
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029]")
_TEXTBOUND = re.compile(r"(T\S*)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_RELATION = re.compile(r"(R\S*)\t(\S+) \S+:(\S+) \S+:(\S+)\s*")
_ATTRIBUTE = re.compile(r"([AM]\S*)\t(\S+) (\S+)(?: (\S+))?\s*")
_NOTE = re.compile(r"(#\S*)\t(\S+) (\S+)(?:\t(.*))?")
_KINDS = {"T": _TEXTBOUND, "R": _RELATION, "A": _ATTRIBUTE, "M": _ATTRIBUTE, "#": _NOTE}

Slots = dict[str, Any]


def write_brat(documents: Iterable[AnnotatedDocument], folder: Path) -> int:
    """Write a text and an annotation file for each document into a folder; return how many were written."""
    about: dict[str, Slots] = {}
    for document in documents:
        marked = mark(document)
        name = _file_name(document.id, about)
        about[name] = marked.meta
        _write(folder / f"{name}.txt", marked.text, document.id)
        _write(folder / f"{name}.ann", "".join(f"{line}\n" for line in _lines(marked)), document.id)
    (folder / _ABOUT).write_text(to_json(about) + "\n", encoding="utf-8")
    conf = files("ie").joinpath("data", "brat.conf").read_text(encoding="utf-8")
    (folder / "annotation.conf").write_text(conf, encoding="utf-8")
    return len(about)


def read_brat(folder: Path) -> Iterator[AnnotatedDocument | IEError]:
    """Yield the documents of a folder of ``.ann`` and ``.txt`` files, and an error for each that is broken."""
    about = _read_about(folder / _ABOUT)
    found = {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.ann"))}
    for name in [*(name for name in about if name in found), *(name for name in found if name not in about)]:
        try:
            yield _read_document(found[name], {"id": name, **about.get(name, {})})
        except IEError as error:
            yield error


# ---------------------------------------------------------------------------------------------------------- writing


def _write(path: Path, content: str, document_id: str) -> None:
    try:
        path.write_text(content, encoding="utf-8", newline="")
    except UnicodeEncodeError as error:
        raise IEError(f"{document_id}: expected text that UTF-8 can hold, found {error.reason}") from error


def _file_name(document_id: str, taken: Iterable[str]) -> str:
    """Return the id, made fit for a file name and told from those taken, however the file system compares names."""
    name = re.sub(r"[^\w.-]+", "_", document_id).strip(".") or "document"
    if name != document_id or len(name) > 60 or name.casefold() in {other.casefold() for other in taken}:
        name = f"{name[:60]}-{sha256(document_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    return name


def _lines(marked: MarkedText) -> Iterator[str]:
    attributes = 0
    for number, region in enumerate(marked.regions, start=1):
        parts = _parts(marked.text, region.offsets)
        slots = dict(region.slots)
        if not parts:
            raise IEError(f"{marked.meta['id']}: {region}: expected words, found line ends only")
        if (parts[0][0], parts[-1][1]) != region.offsets:
            slots["span"] = region.offsets
        surface = " ".join(marked.text[start:end] for start, end in parts)
        yield f"T{number}\t{region.label} {';'.join(f'{start} {end}' for start, end in parts)}\t{surface}"
        for choice in _CHOICES:
            value = slots.pop(choice, None)
            if value is not None and value != _DEFAULTS.get(choice):
                attributes += 1
                yield f"A{attributes}\t{choice} T{number} {value}"
        if slots:
            yield f"#{number}\tAnnotatorNotes T{number}\t{_safe(to_json(slots))}"
    for number, link in enumerate(marked.links, start=1):
        yield f"R{number}\t{link.kind} Arg1:T{link.source + 1} Arg2:T{link.target + 1}"


def _parts(text: str, span: Offsets) -> list[Offsets]:
    return [match.span() for match in _PARTS.finditer(text, *span)]


def _safe(note: str) -> str:
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", note)


# ---------------------------------------------------------------------------------------------------------- reading


def _read_about(path: Path) -> dict[str, Slots]:
    if not path.is_file():
        return {}
    try:
        about = from_json(path.read_bytes())
        return {name: dict(meta) for name, meta in about.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise IEError(f"{path}: expected a JSON object with an object for each document, found {error}") from error


def _read_document(path: Path, meta: Slots) -> AnnotatedDocument:
    text = _read_text(path.with_suffix(".txt"))
    regions: dict[str, Region] = {}
    links: list[tuple[str, str, str, str]] = []
    lines = [(f"{path}:{number}", line) for number, line in enumerate(_read_text(path).split("\n"), start=1)]
    slots: dict[str, Slots] = {}
    for where, line in lines:
        if not line.strip():
            continue
        found = _fields(line, where)
        if line[0] == "T":
            regions[found[0]] = _region(found, text, where)
        elif line[0] == "R":
            links.append((where, found[1], found[2], found[3]))
        else:
            slots.setdefault(found[2], {}).update(_slots(found, where))
    for name, more in slots.items():
        if name in regions:
            span = _whole(regions[name], text, more.pop("span", None), str(path))
            defaults = _DEFAULTS if regions[name].label == NUMBER and "value" in more else {}
            regions[name] = replace(regions[name], start=span[0], end=span[1], slots={**defaults, **more})
    places = {name: place for place, name in enumerate(regions)}
    marked = MarkedText(text, meta, tuple(regions.values()), tuple(_link(link, places) for link in links))
    return unmark(marked, str(path))


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        raise IEError(f"{path}: expected a UTF-8 text, found {error}") from error


def _fields(line: str, where: str) -> tuple[str, ...]:
    pattern = _KINDS.get(line[0])
    match = pattern.fullmatch(line.rstrip("\r")) if pattern else None
    if match is None:
        raise IEError(f"{where}: expected a line of brat (T, R, A or #, then tabs), found {line[:60]!r}")
    return tuple(group or "" for group in match.groups())


def _region(found: tuple[str, ...], text: str, where: str) -> Region:
    name, label, places, surface = found
    parts: list[Offsets] = []
    for place in places.split(";"):
        try:
            start, end = map(int, place.split())
        except ValueError:  # more digits than Python reads
            raise IEError(f"{where}: {name}: expected offsets, found {place[:60]}") from None
        parts.append((start, end))
    if surface and surface != " ".join(text[start:end] for start, end in parts):
        there = " ".join(text[start:end] for start, end in parts)
        raise IEError(f"{where}: {name}: expected {surface[:40]!r} at {places}, found {there[:40]!r} in the text")
    for (_, end), (start, _) in pairwise(parts):
        if start < end or text[end:start].strip():
            raise IEError(f"{where}: {name}: expected one stretch of text, found parts with words between: {places}")
    return Region(parts[0][0], parts[-1][1], label.upper(), name=name)


def _whole(region: Region, text: str, span: object, where: str) -> Offsets:
    """Return the region with the line ends at its own ends, which its parts leave out, where its note tells of them."""
    if span is None:
        return region.offsets
    if not (isinstance(span, list) and len(span) == 2 and all(isinstance(place, int) for place in span)):
        raise IEError(f"{where}: {region}: span: expected two offsets in its note, found {str(span)[:60]}")
    if not (0 <= span[0] <= span[1] <= len(text) and (parts := _parts(text, (span[0], span[1])))):
        return region.offsets
    return (span[0], span[1]) if (parts[0][0], parts[-1][1]) == region.offsets else region.offsets


def _slots(found: tuple[str, ...], where: str) -> Slots:
    _, kind, _, content = found
    if found[0][0] in "AM":
        return {kind: content or True}
    if not content.lstrip().startswith("{"):
        return {}  # a note of a person to persons
    try:
        slots: Slots = from_json(content)
    except ValueError as error:
        raise IEError(f"{where}: expected a note in JSON, found {error}") from error
    return slots


def _link(link: tuple[str, str, str, str], places: dict[str, int]) -> Link:
    where, kind, source, target = link
    for name in (source, target):
        if name not in places:
            raise IEError(f"{where}: expected a T line for {name}, found none")
    return Link(kind.lower(), places[source], places[target])
