"""Letters from before a restore: those that are sent after all get new links, for the old ones stay dead."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.mail import held
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.council.models import Person

ABOUT_A_LINK = (
    "partner-link",
    "action-status",
    "paper-request",
)  # letters whose `about` is a link; the others find theirs by person and subject


def send_after_all(letters: Sequence[Letter], *, by: audit.Doer | None) -> int:
    """Let the worker send those of `letters` that are held, each with a link that works; returns how many.

    A few queries a letter: this happens after a restore, and never else.
    """
    for letter in letters:
        if letter.state is LetterState.HELD:
            _renew(letter)
    return held.send_after_all(letters, by=by)


def _renew(letter: Letter) -> None:
    """A new link in place of each one of this letter that the restore has stopped."""
    lines = select(PersonalLink).join(Person, Person.id == PersonalLink.person_id).where(PersonalLink.revoked_at.is_not(None))
    if letter.kind in ABOUT_A_LINK:
        lines = lines.where(PersonalLink.id == letter.about)
    else:
        of_this = PersonalLink.subject_id == letter.about
        lines = lines.where(Person.email == letter.to_address, PersonalLink.purpose == LinkPurpose.REPLY, of_this)
    old = db.session.scalar(lines.order_by(PersonalLink.id.desc()).limit(1))
    if old is None or old.expires_at <= clock.true_now() or links.link_for(old.purpose, old.person, old.subject_id) is not None:
        return
    new = links.make_link(
        old.purpose,
        old.person,
        expires_at=old.expires_at,
        council=old.council,
        organisation=old.organisation,
        subject_id=old.subject_id,
        leads_to=links.leads_to(old),
    )
    if letter.kind in ABOUT_A_LINK:
        letter.about = new.id
