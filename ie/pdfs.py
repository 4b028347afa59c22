"""The text of a PDF with a text layer, read from where its glyphs stand.

Makers of PDF store Persian in many orders (as it is seen, word by word, backwards), so the stored order is not
trusted: the glyphs of a line are sorted by their places, and half-spaces come back where letters that join stand
apart. Lines that only the width of the page broke are joined by a space, since a line break ends a sentence.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ie.decoding import MAX_BYTES, refuse_size
from ie.extras import require
from ie.schema import Document, IEError
from ie.stamps import known_date
from ie.typeset import base_letters, put_right, reading_order, runs_right_to_left

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

__all__ = ["MAX_PDF", "read_pdf"]

MAX_PDF = 256 * 2**20
MAX_GLYPHS = 200_000  # of a page
_HALF_SPACE = "\u200c"
_STROKE = "\uffff"  # a glyph that stretches a word, while a line is put together
_JOINS_LEFT = re.compile("[ئبپتثجچحخسشصضطظعغفقکكگلمنهیيى]")
_JOINS_RIGHT = re.compile("[آ-غف-يپچژکگیۀة]")
# one glyph for several letters, which the library gives in either order
_LIGATURES = {"".join(sorted(word)): word for word in ("لا", "لأ", "لإ", "لآ", "الله", "لله", "ریال", "محمد")}
_BULLET = re.compile(r"[-–•▪■●○*◦\uf000-\uf0ff]|[0-9۰-۹]{1,2}[).ـ-]")
_SENTENCE_ENDS = tuple(".؟?!")
_UNPRINTED = {0, 2, 0x200E, 0x200F, 0xFFFE, 0xFFFF}
_SPACE_GAP, _NUMBER_GAP, _CELL_GAP, _APART, _TOUCHING = 0.15, 0.45, 2.5, 0.04, 0.02  # in widths of an em


class _Glyph(NamedTuple):
    text: str
    x: float
    y: float
    left: float
    right: float
    ink_left: float
    ink_right: float
    size: float
    spaced: bool = False  # stored beside a space


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page as it is read, and where it stands; `first` is how wide its first word is."""

    text: str
    left: float = 0
    right: float = 0
    y: float = 0
    size: float = 0
    first: float = 0


def read_pdf(data: bytes, document_id: str) -> Document:
    """Return the document of a PDF; raises IEError where it has no text, is locked or broken, or pypdfium2 is missing.

    The date is that of the file's properties.
    """
    require("PDF", "pdf", "pypdfium2")
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise IEError("is protected by a password; save it without one and give that") from None
        raise IEError("is not a whole PDF; open it in a viewer and save or print it to PDF again") from None
    try:
        pages = len(pdf)
        text = "\n".join(_page_texts(pdf))
        about = pdf.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise IEError(f"is a broken PDF ({error}); print it to PDF again in a viewer") from None
    finally:
        pdf.close()
    if not text.strip():
        raise IEError(
            f"is a PDF without text ({pages} page{'' if pages == 1 else 's'}, scanned perhaps); read it by OCR first, "
            "e.g. ocrmypdf -l fas"
        )
    date = known_date(about.get("ModDate")) or known_date(about.get("CreationDate"))
    return Document(document_id, text, title=about.get("Title") or None, created=date)


def _page_texts(pdf: PdfDocument) -> Iterator[str]:
    length = 0
    for page in pdf:
        lines = _lines(_from_top(_glyph_lines(page)))
        text = "\n".join(_paragraphs(lines))
        page.close()
        length += len(text)
        if length > MAX_BYTES:
            refuse_size()
        if text:
            yield text


def _glyph_lines(page: PdfPage) -> Iterator[list[_Glyph]]:
    """Yield the glyphs of each line in the order they are stored; pieces that stand side by side are one line."""
    waiting: list[_Glyph] = []
    for line in _stored_lines(page):
        if waiting and not _side_by_side(waiting, line):
            yield waiting
            waiting = []
        waiting += line
    if waiting:
        yield waiting


def _stored_lines(page: PdfPage) -> Iterator[list[_Glyph]]:
    """Yield the glyphs that are stored between the ends of lines, which the library may miss."""
    line: list[_Glyph] = []
    for glyph in _glyphs(page):
        leaves = glyph is not None and line and abs(glyph.y - line[-1].y) > 0.6 * max(glyph.size, line[-1].size)
        if line and (glyph is None or leaves):
            yield line
            line = []
        if glyph is not None:
            line.append(glyph)


def _from_top(lines: Iterable[list[_Glyph]]) -> list[list[_Glyph]]:
    """Return lines from top to bottom as far as one stands over the next; beside it begins another column."""
    columns: list[list[list[_Glyph]]] = []
    last = (0.0, 0.0)
    for line in lines:
        place = min(glyph.left for glyph in line), max(glyph.right for glyph in line)
        if columns and place[0] < last[1] and last[0] < place[1]:
            columns[-1].append(line)
        else:
            columns.append([line])
        last = place
    return [line for column in columns for line in sorted(column, key=lambda line: -line[0].y)]


