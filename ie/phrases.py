"""What speaks for a phrase being what a number counts: its words, and where it stands to the number."""

from __future__ import annotations

from dataclasses import dataclass

from ie.boundaries import usage_of
from ie.clauses import Chunk, Layout
from ie.labels import PROGRAM
from ie.persian import ZWNJ
from ie.scene import Figure, Scene, is_cue, word_at
from ie.wordclasses import class_of_word

__all__ = ["FigureWords", "phrase_features", "place_features", "verb_after", "word_features", "words_around"]

_PATH = 8  # chunks between a number and a phrase that are spelt out
_TWINS = 5  # phrases before one that repeats a counter in which the counted noun is looked for
_SHORTEST = 3  # letters of a noun that other phrases are searched for


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The words around a figure: the ones next to it and their classes, its unit, the noun and the verb after it."""

    left: str
    right: str
    classes: str
    following: str
    unit: str
    noun: str
    verb: str


def words_around(scene: Scene, number: int) -> FigureWords:
    """Return the words around a figure, which every candidate phrase is compared with."""
    layout, figure = scene.layout, scene.figures[number]
    left, right = word_at(layout, figure.first - 1), word_at(layout, figure.last + 1)
    following, held = class_of_word(right), layout.chunks[figure.last]
    return FigureWords(
        left=left,
        right=right,
        classes=f"{class_of_word(left).coarse}:{following.coarse}",
        following=following.fine,
        unit=held.key if held.kind == "UNIT" else figure.unit_class,
        noun=_noun_after(layout, figure),
        verb=verb_after(layout, figure.last + 1, layout.chunks[figure.place].sentence),
    )


def phrase_features(scene: Scene, number: int, phrase: int) -> list[str]:
    """Describe a candidate phrase by itself and by where it stands to a figure."""
    return word_features(scene, phrase) + place_features(scene, number, phrase, words_around(scene, number))


def word_features(scene: Scene, phrase: int) -> list[str]:
    """Describe a candidate phrase by itself: its words, its length, whether it is a predicate."""
    words = _words_of(scene, phrase)
    rows = [
        f"phrase:words{min(5, len(words))}",
        f"phrase:last={words[-1]}",
        f"phrase:first={words[0]}",
        f"phrase:light{is_cue(words[-1], 'light')}",
    ]
    rows += [f"phrase:word={word}" for word in set(words[:6])]
    return rows + [f"phrase:{name}" for name in ("measure", "up", "down") if any(is_cue(word, name) for word in words)]


def _words_of(scene: Scene, phrase: int) -> list[str]:
    layout = scene.layout
    return layout.chunks[layout.places[PROGRAM][phrase]].key.replace(ZWNJ, " ").split()


def place_features(scene: Scene, number: int, phrase: int, around: FigureWords) -> list[str]:
    """Describe how a candidate phrase stands to a figure: what is next to it, the verb, the way between them."""
    layout, figure = scene.layout, scene.figures[number]
    unit, words = figure.unit_class, _words_of(scene, phrase)
    first, last = layout.places[PROGRAM][phrase], layout.last_places[phrase]
    verbal = is_cue(words[-1], "verb") and words[-1] != "شده"
    side = "after" if first > figure.place else "before"
    before, after = word_at(layout, first - 1), word_at(layout, last + 1)
    rows = [
        f"phrase:{unit}:first={words[0]}",
        f"phrase:verbal{verbal}:{unit}",
        f"phrase:{unit}:measure{is_cue(words[0], 'measure')}",
        f"phrase:usage={usage_of(words[-1])}:{side}",
        f"phrase:{side}:{unit}:before={before}",
        f"phrase:{side}:{unit}:after={after}",
        f"phrase:{side}:before2={word_at(layout, first - 2)} {before}",
        f"phrase:{side}:after2={after} {word_at(layout, last + 2)}",
        f"phrase:{side}:around={before}/{after}",
    ]
    rows += _class_rows(figure, around, side, words[0], before, after)
    rows += _counter_rows(scene, figure, around.noun, phrase, side, words)
    return rows + _path_rows(layout, figure, first, last, side, before, around.verb)


def _class_rows(figure: Figure, around: FigureWords, side: str, head: str, before: str, after: str) -> list[str]:
    """Describe the class of a phrase's head with the unit, and the words around the phrase with those of the figure."""
    unit, left, right, known = around.unit, around.left, around.right, class_of_word(head)
    fine, coarse = known.fine, known.coarse
    return [
        f"phrase:u:{unit}:{side}:before={before}",
        f"phrase:u:{unit}:first={head}",
        f"phrase:u:{unit}:first={fine}",
        f"phrase:s:{side}:{figure.unit_class}:first={fine}",
        f"phrase:s:{side}:before={before}:first={fine}",
        f"phrase:s:{side}:{class_of_word(before).coarse}/{class_of_word(after).coarse}",
        f"phrase:f:{side}:{around.following}:{figure.unit_class}",
        f"phrase:f:{side}:{around.classes}",
        f"phrase:f:{side}:left={left}:{coarse}",
        f"phrase:f:{side}:right={right}:{coarse}",
        f"phrase:f:{side}:left={left}:before={before}",
        f"phrase:f:{side}:left={left}:after={after}",
        f"phrase:f:{side}:right={right}:before={before}",
        f"phrase:f:{side}:right={right}:after={after}",
    ]


