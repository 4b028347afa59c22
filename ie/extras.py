"""Libraries that only some installations have: what is missing is named with the command that installs it."""

from __future__ import annotations

from importlib.util import find_spec

from ie.schema import IEError

__all__ = ["require"]


def require(purpose: str, extra: str, *modules: str) -> None:
    """Raise IEError where a module is not installed, naming the extra that brings it.

    >>> require("JSON", "base", "json")
    >>> require("a page", "html", "no_such_module")
    Traceback (most recent call last):
    ie.schema.IEError: a page needs no_such_module; install it with: pip install 'ie-fa[html]'
    """
    for module in modules:
        try:
            found = find_spec(module) is not None
        except (ModuleNotFoundError, ValueError):  # a parent is missing, or the module is blocked
            found = False
        if not found:
            raise IEError(f"{purpose} needs {module}; install it with: pip install 'ie-fa[{extra}]'")
