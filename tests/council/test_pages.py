"""The pages of people and bodies: who sees them, and what bad input gives."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from meetingapp.agendas import commands as agenda_commands
from meetingapp.core.database import db
from meetingapp.council import queries
from meetingapp.council.models import LegalBasis, Organisation, Person, Seat, SeatRole, Setting
from tests.factories import a_case, a_council, a_legal_basis, a_meeting, a_person

TODAY = date(2026, 11, 23)


@pytest.fixture
def office(council, signed_in):
    """The secretary's browser."""
    return signed_in(council.secretary)


def pages_of(council):
    person, organisation, body, seat = council.chair.id, council.chair.organisation_id, council.body.id, council.seats[0].id
    basis = a_legal_basis().id
    read = [
        "/kontor/folk",
        f"/kontor/folk/personer/{person}",
        f"/kontor/folk/virksomheter/{organisation}",
        f"/kontor/folk/utvalg/{body}",
        "/kontor/mer",
        "/kontor/mer/radet",
        "/kontor/mer/hjemler",
    ]
    edit = [
        "/kontor/folk/personer/ny",
        f"/kontor/folk/personer/{person}/rediger",
        "/kontor/folk/virksomheter/ny",
        f"/kontor/folk/virksomheter/{organisation}/rediger",
        f"/kontor/folk/virksomheter/{organisation}/rolle",
        "/kontor/folk/utvalg/ny",
        f"/kontor/folk/utvalg/{body}/rediger",
        f"/kontor/folk/utvalg/{body}/verv/ny",
        f"/kontor/folk/utvalg/{body}/innstillinger/ny",
        f"/kontor/folk/verv/{seat}/avslutt",
        "/kontor/mer/radet/rediger",
        "/kontor/mer/hjemler/ny",
        f"/kontor/mer/hjemler/{basis}",
    ]
    return read, edit


def test_members_read_and_only_the_secretary_edits(council, signed_in, office):
    read, edit = pages_of(council)
    member = signed_in(council.members[1])

    assert {url: member.get(url).status_code for url in read} == dict.fromkeys(read, 200)
    assert {url: member.get(url).status_code for url in edit} == dict.fromkeys(edit, 403)
    assert {url: office.get(url).status_code for url in read + edit} == dict.fromkeys(read + edit, 200)


def test_a_stranger_is_asked_to_sign_in(council, client):
    read, edit = pages_of(council)

    assert {url: client.get(url).status_code for url in read + edit} == dict.fromkeys(read + edit, 303)


def test_another_councils_people_and_bodies_do_not_exist_here(council, signed_in):
    other = signed_in(a_council("Naboregionen IPR").secretary)
    read, edit = pages_of(council)
    hidden = [url for url in read + edit if "utvalg/" in url or "personer/" in url or "virksomheter/" in url or "verv/" in url]
    hidden = [url for url in hidden if not url.endswith(("personer/ny", "virksomheter/ny", "utvalg/ny"))]

    assert {url: other.get(url).status_code for url in hidden} == dict.fromkeys(hidden, 404)


def test_nobody_meets_an_error_page_for_words_instead_of_numbers(office):
    for url in (
        "/kontor/folk/personer/0",
        "/kontor/folk/utvalg/99999999999999",
        "/kontor/folk/virksomheter/99999999",
        "/kontor/folk/verv/99999/avslutt",
    ):
        assert office.get(url).status_code == 404
    for place in ("-1", "99999999999999999", "x&sok=%00%25_", "999999"):
        assert office.get(f"/kontor/folk?etter={place}").status_code == 200


