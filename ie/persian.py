"""Persian script: one folding table, digits, words and sentences, all with offsets into the raw text.

The folding table is shared with the tokenizer's normaliser (`folding_normalizer`), so rules and model read the same
letters. The raw text is never changed: `fold` returns a folded copy that can say where each of its characters stands
in the raw text. What words mean is left to `numerals` and `periods`.
"""

from __future__ import annotations

import re
import sys
from array import array
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers.normalizers import Normalizer

__all__ = ["DROPPED", "FOLDING", "PERSIAN_LETTER", "ZWNJ", "Folded", "fold", "folding_normalizer", "sentence_offsets"]

ZWNJ = "\u200c"
PERSIAN_LETTER = re.compile("[\u0621-\u063a\u0641-\u064a\u066e-\u06d3]")

# one character for one character: letters, digits, half-space look-alikes and odd spaces
_LETTERS = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ﻱ": "ی", "ﻲ": "ی", "ﯼ": "ی", "ﯽ": "ی", "ﯾ": "ی", "ﯿ": "ی",
    "ك": "ک", "ڪ": "ک", "ﮎ": "ک", "ﮏ": "ک", "ﮐ": "ک", "ﮑ": "ک",
    "ة": "ه", "ۀ": "ه", "ہ": "ه", "ە": "ه", "ھ": "ه",
    "ؤ": "و", "أ": "ا", "إ": "ا", "ٱ": "ا",
}  # fmt: skip
_DIGITS = {chr(base + i): str(i) for base in (0x06F0, 0x0660) for i in range(10)}
_SPACES = dict.fromkeys(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
)
_HALF_SPACES = dict.fromkeys("\u200b\u00ac\u2060\x9d\x9f", ZWNJ)
_MARKS = {
    "٪": "%",
    "﹪": "%",
    "％": "%",
    "٬": ",",
    "٫": ".",
    "−": "-",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "‒": "-",
}
FOLDING = _LETTERS | _DIGITS | _SPACES | _HALF_SPACES | _MARKS

# characters with no reading of their own: diacritics, tatweel, joiners, bidi marks and isolates, byte-order mark
DROPPED = (
    "\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u200d-\u200f\u202a-\u202e\u2066-\u2069\u061c\u00ad\ufeff"
)

_IS_DROPPED = re.compile(f"[{DROPPED}]")
# a tatweel that lengthens no letter is a dash: «۱۲ـ۱۵», «۱۲ ـ ۱۵», «۴ـ راندمان»
_DASHES = "(?<=[0-9])\u0640|(?<=[ \n\u200c])\u0640(?=[ 0-9\u200c])"
_DASH = re.compile(_DASHES)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded copy of a text. `origins` holds the raw index of each folded character; None where nothing moved."""

    text: str
    origins: array[int] | None = None

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw offsets of the folded characters ``[start, end)``, trimmed of dropped marks at both ends."""
        if self.origins is None or start >= end:
            return (start, end) if self.origins is None else (self._origin(start), self._origin(start))
        return self.origins[start], self.origins[end - 1] + 1

    def _origin(self, index: int) -> int:
        assert self.origins is not None
        return self.origins[index] if index < len(self.origins) else len(self.origins)


def fold(text: str) -> Folded:
    """Return the text in one spelling: Persian letters, ASCII digits, one half-space, no marks.

    >>> fold("كتاب‌هاي ٤٥٦").text == "کتاب‌های 456"
    True
    >>> folded = fold("شـــد ۵")
    >>> folded.text, folded.raw(0, 2)
    ('شد 5', (0, 5))
    >>> fold("۱۲ـ۱۵ سـاله").text
    '12-15 ساله'
    """
    table, dropped = _code_tables()
    # by arrays of code points: twenty times the speed of str.translate on letters beyond Latin
    codes = table[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    if "\u0640" in text:
        dashed = _DASH.sub("-", codes.tobytes().decode("utf-32-le", "surrogatepass"))
        codes = np.frombuffer(dashed.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    drops = dropped[codes]
    if not drops.any():
        return Folded(codes.tobytes().decode("utf-32-le", "surrogatepass"))
    places = np.flatnonzero(~drops)
    return Folded(codes[places].tobytes().decode("utf-32-le", "surrogatepass"), array("q", places.tobytes()))


@cache
def _code_tables() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Return the folded code point of every code point, and whether it is dropped."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for source, target in FOLDING.items():
        table[ord(source)] = ord(target)
    dropped = np.zeros(len(table), dtype=np.bool_)
    dropped[[code for code in range(0x10000) if _IS_DROPPED.match(chr(code))]] = True
    return table, dropped


@cache
def folding_normalizer() -> Normalizer:
    """Return the folding table as a `tokenizers` normaliser, to be saved inside ``tokenizer.json``.

    The half-space becomes a space (old agency text has none) and every digit after a number's second becomes 0: the
    model sees the length and the beginning of a number, which tell a year from a count, and not its value.

    >>> folding_normalizer().normalize_str("سال ۱۳۹۸ كتاب‌ها")
    'سال 1300 کتاب ها'
    """
    from tokenizers import Regex, normalizers

    replaced: dict[str, list[str]] = {}
    for source, target in FOLDING.items():
        replaced.setdefault(" " if target == ZWNJ else target, []).append(source)
    replaced[" "].append(ZWNJ)
    steps: list[Normalizer] = [
        normalizers.Replace(Regex("[" + re.escape("".join(sources)) + "]"), target)
        for target, sources in replaced.items()
    ]
    steps.append(normalizers.Replace(Regex(_DASHES), "-"))
    steps.append(normalizers.Replace(Regex(f"[{DROPPED}]"), ""))
    steps.append(normalizers.Lowercase())
    steps.append(normalizers.Replace(Regex("(?<=[0-9]{2})[0-9]"), "0"))
    return normalizers.Sequence(steps)


# A sentence ends at . ! ? ؟ … outside numbers and initials, and at a line break.
_SENTENCE_END = re.compile(
    r"(?<![.!?؟…])[.!?؟…]++[»\"”’)\]]*(?=\s|[«\"(]|[\u0621-\u064a\u066e-\u06d3]{2})|[\r\n\u2028\u2029\x85]+"
)
_INITIAL = re.compile(r"(?:^|[\s.(«])[\u0621-\u06ccA-Za-z]$")


def sentence_offsets(text: str) -> list[tuple[int, int]]:
    r"""Return the offsets of the text's sentences, trimmed of white space; decimals and initials do not end one.

    >>> text = "رشد ۲.۵۴ درصد بود. تمام شد؟\nبله"
    >>> [text[start:end] for start, end in sentence_offsets(text)]
    ['رشد ۲.۵۴ درصد بود.', 'تمام شد؟', 'بله']
    """
    offsets = []
    start = 0
    for end in [*_sentence_ends(text), len(text)]:
        left, right = start, end
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if left < right:
            offsets.append((left, right))
        start = end
    return offsets


def _sentence_ends(text: str) -> list[int]:
    ends = []
    for match in _SENTENCE_END.finditer(text):
        is_dot = text[match.start() : match.end()] == "."
        if is_dot and _INITIAL.search(text[max(0, match.start() - 3) : match.start()]):
            continue
        ends.append(match.end())
    return ends
