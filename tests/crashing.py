"""Runs of `ie predict` that are killed at the n-th write, sync, rename or removal, for every n until one ends itself.

A process of its own, so that it can fork: ``python crashing.py FOLDER OUTPUT ARGUMENTS...`` prints, a JSON line for
each n, what stood in the folder after the kill and after the same command was given again. A write is killed half done.
"""

import builtins
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import ie.atomic
import ie.manifest
import ie.shards
import ie.streaming
from ie.cli import app


class Countdown:
    """Kills this process when it has been passed so many times."""

    def __init__(self, points: int) -> None:
        self.points = points

    def passed(self) -> None:
        self.points -= 1
        if self.points == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            self.passed()
            result = call(*arguments, **named)
            self.passed()
            return result

        return called

    def open(self, path: Path, mode: str = "r", buffering: int = -1, **text: Any) -> Any:
        """Open a file whose writes are counted; one that is read is opened as ever."""
        if not set(mode) & set("w+a"):
            return builtins.open(path, mode, buffering, **text)
        passed = self.passed

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                whole = bytes(data)
                half = len(whole) // 2
                super().write(whole[:half])
                passed()
                super().write(whole[half:])
                passed()
                return len(whole)

            def truncate(self, size: int | None = None) -> int:
                result = super().truncate(size)
                passed()
                return result

        raw = Raw(path, mode.replace("b", ""))
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, **text)

    def install(self) -> None:
        for name in ("fsync", "replace", "unlink", "mkdir"):
            setattr(os, name, self.around(getattr(os, name)))
        for module in (ie.atomic, ie.manifest, ie.shards):
            module.open = self.open  # type: ignore[attr-defined]


def run(arguments: list[str], points: int = 0) -> int:
    """Run a command in a fork that is killed at a point, and return how it ended."""
    child = os.fork()
    if child == 0:
        if points:
            Countdown(points).install()
        sys.stderr = io.StringIO()
        try:
            app(arguments)
        except SystemExit as error:
            os._exit(error.code if isinstance(error.code, int) else 1)
        os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def finished(folder: Path) -> dict[str, int]:
    """Return the files that the manifest of a folder calls finished, and which they are."""
    try:
        lines = (folder / "_manifest.jsonl").read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return {}
    records = [json.loads(line) for line in lines if line.endswith(b"\n")]
    return {record["file"]: (folder / record["file"]).stat().st_ino for record in records if "shard" in record}


def main() -> None:
    root, output, *arguments = sys.argv[1:]
    extractor = ie.streaming.Reading(rules=True).extractor()  # once, for all forks
    ie.streaming.Reading.extractor = lambda self, threads=None: extractor  # type: ignore[method-assign]
    with suppress(SystemExit):  # what is imported on the way is imported once
        app(["predict", *arguments, "-o", f"{root}/{output}"])
    points = 0
    while True:
        points += 1
        folder = Path(root, str(points))
        folder.mkdir()
        command = ["predict", *arguments, "-o", f"{folder}/{output}"]
        code = run(command, points)
        killed = sorted(path.name for path in folder.rglob("*"))
        before = finished(folder / output) if output.endswith("/") else {}
        again = run(command) if code < 0 else None
        after = finished(folder / output) if before else {}
        files = {path.name: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}
        made_anew = sorted(before.items() - after.items())
        found = {"code": code, "again": again, "left": killed, "finished": len(before), "made anew": made_anew}
        sys.stdout.write(json.dumps({"point": points, **found, "files": files}) + "\n")
        if code >= 0:
            return


if __name__ == "__main__":
    main()
