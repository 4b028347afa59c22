import datetime
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.calendars import day_of, jalali_string, month_length, read_report_date, shift_months
from ie.periods import (
    find_periods,
    infer_report_date,
    parse_period,
    resolve_period,
    resolve_periods,
)
from ie.persian import fold
from ie.schema import IEError, Period

CORPUS = json.loads((Path(__file__).parent / "data" / "periods.json").read_text(encoding="utf-8"))
REPORT = CORPUS["report_date"]
FORMS = [(form, interval) for interval, forms in CORPUS["intervals"].items() for form in forms]
DATED = [
    (form, report, interval)
    for report, intervals in CORPUS["other_dates"].items()
    for interval, forms in intervals.items()
    for form in forms
]
WORDS = (
    "از تا سال ماه هفته روز ۱۴۰۱ ۹۸ ۱۵ امسال گذشته جاری مهر شهریور نیمه نخست پایان ابتدای شش ماهه سه و ، ( ) / - "
    "تاکنون مدت مشابه دوشنبه می ۲۰۲۲ میلادی دهه قرن زراعی امروز پیش قبل آینده منتهی به اول دوم"
).split()


def said(period: Period) -> str:
    """Write an interval down as the corpus does."""
    relation = "" if period.relation == "in" else f" {period.relation}"
    return f"{period.start or 'open'} … {period.end or 'open'}{relation}"


@pytest.mark.parametrize(("form", "interval"), FORMS)
def test_every_surface_form_means_its_interval(form: str, interval: str) -> None:
    period = parse_period(form, report_date=REPORT)
    assert period is not None
    assert said(period) == interval


@pytest.mark.parametrize(("form", "report", "interval"), DATED)
def test_every_surface_form_means_its_interval_on_other_report_dates(form: str, report: str, interval: str) -> None:
    period = parse_period(form, report_date=None if report == "none" else report)
    assert period is not None
    assert said(period) == interval


@pytest.mark.parametrize(
    "spelt",
    [
        lambda form: form.replace("ی", "ي").replace("ک", "ك").translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")),
        lambda form: form.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")),
        lambda form: form.replace("\u200c", " "),
        lambda form: form.replace(" ", "\u200c"),
        lambda form: form.replace(" ", "  "),
        lambda form: form.replace(" ", "\u00a0"),
        lambda form: f"\u202b{form}\u202c".replace(" ", " \u200f"),
        lambda form: form.replace("س", "سـ"),
    ],
    ids=["arabic", "ascii", "spaces", "half-spaces", "double spaces", "hard spaces", "bidi marks", "tatweel"],
)
def test_spelling_does_not_change_the_interval(spelt: Callable[[str], str]) -> None:
    for form, interval in FORMS:
        period = parse_period(spelt(form), report_date=REPORT)
        assert period is not None, spelt(form)
        assert said(period) == interval, spelt(form)


@pytest.mark.parametrize("form", CORPUS["unresolvable"])
def test_what_no_calendar_can_resolve_is_found_and_stays_open(form: str) -> None:
    period = parse_period(form, report_date=REPORT)
    assert period is not None
    assert period.interval == (None, None)
    assert period.text == form


@pytest.mark.parametrize("form", CORPUS["reject"])
def test_rates_names_durations_and_clock_times_are_no_periods(form: str) -> None:
    assert parse_period(form, report_date=REPORT) is None


