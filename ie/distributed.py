"""`--engine ray`: the documents of any number of files, read by the machines of a Ray cluster.

Ray Data opens the inputs in tasks and hands their documents, part by part (`parts`), to actors that hold an extractor
each; what an actor reads it writes. A task or an actor that dies is started again and its part read again; a run that
is started again reads only the parts that are missing. Only counts come back to the machine that asked.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ie import __version__
from ie.extras import require
from ie.parts import PART_CHARACTERS, Batch, Outcome, batches_of, earlier_failures, find_done, parts_of, read_part
from ie.schema import IEError
from ie.sources import STDIN, Failure, Source
from ie.storage import is_stored
from ie.streaming import Reading

if TYPE_CHECKING:
    from ray.data import Dataset

__all__ = ["Resources", "Tally", "connected", "predict"]

# before the library is imported: no report of its use leaves this machine, and no chatter is printed
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_worker_niceness": "0",  # as any other program: the lowest may never come to work on a busy machine
}


@dataclass(frozen=True, slots=True)
class Resources:
    """What a run may take: actors from `least` to `most` (None: what the cluster has room for), and what each reserves.

    `attempts`: how often a part is begun before it is given up, where the actor dies each time.
    """

    least: int = 1
    most: int | None = None
    cpus: float = 1.0
    gpus: float = 0.0
    attempts: int = 4

    def __post_init__(self) -> None:
        if self.least < 1 or (self.most is not None and self.most < self.least):
            raise IEError(f"expected at least one worker and no more than the most, found {self.least} to {self.most}")
        if self.cpus <= 0 or self.gpus < 0 or self.attempts < 1:
            raise IEError("expected some CPU for each worker, no fewer GPUs than none, and at least one attempt")


_READING, _RESOURCES = Reading(), Resources()


@dataclass(slots=True)
class Tally:
    """What a run has read; `kept` parts were there from an earlier one."""

    parts: int = 0
    kept: int = 0
    documents: int = 0
    characters: int = 0
    facts: int = 0
    failures: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count a part."""
        self.kept += outcome.kept
        self.parts += bool(outcome.key) and not outcome.kept  # of no part: what the inputs lack
        self.documents += outcome.documents
        self.characters += outcome.characters
        self.facts += outcome.facts
        self.failures += len(outcome.failures)


def predict(
    sources: Sequence[Source | Failure],
    output: str,
    reading: Reading = _READING,
    resources: Resources = _RESOURCES,
    *,
    address: str | None = None,
    part_characters: int = PART_CHARACTERS,
    told: Callable[[Outcome], object] = lambda outcome: None,
) -> Tally:
    """Write the facts of all documents as Parquet files of a folder, and return what was read.

    `output` is a folder that all machines see: a path or a URL like ``s3://bucket/facts``. `address` is that of a
    cluster (``auto`` on one of its machines), else of ``RAY_ADDRESS``; without either a cluster of this machine is
    started and ended. `told` is called with the outcome of each part, in the order they come. Raises IEError where the
    output cannot be written, and where workers died until parts were given up: what was finished is kept.
    """
    output = _absolute(output)
    inputs = [replace(one, path=_absolute(one.path)) for one in sources if isinstance(one, Source)]
    batches = find_done(batches_of(inputs, reading, part_characters), output)
    tally = Tally(kept=sum(len(batch.done) for batch in batches if batch.finished))
    known = [*(one for one in sources if isinstance(one, Failure)), *earlier_failures(batches, output)]
    if known:
        _count(Outcome("", 0, True, failures=tuple(known)), tally, told)
    todo = [batch for batch in batches if not batch.finished]
    if not todo:
        return tally
    # a model that cannot be loaded is named here, before a cluster is asked
    replace(reading, device="cpu").extractor(threads=1)
    with connected(address):
        open_batches = {batch.key: batch for batch in todo}
        seen = {batch.key: [0, -1] for batch in todo}
        for outcome in _outcomes(todo, output, reading, resources, part_characters):
            if outcome.error:
                raise IEError(f"{outcome.error}; {tally.parts + tally.kept} parts are finished and kept")
            seen[outcome.key][0] += 1
            if outcome.last:
                seen[outcome.key][1] = outcome.number + 1
            _count(outcome, tally, told)
        given_up = [open_batches[key] for key, (count, all_of_them) in seen.items() if count != all_of_them]
    if given_up:
        more = f" and {len(given_up) - 1} more" if len(given_up) > 1 else ""
        raise IEError(
            f"{given_up[0]}{more}: not all parts are read; the workers that read them died {resources.attempts} times "
            f"(memory?); {tally.parts + tally.kept} parts are finished and kept: run the command again for the others"
        )
    return tally


def _absolute(path: str) -> str:
    """Return a path as processes with another working folder know it."""
    return path if is_stored(path) or path == STDIN else os.path.abspath(path)


def _count(outcome: Outcome, tally: Tally, told: Callable[[Outcome], object]) -> None:
    tally.add(outcome)
    told(outcome)


