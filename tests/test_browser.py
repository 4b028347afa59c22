"""The pages in a real Chromium: what people see, touch and keep; what a hostile report cannot do."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_reports import HOSTILE, TEXT, Report, hostile_report, sample_report
from serving import Serving, serving

from ie import read_annotations
from ie.review import render_page, write_pages

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
CHROMIUM = os.environ.get("IE_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Debian: apt-get install chromium")
DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    with sync_api.sync_playwright() as playwright:
        # a container has no user namespaces for the browser's own sandbox; the pages here are ours
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page in a browser that notes what goes wrong on it and what it asks for."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fa-IR", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture
def open_file(browser, tmp_path) -> Iterator:
    opened: list[Watched] = []

    def open_reports(*reports: Report, **options) -> Watched:
        path = tmp_path / "report.html"
        with path.open("w", encoding="utf-8") as file:
            write_pages(reports, file) if len(reports) != 1 else file.write(render_page(*reports[0]))
        watched = Watched(browser, **options)
        opened.append(watched)
        watched.page.goto(path.as_uri())
        return watched

    yield open_reports
    for watched in opened:
        watched.context.close()


def rows(page):
    return page.locator("tr.fact:visible")


def number(page, words: str):
    return page.locator("#text mark[role=button]", has_text=words)


# ----------------------------------------------------------------------------------------------------- looking at it


def test_the_text_is_shown_whole_and_from_right_to_left(open_file) -> None:
    watched = open_file(sample_report())
    page = watched.page
    assert page.locator("#text").text_content() == TEXT
    assert page.evaluate("getComputedStyle(document.querySelector('#text')).direction") == "rtl"
    first, later = number(page, "۳ هزار").bounding_box(), page.locator("#text mark.PERIOD").first.bounding_box()
    assert first and later
    assert first["x"] < later["x"], "what is said first stands to the right"
    assert page.locator("#text").evaluate("node => node.getBoundingClientRect().right") > 640
    assert watched.errors == []
    assert all(url.startswith("file:") for url in watched.requests)


def test_the_table_tells_every_slot_in_persian(open_file) -> None:
    page = open_file(sample_report()).page
    assert rows(page).nth(0).locator("td, th").all_inner_texts()[:6] == [
        "حمایت نمایشگاهی", "بیش از ۳٬۰۰۰", "مورد", "سال ۱۴۰۰", "انجام‌شده", "۹۳٪",
    ]  # fmt: skip
    assert rows(page).nth(3).locator("td, th").all_inner_texts()[1:5] == [
        "۱۲ تا ۱۵",
        "طرح",
        "تا ۲۹ اسفند ۱۴۰۱",
        "پیش‌بینی",
    ]


def test_pointing_and_clicking_link_table_and_text(open_file) -> None:
    page = open_file(sample_report()).page
    rows(page).nth(1).hover()
    expect(number(page, "۵۰۰")).to_have_class(re.compile("hint"))
    rows(page).nth(1).locator("td").nth(1).click()
    expect(number(page, "۵۰۰")).to_have_class(re.compile(r"\bon\b"))
    expect(number(page, "۵۰۰")).to_have_attribute("aria-pressed", "true")
    number(page, "۱۴۰").hover()
    expect(rows(page).nth(2)).to_have_class(re.compile("hint"))
    number(page, "۱۴۰").click()
    expect(rows(page).nth(2)).to_have_attribute("aria-current", "true")
    expect(rows(page).nth(1)).not_to_have_attribute("aria-current", "true")


def test_a_programme_of_several_facts_takes_turns(open_file) -> None:
    page = open_file(sample_report()).page
    for place in (0, 1, 2, 0):
        page.locator("#text mark.PROGRAM", has_text="حمایت نمایشگاهی").click()
        expect(rows(page).nth(place)).to_have_attribute("aria-current", "true")


def test_the_keyboard_reaches_everything(open_file) -> None:
    page = open_file(sample_report()).page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    number(page, "۳ هزار").focus()
    page.keyboard.press("ArrowLeft")
    expect(number(page, "۵۰۰")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page).nth(1)).to_have_attribute("aria-current", "true")
    rows(page).nth(1).locator(".pick").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(rows(page).nth(2)).to_have_attribute("aria-current", "true")
    rows(page).nth(0).locator(".more").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr.details")).to_contain_text("same sentence")
    expect(rows(page).nth(0).locator(".more")).to_be_focused()


def test_derivation_and_confidence_are_told_on_demand(open_file) -> None:
    page = open_file(sample_report()).page
    expect(page.locator("tr.details")).to_have_count(0)
    rows(page).nth(0).locator(".more").click()
    expect(page.locator("tr.details")).to_contain_text("سال 1400 → 1400")
    expect(page.locator("tr.details")).to_contain_text("exhibition_support")
    rows(page).nth(0).locator(".more").click()
    expect(page.locator("tr.details")).to_have_count(0)


def test_an_arrow_goes_from_a_part_to_its_whole(open_file) -> None:
    page = open_file(sample_report()).page
    document, _, facts, _ = sample_report()
    arrow = page.locator(".arrows path.part")
    expect(arrow).to_have_count(1)
    expect(arrow).to_have_attribute("data-from", facts[1].id)
    expect(arrow).to_have_attribute("data-to", facts[0].id)


def test_filters_leave_what_fits(open_file) -> None:
    page = open_file(sample_report()).page
    page.locator("#filter-program").select_option("طرح توسعه")
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#count")).to_have_text("۱ از ۴ سنجه")
    page.locator("#filter-program").select_option("")
    page.locator("#filter-period").select_option("سال ۱۴۰۰")
    expect(rows(page)).to_have_count(2)
    page.locator("#filter-period").select_option("")
    page.locator("#filter-sure").fill("90")
    expect(rows(page)).to_have_count(1)
    expect(number(page, "۵۰۰")).to_have_class(re.compile("dim"))


def test_the_charts_draw_what_is_open_as_open(open_file) -> None:
    page = open_file(sample_report()).page
    assert page.locator("[aria-label='خط زمان'] .bar").count() == 4
    points = {
        bar.get_attribute("data-fact"): len((bar.get_attribute("points") or "").split())
        for bar in page.locator("[aria-label='خط زمان'] .bar").all()
    }
    facts = sample_report()[2]
    assert (points[facts[0].id], points[facts[3].id]) == (4, 5), "a period without a start has a tip"
    xs = [box["x"] for bar in (0, 2) if (box := page.locator("[aria-label='خط زمان'] .bar").nth(bar).bounding_box())]
    assert xs[0] > xs[1], "time runs from right to left"
    assert page.locator("#bars .bar").count() == 3
    page.locator("#programme").select_option("طرح توسعه · طرح")
    assert page.locator("#bars .whisker").count() == 1
    page.locator("#bars .bar").click()
    expect(rows(page).nth(3)).to_have_attribute("aria-current", "true")


def test_what_is_shown_is_copied_as_csv(open_file) -> None:
    page = open_file(sample_report(), permissions=["clipboard-read", "clipboard-write"]).page
    page.locator("#filter-program").select_option("طرح توسعه")
    page.locator("#copy").click()
    expect(page.locator("#count")).to_have_text("رونوشت برداشته شد.")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("id,document,program,")
    assert ",طرح توسعه,,12,15,range,طرح," in lines[1]


def test_several_reports_are_chosen_from_a_list(open_file) -> None:
    watched = open_file(sample_report(), hostile_report())
    page = watched.page
    expect(page.locator("#documents option")).to_have_count(2)
    page.locator("#documents").select_option("1")
    expect(rows(page)).to_have_count(1)
    assert page.locator("#text").text_content() == HOSTILE
    page.locator("#documents").select_option("0")
    expect(rows(page)).to_have_count(4)
    assert watched.errors == []


def test_a_hostile_report_is_shown_and_does_not_run(open_file) -> None:
    watched = open_file(hostile_report())
    page = watched.page
    rows(page).nth(0).locator(".more").click()
    rows(page).nth(0).locator(".pick").click()
    assert page.locator("#text").text_content() == HOSTILE
    expect(rows(page).nth(0)).to_contain_text("<i>مدرسه</i>")
    expect(number(page, "۳۵")).to_have_text("۳۵")  # the face before it is two units of a script
    assert page.evaluate("window.ran") is None
    assert page.locator("#page img, #page b, #page i:not(.meter i), #page script").count() == 0
    control = page.locator(".control")
    assert control.evaluate("node => getComputedStyle(node).unicodeBidi") == "isolate"
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert watched.errors == []
    assert all(url.startswith("file:") for url in watched.requests)


def test_a_script_that_got_in_would_not_run(open_file) -> None:
    page = open_file(sample_report()).page
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            try { script.textContent = 'window.ran = 7'; } catch {}
            document.body.append(script);
            try { document.body.setAttribute('onclick', 'window.ran = 8'); } catch {}
            document.body.click();
        }"""
    )
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_accessible_in_light_and_dark(open_file, scheme: str) -> None:
    page = open_file(sample_report(), color_scheme=scheme, bypass_csp=True).page
    rows(page).nth(0).locator(".pick").click()
    rows(page).nth(0).locator(".more").click()
    assert violations(page) == []


