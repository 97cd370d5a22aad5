"""How the time of a meeting is drawn and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.agendas import queries
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.meetings.models import Meeting

HOUR = 60  # minutes


@dataclass(frozen=True)
class Bar:
    """The time of a meeting as a line of pieces; one unit is one minute, and breaks are gaps."""

    width: int
    pieces: list[tuple[str, int, int]]  # class of the piece, where it begins, how long it is
    ticks: list[str]  # clock times, evenly spread
    told: str  # the same in words


def time_bar(meeting: Meeting, items: Sequence[AgendaItem]) -> Bar:
    """:param items: top-level items, in order"""
    at, pieces = 0, []
    length = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    for item in items:
        minutes = queries.length_of(item)
        if minutes and item.kind is not ItemKind.BREAK:
            is_quiet = item.is_fixed or item.kind in (ItemKind.FORMAL, ItemKind.FOLLOW_UP)
            pieces.append(("w" if at + minutes > length else "o" if is_quiet else "p", at, minutes))
        at += minutes
    width = max(length, at)
    return Bar(width, pieces, _ticks(meeting, width), _told(items, length - at))


def _ticks(meeting: Meeting, width: int) -> list[str]:
    """Each hour where the width is whole hours, else only both ends: the marks are spread evenly."""
    steps = range(0, width + 1, HOUR) if width % HOUR == 0 and width <= 12 * HOUR else (0, width)
    return [dates.hour(meeting.starts_at + timedelta(minutes=minutes), language=spoken()) for minutes in steps]


def _told(items: Sequence[AgendaItem], spare: int) -> str:
    sums: dict[str, int] = {}
    for item in items:
        kind = "fixed" if item.is_fixed or item.kind is ItemKind.FOLLOW_UP else item.kind.value
        sums[kind] = sums.get(kind, 0) + queries.length_of(item)
    said = []
    if sums.get("fixed"):
        said.append(ngettext("standing items %(num)d minute", "standing items %(num)d minutes", sums["fixed"]))
    if sums.get("formal"):
        said.append(ngettext("formal items %(num)d minute", "formal items %(num)d minutes", sums["formal"]))
    if sums.get("case"):
        said.append(ngettext("cases %(num)d minute", "cases %(num)d minutes", sums["case"]))
    if sums.get("programme"):
        said.append(ngettext("programme %(num)d minute", "programme %(num)d minutes", sums["programme"]))
    if sums.get("break"):
        said.append(ngettext("breaks %(num)d minute", "breaks %(num)d minutes", sums["break"]))
    said.append(time_left(spare))
    return _("How the time is spent: %(parts)s", parts=", ".join(said))


def time_left(spare: int) -> str:
    """ "15 minutter ledig", "5 minutter over", "slutter på tiden"."""
    if spare > 0:
        return ngettext("%(num)d minute to spare", "%(num)d minutes to spare", spare)
    if spare < 0:
        return ngettext("%(num)d minute over", "%(num)d minutes over", -spare)
    return _("ends on time")