def _counter_rows(scene: Scene, figure: Figure, noun: str, phrase: int, side: str, words: list[str]) -> list[str]:
    """Describe how a phrase stands to the noun after the figure: it is that noun, holds it, or only repeats it.

    «تعداد داروخانه‌های شبانه‌روزی از ۳۰ به ۵۴ داروخانه رسید» counts the phrase that holds the noun.
    """
    if len(noun) < _SHORTEST:
        return []
    single = len(words) == 1 and words[0] == noun
    holds = not single and any(word.startswith(noun) for word in words)
    rows = [
        f"phrase:n:{side}:single{single}:holds{holds}:{figure.unit_class}",
        f"phrase:n:{side}:{noun}:single{single}:holds{holds}",
    ]
    if side == "after" and scene.layout.places[PROGRAM][phrase] == figure.last + 1:
        earlier = (word for other in range(max(0, phrase - _TWINS), phrase) for word in _words_of(scene, other))
        twin = any(word.startswith(noun) for word in earlier)
        rows += [
            f"phrase:n:single{single}:twin{twin}",
            f"phrase:n:twin{twin}:{figure.unit_class}",
            f"phrase:n:{single}:words{min(3, len(words))}",
        ]
    return rows


def _noun_after(layout: Layout, figure: Figure) -> str:
    """Return the noun right after a figure: its unit or the first word of the phrase there."""
    place = figure.last if layout.chunks[figure.last].kind == "UNIT" else figure.last + 1
    if place >= len(layout.chunks):
        return ""
    return layout.chunks[place].key.replace(ZWNJ, " ").split(" ", 1)[0]


def _path_rows(layout: Layout, figure: Figure, first: int, last: int, side: str, before: str, form: str) -> list[str]:
    """Describe the way from a figure to a phrase, the verb after the figure, and the phrase's rank in its sentence."""
    chunks = layout.chunks
    sentence = chunks[figure.place].sentence
    if chunks[first].sentence != sentence:
        return [f"phrase:{side}:elsewhere"]
    start = layout.first_of(sentence)
    rank = layout.count("program", start, first)
    own = layout.clause(first) == layout.clause(figure.place)
    left, right = (figure.last + 1, first) if side == "after" else (last + 1, figure.first)
    rows = [
        f"phrase:{side}:verb={form}",
        f"phrase:{side}:verb={form}:{figure.unit_class}",
        f"phrase:{side}:verb={form}:before={before}",
        f"phrase:{side}:verb={class_of_word(form.split(' ', 1)[0]).fine}",
        f"phrase:{side}:rank{min(3, rank)}",
        f"phrase:{side}:clause{own}",
        f"phrase:{side}:clause{own}:{figure.unit_class}",
    ]
    if right - left <= _PATH:
        rows.append(f"phrase:{side}:path={' '.join(_step(chunk) for chunk in chunks[left:right])}")
    return rows


def _step(chunk: Chunk) -> str:
    if chunk.kind == "mark" or {"preposition", "conjunction", "object"} & set(chunk.cues):
        return chunk.key
    return chunk.cues[0] if chunk.cues else chunk.kind


def verb_after(layout: Layout, start: int, sentence: int) -> str:
    """Return the first verb from a chunk on with the word before it («ساخته شد»); ``-`` where none is near."""
    for index in range(start, min(len(layout.chunks), start + 16)):
        chunk = layout.chunks[index]
        if chunk.sentence != sentence:
            break
        if "verb" in chunk.cues:
            return f"{word_at(layout, index - 1)} {chunk.key}"
    return "-"
