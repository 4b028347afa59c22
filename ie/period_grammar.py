"""The grammar of period phrases: tokens in, expressions out.

Here are the phrases that join expressions («از … تا …», «تا پایان …», «بین … و …») and the table of which rules read at
which word; the rules themselves stand in `period_days`, `period_months`, `period_years` and `period_parts`.
"""

from __future__ import annotations

from dataclasses import replace

from ie import period_days as days
from ie import period_expressions as say
from ie import period_months as months
from ie import period_parts as parts
from ie import period_years as years
from ie.period_numbers import day_number
from ie.period_reading import Found, Reading, Rule, is_run, longest
from ie.period_words import Tokens

__all__ = ["phrase", "reading"]

_MOST_FILLERS = 5
_EVENT_REACH = 14
_TOLD_REACH = 5


def reading(tokens: Tokens, loose: bool = False) -> Reading:
    """Return a text ready to be read; `loose` accepts bare names that running text needs more evidence for."""
    return Reading(tokens, RULES, parts.of, loose)


def phrase(r: Reading, i: int) -> Found:
    """Read the longest period phrase that begins at a token."""
    t = r.tokens
    if t.has(i, "now"):
        return say.Now(t.slice(i, t.after(i))), t.after(i)
    if t.has(i, "from"):
        return since(r, i)
    if t.has(i, "to"):
        return until(r, i)
    if t.has(i, "before"):
        return bounded(r, "before", i, t.after(i))
    if t.has(i, "past"):
        return bounded(r, "past", i, t.after(i)) if r.loose else None
    return longest(between(r, i) if t.has(i, "between") else None, joined(r, i))


def since(r: Reading, i: int) -> Found:
    """Read «از … (تا …)»."""
    t = r.tokens
    previous = t.word(i - 1)
    if previous in r.table.context["not_from"] or previous.endswith("تر"):
        return None
    j = t.after(i)
    if t.has(j, "about") or t.has(j, "dated"):
        j = t.after(j)
    first = joined(r, j, strict=False) or shared_month(r, j)
    if first is None:
        return event(r, i)
    expression, k = first
    if isinstance(expression, say.Same) or _begins_a_change(r, j, k):
        return None
    if t.has(k, "now") or t.has(k, "onward"):
        return _to_now(r, i, expression, k)
    if (last := _upto(r, k)) is not None:
        return _range(r, i, expression, last[0], last[1])
    if is_run(expression):
        return replace(expression, text=t.slice(i, k)), k
    if _is_told_of(r, i) or previous in ("درصد", "درصدی") or t.word(k) in r.table.context["more_than"]:
        return None
    return say.Bounded(t.slice(i, k), "since", expression), k


def _is_told_of(r: Reading, i: int) -> bool:
    """Tell whether «از» is about: «آمار شهرداری از یازده ماه سال ۹۷»."""
    context = r.table.context
    for word in reversed(r.tokens.words[max(0, i - _TOLD_REACH) : i]):
        if word in context["told_of"]:
            return True
        if not word[0].isalpha() or word in context["closers"]:
            return False
    return False


def _begins_a_change(r: Reading, j: int, k: int) -> bool:
    """Tell whether a bare number is what something rose or fell from: «از ۱۲۵۰ به ۱۲۸۷»."""
    t = r.tokens
    return k == j + 1 and t.has(j, "digits") and t.word(k) == "به" and t.has(k + 1, "digits")


def _to_now(r: Reading, i: int, first: say.Expression, k: int) -> Found:
    """Read «تاکنون», «به این سو» or the open «به بعد» after where something began."""
    end = r.tokens.after(k)
    if r.tokens.word(end - 1) == "بعد":
        return say.Bounded(r.tokens.slice(i, end), "since", first), end
    return _range(r, i, first, say.Now(r.tokens.slice(k, end)), end)


def _range(r: Reading, i: int, first: say.Expression, last: say.Expression, end: int) -> Found:
    return say.Range(r.tokens.slice(i, end), first, last), end


def _upto(r: Reading, k: int) -> Found:
    t = r.tokens
    for _ in range(_MOST_FILLERS):
        k += t.word(k) in r.table.context["fillers"]
    if not t.has(k, "to"):
        return None
    j = t.after(k)
    if t.has(j, "before"):
        return bounded(r, "before", j, t.after(j))
    return r.point(j, strict=False)


def shared_month(r: Reading, j: int) -> Found:
    """Read «(از) سوم تا پایان مهر»: a day of the month that only the end names."""
    t = r.tokens
    day = day_number(t, j)
    if day is None or not t.has(day[1], "to") or (last := r.point(t.after(day[1]), strict=False)) is None:
        return None
    edge = last[0]
    if not isinstance(edge, say.Edge) or not isinstance(edge.of, say.Month | say.Relative):
        return None
    return _range(r, j, say.Day(t.slice(j, day[1]), day[0], edge.of), edge, last[1])


