import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ie.annotations import AnnotatedDocument, read_annotations, read_splits
from ie.cli import app
from ie.domains import domain_of
from ie.validation import REASONS, find_exceptions, validate_document

ANNOTATIONS = Path(__file__).parents[1] / "annotations"
AUTHORED = sorted((ANNOTATIONS / "authored").glob("*.jsonl"))


@pytest.fixture(scope="module")
def documents() -> list[AnnotatedDocument]:
    return [document for path in AUTHORED for document in read_annotations(path)]


@pytest.fixture
def sound() -> AnnotatedDocument:
    """Return a document with facts in which nothing is wrong."""
    document = next(one for one in read_annotations(AUTHORED[0]) if len(one.facts) > 3 and not one.exceptions)
    assert validate_document(document) == []
    return document


def messages(document: AnnotatedDocument) -> str:
    return "\n".join(map(str, validate_document(document)))


def with_first(document: AnnotatedDocument, **slots: object) -> AnnotatedDocument:
    first, *rest = document.facts
    return replace(document, facts=(replace(first, fact=replace(first.fact, **slots)), *rest))


# what is wrong with a document


def test_a_value_that_its_span_does_not_give_has_to_be_marked(sound):
    fact = sound.facts[0].fact
    wrong = with_first(sound, value=fact.value * 1000)
    assert "mark 'shared_multiplier'" in messages(wrong)
    start, end = fact.evidence.number
    assert validate_document(replace(wrong, exceptions=(f"{start}-{end} shared_multiplier",))) == []


def test_an_interval_that_its_expression_does_not_give_has_to_be_marked(sound):
    period = next(period for period in sound.periods if period.interval and period.interval[0])
    others = tuple(
        replace(one, interval=("1300-01-01", "1300-01-02")) if one is period else one for one in sound.periods
    )
    assert "interval_in_context" in messages(replace(sound, periods=others))


def test_a_reversed_decimal_is_told_from_a_misprint():
    document = next(one for path in AUTHORED for one in read_annotations(path) if "reversed" in str(one.exceptions))
    assert set(find_exceptions(document).values()) <= set(REASONS)
    assert "reversed_decimal" in find_exceptions(document).values()


def test_an_unknown_reason_is_told(sound):
    assert "found '1-2 because'" in messages(replace(sound, exceptions=("1-2 because",)))


def test_digits_in_no_span_a_span_twice_and_an_overlap_are_told(sound):
    covered = next(span for span in sound.nonfacts) if sound.nonfacts else None
    number = sound.facts[0].fact.evidence.number
    assert "expected each span once" in messages(replace(sound, nonfacts=((0, 1), (0, 1))))
    assert "overlaps" in messages(
        replace(sound, nonfacts=((number[0], number[1]),) * 1 + ((number[0], number[1] + 1),))
    )
    if covered:
        assert "lie in no span" in messages(replace(sound, nonfacts=()))


def test_a_repeat_points_back_to_the_same_value(sound):
    first, second = (item.fact for item in sound.facts[:2])
    assert "expected an earlier fact" in messages(with_first(sound, same_as=second.id))
    assert "expected another fact" in messages(with_first(sound, subset_of=first.id))


def test_slots_that_contradict_each_other_are_told(sound):
    assert "value_max with 'range' only" in messages(with_first(sound, comparator="range"))
    assert "expected percent or change" in messages(with_first(sound, unit="درصد", kind="count", change=None))


def test_a_domain_of_its_own_is_told(sound):
    assert "expected a key of domains.toml" in messages(replace(sound, domain="نجاری"))


def test_the_command_lists_findings_and_ends_with_1(tmp_path, sound):
    record = json.loads(AUTHORED[0].read_text(encoding="utf-8").splitlines()[0])
    record["domain"] = "نجاری"
    (tmp_path / "gold.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n{\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["annotations", "check", str(tmp_path / "gold.jsonl")])
    assert result.exit_code == 1
    assert record["id"] in result.output and "gold.jsonl:2" in result.output
    assert "1 documents checked, 1 findings, 1 skipped" in result.output
    assert CliRunner().invoke(app, ["annotations", "check", str(AUTHORED[0])]).exit_code == 0


# the corpus of the project


@pytest.mark.parametrize("path", AUTHORED, ids=lambda path: path.name)
def test_every_written_document_is_sound(path):
    annotations = read_annotations(path)
    assert not annotations.skipped
    assert [str(finding) for document in annotations for finding in validate_document(document)] == []


def test_every_real_document_is_sound(shared):
    annotations = read_annotations(ANNOTATIONS / "real")
    assert not annotations.skipped and len(annotations) >= 467
    assert [str(finding) for document in annotations for finding in validate_document(document)] == []


def test_the_written_documents_are_many_and_various(documents):
    assert len(documents) >= 300 and sum(len(document.facts) for document in documents) >= 3000
    assert sum(not document.facts for document in documents) >= len(documents) / 10
    assert all(60 <= len(document.text.split()) <= 400 for document in documents)
    assert len({domain_of(document.domain) for document in documents} - {"other"}) >= 25
    years = {int(document.document.date[:4]) for document in documents if document.document.date}
    assert min(years) <= 1386 and max(years) >= 1404
    tags = Counter(tag for document in documents for tag in document.tags)
    assert {f"row-{number}" for number in range(1, 81)} == {tag for tag, count in tags.items() if count >= 5}


def test_documents_without_facts_hold_digits(documents):
    for document in documents:
        assert document.facts or len(re.findall(r"\d+", document.text)) >= 5, document.id


def test_test_and_dev_name_documents_of_the_corpus(documents):
    splits = read_splits(ANNOTATIONS / "splits.json")
    files = (ANNOTATIONS / "real").glob("*.jsonl")
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    known = {document.id for document in documents} | {json.loads(line)["id"] for line in lines}
    assert splits.dev | splits.test <= known and not splits.dev & splits.test
    assert sum(document.id in splits.test for document in documents) >= 60


def ten_word_runs(text: str) -> set[str]:
    words = re.findall(r"\w+", text)
    return {" ".join(words[start : start + 10]) for start in range(len(words) - 9)}


def assert_no_near_duplicates_cross(documents: list[AnnotatedDocument]) -> None:
    splits = read_splits(ANNOTATIONS / "splits.json")
    owners: dict[str, set[str]] = {}
    for document in documents:
        for run in ten_word_runs(document.text):
            owners.setdefault(run, set()).add(document.id)
    for document in documents:
        part = splits.part_of(document.id)
        if part == "train":
            continue
        runs = ten_word_runs(document.text)
        shared = Counter(
            other for run in runs for other in owners[run] if other != document.id and splits.part_of(other) != part
        )
        assert not shared or max(shared.values()) < len(runs) / 2, (document.id, shared.most_common(1))


def test_near_duplicates_never_cross_the_split(documents):
    assert_no_near_duplicates_cross(documents)


def test_near_duplicates_of_real_documents_never_cross_the_split(documents, shared):
    assert_no_near_duplicates_cross([*documents, *read_annotations(ANNOTATIONS / "real")])
