"""Every page that is made of reports shows what they say, in every field, and runs none of it."""

import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from some_facts import FULL, THIRD

from ie.comparison import compare_sides
from ie.review import render_page
from ie.schema import Document, Span

BAIT = (
    "\"'></script></style></title><script>window.ran=1</script><img src=x onerror=window.ran=1>"
    "<svg onload=window.ran=1>{{7*7}}"
)


def baited[Record](record: Record) -> Record:
    """Return a record with the bait in every text, its parts' too, and in every flag."""
    days = ("start", "end", "start_gregorian", "end_gregorian")
    closed = ("comparator", "kind", "status", "relation", "direction", *days)
    changes: dict[str, object] = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if hasattr(value, "__dataclass_fields__") and field.name != "evidence":
            changes[field.name] = baited(value)
        elif field.name in ("flags", "reasons"):
            changes[field.name] = (BAIT,)
        elif field.name not in closed and (isinstance(value, str) or (value is None and "str" in str(field.type))):
            changes[field.name] = BAIT
    return replace(record, **changes)  # type: ignore[type-var]


TEXT = f"{BAIT} در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی {BAIT}"
DOCUMENT = Document(BAIT, TEXT, "1401", BAIT, BAIT)
FACTS = tuple(baited(fact) for fact in (FULL, THIRD))
SPANS = [Span(3, 9, "NUMBER"), Span(20, 30, "PROGRAM"), Span(0, 2, "PERIOD")]


class Page(HTMLParser):
    """The elements of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))


def test_the_bait_is_in_every_text_of_a_fact() -> None:
    for fact in FACTS:
        assert json.dumps(fact.to_dict(), default=str).count("window.ran=1") >= 3 * 7
    assert FACTS[0].period is not None and FACTS[0].period.derivation == BAIT
    assert FACTS[1].change is not None and FACTS[1].change.baseline is not None
    assert FACTS[1].change.baseline.text == BAIT


def review() -> str:
    return render_page(DOCUMENT, SPANS, FACTS, BAIT)


def notebook() -> str:
    from ie.notebook import report_html

    return report_html(DOCUMENT, SPANS, FACTS)


def compared() -> str:
    from ie.comparison import Side
    from ie.comparison_forms import render_comparison

    sides = [Side(BAIT, facts, {BAIT: TEXT}) for facts in (FACTS, FACTS[:1])]
    return render_comparison(compare_sides(*sides))


def chart(form: str) -> str:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'ie-fa[charts]'")
    from ie.charts import draw_chart
    from ie.series import Panel

    return draw_chart(BAIT, [Panel(BAIT, False, BAIT, FACTS[:1])], form).decode()  # type: ignore[arg-type]


PAGES: dict[str, Callable[[], str]] = {
    "review": review,
    "notebook": notebook,
    "comparison": compared,
    "chart page": lambda: chart("html"),
    "chart": lambda: chart("svg"),
}


@pytest.mark.parametrize("name", PAGES)
def test_markup_in_any_field_stays_text(name: str) -> None:
    page = PAGES[name]()
    elements = Page(page).elements
    assert elements
    for tag, attributes in elements:
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form")
        assert not {attribute for attribute in attributes if attribute.startswith("on")}
        assert "window.ran" not in "".join(value or "" for key, value in attributes.items() if key in ("href", "src"))
    assert sum(tag == "script" for tag, _ in elements) == (2 if name == "review" else 0)
    assert "<svg onload" not in page and "<script>window" not in page


@pytest.mark.parametrize("name", ["review", "comparison", "chart page"])
def test_a_page_lets_no_other_script_run(name: str) -> None:
    metas = [attributes for tag, attributes in Page(PAGES[name]()).elements if tag == "meta"]
    (policy,) = [one["content"] for one in metas if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy and policy.startswith("default-src 'none'")
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts is None or "unsafe" not in scripts[1]


def test_a_file_whose_name_is_markup_is_named_as_text(tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed: pip install 'ie-fa[web]'")
    from starlette.testclient import TestClient

    from ie import Extractor
    from ie.corrections import Corrections
    from ie.web import create_app

    name = "'><script>window.ran=1<\u2028.jsonl"
    app = create_app(Extractor.rules(), Corrections.at(tmp_path / name))
    page = TestClient(app, base_url="http://127.0.0.1").get("/").text
    assert "<script>window" not in page
    settings = re.search(r'id="settings">(.*?)</script>', page)
    assert settings and json.loads(settings[1]) == {"keeps": name}


def test_no_script_of_the_pages_makes_markup_of_text() -> None:
    """Text reaches the page as text nodes alone: what could parse it as markup or run it is not used."""
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|ContextualFragment|srcdoc"
        r"|eval\(|Function\("
    )
    for path in (files("ie") / "pages").iterdir():
        if path.name.endswith(".js"):
            assert not re.findall(sinks, path.read_text(encoding="utf-8")), path.name
        if path.name.endswith(".html"):
            assert not re.findall(r"\son\w+=|javascript:", path.read_text(encoding="utf-8")), path.name