@pytest.mark.parametrize(
    ("sentence", "spans"),
    [
        ("در سال ۱۴۰۰ و در شهریور امسال ۱۲ واحد", ["سال ۱۴۰۰", "شهریور امسال"]),
        ("از ابتدای سال جاری تاکنون ۳۷ وام داده شد", ["از ابتدای سال جاری تاکنون"]),
        ("به ترتیب ۵ و ۷ وام در سال‌های ۱۴۰۰ و ۱۴۰۱ داده شد", ["سال‌های ۱۴۰۰", "۱۴۰۱"]),
        ("در سال‌های ۹۸ و ۹۹ هفت وام", ["سال‌های ۹۸ و ۹۹"]),
        ("سال 1400 قریب 60واحد", ["سال 1400"]),
        ("بیش از سال گذشته و کمتر از پارسال", ["سال گذشته", "پارسال"]),
        ("رشد ۵ درصدی نسبت به مدت مشابه سال قبل از ۳ به ۴ رسید", ["مدت مشابه سال قبل"]),
        ("در شهریور ۸۵ هزار تن گندم", ["شهریور"]),
        ("در مهر ماه ۲۰ درصد رشد", ["مهر ماه"]),
        ("خیابان ۱۷ شهریور در سال ۹۹ بازسازی شد", ["سال ۹۹"]),
        ("تا پایان بهمن‌ماه پیش‌فروش می‌شود", ["تا پایان بهمن‌ماه"]),
        ("از ۲۰ تا ۳۰ درصد در خرداد ۱۴۰۱", ["خرداد ۱۴۰۱"]),
        ("ساعت ۱۷ روز گذشته ۳ خودرو", ["روز گذشته"]),
        ("۸۰۰ نفر از ۱۴۰۰ نفر", []),
        ("به ترتیب ۵، ۶ و ۷ وام در سال‌های ۹۷، ۹۸ و ۹۹ داده شد", ["سال‌های ۹۷", "۹۸", "۹۹"]),
        ("در سال‌های ۹۸ و ۹۹ به ترتیب ۳۸ و ۵۴ وام داده شد", ["سال‌های ۹۸", "۹۹"]),
        ("تا پایان سال ۴۳ چاه کنده می‌شود", ["تا پایان سال"]),
        ("در مهرماه ۶۴ مدرسه باز شد", ["مهرماه"]),
        ("در اسفند ۸۴ اعلام شد", ["اسفند ۸۴"]),
        ("همراه با دهه فجر ۴۶ طرح گشوده شد", ["دهه فجر"]),
        ("در سال ۶۰واحد ساخته شد", []),
        ("۲۲ بهمن ۵۷ مردم ۵ بار آمدند", ["۲۲ بهمن ۵۷"]),
        ("هر سهم از 1250 به 1287 ریال رسید", []),
        ("دما در بهمن به منفی ۱۳ رسید", ["بهمن"]),
        ("در آذر ۵۱۷ پیمان بسته شد", ["آذر"]),
        ("گزارشی از نه‌ماهه امسال با ۵ پیوست", ["نه‌ماهه امسال"]),
        ("بر پایه این گزارش از سال ۱۳۹۰ تا ۱۳۹۵ صد وام", ["از سال ۱۳۹۰ تا ۱۳۹۵"]),
        ("ساعت 10 صبح 17/3/1390 باز می‌شود", ["17/3/1390"]),
        ("بازی در ورزشگاه شهدای ۲۹ فروردین بود", []),
        ("سکه تمام بهار آزادی ۱۲ میلیون شد", []),
        ("در بهار امسال ۱۲ وام", ["بهار امسال"]),
        ("به نقل از «کشت امروز»، ۵ وام داده شد", []),
        ("امروز می‌گیرند فردا نمی‌گیرند و ۵ نفرند", []),
        ("روز پنجشنبه در جمع مدیران گفت ۵ وام", []),
        ("امروز در بازدید از کارگاه گفت ۵ وام", []),
        ("بامداد دوشنبه ۵ نفر رسیدند", ["بامداد دوشنبه"]),
        ("شنبه شب ۵ نفر رسیدند", ["شنبه شب"]),
        ("روز سه‌شنبه از سمت سه‌راه هفت‌تپه آمد", []),
        ("نیمه نخست را ۵ بر صفر واگذار کرد", []),
        ("در سرشماری ۱۳۹۵ این سهم ۵ درصد بود", ["۱۳۹۵"]),
        ("روز عید فطر یازده هزار نفر آمدند", ["روز عید فطر"]),
        ("تا پایان دهه به ۳۰۰ دستگاه می‌رسد", ["تا پایان دهه"]),
        ("از ۱۵ آذر تا ۲۰ اسفند سه هزار و دویست نهال", ["از ۱۵ آذر تا ۲۰ اسفند"]),
        ("در فاصله سال‌های ۱۳۹۰ تا ۱۳۹۵ صد وام", ["فاصله سال‌های ۱۳۹۰ تا ۱۳۹۵"]),
        ("پس از شلیک ۴ تیر هوایی ایستاد", []),
        ("دور تازه را آغاز می‌کند و به پایان می رسد", []),
        ("دوشنبه گفت ۵ وام داده شد", []),
        ("سه شنبه شب ۵ نفر رسیدند", ["سه شنبه شب"]),
        ("در جلسه روز دوشنبه ۵ وام داده شد", []),
        ("روز گذشته چهارشنبه ۵ وام داده شد", ["روز گذشته چهارشنبه"]),
        ("در فروردین و اردیبهشت به ترتیب ۵ و ۶ وام داده شد", ["فروردین", "اردیبهشت"]),
        ("در فروردین و اردیبهشت ۵ وام داده شد", ["فروردین و اردیبهشت"]),
        ("آمار انجمن استان از یازده ماه سال ۹۷", ["یازده ماه سال ۹۷"]),
        ("۲۷ درصد از سه‌ماهه سوم ۱۴۰۰ بیشتر شد", ["سه‌ماهه سوم ۱۴۰۰"]),
        ("از سه‌ماهه سوم ۱۴۰۰ پنج وام داده شد", ["از سه‌ماهه سوم ۱۴۰۰"]),
        ("۲۷ خرداد - 12:31 - 16 June 2016", ["۲۷ خرداد", "16 June 2016"]),
        ("چهارم فروردین 95 ساعت 13:55 پنج نفر", ["چهارم فروردین 95"]),
        ("در ۲۰۲۰ ولی ۵ وام داده شد", ["۲۰۲۰"]),
        ("کنکور ۱۴۰۰ با ۵ رشته", ["۱۴۰۰"]),
        ("آزمون کاردانی سال ۱۴۰۰ با ۵ رشته و کنکور سال ۹۹ با ۶ رشته", []),
        ("برگزاری آزمون در سال ۱۴۰۰ با ۵ رشته", ["سال ۱۴۰۰"]),
        ("این انبار طی ۲۰ روز پنج تن گندم گرفت", ["۲۰ روز"]),
        ("طی سه ماه تابستان پنج تن گندم گرفت", ["سه ماه تابستان"]),
        ("در مدت ۲۰ روز پنج تن و طی ۴ ساعت یک تن گندم گرفت", []),
        ("این نمایشنامه در هفته دوم اکران ۵ بلیت فروخت", ["هفته دوم اکران"]),
        ("در سومین هفته نمایشش ۵ و در سه روز نخست نمایش ۲ بلیت فروخت", ["سومین هفته نمایشش", "سه روز نخست نمایش"]),
        ("پنج محروم فصل ۹۴-۹۳ لیگ", ["فصل ۹۴-۹۳"]),
        ("از پوستر و برنامه‌های هفته کتاب با ۵ بخش رونمایی شد", []),
        ("ستاد دهه فجر ۵ بخش دارد و در دهه فجر ۵ طرح گشوده شد", ["دهه فجر"]),
        ("این سازمان ۲۴ مهر سال ۷۹ پنج بند آورد", ["۲۴ مهر سال ۷۹"]),
        ("از انقلاب مشروطه ۵ سند و از انقلاب تاکنون ۶ سند ماند", ["از انقلاب تاکنون"]),
        ("اوراق مهر ۱۴۰۰ به ۵۰ تومان و سکه آذر ۱۴۰۰ به ۹ تومان رسید", []),
        ("لایحه بودجه سال ۱۴۰۰ پنج بند دارد", []),
        ("در بودجه سال ۱۴۰۰ پنج بند آمد", ["سال ۱۴۰۰"]),
        ("روز دوشنبه ۵ وام داده شد", ["روز دوشنبه"]),
        ("قراردادی سه‌ماهه بسته شد که هر سه ماه یک‌بار تمدید می‌شود", ["سه‌ماهه"]),
    ],
)
def test_spans_in_running_text_are_exact(sentence: str, spans: list[str]) -> None:
    assert [mention.text for mention in find_periods(sentence)] == spans


