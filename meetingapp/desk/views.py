"""Min side, the secretary's desk, and the outgoing post."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, render_template, request, send_file
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.cases.words import STATES as CASE_STATES
from meetingapp.core import clock, policy
from meetingapp.core.mail.models import Letter
from meetingapp.council.office import own_council, page_number
from meetingapp.desk import queries
from meetingapp.followups import queries as followup_queries
from meetingapp.invitations import queries as call_queries
from meetingapp.invitations.forms import AnswerForm
from meetingapp.invitations.models import Invitation, Reply
from meetingapp.invitations.views.answers import is_open
from meetingapp.meetings import queries as meeting_queries

bp = Blueprint("desk", __name__)
HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To")


@bp.get("/min-side")
def home() -> Any:
    """What must I do?"""
    policy.require(current_user, "desk.own")
    invitations = call_queries.coming_invitations(current_user.person_id)
    actions = followup_queries.actions_of(current_user)
    approvals = queries.approvals_of(current_user.person_id)
    return render_template(
        "desk/home.html",
        invitations=invitations,
        papers={one.meeting_id: queries.papers_for(current_user, one.meeting) for one in invitations},
        packs={one.meeting_id: call_queries.pack_of(one.meeting) for one in invitations},
        can_answer={one.id for one in invitations if is_open(one.meeting)},
        form=AnswerForm(),
        actions=actions,
        title_of=lambda action: _action_title(action),
        approvals=approvals,
        proposals=queries.proposals_of(current_user),
        case_states=CASE_STATES,
        nothing=not (_to_answer(invitations) or actions or approvals),
        offices=[council for council in current_user.councils if current_user.is_secretary_of(council)],
        days_to=lambda meeting: (clock.local(meeting.starts_at).date() - clock.today()).days,
        Reply=Reply,
    )


def _to_answer(invitations: Any) -> list[Invitation]:
    return [one for one in invitations if one.reply is Reply.NEEDS_ACTION and is_open(one.meeting)]


def _action_title(action: Any) -> str:
    """An action of an exempt case goes by the public title for those who may not read what is closed."""
    if action.case is not None and action.case.is_exempt and not policy.allows(current_user, "case.read_closed", action.case):
        return str(action.case.public_title)
    return str(action.title)


@bp.get("/kontor")
def office() -> Any:
    """The secretary's desk: the one step that is late, then what waits for her."""
    council = own_council()
    policy.require(current_user, "desk.secretary", council)
    return render_template(
        "desk/office.html",
        steps=[queries.next_step(meeting) for meeting in meeting_queries.upcoming(current_user, council.id)],
        proposals=case_queries.proposals(council.id),
        letters=queries.letters_in_trouble(council.id),
        overdue=queries.overdue_actions(council.id),
        minutes=queries.waiting_minutes(council.id),
        queue=case_queries.ready_queue(council.id),
        days_to=lambda day: (day - clock.today()).days,
    )


@bp.get("/kontor/utgaende-post")
def post() -> Any:
    council = own_council()
    policy.require(current_user, "post.read", council)
    only_trouble = request.args.get("vis") == "feil"
    page = queries.letters_page(current_user, council.id, only_trouble=only_trouble, page=page_number())
    return render_template(
        "desk/post.html", page=page, tasks=queries.tasks_of(page.items), true_now=clock.true_now(), only_trouble=only_trouble
    )


def _letter(letter_id: int) -> Letter:
    letter = queries.letter_for(current_user, letter_id)
    if letter is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, "post.read", letter.realm)
    return letter


@bp.get("/kontor/utgaende-post/<int:letter_id>")
def letter(letter_id: int) -> Any:
    found = _letter(letter_id)
    mail = message_from_bytes(found.raw, policy=SMTP) if found.raw is not None else None
    return render_template(
        "desk/letter.html",
        letter=found,
        headers=[(name, str(mail[name])) for name in HEADERS if mail[name]] if mail is not None else [],
        text=_plain(mail) if mail is not None else "",
        language=str(mail["Content-Language"] or "") if mail is not None else "",
        tasks=queries.tasks_of([found]),
        true_now=clock.true_now(),
    )


def _plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


@bp.get("/kontor/utgaende-post/<int:letter_id>/brev.eml")
def download(letter_id: int) -> Any:
    """The very bytes that were sent."""
    found = _letter(letter_id)
    if found.raw is None:
        abort(404)
    return send_file(BytesIO(found.raw), mimetype="message/rfc822", as_attachment=True, download_name=f"brev-{found.id}.eml")
