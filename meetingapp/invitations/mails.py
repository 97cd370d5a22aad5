"""The words of a call to one person, and their copy of the meeting for the calendar. Public titles only: a letter travels far."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import ItemKind
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import calendar, frame
from meetingapp.core.mail.message import compose
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written
from meetingapp.invitations.models import Capacity, Invitation
from meetingapp.meetings.models import Meeting

ROLES = {
    Capacity.MEMBER: "REQ-PARTICIPANT",
    Capacity.DEPUTY: "REQ-PARTICIPANT",
    Capacity.ADMINISTRATION: "OPT-PARTICIPANT",
    Capacity.GUEST: "OPT-PARTICIPANT",
}
HIDDEN_ADDRESS = "…"


def agenda_lines(meeting: Meeting) -> list[str]:
    """The agenda in public words: "09.40 RR 21/26 Budsjett 2027"."""
    numbers = agenda_queries.numbers_for(meeting)
    lines = []
    for line in agenda_queries.timetable(meeting):
        if line.item.kind is ItemKind.BREAK:
            continue
        number = numbers.get(line.item.case_id) if line.item.case_id else None
        title = agenda_queries.title_of(line.item, public=True)
        exempt = ""
        if line.item.case is not None and line.item.case.is_exempt and line.item.case.legal_basis is not None:
            exempt = _("(exempt from public access, %(basis)s)", basis=line.item.case.legal_basis.label)
        at = clock.local(line.starts_at).strftime("%H.%M")
        lines.append(" ".join(part for part in (at, line.label, number.text if number else "", title, exempt) if part))
    return lines


def letter_parts(invitation: Invitation, address: str, language: str) -> tuple[str, str, list[frame.PartOfLetter]]:
    """(subject, title, parts) of one person's call. `address` is their own link."""
    meeting = invitation.meeting
    name = meeting.title or meeting.body.name
    day, clock_time = (
        dates.day_month(clock.local(meeting.starts_at), language=language),
        dates.clock_time(meeting.starts_at, language=language),
    )
    whole_day = dates.long_date(clock.local(meeting.starts_at), language=language)
    subject = _("Call: %(meeting)s %(day)s %(time)s", meeting=name, day=day, time=clock_time)
    title = _("%(meeting)s %(day)s", meeting=name, day=whole_day)
    reply_by = dates.long_date(invitation.reply_by, language=language)
    parts: list[frame.PartOfLetter] = [
        frame.Lead(_("Answer by %(day)s: do you come, or do you send apologies?", day=reply_by)),
        frame.Para(_standing(invitation)),
        frame.Facts(
            [
                (_("When"), f"{whole_day} {dates.time_span(meeting.starts_at, meeting.ends_at, language=language)}"),
                (_("Where"), meeting.place or _("On screen")),
                *([(_("On screen"), meeting.online_url)] if meeting.online_url else []),
                *([(_("Chair"), meeting.chair.name)] if meeting.chair else []),
            ]
        ),
        frame.Button(_("Answer and see the papers"), address),
        frame.Items(_("Agenda"), agenda_lines(meeting)),
    ]
    if invitation.call is not None and invitation.call.short_notice_reason:
        parts.append(frame.Para(_("The notice is short. Reason: %(reason)s", reason=invitation.call.short_notice_reason)))
    if invitation.capacity is Capacity.MEMBER:
        parts.append(frame.Para(_("If you send apologies, your deputy is called. You can change your answer until the meeting starts.")))
    parts.append(
        frame.Small(
            _(
                "You get this as %(capacity)s of %(body)s. The link is yours alone. Answer to reach the secretariat of %(council)s.",
                capacity=_capacity(invitation),
                body=meeting.body.name,
                council=meeting.council.name,
            )
        )
    )
    return subject, title, parts


def _capacity(invitation: Invitation) -> str:
    return {
        Capacity.MEMBER: _("member"),
        Capacity.DEPUTY: _("deputy"),
        Capacity.ADMINISTRATION: _("part of the administration"),
        Capacity.GUEST: _("guest"),
    }[invitation.capacity]


def _standing(invitation: Invitation) -> str:
    """The sentence that says why this person is called."""
    meeting, seat = invitation.meeting, invitation.seat
    organisation = seat.organisation.name if seat and seat.organisation else ""
    if invitation.capacity is Capacity.DEPUTY and invitation.for_seat is not None:
        return _("%(name)s cannot come. You are called as deputy, and vote in the meeting.", name=invitation.for_seat.person.name)
    if invitation.capacity is Capacity.GUEST:
        return _("%(body)s invites you to inform and take part in the conversation. Guests do not vote.", body=meeting.body.name)
    if invitation.capacity is Capacity.MEMBER:
        return _("You are called to the meeting as member for %(organisation)s.", organisation=organisation)
    return _("You are called to the meeting as part of the administration.")


def invitation_letter(letter: Letter) -> Written | None:
    """The whole letter with calendar object; None when the invitation has been taken back."""
    invitation = db.session.get(Invitation, letter.about)
    if invitation is None or invitation.withdrawn_at is not None:
        return None
    link = links.link_for(LinkPurpose.REPLY, invitation.person, invitation.id)
    if link is None:
        return None
    with speaking(invitation.person.language) as language:
        return _written(letter, invitation, links.address_of(link), language)


def _written(letter: Letter, invitation: Invitation, address: str, language: str) -> Written:
    meeting = invitation.meeting
    sender = meeting.body.organizer_address
    sender_name = f"{meeting.council.short_name}, {meeting.body.name}"
    subject, title, parts = letter_parts(invitation, address, language)
    text, html = frame.frame(title, parts, language=language)
    event = calendar.request(
        calendar.Event(
            uid=meeting.calendar_uid,
            sequence=meeting.sequence,
            stamp=letter.made_at,
            starts=meeting.starts_at,
            ends=meeting.ends_at,
            summary=f"{meeting.title or meeting.body.name} ({meeting.council.short_name})",
            location=meeting.place or meeting.online_url,
            description="\n".join([_("Answer and see the papers"), address, "", *agenda_lines(meeting)]),
            url=address,
            organizer_name=sender_name,
            organizer_email=sender,
            attendee_name=letter.to_name,
            attendee_email=letter.to_address,
            role=ROLES[invitation.capacity],
            partstat=invitation.reply.value.upper(),
            created=meeting.created_at,
            last_modified=letter.made_at,
            online_url=meeting.online_url,
        )
    )
    raw = compose(
        sender_name=sender_name,
        sender_email=sender,
        to_name=letter.to_name,
        to_email=letter.to_address,
        reply_to=sender,
        subject=subject,
        text=text,
        html=html,
        message_id=letter.message_id,
        date=letter.made_at,
        language=language,
        envelope_from=_envelope(letter, sender),
        calendar=event,
        method="REQUEST",
    )
    return Written(subject, _envelope(letter, sender), raw)


def _envelope(letter: Letter, sender: str) -> str:
    """Where a bounce comes back to: it names the letter by its Message-ID's hash."""
    user, _at, domain = sender.partition("@")
    return f"{user}+b.{letter.message_id.strip('<>').partition('@')[0][:24]}@{domain}"


def preview(invitation: Invitation, language: str) -> tuple[str, str]:
    """(subject, text) of the letter as it will be, with the link left out."""
    base = current_app.config["BASE_URL"]
    with speaking(language) as spoken:
        subject, title, parts = letter_parts(invitation, f"{base}/g/{HIDDEN_ADDRESS}", spoken)
        text, _html = frame.frame(title, parts, language=spoken)
    return subject, text
