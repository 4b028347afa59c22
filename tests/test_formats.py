"""Annotated documents in every format: what is written is read back whole, and what is broken is named."""

import json
import string
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ie import formats
from ie.annotations import AnnotatedDocument, GoldFact, GoldPeriod, read_annotations, to_record
from ie.records import check_record, from_record
from ie.regions import Link, MarkedText, Region, mark, unmark
from ie.schema import IEError

NAMES = {
    "jsonl": "corpus.jsonl",
    "conll": "corpus.conll",
    "brat": "corpus.brat",
    "doccano": "corpus.doccano.jsonl",
    "labelstudio": "corpus.labelstudio.json",
    "datasets": "corpus.dataset",
}
TEXT = "در سال ۱۴۰۰ حدود ۲۵ باب کتابخانه روستایی و ۳ باب سالن ورزشی ساخته شد؛ تلفن ۱۲۳ 😀 ۴ باغ."
YEAR = {"start": "1400-01-01", "end": "1400-12-29"}


def place(phrase: str, text: str = TEXT) -> list[int]:
    start = text.index(phrase)
    return [start, start + len(phrase)]


def document(text: str = TEXT, **changes: object) -> AnnotatedDocument:
    """Return a document with every slot in use: facts share a programme, one programme lies in another."""
    library = {
        "id": "lib#1",
        "number": place("۲۵"),
        "program": place("کتابخانه روستایی"),
        "period": place("سال ۱۴۰۰"),
        "sentence": [0, 60],
        "value": Decimal("25.125"),
        "value_max": Decimal("26"),
        "comparator": "approx",
        "unit": "باب",
        "currency": "toman",
        "kind": "change",
        "status": "planned",
        "direction": "up",
        "baseline": {"start": None, "end": "1399-12-30", "relation": "until"},
        "interval": YEAR | {"relation": "in"},
        "interval_alt": {"start": "1400-01-01", "end": "1400-10-01"},
        "program_alt": ["کتابخانه", "بنا"],
        "program_type": "library",
        "rate": "سالانه",
        "anaphoric": True,
        "period_anaphor": "همین مدت",
    }
    part = {"id": "lib#2", "number": place("۳"), "program": place("روستایی"), "value": 3, "subset_of": "lib#1"}
    hall = {"id": "lib#3", "number": place("۳"), "value": 3, "phrase": "سالن", "same_as": "lib#2", "unit": ""}
    garden = {
        "id": "lib#4",
        "number": place("۴ باغ")[:1] + [place("۴ باغ")[0] + 1],
        "program": place("باغ"),
        "value": 4,
    }
    garden |= {"period": place("سال ۱۴۰۰"), "interval": {"start": "1400-01-01", "end": None, "relation": "since"}}
    record = {
        "id": "گزارش ۱/۲",
        "news_id": "n-1",
        "lines": [0, 2],
        "date": "1400-10",
        "title": "سرخط",
        "domain": "فرهنگ",
        "tags": ["row-1", "row-2"],
        "exceptions": ["0-2 carried_period"],
        "periods": [{"span": place("سال ۱۴۰۰"), "interval": YEAR}, {"span": place("شد"), "interval": None}],
        "nonfacts": [place("۱۲۳")],
        "spans": [[*place("تلفن"), "PROGRAM"]],
        "facts": [library, part, hall, garden],
    }
    return from_record(check_record(record | changes, "here"), text, "here")


def round_trip(documents: list[AnnotatedDocument], form: str, folder: Path) -> list[AnnotatedDocument]:
    path = folder / NAMES[form]
    assert formats.write(documents, path) == len(documents)
    read = formats.read(path)
    assert read.skipped == ()
    return list(read)


def needs(form: str) -> None:
    if form == "datasets":
        pytest.importorskip("datasets", reason="needs datasets (pip install 'ie-fa[datasets]')")


# ---------------------------------------------------------------------------------------------------------- round trips


