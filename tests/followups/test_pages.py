"""The pages of follow-up: what they show, to whom, and what bad input gives."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from meetingapp.accounts import links
from meetingapp.cases.models import Exemption
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.followups.models import Action, ActionOwner, ActionState, ActionUpdate, CommitmentStatus
from tests.factories import (
    a_case,
    a_commitment,
    a_council,
    a_decision,
    a_legal_basis,
    a_meeting,
    a_person,
    an_action,
    an_agreement,
)
from tests.forms import form_data

LATE = date(2026, 9, 30)


@pytest.fixture
def office(council, signed_in):
    """The secretary's browser."""
    return signed_in(council.secretary)


def test_the_list_says_how_late(council, office):
    an_action(council, council.chair, "Melde inn to tomter", due=LATE)

    page = office.see("/kontor/oppfolging").text

    assert "Melde inn to tomter" in page
    assert "54 dager over" in page


def test_the_list_is_narrowed_by_state_and_owner(council, office):
    an_action(council, council.chair, "Sen sak", due=LATE)
    an_action(council, council.members[1], "God tid")
    an_action(council, council.members[1], "Gjort", owners=[ActionOwner(person=council.members[1], state=ActionState.DONE)])

    def seen(query):
        page = office.see(f"/kontor/oppfolging?{query}").html
        return {title for title in ("Sen sak", "God tid", "Gjort") if title in page}

    assert seen("") == {"Sen sak", "God tid"}
    assert seen("vis=late") == {"Sen sak"}
    assert seen("vis=all") == {"Sen sak", "God tid", "Gjort"}
    assert seen(f"vis=all&eier=p{council.members[1].id}") == {"God tid", "Gjort"}
    assert seen("vis=mine") == set()
    assert seen("vis=tull&eier=x99999999999999") == {"Sen sak", "God tid"}


def test_an_action_is_written_down_in_one_step_from_a_decision(council, office):
    decision = a_decision(a_meeting(council), a_case(council.council, "Budsjett 2027"))
    url = f"/kontor/oppfolging/ny?item={decision.item_id}"
    page = office.see(url)
    owners = [f"o{council.chair.organisation_id}", f"p{council.members[1].id}"]
    response = office.submit(url, owners=owners, due="18.12.2026")
    action = db.session.scalar(select(Action))

    assert "Forslaget vedtas." in page.text
    assert 'value="Budsjett 2027"' in page.html
    assert response.status_code == 303
    assert (action.title, action.deliberation_id, action.case_id, action.due) == (
        "Budsjett 2027",
        decision.id,
        decision.item.case_id,
        date(2026, 12, 18),
    )
    assert len(action.owners) == 2
    assert "Budsjett 2027" in office.see(response.headers["Location"]).text


def test_sent_twice_is_written_once(council, office):
    url = "/kontor/oppfolging/ny"
    _action, data = form_data(
        office.get(url).get_data(as_text=True), form=0, button=None, fields={"title": "Ring NAV", "owners": f"p{council.chair.id}"}
    )

    assert [office.post(url, data=data).status_code for _ in range(2)] == [303, 303]
    assert db.session.scalar(select(func.count(Action.id))) == 1


def test_another_councils_decision_case_or_commitment_is_not_found(council, office):
    other = a_council("Nabo IPR")
    decision = a_decision(a_meeting(other), a_case(other.council))
    commitment = a_commitment(an_agreement(other), owed_by=[other.chair.organisation], owed_to=[other.members[4].organisation])

    for query in (f"item={decision.item_id}", f"sak={decision.item.case_id}", f"punkt={commitment.id}", "item=999999", "sak=1e9"):
        expected = 200 if query == "sak=1e9" else 404
        assert office.get(f"/kontor/oppfolging/ny?{query}").status_code == expected


@pytest.mark.parametrize(
    ("field", "bad"),
    [("title", "  "), ("title", "x" * 301), ("owners", None), ("owners", "p99999"), ("owners", "tull"), ("due", "når som helst")],
)
def test_a_bad_action_is_told_beside_its_field(council, office, field, bad):
    fields = {"title": "Ring NAV", "owners": f"p{council.chair.id}"} | {field: bad}
    response = office.submit("/kontor/oppfolging/ny", **fields)

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.get_data(as_text=True)


def test_a_member_reports_on_the_municipalitys_part_and_on_no_other(council, signed_in):
    owners = [ActionOwner(organisation=council.members[n].organisation) for n in (0, 2)]
    action = an_action(council, council.chair, owners=owners)
    member = signed_in(council.members[1])
    url = f"/kontor/oppfolging/{action.id}"
    html = member.get(url).get_data(as_text=True)
    _action, data = form_data(html, form=0, button=None, fields={"state": "done", "text": "Meldt inn 14. september"})

    assert council.members[2].organisation.short_name not in html.split("<form", 2)[-1].split("</form>")[0]
    assert member.post(url, data=data | {"owner": str(action.owners[1].id)}).status_code == 422
    assert member.submit(url, state="done", text="Meldt inn 14. september").status_code == 303
    assert [part.state for part in action.owners] == [ActionState.DONE, ActionState.OPEN]
    assert "Meldt inn 14. september" in member.see(url).text


