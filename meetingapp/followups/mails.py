"""The letter that asks an owner for a status."""

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
from meetingapp.followups.commands import CLOSED
from meetingapp.followups.models import Action


def status_letter(letter: Letter) -> Written | None:
    """The words of one letter that asks for a status; None when the link or the action has closed since."""
    link = db.session.get(PersonalLink, letter.about)
    action = db.session.get(Action, link.subject_id) if link is not None and link.subject_id is not None else None
    if link is None or action is None or not link.is_open(clock.true_now()) or action.state in CLOSED:
        return None
    sender, council = house_address(), action.council
    with speaking(link.person.speaks) as language:
        what = words_for_mail(action)
        subject = _("Give a status: %(what)s", what=what)
        parts: list[frame.PartOfLetter] = [frame.Lead(_lead(action, language)), frame.Facts([(_("What"), what)])]
        parts += [
            frame.Button(_("Give a status"), f"{links.address_of(link)}/oppfolging"),
            frame.Para(_("It takes a minute. You need not sign in.")),
            frame.Small(_("You get this because %(council)s has written down that you are to do this.", council=council.name)),
            frame.Small(_("The link is yours alone. Questions: %(email)s", email=council.email)),
        ]
        return written(letter, subject, parts, language=language, sender_name=council.short_name, sender=sender, reply_to=council.email)


def words_for_mail(action: Action) -> str:
    """What the action is called outside the house: an exempt case gives only its public title, for a mail is read by many machines."""
    if action.case is not None and action.case.is_exempt:
        return action.case.public_title
    return action.title


def _lead(action: Action, language: str) -> str:
    if action.due is None:
        return _("How is it going? Give a short status.")
    day = dates.full_date(action.due, language=language)
    if action.days_over(clock.today()):
        return _("The deadline was %(day)s. Give a short status.", day=day)
    return _("The deadline is %(day)s. Give a short status.", day=day)
