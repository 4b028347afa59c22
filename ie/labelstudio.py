"""Label Studio JSON: tasks with annotations, or with a model's predictions to correct.

Value, unit, comparator, kind, status and direction of a number and the interval of a period are controls of their
region, the other slots its `meta`; the labelling configuration is `CONFIG`. Label Studio counts code points, as Python
does; offsets of its old versions (UTF-16) are known by the text they give, and read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from ie.exact_json import from_json, to_json
from ie.gold import AnnotatedDocument, GoldFact, GoldPeriod
from ie.labels import NUMBER, PERIOD
from ie.regions import Link, MarkedText, Region, mark, unmark
from ie.schema import Document, IEError, MetricFact, Offsets, Span

__all__ = ["CONFIG", "labelling_config", "read_labelstudio", "write_labelstudio", "write_predictions"]

CONFIG = "labelstudio.xml"
_CHOICES = ("comparator", "kind", "status", "direction")
_TEXTS = ("value", "value_max", "unit", "interval")
_NUMBERS = ("value", "value_max")
_OPEN, _NOTHING = "..", "-"
_DIGIT_SIGNS = str.maketrans({",": None, "٬": None, "٫": "."})

Slots = dict[str, Any]


def labelling_config() -> str:
    """Return the labelling configuration (XML) that a Label Studio project for these tasks needs."""
    return files("ie").joinpath("data", CONFIG).read_text(encoding="utf-8")


def write_labelstudio(documents: Iterable[AnnotatedDocument], path: Path) -> int:
    """Write documents as annotated tasks; return how many were written."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        return _write_tasks((_task(mark(document), "annotations", {}) for document in documents), out)


def write_predictions(
    reports: Iterable[tuple[Document, Sequence[Span], Sequence[MetricFact]]], file: IO[str], model_version: str
) -> int:
    """Write what a model read (document, spans, facts) as tasks with predictions, to be corrected in Label Studio."""
    return _write_tasks((_prediction(*report, model_version) for report in reports), file)


