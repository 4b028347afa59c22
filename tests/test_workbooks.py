"""Facts in Excel: a sheet from right to left with filters, numbers that are numbers, and no formula."""

import datetime
import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from some_facts import FORMULAS, FULL, HOSTILE, ODD, THIRD

from ie.outputs import write_facts
from ie.rows import CSV_COLUMNS
from ie.schema import Evidence, IEError, MetricFact
from ie.workbooks import write_xlsx


def sheet_of(tmp_path: Path, *facts: MetricFact) -> Worksheet:
    write_facts(facts, tmp_path / "facts.xlsx")
    return openpyxl.load_workbook(tmp_path / "facts.xlsx")["facts"]


def cells(sheet: Worksheet, row: int = 2) -> dict[str, object]:
    return dict(zip(CSV_COLUMNS, (cell.value for cell in sheet[row]), strict=True))


def test_the_sheet_runs_from_right_to_left_with_a_frozen_header_and_filters(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, FULL, THIRD)
    assert sheet.sheet_view.rightToLeft
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:AM3")
    assert tuple(cell.value for cell in sheet[1]) == CSV_COLUMNS
    assert sheet["A1"].font.bold


def test_numbers_and_days_are_cells_of_their_kind(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, FULL, THIRD)
    first, second = cells(sheet), cells(sheet, 3)
    assert (first["value"], second["value"], first["confidence"]) == (2500000000000, 0.333333, 0.94)
    assert first["period_start_gregorian"] == datetime.datetime(2021, 3, 21)
    assert (first["number_start"], first["flags"], first["program"]) == (12, "one;two", "واحد صنعتی")
    assert second["program"] is None
    column = CSV_COLUMNS.index("value")
    assert [sheet[row][column].number_format for row in (2, 3)] == ["#,##0", "#,##0.############"]


def test_a_number_of_more_digits_than_excel_has_is_kept_as_text(tmp_path: Path) -> None:
    fact = MetricFact("r@1", "r", None, Decimal("12345678901234567.5"), Evidence((1, 2)))
    assert cells(sheet_of(tmp_path, fact))["value"] == "12345678901234567.5"


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, *HOSTILE)
    for row in range(2, 2 + len(FORMULAS)):
        texts = [sheet[row][CSV_COLUMNS.index(name)] for name in ("id", "document", "program", "unit")]
        assert {cell.data_type for cell in texts} == {"s"}
        assert all(str(cell.value).startswith("'") for cell in texts)
        assert sheet[row][CSV_COLUMNS.index("value")].value == 1 - row


def test_any_text_can_be_written(tmp_path: Path) -> None:
    long = MetricFact("r@1", "r", "و" * 40_000, Decimal(1), Evidence((1, 2)))
    sheet = sheet_of(tmp_path, ODD, long)
    assert cells(sheet)["program"] == "<b>نیم</b> \\x00\ufffd"
    assert len(str(cells(sheet, 3)["program"])) == 32_767


def test_a_full_sheet_is_followed_by_another() -> None:
    file = io.BytesIO()
    write_xlsx([FULL, THIRD, FULL], file, rows=2)
    book = openpyxl.load_workbook(file)
    assert [(name, book[name].max_row) for name in book.sheetnames] == [("facts", 3), ("facts 2", 2)]
    assert book["facts 2"].sheet_view.rightToLeft


def test_no_facts_make_an_empty_sheet(tmp_path: Path) -> None:
    assert sheet_of(tmp_path).max_row == 1


def test_without_the_extra_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ie.extras.find_spec", lambda name: None)
    with pytest.raises(IEError, match=r"Excel needs openpyxl; install it with: pip install 'ie-fa\[excel\]'"):
        write_facts([FULL], tmp_path / "facts.xlsx")
    assert list(tmp_path.iterdir()) == []
