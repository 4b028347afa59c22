"""Outputs that one run at a time writes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ie.atomic import writing
from ie.locks import locked
from ie.schema import IEError
from ie.shards import Plan, write_shards
from ie.streaming import Reading

ROOT = Path(__file__).parents[1]
HOLDING = """
import sys, time
from pathlib import Path
from ie.locks import locked
with locked(Path(sys.argv[1]), "it") as held:
    print(held, flush=True)
    time.sleep(600)
"""


def test_a_second_run_is_told_at_once_and_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "facts.csv"
    with writing(target) as file:
        file.write("first")
        with pytest.raises(IEError, match=r"facts\.csv: another run is writing it"), writing(target):
            pass
    assert target.read_text() == "first"
    assert os.listdir(tmp_path) == ["facts.csv"]


def test_a_folder_of_shards_is_written_by_one_run(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    with locked(tmp_path / "facts" / ".lock", "facts"), pytest.raises(IEError, match="another run is writing it"):
        write_shards([], [], Reading(rules=True), Plan(tmp_path / "facts"))
    assert write_shards([], [], Reading(rules=True), Plan(tmp_path / "facts")).shards == 0
    assert os.listdir(tmp_path / "facts") == ["_manifest.jsonl"]


def test_the_lock_of_a_run_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    lock = tmp_path / ".facts.csv.lock"
    command = [sys.executable, "-c", HOLDING, str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as run:
        assert run.stdout is not None and run.stdout.readline() == "True\n"
        with pytest.raises(IEError, match="another run"), writing(tmp_path / "facts.csv"):
            pass
        run.kill()
        run.wait()
    assert lock.exists()
    with writing(tmp_path / "facts.csv") as file:
        file.write("second")
    assert os.listdir(tmp_path) == ["facts.csv"]


def test_what_a_killed_run_left_of_a_file_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    kept = [".facts.csv.old.partial", ".other.csv.12.partial", "facts.csv.12.partial"]
    for name in (".facts.csv.12.partial", ".facts.csv.999.partial", *kept):
        (tmp_path / name).touch()
    with writing(tmp_path / "facts.csv") as file:
        file.write("whole")
    assert sorted(os.listdir(tmp_path)) == sorted(["facts.csv", *kept])


def test_without_locks_of_the_file_system_runs_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(handle: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("ie.locks._try", no_locks)
    (tmp_path / ".facts.csv.1.partial").touch()  # it may be another run's
    with writing(tmp_path / "facts.csv") as file:
        file.write("whole")
    assert sorted(os.listdir(tmp_path)) == [".facts.csv.1.partial", "facts.csv"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write anywhere")
    with (
        pytest.raises(IEError, match=r"facts\.csv: cannot be written: Permission denied"),
        writing(folder / "facts.csv"),
    ):
        pass
