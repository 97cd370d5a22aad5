"""Min side, and the secretary's desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from flask_login import current_user

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases import queries as case_queries
from meetingapp.cases.words import STATES as CASE_STATES
from meetingapp.core import clock, policy
from meetingapp.desk import queries
from meetingapp.followups import queries as followup_queries
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.words import REPLIES
from meetingapp.minutes import queries as minutes_queries

bp = Blueprint("desk", __name__)


@bp.get("/min-side")
def home() -> Any:
    policy.require(current_user, "desk.own")
    invitations = invitation_queries.own_invitations(current_user, after=clock.now())
    nearest = invitations[0] if invitations else None
    lines = agenda_queries.timetable(nearest.meeting) if nearest else []
    return render_template(
        "desk/home.html",
        invitations=invitations,
        nearest=nearest,
        lines=[line for line in lines if line.item.case_id],
        numbers=agenda_queries.numbers_for(nearest.meeting) if nearest else {},
        titles={line.item.id: case_queries.shown_title(current_user, line.item.case) for line in lines if line.item.case},
        has_pack=nearest is not None and invitation_queries.latest_pack(nearest.meeting) is not None,
        actions=followup_queries.actions_of(current_user),
        approvals=minutes_queries.waiting_for(current_user),
        proposals=case_queries.proposals_by(current_user.person_id, None)[:5],
        is_secretary=current_user.council is not None and policy.allows(current_user, "desk.secretary", current_user.council),
        replies=REPLIES,
        case_states=CASE_STATES,
    )


@bp.get("/kontor")
def office() -> Any:
    council = current_user.council
    if council is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, "desk.secretary", council)
    return render_template(
        "desk/office.html",
        steps=queries.next_steps(current_user, council),
        proposals=case_queries.proposals(council.id),
        ready=case_queries.ready_queue(council.id),
        failed=queries.failed_letters(council.id),
        late=queries.late_actions(council.id),
    )
