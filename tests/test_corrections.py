"""The file of corrected documents: each line whole and on the disk, or the file as it was."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ie import IEError, read_annotations
from ie.corrections import Corrections, corrected_document

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی راه‌اندازی شد."


def record(name: str = "one", **slots: object) -> dict[str, object]:
    fact = {"id": f"{name}@19", "number": [19, 21], "value": 20, "comparator": "gt", "unit": "واحد", **slots}
    return {"id": name, "text": TEXT, "date": "1401-07-15", "facts": [fact], "periods": [[3, 11]]}


@pytest.fixture
def corrections(tmp_path: Path) -> Corrections:
    return Corrections.at(tmp_path / "corrections.jsonl")


def kept(corrections: Corrections) -> dict[str, str]:
    annotations = read_annotations(corrections.path)
    return {document.id: str(document.facts[0].fact.value) for document in annotations}


def test_what_is_kept_is_what_training_reads(corrections: Corrections) -> None:
    assert corrections.keep(corrected_document(record())) is False
    annotations = read_annotations(corrections.path)
    assert annotations.skipped == ()
    (document,) = annotations
    assert document == corrected_document(record())


def test_a_later_version_takes_the_place_of_an_earlier_one(corrections: Corrections) -> None:
    for name in ("one", "two", "three"):
        corrections.keep(corrected_document(record(name)))
    assert corrections.keep(corrected_document(record("two", value=21))) is True
    assert kept(corrections) == {"one": "20", "two": "21", "three": "20"}


def test_a_line_that_a_crash_cut_off_does_not_swallow_the_next(corrections: Corrections) -> None:
    corrections.keep(corrected_document(record("one")))
    whole = corrections.path.read_bytes()
    for cut in range(1, len(whole), 37):
        corrections.path.write_bytes(whole + whole[:cut].replace(b"one", b"cut"))
        corrections.keep(corrected_document(record("two")))
        assert {"one", "two"} <= set(kept(corrections))


def test_lines_of_others_stay_as_they_are(corrections: Corrections) -> None:
    others = b'{"id": "other", "sha256": "00", "facts": []}\r\nnot json\n\n'
    corrections.path.write_bytes(others)
    corrections.keep(corrected_document(record("one")))
    corrections.keep(corrected_document(record("one", value=22)))
    assert corrections.path.read_bytes().startswith(others)


def test_many_writers_lose_nothing(corrections: Corrections) -> None:
    def keep(number: int) -> None:
        Corrections.at(corrections.path).keep(corrected_document(record(f"n{number % 12}", value=number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(36)))
    assert set(kept(corrections)) == {f"n{number}" for number in range(12)}
    assert read_annotations(corrections.path).skipped == ()


WRITER = """
import sys
from ie.corrections import Corrections, corrected_document
import json
corrections = Corrections.at(sys.argv[1])
for number in range(10_000):
    record = json.loads(sys.argv[2])
    record["id"] = f"n{number % 7}" if number % 2 else f"m{number}"
    corrections.keep(corrected_document(record))
    print(record["id"], flush=True)
"""


def test_a_process_that_is_killed_loses_nothing_that_was_told_as_kept(tmp_path: Path) -> None:
    told: set[str] = set()
    path = tmp_path / "corrections.jsonl"
    for crash in range(3):
        command = [sys.executable, "-c", WRITER, str(path), json.dumps(record())]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as writer:
            assert writer.stdout
            told.update(line.strip() for line, _ in zip(writer.stdout, range(9 + 5 * crash), strict=False))
            writer.kill()
    assert told <= set(kept(Corrections.at(path)))
    assert len(list(tmp_path.glob("*.jsonl"))) == 1


def test_a_full_disk_leaves_the_file_as_it_was(corrections: Corrections, monkeypatch: pytest.MonkeyPatch) -> None:
    corrections.keep(corrected_document(record("one")))
    before = corrections.path.read_bytes()
    write = os.write

    def half(file: int, data: memoryview) -> int:
        if len(data) < 60:
            raise OSError(28, "No space left on device")
        return write(file, bytes(data)[:50])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(IEError, match="No space left on device; nothing was changed"):
        corrections.keep(corrected_document(record("two")))
    monkeypatch.undo()
    assert corrections.path.read_bytes() == before


@pytest.mark.parametrize("name", ["missing/corrections.jsonl", "folder.jsonl", "corrections.txt"])
def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(IEError, match=name.replace(".", r"\.")):
        Corrections.at(tmp_path / name)


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"value": -1}, "not negative"),
        ({"value": "Infinity"}, "value"),
        ({"value": None}, "value"),
        ({"number": [19, 500]}, "expected offsets within"),
        ({"number": [21, 19]}, "expected offsets within"),
        ({"comparator": "range"}, "value_max"),
        ({"value_max": 3}, "value_max"),
        ({"comparator": "about"}, "comparator"),
        ({"interval": {"start": "1400-13-01", "end": None}}, "not a Jalali date"),
        ({"interval": {"start": "1400", "end": None}}, "Jalali days"),
        ({"interval": {"start": "1400-02-01", "end": "1400-01-01"}}, "a start before its end"),
        ({"direction": "up", "baseline": {"start": "x", "end": None}}, "not a Jalali date"),
        ({"subset_of": "nobody"}, "expected a fact of its line"),
        ({"same_as": "one@19"}, "found the fact itself"),
    ],
)
def test_a_slot_that_cannot_be_is_named(slots: dict[str, object], words: str) -> None:
    with pytest.raises(IEError, match=words):
        corrected_document(record(**slots))


@pytest.mark.parametrize("bad", [None, [], "text", {"id": "x", "facts": []}, {"id": " ", "facts": [], "text": "x"}])
def test_what_is_no_document_is_refused(bad: object) -> None:
    with pytest.raises(IEError):
        corrected_document(bad)
