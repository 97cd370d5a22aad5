"""The verbs of a call: send, stop, answer, call a deputy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Part
from meetingapp.core import audit, clock, outbox
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.post import letters_about, post_letter, withdraw_letters
from meetingapp.council.models import Person, Seat
from meetingapp.invitations import queries
from meetingapp.invitations.models import Call, CallKind, CallPaper, Capacity, Invitation, Reply, ReplyHistory
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingState

REASONS = ("illness", "office", "work", "family", "other")  # categories of absence; details are never asked for
LINK_LASTS = timedelta(days=30)  # at least, true time


class AgendaNotFixed(RuleBroken):
    """The call carries the agenda, so the agenda must be fixed first."""


def call_meeting(
    meeting: Meeting,
    *,
    by: audit.Doer | None,
    reply_by: date,
    reason: str = "",
    publish_agenda: bool = False,
    guests: Sequence[Person] = (),
    pack: StoredFile | None = None,
) -> Call:
    """Call members, administration and guests to `meeting`: one invitation and one letter each, pinned to the papers as they are now.

    Calling again invites only those who are missing. Deputies get nothing before a member has declined. The letters wait for
    the time of undo.

    :param reply_by: the last day to answer, Europe/Oslo
    :param reason: why the notice is short; needed when it is
    :param guests: people of partner organisations, invited to inform
    :param pack: the papers as one PDF, without closed parts
    :raises AgendaNotFixed: while the agenda can still change
    :raises RuleBroken: nobody is missing, short notice without a reason, a deadline after the meeting, or a fault that blocks
    :source: kommuneloven § 11-3 (the call holds the agenda and its papers)
    """
    if meeting.state is MeetingState.PLANNED:
        raise AgendaNotFixed(_("The agenda is not fixed."), next_step=_("Fix the agenda, then call the meeting."))
    blocking = [check.text for check in queries.preflight(meeting) if check.blocks]
    if blocking:
        raise RuleBroken(" ".join(blocking))
    if queries.is_short_notice(meeting) and not reason.strip():
        raise RuleBroken(_("The notice is short. Write why."), field="reason")
    if not clock.today() <= reply_by <= clock.local(meeting.starts_at).date():
        raise RuleBroken(_("The deadline must be between today and the meeting."), field="reply_by")
    missing = queries.people_to_invite(meeting, guests)
    if not missing:
        raise RuleBroken(_("Everybody is invited already."))

    now, undo = clock.now(), timedelta(seconds=current_app.config["UNDO_SECONDS"])
    call = Call(
        meeting=meeting,
        kind=CallKind.CALL,
        sent_at=now,
        release_at=clock.true_now() + undo,
        sent_by_id=by.person_id if by is not None else None,
        short_notice_reason=reason.strip(),
        publish_agenda=publish_agenda,
        pack_file=pack,
    )
    db.session.add(call)
    _pin_papers(call)
    new = [
        Invitation(
            meeting=meeting,
            person=who.person,
            call=call,
            capacity=who.capacity,
            seat=who.seat,
            reply_by=reply_by,
            created_at=now,
        )
        for who in missing
    ]
    db.session.add_all(new)
    db.session.flush()  # the letters need the ids
    for invitation in new:
        _send(invitation, delay=undo)
        _open_closed_papers(invitation)
    meeting_commands.mark_called(meeting, now)
    audit.record("meeting.call", meeting, by=by, call=call.id, invited=len(new), short=bool(reason.strip()))
    if publish_agenda:
        outbox.post("publish-agenda", about=meeting.id, details={"asked_by": by.person_id if by else None, "call": call.id}, delay=undo)
    return call


def _pin_papers(call: Call) -> None:
    """The exact versions that go with this sending."""
    for item in agenda_queries.flat(agenda_queries.items_of(call.meeting)):
        if item.case is None:
            continue
        for part in Part:
            paper = item.case.paper(part)
            if paper is not None:
                db.session.add(CallPaper(call=call, paper=paper))
        for attachment in item.case.attachments:
            if attachment.removed_at is None:
                db.session.add(CallPaper(call=call, attachment=attachment))


def _send(invitation: Invitation, *, delay: timedelta, resend: int = 0) -> None:
    """Owe the person the letter with their own link."""
    meeting = invitation.meeting
    after_meeting = clock.true_now() + (meeting.ends_at - clock.now()) + timedelta(days=1)
    links.make_link(
        LinkPurpose.REPLY,
        invitation.person,
        council=meeting.council,
        subject_id=invitation.id,
        expires_at=max(after_meeting, clock.true_now() + LINK_LASTS),
    )
    post_letter(
        queries.KIND,
        about=invitation.id,
        to_name=invitation.person.name,
        to_address=invitation.person.email,
        realm=meeting.council_id,
        version=f"{meeting.sequence}-{resend}",
        delay=delay,
        details={"sequence": meeting.sequence},
    )


def _open_closed_papers(invitation: Invitation) -> None:
    """Members and called deputies read the closed papers of what they are called to decide; guests never."""
    if invitation.capacity not in (Capacity.MEMBER, Capacity.DEPUTY):
        return
    for item in agenda_queries.flat(agenda_queries.items_of(invitation.meeting)):
        if item.case is not None and item.case.is_exempt:
            case_commands.grant_access(item.case, invitation.person, why=f"invitation:{invitation.id}")


def stop_call(call: Call, *, by: audit.Doer | None) -> int:
    """Stop a call before its letters leave. Its invitations go; the meeting is as it was; the reason stays with the call.

    :return: how many letters were stopped
    :raises RuleBroken: when it was stopped already, or a letter has left
    """
    if call.stopped_at is not None:
        raise RuleBroken(_("The call was stopped already."))
    meeting = call.meeting
    own = [invitation for invitation in queries.invitations_of(meeting) if invitation.call_id == call.id]
    letters = letters_about(queries.KIND, [invitation.id for invitation in own])
    stopped = withdraw_letters(letters)
    if stopped < len(letters):
        raise RuleBroken(
            _("Some of the letters have left already, so the call cannot be stopped."),
            next_step=_("Nothing was changed. Ring those it concerns."),
        )
    for invitation in own:
        _close_again(invitation)
        link = links.link_for(LinkPurpose.REPLY, invitation.person, invitation.id)
        if link is not None:
            link.revoked_at = clock.true_now()
        db.session.delete(invitation)
    call.stopped_at = clock.now()
    if call.publish_agenda:
        _stop_publishing(call)
    if not [row for row in queries.invitations_of(meeting) if row.call_id != call.id]:
        meeting_commands.back_to_fixed(meeting)
    audit.record("meeting.call_stopped", meeting, by=by, call=call.id, letters=stopped)
    return stopped


def _close_again(invitation: Invitation) -> None:
    for item in agenda_queries.flat(agenda_queries.items_of(invitation.meeting)):
        if item.case is not None and item.case.is_exempt:
            case_commands.revoke_access(item.case, invitation.person)


def _stop_publishing(call: Call) -> None:
    waiting = db.session.query(outbox.Task).filter(outbox.Task.kind == "publish-agenda", outbox.Task.about == call.meeting_id)
    outbox.withdraw([task.id for task in waiting if task.details.get("call") == call.id])


def answer(invitation: Invitation, reply: Reply, *, via: str, by: audit.Doer | None, reason: str = "", comment: str = "") -> None:
    """Record an answer. It can be changed until the meeting starts; all answers are kept, the newest counts.

    :param reason: one of `REASONS`, when declining
    :param via: "link", "page" or "secretary"
    :raises RuleBroken: once the meeting has started, for a decline without a reason, or for what is no answer
    """
    if clock.now() >= invitation.meeting.starts_at:
        raise RuleBroken(_("The meeting has started, so answers are closed. Ring the secretariat."))
    if reply not in (Reply.ACCEPTED, Reply.TENTATIVE, Reply.DECLINED):
        raise RuleBroken(_("Choose whether you come."), field="reply")
    if reply is Reply.DECLINED and reason not in REASONS:
        raise RuleBroken(_("Choose a reason. Details are not needed."), field="reason")
    reason = reason if reply is Reply.DECLINED else ""
    now = clock.now()
    invitation.reply, invitation.reason, invitation.comment = reply, reason, comment.strip()
    invitation.replied_at, invitation.replied_via = now, via
    db.session.add(
        ReplyHistory(
            invitation_id=invitation.id,
            reply=reply,
            reason=reason,
            comment=comment.strip(),
            at=now,
            via=via,
            by_person_id=by.person_id if by is not None else None,
        )
    )
    audit.record("invitation.answer", invitation, by=by, reply=reply.value, via=via)


def call_deputy(declined: Invitation, seat: Seat, *, by: audit.Doer | None, reason: str = "") -> Invitation:
    """Call a deputy for a member who has declined.

    :param seat: the deputy's seat
    :param reason: why someone is passed over, when `seat` is not the next in order
    :raises RuleBroken: the member comes after all, the deputy is invited already, or someone is passed over without a reason
    :source: kommuneloven § 7-10 first paragraph (as far as possible in the elected order)
    """
    if declined.reply is not Reply.DECLINED or declined.seat is None:
        raise RuleBroken(_("A deputy is called when a member has declined."))
    order = queries.next_deputies(declined)
    if seat not in order:
        raise RuleBroken(_("This deputy is invited already, or does not stand in for the member."))
    if seat is not order[0] and not reason.strip():
        raise RuleBroken(_("Someone else is next in the elected order. Write why they are passed over."), field="reason")
    meeting = declined.meeting
    invitation = Invitation(
        meeting=meeting,
        person=seat.person,
        call=declined.call,
        capacity=Capacity.DEPUTY,
        seat=seat,
        for_seat=declined.seat,
        reply_by=clock.local(meeting.starts_at).date(),
        created_at=clock.now(),
    )
    db.session.add(invitation)
    db.session.flush()  # the letter needs the id
    _send(invitation, delay=timedelta(0))
    _open_closed_papers(invitation)
    audit.record("deputy.call", invitation, by=by, instead_of=declined.person_id, passed_over=seat is not order[0])
    return invitation
