"""The small numbers inside period phrases: counts, ordinals, days and years, in digits or words."""

from __future__ import annotations

from ie.period_words import Tokens, lexicon

__all__ = ["day_number", "number", "year_number"]

_ORDINAL_ENDS = ("م", "ام", "مین", "امین", "اُم")


def number(tokens: Tokens, i: int) -> tuple[int, int, bool] | None:
    """Read a number; return its value, the index after it and whether it is an ordinal.

    >>> from ie.period_words import tokenize
    >>> number(tokenize("بیست و نهم سپتامبر"), 0)
    (29, 3, True)
    """
    digits = tokens.number(i, "digits")
    if digits is not None:
        ordinal = tokens.word(i + 1) in _ORDINAL_ENDS
        scale = tokens.number(i + 1, "cardinal") or 0
        if scale >= 1000:
            return digits * scale, i + 2, False
        return digits, i + 1 + ordinal, ordinal
    total, group, j, ceiling = 0, 0, i, 10000
    while True:
        value = tokens.number(j, "cardinal")
        if value is not None and value >= 1000 and not total:
            total, group, ceiling, j = max(group, 1) * value, 0, 1000, tokens.after(j)
        elif value is not None and _fits(value, ceiling):
            group, ceiling, j = group + value, _scale(value), tokens.after(j)
        elif j > i and (last := tokens.number(j, "ordinal")) is not None and last > 0 and _fits(last, ceiling):
            return total + group + last, tokens.after(j), True
        else:
            break
        if tokens.has(j, "and") and _continues(tokens, j + 1, ceiling):
            j += 1
        elif not (total and not group) and (tokens.number(j, "cardinal") or 0) < 1000:
            break
    if j > i:
        return total + group, j, False
    ordinal_value = tokens.number(i, "ordinal")
    return (ordinal_value, tokens.after(i), True) if ordinal_value is not None and ordinal_value > 0 else None


def _continues(tokens: Tokens, j: int, ceiling: int) -> bool:
    value = tokens.number(j, "cardinal") or tokens.number(j, "ordinal")
    return value is not None and value > 0 and _fits(value, ceiling) and ceiling > 1


def _fits(value: int, ceiling: int) -> bool:
    return value < ceiling and not (ceiling == 10000 and value >= 10000)


def _scale(value: int) -> int:
    if value >= 100:
        return 100
    return 10 if value >= 20 and value % 10 == 0 else 1


def day_number(tokens: Tokens, i: int) -> tuple[int, int] | None:
    """Read a day of a month; return it and the index after it."""
    found = number(tokens, i)
    if found is None or not 1 <= found[0] <= 31 or (tokens.number(i, "length") or 1) > 2:
        return None
    return found[0], found[1]


def year_number(tokens: Tokens, i: int, words: bool = True) -> tuple[int, int, int] | None:
    """Read a year; return its number, how many digits were written and the index after it.

    >>> from ie.period_words import tokenize
    >>> year_number(tokenize("هزار و سیصد و بیست و نه"), 0), year_number(tokenize("'98"), 0)
    ((1329, 4, 7), (98, 2, 2))
    """
    if tokens.word(i) in lexicon().context["quotes"] and tokens.number(i + 1, "length") == 2:
        return tokens.number(i + 1, "digits") or 0, 2, i + 2
    length = tokens.number(i, "length")
    if length is None:
        found = number(tokens, i) if words and tokens.has(i, "cardinal") else None
        if found is None or found[2]:
            return None
        value, end, _ = found
        digits = 4 if value >= 1000 else 2
        return (value, digits, end) if _may_be_year(value) or 20 <= value <= 99 else None
    value = tokens.number(i, "digits") or 0
    if length == 2 or (length == 4 and _may_be_year(value)):
        return value, length, i + 1
    return None


def _may_be_year(value: int) -> bool:
    return 1200 <= value < 1500 or 1700 <= value < 2200
