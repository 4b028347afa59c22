"""The README cannot rot: every block of it is run, and must print what it says (`make readme` writes that anew)."""

import doctest
import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.main import get_command

from ie.cli import app

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=^```)(?P<language>\w+)\n(?P<body>.*?)(?=^```$)", flags=re.MULTILINE | re.DOTALL)
SETTING_UP = ("make ", "pip ")  # what the environment of this test was made by


def rendered(folder: Path) -> str:
    """Return the README with the outputs that its blocks print when they are run in a folder, in their order."""
    for name in ("annotations", "ie"):
        (folder / name).symlink_to(ROOT / name)
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        language, body = block["language"], block["body"]
        if language == "python":
            return f"python\n{run_python(body, names)}"
        assert language == "console", f"no way to run a block of {language!r}"
        commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
        return "console\n" + "".join(f"$ {command}\n{run_command(command, folder)}" for command in commands)

    return BLOCK.sub(run, README.read_text(encoding="utf-8"))


def run_python(body: str, names: dict[str, object]) -> str:
    """Return a session with the outputs of its statements; raises where one fails."""
    session = []
    for part in doctest.DocTestParser().parse(body):
        if isinstance(part, str):
            session.append(part)
            continue
        with redirect_stdout(io.StringIO()) as printed:
            exec(compile(part.source, README.name, "single"), names)
        first, *rest = part.source.splitlines(keepends=True)
        session += [f">>> {first}", *(f"... {line}" for line in rest), printed.getvalue()]
    return "".join(session)


def run_command(command: str, folder: Path) -> str:
    """Return what a command prints on a screen of 100 columns."""
    if command.startswith(SETTING_UP):
        return ""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=folder, env=environment)
    assert (run.returncode, run.stderr) == (0, ""), command
    return "".join(f"{line.rstrip()}\n" for line in run.stdout.splitlines())


def without_confidence(text: str) -> str:
    """Return a text without the figures that differ between processors in their last digit."""
    return re.sub(r"\b[01]\.\d\d\b", "0.00", text)


def test_every_block_prints_what_it_says(tmp_path: Path) -> None:
    assert without_confidence(rendered(tmp_path)) == without_confidence(README.read_text(encoding="utf-8"))


def test_it_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


def test_every_command_is_in_it() -> None:
    for name in getattr(get_command(app), "commands"):  # noqa: B009  what Typer returns is not public
        assert f"ie {name} " in README.read_text(encoding="utf-8")


def test_every_target_of_make_that_it_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", README.read_text(encoding="utf-8")))
    assert {"demo", "test"} <= named <= targets


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        README.write_text(rendered(Path(folder)), encoding="utf-8")
