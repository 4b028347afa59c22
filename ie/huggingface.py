"""Annotated documents as rows of `datasets.Dataset`: words with IOB2 tags to train on, and everything else they say.

Values are text, so that no digit is lost; offsets are code points of the text. Needs the `datasets` library, which is
imported by the functions that use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ie.conll import tag_words
from ie.gold import AnnotatedDocument
from ie.labels import TAGS
from ie.records import check_record, from_record, to_record
from ie.schema import IEError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

__all__ = ["from_dataset", "read_dataset", "to_dataset", "to_dataset_dict", "write_dataset"]

_TEXTS = ("id", "text", "date", "title", "domain", "news_id")
_FACT_TEXTS = (
    "id", "value", "value_max", "comparator", "unit", "currency", "kind", "status", "direction", "phrase",
    "program_type", "rate", "period_anaphor", "subset_of", "same_as",
)  # fmt: skip
_FACT_PLACES = ("number", "program", "period", "sentence")
_INTERVALS = ("interval", "baseline")

Row = dict[str, Any]


def to_dataset(documents: Iterable[AnnotatedDocument]) -> Dataset:
    """Return one row a document."""
    datasets, features = _library(), _features()
    rows = [_row(document) for document in documents]
    columns = {name: [row[name] for row in rows] for name in features}
    try:
        dataset: Dataset = datasets.Dataset.from_dict(columns, features=features)
    except UnicodeEncodeError as error:
        raise IEError(f"expected texts that UTF-8 can hold, found {error.reason}") from error
    return dataset


def to_dataset_dict(parts: Mapping[str, Iterable[AnnotatedDocument]]) -> DatasetDict:
    """Return the dataset of each part, without the parts that hold nothing."""
    datasets = _library()
    filled = {name: list(documents) for name, documents in parts.items()}
    return datasets.DatasetDict({name: to_dataset(documents) for name, documents in filled.items() if documents})


def from_dataset(rows: Iterable[Row], where: str = "dataset") -> Iterator[AnnotatedDocument | IEError]:
    """Yield the documents of a dataset's rows, and an error for each that is broken."""
    for number, row in enumerate(rows, start=1):
        place = f"{where}: row {number}"
        try:
            record = _record(row)
            yield from_record(check_record(record, place), record["text"], place)
        except IEError as error:
            yield error
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            yield IEError(f"{place}: expected a row that to_dataset made, found {error!r}")


def write_dataset(documents: Iterable[AnnotatedDocument], folder: Path) -> int:
    """Write a dataset's folder (``load_from_disk`` reads it); return how many documents it holds."""
    datasets = _library()
    rows = to_dataset(documents)
    if not len(rows):
        raise IEError("datasets reads no folder without rows: expected a document at least, found none")
    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        rows.save_to_disk(str(folder))
    finally:
        if shown:
            datasets.enable_progress_bars()
    return len(rows)


def read_dataset(folder: Path) -> Iterator[AnnotatedDocument | IEError]:
    """Yield the documents of a dataset's folder, of all its parts in turn."""
    datasets = _library()
    try:
        loaded = datasets.load_from_disk(str(folder))
    except (OSError, ValueError, IndexError) as error:
        raise IEError(f"{folder}: expected a folder of datasets.save_to_disk, found {error}") from error
    for part, rows in loaded.items() if isinstance(loaded, dict) else (("", loaded),):
        yield from from_dataset(rows, f"{folder}/{part}".rstrip("/"))


def _library() -> Any:  # noqa: ANN401 - a module
    try:
        import datasets
    except ImportError as error:
        raise IEError("a dataset needs datasets: pip install 'ie-fa[datasets]'") from error
    return datasets


def _features() -> Features:
    from datasets import ClassLabel, Features, List, Value

    text, place = Value("string"), {"start": Value("int32"), "end": Value("int32")}
    ends = {"start": text, "end": text}
    fact = {
        **dict.fromkeys(_FACT_TEXTS, text),
        **dict.fromkeys(_FACT_PLACES, place),
        **dict.fromkeys(_INTERVALS, {**ends, "relation": text}),
        "interval_alt": ends,
        "program_alt": List(text),
        "anaphoric": Value("bool"),
    }
    return Features(
        {
            **dict.fromkeys(_TEXTS, text),
            "lines": List(Value("int32")),
            "tags": List(text),
            "exceptions": List(text),
            "tokens": List(text),
            "ner_tags": List(ClassLabel(names=list(TAGS))),
            "spans": List({**place, "label": text}),
            "periods": List({**place, "interval": ends}),
            "nonfacts": List(place),
            "facts": List(fact),
        }
    )


def _row(document: AnnotatedDocument) -> Row:
    record = to_record(document)
    words, tags = tag_words(document.text, document.spans)
    return {
        **{name: record.get(name) for name in _TEXTS},
        "lines": list(document.lines),
        "tags": list(document.tags),
        "exceptions": list(document.exceptions),
        "tokens": [document.text[start:end] for start, end in words],
        "ner_tags": tags,
        "spans": [{"start": span.start, "end": span.end, "label": span.label} for span in document.spans],
        "periods": [_period_row(period) for period in record["periods"]],
        "nonfacts": [_place(span) for span in record["nonfacts"]],
        "facts": [
            _fact_row({**fact, "program_alt": list(gold.program_alt)})
            for fact, gold in zip(record["facts"], document.facts, strict=True)
        ],
    }


def _place(span: Sequence[int] | None) -> Row | None:
    return None if span is None else {"start": span[0], "end": span[1]}


def _period_row(period: Row) -> Row:
    interval = (period["interval"] or {"start": None, "end": None}) if "interval" in period else None
    return {"start": period["span"][0], "end": period["span"][1], "interval": interval}


def _fact_row(fact: Row) -> Row:
    values = {
        name: None if fact.get(name) is None else format(Decimal(fact[name]), "f") for name in ("value", "value_max")
    }
    return {
        **{name: fact.get(name) for name in (*_FACT_TEXTS, *_INTERVALS, "interval_alt", "program_alt")},
        **values,
        **{name: _place(fact.get(name)) for name in _FACT_PLACES},
        "anaphoric": fact.get("anaphoric", False),
    }


def _record(row: Row) -> Row:
    """Return a row in the form of our own lines; spans that facts and periods have say nothing new there."""
    record = {name: row[name] for name in (*_TEXTS, "lines", "tags", "exceptions") if row.get(name) not in (None, [])}
    record["text"] = row["text"]
    record["spans"] = [(span["start"], span["end"], span["label"]) for span in row["spans"]]
    record["nonfacts"] = [(span["start"], span["end"]) for span in row["nonfacts"]]
    record["periods"] = [
        {"span": (period["start"], period["end"])}
        | ({"interval": period["interval"]} if period["interval"] is not None else {})
        for period in row["periods"]
    ]
    record["facts"] = [_fact_record(fact) for fact in row["facts"]]
    return record


def _fact_record(fact: Row) -> Row:
    places = {name: (span["start"], span["end"]) for name in _FACT_PLACES if (span := fact[name]) is not None}
    return {name: value for name, value in fact.items() if value is not None} | places
