"""Dates that come with a document (columns, page metadata, file properties) as Jalali report dates.

Iranian systems stamp both calendars: a year from 1821 on is Gregorian, an earlier one Jalali. A time with a zone is
first taken to Tehran, where a late evening of UTC is the next day.
"""

from __future__ import annotations

import datetime
import re

from ie.schema import IEError

__all__ = ["jalali_date", "known_date"]

TEHRAN = datetime.timezone(datetime.timedelta(hours=3, minutes=30))
_GREGORIAN = re.compile(r"(1[89]|2[01])[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2}")
_PDF_DATE = re.compile(r"(?:D:)?([0-9]{4})([0-9]{2})([0-9]{2}).{0,20}")
_SLASHED = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")


def jalali_date(value: str | datetime.date | None) -> str | None:
    """Return a date as a Jalali report date; a text that is not Gregorian is returned for the calendar to judge.

    >>> jalali_date("2022-10-07"), jalali_date("2022-10-06T22:30:00Z"), jalali_date("1401/7/15"), jalali_date(" ")
    ('1401-07-15', '1401-07-15', '1401/7/15', None)
    """
    if value is None:
        return None
    if isinstance(value, str):
        value = value.strip()
        if not _GREGORIAN.match(value):
            return value or None
        value = _gregorian(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        try:
            value = value.astimezone(TEHRAN)
        except OverflowError:
            raise IEError(f"date {value.isoformat()} is no day that a calendar holds") from None
    from ie.calendars import read_report_date

    day = value.date() if isinstance(value, datetime.datetime) else value
    return str(read_report_date(day))


def known_date(value: object) -> str | None:
    """Return the date of metadata that no one vouches for as Jalali day, or None where it says none.

    >>> known_date("D:20221007093000+03'30'"), known_date("1401/07/15"), known_date("yesterday")
    ('1401-07-15', '1401-07-15', None)
    """
    from ie.calendars import read_report_date

    if isinstance(value, str) and (match := _PDF_DATE.fullmatch(value.strip())):
        value = "-".join(match.groups())
    if not isinstance(value, str | datetime.date):
        return None
    try:
        return str(read_report_date(jalali_date(value)) or "") or None
    except IEError:
        return None


def _gregorian(text: str) -> datetime.datetime | datetime.date:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        match = _SLASHED.match(text)
        try:
            if match:
                return datetime.date(*map(int, match.groups()))
        except ValueError:
            pass
        raise IEError(f"date {text!r} is no day of the Gregorian calendar; expected 2022-10-07 or 1401-07-15") from None
