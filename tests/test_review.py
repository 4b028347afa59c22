"""The review page as a file: whole in itself, closed to scripts but its own, readable without any."""

import io
import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_reports import HOSTILE, TEXT, hostile_report, sample_report
from typer.testing import CliRunner

from ie.cli import app
from ie.outputs import CSV_COLUMNS
from ie.review import page_record, render_page, review_page, script_json, served_page, write_pages
from ie.schema import Document, Span


class Elements(HTMLParser):
    """The elements of a page, and the content of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.contents: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.cdata_elem:
            self.contents.append((self.cdata_elem, data))

    def content(self, tag):
        return "".join(data for name, data in self.contents if name == tag)

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def reports_in(page: str) -> list[dict[str, object]]:
    found = re.findall(r'<script type="application/json" class="report">(.*?)</script>', page, flags=re.DOTALL)
    return [json.loads(data) for data in found]


def test_a_page_holds_the_report_with_exact_values() -> None:
    page = render_page(*sample_report())
    (report,) = reports_in(page)
    assert report["text"] == TEXT
    assert report["date"] == "1401-07-15"
    assert [(fact["value"], fact["value_max"]) for fact in report["facts"]] == [
        ("3000", None), ("500", None), ("140", None), ("12", "15"),
    ]  # fmt: skip
    assert '<html lang="fa" dir="rtl">' in page


def test_a_page_needs_nothing_from_elsewhere() -> None:
    for page in (render_page(*sample_report()), served_page().html):
        elements = Elements(page)
        assert not [
            attributes for _, attributes in elements.tags if {"src", "srcset", "style", "onclick"} & set(attributes)
        ]
        assert all((attributes.get("href") or "#").startswith("#") for _, attributes in elements.tags)
        assert not re.search(r"@import|url\(", elements.content("style"))


@pytest.mark.parametrize("page", [review_page(), served_page()])
def test_the_policy_lets_the_pages_own_script_and_style_run_and_no_other(page) -> None:
    for tag, content in re.findall(r"<(script|style)>(.*?)</\1>", page.html, flags=re.DOTALL):
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page.policy
    assert "default-src 'none'" in page.policy
    assert "unsafe" not in page.policy


def test_the_policy_of_a_file_stands_in_it_before_anything_runs() -> None:
    head = review_page().head
    assert head.index("Content-Security-Policy") < head.index("<style>")
    assert "Content-Security-Policy" not in served_page().html


def test_without_scripts_the_text_and_the_table_are_shown() -> None:
    page = render_page(*sample_report())
    plain = re.search(r"<noscript>(.*?)</noscript>", page, flags=re.DOTALL)
    assert plain
    assert '<mark class="NUMBER">۳ هزار</mark>' in plain[1]
    assert "<td>بیش از 3,000</td>" in plain[1]
    assert "<td>12 تا 15</td>" in plain[1]


def test_markup_of_a_report_is_data() -> None:
    page = render_page(*hostile_report())
    assert "<script>window" not in page
    assert "<img" not in page
    assert "<svg onload" not in page
    (report,) = reports_in(page)
    assert report["text"] == HOSTILE
    assert len(Elements(page).named("script")) == 2


def test_several_reports_make_one_page() -> None:
    file = io.StringIO()
    assert write_pages(iter([sample_report(), hostile_report()]), file) == 2
    assert [report["id"] for report in reports_in(file.getvalue())] == ["mehr", hostile_report()[0].id]


def test_the_command_writes_a_page_of_all_its_files(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی راه‌اندازی شد.", encoding="utf-8")
    result = CliRunner().invoke(app, ["predict", str(tmp_path), "-o", str(tmp_path / "report.html")])
    assert (result.exit_code, result.output) == (0, "")
    reports = reports_in((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert [(report["id"], len(report["facts"])) for report in reports] == [("a", 1), ("b", 1)]


def test_no_report_makes_an_empty_page() -> None:
    file = io.StringIO()
    assert write_pages([], file) == 0
    assert reports_in(file.getvalue()) == []


def test_what_is_copied_has_the_columns_of_a_csv_file() -> None:
    script = Elements(review_page().html).content("script")
    columns = re.search(r"const CSV_COLUMNS = \{(.*?)\n\};", script, flags=re.DOTALL)
    assert columns
    assert tuple(re.findall(r"(\w+): \(f\)", columns[1])) == tuple(CSV_COLUMNS)


@given(st.text(st.characters(codec=None), max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_makes_a_page_that_holds_it(text: str) -> None:
    document = Document("any", text)
    page = render_page(document, [Span(0, min(1, len(text)), "NUMBER")], [])
    page.encode("utf-8")
    (report,) = reports_in(page)
    assert len(report["text"]) == len(text)
    assert report["text"] == re.sub("[\ud800-\udfff]", "\ufffd", text)


@given(st.text(max_size=40))
def test_nothing_ends_the_element_that_holds_the_data(text: str) -> None:
    found = script_json({"text": text})
    assert not set("<>&\u2028\u2029") & set(found)
    assert json.loads(found) == {"text": text}


def test_a_record_tells_values_digit_for_digit() -> None:
    document, spans, facts, date = sample_report()
    big = facts[0].to_dict() | {"value": 10**30 + 1}
    record = page_record(document, spans, [type(facts[0]).from_dict(big)], date)
    assert record["facts"][0]["value"] == "1000000000000000000000000000001"
