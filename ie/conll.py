"""IOB2 in CoNLL files: a word and its tag a line, a blank line between sentences.

Comments as in CoNLL-U (``# id = …``, ``# text = …``) begin a document and hold what tags cannot: where words stand in
the text, periods and facts in JSON. Files of others need none of them; then there are spans only, and each block is a
document. One word has one tag, so spans that overlap cannot be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from ie.exact_json import from_json, to_json
from ie.gold import NONFACT, AnnotatedDocument
from ie.labels import LABELS, NUMBER, PERIOD, PROGRAM, decode_iob2, encode_iob2
from ie.records import check_record, from_record, to_record
from ie.schema import IEError, Offsets, Span

__all__ = ["read_conll", "tag_words", "write_conll"]

_JOINED = "\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_WORD = re.compile(rf"\d+(?:[.,/:٫٬]\d+)+|[\w{_JOINED}]+|[^\w\s]")
_COMMENT = re.compile(r"#\s*(\w+)\s*=\s*(.*)", re.DOTALL)
_TAG = re.compile(r"O|([BIESLU])-(.+)")
_IOB2 = {"S": "B", "U": "B", "E": "I", "L": "I"}
_LABELS = (*LABELS, NONFACT)
_PLAIN = ("id", "news_id", "date", "title", "domain", "text")
_JSON = ("lines", "tags", "exceptions", "periods", "nonfacts", "facts", "spans")


def write_conll(documents: Iterable[AnnotatedDocument], path: Path) -> int:
    """Write documents to a CoNLL file, with all that they say; return how many were written."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        for document in documents:
            try:
                out.write("\n".join(_lines(document)) + "\n")
            except UnicodeEncodeError as error:
                raise IEError(f"{document.id}: expected text that UTF-8 can hold, found {error.reason}") from error
            except ValueError as error:
                raise IEError(f"{document.id}: expected one tag a word: {error}") from error
            count += 1
    return count


def read_conll(path: Path) -> Iterator[AnnotatedDocument | IEError]:
    """Yield the documents of a CoNLL file, and an error for each that is broken."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, ValueError) as error:
        raise IEError(f"{path}: expected a UTF-8 file of words and tags, found {error}") from error
    for block in _blocks(lines, str(path)):
        try:
            yield block.document(path)
        except IEError as error:
            yield error


def tag_words(text: str, spans: Sequence[Span]) -> tuple[list[Offsets], list[str]]:
    """Return the words of a text and their IOB2 tags; a word that a span begins or ends in is cut there.

    >>> tag_words("پرونده 60واحد", [Span(7, 9, "NUMBER")])
    ([(0, 6), (7, 9), (9, 13)], ['O', 'B-NUMBER', 'O'])
    """
    cuts = sorted({place for span in spans for place in span.offsets})
    words = list(chain.from_iterable(_cut(match.span(), cuts) for match in _WORD.finditer(text)))
    return words, _tags(words, spans)


# ---------------------------------------------------------------------------------------------------------- writing


def _lines(document: AnnotatedDocument) -> Iterator[str]:
    record = to_record(document)
    yield from (f"# {key} = {_plain(record[key])}" for key in _PLAIN if key in record)
    yield from (f"# {key} = {to_json(record[key])}" for key in _JSON if key in record)
    words, tags = tag_words(document.text, document.spans)
    after = 0
    for (start, end), tag in zip(words, tags, strict=True):
        if after and "\n" in document.text[after:start]:
            yield ""
        yield f"{document.text[start:end]}\t{tag}"
        after = end
    yield ""


def _plain(value: str) -> str:
    """Return a value as it is, or in JSON where a line of a comment could not give it back."""
    simple = value == value.strip() and len(value.splitlines()) == 1 and value[0] not in '"{['
    return value if simple else to_json(value)


def _cut(word: Offsets, cuts: Sequence[int]) -> Iterator[Offsets]:
    start, end = word
    for place in cuts:
        if start < place < end:
            yield start, place
            start = place
    yield start, end


def _tags(words: Sequence[Offsets], spans: Sequence[Span]) -> list[str]:
    tagged = []
    for span in spans:
        inside = [place for place, (start, end) in enumerate(words) if start < span.end and span.start < end]
        if inside:
            tagged.append((inside[0], inside[-1] + 1, span.label))
    return encode_iob2(len(words), tagged)


# ---------------------------------------------------------------------------------------------------------- reading


@dataclass
class _Block:
    """The lines of one document: comments, and words with their tags, sentence by sentence."""

    where: str
    marked: bool = False
    comments: dict[str, str] = field(default_factory=dict)
    sentences: list[list[tuple[str, str]]] = field(default_factory=lambda: [[]])
    error: IEError | None = None

    def document(self, path: Path) -> AnnotatedDocument:
        if self.error is not None:
            raise self.error
        record = self._record(path)
        rows = list(chain.from_iterable(self.sentences))
        if "text" not in record:
            record["text"] = "\n".join(" ".join(word for word, _ in rows) for rows in self.sentences if rows)
        text, tags = record["text"], [tag for _, tag in rows]
        if not isinstance(text, str):
            raise IEError(f"{self.where}: # text: expected a text, found {type(text).__name__}")
        words = _places([word for word, _ in rows], text, self.where)
        if "facts" in record or "periods" in record:
            document = from_record(check_record({"facts": [], **record}, self.where), text, self.where)
            if _tags(words, document.spans) != tags:
                raise IEError(
                    f"{self.where}: expected tags that agree with # facts, # periods and # spans; {
                        _differ(_tags(words, document.spans), tags, rows)
                    }"
                )
            return document
        spans = [(words[start][0], words[end - 1][1], label) for start, end, label in decode_iob2(tags)]
        record["periods"] = [{"span": [start, end]} for start, end, label in spans if label == PERIOD]
        record["nonfacts"] = [[start, end] for start, end, label in spans if label == NONFACT]
        record["spans"] = [span for span in spans if span[2] in (NUMBER, PROGRAM)]
        return from_record(check_record({**record, "facts": []}, self.where), text, self.where)

    def _record(self, path: Path) -> dict[str, Any]:
        record: dict[str, Any] = {"id": f"{path.stem}:{self.where.rpartition(':')[2]}"}
        for key, value in self.comments.items():
            if key in _JSON or (key in _PLAIN and value.startswith('"')):
                try:
                    record[key] = from_json(value)
                except ValueError as error:
                    raise IEError(f"{self.where}: # {key}: expected JSON, found {error}") from error
            elif key in _PLAIN:
                record[key] = value
        return record


def _blocks(lines: Sequence[str], path: str) -> Iterator[_Block]:
    """Yield the documents of a file: from ``# id`` or ``-DOCSTART-`` on where it has those, else each block."""
    starts = [line for line in lines if _begins(line)]
    marks = len(starts) > 1 or any(line.startswith("#") for line in starts)  # one -DOCSTART- is the file's own
    block: _Block | None = None
    for number, line in enumerate(lines, start=1):
        line = line.removesuffix("\r")
        if not marks and _begins(line):
            continue
        if _begins(line) or (block is None and line.strip()):
            if block is not None:
                yield block
            block = _Block(f"{path}:{number}")
        if block is not None:
            _add(block, line, f"{path}:{number}")
            if not marks and not line.strip():
                yield block
                block = None
    if block is not None:
        yield block


