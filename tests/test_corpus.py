import json
from dataclasses import replace
from pathlib import Path
from shutil import copy
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from ie.agreement import measure_agreement
from ie.annotations import read_annotations, read_splits
from ie.cli import app
from ie.corpus import count_corpus, draw_statistics

ANNOTATIONS = Path(__file__).parents[1] / "annotations"


@pytest.fixture(scope="module")
def authored():
    return read_annotations(ANNOTATIONS / "authored")


def test_counts_add_up(authored):
    counts = count_corpus(authored, read_splits(ANNOTATIONS / "splits.json"))
    assert sum(counts.parts.values()) == len(authored) == counts.sources["authored"] == sum(counts.domains.values())
    assert counts.fact_count == sum(len(document.facts) for document in authored)
    for slot in counts.facts.values():
        assert sum(number for name, number in slot.items() if name != "different") == counts.fact_count
    assert counts.empty == sum(not document.facts for document in authored)
    assert json.loads(json.dumps(counts.to_dict()))["facts"] == counts.fact_count


def test_a_text_that_names_no_fact_is_counted_as_empty(authored):
    document = next(document for document in authored if document.facts)
    assert count_corpus([replace(document, facts=())]).empty == 1


def test_the_chart_is_well_formed_the_same_each_time_and_names_every_domain(authored):
    counts = count_corpus(authored, agreement=measure_agreement(authored, authored))
    chart = draw_statistics(counts)
    texts = {element.text for element in ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}text")}
    assert set(counts.domains) <= texts and set(counts.spans) <= texts
    assert chart == draw_statistics(counts)


def test_the_command_prints_the_counts_and_writes_chart_and_json(tmp_path):
    run = CliRunner()
    authored = str(ANNOTATIONS / "authored")
    for name in ("first.jsonl", "second.jsonl"):
        copy(ANNOTATIONS / "authored" / "a.jsonl", tmp_path / name)
    result = run.invoke(
        app, ["annotations", "stats", authored, "--double", str(tmp_path), "-o", str(tmp_path / "c.json")]
    )
    assert result.exit_code == 0, result.output
    assert "documents read by two" in result.output and "phenomena" in result.output
    assert json.loads((tmp_path / "c.json").read_text())["agreement"]["alpha"]["value"] == 1
    assert run.invoke(app, ["annotations", "stats", authored, "-o", str(tmp_path / "c.svg")]).exit_code == 0
    assert (tmp_path / "c.svg").read_text().startswith("<?xml")


def test_a_chart_of_another_kind_is_wrong_usage(tmp_path):
    result = CliRunner().invoke(app, ["annotations", "stats", str(ANNOTATIONS / "authored"), "-o", "c.png"])
    assert result.exit_code == 2 and ".svg or .json" in result.output


def test_a_broken_line_is_named_and_the_rest_counted(tmp_path):
    lines = (ANNOTATIONS / "authored" / "a.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    (tmp_path / "gold.jsonl").write_text("\n".join([lines[0], "{", lines[1]]), encoding="utf-8")
    result = CliRunner().invoke(app, ["annotations", "stats", str(tmp_path / "gold.jsonl")])
    assert result.exit_code == 1 and "gold.jsonl:2" in result.output and "documents   2" in result.output
