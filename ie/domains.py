"""The about 25 domains of documents, and the words by which documents name them (`ie/data/domains.toml`)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from ie.persian import ZWNJ, fold

__all__ = ["domain_of"]


@cache
def _domains() -> dict[str, str]:
    table = tomllib.loads((files("ie") / "data" / "domains.toml").read_text(encoding="utf-8"))
    return {_folded(word): domain for domain, words in table.items() for word in (domain, *words)}


def domain_of(words: str | None) -> str:
    """Return the domain that a document's own words for it belong to.

    >>> domain_of("حمل‌ونقل ریلی"), domain_of("برق و گاز"), domain_of("نجاری"), domain_of(None)
    ('transport', 'energy', 'other', 'other')
    """
    if not words:
        return "other"
    first = words.partition(" و ")[0]
    candidates = (_folded(part) for part in (words, first, *first.split()))
    return next((_domains()[name] for name in candidates if name in _domains()), "other")


def _folded(words: str) -> str:
    return re.sub(rf"[\s{ZWNJ}]+", "", fold(words).text)
