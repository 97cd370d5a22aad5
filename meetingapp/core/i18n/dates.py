"""Dates and times as people here write them, out and in. Pure functions; aware moments are shown in Europe/Oslo."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from meetingapp.core.clock import OSLO

MONTHS = {
    "nb": "januar februar mars april mai juni juli august september oktober november desember".split(),
    "nn": "januar februar mars april mai juni juli august september oktober november desember".split(),
    "en": "January February March April May June July August September October November December".split(),
}
WEEKDAYS = {
    "nb": "mandag tirsdag onsdag torsdag fredag lørdag søndag".split(),
    "nn": "måndag tysdag onsdag torsdag fredag laurdag sundag".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
DATE = re.compile(r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$")
ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")
TIME = re.compile(r"^(?:kl\.?\s*)?(\d{1,2})(?:[.:]?(\d{2}))?$", re.IGNORECASE)


class ImpossibleTime(ValueError):
    """A clock time that this day does not have, or has twice: the night the clocks are changed."""


def _day(value: date) -> date:
    return value.astimezone(OSLO).date() if isinstance(value, datetime) else value


def day_month(value: date, *, language: str = "nb") -> str:
    """ "4. desember" / "4 December"."""
    day = _day(value)
    return f"{day.day} {MONTHS['en'][day.month - 1]}" if language == "en" else f"{day.day}. {MONTHS[language][day.month - 1]}"


def full_date(value: date, *, language: str = "nb") -> str:
    """ "4. desember 2026"."""
    return f"{day_month(value, language=language)} {_day(value).year}"


def long_date(value: date, *, language: str = "nb") -> str:
    """ "fredag 4. desember 2026" / "Friday 4 December 2026"."""
    return f"{WEEKDAYS[language][_day(value).weekday()]} {full_date(value, language=language)}"


def short_date(value: date) -> str:
    """ "04.12.2026", for tables and fields."""
    return _day(value).strftime("%d.%m.%Y")


def clock_time(moment: datetime, *, language: str = "nb") -> str:
    """ "kl. 09.00" / "09:00" in Oslo."""
    local = moment.astimezone(OSLO)
    return local.strftime("%H:%M") if language == "en" else local.strftime("kl. %H.%M")


def hour(moment: datetime, *, language: str = "nb") -> str:
    """ "09.00" / "09:00" in Oslo, for columns of times."""
    return moment.astimezone(OSLO).strftime("%H:%M" if language == "en" else "%H.%M")


def time_span(starts: datetime, ends: datetime, *, language: str = "nb") -> str:
    """ "kl. 09.00–13.00" / "09:00–13:00"."""
    return f"{clock_time(starts, language=language)}–{hour(ends, language=language)}"


def parse_date(text: str) -> date:
    """A day typed as 04.12.2026, 4.12.26 or 2026-12-04.

    :raises ValueError: for anything else, and for days that do not exist
    """
    text = text.strip()
    if ISO.match(text):
        return date.fromisoformat(text)
    found = DATE.match(text)
    if found is None:
        raise ValueError(text)
    day, month, year = found.groups()
    return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))


def parse_time(text: str) -> time:
    """A clock time typed as 09.00, 9:00, 0900, 9 or "kl. 9".

    :raises ValueError: for anything else
    """
    found = TIME.match(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2] or 0))


def at_oslo(day: date, at: time) -> datetime:
    """The UTC moment of a clock time in Oslo.

    :raises ImpossibleTime: in the hour that is skipped or doubled when the clocks are changed (R11)
    """
    local = datetime.combine(day, at, tzinfo=OSLO)
    first, second = local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if first != second or first.astimezone(OSLO).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ImpossibleTime(local.isoformat())
    return first
