"""The title, date and main text of a saved web page, by trafilatura; nothing is ever fetched.

Blocks of the page (paragraphs, headings, items, rows of tables) are lines of the text; cells are parted by tabs.
"""

from __future__ import annotations

import re

from ie.decoding import decoded
from ie.extras import require
from ie.schema import Document, IEError
from ie.stamps import known_date

__all__ = ["read_page"]

MAX_PAGE = 16 * 2**20
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_HALF_SPACE = re.compile(r"\u200c|&(?:zwnj|#8204|#[xX]0{0,4}200[cC]);")
_STAND_INS = "‿⁀⁔﹏"
_RULE = re.compile(r"^\|(?:-{3}\|)+[ ]?(?:\n|\Z)", re.MULTILINE)
_TABLE_ROW = re.compile(r"^\| ?(.*?) ?\| ?$", re.MULTILINE)
_ITEM = re.compile(r"^- (?=\S)", re.MULTILINE)
_TAG = re.compile(r"<(?:meta|time)\b[^<>]{1,2000}>", re.IGNORECASE)
_DATED_TAG = re.compile(
    r"published_time|datepublished|datecreated|pubdate|publish[-_]?date|(?:dc|dcterms)\.(?:date|created|issued)"
    r"|[\"'\s]date[\"'\s]|^<time",
    re.IGNORECASE,
)
_DATE_IN_TAG = re.compile(r"""\b(?:content|datetime)\s*=\s*["']([^"'<>]{8,40})["']""", re.IGNORECASE)
_DATE_IN_JSON = re.compile(r'"date(?:Published|Created)"\s*:\s*"([^"<>]{8,40})"')


def read_page(data: bytes, document_id: str, encoding: str = "utf-8") -> Document:
    """Return the document of a page; raises IEError where it holds no text or trafilatura is missing."""
    require("HTML", "html", "trafilatura", "lxml_html_clean")
    if len(data) > MAX_PAGE:
        raise IEError(f"holds more than {MAX_PAGE // 2**20} MB, too much for one page; save its text as .txt")
    if not data.strip():
        raise IEError("is empty")
    page = decoded(data, _declared(data) or encoding)
    stand_in = next((char for char in _STAND_INS if char not in page), " ")
    text, title, date = _main_text(_HALF_SPACE.sub(stand_in, page))
    if not text.strip():
        raise IEError("holds no text (a script may make it): open it in a browser and save the text as .txt")
    text = _ITEM.sub("", _TABLE_ROW.sub(_cells, _RULE.sub("", text))).replace(stand_in, "\u200c")
    title = title.replace(stand_in, "\u200c") if title else None
    return Document(document_id, text, _stated_date(page) or known_date(date), title)


def _main_text(page: str) -> tuple[str, str | None, str | None]:
    import trafilatura

    # a date that is guessed from numbers in the text would be worse than none
    dates = {"extensive_search": False, "original_date": True}
    try:
        found = trafilatura.bare_extraction(
            page, include_comments=False, favor_recall=True, with_metadata=True, date_extraction_params=dates
        )
        text = getattr(found, "text", None) or trafilatura.html2txt(page) or ""
    except Exception as error:  # what a broken page does to a parser is not to stop the other documents
        raise IEError(f"cannot be read as HTML ({type(error).__name__}); save its text as .txt") from error
    return text, getattr(found, "title", None), getattr(found, "date", None)


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data[:4096])
    try:
        return match[1].decode() if match and b"x".decode(match[1].decode()) else None
    except (LookupError, UnicodeError):
        return None


def _cells(row: re.Match[str]) -> str:
    return "\t".join(cell.strip() for cell in row[1].split("|"))


def _stated_date(page: str) -> str | None:
    """Return the date of publication that the page's own metadata state, in either calendar.

    >>> _stated_date('<meta property="article:published_time" content="2022-10-06T22:30:00+00:00">')
    '1401-07-15'
    >>> _stated_date('<time datetime="1401-07-15">پانزدهم مهر</time>')
    '1401-07-15'
    """
    tags = [tag for tag in _TAG.findall(page) if _DATED_TAG.search(tag)]
    tags.sort(key=lambda tag: tag.lower().startswith("<time"))
    stated = [match[1] for tag in tags if (match := _DATE_IN_TAG.search(tag))]
    stated[:0] = _DATE_IN_JSON.findall(page)[:1]
    return next((date for value in stated if (date := known_date(value))), None)
