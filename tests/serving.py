"""A server of its own process for the tests of the web interface and of the page in a browser."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IE = [sys.executable, "-c", "from ie.cli import app; app(prog_name='ie')"]


@dataclass
class Serving:
    """A running ``ie serve``."""

    process: subprocess.Popen[str]
    url: str
    annotations: Path | None

    def post(self, path: str, body: object) -> dict[str, object]:
        """Return what the server answers to a body."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"content-type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@contextmanager
def serving(annotations: Path | None = None, *options: str) -> Iterator[Serving]:
    """Run ``ie serve`` on a free port until the block ends."""
    arguments = [*IE, "serve", "--port", "0", *options]
    if annotations is not None:
        arguments += ["--annotations", str(annotations)]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUTF8": "1"})
    assert process.stderr
    try:
        line = process.stderr.readline()
        found = re.search(r"http://\S+?(?=/ )", line)
        assert found, line + process.stderr.read()
        yield Serving(process, found[0], annotations)
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()
