"""What the fuzzer calls with bytes: each target reads them in one way and asserts what holds of whatever comes out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from hostile import check_document, check_report, model, rules, text_of

from ie import formats
from ie.annotations import Annotations, read_splits
from ie.calendars import read_report_date
from ie.corrections import corrected_document
from ie.exact_json import from_json, to_json
from ie.extractor import Extractor
from ie.gold import AnnotatedDocument
from ie.huggingface import from_dataset
from ie.numerals import parse_number
from ie.periods import parse_period
from ie.predictions import read_dated_facts
from ie.records import check_record, from_record, parse_record, to_record
from ie.schema import IEError
from ie.sources import Source

Target = Callable[[bytes], None]


@cache
def _folder() -> Path:
    # in memory where there is such a place: a run writes some million files
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="ie-fuzz-", dir=memory if os.access(memory, os.W_OK) else None))


def clean() -> None:
    """Remove the files of the targets."""
    shutil.rmtree(_folder(), ignore_errors=True)
    _folder.cache_clear()


def predicting(extractor: Callable[[], Extractor]) -> Target:
    """Return a target that reads a text."""

    def target(data: bytes) -> None:
        check_report(extractor().predict(text_of(data), "1401-07-15"))

    return target


def expressions(data: bytes) -> None:
    """Parse an expression as a number, a period and a date."""
    text = text_of(data)
    parse_number(text)
    period = parse_period(text, "1401-07-15")
    if period and period.start and period.end:
        assert period.start <= period.end, text
    with suppress(IEError):
        read_report_date(text)


def reading(suffix: str) -> Target:
    """Return a target that reads a file of a suffix, in two encodings."""

    def target(data: bytes) -> None:
        path = _folder() / f"report{suffix}"
        path.write_bytes(data)
        for encoding in ("utf-8", "cp1256"):
            for item in Source(str(path), "report").documents(encoding):
                check_document(item)

    return target


def loading(name: str, form: str) -> Target:
    """Return a target that loads a file of annotations of a format."""

    def target(data: bytes) -> None:
        path = _folder() / name
        path.write_bytes(data)
        check_annotations(lambda: formats.read(path, form, {}))

    return target


def brat(data: bytes) -> None:
    """Load a folder of brat: its text, annotations and metadata, parted by NULs."""
    folder = _folder() / "brat"
    folder.mkdir(exist_ok=True)
    text, annotations, about = (*data.split(b"\0"), b"", b"", b"")[:3]
    (folder / "a.txt").write_bytes(text)
    (folder / "a.ann").write_bytes(annotations)
    (folder / "documents.json").write_bytes(about or b"{}")
    check_annotations(lambda: formats.read(folder, "brat"))


def dataset_rows(data: bytes) -> None:
    """Read what claims to be the rows of a dataset."""
    rows = _json(data)
    if isinstance(rows, list):
        found = list(from_dataset(rows))
        check_annotations(lambda: Annotations(tuple(item for item in found if isinstance(item, AnnotatedDocument))))


def correction(data: bytes) -> None:
    """Check a document that a page sent back."""
    check_annotations(lambda: Annotations((corrected_document(_json(data)),)))


def predictions(data: bytes) -> None:
    """Load a file of facts."""
    path = _folder() / "facts.jsonl"
    path.write_bytes(data)
    with suppress(IEError):
        for fact in read_dated_facts(path):
            to_json(fact.to_dict())


def splits(data: bytes) -> None:
    """Load a file that says which documents are for testing."""
    path = _folder() / "splits.json"
    path.write_bytes(data)
    with suppress(IEError):
        read_splits(path)


def check_annotations(load: Callable[[], Annotations]) -> None:
    """Assert that annotations load with no error but IEError, and that what loads is written and read back the same."""
    try:
        annotations = load()
    except IEError as error:
        assert str(error)
        return
    for document in annotations:
        for span in document.spans:
            assert 0 <= span.start < span.end <= len(document.text)
        line = to_json(to_record(document)).encode()
        record = parse_record(line, "here")
        again = from_record(check_record(record, "here"), document.text, "here")
        assert [fact.fact.value for fact in again.facts] == [fact.fact.value for fact in document.facts]
        assert again.spans == document.spans
    for skipped in annotations.skipped:
        assert skipped.reason


def _json(data: bytes) -> object:
    try:
        return from_json(data)
    except ValueError:
        return None


TARGETS: dict[str, Target] = {
    "predict_rules": predicting(rules),
    "predict_model": predicting(model),
    "expressions": expressions,
    "txt": reading(".txt"),
    "html": reading(".html"),
    "docx": reading(".docx"),
    "pdf": reading(".pdf"),
    "csv": reading(".csv"),
    "jsonl": reading(".jsonl"),
    "parquet": reading(".parquet"),
    "annotations": loading("a.jsonl", "jsonl"),
    "conll": loading("a.conll", "conll"),
    "brat": brat,
    "doccano": loading("a.doccano.jsonl", "doccano"),
    "labelstudio": loading("a.labelstudio.json", "labelstudio"),
    "datasets": dataset_rows,
    "correction": correction,
    "predictions": predictions,
    "splits": splits,
}
