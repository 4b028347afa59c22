"""Measure the stages on real or authored text, in one run, on one core: characters a second and shares of the time.

usage: python scripts/benchmark.py [--documents N] [--repeats N]

Reads ``{IE_SHARED}/corpus/news.jsonl.gz`` where it is present, else the report that ships with the package. Speeds are
in code points of the source text; each figure is the median of the repeats.
"""

import argparse
import gzip
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from ie import Document, Extractor
from ie.linking import link_facts
from ie.numerals import find_numbers
from ie.periods import find_periods
from ie.persian import fold


def read_documents(count: int) -> list[Document]:
    """Return `count` documents of the corpus, or as many copies of the shipped report."""
    path = Path(os.environ.get("IE_SHARED", "../shared")) / "corpus" / "news.jsonl.gz"
    if not path.is_file():
        text = resources.files("ie").joinpath("data/demo.txt").read_text(encoding="utf-8")
        return [Document(str(index), text) for index in range(count)]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        # every 7th article: the file is ordered by publisher
        rows = (json.loads(line) for line in itertools.islice(lines, 0, count * 7, 7))
        return [Document(row["id"], row["text"]) for row in rows]


def median_seconds(run: Callable[[], object], repeats: int) -> float:
    """Return the median wall-clock time of the repeats."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Print one line a stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    documents = read_documents(options.documents)
    characters = sum(len(document.text) for document in documents)
    folded = [fold(document.text) for document in documents]
    numbers = [find_numbers(d.text, f) for d, f in zip(documents, folded, strict=True)]
    periods = [find_periods(d.text, f) for d, f in zip(documents, folded, strict=True)]
    extractor = Extractor.load(threads=1)
    tagger = extractor.tagger
    if tagger is None:
        sys.exit("the shipped model is missing")
    asked = list(zip((d.text for d in documents), numbers, periods, strict=True))
    spans = tagger.tag_many(asked)

    def rule_layer() -> None:
        for document in documents:
            both = fold(document.text)
            find_numbers(document.text, both)
            find_periods(document.text, both)

    def link() -> None:
        for document, found, n, p in zip(documents, spans, numbers, periods, strict=True):
            link_facts(document, found, numbers=n, periods=p, taxonomy=extractor.taxonomy)

    stages: dict[str, Callable[[], object]] = {
        "fold": lambda: [fold(document.text) for document in documents],
        "numbers": lambda: [find_numbers(d.text, f) for d, f in zip(documents, folded, strict=True)],
        "periods": lambda: [find_periods(d.text, f) for d, f in zip(documents, folded, strict=True)],
        "rule layer": rule_layer,
        "tagger": lambda: tagger.tag_many(asked),
        "linking": link,
        "rules only": lambda: list(Extractor.rules().predict_many(documents)),
        "whole path": lambda: list(extractor.predict_many(documents)),
    }
    sys.stdout.write(f"{len(documents)} documents, {characters:,} characters, median of {options.repeats}\n")
    for name, run in stages.items():
        seconds = median_seconds(run, options.repeats)
        sys.stdout.write(f"{name:12} {characters / seconds:14,.0f} characters/s {seconds:9.3f} s\n")


if __name__ == "__main__":
    main()
