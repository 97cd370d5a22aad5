"""Who opened closed papers is written down, or they stay closed; and whoever loses the right loses it at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands, queries
from meetingapp.cases.models import Case, CaseState, Exemption, Part
from meetingapp.core import audit, clock, policy
from meetingapp.core.audit.verify import verify
from meetingapp.core.database import db, short_write
from meetingapp.council import commands as council_commands
from meetingapp.council.models import BasisUse, Person
from meetingapp.invitations import commands as invitations
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply
from meetingapp.minutes import commands as minutes
from tests.cases.conftest import NEUTRAL_TITLE, an_attachment, an_exempt_case
from tests.factories import TestCouncil, a_legal_basis
from tests.minutes.sitting import called, opened, reply

CLOSED = "Det lukkede innholdet."


def _openings(case: Case) -> list[tuple[int | None, dict[str, Any]]]:
    """Who opened what, oldest first."""
    db.session.rollback()
    return [(entry.person_id, entry.details) for entry in reversed(audit.entries_of(case)) if entry.action == "case.open_closed"]


@pytest.fixture
def case(council: TestCouncil, secretary: Actor) -> Case:
    """A partly exempt case with a closed part and one attachment of each kind."""
    made = an_exempt_case(council, secretary)
    commands.save_paper(made, part=Part.CLOSED, text=CLOSED, seen_version=0, by=secretary)
    an_attachment(made, secretary, "Åpent")
    an_attachment(made, secretary, "Lukket", is_closed=True)
    made.state = CaseState.READY
    db.session.commit()
    return made


def _reads(person: Person, case: Case) -> bool:
    db.session.expire_all()
    return policy.allows(Actor(person), "case.read_closed", case)


def test_opening_the_closed_part_or_a_closed_attachment_is_written_down(council, secretary, case, signed_in) -> None:
    reader = council.members[1]
    commands.grant_access(case, reader, why="Kalt")
    db.session.commit()
    browser, open_one, closed_one = signed_in(reader), *case.attachments
    assert CLOSED in browser.see(f"/kontor/saker/{case.id}").text
    assert browser.get(f"/kontor/saker/{case.id}/vedlegg/{open_one.id}").status_code == 200
    assert browser.get(f"/kontor/saker/{case.id}/vedlegg/{closed_one.id}").status_code == 200

    assert _openings(case) == [(reader.id, {"part": "closed", "version": 1}), (reader.id, {"attachment": closed_one.id})]
    page = signed_in(council.secretary).see(f"/kontor/saker/{case.id}/historikk")
    assert "Truls Tvil åpnet det lukkede fremlegget, versjon 1" in page.text
    assert f"Truls Tvil åpnet et lukket vedlegg (nr. {closed_one.id})" in page.text
    assert verify().is_whole


def test_whoever_may_not_read_opens_nothing(council, case, signed_in) -> None:
    outside = signed_in(council.members[2])
    assert CLOSED not in outside.see(f"/kontor/saker/{case.id}").text
    assert outside.get(f"/kontor/saker/{case.id}/vedlegg/{case.attachments[1].id}").status_code == 404

    assert _openings(case) == []


def test_all_of_a_wholly_exempt_case_is_closed(council, secretary, signed_in) -> None:
    case = an_exempt_case(council, secretary, Exemption.WHOLLY)
    attachment = an_attachment(case, secretary)
    browser = signed_in(council.secretary)
    browser.see(f"/kontor/saker/{case.id}")
    browser.get(f"/kontor/saker/{case.id}/fremlegg")
    browser.get(f"/kontor/saker/{case.id}/vedlegg/{attachment.id}")

    assert [details for _who, details in _openings(case)] == [
        {"part": "open", "version": 1},
        {"part": "open", "version": 1},
        {"attachment": attachment.id},
    ]


def test_what_cannot_be_written_down_is_not_shown_and_the_rest_is(council, case, signed_in) -> None:
    """The log's own table is out of reach, as on a disk that is full."""
    browser, (open_one, closed_one) = signed_in(council.secretary), case.attachments
    with short_write() as connection:
        connection.execute(text("ALTER TABLE audit_head RENAME TO audit_head_away"))
    page = browser.see(f"/kontor/saker/{case.id}")
    download = browser.get(f"/kontor/saker/{case.id}/vedlegg/{closed_one.id}")
    editor = browser.get(f"/kontor/saker/{case.id}/fremlegg/lukket")

    assert CLOSED not in page.text
    assert "Bakgrunn for saken." in page.text
    assert "De lukkede papirene vises ikke nå" in page.text
    assert (download.status_code, editor.status_code) == (503, 503)
    assert CLOSED not in editor.get_data(as_text=True)
    assert browser.get(f"/kontor/saker/{case.id}/vedlegg/{open_one.id}").status_code == 200
    with short_write() as connection:
        connection.execute(text("ALTER TABLE audit_head_away RENAME TO audit_head"))
    assert CLOSED in browser.see(f"/kontor/saker/{case.id}").text
    assert len(_openings(case)) == 1


def test_with_the_seat_the_access_ends_at_once(council: TestCouncil, secretary: Actor, case: Case) -> None:
    reader, seat = council.members[1], council.seats[1]
    commands.grant_access(case, reader, why="Kalt")
    db.session.commit()
    assert _reads(reader, case)
    council_commands.end_seat(seat, last_day=clock.today() - timedelta(days=1), because="Flyttet", by=secretary)
    db.session.commit()

    assert not _reads(reader, case)
    assert queries.shown_titles(Actor(reader), [case])[case.id] == NEUTRAL_TITLE


def test_a_called_deputy_reads_what_the_member_would_have_read(council: TestCouncil, secretary: Actor, case: Case) -> None:
    sitting = called(council, cases=[case])
    reply(sitting, council.members[1], Reply.DECLINED, "illness")
    declined = invitation_queries.invitation_of(sitting.meeting, council.members[1])
    assert declined is not None
    deputy = council.deputies[1]
    assert not _reads(deputy, case)
    seat = next(seat for seat in council.body.seats if seat.person_id == deputy.id)
    invitations.call_deputy(declined, seat, by=secretary)
    reply(sitting, deputy, Reply.ACCEPTED)
    assert _reads(deputy, case)
    assert not _reads(council.deputies[2], case)
    reply(sitting, deputy, Reply.DECLINED, "illness")

    assert not _reads(deputy, case)


def test_who_is_disqualified_is_shut_out_at_once_and_by_the_next_call_too(council: TestCouncil, secretary: Actor, case: Case) -> None:
    sitting, reader = opened(council, cases=[case]), council.members[1]
    assert _reads(reader, case)
    minutes.recuse(sitting.done[0], reader, basis=a_legal_basis(BasisUse.RECUSE, "fvl. § 6"), by=secretary)
    db.session.commit()
    assert not _reads(reader, case)
    case.state = CaseState.READY
    db.session.commit()
    called(council, cases=[case], days=60)

    assert not _reads(reader, case)
    assert _reads(council.members[2], case)


def test_who_was_found_fit_keeps_the_access(council: TestCouncil, secretary: Actor, case: Case) -> None:
    sitting, reader = opened(council, cases=[case]), council.members[1]
    basis = a_legal_basis(BasisUse.RECUSE, "fvl. § 6")
    minutes.recuse(sitting.done[0], reader, basis=basis, is_disqualified=False, by=secretary)
    db.session.commit()

    assert _reads(reader, case)
