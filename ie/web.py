"""The web interface: reports in, facts out, and the page where people read, correct and keep them.

``ie serve`` runs it. Nothing is remembered between requests; what is kept is in the annotations file before the answer
says so. No cookie is ever set, and no text of a report is ever logged.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

from ie import __version__
from ie.corrections import Corrections, corrected_document, line_of
from ie.exact_json import from_json, to_json
from ie.extractor import Extractor, Report
from ie.gold import AnnotatedDocument
from ie.numerals import find_numbers, parse_number, unit_kind
from ie.periods import find_periods, parse_period
from ie.persian import sentence_offsets
from ie.records import DocumentRecord
from ie.review import page_record, script_json, served_page
from ie.schema import Document, IEError, Offsets, Quantity
from ie.texts import text_digest
from ie.validation import validate_document
from ie.web_docs import api_page
from ie.web_guard import Guard, Limits, Metrics, Refusal, Workers, problem
from ie.web_models import (
    Checked,
    Health,
    Kept,
    ManyDocuments,
    OneDocument,
    Parsed,
    Passage,
    PredictBody,
    Problem,
    Reports,
    ReviewedReport,
)

__all__ = ["Limits", "create_app"]

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_WHY = {
    400: "Not JSON",
    403: "Asked by a page of another site",
    408: "The body did not come in time",
    409: "The server keeps no annotations",
    413: "Too large",
    415: "Not application/json",
    421: "Asked under an unknown name",
    422: "Not of the right shape; `errors` say where",
    500: "The server failed; nothing was changed",
    503: "Busy; try again",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": _WHY[status], "content": _PROBLEM} for status in statuses}


_FAILED = "the server failed to do this; nothing was changed"
_ASKED = _problems(400, 403, 408, 413, 415, 421, 422, 500, 503)


def create_app(
    extractor: Extractor, annotations: Corrections | None = None, limits: Limits | None = None, *hosts: str
) -> Guard:
    """Return the web application of an extractor, guarded; `hosts` are the names it answers to besides loopback."""
    limits = replace(limits or Limits(), hosts=((limits.hosts if limits else ()) + hosts))
    metrics = Metrics()
    desk = _Desk(extractor, annotations, Workers(limits, metrics), metrics)
    app = FastAPI(
        title="ie",
        version=__version__,
        summary="Persian reports in, metric facts out.",
        docs_url=None,
        redoc_url=None,
        responses=_problems(421, 500, 503),
        separate_input_output_schemas=False,
    )
    _add_answers(app, desk)
    _add_pages(app, desk)
    app.add_exception_handler(IEError, _refuse_mistake)
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(Exception, _refuse)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return Guard(app, limits, metrics)


class _Desk:
    """What the answers are made from."""

    def __init__(
        self, extractor: Extractor, annotations: Corrections | None, workers: Workers, metrics: Metrics
    ) -> None:
        self.extractor = extractor
        self.annotations = annotations
        self.workers = workers
        self.metrics = metrics

    async def read(self, documents: list[OneDocument]) -> list[Report]:
        """Return the reports of documents, read in a worker."""
        given = [
            Document(one.id or str(position), one.text, one.report_date, one.title)
            for position, one in enumerate(documents, start=1)
        ]
        reports = await self.workers.run(lambda: list(self.extractor.predict_many(given)))
        self.metrics.documents.inc(len(reports))
        self.metrics.characters.inc(sum(len(report.text) for report in reports))
        self.metrics.facts.inc(sum(len(report.facts) for report in reports))
        return [report.at_least(one.min_confidence) for report, one in zip(reports, documents, strict=True)]


def _add_answers(app: FastAPI, desk: _Desk) -> None:
    @app.post("/v1/predict", response_model=None, responses={**_ASKED, 200: {"model": Reports}}, tags=["facts"])
    async def predict(body: Annotated[PredictBody, Body()]) -> Response:
        """Return the facts and spans of one report, or of several (`documents`)."""
        documents = body.documents if isinstance(body, ManyDocuments) else [body]
        return _json({"reports": [_report_record(report) for report in await desk.read(documents)]})

    @app.post("/v1/review", response_model=None, responses={**_ASKED, 200: {"model": ReviewedReport}}, tags=["page"])
    async def review(body: OneDocument) -> Response:
        """Return a report as the page corrects it: values as text, every period and every number that is no fact."""
        named = body.model_copy(update={"id": body.id or f"report-{text_digest(body.text)[:10]}"})
        (report,) = await desk.read([named])
        return _json(await desk.workers.run(lambda: _review_record(report)))

    @app.post("/v1/parse", response_model=None, responses={**_ASKED, 200: {"model": Parsed}}, tags=["page"])
    async def parse(body: Passage) -> Response:
        """Return what a stretch of a text says as a number or as a period."""
        if not body.start < body.end <= len(body.text):
            raise Refusal(422, f"start, end: expected offsets within 0..{len(body.text)}, start before end")
        return _json(await desk.workers.run(lambda: _parsed(body)))

    @app.post(
        "/v1/annotations/check",
        response_model=None,
        responses={**_ASKED, 200: {"model": Checked}},
        openapi_extra=_RECORD_BODY,
        tags=["annotations"],
    )
    async def check(request: Request) -> Response:
        """Return a corrected document as one line of annotations, to be kept by the caller."""
        document, findings = await _corrected(request, desk)
        return _json({"id": document.id, "line": line_of(document), "findings": findings})

    @app.post(
        "/v1/annotations",
        response_model=None,
        responses={**_ASKED, **_problems(409), 200: {"model": Kept}},
        openapi_extra=_RECORD_BODY,
        tags=["annotations"],
    )
    async def keep(request: Request) -> Response:
        """Keep a corrected document in the annotations file, in the place of an earlier one of its id."""
        kept_in = desk.annotations
        if kept_in is None:
            raise Refusal(
                409, "this server keeps no annotations; start it with --annotations FILE, or download the line"
            )
        document, findings = await _corrected(request, desk)
        try:
            replaced = await desk.workers.run(lambda: kept_in.keep(document))
        except IEError as error:
            raise Refusal(500, str(error)) from None
        desk.metrics.kept.inc()
        return _json({"id": document.id, "file": kept_in.path.name, "replaced": replaced, "findings": findings})


_RECORD_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DocumentRecord"}}},
    }
}


async def _corrected(request: Request, desk: _Desk) -> tuple[AnnotatedDocument, list[str]]:
    """Return the document that a body states, and what is doubtful about it; digits are read as they are written."""
    content = await request.body()

    def read() -> tuple[AnnotatedDocument, list[str]]:
        document = corrected_document(_parsed_json(content))
        return document, [str(finding) for finding in validate_document(document)]

    return await desk.workers.run(read)


def _parsed_json(content: bytes) -> object:
    try:
        return from_json(content.decode("utf-8"))
    except ValueError:
        raise Refusal(400, "the body is not JSON") from None


def _add_pages(app: FastAPI, desk: _Desk) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        kept_in = script_json({"keeps": desk.annotations.path.name if desk.annotations else None})
        page = served_page()
        settings = f'<script type="application/json" id="settings">{kept_in}</script>\n'
        return _html(page.head + settings + page.tail, f"{page.policy}; connect-src 'self'; frame-ancestors 'none'")

    @app.get("/favicon.ico", include_in_schema=False)
    async def no_icon() -> Response:
        return Response(status_code=204)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        shown = api_page(app.openapi())
        return _html(shown.html, shown.policy)

    @app.get("/healthz", response_model=Health, tags=["server"])
    async def healthz() -> dict[str, object]:
        """Say that the server answers."""
        return {"status": "ok", "version": __version__, "keeps_annotations": desk.annotations is not None}

    @app.get(
        "/metrics",
        response_model=None,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        response_class=Response,
        tags=["server"],
    )
    async def metrics() -> Response:
        """Return figures for Prometheus."""
        return Response(generate_latest(desk.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _json(record: object) -> Response:
    return Response(to_json(record), media_type="application/json")


def _html(page: str, policy: str) -> Response:
    return Response(page, media_type="text/html", headers={"content-security-policy": policy})


def _report_record(report: Report) -> dict[str, Any]:
    return {
        "document": report.document.id,
        "report_date": report.report_date.date if report.report_date else None,
        "facts": report.to_dicts(),
        "spans": [
            {"start": span.start, "end": span.end, "label": span.label, "score": round(float(span.score), 4)}
            for span in report.spans
        ],
    }


def _review_record(report: Report) -> dict[str, Any]:
    """Return a report as the page corrects it: every period with its interval, every number that is no fact."""
    date = report.report_date.date if report.report_date else None
    text = report.text
    of_facts = {fact.evidence.period: fact.period for fact in report.facts if fact.period is not None}
    periods = []
    for span in report.spans:
        if span.label == "PERIOD":
            period = of_facts.get(span.offsets) or parse_period(text[slice(*span.offsets)], report_date=date)
            known = period is not None and period.interval != (None, None)
            interval = {"start": period.start, "end": period.end} if known and period else None
            periods.append({"span": list(span.offsets), "interval": interval})
    taken = sorted({fact.evidence.number for fact in report.facts} | {span.offsets for span in report.spans})
    numbers = [(number.start, number.end) for number in find_numbers(text)]
    nonfacts = [list(number) for number in numbers if not _overlaps(number, taken)]
    record = page_record(report.document, report.spans, report.facts, date)
    return record | {"periods": periods, "nonfacts": nonfacts}


def _overlaps(place: Offsets, others: list[Offsets]) -> bool:
    """Return whether a place overlaps one of others, which are in order and short."""
    before = bisect_left(others, (place[1],))
    return any(place[0] < end for _, end in others[max(0, before - 8) : before])


def _parsed(passage: Passage) -> dict[str, Any]:
    text, place = passage.text, (passage.start, passage.end)
    sentence = next(([start, end] for start, end in sentence_offsets(text) if start <= place[0] < end), None)
    answer: dict[str, Any] = {"number": None, "period": None, "sentence": sentence}
    words = text[slice(*place)]
    if passage.label == "PERIOD":
        within = [one for one in find_periods(text) if one.start == place[0] and one.end == place[1]]
        surface = text[within[0].start : within[0].end] if within else words
        period = parse_period(surface, report_date=passage.report_date)
        answer["period"] = replace(period, text=words).to_dict() if period else None
        return answer
    # a number says more where it stands: its cue and its unit are beside it
    for number in find_numbers(text):
        if number.start < place[1] and place[0] < number.end:
            answer["number"] = _number_record((number.start, number.end), number.quantity)
            return answer
    quantity = parse_number(words)
    answer["number"] = _number_record(place, quantity) if quantity else None
    return answer


def _number_record(place: Offsets, quantity: Quantity) -> dict[str, Any]:
    return {
        "span": list(place),
        "value": format(quantity.value, "f"),
        "value_max": None if quantity.upper is None else format(quantity.upper, "f"),
        "comparator": quantity.comparator,
        "unit": quantity.unit,
        "currency": quantity.currency,
        "kind": unit_kind(quantity.unit) if quantity.unit else "count",
    }


# --------------------------------------------------------------------------------------------------------- problems


def _answer_problem(refusal: Refusal) -> Response:
    status, headers, body = problem(refusal)
    return Response(body, status, headers)


async def _refuse(_: Request, error: Exception) -> Response:
    return _answer_problem(error if isinstance(error, Refusal) else Refusal(500, _FAILED))


async def _refuse_mistake(_: Request, error: Exception) -> Response:
    return _answer_problem(Refusal(422, str(error)))


async def _refuse_http(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    details = {404: "there is nothing here; /docs tells what there is", 405: "this is not done with this method"}
    status, known, body = problem(Refusal(status, details.get(status, "the request cannot be read")))
    return Response(body, status, headers | known)


async def _refuse_shape(_: Request, error: Exception) -> Response:
    """Say where a request has another shape; what was found there is not repeated."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(one["type"] == "json_invalid" for one in found):
        return _answer_problem(Refusal(400, "the body is not JSON"))
    errors = [{"location": _location(one["loc"]), "message": _message(one)} for one in found[:20]]
    first = errors[0] if errors else {"location": "body", "message": "has another shape"}
    return _answer_problem(Refusal(422, f"{first['location']}: {first['message']}", errors))


def _location(steps: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in steps if step not in ("one", "many"))[:200]


def _message(error: dict[str, Any]) -> str:
    if error["type"] == "string_pattern_mismatch" and error["loc"][-1] == "report_date":
        return "expected a Jalali date like 1401-07-15, 1401-07 or 1401"
    return str(error["msg"]).removeprefix("Value error, ")[:300]


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, with the shape of problems and of annotations."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        for name, shape in (("Problem", TypeAdapter(Problem)), ("DocumentRecord", TypeAdapter(DocumentRecord))):
            found = shape.json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(found.pop("$defs", {}))
            schemas[name] = found
        app.openapi_schema = described
    return app.openapi_schema
