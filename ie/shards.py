"""Facts of any number of documents as files of a folder, a shard for so many documents, with a manifest.

A shard is decided by the input and the settings alone: neither the workers nor an interruption changes a byte of it. A
run that is started again reads only what is missing. What is in memory is bounded by the shards that are under way, of
which each worker has one.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from ie import __version__
from ie.atomic import keep_entries
from ie.locks import locked
from ie.manifest import NAME, Manifest, ShardRecord, Totals
from ie.schema import IEError, MetricFact
from ie.sources import Failure, Source
from ie.storage import state_of
from ie.streaming import Item, Reading, read_each
from ie.workers import Abandoned, Crew, Task

if TYPE_CHECKING:
    from ie.extractor import Report

__all__ = ["SHARD_CHARACTERS", "Plan", "Told", "shards_of", "write_shards"]

Form = Literal["jsonl", "csv", "parquet"]
SHARD_CHARACTERS = 2**22  # a shard of long documents ends here: it is in memory before it is read
_FILE = re.compile(r"facts-\d{5,}\.(?:jsonl|csv|parquet)")
_PARTIAL = re.compile(r"\.facts-\d{5,}\.\w+\.\d+\.partial|\._manifest\.jsonl\.(?:lock|\d+\.partial)")
_OF_MODEL = ("config.json", "tokenizer.json", "taxonomy.toml", "confidence.json", "model.onnx")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_NAMED = 100  # with more input files the manifest has only their sums


@dataclass(frozen=True, slots=True)
class Plan:
    """Where shards go and how they are made. `restart` begins a folder anew; `bom` is of CSV."""

    folder: Path
    form: Form = "jsonl"
    size: int = 1000
    workers: int = 1
    bom: bool = False
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of a run: of each shard, and whether it was there before; of what goes wrong, in a line."""

    shard: Callable[[ShardRecord, bool], object] = lambda record, kept: None
    note: Callable[[str], object] = lambda line: None


def write_shards(
    sources: Sequence[Source | Failure], items: Iterable[Item], reading: Reading, plan: Plan, told: Told = Told()
) -> Totals:
    """Write the facts of the items of the sources as shards, but for those that are there; return the sums.

    Raises IEError where another run writes the folder, where it was begun with something else, and where shards could
    not be written: what was finished is kept.
    """
    header = _header(sources, reading, plan)
    with _folder(plan), Manifest(plan.folder / NAME, header) as manifest:
        try:
            return _write(items, reading, plan, manifest, told)
        except IEError as error:
            raise IEError(
                f"{error}; {len(manifest)} finished shards are kept in {plan.folder}: "
                "give the same command again to go on"
            ) from error


def shards_of(items: Iterable[Item], size: int, characters: int = SHARD_CHARACTERS) -> Iterator[Task]:
    """Yield the items in groups of a size, fewer where they are long, counted from 0."""
    number, group, length = 0, list[Item](), 0
    for item in items:
        group.append(item)
        length += 0 if isinstance(item, Failure | Source) else len(item.text)
        if len(group) == size or length >= characters:
            yield Task(number, tuple(group))
            number, group, length = number + 1, [], 0
    if group:
        yield Task(number, tuple(group))


def _write(items: Iterable[Item], reading: Reading, plan: Plan, manifest: Manifest, told: Told) -> Totals:
    totals, abandoned, count = Totals(), list[str](), 0

    def missing() -> Iterator[Task]:
        nonlocal count
        for task in shards_of(items, plan.size):
            count += 1
            record = manifest.get(task.number)
            if record is not None and _is_intact(plan.folder / record.file, record):
                totals.add(record)
                told.shard(record, True)
                continue
            if record is not None:
                told.note(f"{plan.folder / record.file}: is not as it was written; it is made anew")
            yield task

    job = WriteShard(plan.folder, plan.form, reading.min_confidence, plan.bom)
    for task, result in _done(missing(), reading, plan, job, told):
        if isinstance(result, Abandoned):
            abandoned.append(f"shard {task.number} ({task}): {result.reason}")
            continue
        record, partial = result
        _place(plan.folder / partial, plan.folder / record.file)
        manifest.add(record)
        totals.add(record)
        told.shard(record, False)
    if abandoned:
        raise IEError("; ".join(abandoned))
    manifest.seal(totals)
    return totals


def _done(
    tasks: Iterator[Task], reading: Reading, plan: Plan, job: WriteShard, told: Told
) -> Iterator[tuple[Task, tuple[ShardRecord, str] | Abandoned]]:
    """Yield the finished shards, as they are finished."""
    if plan.workers > 1:
        with Crew(plan.workers, reading, job, told.note) as crew:
            yield from crew.run(tasks)
        return
    extractor = None
    for task in tasks:
        extractor = extractor or reading.extractor()
        yield task, job(task, read_each(extractor, task.items, reading))


