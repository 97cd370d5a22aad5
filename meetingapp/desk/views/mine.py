"""Min side: what must I do? And the papers of a meeting as pages to read on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.cases.words import KINDS
from meetingapp.cases.words import STATES as CASE_STATES
from meetingapp.core import clock, policy
from meetingapp.desk.queries import mine
from meetingapp.desk.views.blueprint import bp
from meetingapp.desk.views.help import shows_first_days
from meetingapp.followups import queries as followup_queries
from meetingapp.followups.models import Action
from meetingapp.invitations import queries as call_queries
from meetingapp.invitations.forms import AnswerForm
from meetingapp.invitations.models import Invitation, Reply
from meetingapp.invitations.views.answers import is_open
from meetingapp.minutes import feedback
from meetingapp.personal import queries as personal_queries


@bp.get("/min-side")
def home() -> Any:
    """Some thirty queries, however many meetings and cases."""
    policy.require(current_user, "desk.own")
    invitations = call_queries.coming_invitations(current_user.person_id)
    actions = followup_queries.actions_of(current_user)
    approvals = mine.approvals_of(current_user.person_id)
    to_write = mine.papers_to_write(current_user.person)
    proposals = case_queries.proposals_by(current_user.person_id, None)[:10]
    return render_template(
        "desk/home.html",
        meetings=mine.my_meetings(current_user, invitations),
        ahead=mine.meetings_ahead(current_user, [one.meeting_id for one in invitations]),
        can_answer={one.id for one in invitations if is_open(one.meeting)},
        form=AnswerForm(),
        actions=actions,
        numbers=followup_queries.numbers_of(actions),
        titles=_action_titles(actions),
        approvals=approvals,
        to_write=to_write,
        proposals=proposals,
        proposal_titles=case_queries.shown_titles(current_user, proposals),
        note_count=personal_queries.count_of(current_user),
        useful=feedback.asked_of(current_user.person_id),
        last_minutes=mine.last_minutes(current_user),
        case_states=CASE_STATES,
        case_kinds=KINDS,
        nothing=not (_to_answer(invitations) or actions or approvals or to_write),
        offices=[council for council in current_user.councils if current_user.is_secretary_of(council)],
        days_to=lambda meeting: (clock.local(meeting.starts_at).date() - clock.today()).days,
        Reply=Reply,
        first_days=shows_first_days("mine"),
    )


def _to_answer(invitations: Any) -> list[Invitation]:
    return [one for one in invitations if one.reply is Reply.NEEDS_ACTION and is_open(one.meeting)]


def _action_titles(actions: Sequence[Action]) -> dict[int, str]:
    """Action id → its title; that of an exempt case goes by the public title for those who may not read what is closed. One query."""
    hidden = case_queries.closed_to(current_user, [one.case for one in actions if one.case is not None])
    return {one.id: one.case.public_title if one.case is not None and one.case_id in hidden else one.title for one in actions}


@bp.get("/min-side/moter/<int:meeting_id>/papirer")
def papers(meeting_id: int) -> Any:
    """The papers as they were sent, one after the other. What is closed is read on the page of its case."""
    meeting = call_queries.meeting_with_papers(current_user, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, "papers.read", meeting)
    documents = call_queries.sent_documents(meeting)
    cases = [one.case for one in documents]
    return render_template(
        "desk/papers.html",
        meeting=meeting,
        documents=documents,
        titles=case_queries.shown_titles(current_user, cases),
        readable={case.id for case in cases} - case_queries.closed_to(current_user, cases),
        newer={one.case.id for one in call_queries.unsent(meeting)},
        pack=call_queries.pack_of(meeting),
        notes=personal_queries.counts_on(current_user.person_id, [case.id for case in cases]),
        inside=current_user.is_inside(meeting.council_id),
    )
