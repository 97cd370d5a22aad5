"""The letter that asks someone to approve the minutes."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from meetingapp.core.database import db
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.message import compose
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written
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
        text, html = frame.frame(
            subject,
            [
                frame.Lead(_("Read the minutes and approve them, or tell the secretary what is wrong.")),
                frame.Button(_("Read and approve"), f"{current_app.config['BASE_URL']}/kontor/moter/{meeting.id}/motebok/godkjenn"),
                frame.Small(_("You get this because you lead the meeting or were elected to approve its minutes. You sign in first.")),
            ],
            language=language,
        )
        raw = compose(
            sender_name=f"{meeting.council.short_name}, {meeting.body.name}",
            sender_email=sender,
            to_name=letter.to_name,
            to_email=letter.to_address,
            reply_to=sender,
            subject=subject,
            text=text,
            html=html,
            message_id=letter.message_id,
            date=letter.made_at,
            language=language,
            envelope_from=sender,
        )
    return Written(subject, sender, raw)
