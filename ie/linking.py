"""A document's spans to metric facts: every number gets its programme, period, status, change, relations and evidence.

What a number says comes from `numerals`, what a period denotes from `periods`; which programme and which period a
number belongs to, and whether it is planned or a change, is a weighted choice over the text around it (`attachment`,
`scope`, `modality`); units that the number itself does not say and rates are read by `measures`, parts and repeats are
found by `reference`. Everything looks at a bounded stretch of text, so time grows with the length of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ie.attachment import program_candidates, program_features
from ie.checks import check_facts
from ie.clauses import Layout
from ie.confidence import RAW, ConfidenceCurve
from ie.explanations import Choice, Decision, explain
from ie.labels import PERIOD
from ie.measures import kind_of, money_flags, money_of, unit_of
from ie.modality import CHANGES, STATUSES, change_features, status_features, tense_of, with_class
from ie.numerals import NumberMention
from ie.periods import PeriodMention, ReportDateLike
from ie.rates import rates_of
from ie.reading import Reading, read_spans, resolve
from ie.reference import find_relations
from ie.scene import Figure, State, choose, load_weights, score_rows
from ie.schema import Change, Document, Evidence, Kind, MetricFact, Period, Quantity, Span, Status
from ie.scope import NONE, choose_period, compared, period_candidates, period_features
from ie.taxonomy import Taxonomy
from ie.units import normal_form

__all__ = ["link_facts"]


def link_facts(
    document: Document,
    spans: Sequence[Span],
    numbers: Sequence[NumberMention] | None = None,
    periods: Sequence[PeriodMention] | None = None,
    report_date: ReportDateLike = None,
    taxonomy: Taxonomy | None = None,
    curve: ConfidenceCurve = RAW,
    dated: bool = False,
) -> tuple[MetricFact, ...]:
    """Return the facts that the NUMBER, PERIOD and PROGRAM spans of a document state, in text order.

    `numbers` and `periods` are the mentions the grammars found in the text (they are looked for where None), and
    `report_date` wins over the document's own date and over the one inferred from the text. `curve` makes the
    confidence of a fact out of its raw score; `dated` says that the report date given is all that is known of it.
    """
    reading = read_spans(document, spans, numbers, periods, report_date, dated)
    return _Linker(document, reading, taxonomy or Taxonomy.load(), curve).facts()


@dataclass(slots=True)
class _Linker:
    """The decisions for one document, in text order."""

    document: Document
    reading: Reading
    taxonomy: Taxonomy
    curve: ConfidenceCurve
    money: tuple[str, str] | None = None  # the unit and currency of all money of the document

    def facts(self) -> tuple[MetricFact, ...]:
        reading, state = self.reading, State()
        quantities = [mention.quantity for mention in reading.numbers]
        self.money = money_of(quantities)
        facts: list[MetricFact] = []
        types: dict[int, str | None] = {}
        rates = rates_of(reading.scene.layout, reading.scene.figures)
        for number in range(len(reading.numbers)):
            program = self._program(number, state)
            period = self._period(number, state, program.index)
            fact = self._fact(number, quantities, program, period, rates[number], types, state)
            state.advance(number, program.index, NONE if period.index is None else period.index, fact.status)
            facts.append(fact)
        related = find_relations(reading.scene.layout, reading.scene.figures, facts)
        return tuple(check_facts(related, reading.report))

    def _program(self, number: int, state: State) -> Choice:
        candidates = program_candidates(self.reading.scene, number, state)
        if not candidates:
            return Choice(None, 0.5, 0)
        rows = [program_features(self.reading.scene, number, candidate, state) for candidate in candidates]
        best, sure = choose(load_weights()["program"], rows)
        return Choice(candidates[best], sure, len(candidates), candidates[best] == state.program)

    def _period(self, number: int, state: State, program: int | None) -> Choice:
        candidates = period_candidates(self.reading.scene, number, state)
        rows = period_features(self.reading.scene, number, candidates, state, program)
        best, sure = choose_period(self.reading.scene, candidates, score_rows(load_weights()["period"], rows))
        return Choice(None if best == NONE else best, sure, len(candidates), best == state.period != NONE)

    def _fact(
        self,
        number: int,
        quantities: list[Quantity],
        program: Choice,
        period: Choice,
        rate: str | None,
        types: dict[int, str | None],
        state: State,
    ) -> MetricFact:
        reading, layout = self.reading, self.reading.scene.layout
        mention, figure = reading.numbers[number], reading.scene.figures[number]
        quantity = mention.quantity
        unit, currency = unit_of(layout, reading.scene.figures, quantities, number)
        resolved = self._resolved(period.index)
        status, stated = self._status(number, resolved, program.index, state)
        if status == "planned" and resolved is not None:
            resolved = self._resolved(period.index, planned=True)
        flags = (*quantity.flags, *money_flags(layout, figure, quantity, unit, currency))
        if "currency not stated" in flags and self.money is not None:
            unit, currency = self.money
            flags = (*quantity.flags, "currency inferred")
        change = self._change(number, resolved)
        kind: Kind = "change" if change else kind_of(layout, figure, quantity, unit, flags)
        span = reading.programs[program.index] if program.index is not None else None
        sentence = layout.sentences[layout.chunks[figure.place].sentence]
        phrase = self.document.text[span.start : span.end] if span else None
        if program.index is not None and program.index not in types:
            types[program.index] = self.taxonomy.match(phrase or "", self._clause(figure))
        score = reading.scores[number] * program.sure * period.sure * stated * (span.score if span else 0.5)
        value = abs(quantity.value) if change else quantity.value
        normal = _normal_forms((value, quantity.upper), unit, currency, kind)
        decision = Decision(number, program, period, resolved, status, stated, unit, change, rate, flags)
        return MetricFact(
            id=f"{self.document.id}@{mention.start}",
            document=self.document.id,
            program=phrase,
            program_type=types[program.index] if program.index is not None else None,
            value=value,
            value_max=quantity.upper,
            comparator=quantity.comparator,
            unit=unit,
            currency=currency,
            value_si=normal[0],
            value_max_si=normal[1],
            unit_si=normal[2],
            kind=kind,
            period=resolved,
            status=status,
            change=change,
            rate=rate,
            flags=flags,
            evidence=Evidence(
                number=(mention.start, mention.end),
                program=span.offsets if span else None,
                period=reading.period_spans[period.index].offsets if period.index is not None else None,
                sentence=sentence,
            ),
            confidence=self.curve.confidence(score),
            reasons=explain(reading, decision),
        )

    def _resolved(self, period: int | None, planned: bool = False) -> Period | None:
        """Return what a period denotes; a bare month of a plan lies ahead."""
        if period is None:
            return None
        resolved, mention = self.reading.resolved[period], self.reading.periods[period]
        if planned and mention is not None:
            anchor = next(
                (before for before in reversed(self.reading.resolved[max(0, period - 3) : period]) if before), None
            )
            resolved = resolve(mention, self.reading.report, anchor, planned=True, gregorian=self.reading.gregorian)
        return resolved if resolved is not None and resolved.interval != (None, None) or _is_until(resolved) else None

    def _status(self, number: int, period: Period | None, program: int | None, state: State) -> tuple[Status, float]:
        scene = self.reading.scene
        rows = with_class(
            status_features(scene, number, tense_of(period, self.reading.report), state, program), STATUSES
        )
        best, sure = choose(load_weights()["status"], rows)
        return STATUSES[best], sure

    def _change(self, number: int, period: Period | None) -> Change | None:
        rows = with_class(change_features(self.reading.scene, number), CHANGES)
        direction = CHANGES[choose(load_weights()["change"], rows)[0]]
        if direction == "none":
            return None
        return Change("up" if direction == "up" else "down", self._baseline(number, period))

    def _baseline(self, number: int, period: Period | None) -> Period | None:
        """Return the period a change is measured against: one that a cue of comparison introduces nearby."""
        scene = self.reading.scene
        layout, figure = scene.layout, scene.figures[number]
        for place in _near_periods(layout, figure):
            index = layout.chunks[place].mention
            mention = self.reading.periods[index]
            if mention is None or not compared(layout, place):
                continue
            return resolve(mention, self.reading.report, period, gregorian=self.reading.gregorian)
        return None

    def _clause(self, figure: Figure) -> str:
        """Return the words of the clause of a figure, what a programme's type is told from."""
        chunks, layout = self.reading.scene.layout.chunks, self.reading.scene.layout
        sentence, clause = chunks[figure.place].sentence, layout.clause(figure.place)
        first, last = figure.place, figure.place
        while first > 0 and figure.place - first < _CLAUSE and chunks[first - 1].sentence == sentence:
            if layout.clause(first - 1) != clause:
                break
            first -= 1
        while last + 1 < len(chunks) and last - figure.place < _CLAUSE and chunks[last + 1].sentence == sentence:
            if layout.clause(last + 1) > clause + 1:
                break
            last += 1
        return self.document.text[chunks[first].start : chunks[last].end]


