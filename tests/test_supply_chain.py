"""What the project takes from others: no file that can run code is loaded, and no licence is one it cannot keep."""

import ast
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
