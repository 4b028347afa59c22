"""What a number states: something that is or a plan, a level or a change, up or down."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources

from ie.clauses import Layout, cue_table
from ie.persian import ZWNJ
from ie.scene import Figure, Scene, State, bucket, word_at
from ie.schema import Period, Status

__all__ = [
    "CHANGES",
    "STATUSES",
    "change_features",
    "is_negated",
    "status_features",
    "tense_of",
    "verb_form",
    "with_class",
]

STATUSES: tuple[Status, ...] = ("actual", "planned", "negated")
CHANGES = ("none", "up", "down")

_STATUS_REACH = 40  # chunks on either side of a number in which cues of a plan are looked for


def with_class(rows: list[str], classes: Sequence[str]) -> list[list[str]]:
    """Return the features once for each class, to be chosen between.

    >>> with_class(["near"], ("up", "down"))
    [['up|near'], ['down|near']]
    """
    return [[f"{name}|{row}" for row in rows] for name in classes]


def tense_of(period: Period | None, report: object) -> str:
    """Return how a period lies to the report date: past, open (it ends later) or ahead; undated without a date.

    >>> tense_of(Period("1402-01-01", "1402-12-29"), "1401-07")
    'ahead'
    """
    date = str(report or "")
    if period is None or not date:
        return "none" if period is None else "undated"
    if period.start is not None and period.start[: len(date)] > date:
        return "ahead"
    return "open" if period.end is not None and period.end[: len(date)] > date else "past"


def status_features(scene: Scene, number: int, tense: str, state: State, program: int | None = None) -> list[str]:
    """Describe what speaks for a plan: cue words of the clause and the sentence, verb forms, the period's tense."""
    layout, figure = scene.layout, scene.figures[number]
    chunks = layout.chunks
    sentence, clause = chunks[figure.place].sentence, layout.clause(figure.place)
    rows = {"bias", f"unit:{figure.unit_class}", f"period:{tense}"}
    form = verb_form(layout, figure.last + 1, sentence)
    rows |= {f"verb={form}", f"verb={form}:{tense}", f"act={_act(layout, figure.last + 1, sentence)}"}
    last = layout.last_verbs[sentence]
    if last > figure.place:
        final = _form_of(layout, last)
        rows |= {f"final={final}:{tense}", f"final-act={word_at(layout, last - 1)} {final}"}
    for step in (-1, 1):
        index, distance = figure.place + step, 1
        while 0 <= index < len(chunks) and chunks[index].sentence == sentence and distance <= _STATUS_REACH:
            chunk = chunks[index]
            if "planned" in chunk.cues:
                near = "in" if layout.clause(index) == clause else ("near" if distance <= 15 else "out")
                rows |= {
                    f"{near}:{step}:planned",
                    f"{near}:{chunk.key}",
                    f"{step}:{near}:{chunk.key}",
                    f"{step}:{chunk.key}",
                }
            index += step
            distance += 1
    rows |= _status_before(scene, figure, state, form)
    rows |= _denials(scene, figure, number)
    rows |= _status_around(scene, figure, tense, state, program, form.split("-")[0])
    return sorted(rows)


def verb_form(layout: Layout, start: int, sentence: int) -> str:
    """Return the form of the first verb group from a chunk on: future, present, subjunctive, its word, or none."""
    index = _next_verb(layout, start, sentence)
    return "none" if index is None else _form_of(layout, index)


def _next_verb(layout: Layout, start: int, sentence: int) -> int | None:
    for index in range(start, min(len(layout.chunks), start + _STATUS_REACH)):
        chunk = layout.chunks[index]
        if chunk.sentence != sentence:
            return None
        if "verb" in chunk.cues:
            return index
    return None


def _form_of(layout: Layout, index: int) -> str:
    chunk = layout.chunks[index]
    if chunk.key in ("خواهد", "خواهند", "خواهیم", "نخواهد"):
        return "future"
    if chunk.key in ("می", "نمی"):
        return f"present-{word_at(layout, index + 1)}"
    if word_at(layout, index - 1) in ("می", "نمی"):
        return f"present-{chunk.key}"
    return f"subjunctive-{chunk.key}" if "subjunctive" in chunk.cues else chunk.key


def _act(layout: Layout, start: int, sentence: int) -> str:
    """Return the word that makes the verb («ایجاد» in «ایجاد می‌شود») with the form of the verb."""
    index = _next_verb(layout, start, sentence)
    if index is None:
        return "none"
    return f"{word_at(layout, index - 1)} {_form_of(layout, index).split('-')[0]}"


