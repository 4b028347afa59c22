"""Parts of a large run: the same facts however they are cut, each part there whole or not at all."""

import json
from itertools import chain
from pathlib import Path

import pyarrow
import pytest
from pyarrow import dataset, parquet

from ie.columnar import fact_schema
from ie.outputs import write_facts
from ie.parts import FAILURES, Outcome, batches_of, earlier_failures, find_done, parts_of, read_part
from ie.schema import Document, IEError
from ie.sources import Columns, Failure, Source, find_sources, read_documents
from ie.streaming import Reading

READING = Reading(rules=True)
TEXTS = [f"در سال {1390 + number} تعداد {number + 3} مدرسه و {number + 20} واحد صنعتی ساخته شد." for number in range(9)]


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    """Return documents of every kind of file, one table broken and one without the column."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS) + '{"id": 1}\n')
    (folder / "b.txt").write_text(TEXTS[0])
    (folder / "c.txt").write_text(TEXTS[1])
    (folder / "d.csv").write_text("id,text,date\n" + "".join(f"d{n},{t},1400-02-01\n" for n, t in enumerate(TEXTS)))
    parquet.write_table(pyarrow.table({"text": TEXTS, "id": list(range(9))}), folder / "e.parquet")
    (folder / "f.parquet").write_bytes((folder / "e.parquet").read_bytes()[:-20])
    parquet.write_table(pyarrow.table({"Texts": TEXTS}), folder / "g.parquet")
    return sorted(map(str, folder.iterdir()))


def sources_of(inputs: list[str]) -> list[Source]:
    return [one for one in find_sources(inputs) if isinstance(one, Source)]


def read_all(inputs: list[str], output: str, characters: int) -> list[Outcome]:
    extractor = READING.extractor()
    batches = find_done(batches_of(sources_of(inputs), READING, characters), output)
    parts = chain.from_iterable(parts_of(batch, READING, characters) for batch in batches)
    return [read_part(extractor, part, READING, output) for part in parts]


def rows_of(folder: str) -> list[dict[str, object]]:
    table = dataset.dataset(folder, fact_schema()).to_table()
    return table.sort_by([("document", "ascending"), ("number_start", "ascending")]).to_pylist()


@pytest.mark.parametrize("characters", [1, 200, 10**6])
def test_facts_do_not_depend_on_the_size_of_parts(inputs: list[str], tmp_path: Path, characters: int) -> None:
    documents = [one for one in read_documents(inputs) if isinstance(one, Document)]
    reports = READING.extractor().predict_many(documents)
    write_facts((fact for report in reports for fact in report.facts), tmp_path / "local.parquet")
    output = str(tmp_path / "out")
    outcomes = read_all(inputs, output, characters)
    assert rows_of(output) == rows_of(str(tmp_path / "local.parquet")) != []
    assert sum(outcome.documents for outcome in outcomes) == len(documents) == 29
    assert sum(outcome.facts for outcome in outcomes) == len(rows_of(output))


def test_what_cannot_be_read_is_named_beside_the_facts(inputs: list[str], tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    told = [str(failure) for outcome in read_all(inputs, output, 200) for failure in outcome.failures]
    lines = [line for file in sorted(Path(output, FAILURES).iterdir()) for line in file.read_text().splitlines()]
    assert sorted(told) == sorted(str(Failure(**json.loads(line))) for line in lines)
    jsonl, broken, other = sorted(told)
    assert "a.jsonl:10: has no" in jsonl
    assert "f.parquet: is not a whole Parquet file" in broken
    assert "g.parquet: has no column 'text'; did you mean 'Texts'?" in other


def test_parts_that_are_there_are_not_read_again(inputs: list[str], tmp_path: Path) -> None:
    output = tmp_path / "out"
    first = read_all(inputs, str(output), 200)
    before = rows_of(str(output))
    kept = {file.name: file.stat().st_mtime_ns for file in output.glob("*.parquet")}
    lost = sorted(kept)[1]
    (output / lost).unlink()
    (output / ".part-x.parquet.77.partial").write_bytes(b"PAR1")
    again = read_all(inputs, str(output), 200)
    assert [outcome.kept for outcome in again].count(False) == 1
    assert len(again) == len(first) == len(kept)
    assert rows_of(str(output)) == before
    assert [name for name in kept if (output / name).stat().st_mtime_ns != kept[name]] == [lost]
    assert not list(output.glob(".*"))
    batches = find_done(batches_of(sources_of(inputs), READING, 200), str(output))
    assert all(batch.finished for batch in batches)
    failures = [failure for outcome in first for failure in outcome.failures]
    assert sorted(map(str, earlier_failures(batches, str(output)))) == sorted(map(str, failures)) != []
    assert not list(earlier_failures(batches_of(sources_of(inputs), READING, 200), str(output)))


def test_facts_of_other_inputs_or_settings_are_not_mixed(inputs: list[str], tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    read_all(inputs, output, 200)
    dated = Reading(rules=True, report_date="1400-01-01")
    with pytest.raises(IEError, match="has facts of other inputs or settings"):
        find_done(batches_of(sources_of(inputs), dated, 200), output)
    Path(inputs[0]).write_text(json.dumps({"text": TEXTS[0]}))
    with pytest.raises(IEError, match="has facts of other inputs or settings"):
        find_done(batches_of(sources_of(inputs), READING, 200), output)


def test_a_table_without_rows_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n")
    [outcome] = read_all([str(tmp_path / "a.csv")], str(tmp_path / "out"), 10)
    assert (outcome.last, outcome.documents, outcome.facts) == (True, 0, 0)
    assert rows_of(str(tmp_path / "out")) == []


def test_columns_and_urls_are_taken(tmp_path: Path) -> None:
    parquet.write_table(pyarrow.table({"matn": TEXTS, "text": ["x"] * 9}), tmp_path / "a.parquet")
    reading = Reading(rules=True, columns=Columns(text="matn"), min_confidence=0.1)
    [batch] = batches_of(sources_of([f"{tmp_path.as_uri()}/*.parquet"]), reading)
    [part] = parts_of(batch, reading)
    outcome = read_part(reading.extractor(), part, reading, f"{tmp_path.as_uri()}/out")
    assert (outcome.documents, outcome.facts) == (9, len(rows_of(str(tmp_path / "out"))))
    assert outcome.facts >= 9


def test_a_file_is_no_output_and_standard_input_no_input(tmp_path: Path) -> None:
    (tmp_path / "facts.parquet").write_bytes(b"")
    with pytest.raises(IEError, match=r"facts\.parquet: is a file"):
        find_done([], str(tmp_path / "facts.parquet"))
    with pytest.raises(IEError, match="cannot read standard input"):
        batches_of([Source("-", "stdin")], READING)
