"""Rows of tables as documents: named columns, dates of both calendars, and one line for each thing that is wrong."""

import datetime
import json
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from ie.schema import Document
from ie.sources import Columns, Failure, read_documents

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ کارگاه ساخته شد."


def read(path: Path, columns: Columns | None = None, encoding: str = "utf-8") -> list[Document | Failure]:
    return list(read_documents([path], encoding, columns))


def reason(item: Document | Failure) -> str:
    assert isinstance(item, Failure), item
    assert "\n" not in str(item)
    return str(item)


def test_a_csv_gives_a_document_a_row(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(f'id,text,date,title\nn1,"{TEXT}\nخط دوم",1401-07-15,گزارش\n,{TEXT},,\n', encoding="utf-8")
    assert read(path) == [
        Document("n1", f"{TEXT}\nخط دوم", "1401-07-15", "گزارش"),
        Document("news:2", TEXT, None, ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_that_excel_wrote_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "table.csv"
    lines = [delimiter.join(("کد", "متن")), delimiter.join(("7", "در سال 1400 بيش از 20 كارگاه"))]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    columns = Columns(text="متن", id="کد")
    if encoding == "cp1256":
        lines = [line.replace("کد", "code").replace("متن", "text") for line in lines]
        path.write_bytes("\r\n".join(lines).encode(encoding))
        columns = Columns(text="text", id="code")
    assert read(path, columns, "cp1256") == [Document("7", "در سال 1400 بيش از 20 كارگاه")]


def test_columns_are_named_by_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(f"key,body,published\nn1,{TEXT},2022-10-07\n", encoding="utf-8")
    assert read(path, Columns("body", "published", "key")) == [Document("n1", TEXT, "1401-07-15")]


@pytest.mark.parametrize(
    "columns", [Columns(), Columns(text="matn"), Columns("body", date="day"), Columns("body", id="no")]
)
def test_a_wrong_column_is_one_line_that_lists_the_columns(tmp_path: Path, columns: Columns) -> None:
    rows = {"body": [TEXT, TEXT], "published": ["1401", "1402"]}
    parquet.write_table(pyarrow.table(rows), tmp_path / "news.parquet")
    (tmp_path / "news.csv").write_text(f"body,published\n{TEXT},1401\n{TEXT},1402\n", encoding="utf-8")
    for name in ("news.csv", "news.parquet"):
        (failure,) = read(tmp_path / name, columns)
        assert f"{name}: has no column " in reason(failure)
        assert "it has 'body', 'published': name one with --text-column" in reason(failure)


def test_a_jsonl_file_takes_the_names_of_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"body": TEXT, "day": "2022-10-06T22:30:00Z", "key": 7}) + '\n{"text": "x"}\n')
    document, failure = read(path, Columns("body", "day", "key"))
    assert document == Document("7", TEXT, "1401-07-15")
    assert 'has no "body"' in reason(failure) and "it has 'text'" in reason(failure)


def test_bad_rows_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(f"text,date\n{TEXT},2022-02-31\n ,\n{TEXT},۱۴۰۱/۰۷/۱۵\n", encoding="utf-8")
    bad_date, empty, good = read(path)
    assert "row 1: date '2022-02-31' is no day" in reason(bad_date)
    assert "row 2: is empty" in reason(empty)
    assert isinstance(good, Document) and good.date == "۱۴۰۱/۰۷/۱۵"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (pyarrow.array([datetime.date(2022, 10, 7)]), "1401-07-15"),
        (pyarrow.array([datetime.datetime(2022, 10, 7, 23, 59)]), "1401-07-15"),
        (pyarrow.array([datetime.datetime(2022, 10, 6, 22, 30, tzinfo=datetime.UTC)]), "1401-07-15"),
        (pyarrow.array([1401]), "1401"),
        (pyarrow.array(["1401-07"]), "1401-07"),
        (pyarrow.array([None], pyarrow.string()), None),
    ],
)
def test_dates_of_parquet_become_jalali(tmp_path: Path, dates: pyarrow.Array, expected: str | None) -> None:
    path = tmp_path / "news.parquet"
    parquet.write_table(pyarrow.table({"id": [3], "text": [TEXT], "date": dates}), path)
    assert read(path) == [Document("3", TEXT, expected)]


def test_parquet_of_many_rows_streams(tmp_path: Path) -> None:
    path = tmp_path / "news.parquet"
    parquet.write_table(pyarrow.table({"text": [f"{TEXT} {number}" for number in range(300)], "x": range(300)}), path)
    documents = read(path)
    assert [item.id for item in documents if isinstance(item, Document)] == [f"news:{row}" for row in range(1, 301)]


def test_a_text_column_of_numbers_is_no_text(tmp_path: Path) -> None:
    parquet.write_table(pyarrow.table({"text": [1, 2]}), tmp_path / "news.parquet")
    assert ["has no text" in reason(item) for item in read(tmp_path / "news.parquet")] == [True, True]


@pytest.mark.parametrize("kept", [0, 3, 100, -1])
def test_truncated_parquet_is_one_line(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "news.parquet"
    parquet.write_table(pyarrow.table({"text": [TEXT] * 100}), path)
    path.write_bytes(path.read_bytes()[:kept])
    (failure,) = read(path)
    assert "news.parquet: is not a whole Parquet file" in reason(failure)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"text\nGr\xf6\xdfe 40\n", "is not UTF-8 (byte 0xf6 near byte 8)"),
        (b"text\nab\0cd\n", "is binary"),
        (b"", "has no column 'text'"),
    ],
)
def test_a_csv_of_other_bytes_is_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "news.csv").write_bytes(content)
    (failure,) = read(tmp_path / "news.csv")
    assert words in reason(failure)


def test_a_long_report_fits_a_cell(tmp_path: Path) -> None:
    text = "گزارش " * 100_000
    (tmp_path / "news.csv").write_text(f"text\n{text.strip()}\n", encoding="utf-8")
    assert read(tmp_path / "news.csv") == [Document("news:1", text.strip())]


def test_a_line_that_is_too_long_is_named_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.tables.MAX_BYTES", 1000)
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"text": "a" * 5000}) + "\n" + json.dumps({"text": "سال"}) + "\n")
    failure, document = read(path)
    assert "news.jsonl:1: holds more than" in reason(failure)
    assert isinstance(document, Document) and document.id == "news:2"
