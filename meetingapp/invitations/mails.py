"""The letters of a call: each person gets their own words, with public titles only, and their own copy of the calendar object."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import ItemKind
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import calendar, frame
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written
from meetingapp.core.mail.writing import written
from meetingapp.council.models import Person, Seat
from meetingapp.invitations import queries
from meetingapp.invitations.models import Call, CallKind, Capacity, Invitation, Reply
from meetingapp.invitations.queries import Documents, ToInvite
from meetingapp.invitations.queries.checks import notice_days
from meetingapp.invitations.queries.people import meeting_day
from meetingapp.invitations.words import name_of
from meetingapp.meetings import words as meeting_words
from meetingapp.meetings.models import Meeting, MeetingState

CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
ROLES = {Capacity.MEMBER: "REQ-PARTICIPANT", Capacity.DEPUTY: "REQ-PARTICIPANT"}  # the others may be there, and need not
STILL_ON = (MeetingState.CALLED, MeetingState.IN_SESSION, MeetingState.ADJOURNED)


@dataclass(frozen=True)
class Words:
    """A letter before it becomes bytes."""

    subject: str
    title: str
    parts: Sequence[frame.PartOfLetter]


@dataclass(frozen=True)
class Addressee:
    """Whom a call is written to, and as what."""

    meeting: Meeting
    person: Person
    capacity: Capacity
    seat: Seat | None
    for_seat: Seat | None
    reply_by: date
    notice: str  # about short notice, or empty
    sender: str  # name of the secretary who sends it
    url: str


def one_line(text: str) -> str:
    """`text` without anything that could begin a new line of a header."""
    return " ".join(CONTROL.sub(" ", text).split())


def invitation_letter(letter: Letter) -> Written | None:
    """The words and the calendar object of one person's call; None when the invitation, the call or the meeting is off."""
    invitation = queries.invitation_by_id(letter.about)
    link = links.link_for(LinkPurpose.REPLY, invitation.person, invitation.id) if invitation is not None else None
    if invitation is None or link is None or invitation.meeting.state not in STILL_ON:
        return None
    meeting, call = invitation.meeting, invitation.call
    url = f"{links.address_of(link)}/svar"
    with speaking(invitation.person.speaks) as language:
        words = call_words(
            Addressee(
                meeting,
                invitation.person,
                invitation.capacity,
                invitation.seat,
                invitation.for_seat,
                invitation.reply_by,
                notice_words(meeting, call.short_notice_reason, sent_on=clock.local(call.sent_at).date()) if call is not None else "",
                call.sent_by.name if call is not None and call.sent_by is not None else meeting.council.short_name,
                url,
            ),
            language,
        )
        return _written(letter, meeting, words, language, invitation=invitation, url=url)


def preview(meeting: Meeting, who: ToInvite, *, reply_by: date, reason: str, sender: str) -> Words:
    """The letter as it will be, for a named receiver; the personal link is made when it is sent."""
    with speaking(who.person.speaks) as language:
        notice = notice_words(meeting, reason or _("(the reason you write)"), sent_on=clock.today())
        url = current_app.config["BASE_URL"] + "/g/…/svar"
        return call_words(Addressee(meeting, who.person, who.capacity, who.seat, None, reply_by, notice, sender, url), language)


def notice_words(meeting: Meeting, reason: str, *, sent_on: date) -> str:
    """How short the notice is and why; empty where it is long enough. One query."""
    days, limit = (meeting_day(meeting) - sent_on).days, notice_days(meeting)
    if days >= limit:
        return ""
    return _("%(days)d days. The council's own limit is %(limit)d. Reason: %(reason)s", days=days, limit=limit, reason=one_line(reason))


def call_words(to: Addressee, language: str) -> Words:
    """The call in the words of one receiver: what to do and by when comes first."""
    meeting = to.meeting
    name, day = one_line(name_of(meeting)), meeting_day(meeting)
    short = _("%(name)s %(day)s %(time)s", name=name, day=dates.day_month(day, language=language), time=_clock(meeting, language))
    when = f"{dates.long_date(day, language=language)} {_clock(meeting, language)}"
    until = dates.long_date(to.reply_by, language=language)
    subject, title, lead = _opening(to, short, name, when, until)
    parts: list[frame.PartOfLetter] = [
        frame.Lead(lead),
        frame.Button(_("Answer and see the papers"), to.url),
        frame.Facts(_facts(to, language)),
        frame.Items(_("Agenda"), agenda_rows(meeting)),
    ]
    if to.capacity is Capacity.MEMBER:
        parts.append(frame.Para(_("The calendar file is attached. If you decline, your deputy is called.")))
    else:
        parts.append(frame.Para(_("The calendar file is attached.")))
    parts += [
        frame.Para(_("Regards, %(name)s", name=one_line(to.sender))),
        frame.Small(_("The link is yours alone, and works until the meeting is over. You need no password.")),
        frame.Small(_why_you_get_this(to, name)),
    ]
    return Words(subject, title, parts)


