"""Annotated documents in every format: which one a path is in, and one way to read and to write them all.

A file or folder appears whole or not at all. What the formats look like is left to their own modules.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Literal, get_args

from ie.annotations import Annotations, Skipped, read_annotations, write_annotations
from ie.brat import read_brat, write_brat
from ie.conll import read_conll, write_conll
from ie.doccano import is_doccano, read_doccano, write_doccano
from ie.gold import AnnotatedDocument
from ie.huggingface import read_dataset, write_dataset
from ie.labelstudio import read_labelstudio, write_labelstudio
from ie.schema import IEError

__all__ = ["FORMATS", "FormatName", "convert", "format_of", "format_to_write", "read", "write"]

FormatName = Literal["jsonl", "conll", "brat", "doccano", "labelstudio", "datasets"]
FORMATS: tuple[FormatName, ...] = get_args(FormatName)

_SUFFIXES: dict[str, FormatName] = {
    ".labelstudio.json": "labelstudio",
    ".doccano.jsonl": "doccano",
    ".json": "labelstudio",
    ".jsonl": "jsonl",
    ".conll": "conll",
    ".iob2": "conll",
    ".iob": "conll",
    ".bio": "conll",
    ".brat": "brat",
    ".dataset": "datasets",
}
_READERS: dict[FormatName, Callable[[Path], Iterator[AnnotatedDocument | IEError]]] = {
    "conll": read_conll,
    "brat": read_brat,
    "doccano": read_doccano,
    "labelstudio": read_labelstudio,
    "datasets": read_dataset,
}
_WRITERS: dict[FormatName, Callable[[Iterable[AnnotatedDocument], Path], int]] = {
    "jsonl": write_annotations,
    "conll": write_conll,
    "brat": write_brat,
    "doccano": write_doccano,
    "labelstudio": write_labelstudio,
    "datasets": write_dataset,
}
_FOLDERS = ("brat", "datasets")


def read(path: str | Path, form: str | None = None, texts: Mapping[str, str] | None = None) -> Annotations:
    """Read annotated documents of any format, by default that of the suffix or of the folder's files.

    A document that is broken is skipped and named in `Annotations.skipped`; the others load. `texts` holds the texts
    of stand-off lines.
    """
    path = Path(path)
    name = _known(form) if form else format_of(path)
    if name == "jsonl":
        return read_annotations(path, texts)
    documents: dict[str, AnnotatedDocument] = {}
    skipped: list[Skipped] = []
    for item in _READERS[name](path):
        if isinstance(item, IEError):
            skipped.append(_skipped(item, path))
        elif item.id in documents:
            skipped.append(Skipped(str(path), item.id, f"id: expected an id used once, found {item.id!r} again"))
        else:
            documents[item.id] = item
    return Annotations(tuple(documents.values()), tuple(skipped))


def write(documents: Iterable[AnnotatedDocument], path: str | Path, form: str | None = None, text: bool = True) -> int:
    """Write annotated documents in any format, by default that of the suffix; return how many were written.

    `text` False leaves the texts out of our own lines, which then stand off from them.
    """
    path = Path(path)
    name = _known(form) if form else format_to_write(path)
    if not text and name != "jsonl":
        raise IEError(f"{path}: only jsonl stands off from its texts, {name} holds them")
    target = Path(os.path.realpath(path))
    _check_target(target, name)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        if name in _FOLDERS:
            partial.mkdir()
        count = _WRITERS[name](documents, partial) if text else write_annotations(documents, partial, text=False)
        if name in _FOLDERS and target.is_dir():
            target.rmdir()  # it is empty
        partial.replace(target)
    except OSError as error:
        raise IEError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True) if partial.is_dir() else partial.unlink(missing_ok=True)
    return count


def convert(
    source: str | Path,
    target: str | Path,
    source_form: str | None = None,
    target_form: str | None = None,
    text: bool = True,
) -> Annotations:
    """Write the documents of one file or folder in another format; return what was read of it.

    Nothing is written where every document is broken.
    """
    target_form = target_form or format_to_write(target)
    documents = read(source, source_form)
    if documents.documents or not documents.skipped:
        write(documents, target, target_form, text)
    return documents


def format_of(path: str | Path) -> FormatName:
    """Return the format of a file or folder; raises IEError where neither suffix nor content tells."""
    path = Path(path)
    if path.is_dir():
        if (path / "dataset_info.json").is_file() or (path / "dataset_dict.json").is_file():
            return "datasets"
        is_brat = (path / "annotation.conf").is_file() or any(islice(path.rglob("*.ann"), 1))
        return "brat" if is_brat else "jsonl"
    form = "jsonl" if path.name.endswith(".gold.json") else _by_suffix(path)
    if not path.exists():
        raise IEError(f"{path}: expected a file or folder of annotations, found none")
    if form == "jsonl" and path.suffix == ".jsonl" and is_doccano(_first_line(path)):
        return "doccano"
    if form == "labelstudio" and path.name.count(".labelstudio") == 0 and _first_line(path)[:1] == b"{":
        return "jsonl"
    if form is None:
        raise IEError(f"{path}: cannot tell its format; give --from with one of {', '.join(FORMATS)}")
    return form


def format_to_write(path: str | Path) -> FormatName:
    """Return the format that a suffix asks for; raises IEError where it asks for none.

    >>> format_to_write("train.conll"), format_to_write("tasks.labelstudio.json"), format_to_write("train.brat/")
    ('conll', 'labelstudio', 'brat')
    """
    form = _by_suffix(Path(path))
    if form is None:
        known = ", ".join(_SUFFIXES)
        raise IEError(f"{path}: expected a suffix of {known}; or give --to with one of {', '.join(FORMATS)}")
    return form


def _known(form: str) -> FormatName:
    for name in FORMATS:
        if form == name:
            return name
    raise IEError(f"expected a format of {', '.join(FORMATS)}, found {form!r}")


def _by_suffix(path: Path) -> FormatName | None:
    name = path.name.lower()
    return next((form for suffix, form in _SUFFIXES.items() if name.endswith(suffix)), None)


def _first_line(path: Path) -> bytes:
    try:
        with path.open("rb") as lines:
            return next((line.lstrip(b"\xef\xbb\xbf \t\r\n") for line in lines if line.strip()), b"")
    except OSError as error:
        raise IEError(f"{path}: cannot be read: {error.strerror or error}") from error


def _check_target(target: Path, form: FormatName) -> None:
    if form in _FOLDERS:
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise IEError(f"{target}: exists and is not empty; {form} is a folder of files: give a new one")
    elif target.exists() and not target.is_file():
        raise IEError(f"{target}: is not a regular file; give the name of a file to write")
    if not target.parent.is_dir():
        raise IEError(f"{target}: its folder {target.parent} does not exist; create it first")


def _skipped(error: IEError, path: Path) -> Skipped:
    """Return a line to be told of: its place is what the message names before the first colon and space."""
    message, known = str(error), str(path)
    cut = message.find(": ", len(known)) if message.startswith(known) else -1
    return Skipped(message[:cut], None, message[cut + 2 :]) if cut > 0 else Skipped(known, None, message)
