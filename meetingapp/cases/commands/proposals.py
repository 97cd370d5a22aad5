"""A case that is proposed: by a member or a partner, and answered by the secretary."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.cases.commands.facts import one_line
from meetingapp.cases.models import Case, CaseKind, CasePaper, CaseState, Part, Scope
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.post import post_letter
from meetingapp.core.text import markdown
from meetingapp.council.models import Council, Organisation, Person


def propose(
    council: Council,
    *,
    title: str,
    text: str,
    person: Person,
    organisation: Organisation | None,
    by: audit.Doer | None,
    kind: CaseKind = CaseKind.DISCUSSION,
) -> Case:
    """Write down a proposal by `person`, for `organisation` if they speak for one. The secretary answers it.

    :param text: Markdown
    """
    case = Case(
        council=council,
        kind=kind,
        scope=Scope.REGIONAL,
        title=one_line(title),
        language=person.speaks,
        state=CaseState.PROPOSED,
        proposal=text.strip(),
        proposed_at=clock.now(),
        proposed_by=person,
        proposed_for=organisation,
        created_at=clock.now(),
    )
    db.session.add(case)
    audit.record("case.propose", case, by=by)
    return case


def take_in(case: Case, *, answer: str, by: audit.Doer | None) -> None:
    """Take a proposal in as a case, with its text as the first version of the case paper; the proposer gets a letter.

    :raises RuleBroken: when it has been answered already
    """
    _answer(case, CaseState.TAKEN_IN, answer, by)
    if case.proposal and not case.papers:
        html = str(markdown.render(case.proposal))
        db.session.add(CasePaper(case=case, part=Part.OPEN, version=1, text=case.proposal, html=html, saved_at=clock.now()))


def decline(case: Case, *, reason: str, by: audit.Doer | None) -> None:
    """Decline a proposal with a reason; the proposer gets a letter.

    :raises RuleBroken: without a reason, or when it has been answered already
    """
    if not reason.strip():
        raise RuleBroken(_("Write why the proposal is declined. The proposer gets to read it."), field="answer")
    _answer(case, CaseState.DECLINED, reason, by)


def _answer(case: Case, state: CaseState, answer: str, by: audit.Doer | None) -> None:
    if case.state is not CaseState.PROPOSED:
        raise RuleBroken(_("This proposal has been answered already."), next_step=_("Open the case to see the answer."))
    case.state, case.answer, case.answered_at = state, answer.strip(), clock.now()
    audit.record("case.answer", case, by=by, state=state.value)
    if case.proposed_by is not None:
        post_letter(
            "proposal-answer",
            about=case.id,
            to_name=case.proposed_by.name,
            to_address=case.proposed_by.email,
            realm=case.council_id,
            version=state.value,
            details={"state": state.value},  # the case may have come further when the letter is written
        )