def violations(page) -> list[str]:
    """Return what axe finds wrong, and where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def test_a_long_report_is_shown_in_time(open_file) -> None:
    document, spans, facts, date = sample_report()
    page = open_file((type(document)("long", TEXT + "متن دراز. " * 20_000), spans, facts, date)).page
    expect(rows(page)).to_have_count(4)


def test_a_narrow_screen_needs_no_sideways_scrolling(open_file) -> None:
    page = open_file(sample_report()).page
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# ------------------------------------------------------------------------------------------------------ correcting it


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("kept") / "corrections.jsonl") as running:
        yield running


@pytest.fixture
def editor(browser, server) -> Iterator[Watched]:
    watched = Watched(browser, accept_downloads=True)
    watched.page.goto(server.url)
    yield watched
    watched.context.close()


SENTENCE = "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد. شماره پرونده ۴۴ است."


def read_report(page, name: str, text: str = SENTENCE, date: str = "۱۴۰۱/۷/۱۵") -> None:
    page.locator("#source").fill(text)
    page.locator("#source-id").fill(name)
    page.locator("#source-date").fill(date)
    page.locator("#paste button").click()
    expect(page.locator("#message")).to_contain_text("خوانده شد")


def select_words(page, words: str) -> None:
    """Select words of the text, as dragging over them does."""
    page.evaluate(
        """(words) => {
            const box = document.getElementById('text'), range = document.createRange();
            const at = box.textContent.indexOf(words);
            const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
            let seen = 0;
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                if (at >= seen && at <= seen + node.length) range.setStart(node, at - seen);
                if (at + words.length >= seen && at + words.length <= seen + node.length) {
                    range.setEnd(node, at + words.length - seen);
                    break;
                }
                seen += node.length;
            }
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        words,
    )


