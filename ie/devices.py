"""The names of what a model runs on: ``auto``, ``cpu``, ``cuda`` and ``cuda:1``."""

from __future__ import annotations

import re

from ie.schema import IEError

__all__ = ["check_device"]

_DEVICE = re.compile(r"auto|cpu|cuda(?::([0-9]{1,3}))?")


def check_device(device: str) -> int | None:
    """Return the number of the GPU that a device names, None for the CPU; ``auto`` is the first GPU, if there is any.

    >>> check_device("cuda:1"), check_device("auto"), check_device("cpu")
    (1, 0, None)
    """
    named = _DEVICE.fullmatch(device)
    if named is None:
        raise IEError(f"expected the device auto, cpu, cuda or cuda:N (N is a GPU's number), found {device!r}")
    return None if device == "cpu" else int(named[1] or 0)
