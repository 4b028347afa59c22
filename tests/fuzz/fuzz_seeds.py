"""What the fuzzer begins with: small inputs of every kind that a target reads, whole ones and the hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from hostile import pieces

from ie.records import to_json

TEXT = "در سال ۱۴۰۰ حدود ۲۵ باب کتابخانه روستایی و ۳ باب سالن ورزشی ساخته شد؛ تلفن ۱۲۳. از این تعداد ۵ باب آن نو است."
HOSTILE = (
    "",
    "تعداد \u202e۵\u2069 واحد\ud800\0",
    "۱1٣" * 40 + " واحد",
    "هزار " * 40 + "نفر",
    "[({«" * 10 + "۵ واحد" + "»})]" * 10,
    "۱۲ تا ۱۵ درصد، ۲٫۵ میلیارد تومان و نیم دوجین در شش ماهه نخست سال ۱۴۰۰ نسبت به مدت مشابه سال قبل",
    "از ۱۴۰۱/۰۷/۱۵ تا ۳۰ اسفند ۱۴۰۲ به ترتیب ۵ و ۷ و ۹ مدرسه",
    "- ۵ واحد صنعتی\n- ۷ مدرسه\n\tبیش از ۳۰ نفر\n۱) ۲۰ درصد\r\n",
    "۵\u064b" + "\u0301" * 50 + "\u200c" * 20 + "واحد",
)
YEAR = {"start": "1400-01-01", "end": "1400-12-29"}


def _place(words: str) -> list[int]:
    start = TEXT.index(words)
    return [start, start + len(words)]


RECORD = {
    "id": "a",
    "text": TEXT,
    "date": "1401",
    "title": "گزارش",
    "periods": [{"span": _place("سال ۱۴۰۰"), "interval": YEAR}],
    "nonfacts": [_place("۱۲۳")],
    "spans": [[*_place("تلفن"), "PROGRAM"]],
    "facts": [
        {"id": "1", "number": _place("۲۵"), "program": _place("کتابخانه روستایی"), "period": _place("سال ۱۴۰۰"),
         "value": 25},
        {"id": "2", "number": _place("۵ باب")[:1] + [_place("۵ باب")[0] + 1], "value": Decimal("5.5"), "subset_of": "1",
         "interval": YEAR, "direction": "up", "baseline": YEAR, "program_alt": ["نو"]},
    ],
}  # fmt: skip
FACT = {
    "id": "a@17", "document": "a", "program": "کتابخانه", "value": 25, "value_max": None, "comparator": "approx",
    "period": {**YEAR, "relation": "in", "flags": []}, "status": "actual",
    "change": {"direction": "up", "baseline": YEAR},
    "evidence": {"number": [17, 19], "program": None}, "confidence": 0.9, "flags": ["one"],
}  # fmt: skip
_NUMBER, _PERIOD = _place("۲۵"), _place("سال ۱۴۰۰")
DOCCANO = {
    "text": TEXT,
    "entities": [
        {"id": 1, "label": "NUMBER", "start_offset": _NUMBER[0], "end_offset": _NUMBER[1]},
        {"id": 2, "label": "PERIOD", "start_offset": _PERIOD[0], "end_offset": _PERIOD[1]},
    ],
    "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "period"}],
    "meta": {"id": "a", "slots": [{"label": "NUMBER", "at": _NUMBER, "id": "1", "value": "25"}]},
}
_LABEL = {"type": "labels", "id": "r1", "value": {"start": _NUMBER[0], "end": _NUMBER[1], "labels": ["NUMBER"]}}
_OTHER = {"type": "labels", "id": "r2", "value": {"start": _PERIOD[0], "end": _PERIOD[1], "labels": ["PERIOD"]}}
_CONTROLS = [
    {**_LABEL, "type": "textarea", "from_name": "value", "value": {"text": ["2.5"]}},
    {**_LABEL, "type": "choices", "from_name": "status", "value": {"choices": ["planned"]}},
    {**_OTHER, "type": "textarea", "from_name": "interval", "value": {"text": ["1400-01-01/.."]}},
    {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right", "labels": ["period"]},
]
TASKS = [{"data": {"text": TEXT, "document": {"id": "a"}}, "annotations": [{"result": [_LABEL, _OTHER, *_CONTROLS]}]}]
BRAT = (
    f"T1\tNUMBER {_NUMBER[0]} {_NUMBER[1]}\t۲۵\nT2\tPERIOD {_PERIOD[0]} {_PERIOD[1]}\tسال ۱۴۰۰\n"
    "R1\tperiod Arg1:T1 Arg2:T2\n"
    'A1\tcomparator T1 approx\n#1\tAnnotatorNotes T1\t{"id": "1", "value": 25}\n'
    '#2\tAnnotatorNotes T2\t{"interval": {"start": null, "end": "1400-12-29"}}\n'
)
CONLL = "# id = a\n# text = در سال ۱۴۰۰ ۲۵ باب\nدر\tO\nسال\tB-PERIOD\n۱۴۰۰\tI-PERIOD\n\n۲۵\tB-NUMBER\nباب\tO\n"
BAD_VALUES = (
    "null", "true", "-1", "1e99", "Infinity", "NaN", "1E+999999999", '""', '"\\ud800"', "[]", "{}", "[[]]", "[0, -1]",
    '{"a": []}',
)  # fmt: skip
_HERE = "\0here"
DEEP = b"[" * 5000


def seeds(target: str) -> list[bytes]:
    """Return the inputs that a target begins with."""
    return list(dict.fromkeys(_SEEDS[target]()))


def words(target: str) -> list[str]:
    """Return the words of the format that a target reads, for the fuzzer to put together."""
    if target.startswith(("predict", "expressions", "txt", "html", "docx", "pdf", "csv")):
        return []
    records: tuple[Any, ...] = (RECORD, FACT, DOCCANO, TASKS)
    keys = sorted({key for record in records for key in _keys(record)})
    return [
        *(f'"{key}"' for key in keys),
        "null",
        "1E999999999",
        "Infinity",
        "NaN",
        "true",
        '""',
        "[]",
        "{}",
        "\\ud800",
    ]


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _texts() -> list[bytes]:
    known = pieces()
    chosen = (
        b"".join(place.to_bytes(2) for place in range(first, first + 40)) for first in range(0, len(known) - 40, 97)
    )
    return [b"\0" + text.encode("utf-8", "replace") for text in (TEXT, *HOSTILE)] + [
        b"\1" + places for places in chosen
    ]


def _plain() -> list[bytes]:
    data = [TEXT.encode(name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1256")[:4]]
    return [*data, *(text.encode("utf-8", "surrogatepass") for text in HOSTILE), "سال 1400".encode("cp1256")]


def _pages() -> list[bytes]:
    body = f"<h1>گزارش</h1><p>{TEXT}</p><ul><li>۵ واحد<li>۷</ul><table><tr><td>سال<td>۱۴۰۰</table>"
    stated = '<meta property="article:published_time" content="2022-10-06T22:30:00Z">'
    head = f"<meta charset=utf-8>{stated}<title>گزارش</title>"
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE html [<!ENTITY a0 "سال">{entities}]><html><body><p>{TEXT} &a8;</p></body></html>'
    deep = "<div>" * 300 + TEXT + "</div>" * 300
    odd = f"<p>{TEXT}&zwnj;&#8204;&#x110000;&#xd800;&#0;\0<!-- <p> --><script>{TEXT}</script><![CDATA[x]]>"
    pages = (f"<html><head>{head}</head><body>{body}</body></html>", bomb, deep, odd, "<html>", "<p>" + "\u202e" * 9)
    return [page.encode() for page in pages] + [b"<meta charset=utf-7>+AHs-" + b"\xff" * 9]


def _documents() -> list[bytes]:
    import docx

    word = docx.Document()
    word.add_heading("گزارش")
    word.add_paragraph(TEXT)
    word.add_table(1, 2).rows[0].cells[0].text = "۵ واحد"
    whole = io.BytesIO()
    word.save(whole)
    return [
        whole.getvalue(),
        _repacked(whole.getvalue(), compression=zipfile.ZIP_STORED),
        whole.getvalue()[:-30],
        b"PK\3\4",
    ]


def _repacked(data: bytes, compression: int) -> bytes:
    """Return an archive packed otherwise: what is stored plainly a fuzzer can change."""
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(stored, "w", compression) as out:
        for part in parts.infolist():
            if part.filename.endswith((".xml", ".rels")) and "theme" not in part.filename:
                out.writestr(part.filename, parts.read(part))
    return stored.getvalue()


def _pdfs() -> list[bytes]:
    content = b"BT /F1 12 Tf 72 700 Td (In 1400 there were 25 of them) Tj 0 -20 Td (12) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (number, item) for number, item in enumerate(objects, 1))
    return [body + b"trailer<</Root 1 0 R>>\n%%EOF", body[:200], b"%PDF-1.7\n"]


def _tables() -> list[bytes]:
    rows = (f'id,text,date,title\nn1,"{TEXT}\nخط دوم",1401-07-15,گزارش\n,{TEXT},2022-02-31,\n,"',)
    more = (
        "text;date\nسال;1400\n",
        "text\n" + '"' * 99,
        "\ufefftext\ttitle\nا\tب\n",
        "text,text\na,b,c\n",
        "text\r\na\rb\n",
        "",
    )
    return [table.encode() for table in (*rows, *more)] + [
        b"text," + b"a" * 200_000 + b"\nx,y",
        "text\nسال".encode("utf-16"),
    ]


def _parquets() -> list[bytes]:
    import pyarrow
    from pyarrow import parquet

    columns: list[dict[str, Any]] = [
        {"text": [TEXT, None, ""], "date": ["1401", None, "x"], "id": ["a", None, ""]},
        {"text": [1, 2], "date": [1.5, None]},
        {"text": [b"\xff", b""], "title": [1, 2]},
        {
            "text": pyarrow.array([TEXT]).dictionary_encode(),
            "date": pyarrow.array([2**52], pyarrow.timestamp("s", "UTC")),
        },
        {"text": [TEXT], "date": pyarrow.array([-(2**31)], pyarrow.date32()), "id": [[{"a": 1}]]},
    ]
    files = []
    for table in columns:
        file = io.BytesIO()
        parquet.write_table(pyarrow.table(table), file, compression="none")
        files.append(file.getvalue())
    return [*files, b"PAR1PAR1"]


def _broken(value: Any, of_lines: bool = True) -> list[bytes]:  # noqa: ANN401  any value of JSON
    """Return JSON with each of its values in turn replaced by what should not stand there."""
    found = [to_json(value)]
    for number, changed in enumerate(_changed(value)):
        found.append(to_json(changed(_HERE)).replace(to_json(_HERE), BAD_VALUES[number % len(BAD_VALUES)]))
    files = [DEEP, b'{"a":' + DEEP, b"1" * 5000, b"\xff", b'"\\ud800"', b"\n\n" if of_lines else b""]
    return [*(line.encode() for line in found), *files]


def _changed(value: Any) -> Iterator[Any]:  # noqa: ANN401  any value of JSON
    """Yield for each value in a value of JSON a function that puts another in its place."""
    yield lambda new: new
    places = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for place in places:
        for change in _changed(value[place]):
            yield lambda new, place=place, change=change: _with(value, place, change(new))


def _with(value: Any, place: Any, item: Any) -> Any:  # noqa: ANN401  any value of JSON
    changed = value.copy()
    changed[place] = item
    return changed


def _brats() -> list[bytes]:
    about = to_json({"a": {"id": "گزارش", "date": "1400"}})
    notes = [f'#1\tAnnotatorNotes T1\t{{"id": {bad}, "value": {bad}, "span": {bad}}}\n' for bad in BAD_VALUES]
    files = [
        BRAT,
        *(BRAT + note for note in notes),
        f"T1\tNUMBER 0 {'9' * 5000}\tx\n",
        "T1\tNUMBER 5 1\nR1\tx A:T1 B:T9\n",
    ]
    files += [BRAT + '#3\tAnnotatorNotes T2\t{"interval": 5}\n', BRAT + '#3\tAnnotatorNotes T1\t{"a":' + "[" * 5000]
    return ["\0".join((TEXT, file, about)).encode() for file in files] + [b"\0\0" + DEEP, b"a\0T1\tNUMBER 0 1\ta\0{}"]


def _conlls() -> list[bytes]:
    broken = [f"# id = a\n# {key} = {bad}\nx\tO\n" for key in ("facts", "text", "lines") for bad in BAD_VALUES]
    return [
        CONLL.encode(),
        b"-DOCSTART- O\n\nx O\ny B-NUMBER\n",
        b"x\tI-NOSUCH\n",
        *map(str.encode, broken),
        b"# facts = " + DEEP,
    ]


def _dataset_rows() -> list[bytes]:
    from ie.conll import tag_words  # what the rows hold beside the record
    from ie.records import check_record, from_record

    document = from_record(check_record(RECORD, "here"), TEXT, "here")
    tokens, _ = tag_words(TEXT, document.spans)
    return _broken(
        [{**RECORD, "tokens": [TEXT[start:end] for start, end in tokens], "facts": RECORD["facts"][:1]}], False
    )


@cache
def _jsonl() -> list[bytes]:
    return _broken({"id": "n1", "text": TEXT, "date": "2022-10-06T22:30:00Z", "title": "گزارش"})


_SEEDS = {
    "predict_rules": _texts,
    "predict_model": _texts,
    "expressions": _texts,
    "txt": _plain,
    "html": _pages,
    "docx": _documents,
    "pdf": _pdfs,
    "csv": _tables,
    "jsonl": _jsonl,
    "parquet": _parquets,
    "annotations": lambda: _broken(RECORD),
    "conll": _conlls,
    "brat": _brats,
    "doccano": lambda: _broken(DOCCANO),
    "labelstudio": lambda: _broken(TASKS, False),
    "datasets": _dataset_rows,
    "correction": lambda: _broken(RECORD, False),
    "predictions": lambda: _broken(FACT),
    "splits": lambda: _broken({"dev": ["a"], "test": ["b"], "test_news_ids": []}, False),
}