@pytest.mark.parametrize("form", NAMES)
def test_every_slot_is_read_back(form, tmp_path):
    needs(form)
    plain = document(id="plain", facts=[], periods=[], nonfacts=[], spans=[])
    empty = from_record(check_record({"id": "empty", "facts": []}, "here"), "", "here")
    documents = [document(), plain, empty]
    assert round_trip(documents, form, tmp_path) == documents


CHARACTERS = "سال۲۵باب AB3.\u200c\u200f\u064b\u0640\n\t\r\u2028\x85\ufeff😀𐎠#-'\"\\{}؛،/"


@st.composite
def documents_of_anything(draw: st.DrawFn) -> AnnotatedDocument:
    """Draw a document whose text and places are anything: astral characters, line ends, overlapping programmes."""
    text = draw(st.text(st.sampled_from(CHARACTERS), max_size=40))
    free = [number for number, char in enumerate(text) if not char.isspace()]
    numbers = draw(st.lists(st.sampled_from(free), unique=True, max_size=4)) if free else []
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    worded = spans.filter(lambda span: bool(text[slice(*span)].strip()))
    ends = st.sampled_from(["1400-01-01", "1401-12-29", None])
    intervals = st.one_of(st.none(), st.fixed_dictionaries({"start": ends, "end": ends}))
    some = st.none() | worded if text.strip() else st.none()
    facts = []
    for number in numbers:
        fact = {
            "id": f"f{number}",
            "number": [number, number + 1],
            "value": draw(st.decimals(-(10**9), 10**12, places=draw(st.integers(0, 6)))),
            "program": draw(some),
            "program_alt": draw(st.lists(st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=3), max_size=2)),
            "period": draw(some),
            "interval": draw(intervals),
            "unit": draw(st.none() | st.text(st.sampled_from(CHARACTERS), max_size=3)),
            "comparator": draw(st.sampled_from(["eq", "gt", "range"])),
            "anaphoric": draw(st.booleans()),
            "same_as": draw(st.none() | st.sampled_from([fact["id"] for fact in facts])) if facts else None,
        }
        facts.append({name: value for name, value in fact.items() if value is not None})
    periods = [
        {"span": span} | ({} if draw(st.booleans()) else {"interval": draw(intervals)})
        for span in draw(st.lists(worded, max_size=3) if text.strip() else st.just([]))
    ]
    record = {
        "id": draw(st.text(st.sampled_from(string.ascii_letters + "۱ /.#\n"), min_size=1, max_size=6)),
        "title": draw(st.none() | st.text(st.sampled_from(CHARACTERS), max_size=5)),
        "date": draw(st.sampled_from([None, "1400", "1400-07-15"])),
        "tags": draw(st.lists(st.text(max_size=3), max_size=2)),
        "periods": periods,
        "nonfacts": draw(st.lists(worded, max_size=2) if text.strip() else st.just([])),
        "facts": facts,
    }
    return from_record(check_record(record, "here"), text, "here")


@pytest.mark.parametrize("form", NAMES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(documents_of_anything(), max_size=2, unique_by=lambda document: document.id))
def test_any_document_is_read_back(form, documents, tmp_path_factory):
    needs(form)
    assume(documents or form != "datasets")  # it cannot load a folder without rows
    assume(all(not any("\ud800" <= char <= "\udfff" for char in repr(document)) for document in documents))
    assert round_trip(documents, form, tmp_path_factory.mktemp("round")) == documents


@pytest.mark.parametrize("form", NAMES)
def test_the_written_reports_are_read_back(form, tmp_path):
    needs(form)
    documents = list(read_annotations(Path(__file__).parents[1] / "annotations" / "authored"))[:20]
    assert round_trip(documents, form, tmp_path) == documents


HALF = from_record(check_record({"id": "half", "facts": []}, "here"), "a\ud800", "here")


