"""The year's meeting plan: days by a rule or a list, and what each of them collides with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.core import clock
from meetingapp.core.i18n.dates import ImpossibleTime, at_oslo, parse_date
from meetingapp.council.models import Body
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.meetings.words import names

LAST = 5  # "the last one of the month"
MOST_DAYS = 60  # in one plan


def by_rule(year: int, weekday: int, which: int, months: Iterable[int]) -> list[date]:
    """The days of a rule: "the second Friday of February, April and June".

    :param weekday: 0 Monday to 6 Sunday
    :param which: 1 to 4, or `LAST`
    """
    found = []
    for month in sorted(set(months)):
        first = date(year, month, 1)
        days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == month]
        right = [day for day in days if day.weekday() == weekday]
        found.append(right[-1] if which == LAST else right[which - 1])
    return found


def by_list(text: str) -> list[date]:
    """The days written in `text`, one a line or parted by commas, in order and once each.

    :raises ValueError: with the words that are no date
    """
    found = []
    for part in re.split(r"[\n,;]+", text):
        if part.strip():
            try:
                found.append(parse_date(part.strip()))
            except ValueError:
                raise ValueError(part.strip()) from None
    return sorted(set(found))


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm, as in Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    return date(year, (h + i - 7 * m + 114) // 31, (h + i - 7 * m + 114) % 31 + 1)


def holidays(year: int) -> dict[date, LazyString]:
    """The public holidays of Norway.

    :source: lov om helligdager og helligdagsfred § 2; lov om 1 og 17 mai som høgtidsdager
    """
    sunday = easter(year)
    return {
        date(year, 1, 1): _l("New Year's Day"),
        sunday - timedelta(days=3): _l("Maundy Thursday"),
        sunday - timedelta(days=2): _l("Good Friday"),
        sunday: _l("Easter Sunday"),
        sunday + timedelta(days=1): _l("Easter Monday"),
        date(year, 5, 1): _l("Labour Day"),
        date(year, 5, 17): _l("Constitution Day"),
        sunday + timedelta(days=39): _l("Ascension Day"),
        sunday + timedelta(days=49): _l("Whit Sunday"),
        sunday + timedelta(days=50): _l("Whit Monday"),
        date(year, 12, 25): _l("Christmas Day"),
        date(year, 12, 26): _l("Boxing Day"),
    }


@dataclass(frozen=True)
class Proposed:
    """One day of a plan that is not made yet."""

    day: date
    starts_at: datetime | None  # UTC; None where the clock does not show such a time
    ends_at: datetime | None
    stops: list[str] = field(default_factory=list)  # why no meeting can be planned on this day
    notes: list[str] = field(default_factory=list)  # what to think of before one is

    @property
    def is_quiet(self) -> bool:
        """Whether nothing speaks against it, so that it is chosen beforehand."""
        return not self.stops and not self.notes


def propose(days: Sequence[date], starts: time, ends: time, body: Body, others: Sequence[Meeting]) -> list[Proposed]:
    """What a meeting of `body` on each of `days` collides with.

    :param others: the council's meetings in those years
    """
    return [_propose(day, starts, ends, body, [one for one in others if clock.local(one.starts_at).date() == day]) for day in days]


def _propose(day: date, starts: time, ends: time, body: Body, same_day: Sequence[Meeting]) -> Proposed:
    try:
        begins, finishes = at_oslo(day, starts), at_oslo(day, ends)
    except ImpossibleTime:
        return Proposed(day, None, None, [_("The clocks are changed that night, so this time does not exist or comes twice.")])
    made = Proposed(day, begins, finishes)
    if begins <= clock.now():
        made.stops.append(_("That time has passed."))
    if day < body.valid_from or (body.valid_to is not None and body.valid_to < day):
        made.stops.append(_("%(body)s does not exist on that day.", body=body.name))
    holiday = holidays(day.year).get(day)
    if holiday is not None:
        made.notes.append(_("A public holiday: %(name)s.", name=str(holiday)))
    elif day.weekday() >= 5:
        made.notes.append(_("A day in a weekend."))
    for meeting in same_day:
        if meeting.state is MeetingState.CANCELLED:
            continue
        overlaps = meeting.starts_at < finishes and meeting.ends_at > begins
        if overlaps and body in meeting.bodies:
            made.stops.append(_("%(body)s has another meeting at this time.", body=body.name))
        else:
            span = f"{clock.local(meeting.starts_at):%H.%M}–{clock.local(meeting.ends_at):%H.%M}"
            made.notes.append(_("The same day: %(meeting)s, %(span)s.", meeting=meeting.title or names(meeting.bodies), span=span))
    return made
