import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_examples_show_a_report_in_pandas_duckdb_and_label_studio(tmp_path):
    pytest.importorskip("duckdb", reason="the example needs: pip install duckdb")
    pytest.importorskip("pandas", reason="the example needs: pip install 'ie-fa[pandas]'")
    command = [sys.executable, "scripts/examples.py", "ie/data/demo.txt", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "program" in run.stdout and "واحد\t" in run.stdout
    (task,) = json.loads((tmp_path / "tasks.labelstudio.json").read_text(encoding="utf-8"))
    assert task["predictions"][0]["result"]


def test_without_a_report_the_examples_say_how_they_are_called():
    run = subprocess.run([sys.executable, "scripts/examples.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2 and "usage:" in run.stderr