def kept(server: Serving, name: str):
    annotations = read_annotations(server.annotations)
    assert annotations.skipped == ()
    return annotations[name]


def slot(page, name: str):
    return page.locator(f"form.slots [name='{name}']")


def test_a_report_is_pasted_read_and_kept(editor, server) -> None:
    page = editor.page
    read_report(page, "kept-as-read")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).nth(0)).to_contain_text("بیش از ۲۰")
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("افزوده شد به corrections.jsonl")
    document = kept(server, "kept-as-read")
    (gold,) = document.facts
    assert (document.text, document.document.date) == (SENTENCE, "1401-07-15")
    assert (str(gold.fact.value), gold.fact.comparator, gold.fact.unit, gold.fact.program) == (
        "20",
        "gt",
        "واحد",
        "واحد صنعتی",
    )
    assert gold.fact.period and gold.fact.period.interval == ("1400-01-01", "1400-12-29")
    assert [document.text[slice(*span)] for span in document.nonfacts] == ["۴۴"]
    assert editor.errors == []


def test_every_slot_can_be_changed(editor, server) -> None:
    page = editor.page
    read_report(page, "every-slot")
    rows(page).nth(0).locator(".more").click()
    slot(page, "value").fill("۲۱٫۵")
    slot(page, "value_max").fill("۳۰")
    slot(page, "unit").fill("کارگاه")
    slot(page, "kind").select_option("change")
    slot(page, "status").select_option("planned")
    slot(page, "direction").select_option("up")
    slot(page, "rate").fill("سالانه")
    slot(page, "program").fill("شهرستان")
    slot(page, "program_type").fill("industry")
    slot(page, "start").fill("۱۴۰۰/۲/۱")
    slot(page, "end").fill("1400-03-31")
    slot(page, "baseline-start").fill("1399-01-01")
    slot(page, "baseline-end").fill("1399-12-30")
    slot(page, "baseline-end").press("Tab")
    expect(rows(page).nth(0)).to_contain_text("افزایش ۲۱٫۵ تا ۳۰")
    expect(rows(page).nth(0)).to_contain_text("اردیبهشت تا خرداد ۱۴۰۰")
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("افزوده شد به corrections.jsonl")
    fact = kept(server, "every-slot").facts[0].fact
    assert (str(fact.value), str(fact.value_max), fact.comparator) == ("21.5", "30", "range")
    assert (fact.unit, fact.kind, fact.status, fact.rate) == ("کارگاه", "change", "planned", "سالانه")
    assert (fact.program, fact.program_type) == ("شهرستان", "industry")
    assert fact.period and fact.period.interval == ("1400-02-01", "1400-03-31")
    assert fact.change and fact.change.direction == "up"
    assert fact.change.baseline and fact.change.baseline.interval == ("1399-01-01", "1399-12-30")
    assert editor.errors == []


