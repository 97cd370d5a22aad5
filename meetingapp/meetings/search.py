"""How meetings are found: by what they are called, when and where they are."""

from __future__ import annotations

from collections.abc import Iterable

from meetingapp.core import search
from meetingapp.core.i18n.languages import speaking
from meetingapp.meetings import words
from meetingapp.meetings.models import Meeting, MeetingBody


@search.source("meeting", Meeting, follows={MeetingBody: lambda row: [row.meeting_id]})
def of_meeting(meeting: Meeting) -> Iterable[search.Entry]:
    if meeting.hosts:
        bodies = ", ".join(body.name for body in meeting.bodies)
        with speaking(meeting.body.language):
            title = words.heading(meeting)
        text = ", ".join(part for part in (meeting.place, bodies) if part)
        yield search.Entry(title, f"/kontor/moter/{meeting.id}", meeting.council_id, meeting.starts_at, text)
