"""Calling, stopping, participants, answers, the papers as one file, and outgoing post."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from meetingapp.accounts import links
from meetingapp.accounts.actor import LinkActor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases.models import Exemption, Part
from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.core.files.models import StoredFile
from meetingapp.core.forms import OneButtonForm
from meetingapp.core.mail.models import Letter
from meetingapp.core.web.edge import before_lock
from meetingapp.council import queries as council_queries
from meetingapp.invitations import commands, mails, pack, queries, words
from meetingapp.invitations.forms import AnswerForm, CallForm, DeputyForm
from meetingapp.invitations.models import Call, Capacity, Invitation, Reply
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting, MeetingState

bp = Blueprint("invitations", __name__)
PAGE = 25  # rows
WORDS = {"capacities": words.CAPACITIES, "replies": words.REPLIES, "reasons": words.REASONS, "letter_words": words.LETTERS}


def _find(meeting_id: int, action: str) -> Meeting:
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, action, meeting)
    return meeting


def make_pack(meeting_id: int) -> tuple[str, int] | None:
    """Before the lock: the papers as one PDF on disk. (sha256, size); None when the meeting is not the person's to call."""
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None or not policy.allows(current_user, "call.send", meeting):
        return None
    made = pack.make(meeting)
    return store.keep_bytes(made), len(made)


@bp.route("/kontor/moter/<int:meeting_id>/innkalling", methods=["GET", "POST"])
@before_lock(make_pack)
def call(meeting_id: int, prepared: tuple[str, int] | None = None) -> Any:
    meeting = _find(meeting_id, "call.send")
    day = clock.local(meeting.starts_at).date()
    days = council_queries.days("reply_days", body=meeting.body, on=day)
    form = CallForm(reply_by=max(clock.today(), min(clock.today() + timedelta(days=days), day - timedelta(days=1))))
    guests = {person.id: person for person in queries.possible_guests(meeting)}
    form.guests.choices = [(p.id, f"{p.name}, {p.organisation.short_name if p.organisation else ''}") for p in guests.values()]
    if form.validate_on_submit() and prepared is not None:
        with form.rules():
            sent = commands.call_meeting(
                meeting,
                by=current_user,
                reply_by=form.reply_by.data,
                reason=form.reason.data or "",
                publish_agenda=form.publish_agenda.data,
                guests=[guests[guest] for guest in form.guests.data or []],
                pack=store.register(prepared[0], media_type="application/pdf", size=prepared[1]),
            )
    if form.is_done:
        return redirect(url_for(".sending", meeting_id=meeting.id, call_id=sent.id), 303)
    invitees = queries.people_to_invite(meeting)
    return render_template(
        "invitations/call.html",
        meeting=meeting,
        part_name="call",
        form=form,
        checks=queries.preflight(meeting),
        invitees=invitees,
        counts={capacity: sum(who.capacity is capacity for who in invitees) for capacity in Capacity},
        short=queries.is_short_notice(meeting),
        letter=_letter_as_it_will_be(meeting, invitees, form),
        calls=queries.calls_of(meeting),
        **WORDS,
    ), form.status


def _letter_as_it_will_be(meeting: Meeting, invitees: list[queries.Invitee], form: CallForm) -> dict[str, str] | None:
    """The very letter for one of the receivers, chosen by ?for=person id."""
    wanted = request.args.get("for", type=int)
    who = next((one for one in invitees if one.person.id == wanted), invitees[0] if invitees else None)
    if who is None or meeting.state is MeetingState.PLANNED:
        return None
    with db.session.no_autoflush:
        shown = Invitation(capacity=who.capacity, reply_by=form.reply_by.data or clock.today(), reply=Reply.NEEDS_ACTION)
        draft = _Draft(shown.capacity, shown.reply_by, meeting, who)
        subject, text = mails.preview(draft, who.person.language)  # type: ignore[arg-type]
    return {"to": who.person.email, "name": who.person.name, "id": str(who.person.id), "subject": subject, "text": text}


class _Draft:
    """An invitation that is not made yet: what the letter reads of one."""

    call = None
    for_seat = None

    def __init__(self, capacity: Capacity, reply_by: Any, meeting: Meeting, who: queries.Invitee) -> None:
        self.capacity, self.reply_by, self.meeting, self.seat, self.person = capacity, reply_by, meeting, who.seat, who.person