@contextmanager
def connected(address: str | None = None, **starting: Any) -> Iterator[None]:  # noqa: ANN401  what ray.init takes
    """Be connected to a cluster within the block: the one there is, that of the address, or one of this machine."""
    require("--engine ray", "ray", "ray", "pandas")
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    import ray

    if ray.is_initialized():
        yield
        return
    address = address or os.environ.get("RAY_ADDRESS")
    here = {"include_dashboard": False, **starting} if address in (None, "local") else {}
    try:
        with warnings.catch_warnings(), _silent():
            warnings.simplefilter("ignore")
            ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **here)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        reason = next(iter(str(error).splitlines()), "no answer")
        hint = (
            "" if here else "; it must run, with the same release of Ray, and RAY_AUTH_TOKEN be its token if it has one"
        )
        raise IEError(f"no Ray cluster at {address or 'this machine'}: {reason}{hint}") from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _silent() -> Iterator[None]:
    """Drop what libraries print on stderr past Python; what goes wrong they raise too."""
    sys.stderr.flush()
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def _outcomes(
    batches: list[Batch], output: str, reading: Reading, resources: Resources, characters: int
) -> Iterator[Outcome]:
    from ray.exceptions import RayError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that the library will change
            rows = _dataset(batches, output, reading, resources, characters).iter_rows()
            for row in rows:
                yield pickle.loads(row["outcome"])
    except RayError as error:
        raise IEError(f"the cluster gave up: {_cause_of(error)}; what was finished is kept") from error


def _dataset(batches: list[Batch], output: str, reading: Reading, resources: Resources, characters: int) -> Dataset:
    """Return the run as Ray Data plans it: batches to parts in tasks, parts to outcomes in actors."""
    import ray
    from ray.data import ActorPoolStrategy, DataContext, TaskPoolStrategy

    room = int(ray.cluster_resources().get("CPU", 1) / resources.cpus)
    if resources.gpus:
        room = min(room, int(ray.cluster_resources().get("GPU", 0) / resources.gpus))
    if room < resources.least:
        wanted = f"{resources.least} × {resources.cpus:g} CPU" + (f", {resources.gpus:g} GPU" if resources.gpus else "")
        raise IEError(f"the cluster has no room for {wanted}; it has {ray.cluster_resources()}")
    most = max(resources.least, resources.most or room)  # more than there is room for: a cluster may grow
    for handler in logging.getLogger("ray.data").handlers:
        if handler.name == "console":
            handler.setLevel(logging.CRITICAL)
    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.target_max_block_size = 1  # a part is a block: one is handed out, and read again, for itself
    context.max_errored_blocks = -1  # parts that are given up are found by counting
    context.issue_detectors_config.detectors = []
    items = [{"batch": pickle.dumps(batch)} for batch in batches]
    return (
        ray.data.from_items(items, override_num_blocks=len(items))
        .flat_map(
            _open_batch,
            fn_kwargs={"reading": reading, "characters": characters},
            compute=TaskPoolStrategy(size=max(2, most // 8)),
            num_cpus=0,  # they wait for storage and for the actors; a CPU would be taken from these
        )
        .map_batches(
            Worker,
            fn_constructor_kwargs={
                # the card that is reserved is the only one an actor sees
                "reading": replace(reading, device="cuda") if resources.gpus else reading,
                "output": output, "version": __version__, "threads": max(1, int(resources.cpus)),
            },
            batch_size=1,
            compute=ActorPoolStrategy(
                min_size=resources.least, max_size=most, initial_size=min(most, room), max_tasks_in_flight_per_actor=2
            ),
            num_cpus=resources.cpus,
            num_gpus=resources.gpus or None,
            max_restarts=-1,
            max_task_retries=resources.attempts - 1,
        )
    )  # fmt: skip


def _open_batch(row: dict[str, Any], reading: Reading, characters: int) -> Iterator[dict[str, bytes]]:
    for part in parts_of(pickle.loads(row["batch"]), reading, characters):
        yield {"part": pickle.dumps(part)}


class Worker:
    """An actor: one extractor, which reads parts and writes their facts."""

    def __init__(self, reading: Reading, output: str, version: str, threads: int) -> None:
        if version != __version__:
            raise IEError(f"a machine of the cluster has ie {__version__}, this one {version}; install the same on all")
        self.extractor = reading.extractor(threads)
        self.reading, self.output = reading, output

    def __call__(self, rows: dict[str, Any]) -> dict[str, list[bytes]]:
        """Return the outcome of each part; an error ends the run, so it is an outcome too."""
        return {"outcome": [pickle.dumps(self._outcome(pickle.loads(part))) for part in rows["part"]]}

    def _outcome(self, part: Any) -> Outcome:  # noqa: ANN401  unpickled
        try:
            return read_part(self.extractor, part, self.reading, self.output)
        except Exception as error:  # an exception would be tried again, and printed with what it was raised from
            kind = "" if isinstance(error, IEError) else f"{type(error).__name__}: "
            return Outcome(part.key, part.number, part.last, error=f"{kind}{error}")


def _cause_of(error: BaseException) -> str:
    r"""Return in a line what lies behind an error of the cluster: the last line of what it says, as of a traceback.

    >>> _cause_of(RuntimeError("The actor died:\n  File a.py\nie.schema.IEError: no such model: large"))
    'no such model: large'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__).removeprefix("ie.schema.IEError: ")
