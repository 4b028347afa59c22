"""Jobs of workers that die, for the tests of `workers` and `shards`; a module that a new process can import fast."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ie.extractor import Report
from ie.shards import WriteShard
from ie.sources import Failure
from ie.workers import Task

Outcomes = Iterator[Report | Failure]


def dying(outcomes: Outcomes, at: str, once: Path | None) -> Outcomes:
    """Yield outcomes until that of a document comes: then this process is killed, each time or once."""
    for outcome in outcomes:
        if isinstance(outcome, Report) and outcome.document.id == at and not (once and once.exists()):
            if once:
                once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield outcome


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of what is read, and the process that read it; the worker is killed at a document."""

    at: str = ""
    once: Path | None = None

    def __call__(self, task: Task, outcomes: Outcomes) -> tuple[int, list[str]]:
        read = dying(outcomes, self.at, self.once)
        return os.getpid(), [one.source if isinstance(one, Failure) else one.document.id for one in read]


@dataclass(frozen=True, slots=True)
class DeadlyShard(WriteShard):
    """A shard whose worker is killed at the document ``poison``."""

    def __call__(self, task: Task, outcomes: Outcomes) -> object:  # type: ignore[override]
        return WriteShard.__call__(self, task, dying(outcomes, "poison", None))


class KilledWhenLoaded:
    """A job whose worker is killed before it is ready."""

    def __setstate__(self, state: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def __getstate__(self) -> object:
        return {"any": "state"}

    def __call__(self, task: Task, outcomes: Outcomes) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class DeadlyTask:
    """The worker is killed at every document of a task."""

    def __call__(self, task: Task, outcomes: Outcomes) -> None:
        for _ in outcomes:
            os.kill(os.getpid(), signal.SIGKILL)
