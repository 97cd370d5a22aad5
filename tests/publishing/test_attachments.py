"""Attachments that are chosen for the net are public with their case; nothing else is, and what the gate cannot read holds the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import Client
from werkzeug.wrappers import Response

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Attachment, CaseState, Exemption
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.core.forms import RuleBroken
from meetingapp.core.pdf.compiler import text_pdf
from meetingapp.portal.app import Portal
from meetingapp.publishing import commands, queries
from meetingapp.publishing.models import PublicationState, SnapshotKind
from tests.cases.conftest import an_attachment, upload
from tests.factories import TestCouncil, a_case, a_legal_basis
from tests.minutes.sitting import Sitting, opened

Work = Callable[[], int]


def a_pdf(text: str) -> bytes:
    """A PDF of the house with one paragraph."""
    body = [{"t": "p", "c": [text]}]
    words: dict[str, Any] = {"title": "Uttalelse", "short": "", "lang": "nb", "author": "Rådet", "facts": [], "words": {"page": "side"}}
    return text_pdf({**words, "body": body}, datetime(2026, 11, 23, tzinfo=UTC))  # type: ignore[typeddict-item]


@pytest.fixture
def sitting(council: TestCouncil) -> Sitting:
    """A meeting that has decided one case, with locked minutes."""
    made = opened(council, "Flere fagarbeidere")
    made.locked()
    return made


def _attach(sitting: Sitting, data: bytes, *, on_web: bool | None, title: str = "Uttalelsen") -> Attachment:
    file = store.register(store.keep_bytes(data), media_type="application/pdf", size=len(data))
    case = sitting.items[0].case
    assert case is not None
    made = case_commands.attach(case, file, title=title, file_name="uttalelsen.pdf", is_closed=False, on_web=on_web, by=sitting.by)
    db.session.commit()
    return made


def _publish(sitting: Sitting, work: Work) -> Any:
    case = sitting.items[0].case
    assert case is not None
    commands.publish_case(case, by=sitting.by)
    work()
    return queries.last_of(SnapshotKind.CASE, case.id)


def test_what_came_of_a_decision_is_added_by_form_and_public_as_it_was_chosen(
    sitting: Sitting, council: TestCouncil, signed_in: Any, portal: Portal, work: Work
) -> None:
    case, office, site = sitting.items[0].case, signed_in(council.secretary), Client(portal, Response)
    assert case is not None
    url = f"/kontor/saker/{case.id}/vedlegg"
    assert url in office.see(f"/kontor/saker/{case.id}").html
    assert office.submit(url, title="Uten valg", file=upload(a_pdf("Uten valg."))).status_code == 422
    for title, on_web in (("Uttalelsen", "ja"), ("Notatet", "nei")):
        assert office.submit(url, title=title, file=upload(a_pdf(f"{title} i sin helhet.")), on_web=on_web).status_code == 303
    assert _publish(sitting, work).state is PublicationState.PUBLIC

    page = site.get("/saker/rr/2026/1").get_data(as_text=True)
    assert ("Uttalelsen (PDF)" in page, "Notatet" in page) == (True, False)
    public = site.get("/saker/rr/2026/1/vedlegg-1.pdf")
    assert (public.status_code, public.content_type) == (200, "application/pdf")
    assert site.get("/saker/rr/2026/1/vedlegg-2.pdf").status_code == 404
    assert case.state is CaseState.DECIDED


@pytest.mark.parametrize(
    ("data", "kind"), [(a_pdf("Selskapet heter Trollheim eiendom."), "closed_word"), (b"%PDF-1.7 broken", "unreadable_file")]
)
def test_the_gate_holds_a_file_with_a_closed_word_and_one_it_cannot_read(
    sitting: Sitting, council: TestCouncil, portal: Portal, work: Work, data: bytes, kind: str
) -> None:
    exempt = {"public_title": "Forhandlinger", "exemption": Exemption.PARTLY, "legal_basis": a_legal_basis()}
    a_case(council.council, "Kjøp av tomt", closed_words=["Trollheim eiendom"], **exempt)
    _attach(sitting, data, on_web=True)
    held = _publish(sitting, work)

    assert held.state is PublicationState.HELD
    assert [found["kind"] for found in held.found] == [kind]
    assert Client(portal, Response).get("/saker/rr/2026/1/vedlegg-1.pdf").status_code == 404


def test_what_is_recalled_takes_its_files_along(sitting: Sitting, portal: Portal, work: Work) -> None:
    _attach(sitting, a_pdf("Feil tall."), on_web=True)
    publication, site = _publish(sitting, work), Client(portal, Response)
    assert site.get("/saker/rr/2026/1/vedlegg-1.pdf").status_code == 200
    commands.recall(publication, reason="Tallene var feil.", by=sitting.by)
    work()

    for path in ("/saker/rr/2026/1", "/saker/rr/2026/1/vedlegg-1.pdf"):
        gone = site.get(path)
        assert (gone.status_code, "Tallene var feil." in gone.get_data(as_text=True)) == (410, True)


def test_what_is_closed_or_wholly_exempt_is_never_chosen(council: TestCouncil, secretary: Actor) -> None:
    case = a_case(council.council, "Ansettelse", public_title="Personalsak", exemption=Exemption.WHOLLY, legal_basis=a_legal_basis())
    file = an_attachment(case, secretary).file
    for is_closed in (True, False):
        with pytest.raises(RuleBroken) as refused:
            case_commands.attach(case, file, title="Søkerliste", file_name="x.pdf", is_closed=is_closed, on_web=True, by=secretary)
        assert refused.value.field == "on_web"
    assert not db.session.scalar(select(Attachment).where(Attachment.on_web.is_(True)))
