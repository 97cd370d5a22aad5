"""A case on its way from one body to the next."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case, CaseState, Part
from meetingapp.core import audit
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Body
from meetingapp.minutes.models import Deliberation


def send_on(case: Case, done: Deliberation, *, to: Body, recommendation: str, seen_version: int | None, by: audit.Doer | None) -> None:
    """What one body decided becomes the recommendation to the next. The case waits in the queue, and gets a number there too.

    The paper gets a new version with the recommendation; the decision, the number and the papers of the first body stand as they are.

    :param done: what the first body decided
    :param recommendation: Markdown; the decision word for word, or as it is put to the next body
    :param seen_version: of the case paper
    :raises Stale: when a newer version of the paper has come
    :raises RuleBroken: before the case is decided, to the same body or another council's, or without a recommendation
    """
    if case.state is not CaseState.DECIDED:
        raise RuleBroken(
            _("Only a case that a body has decided can be sent on."), next_step=_("The case is decided when the minutes are locked.")
        )
    if to.council_id != case.council_id:
        raise RuleBroken(_("This body belongs to another council."), field="body")
    if to in done.item.meeting.bodies:
        raise RuleBroken(_("This body has decided the case already. Choose another."), field="body")
    if not recommendation.strip():
        raise RuleBroken(_("Write the recommendation to the next body."), field="recommendation")
    newest = case.paper(Part.OPEN)
    case_commands.mark_outcome(case, CaseState.READY, by=by)
    case_commands.save_paper(
        case,
        part=Part.OPEN,
        text=newest.text if newest is not None else "",
        recommendation=recommendation,
        seen_version=seen_version,
        by=by,
    )
    audit.record("case.send_on", case, by=by, body=to.id, deliberation=done.id)
