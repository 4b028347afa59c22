import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = "در سال ۱۴۰۰ تعداد {} مدرسه روستایی ساخته شد. هوای فردا آفتابی است.\nامسال نیز ۱۲ درمانگاه افتتاح شد."


def write_corpus(folder, count=8):
    (folder / "corpus").mkdir()
    with gzip.open(folder / "corpus" / "news.jsonl.gz", "wt", encoding="utf-8") as lines:
        for number in range(7 * count):
            lines.write(json.dumps({"id": str(number), "text": TEXT.format(number + 20)}, ensure_ascii=False) + "\n")


def run_benchmark(folder, *options):
    command = [sys.executable, "scripts/benchmark.py", *options]
    environment = os.environ | {"IE_SHARED": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def test_the_stages_of_one_run_are_told_with_their_shares(tmp_path):
    write_corpus(tmp_path)
    out = run_benchmark(tmp_path, "--only", "stages", "products", "--documents", "4", "--repeats", "1")
    assert "texts: 4 news articles of the corpus" in out
    told = dict(re.findall(r"^  (\w[\w ]+?) +[\d.]+ s +([\d.]+) %$", out, re.MULTILINE))
    assert {"grammar", "tokenise", "model", "windows and spans", "phrases", "linking", "output"} == set(told)
    assert sum(map(float, told.values())) == pytest.approx(100, abs=0.5)
    assert "matrix products alone" in out


def test_growth_and_the_start_are_measured_without_the_corpus(tmp_path):
    small = ["--documents", "2", "--repeats", "1", "--growth", "1", "3", "--lengths", "1", "2"]
    out = run_benchmark(tmp_path / "absent", "--only", "start", "growth", *small)
    assert "copies of the report in the package" in out
    assert "first fact after" in out and "peak memory over 2 documents" in out
    assert out.count("slope over") == 2


@pytest.mark.filterwarnings("ignore")
def test_the_pipeline_says_the_same_as_the_engine_in_floats(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
    pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import pipeline_peer

    from ie.exporting import export_single

    peer = pipeline_peer.compact_peer(ROOT / "ie" / "models" / "compact")
    export_single(peer.classifier, tmp_path / "single.onnx")
    from ie import Extractor

    tagger = pipeline_peer._tagger(peer, tmp_path / "single.onnx", Extractor.load(threads=1))
    sentences = [TEXT.format(number).split(". ")[0] for number in range(20, 26)]
    same, said, texts = pipeline_peer._agreement(pipeline_peer._pipeline(peer), tagger, sentences)
    assert texts == 6
    assert same == said > 6


def test_a_cost_that_grows_with_the_square_has_slope_two(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from measuring import slope

    assert slope([1, 3, 10], [5, 45, 500]) == pytest.approx(2)
    assert slope([1, 3, 10], [5, 15, 50]) == pytest.approx(1)