@pytest.mark.parametrize("form", ["jsonl", "doccano", "labelstudio"])
def test_json_holds_half_a_surrogate_pair(form, tmp_path):
    assert round_trip([HALF], form, tmp_path) == [HALF]


@pytest.mark.parametrize("form", ["conll", "brat", "datasets"])
def test_half_a_surrogate_pair_is_refused_where_utf8_cannot_hold_it(form, tmp_path):
    needs(form)
    with pytest.raises(IEError, match="expected texts? that UTF-8 can hold"):
        formats.write([HALF], tmp_path / NAMES[form])
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------------------------------------------------- dispatch


def test_formats_are_known_by_suffix_and_content(tmp_path):
    for form, name in NAMES.items():
        needs(form)
        formats.write([document()], tmp_path / name)
        assert formats.format_of(tmp_path / name) == form
    (tmp_path / NAMES["doccano"]).rename(tmp_path / "export.jsonl")
    (tmp_path / NAMES["labelstudio"]).rename(tmp_path / "export.json")
    (tmp_path / NAMES["brat"]).rename(tmp_path / "some-folder")
    assert formats.format_of(tmp_path / "export.jsonl") == "doccano"
    assert formats.format_of(tmp_path / "export.json") == "labelstudio"
    assert formats.format_of(tmp_path / "some-folder") == "brat"


def test_a_format_that_cannot_be_told_is_a_clear_error(tmp_path):
    with pytest.raises(IEError, match=r"out\.txt: expected a suffix of \.labelstudio\.json"):
        formats.write([document()], tmp_path / "out.txt")
    with pytest.raises(IEError, match="expected a format of jsonl, conll, brat"):
        formats.write([document()], tmp_path / "out.txt", "csv")
    with pytest.raises(IEError, match=r"none\.conll: expected a file or folder of annotations, found none"):
        formats.read(tmp_path / "none.conll")
    (tmp_path / "notes.txt").write_text("۲۵", encoding="utf-8")
    with pytest.raises(IEError, match=r"notes\.txt: cannot tell its format; give --from"):
        formats.read(tmp_path / "notes.txt")
    with pytest.raises(IEError, match="only jsonl stands off"):
        formats.write([document()], tmp_path / "out.conll", text=False)


