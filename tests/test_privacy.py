"""What is read stays where it is: no log quotes a report, however much is logged, and nothing is sent anywhere."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECRET = "کارگاه‌نهان"
TEXT = f"در سال ۱۴۰۰ تعداد ۲۰ {SECRET} راه‌اندازی شد. شماره ۴۴ {SECRET} است."
# what a program of ours says at the most, and a network that answers nobody but this machine
WATCHED = """
import logging, sys, warnings
logging.basicConfig(level=logging.DEBUG)
logging.captureWarnings(True)
warnings.simplefilter("always")
def watch(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1", "::1", b"127.0.0.1"):
        raise RuntimeError(f"asked for the address of {arguments[0]}")
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        assert arguments[1][0] in ("127.0.0.1", "::1"), f"connected to {arguments[1]}"
sys.addaudithook(watch)
"""


def watched(code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program that logs all it can, and may ask nothing of the network."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PYTHONUTF8": "1", **variables}
    command = [sys.executable, "-c", WATCHED + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=300)


def test_what_is_logged_of_reading_quotes_no_report(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(TEXT.encode("cp1256", "ignore"))  # cannot be read as UTF-8
    page = f"<html><head><title>{SECRET}</title></head><body><article><p>{TEXT}</p></article></body></html>"
    (tmp_path / "c.html").write_text(page, encoding="utf-8")
    lines = [json.dumps({"text": TEXT, "date": "x" * 30 + TEXT}), json.dumps({"text": 5, "note": TEXT}), TEXT[:40]]
    (tmp_path / "d.jsonl").write_text("\n".join([*lines, json.dumps({"text": TEXT})]), encoding="utf-8")
    (tmp_path / "e.csv").write_text(f'text,date\n"{TEXT}","{"x" * 30 + TEXT}"\n"{TEXT}\n', encoding="utf-8")
    code = "from ie.cli import app; app(sys.argv[1:], prog_name='ie')"
    for name in ("facts.jsonl", "facts.csv", "report.html", "facts.parquet", "sqlite"):
        target = f"sqlite:///{tmp_path / 'facts.db'}" if name == "sqlite" else str(tmp_path / name)
        sources = [str(path) for path in sorted(tmp_path.glob("?.*"))]
        run = watched(code, "predict", *sources, "-o", target)
        assert run.returncode == 1, run.stderr
        assert "error: " in run.stderr
        assert SECRET not in run.stderr + run.stdout
        assert SECRET[:6] not in run.stderr + run.stdout
    assert SECRET in (tmp_path / "facts.jsonl").read_text(encoding="utf-8")


def test_what_is_logged_of_serving_quotes_no_report(tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed: pip install 'ie-fa[web]'")
    code = WATCHED + "from ie.cli import app; app(sys.argv[1:], prog_name='ie')"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--annotations", str(tmp_path / "kept.jsonl")]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, stderr=log, stdout=log, env=environment, cwd=ROOT)
    try:
        url = None
        while url is None:
            assert server.poll() is None, (tmp_path / "log").read_text()
            url = re.search(r"http://\S+?(?=/ )", (tmp_path / "log").read_text())
        record = {"id": SECRET, "text": TEXT, "facts": [{"id": f"{SECRET}@5", "number": [3, 7], "value": SECRET}]}
        for path, body in (
            ("/v1/predict", {"text": TEXT, "id": SECRET, "title": SECRET}),
            ("/v1/predict", {"text": TEXT, SECRET: SECRET}),
            ("/v1/predict", {"text": TEXT, "report_date": SECRET}),
            ("/v1/review", {"text": TEXT}),
            ("/v1/parse", {"text": TEXT, "start": 3, "end": 7, "label": SECRET}),
            ("/v1/annotations", record),
            ("/v1/annotations", record | {"facts": []}),
        ):
            content = json.dumps(body, ensure_ascii=False).encode()
            request = urllib.request.Request(url[0] + path, content, {"content-type": "application/json"})
            try:
                urllib.request.urlopen(request, timeout=30).read()
            except urllib.error.HTTPError as error:
                error.read()
    finally:
        server.terminate()
        server.wait(20)
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert "reading reports at" in said
    assert SECRET[:6] not in said
    assert SECRET in (tmp_path / "kept.jsonl").read_text(encoding="utf-8")


def test_training_quotes_no_report_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
    pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")
    code = f"""
from pathlib import Path
import tiny_models
from ie import Extractor
from ie.training import train
folder = Path(sys.argv[1])
tiny_models.TEXT = tiny_models.TEXT.replace("راه", "{SECRET} راه")
tiny_models.write_encoder(folder / "encoder")
tiny_models.write_documents(folder)
with (folder / "documents.jsonl").open("a", encoding="utf-8") as lines:
    lines.write('{{"id": "broken", "text": "{SECRET}", "facts": 5}}\\n')
train(tiny_models.settings(folder, epochs=1))
Extractor.load(folder / "model").predict(tiny_models.TEXT.format(12))
"""
    run = watched(code, str(tmp_path))
    assert run.returncode == 0, run.stderr[-3000:]
    assert "epoch 1" in run.stderr
    assert SECRET[:6] not in run.stderr + run.stdout


def test_libraries_are_told_to_report_nothing() -> None:
    code = "import os, ie; print(*map(os.environ.get, ('HF_HUB_DISABLE_TELEMETRY', 'RAY_USAGE_STATS_ENABLED')))"
    without = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "RAY_"))}
    for chosen, expected in (({}, "1 0"), ({"RAY_USAGE_STATS_ENABLED": "1"}, "1 1")):
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=without | chosen, cwd=ROOT
        )
        assert run.stdout.strip() == expected
    pytest.importorskip("huggingface_hub")
    code = "import ie; from huggingface_hub import constants; assert constants.HF_HUB_DISABLE_TELEMETRY"
    subprocess.run([sys.executable, "-c", code], check=True, env=without, cwd=ROOT)
