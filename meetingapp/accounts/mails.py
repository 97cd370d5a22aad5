"""The letters with a link, to sign in once and to a partner's room; and those that tell of a change in how a person signs in."""

from __future__ import annotations

import enum

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.accounts import links
from meetingapp.accounts.models import PersonalLink
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written, post_letter
from meetingapp.core.mail.writing import house_address, written
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Person

SECURITY_LETTER = "security"


class Change(enum.Enum):
    """What has changed in how a person signs in."""

    FIRST_PASSWORD = "first-password"
    PASSWORD = "password"
    FIRST_FACTOR = "first-factor"
    FACTOR = "factor"
    CODES = "codes"
    RESET_FACTOR = "reset-factor"
    RESET_ALL = "reset-all"
    ADDRESS_FROM = "address-from"  # to the old address
    ADDRESS_TO = "address-to"  # to the new one


# What stands as subject, and what it means
SAID: dict[Change, tuple[LazyString, LazyString]] = {
    Change.FIRST_PASSWORD: (
        _l("You have chosen a password"),
        _l("You can sign in with it from now on. Sign-in links that were sent before do not work any more."),
    ),
    Change.PASSWORD: (
        _l("Your password was changed"),
        _l("You are signed out everywhere else. Sign-in links that were sent before do not work any more."),
    ),
    Change.FIRST_FACTOR: (_l("You have set up a code app"), _l("We ask for a code from it when you sign in.")),
    Change.FACTOR: (_l("Your code app was replaced"), _l("The one before does not work any more, and its recovery codes neither.")),
    Change.CODES: (_l("You have new recovery codes"), _l("The ones before do not work any more.")),
    Change.RESET_FACTOR: (
        _l("Your code app was taken away"),
        _l("The secretariat has done it, so that you can set up a new one. You are signed out everywhere, and your password stays."),
    ),
    Change.RESET_ALL: (
        _l("Your password and your code app were taken away"),
        _l("The secretariat has done it, so that you can choose new ones. You are signed out everywhere."),
    ),
    Change.ADDRESS_FROM: (
        _l("Your e-mail address was changed"),
        _l(
            "You sign in with another address from now on, and letters go there. Links to sign in that were sent here do not work any more."
        ),
    ),
    Change.ADDRESS_TO: (_l("This is your e-mail address from now on"), _l("You sign in with it, and letters from the council come here.")),
}


def tell_of(person: Person, change: Change) -> None:
    """Owe `person` a letter that tells of a change in how they sign in. It holds no secret."""
    post_letter(
        SECURITY_LETTER,
        about=person.id,
        to_name=person.name,
        to_address=person.email,
        realm=None,
        version=f"{change.value}-{clock.true_now().isoformat()}",
        details={"change": change.value},
    )


def security_letter(letter: Letter) -> Written | None:
    """The words of one letter that tells what was changed, when, and what to do if it was not the person. No address, no secret."""
    person = db.session.get(Person, letter.about)
    if person is None:
        return None
    seats = council_queries.seats_of_person(person.id, clock.today())
    council = seats[0].body.council if seats else None
    sender = house_address()
    help_at = council.email if council is not None and council.email else sender
    change = Change(letter.details["change"])
    with speaking(person.speaks) as language:
        subject, meaning = (str(words) for words in SAID[change])
        at = clock.local(letter.made_at)
        when = _("%(day)s %(time)s", day=dates.full_date(at, language=language), time=dates.clock_time(at, language=language))
        parts: list[frame.PartOfLetter] = [
            frame.Lead(f"{subject}."),
            frame.Facts([(_("When"), when)]),
            frame.Para(meaning),
            frame.Para(_("If you know of this, you need do nothing.")),
            frame.Para(_("If not: write to %(email)s at once, and ask them to close your access.", email=help_at)),
        ]
        if change is not Change.ADDRESS_FROM:
            parts.append(frame.Button(_("See where you are signed in"), f"{current_app.config['BASE_URL']}/logg-inn/konto"))
        parts.append(frame.Small(_("You get this because it concerns how you sign in. Such letters cannot be turned off.")))
        name = council.short_name if council is not None else _("Meetings and cases")
        return written(letter, subject, parts, language=language, sender_name=name, sender=sender, reply_to=help_at)


def sign_in_letter(letter: Letter) -> Written | None:
    """The words of one sign-in letter; None when the link has been used or has run out, or the person has another address by now."""
    link = db.session.get(PersonalLink, letter.about)
    if link is None or not link.is_open(clock.true_now()) or link.sent_to != link.person.email:
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
