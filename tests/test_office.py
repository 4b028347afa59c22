"""Word documents: their text in order, the date of their properties, and bombs that do not go off."""

import datetime
import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.oxml import parse_xml

from ie.extractor import Extractor
from ie.office import read_docx
from ie.schema import IEError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.fixture
def report() -> bytes:
    document = docx.Document()
    document.core_properties.title = "گزارش عملکرد"
    document.core_properties.modified = datetime.datetime(2022, 10, 7, 9, 30)
    document.add_heading("گزارش عملکرد", 1)
    document.add_paragraph("امسال ۲۰ واحد صنعتی راه‌اندازی شد.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("شهر", "تعداد", "یزد", "۱۲۰ واحد"), strict=True):
        cell.text = text
    document.add_paragraph("پایان", style="List Bullet")
    return saved(document)


def test_paragraphs_and_rows_are_lines_in_their_order(report: bytes) -> None:
    assert read_docx(report, "report").text.splitlines() == [
        "گزارش عملکرد",
        "امسال ۲۰ واحد صنعتی راه‌اندازی شد.",
        "شهر\tتعداد",
        "یزد\t۱۲۰ واحد",
        "پایان",
    ]


def test_the_properties_give_title_and_date(report: bytes) -> None:
    document = read_docx(report, "report")
    assert (document.title, document.date, document.created) == ("گزارش عملکرد", None, "1401-07-15")


def test_the_date_of_the_file_anchors_what_is_relative(report: bytes) -> None:
    (result,) = Extractor.rules().predict_many([read_docx(report, "report")])
    assert result.report_date is not None
    assert (result.report_date.date, result.report_date.evidence) == ("1401-07-15", "the properties of the file")
    assert [fact.period.start for fact in result.facts if fact.period and fact.value == 20] == ["1401-01-01"]


def test_a_date_that_the_text_proves_wins_over_the_file(report: bytes) -> None:
    document = docx.Document(io.BytesIO(report))
    document.add_paragraph("تاریخ: ۱۳۹۹/۲/۱۵")
    (result,) = Extractor.rules().predict_many([read_docx(saved(document), "report")])
    assert result.report_date is not None and result.report_date.date == "1399-02-15"


def test_the_date_of_the_template_is_none() -> None:
    document = docx.Document()
    document.add_paragraph("سال")
    assert read_docx(saved(document), "report").created is None


def test_insertions_are_read_and_deletions_are_not() -> None:
    document = docx.Document()
    document.add_paragraph("تعداد ")._p.append(
        parse_xml(f"<w:r {W}><w:rPr><w:b/></w:rPr><w:t>۲۰</w:t><w:tab/><w:t>واحد</w:t></w:r>")
    )
    document.paragraphs[0]._p.append(parse_xml(f'<w:ins {W} w:id="1"><w:r><w:t> صنعتی</w:t></w:r></w:ins>'))
    document.paragraphs[0]._p.append(parse_xml(f'<w:del {W} w:id="2"><w:r><w:delText>x</w:delText></w:r></w:del>'))
    document.paragraphs[0]._p.append(parse_xml(f'<w:moveFrom {W} w:id="3"><w:r><w:t>y</w:t></w:r></w:moveFrom>'))
    document.paragraphs[0].paragraph_format.tab_stops.add_tab_stop(100)
    assert read_docx(saved(document), "report").text == "تعداد ۲۰\tواحد صنعتی"


def test_a_table_in_a_table_is_read_once() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "یزد"
    cell.add_table(1, 2).cell(0, 1).text = "۲۰ واحد"
    assert read_docx(saved(document), "report").text.count("۲۰ واحد") == 1


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a Word file with its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as others:
        for name in parts.namelist():
            others.writestr(name, change(name, parts.read(name)))
    return file.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(report: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.office.MAX_UNPACKED", 2**20)
    monkeypatch.setattr("docx.Document", None)
    bomb = rewritten(report, lambda name, part: part + b" " * 2**21 if name == "word/document.xml" else part)
    assert len(bomb) < 100_000
    with pytest.raises(IEError, match="unpacks to more than 1 MB .*refused"):
        read_docx(bomb, "report")


def test_an_entity_bomb_is_refused(report: bytes) -> None:
    entities = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    bomb = rewritten(
        report,
        lambda name, part: (
            part.replace(b"<w:document", entities + b"<w:document", 1) if name == "word/document.xml" else part
        ),
    )
    with pytest.raises(IEError, match="declares XML entities"):
        read_docx(bomb, "report")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"", "is not a whole Word file"),
        (b"PK\x03\x04" + bytes(100), "is not a whole Word file"),
        ("سال".encode(), "is not a whole Word file"),
    ],
)
def test_a_file_that_is_no_open_word_document_is_named(data: bytes, words: str) -> None:
    with pytest.raises(IEError, match=words):
        read_docx(data, "report")


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_any_broken_byte_is_survived(report: bytes, place: int) -> None:
    for value in (0, 255):
        broken = bytearray(report)
        broken[-place - 1] = broken[place] = value
        try:
            read_docx(bytes(broken), "report")
        except IEError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_named(report: bytes, kept: float) -> None:
    with pytest.raises(IEError, match="is not a whole Word file"):
        read_docx(report[: int(len(report) * kept)], "report")


def test_a_broken_part_is_named(report: bytes) -> None:
    broken = rewritten(report, lambda name, part: part[:200] if name == "word/document.xml" else part)
    with pytest.raises(IEError, match="is not a whole Word file"):
        read_docx(broken, "report")


def test_an_empty_document_says_so() -> None:
    with pytest.raises(IEError, match="is empty"):
        read_docx(saved(docx.Document()), "report")


def test_without_the_extra_the_command_that_installs_it_is_named(
    report: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ie.extras.find_spec", lambda name: None)
    with pytest.raises(IEError, match=r"Word needs docx; install it with: pip install 'ie-fa\[docx\]'"):
        read_docx(report, "report")
