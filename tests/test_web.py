"""The web interface as its callers meet it: exact answers, one clear problem for each mistake, nobody let in."""

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Serving, serving

from ie import Extractor, read_annotations
from ie.corrections import Corrections
from ie.extractor import Report

pytest.importorskip("fastapi", reason="fastapi is not installed: pip install 'ie-fa[web]'")
from starlette.testclient import TestClient

from ie.web import Limits, create_app

TEXT = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد. شماره ۴۴ است."
JSON = {"content-type": "application/json"}
BASE = "http://127.0.0.1"


@pytest.fixture
def kept_in(tmp_path: Path) -> Path:
    return tmp_path / "corrections.jsonl"


@pytest.fixture
def client(kept_in: Path) -> TestClient:
    return TestClient(create_app(Extractor.rules(), Corrections.at(kept_in)), base_url=BASE)


def limited(extractor: Extractor | None = None, **limits: object) -> TestClient:
    return TestClient(create_app(extractor or Extractor.rules(), None, Limits(**limits)), base_url=BASE)


def problem(answer, status: int) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "errors"}
    assert found["status"] == status
    return found


# --------------------------------------------------------------------------------------------------------- predicting


def test_one_report_gives_its_facts(client: TestClient) -> None:
    answer = client.post("/v1/predict", json={"text": TEXT, "id": "r", "report_date": "1401-07-15"})
    assert answer.status_code == 200
    (report,) = answer.json()["reports"]
    assert report["document"] == "r"
    assert report["facts"] == json.loads(
        json.dumps(Extractor.rules().predict(TEXT, "1401-07-15", "r").to_dicts(), default=float)
    )
    assert {"start": 19, "end": 21, "label": "NUMBER", "score": 1.0} in report["spans"]


def test_many_reports_come_in_their_order(client: TestClient) -> None:
    body = {"documents": [{"text": TEXT, "id": "b"}, {"text": "سلام"}, {"text": TEXT, "min_confidence": 1}]}
    reports = client.post("/v1/predict", json=body).json()["reports"]
    assert [(report["document"], len(report["facts"])) for report in reports] == [("b", 1), ("2", 0), ("3", 0)]


def test_values_are_exact(client: TestClient) -> None:
    answer = client.post(
        "/v1/predict", json={"text": "در سال ۱۴۰۰ تعداد ۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶۷۸۹ مدرسه و ۰٫۱ درصد ساخته شد."}
    )
    assert '"value": 1234567890123456789,' in answer.text
    assert '"value": 0.1,' in answer.text


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x", "txt": "y"}, "txt"),
        ({"text": "x", "id": ""}, "id"),
        ({"text": "x", "id": "a\nb"}, "id"),
        ({"text": "x", "report_date": "2022-01-01"}, "report_date"),
        ({"text": "x", "min_confidence": 2}, "min_confidence"),
        ({"documents": []}, "documents"),
        ({"documents": [{"text": "x"}, {"text": None}]}, "documents.1.text"),
        ({"documents": [{"text": "x"}] * 65}, "documents"),
        ({"text": "x" * 1_000_001}, "text"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_a_body_of_another_shape_is_told_where(client: TestClient, body: object, place: str) -> None:
    found = problem(client.post("/v1/predict", content=json.dumps(body), headers=JSON), 422)
    assert place in found["detail"]
    assert found["errors"][0]["location"].endswith(place)
    assert len(str(found)) < 2000, "what was sent is not repeated"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"text": ' + b"9" * 10_000 + b"}", b'{"text": "\\ud800"}']
)
def test_what_is_not_json_is_a_problem(client: TestClient, content: bytes) -> None:
    for path in ("/v1/predict", "/v1/review", "/v1/parse", "/v1/annotations"):
        answer = client.post(path, content=content, headers=JSON)
        problem(answer, answer.status_code)
        assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/v1", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/pages/view.js", "/redoc"]
)
def test_there_is_nothing_elsewhere(client: TestClient, path: str) -> None:
    problem(client.get(path), 404)


def test_a_wrong_method_is_a_problem(client: TestClient) -> None:
    assert problem(client.get("/v1/predict"), 405)["title"] == "Method Not Allowed"
    problem(client.delete("/healthz"), 405)


# ------------------------------------------------------------------------------------------------- reading for a page


