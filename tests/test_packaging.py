"""The package as a newcomer gets it: light imports, layers that hold, and two commands that find their Python."""

import json
import os
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest

import ie

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TRAINING = {"torch", "transformers", "datasets", "hazm", "accelerate", "onnx", "seqeval", "nltk"}
EXTRAS = {"pandas", "ray", "fastapi", "openpyxl", "trafilatura", "lxml", "docx", "pypdfium2", "sqlalchemy", "psycopg"}
SLOW = TRAINING | EXTRAS | {"numpy", "scipy", "onnxruntime", "tokenizers", "pyarrow", "pandas", "pydantic", "jdatetime"}


def modules_after(code: str) -> set[str]:
    """Return the top-level modules that a fresh Python has imported after running the code."""
    code += "\nimport json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_imports_point_down() -> None:
    contracts = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([contracts, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout


def test_importing_the_package_imports_nothing_slow() -> None:
    assert not modules_after("import ie") & (SLOW | {"typer", "rich"})


@pytest.mark.parametrize("arguments", [["--help"], ["predict", "--help"], ["evaluate", "--help"], ["--version"]])
def test_help_imports_nothing_slow(arguments: list[str]) -> None:
    code = f"from typer.testing import CliRunner; from ie.cli import app; CliRunner().invoke(app, {arguments})"
    assert not modules_after(code) & (SLOW - {"pydantic"} | {"rich"})  # Typer reads options with pydantic


def test_numbers_and_periods_need_no_model_library() -> None:
    code = "import ie; ie.parse_number('۲۰'); ie.parse_period('سال ۱۴۰۰')"
    assert not modules_after(code) & (TRAINING | {"onnxruntime", "tokenizers", "pandas"})


def test_prediction_runs_without_any_extra() -> None:
    blocked = sorted(TRAINING | EXTRAS)
    code = f"""
import sys
sys.modules.update(dict.fromkeys({blocked}))
from ie import Extractor
assert Extractor.load().predict("در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی ساخته شد.").facts
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_every_public_name_can_be_imported() -> None:
    assert {name for name in ie.__all__ if getattr(ie, name) is not None} == set(ie.__all__)
    assert {"Extractor", "parse_number", "parse_period", "read_annotations", "evaluate"} <= set(ie.__all__)


def test_the_version_is_that_of_the_project() -> None:
    assert ie.__version__ == PROJECT["version"]


def test_the_base_install_is_light() -> None:
    names = {requirement.partition(">")[0] for requirement in PROJECT["dependencies"]}
    assert not names & (TRAINING | {"pandas"})


def test_the_report_of_the_demo_ships_in_the_package() -> None:
    assert "۱۴۰۱" in (resources.files("ie") / "data" / "demo.txt").read_text(encoding="utf-8")


def test_the_type_marker_ships_in_the_package() -> None:
    assert (resources.files("ie") / "py.typed").is_file()


def find_python(path: Path, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(home), **variables}
    return subprocess.run(["/bin/sh", ROOT / ".ci" / "find-python"], capture_output=True, text=True, env=environment)


@pytest.fixture
def old_pythons(tmp_path: Path) -> Path:
    """Return a folder whose every python is too old, to stand first on PATH."""
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("python", "python3", "python3.12", "python3.13"):
        (folder / name).write_text("#!/bin/sh\nexit 1\n")
        (folder / name).chmod(0o755)
    return folder


def test_a_python_of_pyenv_is_found_where_the_first_on_path_is_too_old(tmp_path: Path, old_pythons: Path) -> None:
    version = tmp_path / ".pyenv" / "versions" / "3.12.9" / "bin"
    version.mkdir(parents=True)
    (version / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (version / "python").chmod(0o755)
    run = find_python(old_pythons, tmp_path)
    assert (run.returncode, run.stdout) == (0, f"{sys.executable}\n")


def test_a_python_that_is_named_comes_first(tmp_path: Path, old_pythons: Path) -> None:
    run = find_python(old_pythons, tmp_path, PYTHON=sys.executable)
    assert run.stdout == f"{sys.executable}\n"


def test_without_a_python_the_message_says_what_to_do(tmp_path: Path, old_pythons: Path) -> None:
    run = find_python(old_pythons, tmp_path)
    if run.returncode == 0:
        pytest.skip("a Python 3.12 or 3.13 stands in a folder that is always searched")
    assert "needs Python 3.12 or 3.13" in run.stderr
    assert "make demo PYTHON=" in run.stderr


def test_ci_runs_what_make_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make check tools test" in script.read_text()


def test_pyenv_is_told_a_version_that_the_project_supports() -> None:
    assert (ROOT / ".python-version").read_text().strip() == "3.12"
    assert PROJECT["requires-python"] == ">=3.12,<3.14"
