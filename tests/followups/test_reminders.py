"""Reminders by one press, and those that the house sends by itself: once each, from seven in the morning, if the council wants them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from meetingapp.core import clock, signs
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.models import Letter
from meetingapp.core.outbox import reminders
from meetingapp.council.commands import add_setting
from meetingapp.followups import commands
from meetingapp.followups.models import ActionOwner, ActionState
from meetingapp.followups.tasks import remind_of_actions
from meetingapp.invitations import commands as calls
from meetingapp.invitations import queries as call_queries
from meetingapp.invitations.models import Reply
from meetingapp.invitations.tasks import remind_of_calls
from tests.conftest import NOW
from tests.factories import a_person, an_action
from tests.invitations.support import a_call

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)


def days_on(days):
    """The clock so many days after the day of the tests, at eight."""
    return clock.frozen(NOW + days * DAY)


def count(kind):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.kind == kind))


@pytest.fixture
def go_round(app):
    """`go_round(task)`: as a worker does, in a session of its own."""

    def go(task):
        db.session.commit()
        with app.app_context():
            done = task()
        db.session.expire_all()
        return done

    return go


@pytest.fixture
def rounds(go_round):
    """`rounds(task, days)`: the days after the first on which the round sent something; each day it goes twice, as after a restart."""

    def go(task, days):
        sent = []
        for day in days:
            with days_on(day):
                if go_round(task) > 0:
                    sent.append(day)
                assert go_round(task) == 0
        return sent

    return go


@pytest.fixture
def owner(council):
    return a_person("Eilif Eier", council.partner)


def test_an_owner_is_reminded_before_the_deadline_once_for_each_step(council, owner, rounds):
    an_action(council, owner, due=TODAY + 20 * DAY)

    assert rounds(remind_of_actions, range(23)) == [6, 17]
    assert count("action-status") == 2


def test_a_round_that_was_missed_is_made_up_for_and_a_moved_deadline_counts_anew(council, owner, secretary, rounds):
    action = an_action(council, owner, due=TODAY + 20 * DAY)
    assert rounds(remind_of_actions, [9, 10]) == [9]
    with days_on(11):
        commands.report(action, state=ActionState.OPEN, text="Venter på tegninger.", owner=None, new_due=TODAY + 40 * DAY, by=secretary)
        db.session.commit()

    assert rounds(remind_of_actions, range(11, 41)) == [26, 37]


def test_who_has_finished_or_was_asked_today_gets_no_letter(council, owner, secretary, rounds, go_round):
    other = a_person("Frida Ferdig", council.partner)
    parts = [ActionOwner(person=owner), ActionOwner(person=other, state=ActionState.DONE)]
    action = an_action(council, owner, due=TODAY + 20 * DAY, owners=parts)
    an_action(council, owner, due=TODAY + 20 * DAY, owners=[ActionOwner(person=other, state=ActionState.DONE)])
    with days_on(6):
        go_round(remind_of_actions)
    assert [one.to_name for one in db.session.scalars(select(Letter)).all()] == ["Eilif Eier"]
    with days_on(17):
        commands.ask_for_status(action, [owner], by=secretary)
        db.session.commit()
        go_round(remind_of_actions)
    assert count("action-status") == 2
    assert rounds(remind_of_actions, [18]) == [], "the press stood for it"


def test_of_an_organisation_those_are_reminded_who_were_asked_before(council, owner, secretary, rounds):
    action = an_action(council, council.partner, due=TODAY + 20 * DAY)
    assert rounds(remind_of_actions, [6]) == []
    commands.ask_for_status(action, [owner], by=secretary)
    db.session.commit()

    assert rounds(remind_of_actions, [17]) == [17]


def test_the_council_says_when_or_that_nothing_goes_by_itself(council, owner, secretary, rounds):
    an_action(council, owner, due=TODAY + 20 * DAY)
    since = {"valid_from": date(2026, 1, 1), "by": secretary}
    add_setting(council.council, key="action_reminders_days", value="10,5,1", **since)
    db.session.commit()
    assert rounds(remind_of_actions, range(12)) == [10]
    add_setting(council.council, key="action_reminders_days", value="no", valid_from=TODAY, by=secretary)
    db.session.commit()
    assert rounds(remind_of_actions, range(12, 21)) == []
    with pytest.raises(RuleBroken, match="hele rådet"):
        add_setting(council.council, key="action_reminders_days", value="7", body=council.body, **since)
    with pytest.raises(RuleBroken):
        add_setting(council.council, key="action_reminders_days", value="0, x", **since)


def test_nothing_goes_by_night(council, owner, go_round):
    an_action(council, owner, due=TODAY + 14 * DAY, created_at=NOW - 30 * DAY)
    with clock.frozen(NOW.replace(hour=5, minute=59)):  # 06.59 in Oslo
        assert go_round(remind_of_actions) == 0
    with clock.frozen(NOW.replace(hour=6)):
        assert go_round(remind_of_actions) == 1


def test_two_workers_at_once_send_one_letter(app, council, owner):
    an_action(council, owner, due=TODAY + 14 * DAY, created_at=NOW - 30 * DAY)

    def work(_number):
        with app.app_context():
            return remind_of_actions()

    db.session.close()
    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 1
    assert count("action-status") == 1


def test_what_may_have_gone_before_a_restore_does_not_go_again(council, owner):
    signs.give(signs.RESTORED, backup=NOW.isoformat(), audit=0)
    try:
        restored = clock.local(signs.read(signs.RESTORED).at).date()
        due = restored + 13 * DAY  # the sign is in true time
        late = an_action(council, owner, due=due, created_at=NOW - 300 * DAY)
        with clock.frozen(NOW + (restored - TODAY)):
            assert reminders.step_of(late.due, [14, 3], known_since=date(2020, 1, 1)) is None
        with clock.frozen(NOW + (restored - TODAY) + 10 * DAY):
            assert reminders.step_of(late.due, [14, 3], known_since=date(2020, 1, 1)) == 3
    finally:
        signs.take_away(signs.RESTORED)


def test_one_press_on_the_desk_reminds_and_says_so(council, owner, signed_in, letters):
    office = signed_in(council.secretary)
    action = an_action(council, owner, "Melde inn to tomter", due=TODAY - 54 * DAY)
    press = f"/kontor/oppfolging/{action.id}/minn-pa"

    assert office.submit("/kontor", form=press).location == "/kontor"
    assert letters()[-1]["Subject"] == "Gi en status: Melde inn to tomter"
    desk = office.see("/kontor")
    assert "Minnet på i dag" in desk.text
    assert press not in desk.html
    with pytest.raises(RuleBroken, match="i dag"):
        commands.remind_owners(action, by=None)
    with days_on(2):
        assert "Minnet på 23. november." in office.see("/kontor").text
        assert office.submit(f"/kontor/oppfolging/{action.id}", form=press).location == f"/kontor/oppfolging/{action.id}"


def test_an_action_of_organisations_alone_leads_to_the_page_where_one_chooses(council, signed_in):
    action = an_action(council, council.partner, due=TODAY - DAY)
    with pytest.raises(RuleBroken):
        commands.remind_owners(action, by=None)

    assert f"/kontor/oppfolging/{action.id}/be-om-status" in signed_in(council.secretary).see("/kontor").html


def test_those_who_have_not_answered_a_call_are_reminded_once_on_the_bodys_day(council, secretary, rounds):
    meeting = a_call(council, secretary, days=20).meeting
    invitations = call_queries.invitations_of(meeting)
    calls.answer(invitations[0], Reply.ACCEPTED, via="page", by=secretary)
    db.session.commit()

    assert rounds(remind_of_calls, range(20)) == [15]
    assert count("reminder") == len(invitations) - 1
    act = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "meeting.remind")).one()
    assert (act.thing_id, act.person_id) == (meeting.id, None), "the system did it"


def test_a_body_can_leave_reminders_to_its_secretary(council, secretary, rounds):
    a_call(council, secretary, days=20)
    add_setting(council.council, key="call_reminders", value="no", valid_from=date(2026, 1, 1), body=council.body, by=secretary)
    db.session.commit()

    assert rounds(remind_of_calls, range(20)) == []
