"""Metrics over Jalali time: what shares an axis, how comparators are drawn, and Persian that runs to the left."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_facts import fact, year
from typer.testing import CliRunner, Result

from ie.chart_shapes import bars_of
from ie.charts import draw_chart
from ie.cli import app
from ie.jalali_axis import extent, place, ticks
from ie.outputs import write_facts
from ie.schema import Change, IEError, MetricFact, Period
from ie.series import panels_of, select_programme, topics_of
from ie.wording import period_words

SVG = "{http://www.w3.org/2000/svg}"
ALL_FORMS = [
    fact("واحد صنعتی", 500 + 10 * number, year(1390 + number), comparator=comparator)
    for number, comparator in enumerate(("eq", "approx", "gt", "ge", "lt", "le"))
] + [
    fact("واحد صنعتی", 400, year(1397), comparator="range", value_max=Decimal(450)),
    fact("واحد صنعتی", 800, year(1398), status="planned"),
    fact("واحد صنعتی", 200, year(1399), status="negated"),
    fact("واحد صنعتی", 900, Period(None, "1389-12-29")),
    fact("واحد صنعتی", 950, Period("1401-07-01", None)),
]


def ie(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, [str(argument) for argument in arguments])


def texts(svg: bytes | str) -> dict[str, str]:
    """Return the texts of a drawing with their styles."""
    elements = ElementTree.fromstring(svg).iter(f"{SVG}text")
    return {element.text or "": element.get("style", "") for element in elements}


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    path = tmp_path / "facts.jsonl"
    write_facts([*ALL_FORMS, fact("مدرسه", 3), fact("پل", 5, year(1400), program_type="bridges")], path)
    return path


# ------------------------------------------------------------------------------------------------- what shares an axis


def test_units_currencies_rates_shares_and_changes_have_panels_of_their_own() -> None:
    money = {"kind": "amount", "unit": "تومان", "currency": "toman"}
    facts = [
        fact("وام", 10, year(1400), **money),
        fact("وام", 12, year(1401), **money),
        fact("وام", 100, year(1400), kind="amount", unit="ریال", currency="rial"),
        fact("وام", 10, year(1400), **money, rate="سالانه"),
        fact("وام", 5, year(1400), unit="درصد", kind="percent"),
        fact("وام", 5, year(1400), unit="درصد", kind="change", change=Change("up")),
    ]
    panels = panels_of(facts)
    assert [len(panel.facts) for panel in panels] == [2, 1, 1, 1, 1]
    assert sorted(panel.unit or "" for panel in panels) == sorted(["تومان", "ریال", "تومان", "درصد", "درصد"])


def test_facts_without_a_period_and_repeats_are_not_drawn() -> None:
    first = fact("پل", 5, year(1400), id="r@1")
    repeats = [fact("پل", 6, year(1400), id="r@2", same_as="r@1"), fact("پل", 5, year(1400), id="s@1")]
    panels = panels_of([first, *repeats, fact("پل", 7), fact("پل", 7, Period(None, None))])
    assert [panel.facts for panel in panels] == [(first,)]


def test_a_programme_is_found_by_type_by_its_words_and_by_some_of_them() -> None:
    units = fact("واحدهای صنعتی", 1, year(1400), program_type="units")
    idle = fact("واحد صنعتی غیرفعال", 2, year(1400))
    assert select_programme([units, idle], "units") == (units,)
    assert select_programme([units, idle], "واحد صنعتي") == (units,)
    assert select_programme([units, idle], "صنعتی") == (units, idle)


def test_a_programme_that_is_not_there_has_its_nearest_named() -> None:
    facts = [fact("واحد صنعتی", 1, year(1400)), fact("مدرسه", 1), fact("کتابخانه", 1), fact("درمانگاه", 1)]
    with pytest.raises(IEError, match="no fact of a programme 'مدارسه'; the nearest are: مدرسه"):
        select_programme(facts, "مدارسه")
    with pytest.raises(IEError, match="no fact names a programme"):
        select_programme([fact(None, 1)], "x")


def test_what_could_be_drawn_is_counted() -> None:
    topics = topics_of([fact("مدرسه", 1), *ALL_FORMS])
    assert [(topic.program, topic.unit, topic.drawable, topic.undated) for topic in topics] == [
        ("واحد صنعتی", "واحد", 11, 0),
        ("مدرسه", "واحد", 0, 1),
    ]


# ------------------------------------------------------------------------------------------------------------ geometry


@given(st.integers(1300, 1450), st.integers(1, 12), st.integers(1, 29))
def test_days_stand_in_their_order(number: int, month: int, day: int) -> None:
    start = f"{number}-{month:02}-{day:02}"
    assert number <= place(start) < place(start, 1) < number + 1.003
    first, last = extent(Period(start, start))
    assert first < last


@given(st.floats(1300, 1450), st.floats(0.02, 200))
def test_marks_lie_on_the_axis_in_order(first: float, length: float) -> None:
    marks = [when for when, _ in ticks(first, first + length)]
    assert marks == sorted(set(marks)) and len(marks) <= 14
    assert all(first <= when <= first + length for when in marks)


def test_figures_of_one_period_stand_side_by_side_over_its_stretch() -> None:
    one, other = bars_of([fact("پل", 5, year(1400)), fact("پل", 7, year(1400))])
    assert (one.first, round(one.last, 3), round(other.last, 3)) == (1400.0, round(other.first, 3), 1401.0 - 0.001)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (year(1400), "سال ۱۴۰۰"),
        (Period("1390-01-01", "1399-12-30"), "۱۳۹۰ تا ۱۳۹۹"),
        (Period("1401-06-01", "1401-06-31"), "شهریور ۱۴۰۱"),
        (Period("1400-10-01", "1401-03-31"), "دی ۱۴۰۰ تا خرداد ۱۴۰۱"),
        (Period("1401-02-03", "1401-02-20"), "۳ اردیبهشت ۱۴۰۱ تا ۲۰ اردیبهشت ۱۴۰۱"),
        (Period("1401-02-03", "1401-02-03"), "۳ اردیبهشت ۱۴۰۱"),
        (Period("1401-01-01", None), "از ۱ فروردین ۱۴۰۱"),
        (Period(None, "1401-01-01"), "تا ۱ فروردین ۱۴۰۱"),
        (Period(None, None, text="ماه‌های گذشته"), "ماه‌های گذشته"),
    ],
)
def test_periods_have_persian_words(period: Period, words: str) -> None:
    assert period_words(period) == words


# ------------------------------------------------------------------------------------------------------------- drawing


def test_every_comparator_and_status_is_drawn_and_explained() -> None:
    found = texts(draw_chart("واحد صنعتی", panels_of(ALL_FORMS)))
    labels = {"۵۰۰", "حدود ۵۱۰", "بیش از ۵۲۰", "دست‌کم ۵۳۰", "کمتر از ۵۴۰", "حداکثر ۵۵۰", "۴۰۰ تا ۴۵۰"}
    assert labels <= set(found)
    assert {"دست‌کم", "بیش از", "حداکثر", "کمتر از", "بازه", "محقق‌نشده", "پیش‌بینی (توخالی)"} <= set(found)
    assert "۱۳۹۰" in found and "واحد" in found


def test_a_plain_chart_explains_no_marks() -> None:
    found = texts(draw_chart("پل", panels_of([fact("پل", 5, year(1400))])))
    assert not {"دست‌کم", "بازه", "محقق‌نشده"} & set(found)


def test_a_decrease_is_drawn_below_the_axis() -> None:
    (bar,) = bars_of([fact("پل", 4, year(1400), kind="change", change=Change("down"))])
    assert (bar.bottom, bar.top) == (-4.0, 0.0)


def test_texts_stay_text_and_run_from_right_to_left() -> None:
    svg = draw_chart("واحد صنعتی", panels_of(ALL_FORMS))
    for text, style in texts(svg).items():
        assert f"direction: {'rtl' if re.search('[ا-هی]', text) else 'ltr'}" in style, text
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.find(f"{SVG}title").text == "واحد صنعتی"


def test_a_drawing_is_the_same_each_time() -> None:
    assert draw_chart("پل", panels_of(ALL_FORMS)) == draw_chart("پل", panels_of(ALL_FORMS))


def test_no_letter_of_a_picture_is_missing_or_stands_alone() -> None:
    """Shaped, «سسسس» is narrower than four letters that stand apart."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    canvas = FigureCanvasAgg(figure)
    joined, apart = (figure.text(0, 0, text, family="DejaVu Sans") for text in ("سسسس", "س‌س‌س‌س"))
    widths = [text.get_window_extent(canvas.get_renderer()).width for text in (joined, apart)]
    assert widths[0] < 0.8 * widths[1]


