"""Cardinal numbers: digits and number words of folded text → exact values with offsets.

One regular expression jumps to the atoms (digit literals, number words, glued chains of them); `read_amounts` joins
neighbouring atoms into amounts by the rules of Persian counting. Ranges, units, comparators and what is no quantity
at all are left to `numerals`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from importlib.resources import files

from ie.literals import DIGITS, LITERAL, ORDINAL, PART, SCALE, SMALL, Atom, read_literal, spaces_decimals
from ie.persian import ZWNJ

__all__ = ["EXACT", "Amount", "ratio", "read_amounts", "spaced"]

_TABLE = tomllib.loads(files("ie").joinpath("data/numerals.toml").read_text(encoding="utf-8"))
EXACT = Context(prec=60)
_SIX_PLACES = Decimal("0.000001")
_LARGEST = Decimal(10) ** 36


@dataclass(slots=True)
class Amount:
    """One value with its multiplier words. `scale`: its last multiplier; `mantissa`: the value before that one."""

    start: int
    end: int
    value: Decimal
    first: Atom
    last: Atom
    scale: Decimal | None = None
    mantissa: Decimal | None = None
    flags: tuple[str, ...] = ()
    reject: str | None = None

    @property
    def is_digits(self) -> bool:
        """Tell whether the amount is one digit literal."""
        return self.first is self.last and self.first.kind == DIGITS

    @property
    def is_word(self) -> bool:
        """Tell whether the amount is one number word."""
        return self.first is self.last and self.first.kind in (SMALL, SCALE, PART)


def _atoms_of_words() -> dict[str, tuple[int, Decimal, int]]:
    """Return each number word with its kind, value and slot."""
    words: dict[str, tuple[int, Decimal, int]] = {}
    for section, slot in (("units", 0), ("teens", 0), ("tens", 10), ("hundreds", 100)):
        for word, value in _TABLE[section].items():
            words[word] = (SMALL, Decimal(value), slot)
    for word, value in _TABLE["scales"].items():
        words[word] = (SCALE, Decimal(value), int(value))
    for word, (numerator, denominator) in _TABLE["parts"].items():
        words[word] = (PART, ratio(Decimal(numerator), Decimal(denominator)), 0)
    for word, value in _TABLE["ordinals"].items():
        words[word] = (ORDINAL, Decimal(value), 0)
    return words


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return a fraction, exact where it ends within six places, else to six places."""
    value = EXACT.divide(numerator, denominator)
    rounded = value.quantize(_SIX_PLACES, context=EXACT) if value.adjusted() < 40 else value
    return value if value == rounded or value.as_tuple().exponent >= -12 else rounded  # type: ignore[operator]


_WORDS = _atoms_of_words()


def _any(words: Iterator[str] | list[str]) -> str:
    return "|".join(re.escape(word).replace("\\ ", "[ \u200c]") for word in sorted(words, key=len, reverse=True))


def _atom_pattern() -> re.Pattern[str]:
    """Compile the scanner: a digit literal, or a number word (perhaps glued to others) with word edges."""
    small = [word for section in ("units", "teens", "tens", "hundreds") for word in _TABLE[section]]
    scales = list(_TABLE["scales"])
    ordinals = list(_TABLE["ordinals"])
    left, right = r"(?<![\u0621-\u06ccA-Za-z])", r"(?![\u0621-\u06ccA-Za-z])"
    big, any_word = _any(scales), _any(small + scales)
    glued_ordinals = _any([ordinal for ordinal in ordinals if ordinal.isalpha()])
    chain = (
        f"(?>(?>{any_word})|یه(?=[ \u200c]?(?:{big})))"
        f"(?>{big}|صد|و(?>{any_word}|نیم))*+(?>{glued_ordinals})?+(?:(?<=م)ین)?+"
    )
    glued = _any(_TABLE["words"]["glued_units"])
    end = f"(?:{right}|(?=برابر|درصد|تا{right})|(?P<tail>و){right}|(?P<glued>(?=ی?{right}|(?:{glued}))))"
    word = f"{left}(?P<lead>و?)(?P<chain>(?:{_any(list(_TABLE['parts']))}){right}|{chain}{end})"
    ordinal = f"{left}(?P<olead>و?)(?P<ordinal>{_any(ordinals)})(?P<nth>ین)?{right}"
    return re.compile(f"(?P<digits>{LITERAL})|{word}|{ordinal}")