def test_a_folder_is_never_written_over_and_a_failure_leaves_nothing(tmp_path):
    formats.write([document()], tmp_path / "corpus.brat")
    with pytest.raises(IEError, match="exists and is not empty"):
        formats.write([document()], tmp_path / "corpus.brat")
    with pytest.raises(IEError, match="its folder .* does not exist"):
        formats.write([document()], tmp_path / "no" / "corpus.conll")

    def failing():
        yield document()
        raise RuntimeError("half way")

    for name in ("half.brat", "half.conll"):
        with pytest.raises(RuntimeError):
            formats.write(failing(), tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.brat"]


def test_stand_off_lines_are_converted_with_their_texts(tmp_path, monkeypatch):
    shared = tmp_path / "shared" / "reports"
    shared.mkdir(parents=True)
    (shared / "report.txt").write_bytes(TEXT.encode())
    monkeypatch.setenv("IE_SHARED", str(tmp_path / "shared"))
    formats.write([document()], tmp_path / "off.jsonl", text=False)
    assert "کتابخانه روستایی" not in (tmp_path / "off.jsonl").read_text(encoding="utf-8")
    read = formats.convert(tmp_path / "off.jsonl", tmp_path / "on.conll")
    assert list(read) == list(formats.read(tmp_path / "on.conll")) == [document()]


# ---------------------------------------------------------------------------------------------------------- regions


def test_what_a_user_of_a_tool_changes_is_what_the_document_says():
    marked = mark(document())
    places = {str(region): number for number, region in enumerate(marked.regions)}
    program = next(number for name, number in places.items() if name.startswith("PROGRAM"))
    moved = list(marked.regions)
    moved[program] = replace(moved[program], end=moved[program].end - len(" روستایی"))
    changed = unmark(replace(marked, regions=tuple(moved)), "here")
    assert changed.facts[0].fact.program == "کتابخانه"
    unlinked = replace(marked, links=tuple(link for link in marked.links if link.kind != "period"))
    assert unmark(unlinked, "here").facts[3].fact.evidence.period is None


def test_a_number_marked_without_its_value_gets_what_the_grammar_reads():
    number, program = Region(*place("۲۵"), "NUMBER"), Region(*place("کتابخانه روستایی"), "PROGRAM")
    found = unmark(MarkedText(TEXT, {"id": "d"}, (number, program), (Link("", 0, 1),)), "here")
    (gold,) = found.facts
    assert (gold.fact.id, gold.fact.value, gold.fact.comparator, gold.fact.unit) == ("d#1", 25, "approx", "باب")
    assert gold.fact.program == "کتابخانه روستایی"
    alone = unmark(MarkedText(TEXT, {"id": "d"}, (number, program)), "here")
    assert alone.facts == ()
    assert [span.label for span in alone.spans] == ["NUMBER", "PROGRAM"]


def test_a_relinked_number_gets_the_interval_of_its_period():
    marked = mark(document(periods=[{"span": place("سال ۱۴۰۰"), "interval": YEAR}]))
    period = next(number for number, region in enumerate(marked.regions) if region.label == "PERIOD")
    linked = replace(marked, links=(*marked.links, Link("period", 1, period)))
    assert unmark(linked, "here").facts[1].fact.period.interval == ("1400-01-01", "1400-12-29")


@pytest.mark.parametrize(
    ("regions", "links", "expected"),
    [
        (
            [Region(0, 2, "PERSON", name="T1")],
            [],
            "here: T1 PERSON [0, 2]: expected a label of NUMBER, PERIOD, PROGRAM",
        ),
        ([Region(0, 900, "NUMBER")], [], "NUMBER [0, 900]: expected offsets within 0..87"),
        ([Region(0, 5, "NUMBER"), Region(3, 9, "PROGRAM")], [], "found NUMBER [0, 5] and PROGRAM [3, 9]"),
        ([Region(0, 2, "NUMBER"), Region(3, 9, "PROGRAM")], [Link("program", 0, 1)], "expected a value"),
        ([Region(3, 5, "PERIOD"), Region(6, 9, "PROGRAM")], [Link("program", 0, 1)], "expected a link from a NUMBER"),
        ([Region(0, 2, "NUMBER"), Region(3, 5, "NUMBER")], [Link("", 0, 1)], "expected a link named one of program"),
        (
            [Region(17, 19, "NUMBER"), Region(20, 23, "PROGRAM"), Region(24, 30, "PROGRAM")],
            [Link("program", 0, 1), Link("program", 0, 2)],
            "expected one link a number, found PROGRAM [20, 23] and PROGRAM [24, 30]",
        ),
    ],
)
def test_regions_that_state_no_document_are_a_clear_error(regions, links, expected):
    with pytest.raises(IEError) as error:
        unmark(MarkedText(TEXT, {"id": "d"}, tuple(regions), tuple(links)), "here")
    assert str(error.value).startswith("here: ")
    assert expected in str(error.value)


def test_copied_regions_get_ids_of_their_own():
    marked = mark(document())
    copy = replace(marked.regions[1], start=place("۴ باغ")[0], end=place("۴ باغ")[0] + 1)
    changed = unmark(replace(marked, regions=(*marked.regions, copy)), "here")
    assert [gold.fact.id for gold in changed.facts][:4] == ["lib#1", "lib#2", "lib#3", "lib#4"]
    assert len({gold.fact.id for gold in changed.facts}) == 5


# ---------------------------------------------------------------------------------------------------------- CoNLL


def write_lines(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_conll_is_two_columns_that_seqeval_reads(tmp_path):
    scheme = pytest.importorskip("seqeval.scheme", reason="needs seqeval (pip install 'ie-fa[train]')")
    formats.write([document()], tmp_path / "corpus.conll")
    rows = [line.split("\t") for line in (tmp_path / "corpus.conll").read_text(encoding="utf-8").split("\n")]
    pairs = [row for row in rows if len(row) == 2]
    entities = scheme.Entities([[tag for _, tag in pairs]], scheme.IOB2).entities[0]
    found = [(entity.tag, " ".join(word for word, _ in pairs[entity.start : entity.end])) for entity in entities]
    assert ("PERIOD", "سال ۱۴۰۰") in found
    assert len(found) == len(document().spans)


def test_conll_of_others_is_read_as_spans(tmp_path):
    path = write_lines(
        tmp_path / "other.conll", "۲۵ B-NUMBER", "باب O", "", "# -X- _ O", "سال\tB-PERIOD", "۱۴۰۰\tI-PERIOD"
    )
    first, second = formats.read(path)
    assert (first.text, first.spans[0].label, first.facts) == ("۲۵ باب", "NUMBER", ())
    assert second.id == "other:4"
    assert [(period.span, period.interval) for period in second.periods] == [((2, 10), None)]
    copy = tmp_path / "copy.jsonl"
    formats.write([first, second], copy)
    assert list(formats.read(copy)) == [first, second]


def test_conll_documents_begin_at_docstart_and_iobes_is_understood(tmp_path):
    lines = [
        "-DOCSTART- -X- O",
        "",
        "۲۵ -X- _ S-NUMBER",
        "",
        "باب O",
        "-DOCSTART- -X- O",
        "سال B-PERIOD",
        "۹۹ E-PERIOD",
        "",
    ]
    first, second = formats.read(write_lines(tmp_path / "other.iob2", *lines))
    assert first.text == "۲۵\nباب"
    assert second.spans[0].offsets == (0, 6)


def test_edited_tags_are_not_silently_dropped(tmp_path):
    path = tmp_path / "corpus.conll"
    formats.write([document(id="a"), document(id="b")], path)
    content = path.read_text(encoding="utf-8").replace("تلفن\tB-PROGRAM", "تلفن\tB-NUMBER", 1)
    path.write_text(content, encoding="utf-8")
    read = formats.read(path)
    assert [item.id for item in read] == ["b"]
    assert "they say B-PROGRAM of 'تلفن', its tag is B-NUMBER" in read.skipped[0].reason


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["# id = a", "۲۵ B-PERSON"],
            "other.conll:2: expected a label of NUMBER, PERIOD, PROGRAM, NONFACT, found 'PERSON'",
        ),
        (["# id = a", "تنها"], "other.conll:2: expected a word and an IOB2 tag, found 'تنها'"),
        (["# id = a", "# facts = [{", "۲۵ O"], "other.conll:1: # facts: expected JSON"),
        (["# id = a", "# text = بیست", "۲۵ O"], "other.conll:1: expected the words of # text, found '۲۵'"),
    ],
)
def test_a_broken_conll_document_is_named_and_the_others_load(tmp_path, lines, expected):
    read = formats.read(
        write_lines(tmp_path / "other.conll", "# id = good", "۲ O", "", *lines, "", "# id = better", "")
    )
    assert [item.id for item in read] == ["good", "better"]
    moved = expected.replace(":2:", ":5:").replace(":1:", ":4:")
    assert moved in str(read.skipped[0])


