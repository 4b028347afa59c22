"""The grammar of period phrases: tokens in, expressions out.

Each rule reads one kind of phrase at a token and returns its expression with the index after its last token, or None;
the longest wins. Rules look a bounded number of tokens ahead, so reading is linear in the text.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ie import period_expressions as say
from ie.calendars import Calendar
from ie.period_numbers import day_number, number, year_number
from ie.period_words import Lexicon, Tokens, lexicon
from ie.persian import ZWNJ

Found = tuple[say.Expression, int] | None

__all__ = ["Found", "Grammar"]

_CALENDARS: dict[str, Calendar] = {"jalali": "jalali", "gregorian": "gregorian", "lunar": "lunar"}
_MONTHS: tuple[Calendar, ...] = ("jalali", "gregorian", "lunar")
_COMMAS = frozenset("،,")
_DASHES = frozenset("-/")
_NAMED_THINGS = frozenset(("named.arbaeen", "named.ashura", "named.tasua"))
_NAMED_DAYS = _NAMED_THINGS | {"named.fetr", "named.qorban", "named.qadir"}
_RELATIVE_UNITS = frozenset("day week month quarter half decade century hour".split())
_THIS_UNITS = frozenset("week month quarter half decade century year".split())


def longest(*found: Found) -> Found:
    """Return the finding that ends last; of equals the first."""
    best: Found = None
    for one in found:
        if one is not None and (best is None or one[1] > best[1]):
            best = one
    return best


class Grammar:
    """The rules over one tokenized text; `loose` accepts bare names that running text needs more evidence for."""

    def __init__(self, tokens: Tokens, loose: bool = False) -> None:
        self.tokens = tokens
        self.loose = loose
        self.table: Lexicon = lexicon()

    def shift(self, j: int) -> tuple[int, str] | None:
        """Return how far and in what way an adjective moves a unit: «گذشته», «اخیر», «پیش» but not «پیش‌بینی»."""
        t = self.tokens
        kind, shift = t.name(j, "shift_kind"), t.number(j, "shift")
        if t.has(j, "before"):
            return (-1, "before_it") if t.word(j + 2) == "آن" else (-1, "before")
        if (kind is None and shift is None) or t.word(j) == "حاضر":
            return None
        if t.word(j) == "پیش" and t.word(j + 1) in self.table.ahead:
            return None
        return shift if shift is not None else (-1 if kind == "recent" else 0), kind or "plain"

    # whole phrases

    def phrase(self, i: int) -> Found:
        """Read the longest period phrase that begins at a token."""
        t = self.tokens
        if t.has(i, "now"):
            return say.Now(t.slice(i, t.after(i))), t.after(i)
        if t.has(i, "from"):
            return self.since(i)
        if t.has(i, "to"):
            return self.until(i)
        if t.has(i, "before"):
            return self.bounded("before", i, t.after(i))
        return longest(self.between(i) if t.has(i, "between") else None, self.joined(i))

    def since(self, i: int) -> Found:
        """Read «از … (تا …)»."""
        t = self.tokens
        previous = t.word(i - 1)
        if previous in self.table.not_from or previous.endswith("تر"):
            return None
        j = t.after(i)
        if t.has(j, "about"):
            j = t.after(j)
        first = self.joined(j, strict=False)
        if first is None:
            return self.event(i)
        expression, k = first
        if t.has(k, "now"):
            return self._range(i, expression, say.Now(t.slice(k, t.after(k))), t.after(k))
        if t.has(k, "onward"):
            end = t.after(k)
            if t.word(end - 1) == "بعد":
                return say.Bounded(t.slice(i, end), "since", expression), end
            return self._range(i, expression, say.Now(t.slice(k, end)), end)
        if (last := self._upto(k)) is not None:
            return self._range(i, expression, last[0], last[1])
        if is_run(expression):
            return replace(expression, text=t.slice(i, k)), k
        return say.Bounded(t.slice(i, k), "since", expression), k

    def _range(self, i: int, first: say.Expression, last: say.Expression, end: int) -> Found:
        return say.Range(self.tokens.slice(i, end), first, last), end

    def _upto(self, k: int) -> Found:
        t = self.tokens
        while t.word(k) in ("آغاز", "شروع", "شد", "شده", "و"):
            k += 1
        if not t.has(k, "to"):
            return None
        j = t.after(k)
        if t.has(j, "before"):
            return self.bounded("before", j, t.after(j))
        return self.point(j, strict=False)

    def event(self, i: int) -> Found:
        """Read «از آغاز فعالیت … تاکنون»: from an event no table knows."""
        t = self.tokens
        if t.word(i + 1) not in ("آغاز", "ابتدای", "زمان", "بدو", "شروع", "هنگام", "آن", "روز", "سال", "دوره"):
            return None
        for k in range(i + 2, min(i + 14, len(t.words))):
            word = t.words[k]
            if t.has(k, "now"):
                return self._range(i, say.Vague(t.slice(i + 1, k)), say.Now(t.slice(k, t.after(k))), t.after(k))
            if t.has(k, "to") and (last := self.point(t.after(k), strict=False)):
                return self._range(i, say.Vague(t.slice(i + 1, k)), last[0], last[1])
            if t.name(k, "unit") == "year" and (year := self.year(k, True)) and t.has(year[1], "now"):
                end = t.after(year[1])
                return self._range(i, year[0], say.Now(t.slice(year[1], end)), end)
            if not (word[0].isalpha() or word.isdecimal()) or word == "از":
                return None
        return None

    def until(self, i: int) -> Found:
        """Read «تا …»."""
        t = self.tokens
        j = t.after(i)
        if t.has(j, "about"):
            j = t.after(j)
        if t.has(j, "before"):
            return self.bounded("before", i, t.after(j))
        return self.bounded("until", i, j)

    def bounded(self, relation: str, i: int, j: int) -> Found:
        """Read what a phrase that begins at `i` is bounded by at `j`."""
        found = self.point(j, strict=False)
        if found is None:
            return None
        return say.Bounded(self.tokens.slice(i, found[1]), relation, found[0]), found[1]

    def between(self, i: int) -> Found:
        """Read «بین … و …», «حد فاصل … تا …», «بازه زمانی …»."""
        t = self.tokens
        j = t.after(i)
        first = self.point(j, strict=False)
        if first is None:
            return None
        expression, k = first
        if (t.has(k, "and") or t.has(k, "to")) and (last := self.point(t.after(k), strict=False)):
            return self._range(i, expression, last[0], last[1])
        if is_run(expression) or isinstance(expression, say.Trailing):
            return replace(expression, text=t.slice(i, k)), k
        return None

    def joined(self, i: int, strict: bool = True) -> Found:
        """Read a point, or two with «تا» between them."""
        t = self.tokens
        first = self.point(i, strict)
        if first is None or not t.has(first[1], "to") or t.has(first[1], "now"):
            return first
        if isinstance(first[0], say.DayWord | say.Now | say.Same | say.Vague) or is_run(first[0]):
            return first
        last = self.point(t.after(first[1]), strict=False)
        if last is None or isinstance(last[0], say.DayWord):
            return first
        return self._range(i, first[0], last[0], last[1])

    # one point or stretch

    def point(self, i: int, strict: bool = True) -> Found:
        """Read the longest single expression at a token, with what follows it in brackets."""
        t = self.tokens
        term = t.terms[i] if 0 <= i < len(t.terms) else None
        if not term or "starts" not in term:
            return None
        best: Found = None
        for category, rules in _RULES.items():
            if category in term:
                best = longest(best, *(rule(self, i, strict) for rule in rules))
        return best and self._apposition(i, best)

    def _apposition(self, i: int, found: tuple[say.Expression, int]) -> Found:
        t = self.tokens
        expression, k = found
        if t.word(k) != "(" or t.word(k + 1) == "(":
            return found
        inner = self._inside(k + 1)
        if inner is None or t.word(inner[1]) != ")":
            return found
        end = inner[1] + 1
        relative = isinstance(expression, say.DayWord | say.Weekday | say.Relative | say.Day) or (
            isinstance(expression, say.Year) and expression.value is None
        )
        exact = isinstance(inner[0], say.Day | say.Month | say.Year)
        chosen = inner[0] if relative and exact else expression
        return replace(chosen, text=t.slice(i, end)), end

    def _inside(self, i: int) -> Found:
        term = self.tokens.terms[i] if i < len(self.tokens.terms) else None
        if not term or "starts" not in term:
            return None
        rules = [rule for category, rules in _RULES.items() if category in term for rule in rules]
        return longest(*(rule(self, i, False) for rule in rules))

    def today(self, i: int, strict: bool) -> Found:
        """Read «امروز», «دیروز جمعه اول فروردین», «امشب»."""
        t = self.tokens
        shift = t.number(i, "day")
        j = t.after(i)
        while t.has(j, "part_of_day"):
            j = t.after(j)
        if found := self.dated(j, False):
            return replace(found[0], text=t.slice(i, found[1])), found[1]
        return say.DayWord(t.slice(i, j), shift or 0), j

    def part_of_day(self, i: int, strict: bool) -> Found:
        """Read «صبح امروز», «شامگاه ۱۹ اسفند»."""
        t = self.tokens
        j = t.after(i)
        found = longest(
            self.today(j, strict) if t.has(j, "day") else None,
            self.dated(j, False),
            self.weekday(j, strict),
            self.relative(j, strict) if t.name(j, "unit") == "day" else None,
        )
        return (replace(found[0], text=t.slice(i, found[1])), found[1]) if found else None

    def dated(self, i: int, strict: bool) -> Found:
        """Read a day of a month, or several: «روز سه‌شنبه ۱۲ اسفند», «۱۲ تا ۱۵ مهر ۱۴۰۱»."""
        t = self.tokens
        j, weekday = self._weekdays(i)
        if t.word(j) in _COMMAS:
            j += 1
        while t.has(j, "dated"):
            j = t.after(j)
        if (numeric := self.numeric(j, strict)) is not None:
            return replace(numeric[0], text=t.slice(i, numeric[1])), numeric[1]
        first = day_number(t, j)
        if first is None or t.word(j - 1) == "ساعت":
            return None
        day, j = first
        last = day
        while (more := self._next_day(j)) is not None:
            last, j = more
        counts = not number_is_ordinal(t, j) and weekday is None and t.name(i, "unit") != "day"
        month = self._month_of_day(j, counts)
        if month is None:
            return None
        run = max(day, last) if last != day else None
        text = t.slice(i, month[1])
        return say.Day(text, min(day, last), month[0], run, weekday if run is None else None), month[1]

    def _weekdays(self, i: int) -> tuple[int, int | None]:
        t = self.tokens
        weekday = None
        if t.name(i, "unit") == "day":
            i = t.after(i)
        while (number_ := t.number(i, "weekday")) is not None:
            weekday = number_ if weekday is None else weekday
            i = t.after(i)
            joiner = t.word(i) in _COMMAS or t.has(i, "and")
            if joiner and t.has(i + 1, "weekday"):
                i += 1
        return i, weekday

    def _next_day(self, j: int) -> tuple[int, int] | None:
        t = self.tokens
        if not (t.has(j, "and") or t.has(j, "to") or t.word(j) in _COMMAS or t.word(j) == "-"):
            return None
        k, _ = self._weekdays(t.after(j))
        return day_number(t, k)

    def _month_of_day(self, j: int, counts: bool) -> Found:
        t = self.tokens
        if t.name(j, "unit") == "month" or t.has(j, "this"):
            relative = None if counts and t.name(j, "unit") == "month" else self.relative(j, False)
            return longest(self.month(j, False, runs=False), relative)
        return self.month(j, False, runs=False)

    def _closed(self, k: int) -> bool:
        """Tell whether a number or name may end before a token: no noun goes on."""
        word = self.tokens.word(k)
        return not word or not word[0].isalnum() or word in self.table.closers

    def numeric(self, i: int, strict: bool) -> Found:
        """Read a date in digits: «۱۴۰۱/۰۶/۳۱», «31/06/1401», «92.11.21», «2022-10-07»."""
        t = self.tokens
        parts = []
        mark = t.word(i + 1)
        for k in (i, i + 2, i + 4):
            if t.number(k, "digits") is None or (k > i and not (t.touches(k) and t.touches(k - 1))):
                break
            if k > i and t.word(k - 1) != mark:
                break
            parts.append(t.word(k))
        if mark not in ("/", "-", "."):
            return None
        if len(parts) == 2:
            return self._year_month(i, parts, mark)
        if len(parts) < 3 or (t.touches(i + 5) and t.word(i + 5) in ("/", "-") and t.has(i + 6, "digits")):
            return None
        date = order_date([int(part) for part in parts], [len(part) for part in parts])
        if date is None:
            return None
        calendar, year, month, day, digits = date
        text = t.slice(i, i + 5)
        in_year = say.Year(text, year, digits=digits, calendar=calendar)
        return say.Day(text, day, say.Month(text, calendar, month, year=in_year)), i + 5

    def _year_month(self, i: int, parts: list[str], mark: str) -> Found:
        t = self.tokens
        year, month = int(parts[0]), int(parts[1])
        if mark == "." or len(parts[0]) != 4 or len(parts[1]) != 2 or not 1 <= month <= 12 or self._counts(i + 3):
            return None
        if t.touches(i + 3) and t.word(i + 3) == mark:
            return None
        calendar: Calendar = "jalali" if 1300 <= year < 1500 else "gregorian"
        if calendar == "gregorian" and not 1900 <= year < 2100:
            return None
        text = t.slice(i, i + 3)
        return say.Month(text, calendar, month, year=say.Year(text, year, calendar=calendar)), i + 3

    def weekday(self, i: int, strict: bool) -> Found:
        """Read «روز دوشنبه», «پنج‌شنبه گذشته», «چهارشنبه هفته جاری»."""
        t = self.tokens
        j, weekday = self._weekdays(i)
        if weekday is None:
            return None
        while t.has(j, "part_of_day"):
            j = t.after(j)
        if t.name(j, "unit") == "week" and (week := self.relative(j, strict)):
            return say.Weekday(t.slice(i, week[1]), weekday, week=week[0]), week[1]
        if t.has(j, "this") and t.name(j + 1, "unit") == "week" and (week := self.relative(j, strict)):
            return say.Weekday(t.slice(i, week[1]), weekday, week=week[0]), week[1]
        shift = self.shift(j)
        if shift is not None and t.word(j) != "دیگر" and not shift[1].startswith("before"):
            j = t.after(j)
            return say.Weekday(t.slice(i, j), weekday, shift[0]), j
        return say.Weekday(t.slice(i, j), weekday), j

    # months, seasons, years

    def months(self, i: int, strict: bool) -> Found:
        """Read a month or a run of months, with its year."""
        return self.month(i, strict)

    def month(self, i: int, strict: bool, runs: bool = True) -> Found:
        """Read a month; in running text an ambiguous bare name («مهر») needs evidence beside it."""
        t = self.tokens
        j = i
        said = t.name(j, "unit") == "month"
        if said:
            j = t.after(j)
        first = self._month_name(j, said and t.word(i) == "برج")
        if first is None:
            return None
        calendar, value, j = first
        if t.name(j, "unit") == "month" and not t.has(j, "plural") and t.word(j) != "برج":
            said, j = True, t.after(j)
        last = None
        if runs and (more := self._run_month(j, calendar)) is not None:
            last, j = more
        year, shift, end = self.tail(j)
        evidence = said or last is not None or year is not None or not strict
        if t.word(i) == "می" and last is None and year is None and (strict or not self._closed(end)):
            return None
        if not evidence and t.has(i, "ambiguous") and not self._stands_as_month(i, end):
            return None
        return say.Month(t.slice(i, end), calendar, value, last, year, shift), end

    def _month_name(self, j: int, numbered: bool) -> tuple[Calendar, int, int] | None:
        t = self.tokens
        for calendar in _MONTHS:
            value = t.number(j, calendar)
            if value is not None:
                return calendar, value, t.after(j)
        value = t.number(j, "digits") if numbered else None
        return ("jalali", value, j + 1) if value and value <= 12 else None

    def _run_month(self, j: int, calendar: Calendar) -> tuple[int, int] | None:
        t = self.tokens
        if not (t.has(j, "and") or t.has(j, "to") or t.word(j) in _COMMAS or t.word(j) == "-"):
            return None
        k = t.after(j)
        if t.name(k, "unit") == "month":
            k = t.after(k)
        value = t.number(k, calendar)
        if value is None:
            return None
        k = t.after(k)
        if t.name(k, "unit") == "month" and not t.has(k, "plural"):
            k = t.after(k)
        return self._run_month(k, calendar) or (value, k)

    def _stands_as_month(self, i: int, end: int) -> bool:
        t = self.tokens
        before = t.word(i - 1) in ("در", "طی", "از", "تا", "برای", "اواخر", "اوایل", "پایان", "آغاز", "")
        return before and (not t.word(end) or t.word(end) in ".،,؛)" or self.loose)

    def tail(self, j: int) -> tuple[say.Expression | None, int | None, int]:
        """Read what places a month, season or feast in a year: «۱۴۰۱», «سال گذشته», «جاری»."""
        t = self.tokens
        shift = self.shift(j)
        if shift and shift[1] in ("plain", "ago") and abs(shift[0]) <= 1 and t.word(j) not in ("قبلی", "بعدی", "سپری"):
            if t.word(t.after(j)) != "از":
                return None, shift[0], t.after(j)
        found = self.container(j, two_digits=True) if t.word(j) != "در" else None
        return (found[0], None, found[1]) if found else (None, None, j)

    def container(self, j: int, two_digits: bool = False, bare: bool = False) -> Found:
        """Read the year a part belongs to; `bare` also takes «سال» alone for the report's own year."""
        t = self.tokens
        k = j
        if t.word(k) in ("در", "از") and (t.has(k + 1, "year") or t.name(k + 1, "unit") == "year"):
            k += 1
        if t.has(k, "year") or t.name(k, "unit") == "year" or t.word(k) == "همان" or t.has(k, "this"):
            if found := self.year(k, False):
                return found
            if bare and t.name(k, "unit") == "year" and not t.has(k, "plural"):
                year = say.Year("", shift=0, assumed=True)
                return self._with_calendar(year, k, k + 1)
            return None
        if found := self._years_ago(k):
            return found
        value = year_number(t, k, words=False)
        if value is None or (value[1] == 2 and not two_digits) or self._counts(value[2]):
            return None
        if value[1] == 2 and not (value[0] >= 30 or t.word(k)[0] == "0" or t.word(k) in self.table.quotes):
            return None
        if value[1] == 2 and t.word(value[2]) == "-" and (pair := self._numbered_years(say.Year(""), k, k, True)):
            return pair
        year = say.Year(t.slice(k, value[2]), value[0], digits=value[1])
        return self._with_calendar(year, k, value[2])

    def _years_ago(self, k: int) -> Found:
        t = self.tokens
        count = number(t, k)
        if count is None or t.name(count[1], "unit") != "year":
            return None
        j = t.after(count[1])
        shift = self.shift(j)
        direction = {"ago": -1, "later": 1}.get(shift[1]) if shift else None
        if not direction:
            return None
        return say.Ago(t.slice(k, j + 1), "year", Fraction(count[0]), direction), j + 1

    def _counts(self, k: int) -> bool:
        """Tell whether the number before a token counts something, so that it is no year."""
        t = self.tokens
        word = t.word(k)
        if word in ("/", ".", ",") and t.touches(k) and t.touches(k + 1) and t.has(k + 1, "digits"):
            return True
        return word in self.table.counters and not t.has(k, "from")

    def _with_calendar(self, year: say.Year, i: int, j: int) -> Found:
        t = self.tokens
        while (kind := t.name(j, "year_kind")) is not None:
            j = t.after(j)
            if kind == "fiscal" and t.words[j : j + 2] == ["این", "شرکت"]:
                j += 2
            if kind in _CALENDARS:
                year = replace(year, calendar=_CALENDARS[kind])
            else:
                year = replace(year, kind=kind)
        return replace(year, text=t.slice(i, j)), j

    def year(self, i: int, strict: bool) -> Found:
        """Read «امسال», «سال جاری», «سال‌های ۹۸ و ۹۹», «سال زراعی ۱۴۰۱-۱۴۰۰»."""
        t = self.tokens
        j = i
        same = t.word(j) == "همان"
        this = t.has(j, "this") and not (strict and not self.loose and t.word(j) == "این")
        if same or this:
            j = t.after(j)
        if (shift := t.number(j, "year")) is not None:
            return self._with_calendar(say.Year("", shift=shift), i, t.after(j))
        if t.name(j, "unit") != "year":
            return None
        plural, j = t.has(j, "plural"), t.after(j)
        base = say.Year("")
        kind = self._with_calendar(base, i, j)
        if kind is not None and isinstance(kind[0], say.Year):
            base, j = kind[0], kind[1]
        if t.has(j, "ending") and (until := self.point(t.after(j), strict=False)):
            return say.Trailing(t.slice(i, until[1]), "year", 1, until[0]), until[1]
        if t.word(j) in _COMMAS and t.has(j + 1, "digits"):
            j += 1
        if (numbered := self._numbered_years(base, i, j, plural)) is not None:
            return numbered
        if (relative := self._relative_year(base, i, j, plural)) is not None:
            return relative
        if (same or this) and not plural:
            return replace(base, text=t.slice(i, j), shift=0, of_it=same), j
        return None

    def _relative_year(self, base: say.Year, i: int, j: int, plural: bool) -> Found:
        t = self.tokens
        shift = self.shift(j)
        if shift is None:
            if t.word(j) == "ی" and t.word(j + 1) == "که" and t.word(j + 2) == "گذشت":
                return replace(base, text=t.slice(i, j + 3), shift=-1), j + 3
            return None
        end = t.after(j) - (shift[1] == "before")
        if t.word(j) == "دیگر":
            return None
        if plural or shift[1] == "recent":
            return (say.Vague(t.slice(i, end)), end) if plural else None
        of_it = shift[1] == "before_it" or t.word(j) in ("قبلش", "قبلشان")
        if shift[1] == "before_it":
            end += 1
        elif t.word(end) == "از" and t.word(end + 1) == "آن":
            of_it, end = True, end + 2
        elif t.has(end, "of_it") and (t.word(end) == "آن" or t.text[t.starts[end] - 1] == ZWNJ):
            of_it, end = True, end + 1
        year = replace(base, shift=shift[0], new=shift[1] == "new", of_it=of_it)
        if of_it:
            year = replace(year, shift=max(shift[0], -1))
        return self._with_calendar(year, i, end)

    def _numbered_years(self, base: say.Year, i: int, j: int, plural: bool) -> Found:
        t = self.tokens
        first = year_number(t, j)
        if first is None or not self._is_year(first, j):
            return None
        value, digits, j = first
        last: int | None = None
        paired = False
        listed = plural or base.kind != "calendar"
        while (more := self._next_year(j, last or value, digits, listed)) is not None:
            paired = paired or t.word(j) in _DASHES or base.kind != "calendar"
            closing = not (t.has(j, "and") or t.word(j) in _COMMAS)
            digits, last, j = max(digits, more[1]), more[0], more[2]
            if closing:
                break
        if last is not None:
            value, last = _same_century(value, last, digits)
        found = self._with_calendar(replace(base, value=value, last=last, digits=digits), i, j)
        if found and isinstance(found[0], say.Year) and paired and found[0].kind != "calendar":
            return replace(found[0], last=None), found[1]
        return found

    def _is_year(self, value: tuple[int, int, int], j: int) -> bool:
        """Tell whether a number after «سال» is a year and not a count («در سال ۲۰ درصد»)."""
        t = self.tokens
        end = value[2]
        if value[1] == 4:
            return not self._counts(end) or t.name(j - 1, "unit") == "year"
        if t.word(end) in self.table.percents or (self._counts(end) and not t.word(end).isalpha()):
            return False
        return value[0] >= 60 or not self._counts(end) and (value[0] >= 30 or t.word(j)[0] == "0" or self._closed(end))

    def _next_year(self, j: int, before: int, digits: int, listed: bool) -> tuple[int, int, int] | None:
        t = self.tokens
        word = t.word(j)
        joins = t.has(j, "and") or word in _COMMAS
        if not (joins or t.has(j, "to") or word in _DASHES) or t.has(j, "now") or (joins and self._in_order(j)):
            return None
        k = t.after(j)
        if t.name(k, "unit") == "year" and t.has(j, "to"):
            k = t.after(k)
        value = year_number(t, k)
        if value is None or self._counts(value[2]) or (t.has(value[2], "to") and joins) or self._is_day(k, value):
            return None
        if joins and not listed:
            return value if value[1] == digits and value[0] == before + 1 else None
        return value if listed or value[1] == digits or word in _DASHES else None

    def _in_order(self, j: int) -> bool:
        """Tell whether «به ترتیب» in the sentence pairs the members of a list, so that each is its own period."""
        t = self.tokens
        window = [*t.words[max(0, j - 25) : j][::-1], "\n"], [*t.words[j : j + 25], "\n"]
        for words in window:
            for word in words:
                if word == "ترتیب":
                    return True
                if word in ".؛\n!؟":
                    break
        return False

    def _is_day(self, k: int, value: tuple[int, int, int]) -> bool:
        t = self.tokens
        return value[1] == 2 and any(t.has(value[2], calendar) for calendar in _MONTHS)

    def bare_year(self, i: int, strict: bool) -> Found:
        """Read «۱۴۰۱» alone where the words around it leave no other reading."""
        t = self.tokens
        if (t.number(i, "length") or 0) != 4:
            return None
        found = self._numbered_years(say.Year(""), i, i, False)
        if found is None or not isinstance(found[0], say.Year) or found[0].digits != 4:
            return None
        year = found[0]
        if year.last is not None or year.calendar is not None or self._stands_as_year(i, found[1]):
            return found
        return found if not strict and self._closed(found[1]) else None

    def _stands_as_year(self, i: int, end: int) -> bool:
        t = self.tokens
        value = t.number(i, "digits") or 0
        if not (1350 <= value <= 1420 or 1950 <= value <= 2060):
            return False
        before, after = t.word(i - 1), t.word(end)
        if t.has(i - 1, "and") and self._in_order(i) and t.has(i - 2, "digits"):
            return True
        if before in ("بودجه", "لایحه", "جام", "المپیک", "برجام", "مسابقات"):
            return True
        closed = self._closed(end)
        if before == "(" and after == ")":
            return True
        return closed and before in ("در", "تا", "از", "طی", "")

    def season(self, i: int, strict: bool) -> Found:
        """Read «تابستان», «فصل بهار سال گذشته», «این زمستان»."""
        t = self.tokens
        j, this = (t.after(i), True) if t.has(i, "this") else (i, False)
        if t.name(j, "unit") == "quarter":
            j = t.after(j)
            if t.has(j, "digits") and (pair := self.bare_year(j, True)) and getattr(pair[0], "last", None):
                return say.Vague(t.slice(i, pair[1])), pair[1]
        value = t.number(j, "season")
        if value is None:
            return None
        j = t.after(j)
        if this:
            return say.Season(t.slice(i, j), value, shift=0), j
        year, shift, end = self.tail(j)
        return say.Season(t.slice(i, end), value, year, shift), end

    def this(self, i: int, strict: bool) -> Found:
        """Read «این هفته», «همین ماه», «این تابستان», «همین سال»."""
        t = self.tokens
        j = t.after(i)
        if t.has(j, "season"):
            return self.season(i, strict)
        unit = t.name(j, "unit")
        if unit is None or unit not in _THIS_UNITS or t.has(j, "plural"):
            return None
        if strict and not self.loose and unit != "week" and t.word(i) == "این":
            return None
        if unit == "year":
            return self.year(i, strict)
        if unit in ("decade", "century"):
            kind = say.Decade if unit == "decade" else say.Century
            return kind(t.slice(i, t.after(j)), shift=0), t.after(j)
        return say.Relative(t.slice(i, t.after(j)), unit, 0), t.after(j)

    def relative(self, i: int, strict: bool) -> Found:
        """Read «هفته گذشته», «ماه میلادی جاری», «روزهای آینده»."""
        t = self.tokens
        if t.has(i, "this"):
            return self.this(i, strict)
        if (elapsed := t.name(i, "elapsed")) is not None:
            return say.Relative(t.slice(i, t.after(i)), elapsed, -1), t.after(i)
        unit = t.name(i, "unit")
        if unit is None or unit not in _RELATIVE_UNITS:
            return None
        j = t.after(i)
        calendar: Calendar | None = None
        if t.name(j, "year_kind") == "gregorian":
            calendar, j = "gregorian", t.after(j)
        if t.has(i, "plural") and t.number(j, "ordinal") == -1:
            of = self.of(t.after(j)) or self.edge_unit(t.after(j))
            return (say.Vague(t.slice(i, of[1])), of[1]) if of else None
        shift = self.shift(j)
        if t.word(j) == "که" and t.word(j + 1) == "گذشت":
            shift, j = (-1, "plain"), j + 1
        if shift is None or t.word(j) == "دیگر" or shift[1] == "new":
            return None
        if shift[1] == "before_it":
            end = t.after(j) + 1
            return say.Same(t.slice(i, end), say.Relative(t.slice(i, end), unit, -1)), end
        if unit == "day" and t.word(j) in ("کنونی", "فعلی"):
            return None
        end = t.after(j) - (shift[1] == "before")
        if t.name(end, "year_kind") == "gregorian":
            calendar, end = "gregorian", t.after(end)
        text = t.slice(i, end)
        if t.word(i) == "شبانه" and shift[0] == -1:
            return say.Rolling(text, "day", Fraction(1), -1), end
        if t.has(i, "plural") or shift[1] == "recent" or unit == "hour":
            return say.Vague(text), end
        if unit == "decade":
            return say.Decade(text, shift=shift[0]), end
        if unit == "century":
            return say.Century(text, shift=shift[0]), end
        return say.Relative(text, unit, shift[0], calendar), end

    # parts and counts

    def counted(self, i: int, strict: bool) -> Found:
        """Read a count of units: «شش‌ماهه نخست امسال», «۱۲ ماه گذشته», «دو سال پیش», «۹ ماه منتهی به آذر»."""
        t = self.tokens
        if t.word(i - 1) == "ساعت":
            return None
        count, j = self._count(i)
        if j == i:
            return None
        span = t.name(j, "span")
        unit = span or t.name(j, "unit")
        if unit is None or t.has(j, "plural"):
            return None
        j = t.after(j)
        if t.has(j, "and_half") and count is not None:
            count, j = count + Fraction(1, 2), t.after(j)
        if t.has(j, "same"):
            return self._same_tail(i, t.after(j), int(count) if count else None)
        whole = int(count) if count is not None and count.denominator == 1 and count > 0 else None
        if whole is not None:
            if t.has(j, "ending") and (found := self.point(t.after(j), strict=False)):
                return say.Trailing(t.slice(i, found[1]), unit, whole, found[0]), found[1]
            if (part := self._counted_part(i, j, unit, whole, span is not None)) is not None:
                return part
        if (moved := self._moved(i, j, unit, count, span is not None)) is not None:
            return moved
        if span == "month" and whole is not None and whole in (3, 6, 9, 11) + (() if strict else tuple(range(1, 13))):
            return say.Part(t.slice(i, j), unit, whole, 1, say.Year("", shift=0, assumed=True)), j
        return None

    def _count(self, i: int) -> tuple[Fraction | None, int]:
        t = self.tokens
        if t.has(i, "some"):
            return None, t.after(i)
        found = number(t, i)
        if found is None:
            return None, i
        count, j = Fraction(found[0]), found[1]
        if t.has(j, "and_half"):
            count, j = count + Fraction(1, 2), t.after(j)
        return count, j

    def _counted_part(self, i: int, j: int, unit: str, size: int, span: bool) -> Found:
        t = self.tokens
        ordinal = t.number(j, "ordinal")
        of: Found
        if ordinal is not None:
            end = t.after(j)
            of = self.of(end)
            if of is None and unit == "month":
                of = say.Year("", shift=0, assumed=True), end
            if of is None:
                return None
            return say.Part(t.slice(i, of[1]), unit, size, ordinal, of[0]), of[1]
        passed = t.has(j, "passed")
        moved = self.shift(j)
        past = moved is not None and moved[0] == -1 and moved[1] == "plain"
        start = t.after(j) if passed or past else j
        if unit in ("month", "quarter", "half") or passed:
            of = self.of(start) if passed else self.container(start, two_digits=span and not past)
            if of is not None and not isinstance(of[0], say.Vague):
                return say.Part(t.slice(i, of[1]), unit, size, 1, of[0]), of[1]
        return None

    def _moved(self, i: int, j: int, unit: str, count: Fraction | None, span: bool) -> Found:
        t = self.tokens
        moved = self.shift(j)
        if moved is None or t.word(j) in ("جاری", "فعلی", "کنونی"):
            return None
        shift, kind = moved
        if kind in ("new", "before"):
            return None
        end = t.after(j) + (kind == "before_it")
        text = t.slice(i, end)
        if kind == "before_it":
            return say.Vague(text, "counted from another period"), end
        if span and kind == "ago" and unit == "month" and count == 3:
            return say.Relative(text, "quarter", -1), end
        if kind == "recent":
            return say.Rolling(text, unit, count, -1), end
        direction = 1 if shift > 0 else -1
        if kind in ("ago", "later"):
            return say.Ago(text, unit, count, direction), end
        return say.Rolling(text, unit, count, direction), end

    def of(self, j: int) -> Found:
        """Read what a part is a part of: a year, season, month or half of one."""
        t = self.tokens
        if t.word(j) == "از":
            j += 1
        if found := self.container(j, two_digits=True, bare=True):
            return found
        if t.has(j, "this") or t.name(j, "unit") == "month":
            found = longest(self.relative(j, False), self.month(j, False))
            return found
        if any(t.has(j, category) for category in (*_MONTHS, "season", "half", "named", "occasion")):
            return longest(
                self.month(j, False), self.season(j, False), self.half(j, False), self.named(j, False)
            )
        if t.name(j, "unit") in ("quarter", "half", "week"):
            return longest(self.season(j, False), self.unit_part(j, False), self.relative(j, False))
        if t.has(j, "digits") or t.has(j, "cardinal"):
            return self.counted(j, False)
        return None

    def unit_part(self, i: int, strict: bool) -> Found:
        """Read «ماه اول سال», «هفته سوم مهر», «روز اول تیر», «نیم‌سال دوم ۱۴۰۰»."""
        t = self.tokens
        unit = t.name(i, "unit")
        if unit in (None, "year", "century", "hour", "minute") or t.has(i, "plural"):
            return None
        j = t.after(i)
        if t.has(j, "ending") and (until := self.point(t.after(j), strict=False)) and unit:
            return say.Trailing(t.slice(i, until[1]), unit, 1, until[0]), until[1]
        found = number(t, j)
        ordinal = found[0] if found and found[2] else t.number(j, "ordinal")
        if ordinal is None:
            return None
        end = found[1] if found and found[2] else t.after(j)
        of = self.of(end)
        if of is None and unit == "half":
            of = say.Year("", shift=0, assumed=True), end
        if of is None or unit is None:
            return None
        if unit == "decade" and not isinstance(of[0], say.Month | say.Relative):
            return None
        return say.Part(t.slice(i, of[1]), unit, 1, ordinal, of[0]), of[1]

    def ordinal_part(self, i: int, strict: bool) -> Found:
        """Read «نخستین ماه سال», «آخرین روز اسفند», «اول زمستان»."""
        t = self.tokens
        ordinal = t.number(i, "ordinal")
        if ordinal is None:
            return None
        j = t.after(i)
        unit = t.name(j, "unit")
        if unit in ("day", "week", "month", "quarter", "half") and unit is not None:
            of = self.of(t.after(j))
            if of is None or t.has(j, "plural"):
                return (say.Vague(t.slice(i, of[1])), of[1]) if of else None
            return say.Part(t.slice(i, of[1]), unit, 1, ordinal, of[0]), of[1]
        if ordinal == 1 and t.word(i) in ("اول", "یکم") and t.word(j) not in ("از", "در") and (of := self.of(j)):
            if isinstance(of[0], say.Year | say.Season | say.Ago | say.Relative):
                return say.Edge(t.slice(i, of[1]), "start", of[0]), of[1]
        return None

    def half(self, i: int, strict: bool) -> Found:
        """Read «نیمه نخست», «نیمه دوم شهریور», «نیمه اسفند»."""
        t = self.tokens
        if not t.has(i, "half"):
            return None
        j = t.after(i)
        ordinal = t.number(j, "ordinal")
        if ordinal is None:
            return None
        end = t.after(j)
        of = self.of(end)
        if of is None:
            of = say.Year("", shift=0, assumed=True), end
        return say.Part(t.slice(i, of[1]), "half", 1, ordinal, of[0]), of[1]

    def edge(self, i: int, strict: bool) -> Found:
        """Read «ابتدای سال», «پایان شهریور», «اواخر هفته گذشته»."""
        t = self.tokens
        edge = t.name(i, "edge")
        if edge is None:
            return None
        j = t.after(i)
        if t.has(j, "edge"):
            return None
        of = longest(self.of(j), self.point(j, strict=False))
        if of is None and not strict:
            of = self.edge_unit(j)
        if of is None and t.name(j, "unit") == "quarter" and not strict and t.word(j + 1)[:1].isalpha():
            return say.Vague(t.slice(i, j + 2)), j + 2
        if of is None or isinstance(of[0], say.Same):
            return None
        return say.Edge(t.slice(i, of[1]), edge, of[0]), of[1]

    def edge_unit(self, j: int) -> Found:
        """Read «ماه» or «هفته» alone, after «پایان» and the like: the report's own."""
        t = self.tokens
        unit = t.name(j, "unit")
        if unit is None or unit not in ("month", "week") or t.has(j, "plural"):
            return None
        return say.Relative(t.slice(j, j + 1), unit, 0), t.after(j)

    # comparisons, names and larger units

    def same(self, i: int, strict: bool) -> Found:
        """Read «مدت مشابه سال قبل», «ماه مشابه سال گذشته», «همین مدت در سال گذشته»."""
        t = self.tokens
        j = i
        this = t.has(j, "this")
        if this:
            j = t.after(j)
        if not (t.has(j, "stretch") or t.has(j, "between") or t.name(j, "unit") in ("month", "quarter", "week", "day")):
            return None
        if t.has(j, "plural"):
            return None
        j = t.after(j)
        if t.has(j, "same"):
            return self._same_tail(i, t.after(j), None)
        if not this:
            return None
        found = self._same_target(j)
        return (say.Same(t.slice(i, found[1]), found[0]), found[1]) if found else None

    def _same_tail(self, i: int, j: int, size: int | None) -> Found:
        t = self.tokens
        if t.has(j, "of_it"):
            j = t.after(j)
        found = self._same_target(j)
        if found is None:
            return say.Same(t.slice(i, j), None, size), j
        return say.Same(t.slice(i, found[1]), found[0], size), found[1]

    def _same_target(self, j: int) -> Found:
        t = self.tokens
        k = j + 1 if t.word(j) in ("در", "از") else j
        if found := self.container(k, two_digits=False):
            return found
        if t.name(k, "unit") in ("month", "week", "quarter"):
            return self.relative(k, False)
        return None

    def decade(self, i: int, strict: bool) -> Found:
        """Read «دهه ۸۰», «دهه ۱۹۷۰ میلادی», «دهه‌های ۶۰ و ۷۰», «قرن بیستم»."""
        t = self.tokens
        unit = t.name(i, "unit")
        j = t.after(i)
        found = number(t, j)
        if found is None or unit not in ("decade", "century"):
            return None
        value, end, _ = found
        if unit == "century":
            if not 1 <= value <= 30:
                return None
            end, calendar = self._calendar(end)
            return say.Century(t.slice(i, end), value, calendar=calendar), end
        if value % 10 or not (10 <= value <= 90 or 1200 <= value < 1500 or 1500 <= value < 2100):
            return None
        last = None
        if (t.has(end, "and") or t.has(end, "to")) and (more := number(t, end + 1)) and more[0] % 10 == 0 < more[0]:
            if (more[0] < 100) == (value < 100) and not self._counts(more[1]):
                last, end = more[0], more[1]
        end, calendar = self._calendar(end)
        return say.Decade(t.slice(i, end), value, last, calendar=calendar), end

    def _calendar(self, j: int) -> tuple[int, Calendar | None]:
        name = self.tokens.name(j, "year_kind")
        if name in _CALENDARS:
            return self.tokens.after(j), _CALENDARS[name]
        return j, None

    def named(self, i: int, strict: bool) -> Found:
        """Read «دهه فجر امسال», «ایام نوروز ۱۴۰۲», «هفته دولت»."""
        t = self.tokens
        j = t.after(i) if t.has(i, "occasion") and not t.has(i, "named") else i
        if (era := t.name(j, "era")) is not None:
            return (say.Era(t.slice(i, t.after(j)), era), t.after(j)) if not strict or "war" in era else None
        if (name := t.name(j, "named")) is None:
            if j > i and (t.name(j, "unit") == "month" or t.has(j, "lunar")) and (found := self.month(j, False)):
                return replace(found[0], text=t.slice(i, found[1])), found[1]
            return None
        year, _, end = self.tail(t.after(j))
        if j > i and name in _NAMED_DAYS:
            return say.Vague(t.slice(i, end)), end
        if strict and not self.loose and j == i and year is None and name in _NAMED_THINGS:
            return None
        return say.Named(t.slice(i, end), name, year), end

    def government(self, i: int, strict: bool) -> Found:
        """Read «دولت سیزدهم», «دولت یازدهم و دوازدهم»."""
        t = self.tokens
        found = number(t, t.after(i))
        if found is None or not found[2] or found[0] not in self.table.governments:
            return None
        value, end, _ = found
        more = number(t, end + 1) if t.has(end, "and") else None
        if more and more[2] and more[0] in self.table.governments:
            return say.Government(t.slice(i, more[1]), value, more[0]), more[1]
        return say.Government(t.slice(i, end), value), end

    def plan(self, i: int, strict: bool) -> Found:
        """Read «برنامه ششم توسعه», «برنامه پنج‌ساله پنجم»."""
        t = self.tokens
        j = t.after(i)
        told = t.has(j, "plan_tail")
        if told:
            j = t.after(j)
        found = number(t, j)
        if found is None or not found[2] or not 1 <= found[0] <= 9:
            return None
        end = found[1]
        while t.has(end, "plan_tail"):
            told, end = True, t.after(end)
        return (say.Vague(t.slice(i, end)), end) if told or 4 <= found[0] <= 7 else None

    def horizon(self, i: int, strict: bool) -> Found:
        """Read «افق ۱۴۰۴»."""
        t = self.tokens
        j = t.after(i)
        found = longest(self.year(j, False), self.bare_year(j, False)) or self.container(j, two_digits=True)
        return (replace(found[0], text=t.slice(i, found[1])), found[1]) if found else None


