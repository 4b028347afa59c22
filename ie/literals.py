"""Digit literals: «1,500», «12/5», «18. 5», dates and codes → atoms with an exact value or the reason to reject them.

Literals are found in folded text by the scanner of `cardinals`, which also joins them with number words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ie.units import match_unit

__all__ = ["DIGITS", "LITERAL", "ORDINAL", "PART", "SCALE", "SMALL", "Atom", "read_literal", "spaces_decimals"]

# kinds of atoms
DIGITS, SMALL, SCALE, PART, ORDINAL = range(5)

# the counts are bounded so that long rows of digits are read in linear time: no number has so many groups
LITERAL = (
    r"[1-9][0-9]{0,2}+(?: [0-9]{3}){1,40}+(?![0-9.,/،:])"
    r"|[0-9]++(?:(?:-[0-9]++){2,40}+(?![0-9.,/،])|[½¼¾⅓⅔]|(?:[.,/:،][0-9]+|[./] [0-9]+)*)|[½¼¾⅓⅔]"
)
_VULGAR = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333333", "⅔": "0.666667"}
_SLASHED_GROUPS = re.compile("[1-9][0-9]{0,2}(?:/[0-9]{3}){2,}")
_LONGEST = 40
_SPACED_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?=(?: [1-9][0-9]{2})*+ 0)(?: [0-9]{3})++")
_DASHED_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{4}|[0-9]{2})")
_OUTLINE = re.compile(r"[0-9]+(?:\. ?[0-9]+){2,}")
_SPACED_DECIMAL = re.compile(r"(?<![0-9.])[0-9]{1,2}\. [0-9]{1,2} ?(?:درصد|%)")
_BEFORE_YEAR = re.compile(r"سال(?:[ \u200c]?های?)? ?$")
_BARE_POINT = re.compile(r"(?:^|[\s(])?\.[0-9]{1,3} ?(?:درصد|%|میلیون|میلیارد)")
_SPACED_POINT = re.compile(r"[0-9]{1,3}(?:\. [0-9]{1,2}|/ [0-9]{1,3})")
_BIG_NEXT = re.compile(r"[ \u200c]?(?:هزار|میلیون|میلیارد|تریلیون|همت|%|تا [0-9])")
_GROUPED = re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:[,،][0-9]{3})+)(?:[./](?P<part>[0-9]+))?")
_DOTTED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}|[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?=,))(?:[,/](?P<part>[0-9]+))?"
)
_POINTED = re.compile(r"(?P<whole>[0-9]+)[./] ?(?P<part>[0-9]+)")
_COMMA_POINTED = re.compile(r"(?P<whole>[0-9]+),(?P<part>[0-9]{1,2})")
_PLAIN = re.compile("[0-9]+")
_YEAR_AND = re.compile(r"(?:1[34]|20|19)[0-9]{2}/ ?(?:0?[1-9]|[0-9]{2}|(?:1[34]|20|19)[0-9]{2})")


@dataclass(slots=True)
class Atom:
    """One literal or word. `slot`: a following part joins with «و» only when it is smaller."""

    start: int
    end: int
    kind: int
    value: Decimal
    slot: int = 0
    surface: str = ""
    flags: tuple[str, ...] = ()


def spaces_decimals(text: str) -> bool:
    """Tell whether a text writes a space after the decimal point («18. 5 درصد»), as some old agency text does."""
    return ". " in text and _SPACED_DECIMAL.search(text) is not None


def read_literal(text: str, start: int, surface: str, swapped: bool, spaced_points: bool) -> list[Atom]:
    """Return the atoms of a digit literal: one number, or several where marks only list them («۳۰،۳۵»)."""
    end = start + len(surface)
    if surface.isdigit() and text[start - 1 : start] != ".":
        return [_integer(start, end, surface)]
    simple = _read_simple(text, start, surface)
    if simple:
        return [simple]
    reason = _reason_for_none(surface)
    if reason:
        return [_no_number(start, surface, reason)]
    if _SPACED_GROUPS.fullmatch(surface):
        return [Atom(start, end, DIGITS, Decimal(surface.replace(" ", "")), surface=surface)]
    if " " in surface and not _is_spaced_decimal(text, start, end, surface, spaced_points):
        return _split_literal(text, start, surface, swapped, spaced_points)
    if _YEAR_AND.fullmatch(surface) and not _BIG_NEXT.match(text, end) and match_unit(text, end) is None:
        return [_no_number(start, surface, "date")]
    for pattern in (_GROUPED, _DOTTED, _POINTED, _COMMA_POINTED):
        match = pattern.fullmatch(surface)
        if match:
            return [_decimal(start, surface, match, swapped)]
    if surface.count(".") > 1 and "،" not in surface and "," not in surface:
        return [_no_number(start, surface, "reference")]
    return _split_literal(text, start, surface, swapped, spaced_points)


def _read_simple(text: str, start: int, surface: str) -> Atom | None:
    """Return the atom of «.۵ درصد», «۵½», «۱۲/۵۰۰/۰۰۰» and of other digits behind a point; else None."""
    end = start + len(surface)
    if surface.isdigit():
        if _BARE_POINT.match(text, max(0, start - 2)):
            return Atom(start - 1, end, DIGITS, Decimal(f"0.{surface}"), surface=f".{surface}")
        return _integer(start, end, surface)
    if surface[-1] in _VULGAR and len(surface) < _LONGEST:
        return Atom(start, end, DIGITS, Decimal(surface[:-1] or 0) + Decimal(_VULGAR[surface[-1]]), surface=surface)
    return _integer(start, end, surface.replace("/", "")) if _SLASHED_GROUPS.fullmatch(surface) else None


def _reason_for_none(surface: str) -> str | None:
    """Return why a literal with marks is no number: a date, a clock time, a code."""
    if "-" in surface:
        return "date" if _DASHED_DATE.fullmatch(surface) else "id"
    if ":" in surface:
        return "clock"
    return "date" if surface.count("/") > 1 else None


def _no_number(start: int, surface: str, reason: str) -> Atom:
    return Atom(start, start + len(surface), DIGITS, Decimal(0), surface=surface, flags=(reason,))


def _integer(start: int, end: int, surface: str) -> Atom:
    is_code = len(surface) > _LONGEST or (surface[0] == "0" and len(surface) > 1)
    value = Decimal(surface)
    return Atom(start, end, DIGITS, value, surface=surface, flags=("id",) if is_code else ())


def _decimal(start: int, surface: str, match: re.Match[str], swapped: bool) -> Atom:
    whole, part = _digits(match["whole"]), match["part"]
    if len(surface) > _LONGEST:
        return _no_number(start, surface, "id")
    flags: tuple[str, ...] = ()
    if match.re is _POINTED and "/" in surface and swapped:
        whole, part = part, whole
        flags = ("reversed decimal",)
    elif match.re is _POINTED and "." in surface and len(part) == 3 and len(whole) <= 3 and whole[0] != "0":
        flags = ("ambiguous thousands",)
    value = Decimal(f"{whole}.{part}" if part else whole)
    return Atom(start, start + len(surface), DIGITS, value, surface=surface, flags=flags)


def _digits(surface: str) -> str:
    return "".join(_PLAIN.findall(surface))


def _is_spaced_decimal(text: str, start: int, end: int, surface: str, spaced_points: bool) -> bool:
    """Tell whether «18. 5» is one decimal: few digits, no year before, a unit or multiplier after."""
    if not _SPACED_POINT.fullmatch(surface) or _BEFORE_YEAR.search(text[max(0, start - 12) : start]):
        return False
    if "/" in surface or spaced_points or _BIG_NEXT.match(text, end):
        return True
    begins_line = text[max(0, start - 2) : start].rstrip(" ")[-1:] in ("", "\n")  # «۱. ۵۰ واحد» numbers an item
    return not begins_line and match_unit(text, end) is not None


def _split_literal(text: str, start: int, surface: str, swapped: bool, spaced_points: bool) -> list[Atom]:
    if _OUTLINE.fullmatch(surface):
        return [_no_number(start, surface, "reference")]
    if " " in surface:
        atoms = []
        for piece in re.finditer("[^ ]+", surface):
            digits = piece[0].rstrip(".,/:،")
            atoms.extend(read_literal(text, start + piece.start(), digits, swapped, spaced_points))
        return atoms
    return [_integer(start + m.start(), start + m.end(), m[0]) for m in _PLAIN.finditer(surface)]
