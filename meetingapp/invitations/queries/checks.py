"""What stands in the way of a call, and where it is mended."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases.models import Case
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Person, SeatRole
from meetingapp.invitations.queries.papers import Documents, documents_of
from meetingapp.invitations.queries.people import everybody, meeting_day, people_to_invite
from meetingapp.meetings.models import Meeting, MeetingForm, MeetingState

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+$")


class Level(enum.Enum):
    OK = "ok"
    WARNING = "warning"  # can be sent anyway
    REASON = "reason"  # can be sent with a reason
    STOP = "stop"


@dataclass(frozen=True)
class Check:
    """One line of the list before sending."""

    text: str
    level: Level
    more: str = ""
    href: str = ""


def days_of_notice(meeting: Meeting) -> int:
    """Calendar days from today to the meeting, in Oslo."""
    return (meeting_day(meeting) - clock.today()).days


def notice_days(meeting: Meeting) -> int:
    """The body's own limit for a call, calendar days. One query."""
    return council_queries.days("notice_days", body=meeting.body, on=meeting_day(meeting))


def needs_reason(meeting: Meeting) -> bool:
    """Whether a call sent today comes later than the body's own limit. One query."""
    return days_of_notice(meeting) < notice_days(meeting)


def default_reply_by(meeting: Meeting) -> date:
    """The last day to answer: so many days as the body has set, at the latest the day before the meeting, and not before today."""
    days = council_queries.days("reply_days", body=meeting.body, on=clock.today())
    latest = meeting_day(meeting) - timedelta(days=1)
    return max(clock.today(), min(clock.today() + timedelta(days=days), latest))


def due_by(meeting: Meeting, limit: str) -> datetime:
    """When a letter to the meeting must be handed over: the end of the last day that keeps `limit`, or where that has passed, the start.

    :param limit: "notice_days" or "papers_days", which the body has set. One query
    """
    days = council_queries.days(limit, body=meeting.body, on=meeting_day(meeting))
    last = day_ends(meeting_day(meeting) - timedelta(days=days))
    return last if last > clock.now() else meeting.starts_at