_ATOM = _atom_pattern()
_PIECE = re.compile(f"{_any([word for word in _WORDS if ' ' not in word] + ['یه'])}|و")
_COIN = re.compile("[ \u200c]?(?:سکه|بهار|پهلوی|بها|فصل)")  # «ربع سکه» is a thing of its own
_LETTERED = re.compile(
    r"[ \u200c]?ا[\u064f]?م(?:ین)?(?![\u0621-\u06ccA-Za-z])|\u200c?م(?:ین)?(?![\u0621-\u06ccA-Za-z])"
)


def read_amounts(text: str, swapped: bool = False) -> list[Amount]:
    """Return the amounts of folded text in order; `swapped` reads slash decimals from right to left.

    >>> [str(amount.value) for amount in read_amounts("هزار و 500 واحد، دو و نیم میلیون و 12/5")]
    ['1500', '2500000.0', '12.5']
    """
    atoms = _read_atoms(text, swapped)
    amounts: list[Amount] = []
    index = 0
    while index < len(atoms):
        atom = atoms[index]
        if atom.kind == ORDINAL or (atom.kind == SCALE and atom.surface == "همت"):
            index += 1
            continue
        amount, index = _join(text, atoms, index)
        amounts.append(amount)
    return amounts


def spaced(text: str) -> str:
    """Return text with half-spaces as spaces, trimmed.

    >>> spaced("\u200cو ")
    'و'
    """
    return text.replace(ZWNJ, " ").strip(" ")


def _read_atoms(text: str, swapped: bool) -> list[Atom]:
    atoms: list[Atom] = []
    spaced_points = spaces_decimals(text)
    for match in _ATOM.finditer(text):
        if match["digits"]:
            atoms.extend(read_literal(text, match.start(), match["digits"], swapped, spaced_points))
        elif match["ordinal"]:
            value = Decimal(_TABLE["ordinals"].get(match["ordinal"].replace(ZWNJ, " "), 30))
            span = (match.start("ordinal"), match.end())
            atoms.append(Atom(*span, ORDINAL, value, flags=("nth",) if match["nth"] else ()))
        else:
            atoms.extend(_read_chain(match))
    return atoms


def _read_chain(match: re.Match[str]) -> list[Atom]:
    """Return the atoms of a word or of words glued together («بیست‌وپنج», «دوسوم»)."""
    chain, start = match["chain"], match.start("chain")
    known = _WORDS.get(chain)
    if known:
        atoms = [Atom(start, match.end("chain"), *known, surface=chain)]
    else:
        atoms = [
            Atom(
                start + piece.start(),
                start + piece.end(),
                *_WORDS.get(piece[0], (SMALL, Decimal(1), 0)),
                surface=piece[0],
            )
            for piece in _PIECE.finditer(chain)
            if piece[0] != "و"
        ]
    if chain == "یک" and match.string.startswith("تا", match.end()):
        return []
    if match["glued"] is not None and atoms[-1].kind != SCALE:
        return []
    if match["lead"] and atoms[0].kind == SMALL and atoms[0].value <= 10:
        atoms[0].flags = ("weak",)
    return atoms


class _Sum:
    """The parts of one cardinal while it is read: values from big to small, each with its slot."""

    __slots__ = ("is_closed", "is_pointed", "parts")

    def __init__(self, first: Atom) -> None:
        self.parts: list[tuple[Decimal, int]] = [(first.value, first.slot)]
        self.is_pointed = False
        self.is_closed = first.kind == DIGITS and first.value != first.value.to_integral_value()

    @property
    def slot(self) -> int:
        return self.parts[-1][1]

    @property
    def total(self) -> Decimal:
        value = self.parts[0][0]
        for part, _ in self.parts[1:]:
            value = EXACT.add(value, part)
        return value

    def multiply(self, scale: Decimal) -> None:
        """Multiply the last part, and all smaller ones before it, by a multiplier word."""
        value = self.parts.pop()[0]
        while self.parts and self.parts[-1][0] < scale:
            value = EXACT.add(value, self.parts.pop()[0])
        self.parts.append((EXACT.multiply(value, scale), int(scale)))

    def add(self, value: Decimal, slot: int) -> None:
        self.parts.append((value, slot))

    def replace(self, value: Decimal, slot: int) -> None:
        self.parts[-1] = (value, slot)