# ---------------------------------------------------------------------------------------------------------- brat


def test_brat_lines_have_brats_syntax(tmp_path):
    formats.write([document()], tmp_path / "corpus.brat")
    (annotated,) = (tmp_path / "corpus.brat").glob("*.ann")
    lines = annotated.read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t")[2] == "۲۵"
    assert {line[0] for line in lines} == set("TAR#")
    assert annotated.with_suffix(".txt").read_bytes().decode() == TEXT
    assert "[entities]" in (tmp_path / "corpus.brat" / "annotation.conf").read_text()


def test_brat_regions_that_cross_lines_have_a_part_each(tmp_path):
    text = "طرح\nبزرگ ۵"
    item = from_record(
        check_record({"id": "d", "facts": [{"id": "1", "number": [9, 10], "value": 5, "program": [0, 8]}]}, "here"),
        text,
        "here",
    )
    formats.write([item], tmp_path / "corpus.brat")
    assert "PROGRAM 0 3;4 8\tطرح بزرگ" in (tmp_path / "corpus.brat" / "d.ann").read_text(encoding="utf-8")
    assert list(formats.read(tmp_path / "corpus.brat")) == [item]


def brat_folder(folder: Path, *lines: str) -> Path:
    folder.mkdir()
    (folder / "good.txt").write_text("۲۵ باب", encoding="utf-8")
    (folder / "good.ann").write_text("T1\tNumber 0 2\t۲۵\nT2\tPROGRAM 3 6\tباب\nR1\tprogram Arg1:T1 Arg2:T2\n", "utf-8")
    (folder / "other.txt").write_text("۲۵ باب", encoding="utf-8")
    (folder / "other.ann").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_brat_of_others_needs_no_notes(tmp_path):
    first, _ = formats.read(brat_folder(tmp_path / "folder", "T1\tPERIOD 3 6\tباب"))
    assert (first.id, first.facts[0].fact.value, first.facts[0].fact.program) == ("good", 25, "باب")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["T1\tPERSON 0 2\t۲۵"], "T1 PERSON [0, 2]: expected a label of NUMBER"),
        (["", "T1 NUMBER 0 2 ۲۵"], "other.ann:2: expected a line of brat"),
        (["T1\tNUMBER 1 3\t۲۵"], "other.ann:1: T1: expected '۲۵' at 1 3, found '۵ ' in the text"),
        (["T1\tNUMBER 0 2\t۲۵", "R1\tprogram Arg1:T1 Arg2:T7"], "other.ann:2: expected a T line for T7, found none"),
        (["T1\tNUMBER 0 2\t۲۵", "T2\tPROGRAM 0 6\t۲۵ باب"], "found PROGRAM [0, 6] and NUMBER [0, 2]"),
        (["T1\tNUMBER 0 2\t۲۵", "#1\tAnnotatorNotes T1\t{value"], "other.ann:2: expected a note in JSON"),
        (["T1\tNUMBER 0 1;3 6\t۲ باب"], "expected one stretch of text"),
        (["E1\tThing:T1"], "other.ann:1: expected a line of brat"),
    ],
)
def test_a_broken_brat_document_is_named_and_the_others_load(tmp_path, lines, expected):
    read = formats.read(brat_folder(tmp_path / "folder", *lines))
    assert [item.id for item in read] == ["good"]
    shown = str(read.skipped[0])
    assert "other.ann" in shown
    assert (
        expected in shown
        or expected.replace("PROGRAM [0, 6] and NUMBER [0, 2]", "NUMBER [0, 2] and PROGRAM [0, 6]") in shown
    )


