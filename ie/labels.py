"""The label set and the only encoding and decoding of IOB2 tags.

Spans here are plain ``(start, end, label)`` over positions (words or word pieces), half-open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["LABELS", "NUMBER", "PERIOD", "PROGRAM", "TAGS", "decode_iob2", "encode_iob2"]

NUMBER, PERIOD, PROGRAM = "NUMBER", "PERIOD", "PROGRAM"
LABELS = (NUMBER, PERIOD, PROGRAM)
TAGS = ("O", *(f"{prefix}-{label}" for label in LABELS for prefix in "BI"))


def encode_iob2(length: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Return IOB2 tags for `length` positions; raises ValueError where spans overlap or leave the sequence.

    >>> encode_iob2(4, [(1, 3, "NUMBER")])
    ['O', 'B-NUMBER', 'I-NUMBER', 'O']
    """
    tags = ["O"] * length
    for start, end, label in spans:
        if not 0 <= start < end <= length:
            raise ValueError(f"span {start}..{end} {label} does not fit a sequence of {length} positions")
        if any(tag != "O" for tag in tags[start:end]):
            raise ValueError(f"span {start}..{end} {label} overlaps another span")
        tags[start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
    return tags


def decode_iob2(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the spans of a tag sequence; an ``I-`` with no span of its label to continue begins one.

    >>> decode_iob2(["B-NUMBER", "I-NUMBER", "O", "I-PERIOD"])
    [(0, 2, 'NUMBER'), (3, 4, 'PERIOD')]
    """
    spans: list[tuple[int, int, str]] = []
    start, current = 0, ""
    for position, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if prefix == "I" and label == current:
            continue
        if current:
            spans.append((start, position, current))
        start, current = position, label
    return spans