def _join(text: str, atoms: list[Atom], index: int, pointed: bool = False) -> tuple[Amount, int]:
    """Read one amount from the atom at `index`; return it with the index of the first atom after it."""
    first = atoms[index]
    amount = Amount(first.start, first.end, first.value, first, first, flags=first.flags)
    index += 1
    if first.kind == DIGITS and first.flags and first.flags[0] in ("clock", "date", "id", "reference"):
        amount.reject = first.flags[0]
        return amount, index
    running = _Sum(first)
    running.is_pointed = pointed
    scales = first.value if first.kind == SCALE else Decimal(1)
    while index < len(atoms) and running.parts[0][0] < _LARGEST and amount.reject is None:
        taken = _take(text, amount, running, atoms, index)
        if not taken:
            break
        for atom in atoms[index : index + taken]:
            scales = EXACT.multiply(scales, atom.value) if atom.kind == SCALE else Decimal(1)
            if atom.surface == "همت":
                amount.flags = (*amount.flags, "همت")
        index += taken
        amount.last, amount.end = atoms[index - 1], atoms[index - 1].end
    amount.value = running.total if amount.last is not first else first.value
    if scales > 1 and len(running.parts) == 1 and first.kind != SCALE:
        amount.scale, amount.mantissa = scales, EXACT.divide(amount.value, scales)
    if amount.reject is None and _LETTERED.match(text, amount.end):
        amount.reject = "ordinal"
    return amount, index


def _take(text: str, amount: Amount, running: _Sum, atoms: list[Atom], index: int) -> int:
    """Join the atom at `index` if it continues the amount; return how many atoms that takes, 0 for none."""
    atom = atoms[index]
    if atom.start - amount.end >= 12:
        return 0
    gap = spaced(text[amount.end : atom.start])
    if gap in _TABLE["words"]["some"] and atom.kind == SCALE:  # «400 و اندی میلیون»
        amount.flags = (*amount.flags, "approx")
        gap = ""
    if gap == "" or (gap == "-" and atom.kind == ORDINAL):
        return _take_next(text, amount, running, atoms, index)
    if gap == "و":
        return _take_and(text, amount, running, atoms, index)
    if gap in _TABLE["words"]["power"] or gap in _TABLE["words"]["times"]:
        return _take_power(text, running, atoms, index, gap)
    return _take_point(text, amount, running, atoms, index) if gap in _TABLE["words"]["point"] else 0


def _take_next(text: str, amount: Amount, running: _Sum, atoms: list[Atom], index: int) -> int:
    """Join an atom that stands right after: a multiplier, «سی صد», «9 هزار 302», «یک سوم»."""
    atom, last, after = atoms[index], amount.last, _adjacent(text, atoms, index)
    if atom.kind == SCALE:
        running.multiply(atom.value)
    elif atom.value in (10, 100) and after is not None and after.kind == ORDINAL and after.value >= 1000:
        denominator = Atom(atom.start, after.end, ORDINAL, EXACT.multiply(atom.value, after.value), flags=after.flags)
        return 2 * _take_denominator(amount, running, denominator)
    elif atom.surface == "صد" and last.kind == SMALL and (1 <= last.value < 10 or last.value == 30):
        running.replace((last.value if last.value < 10 else Decimal(3)) * 100, 100)
    elif atom.kind == SMALL or (atom.kind == DIGITS and last.kind == SCALE and not atom.flags):
        scale = after.value if after is not None and after.kind == SCALE else Decimal(1)
        is_smaller = EXACT.multiply(atom.value, scale) < running.slot
        if running.is_closed or not (is_smaller or (scale > running.slot > atom.value)):
            return 0
        running.add(atom.value, atom.slot)
    elif atom.surface == "ربع" and last is amount.first and last.value in (1, 2, 3):
        running.replace(EXACT.multiply(last.value, atom.value), 0)
    elif atom.kind == ORDINAL:
        return _take_denominator(amount, running, atom)
    else:
        return 0
    return 1


def _adjacent(text: str, atoms: list[Atom], index: int) -> Atom | None:
    """Return the atom that stands right behind the one at `index`, with at most a space between."""
    if index + 1 == len(atoms):
        return None
    atom, after = atoms[index], atoms[index + 1]
    return after if after.start - atom.end <= 2 and not spaced(text[atom.end : after.start]) else None


def _take_denominator(amount: Amount, running: _Sum, atom: Atom) -> int:
    """Read «دو سوم», «4 دهم», «بیست و پنج صدم» and, where the part alone fits, «بیست و پنج دهم» = 20.5."""
    if atom.value < running.slot and len(running.parts) == 1 and 10 <= running.slot < 1000:
        amount.reject = "ordinal"  # «هشتاد هشتمین»
        return 1
    if atom.flags or atom.value < 2 or any(slot >= 1000 for _, slot in running.parts):
        return 0
    numerator = running.total
    if numerator < atom.value and numerator == numerator.to_integral_value():
        running.parts = [(ratio(numerator, atom.value), 0)]
        amount.flags = (*amount.flags, "fraction", f"ratio {numerator}/{atom.value}")
    elif len(running.parts) > 1 and running.parts[-1][0] < atom.value:
        running.replace(ratio(running.parts[-1][0], atom.value), 0)
    else:
        return 0
    return 1