def test_one_who_owns_nothing_may_read_but_not_report(council, signed_in):
    action = an_action(council, council.chair)
    member = signed_in(council.members[4])
    page = member.get(f"/kontor/oppfolging/{action.id}")

    assert page.status_code == 200
    assert "csrf_token" in member.get("/logg-inn/konto").get_data(as_text=True)
    _a, data = form_data(member.get("/logg-inn/konto").get_data(as_text=True), form=0, button=None, fields={})
    assert member.post(f"/kontor/oppfolging/{action.id}", data=data | {"state": "done"}).status_code == 403
    assert [member.get(f"/kontor/oppfolging/{action.id}/{verb}").status_code for verb in ("rediger", "be-om-status")] == [403, 403]


def test_another_council_cannot_tell_that_an_action_exists(council, signed_in):
    action = an_action(council, council.chair)
    outsider = signed_in(a_council("Nabo IPR").secretary)

    urls = [f"/kontor/oppfolging/{action.id}{rest}" for rest in ("", "/rediger", "/be-om-status")]
    assert [outsider.get(url).status_code for url in urls] == [404] * 3


def test_a_report_that_says_too_little_keeps_what_was_typed(council, office):
    action = an_action(council, council.chair)
    response = office.submit(f"/kontor/oppfolging/{action.id}", state="waiting", new_due="1.12.2026")
    html = response.get_data(as_text=True)

    assert response.status_code == 422
    assert 'id="text-error"' in html
    assert 'value="1.12.2026"' in html


def test_a_stale_edit_gets_a_conflict_and_loses_nothing(council, office):
    action = an_action(council, council.chair)
    url = f"/kontor/oppfolging/{action.id}/rediger"
    _a, old = form_data(office.get(url).get_data(as_text=True), form=0, button=None, fields={"title": "Min utgave"})
    office.submit(url, title="Deres utgave")
    response = office.post(url, data=old)

    assert response.status_code == 409
    assert action.title == "Deres utgave"


def test_an_owner_reports_by_link_and_sees_nothing_else(council, office, client, letters):
    contact = a_person("Berit Prøvestuen", council.partner)
    action = an_action(council, contact, "Levere delrapport")
    an_action(council, council.chair, "Intern sak")
    office.submit(f"/kontor/oppfolging/{action.id}/be-om-status")
    letter = letters()[-1]
    body = letter.get_body(("plain",)).get_content()
    path = re.search(r"http://localhost(/g/\S+/oppfolging)", body)[1]
    page = client.see(path)
    sent = client.submit(path, state="done", text="Levert i dag")
    thanks = client.see(sent.headers["Location"])

    assert letter["To"].endswith(f"<{contact.email}>")
    assert "Levere delrapport" in letter["Subject"]
    assert "Intern sak" not in page.text
    assert not [href for href, _ in page.links if href.startswith("/kontor")]
    assert sent.status_code == 303
    assert not [form for form in thanks.forms if form.method == "post"]
    assert action.state is ActionState.DONE
    assert db.session.scalar(select(ActionUpdate)).by is contact
    assert client.get("/kontor/oppfolging").status_code == 303


def test_a_letter_about_an_exempt_case_says_only_its_public_title(council, office, letters):
    case = a_case(
        council.council,
        "Støtte til Blåkløverveien",
        public_title="Søknad om tilskudd",
        exemption=Exemption.WHOLLY,
        legal_basis_id=a_legal_basis().id,
    )
    action = an_action(council, council.chair, "Brev til Blåkløverveien", case=case, is_public=False)
    office.submit(f"/kontor/oppfolging/{action.id}/be-om-status")
    letter = letters()[-1]

    assert "Søknad om tilskudd" in letter["Subject"]
    assert "Blåkløver" not in letter.as_string() + letter.get_body(("plain",)).get_content() + letter.get_body(("html",)).get_content()


def test_a_link_that_is_revoked_run_out_or_anothers_opens_nothing(council, client):
    action = an_action(council, council.chair)
    other = an_action(council, council.members[1])

    def path(person, subject, days=1):
        expires = clock.true_now() + timedelta(days=days)
        made = links.make_link(links.LinkPurpose.ACTION, person, expires_at=expires, council=council.council, subject_id=subject.id)
        return links.path_of(made) + "/oppfolging", made

    good, link = path(council.chair, action)
    assert client.get(good).status_code == 200
    assert client.get(path(council.chair, other)[0]).status_code == 404
    assert client.get(path(council.chair, action, days=-1)[0]).status_code == 404
    link.revoked_at = clock.true_now()
    assert client.get(good).status_code == 404
    assert client.get("/g/tull/oppfolging").status_code == 404


