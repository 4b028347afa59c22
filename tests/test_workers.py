"""Workers: any number gives the same, and one that dies costs nothing but what killed it."""

import json
import re
from pathlib import Path

import pytest
from deadly import DeadlyShard, DeadlyTask, Ids, KilledWhenLoaded

from ie.schema import Document, IEError
from ie.shards import Plan, Told, write_shards
from ie.sources import Failure, find_sources
from ie.streaming import Reading, items_of
from ie.workers import Abandoned, Crew, Task, cores, in_order

RULES = Reading(rules=True)
TEXT = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد."


def tasks(*groups: str) -> list[Task]:
    return [Task(number, tuple(Document(name, TEXT) for name in group.split())) for number, group in enumerate(groups)]


def test_results_come_in_order_from_several_processes_that_end() -> None:
    given = tasks(*(f"a{number} b{number}" for number in range(12)))
    with Crew(2, RULES, Ids()) as crew:
        results = list(in_order(crew.run(iter(given), ahead=3)))
        workers = list(crew._workers)
    assert [names for _, (_, names) in results] == [[f"a{number}", f"b{number}"] for number in range(12)]
    assert len({process for _, (process, _) in results}) <= 2
    assert [worker.process.exitcode is not None for worker in workers] == [True, True]


def test_the_task_of_a_worker_that_dies_is_done_by_another(tmp_path: Path) -> None:
    notes: list[str] = []
    given = tasks("a b", "c d e", "f")
    with Crew(1, RULES, Ids("d", tmp_path / "once"), notes.append) as crew:
        results = {task.number: result[1] for task, result in crew.run(iter(given))}
    assert results == {0: ["a", "b"], 1: ["c", "d", "e"], 2: ["f"]}
    assert len(notes) == 1
    assert re.fullmatch(r"a worker \(process \d+\) was killed by SIGKILL .* while it read c … e", notes[0])


def test_a_document_that_kills_its_workers_is_found_and_left_out() -> None:
    notes: list[str] = []
    with Crew(2, RULES, Ids("d"), notes.append) as crew:
        results = {task.number: result[1] for task, result in crew.run(iter(tasks("a b", "c d e", "f")))}
    assert results == {0: ["a", "b"], 1: ["c", "d", "e"], 2: ["f"]}
    assert len(notes) == 3
    assert [note.partition(", at ")[2] for note in notes] == ["", "d", "d"]


def test_a_task_whose_every_document_kills_is_given_up() -> None:
    with Crew(1, RULES, DeadlyTask()) as crew:
        ((task, result),) = crew.run(iter(tasks("a b c d e f g h")))
    assert isinstance(result, Abandoned)
    assert "8 workers died of it; the last was killed by SIGKILL" in result.reason


def test_workers_that_never_come_to_life_are_one_error() -> None:
    with Crew(1, RULES, KilledWhenLoaded()) as crew, pytest.raises(IEError, match="3 workers died before they read"):
        list(crew.run(iter(tasks("a"))))


def test_a_model_that_cannot_be_loaded_is_named() -> None:
    with Crew(2, Reading(model="no/such"), Ids()) as crew, pytest.raises(IEError, match="no/such"):
        list(crew.run(iter(tasks("a"))))


def test_a_shard_keeps_all_but_the_document_that_killed_its_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"n{number}" for number in range(6)]
    names[4] = "poison"
    lines = [json.dumps({"id": name, "text": TEXT}) for name in names]
    (tmp_path / "news.jsonl").write_text("\n".join(lines))
    sources = find_sources([str(tmp_path / "news.jsonl")])
    notes: list[str] = []
    monkeypatch.setattr("ie.shards.WriteShard", DeadlyShard)
    plan = Plan(tmp_path / "facts", size=3, workers=2)
    totals = write_shards(sources, items_of(sources, RULES), RULES, plan, Told(note=notes.append))
    assert (totals.shards, totals.documents, totals.facts, totals.failures) == (2, 5, 5, 1)
    assert len(notes) == 3
    records = [json.loads(line) for line in (tmp_path / "facts" / "_manifest.jsonl").read_text().splitlines()]
    failure = Failure("poison", "cannot be read: each worker that tried died of it")
    assert records[2]["failures"] == [{"source": failure.source, "reason": failure.reason}]
    facts = "".join(path.read_text() for path in sorted((tmp_path / "facts").glob("facts-*")))
    assert [json.loads(line)["document"] for line in facts.splitlines()] == ["n0", "n1", "n2", "n3", "n5"]
    assert sorted(path.name for path in (tmp_path / "facts").iterdir()) == [
        "_manifest.jsonl", "facts-00000.jsonl", "facts-00001.jsonl",
    ]  # fmt: skip


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1
