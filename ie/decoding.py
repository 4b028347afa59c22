"""Bytes to text: by their byte-order mark, else as UTF-8, else by the encoding that is named; and how much is read.

A text is decoded and otherwise left as it is. What is no text, or more than one document should hold, is refused with
one line that says what to do.
"""

from __future__ import annotations

import codecs
from typing import IO

from ie.schema import IEError

__all__ = [
    "MAX_BYTES",
    "check_encoding",
    "checked",
    "decoded",
    "marked_encoding",
    "read_bytes",
    "refuse_binary",
    "refuse_size",
]

MAX_BYTES = 64 * 2**20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))


def check_encoding(encoding: str) -> None:
    """Raise IEError where Python knows no text encoding of that name."""
    try:
        b"text".decode(encoding, "replace")
    except (LookupError, UnicodeError):  # one is named "undefined"
        raise IEError(f"unknown encoding {encoding!r}; expected a name like utf-8 or cp1256") from None


def read_bytes(file: IO[bytes], limit: int = MAX_BYTES) -> bytes:
    """Return all bytes of a file; raises IEError where they are more than one document may hold."""
    data = file.read(limit + 1)
    if len(data) > limit:
        refuse_size(limit)
    return data


def refuse_size(limit: int = MAX_BYTES) -> None:
    """Raise the IEError that a document is too large."""
    raise IEError(
        f"holds more than {limit // 2**20} MB, too much for one document; split it, "
        "or give its parts as the lines of a .jsonl file"
    )


def marked_encoding(data: bytes) -> str | None:
    """Return the encoding that a byte-order mark names.

    >>> marked_encoding("سال".encode("utf-8-sig")), marked_encoding(b"1401")
    ('utf-8-sig', None)
    """
    return next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)


def decoded(data: bytes, encoding: str) -> str:
    """Return the text of bytes: by their byte-order mark, else as UTF-8 where they are that, else by the encoding.

    >>> decoded("سال".encode("cp1256"), "cp1256") == decoded("سال".encode(), "cp1256") == "سال"
    True
    """
    if marked := marked_encoding(data):
        return data.decode(marked)
    name = codecs.lookup(encoding).name
    if name.startswith(("utf-16", "utf-32")):
        return data.decode(name)
    refuse_binary(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if name != "utf-8":
            return data.decode(name)
        line = data.count(b"\n", 0, error.start) + 1
        raise IEError(
            f"is not UTF-8 (byte 0x{data[error.start]:02x} in line {line}); "
            "old Persian text is often Windows-1256: try --encoding cp1256"
        ) from None


def refuse_binary(data: bytes) -> None:
    """Raise IEError where bytes are no text of an encoding that goes by single bytes."""
    head = data[:65536]
    if b"\0" in data or len(head) - len(head.translate(None, _CONTROLS)) > 2 + len(head) // 100:
        raise IEError("is binary, not text; save it as plain text (.txt) and give that")


def checked(text: str) -> str:
    """Return a text; raises IEError where there is nothing in it."""
    if not text.replace("\ufeff", "").strip():
        raise IEError("is empty")
    return text