def number_is_ordinal(tokens: Tokens, end: int) -> bool:
    """Tell whether the number that ends before a token is an ordinal («پنجم»)."""
    return tokens.has(end - 1, "ordinal") or (tokens.has(end - 2, "digits") and not tokens.has(end - 1, "digits"))


def is_run(expression: say.Expression) -> bool:
    """Tell whether an expression says by itself where it begins and ends («۱۲ تا ۱۵ مهر»)."""
    return isinstance(expression, say.Range) or getattr(expression, "last", None) is not None


def _same_century(first: int, last: int, digits: int) -> tuple[int, int]:
    if digits == 4 and (first < 100) != (last < 100):
        known = max(first, last)
        first, last = (value if value >= 100 else known - known % 100 + value for value in (first, last))
    return min(first, last), max(first, last)


def order_date(values: list[int], lengths: list[int]) -> tuple[Calendar, int, int, int, int] | None:
    """Return calendar, year, month, day and the digits of the year of three numbers in any usual order.

    >>> order_date([31, 6, 1401], [2, 2, 4]), order_date([92, 11, 21], [2, 2, 2])
    (('jalali', 1401, 6, 31, 4), ('jalali', 92, 11, 21, 2))
    """
    if max(lengths) > 4 or 3 in lengths:
        return None
    for where in (0, 2):
        year, month, day = values if where == 0 else values[::-1]
        if lengths[where] != 4 and not (4 not in lengths and (year >= 32 or where == 0 and values[2] <= 31)):
            continue
        calendar: Calendar = "gregorian" if 1500 <= year else "jalali"
        if lengths[where] == 4 and not 1200 <= year < 2200:
            continue
        if month > 12 >= day:
            month, day = day, month
        if 1 <= month <= 12 and 1 <= day <= 31:
            return calendar, year, month, day, lengths[where]
    return None


