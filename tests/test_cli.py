"""The command line as a user meets it: facts on stdout, one line for each thing that is wrong, honest exit codes."""

import csv
import errno
import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from pyarrow import parquet
from typer.main import get_command
from typer.testing import CliRunner, Result

from ie.cli import app

ROOT = Path(__file__).parents[1]
IE = [sys.executable, "-c", "from ie.cli import app; app(prog_name='ie')"]
TEXT = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد."
OLD_TEXT = "در سال 1400 بيش از 20 واحد صنعتي در اين شهرستان راه اندازي شد."


def ie(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def facts(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_predict_prints_a_fact_with_its_evidence(report: Path) -> None:
    result = ie("predict", report)
    assert (result.exit_code, result.stderr) == (0, "")
    (fact,) = facts(result)
    assert (fact["document"], fact["value"], fact["comparator"], fact["unit"]) == ("report", 20, "gt", "واحد")
    assert fact["program"] == "واحد صنعتی"
    evidence = fact["evidence"]
    assert isinstance(evidence, dict)
    assert TEXT[slice(*evidence["number"])] == "۲۰"
    assert TEXT[slice(*evidence["period"])] == "سال ۱۴۰۰"


def test_facts_that_are_less_sure_are_left_out_and_counted(report: Path, tmp_path: Path) -> None:
    every = ie("predict", report, "--min-confidence", "0.05")
    assert every.stderr == "0 of 1 facts left out: less sure than 0.05\n"
    assert every.stdout == ie("predict", report).stdout
    none = ie("predict", report, "--min-confidence", "1", "-o", tmp_path / "facts.jsonl")
    assert (none.exit_code, none.stderr) == (0, "1 of 1 facts left out: less sure than 1\n")
    assert (tmp_path / "facts.jsonl").read_text() == ""


def test_an_explanation_stands_below_the_table_in_a_line_a_fact(report: Path) -> None:
    result = ie("predict", report, "--explain")
    lines = [line for line in result.stdout.splitlines() if line.startswith("report@")]
    assert result.exit_code == 0 and len(lines) == 1
    assert "programme «واحد صنعتی» right after the number" in lines[0] and "period «سال ۱۴۰۰»" in lines[0]


@pytest.mark.parametrize("confidence", ["2", "-0.5", "nan", "much"])
def test_a_least_confidence_lies_between_0_and_1(report: Path, confidence: str) -> None:
    result = ie("predict", report, "--min-confidence", confidence)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--min-confidence" in result.stderr


def test_predict_reads_standard_input() -> None:
    assert [fact["document"] for fact in facts(ie("predict", "-", stdin=TEXT))] == ["stdin"]


def test_predict_writes_a_file_by_its_suffix(report: Path, tmp_path: Path) -> None:
    for name in ("facts.jsonl", "facts.csv"):
        result = ie("predict", report, "-o", tmp_path / name)
        assert (result.exit_code, result.output) == (0, "")
    record = json.loads((tmp_path / "facts.jsonl").read_text(encoding="utf-8"))
    (row,) = csv.DictReader(io.StringIO((tmp_path / "facts.csv").read_text(encoding="utf-8")))
    assert (row["id"], row["value"], row["program"]) == (record["id"], "20", record["program"])


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_predict_prints_the_form_that_is_asked_for(report: Path, form: str) -> None:
    output = ie("predict", report, "--format", form).stdout
    begins = {"table": "report: 1 fact", "jsonl": '{"id": ', "csv": "id,document,"}
    assert output.startswith(begins[form])


def test_a_report_date_anchors_what_is_relative(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("امسال ۲۰ واحد صنعتی راه‌اندازی شد.", encoding="utf-8")
    (fact,) = facts(ie("predict", tmp_path / "report.txt", "--report-date", "1399-02"))
    period = fact["period"]
    assert isinstance(period, dict)
    assert (period["start"], period["end"]) == ("1399-01-01", "1399-12-30")


def test_a_date_of_a_jsonl_line_anchors_its_text(tmp_path: Path) -> None:
    line = {"id": "n1", "text": "امسال ۲۰ واحد صنعتی راه‌اندازی شد.", "date": "1399"}
    bad = {"id": "n2", "text": "امسال ۳۰ واحد صنعتی راه‌اندازی شد.", "date": "1399-15"}
    (tmp_path / "news.jsonl").write_text(f"{json.dumps(line)}\n{json.dumps(bad)}\n")
    result = ie("predict", tmp_path / "news.jsonl")
    assert result.exit_code == 1
    assert [fact["document"] for fact in facts(result)] == ["n1"]
    assert result.stderr.startswith("error: n2: ")
    assert result.stderr.count("\n") == 1


def test_bad_documents_are_named_and_the_others_are_read(report: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "latin.txt").write_bytes("Größe 40".encode("latin-1"))
    (tmp_path / "old.txt").write_bytes(OLD_TEXT.encode("cp1256"))
    result = ie("predict", tmp_path, tmp_path / "missing.txt")
    assert result.exit_code == 1
    assert [fact["document"] for fact in facts(result)] == ["report"]
    lines = result.stderr.splitlines()
    assert len(lines) == 4
    for line, name in zip(lines, ("empty.txt", "latin.txt", "old.txt", "missing.txt"), strict=True):
        assert line.startswith("error: ")
        assert name in line
    assert "--encoding cp1256" in lines[2]


def test_old_text_is_read_with_its_encoding(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes(OLD_TEXT.encode("cp1256"))
    result = ie("predict", tmp_path / "old.txt", "--encoding", "cp1256")
    assert [fact["value"] for fact in facts(result)] == [20]


@pytest.mark.parametrize("text", ["Nothing to see here.", "1234 5678\n99", "…", "سلام", "\u200f\u200e ,"])
def test_a_text_with_nothing_in_it_gives_no_facts_and_no_error(text: str) -> None:
    result = ie("predict", "-", stdin=text)
    assert (result.exit_code, result.output) == (0, "")


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    text = "امسال ۲۰ واحد صنعتی راه‌اندازی شد."
    (tmp_path / "news.csv").write_text(f"key,body,day\nn1,{text},2020-05-01\n", encoding="utf-8")
    columns = ["--text-column", "body", "--date-column", "day", "--id-column", "key"]
    (fact,) = facts(ie("predict", tmp_path / "news.csv", *columns))
    assert (fact["document"], fact["period"]["start"]) == ("n1", "1399-01-01")  # type: ignore[index]
    (stated,) = facts(ie("predict", tmp_path / "news.csv", *columns, "--report-date", "1401-07-15"))
    assert stated["period"]["start"] == "1401-01-01"  # type: ignore[index]
    wrong = ie("predict", tmp_path / "news.csv", "--text-column", "matn")
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (1, 1)
    assert "has no column 'matn'; it has 'key', 'body', 'day'" in wrong.stderr


def test_the_date_of_a_page_anchors_what_is_relative(tmp_path: Path) -> None:
    head = '<meta charset="utf-8"><meta property="article:published_time" content="2020-05-01T08:00:00+03:30">'
    page = f"<html><head>{head}</head><body><p>امسال ۲۰ واحد صنعتی راه‌اندازی شد.</p></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (fact,) = facts(ie("predict", tmp_path / "page.html"))
    assert fact["period"]["start"] == "1399-01-01"  # type: ignore[index]


def test_an_address_is_never_fetched(report: Path) -> None:
    result = ie("predict", "https://example.org/report.html", report)
    assert (result.exit_code, len(facts(result)), result.stderr.count("\n")) == (1, 1, 1)
    assert "nothing is fetched" in result.stderr


def test_predict_writes_every_form(report: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'facts.db'}"
    for output in (tmp_path / "facts.parquet", tmp_path / "facts.xlsx", database, database):
        result = ie("predict", report, "-o", output)
        assert (result.exit_code, result.output) == (0, "")
    assert parquet.read_table(tmp_path / "facts.parquet")["value"].to_pylist() == [20]
    assert openpyxl.load_workbook(tmp_path / "facts.xlsx")["facts"]["E2"].value == 20
    with closing(sqlite3.connect(tmp_path / "facts.db")) as connection:
        assert connection.execute("SELECT id, value FROM facts").fetchall() == [("report@19", 20)]


def test_a_mark_tells_excel_that_csv_is_utf_8(report: Path, tmp_path: Path) -> None:
    ie("predict", report, "-o", tmp_path / "facts.csv", "--bom")
    assert (tmp_path / "facts.csv").read_bytes().startswith(b"\xef\xbb\xbfid,document,")
    assert ie("predict", report, "--format", "csv", "--bom").stdout.startswith("\ufeffid,")


def test_a_database_that_is_locked_is_one_line(report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.databases.write_database.__defaults__", (0.1,))
    with closing(sqlite3.connect(tmp_path / "facts.db")) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        result = ie("predict", report, "-o", f"sqlite:///{tmp_path / 'facts.db'}")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "is locked by another program" in result.stderr


def test_where_nothing_could_be_read_no_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_text("old")
    result = ie("predict", tmp_path / "none.txt", "-o", tmp_path / "facts.jsonl")
    assert result.exit_code == 1
    assert (tmp_path / "facts.jsonl").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "xml"], "xml"),
        (["--encoding", "klingon"], "unknown encoding 'klingon'"),
        (["--report-date", "next week"], "next week"),
        (["-o", "facts.xml"], ".jsonl, .csv"),
        (["-o", "mysql://host/facts"], "expected sqlite:///facts.db"),
        (["-o", "facts.csv", "--format", "table"], "form of its suffix"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(report: Path, arguments: list[str], words: str) -> None:
    result = ie("predict", report, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in " ".join(result.stderr.split())


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"text": TEXT}))
    result = ie("predict", path, "-o", tmp_path / "." / "news.jsonl")
    assert result.exit_code == 2
    assert json.loads(path.read_text()) == {"text": TEXT}


@pytest.mark.parametrize("option", [["--model", "no/such/model"], ["-o", "no/such/folder/facts.csv"]])
def test_a_failure_is_one_line_and_exit_code_1(report: Path, option: list[str]) -> None:
    result = ie("predict", report, *option)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: no/such")
    assert result.stderr.count("\n") == 1


def test_every_command_has_help_with_an_example() -> None:
    commands = getattr(get_command(app), "commands")  # noqa: B009  what Typer returns is not public
    assert set(commands) >= {"predict", "evaluate", "train"}
    for name in commands:
        result = ie(name, "--help")
        assert result.exit_code == 0
        assert f"Example: ie {name} " in result.stdout


def test_version_is_printed() -> None:
    from ie import __version__

    assert ie("--version").stdout == f"ie {__version__}\n"


# ------------------------------------------------------------------------------------------------------------ evaluate


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Return a gold file of one report with one right fact and one that no one can find."""
    period = {"start": "1400-01-01", "end": "1400-12-29"}
    found = {"id": "f1", "number": [19, 21], "program": [22, 32], "period": [3, 11], "interval": period}
    found |= {"value": 20, "comparator": "gt", "unit": "واحد", "kind": "count", "status": "actual"}
    hidden = {"id": "f2", "number": [0, 2], "value": 7, "comparator": "eq", "kind": "count", "status": "actual"}
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "report", "text": TEXT, "facts": [found, hidden]}), encoding="utf-8")
    return path


def test_evaluate_scores_the_model_slot_by_slot(gold: Path) -> None:
    result = ie("evaluate", gold)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "report: 1 of 2 mentions right, 0 extra" in result.stdout
    assert "1 documents, 2 gold facts, 1 predicted" in result.stdout


def test_evaluate_scores_facts_that_predict_wrote(gold: Path, report: Path, tmp_path: Path) -> None:
    ie("predict", report, "-o", tmp_path / "facts.jsonl")
    assert ie("evaluate", gold, "--predictions", tmp_path / "facts.jsonl").stdout.startswith("report: 1 of 2 ")


def test_evaluate_scores_one_part_of_the_split(gold: Path) -> None:
    name = json.loads(gold.read_text(encoding="utf-8"))["id"]
    (gold.parent / "splits.json").write_text(json.dumps({"dev": [], "test": [name]}))
    assert ie("evaluate", gold, "--part", "test").stdout.startswith(f"{name}: ")
    assert "expected gold documents, found none" in ie("evaluate", gold, "--part", "dev").stderr


def test_evaluate_names_a_split_that_is_missing(gold: Path) -> None:
    result = ie("evaluate", gold, "--part", "test")
    assert result.exit_code == 1
    assert "expected a splits.json" in result.stderr


def test_evaluate_names_broken_lines_and_scores_the_others(gold: Path) -> None:
    gold.write_text(gold.read_text() + "\n{broken\n")
    result = ie("evaluate", gold)
    assert result.exit_code == 1
    assert "report: 1 of 2" in result.stdout
    assert result.stderr.startswith(f"error: {gold}:2: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["none.jsonl"], ["none"]])
def test_evaluate_names_gold_that_is_missing(arguments: list[str]) -> None:
    result = ie("evaluate", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: none")


def test_evaluate_names_predictions_that_are_no_facts(gold: Path, tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_text("{}\n")
    result = ie("evaluate", gold, "--predictions", tmp_path / "facts.jsonl")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "facts.jsonl:1" in result.stderr


def test_evaluate_writes_all_figures_as_a_page_or_as_json(gold: Path, tmp_path: Path) -> None:
    result = ie("evaluate", gold, "-o", tmp_path / "scores.json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "report: 1 of 2 mentions right" in result.stdout
    figures = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert figures["facts"]["full"]["gold"] == 2
    assert figures["confidence"]["facts"] == 1
    assert ie("evaluate", gold, "-o", tmp_path / "scores.html").exit_code == 0
    page = (tmp_path / "scores.html").read_text(encoding="utf-8")
    assert "1 of 2 mentions right" in page and "<svg" in page


@pytest.mark.parametrize(("name", "words"), [("scores.txt", ".html or .json"), ("gold.jsonl", ".html or .json")])
def test_evaluate_writes_no_other_form(gold: Path, tmp_path: Path, name: str, words: str) -> None:
    result = ie("evaluate", gold, "-o", tmp_path / name)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_evaluate_never_overwrites_its_gold(gold: Path) -> None:
    single = gold.rename(gold.with_suffix(".json"))
    before = single.read_bytes()
    assert ie("evaluate", single, "-o", single).exit_code == 2
    assert single.read_bytes() == before


# --------------------------------------------------------------------------------------------------------------- train


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Return settings that train a model of two small layers for a moment."""
    pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")
    from conftest import build_tokenizer
    from transformers import BertConfig, BertModel

    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    encoder = BertModel(BertConfig(vocab_size=build_tokenizer().get_vocab_size(), **sizes))
    encoder.save_pretrained(tmp_path / "encoder")
    build_tokenizer().save(str(tmp_path / "encoder" / "tokenizer.json"))
    fact = {"id": "f1", "number": [19, 21], "program": [22, 32], "period": [3, 11], "value": 20}
    documents = [{"id": f"d{number}", "text": TEXT, "facts": [fact]} for number in range(4)]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (tmp_path / "splits.json").write_text(json.dumps({"dev": ["d0"], "test": ["d1"]}))
    values = {"model": "encoder", "splits": "splits.json", "output": "model"}
    lines = [f"{name} = {json.dumps(str(tmp_path / value))}" for name, value in values.items()]
    lines += [f"annotations = [{json.dumps(str(tmp_path / 'gold.jsonl'))}]", "epochs = 1", "threads = 1"]
    path = tmp_path / "train.toml"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.filterwarnings("ignore")
def test_train_writes_a_model_that_predict_takes(settings: Path, report: Path) -> None:
    result = ie("train", settings)
    assert result.exit_code == 0, result.output
    assert "eval_f1" in json.loads(result.stdout)
    assert ie("predict", report, "--model", settings.parent / "model").exit_code == 0


def test_train_names_a_key_that_is_not_known(settings: Path) -> None:
    settings.write_text(settings.read_text() + "\nlearning_rat = 1")
    result = ie("train", settings)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean 'learning_rate'?" in result.stderr


def test_train_without_its_extra_says_how_to_install_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['torch'] = None; from ie.cli import app; app()"
    run = subprocess.run([sys.executable, "-c", code, "train", "x.toml"], capture_output=True, text=True, cwd=ROOT)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "error: training needs torch; install it with: pip install 'ie-fa[train]'\n"


# ----------------------------------------------------------------------------------------------- a terminal and a pipe


def on_terminal(*arguments: str, stderr_too: bool = False) -> str:
    """Return what a terminal of 100 columns shows of a command."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": "100", "TERM": "xterm"}
    stderr = theirs if stderr_too else subprocess.DEVNULL
    process = subprocess.Popen([*IE, *arguments], stdout=theirs, stderr=stderr, env=environment, cwd=ROOT)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError as error:  # the end of a terminal is EIO on Linux
            assert error.errno == errno.EIO
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


def test_a_terminal_shows_a_table(report: Path) -> None:
    shown = on_terminal("predict", str(report), stderr_too=True)
    assert "programme" in shown
    assert "> 20" in shown
    assert "characters/s" not in shown


def test_progress_goes_to_the_terminal_and_facts_to_the_file(report: Path, tmp_path: Path) -> None:
    shown = on_terminal("predict", str(report), "-o", str(tmp_path / "facts.jsonl"), stderr_too=True)
    assert "1 documents, 1 facts, 0 failures" in shown and "characters/s" in shown and "left:" in shown
    assert json.loads((tmp_path / "facts.jsonl").read_text(encoding="utf-8"))["value"] == 20


def test_a_reader_that_stops_early_causes_no_noise(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("\n".join([TEXT] * 300), encoding="utf-8")
    process = subprocess.Popen(
        [*IE, "predict", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 1


def test_ctrl_c_ends_quietly_with_130_and_leaves_no_file(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*IE, "predict", "-", "-o", str(tmp_path / "facts.jsonl")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # a job that a shell started in the background ignores Ctrl-C, and its children would too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:  # the file begins once the model is loaded
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, errors.strip()) == (130, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["jsonl", "table"])
def test_persian_is_printed_in_any_locale(report: Path, form: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    run = subprocess.run(
        [*IE, "predict", str(report), "--format", form], capture_output=True, env=environment, cwd=ROOT
    )
    assert run.returncode == 0
    assert "واحد صنعتی" in run.stdout.decode()


@pytest.mark.parametrize(
    ("closing", "code", "errors"), [("<&-", 1, "error: standard input: is closed\n"), (">&-", 0, "")]
)
def test_a_stream_that_is_closed_causes_no_traceback(tmp_path: Path, closing: str, code: int, errors: str) -> None:
    command = f'echo "{TEXT}" | "$0" "$@" {closing}'
    run = subprocess.run(["sh", "-c", command, *IE, "predict", "-"], capture_output=True, text=True, cwd=ROOT)
    assert (run.returncode, run.stdout, run.stderr) == (code, "", errors)


def test_a_disk_that_is_full_is_one_clear_error(report: Path) -> None:
    with open("/dev/full", "w") as full:
        run = subprocess.run([*IE, "predict", str(report)], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert run.returncode == 1
    assert run.stderr.startswith("error: [Errno 28] No space left on device\n")


def test_a_surrogate_in_a_file_name_can_be_printed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"r\xe9port.txt")).write_text(TEXT, encoding="utf-8")
    run = subprocess.run([*IE, "predict", str(tmp_path)], capture_output=True, cwd=ROOT)
    assert run.returncode == 0
    assert json.loads(run.stdout)["document"] == "r\udce9port"


def test_a_text_of_one_very_long_line_is_read() -> None:
    run = subprocess.run([*IE, "predict", "-"], input=(TEXT + " ").encode() * 2000, capture_output=True, cwd=ROOT)
    assert run.returncode == 0
    assert len(list(io.BytesIO(run.stdout))) == 2000
