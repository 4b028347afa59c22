"""Every pattern of the package is linear: twice the text takes twice the time, whatever it is made to fail on.

The texts are made from the pattern itself: what stands before a repeat, what it repeats over and over, and what makes
it fail at the end. Ratios over two doublings are compared: a quadratic pattern gives 16, a linear one 4.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

import ie

BOUND = 9  # the ratio of times where the ratio of lengths is 4
FAST = 0.002  # seconds in which no quadratic pattern reads 2,000 repeats
SIZES = (500, 2000)
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
ALPHABET = ' ۱1aا,.-/\u200c:\n\t(«"=<|_xX0٪%و\u064b\0!'
CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_WORD: r"\w", codes.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
# run in an interpreter of its own, so that nothing is compiled yet
COLLECT = r"""
import importlib, json, pathlib, pkgutil, re, sys
found, compile_really = {}, re._compile
def spy(pattern, flags):
    compiled, frame = compile_really(pattern, flags), sys._getframe(1)
    while frame.f_globals["__name__"] in ("re", "functools"):
        frame = frame.f_back
    module = frame.f_globals["__name__"]
    if module.startswith("ie."):
        found[compiled] = f"{module}:{frame.f_lineno}"
    return compiled
re._compile = spy
import ie
for module in pkgutil.iter_modules(ie.__path__):
    try:
        importlib.import_module(f"ie.{module.name}")
    except ImportError:  # an extra that is not installed
        pass
ie.Extractor.rules().predict("در سال ۱۴۰۰ حدود ۲۵ مدرسه و ۱۲ تا ۱۵ درصد از ۵ واحد ساخته شد.", "1401")
ways, loops = {}, {}
for name, module in list(sys.modules.items()):
    if name.startswith("ie."):
        source = pathlib.Path(module.__file__).read_text(encoding="utf-8")
        loops[name] = set(re.findall(r"\bpattern\.(\w+)\(", source))  # what is done with each pattern of a table
        for attribute, value in vars(module).items():
            if isinstance(value, re.Pattern) and value in found:
                ways.setdefault(value, set()).update(re.findall(rf"\b{attribute}\.(\w+)", source))
                if len(re.findall(rf"\b{attribute}\b(?!\.)", source)) > 1:
                    ways[value] |= loops[name] or {"finditer"}
def text(pattern):
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
def used(one, place):
    return sorted(ways.get(one) or loops.get(place.partition(":")[0], ()))
def row(one, place):
    called = ways.get(one) or loops.get(place.partition(":")[0], ())
    return text(one.pattern), isinstance(one.pattern, bytes), one.flags, place, sorted(called)
print(json.dumps([row(one, place) for one, place in found.items()]))
"""

Tree = parser.SubPattern


def compiled_patterns() -> dict[str, tuple[re.Pattern, list[str]]]:
    """Return every pattern that the package compiles by its place, with the methods it is called by."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", COLLECT], capture_output=True, text=True, check=True,
        cwd=Path(ie.__file__).parents[1],
    )  # fmt: skip
    found = {}
    for number, (pattern, is_bytes, flags, place, ways) in enumerate(json.loads(run.stdout)):
        compiled = re.compile(pattern.encode("latin-1") if is_bytes else pattern, flags)
        found[f"{place} #{number}"] = (compiled, ways)
    return found


def reader(pattern: re.Pattern, ways: list[str]) -> Callable[[object], object]:
    """Return the dearest way in which a pattern is called: all its matches in a text, unless it only begins there."""
    if ways and set(ways) <= {"match", "fullmatch"}:
        return pattern.match if "match" in ways else pattern.fullmatch
    return lambda text: sum(1 for _ in pattern.finditer(text))


# ---------------------------------------------------------------------------------------------------------- attacks


def attacks(pattern: re.Pattern) -> list[tuple[str, str, str]]:
    """Return what stands before, what is repeated, and what comes at the end of the texts a pattern is tried on."""
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    tree = parser.parse(pattern.pattern, flags)
    ends = ["", "\0", *dict.fromkeys(end for ahead in _lookaheads(tree) for end in _samples(ahead)[:6])][:10]
    pumps = [*_pumps(tree, [""]), *(("", whole) for whole in _samples(tree) if whole)]
    return list(dict.fromkeys((before, pump, end) for before, pump in pumps for end in ends))[:40]


def _pumps(tree: Tree, before: list[str]) -> Iterator[tuple[str, str]]:
    for op, value in tree:
        if op in REPEATS:
            if value[1] >= 10:
                yield from ((left, pump) for left in before[:2] for pump in _samples(value[2]) if pump)
            yield from _pumps(value[2], before)
        else:
            for inner in _inner(op, value):
                yield from _pumps(inner, before)
        before = [left + right for left in before[:2] for right in _samples([(op, value)])[:2]]


