"""What the tests of cases share."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import commands
from meetingapp.cases.models import Exemption
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.core.files.models import StoredFile
from tests.cases.documents import PDF
from tests.factories import a_case, a_legal_basis

SECRET_TITLE = "Personalsak Ola Hemmelig"
NEUTRAL_TITLE = "Personalsak"


@pytest.fixture
def office(council, signed_in):
    """The secretary's browser."""
    return signed_in(council.secretary)


@pytest.fixture
def member(council, signed_in):
    """A member's browser."""
    return signed_in(council.members[1])


@pytest.fixture
def exempt_case(council, secretary):
    """A partly exempt case in work, with a paper."""
    return an_exempt_case(council, secretary)


def an_exempt_case(council, by, exemption=Exemption.PARTLY, **given):
    case = a_case(council.council, SECRET_TITLE, **{"public_title": NEUTRAL_TITLE} | given)
    commands.set_exemption(
        case, exemption=exemption, legal_basis=a_legal_basis(), public_title=NEUTRAL_TITLE, wider_access="Vurdert, ikke gitt.", by=by
    )
    db.session.commit()
    return case


def a_file(data: bytes = PDF) -> StoredFile:
    row = store.register(store.keep_bytes(data), media_type="application/pdf", size=len(data))
    db.session.commit()
    return row


def an_attachment(case, by, title="Regnskap", *, is_closed=False, file_name="regnskap.pdf"):
    attachment = commands.attach(case, a_file(), title=title, file_name=file_name, is_closed=is_closed, by=by)
    db.session.commit()
    return attachment


def upload(data: bytes = PDF, name: str = "regnskap.pdf"):
    return io.BytesIO(data), name


@pytest.fixture
def partner_link(council):
    """LO's open link to the partner's room."""
    lasts = clock.true_now() + timedelta(days=30)
    made = links.make_link(
        LinkPurpose.PARTNER, council.partner_contact, expires_at=lasts, council=council.council, organisation=council.partner
    )
    db.session.commit()
    return made
