"""Writing facts: numbers digit for digit, any text, and files that are whole or not there."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from some_facts import FULL, HOSTILE, THIRD, YEAR

from ie.outputs import CSV_COLUMNS, facts_table, flat_record, to_json, write_csv, write_facts, write_jsonl, writing
from ie.schema import Evidence, IEError, MetricFact, Period


def shown(*facts: MetricFact, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(facts_table(facts))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_jsonl_holds_the_json_form_one_fact_a_line() -> None:
    file = io.StringIO()
    write_jsonl([FULL, THIRD], file)
    records = [json.loads(line, parse_float=Decimal) for line in file.getvalue().splitlines()]
    assert [record["value"] for record in records] == [2500000000000, Decimal("0.333333")]
    assert records[0] == FULL.to_dict() | {"confidence": Decimal("0.94")}


def test_numbers_are_written_digit_for_digit() -> None:
    assert to_json([Decimal("0.333333"), Decimal("1E-7"), Decimal("12.10"), 2500000000000]) == (
        "[0.333333, 0.0000001, 12.10, 2500000000000]"
    )


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_any_number_survives_json(value: Decimal) -> None:
    assert json.loads(to_json(value), parse_float=Decimal, parse_int=Decimal) == value


@given(st.text(st.characters()))
def test_any_text_survives_json_and_is_utf_8(text: str) -> None:
    written = to_json({text: text})
    assert json.loads(written.encode()) == {text: text}


def test_persian_is_written_as_it_is() -> None:
    assert to_json("نیم‌سال") == '"نیم‌سال"'


def test_csv_has_one_flat_row_a_fact() -> None:
    file = io.StringIO()
    write_csv([FULL, THIRD], file)
    first, second = csv.DictReader(io.StringIO(file.getvalue()))
    assert tuple(first) == CSV_COLUMNS
    assert (first["value"], first["period_start"], first["period_flags"]) == (
        "2500000000000",
        "1400-01-01",
        "approximate;clipped",
    )
    assert (first["number_start"], first["evidence_period_end"], first["sentence_start"]) == ("12", "8", "")
    assert (second["value"], second["value_max"], second["program"]) == ("0.333333", "0.5", "")
    assert (second["change_direction"], second["change_baseline_end"]) == ("down", "1400-12-29")


def test_csv_holds_no_formula_and_its_numbers_stay_numbers() -> None:
    file = io.StringIO()
    write_csv(HOSTILE, file)
    for row, fact in zip(csv.DictReader(io.StringIO(file.getvalue(), newline="")), HOSTILE, strict=True):
        assert (row["program"], row["unit"], row["id"]) == (f"'{fact.program}", f"'{fact.unit}", f"'{fact.id}")
        assert row["value"] == str(fact.value)


def test_a_mark_tells_excel_that_csv_is_utf_8(tmp_path: Path) -> None:
    write_facts([FULL], tmp_path / "facts.csv", bom=True)
    assert (tmp_path / "facts.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_a_binary_file_is_whole_or_the_old_one_stands(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"facts{suffix}"
    path.write_text("old")

    def failing() -> Iterator[MetricFact]:
        yield FULL
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_facts(failing(), path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(path.name, "old")]


def test_a_flat_record_has_every_column_and_exact_values() -> None:
    record = flat_record(THIRD)
    assert tuple(record) == CSV_COLUMNS
    assert record["value"] == Decimal("0.333333")


def test_every_part_of_the_json_form_has_its_column() -> None:
    nested = {"period", "change", "evidence"}
    assert set(FULL.to_dict()) - nested < set(CSV_COLUMNS)
    assert {f"period_{name}" for name in YEAR.to_dict()} < set(CSV_COLUMNS)


@pytest.mark.parametrize("name", ["facts.jsonl", "facts.csv", "FACTS.JSONL"])
def test_a_file_is_written_in_the_form_of_its_suffix(tmp_path: Path, name: str) -> None:
    write_facts([FULL], tmp_path / name)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith("id,document" if name.endswith("csv") else '{"id": "report@12"')
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    odd = MetricFact("\udcff@0", "\udcff", "نیم \ud800", Decimal(1), Evidence((0, 1)))
    write_facts([odd], tmp_path / "facts.jsonl")
    write_facts([odd], tmp_path / "facts.csv")
    assert json.loads((tmp_path / "facts.jsonl").read_text(encoding="utf-8"))["program"] == "نیم \ud800"
    assert "نیم \\ud800" in (tmp_path / "facts.csv").read_text(encoding="utf-8")
    assert "نیم" in shown(odd)


@pytest.mark.parametrize("name", ["facts.xml", "facts"])
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(IEError, match=r"expected one of \.jsonl, \.csv"):
        write_facts([FULL], tmp_path / name)


def test_after_an_error_the_old_file_stands_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text("old")

    def failing() -> Iterator[MetricFact]:
        yield FULL
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_facts(failing(), path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("facts.jsonl", "old")]


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    with writing(path) as file:
        file.write("half")
        assert not path.exists()
    assert path.read_text() == "half"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    link = tmp_path / "latest.jsonl"
    link.symlink_to(tmp_path / "facts.jsonl")
    write_facts([FULL], link)
    assert link.is_symlink()
    assert (tmp_path / "facts.jsonl").is_file()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(IEError, match="missing does not exist; create it first"):
        write_facts([FULL], tmp_path / "missing" / "facts.jsonl")


def test_only_a_regular_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(IEError, match="not a regular file"):
        write_facts([FULL], tmp_path / "folder.jsonl")


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(IEError, match=r"facts\.jsonl: cannot be written: No space left"):
        write_facts([FULL], tmp_path / "facts.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("comparator", "cell"), [("eq", " 60 "), ("approx", "≈ 60"), ("gt", "> 60"), ("ge", "≥ 60"), ("lt", "< 60")]
)
def test_the_table_shows_the_comparator_as_a_sign(comparator: str, cell: str) -> None:
    fact = MetricFact("r@1", "r", "مدرسه", Decimal(60), Evidence((1, 3)), comparator=comparator)  # type: ignore[arg-type]
    assert cell in shown(fact)


def test_the_table_shows_ranges_changes_and_periods() -> None:
    table = shown(FULL, THIRD)
    assert "> 2,500,000,000,000" in table
    assert "−0.333333 – 0.5" in table
    assert "1400-01-01 …" in table
    since = MetricFact("r@1", "r", "مدرسه", Decimal(6), Evidence((1, 3)), period=Period("1400-01-01", None, "since"))
    assert "since 1400-01-01" in shown(since)


def test_persian_cells_keep_their_places_on_a_bidirectional_terminal() -> None:
    fact = MetricFact("r@1", "r", "ساخت مدرسه در روستاهای دور از مرکز استان", Decimal(6), Evidence((1, 3)), unit="باب")
    lines = [line for line in shown(fact, width=60).splitlines() if "\u2067" in line]
    assert len(lines) > 1
    for line in lines:
        cells = line.split("│")[1:-1]
        assert all(cell.count("\u2067") == cell.count("\u2069") <= 1 for cell in cells)


def test_text_cannot_steer_the_terminal() -> None:
    fact = MetricFact("r@1", "r", "مدرسه\x1b[31m\u202e\nدوم", Decimal(6), Evidence((1, 3)))
    assert not {"\x1b", "\u202e"} & set(shown(fact))
