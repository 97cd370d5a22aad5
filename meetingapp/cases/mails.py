"""The letters about a case: the answer to a proposal, and to whoever is asked to write its paper."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import PersonalLink
from meetingapp.cases import queries
from meetingapp.cases.models import Case, CaseState
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import dates
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


def paper_request_letter(letter: Letter) -> Written | None:
    """The words to whoever is asked to write a case paper: asked, another day, once more, a reminder, or called off.

    Never the internal title of an exempt case, and no title at all in the subject but the public one.

    :return: None when it is over, or for a reminder when the paper is delivered
    """
    link, why = db.session.get(PersonalLink, letter.about), letter.details["why"]
    request = queries.request_by_id(link.subject_id) if link is not None and link.subject_id is not None else None
    if link is None or request is None:
        return None
    is_over = not (request.is_open and request.person.is_active and link.is_open(clock.true_now()))
    if why != "withdrawn" and (is_over or request.delivered_at is not None):
        return None
    case, council = request.case, request.case.council
    with speaking(request.person.speaks) as language:
        day = dates.full_date(request.due, language=language)
        subject, lead = _said(why, case.public_title, day, is_late=request.days_over(clock.today()) > 0)
        parts: list[frame.PartOfLetter] = [frame.Lead(lead)]
        title = queries.title_for_writer(case)
        asked_by = request.asked_by.name if request.asked_by is not None else ""
        facts = [(_("Case"), title), (_("Deadline"), "" if why == "withdrawn" else day), (_("Asked by"), asked_by)]
        parts.append(frame.Facts([(name, said) for name, said in facts if said]))
        if why == "withdrawn":
            parts.append(frame.Para(_("What you have saved stays with the case. The link does not work any more.")))
        else:
            if request.message:
                parts.append(frame.Para(request.message))
            parts += [
                frame.Button(_("Write the case paper"), f"{links.address_of(link)}/saksfremlegg"),
                frame.Para(_("You need not sign in. Save as often as you like, and deliver when it is finished.")),
            ]
        parts.append(
            frame.Small(
                _(
                    "You get this because %(council)s has asked you. The link is yours alone. Questions: %(email)s",
                    council=council.name,
                    email=council.email,
                )
            )
        )
        return written(
            letter, subject, parts, language=language, sender_name=council.short_name, sender=house_address(), reply_to=council.email
        )


def _said(why: str, title: str, day: str, *, is_late: bool) -> tuple[str, str]:
    """The subject and the first line.

    :param title: the public one; may be empty
    """
    if why == "withdrawn":
        subject = _("You need not write the case paper «%(title)s»", title=title) if title else _("You need not write the case paper")
        return subject, _("You need not write this case paper any more.")
    if why == "reminder":
        subject = (
            _("Reminder: case paper «%(title)s», %(day)s", title=title, day=day) if title else _("Reminder: case paper, %(day)s", day=day)
        )
        late = _("The deadline was %(day)s. Write and deliver the case paper.", day=day)
        return subject, late if is_late else _("Write and deliver the case paper by %(day)s.", day=day)
    if why == "again":
        lead = _("Thank you for the case paper. Work a little more on it, and deliver it by %(day)s.", day=day)
    elif why == "moved":
        lead = _("You have another deadline: write and deliver the case paper by %(day)s.", day=day)
    else:
        lead = _("Write and deliver the case paper by %(day)s.", day=day)
    subject = _("Case paper «%(title)s», by %(day)s", title=title, day=day) if title else _("Case paper, by %(day)s", day=day)
    return subject, lead
