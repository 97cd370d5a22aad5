"""Answering: by link without signing in, on Min side, and by the secretary; and the deputies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.cases import queries as case_queries
from meetingapp.core import clock
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.council.models import DeputyFor, SeatRole
from meetingapp.invitations import queries
from meetingapp.invitations.commands import answer, call_deputy, stop_call
from meetingapp.invitations.models import Capacity, Reply, ReplyHistory
from meetingapp.meetings.models import MeetingState
from tests.factories import a_council, a_person, a_seat
from tests.invitations.support import a_call, a_fixed_meeting, an_exempt_case, of


def link_to(meeting, person):
    link = links.link_for(LinkPurpose.REPLY, person, of(meeting, person).id)
    assert link is not None
    return f"{links.path_of(link)}/svar"


def rows():
    return [db.session.scalar(select(func.count()).select_from(model)) for model in (ReplyHistory, AuditEntry, PersonalLink, Letter)]


def test_looking_at_the_link_changes_nothing(council, secretary, client):
    meeting = a_call(council, secretary).meeting
    url, before = link_to(meeting, council.members[1]), rows()

    for _ in range(3):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
        client.options(url)

    assert rows() == before
    assert of(meeting, council.members[1]).reply is Reply.NEEDS_ACTION


def test_a_member_answers_by_link_without_signing_in(council, secretary, client):
    meeting = a_call(council, secretary).meeting

    response = client.submit(link_to(meeting, council.members[1]), button="Jeg kommer")

    assert response.status_code == 303
    invitation = of(meeting, council.members[1])
    assert (invitation.reply, invitation.replied_via) == (Reply.ACCEPTED, "link")


def test_an_answer_can_be_changed_and_every_answer_is_kept(council, secretary, client):
    meeting = a_call(council, secretary).meeting
    url = link_to(meeting, council.members[1])
    client.submit(url, button="Jeg kommer")
    client.submit(url, button="Meld forfall", reason="illness", comment="Vi ses neste gang.")

    invitation = of(meeting, council.members[1])

    assert (invitation.reply, invitation.reason) == (Reply.DECLINED, "illness")
    assert [one.reply for one in queries.history_of(invitation)] == [Reply.ACCEPTED, Reply.DECLINED]


def test_declining_without_a_reason_is_refused_beside_the_field(council, secretary, client):
    meeting = a_call(council, secretary).meeting

    response = client.submit(link_to(meeting, council.members[1]), button="Meld forfall", comment="Kan ikke")

    assert response.status_code == 422
    assert "Velg grunn" in response.text
    assert "Kan ikke" in response.text
    assert of(meeting, council.members[1]).reply is Reply.NEEDS_ACTION


@pytest.mark.parametrize("secret", ["feil", "x" * 5000, "%00", "æøå", "..%2f.."])
def test_a_wrong_link_gives_the_same_neutral_page(council, secretary, client, secret):
    meeting = a_call(council, secretary).meeting
    used = link_to(meeting, council.members[1])
    link = db.session.scalar(select(PersonalLink).where(PersonalLink.person_id == council.members[1].id))
    link.revoked_at = clock.true_now()
    db.session.commit()

    wrong, over = client.get(f"/g/{secret}/svar"), client.get(used)

    assert wrong.status_code == over.status_code == 404
    assert "Regionrådet" not in over.text


def test_a_link_of_another_kind_opens_no_invitation(council, secretary, client):
    meeting = a_call(council, secretary).meeting
    member = council.members[1]
    other = links.make_link(LinkPurpose.ACTION, member, expires_at=clock.true_now() + timedelta(days=1), subject_id=of(meeting, member).id)
    db.session.commit()

    assert client.get(f"{links.path_of(other)}/svar").status_code == 404


def test_the_answer_stands_once_the_meeting_has_begun(council, secretary, client):
    meeting = a_call(council, secretary).meeting
    url = link_to(meeting, council.members[1])

    with clock.frozen(meeting.starts_at):
        assert "Jeg kommer" not in client.see(url).text
        with pytest.raises(RuleBroken):
            answer(of(meeting, council.members[1]), Reply.ACCEPTED, via="link", by=None)


def test_hostile_words_are_shown_as_words(council, secretary, client, signed_in):
    meeting = a_call(council, secretary).meeting
    client.submit(link_to(meeting, council.members[1]), button="Jeg kommer", comment="<script>alert(1)</script>\x00'; --")

    page = signed_in(council.secretary).get(f"/kontor/moter/{meeting.id}/deltakere").get_data(as_text=True)

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(("field", "value"), [("reason", "kreft"), ("comment", "x" * 501)])
def test_only_known_reasons_and_short_comments_are_taken(council, secretary, client, field, value):
    meeting = a_call(council, secretary).meeting
    url = link_to(meeting, council.members[1])
    fields = {"reason": "work"} | {field: value}

    assert client.submit(url, button="Meld forfall", **fields).status_code == 422


def test_a_member_answers_on_min_side(council, secretary, signed_in):
    meeting = a_call(council, secretary).meeting
    browser = signed_in(council.members[1])

    browser.submit("/min-side", button="Jeg kommer")

    assert of(meeting, council.members[1]).replied_via == "page"


def test_nobody_answers_for_another(council, secretary, signed_in):
    meeting = a_call(council, secretary).meeting
    browser = signed_in(council.members[2])

    assert browser.get(f"/min-side/svar/{of(meeting, council.members[1]).id}").status_code == 404
    assert browser.get(f"/kontor/moter/{meeting.id}/deltakere/{of(meeting, council.members[1]).id}/svar").status_code == 403


def test_the_secretary_writes_down_an_answer(council, secretary, signed_in):
    meeting = a_call(council, secretary).meeting
    invitation = of(meeting, council.members[1])

    signed_in(council.secretary).submit(
        f"/kontor/moter/{meeting.id}/deltakere/{invitation.id}/svar", button="Meld forfall", reason="family"
    )

    kept = queries.history_of(of(meeting, council.members[1]))[0]
    assert (kept.via, kept.by_person_id, kept.reply) == ("secretary", council.secretary.id, Reply.DECLINED)


def a_decline(council, secretary, **given):
    meeting = a_call(council, secretary, **given).meeting
    answer(of(meeting, council.members[1]), Reply.DECLINED, reason="work", via="link", by=None)
    db.session.commit()
    return meeting


def two_deputies(council):
    """A second deputy for the second member."""
    other = a_person("Andre Vara", council.members[1].organisation)
    stand_in = a_seat(council.body, other, SeatRole.DEPUTY, rank=2)
    db.session.add(DeputyFor(deputy_seat=stand_in, member_seat=council.seats[1]))
    db.session.commit()
    return other


def test_the_next_deputy_is_proposed_and_called_with_one_button(council, secretary, signed_in, letters):
    two_deputies(council)
    meeting = a_decline(council, secretary)
    letters()
    browser = signed_in(council.secretary)
    assert f"Neste i rekkefølgen: {council.deputies[1].name}" in browser.see(f"/kontor/moter/{meeting.id}/deltakere").text

    browser.submit(f"/kontor/moter/{meeting.id}/deltakere", button="Kall inn vara")

    deputy = of(meeting, council.deputies[1])
    assert (deputy.capacity, deputy.for_seat_id) == (Capacity.DEPUTY, council.seats[1].id)
    assert len(letters()) == 7


def test_a_deputy_who_declines_gives_way_to_the_next(council, secretary):
    second = two_deputies(council)
    meeting = a_decline(council, secretary)
    vacancy = queries.vacancies(meeting, queries.invitations_of(meeting))[0]
    first = call_deputy(vacancy.declined, vacancy.deputies[0], by=secretary)
    assert queries.vacancies(meeting, queries.invitations_of(meeting)) == []

    answer(first, Reply.DECLINED, reason="work", via="link", by=None)
    vacancy = queries.vacancies(meeting, queries.invitations_of(meeting))[0]

    assert [seat.person for seat in vacancy.deputies] == [second]
    assert call_deputy(first, vacancy.deputies[0], by=secretary).for_seat is council.seats[1]


def test_another_than_the_first_deputy_takes_a_reason(council, secretary, signed_in):
    second = two_deputies(council)
    meeting = a_decline(council, secretary)
    vacancy = queries.vacancies(meeting, queries.invitations_of(meeting))[0]
    url = f"/kontor/moter/{meeting.id}/deltakere/{vacancy.declined.id}/vara"
    browser, seat = signed_in(council.secretary), vacancy.deputies[1].id

    assert browser.submit(url, seat=seat).status_code == 422
    assert browser.submit(url, seat=seat, reason="Den første er på reise.").status_code == 303
    assert of(meeting, second).called_because == "Den første er på reise."


def test_nobody_is_called_for_a_member_who_comes(council, secretary):
    meeting = a_call(council, secretary).meeting
    seat = queries.vacancies(meeting, queries.invitations_of(meeting))
    assert seat == []

    with pytest.raises(RuleBroken):
        call_deputy(of(meeting, council.members[1]), council.body.seats[-1], by=secretary)


def test_a_deputy_reads_closed_papers_only_after_saying_yes(council, secretary):
    case = an_exempt_case(council)
    meeting = a_decline(council, secretary, cases=(case,))
    vacancy = queries.vacancies(meeting, queries.invitations_of(meeting))[0]
    deputy = call_deputy(vacancy.declined, vacancy.deputies[0], by=secretary)
    assert case_queries.access_of(case, deputy.person_id) is None

    answer(deputy, Reply.ACCEPTED, via="link", by=None)
    assert case_queries.access_of(case, deputy.person_id) is not None

    answer(deputy, Reply.DECLINED, reason="illness", via="link", by=None)
    assert case_queries.access_of(case, deputy.person_id) is None


def test_the_sure_votes_are_counted_against_the_quorum(council, secretary, signed_in):
    meeting = a_call(council, secretary).meeting
    for member in council.members[:2]:
        answer(of(meeting, member), Reply.ACCEPTED, via="link", by=None)
    answer(of(meeting, council.secretary), Reply.ACCEPTED, via="link", by=None)
    db.session.commit()

    text = signed_in(council.members[0]).see(f"/kontor/moter/{meeting.id}/deltakere").text

    assert "2 av 5 stemmer er sikre. Det mangler 1 på å være vedtaksført." in text


def test_delivery_is_told_in_words(council, secretary, signed_in, work):
    meeting = a_call(council, secretary).meeting
    browser, url = signed_in(council.secretary), f"/kontor/moter/{meeting.id}/deltakere"
    assert "I kø" in browser.see(url).text
    work()
    letter = db.session.scalar(select(Letter).where(Letter.to_address == council.members[1].email))
    letter.state = LetterState.FAILED

    text = browser.see(url).text

    assert "Overlevert" in text
    assert "Feilet" in text
    assert "Rett adressen" in text


def test_the_pack_opens_for_the_invited_and_nobody_else(council, secretary, signed_in, client):
    meeting = a_fixed_meeting(council)
    signed_in(council.secretary).submit(
        f"/kontor/moter/{meeting.id}/innkalling", button="Send innkalling", guests=[council.partner_contact.id]
    )
    office = f"/kontor/moter/{meeting.id}/sakspapirer.pdf"

    assert signed_in(council.partner_contact).get(office).status_code == 200
    assert client.get(link_to(meeting, council.members[1]).replace("/svar", "/sakspapirer.pdf")).data.startswith(b"%PDF")
    assert signed_in(a_council("Annenregionen IPR").secretary).get(office).status_code == 404
    assert client.get(office).status_code in (303, 401)
    assert client.get("/g/feil/sakspapirer.pdf").status_code == 404


def test_a_stopped_call_closes_its_links(council, secretary, client):
    call = a_call(council, secretary)
    url = link_to(call.meeting, council.members[1])
    stop_call(call, by=secretary)

    assert client.get(url).status_code == 404
    assert call.meeting.state is MeetingState.AGENDA_FIXED
