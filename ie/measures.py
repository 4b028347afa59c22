"""What a figure is measured in where the number itself does not say: unit, kind, currency from the words around."""

from __future__ import annotations

from collections.abc import Sequence

from ie.clauses import Chunk, Layout
from ie.persian import ZWNJ
from ie.scene import Figure, word_at
from ie.schema import Kind, Quantity
from ie.units import is_money_of_several, plain_unit, unit_kind

__all__ = ["head_noun", "kind_of", "money_flags", "money_of", "unit_class", "unit_of"]

_COUNTERS = frozenset(
    (
        "مورد",
        "فقره",
        "عنوان",
        "دستگاه",
        "واحد",
        "قلم",
        "رأس",
        "قطعه",
        "عدد",
        "جلد",
        "نسخه",
        "باب",
        "حلقه",
        "فروند",
        "سهم",
    )
)
_PERSONS = frozenset(("نفر", "فرد", "خانوار", "شهید"))
# classes of words that are no counted noun
_NO_NOUN = frozenset(
    (
        "verb",
        "preposition",
        "conjunction",
        "object",
        "break",
        "this",
        "also",
        "up",
        "down",
        "rate",
        "present",
        "compare",
        "respectively",
        "other",
    )
)
_REACH = 12  # chunks within which the members of a list share a unit
# nouns whose number is money even where no currency is named
_MONEY = frozenset(
    (
        "مبلغ",
        "بودجه",
        "اعتبار",
        "اعتبارات",
        "قیمت",
        "ارزش",
        "هزینه",
        "درآمد",
        "بها",
        "بهای",
        "وام",
        "تسهیلات",
        "بدهی",
        "یارانه",
    )
)
_INDEXED = 20  # chunks before a number in which «شاخص» is looked for
_PEOPLE = 10_000
_OF_PEOPLE = ("گان", "گران", "داران", "کاران", "بازان", "وران", "مندان", "زنان", "مردان", "شدگان", "ازان", "ایان")
_NO_PEOPLE = frozenset(("زعفران", "ایران", "مازندران", "گیلان", "باران"))
_BEFALLEN = frozenset(("کشته", "زخمی", "مجروح", "مصدوم", "دستگیر", "شهید", "بازداشت", "مفقود", "اسیر", "نجات", "جان"))
_PRICED = 8  # chunks before a number in which such a noun is looked for


def unit_class(quantity: Quantity) -> str:
    """Return the rough class of a quantity's unit: percent, money, amount, person, counter, count or none."""
    unit = quantity.unit
    if unit is None:
        return "none"
    if quantity.currency is not None:
        return "money"
    kind = unit_kind(unit)
    if kind != "count":
        return kind
    if unit in _PERSONS:
        return "person"
    return "counter" if unit in _COUNTERS else "count"


def head_noun(phrase: str, following: str = "") -> str:
    """Return the first word of a counted phrase as a unit: without ezafe after a vowel, without «ی» before «که».

    >>> head_noun("سینمای پرفروش"), head_noun("اثری", "که"), head_noun("پرونده قضایی")
    ('سینما', 'اثر', 'پرونده')
    """
    word = phrase.replace(ZWNJ, " ").split(" ", 1)[0]
    known = plain_unit(word)
    if known is not None:
        return known
    if len(word) > 3 and word.endswith(("ای", "وی")):
        return word[:-1]
    if following == "که" and len(word) > 3 and word.endswith("ی"):
        return word[:-1]
    return word


def unit_of(
    layout: Layout, figures: Sequence[Figure], quantities: Sequence[Quantity], number: int
) -> tuple[str | None, str | None]:
    """Return the unit and currency of a figure: its own, the noun it counts, or the one its list ends with."""
    quantity, figure = quantities[number], figures[number]
    if quantity.unit is not None:
        return quantity.unit, quantity.currency
    if "fraction" in quantity.flags or _is_part(quantity):
        return None, None
    following = layout.chunks[figure.last + 1] if figure.last + 1 < len(layout.chunks) else None
    if following is not None and _is_noun(following, layout.chunks[figure.place]):
        after = layout.chunks[figure.last + 2].key if figure.last + 2 < len(layout.chunks) else ""
        shared = _shared(layout, figures, quantities, number) if _is_scaled(layout, figure) else None
        return shared or (head_noun(following.key, after), None)
    return _shared(layout, figures, quantities, number) or (None, None)


def money_of(quantities: Sequence[Quantity]) -> tuple[str, str] | None:
    """Return the unit and currency of all money of a document, None where it names several or none."""
    named = {(one.unit, one.currency) for one in quantities if one.unit is not None and one.currency is not None}
    return next(iter(named)) if len(named) == 1 else None


