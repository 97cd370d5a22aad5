"""One person: seats through time, how to reach them, what they owe, and a partner's personal link."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from meetingapp.accounts import links
from meetingapp.core import clock
from meetingapp.core.forms import OneButtonForm
from meetingapp.council import queries as council_queries
from meetingapp.council import words as council_words
from meetingapp.council.office import own_council
from meetingapp.council.views.people import person_or_404
from meetingapp.followups import queries, words
from meetingapp.followups.views import bp


@bp.get("/kontor/folk/personer/<int:person_id>")
def person(person_id: int) -> Any:
    found, council = person_or_404(person_id), own_council()
    actions = queries.actions_of_person(found.id, council.id)
    return render_template(
        "followups/person.html",
        person=found,
        council=council,
        seats=council_queries.seats_through_time(found.id, current_user.inside_council_ids()),
        actions=actions,
        numbers=queries.numbers_of(actions),
        may_have_link=links.is_partner(found, council, clock.today()),
        link=links.partner_link(found, council),
        form=OneButtonForm(),
        council_words=council_words,
        words=words,
    )