@bp.get("/kontor/moter/<int:meeting_id>/innkalling/<int:call_id>")
def sending(meeting_id: int, call_id: int) -> Any:
    """How the sending goes: seconds left to stop it, then letter by letter."""
    meeting = _find(meeting_id, "call.send")
    sent = _call(meeting, call_id)
    own = [invitation for invitation in queries.invitations_of(meeting) if invitation.call_id == sent.id]
    letters = queries.letters_of(own)
    left = max(0, int((sent.release_at - clock.true_now()).total_seconds()))
    done = sum(letter.state.value == "handed over" for letter in letters.values())
    return render_template(
        "invitations/sending.html",
        meeting=meeting,
        part_name="call",
        sent=sent,
        own=own,
        letters=letters,
        seconds_left=left,
        done=done,
        is_moving=sent.stopped_at is None and (left > 0 or done < len(own)),
        **WORDS,
    )


def _call(meeting: Meeting, call_id: int) -> Call:
    found = db.session.get(Call, call_id)
    if found is None or found.meeting_id != meeting.id:
        abort(404)
    return found


@bp.post("/kontor/moter/<int:meeting_id>/innkalling/<int:call_id>/stopp")
def stop(meeting_id: int, call_id: int) -> Any:
    meeting = _find(meeting_id, "call.send")
    if OneButtonForm().validate_on_submit():
        stopped = commands.stop_call(_call(meeting, call_id), by=current_user)
        flash(
            ngettext(
                "Stopped. %(num)d letter was held back; nobody got anything.",
                "Stopped. %(num)d letters were held back; nobody got anything.",
                stopped,
            )
        )
    return redirect(url_for(".call", meeting_id=meeting_id), 303)


@bp.get("/kontor/moter/<int:meeting_id>/deltakere")
def participants(meeting_id: int) -> Any:
    meeting = _find(meeting_id, "invitation.list")
    rows = queries.invitations_of(meeting)
    may_call = policy.allows(current_user, "deputy.call", meeting)
    return render_template(
        "invitations/participants.html",
        meeting=meeting,
        part_name="people",
        rows=rows,
        tally=queries.tally(meeting, rows),
        letters=queries.letters_of(rows) if may_call else {},
        deputies={row.id: queries.next_deputies(row) for row in rows if row.reply is Reply.DECLINED and row.seat_id} if may_call else {},
        called=queries.called_deputies(meeting),
        may_call=may_call,
        before_start=clock.now() < meeting.starts_at,
        **WORDS,
    )


def _invitation(meeting: Meeting, invitation_id: int) -> Invitation:
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.meeting_id != meeting.id:
        abort(404)
    return found


@bp.route("/kontor/moter/<int:meeting_id>/deltakere/<int:invitation_id>", methods=["GET", "POST"])
def answer_for(meeting_id: int, invitation_id: int) -> Any:
    """The secretary writes down an answer that came by phone."""
    meeting = _find(meeting_id, "deputy.call")
    return _answer_page(
        _invitation(meeting, invitation_id),
        via="secretary",
        by=current_user,
        back=url_for(".participants", meeting_id=meeting.id),
        template="invitations/answer_for.html",
        meeting=meeting,
        part_name="people",
    )


@bp.route("/kontor/moter/<int:meeting_id>/deltakere/<int:invitation_id>/vara", methods=["GET", "POST"])
def deputy(meeting_id: int, invitation_id: int) -> Any:
    meeting = _find(meeting_id, "deputy.call")
    declined = _invitation(meeting, invitation_id)
    order = queries.next_deputies(declined)
    form = DeputyForm()
    form.seat.choices = [(seat.id, f"{number}. {seat.person.name}") for number, seat in enumerate(order, 1)]
    if form.validate_on_submit():
        with form.rules():
            chosen = next(seat for seat in order if seat.id == form.seat.data)
            commands.call_deputy(declined, chosen, by=current_user, reason=form.reason.data or "")
    if form.is_done:
        flash(_("%(name)s is called as deputy.", name=chosen.person.name))
        return redirect(url_for(".participants", meeting_id=meeting.id), 303)
    return render_template(
        "invitations/deputy.html", meeting=meeting, part_name="people", form=form, declined=declined, order=order
    ), form.status


def _answer_page(invitation: Invitation, *, via: str, by: Any, back: str, template: str, **shown: Any) -> Any:
    form = AnswerForm(reply=invitation.reply.value if invitation.replied_at else None, reason=invitation.reason, comment=invitation.comment)
    if form.validate_on_submit():
        with form.rules():
            reply = Reply(form.reply.data) if form.reply.data else Reply.NEEDS_ACTION
            commands.answer(invitation, reply, reason=form.reason.data or "", comment=form.comment.data or "", via=via, by=by)
    if form.is_done:
        thanks = (
            _("Thank you. You are expected.")
            if invitation.reply is Reply.ACCEPTED
            else _("Thank you for telling. The secretary sees to a deputy.")
        )
        flash(thanks if via != "secretary" else _("The answer is written down."))
        return redirect(back, 303)
    return render_template(template, form=form, invitation=invitation, **shown, **WORDS), form.status


