"""Annotated documents: texts with their spans and gold facts, read from and written to JSON lines.

A line may hold its text, or stand off from it: then it carries the text's sha256 and is joined with a text that the
caller gives or that the folder named by ``IE_SHARED`` holds. Other people's formats are read by `formats`; scoring
against gold is left to `evaluation`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args, overload

from ie.exact_json import from_json
from ie.gold import AnnotatedDocument, GoldFact, GoldPeriod, tagged_spans
from ie.huggingface import to_dataset, to_dataset_dict
from ie.records import DocumentRecord, from_record, parse_record, to_json, to_record
from ie.schema import IEError
from ie.texts import Articles, shared_texts, text_digest, text_of_lines

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

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

Part = Literal["train", "dev", "test"]


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

    @overload
    def to_dataset(self, splits: None = None) -> Dataset: ...

    @overload
    def to_dataset(self, splits: Splits) -> DatasetDict: ...

    def to_dataset(self, splits: Splits | None = None) -> Dataset | DatasetDict:
        """Return the documents as a `datasets.Dataset`, or a `DatasetDict` of train, dev and test.

        Words and their IOB2 tags are in `tokens` and `ner_tags`; needs datasets (``pip install 'ie-fa[datasets]'``).
        """
        if splits is None:
            return to_dataset(self.documents)
        parts: tuple[Part, ...] = get_args(Part)
        return to_dataset_dict({name: self.part(name, splits) for name in parts})


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
            documents[record["id"]] = from_record(record, finder.text(record, folder, where), where)
        except IEError as error:
            skipped.append(Skipped(where, name, str(error).removeprefix(f"{where}: ")))
    if skipped:
        logger.warning("%d of %d documents skipped; first: %s", len(skipped), len(skipped) + len(documents), skipped[0])
    return Annotations(tuple(documents.values()), tuple(skipped))


def write_annotations(documents: Iterable[AnnotatedDocument], path: str | Path, text: bool = True) -> int:
    """Write one document a line, with its text or standing off from it; return how many were written."""
    count = 0
    with Path(path).open("w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            out.write(to_json(to_record(document, text)) + "\n")
            count += 1
    return count


def read_splits(path: str | Path) -> Splits:
    """Read the ids of the dev and test parts from a JSON file."""
    try:
        record = from_json(Path(path).read_text(encoding="utf-8"))
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
                place = (folder / name).resolve()
                if not place.is_relative_to(folder.resolve()):
                    raise ValueError("one outside its folder")
                text = place.read_bytes().decode("utf-8")
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
