"""Min side, and the secretary's desk."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.cases.words import STATES as CASE_STATES
from meetingapp.core import clock, policy
from meetingapp.council.office import own_council
from meetingapp.desk import queries
from meetingapp.desk.views import bp
from meetingapp.followups import queries as followup_queries
from meetingapp.invitations import queries as call_queries
from meetingapp.invitations.forms import AnswerForm
from meetingapp.invitations.models import Invitation, Reply
from meetingapp.invitations.views.answers import is_open
from meetingapp.meetings import queries as meeting_queries


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
        urgent_letters=queries.urgent_letters(council.id),
        queue_age=queries.queue_age(),
        stands_still=queries.STANDS_STILL,
        overdue=queries.overdue_actions(council.id),
        minutes=queries.waiting_minutes(council.id),
        queue=case_queries.ready_queue(council.id),
        days_to=lambda day: (day - clock.today()).days,
    )
