"""The letter that answers a proposal."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.cases.models import Case, CaseState
from meetingapp.core.database import db
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.mail import frame
from meetingapp.core.mail.message import compose
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import Written


def proposal_answer_letter(letter: Letter) -> Written | None:
    """The words to whoever proposed a case: taken in, or declined and why. Speaks of the proposal by the proposer's own title."""
    case = db.session.get(Case, letter.about)
    if case is None or case.proposed_by is None:
        return None
    is_taken_in = letter.details.get("state", case.state.value) != CaseState.DECLINED.value and case.state is not CaseState.DECLINED
    council = case.council
    with speaking(case.proposed_by.language) as language:
        name = case.public_title or (case.title if not case.is_exempt else _("your proposal"))
        subject = _("Your proposal has been taken in") if is_taken_in else _("Your proposal was not taken in")
        parts: list[frame.PartOfLetter] = [
            frame.Lead(
                _("%(council)s has taken in your proposal «%(title)s» as a case.", council=council.short_name, title=name)
                if is_taken_in
                else _("%(council)s has not taken in your proposal «%(title)s».", council=council.short_name, title=name)
            )
        ]
        if case.answer:
            parts.append(frame.Para(case.answer))
        parts.append(frame.Small(_("You get this because you made the proposal. Answer this letter to reach the secretariat.")))
        text, html = frame.frame(subject, parts, language=language)
        raw = compose(
            sender_name=council.short_name,
            sender_email=council.email,
            to_name=letter.to_name,
            to_email=letter.to_address,
            reply_to=council.email,
            subject=subject,
            text=text,
            html=html,
            message_id=letter.message_id,
            date=letter.made_at,
            language=language,
            envelope_from=council.email,
        )
    return Written(subject, council.email, raw)