_RULES = {
    "day": (Grammar.today,),
    "part_of_day": (Grammar.part_of_day,),
    "weekday": (Grammar.dated, Grammar.weekday),
    "jalali": (Grammar.months,),
    "gregorian": (Grammar.months,),
    "lunar": (Grammar.months,),
    "digits": (Grammar.dated, Grammar.counted, Grammar.bare_year, Grammar.numeric),
    "cardinal": (Grammar.dated, Grammar.counted),
    "some": (Grammar.counted,),
    "ordinal": (Grammar.dated, Grammar.ordinal_part),
    "unit": (
        Grammar.dated,
        Grammar.weekday,
        Grammar.months,
        Grammar.year,
        Grammar.season,
        Grammar.relative,
        Grammar.unit_part,
        Grammar.same,
        Grammar.decade,
    ),
    "year": (Grammar.year,),
    "elapsed": (Grammar.relative,),
    "season": (Grammar.season,),
    "half": (Grammar.half,),
    "edge": (Grammar.edge,),
    "stretch": (Grammar.same,),
    "between": (Grammar.same,),
    "this": (Grammar.this, Grammar.same),
    "named": (Grammar.named,),
    "era": (Grammar.named,),
    "occasion": (Grammar.named,),
    "government": (Grammar.government,),
    "plan": (Grammar.plan,),
    "horizon": (Grammar.horizon,),
}