def _opening(to: Addressee, short: str, name: str, when: str, until: str) -> tuple[str, str, str]:
    """Subject, title and first line."""
    if to.capacity is Capacity.DEPUTY and to.for_seat is not None:
        return (
            _("Can you come as deputy? %(meeting)s", meeting=short),
            _("Can you attend for %(member)s in %(name)s on %(when)s?", member=one_line(to.for_seat.person.name), name=name, when=when),
            _("Answer by %(day)s: Do you come, or must we ask another?", day=until),
        )
    subject = _("Call: %(meeting)s", meeting=short)
    if to.capacity is Capacity.GUEST:
        title = _("You are invited to inform %(name)s on %(when)s", name=name, when=when)
        return subject, title, _("Answer by %(day)s: Do you come?", day=until)
    if to.capacity is Capacity.ADMINISTRATION:
        title = _("You are called from the administration to the meeting of %(name)s on %(when)s", name=name, when=when)
        return subject, title, _("Answer by %(day)s: Do you come?", day=until)
    title = _("You are called to the meeting of %(name)s on %(when)s", name=name, when=when)
    return subject, title, _("Answer by %(day)s: Do you come, or do you decline?", day=until)


def _facts(to: Addressee, language: str) -> list[tuple[str, str]]:
    meeting, day = to.meeting, meeting_day(to.meeting)
    span = dates.time_span(meeting.starts_at, meeting.ends_at, language=language)
    pairs = [(_("When"), f"{dates.long_date(day, language=language)} {span}"), (_("Where"), one_line(meeting.place))]
    pairs.append((_("Together with"), one_line(meeting_words.co_hosts(meeting))))
    pairs += [(_("On screen"), one_line(meeting.online_url)), (_("You attend as"), _as(to)), (_("Notice"), to.notice)]
    return [(name, value) for name, value in pairs if value]


def _as(to: Addressee) -> str:
    organisation = to.seat.organisation.name if to.seat is not None and to.seat.organisation is not None else ""
    if to.capacity is Capacity.DEPUTY and to.for_seat is not None:
        return _("deputy for %(member)s", member=one_line(to.for_seat.person.name))
    if to.capacity is Capacity.MEMBER:
        return _("member for %(organisation)s", organisation=one_line(organisation)) if organisation else _("member")
    return _("guest, to inform") if to.capacity is Capacity.GUEST else _("administration")


def _why_you_get_this(to: Addressee, name: str) -> str:
    council = to.meeting.council
    said = {
        Capacity.MEMBER: _("You get this because you are a member of %(name)s in %(council)s.", name=name, council=council.short_name),
        Capacity.DEPUTY: _("You get this because you are a deputy to %(name)s in %(council)s.", name=name, council=council.short_name),
    }.get(to.capacity) or _("You get this because %(council)s wants you at its meeting.", council=council.short_name)
    questions = _("Questions: %(email)s", email=council.email)
    return f"{said} {questions}"


def _clock(meeting: Meeting, language: str) -> str:
    return dates.clock_time(meeting.starts_at, language=language)


def agenda_rows(meeting: Meeting) -> list[str]:
    """Numbers and public titles, nothing else. Four queries."""
    numbers, rows = agenda_queries.numbers_for(meeting), []
    for line in agenda_queries.timetable(meeting):
        if line.item.kind is ItemKind.BREAK:
            continue
        number = numbers[line.item.case_id].text if line.item.case_id in numbers else line.label
        rows.append(one_line(f"{number} {agenda_queries.title_of(line.item, public=True)}"))
    return rows


def papers_letter(letter: Letter) -> Written | None:
    """Tells one person that papers have come; None when the invitation, the sending or the meeting is off."""
    invitation = queries.invitation_by_id(letter.about)
    call = db.session.get(Call, letter.details.get("call"))
    link = links.link_for(LinkPurpose.REPLY, invitation.person, invitation.id) if invitation is not None else None
    if invitation is None or call is None or call.stopped_at is not None or link is None or invitation.meeting.state not in STILL_ON:
        return None
    meeting, url = invitation.meeting, f"{links.address_of(link)}/svar"
    with speaking(invitation.person.speaks) as language:
        name, day = one_line(name_of(meeting)), meeting_day(meeting)
        short = _("%(name)s %(day)s %(time)s", name=name, day=dates.day_month(day, language=language), time=_clock(meeting, language))
        subject = (
            _("Papers sent later: %(meeting)s", meeting=short)
            if call.kind is CallKind.SUPPLEMENT
            else _("Papers: %(meeting)s", meeting=short)
        )
        parts: list[frame.PartOfLetter] = [
            frame.Lead(_("Read the papers before the meeting on %(day)s.", day=dates.long_date(day, language=language))),
            frame.Button(_("See the papers"), url),
        ]
        if call.what:
            parts.append(frame.Para(one_line(call.what)))
        parts += [
            frame.Items(_("New in this sending"), [one_line(f"{one.number} {one.case.public_title}") for one in sent_with(call)]),
            frame.Small(_("The link is yours alone, and works until the meeting is over. You need no password.")),
            frame.Small(_("You get this because you are called to the meeting. Questions: %(email)s", email=meeting.council.email)),
        ]
        return _written(letter, meeting, Words(subject, subject, parts), language)