def test_the_secretary_enters_a_person_once_though_the_form_is_sent_twice(council, office):
    url = "/kontor/folk/personer/ny"
    page = office.get(url).get_data(as_text=True)
    from tests.forms import form_data

    fields = {"name": "Kari Ny", "email": "Kari.Ny@prove.example", "organisation": council.partner.id}
    _action, data = form_data(page, form=0, button=None, fields=fields)
    first, second = office.post(url, data=data), office.post(url, data=data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert db.session.scalar(select(func.count()).where(Person.email == "kari.ny@prove.example")) == 1
    assert "Kari Ny" in office.see(first.headers["Location"]).text


def test_a_taken_address_is_told_beside_the_field_and_what_was_typed_is_kept(council, office):
    response = office.submit(
        "/kontor/folk/personer/ny", name="Kari Ny", email=council.chair.email.upper(), organisation=council.partner.id, title="rådgiver"
    )
    html = response.get_data(as_text=True)

    assert response.status_code == 422
    assert 'id="email-error"' in html
    assert "Mona Møteleder" in html
    assert 'value="rådgiver"' in html


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("name", "  "),
        ("name", "x" * 201),
        ("name", "Kari\nBcc: x@y.no"),
        ("email", "ikke en adresse"),
        ("email", ""),
        ("phone", "ring meg"),
        ("organisation", ""),
        ("organisation", "99999"),
        ("organisation", "x'; drop table person"),
        ("language", "tlh"),
    ],
)
def test_bad_input_is_told_beside_its_field(council, office, field, bad):
    fields = {"name": "Kari Ny", "email": "kari.ny@prove.example", "organisation": council.partner.id} | {field: bad}
    response = office.submit("/kontor/folk/personer/ny", **fields)

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.get_data(as_text=True)


def test_an_organisation_of_another_council_is_refused(council, office):
    foreign = a_council("Naboregionen IPR").partner
    response = office.submit("/kontor/folk/personer/ny", name="Kari Ny", email="k@prove.example", organisation=foreign.id)

    assert response.status_code == 422


@pytest.mark.parametrize("day", ["31.02.2026", "i går", "1.1.1066", "01.01.9999", "   "])
def test_a_day_that_is_none_is_told_beside_its_field(council, office, day):
    response = office.submit(f"/kontor/folk/utvalg/{council.body.id}/innstillinger/ny", key="notice_days", value="10", valid_from=day)

    assert response.status_code == 422
    assert 'id="valid_from-error"' in response.get_data(as_text=True)


def test_the_secretary_gives_a_seat_and_ends_it(council, office):
    person = a_person("Vera Vara", council.members[1].organisation)
    url = f"/kontor/folk/utvalg/{council.body.id}"
    given = office.submit(
        f"{url}/verv/ny",
        person=person.id,
        role="deputy",
        rank=2,
        deputy_for=[council.seats[0].id, council.seats[1].id],
        valid_from="1.12.2026",
    )
    seat = db.session.scalar(select(Seat).where(Seat.person_id == person.id))
    ended = office.submit(f"/kontor/folk/verv/{seat.id}/avslutt", last_day="31.12.2026", because="flyttet fra kommunen")

    assert (given.status_code, ended.status_code) == (303, 303)
    assert len(seat.deputy_for) == 2
    assert (seat.valid_to, seat.ended_because) == (date(2026, 12, 31), "flyttet fra kommunen")
    assert "Vera Vara" in office.see(f"{url}?dato=15.12.2026").text
    assert "Vera Vara" not in office.see(f"{url}?dato=15.1.2027").text


def test_a_broken_rule_of_seats_is_told_beside_its_field(council, office):
    person = a_person("Vera Vara", council.members[1].organisation)
    response = office.submit(f"/kontor/folk/utvalg/{council.body.id}/verv/ny", person=person.id, role="deputy", valid_from="1.12.2026")

    assert response.status_code == 422
    assert 'id="rank-error"' in response.get_data(as_text=True)


@pytest.mark.shows("L4")
def test_who_sat_then_is_asked_by_a_date_and_a_bad_one_is_told(council, office):
    response = office.get(f"/kontor/folk/utvalg/{council.body.id}?dato=i+fjor")

    assert response.status_code == 422
    assert 'id="dato-error"' in response.get_data(as_text=True)
    assert "Mona Møteleder" not in office.see(f"/kontor/folk/utvalg/{council.body.id}?dato=31.12.2023").text


@pytest.mark.shows("L3")
def test_a_missing_deputy_is_warned_of_on_the_page(council, office):
    for seat in queries.seats_on(council.body, TODAY, SeatRole.DEPUTY)[:1]:
        seat.valid_to = date(2026, 8, 31)
    db.session.commit()

    assert "§ 18-3" in office.see(f"/kontor/folk/utvalg/{council.body.id}").text
    assert "§ 18-3" not in office.see(f"/kontor/folk/utvalg/{council.body.id}?dato=31.8.2026").text
    register = office.see("/kontor/folk").text
    assert f"{council.members[0].organisation.short_name} har færre vara" in register
    assert register.count("§ 18-3") == 1


