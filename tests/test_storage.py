"""Files of stores: read, listed and written by URL as files of the machine are by path."""

import errno
import os
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from ie.schema import Document, IEError
from ie.sources import Failure, Source, find_sources, read_documents
from ie.storage import StoredFile, files_below, join, matching, opened, remove, state_of, write_whole

TEXT = "در سال ۱۴۰۰ تعداد ۳۵ مدرسه ساخته شد."


@pytest.fixture(params=["path", "url"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path) if request.param == "path" else tmp_path.as_uri()


def test_what_is_written_is_read(place: str) -> None:
    name = join(place, "a/b.txt")
    write_whole(name, TEXT.encode())
    write_whole(name, b"x" + TEXT.encode())
    with opened(name) as file:
        assert (file.read(1), file.read().decode()) == (b"x", TEXT)
    assert [one.path for one in files_below(place)] == [name]
    assert state_of(name).size == 1 + len(TEXT.encode())
    remove(name)
    assert (files_below(place), state_of(name)) == ([], None)


def test_a_folder_that_is_not_there_is_empty(place: str) -> None:
    assert files_below(join(place, "none")) == []
    with pytest.raises(OSError, match="none"):
        opened(join(place, "none"))


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(IEError, match=r"a\.parquet: cannot be written: No space left on device"):
        write_whole(str(tmp_path / "a.parquet"), b"PAR1")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "a.parquet" / "b").mkdir(parents=True)
    with pytest.raises(IEError, match=r"a\.parquet: cannot be written: "):
        write_whole(join(place, "a.parquet"), b"PAR1")
    assert [one.name for one in tmp_path.iterdir()] == ["a.parquet"]


def test_globs_of_urls_match_as_globs_of_paths(tmp_path: Path) -> None:
    for name in ("a.parquet", "b.txt", "1401/c.parquet", "1401/07/d.parquet"):
        write_whole(str(tmp_path / name), b"x")
    url = tmp_path.as_uri()

    def names(pattern: str) -> list[str]:
        return [one.path.removeprefix(f"{url}/") for one in matching(f"{url}/{pattern}")]

    assert names("*.parquet") == ["a.parquet"]
    assert names("**/*.parquet") == ["1401/07/d.parquet", "1401/c.parquet", "a.parquet"]
    assert names("1401") == ["1401/07/d.parquet", "1401/c.parquet"]
    assert names("b.txt") == ["b.txt"]
    assert names("none/*") == []


def test_inputs_are_read_by_url_as_by_path(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.jsonl").write_text(f'{{"text": "{TEXT}"}}\n{{"id": 7}}\n')
    (tmp_path / "c.csv").write_text(f"id,text\n8,{TEXT}\n")
    parquet.write_table(pyarrow.table({"text": [TEXT, TEXT], "date": ["1400-05-01", None]}), tmp_path / "d.parquet")
    (tmp_path / "e.parquet").write_bytes((tmp_path / "d.parquet").read_bytes()[:-9])
    (tmp_path / "f.parquet").mkdir()
    names = ("a.txt", "b.jsonl", "c.csv", "d.parquet", "e.parquet")
    by_path = list(read_documents([tmp_path / name for name in names]))
    by_url = list(read_documents([join(tmp_path.as_uri(), name) for name in names]))
    documents = [one for one in by_url if isinstance(one, Document)]
    assert documents == [one for one in by_path if isinstance(one, Document)]
    assert [one.id for one in documents] == ["a", "b:1", "8", "d:1", "d:2"]
    failures = [str(one) for one in by_url if isinstance(one, Failure)]
    assert failures == [f"file://{one}" for one in by_path if isinstance(one, Failure)]
    assert "is not a whole Parquet file" in failures[1]


def test_a_url_that_names_nothing_is_a_failure(tmp_path: Path) -> None:
    write_whole(str(tmp_path / "a.parquet"), b"x")
    [failure] = find_sources([tmp_path.as_uri()])
    assert "names no file" in str(failure)
    assert [one.path for one in find_sources([f"{tmp_path.as_uri()}/*"])] == [f"{tmp_path.as_uri()}/a.parquet"]


def test_options_of_a_store_are_no_part_of_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [f"s3://archive/{name}?region=eu-west-1" for name in ("1401/a.jsonl.gz", "1402/a.jsonl.gz", "b.txt")]
    monkeypatch.setattr("ie.sources.matching", lambda url: [StoredFile(one, 1, 1) for one in urls])
    found = [one for one in find_sources(["s3://archive/*?region=eu-west-1"]) if isinstance(one, Source)]
    assert [(one.path, one.id) for one in found] == list(zip(urls, ["1401/a", "1402/a", "b"], strict=True))
    assert [one.is_table for one in found] == [True, True, False]