def day_ends(day: date) -> datetime:
    """The moment when `day` is over in Oslo, whatever that day's clock did."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=clock.OSLO).astimezone(UTC)


def preflight(meeting: Meeting) -> list[Check]:
    """Everything that is looked at before a call: faults first, then what is in order. About ten queries."""
    found = [
        *_agenda(meeting),
        *_time_and_place(meeting),
        *_notice(meeting),
        *_papers(meeting),
        *_seats(meeting),
        *_addresses(meeting),
        *_closed_words(meeting),
    ]
    order = [Level.STOP, Level.REASON, Level.WARNING, Level.OK]
    return sorted(found, key=lambda check: order.index(check.level))


def _agenda(meeting: Meeting) -> Iterator[Check]:
    page = f"/kontor/moter/{meeting.id}/saksliste"
    if meeting.state is MeetingState.PLANNED:
        yield Check(_("The agenda is not fixed."), Level.STOP, _("The call carries the agenda, so fix it first."), page)
    elif meeting.state not in (MeetingState.AGENDA_FIXED, MeetingState.CALLED):
        yield Check(_("The meeting is past the time for a call."), Level.STOP)
    else:
        numbers = ", ".join(number.text for number in agenda_queries.numbers_for(meeting).values())
        yield Check(_("The agenda is fixed."), Level.OK, numbers)


def _time_and_place(meeting: Meeting) -> Iterator[Check]:
    edit = f"/kontor/moter/{meeting.id}/rediger"
    faults = []
    if meeting.starts_at <= clock.now():
        faults.append(_("The meeting's time has passed."))
    if meeting.form is not MeetingForm.REMOTE and not meeting.place.strip():
        faults.append(_("The place is not set."))
    if meeting.form is not MeetingForm.PHYSICAL and not meeting.online_url.strip():
        faults.append(_("The address of the online meeting is not set."))
    if meeting.chair is None:
        faults.append(_("Nobody is set to lead the meeting."))
    yield from (Check(fault, Level.STOP, href=edit) for fault in faults)
    if not faults:
        yield Check(_("Time, place and chair are set."), Level.OK)


def _notice(meeting: Meeting) -> Iterator[Check]:
    days, limit = days_of_notice(meeting), notice_days(meeting)
    if days < limit:
        day = meeting_day(meeting) - timedelta(days=limit)
        yield Check(
            ngettext("Short notice: %(num)d day", "Short notice: %(num)d days", days),
            Level.REASON,
            _("The council's own limit is %(limit)d days, %(day)s. Write the reason below.", limit=limit, day=_short(day)),
            "#reason",
        )
    else:
        said = ngettext("%(num)d day until the meeting.", "%(num)d days until the meeting.", days)
        yield Check(said, Level.OK, _("The council's own limit is %(limit)d days.", limit=limit))


def _short(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def _papers(meeting: Meeting) -> Iterator[Check]:
    missing = [documents for documents in documents_of(meeting) if documents.open is None or not documents.open.text]
    for documents in missing:
        name = documents.number or documents.case.public_title
        yield Check(
            _("The case paper of %(case)s is missing.", case=name),
            Level.WARNING,
            _("The call can go without it; the paper is sent later."),
            f"/kontor/saker/{documents.case.id}/fremlegg",
        )
    if not missing:
        yield Check(_("Every case has its paper."), Level.OK)


def _seats(meeting: Meeting) -> Iterator[Check]:
    day, is_full = meeting_day(meeting), True
    for body in meeting.bodies:
        page = f"/kontor/folk/utvalg/{body.id}"
        members = council_queries.seats_on(body, day, SeatRole.MEMBER)
        empty = body.voting_seats - len(members)
        if empty > 0:
            is_full = False
            yield Check(ngettext("%(num)d seat is empty.", "%(num)d seats are empty.", empty), Level.WARNING, body.name, page)
        with_deputies = council_queries.with_deputies(members, day)
        without = [seat for seat in members if seat.id not in with_deputies]
        if without:
            is_full = False
            said = ngettext("%(num)d member has no deputy.", "%(num)d members have no deputy.", len(without))
            yield Check(said, Level.WARNING, ", ".join(seat.person.name for seat in without), page)
    if not everybody(meeting):
        yield Check(_("Nobody has a seat to be called to."), Level.STOP, meeting.body.name, f"/kontor/folk/utvalg/{meeting.body.id}")
    elif is_full:
        yield Check(_("Every seat has a member and at least one deputy."), Level.OK)


def has_address(person: Person) -> bool:
    """Whether a letter can be sent to `person`."""
    return ADDRESS.match(person.email) is not None


def _addresses(meeting: Meeting) -> Iterator[Check]:
    people = [who.person for who in people_to_invite(meeting)]
    newest = {
        letter.to_address: letter
        for letter in db.session.scalars(
            select(Letter)
            .where(
                Letter.to_address.in_([person.email for person in people]), Letter.state.in_([LetterState.FAILED, LetterState.HANDED_OVER])
            )
            .order_by(Letter.id)
        )
    }
    is_good = True
    for person in people:
        edit, letter = f"/kontor/folk/personer/{person.id}/rediger", newest.get(person.email)
        if not has_address(person):
            is_good = False
            yield Check(_("%(name)s has no address.", name=person.name), Level.WARNING, _("Add it, or send and call by phone."), edit)
        elif letter is not None and letter.state is LetterState.FAILED:
            is_good = False
            said = _("%(address)s failed %(day)s.", address=person.email, day=_short(clock.local(letter.made_at).date()))
            yield Check(said, Level.WARNING, _("Mend the address of %(name)s first, or send and call by phone.", name=person.name), edit)
    if is_good:
        yield Check(_("Everybody has an address that works."), Level.OK)


def _closed_words(meeting: Meeting) -> Iterator[Check]:
    leaks = list(leaks_of(meeting))
    yield from leaks
    if not leaks:
        yield Check(_("No exempt words in letters, calendar, papers or file names."), Level.OK)


def closed_words(cases: Iterable[Case]) -> list[str]:
    """What must never leave the house: internal titles and closed words of the exempt cases among `cases`."""
    found = [word for case in cases if case.is_exempt for word in (*case.closed_words, case.title)]
    return [word for word in dict.fromkeys(" ".join(word.split()) for word in found) if word]


def first_closed_word(text: str, words: Iterable[str]) -> str | None:
    """The first of `words` that stands in `text` as a word of its own, whatever its case."""
    plain = " ".join(text.split()).casefold()
    return next((word for word in words if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", plain)), None)


def leaks_of(meeting: Meeting, more: str = "") -> Iterator[Check]:
    """Texts of a call in which an exempt case's words stand, each with the place to mend it.

    :param more: a text written for this call
    """
    documents = documents_of(meeting)
    words = closed_words(one.case for one in documents)
    if not words:
        return
    for where, text, href in _texts(meeting, documents):
        word = first_closed_word(text, words)
        if word is not None:
            yield Check(_("«%(word)s» is exempt, and stands in %(where)s.", word=word, where=where), Level.STOP, href=href)
    word = first_closed_word(more, words)
    if word is not None:
        yield Check(_("«%(word)s» is exempt, and stands in %(where)s.", word=word, where=_("the reason")), Level.STOP, href="#reason")


def _texts(meeting: Meeting, documents: Iterable[Documents]) -> Iterator[tuple[str, str, str]]:
    """Everything that leaves the house with a call: (where it stands, the text, where it is mended)."""
    yield _("the meeting's name or place"), f"{meeting.title} {meeting.place} {meeting.online_url}", f"/kontor/moter/{meeting.id}/rediger"
    for item in agenda_queries.flat(agenda_queries.items_of(meeting)):
        if item.case is None:
            yield _("an item of the agenda"), f"{item.title} {item.speakers}", f"/kontor/moter/{meeting.id}/saksliste"
    for one in documents:
        page = f"/kontor/saker/{one.case.id}"
        yield _("a public title"), one.case.public_title, f"{page}/rediger"
        if one.may_leave and one.open is not None:
            yield _("the case paper of %(case)s", case=one.number), f"{one.open.text} {one.open.recommendation}", f"{page}/fremlegg"
        for file in one.open_attachments:
            yield _("the name of an attachment"), f"{file.title} {file.file_name}", page