def test_a_fact_is_added_by_selecting_its_words_and_another_deleted(editor, server) -> None:
    page = editor.page
    read_report(page, "added")
    select_words(page, "۴۴")
    page.get_by_role("button", name="سنجهٔ تازه با این عدد").click()
    expect(rows(page)).to_have_count(2)
    select_words(page, "شماره پرونده")
    page.get_by_role("button", name="برنامهٔ سنجهٔ برگزیده").click()
    select_words(page, "سال ۱۴۰۰")
    page.get_by_role("button", name="دورهٔ سنجهٔ برگزیده").click()
    expect(rows(page).nth(1)).to_contain_text("شماره پرونده")
    expect(rows(page).nth(1)).to_contain_text("سال ۱۴۰۰")
    rows(page).nth(0).locator(".more").click()
    page.locator("form.slots").nth(0).get_by_role("button", name="حذف سنجه").click()
    expect(rows(page)).to_have_count(1)
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("افزوده شد به corrections.jsonl")
    document = kept(server, "added")
    (gold,) = document.facts
    assert (gold.fact.id, str(gold.fact.value), gold.fact.program) == (
        f"added@{SENTENCE.index('۴۴')}",
        "44",
        "شماره پرونده",
    )
    assert gold.fact.period and gold.fact.period.interval == ("1400-01-01", "1400-12-29")
    assert [document.text[slice(*span)] for span in document.nonfacts] == ["۲۰"]
    assert {(document.text[slice(*span.offsets)], span.label) for span in document.spans} == {
        ("سال ۱۴۰۰", "PERIOD"), ("شماره پرونده", "PROGRAM"), ("۴۴", "NUMBER"),
    }  # fmt: skip
    assert editor.errors == []


def test_the_keyboard_alone_corrects_and_keeps(editor, server) -> None:
    page = editor.page
    read_report(page, "by-keyboard")
    page.locator("#add").focus()
    page.keyboard.press("Enter")
    page.keyboard.insert_text("۴۴")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(2)
    slot(page, "program").focus()
    page.keyboard.insert_text("شماره پرونده")
    page.keyboard.press("Tab")
    expect(slot(page, "program_type")).to_be_focused()
    page.locator("#keep").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("افزوده شد به corrections.jsonl")
    assert [str(gold.fact.value) for gold in kept(server, "by-keyboard").facts] == ["20", "44"]


def test_what_was_undone_is_as_before(editor) -> None:
    page = editor.page
    read_report(page, "undone")
    before = page.locator("#page").inner_text()
    rows(page).nth(0).locator(".more").click()
    page.get_by_role("button", name="حذف سنجه").click()
    expect(rows(page)).to_have_count(0)
    page.locator("#undo").click()
    expect(rows(page)).to_have_count(1)
    rows(page).nth(0).locator(".more").click()
    assert page.locator("#page").inner_text() == before


def test_what_cannot_be_is_told_where_it_is_typed_and_changes_nothing(editor) -> None:
    page = editor.page
    read_report(page, "invalid")
    rows(page).nth(0).locator(".more").click()
    for name, words in (
        ("value", "بیست"),
        ("start", "1400-13-40"),
        ("number", "هفتاد"),
        ("baseline-start", "1399-01-01"),
    ):
        slot(page, name).fill(words)
        slot(page, name).press("Tab")
        assert slot(page, name).evaluate("node => node.validationMessage")
    expect(rows(page).nth(0)).to_contain_text("بیش از ۲۰")


def test_an_edit_that_the_server_refuses_is_told_and_stays_in_the_page(editor, server) -> None:
    page = editor.page
    read_report(page, "refused")
    rows(page).nth(0).locator(".more").click()
    slot(page, "start").fill("1401-01-01")
    slot(page, "start").press("Tab")
    page.locator("#keep").click()
    expect(page.locator("#message")).to_have_class(re.compile("bad"))
    expect(page.locator("#message")).to_contain_text("expected a start before its end")
    expect(slot(page, "start")).to_have_value("1401-01-01")
    assert "refused" not in server.annotations.read_text(encoding="utf-8")


