"""How the time of a meeting is drawn and told, and what was done to its agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from meetingapp.agendas import queries
from meetingapp.agendas.models import AgendaChange, AgendaItem, ChangeKind, ItemKind
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.meetings.models import Meeting

HOUR = 60  # minutes
# The criteria of a body's rule of order, as they are chosen.
CRITERIA: dict[str, LazyString] = {
    "decisions_first": _l("Decisions first, information last"),
    "information_first": _l("Information first, decisions last"),
    "partnership_first": _l("Matters of the partnership first"),
    "partners_first": _l("What a partner has proposed first"),
    "exempt_last": _l("Cases exempt from public access last"),
}
# Why an item stands where it stands.
REASONS: dict[str, LazyString] = {
    "decisions_first": _l("placed by its kind"),
    "information_first": _l("placed by its kind"),
    "partnership_first": _l("placed with matters of the partnership first"),
    "partners_first": _l("placed with partners' proposals first"),
    "exempt_last": _l("placed with exempt cases last"),
    "order": _l("placed in the order the cases came"),
    "hand": _l("placed by hand"),
}


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


def told(change: AgendaChange, title: str) -> str:
    """What somebody else has done: "Kari Nordmann har flyttet «Budsjett»."

    :param title: of the item; empty for several at once
    """
    name = change.person.name if change.person is not None else _("The system")
    several = len(change.facts.get("items", []))
    if change.kind is ChangeKind.ADD and several > 1:
        return ngettext("%(name)s has put %(num)d case on the agenda.", "%(name)s has put %(num)d cases on the agenda.", several, name=name)
    said = {
        ChangeKind.ADD: _l("%(name)s has put «%(title)s» on the agenda.", name=name, title=title),
        ChangeKind.REMOVE: _l("%(name)s has taken «%(title)s» off the agenda.", name=name, title=title),
        ChangeKind.MOVE: _l("%(name)s has moved «%(title)s».", name=name, title=title),
        ChangeKind.EDIT: _l("%(name)s has changed «%(title)s».", name=name, title=title),
        ChangeKind.FIX: _l("%(name)s has fixed the agenda.", name=name),
        ChangeKind.REOPEN: _l("%(name)s has opened the agenda again.", name=name),
    }
    return str(said[change.kind])


def undo(change: AgendaChange, title: str) -> str:
    """What the button that undoes `change` would undo: "at «Budsjett» ble flyttet".

    :param title: of the item; empty for several at once
    """
    several = len(change.facts.get("items", []))
    if change.kind is ChangeKind.ADD and several > 1:
        return ngettext("that %(num)d case was taken in", "that %(num)d cases were taken in", several)
    said = {
        ChangeKind.ADD: _l("that «%(title)s» was added", title=title),
        ChangeKind.REMOVE: _l("that «%(title)s» was taken off", title=title),
        ChangeKind.MOVE: _l("that «%(title)s» was moved", title=title),
        ChangeKind.EDIT: _l("that «%(title)s» was changed", title=title),
    }
    return str(said[change.kind])


def undone(change: AgendaChange, title: str, place: int) -> str:
    """What an undoing came to.

    :param title: of the item it was about; empty where nothing of it is left
    :param place: its place among its own, from 1
    """
    if change.kind is ChangeKind.ADD:
        taken_off = len(change.facts.get("items", []))
        return ngettext("Undone. The item is off the agenda.", "Undone. %(num)d items are off the agenda.", taken_off)
    if change.kind is ChangeKind.EDIT:
        return _("Undone. «%(title)s» is as it was.", title=title)
    return _("Undone. «%(title)s» is number %(place)d again.", title=title, place=place)
