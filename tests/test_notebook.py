"""What a notebook shows of a report and of its facts: everything, and nothing that runs."""

import copy
import pickle
from decimal import Decimal
from html.parser import HTMLParser

from some_facts import FULL, HOSTILE, ODD, THIRD

from ie.extractor import Extractor, Report
from ie.notebook import Facts, facts_html
from ie.schema import Document, Evidence, MetricFact, Span


class Tags(HTMLParser):
    """The tags of a page, and whether each is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_facts_show_as_a_table_from_right_to_left() -> None:
    shown = Facts([FULL, THIRD])._repr_html_()
    assert 'table dir="rtl"' in shown
    for words in ("واحد صنعتی", "&gt; 2,500,000,000,000", "0.333333 – 0.5", "1400-01-01 – 1400-12-29", "0.94"):
        assert words in shown
    assert Tags(shown).open == []


def test_facts_of_a_report_are_a_tuple_that_shows_itself() -> None:
    report = Extractor.rules().predict("در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی راه‌اندازی شد.")
    assert isinstance(report.facts, tuple) and report.facts == tuple(report.facts)
    assert repr(report.facts) == repr(tuple(report.facts))
    assert "<table" in report.facts._repr_html_()  # type: ignore[attr-defined]
    shown = report._repr_html_()
    assert "شد." in shown and "<mark" in shown and "&gt; 20" in shown
    assert Tags(shown).open == []
    assert pickle.loads(pickle.dumps(report)) == report == copy.deepcopy(report)


def test_a_report_with_markup_is_shown_and_not_run() -> None:
    text = "<script>alert(1)</script> ۲۰ <img src=x onerror=alert(1)>"
    document = Document("<b>id</b>", text, title='"><script>x</script>')
    fact = MetricFact("'\"><script>", "r", "<script>y</script>", Decimal(20), Evidence((26, 28)), unit="<i>")
    shown = Report(document, (fact, ODD, *HOSTILE), (Span(26, 28, 'X"><script>'),))._repr_html_()
    assert Tags(shown).seen <= {"div", "strong", "mark", "table", "thead", "tbody", "tr", "th", "td", "bdi"}


def test_very_many_facts_are_cut() -> None:
    shown = facts_html([FULL] * 1000)
    assert shown.count("<tr") == 201 and "… 800 more" in shown


def test_no_facts_are_an_empty_table() -> None:
    assert "<tbody></tbody>" in Facts()._repr_html_()
