"""What the project takes from others: no file that can run code is loaded, and no licence is one it cannot keep."""

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("ie/**/*.py"), *ROOT.glob("scripts/*.py")])
PICKLING = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
ALLOWED = {
    "hub.py": {"call of snapshot_download"},
    "distributed.py": {"import of pickle"},  # what a run sends to its own workers, never a file
}
RUNNING = {"eval", "exec", "compile", "__import__"}
READING = {"read_pickle", "unsafe_load", "full_load", "load_dataset", "hf_hub_download", "snapshot_download"}


def findings(source: str) -> Iterator[str]:
    """Yield what in a program could run code out of a file that it loads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {node.module or ""}
            yield from (f"import of {name}" for name in sorted(names) if name.partition(".")[0] in PICKLING)
        elif isinstance(node, ast.Call):
            given = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
            named = {one.arg for one in node.keywords}
            yield from wrong_calls(ast.unparse(node.func), given, named)


def wrong_calls(called: str, given: dict[str | None, object], named: set[str | None]) -> Iterator[str]:
    last = called.rpartition(".")[2]
    if called in RUNNING or last in READING:
        yield f"call of {called}"
    if called == "torch.load" and given.get("weights_only") is not True:
        yield "torch.load without weights_only=True"
    if "allow_pickle" in named and given.get("allow_pickle") is not False:
        yield f"{called} with allow_pickle"
    if "trust_remote_code" in named and given.get("trust_remote_code") is not False:
        yield f"{called} with trust_remote_code"
    if last == "from_pretrained":
        wanted = {"trust_remote_code": False, "local_files_only": True}
        wanted |= {"use_safetensors": True} if "Model" in called or "For" in called else {}
        missing = [f"{name}={value}" for name, value in wanted.items() if given.get(name) is not value]
        yield from (f"{called} without {one}" for one in missing)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_file_that_is_loaded_can_run_code(path: Path) -> None:
    assert set(findings(path.read_text(encoding="utf-8"))) <= ALLOWED.get(path.name, set())


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "pandas.read_pickle(path)",
        "eval(text)",
        "datasets.load_dataset(name)",
        "AutoModel.from_pretrained(name)",
        "AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=True)",
        "AutoModel.from_pretrained(folder, local_files_only=True, trust_remote_code=False)",
        "pipeline(trust_remote_code=True)",
    ],
)
def test_what_could_run_code_is_found(source: str) -> None:
    assert list(findings(source))


def test_what_cannot_run_code_is_let_be() -> None:
    assert not list(
        findings("torch.load(p, weights_only=True); np.load(p, mmap_mode='r'); re.compile(x); json.load(f)")
    )


# ------------------------------------------------------------------------------------------------------------ licences

LICENCES = runpy.run_path(str(ROOT / "scripts" / "licences.py"))
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|PSF-2\.0|Python Software Foundation|ISC|Zlib|CC0|0BSD|BSL-1\.0|Unlicense|HPND", re.IGNORECASE
)
SHARED_ALIKE = re.compile(r"GPL|MPL|Mozilla|EUPL|CDDL|EPL|Proprietary|not stated", re.IGNORECASE)
# read one by one: what is used unchanged, as its licence lets anyone do
REVIEWED = {
    "certifi": "MPL-2.0: a list of certificates",
    "jalali-core": "LGPL: the arithmetic below jdatetime, imported unchanged",
    "tqdm": "MPL-2.0 and MIT",
    "psycopg": "LGPL-3.0: imported unchanged by ie-fa[sql]",
    "psycopg-binary": "LGPL-3.0: imported unchanged by ie-fa[sql]",
    "gensim": "LGPL-2.1: imported unchanged by ie-fa[train]",
    "tld": "MPL-1.1, among others to choose from",
}
OF_PYTORCH = re.compile(r"nvidia-.*|cuda-.*")  # brought by PyTorch's wheel for Linux, used where there is a GPU


def test_no_licence_of_a_dependency_is_unknown_or_binds_those_who_use_it() -> None:
    listed = LICENCES["needed_by"]()
    stated = {name: LICENCES["licence"](name) for name, extras in listed.items() if extras != ["dev"]}
    doubtful = {
        name: said
        for name, said in stated.items()
        if said and (SHARED_ALIKE.search(said) or not PERMISSIVE.search(said))
    }
    assert {name for name in doubtful if not OF_PYTORCH.fullmatch(name)} <= set(REVIEWED), doubtful
    assert not any(re.search(r"(?<!L)GPL", said) and name != "tld" for name, said in doubtful.items()), doubtful
    assert all(listed[name] in (["train"], ["train", "pretrain"]) for name in doubtful if OF_PYTORCH.fullmatch(name))


def test_every_package_that_the_project_asks_for_is_listed_with_a_licence() -> None:
    """Packages that those need themselves differ from machine to machine: `make licences` writes the list anew."""
    text = (ROOT / "ie" / "data" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+?) \| .+ \|$", text, re.MULTILINE))
    for extra, asked in LICENCES["requirements"]().items():
        for name in sorted({LICENCES["normal"](one.name) for one in asked} - {"ie-fa"}):
            if LICENCES["installed"](name) is not None:
                assert listed.get(name), f"{name} of {extra} is not listed: run make licences"


# --------------------------------------------------------------------------------------------------------- weaknesses


def audited(folder: Path, answer: str, code: int) -> subprocess.CompletedProcess[str]:
    """Return what the audit says where pip-audit answers so."""
    (folder / "pip_audit.py").write_text(f"import sys\nsys.stdout.write({answer!r})\nsys.exit({code})\n")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, str(ROOT / "scripts" / "audit.py")]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def package(name: str, *fixes: list[str]) -> dict[str, object]:
    weak = [{"id": f"X-{place}", "fix_versions": fix} for place, fix in enumerate(fixes)]
    return {"name": name, "version": "1", "vulns": weak}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([package("a"), package("b")], 0, "2 of 2 packages audited, 0 known weaknesses"),
        ([package("a", ["2", "3"])], 1, "a 1: X-0, mended by: 2, 3"),
        ([package("a"), package("pip", ["99"])], 0, "1 of 2 packages audited, 0 known weaknesses"),
        ([package("a", [])], 0, "a 1: X-0, mended by: no release yet"),
        ([{"name": "a", "skip_reason": "not found"}], 0, "audit skipped: the advisories of PyPI cannot be reached"),
    ],
)
def test_a_known_weakness_that_is_mended_fails_the_check(
    tmp_path: Path, packages: list[object], code: int, words: str
) -> None:
    run = audited(tmp_path, json.dumps({"dependencies": packages}), 1)
    assert (run.returncode, words in run.stdout) == (code, True), run.stdout + run.stderr


def test_without_a_network_one_line_says_that_nothing_was_audited(tmp_path: Path) -> None:
    run = audited(tmp_path, "", 1)
    assert (run.returncode, run.stdout) == (0, "audit skipped: the advisories of PyPI cannot be reached from here\n")