def test_a_second_version_takes_the_place_of_the_first(editor, server) -> None:
    page = editor.page
    read_report(page, "twice")
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("افزوده شد به corrections.jsonl")
    rows(page).nth(0).locator(".more").click()
    slot(page, "unit").fill("کارگاه")
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("جایگزین نسخهٔ پیشین")
    assert [gold.fact.unit for gold in kept(server, "twice").facts] == ["کارگاه"]


def test_the_line_can_be_downloaded(editor, tmp_path) -> None:
    page = editor.page
    read_report(page, "downloaded")
    with page.expect_download() as download:
        page.locator("#download").click()
    path = tmp_path / "downloaded.jsonl"
    download.value.save_as(path)
    assert download.value.suggested_filename == "downloaded.jsonl"
    assert [document.id for document in read_annotations(path)] == ["downloaded"]


def test_a_reload_loses_no_edit(editor) -> None:
    page = editor.page
    page.on("dialog", lambda dialog: None)
    read_report(page, "reloaded")
    rows(page).nth(0).locator(".more").click()
    slot(page, "unit").fill("کارگاه")
    slot(page, "unit").press("Tab")
    page.evaluate("window.onbeforeunload = null")
    stored = page.evaluate("sessionStorage.getItem('ie-draft')")
    assert json.loads(stored)["documents"][0]["facts"][0]["unit"] == "کارگاه"
    fresh = page.context.new_page()
    fresh.goto(page.url)
    fresh.evaluate("(draft) => sessionStorage.setItem('ie-draft', draft)", stored)
    fresh.reload()
    expect(rows(fresh).nth(0)).to_contain_text("کارگاه")


def test_a_server_that_is_gone_costs_no_edit(editor, server) -> None:
    page = editor.page
    read_report(page, "offline")
    page.route("**/v1/annotations", lambda route: route.abort())
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("همین صفحه مانده است")
    page.unroute("**/v1/annotations")
    page.locator("#keep").click()
    expect(page.locator("#message")).to_contain_text("افزوده شد به corrections.jsonl")


def test_a_hostile_report_that_is_pasted_does_not_run(editor) -> None:
    page = editor.page
    read_report(page, "<script>window.ran = 9</script>", HOSTILE)
    assert page.locator("#text").text_content() == HOSTILE
    for row in rows(page).all():
        row.locator(".more").click()
    assert page.evaluate("window.ran") is None
    assert page.locator("#page img, #page b, #page script").count() == 0
    assert editor.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_to_correct_is_accessible(browser, server, scheme: str) -> None:
    watched = Watched(browser, color_scheme=scheme, bypass_csp=True)
    page = watched.page
    page.goto(server.url)
    assert violations(page) == []
    read_report(page, "axe")
    rows(page).nth(0).locator(".more").click()
    select_words(page, "شماره پرونده")
    expect(page.get_by_role("toolbar")).to_be_visible()
    assert violations(page) == []
    page.locator("#add").click()
    assert violations(page) == []
    watched.context.close()


def test_the_page_of_the_interface_is_accessible(browser, server) -> None:
    watched = Watched(browser, bypass_csp=True)
    watched.page.goto(f"{server.url}/docs")
    expect(watched.page.locator("h2").first).to_contain_text("POST /v1/predict")
    assert violations(watched.page) == []
    assert watched.errors == []
    watched.context.close()


# ------------------------------------------------------------------------------------------------------- the picture


def take_picture(browser, folder: Path) -> bytes:
    """Return a picture of the page of the shipped demo report, as the README shows it."""
    from ie import Extractor

    text = (Path(__file__).parents[1] / "ie" / "data" / "demo.txt").read_text(encoding="utf-8")
    report = Extractor.load().predict(text, document_id="demo")
    path = folder / "demo.html"
    path.write_text(report.to_html(), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.goto(path.as_uri())
    rows(page).nth(1).locator(".pick").click()
    picture = page.screenshot(full_page=True)
    context.close()
    return picture


def test_the_picture_of_the_readme_can_be_taken(browser, tmp_path) -> None:
    picture = take_picture(browser, tmp_path)
    assert len(picture) <= 300_000
    if os.environ.get("IE_PICTURE"):  # `make picture` asks for it
        (DATA / "review-page.png").write_bytes(picture)
