"""How a command talks and ends: data on stdout, one line on stderr for each thing that is wrong, honest exit codes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import wraps
from io import TextIOWrapper
from types import FrameType

import typer

from ie.schema import IEError

__all__ = ["complain", "ending_on_sigterm", "failing_in_one_line", "telling_on_stderr", "usable", "use_utf8"]


def failing_in_one_line[**P](command: Callable[P, None]) -> Callable[P, None]:
    """Let a command's foreseeable failures end in one line on stderr and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if sys.stdout is None:  # the caller closed it: nobody wants to read
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  stays open until the end
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read stdout has gone
            raise
        except (IEError, OSError) as error:
            complain(error)
            if isinstance(error, OSError):
                _forget_stdout()
            raise typer.Exit(1) from None

    return run


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as an exception does, so that nothing half-written is left; the exit code is 143."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def complain(message: object) -> None:
    """Say on stderr, in one line, what is wrong."""
    typer.echo(f"error: {' '.join(str(message).split())}", err=True)


def usable[T, R](check: Callable[[T], R], value: T, option: str) -> R:
    """Return what the check returns; its IEError is wrong usage of the option."""
    try:
        return check(value)
    except IEError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def use_utf8() -> None:
    """Let stdout take any text, whatever the locale."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def telling_on_stderr() -> Iterator[None]:
    """Show what the package logs; libraries that print do so on stderr too."""
    logger, handler = logging.getLogger("ie"), logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def _forget_stdout() -> None:
    """Drop what stdout still holds: a full disk would fail a second time when Python ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
