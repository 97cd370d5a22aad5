"""The letters with a link: to sign in once, and to a partner's room."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import PersonalLink
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written
from meetingapp.core.mail.writing import house_address, written


def sign_in_letter(letter: Letter) -> Written | None:
    """The words of one sign-in letter; None when the link has been used or has run out."""
    link = db.session.get(PersonalLink, letter.about)
    if link is None or not link.is_open(clock.true_now()):
        return None
    sender = house_address()
    with speaking(link.person.speaks) as language:
        subject = _("Your sign-in link")
        parts: list[frame.PartOfLetter] = [
            frame.Lead(_("Open the link within 30 minutes to sign in. It works once.")),
            frame.Button(_("Sign in"), links.address_of(link)),
            frame.Small(_("You get this because someone asked to sign in with your address. If it was not you, you need do nothing.")),
        ]
        return written(letter, subject, parts, language=language, sender_name=_("Meetings and cases"), sender=sender, reply_to=sender)


def partner_letter(letter: Letter) -> Written | None:
    """The words of a letter with a partner's personal link; None when the link has been revoked."""
    link = db.session.get(PersonalLink, letter.about)
    if link is None or link.council is None or not link.is_open(clock.true_now()):
        return None
    sender, council = house_address(), link.council
    with speaking(link.person.speaks) as language:
        until = dates.full_date(link.expires_at, language=language)
        subject = _("Your link to %(council)s", council=council.short_name)
        parts: list[frame.PartOfLetter] = [
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
        ]
        return written(letter, subject, parts, language=language, sender_name=council.short_name, sender=sender, reply_to=council.email)
