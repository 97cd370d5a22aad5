"""From words to the letter that is sent: what every `mails.py` ends in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from meetingapp.core.mail import frame
from meetingapp.core.mail.message import compose
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written


def house_address() -> str:
    """The house's own address, for letters that no body sends."""
    return f"mote@{current_app.config['MAIL_DOMAIN']}"


def written(
    letter: Letter,
    subject: str,
    parts: Sequence[frame.PartOfLetter],
    *,
    language: str,
    sender_name: str,
    sender: str,
    reply_to: str,
    title: str = "",
    to_name: str = "",
    calendar: bytes | None = None,
    in_reply_to: str | None = None,
) -> Written:
    """The letter with its words, ready for the socket. The same letter and words give the same bytes.

    :param sender: what it is sent from, and where bounces go
    :param title: the heading inside, where it differs from the subject
    :param to_name: where it differs from the one on the letter
    :param calendar: a request for the receiver's calendar
    :raises BadHeader: for control characters or an address that is none
    """
    text, html = frame.frame(title or subject, parts, language=language)
    raw = compose(
        sender_name=sender_name,
        sender_email=sender,
        to_name=to_name or letter.to_name,
        to_email=letter.to_address,
        reply_to=reply_to,
        subject=subject,
        text=text,
        html=html,
        message_id=letter.message_id,
        date=letter.made_at,
        language=language,
        envelope_from=sender,
        calendar=calendar,
        method="REQUEST" if calendar is not None else None,
        in_reply_to=in_reply_to,
    )
    return Written(subject, sender, raw)
