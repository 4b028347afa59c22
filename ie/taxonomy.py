"""The list of programmes: which `program_type` a programme phrase belongs to.

A taxonomy is a TOML file of ``[[program]]`` entries: `id`, `name_fa`, `name_en`, `aliases` (phrases whose words, in any
inflection the folding knows, must all occur in the programme phrase, in order) and optionally `context` (cue words of
the clause; an entry that has them matches only where one of them occurs) and `exclude` (cue words that speak against
it). Of several entries that match, the one with the more words wins, context counting as words; ties go to the earlier
one. Every data mistake raises `IEError` with the file, the entry and what was expected.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ie.persian import ZWNJ, fold
from ie.schema import IEError

__all__ = ["Program", "Taxonomy", "stems_of"]

_WORD = re.compile(r"[^\W_]+")
_ID = re.compile(r"[a-z][a-z0-9_]*")
# inflections a word of running text may carry: plural, ezafe, indefinite, possessive
_SUFFIX = re.compile(r"(?:ها|های|هایی|هایش|هایشان|ان|ی|یی|ای|ش|شان)$")
_PIECES = frozenset(("ها", "های", "هایی", "ی", "ای", "اش", "شان"))
_FIELDS = {"id", "name_fa", "name_en", "aliases", "context", "exclude"}


@dataclass(frozen=True, slots=True)
class Program:
    """One programme family. Phrases are stored as given."""

    id: str
    name_fa: str
    name_en: str
    aliases: tuple[str, ...]
    context: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(slots=True)
class Taxonomy:
    """A list of programmes that finds the id of a phrase.

    >>> Taxonomy.load().match("تسهیلات اشتغال روستایی")
    'loans'
    """

    programs: tuple[Program, ...]
    _patterns: dict[str, list[_Pattern]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        patterns: dict[str, list[_Pattern]] = {}
        for position, program in enumerate(self.programs):
            context = tuple(stems_of(phrase) for phrase in program.context)
            exclude = tuple(stems_of(phrase) for phrase in program.exclude)
            for alias in program.aliases:
                stems = stems_of(alias)
                patterns.setdefault(stems[0], []).append(_Pattern(stems, context, exclude, program.id, position))
        self._patterns = patterns

    @classmethod
    def load(cls, path: str | Path | None = None) -> Taxonomy:
        """Return the taxonomy of a TOML file, or the one that ships with the package."""
        if path is None:
            return _shipped()
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise IEError(f"{path}: cannot read the taxonomy: {error}") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str = "taxonomy") -> Taxonomy:
        """Return the taxonomy of a TOML text; `source` names it in errors."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise IEError(f"{source}: not a TOML file: {error}") from error
        entries = data.get("program")
        if not isinstance(entries, list) or not entries:
            raise IEError(f"{source}: expected a list of [[program]] entries, got {sorted(data) or 'an empty file'}")
        programs = tuple(_program(entry, f"{source}: entry {number}") for number, entry in enumerate(entries, 1))
        seen: set[str] = set()
        for number, program in enumerate(programs, 1):
            if program.id in seen:
                raise IEError(f"{source}: entry {number}: id {program.id!r} is used twice; ids must be unique")
            seen.add(program.id)
        return cls(programs)

    def match(self, phrase: str, context: str = "") -> str | None:
        """Return the id of the entry that fits a programme phrase best in the clause it stands in, or None.

        >>> Taxonomy.load().match("واحد صنعتی", "۲۰ واحد صنعتی به چرخه تولید بازگشت")
        'unit_reactivation'
        """
        words = stems_of(phrase)
        clause: frozenset[str] | None = None
        joined = ""
        best: tuple[int, int] | None = None
        found = None
        for word in dict.fromkeys(words):
            for pattern in self._patterns.get(word, ()):
                if not _in_order(pattern.stems, words):
                    continue
                if pattern.context or pattern.exclude:
                    if clause is None:
                        stems = stems_of(context or phrase)
                        clause, joined = frozenset(stems), f" {' '.join(stems)} "
                    if not pattern.fits(clause, joined):
                        continue
                rank = (len(pattern.stems) + pattern.bonus(joined), -pattern.position)
                if best is None or rank > best:
                    best, found = rank, pattern.id
        return found


@dataclass(frozen=True, slots=True)
class _Pattern:
    stems: tuple[str, ...]
    context: tuple[tuple[str, ...], ...]
    exclude: tuple[tuple[str, ...], ...]
    id: str
    position: int

    def fits(self, clause: frozenset[str], joined: str) -> bool:
        if any(_occurs(cue, clause, joined) for cue in self.exclude):
            return False
        return not self.context or any(_occurs(cue, clause, joined) for cue in self.context)

    def bonus(self, joined: str) -> int:
        """Return the number of words of the longest context cue that occurs."""
        return max((len(cue) for cue in self.context if f" {' '.join(cue)} " in joined), default=0)


def _occurs(cue: tuple[str, ...], clause: frozenset[str], joined: str) -> bool:
    return cue[0] in clause and f" {' '.join(cue)} " in joined


def stems_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase without inflection.

    >>> stems_of("واحدهای صنعتی") == stems_of("واحد صنعتي")
    True
    """
    stems = []
    for word in _WORD.findall(fold(phrase).text.replace(ZWNJ, " ")):
        if word in _PIECES:
            continue
        stem = _SUFFIX.sub("", word)
        stems.append(stem if len(stem) >= 3 else word)
    return tuple(stems)


def _in_order(wanted: Sequence[str], words: Sequence[str]) -> bool:
    remaining = iter(words)
    return all(word in remaining for word in wanted)


def _program(entry: Any, where: str) -> Program:  # noqa: ANN401
    """Return a checked entry."""
    if not isinstance(entry, dict):
        raise IEError(f"{where}: expected a table with id, name_fa, name_en, aliases, got {entry!r}")
    named = f"{where} ({entry.get('id')!r})"
    unknown = sorted(set(entry) - _FIELDS)
    if unknown:
        raise IEError(f"{named}: unknown field {unknown[0]!r}; expected only {', '.join(sorted(_FIELDS))}")
    for name in ("id", "name_fa", "name_en"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise IEError(f"{named}: {name} must be a non-empty text, got {entry.get(name)!r}")
    if not _ID.fullmatch(entry["id"]):
        raise IEError(f"{named}: id must be lower-case Latin letters, digits and _, such as 'rural_loans'")
    phrases = {name: _phrases(entry.get(name, []), f"{named}: {name}") for name in ("aliases", "context", "exclude")}
    aliases = phrases["aliases"] or (entry["name_fa"],)
    return Program(entry["id"], entry["name_fa"], entry["name_en"], aliases, phrases["context"], phrases["exclude"])


def _phrases(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(phrase, str) and stems_of(phrase) for phrase in value):
        raise IEError(f"{where} must be a list of phrases, such as ['واحد صنعتی'], got {value!r}")
    return tuple(value)


@cache
def _shipped() -> Taxonomy:
    text = resources.files("ie").joinpath("data/taxonomy.toml").read_text(encoding="utf-8")
    return Taxonomy.parse(text, "ie/data/taxonomy.toml")
