"""The texts of stand-off annotations, found in the folder that the environment variable ``IE_SHARED`` names.

A text is known by its sha256 among whole reports and annotated texts, or it is some lines of a news article. What the
annotations say about a text is read elsewhere.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from ie.schema import IEError

__all__ = ["Articles", "corpus_texts", "shared_texts", "text_digest", "text_of_lines"]

_ARTICLE_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([^"\\]*)"')


def text_digest(text: str) -> str:
    """Return the sha256 by which stand-off annotations know their text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def shared_texts() -> Mapping[str, str]:
    """Return the texts of the ``IE_SHARED`` folder (default ``../shared``) by sha256; empty where there is none."""
    return _texts_of(_shared_folder())


def text_of_lines(article: str, lines: Sequence[int]) -> str:
    r"""Return the text that some lines of an article make; raises IEError where it has no such line.

    >>> text_of_lines("سرخط\n ۲۵ باب \n\nتماس: ۱۲۳", [1, 3])
    '۲۵ باب \nتماس: ۱۲۳'
    """
    parts = article.split("\n")
    for line in lines:
        if not 0 <= line < len(parts):
            raise IEError(f"lines: expected lines within 0..{len(parts) - 1}, found {line}")
    return "\n".join(parts[line] for line in lines).strip()


class Articles:
    """The wanted news articles of the ``IE_SHARED`` folder; its file is read through once, when the first is asked for.

    >>> Articles([]).get("report-1") is None
    True
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self._wanted = frozenset(wanted)

    def get(self, news_id: str) -> str | None:
        """Return the text of an article, None where there is none; raises IEError where the file is damaged."""
        known = _articles_of(_shared_folder())
        missing = (self._wanted | {news_id}) - known.keys()
        if news_id in missing:
            path = Path(_shared_folder(), "corpus", "news.jsonl.gz")
            found = _scan(path, missing) if path.is_file() else {}
            known.update({wanted: found.get(wanted) for wanted in missing})
        return known[news_id]


def _shared_folder() -> str:
    return os.environ.get("IE_SHARED", "../shared")


@cache
def _texts_of(folder: str) -> Mapping[str, str]:
    found = []
    for path in sorted(Path(folder, "reports").glob("*.txt")):
        found.append(path.read_bytes().decode("utf-8", "replace"))
    for path in sorted(Path(folder, "annotations").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            found += [json.loads(line).get("text") or "" for line in lines if line.strip()]
    return {text_digest(text): text for text in found}


@cache
def _articles_of(folder: str) -> dict[str, str | None]:
    """Return the articles of a folder that were looked for so far, None where one was not found."""
    return {}


def _scan(path: Path, wanted: Iterable[str]) -> dict[str, str]:
    """Return the texts of the wanted articles; a line is parsed only where its id is wanted."""
    left = set(wanted)
    found: dict[str, str] = {}
    number = 0
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                number += 1
                name = _ARTICLE_ID.match(line)
                if name and name[1].decode() not in left:
                    continue
                article = json.loads(line)
                if article["id"] in left:
                    left.remove(article["id"])
                    found[article["id"]] = article["text"]
                    if not left:
                        break
    except (OSError, EOFError, zlib.error) as error:
        raise IEError(f"{path}: expected news articles (JSON lines, gzip), found {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise IEError(f"{path}:{number}: expected an article with 'id' and 'text', found {error!r}") from error
    return found


def corpus_texts(files: Iterable[str], splits: str | None = None) -> Iterator[str]:
    """Yield a corpus text by text, without the articles that `splits` keeps for testing (``test_news_ids``).

    Files are ``.jsonl[.gz]`` with a text field or ``.txt[.gz]`` with a text a line; raises IEError where one is
    missing.
    """
    held_out: set[str] = set()
    if splits:
        held_out = set(json.loads(Path(splits).read_text(encoding="utf-8"))["test_news_ids"])
    for name in files:
        path = Path(name)
        if not path.exists():
            raise IEError(f"{name}: no such corpus file; give existing .jsonl, .jsonl.gz, .txt or .txt.gz files")
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                if ".jsonl" not in path.suffixes:
                    yield line.strip()
                    continue
                record = json.loads(line)
                if record.get("id") not in held_out:
                    yield "\n".join(part for part in (record.get("title"), record["text"]) if part)