def test_a_review_tells_periods_and_numbers_that_are_no_facts(client: TestClient) -> None:
    report = client.post("/v1/review", json={"text": TEXT}).json()
    assert report["id"].startswith("report-")
    assert report["periods"] == [{"span": [3, 11], "interval": {"start": "1400-01-01", "end": "1400-12-29"}}]
    assert [TEXT[slice(*span)] for span in report["nonfacts"]] == ["۴۴"]
    assert report["facts"][0]["value"] == "20"
    assert client.post("/v1/review", json={"text": TEXT}).json()["id"] == report["id"]


def test_a_passage_is_read_as_a_number_or_a_period(client: TestClient) -> None:
    at = TEXT.index("۲۰ واحد")
    number = client.post("/v1/parse", json={"text": TEXT, "start": at, "end": at + 2, "label": "NUMBER"}).json()
    assert number["number"] == {
        "span": [at, at + 2], "value": "20", "value_max": None, "comparator": "gt", "unit": "واحد", "currency": None,
        "kind": "count",
    }  # fmt: skip
    assert number["sentence"][0] == 0
    body = {"text": "نیمه نخست امسال", "start": 0, "end": 15, "label": "PERIOD", "report_date": "1401"}
    period = client.post("/v1/parse", json=body).json()["period"]
    assert (period["start"], period["end"]) == ("1401-01-01", "1401-06-31")
    assert client.post("/v1/parse", json=body | {"text": "کتاب", "end": 4}).json()["period"] is None
    problem(client.post("/v1/parse", json=body | {"end": 99}), 422)


# -------------------------------------------------------------------------------------------------------- annotations


def annotated(name: str = "kept", **slots: object) -> dict[str, object]:
    fact = {"id": f"{name}@19", "number": [19, 21], "value": "20.10", "comparator": "gt", "unit": "واحد", **slots}
    return {"id": name, "text": TEXT, "facts": [fact], "periods": [[3, 11]], "nonfacts": [[70, 72]]}


def test_a_corrected_document_is_kept_for_training(client: TestClient, kept_in: Path) -> None:
    answer = client.post("/v1/annotations", json=annotated())
    assert answer.json() | {"findings": []} == {
        "id": "kept", "file": "corrections.jsonl", "replaced": False, "findings": [],
    }  # fmt: skip
    assert client.post("/v1/annotations", json=annotated(unit="کارگاه")).json()["replaced"] is True
    (document,) = read_annotations(kept_in)
    assert (document.facts[0].fact.unit, str(document.facts[0].fact.value)) == ("کارگاه", "20.1")


def test_a_corrected_document_can_be_had_as_a_line(client: TestClient, kept_in: Path) -> None:
    checked = client.post("/v1/annotations/check", json=annotated()).json()
    assert json.loads(checked["line"])["facts"][0]["value"] == 20.1
    assert any("by itself gives another reading" in finding for finding in checked["findings"])
    assert kept_in.read_bytes() == b""


def test_an_invalid_edit_is_named_and_nothing_is_kept(client: TestClient, kept_in: Path) -> None:
    found = problem(client.post("/v1/annotations", json=annotated(comparator="range")), 422)
    assert found["detail"] == "fact kept@19: value_max: expected one with comparator range, and only then"
    problem(client.post("/v1/annotations", content=b'{"id": "x", "text": "x", "facts": NaN}', headers=JSON), 400)
    assert kept_in.read_bytes() == b""


def test_without_a_file_nothing_is_kept_and_the_answer_says_so() -> None:
    client = limited()
    assert "--annotations" in problem(client.post("/v1/annotations", json=annotated()), 409)["detail"]
    assert client.post("/v1/annotations/check", json=annotated()).status_code == 200
    assert client.get("/healthz").json()["keeps_annotations"] is False


def test_a_file_that_cannot_be_written_is_told(client: TestClient, kept_in: Path) -> None:
    kept_in.unlink()
    kept_in.mkdir()
    assert "nothing was changed" in problem(client.post("/v1/annotations", json=annotated()), 500)["detail"]


# --------------------------------------------------------------------------------------------------- nobody is let in