def _status_before(scene: Scene, figure: Figure, state: State, form: str) -> set[str]:
    """Describe the status of the figure before, where it stands in the same sentence."""
    if state.figure is None:
        return set()
    layout, before = scene.layout, scene.figures[state.figure]
    apart = layout.chunks[figure.place].sentence - layout.chunks[before.place].sentence
    if apart > 0:
        return set()
    breaks = min(2, layout.count("break", before.last + 1, figure.first))
    return {
        f"before:{state.status}:{apart}",
        f"before:{state.status}:{apart}:{breaks}",
        f"before:{state.status}:{form.split('-')[0]}",
    }


def _denials(scene: Scene, figure: Figure, number: int) -> set[str]:
    """Describe denied verbs of the clause and of the next one, and a promise of the past («قرار بود»)."""
    layout, chunks = scene.layout, scene.layout.chunks
    sentence, clause = chunks[figure.place].sentence, layout.clause(figure.place)
    rows = {f"failed={is_negated(scene, number)}", f"n-not={word_at(layout, figure.first - 1) in ('نه', 'نیست')}"}
    promised = any(
        chunks[index].key == "قرار" and word_at(layout, index + 1) in ("بود", "شد", "بوده")
        for index in range(max(layout.first_of(sentence), figure.first - _STATUS_REACH), figure.first)
    )
    for index in range(figure.last + 1, min(len(chunks), figure.last + _STATUS_REACH)):
        if chunks[index].sentence > sentence + 1:
            break
        if "verb" in chunks[index].cues and chunks[index].key[0] == "ن" and chunks[index].key not in _AFFIRMED:
            where = (
                "own" if layout.clause(index) == clause else ("same" if chunks[index].sentence == sentence else "next")
            )
            rows |= {f"denied:{where}", f"denied:{where}={chunks[index].key}", f"denied:{where}:{promised}"}
            rows.add(f"denied:{where}={word_at(layout, index - 1)} {chunks[index].key}")
            break
    return rows | {f"promised={promised}"}


_AFFIRMED = frozenset(
    ("نمود", "نمودند", "نموده", "نماید", "نمایند", "نشست", "نشستند", "نوشت", "نوشتند", "نهاد", "نامید")
)


def _status_around(scene: Scene, figure: Figure, tense: str, state: State, program: int | None, form: str) -> set[str]:
    """Describe the programme, the words beside a figure, and what its document and paragraph have stated so far."""
    layout = scene.layout
    plans = state.share(state.planned)
    before = word_at(layout, figure.first - 1)
    rows = {
        f"plans={plans}",
        f"plans={plans}:{form}",
        f"plans={plans}:{tense}",
        f"n-before={before}:{form}",
        f"n-before2={word_at(layout, figure.first - 2)} {before}",
        f"n-after={word_at(layout, figure.last + 1)}:{form}",
    }
    if program is not None:
        head = layout.chunks[layout.places["PROGRAM"][program]].key.replace(ZWNJ, " ").split(" ", 1)[0]
        rows |= {f"head={head}", f"head={head}:{form}"}
    if state.figure is not None:
        own, other = (layout.chunks[place].sentence for place in (figure.place, scene.figures[state.figure].place))
        if own > other:
            same = layout.paragraphs[own] == layout.paragraphs[other]
            rows |= {f"earlier:{state.status}:{min(3, own - other)}:{same}", f"earlier:{state.status}:{form}:{same}"}
    return rows


def is_negated(scene: Scene, number: int) -> bool:
    """Tell whether the clause of a figure ends in a realisation that did not take place («محقق نشد»)."""
    layout, figure = scene.layout, scene.figures[number]
    clause, chunks = layout.clause(figure.place), layout.chunks
    for index in range(figure.last + 1, min(len(chunks), figure.last + 25)):
        if layout.clause(index) != clause:
            return False
        if "negated" in chunks[index].cues:
            return True
    return False


def change_features(scene: Scene, number: int) -> list[str]:
    """Describe what speaks for an increase or a decrease: words of change around the figure and how it is tied in."""
    layout, figure = scene.layout, scene.figures[number]
    unit = figure.unit_class
    before, after = word_at(layout, figure.first - 1), word_at(layout, figure.last + 1)
    rows = [
        "bias",
        f"unit:{unit}",
        f"{unit}:adjective{figure.adjective}",
        f"{unit}:before={before}",
        f"{unit}:after={after}",
        f"before={before}",
        f"after={after}",
        f"after2={after} {word_at(layout, figure.last + 2)}",
        f"before2={word_at(layout, figure.first - 2)} {before}",
    ]
    rows += _directions(layout, figure, 1) + _directions(layout, figure, -1)
    rows += _past_numbers(scene, figure, 1) + _past_numbers(scene, figure, -1)
    if layout.chunks[figure.last].key.startswith("برابر"):
        rows += [f"times:{stem}" for stem in _BECOMING if _begins(layout, figure.last, stem)] or ["times"]
    compared = layout.count("compare", max(0, figure.first - 12), min(len(layout.chunks), figure.last + 8))
    rows.append(f"{unit}:compared{min(1, compared)}")
    return rows


