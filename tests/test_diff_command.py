"""`ie diff`: reports and files of facts, on the terminal and in files, and what is wrong with either."""

import csv
import json
from pathlib import Path

import pytest
from made_facts import fact, year
from typer.testing import CliRunner, Result

from ie.cli import app
from ie.comparison import Side, compare_sides
from ie.comparison_forms import render_comparison
from ie.outputs import write_facts
from ie.schema import MetricFact

OLD = "در سال ۱۴۰۰ دست‌کم ۵۰۰ واحد صنعتی راه‌اندازی شد. در سال ۱۴۰۰ تعداد ۲۰ مدرسه ساخته شد."
NEW = "در سال ۱۴۰۱ تعداد ۷۰۰ واحد صنعتی راه‌اندازی شد. در سال ۱۴۰۰ تعداد ۲۵ مدرسه ساخته شد."


def ie(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "140"}).invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def reports(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(NEW, encoding="utf-8")
    return old, new


def facts_file(path: Path, *facts: MetricFact) -> Path:
    write_facts(facts, path)
    return path


def test_two_reports_are_read_and_compared(reports: tuple[Path, Path]) -> None:
    result = ie("diff", *reports)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "≤ +200" in result.stdout and "≤ +40%" in result.stdout
    assert "1 contradiction, 1 change, no unclear pairs, no facts only in A" in result.stdout


def test_a_contradiction_fails_only_where_that_is_wanted(reports: tuple[Path, Path]) -> None:
    assert ie("diff", *reports, "--fail-on-contradiction").exit_code == 1
    assert ie("diff", reports[0], reports[0], "--fail-on-contradiction").exit_code == 0


def test_the_files_hold_every_row_with_ids_and_evidence(reports: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("rows.json", "rows.csv", "rows.html"):
        assert ie("diff", *reports, "-o", tmp_path / name).exit_code == 0
    record = json.loads((tmp_path / "rows.json").read_text())
    assert record["counts"]["contradiction"] == 1
    row = next(row for row in record["rows"] if row["outcome"] == "change")
    assert row["difference"]["comparator"] == "le" and row["difference"]["value"] == 200
    start, end = row["a"]["evidence"]["number"]
    assert OLD[start:end] == "۵۰۰" and row["a"]["sentence"].startswith("در سال ۱۴۰۰ دست‌کم")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["outcome"], row["value_a"], row["value_b"]) for row in rows] == [
        ("contradiction", "20", "25"),
        ("change", "500", "700"),
    ]
    assert rows[1]["id_a"].startswith("old@") and rows[1]["number_start_b"]
    page = (tmp_path / "rows.html").read_text()
    assert 'dir="rtl"' in page and "ناسازگاری" in page and "حداکثر" in page


def test_facts_and_a_report_can_be_compared(reports: tuple[Path, Path], tmp_path: Path) -> None:
    assert ie("predict", reports[0], "-o", tmp_path / "facts.jsonl").exit_code == 0
    result = ie("diff", tmp_path / "facts.jsonl", reports[0])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("no contradictions, no changes")


def test_rows_of_texts_in_a_jsonl_file_are_a_report(tmp_path: Path) -> None:
    rows = tmp_path / "news.jsonl"
    rows.write_text(json.dumps({"text": OLD}) + "\n", encoding="utf-8")
    assert "2 facts in both" in ie("diff", rows, rows).stdout


def test_the_page_shows_markup_and_does_not_run_it() -> None:
    hostile = fact("<script>alert(1)</script>", 3, year(1400), unit="<b>", id="<i>@1\ud800")
    page = render_comparison(compare_sides(Side("<u>", (hostile,)), Side("b", ())))
    assert not {"<script>", "<b>", "<i>", "<u>"} & {page[at : page.index(">", at) + 1] for at in _openings(page)}
    page.encode()


def _openings(page: str) -> list[int]:
    return [at for at, character in enumerate(page) if character == "<"]


def test_formulas_are_no_formulas_in_csv(tmp_path: Path) -> None:
    one = facts_file(tmp_path / "a.jsonl", fact("=1+1", 3, year(1400)))
    other = facts_file(tmp_path / "b.jsonl", fact("پل", 3, year(1400)))
    assert ie("diff", one, other, "-o", tmp_path / "rows.csv").exit_code == 0
    assert ",'=1+1," in (tmp_path / "rows.csv").read_text()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "expected facts, one a line"),
        ("\n\n", "expected facts, one a line"),
        ('{"id": ', ":1: expected a fact"),
        ("[1]", ":1: expected a fact"),
    ],
)
def test_a_broken_file_of_facts_is_one_line_and_exit_code_1(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(content)
    result = ie("diff", path, path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"error: {path}") and words in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_broken_line_and_a_day_that_is_none_are_named(tmp_path: Path) -> None:
    path = facts_file(tmp_path / "facts.jsonl", fact("پل", 3, year(1400)), fact("پل", 3, year(1400)))
    lines = path.read_text().replace("1400-12-29", "1400-13-01", 2).splitlines()
    path.write_text("\n".join(lines))
    result = ie("diff", path, path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{path}:1: expected a Jalali day like 1401-06-31, found '1400-13-01'" in result.stderr


def test_an_empty_report_is_told(tmp_path: Path, reports: tuple[Path, Path]) -> None:
    (tmp_path / "empty.txt").write_text("")
    result = ie("diff", reports[0], tmp_path / "empty.txt")
    assert result.exit_code == 1 and "is empty" in result.stderr


@pytest.mark.parametrize("name", ["rows.txt", "old.txt"])
def test_an_output_of_no_known_form_or_an_input_is_wrong_usage(reports: tuple[Path, Path], name: str) -> None:
    result = ie("diff", *reports, "-o", reports[0].with_name(name))
    assert result.exit_code == 2 and reports[0].read_text(encoding="utf-8") == OLD
