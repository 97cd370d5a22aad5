"""The letter that asks someone to approve the minutes."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from meetingapp.core.database import db
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written
from meetingapp.core.mail.writing import written
from meetingapp.meetings import words as meeting_words
from meetingapp.minutes.models import Signatory


def approval_letter(letter: Letter) -> Written | None:
    """The words to one signatory; None when they are not asked any more or have approved."""
    signatory = db.session.get(Signatory, letter.about)
    if signatory is None or signatory.approved_at is not None:
        return None
    meeting = signatory.minutes.meeting
    sender = meeting.body.organizer_address
    with speaking(signatory.person.speaks) as language:
        name = meeting_words.heading(meeting)
        subject = _("Approve the minutes: %(meeting)s", meeting=name)
        parts: list[frame.PartOfLetter] = [
            frame.Lead(_("Read the minutes and approve them, or tell the secretary what is wrong.")),
            frame.Button(_("Read and approve"), f"{current_app.config['BASE_URL']}/kontor/moter/{meeting.id}/motebok/godkjenn"),
            frame.Small(_("You get this because you lead the meeting or were elected to approve its minutes. You sign in first.")),
        ]
        return written(
            letter,
            subject,
            parts,
            language=language,
            sender_name=f"{meeting.council.short_name}, {meeting.body.name}",
            sender=sender,
            reply_to=sender,
        )
