"""Ask a running server as many clients at once would: what it held, how fast it answered, what its memory did.

``python scripts/load.py --seconds 300`` starts ``ie serve`` itself, first with as many clients as it has workers, then
with many more than it takes on. Answers other than 200, 429 and 503 are failures, and so is memory that grows.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from importlib.resources import files
from pathlib import Path

COMMAND = [sys.executable, "-c", "from ie.cli import app; app(prog_name='ie')", "serve", "--port", "0"]
GROWTH = 1.25


def main() -> None:
    """Load a server twice and print what it held as JSON; end with 1 where it failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=64, help="clients beyond capacity")
    options = parser.parse_args()
    server = subprocess.Popen(COMMAND, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    found = re.search(r"http://([^/]+)/", server.stderr.readline())
    if found is None:
        sys.exit(server.stderr.read())
    try:
        text = (files("ie") / "data" / "demo.txt").read_text(encoding="utf-8")
        rounds = {"at capacity": os.cpu_count() or 1, "beyond capacity": options.clients}
        scores = {name: load(found[1], server.pid, text, count, options.seconds / 2) for name, count in rounds.items()}
    finally:
        server.terminate()
        server.wait()
    sys.stdout.write(json.dumps(scores, indent=2) + "\n")
    if any(score["failures"] or score["memory_growth"] > GROWTH for score in scores.values()):
        sys.exit(1)


def load(address: str, pid: int, text: str, clients: int, seconds: float) -> dict[str, object]:
    """Ask from several clients for a time; return statuses, rates, latencies and the growth of memory."""
    body = json.dumps({"text": text}).encode()
    statuses: Counter[str] = Counter()
    latencies: list[float] = []
    lock = threading.Lock()
    ask(HTTPConnection(address, timeout=120), body)  # what is read once is read now
    memory = [resident(pid)]
    stop = time.monotonic() + seconds

    def client() -> None:
        connection = HTTPConnection(address, timeout=120)
        while time.monotonic() < stop:
            begun = time.perf_counter()
            status, pause = ask(connection, body)
            with lock:
                statuses[status] += 1
                if status == "200":
                    latencies.append(time.perf_counter() - begun)
            time.sleep(pause)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(min(1, seconds / 20))
        memory.append(resident(pid))
    for thread in threads:
        thread.join()
    latencies.sort()
    settled = memory[len(memory) // 4 :]
    return {
        "clients": clients,
        "seconds": round(seconds),
        "statuses": dict(statuses),
        "failures": sum(count for status, count in statuses.items() if status not in ("200", "429", "503")),
        "reports_a_second": round(len(latencies) / seconds, 1),
        "p50_ms": round(1000 * percentile(latencies, 0.5)),
        "p99_ms": round(1000 * percentile(latencies, 0.99)),
        "memory_mb": round(memory[-1] / 1e6),
        "memory_growth": round(max(settled[len(settled) // 2 :]) / max(settled[: max(1, len(settled) // 2)]), 3),
    }


def ask(connection: HTTPConnection, body: bytes) -> tuple[str, float]:
    """Return the status of one answer, or what went wrong, and how long to wait before the next."""
    try:
        connection.request("POST", "/v1/predict", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return str(answer.status), float(answer.headers.get("retry-after", 0)) / 10
    except (OSError, HTTPException) as error:
        connection.close()
        return type(error).__name__, 0.1


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of sorted values lies; 0 of none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
