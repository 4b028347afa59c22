"""Reading documents: every source gives its documents or one clear reason, and no bad one stops the others."""

import io
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from ie.schema import Document, IEError
from ie.sources import Failure, Source, Sources, check_encoding, find_sources, read_documents

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ کارگاه ساخته شد.\r\nپایان"
OLD_TEXT = "در سال 1400 بيش از 20 كارگاه ساخته شد."  # Windows-1256 has no Persian digits, ye or ke


def read(*paths: object, encoding: str = "utf-8") -> list[Document | Failure]:
    return list(read_documents(map(str, paths), encoding))


def reason(item: Document | Failure) -> str:
    assert isinstance(item, Failure), item
    return item.reason


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "deep/er/c.txt", "deep/notes.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{name}: {TEXT}".encode())
    return tmp_path


def test_a_text_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(TEXT.encode())
    assert read(path) == [Document("report", TEXT)]


def test_a_folder_gives_its_text_files_sorted_at_every_depth(folder: Path) -> None:
    assert [item.id for item in read(folder) if isinstance(item, Document)] == ["a", "b", "c"]


def test_a_glob_gives_what_it_matches_sorted(folder: Path) -> None:
    assert [item.id for item in read(folder / "*.txt") if isinstance(item, Document)] == ["a", "b"]
    assert [item.id for item in read(folder / "**" / "c.*") if isinstance(item, Document)] == ["c"]


def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    assert len(read(folder, folder / "a.txt", folder / "*.txt")) == 3


def test_a_file_whose_name_looks_like_a_glob_is_read(tmp_path: Path) -> None:
    (tmp_path / "[1].txt").write_text(TEXT)
    assert [item.id for item in read(tmp_path / "[1].txt") if isinstance(item, Document)] == ["[1]"]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for place in ("north", "south"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "report.txt").write_text(TEXT)
    (tmp_path / "plan.txt").write_text(TEXT)
    ids = [item.id for item in read(tmp_path / "south", tmp_path) if isinstance(item, Document)]
    assert ids == ["south/report", "plan", "north/report"]


def test_files_that_differ_in_suffix_only_keep_it(tmp_path: Path) -> None:
    for name in ("plan.txt", "plan.md"):
        (tmp_path / name).write_text(TEXT)
    assert [item.id for item in find_sources([tmp_path / "plan.*"]) if not isinstance(item, Failure)] == [
        "plan.md",
        "plan.txt",
    ]


def test_standard_input_is_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert read("-") == [Document("stdin", TEXT)]


