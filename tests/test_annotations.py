import gzip
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from ie.annotations import (
    Annotations,
    read_annotations,
    read_splits,
    shared_texts,
    tagged_spans,
    text_digest,
    to_record,
    write_annotations,
)
from ie.schema import Evidence, IEError, MetricFact, Span

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("IE_SHARED", "../shared"))
needs_shared = pytest.mark.skipif(not (SHARED / "annotations").is_dir(), reason=f"no texts in {SHARED} (set IE_SHARED)")

TEXT = "در سال ۱۴۰۰ حدود ۲۵ باب کتابخانه روستایی و ۳ باب سالن ورزشی ساخته شد."


def place(phrase: str, text: str = TEXT) -> list[int]:
    start = text.index(phrase)
    return [start, start + len(phrase)]


def record(**changes: object) -> dict[str, object]:
    year = {"start": "1400-01-01", "end": "1400-12-29"}
    library = {
        "id": "lib#1",
        "number": place("۲۵"),
        "program": place("کتابخانه روستایی"),
        "period": place("سال ۱۴۰۰"),
        "value": 25,
        "comparator": "approx",
        "unit": "باب",
        "interval": year,
        "interval_alt": {"start": "1400-01-01", "end": "1400-10-01"},
        "program_alt": ["کتابخانه"],
    }
    hall = {"id": "lib#2", "number": place("۳"), "program": place("سالن ورزشی"), "value": 3, "unit": "باب"}
    document = {"id": "lib", "text": TEXT, "date": "1400-10-01", "domain": "فرهنگ", "facts": [library, hall]}
    return document | {"periods": [{"span": place("سال ۱۴۰۰"), "interval": year}], "nonfacts": []} | changes


def read(tmp_path: Path, *records: object, texts: dict[str, str] | None = None) -> Annotations:
    path = tmp_path / "some.jsonl"
    lines = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_annotations(path, texts)


def test_a_line_becomes_a_document_with_spans_and_facts(tmp_path):
    annotations = read(tmp_path, record())
    assert len(annotations) == 1
    document = annotations["lib"]
    tagged = [(span.label, TEXT[span.start : span.end]) for span in document.spans]
    assert tagged == [
        ("PERIOD", "سال ۱۴۰۰"),
        ("NUMBER", "۲۵"),
        ("PROGRAM", "کتابخانه روستایی"),
        ("NUMBER", "۳"),
        ("PROGRAM", "سالن ورزشی"),
    ]
    library, hall = document.facts
    assert library.fact.value == Decimal(25)
    assert library.fact.program == "کتابخانه روستایی"
    assert library.fact.period.interval == ("1400-01-01", "1400-12-29")
    assert library.fact.period.text == "سال ۱۴۰۰"
    assert library.interval_alt == ("1400-01-01", "1400-10-01")
    assert library.program_alt == ("کتابخانه",)
    assert hall.fact.period is None
    assert hall.fact.comparator == "eq"
    assert document.document.date == "1400-10-01"


def test_decimals_are_read_exactly(tmp_path):
    fact = {"id": "1", "number": place("۳"), "value": 4.8, "value_max": 12345678901234.1}
    (document,) = read(tmp_path, record(facts=[fact]))
    assert document.facts[0].fact.value == Decimal("4.8")
    assert document.facts[0].fact.value_max == Decimal("12345678901234.1")


def test_facts_in_the_form_of_the_output_are_read_too(tmp_path):
    fact = {
        "id": "f1",
        "program": "کتابخانه روستایی",
        "value": 25,
        "comparator": "approx",
        "unit": "باب",
        "period": {"start": "1400-01-01", "end": None, "relation": "since"},
        "evidence": {
            "number": place("۲۵"),
            "program": place("کتابخانه روستایی"),
            "period": place("سال ۱۴۰۰"),
            "sentence": None,
        },
        "kind": "change",
        "change": {"direction": "up", "baseline": None},
    }
    gold = {"id": "lib", "text_file": "lib.txt", "report_date": None, "facts": [fact], "periods": [place("سال ۱۴۰۰")]}
    (tmp_path / "lib.txt").write_bytes(TEXT.encode())
    path = tmp_path / "lib.gold.json"
    path.write_text(json.dumps(gold, indent=1), encoding="utf-8")
    (document,) = read_annotations(path)
    read_fact = document.facts[0].fact
    assert read_fact.period.relation == "since"
    assert read_fact.period.interval == ("1400-01-01", None)
    assert read_fact.change.direction == "up"
    assert document.periods[0].interval == ("1400-01-01", None)
    assert document.text == TEXT