@pytest.mark.parametrize(
    ("anchor", "form", "interval"),
    [
        (("1401-01-01", "1401-06-31"), "مدت مشابه سال قبل", ("1400-01-01", "1400-06-31")),
        (("1401-01-01", "1401-06-31"), "دوره مشابه سال ۱۳۹۹", ("1399-01-01", "1399-06-31")),
        (("1401-01-01", "1401-09-30"), "زمان مشابه در سال گذشته", ("1400-01-01", "1400-09-30")),
        (("1404-10-01", "1404-12-29"), "فصل مشابه سال قبل", ("1403-10-01", "1403-12-30")),
        (("1403-12-01", "1403-12-30"), "ماه مشابه سال قبل", ("1402-12-01", "1402-12-29")),
        (("1401-06-01", "1401-06-31"), "مدت مشابه ماه قبل", ("1401-05-01", "1401-05-31")),
        (("1401-06-01", None), "مدت مشابه سال قبل", ("1400-06-01", None)),
        (("1397-12-10", "1398-01-11"), "مدت مشابه سال قبل", ("1396-12-10", "1397-01-11")),
        (("1401-01-01", "1401-04-31"), "۴ ماه مشابه سال گذشته", ("1400-01-01", "1400-04-31")),
        (("1398-01-01", "1398-12-29"), "سال قبل از آن", ("1397-01-01", "1397-12-29")),
    ],
)
def test_a_comparison_moves_the_governing_period(
    anchor: tuple[str, str | None], form: str, interval: tuple[str | None, str | None]
) -> None:
    period = parse_period(form, report_date=REPORT, anchor=Period(*anchor))
    assert period is not None
    assert period.interval == interval
    assert "anchored" in period.flags