def test_labels_do_not_cover_each_other() -> None:
    facts = [fact("پل", 500 + number, Period("1400-01-01", f"1400-{number:02}-15")) for number in range(2, 9)]
    svg = draw_chart("پل", panels_of(facts)).decode()
    places = re.findall(r'<text style="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>۵۰[۲-۸]<', svg)
    assert len(places) == 7
    close = [(one, other) for one in places for other in places if one < other and _near(one, other)]
    assert not close


def _near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return abs(float(one[0]) - float(other[0])) < 15 and abs(float(one[1]) - float(other[1])) < 8


def test_many_programmes_share_the_colours_there_are() -> None:
    facts = [fact(f"طرح {name}", 5, year(1400)) for name in "الف ب پ ت ث ج چ ح خ".split()]
    assert "برنامه‌های دیگر" in texts(draw_chart("طرح", panels_of(facts)))


def test_a_hostile_programme_is_shown_and_not_run() -> None:
    name = "</text><script>alert(1)</script> $x^2$ \x00\ud800\u202e😀"
    panels = panels_of([fact(name, 5, year(1400), unit=name), fact("پل", 5, year(1400), unit=name)])
    for form in ("svg", "html"):
        picture = draw_chart(name, panels, form)
        assert b"<script>" not in picture
    ElementTree.fromstring(draw_chart(name, panels))
    assert draw_chart(name, panels, "png")


