"""The text of a Word document (``.docx``): its paragraphs and table rows in order, a line each, cells parted by tabs.

Insertions that are not yet accepted are read, deletions are not. The date is that of the file's properties.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ie.decoding import checked
from ie.extras import require
from ie.schema import Document, IEError
from ie.stamps import known_date

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_docx"]

MAX_UNPACKED = 256 * 2**20
MAX_PART = 64 * 2**20
MAX_PARTS = 10_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# settings, text that was moved away, and the second form of a drawing
_PASSED_OVER = {f"{_W}pPr", f"{_W}rPr", f"{_W}tblPr", f"{_W}moveFrom"} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TYPED = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"}
_ENTITIES = "declares XML entities, which no Word file does: refused"
# python-docx's own template says this of every document that is made from it
_TEMPLATE_YEAR = 2013


def read_docx(data: bytes, document_id: str) -> Document:
    """Return the document of a Word file; raises IEError where it is none, locked, or a bomb."""
    require("Word", "docx", "docx")
    _refuse_other(data)
    import docx

    try:
        opened = docx.Document(io.BytesIO(data))
        if opened.element.getroottree().docinfo.internalDTD is not None:
            raise IEError(_ENTITIES)
        text = "\n".join(_lines(opened.element.body)).strip("\n")
        properties = opened.core_properties
        title, stamp = properties.title, properties.modified or properties.created
    except IEError:
        raise
    except Exception as error:  # whatever a broken file does to the parser must not stop the other documents
        raise IEError(
            f"is not a whole Word file ({type(error).__name__}); open it in Word and save it again"
        ) from error
    date = known_date(stamp) if stamp and stamp.year > _TEMPLATE_YEAR else None
    return Document(document_id, checked(text), title=title or None, created=date)


def _refuse_other(data: bytes) -> None:
    """Raise IEError where bytes are not a Word file of a size that can be opened safely."""
    if data.startswith(_OLD_FORMAT):
        if _ENCRYPTED in data:
            raise IEError("is protected by a password; open it in Word, save it without one and give that")
        raise IEError("is a Word file of the old format (.doc); save it as .docx and give that")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            listed = parts.infolist()
            sizes = [part.file_size for part in listed]
            texts = [part.file_size for part in listed if part.filename.endswith((".xml", ".rels"))]
            if sum(sizes) > MAX_UNPACKED or max(texts, default=0) > MAX_PART or len(sizes) > MAX_PARTS:
                raise IEError(
                    f"unpacks to more than {MAX_UNPACKED // 2**20} MB (or {MAX_PART // 2**20} MB of text): refused; "
                    "save its text as .txt and give that"
                )
            for part in listed:
                if part.filename.endswith((".xml", ".rels")):
                    with parts.open(part) as opened:
                        if b"<!DOCTYPE" in opened.read(4096):
                            raise IEError(_ENTITIES)
    except IEError:
        raise
    except Exception as error:  # a broken archive fails in many ways
        raise IEError("is not a whole Word file; open it in Word and save it again") from error


def _lines(element: _Element) -> Iterator[str]:
    """Yield the text of the paragraphs and table rows below an element, in their order."""
    for child in element:
        if child.tag == f"{_W}p":
            yield _text(child)
        elif child.tag == f"{_W}tr":
            yield "\t".join(" ".join(line for line in _lines(cell) if line) for cell in _cells(child))
        elif child.tag not in _PASSED_OVER:
            yield from _lines(child)


def _cells(row: _Element) -> Iterator[_Element]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag not in _PASSED_OVER:
            yield from _cells(child)


def _text(paragraph: _Element) -> str:
    pieces: list[str] = []
    boxes: list[str] = []

    def walk(element: _Element) -> None:
        for child in element:
            if child.tag == f"{_W}t":
                pieces.append(child.text or "")
            elif child.tag in _TYPED:
                pieces.append(_TYPED[child.tag])
            elif child.tag == f"{_W}txbxContent":
                boxes.extend(_lines(child))
            elif child.tag not in _PASSED_OVER:
                walk(child)

    walk(paragraph)
    return "\n".join(["".join(pieces), *boxes]) if boxes else "".join(pieces)