def _begins(line: str) -> bool:
    return line.startswith("-DOCSTART-") or bool(re.match(r"#\s*(?:id\s*=|newdoc\b)", line))


def _add(block: _Block, line: str, where: str) -> None:
    """Add a line to a document: a comment, a word with its tag, or the end of a sentence."""
    columns = line.split("\t") if "\t" in line else line.split()
    comment = _COMMENT.fullmatch(line)
    if comment and "\t" not in line.partition("=")[0]:
        block.comments[comment[1]] = comment[2].strip()
    elif not line.strip():
        block.sentences.append([])
    elif line.startswith("-DOCSTART-"):
        pass
    elif len(columns) > 1 and (tag := _TAG.fullmatch(columns[-1].strip())):
        label = tag[2]
        if label is not None and label not in _LABELS:
            block.error = block.error or IEError(f"{where}: expected a label of {', '.join(_LABELS)}, found {label!r}")
        block.sentences[-1].append((columns[0], f"{_IOB2.get(tag[1], tag[1])}-{label}" if label else "O"))
    elif not line.startswith("#"):
        block.error = block.error or IEError(f"{where}: expected a word and an IOB2 tag, found {line[:60]!r}")


def _places(words: Sequence[str], text: str, where: str) -> list[Offsets]:
    """Return where the words stand in the text; raises IEError where the text has others."""
    places, after = [], 0
    for word in words:
        start = text.find(word, after)
        if start < 0 or text[after:start].strip():
            raise IEError(f"{where}: expected the words of # text, found {word!r} at {text[after : after + 20]!r}")
        after = start + len(word)
        places.append((start, after))
    return places


def _differ(wanted: Sequence[str], tags: Sequence[str], rows: Sequence[tuple[str, str]]) -> str:
    place = next(place for place, (one, other) in enumerate(zip(wanted, tags, strict=True)) if one != other)
    return f"they say {wanted[place]} of {rows[place][0]!r}, its tag is {tags[place]}"
