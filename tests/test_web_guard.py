"""A server among strangers: whatever bytes come, it refuses, says little, keeps its headers and goes on answering."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from serving import Serving, serving

from ie import Extractor

pytest.importorskip("fastapi", reason="fastapi is not installed: pip install 'ie-fa[web]'")
from starlette.testclient import TestClient

from ie.web import Limits, create_app
from ie.web_guard import HEADERS

BASE = "http://127.0.0.1"
TEXT = "در سال ۱۴۰۰ تعداد ۲۰ مدرسه ساخته شد."
JSON = {"content-type": "application/json"}


class Broken(Extractor):
    """An extractor that fails."""

    def predict_many(self, documents, batch_size=64):
        raise RuntimeError("broken")


def client(extractor: Extractor | None = None, **limits: object) -> TestClient:
    app = create_app(extractor or Extractor.rules(), None, Limits(**limits))
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


REFUSALS = {
    400: lambda: client().post("/v1/predict", content=b"{", headers=JSON),
    403: lambda: client().post("/v1/predict", json={"text": TEXT}, headers={"origin": "https://evil.example"}),
    404: lambda: client().get("/<script>alert(1)</script>"),
    405: lambda: client().delete("/healthz"),
    409: lambda: client().post("/v1/annotations", json={"id": "a", "text": "b"}),
    413: lambda: client(body=10).post("/v1/predict", json={"text": TEXT}),
    415: lambda: client().post("/v1/predict", content=b"{}", headers={"content-type": "text/plain"}),
    421: lambda: client().get("/", headers={"host": "evil.example"}),
    422: lambda: client().post("/v1/predict", json={"text": 5}),
    500: lambda: client(Broken(None, Extractor.rules().taxonomy)).post("/v1/predict", json={"text": TEXT}),
    503: lambda: client(work_seconds=1e-9).post("/v1/predict", json={"text": TEXT * 50}),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_every_refusal_keeps_the_headers_and_repeats_nothing(status: int) -> None:
    answer = REFUSALS[status]()
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["content-type"] == "application/problem+json"
    assert not {"set-cookie", "access-control-allow-origin", "server", "x-powered-by"} & set(answer.headers)
    assert not any(word in answer.text for word in ("script", "evil", "Traceback", "broken", TEXT[:5]))


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/annotations", "/healthz", "/"])
def test_a_page_of_another_site_is_not_told_that_it_may_ask(path: str) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for headers in (asked, asked | {"access-control-request-headers": "content-type"}):
        answer = client().options(path, headers=headers)
        assert answer.status_code in (403, 405)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("guard") / "corrections.jsonl", "--body-limit", "0.01") as running:
        yield running


def connect(server: Serving) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30)


def answer_to(server: Serving, data: bytes) -> bytes:
    with connect(server) as connection:
        connection.sendall(data)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def request(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([line, b"Host: 127.0.0.1", b"Connection: close", *headers, b"", body])


@pytest.mark.parametrize(
    "path",
    [
        b"/../../../../etc/passwd",
        b"/..%2f..%2f..%2fetc/passwd",
        b"/%2e%2e/%2e%2e/etc/passwd",
        b"/..\\..\\etc\\passwd",
        b"/pages/../pyproject.toml",
        b"//etc/passwd",
        b"/file:///etc/passwd",
        b"/%00",
        b"/\xff\xfe",
        b"/corrections.jsonl",
        b"/.git/config",
        b"http://evil.example/etc/passwd",
    ],
)
def test_no_path_leads_to_a_file(server: Serving, path: bytes) -> None:
    said = answer_to(server, request(b"GET " + path + b" HTTP/1.1"))
    assert said[:12] in (b"HTTP/1.1 404", b"HTTP/1.1 400")
    assert b"root:" not in said and b"[project]" not in said


@pytest.mark.parametrize(
    "data",
    [
        request(b"POST /v1/predict HTTP/1.1", b"Content-Type: application/json", b"Transfer-Encoding: chunked",
                b"Content-Length: 4", body=b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        request(b"POST /v1/predict HTTP/1.1", b"Content-Length: 4", b"Content-Length: 400", body=b"{}{}"),
        request(b"POST /v1/predict HTTP/1.1", b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
        request(b"POST /v1/predict HTTP/1.1", b"Content-Type: application/json", b"Transfer-Encoding: chunked",
                body=b"FFFFFFFFFFFFFFFFFFFFF\r\n{}"),
        request(b"POST /v1/predict HTTP/1.1", b"Content-Type: application/json", b"Transfer-Encoding: chunked",
                body=b"zz\r\n{}\r\n0\r\n\r\n"),
        request(b"GET / HTTP/1.1", b"X: " + b"a" * 200_000),
        request(b"GET / HTTP/1.1", *[b"X-%d: a" % number for number in range(30_000)]),
        request(b"GET\x00 / HTTP/1.1"),
        b"\r\n" * 100 + b"\x80\x81\r\n\r\n",
    ],
)  # fmt: skip
def test_a_request_that_can_be_read_in_two_ways_is_read_in_none(server: Serving, data: bytes) -> None:
    try:
        said = answer_to(server, data)
    except ConnectionError:  # cut off while it was still being sent
        said = b""
    assert b"HTTP/1.1 200" not in said
    assert said.count(b"HTTP/1.1 ") <= 1
    assert server.post("/v1/predict", {"text": TEXT})["reports"]


def test_a_body_without_end_is_refused_when_it_is_too_large(server: Serving) -> None:
    head = request(b"POST /v1/predict HTTP/1.1", b"Content-Type: application/json", b"Transfer-Encoding: chunked")
    with connect(server) as connection:
        connection.sendall(head)
        sent = 0
        try:
            while sent < 50_000_000:
                connection.sendall(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
                sent += 0x2000
            said = connection.recv(65536)
        except ConnectionError:
            said = b"HTTP/1.1 413"
    assert said.startswith(b"HTTP/1.1 413")
    assert sent < 50_000_000, "it was read to its end"


def test_slow_clients_keep_nobody_waiting(server: Serving) -> None:
    """Connections that send a byte now and then, or never read their answer, leave the others their turn."""
    slow = [connect(server) for _ in range(40)]
    stop = threading.Event()

    def trickle() -> None:
        body = json.dumps({"text": TEXT}).encode()
        heads = [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", request(b"POST /v1/predict HTTP/1.1", *_sized(body))]
        for place, connection in enumerate(slow):
            connection.sendall(heads[place % 2])
        while not stop.wait(0.2):
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(b"a")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        for _ in range(5):
            assert server.post("/v1/predict", {"text": TEXT})["reports"]
            stop.wait(0.2)
    finally:
        stop.set()
        thread.join()
        for connection in slow:
            connection.close()


def _sized(body: bytes) -> tuple[bytes, ...]:
    return b"Content-Type: application/json", b"Content-Length: %d" % (len(body) + 1000)


def test_what_is_kept_is_only_what_was_kept_well(server: Serving) -> None:
    assert server.annotations is not None
    assert Path(server.annotations).read_bytes() == b""
