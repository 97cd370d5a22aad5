"""The call as the secretariat knows it, from the press to the ledger."""

from __future__ import annotations

import icalendar
import pytest

from meetingapp.cases.models import PaperAccess
from meetingapp.core.database import db
from meetingapp.core.mail.models import LetterState
from meetingapp.council.models import SeatRole
from meetingapp.invitations import commands, queries
from meetingapp.meetings.models import MeetingState
from tests.factories import a_case, a_person, a_seat
from tests.invitations.support import CANARY, a_fixed_meeting, an_exempt_case


@pytest.mark.shows("scenario-03")
def test_the_call_goes_out_with_the_right_papers_a_calendar_entry_and_a_line_per_person(council, signed_in, letters):
    case = an_exempt_case(council)
    attendee = a_person("Arve Administrasjon", council.members[0].organisation)
    a_seat(council.body, attendee, SeatRole.ATTENDEE)
    meeting = a_fixed_meeting(council, days=8, cases=(a_case(council.council), case))
    page, browser = f"/kontor/moter/{meeting.id}/innkalling", signed_in(council.secretary)

    refused = browser.submit(page, button="Send innkalling")
    assert (refused.status_code, 'id="reason-error"' in refused.get_data(as_text=True)) == (422, True)
    assert browser.submit(page, button="Send innkalling", reason="Budsjettet må vedtas før jul.").status_code == 303

    sent = letters()
    called = {str(letter["To"].addresses[0].addr_spec) for letter in sent}
    assert called == {person.email for person in (*council.members, council.secretary, attendee)}
    assert not called & {deputy.email for deputy in council.deputies}  # they are called when a member declines
    for letter in sent:
        parts = {part.get_content_type(): part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()}
        event = icalendar.Calendar.from_ical(parts["text/calendar"]).events[0]
        assert event.start == meeting.starts_at
        assert b"Budsjettet m" in parts["text/plain"]
        assert all(CANARY.encode() not in part for part in parts.values())
    may_read = {row.person_id for row in db.session.query(PaperAccess).filter_by(case_id=case.id)}
    assert {member.id for member in council.members} <= may_read
    assert meeting.state is MeetingState.CALLED
    ledger = commands.letters_of(queries.newest_call(meeting))
    assert {letter.to_name: letter.state for letter in ledger} == dict.fromkeys(
        [person.name for person in (*council.members, council.secretary, attendee)], LetterState.HANDED_OVER
    )
