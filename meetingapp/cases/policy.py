"""Who may do what with a case."""

from __future__ import annotations

from typing import Any

from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import queries
from meetingapp.cases.models import BEING_WRITTEN, Case, CaseState, Exemption, PaperRequest
from meetingapp.core import policy
from meetingapp.council.models import Council


@policy.action("case.read")
def may_read(actor: Any, case: Case) -> bool:
    """Staff; whoever is inside the council, once it is more than a proposal; the proposer their own."""
    if actor.person_id is None:
        return False
    if actor.is_staff_of(case.council_id) or case.proposed_by_id == actor.person_id:
        return True
    return bool(actor.is_inside(case.council_id)) and case.state not in (CaseState.PROPOSED, CaseState.DECLINED)


@policy.action("case.read_paper")
def may_read_paper(actor: Any, case: Case) -> bool:
    """The open part and the open attachments: whoever is inside the council; of a wholly exempt case those who may read what is closed.

    A proposer from outside sees the state of the proposal, not the paper.
    """
    if not may_read(actor, case) or not actor.is_inside(case.council_id):
        return False
    return case.exemption is not Exemption.WHOLLY or may_read_closed(actor, case)


@policy.action("case.read_closed")
def may_read_closed(actor: Any, case: Case) -> bool:
    """Staff, and those inside the council who have been given access to the closed papers of this case. With the seat the access ends."""
    if actor.person_id is None or not actor.is_inside(case.council_id):
        return False
    return bool(actor.is_staff_of(case.council_id)) or queries.access_of(case, actor.person_id) is not None


@policy.action("case.read_versions")
def may_read_versions(actor: Any, case: Case) -> bool:
    """The secretariat and its case officers: earlier versions are drafts. What was sent stands in the papers of the call."""
    return may_edit(actor, case)


@policy.action("case.list")
def may_list(actor: Any, council: Council) -> bool:
    """Everyone inside the council."""
    return bool(actor.is_inside(council))


@policy.action("case.create")
def may_create(actor: Any, council: Council) -> bool:
    """The secretariat and its case officers."""
    return bool(actor.is_staff_of(council))


@policy.action("case.edit")
def may_edit(actor: Any, case: Case) -> bool:
    """The secretariat and its case officers."""
    return bool(actor.is_staff_of(case.council_id))


@policy.action("case.ready")
def may_make_ready(actor: Any, case: Case) -> bool:
    """As editing: marking ready chooses what goes on the web."""
    return may_edit(actor, case)


@policy.action("case.ask_paper")
def may_ask_for_paper(actor: Any, case: Case) -> bool:
    """The secretary asks somebody to write, reminds, moves the deadline, takes in and calls off."""
    return bool(actor.is_secretary_of(case.council_id))


@policy.action("paper_request.open")
def may_open_request(actor: Any, request: PaperRequest) -> bool:
    """Whoever was asked, by the personal link of this request, while it waits and the case can be written on."""
    link = getattr(actor, "link", None)
    by_it = link is not None and link.purpose is LinkPurpose.WRITE and link.subject_id == request.id
    is_theirs = by_it and actor.person_id == request.person_id
    return bool(is_theirs) and request.is_open and request.case.state in BEING_WRITTEN


@policy.action("paper_request.write")
def may_write_by_request(actor: Any, request: PaperRequest) -> bool:
    """As opening it, until it is delivered; never in a case that is exempt as a whole: that is read and written by those signed in."""
    is_shown = request.case.exemption is not Exemption.WHOLLY
    return may_open_request(actor, request) and is_shown and request.delivered_at is None


@policy.action("paper_template.list")
def may_list_templates(actor: Any, council: Council) -> bool:
    """The secretariat and its case officers."""
    return bool(actor.is_staff_of(council))


@policy.action("paper_template.write")
def may_write_templates(actor: Any, council: Council) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(council))


@policy.action("case.propose")
def may_propose(actor: Any, council: Council) -> bool:
    """Everyone inside the council, and a partner by personal link to this council."""
    link = getattr(actor, "link", None)
    return bool(actor.is_inside(council)) or (link is not None and link.council_id == council.id)


@policy.action("case.answer")
def may_answer(actor: Any, case: Case) -> bool:
    """The secretary takes in or declines."""
    return bool(actor.is_secretary_of(case.council_id))


@policy.action("case.proposals")
def may_see_proposals(actor: Any, council: Council) -> bool:
    """The secretariat and its case officers."""
    return bool(actor.is_staff_of(council))
