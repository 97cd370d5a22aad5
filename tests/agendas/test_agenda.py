"""An agenda is built, moved and fixed."""

from __future__ import annotations

from typing import Any

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands, queries
from meetingapp.agendas.models import CaseNumber, ItemKind
from meetingapp.cases.models import CaseState, Exemption
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.meetings.models import Meeting, MeetingForm
from tests.factories import TestCouncil, a_case, a_council, a_legal_basis, a_meeting, saved


def _meeting(council: TestCouncil, *titles: str) -> Meeting:
    meeting = a_meeting(council)
    commands.standing_items(meeting)
    db.session.flush()
    if titles:
        commands.add_cases(meeting, [a_case(council.council, title) for title in titles], by=Actor(council.secretary))
    return saved(meeting)


def _order(meeting: Meeting) -> list[str]:
    return [queries.title_of(item, public=True) for item in queries.items_of(meeting)]


def test_cases_come_between_the_standing_items(council: TestCouncil) -> None:
    order = _order(_meeting(council, "Budsjett", "Møteplan"))

    assert order[2:4] == ["Budsjett", "Møteplan"]
    assert len(order) == 5


def test_a_case_that_is_not_ready_cannot_come_on_the_agenda(council: TestCouncil, secretary: Actor) -> None:
    case = a_case(council.council, state=CaseState.IN_WORK)

    with pytest.raises(RuleBroken):
        commands.add_cases(_meeting(council), [case], by=secretary)


def test_a_case_of_another_council_cannot_come_on_the_agenda(council: TestCouncil, secretary: Actor) -> None:
    other = a_case(a_council("En annen IPR").council)

    with pytest.raises(RuleBroken):
        commands.add_cases(_meeting(council), [other], by=secretary)


def test_moving_is_an_intent_that_survives_what_others_did_meanwhile(council: TestCouncil, secretary: Actor) -> None:
    meeting = _meeting(council, "A", "B", "C")
    a, b, c = queries.items_of(meeting)[2:5]
    commands.move(c, after=a, by=secretary)
    commands.move(b, after=c, by=secretary)

    assert _order(meeting)[2:5] == ["A", "C", "B"]
    assert sorted(item.position for item in queries.items_of(meeting)) == list(range(6))


def test_nothing_moves_past_the_standing_items(council: TestCouncil, secretary: Actor) -> None:
    meeting = _meeting(council, "A", "B")
    a = queries.items_of(meeting)[2]
    commands.move_to_place(a, 1, by=secretary)
    assert _order(meeting)[2] == "A"
    commands.move_to_place(a, 99, by=secretary)
    assert _order(meeting)[3] == "A"


def test_a_standing_item_cannot_be_moved(council: TestCouncil, secretary: Actor) -> None:
    meeting = _meeting(council, "A")

    with pytest.raises(RuleBroken):
        commands.move(queries.items_of(meeting)[0], after=None, by=secretary)


def test_fixing_gives_numbers_in_the_order_of_the_list_without_gap(council: TestCouncil, secretary: Actor) -> None:
    first, second = _meeting(council, "A", "B"), a_meeting(council, days=60)
    assert [n.text for n in commands.fix_agenda(first, by=secretary)] == ["RR 01/26", "RR 02/26"]
    commands.add_cases(second, [a_case(council.council, "C")], by=secretary)

    assert [n.text for n in commands.fix_agenda(second, by=secretary)] == ["RR 01/27"]
    late = commands.add_cases(first, [a_case(council.council, "D")], by=secretary)
    assert queries.number_of(late[0].case, council.body).text == "RR 03/26"  # type: ignore[union-attr,arg-type]


def test_a_postponed_case_keeps_its_number(council: TestCouncil, secretary: Actor) -> None:
    first, second = _meeting(council, "A"), _meeting_later(council)
    commands.fix_agenda(first, by=secretary)
    case = queries.items_of(first)[2].case
    assert case is not None
    case.state = CaseState.POSTPONED
    commands.add_cases(second, [case], by=secretary)
    commands.fix_agenda(second, by=secretary)

    assert db.session.query(CaseNumber).count() == 1


