"""The fuzzer's targets hold on all that it begins with, and on some hundred inputs that it makes of that."""

import subprocess
import sys
from pathlib import Path

import pytest
from fuzz_seeds import seeds
from fuzz_targets import TARGETS, clean

NEEDS = {"docx": "docx", "html": "trafilatura", "pdf": "pypdfium2"}


@pytest.fixture(scope="module", autouse=True)
def files():
    yield
    clean()


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_holds_on_its_seeds(target):
    if target in NEEDS:
        pytest.importorskip(NEEDS[target], reason=f"needs {NEEDS[target]} (pip install 'ie-fa[{target}]')")
    data = b""
    try:
        for data in seeds(target):
            TARGETS[target](data)
    except BaseException as error:
        error.add_note(f"{target}: {data[:200]!r}")
        raise


def test_a_short_run_of_the_fuzzer_finds_nothing(tmp_path):
    pytest.importorskip("atheris", reason="needs atheris (pip install atheris; Linux on x86-64 only)")
    script = Path(__file__).with_name("fuzz.py")
    command = [sys.executable, str(script), "any", "--runs", "500", "--folder", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    assert "500 executions" in run.stdout
