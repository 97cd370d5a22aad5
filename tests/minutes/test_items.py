"""What happens with one item: proposals, votes, recusals, decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, Stale
from meetingapp.council.models import BasisUse
from meetingapp.minutes import commands, votes
from meetingapp.minutes.models import DecisionKind, Deliberation, Minutes, Outcome, Presence, Proposal, ProposalKind, Subject, Vote
from tests.factories import TestCouncil, a_legal_basis
from tests.minutes.sitting import DECISION, TEXT, Sitting, opened


def _voters(vote: Vote) -> set[int]:
    return {ballot.person_id for ballot in vote.ballots}


def _result(vote: Vote) -> votes.Result:
    return votes.count([(b.person_id, b.is_for) for b in vote.ballots], vote.chair_id).result


def _proposal(sitting: Sitting, **given: Any) -> Proposal:
    defaults = {"person": sitting.council.members[3], "kind": ProposalKind.ALTERNATIVE, "text": "Saken utsettes."}
    made = commands.make_proposal(sitting.done[0], by=sitting.by, **(defaults | given))
    db.session.commit()
    return made


def _recuse(sitting: Sitting, **given: Any) -> None:
    basis = a_legal_basis(BasisUse.RECUSE, "forvaltningsloven § 6")
    commands.recuse(sitting.done[0], sitting.council.members[3], basis=basis, by=sitting.by, **given)
    db.session.commit()


def test_those_in_the_room_with_a_vote_are_the_voters(council: TestCouncil, sitting: Sitting) -> None:
    commands.let_out(sitting.row_of(council.members[4]), at=sitting.at(9, 30), by=sitting.by)
    commands.let_in(sitting.meeting, council.deputies[4], presence=Presence.GUEST, at=sitting.at(9, 30), by=sitting.by)
    vote = sitting.vote(against=[council.members[3]])

    assert _voters(vote) == {member.id for member in council.members[:4]}
    assert [ballot.person_id for ballot in vote.ballots if not ballot.is_for] == [council.members[3].id]
    assert _result(vote) is votes.Result.MAJORITY


def test_a_member_without_a_vote_in_such_matters_is_not_a_voter(council: TestCouncil, sitting: Sitting) -> None:
    council.seats[4].rights = "as"
    db.session.commit()

    assert council.members[4].id not in _voters(sitting.vote())


def test_a_recused_member_votes_only_when_back(council: TestCouncil, sitting: Sitting) -> None:
    _recuse(sitting, left_at=sitting.at(9, 30), returned_at=sitting.at(10, 30))
    out, back = sitting.vote(at=sitting.at(10)), sitting.vote(at=sitting.at(10, 30))

    assert council.members[3].id not in _voters(out)
    assert council.members[3].id in _voters(back)
    with pytest.raises(RuleBroken):
        sitting.vote(against=[council.members[3]], at=sitting.at(10))


def test_a_member_found_not_disqualified_votes(council: TestCouncil, sitting: Sitting) -> None:
    _recuse(sitting, is_disqualified=False)

    assert council.members[3].id in _voters(sitting.vote())


def test_nobody_votes_on_their_own_disqualification(council: TestCouncil, sitting: Sitting) -> None:
    vote = sitting.vote(subject=Subject.RECUSAL, about=council.members[3])

    assert _voters(vote) == {member.id for member in council.members} - {council.members[3].id}


def test_a_recusal_is_noted_once_and_forward_in_time(sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        _recuse(sitting, left_at=sitting.at(10), returned_at=sitting.at(9))
    db.session.rollback()
    _recuse(sitting)
    with pytest.raises(RuleBroken):
        _recuse(sitting)


def test_a_deputy_for_one_case_votes_only_there(council: TestCouncil) -> None:
    sitting = opened(council, "A", "B")
    commands.let_out(sitting.row_of(council.members[1]), at=sitting.at(9, 30), by=sitting.by)
    commands.let_in(
        sitting.meeting,
        council.deputies[1],
        presence=Presence.DEPUTY,
        seat=council.seats[1],
        only_item=sitting.items[0],
        at=sitting.at(9, 30),
        by=sitting.by,
    )

    assert council.deputies[1].id in _voters(sitting.vote(0))
    assert council.deputies[1].id not in _voters(sitting.vote(1))


def test_without_a_quorum_nothing_is_decided(council: TestCouncil, sitting: Sitting) -> None:
    for member in council.members[2:4]:
        commands.let_out(sitting.row_of(member), at=sitting.at(9, 30), by=sitting.by)
    assert len(_voters(sitting.vote())) == 3  # of five seats
    commands.let_out(sitting.row_of(council.members[4]), at=sitting.at(9, 30), by=sitting.by)
    db.session.commit()

    with pytest.raises(RuleBroken):
        sitting.vote()


def test_someone_who_is_not_there_cannot_vote_against(council: TestCouncil, sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        sitting.vote(against=[council.deputies[0]])


def test_a_withdrawn_proposal_cannot_be_voted_on(sitting: Sitting) -> None:
    proposal = _proposal(sitting)
    commands.withdraw_proposal(proposal, at=sitting.at(9, 50), by=sitting.by)
    db.session.commit()

    with pytest.raises(RuleBroken):
        sitting.vote(subject=Subject.PROPOSALS, proposal_numbers=[1])


def test_a_proposal_that_was_voted_on_cannot_be_withdrawn(sitting: Sitting) -> None:
    proposal = _proposal(sitting)
    sitting.vote(subject=Subject.PROPOSALS, proposal_numbers=[1])

    with pytest.raises(RuleBroken):
        commands.withdraw_proposal(proposal, at=sitting.at(11), by=sitting.by)


@pytest.mark.parametrize("subject", [Subject.PROPOSALS, Subject.AGAINST_EACH_OTHER])
def test_a_vote_on_proposals_names_them(sitting: Sitting, subject: Subject) -> None:
    with pytest.raises(RuleBroken):
        sitting.vote(subject=subject)
    db.session.rollback()
    with pytest.raises(RuleBroken):
        sitting.vote(subject=subject, proposal_numbers=[7])


@pytest.mark.parametrize(("against", "result"), [((2, 3), votes.Result.CASTING_VOTE), ((0, 1), votes.Result.REJECTED_BY_CASTING_VOTE)])
def test_the_chairs_own_vote_decides_between_two_proposals(
    council: TestCouncil, sitting: Sitting, against: tuple[int, ...], result: votes.Result
) -> None:
    commands.let_out(sitting.row_of(council.members[4]), at=sitting.at(9, 30), by=sitting.by)
    _proposal(sitting)
    vote = sitting.vote(subject=Subject.AGAINST_EACH_OTHER, proposal_numbers=[1], against=[council.members[one] for one in against])

    assert _result(vote) is result


def test_a_tie_that_the_chair_took_no_part_in_is_refused(council: TestCouncil, sitting: Sitting) -> None:
    commands.let_out(sitting.row_of(council.chair), at=sitting.at(9, 30), by=sitting.by)
    db.session.commit()

    with pytest.raises(RuleBroken):
        sitting.vote(against=council.members[1:3])
    db.session.rollback()
    vote = sitting.vote(against=council.members[1:3], chair=council.members[1])
    assert _result(vote) is votes.Result.REJECTED_BY_CASTING_VOTE


@pytest.mark.parametrize("outcome", [Outcome.ADOPTED, Outcome.ADOPTED_AMENDED, Outcome.POSTPONED, Outcome.SENT_BACK])
def test_an_outcome_that_decides_needs_the_words(sitting: Sitting, outcome: Outcome) -> None:
    with pytest.raises(RuleBroken) as broken:
        sitting.save(outcome=outcome, decision="  ")
    assert broken.value.field == "decision"


def test_a_save_from_an_older_text_is_refused_and_shows_both(sitting: Sitting) -> None:
    seen = sitting.done[0].version
    sitting.save(text="Den første")
    with pytest.raises(Stale) as stale:
        sitting.save(text="Den andre", seen_version=seen)

    assert (stale.value.now, stale.value.typed) == ("Den første\n\nForslaget vedtas.", "Den andre\n\nForslaget vedtas.")


def test_closed_doors_and_breaks_do_not_end_before_they_begin(sitting: Sitting) -> None:
    basis = a_legal_basis(BasisUse.CLOSE, "kommuneloven § 11-5")
    with pytest.raises(RuleBroken):
        commands.close_doors(sitting.done[0], basis=basis, began_at=sitting.at(11), ended_at=sitting.at(10), by=sitting.by)
    with pytest.raises(RuleBroken):
        commands.adjourn(sitting.done[0], began_at=sitting.at(11), ended_at=sitting.at(10), why="Pause", by=sitting.by)


def test_all_but_guests_stay_behind_closed_doors(council: TestCouncil, sitting: Sitting) -> None:
    basis = a_legal_basis(BasisUse.CLOSE, "kommuneloven § 11-5")
    commands.let_in(sitting.meeting, council.deputies[0], presence=Presence.GUEST, at=sitting.at(9, 30), by=sitting.by)
    closing = commands.close_doors(sitting.done[0], basis=basis, began_at=sitting.at(10), by=sitting.by)

    assert set(closing.stayed) == {person.id for person in (*council.members, council.secretary)}


def _let_in(s: Sitting) -> None:
    commands.let_in(s.meeting, s.council.deputies[0], presence=Presence.GUEST, at=s.at(9), by=s.by)


def _adjourn(s: Sitting) -> None:
    commands.adjourn(s.done[0], began_at=s.at(10), ended_at=None, why="Pause", by=s.by)


def _state(s: Sitting) -> None:
    commands.make_statement(s.done[0], person=s.council.chair, text="Til protokollen.", by=s.by)


def _close(s: Sitting) -> None:
    basis = a_legal_basis(BasisUse.CLOSE, "kommuneloven § 11-5")
    commands.close_doors(s.done[0], basis=basis, began_at=s.at(10), ended_at=s.at(10), by=s.by)


WRITES: dict[str, Callable[[Sitting], object]] = {
    "item": lambda s: s.save(text="Noe annet"),
    "vote": lambda s: s.vote(),
    "proposal": lambda s: _proposal(s),
    "recusal": lambda s: _recuse(s),
    "closing": _close,
    "break": _adjourn,
    "statement": _state,
    "let in": _let_in,
    "let out": lambda s: commands.let_out(s.row_of(s.council.chair), at=s.at(12), by=s.by),
    "remove": lambda s: commands.remove_presence(s.row_of(s.council.chair), by=s.by),
    "frame": lambda s: commands.save_frame(s.meeting, opening="Velkommen", closing="", seen_version=s.minutes.version, by=s.by),
}


def test_anything_changed_after_sending_clears_the_approvals(sitting: Sitting) -> None:
    sitting.finish()
    sitting.send()
    for what, write in WRITES.items():
        sitting.approve()
        write(sitting)
        db.session.commit()
        assert [(s.approved_at, s.approved_hash) for s in sitting.minutes.signatories] == [(None, ""), (None, "")], what
        with pytest.raises(RuleBroken):
            sitting.lock()


def test_locked_minutes_take_no_change(sitting: Sitting) -> None:
    sitting.locked()
    before = sitting.seen
    for what, write in WRITES.items():
        with pytest.raises(RuleBroken):
            write(sitting)
        db.session.rollback()
        assert sitting.seen == before, what
    assert (sitting.done[0].text, sitting.done[0].decision) == (TEXT, DECISION)


def test_locked_minutes_are_not_sent_or_locked_again(sitting: Sitting) -> None:
    sitting.locked()
    for again in (sitting.send, sitting.lock):
        with pytest.raises(RuleBroken):
            again()
        db.session.rollback()


def test_withdrawing_is_refused_in_locked_minutes(sitting: Sitting) -> None:
    _proposal(sitting)
    sitting.locked()

    with pytest.raises(RuleBroken):
        commands.withdraw_proposal(sitting.done[0].proposals[0], at=sitting.at(12), by=sitting.by)
    assert db.session.query(Minutes).count() == db.session.query(Deliberation).count() == 1


@pytest.mark.shows("L2")
def test_only_grants_and_internal_matters_are_individual_decisions_and_they_say_how_to_complain(sitting: Sitting) -> None:
    assert [kind.value for kind in DecisionKind] == ["statement", "grant", "internal", "election", "information", "forwarded"]
    for kind in DecisionKind:
        if kind in (DecisionKind.GRANT, DecisionKind.INTERNAL):
            with pytest.raises(RuleBroken) as silent:
                sitting.save(decision_kind=kind, is_individual=True)
            assert silent.value.field == "appeal"
            sitting.save(decision_kind=kind, is_individual=True, appeal="Klagefristen er tre uker.")
            assert (sitting.done[0].decision_kind, sitting.done[0].is_individual) == (kind, True)
        else:
            with pytest.raises(RuleBroken) as outside:
                sitting.save(decision_kind=kind, is_individual=True, appeal="Klagefristen er tre uker.")
            assert "§ 18-1" in outside.value.message
            sitting.save(decision_kind=kind)


@pytest.mark.shows("L2")
def test_the_form_says_what_kind_a_decision_is_and_refuses_others_individual_ones(sitting: Sitting, signed_in: Any) -> None:
    browser, item = signed_in(sitting.council.secretary), sitting.done[0].item
    address = f"/kontor/moter/{sitting.meeting.id}/motebok/{item.id}"
    refused = browser.submit(address, decision_kind="statement", is_individual="y", outcome="adopted", decision="Rådet uttaler seg.")
    assert refused.status_code == 422
    assert 'id="is_individual-error"' in refused.get_data(as_text=True)
    assert browser.submit(address, decision_kind="statement", outcome="adopted", decision="Rådet uttaler seg.").status_code == 303
    assert sitting.done[0].decision_kind is DecisionKind.STATEMENT
