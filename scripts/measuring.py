"""What the sections of the benchmark share: texts, a clock, alternating repeats, medians, slopes, a child's memory."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path

from ie import Document

__all__ = ["Clock", "alternate", "clock_for", "read_news", "run_child", "say", "slope"]

Clock = Callable[[], float]


def clock_for(threads: int) -> Clock:
    """Return the processor time of this process for one thread, which others cannot disturb; else the wall clock."""
    return time.process_time if threads == 1 else time.perf_counter


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def read_news(count: int) -> tuple[list[Document], str]:
    """Return news articles from all over the corpus, or copies of the report that ships, and which of both they are."""
    path = Path(os.environ.get("IE_SHARED", "../shared")) / "corpus" / "news.jsonl.gz"
    if not path.is_file():
        text = resources.files("ie").joinpath("data/demo.txt").read_text(encoding="utf-8")
        return [Document(str(index), text) for index in range(count)], "copies of the report in the package"
    # the file is ordered by publisher, and every 7th article covers all of them
    step = 7 if count <= 5000 else 1
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, 0, count * step, step)]
    repeats = math.ceil(count / len(rows))  # under other ids, where more are asked for than there are
    documents = [Document(f"{row['id']}#{turn}", row["text"]) for turn in range(repeats) for row in rows]
    return documents[:count], "news articles of the corpus"


def alternate(runs: Mapping[str, Callable[[], object]], repeats: int, clock: Clock) -> dict[str, float]:
    """Return the median seconds of each run; the runs take turns, so that a slow minute slows all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            start = clock()
            run()
            seconds[name].append(clock() - start)
    return {name: statistics.median(found) for name, found in seconds.items()}


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the exponent of a cost: 1 where it is linear, the slope of its logarithm over that of the size.

    >>> round(slope([1, 10, 100], [2, 20, 200]), 6)
    1.0
    """
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(s) for s in seconds]).slope


def run_child(code: str, *arguments: str) -> tuple[float, dict[str, float]]:
    """Run Python code in a process of its own; return its wall-clock seconds and the JSON that it prints."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds, found