@bp.route("/g/<secret>/svar", methods=["GET", "POST"])
@policy.open("the personal link is the proof; it shows one person's invitation and nothing else")
def reply(secret: str) -> Any:
    invitation, actor = _by_link(secret)
    meeting = invitation.meeting
    return _answer_page(
        invitation,
        via="link",
        by=actor,
        back=url_for(".reply", secret=secret),
        template="invitations/reply.html",
        meeting=meeting,
        secret=secret,
        lines=agenda_queries.timetable(meeting),
        numbers=agenda_queries.numbers_for(meeting),
        papers=_open_papers(meeting),
        has_pack=queries.latest_pack(meeting) is not None,
        before_start=clock.now() < meeting.starts_at,
    )


def _by_link(secret: str) -> tuple[Invitation, LinkActor]:
    link = links.open_link(secret, LinkPurpose.REPLY)
    invitation = db.session.get(Invitation, link.subject_id) if link is not None else None
    if link is None or invitation is None or invitation.withdrawn_at is not None:
        abort(404)
    return invitation, LinkActor(link)


def _open_papers(meeting: Meeting) -> dict[int, Any]:
    """Case id → the newest open paper, where the case is not wholly exempt."""
    found = {}
    for item in agenda_queries.flat(agenda_queries.items_of(meeting)):
        if item.case is not None and item.case.exemption is not Exemption.WHOLLY and (paper := item.case.paper(Part.OPEN)):
            found[item.case.id] = paper
    return found


@bp.get("/g/<secret>/sakspapirer.pdf")
@policy.open("the personal link is the proof; the file holds nothing closed")
def pack_by_link(secret: str) -> Any:
    invitation, _actor = _by_link(secret)
    return _send_pack(invitation.meeting)


@bp.get("/kontor/moter/<int:meeting_id>/sakspapirer.pdf")
def pack_file(meeting_id: int) -> Any:
    return _send_pack(_find(meeting_id, "pack.read"))


def _send_pack(meeting: Meeting) -> Any:
    sent = queries.latest_pack(meeting)
    if sent is None or sent.pack_file is None:
        abort(404)
    file: StoredFile = sent.pack_file
    return send_file(store.path_of(file), mimetype="application/pdf", as_attachment=True, download_name=pack.file_name(meeting))


@bp.route("/min-side/svar/<int:invitation_id>", methods=["GET", "POST"])
def own_answer(invitation_id: int) -> Any:
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or not current_user.is_authenticated or invitation.person_id != current_user.person_id:
        policy.mark_asked()
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, "invitation.answer", invitation)
    return _answer_page(
        invitation,
        via="page",
        by=current_user,
        back="/min-side",
        template="invitations/own_answer.html",
        meeting=invitation.meeting,
    )


@bp.get("/kontor/utgaende-post")
def post() -> Any:
    council = current_user.council
    if council is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, "post.list", council)
    page = db.paginate(
        select(Letter).where(Letter.realm == council.id).order_by(Letter.id.desc()),
        page=request.args.get("side", 1, type=int),
        per_page=PAGE,
        max_per_page=PAGE,
        error_out=False,
    )
    return render_template("invitations/post.html", page=page, kinds=words.LETTER_KINDS, **WORDS)


def _letter(letter_id: int) -> Letter:
    letter = db.session.get(Letter, letter_id)
    if letter is None or not current_user.is_authenticated:
        policy.mark_asked()
        abort(404 if current_user.is_authenticated else 401)
    policy.require_visible(current_user, "post.read", letter)
    return letter


@bp.get("/kontor/utgaende-post/<int:letter_id>")
def read_letter(letter_id: int) -> Any:
    letter = _letter(letter_id)
    text = ""
    if letter.raw:
        body = message_from_bytes(letter.raw, policy=SMTP).get_body(("plain",))
        text = body.get_content() if body is not None else ""
    return render_template("invitations/letter.html", letter=letter, text=text, kinds=words.LETTER_KINDS, **WORDS)


@bp.get("/kontor/utgaende-post/<int:letter_id>.eml")
def letter_file(letter_id: int) -> Any:
    letter = _letter(letter_id)
    if letter.raw is None:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="brev-{letter.id}.eml"'}
    return Response(letter.raw, mimetype="message/rfc822", headers=headers)