@dataclass(frozen=True, slots=True)
class WriteShard:
    """Write the facts of a task beside their place; the run puts them there."""

    folder: Path
    form: Form
    least: float = 0.0
    bom: bool = False

    def __call__(self, task: Task, outcomes: Iterator[Report | Failure]) -> tuple[ShardRecord, str]:
        """Return the record of the shard, and the name of its file until then; raises IEError on a full disk."""
        name = f"facts-{task.number:05}.{self.form}"
        partial = self.folder / f".{name}.{os.getpid()}.partial"
        counts, failures = Totals(), list[Failure]()
        try:
            with open(partial, "w+b") as file:
                _write_form(self._facts(outcomes, counts, failures), file, self.form, self.bom)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise IEError(f"{self.folder / name}: cannot be written: {error.strerror or error}") from error
        first, _, last = str(task).partition(" … ")
        record = ShardRecord(
            task.number, name, first, last or first, counts.documents, counts.characters, counts.facts,
            counts.left_out, size, digest, tuple(failures),
        )  # fmt: skip
        return record, partial.name

    def _facts(
        self, outcomes: Iterator[Report | Failure], counts: Totals, failures: list[Failure]
    ) -> Iterator[MetricFact]:
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                failures.append(outcome)
                continue
            sifted = outcome.at_least(self.least)
            counts.documents += 1
            counts.characters += len(outcome.text)
            counts.facts += len(sifted.facts)
            counts.left_out += len(outcome.facts) - len(sifted.facts)
            yield from sifted.facts


def _write_form(facts: Iterator[MetricFact], file: IO[bytes], form: Form, bom: bool) -> None:
    from ie.outputs import write_csv, write_jsonl

    if form == "parquet":
        from ie.columnar import write_parquet

        write_parquet(facts, file)
        return
    text = TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
    if form == "csv":
        write_csv(facts, text, bom=bom)
    else:
        write_jsonl(facts, text)
    text.flush()
    text.detach()


# ----------------------------------------------------------------------------------------------------------- the folder


@contextmanager
def _folder(plan: Plan) -> Iterator[None]:
    """Hold the folder for the time of the block, without what runs that were killed left in it."""
    folder = plan.folder
    try:
        folder.mkdir(exist_ok=True)
        with locked(folder / ".lock", folder):
            _clean(plan)
            try:
                yield
            finally:
                _remove(folder, _PARTIAL)
    except FileNotFoundError:
        raise IEError(f"{folder}: its folder {folder.parent} does not exist; create it first") from None
    except OSError as error:
        raise IEError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _clean(plan: Plan) -> None:
    """Take away what is not whole, and all shards for a restart; raises IEError where there are other files."""
    _remove(plan.folder, _PARTIAL)
    manifest = plan.folder / NAME
    if plan.restart:  # the manifest last: until then it says what the folder held
        _remove(plan.folder, _FILE)
        manifest.unlink(missing_ok=True)
    if manifest.exists():
        return
    if other := next((name for name in os.listdir(plan.folder) if not name.startswith(".")), None):
        advice = "or --restart to replace it" if _FILE.fullmatch(other) else "or the name of a new one"
        raise IEError(f"{plan.folder}: holds {other} but no {NAME}; give an empty folder, {advice}")


def _remove(folder: Path, names: re.Pattern[str]) -> None:
    for name in os.listdir(folder):
        if names.fullmatch(name):
            (folder / name).unlink(missing_ok=True)


def _place(partial: Path, target: Path) -> None:
    try:
        os.replace(partial, target)
    except OSError as error:
        raise IEError(f"{target}: cannot be written: {error.strerror or error}") from error
    keep_entries(target.parent)


def _is_intact(path: Path, record: ShardRecord) -> bool:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == record.sha256
    except OSError:
        return False


# -------------------------------------------------------------------------------------------------- what decides shards


def _header(sources: Sequence[Source | Failure], reading: Reading, plan: Plan) -> dict[str, Any]:
    """Return what shards must have in common."""
    columns = reading.columns
    return {
        "manifest": 1,
        "ie": __version__,
        "model": _model(reading),
        "settings": {
            "--report-date": reading.report_date,
            "--min-confidence": reading.min_confidence,
            "--device": reading.device,
            "--encoding": reading.encoding,
            "--text-column": columns.text,
            "--date-column": columns.date,
            "--id-column": columns.id,
            "--format": plan.form,
            "--bom": plan.bom,
            "--shard-size": plan.size,
        },
        **_input(sources),
    }


def _model(reading: Reading) -> dict[str, str]:
    """Return the name of a model and the digest of the files that are read of it."""
    if reading.rules:
        return {"name": "rules"}
    folder = Path(reading.model or str(resources.files("ie") / "models" / "compact"))
    digest = hashlib.sha256()
    for name in _OF_MODEL if (folder / "model.onnx").is_file() else (*_OF_MODEL, *_WEIGHTS):
        if (folder / name).is_file():
            with open(folder / name, "rb") as file:
                digest.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return {"name": folder.name} | ({"sha256": digest.hexdigest()} if folder.is_dir() else {})


def _input(sources: Sequence[Source | Failure]) -> dict[str, Any]:
    """Return what the input is told by: names, sizes and times, as they change when the content does."""
    named: dict[str, str | None] = {}
    digest, total = hashlib.sha256(), 0
    for source in sources:
        state = state_of(source.path) if isinstance(source, Source) else None
        name = source.id if isinstance(source, Source) else source.source
        total += state.size if state else 0
        digest.update(json.dumps([name, state and state.size, state and state.modified]).encode())
        if len(named) < _NAMED:
            named[name] = f"{state.size} bytes of {_time(state.modified)}" if state else None
    told = {"file": named} if len(sources) <= _NAMED else {}
    return {"input": {"files": len(sources), "bytes": total, "sha256": digest.hexdigest()}, **told}


def _time(nanoseconds: int) -> str:
    """Return a time to the nanosecond.

    >>> _time(1700000000000000001)
    '2023-11-14 22:13:20.000000001'
    """
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M:%S}.{rest:09}"