def reminder_letter(letter: Letter) -> Written | None:
    """The words that ask for an answer once more; None when it has come, or the meeting is off or has begun."""
    invitation = queries.invitation_by_id(letter.about)
    link = links.link_for(LinkPurpose.REPLY, invitation.person, invitation.id) if invitation is not None else None
    if invitation is None or link is None or invitation.reply is not Reply.NEEDS_ACTION:
        return None
    meeting = invitation.meeting
    if meeting.state is not MeetingState.CALLED or meeting.starts_at <= clock.now():
        return None
    with speaking(invitation.person.language) as language:
        name, day = one_line(name_of(meeting)), meeting_day(meeting)
        short = _("%(name)s %(day)s %(time)s", name=name, day=dates.day_month(day, language=language), time=_clock(meeting, language))
        when = f"{dates.long_date(day, language=language)} {_clock(meeting, language)}"
        subject = _("Do you come? %(meeting)s", meeting=short)
        parts: list[frame.PartOfLetter] = [
            frame.Lead(_("You have not answered whether you come to the meeting on %(when)s. Answer now.", when=when)),
            frame.Button(_("Answer and see the papers"), f"{links.address_of(link)}/svar"),
            frame.Small(_("The link is yours alone, and works until the meeting is over. You need no password.")),
            frame.Small(_("You get this because you are called to the meeting. Questions: %(email)s", email=meeting.council.email)),
        ]
        return _written(letter, meeting, Words(subject, subject, parts), language)


def sent_with(call: Call) -> list[Documents]:
    """The cases whose papers went with one sending, in the order of the agenda."""
    cases = {row.paper.case_id for row in call.papers if row.paper is not None}
    cases |= {row.attachment.case_id for row in call.papers if row.attachment is not None}
    return [one for one in queries.documents_of(call.meeting) if one.case.id in cases]


def _written(
    letter: Letter, meeting: Meeting, words: Words, language: str, *, invitation: Invitation | None = None, url: str = ""
) -> Written:
    """The bytes; with an invitation also its calendar object."""
    first = db.session.scalar(
        select(Letter.message_id)
        .where(Letter.kind == "invitation", Letter.about == letter.about, Letter.id < letter.id)
        .order_by(Letter.id)
    )
    return written(
        letter,
        words.subject,
        words.parts,
        language=language,
        sender_name=organizer_name(meeting),
        sender=meeting.body.organizer_address,
        reply_to=meeting.council.email,
        title=words.title,
        to_name=one_line(letter.to_name),
        calendar=calendar.request(_event(letter, invitation, url, language)) if invitation is not None else None,
        in_reply_to=first,
    )


def organizer_name(meeting: Meeting) -> str:
    """The name beside the body's permanent address, in letters and calendar objects alike."""
    return one_line(f"{meeting.body.name} ({meeting.council.short_name})")


def _event(letter: Letter, invitation: Invitation, url: str, language: str) -> calendar.Event:
    meeting = invitation.meeting
    answer_by = dates.long_date(invitation.reply_by, language=language)
    description = "\n".join(
        [
            _("Answer by %(day)s: Do you come?", day=answer_by),
            url,
            *([_("On screen: %(url)s", url=one_line(meeting.online_url))] if meeting.online_url else []),
            "",
            *agenda_rows(meeting),
        ]
    )
    return calendar.Event(
        uid=meeting.calendar_uid,
        sequence=meeting.sequence,
        stamp=letter.made_at,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        summary=one_line(name_of(meeting)),
        location=one_line(meeting.place or meeting.online_url),
        description=description,
        url=url,
        organizer_name=organizer_name(meeting),
        organizer_email=meeting.body.organizer_address,
        attendee_name=one_line(invitation.person.name),
        attendee_email=letter.to_address,
        role=ROLES.get(invitation.capacity, "OPT-PARTICIPANT"),
        partstat=invitation.reply.value.upper(),
        created=meeting.created_at,
        online_url=meeting.online_url,
    )
