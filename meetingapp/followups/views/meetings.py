"""The follow-up of one meeting: what stands under «Oppfølging siden sist», and what its own decisions lead to."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from meetingapp.core import policy
from meetingapp.followups import queries, words
from meetingapp.followups.views import bp
from meetingapp.meetings import queries as meeting_queries


@bp.get("/kontor/moter/<int:meeting_id>/oppfolging")
def meeting(meeting_id: int) -> Any:
    found = meeting_queries.meeting_for(current_user, meeting_id)
    if found is None:
        policy.mark_asked()
        policy.absent(current_user)
    policy.require(current_user, "action.read", found.council)
    decisions = queries.decisions_in(found.id)
    from_here, since_last = queries.actions_from_meeting(found.id), queries.since_last(found)
    by_decision: dict[int, list[Any]] = {}
    for action in from_here:
        by_decision.setdefault(action.deliberation_id or 0, []).append(action)
    return render_template(
        "followups/meeting.html",
        meeting=found,
        part_name="followups",
        decisions=[
            (one, queries.title_for(current_user, one.item.case) or one.item.title, by_decision.get(one.id, [])) for one in decisions
        ],
        since_last=since_last,
        numbers=queries.numbers_of([*from_here, *since_last]),
        words=words,
    )