@pytest.mark.shows("L5")
def test_a_body_stands_under_the_one_that_made_it_with_a_way_to_the_decision(council, office):
    meeting, case = a_meeting(council), a_case(council.council, "Arbeidsutvalg")
    agenda_commands.add_cases(meeting, [case], by=None)
    (number,) = agenda_commands.fix_agenda(meeting, by=None)
    facts = {"name": "Arbeidsutvalget", "series": "AU", "valid_from": "01.01.2027", "parent": str(council.body.id)}
    made = office.submit("/kontor/folk/utvalg/ny", kind="working_committee", created_by=number.text, **facts).location
    page = office.get(made).get_data(as_text=True)

    assert "Regionrådet" in office.see(made).text
    assert f'href="/kontor/saker/nummer?nr={number.text.replace(" ", "+").replace("/", "%2F")}"' in page.replace("%20", "+")
    assert office.get("/kontor/saker/nummer", query_string={"nr": number.text}).location == f"/kontor/saker/{case.id}"
    assert office.get("/kontor/saker/nummer", query_string={"nr": "RR 99/26"}).location == "/kontor/saker"


def test_the_secretary_sets_a_value_with_its_source(council, office):
    url = f"/kontor/folk/utvalg/{council.body.id}"
    office.submit(f"{url}/innstillinger/ny", key="formal_items_numbered", value="ja", valid_from="1.1.2027", source="RR 29/26")

    setting = db.session.scalar(select(Setting))
    assert (setting.value, setting.body_id) == ("yes", council.body.id)
    assert "RR 29/26" in office.see(url).text


def test_the_secretary_makes_and_edits_a_body(council, office):
    made = office.submit(
        "/kontor/folk/utvalg/ny", name="Arbeidsutvalget", kind="working_committee", parent=council.body.id, series="AU", voting_seats=4
    )
    edited = office.submit(made.headers["Location"] + "/rediger", name="Styret")

    assert (made.status_code, edited.status_code) == (303, 303)
    assert "Styret" in office.see("/kontor/folk").text


def test_the_secretary_makes_and_edits_an_organisation(council, office):
    made = office.submit("/kontor/folk/virksomheter/ny", name="NHO Prøve", kind="social_partner", is_participant="no")
    edited = office.submit(made.headers["Location"] + "/rediger", short_name="NHO")
    role = office.submit(made.headers["Location"] + "/rolle", is_participant="yes", since="1.1.2027")

    assert (made.status_code, edited.status_code, role.status_code) == (303, 303, 303)
    organisation = db.session.scalar(select(Organisation).where(Organisation.name == "NHO Prøve"))
    known = queries.affiliations_of_organisation(council.council.id, organisation.id)
    assert [(one.is_participant, one.valid_to) for one in known] == [(True, None), (False, date(2026, 12, 31))]


@pytest.mark.shows("L1")
def test_a_council_keeps_the_name_that_the_law_asks_for(council, office):
    response = office.submit("/kontor/mer/radet/rediger", name="Prøveregionen")

    assert response.status_code == 422
    assert 'id="name-error"' in response.get_data(as_text=True)
    assert office.submit("/kontor/mer/radet/rediger", name="Prøveregionen IPR", short_name="Prøve").status_code == 303


def test_the_secretary_lists_a_provision_and_takes_it_out_of_force(council, office):
    office.submit("/kontor/mer/hjemler/ny", use="close", label="kommuneloven § 11-5", is_duty="y")
    basis = db.session.scalar(select(LegalBasis))
    office.submit(f"/kontor/mer/hjemler/{basis.id}", valid_to="31.12.2026")

    assert (basis.is_duty, basis.valid_to) == (True, date(2026, 12, 31))


def test_searching_finds_people_on_the_page(council, office):
    assert "Truls Tvil" in office.see("/kontor/folk?sok=tvil").text
    assert "Fant ingen" in office.see("/kontor/folk?sok=finnesikke").text
