"""Where the time of the whole path goes: one run with a clock around each stage."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest import mock

from measuring import Clock, say

import ie.extractor
import ie.tagger
from ie import Document, Extractor
from ie.outputs import write_jsonl

__all__ = ["measure_stages", "print_stages"]

# function of a module, and the stage its time belongs to
_STAGES = (
    (ie.extractor, "_find_candidates", "grammar"),
    (ie.extractor, "_date_report", "grammar"),
    (ie.tagger, "propose_programs", "phrases"),
    (ie.extractor, "link_facts", "linking"),
)


class _TimedTokenizer:
    """A tokenizer whose batches are timed."""

    def __init__(self, tokenizer: Any, timed: Callable[..., Any]) -> None:  # noqa: ANN401
        self._tokenizer = tokenizer
        self.encode_batch = timed(tokenizer.encode_batch, "tokenise")

    def enable_truncation(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        self._tokenizer.enable_truncation(*given, **named)


def measure_stages(extractor: Extractor, documents: Sequence[Document], clock: Clock) -> tuple[Counter[str], int]:
    """Return the seconds of each stage of one run, and how many pieces the model read."""
    seconds: Counter[str] = Counter()
    pieces = 0

    def timed(function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            start = clock()
            try:
                return function(*given, **named)
            finally:
                seconds[stage] += clock() - start

        return run

    assert extractor.tagger is not None
    model = timed(extractor.tagger.model, "model")

    def counting(ids: Any, mask: Any) -> Any:  # noqa: ANN401
        nonlocal pieces
        pieces += ids.size
        return model(ids, mask)

    tokenizer: Any = _TimedTokenizer(extractor.tagger.tokenizer, timed)
    watched = replace(extractor, tagger=replace(extractor.tagger, tokenizer=tokenizer, model=counting))
    with ExitStack() as stack:
        for module, name, stage in _STAGES:
            stack.enter_context(mock.patch.object(module, name, timed(getattr(module, name), stage)))
        start = clock()
        reports = list(watched.predict_many(documents))
        facts = (fact for report in reports for fact in report.facts)
        timed(write_jsonl, "output")(facts, io.StringIO())
        total = clock() - start
    seconds["windows and spans"] = total - sum(seconds.values())
    return seconds, pieces


def print_stages(extractor: Extractor, documents: Sequence[Document], repeats: int, clock: Clock) -> tuple[float, int]:
    """Print the median run's stages; return the seconds of its model stage and the pieces the model read."""
    characters = sum(len(document.text) for document in documents)
    measure_stages(extractor, documents[:20], clock)  # tables are compiled when first used
    runs = [measure_stages(extractor, documents, clock) for _ in range(repeats)]
    seconds, pieces = sorted(runs, key=lambda run: run[0].total())[len(runs) // 2]
    total = seconds.total()
    say(f"whole path: {characters / total:,.0f} characters/s; {pieces:,} pieces read of {characters:,} characters")
    for stage in ("grammar", "tokenise", "model", "windows and spans", "phrases", "linking", "output"):
        say(f"  {stage:18} {seconds[stage]:8.3f} s {100 * seconds[stage] / total:5.1f} %")
    rules = seconds["grammar"] + seconds["phrases"] + seconds["linking"]
    say(
        f"  grammar and linking {100 * (seconds['grammar'] + seconds['linking']) / total:.1f} % (aim 25 %); "
        f"with the choice of phrases {100 * rules / total:.1f} %"
    )
    return seconds["model"], pieces
