"""What hostile reports say is written so that no program runs it, and can be read back as it was."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ie.outputs import write_csv, write_facts
from ie.rows import defused
from ie.schema import Evidence, MetricFact

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMULAS = [f"{before}{start}cmd|'/c calc'!A1" for start in STARTS for before in ("", "'", "''")]


def fact(text: str) -> MetricFact:
    return MetricFact(f"{text}@0", text, text, Decimal(-5), Evidence((0, 1)), unit=text, rate=text, currency=text)


def restored(cell: str) -> str:
    """Return the text of a cell: without the apostrophe that keeps a formula from running."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(STARTS) else cell


def csv_row(text: str) -> dict[str, str]:
    file = io.StringIO(newline="")
    write_csv([fact(text)], file)
    (row,) = csv.DictReader(io.StringIO(file.getvalue(), newline=""))
    return row


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_csv_and_reads_back(text):
    row = csv_row(text)
    for column in ("program", "unit", "rate", "currency", "document"):
        assert row[column].startswith("'") and not row[column].startswith(STARTS)
        assert restored(row[column]) == text
    assert row["value"] == "-5"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_excel_and_reads_back(text, tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl (pip install 'ie-fa[excel]')")
    write_facts([fact(text)], tmp_path / "facts.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "facts.xlsx").active
    names, cells = (list(row) for row in sheet.iter_rows())
    by_name = {name.value: cell for name, cell in zip(names, cells, strict=True)}
    assert not any(cell.data_type == "f" for cell in cells)
    assert restored(by_name["program"].value) == text
    assert by_name["value"].value == -5


@given(st.text(st.sampled_from("'=+-@\t\r\n＝a۱ ,;\""), max_size=6))
def test_any_text_is_defused_and_reads_back(text):
    assert not defused(text).startswith(STARTS)
    assert restored(defused(text)) == text
    assert restored(csv_row(text)["program"]) == text
