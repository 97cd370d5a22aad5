"""Who changed what: of a case, a meeting and a person, in words, a page at a time, for those it concerns."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agendas
from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases import commands as cases
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.council import commands as people
from meetingapp.council import history
from meetingapp.council.models import Person
from tests.agendas.support import a_secret_case, an_agenda
from tests.factories import TestCouncil, a_case, a_council
from tests.minutes.sitting import opened

CODE = Path(__file__).parents[2] / "meetingapp"
SignIn = Callable[[Person], Any]


def test_every_act_that_is_written_down_has_words() -> None:
    code = "\n".join(path.read_text() for path in CODE.rglob("*.py"))
    acts = set(re.findall(r'audit\.(?:record|append)\(\s*(?:connection,\s*)?"([a-z_.]+)"', code))
    named_elsewhere = len(re.findall(r"audit\.(?:record|append)\(", code)) - len(
        re.findall(r'audit\.(?:record|append)\(\s*(?:connection,\s*)?"', code)
    )

    assert len(acts) > 60
    assert named_elsewhere == 0, "An act's name stands in the call that writes it down, so that its words can be looked for."
    assert acts - set(history.ACTS) == set(), "Give these words in meetingapp/council/history.py."
    assert set(history.ACTS) - acts == set(), "Nobody does these any more."


def test_a_meeting_tells_who_did_what_and_when_and_no_more(council: TestCouncil, secretary: Actor, signed_in: SignIn) -> None:
    meeting = an_agenda(council, a_secret_case(council), "A")
    agendas.fix_agenda(meeting, by=secretary)
    db.session.commit()
    text = signed_in(council.chair).see(f"/kontor/moter/{meeting.id}/historikk").text

    assert "Sara Sekretær fastsatte sakslisten: RR 01/26, RR 02/26 23.11.2026 kl. 08.00" in text
    assert "Systemet satte 2 saker på sakslisten" in text
    assert "Ansettelse" not in text


def test_a_meeting_gathers_calls_answers_and_minutes(council: TestCouncil, signed_in: SignIn) -> None:
    sitting = opened(council)
    sitting.vote()
    text = signed_in(council.secretary).see(f"{sitting.base.removesuffix('/motebok')}/historikk").text

    assert text.index("førte inn en votering") < text.index("åpnet møtet") < text.index("svarte på en innkalling") < text.index("kalte inn")


def test_a_long_history_comes_in_pages_that_miss_and_repeat_nothing(council: TestCouncil, secretary: Actor, signed_in: SignIn) -> None:
    meeting = an_agenda(council, "A")
    for minutes in range(history.PAGE * 2):
        agendas.edit_item(agenda_queries.items_of(meeting)[2], minutes=minutes % 60, by=secretary)
    db.session.commit()
    browser, address, counts = signed_in(council.secretary), f"/kontor/moter/{meeting.id}/historikk", []
    while address:
        page = browser.see(address)
        counts.append(page.text.count("endret et punkt"))
        address = next((f"/kontor/moter/{meeting.id}/historikk{href}" for href, text in page.links if text == "Eldre"), "")
        agendas.edit_item(agenda_queries.items_of(meeting)[2], minutes=5, by=secretary)  # what comes meanwhile moves nothing
        db.session.commit()

    assert counts == [history.PAGE, history.PAGE, 0]


def test_a_case_tells_whose_access_was_given_and_taken(council: TestCouncil, secretary: Actor, signed_in: SignIn) -> None:
    case = a_case(council.council)
    cases.grant_access(case, council.chair, why="Kalt")
    cases.bar_access(case, council.chair, by=secretary)
    db.session.commit()
    page = signed_in(council.secretary).see(f"/kontor/saker/{case.id}/historikk")

    assert "Sara Sekretær tok fra Mona Møteleder innsynet i de lukkede papirene" in page.text
    assert "Systemet ga Mona Møteleder innsyn i de lukkede papirene" in page.text


def test_each_sees_their_own_and_others_do_not(council: TestCouncil, secretary: Actor, signed_in: SignIn) -> None:
    person = council.members[1]
    facts = {"name": person.name, "organisation": person.organisation, "email": "truls.ny@prove.example"}
    people.edit_person(person, by=secretary, **facts)
    cases.propose(council.council, title="Heltid", text="Tekst", person=person, organisation=None, by=Actor(person))
    db.session.commit()
    own = signed_in(person)
    page = own.see("/min-side")
    address = next(href for href, text in page.links if "Hva som er skrevet ned om deg" in text)
    text = own.see(address).text

    assert "Truls Tvil foreslo saken" in text
    assert "Sara Sekretær endret opplysningene om personen" in text
    assert signed_in(council.secretary).get(address).status_code == 200
    assert signed_in(council.chair).get(address).status_code == 403
    assert signed_in(a_council("Naboregionen IPR").secretary).get(address).status_code == 404


def test_an_act_without_words_is_told_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert "ny.handling" in history.words_of(AuditEntry(action="ny.handling", details={}), {})
