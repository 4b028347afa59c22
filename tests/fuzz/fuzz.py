"""Fuzz the readers of the package with atheris: ``python tests/fuzz/fuzz.py [--runs N] [TARGET …]``, or ``make fuzz``.

Each target runs in a process of its own until it is done or something fails; what failed is kept as a file in
``.fuzz/TARGET``, and found again with ``python tests/fuzz/fuzz.py --again FILE TARGET``. What the fuzzer learns is kept
there too and makes the next run begin where this one ended.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
FOLDER = HERE.parents[1] / ".fuzz"
ANY = "any"  # all targets in one process: the first byte chooses


def main() -> int:
    """Run the targets that are named, or all; return 1 where one failed."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("targets", nargs="*", metavar="TARGET", help=f"all in turn by default, or {ANY}: all at once")
    options.add_argument("--runs", type=int, default=20_000, help="executions of each target")
    options.add_argument("--folder", type=Path, default=FOLDER, help="where inputs that were found are kept")
    options.add_argument("--again", type=Path, help="run a target once, on a file")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside:
        fuzz(chosen.targets[0], chosen.runs, chosen.folder)
    import fuzz_targets  # not before: what is fuzzed has to be instrumented as it is imported

    if chosen.again:
        target_of(chosen.targets[0])(chosen.again.read_bytes())
        return 0
    return max([run(target, chosen.runs, chosen.folder) for target in chosen.targets or fuzz_targets.TARGETS])


def run(target: str, runs: int, folder: Path) -> int:
    """Fuzz a target in a process of its own and print what came of it; return 1 where it failed."""
    command = [sys.executable, __file__, "--inside", "--runs", str(runs), "--folder", str(folder), target]
    process = subprocess.run(command, capture_output=True, text=True, errors="replace")
    done = re.search(r"Done (\d+) runs in", process.stderr)
    reached = re.findall(r"^#(\d+)\s", process.stderr, re.MULTILINE)
    count = done[1] if done else f"{reached[-1] if reached else 0} and failed"
    said = f"{target:<15} {count:>10} executions\n"
    failed = process.returncode or not done
    sys.stdout.write(said + (process.stderr[-4000:] + process.stdout[-2000:] if failed else ""))
    sys.stdout.flush()
    return 1 if failed else 0


def fuzz(target: str, runs: int, folder: Path) -> None:
    """Fuzz a target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["ie"]):
        import fuzz_seeds

        called = target_of(target)
    corpus = folder / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, (name, data) in enumerate(_seeds(target, fuzz_seeds)):
        (corpus / f"seed-{name}-{number}").write_bytes(data)
    arguments = ["-timeout=60", "-rss_limit_mb=4096", "-max_len=4096", f"-runs={runs}", f"-artifact_prefix={corpus}/"]
    if words := fuzz_seeds.words(target):
        dictionary = corpus.with_suffix(".dict")
        dictionary.write_text("".join(f"{json.dumps(word)}\n" for word in words), encoding="ascii")
        arguments.append(f"-dict={dictionary}")
    atheris.Setup([target, *arguments, str(corpus)], called)
    atheris.Fuzz()


def target_of(name: str):  # noqa: ANN201  a function of bytes
    """Return what is called with bytes."""
    import fuzz_targets

    every = list(fuzz_targets.TARGETS.values())
    if name != ANY:
        return fuzz_targets.TARGETS[name]
    return lambda data: every[data[0] % len(every)](data[1:]) if data else None


def _seeds(target: str, known) -> list[tuple[str, bytes]]:  # noqa: ANN001  the module of the seeds
    import fuzz_targets

    if target != ANY:
        return [(target, data) for data in known.seeds(target)]
    names = enumerate(fuzz_targets.TARGETS)
    return [(name, bytes([place]) + data) for place, name in names for data in known.seeds(name)[:3]]


if __name__ == "__main__":
    sys.exit(main())
