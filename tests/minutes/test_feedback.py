"""«How useful was the meeting to you?»: one answer for each who was there, shown as figures without names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from meetingapp.accounts import links
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock
from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.invitations import queries as invitation_queries
from meetingapp.minutes import commands, feedback
from meetingapp.minutes.models import Feedback
from tests.conftest import NOW


def say(sitting, person, score=4, comment=""):
    answer = commands.say_how_useful(sitting.meeting, person, score=score, comment=comment, by=Actor(person))
    db.session.commit()
    return answer


def after(sitting, **passed):
    """The council's clock at a time after the meeting has ended."""
    return clock.frozen(sitting.at(14) + timedelta(**passed))


def test_whoever_was_there_answers_once_and_can_change_it(sitting, council, signed_in):
    sitting.finish()
    member, url = council.members[1], f"/min-side/moter/{sitting.meeting.id}/tilbakemelding"
    with after(sitting):
        browser = signed_in(member)
        assert "Hvor nyttig var møtet for deg?" in browser.see("/min-side").text
        for score, comment in ((2, "For mye opplesning."), (5, "")):
            assert browser.submit(url, score=str(score), comment=comment).headers["Location"] == "/min-side"

        assert browser.get(url).get_data(as_text=True).count("checked") == 1
        assert "Har svart" in browser.see("/min-side").text
    assert [(one.score, one.comment) for one in db.session.scalars(select(Feedback))] == [(5, "")]


def test_by_the_link_of_the_call_and_nobody_elses(sitting, council, client):
    sitting.finish()
    person = council.members[2]
    invitation = invitation_queries.invitation_of(sitting.meeting, person)
    path = links.path_of(links.link_for(LinkPurpose.REPLY, person, invitation.id))
    with after(sitting):
        assert f"{path}/tilbakemelding" in client.see(f"{path}/svar").html
        assert client.submit(f"{path}/tilbakemelding", score="3").status_code == 303
        assert feedback.answer_of(sitting.meeting.id, person.id).score == 3
        assert client.get("/g/feil/tilbakemelding").status_code == 404


def test_the_link_outlives_the_meeting_by_a_month(sitting, council):
    invitation = invitation_queries.invitation_of(sitting.meeting, council.members[1])
    link = links.link_for(LinkPurpose.REPLY, council.members[1], invitation.id)

    assert link.expires_at - clock.true_now() > sitting.meeting.ends_at - NOW + timedelta(days=28)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_what_is_no_score_is_refused(sitting, council, score):
    sitting.finish()
    with pytest.raises(RuleBroken):
        say(sitting, council.members[1], score)


def test_nobody_else_answers_and_nobody_before_the_meeting_has_ended(sitting, council, signed_in):
    with pytest.raises(RuleBroken):
        say(sitting, council.members[1])
    sitting.finish()
    with pytest.raises(RuleBroken):
        say(sitting, council.deputies[1])
    assert signed_in(council.deputies[1]).get(f"/min-side/moter/{sitting.meeting.id}/tilbakemelding").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Feedback)) == 0


def test_the_answer_stands_two_weeks_after_the_minutes_are_locked(sitting, council, signed_in):
    """The body sets the number of days; the last of them counts."""
    sitting.locked()
    locked = sitting.meeting.recorded_at
    with clock.frozen(locked + timedelta(days=14)):
        say(sitting, council.members[1], 4)
        assert feedback.asked_of(council.members[1].id) == [(sitting.meeting, True)]
    with clock.frozen(locked + timedelta(days=15)):
        with pytest.raises(RuleBroken):
            say(sitting, council.members[1], 1)
        assert feedback.asked_of(council.members[1].id) == []
        page = signed_in(council.members[1]).see(f"/min-side/moter/{sitting.meeting.id}/tilbakemelding")
    assert not any(form.in_main for form in page.forms)
    assert feedback.answer_of(sitting.meeting.id, council.members[1].id).score == 4


def test_the_secretary_sees_figures_and_lines_without_names_from_three_answers_on(sitting, council, signed_in):
    sitting.finish()
    url = f"/kontor/moter/{sitting.meeting.id}/tilbakemelding"
    with after(sitting):
        office = signed_in(council.secretary)
        say(sitting, council.members[1], 5, "Ønsker kortere møter.")
        say(sitting, council.members[2], 4, "Gruppearbeidet var det beste.")
        few = office.see(url)
        assert "kortere" not in few.text
        assert "polyline" not in few.html
        say(sitting, council.members[3], 3)
        page = office.see(url)

    figures = feedback.figures_of(sitting.meeting)
    assert (figures.asked, figures.counts, figures.average) == (6, [0, 0, 1, 1, 1], 4.0)
    assert "3 av 6" in page.text
    assert "Gjennomsnittet er 4,0." in page.text
    assert page.text.index("Gruppearbeidet") < page.text.index("kortere")
    assert "polyline" in page.html
    for person in council.members[1:4]:
        assert person.name not in page.html.partition("<h1")[2]
    assert signed_in(council.members[1]).get(url).status_code == 403


def test_the_log_tells_that_someone_answered_and_not_what(sitting, council):
    sitting.finish()
    say(sitting, council.members[1], 1, "Kjedelig.")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "feedback.say")).one()

    assert not {"1", "Kjedelig."} & {str(value) for value in (entry.details or {}).values()}
