"""The shapes of the web interface: what a request may hold and what an answer holds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from ie.calendars import read_report_date
from ie.schema import Comparator, IEError, Kind, Relation, Status

__all__ = [
    "Checked",
    "Health",
    "Kept",
    "OneDocument",
    "Parsed",
    "Passage",
    "PredictBody",
    "Problem",
    "Reports",
    "ReviewedReport",
]

MOST_CHARACTERS = 1_000_000
MOST_DOCUMENTS = 64


def _report_date(date: str) -> str:
    try:
        return str(read_report_date(date))
    except IEError:
        raise ValueError("expected a Jalali date like 1401-07-15, 1401-07 or 1401") from None


_DAY = r"^1[2-5][0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
ReportDay = Annotated[str, AfterValidator(_report_date), Field(examples=["1401-07-15"], pattern=_DAY)]
Text = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Place = Annotated[list[int], Field(min_length=2, max_length=2)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OneDocument(_Closed):
    """One report. Without a date, that of its text counts; without one there, relative periods stay open."""

    text: Text = Field(examples=["در سال ۱۴۰۰ بیش از ۲۰ واحد صنعتی راه‌اندازی شد."])
    id: Name | None = None
    title: Annotated[str, Field(max_length=500)] | None = None
    report_date: ReportDay | None = None
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0


class ManyDocuments(_Closed):
    """Several reports, read in their order."""

    documents: Annotated[list[OneDocument], Field(min_length=1, max_length=MOST_DOCUMENTS)]


def _which(body: Any) -> str:  # noqa: ANN401 - not validated yet
    return "many" if isinstance(body, dict) and "documents" in body else "one"


PredictBody = Annotated[
    Annotated[OneDocument, Tag("one")] | Annotated[ManyDocuments, Tag("many")], Discriminator(_which)
]


class Interval(BaseModel):
    """A Jalali interval, both ends inclusive; an end that is null is open."""

    start: str | None
    end: str | None
    relation: Relation
    granularity: str | None
    flags: list[str]
    start_gregorian: str | None
    end_gregorian: str | None
    text: str | None
    derivation: str


class ChangeOf(BaseModel):
    """The direction of a change, and the period it is measured against."""

    direction: Literal["up", "down"]
    baseline: Interval | None


class Places(BaseModel):
    """Where the slots of a fact stand, in code points of the text, half-open."""

    number: Place
    program: Place | None
    period: Place | None
    sentence: Place | None


class _FactSlots(BaseModel):
    id: str
    document: str
    program: str | None
    program_type: str | None
    comparator: Comparator
    unit: str | None
    currency: str | None
    unit_si: str | None
    kind: Kind
    period: Interval | None
    status: Status
    change: ChangeOf | None
    rate: str | None
    flags: list[str]
    subset_of: str | None
    same_as: str | None
    evidence: Places
    confidence: Annotated[float, Field(ge=0, le=1)]


class Fact(_FactSlots):
    """A metric fact; its values are exact."""

    value: int | float
    value_max: int | float | None
    value_si: int | float | None
    value_max_si: int | float | None


class ReviewedFact(_FactSlots):
    """A metric fact as the page shows it: values as text, digit for digit, and the reasons of its slots."""

    value: str
    value_max: str | None
    value_si: str | None
    value_max_si: str | None
    reasons: list[str]


class MarkedSpan(BaseModel):
    """A stretch of the text that the tagger found."""

    start: int
    end: int
    label: Literal["NUMBER", "PERIOD", "PROGRAM"]
    score: float


class ReportOf(BaseModel):
    """What was read out of one document."""

    document: str
    report_date: str | None
    facts: list[Fact]
    spans: list[MarkedSpan]


class Reports(BaseModel):
    """One report a document, in the order of the request."""

    reports: list[ReportOf]


class PeriodIn(BaseModel):
    """A period expression and its interval; null where it resolves to nothing."""

    span: Place
    interval: dict[str, str | None] | None


class ReviewedReport(BaseModel):
    """A report as the page shows and corrects it."""

    id: str
    title: str | None
    date: str | None
    text: str
    spans: list[tuple[int, int, str, float]]
    facts: list[ReviewedFact]
    periods: list[PeriodIn]
    nonfacts: list[Place]


class Passage(_Closed):
    """A stretch of a text, to be read as a number or as a period."""

    text: Text
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    label: Literal["NUMBER", "PERIOD"]
    report_date: ReportDay | None = None


class NumberOf(BaseModel):
    """What a number says; `span` is the number itself, without unit and cue."""

    span: Place
    value: str
    value_max: str | None
    comparator: Comparator
    unit: str | None
    currency: str | None
    kind: Kind


class Parsed(BaseModel):
    """What a stretch of text says; null where it says no number or no period."""

    number: NumberOf | None
    period: Interval | None
    sentence: Place | None


class Checked(BaseModel):
    """A corrected document as one line of annotations, and what a reader may want to look at again."""

    id: str
    line: str
    findings: list[str]


class Kept(BaseModel):
    """A corrected document that is on the disk."""

    id: str
    file: str
    replaced: bool
    findings: list[str]


class Health(BaseModel):
    """Whether the server answers, and with what."""

    status: Literal["ok"]
    version: str
    keeps_annotations: bool


class ProblemError(BaseModel):
    """One thing that is wrong with a request."""

    location: str
    message: str


class Problem(BaseModel):
    """Why a request was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = []
