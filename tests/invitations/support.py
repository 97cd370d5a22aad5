"""A meeting on its way to being called, with an exempt case that must not be heard of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from meetingapp.agendas import commands as agendas
from meetingapp.cases.models import Attachment, Case, CasePaper, CaseState, Exemption, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.invitations import commands, queries
from meetingapp.invitations.models import Call, Invitation
from meetingapp.meetings.models import Meeting, MeetingState
from tests import factories

CANARY = "Kanarifugl"  # a closed word
SECRET_TITLE = "Tilsetting av regionkoordinator"


def a_fixed_meeting(council: factories.TestCouncil, *, days: int = 30, cases: tuple[Case, ...] = (), **given: Any) -> Meeting:
    """A meeting with standing items and cases, whose agenda is fixed."""
    meeting = factories.a_meeting(council, days=days, **given)
    agendas.standing_items(meeting)
    db.session.flush()
    agendas.add_cases(meeting, cases or (factories.a_case(council.council),), by=None)
    agendas.fix_agenda(meeting, by=None)
    db.session.commit()
    return meeting


def an_exempt_case(council: factories.TestCouncil, exemption: Exemption = Exemption.PARTLY) -> Case:
    """A case whose title, closed part and closed attachment hold what nobody outside may see."""
    case = factories.a_case(
        council.council,
        SECRET_TITLE,
        public_title="Personalsak",
        exemption=exemption,
        legal_basis=factories.a_legal_basis(),
        closed_words=[CANARY],
    )
    db.session.add(
        CasePaper(case=case, part=Part.CLOSED, version=1, text=f"Om {CANARY}.", html=f"<p>Om {CANARY}.</p>", saved_at=clock.now())
    )
    file = store.register(store.keep_bytes(b"%PDF-1.7 closed"), media_type="application/pdf", size=15)
    db.session.add(Attachment(case=case, file=file, title=f"Om {CANARY}", file_name=f"{CANARY}.pdf", is_closed=True, added_at=clock.now()))
    db.session.commit()
    return case


def reply_by(meeting: Meeting) -> date:
    return clock.local(meeting.starts_at).date() - timedelta(days=3)


def a_call(council: factories.TestCouncil, secretary: Any, **given: Any) -> Call:
    """A meeting that has just been called."""
    meeting = a_fixed_meeting(council, **given)
    call = commands.call_meeting(meeting, by=secretary, reply_by=reply_by(meeting))
    db.session.commit()
    assert meeting.state is MeetingState.CALLED
    return call


def of(meeting: Meeting, person: Any) -> Invitation:
    """That person's invitation."""
    found = queries.invitation_of(meeting, person)
    assert found is not None
    return found


def ready_again(case: Case) -> Case:
    case.state = CaseState.READY
    db.session.commit()
    return case
