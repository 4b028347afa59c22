"""A folder that nothing can be written to: one line says so, nothing is left behind, and what is there can be read."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

IE = [sys.executable, "-c", "from ie.cli import app; app(prog_name='ie')"]
ROOT = Path(__file__).parents[1]
SHIPPED = Path(str(resources.files("ie"))) / "models" / "compact"
TEXT = "در سال ۱۴۰۰ تعداد ۲۰ مدرسه ساخته شد."
_DROP_BOUND, _OVERRIDE, _READ_SEARCH = 24, 1, 2  # prctl: capabilities that let root pass over the rights of files


def _obey() -> None:
    """Let this process obey the rights of files, even as root."""
    if os.getuid() == 0:
        system = ctypes.CDLL(None)
        for capability in (_OVERRIDE, _READ_SEARCH):
            system.prctl(_DROP_BOUND, capability, 0, 0, 0)


def ie(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*IE, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=_obey, env=environment, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with a report and an old output, to which nothing can be written."""
    if not sys.platform.startswith("linux"):
        pytest.skip("root obeys no rights here")
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "report.txt").write_text(TEXT, encoding="utf-8")
    (closed / "old.jsonl").write_text("what was there\n")
    probe = [sys.executable, "-c", f"open({str(closed / 'probe')!r}, 'w')"]
    closed.chmod(0o555)
    if subprocess.run(probe, preexec_fn=_obey, stderr=subprocess.DEVNULL).returncode == 0:
        pytest.skip("this user may write to every folder")
    yield closed
    closed.chmod(0o755)


@pytest.mark.parametrize("name", ["new.jsonl", "old.jsonl", "new.csv", "new.parquet", "new.xlsx", "new.html"])
def test_an_output_there_is_one_clear_error(folder: Path, name: str) -> None:
    before = sorted(path.name for path in folder.iterdir())
    run = ie("predict", folder / "report.txt", "-o", folder / name)
    assert run.returncode == 1
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"error: {folder / name}: ") and "Permission denied" in line
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "old.jsonl").read_text() == "what was there\n"


@pytest.mark.parametrize("is_there", [False, True])
def test_a_database_there_is_one_clear_error(folder: Path, is_there: bool) -> None:
    target = f"sqlite:///{folder / 'facts.db'}"
    if is_there:
        folder.chmod(0o755)
        assert ie("predict", folder / "report.txt", "-o", target).returncode == 0
        (folder / "facts.db").chmod(0o444)
        folder.chmod(0o555)
    before = (folder / "facts.db").read_bytes() if is_there else None
    run = ie("predict", folder / "report.txt", "-o", target)
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"error: {target}: cannot be written: ")
    assert ((folder / "facts.db").read_bytes() if is_there else None) == before


def test_corrections_that_cannot_be_kept_there_are_told_before_the_server_begins(folder: Path) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed: pip install 'ie-fa[web]'")
    run = ie("serve", "--port", "0", "--annotations", folder / "kept.jsonl")
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert "kept.jsonl: cannot be written: Permission denied" in line


def test_reports_and_a_model_are_read_from_there(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "model").mkdir()
    for name in ("config.json", "model.onnx", "tokenizer.json", "SHA256SUMS"):
        shutil.copyfile(SHIPPED / name, folder / "model" / name)
    (folder / "model").chmod(0o555)
    folder.chmod(0o555)
    run = ie("predict", folder, "--model", folder / "model")
    (folder / "model").chmod(0o755)
    assert run.returncode == 0, run.stderr
    assert '"value": 20' in run.stdout
