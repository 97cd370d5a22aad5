"""A meeting is planned, changed, and goes its way step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, Stale
from meetingapp.council.models import Body, BodyKind, SeatRole
from meetingapp.meetings import commands, queries
from meetingapp.meetings.models import Meeting, MeetingForm, MeetingState
from tests.factories import SINCE, TestCouncil, a_council, a_meeting, a_person, a_seat, saved

STARTS = datetime(2027, 1, 29, 8, tzinfo=UTC)  # 09.00 in Oslo


def another_body(council: TestCouncil, name: str = "Arbeidsutvalget", **given: Any) -> Body:
    defaults = {
        "name": name,
        "slug": name.lower(),
        "series": "AU",
        "kind": BodyKind.WORKING_COMMITTEE,
        "organizer_address": "au@prove.example",
        "valid_from": SINCE,
    }
    return saved(Body(**{"council": council.council} | defaults | given))


def plan(council: TestCouncil, **given: Any) -> Meeting:
    defaults: dict[str, Any] = {
        "bodies": [council.body],
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=4),
        "place": "Rådhuset",
        "form": MeetingForm.PHYSICAL,
        "by": Actor(council.secretary),
    }
    return commands.plan_meeting(council.council, **(defaults | given))


def test_a_meeting_gets_an_address_that_says_who_and_when(council: TestCouncil) -> None:
    meeting = plan(council)

    assert meeting.slug == "regionradet-2027-01-29"
    assert meeting.state is MeetingState.PLANNED
    assert meeting.chair is council.chair
    assert meeting.calendar_uid


def test_a_second_meeting_that_day_gets_an_address_of_its_own(council: TestCouncil) -> None:
    plan(council)
    slugs = [plan(council, starts_at=STARTS + timedelta(hours=n), ends_at=STARTS + timedelta(hours=n + 1)).slug for n in (5, 7)]

    assert slugs == ["regionradet-2027-01-29-2", "regionradet-2027-01-29-3"]


def test_two_councils_may_have_the_same_address(council: TestCouncil) -> None:
    assert plan(council).slug == plan(a_council("En annen IPR")).slug


def test_the_day_of_the_address_is_the_day_in_oslo(council: TestCouncil) -> None:
    late = datetime(2027, 1, 28, 23, 30, tzinfo=UTC)  # 00.30 on the 29th

    assert plan(council, starts_at=late, ends_at=late + timedelta(hours=1)).slug.endswith("2027-01-29")


def test_the_first_body_leads_a_joint_meeting(council: TestCouncil) -> None:
    other = another_body(council)
    meeting = plan(council, bodies=[other, council.body, other])

    assert meeting.bodies == [other, council.body]
    assert meeting.slug.startswith("arbeidsutvalget-")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"bodies": []}, "bodies"),
        ({"ends_at": STARTS}, "ends"),
        ({"starts_at": datetime(2026, 11, 20, 8, tzinfo=UTC), "ends_at": datetime(2026, 11, 20, 9, tzinfo=UTC)}, "day"),
        ({"place": "  "}, "place"),
        ({"form": MeetingForm.REMOTE}, "online_url"),
        ({"form": MeetingForm.HYBRID, "online_url": "javascript:alert(1)"}, "online_url"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_beside_its_field(council: TestCouncil, given: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        plan(council, **given)
    assert refused.value.field == field


def test_a_body_of_another_council_cannot_meet_here(council: TestCouncil) -> None:
    with pytest.raises(RuleBroken):
        plan(council, bodies=[council.body, a_council("En annen IPR").body])


def test_a_body_that_does_not_exist_that_day_cannot_meet(council: TestCouncil) -> None:
    ended = another_body(council, valid_to=STARTS.date() - timedelta(days=1))

    with pytest.raises(RuleBroken):
        plan(council, bodies=[council.body, ended])


def test_a_body_is_not_in_two_meetings_at_once(council: TestCouncil) -> None:
    first = plan(council)

    with pytest.raises(RuleBroken):
        plan(council, starts_at=first.ends_at - timedelta(minutes=1), ends_at=first.ends_at + timedelta(hours=1))
    assert plan(council, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1))


def test_the_chair_has_a_seat_in_the_council_that_day(council: TestCouncil) -> None:
    gone = a_person("Fredrik Ferdig")
    a_seat(council.body, gone, SeatRole.MEMBER, valid_to=STARTS.date() - timedelta(days=1))

    assert plan(council, chair=council.members[2]).chair is council.members[2]
    for person in (gone, a_council("En annen IPR").chair):
        with pytest.raises(RuleBroken) as refused:
            plan(council, chair=person, starts_at=STARTS + timedelta(hours=5), ends_at=STARTS + timedelta(hours=6))
        assert refused.value.field == "chair"


def test_a_meeting_in_the_room_keeps_no_online_address(council: TestCouncil) -> None:
    assert plan(council, online_url="https://skjerm.example").online_url == ""


# ---- Changing ----


def change(meeting: Meeting, secretary: Actor, **given: Any) -> None:
    stands: dict[str, Any] = {
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "place": meeting.place,
        "form": meeting.form,
        "title": meeting.title,
        "online_url": meeting.online_url,
        "chair": meeting.chair,
        "seen_version": meeting.version,
    }
    commands.edit_meeting(meeting, by=secretary, **(stands | given))


def test_a_meeting_that_is_not_called_can_be_moved_and_keeps_its_address(council: TestCouncil, secretary: Actor) -> None:
    meeting = plan(council)
    change(meeting, secretary, starts_at=STARTS + timedelta(days=7), ends_at=STARTS + timedelta(days=7, hours=2), place="Kulturhuset")

    assert (meeting.place, meeting.version, meeting.slug) == ("Kulturhuset", 2, "regionradet-2027-01-29")


def test_a_called_meeting_keeps_time_and_place_but_not_its_name(council: TestCouncil, secretary: Actor) -> None:
    meeting = plan(council)
    meeting.state = MeetingState.CALLED

    for moved in ({"place": "Kulturhuset"}, {"ends_at": STARTS + timedelta(hours=5)}):
        with pytest.raises(RuleBroken):
            change(meeting, secretary, **moved)
    change(meeting, secretary, title="Fellesmøte", chair=council.members[1])
    assert (meeting.title, meeting.chair) == ("Fellesmøte", council.members[1])


def test_a_change_made_from_an_older_page_is_refused_with_both_versions(council: TestCouncil, secretary: Actor) -> None:
    meeting = plan(council)
    change(meeting, secretary, place="Kulturhuset")

    with pytest.raises(Stale) as refused:
        change(meeting, secretary, place="Biblioteket", seen_version=1)
    assert "Kulturhuset" in refused.value.now
    assert "Biblioteket" in refused.value.typed


# ---- The way ----

STEPS: dict[str, Callable[[Meeting], None]] = {
    "fixed": commands.mark_fixed,
    "reopened": commands.reopen_agenda,
    "called": lambda meeting: commands.mark_called(meeting, clock.now()),
    "stopped": commands.back_to_fixed,
    "opened": lambda meeting: commands.mark_opened(meeting, clock.now()),
    "ended": lambda meeting: commands.mark_ended(meeting, clock.now()),
}
ALLOWED = {
    MeetingState.PLANNED: {"fixed"},
    MeetingState.AGENDA_FIXED: {"reopened", "called"},
    MeetingState.CALLED: {"called", "stopped", "opened"},
    MeetingState.IN_SESSION: {"ended"},
    MeetingState.ADJOURNED: {"opened"},
    MeetingState.ENDED: set(),
    MeetingState.CANCELLED: set(),
}


@pytest.mark.parametrize("state", list(MeetingState))
@pytest.mark.parametrize("step", list(STEPS))
def test_each_step_is_taken_only_from_where_it_can_be(council: TestCouncil, state: MeetingState, step: str) -> None:
    meeting = a_meeting(council, state=state)
    if step in ALLOWED[state]:
        STEPS[step](meeting)
    else:
        with pytest.raises(RuleBroken):
            STEPS[step](meeting)
        assert meeting.state is state


def test_a_second_call_keeps_the_first_moment_and_a_stopped_one_forgets_it(council: TestCouncil) -> None:
    meeting, first = a_meeting(council, state=MeetingState.AGENDA_FIXED), clock.now()
    commands.mark_called(meeting, first)
    commands.mark_called(meeting, first + timedelta(days=1))
    assert meeting.called_at == first
    commands.back_to_fixed(meeting)
    assert meeting.called_at is None


# ---- Lists ----


def test_those_to_come_stand_first_and_forwards_and_those_that_have_been_backwards(council: TestCouncil, secretary: Actor) -> None:
    for days in (-40, 10, -3, 60):
        a_meeting(council, days=days, title=str(days))
    closed_early = a_meeting(council, days=0, title="heved", state=MeetingState.ENDED)
    a_meeting(council, days=-1, title="pågår ennå", state=MeetingState.IN_SESSION)
    page = queries.list_page(secretary, council.council.id)

    assert [meeting.title for meeting in page.items] == ["pågår ennå", "10", "60", "heved", "-3", "-40"]
    assert [meeting.title for meeting in queries.upcoming(secretary)] == ["pågår ennå", "10", "60"]
    assert queries.is_over(closed_early, clock.now())


def test_the_list_shows_what_the_council_holds_and_can_be_narrowed_to_a_body(council: TestCouncil, secretary: Actor) -> None:
    other = another_body(council)
    a_meeting(a_council("En annen IPR"))
    mine, joint = (
        plan(council),
        plan(council, bodies=[other], starts_at=STARTS + timedelta(days=1), ends_at=STARTS + timedelta(days=1, hours=1)),
    )
    db.session.flush()

    assert list(queries.list_page(secretary, council.council.id).items) == [mine, joint]
    assert list(queries.list_page(secretary, council.council.id, body_id=other.id).items) == [joint]
    assert list(queries.list_page(Actor(a_person()), council.council.id).items) == []
