"""Parts of a large run: documents that are read together, and the Parquet file of their facts, whole or not there.

Which documents make a part depends on the inputs and the settings alone, never on who reads them, so a part that is
there need not be read again. Its name tells the inputs, as they were, and the settings; the last part of its inputs
ends in ``-end``. What could not be read is told beside it in ``_failures/``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from itertools import batched
from typing import TYPE_CHECKING

from ie import __version__
from ie.columnar import write_parquet
from ie.records import to_json
from ie.schema import Document, IEError, MetricFact
from ie.sources import STDIN, Failure, Source
from ie.storage import (
    StoredFile,
    files_below,
    is_stored,
    join,
    opened,
    remove,
    state_of,
    without_options,
    write_whole,
)
from ie.streaming import Item, Reading, items_of, read_each

if TYPE_CHECKING:
    from ie.extractor import Extractor

__all__ = [
    "FAILURES",
    "PART_CHARACTERS",
    "Batch",
    "Outcome",
    "Part",
    "batches_of",
    "earlier_failures",
    "find_done",
    "parts_of",
    "read_part",
]

PART_CHARACTERS = 2**21
FAILURES = "_failures"
_FILES_IN_BATCH = 512
# what a file that is not yet opened counts for
_FILE_CHARACTERS = 2**14
_NAME = re.compile(r"part-([0-9a-f]{16})-(\d{5,})(-end)?\.parquet")


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs that are opened one after another: a table, or many files of one document. `done` parts are there."""

    key: str
    sources: tuple[Source, ...]
    done: frozenset[int] = frozenset()
    finished: bool = False

    def __str__(self) -> str:
        more = f" and {len(self.sources) - 1} more" if len(self.sources) > 1 else ""
        return f"{self.sources[0].path}{more}"


@dataclass(frozen=True, slots=True)
class Part:
    """Documents that are read together; one that is `done` holds none."""

    key: str
    number: int
    last: bool
    items: tuple[Item, ...] = ()
    done: bool = False

    @property
    def name(self) -> str:
        """Return the name of its file.

        >>> Part("0123456789abcdef", 7, True).name
        'part-0123456789abcdef-00007-end.parquet'
        """
        return f"part-{self.key}-{self.number:05d}{'-end' if self.last else ''}.parquet"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a part. `kept`: an earlier run has read it; `error`: it could not be written, and why."""

    key: str
    number: int
    last: bool
    documents: int = 0
    characters: int = 0
    facts: int = 0
    failures: tuple[Failure, ...] = ()
    kept: bool = False
    error: str | None = None


def batches_of(sources: Iterable[Source], reading: Reading, characters: int = PART_CHARACTERS) -> list[Batch]:
    """Return the inputs in batches: each table for itself, files of one document together.

    Raises IEError for standard input, which no other machine can read.
    """
    tables: list[Source] = []
    files: list[Source] = []
    for source in sources:
        if source.path == STDIN:
            raise IEError("a cluster cannot read standard input; give files that all its machines can open")
        (tables if source.is_table else files).append(source)
    groups = [*((table,) for table in tables), *batched(files, _FILES_IN_BATCH)]
    return [Batch(_key(group, reading, characters), group) for group in groups]


def _key(sources: tuple[Source, ...], reading: Reading, characters: int) -> str:
    """Return a name for inputs as they are and the settings they are read with.

    A bucket is not asked for each of many small files whether it has changed.
    """
    known: list[tuple[str, str, StoredFile | None]] = [
        (one.path, one.id, None if is_stored(one.path) and not one.is_table else state_of(one.path)) for one in sources
    ]
    return sha256(repr((__version__, reading, characters, known)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_done(batches: list[Batch], output: str) -> list[Batch]:
    """Return the batches with the parts of them that the output folder has; clear away what was begun.

    Raises IEError where the folder has parts of anything else.
    """
    if os.path.isfile(output):
        raise IEError(f"{output}: is a file; give the name of a folder, in which each part becomes a Parquet file")
    done: dict[str, set[int]] = {batch.key: set() for batch in batches}
    ends: dict[str, int] = {}
    for file in files_below(output):
        name = re.split(r"[/\\]", without_options(file.path))[-1]
        found = _NAME.fullmatch(name)
        if name.endswith(".partial"):
            remove(file.path)
        if found is None and not name.endswith(".parquet"):
            continue
        if found is None or found[1] not in done:
            raise IEError(
                f"{output}: has facts of other inputs or settings ({name}); delete them, or give a folder without such"
            )
        key, number, end = found[1], int(found[2]), found[3]
        done[key].add(number)
        if end:
            ends[key] = number
    return [
        replace(
            batch,
            done=frozenset(done[batch.key]),
            finished=batch.key in ends and len(done[batch.key]) == ends[batch.key] + 1,
        )
        for batch in batches
    ]


def earlier_failures(batches: Iterable[Batch], output: str) -> Iterator[Failure]:
    """Yield what an earlier run could not read, in the parts that are there."""
    done = {batch.key: batch.done for batch in batches}
    for file in files_below(join(output, FAILURES)):
        found = _NAME.search(re.sub(r"\.jsonl$", ".parquet", without_options(file.path)))
        if found is None or int(found[2]) not in done.get(found[1], ()):
            continue
        with opened(file.path) as lines:
            yield from (Failure(**json.loads(line)) for line in lines)


def parts_of(batch: Batch, reading: Reading, characters: int = PART_CHARACTERS) -> Iterator[Part]:
    """Yield the parts of a batch in order: at least one, each of about so many characters."""
    number, size = 0, 0
    items: list[Item] = []

    def part(last: bool) -> Part:
        done = number in batch.done
        return Part(batch.key, number, last, () if done else tuple(items), done)

    for item in items_of(batch.sources, reading):
        if size >= characters:
            yield part(last=False)
            number, size = number + 1, 0
            items.clear()
        items.append(item)
        match item:
            case Document():
                size += len(item.text)
            case Source():
                size += _FILE_CHARACTERS
            case Failure():
                size += len(item.reason)
    yield part(last=True)


def read_part(extractor: Extractor, part: Part, reading: Reading, output: str) -> Outcome:
    """Read the documents of a part and write its file; raises IEError where that cannot be written."""
    if part.done:
        return Outcome(part.key, part.number, part.last, kept=True)
    documents = characters = 0
    failures: list[Failure] = []
    facts: list[MetricFact] = []
    for report in read_each(extractor, part.items, reading):
        if isinstance(report, Failure):
            failures.append(report)
            continue
        documents += 1
        characters += len(report.text)
        facts.extend(report.at_least(reading.min_confidence).facts)
    if failures:
        lines = [to_json({"source": one.source, "reason": one.reason}) + "\n" for one in failures]
        told = "".join(lines).encode("utf-8", "backslashreplace")
        write_whole(join(output, f"{FAILURES}/{part.name.removesuffix('.parquet')}.jsonl"), told)
    table = BytesIO()
    write_parquet(facts, table)
    write_whole(join(output, part.name), table.getvalue())
    return Outcome(part.key, part.number, part.last, documents, characters, len(facts), tuple(failures))