def read_labelstudio(path: Path) -> Iterator[AnnotatedDocument | IEError]:
    """Yield the documents of an export (JSON, or tasks to import), and an error for each task that is broken."""
    try:
        tasks = from_json(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise IEError(f"{path}: expected a JSON list of Label Studio tasks, found {error}") from error
    if not isinstance(tasks, list):
        raise IEError(f"{path}: expected a JSON list of Label Studio tasks, found {type(tasks).__name__}")
    for number, task in enumerate(tasks, start=1):
        where = f"{path}: task {number}"
        try:
            yield _read_task(task, where, f"{path.name.partition('.')[0]}:{number}")
        except IEError as error:
            yield error
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            yield IEError(f"{where}: expected data.text and results with type, id and value, found {error!r}")


# ---------------------------------------------------------------------------------------------------------- writing


def _write_tasks(tasks: Iterable[Slots], out: IO[str]) -> int:
    count = 0
    out.write("[")
    for task in tasks:
        out.write(("," if count else "") + "\n" + to_json({"id": count + 1, **task}))
        count += 1
    out.write("\n]\n")
    return count


def _task(marked: MarkedText, key: str, about: Slots, scores: Sequence[float] = ()) -> Slots:
    names = [f"r{number}" for number in range(1, len(marked.regions) + 1)]
    results: list[Slots] = []
    for place, (name, region) in enumerate(zip(names, marked.regions, strict=True)):
        results += _results(name, region, marked.text, {"score": scores[place]} if scores else {})
    results += [
        {
            "type": "relation",
            "from_id": names[link.source],
            "to_id": names[link.target],
            "direction": "right",
            "labels": [link.kind],
        }
        for link in marked.links
    ]
    return {"data": {"text": marked.text, "document": marked.meta}, key: [{**about, "result": results}]}


def _results(name: str, region: Region, text: str, score: Slots) -> Iterator[Slots]:
    """Yield a region and its controls, which share its id and its place."""
    place: Slots = {"start": region.start, "end": region.end}
    same = {"id": name, "to_name": "text", "origin": "prediction" if score else "manual", **score}
    meta = {key: value for key, value in region.slots.items() if key not in _CHOICES + _TEXTS}
    value = {**place, "text": text[region.start : region.end], "labels": [region.label]}
    yield {**same, "from_name": "label", "type": "labels", "value": value, **({"meta": {"ie": meta}} if meta else {})}
    for control in _CHOICES:
        if region.slots.get(control) is not None:
            value = {**place, "choices": [region.slots[control]]}
            yield {**same, "from_name": control, "type": "choices", "value": value}
    for control in _TEXTS:
        if control in region.slots:
            value = {**place, "text": [_shown(control, region.slots[control])]}
            yield {**same, "from_name": control, "type": "textarea", "value": value}


def _shown(control: str, value: Any) -> str:  # noqa: ANN401 - a value of JSON
    """Return a slot as a person types it: an interval like ``1400-01-01/..``, open at an end that is ``..``.

    >>> _shown("interval", {"start": None, "end": "1400-12-29"}), _shown("interval", None), _shown("value", 25)
    ('../1400-12-29', '-', '25')
    """
    if control != "interval":
        return str(value) if isinstance(value, str) else to_json(value)
    if value is None:
        return _NOTHING
    relation = value.get("relation")
    return f"{value['start'] or _OPEN}/{value['end'] or _OPEN}" + (f" {relation}" if relation else "")


def _prediction(document: Document, spans: Sequence[Span], facts: Sequence[MetricFact], version: str) -> Slots:
    intervals = {fact.evidence.period: fact.period.interval for fact in facts if fact.period}
    periods = tuple(GoldPeriod(span.offsets, intervals.get(span.offsets)) for span in spans if span.label == PERIOD)
    numbers = {fact.evidence.number for fact in facts}
    stated = tuple(span for span in spans if span.label != NUMBER or span.offsets in numbers)
    marked = mark(AnnotatedDocument(document, stated, tuple(map(GoldFact, facts)), (), periods))
    scores = _scores(marked, spans, facts)
    about = {"model_version": version, "score": min(scores, default=1.0)}
    return _task(marked, "predictions", about, scores)


def _scores(marked: MarkedText, spans: Sequence[Span], facts: Sequence[MetricFact]) -> list[float]:
    """Return how sure the model is of each region: of a number's fact, else of the span itself."""
    sure: dict[tuple[str, Offsets], float] = {(span.label, span.offsets): span.score for span in spans}
    sure |= {(NUMBER, fact.evidence.number): fact.confidence for fact in facts}
    scores = (sure.get((region.label, region.offsets), 1.0) for region in marked.regions)
    return [round(min(max(float(score), 0.0), 1.0), 4) for score in scores]


# ---------------------------------------------------------------------------------------------------------- reading


def _read_task(task: Slots, where: str, name: str) -> AnnotatedDocument:
    text, meta = task["data"]["text"], task["data"].get("document") or {}
    done = [item for item in task.get("annotations") or [] if not item.get("was_cancelled")]
    if not done:
        raise IEError(f"{where}: expected an annotation, found none; predictions are read once someone submitted them")
    results = max(done, key=lambda item: bool(item.get("ground_truth")))["result"]
    regions: dict[str, Region] = {}
    for result in results:
        if result["type"] == "labels":
            label = (result["value"].get("labels") or [""])[0]
            start, end = _offsets(result["value"], text)
            slots = dict((result.get("meta") or {}).get("ie") or {})
            regions[result["id"]] = Region(start, end, label.upper(), slots, f"region {result['id']}")
    for result in results:
        if result["type"] in ("choices", "textarea") and result.get("id") in regions:
            regions[result["id"]].slots.update(_control(result, where))
    places = {region: place for place, region in enumerate(regions)}
    links = [_link(result, places, where) for result in results if result["type"] == "relation"]
    return unmark(MarkedText(text, {"id": name, **meta}, tuple(regions.values()), tuple(links)), where)


def _offsets(value: Slots, text: str) -> Offsets:
    """Return the place of a region in code points; offsets that count UTF-16 units give its text only as such.

    >>> _offsets({"start": 3, "end": 5, "text": "۲۵"}, "😀 ۲۵")
    (2, 4)
    """
    start, end, surface = int(value["start"]), int(value["end"]), value.get("text")
    if not isinstance(surface, str) or _plain(text[start:end]) == _plain(surface):
        return start, end
    units = text.encode("utf-16-le", "surrogatepass")
    before, inside = (units[2 * a : 2 * b].decode("utf-16-le", "replace") for a, b in ((0, start), (start, end)))
    if _plain(inside) == _plain(surface):
        return len(before), len(before) + len(inside)
    raise ValueError(f"{surface!r} at [{start}, {end}], where the text has {text[start:end]!r}")


def _plain(surface: str) -> str:
    # the editor writes line ends as a backslash and an n, and leaves out what a browser does not show
    return "".join(surface.replace("\\n", "").split())


def _control(result: Slots, where: str) -> Slots:
    name, value = result["from_name"], result["value"]
    if result["type"] == "choices":
        return {name: value["choices"][0]} if value.get("choices") else {}
    typed = value.get("text") or []
    typed = typed if isinstance(typed, str) else typed[-1] if typed else ""
    if name not in _TEXTS or (not typed.strip() and name != "unit"):
        return {}
    return {name: _typed(name, typed, f"{where}: region {result['id']}: {name}")}


def _typed(control: str, typed: str, where: str) -> Any:  # noqa: ANN401 - a value of JSON
    if control == "unit":
        return None if typed == "null" else typed
    if control in _NUMBERS:
        try:
            return None if typed == "null" else Decimal(typed.translate(_DIGIT_SIGNS).strip())
        except InvalidOperation:
            raise IEError(f"{where}: expected a number like 1500 or 2.5, found {typed!r}") from None
    if typed.strip() == _NOTHING:
        return None
    ends, _, relation = typed.strip().partition(" ")
    start, slash, end = ends.partition("/")
    if not slash:
        raise IEError(f"{where}: expected two days like 1400-01-01/1400-12-29 or ../1400-12-29, found {typed!r}")
    days = {name: None if day in ("", _OPEN) else day for name, day in (("start", start), ("end", end))}
    return {**days, "relation": relation} if relation else days


def _link(result: Slots, places: dict[str, int], where: str) -> Link:
    for name in (result["from_id"], result["to_id"]):
        if name not in places:
            raise IEError(f"{where}: relation: expected a region {name}, found none")
    source, target = places[result["from_id"]], places[result["to_id"]]
    if result.get("direction") == "left":
        source, target = target, source
    return Link((result.get("labels") or [""])[0], source, target)