def _side_by_side(one: list[_Glyph], other: list[_Glyph]) -> bool:
    if abs(one[-1].y - other[0].y) > 0.3 * min(one[-1].size, other[0].size):
        return False
    return min(g.left for g in one) >= max(g.right for g in other) - 1 or (
        min(g.left for g in other) >= max(g.right for g in one) - 1
    )


def _glyphs(page: PdfPage) -> Iterator[_Glyph | None]:
    """Yield the glyphs of a page as they are stored, and None at the end of each line."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    if textpage.count_chars() > MAX_GLYPHS:
        raise IEError(f"has a page of more than {MAX_GLYPHS:,} letters: refused; save its text as .txt and give that")
    x, y, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
    loose = pdfium.FS_RECTF()
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        if code in (10, 13):
            yield None
        elif code not in _UNPRINTED:
            pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
            pdfium.FPDFText_GetLooseCharBox(textpage, index, loose)
            pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
            size = pdfium.FPDFText_GetFontSize(textpage, index)
            place = (x.value, y.value, loose.left, loose.right, left.value, right.value, _em(size, loose))
            # what has no letter would be read as any other
            unknown = code < 32 or (code < 256 and pdfium.FPDFText_HasUnicodeMapError(textpage, index) == 1)
            yield _Glyph(_STROKE if unknown else base_letters(chr(code)), *place)
    textpage.close()
    yield None


def _em(size: float, box: Any) -> float:  # noqa: ANN401  a structure of the library
    """Return the size of a glyph on the page: some files say 1 and scale it up."""
    height = float(box.top - box.bottom)
    return height / 1.2 if size <= 2 and height > 0 else size


def _lines(pieces: list[list[_Glyph]]) -> list[_Line]:
    page = "".join(glyph.text for piece in pieces for glyph in piece)
    ordered = [_sorted(piece) for piece in pieces]
    apart = _stand_apart(ordered)
    page_is_rtl = runs_right_to_left(page)
    lines = [_line(piece, glyphs, page_is_rtl, apart) for piece, glyphs in zip(pieces, ordered, strict=True) if glyphs]
    texts = put_right([line.text for line in lines])
    return [replace(line, text=text) for line, text in zip(lines, texts, strict=True) if text]


def _stand_apart(lines: list[list[_Glyph]]) -> bool:
    """Tell whether letters that join do so on this page, but for a few: those have a half-space between them."""
    pairs = [pair for glyphs in lines for pair in pairwise(glyphs) if _could_join(*pair)]
    return sum(_are_apart(*pair) for pair in pairs) < 0.2 * len(pairs)


def _line(piece: list[_Glyph], glyphs: list[_Glyph], page_is_rtl: bool, apart: bool) -> _Line:
    """Return a line read from its glyphs, given as they are stored and as they are seen from right to left."""
    stored = "".join(glyph.text for glyph in piece)
    upright = max(g.y for g in piece) - min(g.y for g in piece) <= max(g.right for g in piece) - min(
        g.left for g in piece
    )
    rtl = runs_right_to_left(stored) or (page_is_rtl and not any(char.isalpha() for char in stored))
    if not (rtl and upright):
        return _Line(" ".join(stored.replace(_STROKE, "").split()))
    seen = [glyphs[0].text]
    first = None
    for before, glyph in pairwise(glyphs):
        between = _between(before, glyph, apart)
        if first is None and (between in (" ", "\t") or glyph.text.isspace()):
            first = glyphs[0].right - before.left
        seen += [between, glyph.text] if between else [glyph.text]
    text = re.sub(" *\t[ \t]*", "\t", re.sub(" {2,}", " ", "".join(seen[place] for place in reading_order(seen))))
    left, right = glyphs[-1].left, glyphs[0].right
    size = sorted(glyph.size for glyph in glyphs)[len(glyphs) // 2]
    text = text.replace(_STROKE, "")
    return _Line(text.strip(), left, right, glyphs[0].y, size, right - left if first is None else first)


def _sorted(piece: Iterable[_Glyph]) -> list[_Glyph]:
    """Return the glyphs of a line from right to left, without the spaces that only the library saw."""
    stored = list(piece)
    glyphs = [
        glyph._replace(spaced=any(near.text.isspace() for near in stored[max(0, place - 1) : place + 2]))
        for place, glyph in enumerate(stored)
        if not (glyph.text.isspace() and glyph.right - glyph.left < 0.05 * glyph.size)
    ]
    bases = [glyph for glyph in glyphs if not unicodedata.combining(glyph.text[0])]
    marks = [glyph for glyph in glyphs if unicodedata.combining(glyph.text[0])]
    bases.sort(key=lambda glyph: (-glyph.x, -glyph.ink_left))
    ordered = _with_strokes(_with_ligatures(bases))
    if not ordered:
        return marks
    for mark in marks:
        middle = (mark.ink_left + mark.ink_right) / 2
        place = min(range(len(ordered)), key=lambda at: _distance(ordered[at], middle), default=0)
        ordered.insert(place + 1, mark._replace(left=ordered[place].left, right=ordered[place].left))
    return ordered


def _distance(base: _Glyph, x: float) -> float:
    """Return how far from a glyph's ink a place is; nothing is written over a space."""
    return 1e9 if base.text.isspace() else max(base.ink_left - x, x - base.ink_right, 0.0)


