"""Saved web pages: title, date and main text, and no page that stops or harms the others."""

import time
from pathlib import Path

import pytest

from ie.schema import Document, IEError
from ie.sources import Failure, read_documents
from ie.webpages import read_page

BODY = """
<nav><ul><li><a href="/">خانه</a></li><li><a href="/about">درباره ما</a></li></ul></nav>
<article><h1>گزارش عملکرد</h1>
<p>در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد و ۱۲٫۵ درصد رشد داشت.</p>
<ul><li>۳۰ مدرسه ساخته&zwnj;شد</li><li>۱۲ کلاس تجهیز شد</li></ul>
<table><tr><th>شهر</th><th>تعداد</th></tr><tr><td>یزد</td><td>۱۲۰ واحد</td></tr></table>
<p>همچنین ۲۰۰ نفر در این واحدها به کار گرفته شدند و كتاب‌های عربي خریداری شد.</p></article>
<footer>همه حقوق محفوظ است © ۱۴۰۲</footer>
"""


def page(head: str = "", body: str = BODY) -> bytes:
    head = f'<meta charset="utf-8"><title>گزارش عملکرد</title>{head}'
    return f'<!doctype html><html lang="fa" dir="rtl"><head>{head}</head><body>{body}</body></html>'.encode()


def test_a_page_gives_its_title_and_main_text() -> None:
    document = read_page(page(), "report")
    assert document.title == "گزارش عملکرد"
    lines = document.text.splitlines()
    assert "در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی در این شهرستان راه‌اندازی شد و ۱۲٫۵ درصد رشد داشت." in lines
    assert "یزد\t۱۲۰ واحد" in lines
    assert "همه حقوق" not in document.text and "درباره ما" not in document.text


def test_half_spaces_and_old_letters_stay_as_they_are() -> None:
    text = read_page(page(), "report").text
    assert "ساخته‌شد" in text and "كتاب‌های عربي" in text


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2022-10-06T22:30:00+00:00">',
        '<meta content="2022-10-07" name="date">',
        '<meta name="DC.Date.Created" content="1401/07/15">',
        '<script type="application/ld+json">{"datePublished": "2022-10-07T08:00:00+03:30"}</script>',
    ],
)
def test_the_date_of_publication_is_the_report_date(head: str) -> None:
    assert read_page(page(head), "report").date == "1401-07-15"


def test_a_time_element_is_read() -> None:
    body = BODY.replace("<h1>", '<time datetime="1401-07-15">۱۵ مهر</time><h1>')
    assert read_page(page(body=body), "report").date == "1401-07-15"


def test_without_a_date_there_is_none() -> None:
    assert read_page(page(), "report").date is None


def test_a_page_in_an_old_encoding_says_which() -> None:
    source = page().decode().replace("utf-8", "windows-1256").replace("‌", "")
    source = source.translate(str.maketrans("یک۰۱۲۳۴۵۶۷۸۹٫", "يك0123456789.")).replace("©", "")
    assert "20 واحد صنعتي" in read_page(source.encode("cp1256"), "report").text


def test_latin_bytes_without_a_charset_are_named(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes("<p>Größe 40 Stück</p>".encode("latin-1"))
    (failure,) = read_documents([tmp_path])
    assert isinstance(failure, Failure) and "is not UTF-8" in failure.reason


@pytest.mark.parametrize(
    "data",
    [b"<html><body><script>draw()</script></body></html>", b"<html></html>", b"   ", b"<p>a\0b</p>"],
)
def test_a_page_without_text_says_so(data: bytes) -> None:
    with pytest.raises(IEError, match=r"holds no text|is empty|is binary"):
        read_page(data, "report")


def test_an_entity_bomb_does_not_go_off() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    declared = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a0 "سال">{entities}]>'
    bomb = f"{declared}<html><body><p>&a11;</p>{BODY}</body></html>"
    started = time.monotonic()
    document = read_page(bomb.encode(), "report")
    assert len(document.text) < 5000 and "۲۰ واحد" in document.text
    assert time.monotonic() - started < 10


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    body = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]><html><body><p>&x;</p>{BODY}</body></html>'
    )
    assert "secret" not in read_page(body.encode(), "report").text.replace("secret.txt", "")


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "b"])
def test_a_page_nested_very_deep_is_read_or_refused(tag: str) -> None:
    started = time.monotonic()
    try:
        read_page(page(body=f"<{tag}>" * 20_000 + "سال ۱۴۰۰"), "report")
    except IEError as error:
        assert "\n" not in str(error)
    assert time.monotonic() - started < 30


def test_a_very_large_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.webpages.MAX_PAGE", 100)
    with pytest.raises(IEError, match="too much for one page"):
        read_page(page(), "report")


def test_without_the_extra_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.extras.find_spec", lambda name: None)
    with pytest.raises(IEError, match=r"HTML needs trafilatura; install it with: pip install 'ie-fa\[html\]'"):
        read_page(page(), "report")


def test_pages_of_a_folder_go_on_after_a_bad_one(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<html></html>")
    (tmp_path / "b.htm").write_bytes(page())
    failure, document = read_documents([tmp_path])
    assert isinstance(failure, Failure) and isinstance(document, Document)
    assert document.id == "b"