def _meeting_later(council: TestCouncil) -> Meeting:
    return a_meeting(council, days=35)


def test_a_case_without_a_public_title_stops_the_fixing(council: TestCouncil, secretary: Actor) -> None:
    meeting = _meeting(council)
    commands.add_cases(meeting, [a_case(council.council, "Internt", public_title="")], by=secretary)

    with pytest.raises(RuleBroken):
        commands.fix_agenda(meeting, by=secretary)


def test_a_must_close_case_cannot_be_in_a_meeting_on_screen(council: TestCouncil, secretary: Actor) -> None:
    meeting = a_meeting(council, form=MeetingForm.REMOTE, online_url="https://skjerm.example")
    basis = a_legal_basis(is_duty=True)
    case = a_case(council.council, "Personalsak X", public_title="Personalsak", exemption=Exemption.WHOLLY, legal_basis=basis)
    commands.add_cases(meeting, [case], by=secretary)

    with pytest.raises(RuleBroken):
        commands.fix_agenda(meeting, by=secretary)


def test_times_follow_from_the_minutes(council: TestCouncil, secretary: Actor) -> None:
    meeting = _meeting(council, "A")
    lines = queries.timetable(meeting)

    assert [int((line.starts_at - meeting.starts_at).total_seconds() // 60) for line in lines] == [0, 5, 25, 40]


def test_a_sub_item_stands_under_its_parent(council: TestCouncil, secretary: Actor) -> None:
    meeting = _meeting(council, "A")
    parent = queries.items_of(meeting)[2]
    commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Innledning", minutes=5, parent=parent, by=secretary)
    db.session.commit()

    assert [line.label for line in queries.timetable(meeting)] == ["", "", "", "a)", ""]


def test_the_secretary_builds_and_fixes_an_agenda_by_forms_alone(council: TestCouncil, signed_in: Any) -> None:
    browser = signed_in(council.secretary)
    planned = browser.submit(
        "/kontor/moter/nytt", bodies=[council.body.id], day="29.01.2027", starts="09.00", ends="12.00", place="Rådhuset"
    )
    assert planned.status_code == 303, planned.get_data(as_text=True)
    page = planned.location
    case, other = a_case(council.council, "Budsjett"), a_case(council.council, "Møteplan")
    assert browser.submit(page, form="/saker", case=[case.id, other.id]).status_code == 303
    meeting = db.session.query(Meeting).one()
    item = queries.items_of(meeting)[3]
    assert browser.submit(page, form=f"/punkt/{item.id}/flytt").status_code == 303
    assert _order(meeting)[2:4] == ["Møteplan", "Budsjett"]
    assert browser.submit(page, form="/fastsett").status_code == 303
    assert "RR 01/27" in browser.see(page).text


def test_a_member_sees_the_agenda_but_no_way_to_change_it(council: TestCouncil, signed_in: Any) -> None:
    meeting = _meeting(council, "A")
    browser = signed_in(council.members[1])

    assert [form for form in browser.see(f"/kontor/moter/{meeting.id}").forms if form.method == "post"] == []
    assert browser.post(f"/kontor/moter/{meeting.id}/fastsett").status_code in (400, 403)


def test_someone_outside_cannot_tell_that_the_meeting_exists(council: TestCouncil, signed_in: Any) -> None:
    outsider = signed_in(a_council("En annen IPR").secretary)

    assert outsider.get(f"/kontor/moter/{_meeting(council).id}").status_code == 404
    assert outsider.get("/kontor/moter/999999").status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("day", "29. februar"),
        ("day", "28.03.2027"),
        ("starts", "99"),
        ("ends", "02.00"),
        ("place", ""),
        ("title", "x" * 300),
        ("title", "a\rb"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_kept(council: TestCouncil, signed_in: Any, field: str, typed: str) -> None:
    given = {"bodies": [council.body.id], "day": "29.01.2027", "starts": "02.30", "ends": "12.00", "place": "Rådhuset", field: typed}
    answer = signed_in(council.secretary).submit("/kontor/moter/nytt", **given)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert db.session.query(Meeting).count() == 0
