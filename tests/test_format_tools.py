"""Our files read by the code of the tools they are for: Label Studio's SDK, a parser of brat (`make tools`).

The tools live in an environment of their own, since they pin libraries that we use too.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from ie import formats
from ie.annotations import AnnotatedDocument, read_annotations
from ie.labelstudio import labelling_config, write_predictions
from ie.records import check_record, from_record
from ie.regions import mark

ROOT = Path(__file__).parents[1]
PYTHON = Path(os.environ.get("IE_TOOLS_PYTHON", Path(sys.prefix) / "tools" / "bin" / "python"))


@cache
def has(module: str) -> bool:
    return PYTHON.is_file() and subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode == 0


def run(module: str, code: str, *arguments: object) -> dict[str, object]:
    """Return what the code prints as JSON in the environment of the tools."""
    if not has(module):
        pytest.skip(f"needs {module} in an environment of its own: make tools, or name its Python in IE_TOOLS_PYTHON")
    command = [str(PYTHON), "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def corpus() -> list[AnnotatedDocument]:
    """Return written reports, and a short text with a character that is two units of UTF-16."""
    text = "😀 در سال ۱۴۰۰\nحدود ۲۵ باب کتابخانه 𐎠 ساخته شد."
    number, program, period = ([text.index(words), text.index(words) + len(words)] for words in PHRASES)
    fact = {"id": "astral#1", "number": number, "program": program, "period": period, "value": 25, "unit": "باب"}
    record = {"id": "astral", "facts": [fact], "periods": [{"span": period, "interval": None}], "nonfacts": []}
    astral = from_record(check_record(record, "here"), text, "here")
    return [astral, *list(read_annotations(ROOT / "annotations" / "authored"))[:30]]


PHRASES = ("۲۵", "کتابخانه 𐎠", "سال ۱۴۰۰")

VALIDATE = """
import json, sys
from label_studio_sdk.label_interface import LabelInterface

interface = LabelInterface(open(sys.argv[1], encoding="utf-8").read())
interface.validate()
wrong, results = [], 0
for path in sys.argv[2:]:
    for task in json.load(open(path, encoding="utf-8")):
        assert interface.validate_task({"data": task["data"]})
        for made in task.get("annotations", []) + task.get("predictions", []):
            wrong += interface.validate_prediction(made, return_errors=True)
            results += len(made["result"])
print(json.dumps({"wrong": wrong[:5], "results": results}))
"""

CONVERT = """
import json, os, sys
from label_studio_sdk.converter import Converter

converter = Converter(open(sys.argv[1], encoding="utf-8").read(), sys.argv[3], download_resources=False)
converter.convert_to_json_min(sys.argv[2], sys.argv[3], is_dir=False)
converter.convert_to_conll2003(sys.argv[2], sys.argv[3], is_dir=False)
print(json.dumps(sorted(os.listdir(sys.argv[3]))))
"""

PARSE = """
import json, sys
from pybrat.parser import BratParser

found = {}
for example in BratParser(error="raise").parse(sys.argv[1]):
    entities = example.entities
    places = [[e.type, e.spans[0].start, e.spans[-1].end, e.mention] for e in entities]
    links = [[r.type, r.arg1.mention, r.arg2.mention] for r in example.relations]
    found[str(example.id)] = [example.text, places, links]
print(json.dumps(found))
"""


def write_config(tmp_path: Path) -> Path:
    path = tmp_path / "config.xml"
    path.write_text(labelling_config(), encoding="utf-8")
    return path


def test_label_studio_accepts_annotations_and_predictions(corpus, tmp_path):
    annotated, predicted = tmp_path / "a.labelstudio.json", tmp_path / "p.labelstudio.json"
    formats.write(corpus, annotated)
    with predicted.open("w", encoding="utf-8") as file:
        facts = [[gold.fact for gold in document.facts] for document in corpus]
        reports = [(document.document, document.spans, found) for document, found in zip(corpus, facts, strict=True)]
        assert write_predictions(reports, file, "test") == len(corpus)
    found = run("label_studio_sdk", VALIDATE, write_config(tmp_path), annotated, predicted)
    assert found["wrong"] == []
    assert found["results"] > 1000


def test_label_studios_own_converter_finds_our_spans(corpus, tmp_path):
    annotated, out = tmp_path / "a.labelstudio.json", tmp_path / "out"
    out.mkdir()
    formats.write(corpus, annotated)
    assert run("label_studio_sdk", CONVERT, write_config(tmp_path), annotated, out) == ["result.conll", "result.json"]
    shown = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert {label["text"] for label in shown[0]["label"]} == set(PHRASES)
    for task in shown:
        for label in task["label"]:
            assert task["text"][label["start"] : label["end"]] == label["text"]
    read = formats.read(out / "result.conll")
    assert (len(read), read.skipped) == (len(corpus), ())
    first = read.documents[0]
    assert {first.text[span.start : span.end] for span in first.spans} == set(PHRASES)


def test_a_parser_of_brat_finds_our_regions_and_links(corpus, tmp_path):
    formats.write(corpus, tmp_path / "corpus.brat")
    found = run("pybrat", PARSE, tmp_path / "corpus.brat")
    assert len(found) == len(corpus)
    by_text = {text: (places, links) for text, places, links in found.values()}
    for document in corpus:
        places, links = by_text[document.text]
        marked = mark(document)
        ours = [[region.label, *region.offsets] for region in marked.regions]
        assert sorted(place[:3] for place in places) == sorted(ours)
        assert len(links) == len(marked.links)
        for label, start, end, mention in places:
            assert document.text[start:end].split() == mention.split(), label
