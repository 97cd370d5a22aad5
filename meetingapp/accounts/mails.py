"""The letters with a link: to sign in once, and to a partner's room."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import PersonalLink
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.message import compose
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written


def sign_in_letter(letter: Letter) -> Written | None:
    """The words of one sign-in letter; None when the link has been used or has run out."""
    link = db.session.get(PersonalLink, letter.about)
    if link is None or not link.is_open(clock.true_now()):
        return None
    sender = f"mote@{current_app.config['MAIL_DOMAIN']}"
    with speaking(link.person.speaks) as language:
        subject = _("Your sign-in link")
        text, html = frame.frame(
            subject,
            [
                frame.Lead(_("Open the link within 30 minutes to sign in. It works once.")),
                frame.Button(_("Sign in"), links.address_of(link)),
                frame.Small(_("You get this because someone asked to sign in with your address. If it was not you, you need do nothing.")),
            ],
            language=language,
        )
        raw = compose(
            sender_name=_("Meetings and cases"),
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
            calendar=None,
            method=None,
            in_reply_to=None,
        )
    return Written(subject, sender, raw)


def partner_letter(letter: Letter) -> Written | None:
    """The words of a letter with a partner's personal link; None when the link has been revoked."""
    link = db.session.get(PersonalLink, letter.about)
    if link is None or link.council is None or not link.is_open(clock.true_now()):
        return None
    sender, council = f"mote@{current_app.config['MAIL_DOMAIN']}", link.council
    with speaking(link.person.speaks) as language:
        until = dates.full_date(link.expires_at, language=language)
        subject = _("Your link to %(council)s", council=council.short_name)
        text, html = frame.frame(
            subject,
            [
                frame.Lead(_("Here you propose cases to %(council)s, and see what became of them.", council=council.short_name)),
                frame.Button(_("Open your room"), links.address_of(link)),
                frame.Para(_("Keep this letter: the link is yours and works until %(day)s.", day=until)),
                frame.Small(
                    _(
                        "You get this because you are the contact of %(organisation)s. Questions: %(email)s",
                        organisation=link.organisation.name if link.organisation is not None else link.person.name,
                        email=council.email,
                    )
                ),
            ],
            language=language,
        )
        raw = compose(
            sender_name=council.short_name,
            sender_email=sender,
            to_name=letter.to_name,
            to_email=letter.to_address,
            reply_to=council.email,
            subject=subject,
            text=text,
            html=html,
            message_id=letter.message_id,
            date=letter.made_at,
            language=language,
            envelope_from=sender,
        )
    return Written(subject, sender, raw)
