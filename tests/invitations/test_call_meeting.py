"""Calling a meeting: who gets what, what stands in the way, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from meetingapp.cases import queries as case_queries
from meetingapp.cases.commands import save_paper
from meetingapp.cases.models import Part
from meetingapp.core import clock, outbox
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.models import LetterState
from meetingapp.council.models import SeatRole
from meetingapp.invitations import queries
from meetingapp.invitations.commands import call_meeting, letters_of, send_papers, stop_call
from meetingapp.invitations.models import Call, CallKind, Capacity, Invitation
from meetingapp.invitations.pack import make_pack
from meetingapp.invitations.queries import Level
from meetingapp.meetings.models import MeetingState
from tests.counting import queries as heard
from tests.factories import a_case, a_council, a_meeting, a_person, a_seat
from tests.forms import form_data
from tests.invitations.support import a_call, a_fixed_meeting, an_exempt_case, of, reply_by


def test_members_and_secretary_are_called_and_deputies_are_not(council, secretary):
    meeting = a_call(council, secretary).meeting

    found = queries.invitations_of(meeting)

    assert [one.person for one in found] == [*council.members, council.secretary]
    assert found[-1].capacity is Capacity.ADMINISTRATION


def test_calling_twice_invites_nobody_twice(council, secretary, letters):
    call = a_call(council, secretary)

    assert call_meeting(call.meeting, by=secretary, reply_by=reply_by(call.meeting)) is call
    assert len(letters()) == 6


def test_a_second_call_invites_only_who_is_missing(council, secretary, letters):
    meeting = a_call(council, secretary).meeting
    first = meeting.called_at
    newcomer = a_person("Nina Ny", council.members[0].organisation)
    a_seat(council.body, newcomer)
    assert len(letters()) == 6

    second = call_meeting(meeting, by=secretary, reply_by=reply_by(meeting))

    assert [one.person for one in queries.invitations_of(meeting) if one.call is second] == [newcomer]
    assert meeting.called_at == first
    assert [mail["To"].addresses[0].addr_spec for mail in letters()[6:]] == [newcomer.email]


def test_an_agenda_that_is_not_fixed_cannot_be_called(council, secretary):
    with pytest.raises(RuleBroken):
        call_meeting(a_meeting(council), by=secretary, reply_by=clock.today())


def test_short_notice_needs_a_reason(council, secretary):
    meeting = a_fixed_meeting(council, days=11)

    with pytest.raises(RuleBroken) as broken:
        call_meeting(meeting, by=secretary, reply_by=clock.today())
    assert broken.value.field == "reason"

    call = call_meeting(meeting, by=secretary, reply_by=clock.today(), reason="Budsjettsignalet kom sent.")
    assert call.short_notice_reason == "Budsjettsignalet kom sent."


def test_notice_is_counted_in_calendar_days_in_oslo(council):
    assert queries.needs_reason(a_meeting(council, days=13))
    assert not queries.needs_reason(a_meeting(council, days=14))


@pytest.mark.parametrize("days_after", [1, -31])
def test_the_last_day_to_answer_is_before_the_meeting_and_not_past(council, secretary, days_after):
    meeting = a_fixed_meeting(council)
    day = clock.local(meeting.starts_at).date() + timedelta(days=days_after)

    with pytest.raises(RuleBroken) as broken:
        call_meeting(meeting, by=secretary, reply_by=day)
    assert broken.value.field == "reply_by"


def test_the_default_last_day_to_answer_is_never_after_the_meeting(council):
    assert queries.default_reply_by(a_meeting(council, days=3)) == clock.today() + timedelta(days=2)
    assert queries.default_reply_by(a_meeting(council, days=30)) == clock.today() + timedelta(days=7)


def test_the_papers_are_pinned_as_they_are(council, secretary):
    case = an_exempt_case(council)
    call = a_call(council, secretary, cases=(case,))

    assert {row.paper for row in call.papers if row.paper} == set(case.papers)
    assert [row.attachment for row in call.papers if row.attachment] == list(case.attachments)


def test_members_get_access_to_closed_papers_and_guests_do_not(council, secretary):
    case = an_exempt_case(council)
    meeting = a_fixed_meeting(council, cases=(case,))
    call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), guests=[council.partner_contact])

    assert case_queries.access_of(case, council.members[1].id) is not None
    assert case_queries.access_of(case, council.partner_contact.id) is None
    assert of(meeting, council.partner_contact).capacity is Capacity.GUEST


def test_a_guest_seat_and_the_partners_people_can_be_ticked(council):
    speaker = a_person("Gro Gjest")
    a_seat(council.body, speaker, SeatRole.GUEST)

    found = queries.guests_to_choose(a_meeting(council))

    assert [guest.person for guest in found] == [speaker, council.partner_contact]


def test_a_stranger_cannot_be_a_guest(council, secretary):
    meeting = a_fixed_meeting(council)

    with pytest.raises(RuleBroken):
        call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), guests=[a_person("Ukjent Person")])


def test_someone_without_an_address_is_invited_without_a_letter(council, secretary):
    council.members[1].email = ""
    call = a_call(council, secretary)

    assert len(letters_of(call)) == 5
    assert of(call.meeting, council.members[1])


def test_the_agenda_is_published_only_when_asked_for(council, secretary):
    a_call(council, secretary)
    assert db.session.scalar(select(outbox.Task).where(outbox.Task.kind == "publish-agenda")) is None

    other = a_fixed_meeting(council, days=60)
    call_meeting(other, by=secretary, reply_by=reply_by(other), publish_agenda=True)

    task = db.session.scalar(select(outbox.Task).where(outbox.Task.kind == "publish-agenda"))
    assert (task.about, task.details) == (other.id, {"asked_by": council.secretary.id})


def test_stopping_withdraws_letters_invitations_and_access(council, secretary, letters):
    case = an_exempt_case(council)
    call = a_call(council, secretary, cases=(case,))

    stop_call(call, by=secretary)

    assert call.meeting.state is MeetingState.AGENDA_FIXED
    assert queries.invitations_of(call.meeting) == []
    assert {letter.state for letter in letters_of(call)} == {LetterState.WITHDRAWN}
    assert case_queries.access_of(case, council.members[1].id) is None
    assert letters() == []


def test_a_stopped_call_can_be_sent_again_with_the_reason_kept(council, secretary, letters):
    meeting = a_fixed_meeting(council, days=11)
    stop_call(call_meeting(meeting, by=secretary, reply_by=clock.today(), reason="Hastesak."), by=secretary)
    assert queries.kept_reason(meeting) == "Hastesak."

    call_meeting(meeting, by=secretary, reply_by=clock.today(), reason="Hastesak.")

    assert len(letters()) == 6
    assert len(db.session.scalars(select(Invitation)).all()) == 6


def test_once_a_letter_has_gone_the_call_cannot_be_stopped(council, secretary, letters):
    call = a_call(council, secretary)
    letters()

    with pytest.raises(RuleBroken) as broken:
        stop_call(call, by=secretary)

    assert "6 av 6" in broken.value.message
    assert call.meeting.state is MeetingState.CALLED


def test_papers_that_come_later_are_sent_once(council, secretary, letters):
    case = a_case(council.council, paper=False)
    meeting = a_call(council, secretary, cases=(case,)).meeting
    assert any(check.level is Level.WARNING for check in queries.preflight(meeting))
    with pytest.raises(RuleBroken):
        send_papers(meeting, by=secretary)
    letters()
    save_paper(case, part=Part.OPEN, text="Bakgrunn.", recommendation="Vedtas.", seen_version=0, by=secretary)
    db.session.commit()

    sent = send_papers(meeting, by=secretary, what="Saksfremlegget er klart.")

    assert sent.kind is CallKind.PAPERS
    assert queries.unsent(meeting) == []
    new = letters()[6:]
    assert len(new) == 6
    assert new[0]["Subject"].startswith("Sakspapirer: Regionrådet")
    assert new[0]["In-Reply-To"]


def test_a_pack_of_other_papers_than_those_pinned_is_refused(council, secretary):
    case = a_case(council.council)
    meeting = a_fixed_meeting(council, cases=(case,))
    pack = make_pack(meeting)
    save_paper(case, part=Part.OPEN, text="Nytt.", recommendation="Nytt.", seen_version=1, by=secretary)

    with pytest.raises(RuleBroken):
        call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), pack=pack)


def test_a_secretary_calls_a_meeting_from_the_page(council, signed_in, letters):
    meeting = a_fixed_meeting(council)
    browser = signed_in(council.secretary)
    url = f"/kontor/moter/{meeting.id}/innkalling"

    response = browser.submit(url, button="Send innkalling")

    assert response.status_code == 303
    assert len(letters()) == 6
    assert "6 av 6 brev" in browser.see(url).text
    assert browser.get(f"/kontor/moter/{meeting.id}/sakspapirer.pdf").data.startswith(b"%PDF")


def test_a_refused_call_keeps_what_was_typed(council, signed_in):
    meeting = a_fixed_meeting(council, days=11)
    browser = signed_in(council.secretary)

    response = browser.submit(f"/kontor/moter/{meeting.id}/innkalling", button="Send innkalling", reply_by="24.12.2026", reason="Hast")

    assert response.status_code == 422
    assert "24.12.2026" in response.text
    assert db.session.scalar(select(Call)) is None


def test_the_sending_is_stopped_from_the_page(council, signed_in, letters):
    meeting = a_fixed_meeting(council)
    browser = signed_in(council.secretary)
    url = f"/kontor/moter/{meeting.id}/innkalling"
    browser.submit(url, button="Send innkalling")

    response = browser.submit(url, button="Stopp sendingen", follow=True)

    assert "stoppet" in response.text
    assert letters() == []
    browser.submit(url, button="Send innkalling")
    letters()
    late = browser.get(url).get_data(as_text=True)
    assert "Stopp sendingen" not in late


def test_stopping_too_late_says_so(council, signed_in, work):
    meeting = a_fixed_meeting(council)
    browser = signed_in(council.secretary)
    url = f"/kontor/moter/{meeting.id}/innkalling"
    browser.submit(url, button="Send innkalling")
    _action, data = form_data(browser.get(url).get_data(as_text=True), form=0, button="Stopp sendingen", fields={})
    work()

    response = browser.post(f"{url}/stopp", data=data)

    assert response.status_code == 409
    assert "6 av 6" in response.text


def test_each_fault_links_to_where_it_is_mended(council, signed_in):
    case = a_case(council.council, paper=False)
    meeting = a_fixed_meeting(council, days=11, cases=(case,))

    page = signed_in(council.secretary).see(f"/kontor/moter/{meeting.id}/innkalling")

    links = [href for href, _text in page.links]
    assert f"/kontor/saker/{case.id}/fremlegg" in links
    assert "#reason" in links


def test_the_letter_of_a_chosen_receiver_is_shown(council, signed_in):
    meeting = a_fixed_meeting(council)

    page = signed_in(council.secretary).see(f"/kontor/moter/{meeting.id}/innkalling?vis={council.secretary.id}")

    assert "Innkalling: Regionrådet" in page.text
    assert council.secretary.email in page.text


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_only_the_secretary_sees_and_sends_the_form(council, signed_in, who):
    meeting = a_fixed_meeting(council)
    person = council.members[1] if who == "member" else a_council("Annenregionen IPR").secretary
    browser = signed_in(person)

    response = browser.get(f"/kontor/moter/{meeting.id}/innkalling")

    assert response.status_code == (200 if who == "member" else 404)
    assert "Send innkalling" not in response.text
    assert browser.post(f"/kontor/moter/{meeting.id}/innkalling").status_code >= 400


@pytest.mark.shows("BM1")
def test_calling_more_people_costs_no_more_queries(app, council, secretary):
    """Of a meeting with an exempt case, so that the right to read it is given too."""
    counts = []
    for days, more in ((30, 0), (40, 10)):
        for number in range(more):
            a_seat(council.body, a_person(f"Ny Medlem{number}", council.members[0].organisation))
        meeting = a_fixed_meeting(council, days=days, cases=(an_exempt_case(council), a_case(council.council)))
        with heard() as asked:
            call_meeting(meeting, by=secretary, reply_by=reply_by(meeting))
        counts.append(len(asked))

    assert counts[0] == counts[1]
