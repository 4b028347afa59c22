"""The frame that the scripts share: one settings file in, one clear line and exit code 1 for a user's mistake."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout

from ie.configuration import read_config
from ie.schema import IEError

__all__ = ["run_recipe", "run_script"]


def run_recipe[Config](
    kind: type[Config], recipe: Callable[[Config], str | None], arguments: Sequence[str], usage: str | None
) -> int:
    """Run a recipe on the settings file that is the only argument, print what it returns and return the exit code.

    The exit code is 0, or 1 for a mistake in the settings or the data, or 2 (with `usage` on stderr) for wrong usage.
    """
    if len(arguments) != 1:
        sys.stderr.write(usage or "")
        return 2
    return run_script(lambda: recipe(read_config(kind, arguments[0])))


def run_script(script: Callable[[], str | None]) -> int:
    """Run a script, print what it returns and return the exit code; all it says on its way goes to stderr."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("ie").setLevel(logging.INFO)
    try:
        with redirect_stdout(sys.stderr):
            result = script()
    except IEError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if result is not None and os.environ.get("RANK", "0") == "0":  # of several processes one speaks
        sys.stdout.write(f"{result}\n")
    return 0