def test_a_comparison_without_a_governing_period_stays_open() -> None:
    period = parse_period("مدت مشابه سال قبل", report_date=REPORT)
    assert period is not None
    assert period.interval == (None, None)
    assert "needs_anchor" in period.flags


@pytest.mark.parametrize(
    ("form", "report", "interval"),
    [
        ("امسال", "1401", ("1401-01-01", "1401-12-29")),
        ("تاکنون", "1401-07", (None, "1401-07-30")),
        ("تاکنون", "1401", (None, None)),
        ("سه روز گذشته", "1401-07", (None, None)),
        ("ماه گذشته", "1401-07", ("1401-06-01", "1401-06-31")),
        ("هفته گذشته", "1401-07", (None, None)),
        ("شهریورماه", "1401", ("1401-06-01", "1401-06-31")),
        ("امسال", None, (None, None)),
        ("شهریور ۱۴۰۰", None, ("1400-06-01", "1400-06-31")),
        ("از سال ۱۳۹۵ تاکنون", None, ("1395-01-01", None)),
        ("سال ۹۸", None, ("1398-01-01", "1398-12-29")),
        ("سال ۰۲", None, ("1402-01-01", "1402-12-29")),
        ("سال زراعی جاری", "1401-03-01", ("1400-07-01", "1401-06-31")),
        ("شهریورماه", "1401-03-20", ("1400-06-01", "1400-06-31")),
        ("دولت سیزدهم", "1404-01-01", ("1400-05-12", "1403-05-07")),
        ("قرن گذشته", "1401-07-15", ("1301-01-01", "1400-12-29")),
        ("رمضان ۱۴۴۳", None, ("1401-01-14", "1401-02-12")),
    ],
)
def test_the_precision_of_the_report_date_bounds_what_is_known(
    form: str, report: str | None, interval: tuple[str | None, str | None]
) -> None:
    period = parse_period(form, report_date=report)
    assert period is not None
    assert period.interval == interval


def test_a_report_date_may_be_a_date_or_jalali_text_in_any_digits() -> None:
    for report in (datetime.date(2022, 10, 7), datetime.datetime(2022, 10, 7, 9, 30), "1401/7/15", "۱۴۰۱-۰۷-۱۵"):
        period = parse_period("امروز", report_date=report)
        assert period is not None
        assert period.start == "1401-07-15"


@pytest.mark.parametrize("bad", ["", "yesterday", "1401-13", "1401-07-31", "2022-10-07", "1401-7-15-1", 1401])
def test_a_bad_report_date_says_what_was_expected(bad: object) -> None:
    with pytest.raises(IEError, match="expected 1401-07-15"):
        parse_period("امسال", report_date=bad)  # type: ignore[arg-type]