def _directions(layout: Layout, figure: Figure, step: int) -> list[str]:
    """Describe the nearest word of change on one side of a figure, within its clause and before another number."""
    index = (figure.last if step > 0 else figure.first) + step
    rows = []
    between: list[str] = []
    for distance in range(10):
        if not 0 <= index < len(layout.chunks) or layout.chunks[index].kind == "NUMBER":
            break
        chunk = layout.chunks[index]
        names = _names(layout, index)
        head = chunk.key.split(" ", 1)[0] if chunk.kind == "PROGRAM" else ""
        names += [f"program-{name}" for name in ("up", "down") if head and name in _head_classes(head)]
        if names:
            rows += [f"{step}:{name}:{bucket(distance)}" for name in names]
            rows += [f"{step}:{name}:{figure.unit_class}" for name in names]
            word = head or chunk.key
            rows += [f"{step}:{name}={word}" for name in names]
            rows += [f"{step}:{name}={word}:{figure.unit_class}:{figure.adjective}" for name in names]
            rows += [f"{step}:{name}={word}:then={word_at(layout, index + 1)}" for name in names]
            rows += [f"{step}:{name}:{word_at(layout, figure.first - 1)}" for name in names]
            ties = [tie for tie in _TIES if tie in between]
            rows += [f"{step}:{name}:tied={tie}" for name in names for tie in ties]
            rows += [f"{step}:{name}={word}:tied={tie}" for name in names for tie in ties]
            if len(between) <= 2:
                rows += [f"{step}:{name}:gap={' '.join(between)}" for name in names]
            break
        between.append(word_at(layout, index))
        if "verb" in chunk.cues or "break" in chunk.cues or chunk.key in (".", "؛"):
            break
        index += step
    return rows or [f"{step}:nothing:{figure.unit_class}"]


def _names(layout: Layout, index: int) -> list[str]:
    """Return the directions that a word tells, by itself or with the verb behind it («بالا رفت»)."""
    chunk = layout.chunks[index]
    found: list[str] = [name for name in ("up", "down") if name in chunk.cues]
    if found or chunk.kind != "word":
        return found
    return [
        name
        for name in ("up", "down")
        if chunk.key in _CHANGES["words"][name]
        or any(_begins(layout, index, stem) for stem in _CHANGES["pairs"][name].get(chunk.key, ()))
    ]


def _begins(layout: Layout, index: int, stem: str) -> bool:
    """Tell whether one of the three words behind a chunk begins with a stem («برابر خواهد شد»)."""
    return any(word_at(layout, place).startswith(stem) for place in range(index + 1, index + 4))


_TIES = ("را", "به", "از", "در", "که")  # words that tie what changes to its change
_CHANGES = tomllib.loads(resources.files("ie").joinpath("data/changes.toml").read_text(encoding="utf-8"))
_BECOMING: tuple[str, ...] = tuple(_CHANGES["times"]["verbs"])
_LISTED = frozenset(("و", "یا", "،", ",", "(", ")", "/", "معادل", "حدود", "به", "با"))
_FAR = 26  # chunks within which a word of change may stand beyond other numbers


def _past_numbers(scene: Scene, figure: Figure, step: int) -> list[str]:
    """Describe the first word of change beyond other numbers of the clause («۸۲ سنت یا ۱.۳ درصد افزایش»)."""
    layout, chunks = scene.layout, scene.layout.chunks
    place = (figure.last if step > 0 else figure.first) + step
    passed, shape, alike = 0, "list", True
    lead, joint = word_at(layout, figure.first - 1), word_at(layout, place)
    for index in range(place, place + step * _FAR, step):
        if not 0 <= index < len(chunks) or chunks[index].key in (".", "؛"):
            break
        chunk = chunks[index]
        if chunk.kind == "NUMBER":
            passed += 1
            alike = alike and scene.figures[chunk.mention].unit_class in (figure.unit_class, "none")
            continue
        names = _names(layout, index)
        if names:
            where = f"{step}:past{min(3, passed)}:{shape}"
            rows = [f"{where}:{name}" for name in names] + [f"{where}:{name}:{alike}" for name in names]
            rows += [f"{where}:{name}:{figure.unit_class}" for name in names]
            rows += [f"{where}:{name}:{lead}" for name in names] + [f"{where}:{name}:{joint}" for name in names]
            rows += [f"{where}:{name}:{lead}:{joint}" for name in names]
            return rows if passed else []
        if chunk.kind not in ("UNIT", "CUE") and chunk.key not in _LISTED:
            shape = "items"
        if "verb" in chunk.cues or "break" in chunk.cues:
            break
    return []


def _head_classes(head: str) -> tuple[str, ...]:
    return cue_table().get(head, {}).get((head,), ())
