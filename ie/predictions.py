"""Predicted facts read from a file, one a line as `ie predict` writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ie.exact_json import MAX_EXPONENT, from_json
from ie.schema import IEError, MetricFact
from ie.wording import day_parts

__all__ = ["read_dated_facts", "read_predictions"]


def read_predictions(path: str | Path) -> dict[str, list[MetricFact]]:
    """Read predicted facts, one a line as `ie predict` writes them, by document id."""
    facts: dict[str, list[MetricFact]] = defaultdict(list)
    for _, fact in _numbered(path):
        facts[fact.document].append(fact)
    return facts


def read_dated_facts(path: str | Path) -> tuple[MetricFact, ...]:
    """Read facts in their order, ``-`` from standard input; raises IEError where none is, or a period has no days."""
    facts = []
    for where, fact in _numbered(path):
        try:
            for day in fact.period.interval if fact.period else ():
                day_parts(day or "1400-01-01")
        except IEError as error:
            raise IEError(f"{where}: {error}") from None
        facts.append(fact)
    if not facts:
        raise IEError(f"{path}: expected facts, one a line as `ie predict` writes them, found none")
    return tuple(facts)


def _numbered(path: str | Path) -> Iterator[tuple[str, MetricFact]]:
    """Yield the facts of a file with their places; raises IEError for the first line that is none."""
    try:
        with open(0 if path == "-" else path, encoding="utf-8-sig", closefd=path != "-") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    where = f"{path}:{number}"
                    yield where, _fact(line, where)
    except OSError as error:
        raise IEError(f"{path}: expected a JSONL file of facts, found {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise IEError(f"{path}: expected UTF-8 text, found {error.reason} at byte {error.start}") from error


def _fact(line: str, where: str) -> MetricFact:
    try:
        fact = MetricFact.from_dict(from_json(line))
        _check(fact)
    except KeyError as error:
        raise IEError(f"{where}: expected a fact with a field {error}, found none") from error
    except (ValueError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        raise IEError(f"{where}: expected a fact as `ie predict` writes it, found {error}") from error
    return fact


def _check(fact: MetricFact) -> None:
    """Raise ValueError where a slot that is scored holds what no fact can."""
    for name in ("id", "document", "comparator", "status"):
        if not isinstance(getattr(fact, name), str):
            raise ValueError(f"no text as {name}")
    for name in ("program", "unit", "same_as", "subset_of"):
        if not isinstance(getattr(fact, name), str | None):
            raise ValueError(f"neither a text nor null as {name}")
    if not all(end is None or isinstance(end, str) for end in (fact.period.interval if fact.period else ())):
        raise ValueError("a period whose ends are no dates")
    values = [value for value in (fact.value, fact.value_max) if value is not None]
    if not all(value.is_finite() and abs(value.adjusted()) <= MAX_EXPONENT for value in values):
        raise ValueError("a value that is no number")
    if not 0 <= fact.confidence <= 1:
        raise ValueError(f"confidence {fact.confidence}, not between 0 and 1")
    evidence = fact.evidence
    for offsets in (evidence.number, evidence.program, evidence.period):
        if offsets is not None and not 0 <= offsets[0] <= offsets[1]:
            raise ValueError(f"offsets {list(offsets)}")