def test_what_is_written_is_read_back(tmp_path):
    annotations = read(tmp_path, record())
    path = tmp_path / "copy.jsonl"
    assert write_annotations(annotations, path) == 1
    assert read_annotations(path).documents == annotations.documents


def test_stand_off_lines_hold_no_text_and_join_it_by_sha256_or_id(tmp_path):
    annotations = read(tmp_path, record())
    path = tmp_path / "stand-off.jsonl"
    write_annotations(annotations, path, text=False)
    written = path.read_text(encoding="utf-8")
    assert "کتابخانه" not in written
    assert json.loads(written)["sha256"] == text_digest(TEXT)
    for key in ("lib", text_digest(TEXT)):
        assert read_annotations(path, {key: TEXT}).documents == annotations.documents


def test_a_stand_off_line_without_its_text_is_skipped_and_named(tmp_path):
    (document,) = read(tmp_path, record())
    annotations = read(tmp_path, record(id="other"), to_record(document, text=False), texts={})
    assert [document.id for document in annotations] == ["other"]
    (skipped,) = annotations.skipped
    assert skipped.id == "lib"
    assert str(skipped).startswith(f"{tmp_path / 'some.jsonl'}:2: ")
    assert "found none" in skipped.reason


ARTICLE = f"سرخط خبر\n {TEXT}\n\nشماره تماس ۱۲۳"


@pytest.fixture
def news(tmp_path, monkeypatch):
    """A shared folder with one article among others that hold no valid JSON but an id."""
    path = tmp_path / "shared" / "corpus" / "news.jsonl.gz"
    path.parent.mkdir(parents=True)
    others = [f'{{"id": "other-{number}", not parsed}}' for number in range(3)]
    path.write_bytes(gzip.compress("\n".join([*others, json.dumps({"id": "n-1", "text": ARTICLE})]).encode()))
    monkeypatch.setenv("IE_SHARED", str(tmp_path / "shared"))
    return path


def from_article(**changes: object) -> dict[str, object]:
    line = record(news_id="n-1", lines=[1], sha256=text_digest(TEXT)) | changes
    return {key: value for key, value in line.items() if key != "text"}


@pytest.mark.parametrize("texts", [None, {}])
def test_a_stand_off_line_finds_the_lines_of_its_article(tmp_path, news, texts):
    annotations = read(tmp_path, from_article(), texts=texts)
    assert annotations["lib"].text == TEXT
    assert annotations["lib"].lines == (1,)
    copy = tmp_path / "copy.jsonl"
    write_annotations(annotations, copy, text=False)
    assert json.loads(copy.read_text(encoding="utf-8"))["lines"] == [1]
    assert read_annotations(copy).documents == annotations.documents


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines": [9]}, "lines: expected lines within 0..3, found 9"),
        ({"lines": [0]}, "expected the text with sha256"),
        ({"news_id": "n-2"}, "expected a text for 'lib', found none"),
        ({"lines": "1"}, "lines: expected: Input should be a valid list"),
    ],
)
def test_lines_that_do_not_make_the_text_are_named(tmp_path, news, changes, expected):
    annotations = read(tmp_path, record(id="good"), from_article(**changes))
    assert [document.id for document in annotations] == ["good"]
    assert expected in annotations.skipped[0].reason


def test_a_damaged_file_of_articles_costs_only_the_lines_that_need_it(tmp_path, news):
    news.write_bytes(news.read_bytes()[:30])
    annotations = read(tmp_path, record(id="good"), from_article())
    assert [document.id for document in annotations] == ["good"]
    assert "news.jsonl.gz: expected news articles" in annotations.skipped[0].reason