def test_who_owes_whom_is_shown_with_the_newest_status(council, office):
    county, municipality = council.members[4].organisation, council.chair.organisation
    agreement = an_agreement(council)
    commitment = a_commitment(agreement, owed_by=[county], owed_to=[municipality])
    office.submit(f"/kontor/avtaler/punkt/{commitment.id}", state="at_risk", evidence="RR 17/26: 3 av 5 planer")
    page = office.see(f"/kontor/avtaler/{agreement.id}").text

    assert "Fylkeskommunen skylder" in page
    assert "Kommunene skylder" not in page
    assert "I fare" in page
    assert "3 av 5 planer" in office.see(f"/kontor/avtaler/punkt/{commitment.id}").text


def test_a_status_without_evidence_is_refused_and_members_set_none(council, office, signed_in):
    county, municipality = council.members[4].organisation, council.chair.organisation
    commitment = a_commitment(an_agreement(council), owed_by=[county], owed_to=[municipality])
    url = f"/kontor/avtaler/punkt/{commitment.id}"
    response = office.submit(url, state="fulfilled", evidence="")
    member = signed_in(council.chair)
    _a, data = form_data(member.get("/logg-inn/konto").get_data(as_text=True), form=0, button=None, fields={})

    assert response.status_code == 422
    assert 'id="evidence-error"' in response.get_data(as_text=True)
    assert member.post(url, data=data | {"state": "fulfilled", "evidence": "x"}).status_code == 403
    assert db.session.scalar(select(func.count(CommitmentStatus.id))) == 0


def test_the_trace_goes_from_promise_to_result(council, office):
    county, municipality = council.members[4].organisation, council.chair.organisation
    commitment = a_commitment(an_agreement(council), owed_by=[county], owed_to=[municipality])
    case = a_case(council.council, "Kommende fylkesplaner", commitment=commitment)
    decision = a_decision(a_meeting(council), case)
    action = an_action(council, county, "Oppdatere planoversikten", case=case, deliberation=decision, commitment=commitment)

    for url in (f"/kontor/avtaler/punkt/{commitment.id}", f"/kontor/oppfolging/{action.id}"):
        page = office.see(url).text
        order = [page.index(words) for words in ("Avtalepunkt 5.1", "Kommende fylkesplaner", "Oppdatere planoversikten")]
        assert all(place >= 0 for place in order)


def test_the_page_of_a_person_tells_seats_and_what_they_owe(council, office):
    an_action(council, council.chair, "Svare fylket", due=LATE)
    page = office.see(f"/kontor/folk/personer/{council.chair.id}").text

    assert "Mona Møteleder" in page
    assert "Regionrådet" in page
    assert "Svare fylket" in page
    assert "54 dager over" in page


def test_a_partner_gets_a_personal_link_that_is_shown_once_and_can_be_stopped(council, office, letters):
    url = f"/kontor/folk/personer/{council.partner_contact.id}"
    office.submit(url, form="/lenke")
    shown, again = office.see(url).text, office.see(url).text
    link = links.partner_link(council.partner_contact, council.council)
    address = links.address_of(link)
    letter = letters()[-1]

    assert address in shown
    assert address not in again
    assert address in letter.get_body(("plain",)).get_content()
    assert office.submit(url, form="/lenke/trekk").status_code == 303
    assert links.partner_link(council.partner_contact, council.council) is None


def test_a_new_partner_link_stops_the_old_one(council, office):
    url = f"/kontor/folk/personer/{council.partner_contact.id}"
    office.submit(url, form="/lenke")
    old = links.partner_link(council.partner_contact, council.council)
    office.submit(url, form="/lenke")

    assert old.revoked_at is not None
    assert links.partner_link(council.partner_contact, council.council) is not old


def test_members_have_no_partner_link_and_make_none(council, office, signed_in):
    assert "Personlig lenke" not in office.see(f"/kontor/folk/personer/{council.chair.id}").text
    member = signed_in(council.chair)
    _a, data = form_data(member.get("/logg-inn/konto").get_data(as_text=True), form=0, button=None, fields={})

    assert member.post(f"/kontor/folk/personer/{council.partner_contact.id}/lenke", data=data).status_code == 403


def test_a_meeting_shows_what_was_open_and_what_its_decisions_lead_to(council, office, signed_in):
    meeting = a_meeting(council)
    an_action(council, council.chair, "Fra forrige møte", due=LATE)
    decision = a_decision(meeting, a_case(council.council, "Budsjett 2027"))
    an_action(council, council.members[1], "Sende budsjettet", deliberation=decision, case=decision.item.case)
    url = f"/kontor/moter/{meeting.id}/oppfolging"
    page = office.see(url)

    assert page.text.index("Fra forrige møte") < page.text.index("Budsjett 2027") < page.text.index("Sende budsjettet")
    assert f"/kontor/oppfolging/ny?item={decision.item_id}" in [href for href, _ in page.links]
    assert "/kontor/oppfolging/ny" not in signed_in(council.members[1]).see(url).html
    assert signed_in(a_council("Nabo IPR").secretary).get(url).status_code == 404


def test_that_nobody_has_to_do_anything_is_said_with_its_reason(council, office):
    meeting = a_meeting(council)
    a_decision(meeting, a_case(council.council), no_action_reason="rettelsen er ført")

    assert "Ingen må gjøre noe: rettelsen er ført" in office.see(f"/kontor/moter/{meeting.id}/oppfolging").text
