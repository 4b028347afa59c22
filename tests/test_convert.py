"""`ie convert`, and predictions for Label Studio, as a user meets them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ie import formats
from ie.cli import CorpusFormat, app

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد."
FACT = {"id": "a#1", "number": [19, 21], "program": [22, 32], "value": 20, "comparator": "gt", "unit": "واحد"}


def ie(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    lines = [json.dumps({"id": name, "text": TEXT, "facts": [FACT]}) for name in ("a", "b")]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_formats_of_the_command_are_those_of_the_library() -> None:
    assert tuple(CorpusFormat) == formats.FORMATS


def test_convert_goes_by_the_suffixes(gold: Path, tmp_path: Path) -> None:
    for name in ("a.conll", "a.brat", "a.doccano.jsonl", "a.labelstudio.json"):
        result = ie("convert", gold, tmp_path / name)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == f"2 documents written to {tmp_path / name}\n"
        back = tmp_path / f"{name}.jsonl" if "doccano" not in name else tmp_path / "back.jsonl"
        assert ie("convert", tmp_path / name, back).exit_code == 0
        assert list(formats.read(back)) == list(formats.read(gold))


def test_the_formats_can_be_named(gold: Path, tmp_path: Path) -> None:
    assert ie("convert", gold, tmp_path / "tags.txt", "--to", "conll").exit_code == 0
    assert ie("convert", tmp_path / "tags.txt", tmp_path / "back.jsonl", "--from", "conll").exit_code == 0
    assert ie("convert", gold, tmp_path / "off.jsonl", "--no-text").exit_code == 0
    assert "text" not in json.loads((tmp_path / "off.jsonl").read_text(encoding="utf-8").splitlines()[0])


def test_a_broken_line_is_told_and_the_others_are_converted(gold: Path, tmp_path: Path) -> None:
    with gold.open("a", encoding="utf-8") as file:
        file.write('\n{"id": "c", "text": "x", "facts": [{"id": "1", "number": [0, 9], "value": 1}]}\n')
    result = ie("convert", gold, tmp_path / "out.conll")
    assert (result.exit_code, result.stdout) == (1, f"2 documents written to {tmp_path / 'out.conll'}\n")
    assert result.stderr == f"error: {gold}:3: fact 1: expected offsets within 0..1, found [0, 9]\n"
    assert len(formats.read(tmp_path / "out.conll")) == 2


def test_where_every_line_is_broken_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("{\n" * 30, encoding="utf-8")
    result = ie("convert", tmp_path / "broken.jsonl", tmp_path / "out.conll")
    assert result.exit_code == 1
    assert not (tmp_path / "out.conll").exists()
    assert result.stderr.count("\n") == 21
    assert "10 more documents skipped" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["out.xyz"], "out.xyz: expected a suffix of .labelstudio.json"),
        (["no/such/folder/out.conll"], "does not exist; create it first"),
    ],
)
def test_a_failure_is_one_line(gold: Path, arguments: list[str], expected: str) -> None:
    result = ie("convert", gold, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert expected in result.stderr


def test_predictions_open_in_label_studio_and_come_back_once_submitted(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(TEXT, encoding="utf-8")
    tasks = tmp_path / "report.labelstudio.json"
    result = ie("predict", tmp_path / "report.txt", "-o", tasks, "--report-date", "1401-02-03")
    assert (result.exit_code, result.stderr) == (0, "")
    (task,) = json.loads(tasks.read_text(encoding="utf-8"))
    (prediction,) = task["predictions"]
    assert task["data"]["document"] == {"id": "report", "date": "1401-02-03"}
    assert prediction["model_version"].startswith("ie ")
    assert 0 < prediction["score"] <= 1
    assert all(0 <= item["score"] <= 1 for item in prediction["result"] if item["type"] != "relation")
    assert ie("convert", tasks, tmp_path / "gold.jsonl").exit_code == 1
    submitted = [{**task, "predictions": [], "annotations": [{"result": prediction["result"]}]}]
    tasks.write_text(json.dumps(submitted), encoding="utf-8")
    (document,) = formats.read(tasks)
    (gold,) = document.facts
    assert (gold.fact.program, gold.fact.value, gold.fact.comparator) == ("واحد صنعتی", 20, "gt")
    assert gold.fact.period is not None
    assert gold.fact.period.interval == ("1400-01-01", "1400-12-29")