def _lookaheads(tree: Tree) -> Iterator[Tree]:
    for op, value in tree:
        for inner in [value[2]] if op in REPEATS else _inner(op, value):
            yield from _lookaheads(inner)
        if op in (codes.ASSERT, codes.ASSERT_NOT):
            yield value[1]


def _inner(op: object, value: object) -> list[Tree]:
    if op is codes.SUBPATTERN:
        return [value[3]]
    if op is codes.BRANCH:
        return value[1]
    if op in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    return [value] if op is codes.ATOMIC_GROUP else []


def _samples(tree: Tree) -> list[str]:
    """Return some texts that a part of a pattern matches."""
    texts = [""]
    for op, value in tree:
        texts = [left + right for left in texts[:3] for right in _item(op, value)[:8]][:8]
    return texts


def _item(op: object, value: object) -> list[str]:
    if op is codes.LITERAL:
        return [chr(value)]
    if op is codes.NOT_LITERAL:
        return [next(char for char in ALPHABET if ord(char) != value)]
    if op is codes.ANY:
        return ["a"]
    if op is codes.IN:
        own = [chr(a if o is codes.LITERAL else a[0]) for o, a in value if o in (codes.LITERAL, codes.RANGE)]
        return [char for char in dict.fromkeys([*own, *ALPHABET]) if _holds(value, char)][:8] or ["a"]
    if op in REPEATS:
        return [text * max(value[0], 1) for text in _samples(value[2])]
    if op in (codes.ASSERT, codes.ASSERT_NOT):
        return [""]
    return [text for inner in _inner(op, value) for text in _samples(inner)[:3]] or [""]


def _holds(members: list, char: str) -> bool:
    found = denied = False
    for op, value in members:
        if op is codes.NEGATE:
            denied = True
        elif op is codes.CATEGORY:
            found |= re.match(CATEGORIES[value], char) is not None
        else:
            found |= ord(char) == value if op is codes.LITERAL else value[0] <= ord(char) <= value[1]
    return found != denied


# ---------------------------------------------------------------------------------------------------------- growth


def growth(pattern: re.Pattern, read: Callable, attack: tuple[str, str, str]) -> float:
    """Return how many times longer 2,000 repeats take than 500, or 0 where they are read at once."""

    def seconds(size: int, tries: int) -> float:
        before, pump, end = attack
        text = before + pump * size + end
        subject = text.encode("utf-8", "ignore") if isinstance(pattern.pattern, bytes) else text
        taken = []
        for _ in range(tries):
            started = time.process_time()
            read(subject)
            taken.append(time.process_time() - started)
        return min(taken)

    few, many = SIZES
    once = seconds(many, 1)
    if once < FAST:
        return 0.0
    ratio = once / max(seconds(few, 1), 1e-6)
    # a neighbour on the same machine may have disturbed one measurement
    return ratio if ratio < BOUND else seconds(many, 3) / max(seconds(few, 5), 1e-6)


def steepest(pattern: re.Pattern, read: Callable) -> tuple[float, tuple[str, str, str]]:
    """Return the steepest growth over all attacks on a pattern, and the attack."""
    return max((growth(pattern, read, attack), attack) for attack in attacks(pattern))


@pytest.fixture(scope="module")
def patterns():
    return compiled_patterns()


def test_the_patterns_of_the_package_are_found(patterns):
    modules = {place.partition(":")[0] for place in patterns}
    assert {"ie.numerals", "ie.cardinals", "ie.persian", "ie.webpages", "ie.brat", "ie.period_words"} <= modules


def test_every_pattern_is_linear(patterns):
    steep = {}
    for place, (pattern, ways) in patterns.items():
        ratio, attack = steepest(pattern, reader(pattern, ways))
        if ratio > BOUND:
            steep[place] = (round(ratio), [part[:40] for part in attack], str(pattern.pattern)[:80])
    assert not steep


@pytest.mark.parametrize(
    "steep", ["a+!", r"\s+$", "(?:a|a)*b", "[.!]+(?=x)", "(?:ab)+(?!,)c", "[1-9]{1,3}+(?: [1-9]{3})++(?!,)"]
)
def test_a_pattern_that_is_not_linear_is_found_out(steep, monkeypatch):
    here = sys.modules[__name__]
    monkeypatch.setattr(here, "SIZES", (100, 400) if steep != "(?:a|a)*b" else (10, 18))
    monkeypatch.setattr(here, "FAST", 0)
    pattern = re.compile(steep)
    assert steepest(pattern, reader(pattern, []))[0] > BOUND
