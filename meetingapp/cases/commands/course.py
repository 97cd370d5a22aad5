"""A case on its way: made ready, on an agenda, dealt with, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from meetingapp.cases import queries
from meetingapp.cases.commands.facts import check_answered
from meetingapp.cases.commands.requests import end_request
from meetingapp.cases.models import Case, CaseState, Exemption
from meetingapp.core import audit
from meetingapp.core.forms import RuleBroken

BEFORE_AGENDA = (CaseState.TAKEN_IN, CaseState.IN_WORK, CaseState.READY, CaseState.POSTPONED, CaseState.SENT_BACK)
ON_OR_AFTER_AGENDA = (CaseState.ON_AGENDA, CaseState.DECIDED, CaseState.POSTPONED, CaseState.SENT_BACK)
OUTCOMES = (*ON_OR_AFTER_AGENDA, CaseState.WITHDRAWN, CaseState.READY)


def mark_ready(case: Case, *, paper_on_web: bool | None, attachments_on_web: Mapping[int, bool], by: audit.Doer | None) -> None:
    """Put the case in the queue for an agenda, with the choice for each document whether it goes on the net.

    The closed part and closed attachments are never chosen; of a wholly exempt case nothing is. Whoever was asked to write the paper
    is asked no more: what goes on the net is chosen for the text as it stands.

    :param attachments_on_web: attachment id → choice, for those that are not closed
    :raises RuleBroken: while something is missing or not chosen, or the state does not allow it
    :source: kommuneloven § 13-1 (soundly prepared); L44 (each document is decided on)
    """
    check_answered(case)
    if case.state not in BEFORE_AGENDA:
        raise RuleBroken(
            _("A case that is on an agenda, decided or withdrawn cannot be made ready."), next_step=_("See its state on the case page.")
        )
    lacking = queries.missing(case)
    if lacking:
        raise RuleBroken(_("Missing: %(what)s.", what=", ".join(step.text for step in lacking)))
    attachments = queries.open_attachments(case)
    if case.exemption is Exemption.WHOLLY:
        if paper_on_web or any(attachments_on_web.values()):
            raise RuleBroken(_("The case is wholly exempt, so nothing of it can go on the net."), field="paper_on_web")
        paper_on_web, attachments_on_web = False, {attachment.id: False for attachment in attachments}
    if paper_on_web is None:
        raise RuleBroken(_("Choose whether the case paper goes on the net."), field="paper_on_web")
    for attachment in attachments:
        if attachments_on_web.get(attachment.id) is None:
            raise RuleBroken(_("Choose whether «%(title)s» goes on the net.", title=attachment.title), field=f"attachment_{attachment.id}")
    for attachment in attachments:
        attachment.on_web = attachments_on_web[attachment.id]
    case.paper_on_web, case.state = paper_on_web, CaseState.READY
    end_request(case, by=by)
    chosen = [attachment.id for attachment in attachments if attachment.on_web]
    audit.record("case.ready", case, by=by, paper_on_web=paper_on_web, attachments_on_web=chosen)


def withdraw(case: Case, *, by: audit.Doer | None) -> None:
    """End a case that is not on an agenda. Whoever was asked to write its paper is told.

    :raises RuleBroken: for a proposal (it is answered), once it is on an agenda, or when it has ended
    """
    check_answered(case)
    if case.state is CaseState.ON_AGENDA:
        raise RuleBroken(_("The case is on an agenda."), next_step=_("Take it off the agenda first."))
    if case.state not in BEFORE_AGENDA:
        raise RuleBroken(_("A case that is decided or withdrawn cannot be withdrawn."), next_step=_("See its state on the case page."))
    case.state = CaseState.WITHDRAWN
    end_request(case, by=by)
    audit.record("case.withdraw", case, by=by)


def mark_on_agenda(case: Case) -> None:
    """The case has come on an agenda.

    :raises RuleBroken: when it is not ready
    """
    if case.state not in (CaseState.READY, CaseState.POSTPONED):
        raise RuleBroken(
            _("«%(title)s» is not ready for an agenda.", title=case.public_title or case.title), next_step=_("Mark the case ready first.")
        )
    case.state = CaseState.ON_AGENDA
    end_request(case, by=None)
    audit.record("case.on_agenda", case, by=None)


def mark_off_agenda(case: Case) -> None:
    """The case has been taken off an agenda, and waits for another.

    :raises RuleBroken: when it is not on one
    """
    if case.state is not CaseState.ON_AGENDA:
        raise RuleBroken(
            _("«%(title)s» is not on an agenda.", title=case.public_title or case.title), next_step=_("See its state on the case page.")
        )
    case.state = CaseState.READY
    audit.record("case.off_agenda", case, by=None)


def mark_outcome(case: Case, state: CaseState, *, by: audit.Doer | None) -> None:
    """What the meeting made of it: decided, postponed, sent back, withdrawn; or ready, when it goes on to another body.

    `ON_AGENDA` takes an outcome back; one outcome may correct another.

    :raises RuleBroken: when the case has not been on an agenda, or the state is no outcome
    """
    if state not in OUTCOMES:
        raise RuleBroken(_("A meeting cannot give a case this state."), next_step=_("Choose what the meeting decided."))
    if case.state not in ON_OR_AFTER_AGENDA:
        raise RuleBroken(
            _("«%(title)s» is not on an agenda.", title=case.public_title or case.title), next_step=_("Put it on the agenda first.")
        )
    case.state = state
    audit.record("case.outcome", case, by=by, state=state.value)
