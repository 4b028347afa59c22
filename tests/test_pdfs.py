"""PDFs as their makers write them: whatever the order of the glyphs, the text is read as it is seen."""

import datetime
import shutil
import subprocess
from itertools import batched
from pathlib import Path

import matplotlib
import pytest
from fpdf import FPDF

from ie.pdfs import read_pdf
from ie.schema import Document, IEError
from ie.sources import Failure, read_documents

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
LINES = (
    "گزارش عملکرد سال ۱۴۰۰",
    "در سال ۱۴۰۰ بیش از ۱۲۳۴ واحد صنعتی (کوچک) راه‌اندازی شد.",
    "رشد ۱۲٫۵ درصدی، معادل 45.7 میلیارد تومان؛ شماره ABC-12 ثبت شد.",
    "از ۱۲ تا ۱۵ کلاس و ۳/۵ میلیون نفر در تاریخ ۱۴۰۱/۰۷/۱۵ بهره‌مند شدند.",
)
LONG = (
    "بر پایه این گزارش در سال ۱۴۰۰ بیش از ۱۲۳۴ واحد صنعتی کوچک در شهرستان‌های استان راه‌اندازی شد و از این میان ۵۶ واحد "
    "با کلاس‌های آموزشی همراه بود که نزدیک به ۷٫۵ میلیارد تومان تسهیلات گرفتند و ۲۰ کلاس دیگر در شش ماهه نخست سال ۱۴۰۱ "
    "برپا شد"
)


def pdf(lines: tuple[str, ...], shaped: bool = True, aligned: str = "R") -> FPDF:
    document = FPDF()
    document.add_page()
    document.add_font("font", fname=FONT)
    document.set_font("font", size=12)
    if shaped:
        document.set_text_shaping(True)
    for line in lines:
        document.cell(0, 10, line, align=aligned, new_x="LMARGIN", new_y="NEXT")
    return document


def saved(document: FPDF) -> bytes:
    data = bytes(document.output())
    for font in document.fonts.values():
        font.ttfont.close()  # type: ignore[union-attr]
    return data


def text_of(document: FPDF) -> str:
    return read_pdf(saved(document), "report").text


def test_glyphs_in_the_order_they_are_seen_are_read_in_order() -> None:
    assert text_of(pdf(LINES)).splitlines() == list(LINES)


def test_lines_that_are_stored_backwards_are_turned() -> None:
    assert text_of(pdf(LINES, shaped=False)).splitlines() == list(LINES)


def test_presentation_forms_become_letters() -> None:
    seen = ("۱۴۰۰ ﻝﺎﺳ ﺩﺮﮑﻠﻤﻋ ﺵﺭﺍﺰﮔ", "ﺪﺷ ﻪﺘﺧﺎﺳ ﺱﻼﮐ ۱۲ ﺯﺍ ﺶﯿﺑ ۱۴۰۰ ﻝﺎﺳ ﺭﺩ")
    assert text_of(pdf(seen, shaped=False)).splitlines() == [
        "گزارش عملکرد سال ۱۴۰۰",
        "در سال ۱۴۰۰ بیش از ۱۲ کلاس ساخته شد",
    ]


def test_lines_that_the_width_broke_are_one_paragraph() -> None:
    words = LONG.split()
    document = pdf(())
    width = document.epw
    lines = [""]
    for word in words:
        if document.get_string_width(f"{lines[-1]} {word}") > width - 2:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    saved(document)
    assert len(lines) > 2
    text = text_of(pdf((*lines, "پایان")))
    assert text.splitlines() == [LONG, "پایان"]


def test_rows_of_a_table_are_lines_with_cells() -> None:
    document = pdf(())
    for city, number in batched(("شهر", "تعداد", "یزد", "۱۲۰"), 2):
        document.cell(60, 10, number, align="R")
        document.cell(60, 10, city, align="R", new_x="LMARGIN", new_y="NEXT")
    assert text_of(document).splitlines() == ["شهر\tتعداد", "یزد\t۱۲۰"]


def test_a_text_from_left_to_right_stays_so() -> None:
    assert text_of(pdf(("Report of 1401", "Growth was 12.5 percent."), aligned="L")).splitlines() == [
        "Report of 1401",
        "Growth was 12.5 percent.",
    ]


def test_the_properties_give_title_and_date() -> None:
    document = pdf(LINES)
    document.set_title("گزارش عملکرد")
    document.set_creation_date(datetime.datetime(2022, 10, 7, 9, 30, tzinfo=datetime.UTC))
    read = read_pdf(saved(document), "report")
    assert (read.title, read.date, read.created) == ("گزارش عملکرد", None, "1401-07-15")


def test_pages_follow_each_other() -> None:
    document = pdf(LINES[:1])
    document.add_page()
    document.cell(0, 10, LINES[1], align="R")
    assert text_of(document).splitlines() == list(LINES[:2])


def test_a_scanned_pdf_says_what_to_do() -> None:
    document = FPDF()
    document.add_page()
    document.rect(10, 10, 100, 100, style="F")
    with pytest.raises(IEError, match=r"is a PDF without text \(1 page, scanned perhaps\); read it by OCR first"):
        text_of(document)


def test_a_locked_pdf_says_what_to_do() -> None:
    document = pdf(LINES)
    document.set_encryption(owner_password="owner", user_password="user")
    with pytest.raises(IEError, match="is protected by a password; save it without one"):
        text_of(document)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + bytes(1000), "سال".encode()])
def test_what_is_no_pdf_is_named(data: bytes) -> None:
    with pytest.raises(IEError, match="is not a whole PDF"):
        read_pdf(data, "report")


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_truncated_pdf_is_read_or_named(kept: float) -> None:
    data = saved(pdf(LINES))
    try:
        read_pdf(data[: int(len(data) * kept)], "report")
    except IEError as error:
        assert "\n" not in str(error)


def test_a_page_of_too_many_letters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.pdfs.MAX_GLYPHS", 50)
    with pytest.raises(IEError, match="has a page of more than 50 letters: refused"):
        text_of(pdf(LINES))


def test_a_bad_pdf_does_not_stop_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "b.pdf").write_bytes(saved(pdf(LINES)))
    failure, document = read_documents([tmp_path])
    assert isinstance(failure, Failure) and isinstance(document, Document)


def test_without_the_extra_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.extras.find_spec", lambda name: None)
    with pytest.raises(IEError, match=r"PDF needs pypdfium2; install it with: pip install 'ie-fa\[pdf\]'"):
        read_pdf(b"", "report")


def test_a_page_that_a_browser_printed_is_read(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium; on Debian: apt-get install chromium")
    lines = "".join(f"<p>{line}</p>" for line in (*LINES, LONG))
    (tmp_path / "page.html").write_text(
        f"<html lang=fa dir=rtl><meta charset=utf-8><style>@font-face {{font-family: f; src: url({FONT.as_uri()})}}"
        f"body {{font-family: f}}</style>{lines}",
        encoding="utf-8",
    )
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--allow-file-access-from-files",
    ]
    command = [chromium, *options, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'page.pdf'}"]
    subprocess.run([*command, (tmp_path / "page.html").as_uri()], capture_output=True, timeout=120, check=True)
    assert read_pdf((tmp_path / "page.pdf").read_bytes(), "page").text.splitlines() == [*LINES, LONG]
