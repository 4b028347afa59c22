"""Models of the hub: nothing is fetched that was not asked for, one commit at a time, and never a pickle."""

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from ie import Extractor
from ie.hub import local_folder, pinned
from ie.schema import IEError

huggingface_hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SHIPPED = Path(str(resources.files("ie"))) / "models" / "compact"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Stand in for the hub, which has one commit; return the list of what it is asked."""
    asked: list[dict[str, object]] = []
    folder = tmp_path / "snapshots" / COMMIT
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"")

    def snapshot_download(name: str, **options: object) -> str:
        asked.append({"name": name, **options})
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    return asked


def test_a_folder_is_itself(tmp_path: Path, hub: list[dict[str, object]]) -> None:
    assert local_folder(tmp_path) == local_folder(str(tmp_path)) == tmp_path
    assert pinned(str(tmp_path)) == str(tmp_path)
    assert hub == []


@pytest.mark.parametrize("source", ["runs/best", "./runs/best@main", "/runs/best", "best", "a/b/c@main", "a/b@"])
def test_a_folder_that_is_mistyped_is_not_asked_of_the_hub(source: str, hub: list[dict[str, object]]) -> None:
    with pytest.raises(IEError, match="no such folder"):
        local_folder(source)
    assert hub == []


def test_a_model_without_a_revision_says_how_to_give_one() -> None:
    with pytest.raises(IEError, match=r"named with its revision: owner/name@commit, or owner/name@main for the newest"):
        Extractor.load("owner/name")


def test_a_commit_is_fetched_and_nothing_is_said(
    hub: list[dict[str, object]], caplog: pytest.LogCaptureFixture
) -> None:
    assert local_folder(f"owner/name@{COMMIT}").name == COMMIT
    assert (hub[0]["name"], hub[0]["revision"]) == ("owner/name", COMMIT)
    assert caplog.text == ""


def test_a_branch_is_read_at_its_commit_which_is_told(
    hub: list[dict[str, object]], caplog: pytest.LogCaptureFixture
) -> None:
    local_folder("owner/name@main")
    assert f"to read the same again: owner/name@{COMMIT}" in caplog.text
    assert pinned("owner/name", "refs/pr/3") == f"owner/name@{COMMIT}"
    assert [one["revision"] for one in hub] == ["main", "refs/pr/3"]


def test_another_commit_than_the_one_that_was_named_is_refused(hub: list[dict[str, object]]) -> None:
    with pytest.raises(IEError, match=f"expected that commit, was given {COMMIT}"):
        local_folder(f"owner/name@{'f' * 40}")


def test_pickles_and_programs_are_not_fetched(hub: list[dict[str, object]]) -> None:
    from fnmatch import fnmatch

    local_folder(f"owner/name@{COMMIT}")
    patterns = hub[0]["allow_patterns"]
    assert isinstance(patterns, list)
    for name in ("pytorch_model.bin", "modeling_name.py", "tf_model.h5", "model.pt", "model.pkl", "flax_model.msgpack"):
        assert not any(fnmatch(name, pattern) for pattern in patterns), name


def test_a_model_of_pickles_alone_says_what_to_do(hub: list[dict[str, object]], tmp_path: Path) -> None:
    (tmp_path / "snapshots" / COMMIT / "model.safetensors").unlink()
    with pytest.raises(IEError, match=r"pickles are not read; .*scripts/to_safetensors\.py"):
        local_folder(f"owner/name@{COMMIT}")


def test_what_was_fetched_is_read_offline(tmp_path: Path) -> None:
    """Ask the hub's own library, with the network off, for a model in a cache as that library lays it out."""
    cached = tmp_path / "hub" / "models--owner--name"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(COMMIT)
    snapshot = cached / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for name in ("config.json", "model.onnx", "tokenizer.json", "SHA256SUMS"):
        shutil.copyfile(SHIPPED / name, snapshot / name)
    code = """
import sys
from ie import Extractor
assert Extractor.load(sys.argv[1]).predict("در سال ۱۴۰۰ تعداد ۲۰ مدرسه ساخته شد.").facts
"""
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    for name in ("owner/name@main", f"owner/name@{COMMIT}"):
        run = subprocess.run([sys.executable, "-c", code, name], env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
    run = subprocess.run(
        [sys.executable, "-c", code, "owner/other@main"], env=environment, capture_output=True, text=True
    )
    assert "owner/other@main: cannot be fetched; give a local folder: " in run.stderr
