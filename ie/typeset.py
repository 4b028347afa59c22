"""Text as it was set on a page, put back into the order and the letters it is read in.

Glyphs of a PDF stand where they are seen: from right to left, numbers and Latin words from left to right in them.
`reading_order` undoes that. `base_letters` gives plain letters for presentation forms (U+FB50…, U+FE70…).
`put_right` turns lines that were written backwards. Where glyphs stand is found out elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["base_letters", "put_right", "reading_order", "runs_right_to_left"]

_RTL = r"\u0590-\u065f\u066d-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_DIGITS = r"0-9\u0660-\u0669\u06f0-\u06f9"
_LATIN = r"A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"
_IS_RTL = re.compile(f"[{_RTL}]")
_IS_LATIN = re.compile(f"[{_LATIN}]")
# what is seen from left to right inside a line from right to left: numbers, and Latin words with what joins them
_LEFT_TO_RIGHT = re.compile(
    f"[0-9]*[{_LATIN}](?:[^{_RTL}\\u0660-\\u0669\\u06f0-\\u06f9\\n]*[{_LATIN}0-9])?"
    f"|[{_DIGITS}]+(?:[.,/:،٫٬\u00a0][{_DIGITS}]+)*"
)
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]+")
_MIRRORED = dict(zip("()[]{}«»‹›", ")(][}{»«›‹", strict=True))
_WORD = re.compile(f"[{_RTL}]+")
# frequent words that are none when they are written backwards
_FREQUENT = frozenset(
    "از به با تا که این است سال شد شده برای های آن را استان درصد تعداد هزار تومان میلیارد نفر گزارش همچنین".split()
)
_BACKWARDS = frozenset(word[::-1] for word in _FREQUENT) - _FREQUENT


def base_letters(text: str) -> str:
    """Return a text with plain letters for presentation forms, ligatures in the order they are read.

    >>> base_letters("ﮔﺰﺍﺭﺵ ﮐﻼﺱ")
    'گزارش کلاس'
    """
    return _PRESENTATION.sub(lambda forms: unicodedata.normalize("NFKC", forms[0]), text)


def runs_right_to_left(text: str) -> bool:
    """Tell whether a line is set from right to left.

    >>> runs_right_to_left("سال ABC"), runs_right_to_left("version سال two"), runs_right_to_left("1401")
    (True, False, False)
    """
    return len(_IS_RTL.findall(text)) >= max(1, len(_IS_LATIN.findall(text)))


def reading_order(seen: Sequence[str]) -> list[int]:
    """Return the places of glyphs, given as seen from right to left, in the order they are read.

    >>> seen = "رشد ۵٫۲۱ درصد"
    >>> "".join(seen[place] for place in reading_order(seen))
    'رشد ۱۲٫۵ درصد'
    """
    # every glyph by one character, so that places stay places
    text = "".join(glyph[0] if glyph else " " for glyph in seen)
    mirrored = text[::-1]
    places = list(range(len(text)))
    for run in _LEFT_TO_RIGHT.finditer(mirrored):
        start, end = len(text) - run.end(), len(text) - run.start()
        places[start:end] = reversed(places[start:end])
    return places


def put_right(lines: Sequence[str]) -> list[str]:
    """Return the lines of a page with those turned that are written backwards, and brackets that enclose.

    >>> put_right(["دش هتخاس هسردم ۱۲ زا شیب ۱۴۰۰ لاس رد", "در سال ۱۴۰۰ )نیمه اول( بیش از ۱۲ مدرسه ساخته شد"])
    ['در سال ۱۴۰۰ بیش از ۱۲ مدرسه ساخته شد', 'در سال ۱۴۰۰ (نیمه اول) بیش از ۱۲ مدرسه ساخته شد']
    """
    votes = [_votes(line) for line in lines]
    page = sum(votes)
    return [
        _enclosing(_turned(line) if vote < 0 or (vote == 0 and page < 0) else line)
        for line, vote in zip(lines, votes, strict=True)
    ]


def _votes(line: str) -> int:
    """Return how many more words of a line are known as they stand than backwards."""
    words = _WORD.findall(line)
    return sum(word in _FREQUENT for word in words) - sum(word in _BACKWARDS for word in words)


def _turned(line: str) -> str:
    if not _IS_RTL.search(line):
        return line
    turned = line[::-1]
    return "".join(turned[place] for place in reading_order(turned))


def _enclosing(line: str) -> str:
    """Return a line whose brackets face each other; a glyph may be stored as it looks or as it means.

    >>> _enclosing("واحد )کوچک( و «بزرگ»"), _enclosing("الف( سال")
    ('واحد (کوچک) و «بزرگ»', 'الف) سال')
    """
    for pair in ("()", "[]", "{}", "«»", "‹›"):
        if any(char in line for char in pair):
            mirrored = "".join(_MIRRORED[char] if char in pair else char for char in line)
            if _awry(mirrored, *pair) < _awry(line, *pair):
                line = mirrored
    return line


def _awry(line: str, opening: str, closing: str) -> tuple[int, int]:
    """Return how many brackets of a line have no partner, and how many face a space or an end."""
    facing = sum(
        not (line[at + 1 : at + 2] if char == opening else line[max(0, at - 1) : at]).strip()
        for at, char in enumerate(line)
        if char in (opening, closing)
    )
    return _strays(line, opening, closing), facing


def _strays(line: str, opening: str, closing: str) -> int:
    depth = strays = 0
    for char in line:
        if char == opening:
            depth += 1
        elif char == closing:
            strays += depth == 0
            depth -= depth > 0
    return strays + depth