# ---------------------------------------------------------------------------------------------------------- doccano


def test_doccano_counts_code_points_and_numbers_entities_once_in_the_file(tmp_path):
    path = tmp_path / "corpus.doccano.jsonl"
    formats.write([document(id="a"), document(id="b")], path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    ids = [entity["id"] for line in lines for entity in line["entities"]]
    assert len(set(ids)) == len(ids)
    garden = next(
        entity for entity in lines[0]["entities"] if entity["label"] == "NUMBER" and entity["start_offset"] > 70
    )
    assert lines[0]["text"][garden["start_offset"] : garden["end_offset"]] == "۴"


def test_what_doccano_exports_is_read_though_it_numbers_anew(tmp_path):
    path = tmp_path / "export.doccano.jsonl"
    formats.write([document()], path)
    line = json.loads(path.read_text(encoding="utf-8"), parse_float=lambda digits: round(float(digits), 2))
    for entity in line["entities"]:
        entity["id"] += 700
    for relation in line["relations"]:
        relation |= {"id": relation["id"] + 70, "from_id": relation["from_id"] + 700, "to_id": relation["to_id"] + 700}
    exported = {"id": 12, **line, "Comments": []}
    path.write_text(json.dumps(exported, ensure_ascii=False) + "\n", encoding="utf-8")
    assert list(formats.read(path)) == [document()]


def test_a_doccano_project_without_relations_is_read_as_spans(tmp_path):
    path = write_lines(tmp_path / "spans.jsonl", json.dumps({"id": 1, "text": "۲۵ باب", "label": [[0, 2, "NUMBER"]]}))
    (found,) = formats.read(path)
    assert [(span.offsets, span.label) for span in found.spans] == [((0, 2), "NUMBER")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "expected a JSON object of doccano"),
        ('{"entities": []}', "expected text, entities"),
        ('{"text": 5, "entities": []}', "text: expected a text, found 5"),
        ('{"text": "۲۵", "entities": [{"id": 1, "label": "NUMBER"}]}', "KeyError('start_offset')"),
        ('{"text": "۲۵", "label": [[0, 2, "ORG"]]}', "ORG [0, 2]: expected a label of NUMBER"),
        ('{"text": "۲۵", "label": [[0, 2, "NUMBER"], [1, 2, "PROGRAM"]]}', "expected spans that do not overlap"),
    ],
)
def test_a_broken_doccano_line_is_named_and_the_others_load(tmp_path, line, expected):
    good = '{"text": "۲۵", "entities": [], "relations": []}'
    read = formats.read(write_lines(tmp_path / "some.doccano.jsonl", good, line, good))
    assert [item.id for item in read] == ["some.doccano:1", "some.doccano:3"]
    assert read.skipped[0].where.endswith("some.doccano.jsonl:2")
    assert expected in read.skipped[0].reason


