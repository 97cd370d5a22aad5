"""The secretary's desk: what is late, then what waits for her, then what waits for others."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.core import clock, policy
from meetingapp.core.mail.models import LetterState
from meetingapp.council import queries as council_queries
from meetingapp.council.office import own_council
from meetingapp.desk.checklist import way_of
from meetingapp.desk.queries import meetings, post, waiting
from meetingapp.desk.views.blueprint import bp
from meetingapp.desk.views.help import shows_first_days
from meetingapp.followups import queries as followup_queries
from meetingapp.followups import words as followup_words


@bp.get("/kontor")
def office() -> Any:
    """Some thirty queries, however many meetings, cases and letters."""
    council = own_council()
    policy.require(current_user, "desk.secretary", council)
    rules, proposals = council_queries.rules_of(council.id), len(case_queries.proposals(council.id))
    found = meetings.facts_of(meetings.to_look_after(current_user, council.id))
    ways = [way_of(facts, rules, proposals=proposals) for facts in found]
    late = waiting.late_actions(council.id)
    requests = case_queries.open_requests(council.id)
    mine, theirs = waiting.waits_for_me(current_user, council.id, requests), waiting.waits_for_others(ways, requests)
    failed, urgent, queue_age = post.undelivered(council.id), post.urgent_letters(council.id), post.queue_age()
    troubles = (
        late or failed or urgent or any(one.is_late for one in theirs) or any(way.late for way in ways) or any(one.is_long for one in mine)
    )
    return render_template(
        "desk/office.html",
        ways=ways,
        mine=mine,
        theirs=theirs,
        failed=failed,
        urgent_letters=urgent,
        queue_age=queue_age,
        stands_still=post.STANDS_STILL,
        late=late,
        numbers=followup_queries.numbers_of(late),
        to_remind={
            one.id for one in late if any(part.person is not None and part.state in followup_queries.UNDER_WAY for part in one.owners)
        },
        handed_over=post.handed_over_today(council.id),
        all_is_well=not troubles and queue_age <= post.STANDS_STILL,
        most_shown=waiting.MOST_SHOWN,
        days_to=lambda day: (day - clock.today()).days,
        words=followup_words,
        LetterState=LetterState,
        first_days=shows_first_days("desk"),
    )