def test_planned_clauses_take_the_next_month() -> None:
    (mention,) = find_periods("بهمن‌ماه")
    assert resolve_period(mention, REPORT).start == "1400-11-01"
    assert resolve_period(mention, REPORT, planned=True).start == "1401-11-01"


def test_gregorian_texts_count_their_years_so() -> None:
    (mention,) = find_periods("سه‌ماهه نخست امسال")
    assert resolve_period(mention, REPORT, gregorian=True).interval == ("1400-10-11", "1401-01-11")


def test_the_context_finds_anchor_tense_and_calendar() -> None:
    text = (
        "صادرات کشور در نه‌ماهه نخست سال ۱۴۰۰ به ۳۰ هزار تن رسید که نسبت به مدت مشابه سال قبل ۴ درصد رشد دارد. "
        "کارخانه تازه در بهمن‌ماه افتتاح خواهد شد."
    )
    periods = [period.interval for period in resolve_periods(text, report_date=REPORT)]
    assert periods == [("1400-01-01", "1400-09-30"), ("1399-01-01", "1399-09-30"), ("1401-11-01", "1401-11-30")]
    foreign = "تولید آلمان در مارس ۲۰۲۲ صد تن بود و امسال ۵ درصد بیشتر است."
    assert resolve_periods(foreign, report_date=REPORT)[1].interval == ("1400-10-11", "1401-10-10")


def test_a_comparison_looks_past_baselines_and_unknown_beginnings() -> None:
    text = "در هشت ماه امسال ۵ وام و در هشت‌ماهه سال گذشته ۴ وام داده شد که نسبت به مدت مشابه سال قبل بیشتر است."
    assert resolve_periods(text, report_date="1401-09-10")[-1].interval == ("1400-01-01", "1400-08-30")
    text = "از آغاز فصل برداشت تاکنون ۵ تن خریده شد. خرید امسال در قیاس با مدت مشابه سال قبل بیشتر است."
    assert resolve_periods(text, report_date=REPORT)[-1].interval == ("1400-01-01", "1400-12-29")


def test_a_stretch_told_again_is_the_governing_period() -> None:
    text = "از مهر ۱۴۰۰ تا اسفند ۱۴۰۰ صد وام داده شد و در این دوره ۶ ماهه ده وام برگشت."
    assert resolve_periods(text)[-1].interval == ("1400-07-01", "1400-12-29")


def test_months_said_before_are_the_stretch_of_so_many() -> None:
    text = "در نه‌ماهه ۱۴۰۰ پنج وام و در خرداد سه وام داده شد و در ۹ ماه یاد شده دو وام برگشت."
    assert resolve_periods(text, report_date=REPORT)[-1].interval == ("1400-01-01", "1400-09-30")


def test_that_year_is_the_one_before() -> None:
    text = "در سال ۱۳۹۸ پنج وام داده شد و تا پایان آن سال دو وام برگشت."
    assert resolve_periods(text, report_date=REPORT)[-1].interval == (None, "1398-12-29")


def test_a_year_of_two_digits_may_lie_ahead_in_a_text_only() -> None:
    text = "شمار سفرها در سال ۰۵ به دو میلیون خواهد رسید."
    assert resolve_periods(text, report_date=REPORT)[0].interval == ("1405-01-01", "1405-12-29")
    (mention,) = find_periods(text)
    assert resolve_period(mention, REPORT).interval == ("1305-01-01", "1305-12-29")


def test_a_bare_year_compared_with_some_months_means_the_same_months() -> None:
    text = "در شش‌ماهه نخست امسال ۵ وام داده شد که نسبت به سال گذشته بیشتر است."
    assert resolve_periods(text, report_date=REPORT)[1].interval == ("1400-01-01", "1400-06-31")


def test_a_text_of_the_first_days_of_a_month_tells_of_whole_months() -> None:
    text = "در یک ماه گذشته ۵ وام و در دو ماه اخیر ۸ وام داده شد."
    early = [period.interval for period in resolve_periods(text, report_date="1401-07-02")]
    assert early == [("1401-06-01", "1401-06-31"), ("1401-05-01", "1401-06-31")]
    late = [period.interval for period in resolve_periods(text, report_date=REPORT)]
    assert late == [("1401-06-15", "1401-07-15"), ("1401-05-15", "1401-07-15")]
    assert parse_period("یک ماه گذشته", "1401-07-02").interval == ("1401-06-02", "1401-07-02")


