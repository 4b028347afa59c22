"""A cluster gives the facts of the local engine, whoever dies in between."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import dataset

from ie.columnar import fact_schema
from ie.distributed import Resources, Worker, connected, predict
from ie.extractor import Extractor
from ie.outputs import write_facts
from ie.parts import Outcome, batches_of, parts_of
from ie.schema import Document, IEError
from ie.sources import find_sources, read_documents
from ie.streaming import Reading

RULES = Reading(rules=True)
TEXTS = [
    f"در سال {1390 + number % 12} تعداد {number + 3} مدرسه و {number + 20} واحد صنعتی ساخته شد." for number in range(96)
]
DEADLY = "این متن کارگر را می‌کشد"


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Start a cluster of this machine, with little memory, for all tests that need one."""
    pytest.importorskip("ray", reason="needs Ray: pip install 'ie-fa[ray]'")
    with connected(num_cpus=2, object_store_memory=80 * 2**20):
        yield


def written(folder: Path, texts: list[str], name: str = "in.jsonl") -> str:
    (folder / name).write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return str(folder / name)


def rows_of(place: Path) -> list[dict[str, object]]:
    table = dataset.dataset(place, fact_schema(), format="parquet").to_table()
    return table.sort_by([("document", "ascending"), ("number_start", "ascending")]).to_pylist()


def workers() -> list[int]:
    """Return the processes of actors that this process, or what it started, has started."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            names[int(folder.name)] = (folder / "cmdline").read_bytes()
        except OSError:
            continue

    def is_ours(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    return [process for process, name in names.items() if name.startswith(b"ray::MapWorker") and is_ours(process)]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker's process in /proc")
def test_two_workers_one_killed_give_the_facts_of_the_local_engine(cluster: None, tmp_path: Path) -> None:
    table = written(tmp_path, TEXTS)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    (tmp_path / "one.txt").write_text(TEXTS[0])
    inputs = [table, *(str(tmp_path / name) for name in ("bad.parquet", "one.txt", "none.txt"))]
    documents = [one for one in read_documents(inputs) if isinstance(one, Document)]
    reports = Extractor.load().predict_many(documents)
    write_facts((fact for report in reports for fact in report.facts), tmp_path / "local.parquet")
    killed, failures = [], []

    def told(outcome: Outcome) -> None:
        failures.extend(map(str, outcome.failures))
        if outcome.documents and not killed:
            killed.append(workers()[0])
            os.kill(killed[0], signal.SIGKILL)

    output = tmp_path / "out"
    tally = predict(find_sources(inputs), str(output), resources=Resources(2, 2), part_characters=400, told=told)
    assert len(killed) == 1
    assert not Path(f"/proc/{killed[0]}").exists()
    assert rows_of(output) == rows_of(tmp_path / "local.parquet") != []
    assert (tally.documents, tally.facts, tally.kept) == (len(documents), len(rows_of(output)), 0)
    assert tally.parts == len(list(output.glob("*.parquet"))) > 10
    missing, broken = sorted(failures, reverse=True)
    assert missing.endswith("none.txt: does not exist")
    assert "bad.parquet: is not a whole Parquet file" in broken

    before = rows_of(output)
    sorted(output.glob("*.parquet"))[0].unlink()
    again = predict(find_sources(inputs), str(output), resources=Resources(1, 1), part_characters=400)
    assert (again.parts, again.kept, again.failures) == (1, tally.parts - 1, tally.failures)
    assert rows_of(output) == before


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_document_that_kills_its_workers_costs_only_its_part(cluster: None, tmp_path: Path) -> None:
    class Deadly(Reading):  # within the test, so that it travels with the work
        def extractor(self, threads: int | None = None) -> Extractor:
            class Dying(Extractor):
                def predict_many(self, documents, batch_size=64):
                    if any(document.text == DEADLY for document in documents):
                        os.kill(os.getpid(), signal.SIGKILL)
                    return Extractor.rules().predict_many(documents)

            return Dying(None, None)  # type: ignore[arg-type]

    table = written(tmp_path, [*TEXTS[:20], DEADLY, *TEXTS[20:40]])
    with pytest.raises(IEError, match=r"in\.jsonl: not all parts are read; the workers that read them died 1 times"):
        predict(
            find_sources([table]),
            str(tmp_path / "out"),
            Deadly(rules=True),
            Resources(1, 1, attempts=1),
            part_characters=1,
        )
    read = {row["document"] for row in rows_of(tmp_path / "out")}
    assert len(read) >= 38
    assert "in:21" not in read


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_output_that_cannot_be_written_ends_the_run_and_keeps_what_is_finished(
    cluster: None, tmp_path: Path
) -> None:
    sources, output = find_sources([written(tmp_path, TEXTS[:40])]), tmp_path / "out"
    [batch] = batches_of(sources, RULES, 300)
    names = [part.name for part in parts_of(batch, RULES, 300)]
    (output / names[-1]).mkdir(parents=True)
    with pytest.raises(IEError, match=rf"{names[-1]}: cannot be written: .*; \d+ parts are finished and kept"):
        predict(sources, str(output), RULES, Resources(1, 1), part_characters=300)
    kept = [part.name for part in output.glob("*.parquet") if part.is_file()]
    assert set(kept) <= set(names[:-1])
    assert all(rows_of(output / name) for name in kept)


def test_no_report_of_use_is_sent(cluster: None) -> None:
    from ray._common.usage import usage_lib

    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert not usage_lib.usage_stats_enabled()


def test_machines_with_another_version_are_named() -> None:
    with pytest.raises(IEError, match=r"a machine of the cluster has ie .*, this one 0\.0"):
        Worker(RULES, "out", "0.0", 1)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(IEError, match=r"needs ray; install it with: pip install 'ie-fa\[ray\]'"):
        predict(find_sources([written(tmp_path, TEXTS[:1])]), str(tmp_path / "out"), RULES)


@pytest.mark.parametrize("wrong", [{"least": 0}, {"least": 3, "most": 2}, {"cpus": 0}, {"attempts": 0}])
def test_resources_make_sense(wrong: dict[str, int]) -> None:
    with pytest.raises(IEError, match="expected"):
        Resources(**wrong)
