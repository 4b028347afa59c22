"""Figures become a page that needs nothing else, and shows what comes from files without running it."""

import re
from html.parser import HTMLParser

import pytest
from test_evaluation import annotated, corpus, fact, half_right, report

from ie.evaluation import evaluate
from ie.scorecard import compare_report

VOID = {"meta", "br"}
HOSTILE = '<script>alert("x")</script>&'


class Tags(HTMLParser):
    """Keep the tags of a page, and check that each is closed in its place."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags_of(page: str) -> list[tuple[str, dict[str, str]]]:
    parser = Tags()
    parser.feed(page)
    assert not parser.open
    return parser.seen


@pytest.fixture
def page() -> str:
    gold = corpus()
    predicted = half_right(gold)
    facts = {item.id: [one for one in predicted if one.document == item.id] for item in gold}
    return evaluate(gold, [report(item, facts[item.id], list(item.spans)) for item in gold]).to_html("gold, dev")


def test_the_page_holds_every_table_and_chart(page):
    names = re.findall(r"<h2>([^<]*)</h2>", page)
    expected = [
        "facts",
        "beside the ladder",
        "slots",
        "spans",
        "by domain",
        "errors",
        "confidence",
        "risk and coverage",
    ]
    assert names == expected
    assert [tag for tag, _ in tags_of(page)].count("svg") == 3
    assert '<h1 dir="auto">gold, dev</h1>' in page


def test_the_page_needs_no_network_and_runs_no_script(page):
    for tag, attributes in tags_of(page):
        assert tag not in ("script", "link", "img", "iframe")
        assert not {"src", "href", "onload", "onclick"} & attributes.keys()
    assert "url(" not in page and "@import" not in page
    policies = [one["content"] for tag, one in tags_of(page) if tag == "meta" and "http-equiv" in one]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_the_page_is_made_for_light_and_dark(page):
    assert "color-scheme: light dark" in page and "prefers-color-scheme: dark" in page


def test_what_comes_from_files_is_shown_and_not_run():
    gold = annotated(fact(document=HOSTILE, name=HOSTILE), document=HOSTILE, tags=(HOSTILE,), domain=HOSTILE)
    other = fact(document=HOSTILE + "2", program=HOSTILE)
    scores = evaluate([gold], [fact(document=HOSTILE, program=HOSTILE), other])
    found = scores.to_html(HOSTILE, compare_report(gold, [fact(program=HOSTILE)]).to_dict())
    tags = [tag for tag, _ in tags_of(found)]
    assert "script" not in tags
    assert found.count("&lt;script&gt;") >= 6
    assert "predicted but not in the gold" in found


def test_a_report_is_shown_slot_by_slot():
    gold = annotated(fact(5, 0), fact(7, 10))
    comparison = compare_report(gold, [fact(5, 0), fact(7, 10, unit="مورد"), fact(9, 50)])
    found = evaluate([gold], []).to_html("one", comparison.to_dict())
    assert "1 of 2 mentions right, 1 extra" in found
    assert found.count("✗") == 1 and found.count("✓") == 11
    tags_of(found)


@pytest.mark.parametrize("facts", [[], [fact()]])
def test_a_page_of_little_or_nothing_is_whole(facts):
    tags_of(evaluate([annotated(*facts)], []).to_html("empty", compare_report(annotated(*facts), []).to_dict()))
