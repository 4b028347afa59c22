"""Reports with facts made by hand, for the tests of pages: what a page shows must not depend on a model."""

from decimal import Decimal
from typing import Any

from ie.schema import Document, Evidence, MetricFact, Offsets, Period, Span

TEXT = (
    "مدیر صندوق مهر گفت: در سال ۱۴۰۰ بیش از ۳ هزار مورد حمایت نمایشگاهی انجام شد.\n"
    "از این حمایت‌ها حدود ۵۰۰ مورد سهم بانوان است. در نیمه نخست ۱۴۰۱ نیز ۱۴۰ مورد ثبت شد.\n"
    "پیش‌بینی می‌شود تا پایان سال ۱۲ تا ۱۵ طرح توسعه آغاز شود. تلفن ۱۵۷۰ پاسخگوست."
)
HOSTILE = (
    "</script><script>window.ran = 1</script><img src=x onerror='window.ran = 2'> "
    "&lt;b&gt; <!-- ]]> \u202eسال ۱۴۰۰\u202c 😀 در سال ۱۴۰۰ تعداد ۳۵ مدرسه <b onclick=alert(1)>نو</b> "
    "ساخته شد.\u2028پایان"
)
Report = tuple[Document, list[Span], list[MetricFact], str | None]


def place(text: str, words: str, after: int = 0) -> Offsets:
    """Return where words stand in a text."""
    start = text.index(words, after)
    return (start, start + len(words))


def fact(document: Document, number: str, value: str, **slots: Any) -> MetricFact:
    """Return a fact whose evidence is named by its words; `before` says what follows its number."""
    text = document.text
    spot = place(text, number + slots.pop("before", ""))
    spot = (spot[0], spot[0] + len(number))
    evidence = {
        name: place(text, words) for name in ("program", "period", "sentence") if (words := slots.pop(name, None))
    }
    program = text[slice(*evidence["program"])] if "program" in evidence else None
    return MetricFact(
        id=f"{document.id}@{spot[0]}",
        document=document.id,
        program=slots.pop("phrase", program),
        value=Decimal(value),
        period=slots.pop("interval", None),
        evidence=Evidence(spot, **evidence),
        **slots,
    )


def sample_report() -> Report:
    """Return a report with a whole and its part, a range, a plan, an open period and a fact that is not sure."""
    document = Document("mehr", TEXT, "1401-07-15", "کارنامه صندوق مهر")
    first, half = Period("1400-01-01", "1400-12-29", derivation="سال 1400 → 1400"), Period("1401-01-01", "1401-06-31")
    program, period = "حمایت نمایشگاهی", "سال ۱۴۰۰"
    whole = fact(
        document, "۳ هزار", "3000", comparator="gt", unit="مورد", program=program, period=period, interval=first,
        confidence=0.93, sentence=TEXT.split("\n")[0], program_type="exhibition_support", reasons=("same sentence",),
    )  # fmt: skip
    part = fact(
        document, "۵۰۰", "500", comparator="approx", unit="مورد", program=program, period=period, interval=first,
        confidence=0.81, subset_of=whole.id, sentence=TEXT.split("\n")[1].split(". ")[0],
    )  # fmt: skip
    later = fact(
        document, "۱۴۰", "140", before=" مورد ثبت", unit="مورد", program=program, period="نیمه نخست ۱۴۰۱",
        interval=half, confidence=0.66,
    )  # fmt: skip
    plan = fact(
        document, "۱۲ تا ۱۵", "12", value_max=Decimal(15), comparator="range", unit="طرح", program="طرح توسعه",
        period="تا پایان سال", interval=Period(None, "1401-12-29", "until"), status="planned", confidence=0.35,
    )  # fmt: skip
    facts = [whole, part, later, plan]
    spans = {Span(*one.evidence.number, "NUMBER") for one in facts}
    spans |= {Span(*one.evidence.program, "PROGRAM") for one in facts if one.evidence.program}
    spans |= {Span(*one.evidence.period, "PERIOD") for one in facts if one.evidence.period}
    return document, sorted(spans), facts, "1401-07-15"


def hostile_report() -> Report:
    """Return a report whose text, id, title, programme and unit are markup and script."""
    document = Document(
        "<img src=x onerror='window.ran = 3'>", HOSTILE, title="</title><script>window.ran = 4</script>"
    )
    bad = fact(
        document, "۳۵", "35", unit="<i>مدرسه</i>", phrase="</script><script>window.ran = 5</script>",
        program="مدرسه <b onclick=alert(1)>نو</b>", period="سال ۱۴۰۰", interval=Period("1400-01-01", "1400-12-29"),
        program_type='"><svg onload=alert(1)>', reasons=("<script>window.ran = 6</script>",), rate="=cmd|'/c calc'!A1",
    )  # fmt: skip
    return document, [Span(*bad.evidence.number, "NUMBER")], [bad], None