@settings(deadline=None, max_examples=8)
@given(
    st.lists(
        st.builds(
            fact,
            st.sampled_from(("پل", "مدرسه")),
            st.sampled_from(("0", "-5", "1E+400", "1E-400", "12.5", "3000000000000")),
            st.sampled_from((year(1400), Period("1401-01-05", "1401-01-05"), Period(None, "1402-01-01"))),
            comparator=st.sampled_from(("eq", "approx", "gt", "ge", "lt", "le")),
            unit=st.sampled_from((None, "واحد")),
            status=st.sampled_from(("actual", "planned", "negated")),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_values_can_be_drawn(facts: list[MetricFact]) -> None:
    ElementTree.fromstring(draw_chart("پل", panels_of(facts)))


# --------------------------------------------------------------------------------------------------------- the command


@pytest.mark.parametrize(("name", "beginning"), [("c.svg", b"<?xml"), ("c.png", b"\x89PNG"), ("c.html", b"<!doctype")])
def test_the_suffix_decides_what_is_written(facts_file: Path, name: str, beginning: bytes) -> None:
    target = facts_file.with_name(name)
    result = ie("chart", facts_file, "--program", "واحد صنعتی", "-o", target)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert target.read_bytes().startswith(beginning)


def test_without_a_file_the_svg_is_on_stdout(facts_file: Path) -> None:
    result = ie("chart", facts_file, "--program", "bridges")
    assert result.exit_code == 0
    assert "۵" in texts(result.stdout)


def test_facts_can_come_from_a_pipe(facts_file: Path) -> None:
    code = "from ie.cli import app; app()"
    command = [sys.executable, "-c", code, "chart", "-", "--program", "پل"]
    run = subprocess.run(command, input=facts_file.read_bytes(), capture_output=True, check=True)
    assert run.stdout.startswith(b"<?xml")


def test_without_a_programme_what_could_be_drawn_is_listed(facts_file: Path) -> None:
    result = ie("chart", facts_file)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line for line in result.stdout.splitlines() if "واحد صنعتی" in line]
    assert len(rows) == 1 and " 11 " in rows[0]
    assert "bridges" in result.stdout


@pytest.mark.parametrize(
    ("program", "words"),
    [("مدرسه", "none of the 1 facts of 'مدرسه' has a period"), ("پلل", "the nearest are: پل")],
)
def test_what_cannot_be_drawn_is_said_in_one_line(facts_file: Path, program: str, words: str) -> None:
    result = ie("chart", facts_file, "--program", program)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"error: {facts_file}: ") and words in result.stderr
    assert result.stderr.count("\n") == 1


def test_facts_that_are_left_out_are_told(tmp_path: Path) -> None:
    write_facts([fact("پل", 5, year(1400)), fact("پل", 6)], tmp_path / "f.jsonl")
    result = ie("chart", tmp_path / "f.jsonl", "--program", "پل", "-o", tmp_path / "c.svg")
    assert (result.exit_code, result.stderr) == (0, "1 of 2 facts have no period and are not drawn\n")


def test_a_file_without_facts_or_periods_or_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text("")
    assert "expected facts" in ie("chart", path).stderr
    write_facts([fact("پل", 6)], path)
    assert "nothing can be drawn" in ie("chart", path).stderr
    with path.open("a") as file:
        file.write("{}\n")
    assert f"{path}:2: " in ie("chart", path).stderr


@pytest.mark.parametrize("options", [["-o", "c.pdf", "--program", "پل"], ["-o", "c.svg"]])
def test_an_unknown_form_or_a_file_for_no_programme_is_wrong_usage(facts_file: Path, options: list[str]) -> None:
    assert ie("chart", facts_file, *options).exit_code == 2


def test_the_facts_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "facts.svg"
    write_facts([fact("پل", 5, year(1400))], tmp_path / "facts.jsonl")
    (tmp_path / "facts.jsonl").rename(path)
    assert ie("chart", path, "--program", "پل", "-o", path).exit_code == 2


def test_without_matplotlib_the_extra_is_named(facts_file: Path) -> None:
    code = "import sys; sys.modules['matplotlib'] = None\nfrom ie.cli import app; app()"
    command = [sys.executable, "-c", code, "chart", str(facts_file), "--program", "پل"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr == "error: a chart needs matplotlib; install it with: pip install 'ie-fa[charts]'\n"


@pytest.mark.parametrize("command", ["chart", "diff"])
def test_help_is_light(command: str) -> None:
    code = f"""
import sys
from typer.testing import CliRunner
from ie.cli import app
CliRunner().invoke(app, [{command!r}, "--help"])
heavy = {{"matplotlib", "numpy", "scipy", "onnxruntime", "jdatetime", "rich"}}
assert not heavy & set(sys.modules), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