def _take_and(text: str, amount: Amount, running: _Sum, atoms: list[Atom], index: int) -> int:
    """Join what follows «و» where it is smaller than the last part's place, else leave it as a number of its own."""
    atom, after = atoms[index], _adjacent(text, atoms, index)
    if atom.kind == PART:
        return 0 if _COIN.match(text, atom.end) else _take_half(running, atom, after)
    if atom.kind == ORDINAL:
        if atom.value < running.slot:
            amount.reject = "ordinal"
            return 1
        return 0
    if running.is_closed or (atom.kind == DIGITS and atom.flags and atom.flags[0] != "reversed decimal"):
        return 0
    value = atom.value
    if after is not None and after.kind == SCALE and atom.kind != SCALE:
        return _take_scaled(running, atom, after.value)
    if value < running.slot:
        running.add(value, atom.slot)
        return 1
    if (
        after is not None
        and after.kind == ORDINAL
        and not after.flags
        and 1 <= value < after.value
        and running.slot < 100
    ):
        running.replace(EXACT.add(running.parts[-1][0], ratio(value, after.value)), 0)
        return 2
    return 0


def _take_scaled(running: _Sum, atom: Atom, scale: Decimal) -> int:
    """Join «… و 520 هزار»; a bigger multiplier takes all before it («2 هزار و 300 میلیارد»)."""
    slot = running.slot
    if EXACT.multiply(atom.value, scale) < slot or (scale > slot and atom.value < slot):
        running.add(atom.value, atom.slot)
        return 1
    if scale == slot and atom.value < slot and len(running.parts) > 1:
        total = EXACT.add(running.total, atom.value)
        running.parts = [(EXACT.multiply(total, scale), int(scale))]
        return 2
    return 0


def _take_half(running: _Sum, atom: Atom, after: Atom | None) -> int:
    """Join «و نیم»: half of the last multiplier, or one half."""
    if atom.surface not in ("نیم", "ربع"):
        return 0
    value, slot = running.parts[-1]
    running.is_closed = True
    if slot >= 1000 and after is not None and after.kind == SCALE and after.value < slot:
        running.add(EXACT.multiply(atom.value, after.value), 0)
        return 2
    running.replace(EXACT.add(value, EXACT.multiply(atom.value, Decimal(max(slot, 1) if slot >= 1000 else 1))), 0)
    return 1


def _take_power(text: str, running: _Sum, atoms: list[Atom], index: int, gap: str) -> int:
    """Read «۱۰ به توان ۶» and the «× ۱۰ به توان ۹» behind a number."""
    atom = atoms[index]
    if gap in _TABLE["words"]["power"]:
        if len(running.parts) > 1 or not _is_exponent(atom) or not 2 <= running.total <= 10:
            return 0
        running.replace(EXACT.power(running.total, atom.value), 0)
        return 1
    exponent = atoms[index + 1] if index + 1 < len(atoms) else None
    if atom.value != 10 or exponent is None or not _is_exponent(exponent) or exponent.start - atom.end > 12:
        return 0
    if spaced(text[atom.end : exponent.start]) not in _TABLE["words"]["power"]:
        return 0
    running.replace(EXACT.multiply(running.total, EXACT.power(atom.value, exponent.value)), 0)
    return 2


def _is_exponent(atom: Atom) -> bool:
    return atom.kind in (DIGITS, SMALL) and not atom.flags and 1 <= atom.value <= 30 and atom.value % 1 == 0


def _take_point(text: str, amount: Amount, running: _Sum, atoms: list[Atom], index: int) -> int:
    """Read the decimals after «ممیز»: digits, a whole number, or «بیست و پنج صدم»; then a multiplier."""
    if running.is_pointed or atoms[index].kind not in (DIGITS, SMALL):
        return 0
    running.is_pointed = True
    decimals, next_index = _join(text, atoms, index, pointed=True)
    value = decimals.value if decimals.mantissa is None else decimals.mantissa
    if decimals.first.kind == DIGITS and decimals.first.surface.isdigit() and value >= 1:
        value = Decimal(f"0.{decimals.first.surface}")
    elif value >= 1:
        value = Decimal(f"0.{value.to_integral_value():f}") if value == value.to_integral_value() else value
    running.replace(EXACT.add(running.parts[-1][0], value), 0)
    if decimals.scale is not None:
        running.multiply(decimals.scale)
    return next_index - index