def event(r: Reading, i: int) -> Found:
    """Read «از آغاز فعالیت … تاکنون»: from an event no table knows."""
    t = r.tokens
    if t.word(i + 1) not in r.table.context["events"]:
        return None
    for k in range(i + 2, min(i + _EVENT_REACH, len(t.words))):
        word = t.words[k]
        if t.has(k, "now"):
            return _range(r, i, say.Vague(t.slice(i + 1, k)), say.Now(t.slice(k, t.after(k))), t.after(k))
        if t.has(k, "to") and (last := r.point(t.after(k), strict=False)):
            return _range(r, i, say.Vague(t.slice(i + 1, k)), last[0], last[1])
        if t.name(k, "unit") == "year" and (year := years.year(r, k, True)) and t.has(year[1], "now"):
            return _to_now(r, i, year[0], year[1])
        if (name := t.name(k, "era")) and t.has(t.after(k), "now"):
            return _to_now(r, i, say.Era(t.slice(k, t.after(k)), name), t.after(k))
        if t.has(k, "government") and (term := months.government(r, k, True)):
            if t.has(term[1], "now"):
                return _to_now(r, i, term[0], term[1])
            return say.Bounded(t.slice(i, term[1]), "since", term[0]), term[1]
        if not (word[0].isalpha() or word.isdecimal()) or word == "از":
            return None
    return None


def until(r: Reading, i: int) -> Found:
    """Read «تا …»."""
    t = r.tokens
    j = t.after(i)
    if t.has(j, "about") or t.has(j, "dated"):
        j = t.after(j)
    if t.has(j, "before"):
        return bounded(r, "before", i, t.after(j))
    return bounded(r, "until", i, j)


def bounded(r: Reading, relation: str, i: int, j: int) -> Found:
    """Read what a phrase that begins at `i` is bounded by at `j`."""
    found = r.point(j, strict=False)
    if found is None:
        return None
    return say.Bounded(r.tokens.slice(i, found[1]), relation, found[0]), found[1]


def between(r: Reading, i: int) -> Found:
    """Read «بین … و …», «حد فاصل … تا …», «بازه زمانی …»."""
    t = r.tokens
    j = t.after(i)
    if t.word(i) == "فاصله" and j == i + 1 and not (t.has(j, "digits") or t.name(j, "unit") == "year"):
        return None
    first = r.point(j, strict=False)
    if first is None:
        return parts.counted_stretch(r, i, j) if t.has(i, "stretch") else None
    expression, k = first
    if (t.has(k, "and") or t.has(k, "to")) and (last := r.point(t.after(k), strict=False)):
        return _range(r, i, expression, last[0], last[1])
    if is_run(expression) or isinstance(expression, say.Trailing):
        return replace(expression, text=t.slice(i, k)), k
    return None


def joined(r: Reading, i: int, strict: bool = True) -> Found:
    """Read a point, or two with «تا» between them."""
    t = r.tokens
    first = r.point(i, strict)
    if first is None and strict and r.loose:
        first = r.point(i, False) if t.has(i, "digits") else None
        first = first if first and t.has(first[1], "now") else None
    if first is not None and r.loose and t.has(first[1], "now") and not is_run(first[0]):
        return _to_now(r, i, *first)
    if first is None or not t.has(first[1], "to") or t.has(first[1], "now"):
        return first
    if isinstance(first[0], say.DayWord | say.Now | say.Same | say.Vague) or is_run(first[0]):
        return first
    last = r.point(t.after(first[1]), strict=False)
    if last is None or isinstance(last[0], say.DayWord):
        return first
    return _range(r, i, first[0], last[0], last[1])


RULES: dict[str, tuple[Rule, ...]] = {
    "day": (days.today,),
    "part_of_day": (days.part_of_day,),
    "weekday": (days.dated, days.weekday),
    "jalali": (months.month,),
    "gregorian": (months.month,),
    "lunar": (months.month,),
    "digits": (days.dated, parts.counted, years.bare_year),
    "cardinal": (days.dated, parts.counted, parts.ordinal_part),
    "some": (parts.counted,),
    "ordinal": (days.dated, parts.ordinal_part),
    "unit": (
        days.dated,
        days.weekday,
        months.month,
        years.year,
        months.season,
        months.relative,
        months.named,
        parts.counted,
        parts.unit_part,
        parts.same,
        years.decade,
    ),
    "year": (years.year,),
    "elapsed": (months.relative,),
    "season": (months.season,),
    "half": (parts.half, parts.counted),
    "edge": (parts.edge,),
    "stretch": (parts.same,),
    "vague": (parts.vague,),
    "this": (months.this, parts.same, parts.this_stretch),
    "named": (months.named,),
    "era": (months.named,),
    "occasion": (months.named,),
    "government": (months.government,),
    "plan": (months.plan,),
    "horizon": (years.horizon,),
}
