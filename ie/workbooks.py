"""Facts as an Excel workbook: right-to-left sheets with a frozen header, filters, real numbers and real dates.

A number of more digits than Excel calculates with (15) is written as text, so that none is lost.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain, count, islice
from typing import IO, TYPE_CHECKING, Any

from ie.extras import require
from ie.rows import COLUMNS, defused, typed_row
from ie.schema import MetricFact

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

__all__ = ["write_xlsx"]

_ROWS = 2**20 - 1  # of a sheet, without the header
_LENGTH = 32_767  # of a text in a cell
_DIGITS = 15
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDTHS = {"program": 45, "document": 24, "id": 28, "period_text": 28, "period_derivation": 40}


def write_xlsx(facts: Iterable[MetricFact], file: IO[bytes], rows: int = _ROWS) -> None:
    """Write facts to a workbook, `rows` at most on a sheet; raises IEError where openpyxl is missing."""
    require("Excel", "excel", "openpyxl")
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    waiting = iter(facts)
    try:
        _fill(book.create_sheet("facts"), islice(waiting, rows))
        for number in count(2):
            following = next(waiting, None)
            if following is None:
                break
            _fill(book.create_sheet(f"facts {number}"), chain([following], islice(waiting, rows - 1)))
    finally:  # a sheet that is left open complains when it is collected
        for sheet in book.worksheets:
            sheet.close()
    book.save(file)


def _fill(sheet: WriteOnlyWorksheet, facts: Iterable[MetricFact]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.sheet_view.rightToLeft = True
    sheet.freeze_panes = "A2"
    for index, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(name, max(11, len(name) + 3))
    sheet.append([_header(sheet, name) for name in COLUMNS])
    rows = 1
    for fact in facts:
        sheet.append([_cell(sheet, value) for value in typed_row(fact).values()])
        rows += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{rows}"


def _header(sheet: WriteOnlyWorksheet, name: str) -> Cell:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> object:  # noqa: ANN401  any value of a row
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, Decimal):
        written = format(value, "f")
        if len(re.sub("[-.]", "", written).strip("0")) > _DIGITS:
            return written
        value = int(value) if value == value.to_integral_value() else value
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0" if isinstance(value, int) else "#,##0.############"
        return cell
    if isinstance(value, datetime.date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, list):
        value = ";".join(value)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, defused(_NOT_IN_XML.sub("\ufffd", value))[:_LENGTH])
    cell.data_type = "s"  # never a formula
    return cell
