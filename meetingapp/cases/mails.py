"""The letter that answers a proposal."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.cases import queries
from meetingapp.cases.models import Case, CaseState
from meetingapp.core.database import db
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written
from meetingapp.core.mail.writing import house_address, written


def proposal_answer_letter(letter: Letter) -> Written | None:
    """The words to whoever proposed a case: taken in, or declined and why. Never the internal title of an exempt case."""
    case = db.session.get(Case, letter.about)
    if case is None or case.proposed_by is None:
        return None
    is_taken_in = letter.details["state"] == CaseState.TAKEN_IN.value
    council, sender = case.council, house_address()
    with speaking(case.proposed_by.speaks) as language:
        subject = _("Your proposal has been taken in") if is_taken_in else _("Your proposal was not taken in")
        parts: list[frame.PartOfLetter] = [frame.Lead(_lead(case, is_taken_in))]
        if case.answer:
            parts.append(frame.Para(case.answer))
        parts += [
            frame.Button(_("See your proposal"), _address(case)),
            frame.Small(_("You get this because you made the proposal. Answer this letter to reach the secretariat.")),
        ]
        return written(letter, subject, parts, language=language, sender_name=council.short_name, sender=sender, reply_to=council.email)


def _lead(case: Case, is_taken_in: bool) -> str:
    council, title = case.council.short_name, queries.title_outside(case)
    if is_taken_in:
        if title:
            return _("%(council)s has taken in your proposal «%(title)s» as a case.", council=council, title=title)
        return _("%(council)s has taken in your proposal as a case.", council=council)
    if title:
        return _("%(council)s has not taken in your proposal «%(title)s».", council=council, title=title)
    return _("%(council)s has not taken in your proposal.", council=council)


def _address(case: Case) -> str:
    """Where the proposer follows it: the partner's room, or for a member the case itself."""
    assert case.proposed_by is not None
    link = links.partner_link(case.proposed_by, case.council)
    return links.address_of(link) if link is not None else f"{current_app.config['BASE_URL']}/kontor/saker/{case.id}"