# ---------------------------------------------------------------------------------------------------- Label Studio


def task(result: list[object], text: str = "😀 ۲۵ باب", **more: object) -> dict[str, object]:
    return {"id": 1, "data": {"text": text}, "annotations": [{"result": result}], **more}


def region(start: int, end: int, label: str = "NUMBER", text: str | None = None, name: str = "a") -> dict[str, object]:
    value = {"start": start, "end": end, "labels": [label]} | ({} if text is None else {"text": text})
    return {"id": name, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def read_tasks(tmp_path: Path, *tasks: object) -> formats.Annotations:
    path = tmp_path / "tasks.labelstudio.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return formats.read(path)


def test_labelstudio_offsets_are_code_points(tmp_path):
    path = tmp_path / "tasks.labelstudio.json"
    formats.write([document()], path)
    (written,) = json.loads(path.read_text(encoding="utf-8"))
    for result in written["annotations"][0]["result"]:
        if result["type"] == "labels":
            value = result["value"]
            assert TEXT[value["start"] : value["end"]] == value["text"]


def test_labelstudio_offsets_of_old_versions_are_known_by_their_text(tmp_path):
    now, old = (task([region(*place, text="۲۵")]) for place in ((2, 4), (3, 5)))
    for found in read_tasks(tmp_path, now, old):
        assert found.spans[0].offsets == (2, 4)


def test_controls_that_a_user_typed_are_slots(tmp_path):
    def control(name: str, kind: str, **value: object) -> dict[str, object]:
        return {"id": "a", "type": kind, "from_name": name, "to_name": "text", "value": {"start": 2, "end": 4, **value}}

    controls = [
        control("value", "textarea", text=["1٬500٫5"]),
        control("status", "choices", choices=["planned"]),
        control("unit", "textarea", text=["دستگاه"]),
    ]
    period = [region(5, 8, "PERIOD", name="p"), {**control("interval", "textarea", text=["../1400-12-29"]), "id": "p"}]
    relation = {"type": "relation", "from_id": "a", "to_id": "p", "direction": "right"}
    (found,) = read_tasks(tmp_path, task([region(2, 4), *controls, *period, relation]))
    (gold,) = found.facts
    assert (gold.fact.value, gold.fact.status, gold.fact.unit) == (Decimal("1500.5"), "planned", "دستگاه")
    assert gold.fact.period.interval == (None, "1400-12-29")


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("text", "expected data.text and results"),
        ({"data": {"text": "۲"}, "predictions": [{"result": []}]}, "expected an annotation, found none"),
        (task([region(0, 1, "ORG")]), "region a ORG [0, 1]: expected a label of NUMBER"),
        (task([region(2, 4), region(3, 6, "PROGRAM", name="b")]), "expected spans that do not overlap"),
        (task([region(0, 2, text="باب")]), "where the text has '😀 '"),
        (task([{"type": "relation", "from_id": "a", "to_id": "b"}]), "relation: expected a region a, found none"),
        (
            task(
                [region(2, 4), {**region(2, 4), "type": "textarea", "from_name": "value", "value": {"text": ["many"]}}]
            ),
            "region a: value: expected a number like 1500 or 2.5, found 'many'",
        ),
    ],
)
def test_a_broken_task_is_named_and_the_others_load(tmp_path, broken, expected):
    read = read_tasks(tmp_path, task([]), broken, task([]))
    assert [item.id for item in read] == ["tasks:1", "tasks:3"]
    assert "task 2" in str(read.skipped[0])
    assert expected in str(read.skipped[0])