def test_seasons_that_are_not_over_lie_a_year_back() -> None:
    text = "از بهار تا زمستان ۵ وام داده شد."
    assert resolve_periods(text, report_date="1401-05-20")[0].interval == ("1400-01-01", "1400-12-29")
    text = "از بهار تا زمستان ۵ وام داده خواهد شد."
    assert resolve_periods(text, report_date="1401-05-20")[0].interval == ("1401-01-01", "1401-12-29")


def test_a_derivation_shows_the_steps() -> None:
    period = parse_period("شش ماهه نخست امسال", report_date=REPORT)
    assert period is not None
    assert "امسال → 1401 (report date)" in period.derivation
    assert "months 1–6" in period.derivation
    assert (period.start_gregorian, period.end_gregorian) == ("2022-03-21", "2022-09-22")
    assert period.granularity == "month"


def test_lunar_and_assumed_periods_are_flagged() -> None:
    period = parse_period("ماه مبارک رمضان", report_date=REPORT)
    assert period is not None
    assert "plus_minus_one_day" in period.flags
    government = parse_period("دولت سیزدهم", report_date=REPORT)
    assert government is not None
    assert {"low_precision", "clipped"} <= set(government.flags)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("تاریخ: ۱۴۰۱/۷/۱۵\nصد وام داده شد.", "1401-07-15"),
        ("شنبه ۱۶ مهر ۱۴۰۱ - ۱۲:۳۰\nصد وام داده شد.\nپایان", "1401-07-16"),
        ("صد وام داده شد.\nروابط عمومی\n۱۴۰۱/۰۷/۱۵", "1401-07-15"),
        ("امسال (۱۴۰۱) صد وام داده شد.", "1401"),
        ("سال گذشته یعنی سال ۱۴۰۰ صد وام داده شد.", "1401"),
        ("شش ماهه نخست سال ۱۴۰۱ صد وام و در شش ماه سال جاری ده وام", "1401"),
        ("در خرداد ۱۴۰۱ صد وام و از ابتدای امسال ده وام داده شد", "1401"),
    ],
)
def test_a_text_proves_its_report_date(text: str, date: str) -> None:
    found = infer_report_date(text)
    assert found is not None
    assert found.date == date
    assert found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "در سال ۱۴۰۰ صد وام داده شد.",
        "امسال صد وام داده شد.",
        "در سال ۱۴۰۰ صد وام و امسال ده وام داده شد.",
        "نبرد در تاریخ ۲۲ بهمن ۱۳۵۷ پایان یافت و صد نفر آمدند.",
        "تا پایان شهریور ۱۴۰۳ صد وام داده خواهد شد و امسال هیچ.",
        "در سه‌ماهه چهارم ۱۴۰۳ صد وام و امسال ده وام داده شد.",
    ],
)
def test_no_date_is_invented(text: str) -> None:
    assert infer_report_date(text) is None


def test_the_real_report_is_of_1401(shared: Path) -> None:
    found = infer_report_date((shared / "reports" / "yazd-1401.txt").read_text(encoding="utf-8"))
    assert found is not None
    assert found.date == "1401"


def test_every_period_of_the_real_report_is_found(shared: Path) -> None:
    text = (shared / "reports" / "yazd-1401.txt").read_text(encoding="utf-8")
    gold = json.loads((shared / "reports" / "yazd-1401.gold.json").read_text(encoding="utf-8"))
    assert [[mention.start, mention.end] for mention in find_periods(text)] == gold["periods"]


@pytest.mark.parametrize(
    "unit",
    [
        "از ",
        "تا ",
        "سال ",
        "سال 98 و ",
        "۱۲ و ",
        "مهر و ",
        "نیمه اول ",
        "سه ماه منتهی به ",
        "امروز (",
        "1401/",
        "به ترتیب ",
    ],
)
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    text = unit * 20_000
    started = time.process_time()
    resolve_periods(text, report_date=REPORT)
    assert time.process_time() - started < 10