def test_a_text_that_was_changed_is_not_joined(tmp_path):
    (document,) = read(tmp_path, record())
    annotations = read(tmp_path, to_record(document, text=False), texts={"lib": TEXT + " "})
    assert not len(annotations)
    assert "sha256" in annotations.skipped[0].reason


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{not json", "expected a JSON object"),
        ("[1, 2]", "expected a JSON object, found list"),
        ("[" * 100_000, "expected a JSON object"),
        ('{"facts": []}', "id: expected: Field required; found nothing"),
        (record(facts=[{"id": "1", "number": [0, 2]}]), "facts.0.value: expected: Field required"),
        (record(facts=[{"id": "1", "number": "two", "value": 2}]), "facts.0.number: expected:"),
        (record(facts=[{"id": "1", "number": [0, 2], "value": 2, "status": "hoped"}]), "found 'hoped'"),
        (record(facts=[{"id": "1", "number": [0, 900], "value": 2}]), "expected offsets within 0..69, found [0, 900]"),
        (record(facts=[{"id": "1", "number": [0, 1], "value": 2, "same_as": "7"}]), "1.same_as: expected a fact"),
        (record(facts=[{"id": "1", "number": [0, 1], "value": 2}] * 2), "ids used once"),
        (record(sha256="0" * 64), "expected the text with sha256"),
        (record(id="good"), "expected an id used once"),
    ],
)
def test_a_broken_line_is_named_and_the_others_load(tmp_path, line, expected):
    annotations = read(tmp_path, record(id="good"), line, record(id="better"))
    assert [document.id for document in annotations] == ["good", "better"]
    (skipped,) = annotations.skipped
    assert skipped.where.endswith("some.jsonl:2")
    assert expected in skipped.reason


def test_bytes_that_are_not_utf8_break_only_their_line(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_bytes(json.dumps(record()).encode() + b"\n\xff\xfe{}\n")
    annotations = read_annotations(path)
    assert len(annotations) == 1
    assert annotations.skipped[0].where.endswith(":2")


def test_a_missing_file_is_a_clear_error(tmp_path):
    with pytest.raises(IEError, match=r"nothing\.jsonl: expected a file of annotations"):
        read_annotations(tmp_path / "nothing.jsonl")
    with pytest.raises(IEError, match="found none"):
        read_annotations(tmp_path)


def test_a_folder_is_read_whole(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record(id=name)), encoding="utf-8")
    assert [document.id for document in read_annotations(tmp_path)] == ["a", "b"]


def fact_of(number: tuple[int, int], program: tuple[int, int]) -> MetricFact:
    return MetricFact(f"d@{number[0]}", "d", "p", Decimal(1), Evidence(number, program))


def test_of_overlapping_programmes_the_longer_is_tagged():
    facts = [fact_of((0, 2), (10, 20)), fact_of((30, 32), (10, 25)), fact_of((40, 42), (24, 30))]
    programs = [span for span in tagged_spans(facts, []) if span.label == "PROGRAM"]
    assert programs == [Span(10, 25, "PROGRAM")]


def test_a_programme_that_holds_a_number_is_not_tagged():
    spans = tagged_spans([fact_of((12, 14), (10, 20))], [(30, 35), (32, 34)])
    assert spans == (Span(12, 14, "NUMBER"), Span(30, 35, "PERIOD"))


def test_a_document_is_in_one_part_of_the_split(tmp_path):
    path = tmp_path / "splits.json"
    path.write_text('{"test": ["a"], "dev": ["b"]}', encoding="utf-8")
    splits = read_splits(path)
    assert [splits.part_of(name) for name in "abc"] == ["test", "dev", "train"]
    annotations = read(tmp_path, *(record(id=name) for name in "abc"))
    assert [document.id for document in annotations.part("dev", splits)] == ["b"]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"dev": 3}'])
def test_broken_splits_are_a_clear_error(tmp_path, content):
    path = tmp_path / "splits.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(IEError, match="splits.json: expected a JSON object"):
        read_splits(path)


def test_the_project_holds_annotations_without_texts():
    for path in (ROOT / "annotations").rglob("*.jsonl"):
        if path.parent.name in ("real", "reports"):
            for line in path.read_text(encoding="utf-8").splitlines():
                assert json.loads(line).get("text") is None, path


def test_the_split_of_the_project_names_its_documents():
    splits = read_splits(ROOT / "annotations" / "splits.json")
    lines = (ROOT / "annotations" / "real" / "real.jsonl").read_text(encoding="utf-8").splitlines()
    parts = [splits.part_of(json.loads(line)["id"]) for line in lines]
    assert {part: parts.count(part) for part in set(parts)} == {"train": 257, "dev": 36, "test": 74}  # as given


@needs_shared
@pytest.mark.parametrize(
    ("copy", "source"),
    [("real/real.jsonl", "annotations/real.jsonl"), ("reports/yazd-1401.jsonl", "reports/yazd-1401.gold.json")],
)
def test_the_stand_off_copies_have_the_texts_of_their_sources(copy, source):
    ours = read_annotations(ROOT / "annotations" / copy)
    theirs = read_annotations(SHARED / source)
    assert not ours.skipped
    assert not theirs.skipped
    assert [(item.id, item.text) for item in ours] == [(item.id, item.text) for item in theirs]
    assert {text_digest(document.text) for document in ours} <= set(shared_texts())
