"""The verbs of follow-up: promise, report, and say what became of a commitment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases.models import Case
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version, side_by_side
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import post_letter
from meetingapp.council.models import Council, Organisation, Person
from meetingapp.followups import queries
from meetingapp.followups.models import (
    Action,
    ActionOwner,
    ActionState,
    ActionUpdate,
    CommitmentState,
    CommitmentStatus,
)
from meetingapp.minutes.models import Deliberation
from meetingapp.strategy.models import Commitment

CLOSED = (ActionState.DONE, ActionState.DROPPED)
LINK_LASTS = timedelta(days=60)


def add_action(
    council: Council,
    *,
    title: str,
    owners: Sequence[Person | Organisation],
    due: date | None,
    by: audit.Doer | None,
    text: str = "",
    case: Case | None = None,
    deliberation: Deliberation | None = None,
    commitment: Commitment | None = None,
    is_public: bool = True,
) -> Action:
    """Write down who does what by when. One from an exempt case is never public.

    :param deliberation: the decision it comes from; `case` follows from it
    :raises RuleBroken: without a title or an owner, or when case, decision or commitment belongs to another council
    """
    if deliberation is not None and case is None:
        case = deliberation.item.case
    _check_council(council, case, deliberation, commitment)
    action = Action(council=council, created_at=clock.now(), version=1)
    action.case, action.deliberation, action.commitment = case, deliberation, commitment
    _write_action(action, title, text, due, is_public)
    if not owners:
        raise RuleBroken(_("Choose who is to do it."), field="owners")
    for owner in dict.fromkeys(owners):
        _own(action, owner)
    db.session.add(action)
    audit.record("action.add", action, by=by, owners=len(action.owners), due=due.isoformat() if due else None)
    return action


def edit_action(
    action: Action,
    *,
    title: str,
    text: str,
    due: date | None,
    is_public: bool,
    owners: Sequence[Person | Organisation],
    seen_version: int | None,
    by: audit.Doer | None,
) -> None:
    """Change what is to be done. Owners who have reported stay; to free them, report their part as dropped.

    :param owners: all who own it from now on
    :raises RuleBroken: without a title or an owner; when an owner who has reported is left out
    :raises Stale: when someone has saved since `seen_version`
    """
    check_version(action.version, seen_version, now=side_by_side(action.title, action.text), typed=side_by_side(title, text))
    if not owners:
        raise RuleBroken(_("Choose who is to do it."), field="owners")
    _write_action(action, title, text, due, is_public)
    chosen = set(owners)
    reported = {update.owner_id for update in action.updates}
    for part in list(action.owners):
        holder = part.person or part.organisation
        if holder in chosen:
            chosen.discard(holder)
        elif part.id in reported or part.state is not ActionState.OPEN:
            raise RuleBroken(
                _("%(name)s has reported on this already.", name=name_of(part)),
                next_step=_("Report this part as dropped instead."),
                field="owners",
            )
        else:
            action.owners.remove(part)
            db.session.delete(part)
    for owner in owners:
        if owner in chosen:
            chosen.discard(owner)
            _own(action, owner)
    action.version += 1
    audit.record("action.edit", action, by=by, due=due.isoformat() if due else None)


def _check_council(council: Council, case: Case | None, deliberation: Deliberation | None, commitment: Commitment | None) -> None:
    owners = {council.id}
    if case is not None:
        owners.add(case.council_id)
    if deliberation is not None:
        owners.add(deliberation.item.meeting.council_id)
    if commitment is not None:
        owners.add(commitment.agreement.council_id)
    if owners != {council.id}:
        raise RuleBroken(_("This belongs to another council."))


def _write_action(action: Action, title: str, text: str, due: date | None, is_public: bool) -> None:
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(_("Write what is to be done."), field="title")
    if is_public and action.case is not None and action.case.is_exempt:
        is_public = False
    action.title, action.text, action.due, action.is_public = title, text.strip(), due, is_public


def _own(action: Action, owner: Person | Organisation) -> None:
    part = ActionOwner(state=ActionState.OPEN)
    if isinstance(owner, Person):
        part.person, part.person_id = owner, owner.id
    else:
        part.organisation, part.organisation_id = owner, owner.id
    action.owners.append(part)


def name_of(part: ActionOwner) -> str:
    """Who owns a part, as it is read."""
    if part.person is not None:
        return part.person.name
    assert part.organisation is not None  # a constraint of the table
    return part.organisation.short_name


def report(
    action: Action,
    *,
    state: ActionState,
    text: str,
    by: audit.Doer | None,
    owner: ActionOwner | None = None,
    new_due: date | None = None,
) -> ActionUpdate:
    """Say how it goes. A report is added, never changed.

    :param owner: whose part it concerns; None: all parts
    :param new_due: the deadline from now on
    :raises RuleBroken: when the words are missing for waiting, dropping or a moved deadline; when a deadline is set for what is closed,
        or lies behind us
    """
    text = text.strip()
    if owner is not None and owner.action is not action:
        raise RuleBroken(_("This part belongs to another action."), field="owner")
    if state is ActionState.WAITING and not text:
        raise RuleBroken(_("Write what or whom it waits for."), field="text")
    if state is ActionState.DROPPED and not text:
        raise RuleBroken(_("Write why it is dropped."), field="text")
    if new_due is not None:
        if state in CLOSED:
            raise RuleBroken(_("What is closed has no new deadline."), field="new_due")
        if new_due < clock.today():
            raise RuleBroken(_("The new deadline is in the past."), field="new_due")
        if not text:
            raise RuleBroken(_("Write why the deadline moves."), field="text")
    if state is ActionState.OPEN and not text and new_due is None and all(part.state is state for part in _parts(action, owner)):
        raise RuleBroken(_("Write how it goes, or choose another status."), field="text")
    for part in _parts(action, owner):
        if part.state is not state:
            part.state, part.done_on = state, clock.today() if state is ActionState.DONE else None
    if new_due is not None:
        action.due = new_due
        action.version += 1  # the form for editing shows the deadline too
    update = ActionUpdate(
        action=action,
        at=clock.now(),
        by_id=by.person_id if by is not None else None,
        owner_id=owner.id if owner is not None else None,
        state=state,
        new_due=new_due,
        text=text,
    )
    db.session.add(update)
    audit.record("action.report", action, by=by, state=state.value, part=owner.id if owner is not None else None)
    return update


def _parts(action: Action, owner: ActionOwner | None) -> list[ActionOwner]:
    return [owner] if owner is not None else list(action.owners)


def set_commitment_status(
    commitment: Commitment,
    *,
    state: CommitmentState,
    evidence: str,
    by: audit.Doer | None,
    case: Case | None = None,
) -> CommitmentStatus:
    """Say what has become of a commitment. The newest status counts; none is changed.

    :param evidence: what shows it: every status needs it
    :param case: the case that shows it
    :raises RuleBroken: without evidence, or when the case belongs to another council
    """
    if not evidence.strip():
        raise RuleBroken(_("Write what shows it: a date, a case, a payment."), field="evidence")
    if case is not None and case.council_id != commitment.agreement.council_id:
        raise RuleBroken(_("This belongs to another council."), field="case")
    status = CommitmentStatus(
        commitment=commitment,
        at=clock.now(),
        by_id=by.person_id if by is not None else None,
        state=state,
        evidence=evidence.strip(),
        case=case,
    )
    db.session.add(status)
    audit.record("commitment.status", commitment, by=by, state=state.value)
    return status


def ask_for_status(action: Action, people: Sequence[Person], *, by: audit.Doer | None) -> list[Letter]:
    """Send each of `people` a personal link to report on `action`, and nothing else. A link that is open already is sent again.

    :raises RuleBroken: for a closed action, or when nobody was chosen
    """
    if action.state in CLOSED:
        raise RuleBroken(_("This is closed: there is nothing to report."))
    if not people:
        raise RuleBroken(_("Choose who shall get the letter."), field="people")
    letters = []
    action.reminded_at = clock.now()
    for person in dict.fromkeys(people):
        link = links.link_for(LinkPurpose.ACTION, person, action.id) or links.make_link(
            LinkPurpose.ACTION, person, expires_at=clock.true_now() + LINK_LASTS, council=action.council, subject_id=action.id
        )
        details = {"action": action.id}
        version = f"{link.uid}-{clock.true_now().isoformat()}"  # asking again is a new letter
        letters.append(
            post_letter(
                "action-status",
                about=link.id,
                to_name=person.name,
                to_address=person.email,
                realm=action.council_id,
                version=version,
                details=details,
            )
        )
    audit.record("action.ask", action, by=by, people=[person.id for person in people])
    return letters


def remind_owners(action: Action, *, by: audit.Doer | None) -> list[Letter]:
    """Ask those who have not finished their part for a status, as `ask_for_status`; at most once a day, however often it is pressed.

    :raises RuleBroken: for a closed action, when its owners were asked today, and when no person is known to ask
    """
    if action.state in CLOSED:
        raise RuleBroken(_("This is closed: there is nothing to report."))
    if action.reminded_at is not None and clock.local(action.reminded_at).date() == clock.today():
        raise RuleBroken(_("They have been asked today."), next_step=_("Wait until tomorrow, or call by phone."))
    people = queries.people_to_remind(action)
    if not people:
        raise RuleBroken(_("No person is named for this."), next_step=_("Choose whom to ask, on the page of the action."))
    return ask_for_status(action, people, by=by)
