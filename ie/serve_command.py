"""`ie serve`: the web interface on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ie.console import failing_in_one_line
from ie.extras import require
from ie.schema import IEError

if TYPE_CHECKING:
    from ie.web import Limits

__all__ = ["serve"]


@failing_in_one_line
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; another than loopback lets others in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="Model folder; else the model in the package.")
    ] = None,
    annotations: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .jsonl file to keep corrected documents in, for training.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Another name that the server answers to; may be repeated.")
    ] = None,
    body_limit: Annotated[float, typer.Option(metavar="MB", min=0.001, help="The most a request may hold.")] = 4,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="The most a request may take.")] = 60,
    workers: Annotated[
        int, typer.Option(min=0, help="Reports read at once; 0 is one a core. Others wait, then get 503.")
    ] = 0,
) -> None:
    """Serve the page to read and correct reports, and POST /v1/predict, on this machine.

    Example: ie serve --annotations corrections.jsonl
    """
    require("the server", "web", "fastapi", "uvicorn", "prometheus_client")
    from ie.web import Limits

    threads = workers or os.cpu_count() or 1
    limits = Limits(body=int(body_limit * 1e6), work_seconds=timeout, workers=threads, waiting=4 * threads)
    with _listening(host, port) as listener:
        _run(listener, host, model, annotations, limits, tuple(allow_host or ()))


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises IEError where the address is taken or is none."""
    listener: socket.socket | None = None
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise IEError(f"cannot listen on {host} port {port}: {error.strerror or error}; try --port 0") from None
    return listener


def _run(
    listener: socket.socket,
    host: str,
    model: str | None,
    annotations: Path | None,
    limits: Limits,
    names: tuple[str, ...],
) -> None:
    from ie.corrections import Corrections
    from ie.extractor import Extractor
    from ie.web import create_app
    from ie.web_server import run_server

    kept_in = None if annotations is None else Corrections.at(annotations)
    # each request has a worker of its own: more threads inside the model would only fight for the cores
    extractor = Extractor.load(model, threads=1)
    shown = f"[{host}]" if ":" in host else host
    app = create_app(extractor, kept_in, limits, shown, *names)
    url = f"http://{shown}:{listener.getsockname()[1]}/"

    def tell() -> None:
        typer.echo(f"reading reports at {url} (Ctrl-C ends)", err=True)
        if kept_in is not None:
            typer.echo(f"corrected documents go to {kept_in.path}", err=True)

    run_server(app, listener, tell)