def test_a_long_text_is_read_in_blocks_with_offsets_of_the_whole() -> None:
    text = "در سال ۱۴۰۰ پنج وام داده شد. " * 9_000
    mentions = find_periods(text)
    assert len(mentions) == 9_000
    assert {text[mention.start : mention.end] for mention in mentions} == {"سال ۱۴۰۰"}


def test_a_phrase_may_wrap_at_the_end_of_a_long_line() -> None:
    text = "صادرات کالاهای کشاورزی و صنعتی استان به کشورهای همسایه در شش‌ماهه\nنخست سال ۱۴۰۱ به ۵ تن رسید."
    assert [mention.text for mention in find_periods(text)] == ["شش‌ماهه\nنخست سال ۱۴۰۱"]


@settings(max_examples=200, deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_text_is_read_without_error_and_its_periods_are_sound(text: str) -> None:
    mentions = find_periods(text)
    ends = [0, *(mention.end for mention in mentions)]
    for mention, end in zip(mentions, ends, strict=False):
        assert text[mention.start : mention.end] == mention.text
        assert mention.start >= end
    for period in resolve_periods(text, mentions, REPORT):
        if period.start and period.end:
            assert period.start <= period.end
        for jalali, gregorian in ((period.start, period.start_gregorian), (period.end, period.end_gregorian)):
            assert (jalali is None) == (gregorian is None)
            if jalali and gregorian:
                assert jalali_string(datetime.date.fromisoformat(gregorian)) == jalali
    parse_period(text)
    infer_report_date(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["\ud800", "\x00", "\u202b", "\u200f", "ـ", "َ", "سال ", "۱۴۰۰", "امسال"]), max_size=12))
def test_marks_and_surrogates_do_not_disturb(pieces: list[str]) -> None:
    text = "".join(pieces)
    for mention in find_periods(text):
        assert text[mention.start : mention.end] == mention.text
    assert len(find_periods(text, fold(text))) == len(find_periods(text))


@settings(max_examples=200, deadline=None)
@given(st.integers(1300, 1450), st.integers(1, 12), st.integers(1, 31))
def test_a_rendered_day_reads_back(year: int, month: int, day: int) -> None:
    day = min(day, month_length("jalali", year, month))
    date = f"{year}-{month:02d}-{day:02d}"
    for form in (f"{year}/{month}/{day}", f"{day}/{month}/{year}", f"{date}", f"تاریخ {year}/{month:02d}/{day:02d}"):
        period = parse_period(form, report_date=REPORT)
        assert period is not None
        assert period.interval == (date, date)


@settings(max_examples=100, deadline=None)
@given(st.integers(1300, 1450), st.integers(1, 12))
def test_the_first_months_of_a_year_read_back(year: int, months: int) -> None:
    end = f"{year}-{months:02d}-{month_length('jalali', year, months):02d}"
    for form in (f"{months}ماهه نخست {year}", f"{months} ماه اول سال {year}", f"{months} ماهه سال {year}"):
        period = parse_period(form)
        assert period is not None
        assert period.interval == (f"{year}-01-01", end)


def test_leap_years_are_the_official_ones() -> None:
    leaps = [year for year in range(1395, 1413) if month_length("jalali", year, 12) == 30]
    assert leaps == [1395, 1399, 1403, 1408, 1412]


def test_a_day_beyond_the_month_is_clipped_and_one_beyond_the_calendar_is_none() -> None:
    assert day_of("jalali", 1404, 12, 30) == day_of("jalali", 1404, 12, 29)
    assert day_of("jalali", 9999, 1, 1) is None
    assert day_of("lunar", 900, 1, 1) is None
    assert shift_months(datetime.date(2022, 8, 31), 6, "gregorian") == datetime.date(2023, 2, 28)


def test_report_dates_keep_their_precision() -> None:
    assert str(read_report_date("1401")) == "1401"
    assert str(read_report_date("1401-07")) == "1401-07"
    assert read_report_date(None) is None


def test_a_year_after_a_share_is_a_year_whatever_follows_it() -> None:
    text = "رشد از ۲.۹ درصد در ۲۰۲۵ به ۲.۶ درصد در ۲۰۲۶ تنزل خواهد یافت."
    assert [text[mention.start : mention.end] for mention in find_periods(text)] == ["۲۰۲۵", "۲۰۲۶"]
