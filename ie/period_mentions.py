"""Period phrases in running text: every expression with its exact offsets, and none that only looks like one.

What a phrase says is read by the period grammar; here it is decided whether the words around it let it be a period at
all («خیابان ۱۷ شهریور» is a street). Resolving is left to `periods`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ie import period_expressions as say
from ie.period_grammar import phrase, reading
from ie.period_words import Tokens, lexicon, tokenize
from ie.persian import ZWNJ, Folded, fold

__all__ = ["PeriodMention", "find_periods", "read_whole"]

_BLOCK = 200_000
_LONGEST_PHRASE = 300
_NEAR = 5
_SPEECH = 8
_EXAMINATION = 6
_SENTENCE_ENDS = frozenset(".!؟?؛\n\r\u2028\u2029")


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period phrase in a text: where it stands, its words and what it says."""

    start: int
    end: int
    text: str
    expression: say.Expression


def find_periods(text: str, folded: Folded | None = None) -> list[PeriodMention]:
    """Return the period phrases of a text in order, the longest of nested ones.

    A day word or weekday counts only where its sentence holds a figure it may frame.

    >>> [mention.text for mention in find_periods("در شهریور امسال ۱۲ واحد و در سال ۱۴۰۰ دو واحد ساخته شد.")]
    ['شهریور امسال', 'سال ۱۴۰۰']
    """
    folded = folded or fold(text)
    mentions = []
    for offset, block in _blocks(folded.text):
        tokens = tokenize(block)
        found = _phrases(tokens)
        inside = {index for _, first, end in found for index in range(first, end)}
        for expression, first, end in found:
            if _is_day_word(expression) and not _frames_figure(tokens, first, end, inside):
                continue
            start, stop = folded.raw(offset + tokens.starts[first], offset + tokens.end(end - 1))
            mentions.append(PeriodMention(start, stop, text[start:stop], expression))
    return mentions


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Cut a long text between lines, sentences or words, so that memory does not grow with it."""
    start = 0
    while len(text) - start > _BLOCK:
        cut = start + _BLOCK
        for mark in ("\n", ". ", " "):
            found = text.rfind(mark, start + _BLOCK // 2, cut)
            if found >= 0:
                cut = found + len(mark)
                break
        yield start, text[start:cut]
        start = cut
    yield start, text[start:] if start else text


def _phrases(tokens: Tokens) -> list[tuple[say.Expression, int, int]]:
    r = reading(tokens)
    found = []
    position = 0
    for index, term in enumerate(tokens.terms):
        if index < position or term is None or "starts" not in term:
            continue
        read = phrase(r, index)
        if read is None:
            continue
        expression, position = read
        if not _is_name(tokens, index, position, expression) and _is_told(tokens, index, expression):
            found.append((expression, index, position))
    return found


def _is_name(tokens: Tokens, first: int, end: int, expression: say.Expression) -> bool:
    """Tell whether the words around a date make it part of a name: «خیابان ۱۷ شهریور»."""
    if isinstance(expression, say.DayWord) and tokens.word(end) == "»" != tokens.word(first - 1) != "«":
        return True
    if _is_law(tokens, first, expression) or _is_examination(tokens, first, expression):
        return True
    if isinstance(expression, say.Bounded) and tokens.has(first, "from"):
        return _is_quoted(tokens, first, end, expression.of)
    if isinstance(expression, say.Month) and tokens.words[max(0, first - 2) : first] == ["نقل", "از"]:
        return True
    if isinstance(expression, say.Named):
        before = first - 2 if tokens.word(first - 1) in ("ها", "های") else first - 1
        is_bare = expression.year is None and expression.shift is None
        return is_bare and tokens.word(before) in lexicon().context["feasts_told"]
    return _names_by_date(tokens, first, end, expression)


def _names_by_date(tokens: Tokens, first: int, end: int, expression: say.Expression) -> bool:
    """Tell whether a day, month or season is part of a name; one that says its year is so of notes and coins only."""
    if not isinstance(expression, say.Day | say.Month | say.Season | say.Weekday | say.DayWord):
        return False
    table = lexicon()
    if _says_year(expression):
        return tokens.word(first - 1) in table.context["issues_before"]
    if tokens.has(first, "unit") or tokens.has(first, "from"):
        return False
    if isinstance(expression, say.Season) and tokens.word(end) in table.context["seasons_named"]:
        return True
    if tokens.words[end - 1] != "ماه" and tokens.word(end) in table.context["names_after"]:
        return True
    return tokens.word(first - 1) in table.context["names_before"]


def _says_year(expression: say.Expression) -> bool:
    """Tell whether a date says its year, as no name does: «این سازمان ۲۴ مهر سال ۷۹»."""
    month = expression.month if isinstance(expression, say.Day) else expression
    return isinstance(month, say.Month | say.Season) and isinstance(month.year, say.Year) and not month.year.assumed


def _is_quoted(tokens: Tokens, first: int, end: int, inner: say.Expression) -> bool:
    """Tell «به نقل از مهر» and «از دی وی دی» from a month."""
    is_bare = isinstance(inner, say.Month) and inner.year is None and inner.shift is None and end == first + 2
    return is_bare and (tokens.word(first - 1) == "نقل" or tokens.word(end) in lexicon().context["names_after"])


def _is_law(tokens: Tokens, first: int, expression: say.Expression) -> bool:
    """Tell whether a year or plan is part of the name of a law: «قانون بودجه سال ۸۲»."""
    is_numbered = isinstance(expression, say.Year) and expression.value is not None
    if not is_numbered and not isinstance(expression, say.Vague):
        return False
    context = lexicon().context
    before = first - 1
    if tokens.word(before) in context["law_matters"]:
        before -= 1
    elif not tokens.has(first, "plan"):
        return False
    return tokens.word(before) in context["laws"]


def _is_examination(tokens: Tokens, first: int, expression: say.Expression) -> bool:
    """Tell whether a year is part of the name of an examination: «کنکور سال ۸۸», «آزمون کارشناسی ارشد سال ۱۴۰۵»."""
    is_numbered = isinstance(expression, say.Year) and expression.value is not None and expression.last is None
    if not is_numbered or tokens.name(first, "unit") != "year":
        return False
    context = lexicon().context
    for word in reversed(tokens.words[max(0, first - _EXAMINATION) : first]):
        if word in context["examinations"]:
            return True
        if not word.isalpha() or word in context["closers"]:
            return False
    return False


def _is_told(tokens: Tokens, first: int, expression: say.Expression) -> bool:
    """Tell whether running text means a day by a weekday: «روز دوشنبه», not «دوشنبه»."""
    if isinstance(expression, say.Weekday) and _is_day_word(expression):
        return not tokens.has(first, "weekday") or tokens.has(tokens.after(first), "part_of_day")
    return True


def _is_day_word(expression: say.Expression) -> bool:
    if isinstance(expression, say.Bounded) and isinstance(expression.of, say.Weekday):
        return _is_day_word(expression.of)
    if isinstance(expression, say.Weekday):
        return expression.shift is None and expression.week is None
    return isinstance(expression, say.DayWord)


def _frames_figure(tokens: Tokens, first: int, end: int, inside: set[int]) -> bool:
    """Tell whether the sentence around a phrase holds a number outside of all periods."""
    speech = lexicon().context["speech"]
    if tokens.word(first - 1) not in speech and not speech.isdisjoint(tokens.words[end : end + _SPEECH]):
        return False
    near = tokens.words[max(0, first - 3) : first]
    if tokens.has(first + 1, "weekday") and not lexicon().context["meetings"].isdisjoint(near):
        return False
    if _is_proverbial(tokens, first, end):
        return False
    for steps in (range(end, min(end + 60, len(tokens.words))), range(first - 1, max(first - 60, -1), -1)):
        for index in steps:
            if tokens.words[index] in _SENTENCE_ENDS and not tokens.touches(index + 1):
                break
            if index not in inside and (tokens.has(index, "digits") or _is_number_word(tokens, index)):
                return True
    return False


def _is_proverbial(tokens: Tokens, first: int, end: int) -> bool:
    """Tell whether two day words set off each other and no day is meant: «امروز می‌آیند فردا می‌روند»."""
    after = any(tokens.number(index, "day") == 1 for index in range(end, end + _NEAR))
    before = any(tokens.number(index, "day") == 0 for index in range(first - _NEAR, first))
    return (tokens.number(first, "day") == 0 and after) or (tokens.number(first, "day") == 1 and before)


def _is_number_word(tokens: Tokens, index: int) -> bool:
    """Tell whether a word counts something; «سه‌راه» and «هفت‌تپه» are names."""
    if (tokens.number(index, "cardinal") or 0) <= 1:
        return False
    return tokens.text[tokens.end(index) : tokens.end(index) + 1] != ZWNJ or tokens.has(index + 1, "cardinal")


def read_whole(text: str, folded: Folded | None = None) -> PeriodMention | None:
    """Return the period phrase a text consists of, where it is nothing else.

    >>> mention = read_whole("امروز")
    >>> mention and mention.text, read_whole("امروز هوا خوب است")
    ('امروز', None)
    """
    if len(text) > _LONGEST_PHRASE:
        return None
    folded = folded or fold(text)
    tokens = tokenize(folded.text)
    whole = phrase(reading(tokens, loose=True), 0) if tokens.words else None
    if whole is None or whole[1] != len(tokens.words):
        return None
    if isinstance(whole[0], say.Weekday) and _is_day_word(whole[0]) and not tokens.has(whole[1] - 1, "part_of_day"):
        return None
    start, end = folded.raw(tokens.starts[0], tokens.end(whole[1] - 1))
    return PeriodMention(start, end, text[start:end], whole[0])