_CLAUSE = 40  # chunks on either side of a number that tell its programme's type
_BASELINE = 16  # chunks around a change in which its baseline is looked for


def _near_periods(layout: Layout, figure: Figure) -> list[int]:
    """Return the places of the periods of a figure's sentence around it, nearest first."""
    sentence = layout.chunks[figure.place].sentence
    low, high = max(0, figure.first - _BASELINE), min(len(layout.chunks), figure.last + _BASELINE)
    places = [
        index
        for index in range(low, high)
        if layout.chunks[index].kind == PERIOD and layout.chunks[index].sentence == sentence
    ]
    return sorted(places, key=lambda index: abs(index - figure.place))


def _is_until(period: Period | None) -> bool:
    """Tell whether a period is open on both ends but says up to when («تاکنون» without a report date)."""
    return period is not None and period.relation == "until"


def _normal_forms(
    values: tuple[Decimal, Decimal | None], unit: str | None, currency: str | None, kind: Kind
) -> tuple[Decimal | None, Decimal | None, str | None]:
    """Return both ends of a value in the unit that all of its measure share, and that unit."""
    value, upper = values
    if kind == "count":
        return None, None, None
    if unit is None and (kind == "percent" or (kind == "change" and 0 < value < 1)):
        return value, upper, "1"
    first = normal_form(value, unit, currency)
    last = normal_form(upper, unit, currency) if upper is not None else None
    return (None, None, None) if first is None else (first[0], last[0] if last else None, first[1])
