"""The classes of hard input that the tags of annotated documents stand for (`ie/data/phenomena.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["phenomenon_of"]


@cache
def _phenomena() -> dict[str, str]:
    return tomllib.loads((files("ie") / "data" / "phenomena.toml").read_text(encoding="utf-8"))


def phenomenon_of(tag: str) -> str | None:
    """Return in a few words what a tag stands for; None where it is not known.

    >>> phenomenon_of("row-10"), phenomenon_of("row-0")
    ('thousands marks', None)
    """
    return _phenomena().get(tag)
