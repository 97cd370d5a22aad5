"""Who may open the pages people live in."""

from __future__ import annotations

from typing import Any

from meetingapp.cases.models import Case
from meetingapp.core import policy
from meetingapp.council.models import Council, Person
from meetingapp.meetings.models import Meeting


@policy.action("desk.own")
def may_see_own(actor: Any) -> bool:
    """Everybody who is signed in, their own."""
    return bool(actor.is_authenticated)


@policy.action("desk.secretary")
def may_see_desk(actor: Any, council: Council) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(council))


@policy.action("desk.find")
def may_search(actor: Any, council: Council) -> bool:
    """Everyone inside the council; each finds what they may read."""
    return bool(actor.is_inside(council))


@policy.action("post.read")
def may_read_post(actor: Any, council: Council | int) -> bool:
    """The secretary of the council whose letters they are."""
    return bool(actor.is_secretary_of(council))


@policy.action("post.act")
def may_act_on_post(actor: Any, council: Council | int) -> bool:
    """The secretary of the council whose letters they are."""
    return bool(actor.is_secretary_of(council))


@policy.action("history.case")
def may_see_history_of_case(actor: Any, case: Case) -> bool:
    """The secretariat and its case officers: it says who has opened closed papers too."""
    return bool(actor.is_staff_of(case.council_id))


@policy.action("history.meeting")
def may_see_history_of_meeting(actor: Any, meeting: Meeting) -> bool:
    """The secretariat, and the chair of a body that meets."""
    return bool(actor.is_staff_of(meeting.council_id)) or any(actor.chairs(body) for body in meeting.bodies)


@policy.action("history.person")
def may_see_history_of_person(actor: Any, person: Person) -> bool:
    """Each their own, and the secretariat that may change what is known of the person."""
    return actor.person_id == person.id or policy.allows(actor, "person.edit", person)
