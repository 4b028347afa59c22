"""What stands before every request: who may ask, how much, how long and how many at once; and what every answer says.

Everything here is about HTTP; what is asked and answered is left to `web`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ie.schema import IEError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "Limits", "Metrics", "Refusal", "Workers", "problem"]

logger = logging.getLogger(__name__)

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the server takes on: bytes of a body, seconds, requests in hand, and reports read at once."""

    body: int = 4_000_000
    body_seconds: float = 10
    work_seconds: float = 60
    send_seconds: float = 30
    requests: int = 64
    workers: int = 2
    waiting: int = 8
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.body, self.requests, self.workers) < 1 or self.waiting < 0:
            raise IEError("expected limits of at least 1")
        if min(self.body_seconds, self.work_seconds, self.send_seconds) <= 0:
            raise IEError("expected a time limit of more than 0 seconds")


class Refusal(Exception):
    """A request that is not done: its status, why, and what is wrong where several things are."""

    def __init__(self, status: int, detail: str, errors: Iterable[dict[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)


def problem(refusal: Refusal) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an answer that says what is wrong (RFC 9457)."""
    record: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "errors": refusal.errors,
    }
    headers = {"content-type": "application/problem+json"}
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = "1"
    return refusal.status, headers, json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")


class Metrics:
    """What a Prometheus server may ask for; never a word of a report."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ie_requests", "Requests by path, method and status", ["path", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram("ie_request_seconds", "Seconds a request took", ["path"], registry=self.registry)
        self.in_hand = Gauge("ie_requests_in_hand", "Requests in hand", registry=self.registry)
        self.refused = Counter("ie_refused", "Requests refused, by why", ["why"], registry=self.registry)
        self.documents = Counter("ie_documents", "Documents read", registry=self.registry)
        self.characters = Counter("ie_characters", "Characters read", registry=self.registry)
        self.facts = Counter("ie_facts", "Facts found", registry=self.registry)
        self.kept = Counter("ie_documents_kept", "Corrected documents kept", registry=self.registry)


class Workers:
    """A few threads that read reports, and a short queue before them; beyond it a request is refused at once.

    Work that takes too long goes on in its thread and holds its place until it ends, though nobody waits for it.
    """

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(limits.workers, thread_name_prefix="ie-worker")
        self._lock = Lock()
        self._taken = 0

    async def run[T](self, work: Callable[[], T]) -> T:
        """Return what the work returns; raises Refusal where there is no place for it or it takes too long."""
        with self._lock:
            if self._taken >= self._limits.workers + self._limits.waiting:
                self._metrics.refused.labels("busy").inc()
                raise Refusal(503, "all workers are busy; try again in a second")
            self._taken += 1
        future = self._pool.submit(work)
        future.add_done_callback(self._give_back)
        try:
            async with asyncio.timeout(self._limits.work_seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            self._metrics.refused.labels("timeout").inc()
            raise Refusal(503, f"took longer than {self._limits.work_seconds:g} seconds; send less at once") from None

    def _give_back(self, _: Future[Any]) -> None:
        with self._lock:
            self._taken -= 1


class Guard:
    """An ASGI application before another: checks a request, reads its body whole, and completes the answer."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics, hosts: Collection[str] = _LOOPBACK) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._hosts = {host.lower() for host in (*hosts, *limits.hosts)}
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        begun, answer = time.perf_counter(), _Answer(send, self._limits.send_seconds)
        self._in_hand += 1
        self._metrics.in_hand.set(self._in_hand)
        try:
            await self._serve(scope, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except (TimeoutError, ConnectionError):
            self._metrics.refused.labels("gone").inc()  # who asked does not read the answer: the connection is closed
        except Exception as error:
            # its message could quote a report
            logger.error("%s while answering %s", type(error).__name__, _path(scope))
            await answer.refuse(Refusal(500, "the server failed to do this; nothing was changed"))
        finally:
            self._in_hand -= 1
            self._metrics.in_hand.set(self._in_hand)
            path = _path(scope)
            self._metrics.requests.labels(path, _method(scope), str(answer.status)).inc()
            self._metrics.seconds.labels(path).observe(time.perf_counter() - begun)

    async def _serve(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self._check(scope, headers)
        body = b""
        if scope["method"] not in ("GET", "HEAD"):
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    body = await self._body(headers, receive)
            except TimeoutError:
                raise self._refused("slow", 408, "the body of the request did not come in time") from None
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replay, answer)

    def _check(self, scope: Scope, headers: dict[str, str]) -> None:
        if self._in_hand > self._limits.requests:
            raise self._refused("busy", 503, "too many requests at once; try again in a second")
        host = headers.get("host", "")
        if _without_port(host) not in self._hosts:
            raise self._refused("host", 421, "this server answers under another name; start it with --allow-host")
        if scope["method"] in ("GET", "HEAD"):
            return
        origin = headers.get("origin")
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") or (
            origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}")
        ):
            raise self._refused("origin", 403, "pages of other sites may not ask this server")
        # a form of another site can send any other kind without asking
        if (
            scope["method"] == "POST"
            and headers.get("content-type", "").partition(";")[0].strip() != "application/json"
        ):
            raise self._refused("type", 415, "expected a body of application/json")

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes:
        stated = headers.get("content-length", "0")
        size = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0
        pieces: list[bytes] = []
        read, more = 0, True
        self._check_size(size)
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the client went away")
            pieces.append(message.get("body", b""))
            read += len(pieces[-1])
            self._check_size(read)
            more = message.get("more_body", False)
        return b"".join(pieces)

    def _check_size(self, size: int) -> None:
        if size > self._limits.body:
            megabytes = f"{self._limits.body / 1e6:g}"
            raise self._refused("size", 413, f"a request may hold {megabytes} MB at most; send fewer documents")

    def _refused(self, why: str, status: int, detail: str) -> Refusal:
        self._metrics.refused.labels(why).inc()
        return Refusal(status, detail)


class _Answer:
    """What is sent back: each part in time, with the headers that every answer has."""

    def __init__(self, send: Send, seconds: float) -> None:
        self._send = send
        self._seconds = seconds
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            known = {name.lower() for name, _ in message.get("headers", ())}
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in known]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        async with asyncio.timeout(self._seconds):
            await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Say what is wrong, unless an answer has begun; whoever sent what was not read has to connect anew."""
        if self.status:
            return
        status, headers, body = problem(refusal)
        headers |= {"content-length": str(len(body))}
        if status in (408, 413, 421, 403, 503):
            headers["connection"] = "close"
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self({"type": "http.response.start", "status": status, "headers": raw})
        await self({"type": "http.response.body", "body": body})


def _without_port(host: str) -> str:
    """Return the name of a Host header.

    >>> _without_port("Localhost:8000"), _without_port("[::1]:80"), _without_port("::1")
    ('localhost', '[::1]', '::1')
    """
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else host.lower()


def _path(scope: Scope) -> str:
    """Return the path that a route was found by: a bounded set of names."""
    route = scope.get("route")
    return str(getattr(route, "path", "other"))


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