def money_flags(
    layout: Layout, figure: Figure, quantity: Quantity, unit: str | None, currency: str | None
) -> tuple[str, ...]:
    """Return what is doubtful about a figure's currency: inferred from its list, of several countries, not stated."""
    if currency is None:
        return ("currency not stated",) if unit is None and _is_bare_money(layout, figure) else ()
    flags = ["currency inferred"] if quantity.currency is None else []
    if is_money_of_several(unit) and "compound" not in quantity.flags:
        flags.append("currency ambiguous")
    return tuple(flags)


def _is_bare_money(layout: Layout, figure: Figure) -> bool:
    """Tell whether millions or milliards without a unit stand behind a noun of money («بودجه‌ای ۳۰ میلیاردی»)."""
    chunks, sentence = layout.chunks, layout.chunks[figure.place].sentence
    before = range(max(0, figure.first - _PRICED), figure.first)
    return _is_scaled(layout, figure) and any(
        chunks[index].sentence == sentence and not _MONEY.isdisjoint(chunks[index].key.replace(ZWNJ, " ").split())
        for index in before
    )


def _is_part(quantity: Quantity) -> bool:
    return 0 < quantity.value < 1 and quantity.unit is None


def _is_scaled(layout: Layout, figure: Figure) -> bool:
    """Tell whether a number ends in a multiplier of money (a list of amounts may name its currency once)."""
    return layout.chunks[figure.place].key.rsplit(" ", 1)[-1].endswith(("میلیون", "میلیارد"))


def _is_noun(chunk: Chunk, number: Chunk) -> bool:
    if chunk.sentence != number.sentence:
        return False
    if chunk.kind == "PROGRAM":
        return True
    return chunk.kind == "word" and not _NO_NOUN & set(chunk.cues) and not chunk.key[0].isdigit()


def _shared(
    layout: Layout, figures: Sequence[Figure], quantities: Sequence[Quantity], number: int
) -> tuple[str, str | None] | None:
    """Return the unit of the next figures of a list, else of the figure before."""
    chunks = layout.chunks
    for step in (1, -1):
        current = number
        while 0 <= current + step < len(figures):
            left, right = sorted((current, current + step))
            start, end = figures[left].last + 1, figures[right].first
            apart = end - start > _REACH or layout.count("verb", start, end) > 0
            if apart or chunks[figures[left].place].sentence != chunks[figures[right].place].sentence:
                break
            current += step
            if quantities[current].unit is not None:
                return quantities[current].unit, quantities[current].currency  # type: ignore[return-value]
            if abs(current - number) > _REACH:
                break
    return None


def kind_of(layout: Layout, figure: Figure, quantity: Quantity, unit: str | None, flags: Sequence[str]) -> Kind:
    """Return what a level counts or measures: index levels and bare money are amounts, «۵ تن کشته» people."""
    if unit is None and 0 < abs(quantity.value) < 1:
        return "percent"
    if "currency not stated" in flags or (unit in (None, "واحد") and _is_index(layout, figure)):
        return "amount"
    if unit == "تن" and _are_people(layout, figure, quantity):
        return "count"
    return unit_kind(unit) if unit else "count"


def _is_index(layout: Layout, figure: Figure) -> bool:
    """Tell whether a figure is the level of an index, which stands before it («شاخص کل به ۱۲۰۰ واحد رسید»)."""
    chunks, sentence = layout.chunks, layout.chunks[figure.place].sentence
    for index in range(figure.first - 1, max(-1, figure.first - 1 - _INDEXED), -1):
        if chunks[index].sentence != sentence:
            return False
        if "شاخص" in chunks[index].key.replace(ZWNJ, " ").split():
            return True
    return False


def _are_people(layout: Layout, figure: Figure, quantity: Quantity) -> bool:
    """Tell «۵ تن از کارگران» and «۳ تن کشته» from tons: a few, and people or what befalls them behind the word."""
    behind = [word_at(layout, index) for index in range(figure.last + 1, figure.last + 3)]
    if quantity.value != int(quantity.value) or quantity.value > _PEOPLE or quantity.upper is not None:
        return False
    if behind[0] == "از":
        chunk = layout.chunks[figure.last + 2] if figure.last + 2 < len(layout.chunks) else None
        noun = chunk.key.replace(ZWNJ, " ").split()[0] if chunk and chunk.key.split() else ""
        return noun.endswith(_OF_PEOPLE) and noun not in _NO_PEOPLE
    phrase = layout.chunks[figure.last + 1].key.split()[:1] if figure.last + 1 < len(layout.chunks) else []
    return behind[0] in _BEFALLEN or bool(phrase and phrase[0] in _BEFALLEN)
