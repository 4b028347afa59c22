"""Settings files: a TOML file read into a frozen dataclass, with unknown keys named and paths expanded.

``{shared}`` in a value stands for the folder named by ``IE_SHARED`` (default ``../shared``).
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import fields
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ie.schema import IEError

__all__ = ["read_config"]


def read_config[Config](kind: type[Config], path: str | Path) -> Config:
    """Return the settings of a TOML file; IEError names a wrong value, or an unknown key and the nearest valid one."""
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IEError(f"{path}: expected a TOML file of settings, found: {error}") from error
    known = [item.name for item in fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"valid keys: {', '.join(known)}"
            raise IEError(f"{path}: unknown key {key!r}; {hint}")
    try:
        return TypeAdapter(kind).validate_python({key: _expanded(value) for key, value in values.items()})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise IEError(f"{path}: key {first['loc'][0]!r}: {first['msg']}; valid keys: {', '.join(known)}") from error


def _expanded(value: object) -> object:
    if isinstance(value, list):
        return tuple(_expanded(item) for item in value)
    if isinstance(value, str):
        return value.replace("{shared}", os.environ.get("IE_SHARED", "../shared"))
    return value
