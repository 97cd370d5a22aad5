"""One's own notes on a case."""

from __future__ import annotations

import pytest

from meetingapp.cases.models import CasePaper, CaseState, Exemption, Part
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.personal.commands import write_note
from meetingapp.personal.models import Note
from tests.factories import a_case, a_council
from tests.hostile import assert_refused, assert_survives
from tests.invitations.support import CANARY, an_exempt_case


@pytest.fixture
def case(council):
    return a_case(council.council)


def test_a_note_is_written_changed_and_taken_away(council, case, signed_in):
    browser = signed_in(council.members[1])
    url = f"/min-side/saker/{case.id}/notater"

    assert browser.submit(url, text="Spør om <b>tall</b>", quote="Bakgrunn").status_code == 303
    page = browser.see(url)
    assert "Spør om <b>tall</b>" in page.text
    assert "Ordene står i papiret slik det er nå" in page.text
    assert "Spør om" in browser.see("/min-side/notater").text
    note = db.session.query(Note).one()
    assert browser.submit(f"/min-side/notater/{note.id}", text="Spør om alt").status_code == 303
    assert "Spør om alt" in browser.see(url).text
    assert browser.submit(url, form=f"/notater/{note.id}/fjern").status_code == 303
    assert db.session.query(Note).count() == 0
    assert "Du har ingen notater ennå" in browser.see("/min-side/notater").text


def test_a_note_survives_a_new_version_and_says_when_its_words_are_gone(council, case, signed_in):
    write_note(case, council.members[1], text="Hvor kommer dette fra?", quote="  bakgrunn\n for saken ")
    write_note(case, council.members[1], text="Enig", quote="Forslaget vedtas")
    db.session.commit()
    new = {
        "text": "Bakgrunn for saken.",
        "html": "<p><b>Bakgrunn</b> for saken.</p>",
        "recommendation": "Nei.",
        "recommendation_html": "<p>Nei.</p>",
    }
    db.session.add(CasePaper(case=case, part=Part.OPEN, version=2, saved_at=clock.now(), **new))
    db.session.commit()

    text = signed_in(council.members[1]).see(f"/min-side/saker/{case.id}/notater").text
    assert text.count("Ordene står i papiret slik det er nå") == 1
    assert text.count("Ordene står ikke lenger i papiret") == 1
    assert "ved versjon 1 av papiret" in text


@pytest.mark.shows("promise-13")
def test_nobody_else_reads_changes_or_takes_away_a_note(council, case, signed_in, client):
    note = write_note(case, council.members[1], text="Hemmelig tanke")
    db.session.commit()
    urls = (
        f"/min-side/notater/{note.id}",
        f"/min-side/saker/{case.id}/notater",
        "/min-side/notater",
        f"/kontor/saker/{case.id}",
        "/kontor/sok?q=tanke",
    )

    for person in (council.secretary, council.chair, a_council("Annenregionen IPR").secretary):
        browser = signed_in(person)
        assert browser.get(urls[0]).status_code == 404
        own = f"/min-side/notater/{note.id}/fjern"
        assert browser.post(own, data={}).status_code in (400, 404)
        assert all("Hemmelig tanke" not in browser.get(url).get_data(as_text=True) for url in urls)
    assert client.get(urls[0]).status_code == 303
    assert db.session.query(Note).count() == 1


def test_no_word_of_a_note_goes_into_the_log_the_search_or_the_case(council, case, signed_in):
    before = db.session.query(audit.AuditEntry).count()
    signed_in(council.members[1]).submit(f"/min-side/saker/{case.id}/notater", text="Kanarinotat")

    assert db.session.query(audit.AuditEntry).count() == before
    for table in ("search_open", "search_closed", "audit_entry", "outbox_task", "letter"):
        assert "Kanarinotat" not in str(db.session.execute(db.text(f'SELECT * FROM "{table}"')).all())


def test_a_case_one_may_not_see_takes_no_note(council, signed_in):
    proposed = a_case(council.council, state=CaseState.PROPOSED)
    wholly = an_exempt_case(council, Exemption.WHOLLY)
    browser = signed_in(council.members[2])

    assert browser.get(f"/min-side/saker/{proposed.id}/notater").status_code == 404
    text = browser.see(f"/min-side/saker/{wholly.id}/notater").text
    assert "Personalsak" in text
    assert "Tilsetting" not in text


def test_a_note_does_not_tell_what_stands_in_a_closed_part(council, signed_in):
    case = an_exempt_case(council)
    for person in (council.members[2], council.secretary):
        write_note(case, person, text="Står det der?", quote=CANARY)
    db.session.commit()
    url = f"/min-side/saker/{case.id}/notater"

    assert "Ordene står ikke lenger i papiret" in signed_in(council.members[2]).see(url).text
    assert "Ordene står i papiret slik det er nå" in signed_in(council.secretary).see(url).text


def test_bad_input_is_refused_with_a_word(council, case, signed_in):
    browser = signed_in(council.members[1])
    url = f"/min-side/saker/{case.id}/notater"

    assert_refused(browser, url, {"text": " "}, "text")
    assert_refused(browser, url, {"text": "x" * 4_001}, "text")
    assert_refused(browser, url, {"text": "x", "quote": "x" * 501}, "quote")
    for field in ("text", "quote"):
        assert_survives(browser, url, field, {"text": "Et notat"}, form="/saker/")