def test_a_file_that_holds_no_tasks_is_a_clear_error(tmp_path):
    for content in ("", "{", '"tasks"'):
        path = write_lines(tmp_path / "tasks.labelstudio.json", content)
        with pytest.raises(IEError, match="expected a JSON list of Label Studio tasks"):
            formats.read(path)


# ---------------------------------------------------------------------------------------------------------- datasets


def test_a_corpus_is_a_dataset_or_one_a_part(tmp_path):
    pytest.importorskip("datasets", reason="needs datasets (pip install 'ie-fa[datasets]')")
    from ie.annotations import Annotations, Splits

    corpus = Annotations((document(id="a"), document(id="b"), document(id="c")))
    rows = corpus.to_dataset()
    assert rows[0]["id"] == "a"
    tags = rows.features["ner_tags"].feature
    named = [(word, tags.int2str(tag)) for word, tag in zip(rows[0]["tokens"], rows[0]["ner_tags"], strict=True)]
    assert ("۲۵", "B-NUMBER") in named
    parts = corpus.to_dataset(Splits(dev=frozenset("b"), test=frozenset("c")))
    assert {name: part["id"] for name, part in parts.items()} == {"train": ["a"], "dev": ["b"], "test": ["c"]}
    parts.save_to_disk(str(tmp_path / "parts"))
    assert list(formats.read(tmp_path / "parts")) == list(corpus)


def test_rows_that_are_broken_are_named(tmp_path):
    datasets = pytest.importorskip("datasets", reason="needs datasets (pip install 'ie-fa[datasets]')")
    datasets.Dataset.from_list([{"id": "x", "words": []}]).save_to_disk(str(tmp_path / "other"))
    read = formats.read(tmp_path / "other")
    assert "row 1: expected a row that to_dataset made" in str(read.skipped[0])


def test_gold_of_any_shape_keeps_its_extra_spans():
    assert to_record(document())["spans"] == [[*place("تلفن"), "PROGRAM"]]
    assert GoldPeriod((0, 3)).interval is None
    assert GoldFact(document().facts[0].fact).program_alt == ()
