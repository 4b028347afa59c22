"""A model folder is read as it was written: every damaged file is named before anything of it is used."""

import shutil
from importlib import resources
from pathlib import Path

import pytest

from ie import Extractor
from ie.checksums import SUMS, check_checksums, write_checksums
from ie.schema import IEError

SHIPPED = Path(str(resources.files("ie"))) / "models" / "compact"
LOADED = ("config.json", "model.onnx", "tokenizer.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "model"
    copy.mkdir()
    for name in (*LOADED, SUMS):
        shutil.copyfile(SHIPPED / name, copy / name)
    return copy


def damage(path: Path, at: int = -100) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_the_sums_of_the_shipped_model_are_those_of_its_files() -> None:
    names = [line.split()[1] for line in (SHIPPED / SUMS).read_text().splitlines()]
    there = [name for name in names if (SHIPPED / name).is_file()]
    assert set(LOADED) <= set(there)
    assert set(names) - set(there) <= {"model.safetensors"}, "the wheel has no trainable weights"
    check_checksums(SHIPPED, there)


@pytest.mark.parametrize("name", LOADED)
def test_one_bit_that_is_wrong_is_told_before_the_model_is_used(folder: Path, name: str) -> None:
    Extractor.load(folder)
    damage(folder / name)
    with pytest.raises(IEError) as caught:
        Extractor.load(folder)
    said = str(caught.value)
    assert said.startswith(f"{folder / name}: damaged or changed: expected the SHA-256 sum ")
    assert "copy the folder anew or make the model again" in said
    assert "\n" not in said


def test_a_file_that_was_cut_off_is_told(folder: Path) -> None:
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:5000])
    with pytest.raises(IEError, match=r"model\.onnx: damaged"):
        Extractor.load(folder)


@pytest.mark.parametrize(("content", "words"), [("", "no sum of config.json"), ("nonsense\n", "line 1: expected a")])
def test_damaged_sums_are_told(folder: Path, content: str, words: str) -> None:
    (folder / SUMS).write_text(content)
    with pytest.raises(IEError, match=words):
        Extractor.load(folder)


def test_a_folder_without_sums_is_read_as_it_is(folder: Path) -> None:
    (folder / SUMS).unlink()
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"threshold": 0.03', '"threshold": 0.04'))
    assert Extractor.load(folder).tagger.threshold == 0.04  # type: ignore[union-attr]


def test_sums_are_those_of_the_program_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b"abc")
    (tmp_path / "README.md").write_bytes(b"a note that anyone may change")
    write_checksums(tmp_path)
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (tmp_path / SUMS).read_text() == f"{known}  config.json\n"
    assert [path.name for path in tmp_path.glob(".*")] == []
