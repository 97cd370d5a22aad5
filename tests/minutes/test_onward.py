"""A case goes from the working committee to the council: the first decision becomes the recommendation, and both numbers stand."""

from __future__ import annotations

import pytest

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases.models import CaseState, Part
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, Stale
from meetingapp.council.models import Body, BodyKind
from meetingapp.meetings.models import MeetingBody
from meetingapp.minutes import commands
from tests.factories import SINCE, a_council, saved
from tests.minutes.sitting import opened


def a_body(council, name="Arbeidsutvalget", series="AU"):
    given = {"slug": series.lower(), "voting_seats": 5, "organizer_address": "au@prove.example", "valid_from": SINCE}
    return saved(Body(council=council.council, name=name, series=series, kind=BodyKind.WORKING_COMMITTEE, **given))


def decided(council, text="Arbeidsutvalget tilrår 300 000 kroner."):
    sitting = opened(council)
    sitting.save(decision=text)
    sitting.locked()
    return sitting


def test_the_decision_becomes_the_recommendation_and_the_case_gets_a_second_number(council, signed_in):
    first = decided(council)
    case, office = first.items[0].case, signed_in(council.secretary)
    committee = a_body(council)
    old = case.paper(Part.OPEN)
    url = f"/kontor/saker/{case.id}"
    assert "300 000" in office.see(f"{url}/send-videre").html

    assert office.submit(f"{url}/send-videre", body=committee.id).headers["Location"] == url
    db.session.refresh(case)
    newest = case.paper(Part.OPEN)
    page = office.see(url).text

    assert case.state is CaseState.READY
    assert (newest.text, newest.recommendation) == (old.text, "Arbeidsutvalget tilrår 300 000 kroner.")
    assert first.done[0].decision == "Arbeidsutvalget tilrår 300 000 kroner."
    assert "Sendte saken videre til Arbeidsutvalget" in page
    opened_in(council, committee, case)
    numbers = [number.text for number in agenda_queries.numbers_of_cases([case.id])[case.id]]
    page = office.see(url).text
    assert numbers == ["RR 01/26", "AU 01/26"]
    assert page.index("RR 01/26", page.rindex("Vegen hit")) < page.index("AU 01/26", page.rindex("Vegen hit"))


def opened_in(council, body, case):
    from meetingapp.agendas import commands as agendas
    from tests.factories import a_meeting

    meeting = a_meeting(council, days=35)
    db.session.query(MeetingBody).filter_by(meeting_id=meeting.id).delete()
    saved(MeetingBody(meeting=meeting, body=body, position=0))
    db.session.refresh(meeting)
    agendas.add_cases(meeting, [case], by=None)
    agendas.fix_agenda(meeting, by=None)
    db.session.commit()
    return meeting


def test_it_is_sent_on_once_to_another_body_of_the_same_council_with_a_recommendation(council, secretary):
    sitting = decided(council)
    case, done, committee = sitting.items[0].case, sitting.done[0], a_body(council)
    foreign = a_council("Naboregionen IPR").body
    given = {"recommendation": "Vedtas.", "seen_version": 1, "by": secretary}

    for wrong, field in (
        ({"to": council.body}, "body"),
        ({"to": foreign}, "body"),
        ({"to": committee, "recommendation": " "}, "recommendation"),
    ):
        with pytest.raises(RuleBroken) as refused:
            commands.send_on(case, done, **(given | wrong))
        assert refused.value.field == field
    with pytest.raises(Stale):
        commands.send_on(case, done, **(given | {"to": committee, "seen_version": 0}))
    db.session.rollback()
    commands.send_on(case, done, to=committee, **given)
    with pytest.raises(RuleBroken):
        commands.send_on(case, done, to=committee, **(given | {"seen_version": 2}))


def test_nobody_but_the_secretary_sends_a_case_on(council, signed_in):
    sitting = decided(council)
    url = f"/kontor/saker/{sitting.items[0].case_id}"

    assert signed_in(council.members[1]).get(f"{url}/send-videre").status_code == 403
    assert "send-videre" not in signed_in(council.members[1]).see(url).html
