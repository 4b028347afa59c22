"""Processes that read documents side by side, each with an extractor of one thread; a death costs no document.

A worker gets one `Task` at a time, so what is in memory is bounded by the workers. Of a task whose worker died it is
found out, item by item, which one it died of: that one becomes a failure, and the others are read. A worker ends with
the run that started it, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ie.schema import IEError
from ie.sources import Failure
from ie.streaming import Item, Reading, name_of, read_each, read_one

if TYPE_CHECKING:
    from ie.extractor import Extractor, Report

__all__ = ["Abandoned", "Crew", "Job", "Task", "cores", "in_order", "outcomes_of"]

_DEATHS_OF_ITEM = 2  # the second time it is no accident
_DEATHS_OF_TASK = 8
_DEATHS_AT_START = 3


@dataclass(frozen=True, slots=True)
class Task:
    """Items to read in one go. One that is `careful` is read item by item, without those that killed a worker."""

    number: int
    items: tuple[Item, ...]
    careful: bool = False
    killers: tuple[int, ...] = ()

    def __str__(self) -> str:
        first, last = name_of(self.items[0]), name_of(self.items[-1])
        return first if len(self.items) == 1 else f"{first} … {last}"


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A task that was given up, and why."""

    reason: str


# what a worker makes of the outcomes of a task; it is sent there, and its result back
Job = Callable[[Task, "Iterator[Report | Failure]"], Any]


def outcomes_of(task: Task, outcomes: Iterator[Report | Failure]) -> list[Report | Failure]:
    """Send the reports themselves, and why there is none."""
    return list(outcomes)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(results: Iterable[tuple[Task, Any]]) -> Iterator[tuple[Task, Any]]:
    """Yield results by the numbers of their tasks, which begin with 0.

    >>> tasks = [Task(number, ()) for number in (1, 0, 2)]
    >>> [task.number for task, _ in in_order((task, None) for task in tasks)]
    [0, 1, 2]
    """
    waiting: dict[int, tuple[Task, Any]] = {}
    following = 0
    for task, result in results:
        waiting[task.number] = task, result
        while following in waiting:
            yield waiting.pop(following)
            following += 1


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    task: Task | None = None
    ready: bool = False
    at: int | None = None  # the item of a careful task that it has begun


class Crew:
    """Worker processes for the time of a ``with`` block; `note` is told, in a line, of each that dies."""

    def __init__(
        self, size: int, reading: Reading, job: Job, note: Callable[[str], object] = lambda line: None
    ) -> None:
        self._size, self._reading, self._job, self._note = size, reading, job, note
        self._workers: list[_Worker] = []
        self._again: list[Task] = []  # tasks whose worker died
        self._deaths: dict[int, list[int | None]] = {}  # by task, the item that each of its workers died of
        self._died_at_start = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(5)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()
        self._workers = []

    def run(self, tasks: Iterator[Task], ahead: int | None = None) -> Iterator[tuple[Task, Any]]:
        """Yield each task with its result, or as `Abandoned`, as they are done; `ahead` bounds how far they overtake.

        Raises IEError where a job fails: the disk is full, the model cannot be loaded, no worker comes to life.
        """
        following = next(tasks, None)
        while following or self._again or any(worker.task for worker in self._workers):
            for worker in self._idle():
                if self._again:
                    self._give(worker, self._again.pop(0))
                elif following and not self._too_far(following, ahead):
                    self._give(worker, following)
                    following = next(tasks, None)
            for connection in wait([worker.connection for worker in self._workers]):
                yield from self._hear(next(worker for worker in self._workers if worker.connection is connection))

    def _idle(self) -> list[_Worker]:
        """Return the workers that wait for a task; begin with all there are to be."""
        while len(self._workers) < self._size:
            self._workers.append(self._start())
        return [worker for worker in self._workers if worker.ready and worker.task is None]

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._reading, self._job), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _too_far(self, task: Task, ahead: int | None) -> bool:
        under_way = [worker.task.number for worker in self._workers if worker.task]
        return ahead is not None and bool(under_way) and task.number - min(under_way) >= ahead

    def _give(self, worker: _Worker, task: Task) -> None:
        worker.task, worker.at = task, None
        with suppress(OSError):  # it has died: hearing from it says so
            worker.connection.send(task)

    def _hear(self, worker: _Worker) -> Iterator[tuple[Task, Any]]:
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            yield from self._bury(worker)
            return
        match kind:
            case "ready":
                worker.ready = True
            case "at":
                worker.at = value
            case "trouble":
                raise IEError(value)
            case _:
                task, worker.task = worker.task, None
                assert task is not None
                self._deaths.pop(task.number, None)
                yield task, value

    def _bury(self, worker: _Worker) -> Iterator[tuple[Task, Any]]:
        """Take a dead worker's task up again, or give it up."""
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        cause = f"{_ending(worker.process.exitcode)}"
        if worker.task is None:
            self._died_at_start += 1
            if self._died_at_start >= _DEATHS_AT_START:
                raise IEError(f"{_DEATHS_AT_START} workers died before they read anything: the last {cause}")
            return
        task = worker.task
        deaths = self._deaths.setdefault(task.number, [])
        deaths.append(worker.at)
        at = "" if worker.at is None else f", at {name_of(task.items[worker.at])}"
        self._note(f"a worker (process {worker.process.pid}) {cause} while it read {task}{at}")
        if len(deaths) >= _DEATHS_OF_TASK:
            yield task, Abandoned(f"{len(deaths)} workers died of it; the last {cause}")
            return
        killers = tuple({item for item in deaths if item is not None and deaths.count(item) >= _DEATHS_OF_ITEM})
        self._again.append(replace(task, careful=True, killers=killers))


def _ending(code: int | None) -> str:
    """Return in words how a process ended.

    >>> _ending(3), _ending(-11)
    ('ended with code 3', 'was killed by SIGSEGV')
    """
    if code is None or code >= 0:
        return f"ended with code {code}"
    name = signal.Signals(-code).name
    return f"was killed by {name}" + (" (for want of memory?)" if name == "SIGKILL" else "")


# ------------------------------------------------------------------------------------------------ in a worker's process


def _work(connection: Connection, reading: Reading, job: Job) -> None:
    """Do tasks until the run ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends its workers
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    os.environ |= {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        extractor = reading.extractor(threads=1)
        connection.send(("ready", None))
        while True:
            task = connection.recv()
            connection.send(("done", job(task, _outcomes(extractor, task, reading, connection))))
    except (EOFError, ConnectionError):
        return
    except Exception as error:
        kind = "" if isinstance(error, IEError | OSError) else f"{type(error).__name__}: "
        connection.send(("trouble", f"{kind}{error}"))


def _outcomes(extractor: Extractor, task: Task, reading: Reading, connection: Connection) -> Iterator[Report | Failure]:
    if not task.careful:
        yield from read_each(extractor, task.items, reading)
        return
    for position, item in enumerate(task.items):
        if position in task.killers:
            yield Failure(name_of(item), "cannot be read: each worker that tried died of it")
        else:
            connection.send(("at", position))
            yield from read_one(extractor, item, reading)


def _end_with_the_run() -> None:
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)
