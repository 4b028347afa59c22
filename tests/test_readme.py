"""The README cannot rot: its commands and its Python run, and print what it says they print."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from ie.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
SETTING_UP = ("make ", "pip ", "git ")


def commands() -> list[tuple[str, str]]:
    """Return the commands of the console blocks with the output that follows each."""
    steps: list[tuple[str, str]] = []
    for language, block in BLOCKS:
        if language == "console":
            for line in block.splitlines(keepends=True):
                if line.startswith("$ "):
                    steps.append((line[2:].strip(), ""))
                else:
                    steps[-1] = (steps[-1][0], steps[-1][1] + line)
    return steps


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_every_block_is_of_a_kind_that_is_run() -> None:
    assert {language for language, _ in BLOCKS} <= {"python", "console"}


def test_the_commands_print_what_it_says(tmp_path: Path) -> None:
    bin_folder = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{bin_folder}:{os.environ['PATH']}"}
    environment.pop("COLUMNS", None)
    for folder in ("annotations", "ie"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    ran = 0
    for command, expected in commands():
        if command.startswith(SETTING_UP):
            continue
        run = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, env=environment)
        assert run.stderr == "", command
        assert _rows(run.stdout) == _rows(expected), command
        ran += 1
    assert ran >= 2


def _rows(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_python_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = "\n".join(block for language, block in BLOCKS if language == "python")
    test = doctest.DocTestParser().get_doctest(session, {}, "README.md", "README.md", 0)
    assert len(test.examples) >= 5
    failures: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(test, out=failures.append)
    assert failures == []


def test_every_command_is_in_it() -> None:
    for name in getattr(get_command(app), "commands"):  # noqa: B009  what Typer returns is not public
        assert f"ie {name} " in README


def test_every_target_it_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {word for command, _ in commands() for word in shlex.split(command)[1:] if command.startswith("make ")}
    assert {"demo", "test"} <= named | set(re.findall(r"`make ([a-z]+)`", README))
    assert named <= targets


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