def test_bad_sources_are_named_one_by_one_and_the_others_are_read(tmp_path: Path) -> None:
    contents = {
        "1-empty.txt": b"",
        "2-blank.txt": b"\xef\xbb\xbf \r\n\t",
        "3-binary.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "4-latin.txt": "Größe\n40 Stück".encode("latin-1"),
        "5-windows.txt": OLD_TEXT.encode("cp1256"),
        "6-page.txt": b"\n<!DOCTYPE html><html><body>20</body></html>",
        "7-good.txt": TEXT.encode(),
        "8-cut.txt": TEXT.encode()[:-1],
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    items = read(tmp_path, tmp_path / "none.txt", tmp_path / "*.nothing")
    assert [item.id for item in items if isinstance(item, Document)] == ["7-good"]
    failures = [item for item in items if isinstance(item, Failure)]
    expected = [
        "empty",
        "empty",
        "binary",
        "cp1256",
        "cp1256",
        "HTML",
        "not UTF-8",
        "does not exist",
        "matches no file",
    ]
    assert len(failures) == len(expected)
    for failure, words in zip(failures, expected, strict=True):
        assert words in failure.reason
        assert failure.source.startswith(str(tmp_path))
        assert "\n" not in str(failure)


def test_the_reason_says_where_the_text_stops_being_utf_8(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes(b"one\ntwo\n" + "سال".encode("cp1256"))
    assert "byte 0xd3 in line 3" in reason(read(tmp_path / "old.txt")[0])


@pytest.mark.parametrize("encoding", ["cp1256", "utf-8", "utf-16", "utf-8-sig", "utf-32"])
def test_old_and_new_files_are_read_with_one_encoding_given(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "report.txt").write_bytes(OLD_TEXT.encode(encoding))
    assert read(tmp_path / "report.txt", encoding="cp1256") == [Document("report", OLD_TEXT)]


def test_utf_16_without_a_mark_is_read_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_bytes(TEXT.encode("utf-16-le"))
    assert read(tmp_path / "report.txt", encoding="utf-16-le") == [Document("report", TEXT)]
    assert "binary" in reason(read(tmp_path / "report.txt")[0])


@pytest.mark.parametrize("encoding", ["no-such", "hex"])
def test_an_unknown_encoding_is_refused_before_anything_is_read(encoding: str) -> None:
    with pytest.raises(IEError, match="unknown encoding"):
        check_encoding(encoding)
    with pytest.raises(IEError, match="unknown encoding"):
        read("-", encoding=encoding)


@pytest.mark.parametrize("name", ["report.doc", "report.rtf", "table.XLSX", "old.zip"])
def test_formats_that_are_not_read_say_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"anything")
    assert "save it as" in reason(read(tmp_path / name)[0])


@pytest.mark.parametrize(
    ("name", "words"), [("report.docx", "Word"), ("scan.pdf", "PDF"), ("table.parquet", "Parquet")]
)
def test_a_suffix_that_promises_too_much_is_found_out(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_bytes(b"anything")
    assert f"is not a whole {words}" in reason(read(tmp_path / name)[0])


@pytest.mark.parametrize("beginning", [b"%PDF-1.7 ", b"PK\x03\x04 ", b"PAR1 "])
def test_a_text_that_is_none_names_its_suffix(tmp_path: Path, beginning: bytes) -> None:
    (tmp_path / "report.txt").write_bytes(beginning + b"anything")
    assert "under a name with that suffix" in reason(read(tmp_path / "report.txt")[0])


@pytest.mark.parametrize(
    "address", ["https://example.org/report.html", "HTTP://example.org", "ftp://example.org/a.txt"]
)
def test_nothing_is_fetched(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket", None)
    (failure,) = read(address)
    assert str(failure).startswith(f"{address}: is a web address, and nothing is fetched; download it")


def test_a_folder_gives_its_pages_word_and_pdf_files_but_no_tables(tmp_path: Path) -> None:
    for name in ("a.txt", "b.html", "c.docx", "d.pdf", "e.csv", "f.jsonl", "~$c.docx"):
        (tmp_path / name).write_bytes(b"anything")
    assert [source.id for source in find_sources([tmp_path]) if not isinstance(source, Failure)] == ["a", "b", "c", "d"]


def test_a_document_that_is_too_large_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("large.txt", "large.html", "large.docx"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(100 * 2**20)
    (tmp_path / "small.txt").write_text(TEXT)
    *failures, document = read(tmp_path)
    assert isinstance(document, Document)
    assert [Path(item.source).suffix for item in failures if isinstance(item, Failure)] == [".docx", ".html", ".txt"]
    for failure in failures:
        assert "holds more than 64 MB, too much for one document; split it" in str(failure)


def test_lines_of_jsonl_are_documents_and_bad_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        json.dumps({"id": "n1", "text": TEXT, "date": "1401-07", "title": "گزارش"}),
        json.dumps({"text": TEXT}),
        "",
        "{broken",
        json.dumps({"id": 7, "text": "نیم \ud800 جفت"}),
        json.dumps({"id": "n8"}),
        json.dumps({"id": "n9", "text": " "}),
        json.dumps({"id": "n10", "text": TEXT, "date": 1401}),
        "[" * 100_000,
        json.dumps([TEXT]),
    ]
    path.write_text("\n".join(lines))
    items = read(path)
    assert items[:2] == [Document("n1", TEXT, "1401-07", "گزارش"), Document("news:2", TEXT)]
    assert items[3] == Document("7", "نیم \ud800 جفت")
    failures = [item for item in items if isinstance(item, Failure)]
    assert [failure.source for failure in failures] == [f"{path}:{number}" for number in (4, 6, 7, 8, 9, 10)]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    assert "holds no .txt, .html, .docx or .pdf file" in reason(read(tmp_path)[0])


def test_links_that_loop_neither_hang_nor_hide_the_others(folder: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    items = read(folder)
    assert [item.id for item in items if isinstance(item, Document)] == ["a", "b", "c"]
    assert [Path(item.source).name for item in items if isinstance(item, Failure)] == ["gone.txt", "loop.txt"]


def test_a_pipe_in_a_folder_is_left_alone(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert len(read(folder)) == 3


def test_what_may_not_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, mode: str) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", refuse)
    assert reason(read(folder / "a.txt")[0]) == "cannot be read: Permission denied"


def test_a_closed_folder_is_named_and_the_others_are_read(folder: Path) -> None:
    (folder / "deep").chmod(0)
    try:
        if os.access(folder / "deep", os.R_OK):
            pytest.skip("this user may read everything")
        items = read(folder)
    finally:
        (folder / "deep").chmod(0o755)
    assert [item.id for item in items if isinstance(item, Document)] == ["a", "b"]
    assert "Permission denied" in reason(items[-1])


def test_one_document_is_in_memory_at_a_time(folder: Path) -> None:
    documents = read_documents([str(folder)])
    assert next(documents) == Document("a", f"a.txt: {TEXT}")
    (folder / "b.txt").write_text("اکنون")
    assert next(documents) == Document("b", "اکنون")


def test_a_file_of_one_long_line_is_read(tmp_path: Path) -> None:
    text = "گزارش " * 1_000_000
    (tmp_path / "long.txt").write_text(text)
    assert read(tmp_path / "long.txt") == [Document("long", text)]


def test_of_millions_of_files_only_the_paths_are_kept() -> None:
    files = [f"archive/{number // 100:04}/report-{number:07}.txt" for number in range(5000)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        sources = Sources(iter(files))
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept / len(files) < 80  # a path has 37 characters
    assert [source.path for source in sources if isinstance(source, Source)] == files


def test_sources_are_found_by_their_places() -> None:
    failure = Failure("nowhere", "does not exist")
    sources = Sources(["a/plan.txt", failure, "a/plan.html", "b/news.jsonl.gz", "-"])
    assert len(sources) == 5 and sources[1] == failure
    assert sources[-1] == Source("-", "stdin")
    assert sources[1:4] == [failure, Source("a/plan.html", "a/plan.html"), Source("b/news.jsonl.gz", "news")]
    with pytest.raises(IndexError):
        sources[5]
