"""Kills, full disks and signals: what is finished is kept, nothing half-written is left, and the bytes are the same."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IE = [sys.executable, "-c", "from ie.cli import app; app(prog_name='ie')", "predict", "--rules"]
TEXT = "در سال ۱۴۰۰ بیش از {} واحد صنعتی در این شهرستان راه‌اندازی شد."


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Return five documents, of which the fourth cannot be read."""
    path = tmp_path / "news.jsonl"
    texts = [TEXT.format(20 + number) for number in range(5)]
    lines = [json.dumps({"id": f"n{number}", "text": text}) for number, text in enumerate(texts)]
    path.write_text("\n".join([*lines[:3], "{", lines[4]]) + "\n")
    return path


def crashes(folder: Path, output: str, *arguments: object) -> list[dict[str, object]]:
    """Return what `crashing` found of each point at which a run was killed, and last of the run that was not."""
    folder.mkdir()
    command = [sys.executable, Path(__file__).with_name("crashing.py"), folder, output, *arguments]
    run = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_a_run_that_is_killed_at_any_moment_is_gone_on_with_to_the_same_bytes(news: Path, tmp_path: Path) -> None:
    *killed, whole = crashes(tmp_path / "runs", "facts/", news, "--rules", "--shard-size", "2")
    assert whole["code"] == 1  # a document could not be read
    assert sorted(whole["files"]) == ["_manifest.jsonl", *(f"facts-0000{number}.jsonl" for number in range(3))]
    assert len(killed) > 50
    for one in killed:
        assert (one["code"], one["again"]) == (-signal.SIGKILL, 1), one
        assert one["files"] == whole["files"], one["point"]
        assert one["made anew"] == [], one["point"]
    assert {one["finished"] for one in killed} == {0, 1, 2, 3}


def test_a_file_is_whole_or_not_there_wherever_its_run_is_killed(news: Path, tmp_path: Path) -> None:
    *killed, whole = crashes(tmp_path / "runs", "facts.csv", news, "--rules")
    assert list(whole["files"]) == ["facts.csv"]
    assert len(killed) > 8
    for one in killed:
        left = [name for name in one["left"] if not name.startswith(".")]
        assert left in ([], ["facts.csv"])
        assert one["files"] == whole["files"], one["point"]


# --------------------------------------------------------------------------------------------------- runs of their own


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return forty documents, longer from one to the next."""
    path = tmp_path / "archive.jsonl"
    texts = ["\n".join(TEXT.format(20 + line) for line in range(number + 1)) for number in range(40)]
    path.write_text("".join(json.dumps({"id": f"n{n}", "text": text}) + "\n" for n, text in enumerate(texts)))
    return path


def predict(*arguments: object, **settings: object) -> subprocess.CompletedProcess[str]:
    command = [*IE, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, **settings)  # type: ignore[call-overload,no-any-return]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def started(*arguments: object) -> subprocess.Popen[str]:
    # a job that a shell started in the background ignores Ctrl-C, and its children would too
    return subprocess.Popen(
        [*IE, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(condition: object) -> None:
    deadline = time.monotonic() + 120
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children_of(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc to see the workers")
def test_workers_end_with_a_run_that_is_killed_and_the_next_goes_on(archive: Path, tmp_path: Path) -> None:
    options = ["--shard-size", 4]
    assert predict(archive, "-o", f"{tmp_path}/whole/", *options).returncode == 0
    out = tmp_path / "facts"
    run = started(archive, "-o", f"{out}/", *options, "--workers", 2)
    wait_for(lambda: list(out.glob("facts-*")))
    workers = children_of(run.pid)
    assert len(workers) >= 2
    run.kill()
    run.communicate()
    wait_for(lambda: not any(map(is_alive, workers)))
    again = predict(archive, "-o", f"{out}/", *options)
    assert again.returncode == 0, again.stderr
    assert content(out) == content(tmp_path / "whole")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_is_told_to_end_leaves_what_is_finished(
    archive: Path, tmp_path: Path, sent: signal.Signals, code: int, workers: int
) -> None:
    out = tmp_path / "facts"
    run = started(archive, "-o", f"{out}/", "--shard-size", 1, "--workers", workers)
    wait_for(lambda: list(out.glob("facts-*")))
    run.send_signal(sent)
    _, errors = run.communicate()
    if run.returncode == 0:
        pytest.skip("the run had ended before the signal came")
    assert (run.returncode, errors.strip()) == (code, "")
    assert not [name for name in os.listdir(out) if name.startswith(".")]
    assert predict(archive, "-o", f"{out}/", "--shard-size", 1).returncode == 0
    assert len(list(out.glob("facts-*"))) == 40


def test_sigterm_leaves_no_half_written_file(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [*IE, "-", "-o", str(tmp_path / "facts.jsonl")], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    wait_for(lambda: list(tmp_path.iterdir()))
    run.terminate()
    _, errors = run.communicate()
    assert (run.returncode, errors) == (143, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_shard_that_does_not_fit_costs_no_other(archive: Path, tmp_path: Path) -> None:
    assert predict(archive, "-o", f"{tmp_path}/whole/", "--shard-size", 10).returncode == 0
    sizes = [path.stat().st_size for path in sorted((tmp_path / "whole").glob("facts-*"))]
    assert sizes == sorted(sizes)
    limit = (sizes[1] + sizes[2]) // 2
    run = predict(
        archive, "-o", f"{tmp_path}/facts/", "--shard-size", 10,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr == (
        f"error: {tmp_path}/facts/facts-00002.jsonl: cannot be written: File too large; 2 finished shards are kept in "
        f"{tmp_path}/facts: give the same command again to go on\n"
    )
    assert len(os.listdir(tmp_path / "facts")) == 3
    assert predict(archive, "-o", f"{tmp_path}/facts/", "--shard-size", 10).returncode == 0
    assert content(tmp_path / "facts") == content(tmp_path / "whole")


def test_a_disk_that_is_full_keeps_what_is_finished(archive: Path, tmp_path: Path) -> None:
    """The disk is a small one in memory, which only a namespace of its own sees."""
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    assert predict(archive, "-o", f"{tmp_path}/whole/", "--shard-size", 4).returncode == 0
    mount = f"mount -t tmpfs -o size=100k none '{disk}'"
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True).returncode
    ):
        pytest.skip("this system lets nobody mount a file system of his own")
    command = f"{mount} && \"$0\" \"$@\"; code=$?; cp -r '{disk}/facts' '{kept}'; exit $code"
    arguments = [*IE, archive, "-o", f"{disk}/facts/", "--shard-size", 4]
    run = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT
    )
    assert run.returncode == 1
    assert "No space left on device" in run.stderr and "finished shards are kept" in run.stderr
    assert run.stderr.count("\n") == 1
    there = content(kept)
    assert 2 <= len(there) < 11 and not [name for name in there if name.startswith(".")]
    assert predict(archive, "-o", f"{kept}/", "--shard-size", 4).returncode == 0
    assert content(kept) == content(tmp_path / "whole")
