"""Reading item by item: an outcome for each, in order, whatever its neighbours are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ie.columnar import fact_row, fact_schema
from ie.extractor import Extractor, Report
from ie.schema import Document, IEError
from ie.sources import Failure, find_sources
from ie.streaming import Item, Reading, items_of, name_of, read_each
from ie.tables import Columns, document_of

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد."
RULES = Reading(rules=True)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return RULES.extractor()


def names(outcomes: Iterator[Report | Failure]) -> list[str]:
    return [item.source if isinstance(item, Failure) else item.document.id for item in outcomes]


def test_every_item_has_an_outcome_in_its_place(extractor: Extractor, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "news.jsonl").write_text('{"text": "' + TEXT + '"}\n{\n', encoding="utf-8")
    items = list(items_of(find_sources([str(tmp_path), str(tmp_path / "news.jsonl"), "nowhere"]), RULES))
    assert [type(item).__name__ for item in items] == ["Source", "Source", "Document", "Failure", "Failure"]
    outcomes = list(read_each(extractor, items, RULES))
    assert [type(outcome).__name__ for outcome in outcomes] == ["Failure", "Report", "Report", "Failure", "Failure"]
    assert names(iter(outcomes))[1:3] == ["page", "news:1"]
    assert name_of(items[3]) == f"{tmp_path / 'news.jsonl'}:2"


def test_a_document_that_breaks_the_extractor_costs_no_other(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Extractor.predict_many

    def breaking(self: Extractor, documents: list[Document]) -> Iterator[Report]:
        if any(document.id == "7" for document in documents):
            raise RecursionError("too deep")
        return find(self, documents)

    monkeypatch.setattr(Extractor, "predict_many", breaking)
    outcomes = list(read_each(extractor, [Document(str(number), TEXT) for number in range(100)], RULES))
    assert names(iter(outcomes)) == [str(number) for number in range(100)]
    assert outcomes[7] == Failure("7", "cannot be read: RecursionError: too deep")
    assert sum(isinstance(outcome, Report) for outcome in outcomes) == 99


def test_facts_are_those_of_the_extractor_however_many_are_read_together(extractor: Extractor) -> None:
    texts = [TEXT * (number % 5 + 1) for number in range(150)]
    documents = [Document(str(number), text, "1401") for number, text in enumerate(texts)]
    outcomes = read_each(extractor, documents, RULES)
    assert list(outcomes) == [next(extractor.predict_many([document])) for document in documents]


def test_a_stated_date_wins_and_a_bad_one_is_a_failure(extractor: Extractor) -> None:
    documents: list[Item] = [Document("a", TEXT, "1399-15"), Document("b", TEXT, "1399"), Document("c", TEXT)]
    first, second, third = read_each(extractor, documents, RULES)
    assert isinstance(first, Failure) and first.source == "a" and "1399-15" in first.reason
    assert isinstance(second, Report) and second.document.date == "1399"
    assert isinstance(third, Report) and third.document.date is None
    for outcome in read_each(extractor, documents, Reading(rules=True, report_date="1401-02")):
        assert isinstance(outcome, Report) and outcome.document.date == "1401-02"


def test_a_row_of_any_table_becomes_a_document_and_facts_become_rows(extractor: Extractor) -> None:
    document = document_of({"body": TEXT, "day": "2020-05-01"}, Columns("body", "day"), "row 1")
    assert document == Document("row 1", TEXT, "1399-02-12")
    wrong = document_of({"boddy": TEXT}, Columns("body"), "row 1")
    assert isinstance(wrong, IEError) and "did you mean 'boddy'?" in str(wrong)
    (report,) = read_each(extractor, [document], RULES)
    assert isinstance(report, Report)
    assert list(fact_row(report.facts[0])) == fact_schema().names
