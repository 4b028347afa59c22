"""JSON whose numbers keep every digit: one way to write it and one to read it, whoever wrote it.

What is read has bounds: a line of a few bytes must not become a number that fills the memory, or never end.
"""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

__all__ = ["MAX_EXPONENT", "from_json", "to_json"]

MAX_EXPONENT = 1000  # of ten, in a number; the longest that Persian writes in words has some forty digits


def from_json(content: str | bytes) -> Any:  # noqa: ANN401 - any value of JSON
    """Return a value of JSON, fractions as `Decimal`; raises ValueError where it is none or beyond all bounds.

    >>> from_json('{"value": 0.1}')
    {'value': Decimal('0.1')}
    """
    try:
        return json.loads(content, parse_float=_decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("a value nested too deeply") from None


def to_json(value: object) -> str:
    r"""Return JSON text with every `Decimal` digit for digit, and readable Persian.

    >>> print(to_json({"مقدار": Decimal("0.333333"), "بیشینه": None}))
    {"مقدار": 0.333333, "بیشینه": null}
    """
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(str(name))}: {to_json(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_json, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return json.dumps(value, allow_nan=False)


def _decimal(digits: str) -> Decimal:
    with suppress(InvalidOperation):  # an exponent of too many digits
        value = Decimal(digits)
        if abs(value.adjusted()) <= MAX_EXPONENT:
            return value
    raise ValueError(f"the number {digits[:40]}, beyond all bounds")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name}, which is no number")


def _quoted(text: str) -> str:
    # half of a surrogate pair has no UTF-8 form; its JSON escape says the same
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