def _with_ligatures(glyphs: list[_Glyph]) -> list[_Glyph]:
    """Return the glyphs with those that are one glyph of the font in the order they are read."""
    ordered: list[_Glyph] = []
    start = 0
    while start < len(glyphs):
        end = start + 1
        while end < len(glyphs) and abs(glyphs[end].x - glyphs[start].x) < 0.01:
            end += 1
        group = glyphs[start:end]
        word = _LIGATURES.get("".join(sorted(glyph.text for glyph in group)))
        if word:
            group = [glyph._replace(text=letter) for glyph, letter in zip(group, word, strict=True)]
        ordered += group
        start = end
    return ordered


def _with_strokes(glyphs: list[_Glyph]) -> list[_Glyph]:
    """Return the glyphs with those told that only stretch a word: justified text has them, under any letter's name."""
    for start, end in _runs(glyphs):
        run = glyphs[max(0, start - 1) : end + 1]
        touching = all(one.ink_left - other.ink_right < _TOUCHING * one.size for one, other in pairwise(run))
        if touching and _JOINS_LEFT.match(run[0].text) and _JOINS_RIGHT.match(run[-1].text):
            glyphs[start:end] = [glyph._replace(text=_STROKE) for glyph in glyphs[start:end]]
    return glyphs


def _runs(glyphs: list[_Glyph]) -> Iterator[tuple[int, int]]:
    """Yield where runs of one glyph begin and end of ASCII."""
    start = 0
    for text, run in groupby(glyphs, key=lambda glyph: glyph.text):
        end = start + sum(1 for _ in run)
        if text.isascii() and not text.isspace():
            yield start, end
        start = end


def _between(right: _Glyph, left: _Glyph, apart: bool) -> str:
    """Return what stands between two neighbours: nothing, a space, the border of a cell or a half-space."""
    gap = (right.left - left.right) / max(right.size, left.size)
    if gap > _CELL_GAP:
        return "\t"
    if right.text.isspace() or left.text.isspace():
        return ""
    # digits stand apart in fonts that give no widths: a number is not to be torn
    tearing = right.text.isdigit() and left.text.isdigit() and not (right.spaced and left.spaced)
    if gap > (_NUMBER_GAP if tearing else _SPACE_GAP):
        return " "
    return _HALF_SPACE if apart and _could_join(right, left) and _are_apart(right, left) else ""


def _could_join(right: _Glyph, left: _Glyph) -> bool:
    """Tell whether two neighbours are letters of one word, and not of one glyph, that join where nothing parts them."""
    if not (_JOINS_LEFT.match(right.text) and _JOINS_RIGHT.match(left.text)):
        return False
    return abs(right.x - left.x) > 0.01 and right.left - left.right <= _SPACE_GAP * right.size


def _are_apart(right: _Glyph, left: _Glyph) -> bool:
    return right.ink_left - left.ink_right > _APART * right.size


def _paragraphs(lines: Sequence[_Line]) -> Iterator[str]:
    """Yield the paragraphs of a page: a line goes on in the next where the first word of that had no room in it."""
    paragraph = ""
    for line, following in pairwise([*lines, _Line("")]):
        paragraph += line.text
        if _goes_on(line, following, lines):
            paragraph += " "
        else:
            yield paragraph
            paragraph = ""


def _goes_on(line: _Line, following: _Line, lines: Sequence[_Line]) -> bool:
    em = line.size
    if not em or not following.size or abs(em - following.size) > 0.15 * em or "\t" in line.text + following.text:
        return False
    below = 0 < line.y - following.y < 2.4 * em
    if not below or abs(line.right - following.right) > 3 * em or line.right - line.left < 18 * em:
        return False
    ends = [other.left for other in lines if other.size and abs(other.right - line.right) <= 3 * em]
    room = line.left - min(ends)
    if line.text.endswith(_SENTENCE_ENDS):  # a paragraph may end here: only lines of justified text go on
        return room < 0.5 * em and sum(end - min(ends) < 0.5 * em for end in ends) > 2
    return room < following.first + 0.3 * em and not _BULLET.match(following.text)
