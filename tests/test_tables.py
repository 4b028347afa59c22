"""Rows of tables as documents: named columns, dates of both calendars, and one line for each thing that is wrong."""

import datetime
import gzip
import json
import random
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


@pytest.mark.parametrize("name", ["news.jsonl", "news.csv", "news.tsv", "news.parquet"])
def test_a_column_that_is_missing_is_answered_with_the_nearest(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".parquet"):
        parquet.write_table(pyarrow.table({"Text": [TEXT], "day": ["1401"]}), path)
    elif name.endswith(".jsonl"):
        path.write_text(json.dumps({"Text": TEXT, "day": "1401"}))
    else:
        path.write_text("\t".join(["Text", "day"]) + f"\n{TEXT}\t1401\n", encoding="utf-8")
    (failure,) = read(path)
    assert "did you mean 'Text'?" in reason(failure) and "'day'" in reason(failure)


@pytest.mark.parametrize("name", ["news.jsonl.gz", "news.csv.gz", "NEWS.TSV.GZ"])
def test_compressed_tables_are_read_as_they_are_without(tmp_path: Path, name: str) -> None:
    text = "".join(json.dumps({"text": f"{TEXT} {number}"}) + "\n" for number in range(50))
    if "jsonl" not in name:
        text = "text\n" + "".join(f"{TEXT} {number}\n" for number in range(50))
    plain, packed = tmp_path / "plain" / name[:-3], tmp_path / "packed" / name
    plain.parent.mkdir()
    packed.parent.mkdir()
    plain.write_text(text, encoding="utf-8")
    packed.write_bytes(gzip.compress(text.encode()))
    assert read(packed) == read(plain)
    assert len(read(packed)) == 50 and not any(isinstance(one, Failure) for one in read(packed))


def test_a_compressed_file_that_ends_too_soon_loses_only_its_end(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    noise = random.Random(0).randbytes  # so that it does not shrink to nothing
    lines = [json.dumps({"text": f"{TEXT} {noise(40).hex()}"}) + "\n" for _ in range(2000)]
    data = gzip.compress("".join(lines).encode())
    path.write_bytes(data[: len(data) // 2])
    *documents, failure = read(path)
    assert len(documents) > 500 and all(isinstance(one, Document) for one in documents)
    assert "is not a whole gzip file" in reason(failure)
    path.write_bytes(b"\x1f\x8b\x08" + bytes(50))
    (failure,) = read(path)
    assert "is not a whole gzip file" in reason(failure)
    path.write_text('{"text": "plain"}')
    (failure,) = read(path)
    assert "is not a whole gzip file" in reason(failure)


def test_a_parquet_file_that_is_cut_off_is_named_and_costs_no_other(tmp_path: Path) -> None:
    whole, cut = tmp_path / "a.parquet", tmp_path / "b.parquet"
    parquet.write_table(pyarrow.table({"text": [TEXT] * 100}), whole)
    cut.write_bytes(whole.read_bytes()[:-20])
    found = list(read_documents([cut, whole]))
    assert reason(found[0]).startswith(f"{cut}: is not a whole Parquet file") and "copy or write it again" in reason(
        found[0]
    )
    assert len(found) == 101 and not any(isinstance(one, Failure) for one in found[1:])


def test_a_parquet_file_with_a_damaged_page_gives_what_comes_before_it(tmp_path: Path) -> None:
    path = tmp_path / "news.parquet"
    texts = [f"{TEXT} {random.Random(number).randbytes(500).hex()}" for number in range(400)]
    parquet.write_table(
        pyarrow.table({"text": texts}), path, row_group_size=100, compression="zstd", use_dictionary=False
    )
    data = bytearray(path.read_bytes())
    middle = len(data) * 5 // 8
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)
    *documents, failure = read(path)
    assert 100 <= len(documents) < 300
    assert isinstance(failure, Failure) and "is not a whole Parquet file" in reason(failure)
