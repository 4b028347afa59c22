"""The manifest of a folder of shards: what decides them, and each shard that is finished.

JSON lines: the settings and the input, then a line a finished shard as they come, each on the disk before the next is
begun; a line that a crash cut off does not count. When all shards are there, the lines are put in their order and a
last one counts them, so that a run gives the same bytes whether or not it was interrupted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self

from ie.atomic import writing_bytes
from ie.schema import IEError
from ie.sources import Failure

__all__ = ["NAME", "Manifest", "ShardRecord", "Totals", "differences"]

NAME = "_manifest.jsonl"


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """A finished shard: its file, the items it was made of, what they gave, and which could not be read."""

    shard: int
    file: str
    first: str
    last: str
    documents: int
    characters: int
    facts: int
    left_out: int
    bytes: int
    sha256: str
    failures: tuple[Failure, ...] = ()

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """Return the record of a line."""
        return cls(**record | {"failures": tuple(Failure(**one) for one in record["failures"])})


@dataclass(slots=True)
class Totals:
    """The sums over shards."""

    shards: int = 0
    documents: int = 0
    characters: int = 0
    facts: int = 0
    left_out: int = 0
    failures: int = 0

    def add(self, record: ShardRecord) -> None:
        """Count a shard."""
        self.shards += 1
        self.documents += record.documents
        self.characters += record.characters
        self.facts += record.facts
        self.left_out += record.left_out
        self.failures += len(record.failures)


class Manifest:
    """The manifest of a folder, open to add shards to; only where they stand in it is in memory.

    The header says what decides the shards. Raises IEError where that of an earlier run is another.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self._path, self._header = path, header
        self._places: dict[int, int] = {}  # by shard, where its line begins
        self._sealed = False
        if not path.exists():
            with writing_bytes(path) as file:
                file.write(_line(header))
        self._file: IO[bytes] = open(path, "r+b", buffering=0)  # noqa: SIM115  closed at the end of the block
        try:
            self._check_header()
            self._end = self._find_shards()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Return how many shards are recorded."""
        return len(self._places)

    def get(self, shard: int) -> ShardRecord | None:
        """Return what is recorded of a finished shard."""
        if shard not in self._places:
            return None
        record: ShardRecord = ShardRecord.from_dict(json.loads(self._line_at(self._places[shard])))
        return record

    def add(self, record: ShardRecord) -> None:
        """Record a shard whose file is in its place; raises IEError where the disk does not take it."""
        line = _line(asdict(record))
        self._sealed = False
        try:
            self._file.truncate(self._end)
            self._file.seek(self._end)
            if self._file.write(line) != len(line):
                raise OSError("no space is left")
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise IEError(f"{self._path}: cannot be written: {error.strerror or error}") from error
        self._places[record.shard] = self._end
        self._end += len(line)

    def seal(self, totals: Totals) -> None:
        """Put the lines in order and end them with their sums, where that is not done."""
        if self._sealed and len(self) == totals.shards:
            return
        with writing_bytes(self._path) as file:
            file.write(_line(self._header))
            for shard in range(totals.shards):
                file.write(self._line_at(self._places[shard]))
            file.write(_line(asdict(totals)))

    def _check_header(self) -> None:
        try:
            then = json.loads(self._line_at(0))
            known = then["manifest"] == self._header["manifest"]
        except (ValueError, KeyError, TypeError):
            known = False
        if not known:
            raise IEError(f"{self._path}: is no manifest of this version; give another folder, or --restart")
        if changed := differences(then, self._header):
            raise IEError(
                f"{self._path.parent}: was begun with something else: {'; '.join(changed)}. Give the same again to go "
                "on, another folder to have both, or --restart to begin this one anew"
            )

    def _find_shards(self) -> int:
        """Find the finished shards, and return where the next line goes."""
        with open(self._path, "rb") as lines:
            end = len(lines.readline())
            for line in lines:
                record = _record(line)
                if record is None:  # a crash cut it off
                    break
                if "shard" not in record:
                    self._sealed = True
                    break
                self._places[record["shard"]] = end
                end += len(line)
        return end

    def _line_at(self, place: int) -> bytes:
        with open(self._path, "rb") as file:
            file.seek(place)
            return file.readline()


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def differences(then: Mapping[str, Any], now: Mapping[str, Any], of: str = "") -> list[str]:
    """Return in words where two headers differ.

    >>> differences({"settings": {"--format": "csv"}, "ie": "1"}, {"settings": {"--format": "jsonl"}, "ie": "1"})
    ['--format was csv, is now jsonl']
    >>> differences({"input": {"bytes": 8}}, {"input": {"bytes": 9}})
    ['input bytes was 8, is now 9']
    """
    found = []
    for key in dict.fromkeys([*then, *now]):
        before, after = then.get(key), now.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found += differences(before, after, "" if key == "settings" else f"{key} ")
        elif before != after and not (key == "sha256" and found):
            found.append(f"{of}{key} was {_shown(before)}, is now {_shown(after)}")
    return found


def _shown(value: object) -> str:
    return "none" if value is None else str(value)[:60]


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
