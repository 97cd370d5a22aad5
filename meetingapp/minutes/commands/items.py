"""What happens with one item: said, proposed, voted, decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from meetingapp.agendas.models import AgendaItem
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import CaseKind, Part
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version, side_by_side
from meetingapp.core.text import markdown
from meetingapp.council import queries as council_queries
from meetingapp.council.models import LegalBasis, Person
from meetingapp.minutes import queries, votes
from meetingapp.minutes.commands.room import touch
from meetingapp.minutes.models import (
    Adjournment,
    Ballot,
    Closing,
    DecisionKind,
    Deliberation,
    Outcome,
    Presence,
    Proposal,
    ProposalKind,
    RecordStatement,
    Recusal,
    Subject,
    Vote,
)

LIKELY = {
    CaseKind.STATEMENT: DecisionKind.STATEMENT,
    CaseKind.APPLICATION: DecisionKind.GRANT,
    CaseKind.INFORMATION: DecisionKind.INFORMATION,
}


def prefilled_decision(item: AgendaItem) -> str:
    """The proposed decision of the case paper: what the decision is filled in with."""
    paper = item.case.paper(Part.OPEN) if item.case is not None else None
    return paper.recommendation if paper is not None else ""


def save_deliberation(
    deliberation: Deliberation,
    *,
    text: str,
    outcome: Outcome,
    decision: str,
    seen_version: int | None,
    by: audit.Doer | None,
    appeal: str = "",
    no_action_reason: str = "",
    decision_kind: DecisionKind | None = None,
    is_individual: bool = False,
) -> None:
    """Save what was said and decided.

    :param text, decision: Markdown
    :param is_individual: whether it decides about somebody's rights or duties (enkeltvedtak)
    :param appeal: how such a decision can be complained about
    :raises Stale: when someone has saved since `seen_version`
    :raises RuleBroken: a decision is missing where the outcome says there is one, an individual decision outside grants and internal
        matters or without a word on how to complain, or the minutes are locked
    :source: kommuneloven § 18-1 second paragraph; forvaltningsloven § 27 (the right to complain is told)
    """
    now = (deliberation.text, deliberation.decision, deliberation.appeal, deliberation.no_action_reason)
    typed = side_by_side(text, decision, appeal, no_action_reason)
    check_version(deliberation.version, seen_version, now=side_by_side(*now), typed=typed)
    touch(deliberation.item.meeting)
    decides = outcome in (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED, Outcome.POSTPONED, Outcome.SENT_BACK)
    if decides and not decision.strip():
        raise RuleBroken(_("Write the decision."), field="decision")
    if is_individual:
        _check_individual(decision_kind, appeal)
    deliberation.decision_kind, deliberation.is_individual = decision_kind, is_individual
    deliberation.text, deliberation.html = text.strip(), str(markdown.render(text.strip()))
    deliberation.decision, deliberation.decision_html = decision.strip(), str(markdown.render(decision.strip()))
    deliberation.outcome, deliberation.appeal, deliberation.no_action_reason = outcome, appeal.strip(), no_action_reason.strip()
    deliberation.version += 1
    deliberation.saved_at = clock.now()
    audit.record("minutes.item", deliberation, by=by, outcome=outcome.value)


def _check_individual(kind: DecisionKind | None, appeal: str) -> None:
    if kind not in (DecisionKind.GRANT, DecisionKind.INTERNAL):
        raise RuleBroken(
            _("A council decides about somebody's rights or duties only in grants and its own affairs (kommuneloven § 18-1)."),
            next_step=_("Choose another kind of decision, or send the matter to the participants."),
            field="is_individual",
        )
    if not appeal.strip():
        raise RuleBroken(_("Write how the decision can be complained about."), field="appeal")


def likely_kind(item: AgendaItem) -> DecisionKind | None:
    """The kind of decision that a case of this kind most often gets: what the choice is filled in with."""
    return LIKELY.get(item.case.kind) if item.case is not None else None


def make_proposal(
    deliberation: Deliberation,
    *,
    person: Person,
    kind: ProposalKind,
    text: str,
    by: audit.Doer | None,
    on_behalf_of: Sequence[int] = (),
    withdrawn_at: datetime | None = None,
) -> Proposal:
    """Note a proposal made in the meeting.

    :param text: Markdown
    :param on_behalf_of: ids of those it is made for, the proposer among them
    """
    touch(deliberation.item.meeting)
    proposal = Proposal(
        deliberation=deliberation,
        number=max((old.number for old in deliberation.proposals), default=0) + 1,
        by=person,
        on_behalf_of=list(on_behalf_of),
        kind=kind,
        text=text.strip(),
        html=str(markdown.render(text.strip())),
        withdrawn_at=withdrawn_at,
    )
    db.session.add(proposal)
    audit.record("minutes.proposal", deliberation, by=by, kind=kind.value)
    return proposal


def withdraw_proposal(proposal: Proposal, *, at: datetime, by: audit.Doer | None) -> None:
    """Note that a proposal was withdrawn.

    :raises RuleBroken: when it was voted on
    """
    touch(proposal.deliberation.item.meeting)
    if any(proposal.number in vote.proposal_numbers for vote in proposal.deliberation.votes):
        raise RuleBroken(_("The proposal has been voted on."))
    proposal.withdrawn_at = at
    audit.record("minutes.proposal_withdrawn", proposal.deliberation, by=by, number=proposal.number)


def recuse(
    deliberation: Deliberation,
    person: Person,
    *,
    basis: LegalBasis,
    by: audit.Doer | None,
    statement: str = "",
    is_disqualified: bool = True,
    left_at: datetime | None = None,
    returned_at: datetime | None = None,
    deputy: Person | None = None,
) -> Recusal:
    """Note what the body decided about a member's disqualification. A disqualified member is out of the room between the two times.

    :raises RuleBroken: twice for the same person, or back before leaving
    :source: forvaltningsloven §§ 6 and 8, kommuneloven § 11-10
    """
    meeting = deliberation.item.meeting
    touch(meeting)
    if any(old.person_id == person.id for old in deliberation.recusals):
        raise RuleBroken(_("%(name)s is noted already.", name=person.name), field="person")
    if left_at is not None and returned_at is not None and returned_at < left_at:
        raise RuleBroken(_("They cannot come back before they leave."), field="returned")
    recusal = Recusal(
        deliberation=deliberation,
        person=person,
        basis=basis,
        statement=statement.strip(),
        is_disqualified=is_disqualified,
        left_at=left_at,
        returned_at=returned_at,
        deputy=deputy,
    )
    db.session.add(recusal)
    if is_disqualified and deliberation.item.case is not None:
        case_commands.bar_access(deliberation.item.case, person, by=by)
    audit.record("minutes.recusal", deliberation, by=by, person=person.id, disqualified=is_disqualified)
    return recusal


def close_doors(
    deliberation: Deliberation,
    *,
    basis: LegalBasis,
    began_at: datetime,
    by: audit.Doer | None,
    ended_at: datetime | None = None,
    stayed: Sequence[int] | None = None,
) -> Closing:
    """Note that the doors were closed under an item, with the ground and who stayed (by default all present but guests).

    :raises RuleBroken: when they would open before they close
    :source: kommuneloven § 11-5
    """
    meeting = deliberation.item.meeting
    touch(meeting)
    if ended_at is not None and ended_at < began_at:
        raise RuleBroken(_("The doors cannot open before they close."), field="ended")
    if stayed is None:
        stayed = [row.person_id for row in queries.present_at(meeting, began_at) if row.presence is not Presence.GUEST]
    closing = Closing(deliberation=deliberation, basis=basis, began_at=began_at, ended_at=ended_at, stayed=list(dict.fromkeys(stayed)))
    db.session.add(closing)
    audit.record("minutes.closed", deliberation, by=by, basis=basis.id)
    return closing


def adjourn(deliberation: Deliberation, *, began_at: datetime, ended_at: datetime | None, why: str, by: audit.Doer | None) -> Adjournment:
    """Note a break inside an item.

    :raises RuleBroken: when it would end before it began
    """
    touch(deliberation.item.meeting)
    if ended_at is not None and ended_at < began_at:
        raise RuleBroken(_("The break cannot end before it begins."), field="ended")
    pause = Adjournment(deliberation=deliberation, began_at=began_at, ended_at=ended_at, why=" ".join(why.split()))
    db.session.add(pause)
    audit.record("minutes.break", deliberation, by=by)
    return pause


def make_statement(
    deliberation: Deliberation, *, person: Person, text: str, by: audit.Doer | None, on_behalf_of: Sequence[int] = ()
) -> RecordStatement:
    """A statement for the record (protokolltilførsel)."""
    touch(deliberation.item.meeting)
    statement = RecordStatement(
        deliberation=deliberation,
        by=person,
        on_behalf_of=list(on_behalf_of),
        text=text.strip(),
        html=str(markdown.render(text.strip())),
    )
    db.session.add(statement)
    audit.record("minutes.statement", deliberation, by=by, person=person.id)
    return statement


def record_vote(
    deliberation: Deliberation,
    *,
    subject: Subject,
    at: datetime,
    by: audit.Doer | None,
    against: Sequence[int] = (),
    proposal_numbers: Sequence[int] = (),
    about: Person | None = None,
    chair: Person | None = None,
) -> Vote:
    """Record a vote by its exceptions: all who may vote at `at` are for, but those in `against`.

    Against each other: for means the recommendation (or the lower-numbered proposal), against means the other.

    :param against: ids of people
    :param about: whose disqualification is decided; they take no part (forvaltningsloven § 8)
    :param chair: who leads, and so decides a tie; by default the meeting's chair
    :raises RuleBroken: no quorum (kommuneloven § 11-9), someone who may not vote, a proposal that is not there or is withdrawn, or a
        tie that the chair's vote cannot decide
    """
    item, meeting = deliberation.item, deliberation.item.meeting
    touch(meeting)
    if (meeting.opened_at and at < meeting.opened_at) or (meeting.ended_at and at > meeting.ended_at):
        raise RuleBroken(_("The meeting was not open at that time."), field="at")
    numbers = {proposal.number: proposal for proposal in deliberation.proposals}
    for number in proposal_numbers:
        if number not in numbers:
            raise RuleBroken(_("There is no proposal %(number)s.", number=number), field="proposals")
        withdrawn = numbers[number].withdrawn_at
        if withdrawn is not None and withdrawn <= at:
            raise RuleBroken(_("Proposal %(number)s was withdrawn.", number=number), field="proposals")
    if subject in (Subject.PROPOSALS, Subject.AGAINST_EACH_OTHER) and not proposal_numbers:
        raise RuleBroken(_("Choose the proposal that is voted on."), field="proposals")
    out = [r.person_id for r in deliberation.recusals if r.is_disqualified and _is_out(r, at)]
    if about is not None:
        out.append(about.id)
    voters = queries.voters_at(meeting, at, item, without=out)
    ids = [row.person_id for row in voters]
    if not set(against) <= set(ids):
        raise RuleBroken(_("Someone who was not there to vote is marked as voting against."), field="against")
    seats = sum(body.voting_seats for body in meeting.bodies)
    share = council_queries.setting("quorum_share", body=meeting.body, on=clock.local(at).date())
    if not votes.has_quorum(len(ids), seats, share):
        raise RuleBroken(
            _("Only %(present)s of %(seats)s with a vote were present, so the case could not be decided.", present=len(ids), seats=seats),
            next_step=_("Check the attendance and the time of the vote."),
            field="at",
        )
    leader = chair or meeting.chair
    counted = votes.count([(person, person not in set(against)) for person in ids], leader.id if leader else None)
    if counted.result is votes.Result.UNDECIDED:
        raise RuleBroken(
            _("It is a tie, and the chair has no vote to decide it."), next_step=_("Check who led the meeting."), field="against"
        )
    vote = Vote(
        deliberation=deliberation,
        number=max((old.number for old in deliberation.votes), default=0) + 1,
        subject=subject,
        proposal_numbers=sorted(proposal_numbers),
        about=about,
        at=at,
        chair=leader,
        ballots=[Ballot(person_id=person, is_for=person not in set(against)) for person in ids],
    )
    db.session.add(vote)
    audit.record("minutes.vote", deliberation, by=by, subject=subject.value, votes=len(ids), against=len(set(against)))
    return vote


def _is_out(recusal: Recusal, at: datetime) -> bool:
    return (recusal.left_at is None or recusal.left_at <= at) and (recusal.returned_at is None or at < recusal.returned_at)
