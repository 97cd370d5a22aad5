"""The verbs of a call: call, stop, send papers, answer, call a deputy, send again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import commands as case_commands
from meetingapp.cases import queries as case_queries
from meetingapp.core import audit, clock, outbox
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.mail.post import Owed, letters_about, post_letters, withdraw_letters
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Person, Seat
from meetingapp.invitations import queries
from meetingapp.invitations.models import Call, CallKind, CallPaper, Capacity, Invitation, Reply, ReplyHistory
from meetingapp.invitations.pack import Pack, open_papers
from meetingapp.invitations.queries import Documents, Level, ToInvite
from meetingapp.invitations.queries.checks import due_by, has_address, leaks_of
from meetingapp.invitations.queries.people import meeting_day
from meetingapp.invitations.words import REASONS
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingState

LINK_LASTS = timedelta(days=30)  # true time, at least; and after the meeting, for whoever came can say how useful it was
LONGEST_COMMENT = 500
LONGEST_REASON = 300
NEED_A_REASON = (Capacity.MEMBER, Capacity.DEPUTY)  # kommuneloven § 8-1: the elected have a duty to attend


def call_meeting(
    meeting: Meeting,
    *,
    by: audit.Doer | None,
    reply_by: date,
    reason: str = "",
    publish_agenda: bool = False,
    guests: Sequence[Person] = (),
    pack: Pack | None = None,
) -> Call:
    """Call members, administration and chosen guests: one invitation, one personal link and one letter each.

    The letters wait so long as a call can be stopped. Calling again invites only those who are missing, with the papers
    that went the first time; when nobody is missing the newest call is returned, and nothing is sent.

    :param reply_by: the last day to answer, not after the meeting
    :param reason: why the notice is shorter than the body's own limit; stands in the letters
    :param publish_agenda: ask for the agenda to be published too
    :param guests: people whom the council knows, invited to inform
    :param pack: the papers as one PDF, made before the lock
    :raises RuleBroken: while `queries.preflight` finds something that must be mended, without a reason for short notice, …
    :source: kommuneloven § 11-3 (the call holds the agenda and its papers)
    """
    reason = _one_line(reason)
    _check_call(meeting, reply_by, reason)
    first = queries.newest_call(meeting)
    missing = [*queries.people_to_invite(meeting), *_as_guests(meeting, guests)]
    if first is not None and not missing:
        return first
    documents = queries.documents_of(meeting)
    call = _new_call(meeting, CallKind.CALL, by=by, reason=reason, pack=pack if first is None else None, documents=documents)
    if first is None:
        _pin(call, documents)
        call.publish_agenda = publish_agenda
    else:
        call.pack_file = queries.pack_of(meeting)
    invited = _invite(meeting, missing, reply_by=reply_by, call=call)
    _grant_access(meeting, invited, documents)
    _post("invitation", meeting, invited, version=f"call-{call.id}", call=call, delay=_undo())
    meeting_commands.mark_called(meeting, clock.now())
    if call.publish_agenda:
        details = {"asked_by": by.person_id if by is not None else None}
        outbox.post("publish-agenda", about=meeting.id, details=details, delay=_undo())
    audit.record("meeting.call", meeting, by=by, call=call.id, people=len(missing), notice=queries.days_of_notice(meeting))
    return call


def _check_call(meeting: Meeting, reply_by: date, reason: str) -> None:
    for check in queries.preflight(meeting):
        if check.level is Level.STOP:
            raise RuleBroken(check.text, next_step=check.more)
    for leak in leaks_of(meeting, reason):
        raise RuleBroken(leak.text, field="reason")
    if queries.needs_reason(meeting) and not reason:
        raise RuleBroken(_("Write the reason for the short notice. It stands in the call and in the minutes."), field="reason")
    if reply_by > meeting_day(meeting):
        raise RuleBroken(_("The last day to answer cannot be after the meeting."), field="reply_by")
    if reply_by < clock.today():
        raise RuleBroken(_("The last day to answer has passed."), field="reply_by")


def _as_guests(meeting: Meeting, guests: Sequence[Person]) -> list[ToInvite]:
    if not guests:
        return []
    choices = {guest.person.id: guest for guest in queries.guests_to_choose(meeting)}
    called = {who.person.id for who in queries.people_to_invite(meeting)}
    found: dict[int, ToInvite] = {}
    for person in guests:
        if person.id in called or queries.invitation_of(meeting, person) is not None:
            continue
        choice = choices.get(person.id)
        if choice is None and meeting.council_id not in council_queries.council_ids_of_person(person):
            raise RuleBroken(_("The council does not know %(name)s.", name=person.name), field="guests")
        found[person.id] = ToInvite(person, Capacity.GUEST, choice.seat if choice is not None else None)
    return list(found.values())


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _undo() -> timedelta:
    return timedelta(seconds=current_app.config["UNDO_SECONDS"])


def _new_call(
    meeting: Meeting, kind: CallKind, *, by: audit.Doer | None, reason: str, pack: Pack | None, documents: Iterable[Documents]
) -> Call:
    if pack is not None and pack.papers != open_papers(documents):
        raise RuleBroken(_("A paper was changed at the same moment. Nothing was sent."), next_step=_("Look at the page again, then send."))
    call = Call(
        meeting=meeting,
        kind=kind,
        sent_at=clock.now(),
        release_at=clock.true_now() + _undo(),
        sent_by_id=by.person_id if by is not None else None,
        short_notice_reason=reason,
        pack_file=pack.register() if pack is not None else None,
    )
    db.session.add(call)
    db.session.flush()  # letters, papers and invitations point to it
    return call


def _pin(call: Call, documents: Iterable[Documents]) -> None:
    """Write down exactly what goes with this call."""
    for one in documents:
        for paper in (one.open, one.closed):
            if paper is not None:
                db.session.add(CallPaper(call=call, paper=paper))
        for attachment in one.attachments:
            db.session.add(CallPaper(call=call, attachment=attachment))


def _invite(meeting: Meeting, people: Sequence[ToInvite], *, reply_by: date, call: Call | None) -> list[Invitation]:
    """New invitations, each with its personal link. One that was withdrawn is used again, so that its number always means this person.
    Three queries, however many they are.
    """
    ids = [who.person.id for who in people]
    before = select(Invitation).where(Invitation.meeting_id == meeting.id, Invitation.person_id.in_(ids))
    known = {invitation.person_id: invitation for invitation in db.session.scalars(before)}
    invited = [known.get(who.person.id) or Invitation(meeting=meeting, person=who.person) for who in people]
    for invitation, who in zip(invited, people, strict=True):
        invitation.capacity, invitation.seat, invitation.for_seat, invitation.call = who.capacity, who.seat, who.for_seat, call
        invitation.reply, invitation.reason, invitation.comment = Reply.NEEDS_ACTION, "", ""
        invitation.replied_at, invitation.replied_via, invitation.withdrawn_at = None, "", None
        invitation.reply_by, invitation.created_at = reply_by, clock.now()
    db.session.add_all(invited)
    db.session.flush()  # links and letters point to them
    lasts = max(LINK_LASTS, meeting.ends_at + LINK_LASTS - clock.now())
    subjects = [(one.person, one.id) for one in invited]
    links.make_links(LinkPurpose.REPLY, subjects, expires_at=clock.true_now() + lasts, council=meeting.council)
    return invited


def _post(
    kind: str,
    meeting: Meeting,
    invited: Sequence[Invitation],
    *,
    version: str,
    call: Call | None = None,
    delay: timedelta = timedelta(0),
) -> list[Letter]:
    """Owe each of the invited a letter; not one without an address, who must be called by phone. Five queries, however many they are."""
    reached = [one for one in invited if has_address(one.person)]
    return post_letters(
        kind,
        [Owed(one.id, one.person.name, one.person.email, version) for one in reached],
        realm=meeting.council_id,
        delay=delay,
        details={"call": call.id} if call is not None else {},
        due_by=due_by(meeting, "notice_days" if kind == "invitation" else "papers_days"),
    )


def _why(meeting: Meeting) -> str:
    """The ground that stands with an access given by a call; also how such an access is known again."""
    return _("Called to the meeting %(slug)s", slug=meeting.slug)


def _grant_access(meeting: Meeting, invited: Sequence[Invitation], documents: Iterable[Documents]) -> None:
    """Let members, and deputies who come, read the closed papers of the exempt cases in which the seat attends or votes."""
    for case in (one.case for one in documents if one.case.is_exempt):
        readers = [one.person for one in invited if (seat := _chair(one)) and (seat.may("a", case.matter) or seat.may("v", case.matter))]
        if readers:
            case_commands.grant_access_to_all(case, readers, why=_why(meeting))


def _chair(invitation: Invitation) -> Seat | None:
    """The seat whose rights somebody comes with."""
    return {Capacity.MEMBER: invitation.seat, Capacity.DEPUTY: invitation.for_seat}.get(invitation.capacity)


def _revoke_access(invitation: Invitation, documents: Iterable[Documents]) -> None:
    """Take back what this call gave, and nothing else."""
    for one in documents:
        access = case_queries.access_of(one.case, invitation.person_id) if one.case.is_exempt else None
        if access is not None and access.why == _why(invitation.meeting):
            case_commands.revoke_access(one.case, invitation.person)


def letters_of(call: Call) -> list[Letter]:
    """The letters of one sending. Two queries."""
    kind = "invitation" if call.kind is CallKind.CALL else "papers"
    invited = list(db.session.scalars(select(Invitation.id).where(Invitation.meeting_id == call.meeting_id)))
    return [letter for letter in letters_about(kind, invited) if letter.details.get("call") == call.id]


def stop_call(call: Call, *, by: audit.Doer | None) -> None:
    """Stop a call before anyone has got it: letters and invitations are withdrawn; the reason is kept for the next try.

    :raises RuleBroken: when it was stopped already, or when the first letter has gone; then everything goes on
    """
    meeting = call.meeting
    if call.stopped_at is not None:
        raise RuleBroken(_("The call was stopped already."), next_step=_("Load the page again to see how far it has come."))
    if meeting.state is not MeetingState.CALLED:
        raise RuleBroken(_("The meeting has begun or is not called."), next_step=_("Load the page again to see how far it has come."))
    letters = letters_of(call)
    gone = len(letters) - withdraw_letters(letters)
    if gone:
        raise RuleBroken(
            ngettext(
                "%(num)d of %(all)d letters has gone, so the call can no longer be stopped.",
                "%(num)d of %(all)d letters have gone, so the call can no longer be stopped.",
                gone,
                all=len(letters),
            ),
            next_step=_("The rest are sent too, so that everybody gets the same."),
        )
    call.stopped_at = clock.now()
    documents = queries.documents_of(meeting)
    for invitation in db.session.scalars(select(Invitation).where(Invitation.call_id == call.id, Invitation.withdrawn_at.is_(None))):
        _withdraw(invitation, documents)
    if call.publish_agenda:
        waiting = select(outbox.Task.id).where(outbox.Task.kind == "publish-agenda", outbox.Task.about == meeting.id)
        outbox.withdraw(list(db.session.scalars(waiting)))
    if call.kind is CallKind.CALL and not queries.live_calls(meeting):
        meeting_commands.back_to_fixed(meeting)
    audit.record("meeting.call_stopped", meeting, by=by, call=call.id, letters=len(letters))


def _withdraw(invitation: Invitation, documents: Iterable[Documents]) -> None:
    invitation.withdrawn_at = clock.now()
    link = links.link_for(LinkPurpose.REPLY, invitation.person, invitation.id)
    if link is not None:
        link.revoked_at = clock.true_now()
    _revoke_access(invitation, documents)


def send_papers(meeting: Meeting, *, by: audit.Doer | None, what: str = "", pack: Pack | None = None) -> Call:
    """Send what has come since the last sending to everybody who is called and has not declined.

    The first such sending is the papers, later ones are supplements with a number.

    :param what: what is new, in words; stands in the letters
    :raises RuleBroken: when the meeting is not called, has begun, or nothing is new
    """
    what = _one_line(what)
    if meeting.state is not MeetingState.CALLED or meeting.starts_at <= clock.now():
        raise RuleBroken(_("Papers can be sent from the call until the meeting begins."))
    news, documents = queries.unsent(meeting), queries.documents_of(meeting)
    if not news:
        raise RuleBroken(_("Nothing is new since the last sending."))
    for leak in leaks_of(meeting, what):
        raise RuleBroken(leak.text, field="what")
    earlier = [call for call in queries.live_calls(meeting) if call.kind is not CallKind.CALL]
    call = _new_call(meeting, CallKind.SUPPLEMENT if earlier else CallKind.PAPERS, by=by, reason="", pack=pack, documents=documents)
    call.number, call.what = max(len(earlier), 1), what
    _pin(call, news)
    receivers = [one for one in queries.invitations_of(meeting) if one.reply is not Reply.DECLINED]
    sure = [one for one in receivers if one.capacity is not Capacity.DEPUTY or one.reply is Reply.ACCEPTED]
    _grant_access(meeting, sure, documents)
    _post("papers", meeting, receivers, version=f"call-{call.id}", call=call, delay=_undo())
    audit.record("meeting.papers", meeting, by=by, call=call.id, cases=[one.case.id for one in news])
    return call


def answer(
    invitation: Invitation,
    reply: Reply,
    *,
    via: str,
    by: audit.Doer | None,
    reason: str = "",
    comment: str = "",
) -> None:
    """Write down an answer. It can be changed until the meeting starts; every answer is kept.

    :param reason: one of `words.REASONS`, never a detail; the elected must give one to decline
    :param via: "link", "page" or "secretary"
    :raises RuleBroken: when the meeting has begun, the invitation is withdrawn, or the answer is incomplete
    :source: kommuneloven § 8-1 (the elected attend unless they have a valid reason)
    """
    meeting = invitation.meeting
    if invitation.withdrawn_at is not None or meeting.state is not MeetingState.CALLED or meeting.starts_at <= clock.now():
        raise RuleBroken(_("The meeting has begun or is not called, so the answer stands."), next_step=_("Call the secretary."))
    if reply is Reply.NEEDS_ACTION:
        raise RuleBroken(_("Choose whether you come or not."))
    declines, comment = reply is Reply.DECLINED, comment.replace("\x00", "").strip()
    if declines and not reason and invitation.capacity in NEED_A_REASON:
        raise RuleBroken(_("Choose the reason. Only the kind is written down."), field="reason")
    if declines and reason and reason not in REASONS:
        raise RuleBroken(_("Choose a reason among those that stand here."), field="reason")
    if len(comment) > LONGEST_COMMENT:
        raise RuleBroken(_("At most 500 characters."), field="comment")
    was = invitation.reply
    invitation.reply, invitation.reason, invitation.comment = reply, reason if declines else "", comment
    invitation.replied_at, invitation.replied_via = clock.now(), via
    db.session.add(
        ReplyHistory(
            invitation_id=invitation.id,
            reply=reply,
            reason=invitation.reason,
            comment=comment,
            at=clock.now(),
            via=via,
            by_person_id=by.person_id if by is not None else None,
        )
    )
    if invitation.capacity is Capacity.DEPUTY and reply is not was:
        documents = queries.documents_of(meeting)
        if reply is Reply.ACCEPTED:
            _grant_access(meeting, [invitation], documents)
        else:
            _revoke_access(invitation, documents)
    audit.record("invitation.answer", invitation, by=by, reply=reply.value, via=via)


def call_deputy(invitation_declined: Invitation, seat: Seat, *, by: audit.Doer | None, reason: str = "") -> Invitation:
    """Call the deputy in `seat` to fill the chair of someone who has declined.

    :param seat: a deputy's seat; the first that is not asked yet, or another with a reason
    :raises RuleBroken: when nobody is missing, the deputy cannot be called, or the order is broken without a reason
    :source: kommuneloven § 7-10 (in the elected order)
    """
    meeting, reason = invitation_declined.meeting, _one_line(reason)
    if meeting.state is not MeetingState.CALLED or meeting.starts_at <= clock.now():
        raise RuleBroken(_("The meeting has begun or is not called, so nobody can be called to it."))
    chair_id = invitation_declined.for_seat_id or invitation_declined.seat_id
    open_chairs = {vacancy.seat.id: vacancy for vacancy in queries.vacancies(meeting, queries.invitations_of(meeting))}
    vacancy = open_chairs.get(chair_id or 0)
    if vacancy is None:
        raise RuleBroken(_("Nobody has to be called for this seat now."), next_step=_("Load the page again to see who is called."))
    order = [deputy.id for deputy in vacancy.deputies]
    if seat.id not in order:
        raise RuleBroken(_("%(name)s is no deputy for this seat, or has been asked.", name=seat.person.name), field="seat")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(_("At most 300 characters."), field="reason")
    if seat.id != order[0] and not reason:
        raise RuleBroken(_("Write why the deputies are not called in the elected order."), field="reason")
    who = ToInvite(seat.person, Capacity.DEPUTY, seat, for_seat=vacancy.seat)
    (invitation,) = _invite(meeting, [who], reply_by=queries.default_reply_by(meeting), call=None)
    invitation.called_because = reason if seat.id != order[0] else ""
    _post("invitation", meeting, [invitation], version="deputy")
    audit.record("deputy.call", meeting, by=by, invitation=invitation.id, for_seat=vacancy.seat.id, place=order.index(seat.id) + 1)
    return invitation


def send_again(invitation: Invitation, *, by: audit.Doer | None) -> Letter:
    """Send the call once more, to the address the person has now.

    :raises RuleBroken: without an address, after the meeting has begun, or while a letter is still on its way
    """
    if invitation.withdrawn_at is not None or invitation.meeting.starts_at <= clock.now():
        raise RuleBroken(_("The meeting has begun or is not called, so nobody can be called to it."))
    before = letters_about("invitation", [invitation.id])
    if any(letter.state is LetterState.QUEUED for letter in before):
        raise RuleBroken(_("A letter is on its way already."))
    letters = _post("invitation", invitation.meeting, [invitation], version=f"again-{len(before)}")
    if not letters:
        raise RuleBroken(_("%(name)s has no address.", name=invitation.person.name), next_step=_("Add it, or call by phone."))
    audit.record("invitation.again", invitation, by=by)
    return letters[0]


def remind(invitations: Sequence[Invitation], *, by: audit.Doer | None) -> list[Letter]:
    """Ask those of `invitations` who have not answered once more, with a letter each; at most one a day, however often it is pressed.

    :param invitations: of one meeting
    :raises RuleBroken: when there is nobody to remind, or all of them have been reminded today
    """
    waiting = [one for one in invitations if one.reply is Reply.NEEDS_ACTION and one.withdrawn_at is None]
    waiting = [one for one in waiting if one.meeting.state is MeetingState.CALLED and one.meeting.starts_at > clock.now()]
    if not waiting:
        raise RuleBroken(_("Everybody has answered, or the meeting has begun."), next_step=_("There is nobody to remind."))
    today = clock.today()
    before = {
        letter.about for letter in letters_about("reminder", [one.id for one in waiting]) if clock.local(letter.made_at).date() == today
    }
    now = [one for one in waiting if one.id not in before]
    sent = _post("reminder", waiting[0].meeting, now, version=f"reminder-{today.isoformat()}")
    if not sent:
        raise RuleBroken(_("They have been reminded today, or have no address."), next_step=_("Wait until tomorrow, or call by phone."))
    audit.record("meeting.remind", waiting[0].meeting, by=by, invitations=[letter.about for letter in sent])
    return sent
