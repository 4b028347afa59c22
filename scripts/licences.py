"""List the licences of all that an installation brings, as their own metadata state them: a table in Markdown.

usage: python scripts/licences.py [ie/data/licences.md]
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
OWN = "ie-fa"
HEAD = """# Licences of what ie uses

Nothing of this is part of ie: `pip install` brings it, unchanged. Base is what every installation has, the other names
are extras; dev is needed to test ie, not to use it. Made by `make licences` from what the packages say of themselves.

| package | licence | needed by |
|---|---|---|
"""


def requirements() -> dict[str, list[Requirement]]:
    """Return what the project itself asks for, by extra; ``base`` is what every installation has."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    asked = {"base": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [Requirement(line) for line in lines] for extra, lines in asked.items()}


def brought(asked: Iterable[Requirement]) -> Iterator[str]:
    """Yield the names of all packages that requirements bring here, with those that these need themselves."""
    todo, seen = list(asked), set()
    while todo:
        requirement = todo.pop()
        name = normal(requirement.name)
        if (name, frozenset(requirement.extras)) in seen or name == OWN:
            continue
        seen.add((name, frozenset(requirement.extras)))
        yield name
        for line in (installed(name).requires if installed(name) else None) or ():
            further = Requirement(line)
            wanted = [{"extra": extra} for extra in (*requirement.extras, "")]
            if further.marker is None or any(further.marker.evaluate(one) for one in wanted):
                todo.append(further)


def installed(name: str) -> Distribution | None:
    """Return the installed package of a name."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def licence(name: str) -> str | None:
    """Return what an installed package says its licence is: an expression, else classifiers, else a line of text."""
    package = installed(name)
    if package is None:
        return None
    said = package.metadata
    kinds = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    text = (said.get("License") or "").strip().partition("\n")[0]
    return said.get("License-Expression") or "; ".join(kinds) or text or "not stated"


def normal(name: str) -> str:
    """Return the one spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed_by() -> dict[str, list[str]]:
    """Return the extras that bring each package; what base brings is named with base alone."""
    found: dict[str, list[str]] = {}
    for extra, asked in requirements().items():
        for name in sorted(set(brought(asked))):
            if found.get(name) != ["base"]:
                found.setdefault(name, []).append(extra)
    return found


def table() -> str:
    """Return the table of the packages that are installed here."""
    rows = [(name, licence(name), extras) for name, extras in sorted(needed_by().items())]
    return HEAD + "".join(f"| {name} | {said} | {', '.join(extras)} |\n" for name, said, extras in rows if said)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(table(), encoding="utf-8")
    else:
        sys.stdout.write(table())
