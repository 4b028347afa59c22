"""Hostile files: bombs, broken tables and broken annotations are told of in one line, and nothing else happens."""

import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow
import pytest
from hostile import check_document
from pyarrow import parquet

from ie import formats
from ie.annotations import read_splits
from ie.decoding import MAX_BYTES, check_encoding
from ie.exact_json import from_json
from ie.office import MAX_PART
from ie.predictions import read_dated_facts
from ie.schema import Document, IEError
from ie.sources import Failure, read_documents

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ کارگاه ساخته شد."
DEEP = "[" * 100_000
HUGE = "1E+999999999"  # as a whole number it would fill any memory
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
DECLARED = '<!DOCTYPE x [<!ENTITY a0 "سال">%s<!ENTITY file SYSTEM "file:///etc/passwd">]>'


def read(path: Path) -> list[Document | Failure]:
    items = list(read_documents([path]))
    for item in items:
        check_document(item)
    return items


def reason(path: Path) -> str:
    (item,) = read(path)
    assert isinstance(item, Failure), item
    return item.reason


# ---------------------------------------------------------------------------------------------------------- bombs


def packed(parts: dict[str, bytes], **changes: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | changes).items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def word() -> dict[str, bytes]:
    """Return the parts of a Word file."""
    docx = pytest.importorskip("docx", reason="needs python-docx (pip install 'ie-fa[docx]')")
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(TEXT)
    document.save(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_bomb_is_refused_before_it_is_unpacked(word, tmp_path):
    path = tmp_path / "bomb.docx"
    bomb = {"word/document.xml": word["word/document.xml"].replace(b"<w:body>", b"<w:body>" + b" " * MAX_PART)}
    path.write_bytes(packed(word, **bomb))
    assert path.stat().st_size < MAX_PART // 100
    tracemalloc.start()
    try:
        assert "refused" in reason(path)
        assert tracemalloc.get_traced_memory()[1] < MAX_BYTES + MAX_PART // 4  # a file is read into a place of its own
    finally:
        tracemalloc.stop()


def test_an_archive_that_lies_about_its_sizes_unpacks_to_no_more_than_it_says(word, tmp_path):
    content = bytearray(packed(word, **{"word/document.xml": b"<x>" + b" " * MAX_PART}))
    size = (MAX_PART + 3).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")
    (tmp_path / "lie.docx").write_bytes(content)
    assert "is not a whole Word file" in reason(tmp_path / "lie.docx")


@pytest.mark.parametrize("before", ["", "<!--" + " " * 5000 + "-->"], ids=["at once", "behind a comment"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("entities", "used"), [("", "&file;"), (ENTITIES, "&a10;")], ids=["a file", "a bomb"])
def test_entities_in_a_word_file_are_never_expanded(word, tmp_path, before, encoding, entities, used):
    xml = word["word/document.xml"].decode().partition("?>")[2].replace(TEXT, TEXT + used)
    bomb = f'<?xml version="1.0" encoding="{encoding}"?>{before}{DECLARED % entities}{xml}'.encode(encoding)
    (tmp_path / "bomb.docx").write_bytes(packed(word, **{"word/document.xml": bomb}))
    said = reason(tmp_path / "bomb.docx")
    assert "declares XML entities" in said or (entities and "XMLSyntaxError" in said)


def test_entities_in_a_page_are_never_expanded(tmp_path):
    pytest.importorskip("trafilatura", reason="needs trafilatura (pip install 'ie-fa[html]')")
    path = tmp_path / "bomb.html"
    page = f"<html><body><p>{TEXT * 5}</p><p>{TEXT} &a10; &file;</p></body></html>"
    for beginning in (
        DECLARED % ENTITIES,
        "<!DOCTYPE html>" + DECLARED % ENTITIES,
        f"<?xml version='1.0'?>{DECLARED % ENTITIES}",
    ):
        path.write_text(beginning + page, encoding="utf-8")
        (item,) = read(path)
        assert isinstance(item, Failure) or ("root:" not in item.text and len(item.text) < 1000)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_line_of_100_megabytes_is_refused_without_being_held(tmp_path, suffix):
    path = tmp_path / f"long{suffix}"
    with path.open("wb") as file:
        file.write(b"text\n" if suffix == ".csv" else b'{"text": "')
        for _ in range(100):
            file.write(b"a" * 2**20)
        file.write(b"\n")
    tracemalloc.start()
    try:
        (failure,) = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"more than {MAX_BYTES // 2**20} MB" in failure.reason
    assert peak < 4 * MAX_BYTES


# ---------------------------------------------------------------------------------------------------------- tables


def test_a_header_longer_than_the_module_takes_cells_to_be_is_read(tmp_path):
    (tmp_path / "wide.csv").write_text(f"text,{'a' * 200_000}\n{TEXT},x\n", encoding="utf-8")
    assert [item.text for item in read(tmp_path / "wide.csv")] == [TEXT]


def test_tables_that_are_read_at_once_do_not_disturb_each_other(tmp_path):
    long = TEXT + "س" * 200_000
    for name, count in (("short", 1), ("long", 3)):
        (tmp_path / f"{name}.csv").write_text("text\n" + f"{long}\n" * count, encoding="utf-8")
    first, second = (iter(read_documents([tmp_path / f"{name}.csv"])) for name in ("short", "long"))
    next(first), next(second)
    assert next(first, None) is None
    assert [item.text for item in second] == [long, long]


WRONG = {
    "numbers": pyarrow.array([1, 2]),
    "bytes": pyarrow.array([b"\xff", b""]),
    "lists": pyarrow.array([["a"], []]),
    "objects": pyarrow.array([{"a": 1}, None]),
    "nothing": pyarrow.nulls(2),
    "late days": pyarrow.array([2**31 - 1, 0], pyarrow.date32()),
    "late moments": pyarrow.array([2**52, 0], pyarrow.timestamp("s", "UTC")),
    "moments of nowhere": pyarrow.array([0, 0], pyarrow.timestamp("s", "Nowhere/None")),
    "spans": pyarrow.array([2**62, 0], pyarrow.duration("us")),
    "many bits": pyarrow.array([2.5, float("nan")]),
    "categories": pyarrow.array(["a", "a"]).dictionary_encode(),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("column", ["text", "date", "id", "title"])
def test_parquet_of_wrong_types_gives_documents_or_reasons(tmp_path, column, kind):
    columns = {"text": [TEXT, TEXT], "date": ["1401", "1402"], "id": ["a", "b"], "title": ["a", "b"]}
    parquet.write_table(pyarrow.table(columns | {column: WRONG[kind]}), tmp_path / "wrong.parquet")
    assert len(read(tmp_path / "wrong.parquet")) == 2


@pytest.mark.parametrize("days", [pyarrow.array([2**31 - 1, 0], pyarrow.date32()), WRONG["late moments"]])
def test_a_row_with_a_day_beyond_all_calendars_does_not_take_the_next_with_it(tmp_path, days):
    parquet.write_table(pyarrow.table({"text": [TEXT, TEXT], "date": days}), tmp_path / "late.parquet")
    failure, document = read(tmp_path / "late.parquet")
    assert isinstance(failure, Failure) and "row 1" in failure.source
    assert document.date == "1348-10-11"


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31"])
def test_a_moment_that_no_zone_holds_is_one_reason(tmp_path, moment):
    zone = "+14:00" if moment < "1" else "-14:00"
    moments = pyarrow.array([moment]).cast(pyarrow.timestamp("s")).cast(pyarrow.timestamp("s", zone))
    parquet.write_table(pyarrow.table({"text": [TEXT], "date": moments}), tmp_path / "edge.parquet")
    assert reason(tmp_path / "edge.parquet")


@pytest.mark.parametrize("blank", ["\x1c", "\ufeff\x85 ", " \ufeff\x1c\ufeff", "\u2028\u3000"])
def test_a_file_of_blanks_is_empty(tmp_path, blank):
    (tmp_path / "blank.txt").write_text(blank, encoding="utf-8")
    assert reason(tmp_path / "blank.txt") == "is empty"


def test_an_encoding_named_undefined_is_unknown():
    with pytest.raises(IEError, match="unknown encoding"):
        check_encoding("undefined")


# ---------------------------------------------------------------------------------------------------------- annotations

ENTITY = '{"text": "abc 5", "entities": [{"id": 1, "label": "NUMBER", "start_offset": %s, "end_offset": 5}]%s}'
TASK = '[{"data": {"text": "abc 5"}, "annotations": [{"result": [{"type": "labels", "id": "r", "value": %s}]}]}]'
RECORD = '{"id": "a", "text": "abc 5", "facts": [{"id": "f", "number": %s, "value": %s}]}'
BROKEN = {
    "deep.jsonl": DEEP,
    "places.jsonl": RECORD % (f"[4, {HUGE}]", "5"),
    "value.jsonl": RECORD % ("[4, 5]", HUGE),
    "value in words.jsonl": RECORD % ("[4, 5]", f'"{HUGE}"'),
    "number.jsonl": RECORD % ("[4, 5]", "9" * 5000),
    "deep.conll": f"# id = a\n# facts = {DEEP}\nx\tO\n",
    "text.conll": '# id = a\n# text = "\\ud800"\nx\tO\n',
    "deep.doccano.jsonl": '{"text": ' + DEEP,
    "endless.doccano.jsonl": ENTITY % ("Infinity", ""),
    "huge.doccano.jsonl": ENTITY % (HUGE, ""),
    "words.doccano.jsonl": '{"text": "abc 5", "label": [["a", 5, "NUMBER"]]}',
    "slots.doccano.jsonl": ENTITY % (4, ', "meta": {"slots": [{"at": [4, 5], "label": "NUMBER", "id": {}}]}'),
    "deep.labelstudio.json": DEEP,
    "endless.labelstudio.json": TASK % '{"start": Infinity, "end": 5, "labels": ["NUMBER"]}',
    "huge.labelstudio.json": TASK % f'{{"start": {HUGE}, "end": 5, "labels": ["NUMBER"]}}',
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_annotation_is_skipped_with_a_reason(tmp_path, name):
    path = tmp_path / name
    path.write_text(BROKEN[name], encoding="utf-8")
    try:
        annotations = formats.read(path)
    except IEError as error:
        assert str(path) in str(error)
    else:
        (skipped,) = annotations.skipped
        assert len(str(skipped)) < 500


@pytest.mark.parametrize("name", ["../secret.txt", "below/../../secret.txt", "/dev/zero", "a\0b", "."])
def test_the_text_of_an_annotation_lies_in_its_folder(tmp_path, name):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("abc 5")
    (folder / "a.jsonl").write_text(json.dumps({"id": "a", "text_file": name, "facts": []}))
    (skipped,) = formats.read(folder / "a.jsonl").skipped
    assert "text_file: expected" in skipped.reason


LINES = {
    "more digits than Python reads": "T1\tNUMBER 0 " + "9" * 5000 + "\tabc\n",
    "a place that is none": 'T1\tNUMBER 0 3\tabc\n#1\tAnnotatorNotes T1\t{"span": 5}\n',
    "a note too deep": 'T1\tNUMBER 0 3\tabc\n#1\tAnnotatorNotes T1\t{"span": ' + DEEP + "\n",
    "an id that is none": 'T1\tNUMBER 4 5\t5\n#1\tAnnotatorNotes T1\t{"value": 5, "id": {}}\n',
    "an interval that is none": 'T1\tPERIOD 0 3\tabc\n#1\tAnnotatorNotes T1\t{"interval": 5}\n',
}


@pytest.mark.parametrize("line", LINES)
def test_a_broken_line_of_brat_is_named(tmp_path, line):
    (tmp_path / "a.txt").write_text("abc 5")
    (tmp_path / "a.ann").write_text(LINES[line])
    assert len(formats.read(tmp_path).skipped) == 1


@pytest.mark.parametrize(
    "read_file", [lambda path: formats.read(path, "brat"), lambda path: read_splits(path / "documents.json")]
)
def test_json_that_is_too_deep_is_one_error(tmp_path, read_file):
    (tmp_path / "documents.json").write_text('{"a": ' + DEEP)
    with pytest.raises(IEError, match="nested too deeply"):
        read_file(tmp_path)


@pytest.mark.parametrize("value", [HUGE, "1E-999999999", f'"{HUGE}"', "NaN", "Infinity", DEEP])
def test_a_fact_beyond_all_bounds_is_refused(tmp_path, value):
    fact = '{"id": "a@0", "document": "a", "program": "x", "value": %s, "evidence": {"number": [0, 1]}}'
    (tmp_path / "facts.jsonl").write_text(fact % value)
    with pytest.raises(IEError, match="facts.jsonl:1: expected a fact"):
        read_dated_facts(tmp_path / "facts.jsonl")


@pytest.mark.parametrize(
    "content", [HUGE, "1E" + "9" * 40, "NaN", "-Infinity", DEEP, "9" * 5000, "", "{", '{"a": 1e1001}']
)
def test_json_that_is_none_or_beyond_all_bounds_is_no_value(content):
    with pytest.raises(ValueError):
        from_json(content)


def test_ordinary_json_is_read_as_the_module_reads_it():
    content = json.dumps({"a": [1, "\ud800", None, True], "b": {}})
    assert from_json(content) == json.loads(content)
