"""The period grammar beside parstdex, which runs in an environment of its own: speed, and spans of annotated texts."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from measuring import Clock, say

from ie import Document, read_annotations
from ie.annotations import read_splits
from ie.periods import find_periods
from ie.persian import sentence_offsets

__all__ = ["print_parstdex"]

_CHILD = """
import json, sys, time
from parstdex import Parstdex
model = Parstdex()
sentences = json.load(open(sys.argv[1], encoding="utf-8"))
model.extract_span(sentences[0])
start = time.process_time()
found = [model.extract_span(sentence) for sentence in sentences]
seconds = time.process_time() - start
json.dump([seconds, [one.get("datetime") or one.get("date") or [] for one in found]], sys.stdout)
"""


def print_parstdex(documents: Sequence[Document], repeats: int, clock: Clock, annotations: Path) -> None:
    """Install parstdex in a fresh environment and compare; where it cannot be installed, say so in one line."""
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = str(Path(place) / "bin" / "python")
        install = [python, "-m", "pip", "install", "-q", "parstdex"]
        installed = subprocess.run(install, capture_output=True, text=True, check=False)
        if installed.returncode:
            lines = [line.strip() for line in installed.stderr.splitlines() if "error" in line.lower()]
            say(f"skipped: parstdex cannot be installed here: {(lines or ['no reason given'])[0]}")
            return
        news = [d.text[start:end] for d in documents for start, end in sentence_offsets(d.text)]
        theirs, ours = [], []
        for _ in range(repeats):
            theirs.append(_ask(python, Path(place), news)[0])
            start = clock()
            for sentence in news:
                find_periods(sentence)
            ours.append(clock() - start)
        characters = sum(map(len, news))
        fast, slow = characters / statistics.median(ours), characters / statistics.median(theirs)
        say(f"{len(news):,} sentences: ours {fast:,.0f} characters/s, parstdex {slow:,.0f}; {fast / slow:.1f} x")
        dev = read_annotations(annotations / "authored").part("dev", read_splits(annotations / "splits.json"))
        _print_spans(
            python, Path(place), [(one.document.text, [s for s in one.spans if s.label == "PERIOD"]) for one in dev]
        )


def _ask(python: str, place: Path, sentences: list[str]) -> tuple[float, list[list[list[int]]]]:
    path = place / "sentences.json"
    path.write_text(json.dumps(sentences), encoding="utf-8")
    asked = subprocess.run([python, "-c", _CHILD, str(path)], capture_output=True, text=True, check=True)
    seconds, found = json.loads(asked.stdout.splitlines()[-1])
    return seconds, found


def _print_spans(python: str, place: Path, annotated: Sequence[tuple[str, Sequence[object]]]) -> None:
    """Print how many annotated periods are found, exactly and touched, and how much of what is found is one."""
    sentences, gold = [], []
    for text, spans in annotated:
        for start, end in sentence_offsets(text):
            sentences.append(text[start:end])
            gold.append({(s.start - start, s.end - start) for s in spans if start <= s.start and s.end <= end})  # type: ignore[attr-defined]
    _, theirs = _ask(python, place, sentences)
    ours = [[(one.start, one.end) for one in find_periods(sentence)] for sentence in sentences]
    total = sum(map(len, gold))
    for name, found in (("ours", ours), ("parstdex", [[tuple(span) for span in spans] for spans in theirs])):
        pairs = list(zip(found, gold, strict=True))
        exact = sum(len(set(spans) & known) for spans, known in pairs)
        touched = sum(any(a < d and c < b for a, b in spans) for spans, known in pairs for c, d in known)
        right = sum(any(a < d and c < b for c, d in known) for spans, known in pairs for a, b in spans)
        given = sum(len(spans) for spans in found)
        say(
            f"  {name:9} of {total} annotated periods {exact} exact, {touched} touched; "
            f"of {given} found {right} touch one"
        )


if __name__ == "__main__":
    sys.exit("run scripts/benchmark.py --only parstdex")