def test_every_answer_is_closed_to_other_pages(client: TestClient) -> None:
    for answer in (client.get("/"), client.get("/docs"), client.get("/nowhere"), client.post("/v1/predict", json={})):
        headers = answer.headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
        assert not {"set-cookie", "access-control-allow-origin", "server"} & set(headers)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::1"])
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    problem(client.get("/healthz", headers={"host": host}), 421)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "LOCALHOST", "[::1]:80"])
def test_the_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_a_name_that_was_allowed_is_answered() -> None:
    client = TestClient(create_app(Extractor.rules(), None, None, "reports.example"), base_url="http://reports.example")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_pages_of_other_sites_may_not_ask(client: TestClient, kept_in: Path, headers: dict[str, str]) -> None:
    problem(client.post("/v1/annotations", json=annotated(), headers=headers), 403)
    assert kept_in.read_bytes() == b""
    assert client.post("/v1/predict", json={"text": TEXT}, headers={"origin": BASE}).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_of_another_site_cannot_keep_anything(client: TestClient, kept_in: Path, kind: str) -> None:
    problem(client.post("/v1/annotations", content=json.dumps(annotated()), headers={"content-type": kind}), 415)
    assert kept_in.read_bytes() == b""


def test_logs_hold_no_word_of_a_report(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Extractor):
        def predict_many(self, documents, batch_size=64):
            raise RuntimeError(next(iter(documents)).text)

    rules = Extractor.rules()
    with caplog.at_level(logging.DEBUG):
        answer = limited(Broken(None, rules.taxonomy)).post("/v1/predict", json={"text": TEXT})
    problem(answer, 500)
    assert "RuntimeError" in caplog.text
    assert TEXT[:12] not in caplog.text + answer.text


# -------------------------------------------------------------------------------------------------------------- load


class Slow(Extractor):
    """An extractor that waits until it may go on."""

    go = threading.Event()

    def predict_many(self, documents, batch_size=64) -> Iterator[Report]:
        self.go.wait(10)
        return super().predict_many(documents, batch_size)


@pytest.fixture
def slow() -> Slow:
    Slow.go = threading.Event()
    rules = Extractor.rules()
    return Slow(None, rules.taxonomy, rules.curve)


def test_beyond_its_places_the_server_says_so_at_once(slow: Slow) -> None:
    client = limited(slow, workers=1, waiting=1)
    answers: list[int] = []

    def ask_one() -> None:
        answers.append(client.post("/v1/predict", json={"text": TEXT}).status_code)

    ask = [threading.Thread(target=ask_one) for _ in range(2)]
    for thread in ask:
        thread.start()
    deadline = time.monotonic() + 5
    while "ie_requests_in_hand 3.0" not in client.get("/metrics").text and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    refused = client.post("/v1/predict", json={"text": TEXT})
    problem(refused, 503)
    assert refused.headers["retry-after"] == "1"
    slow.go.set()
    for thread in ask:
        thread.join(10)
    assert answers == [200, 200]
    assert client.post("/v1/predict", json={"text": TEXT}).status_code == 200
    assert 'ie_refused_total{why="busy"} 1.0' in client.get("/metrics").text


def test_work_that_takes_too_long_is_given_up(slow: Slow) -> None:
    client = limited(slow, workers=1, waiting=0, work_seconds=0.1)
    assert "0.1 seconds" in problem(client.post("/v1/predict", json={"text": TEXT}), 503)["detail"]
    problem(client.post("/v1/predict", json={"text": TEXT}), 503)  # its thread is not free yet
    slow.go.set()


def test_too_many_requests_in_hand_are_refused(slow: Slow) -> None:
    client = limited(slow, requests=1)
    thread = threading.Thread(target=lambda: client.post("/v1/predict", json={"text": TEXT}))
    thread.start()
    time.sleep(0.3)
    problem(client.get("/healthz"), 503)
    slow.go.set()
    thread.join(10)


@pytest.mark.parametrize("stated", [True, False])
def test_a_body_that_is_too_large_is_refused(stated: bool) -> None:
    client = limited(body=1000)
    content = json.dumps({"text": "x" * 2000}).encode()
    sent = content if stated else iter([content[:900], content[900:]])
    answer = client.post("/v1/predict", content=sent, headers=JSON)
    assert "0.001 MB" in problem(answer, 413)["detail"]


