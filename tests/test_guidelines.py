"""The tables of numbers and periods in the annotation guidelines say what the grammars read."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from ie import parse_number, parse_period
from ie.numerals import find_numbers
from ie.periods import find_periods, resolve_periods
from ie.schema import Period, Quantity

GUIDELINES = Path(__file__).parents[1] / "annotations" / "README.md"
REPORT_DATE = "1401-07-15"
MARKED = re.compile(r"\*\*(.+?)\*\*")

# rows that the guidelines have right and the grammars read otherwise: text → what they say today
KNOWN_GAPS: dict[str, str] = {}


@dataclass(frozen=True)
class Row:
    """A row of a table: its text with marks, the answer, the condition behind «@» and the line it stands on."""

    text: str
    answer: str
    condition: str
    line: int

    @property
    def bare(self) -> str:
        return MARKED.sub(r"\1", self.text)

    @property
    def marks(self) -> list[str]:
        return MARKED.findall(self.text)

    @property
    def answers(self) -> list[str]:
        return [] if self.answer == "none" else [part.strip() for part in self.answer.split(";")]


def read_rows(kind: str) -> Iterator[Row]:
    """Yield the rows of every table whose first column is headed `kind`."""
    inside = False
    for line, content in enumerate(GUIDELINES.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in content.strip("|").split("|")] if content.startswith("|") else []
        if not cells:
            inside = False
        elif cells[:2] == [kind, "answer"]:
            inside = True
        elif inside and not cells[0].startswith("---"):
            answer, _, condition = cells[1].strip("`").partition("@")
            yield Row(cells[0], answer.strip(), condition.strip(), line)


def parameters(kind: str) -> list[object]:
    return [
        pytest.param(
            row,
            id=f"line {row.line}: {row.bare}",
            marks=[pytest.mark.xfail(strict=True, reason=KNOWN_GAPS[row.bare])] if row.bare in KNOWN_GAPS else [],
        )
        for row in read_rows(kind)
    ]


def said_of_number(quantity: Quantity) -> str:
    ends = [f"{end.normalize():,f}" for end in (quantity.value, quantity.upper) if end is not None]
    return " ".join(filter(None, ("–".join(ends), quantity.comparator, quantity.unit)))


def said_of_period(period: Period) -> str:
    relation = "" if period.relation == "in" else f" {period.relation}"
    return f"{period.start or 'open'} … {period.end or 'open'}{relation}"


def meant(answer: str) -> str:
    """Write a number of the guidelines as `said_of_number` does."""
    value, _, rest = answer.partition(" ")
    return f"{'–'.join(f'{Decimal(end.replace(",", "")).normalize():,f}' for end in value.split('–'))} {rest}"


@pytest.mark.parametrize("row", parameters("number"))
def test_a_number_of_the_guidelines_is_read_as_they_say(row: Row) -> None:
    quantity = parse_number(row.bare)
    stated = [mention for mention in find_numbers(row.bare) if mention.reject is None]
    assert [said_of_number(mention.quantity) for mention in stated] == [meant(answer) for answer in row.answers], row
    assert [row.bare[mention.start : mention.end] for mention in stated] == row.marks, row
    if row.answers:
        assert quantity is not None, row
        assert said_of_number(quantity) == meant(row.answers[0]), row
    else:
        assert quantity is None or "article" in quantity.flags, row


@pytest.mark.parametrize("row", parameters("period"))
def test_a_period_of_the_guidelines_is_read_as_they_say(row: Row) -> None:
    """A phrase alone is parsed; where spans are marked, the sentence is read."""
    if row.marks:
        mentions = find_periods(row.bare)
        found = resolve_periods(row.bare, mentions, REPORT_DATE)
        assert [mention.text for mention in mentions] == row.marks, row
    else:
        governing = re.fullmatch(r"fact (\S+) … (\S+)", row.condition)
        report_date = REPORT_DATE if governing or not row.condition else row.condition
        anchor = Period(governing[1], governing[2]) if governing else None
        period = parse_period(row.bare, None if report_date == "none" else report_date, anchor)
        found = [period] if period is not None else []
    assert [said_of_period(period) for period in found] == row.answers, row


def test_the_guidelines_hold_rows_of_both_kinds_and_both_answers() -> None:
    for kind in ("number", "period"):
        rows = list(read_rows(kind))
        assert len(rows) > 60
        assert any(row.answer == "none" for row in rows)


def test_every_known_gap_is_a_row_of_the_guidelines() -> None:
    texts = {row.bare for kind in ("number", "period") for row in read_rows(kind)}
    assert set(KNOWN_GAPS) <= texts


def test_the_guidelines_name_every_domain_and_every_phenomenon() -> None:
    text = GUIDELINES.read_text(encoding="utf-8")
    domains = tomllib.loads((resources.files("ie") / "data" / "domains.toml").read_text(encoding="utf-8"))
    names = [*domains, *(f"row-{number}" for number in range(1, 81))]
    assert [name for name in names if f"`{name}`" not in text] == []
