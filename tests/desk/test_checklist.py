"""The secretary's desk: each meeting's way with dates counted from the body's settings, and the one next step."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.cases.models import CasePaper, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter
from meetingapp.council import queries as council_queries
from meetingapp.council.commands import add_setting
from meetingapp.desk.checklist import Standing, way_of
from meetingapp.desk.queries import meetings
from meetingapp.invitations.commands import answer, send_papers
from meetingapp.invitations.models import Reply
from meetingapp.meetings.models import MeetingState
from meetingapp.minutes.models import Minutes, MinutesState, Signatory
from tests.factories import a_case, a_meeting, saved
from tests.invitations.support import a_call, a_fixed_meeting, of


def ways(council):
    """The ways that stand on the desk, nearest meeting first."""
    found = meetings.facts_of(meetings.to_look_after(Actor(council.secretary), council.council.id))
    return [way_of(facts, council_queries.rules_of(council.council.id), proposals=0) for facts in found]


def step(council, key: str, nth: int = 0):
    return next(one for one in ways(council)[nth].steps if one.key == key)


def test_a_late_call_says_what_it_means_and_has_the_one_button(council):
    a_meeting(council, days=11)
    (way,) = ways(council)

    assert way.next.key == "call"
    assert way.next.standing is Standing.LATE
    assert way.next.text == "Fristen på 14 dager var fredag 20. november. Sender du i dag, blir varselet 11 dager, og du må gi en grunn."
    assert way.next.act.text == "Gjør ferdig sakslisten"


def test_deadlines_follow_the_settings_that_hold_on_the_day_of_the_meeting(council, secretary):
    day = clock.today() + timedelta(days=40)
    for key, value, since in (("notice_days", "20", day - timedelta(days=5)), ("papers_days", "3", day), ("minutes_days", "2", day)):
        add_setting(council.council, key=key, value=value, valid_from=since, by=secretary, body=council.body)
    add_setting(council.council, key="notice_days", value="30", valid_from=date(2020, 1, 1), by=secretary)
    db.session.commit()
    a_meeting(council, days=40)

    due = {one.key: one.due for one in ways(council)[0].steps}
    assert due["call"] == day - timedelta(days=20)  # the body's own goes before the council's
    assert due["papers"] == day - timedelta(days=3)
    assert due["minutes"] == day + timedelta(days=2)
    assert due["case_call"] == day - timedelta(days=21)  # nothing is set: the house's own
    assert due["approval"] == day + timedelta(days=14)


def test_the_dates_are_those_that_one_query_a_setting_gives(council, secretary):
    add_setting(council.council, key="notice_days", value="9", valid_from=date(2025, 1, 1), by=secretary)
    add_setting(council.council, key="notice_days", value="8", valid_from=date(2026, 6, 1), by=secretary, body=council.body)
    db.session.commit()
    rules = council_queries.rules_of(council.council.id)

    for on in (date(2024, 5, 1), date(2025, 5, 1), date(2026, 5, 31), date(2026, 6, 1), date(2027, 1, 1)):
        for key in council_queries.DEFAULTS:
            assert rules.value(key, body=council.body, on=on) == council_queries.setting(key, body=council.body, on=on)


def test_what_a_case_lacks_is_named(council):
    bare = a_case(council.council, "Elbusser", paper=False)
    a_fixed_meeting(council, cases=(a_case(council.council), bare))

    ready = step(council, "ready")
    assert "1 av 2 saker er klare" in ready.text
    assert "mangler saksfremlegg" in ready.text
    assert ready.act.href == f"/kontor/saker/{bare.id}/fremlegg"


def test_papers_that_have_come_since_the_call_are_the_next_step_until_they_are_sent(council, secretary):
    meeting = a_call(council, secretary).meeting
    assert step(council, "papers").standing is Standing.DONE
    case = meetings.facts_of([meeting])[0].cases[0]
    db.session.add(
        CasePaper(
            case_id=case.case_id, part=Part.OPEN, version=2, text="Nytt", html="<p>Nytt</p>", recommendation="Ja", saved_at=clock.now()
        )
    )
    db.session.commit()

    (way,) = ways(council)
    assert way.next.act.text == "Send papirene"
    assert case.number in way.next.text
    send_papers(meeting, by=secretary)
    db.session.commit()
    assert step(council, "papers").standing is Standing.DONE


def test_an_empty_chair_asks_for_a_deputy(council, secretary):
    meeting = a_call(council, secretary).meeting
    answer(of(meeting, council.members[1]), Reply.DECLINED, via="page", by=None, reason="work")
    db.session.commit()

    (way,) = ways(council)
    assert way.next.key == "chairs"
    assert "Truls Tvil kommer ikke" in way.next.text
    assert way.next.act.href.endswith("/vara")


def test_one_press_reminds_all_who_have_not_answered_and_a_second_sends_nothing(council, secretary, signed_in, letters):
    meeting = a_call(council, secretary, days=15).meeting
    answer(of(meeting, council.members[1]), Reply.ACCEPTED, via="page", by=None)
    db.session.commit()
    letters()
    with clock.frozen(clock.now() + timedelta(days=11)):
        browser = signed_in(council.secretary)
        assert "Minn de 5 på" in browser.see("/kontor").text
        said = browser.submit("/kontor", form=f"/kontor/moter/{meeting.id}/deltakere/minn-pa", follow=True).get_data(as_text=True)
        assert "5 påminnelser er på vei" in said
        assert "Minnet på" in browser.see("/kontor").text
        sent = [letter for letter in letters() if "Kommer du?" in str(letter["Subject"])]
        assert len(sent) == 5
        assert "/svar" in sent[0].get_body(("plain",)).get_content()
        again = browser.post(f"/kontor/moter/{meeting.id}/deltakere/minn-pa", data=_token(browser, meeting))
        assert again.status_code == 409
        assert db.session.query(Letter).filter_by(kind="reminder").count() == 5


def _token(browser, meeting):
    from tests.forms import form_data

    html = browser.get(f"/kontor/moter/{meeting.id}/rediger").get_data(as_text=True)
    data = form_data(html, form=0, button=None, fields={})[1]
    return {key: value for key, value in data.items() if key in ("csrf_token", "_key")}


def test_who_has_not_approved_is_reminded_once_a_day(council, secretary, signed_in, work):
    meeting = a_meeting(council, days=-6, state=MeetingState.ENDED)
    minutes = saved(Minutes(meeting=meeting, state=MinutesState.SENT, sent_at=clock.now() - timedelta(days=5), created_at=clock.now()))
    saved(Signatory(minutes=minutes, person=council.chair))
    browser = signed_in(council.secretary)

    page = browser.see("/kontor")
    assert "Godkjenne møteboken" in page.text or "Godkjenn" in page.text
    assert browser.submit("/kontor", form="/motebok/minn-pa").headers["Location"] == "/kontor"
    assert db.session.query(Letter).filter_by(kind="minutes-approval").count() == 1
    assert "Minnet på i dag" in browser.see("/kontor").text


@pytest.mark.parametrize(
    ("state", "days", "key", "button"),
    [
        (MeetingState.CALLED, 0, "meeting", "Åpne møtet"),
        (MeetingState.CALLED, -3, "meeting", "Åpne møtet"),
        (MeetingState.IN_SESSION, 0, "meeting", "Gå til møteboken"),
        (MeetingState.ENDED, -3, "minutes", "Gjør ferdig møteboken"),
        (MeetingState.ENDED, -20, "minutes", "Gjør ferdig møteboken"),
        (MeetingState.AGENDA_FIXED, 20, "call", "Send innkallingen"),
        (MeetingState.PLANNED, 60, "call", "Gjør ferdig sakslisten"),
    ],
)
def test_each_state_has_its_one_next_step(council, state, days, key, button):
    a_meeting(council, days=days, state=state)

    (way,) = ways(council)
    assert (way.next.key, way.next.act.text) == (key, button)


def test_a_meeting_leaves_the_desk_when_its_minutes_are_locked(council):
    meeting = a_meeting(council, days=-3, state=MeetingState.ENDED)
    saved(Minutes(meeting=meeting, state=MinutesState.LOCKED, created_at=clock.now()))
    a_meeting(council, days=20, state=MeetingState.CANCELLED)

    assert ways(council) == []


def test_the_desk_is_quiet_when_all_is_in_order(council, signed_in):
    a_meeting(council, days=60)
    text = signed_in(council.secretary).see("/kontor").text

    assert "Alt er i rute" in text
    assert "Ingenting venter på deg" in text
    assert "Alle brev er overlevert" in text
    assert "Ingen er for sent ute" in text