def asked(receive, send, **limits: float) -> None:
    """Ask the application itself, as a server does."""
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/predict", "headers": headers, "query_string": b""}
    asyncio.run(create_app(Extractor.rules(), None, Limits(**limits))(scope, receive, send))


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    sent = []

    async def send(message) -> None:
        sent.append(message)

    async def receive():
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b" ", "more_body": True}

    asked(receive, send, body_seconds=0.2)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def test_a_client_that_does_not_read_is_let_go() -> None:
    begun = time.monotonic()

    async def send(message) -> None:
        await asyncio.sleep(60)

    async def receive():
        return {"type": "http.request", "body": json.dumps({"text": TEXT}).encode(), "more_body": False}

    asked(receive, send, send_seconds=0.2)
    assert time.monotonic() - begun < 10


def test_a_client_that_went_away_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def receive():
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        raise AssertionError("nobody is there")

    asked(receive, send)
    assert caplog.text == "" or "ERROR" not in caplog.text


def test_figures_for_prometheus_count_what_was_done(client: TestClient) -> None:
    client.post("/v1/predict", json={"text": TEXT})
    client.get("/nowhere/with/a/name")
    figures = client.get("/metrics").text
    assert "ie_documents_total 1.0" in figures
    assert f"ie_characters_total {float(len(TEXT))}" in figures
    assert 'ie_requests_total{method="POST",path="/v1/predict",status="200"} 1.0' in figures
    assert 'path="other",status="404"' in figures
    assert "nowhere" not in figures


def test_the_interface_is_described_without_a_word_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "POST /v1/annotations/check" in page
    assert "<script" not in page
    assert "https://" not in page
    schema = client.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/v1/predict", "/v1/review", "/v1/parse", "/v1/annotations", "/v1/annotations/check", "/healthz", "/metrics",
    }  # fmt: skip


def test_the_description_holds_for_what_is_generated_from_it(kept_in: Path) -> None:
    """Ask what schemathesis makes of the description, right and wrong, and check each answer against it."""
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis.checks import CHECKS
    from schemathesis.generation import GenerationMode

    # a text that is too long shall reach what says so
    app = create_app(Extractor.rules(), Corrections.at(kept_in), Limits(body=100_000_000), "testserver")
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    names = (
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
        "response_schema_conformance", "negative_data_rejection",
    )  # fmt: skip
    checks = CHECKS.get_by_names(list(names))
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @given(case=st.one_of(modes))
        @settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def ask(case) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=checks)

        ask()
    assert asked >= 100


# ------------------------------------------------------------------------------------------------------- ie serve


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("web") / "corrections.jsonl") as running:
        yield running


def test_the_command_serves_the_shipped_model_on_loopback(server: Serving) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    (report,) = server.post("/v1/predict", {"text": TEXT})["reports"]
    assert report["facts"][0]["program"] == "واحد صنعتی"
    assert server.post("/v1/annotations", annotated("by-command"))["replaced"] is False
    assert [document.id for document in read_annotations(server.annotations)] == ["by-command"]


def raw(server: Serving, data: bytes, wait: float = 5) -> bytes:
    """Return what the server sends to bytes of a connection until it closes it."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(data)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff\x16\x03\x01 nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n",
    ],
)
def test_malformed_requests_are_answered_with_a_refusal_and_closed(server: Serving, data: bytes) -> None:
    assert raw(server, data)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 413", b"HTTP/1.1 421")
    assert server.process.poll() is None


def test_a_client_that_never_finishes_its_request_is_let_go(server: Serving) -> None:
    started = time.monotonic()
    assert raw(server, b"GET / HTTP/1.1\r\nHost: 127", wait=20) == b""
    assert time.monotonic() - started < 15


def test_a_port_that_is_taken_is_one_line(server: Serving) -> None:
    from typer.testing import CliRunner

    from ie.cli import app

    port = server.url.rpartition(":")[2]
    result = CliRunner().invoke(app, ["serve", "--port", port])
    assert result.exit_code == 1
    assert result.stderr == f"error: cannot listen on 127.0.0.1 port {port}: Address already in use; try --port 0\n"


def test_without_its_libraries_the_command_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from typer.testing import CliRunner

    from ie.cli import app

    monkeypatch.setitem(sys.modules, "fastapi", None)
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 1
    assert "pip install 'ie-fa[web]'" in result.stderr


def test_a_server_that_is_told_to_stop_ends_well(tmp_path: Path) -> None:
    with serving(tmp_path / "corrections.jsonl") as running:
        running.post("/v1/annotations", annotated("last"))
    assert running.process.returncode in (0, -15)
    assert [document.id for document in read_annotations(tmp_path / "corrections.jsonl")] == ["last"]
