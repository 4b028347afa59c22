"""What a value is per: «روزانه», «در هر بشکه», «به ازای هر هزار نفر», «کیلویی», shared by the members of a list.

Units are left to `measures`; a rate is a few words of the text, never a period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ie.clauses import Chunk, Layout
from ie.persian import ZWNJ
from ie.scene import Figure, word_at

__all__ = ["rates_of"]

_BEFORE, _BEHIND = 4, 5  # chunks on either side of a figure in which words of time are looked for
_NEAR, _FAR = 8, 30  # … and «هر …» before it: prices are told of what a sentence began with
_LISTED = 10  # chunks between two members of a list
_EACH = frozenset(("هر", "هریک", "هرکدام"))
# «هر» with these is no rate
_NO_BASE = frozenset(
    (
        "چند",
        "چه",
        "گونه",
        "کس",
        "کسی",
        "حال",
        "دو",
        "سه",
        "چهار",
        "پنج",
        "صورت",
        "جا",
        "روی",
        "نوع",
        "زمان",
        "گاه",
        "وقت",
        "لحظه",
    )
)
_BASES = frozenset(("صد", "یکصد", "هزار", "ده", "میلیون", "یک"))
_FOR = frozenset(("ازای", "ازا"))
# units that say with «ی» what a price or a share is per, right before it
_PER_UNIT = frozenset(
    "کیلویی تنی بشکه‌ای نفری مثقالی گرمی لیتری دانه‌ای هفته‌ای روزی ماهی سالی ساعتی سهمی متری هکتاری خانواری جلدی".split()
)
_PER_TIME = frozenset(("سالانه", "سالیانه", "ماهانه", "ماهیانه", "روزانه", "هفتگی"))
_LEVELS = frozenset(("به", "در", "تا"))  # before a price that is reached: «هر اونس ۲۳ دلار کم شد و در ۱۳۴۴ دلار ماند»


@dataclass(frozen=True, slots=True)
class _Rate:
    """A rate, and whether it stands behind its figure, where it can close a list."""

    words: str
    behind: bool


def rates_of(layout: Layout, figures: Sequence[Figure]) -> tuple[str | None, ...]:
    """Return the words that say what each figure is per, None where none do.

    A member of a list takes what stands before its first member («روزانه ۵ تن نان و ۳ تن شیر») or behind its last.
    """
    found = [_behind(layout, figure) or _before(layout, figure) or _each(layout, figures, figure) for figure in figures]
    for index in range(1, len(figures)):
        rate = found[index - 1]
        if found[index] is None and rate and not rate.behind and _is_list(layout, figures[index - 1], figures[index]):
            found[index] = rate
    for index in range(len(figures) - 2, -1, -1):
        rate = found[index + 1]
        if found[index] is None and rate and rate.behind and _is_list(layout, figures[index], figures[index + 1]):
            found[index] = rate
    return tuple(rate.words if rate else None for rate in found)


def _is_list(layout: Layout, left: Figure, right: Figure) -> bool:
    """Tell whether nothing but a comma, an «و» and a name stands between two figures of one kind."""
    between = layout.chunks[left.last + 1 : right.first]
    if (
        len(between) > _LISTED
        or any(chunk.kind == "PERIOD" for chunk in between)
        or left.unit_class != right.unit_class
    ):
        return False
    if layout.chunks[left.place].sentence != layout.chunks[right.place].sentence:
        return False
    joined = any(chunk.key in ("و", "،", ",", "یا", "تا", "به") for chunk in between)
    return joined and not any({"verb", "break"} & set(chunk.cues) or chunk.key in ("؛", ".") for chunk in between)


def _behind(layout: Layout, figure: Figure) -> _Rate | None:
    """Read «۳۰ بشکه در روز», «۶ تن در هر هکتار»."""
    chunks, sentence = layout.chunks, layout.chunks[figure.place].sentence
    for index in range(figure.last + 1, min(len(chunks), figure.last + 1 + _BEHIND)):
        chunk = chunks[index]
        if chunk.sentence != sentence or chunk.kind == "NUMBER" or chunk.key in ("،", "؛", "."):
            return None
        if chunk.key in _EACH:
            return _base(layout, index, behind=True)
        if chunk.kind == "word" and "rate" in chunk.cues:
            return _span(layout, index, figure, behind=True)
        if chunk.kind == "PROGRAM" and figure.unit_class != "percent" and (found := _within(layout, chunk)):
            return _Rate(found, behind=True)
        if "verb" in chunk.cues or "break" in chunk.cues:
            return None
    return None


def _before(layout: Layout, figure: Figure) -> _Rate | None:
    """Read «روزانه ۳۰ تن», «کیلویی ۵۰ هزار تومان», «مصرف سالانه حدود ۳۰ تن»."""
    chunks, sentence = layout.chunks, layout.chunks[figure.place].sentence
    for index in range(figure.first - 1, max(-1, figure.first - 1 - _BEFORE), -1):
        chunk = chunks[index]
        if chunk.sentence != sentence or chunk.kind in ("NUMBER", "PERIOD") or chunk.key in ("،", "؛", "."):
            return None
        adjacent = index == figure.first - 1
        if adjacent and chunk.key.replace(ZWNJ, "") in _PLAIN_PER_UNIT and not _is_measure(chunks, index - 1):
            return _Rate(layout.text[chunk.start : chunk.end], behind=False)
        if chunk.key in _EACH:
            return None if figure.unit_class == "percent" else _base(layout, index, behind=False)
        if chunk.kind == "PROGRAM" and adjacent and figure.unit_class != "percent":
            return _Rate(found, behind=False) if (found := _within(layout, chunk)) else None
        if chunk.kind == "word" and "rate" in chunk.cues:
            is_time = chunk.key in _PER_TIME or adjacent
            return _span(layout, index, figure, behind=False) if is_time else None
    return None


def _within(layout: Layout, chunk: Chunk) -> str | None:
    """Return the «سالانه» of «درآمد سالانه», which a programme phrase ends with."""
    words = layout.text[chunk.start : chunk.end].split()
    return words[-1] if len(words) > 1 and words[-1] in _PER_TIME else None


_PLAIN_PER_UNIT = frozenset(word.replace(ZWNJ, "") for word in _PER_UNIT)


def _is_measure(chunks: Sequence[Chunk], index: int) -> bool:
    return index >= 0 and (chunks[index].kind in ("NUMBER", "UNIT") or chunks[index].key[:1].isdigit())


def _span(layout: Layout, index: int, figure: Figure, *, behind: bool) -> _Rate | None:
    """Return the whole cue that a word of a rate belongs to («در روز»); a percent is told of a week, not per week."""
    chunks = layout.chunks
    if figure.unit_class == "percent" and chunks[index].key in _PER_TIME and index != figure.first - 1:
        return None
    first, last = index, index
    while first > 0 and "rate" in chunks[first - 1].cues and chunks[first - 1].kind == "word":
        first -= 1
    while last + 1 < len(chunks) and "rate" in chunks[last + 1].cues and chunks[last + 1].kind == "word":
        last += 1
    if chunks[last].key == "هر":
        return _base(layout, last, behind=behind)
    return _Rate(layout.text[chunks[first].start : chunks[last].end], behind)


def _each(layout: Layout, figures: Sequence[Figure], figure: Figure) -> _Rate | None:
    """Read the «هر بشکه» that a sentence began with: far back for money, past percents; near and in its clause else."""
    if figure.unit_class == "percent":
        return None
    chunks, sentence = layout.chunks, layout.chunks[figure.place].sentence
    is_money = figure.unit_class == "money"
    reach = _FAR if is_money else _NEAR
    passed = ("percent", "money") if word_at(layout, figure.first - 1) in _LEVELS else ("percent",)
    for index in range(figure.first - 1, max(-1, figure.first - 1 - reach), -1):
        chunk = chunks[index]
        if chunk.sentence != sentence or chunk.key in ("؛", "."):
            return None
        if chunk.kind == "NUMBER" and not (is_money and figures[chunk.mention].unit_class in passed):
            return None
        if not is_money and ({"verb", "break"} & set(chunk.cues)):
            return None
        if chunk.key in _EACH:
            return _base(layout, index, behind=False)
        if chunk.kind == "PROGRAM" and "هر" in (words := chunk.key.replace(ZWNJ, " ").split())[:-1]:
            return _Rate(f"هر {words[words.index('هر') + 1]}", behind=False)
    return None


def _base(layout: Layout, index: int, *, behind: bool) -> _Rate | None:
    """Return «هر» with what it is of: «هر بشکه», «به ازای هر هزار نفر», «هر یک»; None for «هر دو», «از هر ۵ نفر»."""
    chunks, last = layout.chunks, index + 1
    if last >= len(chunks) or word_at(layout, index - 1) == "از":
        return None
    if chunks[index].key != "هر":
        return _Rate(layout.text[chunks[index].start : chunks[index].end], behind)
    if chunks[last].key in _NO_BASE:
        return None
    is_number = chunks[last].key[:1].isdigit() or chunks[last].key in _BASES
    if (
        is_number
        and last + 1 < len(chunks)
        and chunks[last + 1].kind in ("word", "UNIT", "PROGRAM")
        and chunks[last].key != "یک"
    ):
        last += 1
    if chunks[last].kind not in ("word", "UNIT", "PROGRAM") or word_at(layout, last + 2) == "ترتیب":
        return None
    end = chunks[last].end
    if chunks[last].kind == "PROGRAM":  # its first word
        end = chunks[last].start + len(layout.text[chunks[last].start : end].split(" ", 1)[0])
    first = index
    if word_at(layout, index - 1) in _FOR:
        first = index - 2 if word_at(layout, index - 2) == "به" else index - 1
    return _Rate(layout.text[chunks[first].start : end], behind)
