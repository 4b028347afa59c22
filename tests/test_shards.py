"""Shards: the same files whoever reads and however often a run began anew, and a manifest that says what they are."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pyarrow.dataset
import pytest
from test_cli import ie
from typer.testing import Result

from ie.extractor import Extractor
from ie.schema import Document
from ie.shards import SHARD_CHARACTERS, shards_of
from ie.sources import Failure

TEXT = "در سال ۱۴۰۰ بیش از {} واحد صنعتی در این شهرستان راه‌اندازی شد."


@pytest.fixture
def archive(tmp_path: Path) -> list[Path]:
    """Return a table of which a line cannot be read, and a folder of files of which one cannot."""
    lines = [json.dumps({"id": f"n{number}", "text": TEXT.format(20 + number)}) for number in range(7)]
    (tmp_path / "news.jsonl").write_text("\n".join([*lines[:4], "{", *lines[4:]]))
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text(TEXT.format(ord(name)), encoding="utf-8")
    (folder / "empty.txt").touch()
    return [tmp_path / "news.jsonl", folder]


def predict(archive: list[Path], output: Path, *options: object) -> Result:
    return ie("predict", *archive, "--rules", "-o", output, "--shard-size", 3, *options)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def manifest(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "_manifest.jsonl").read_text().splitlines()]


def test_a_manifest_says_what_each_shard_is(archive: list[Path], tmp_path: Path) -> None:
    result = predict(archive, tmp_path / "facts")
    assert (result.exit_code, result.stdout) == (1, "")
    bad = [f"{archive[0]}:5", f"{archive[1]}/empty.txt"]
    first, second, told = result.stderr.splitlines()
    assert first.startswith(f"error: {bad[0]}: is not a line of JSON") and second == f"error: {bad[1]}: is empty"
    assert told == f"10 documents, 10 facts, 2 failures in {tmp_path}/facts: 4 shards"
    header, *shards, sums = manifest(tmp_path / "facts")
    assert header["settings"]["--shard-size"] == 3 and header["model"] == {"name": "rules"}  # type: ignore[index]
    assert [shard["documents"] for shard in shards] == [3, 2, 3, 2]
    assert [shard["first"] for shard in shards] == ["n0", "n3", "n5", f"{archive[1]}/b.txt"]
    assert [one["source"] for shard in shards for one in shard["failures"]] == bad  # type: ignore[attr-defined]
    assert (sums["shards"], sums["documents"], sums["facts"], sums["failures"]) == (4, 10, 10, 2)
    for shard in shards:
        data = (tmp_path / "facts" / str(shard["file"])).read_bytes()
        assert (len(data), sha256(data).hexdigest()) == (shard["bytes"], shard["sha256"])
        assert data.count(b"\n") == shard["facts"]


def test_shards_hold_what_a_single_file_does(archive: list[Path], tmp_path: Path) -> None:
    predict(archive, tmp_path / "facts")
    whole = b"".join(path.read_bytes() for path in sorted((tmp_path / "facts").glob("facts-*")))
    ie("predict", *archive, "--rules", "-o", tmp_path / "facts.jsonl")
    assert (tmp_path / "facts.jsonl").read_bytes() == whole
    ie("predict", *archive, "--rules", "-o", tmp_path / "by-two.jsonl", "--workers", 2)
    assert (tmp_path / "by-two.jsonl").read_bytes() == whole


def test_neither_workers_nor_a_second_run_change_a_byte(
    archive: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict(archive, tmp_path / "one")
    by_two = predict(archive, tmp_path / "two", "--workers", 2)
    assert by_two.exit_code == 1 and content(tmp_path / "one") == content(tmp_path / "two")
    monkeypatch.setattr(Extractor, "rules", None)  # nothing is read: none is made
    before = {path: path.stat().st_ino for path in (tmp_path / "one").iterdir()}
    again = predict(archive, tmp_path / "one")
    assert again.exit_code == 1  # as the documents that could not be read are not read now either
    assert again.stderr.splitlines()[-1].endswith("4 shards, 4 of them there before")
    assert {path: path.stat().st_ino for path in (tmp_path / "one").iterdir()} == before


def test_only_what_is_missing_or_damaged_is_made_anew(archive: list[Path], tmp_path: Path) -> None:
    predict(archive, tmp_path / "facts")
    whole = content(tmp_path / "facts")
    (tmp_path / "facts" / "facts-00000.jsonl").unlink()
    with open(tmp_path / "facts" / "facts-00002.jsonl", "ab") as file:
        file.write(b"\n")
    result = predict(archive, tmp_path / "facts")
    assert result.stderr.splitlines()[-1].endswith("4 shards, 2 of them there before")
    assert f"note: {tmp_path}/facts/facts-00002.jsonl: is not as it was written" in result.stderr
    assert content(tmp_path / "facts") == whole


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--min-confidence", 0.5], "--min-confidence was 0.0, is now 0.5"),
        (["--report-date", "1401"], "--report-date was none, is now 1401"),
        (["--format", "csv"], "--format was jsonl, is now csv"),
        (["--shard-size", 4], "--shard-size was 3, is now 4"),
    ],
)
def test_other_settings_are_named_and_change_nothing(
    archive: list[Path], tmp_path: Path, options: list[object], words: str
) -> None:
    predict(archive, tmp_path / "facts")
    before = content(tmp_path / "facts")
    result = predict(archive, tmp_path / "facts", *options)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert words in result.stderr and "or --restart to begin this one anew" in result.stderr
    assert content(tmp_path / "facts") == before


def test_another_model_is_named(archive: list[Path], tmp_path: Path) -> None:
    predict(archive, tmp_path / "facts")
    result = ie("predict", *archive, "-o", f"{tmp_path}/facts/", "--shard-size", 3)
    assert result.exit_code == 1
    assert "model name was rules, is now compact" in result.stderr


def test_another_input_is_named(archive: list[Path], tmp_path: Path) -> None:
    predict(archive, tmp_path / "facts")
    (archive[1] / "d.txt").write_text("متن", encoding="utf-8")
    more = predict(archive, tmp_path / "facts").stderr
    assert "input files was 5, is now 6" in more and "file d was none, is now 6 bytes of " in more
    (archive[1] / "d.txt").unlink()
    (archive[1] / "a.txt").write_text(TEXT.format(98), encoding="utf-8")
    assert "file a was " in predict(archive, tmp_path / "facts").stderr


def test_a_restart_replaces_shards_and_no_other_file(archive: list[Path], tmp_path: Path) -> None:
    predict(archive, tmp_path / "facts")
    result = predict(archive, tmp_path / "facts", "--format", "csv", "--restart")
    assert result.exit_code == 1 and result.stderr.splitlines()[-1].endswith(": 4 shards")
    assert list(content(tmp_path / "facts")) == ["_manifest.jsonl", *(f"facts-0000{n}.csv" for n in range(4))]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    refused = predict(archive, tmp_path / "mine", "--restart")
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "holds letter.txt but no _manifest.jsonl" in refused.stderr
    assert os.listdir(tmp_path / "mine") == ["letter.txt"]


def test_a_folder_of_parquet_is_a_dataset(archive: list[Path], tmp_path: Path) -> None:
    predict(archive, tmp_path / "facts", "--format", "parquet")
    table = pyarrow.dataset.dataset(tmp_path / "facts", format="parquet").to_table()
    assert table["value"].to_pylist() == [20, 21, 22, 23, 24, 25, 26, 97, 98, 99]


def test_less_sure_facts_are_counted_over_all_shards(archive: list[Path], tmp_path: Path) -> None:
    for _ in range(2):
        result = predict(archive, tmp_path / "facts", "--min-confidence", 1)
        assert "10 of 10 facts left out: less sure than 1" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--shard-size", 5], "give one, like -o facts/"),
        (["-o", "facts.jsonl", "--restart"], "give one, like -o facts/"),
        (["-o", "facts/", "--format", "table"], "shards are jsonl, csv or parquet"),
        (["-o", "-", "--format", "parquet"], "-o facts.parquet"),
        (["-o", "reports/"], "is also an input"),
        (["--workers", "-1"], "--workers"),
        (["--model", "x"], "leave out --model"),
    ],
)
def test_wrong_usage_ends_with_2(
    archive: list[Path], monkeypatch: pytest.MonkeyPatch, options: list[object], words: str
) -> None:
    monkeypatch.chdir(archive[1].parent)
    result = ie("predict", *archive, "--rules", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in " ".join(result.stderr.split())


def test_standard_input_makes_no_shards(tmp_path: Path) -> None:
    result = ie("predict", "-", "--rules", "-o", f"{tmp_path}/facts/", stdin=TEXT)
    assert result.exit_code == 2 and "cannot be read again" in " ".join(result.stderr.split())


def test_a_folder_that_cannot_be_made_is_named(archive: list[Path], tmp_path: Path) -> None:
    result = predict(archive, tmp_path / "no" / "such")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "create it first" in result.stderr


def test_a_manifest_that_is_none_is_named(archive: list[Path], tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    for nonsense in (b"", b"{}", b"[]\n", b"\xff\n", b'{"manifest": 99}\n'):
        (tmp_path / "facts" / "_manifest.jsonl").write_bytes(nonsense)
        result = predict(archive, tmp_path / "facts")
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
        assert "is no manifest of this version" in result.stderr


def test_many_failures_are_counted_on_the_terminal_and_listed_in_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text("{\n" * 50)
    result = predict([tmp_path / "news.jsonl"], tmp_path / "facts")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 22
    assert "30 more documents failed" in result.stderr
    shards = manifest(tmp_path / "facts")[1:-1]
    assert sum(len(shard["failures"]) for shard in shards) == 50  # type: ignore[arg-type]


def test_a_shard_of_long_documents_ends_early() -> None:
    items = [Document(str(number), "م" * (SHARD_CHARACTERS // 2)) for number in range(5)]
    assert [len(task.items) for task in shards_of([*items, Failure("x", "y")], 100)] == [2, 2, 2]


def test_without_ray_its_engine_says_how_to_install_it(
    archive: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    result = ie("predict", *archive, "--engine", "ray", "-o", f"{tmp_path}/facts/")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: --engine ray needs ray; install it with: pip install 'ie-fa[ray]'\n"
