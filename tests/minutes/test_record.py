"""From the last item to a locked edition, and a correction."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.cases.models import CaseState
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import BasisUse
from meetingapp.minutes import commands, compose, queries
from meetingapp.minutes.models import MinutesState, Outcome
from tests.factories import TestCouncil, a_legal_basis
from tests.minutes.sitting import Sitting, called, opened


def _lacking(sitting: Sitting) -> int:
    return len(queries.lacking(sitting.meeting))


def test_what_the_law_wants_is_named_part_by_part(sitting: Sitting) -> None:
    number = "RR 01/26"
    first = queries.lacking(sitting.meeting)
    assert len(first) == 2  # not ended, no outcome
    assert [fault.href for fault in first if number in fault.text] == [f"{sitting.base}/{sitting.items[0].id}"]

    commands.end_meeting(sitting.meeting, by=sitting.by, at=sitting.at(13))
    assert _lacking(sitting) == 1
    sitting.save()
    no_vote = [fault.text for fault in queries.lacking(sitting.meeting)]
    assert len(no_vote) == 1
    assert number in no_vote[0]
    assert no_vote[0] != first[-1].text
    sitting.vote()
    assert _lacking(sitting) == 0

    basis = a_legal_basis(BasisUse.CLOSE, "kommuneloven § 11-5")
    closing = commands.close_doors(sitting.done[0], basis=basis, began_at=sitting.at(11), by=sitting.by)
    db.session.commit()
    assert _lacking(sitting) == 1
    closing.ended_at = sitting.at(12)
    sitting.done[0].decision = ""
    db.session.commit()
    assert [number in fault.text for fault in queries.lacking(sitting.meeting)] == [True]


def test_a_meeting_where_nobody_was_lacks_those_present(council: TestCouncil) -> None:
    sitting = called(council)
    commands.open_meeting(sitting.meeting, by=sitting.by, at=sitting.at(9))
    db.session.commit()

    assert [fault.href for fault in queries.lacking(sitting.meeting)].count(sitting.base) == 2


def test_a_postponed_case_needs_no_vote_and_a_noted_one_no_decision(council: TestCouncil) -> None:
    sitting = opened(council, "A", "B")
    sitting.save(0, outcome=Outcome.POSTPONED, decision="Saken utsettes.")
    sitting.save(1, outcome=Outcome.NOTED, decision="")
    commands.end_meeting(sitting.meeting, by=sitting.by, at=sitting.at(13))

    assert _lacking(sitting) == 0


def test_what_lacks_something_is_not_sent(sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        sitting.send()


def test_somebody_is_elected_to_approve(sitting: Sitting) -> None:
    sitting.finish()
    with pytest.raises(RuleBroken) as broken:
        commands.send_for_approval(sitting.minutes, elected=[], by=sitting.by)
    assert broken.value.field == "elected"


def _asked(letters: list[EmailMessage], sitting: Sitting) -> list[str]:
    return [str(letter["To"].addresses[0].addr_spec) for letter in letters if f"{sitting.base}/godkjenn" in _text(letter)]


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return body.get_content() if body is not None else ""


def test_the_chair_and_the_elected_get_a_letter(council: TestCouncil, sitting: Sitting, letters: Callable[[], list[EmailMessage]]) -> None:
    sitting.finish()
    sitting.send()

    assert sorted(_asked(letters(), sitting)) == sorted([council.chair.email, council.members[2].email])
    assert sitting.minutes.state is MinutesState.SENT


def test_sending_again_asks_anew(council: TestCouncil, sitting: Sitting, letters: Callable[[], list[EmailMessage]]) -> None:
    sitting.finish()
    sitting.send()
    letters()
    sitting.approve()
    sitting.send()

    assert len(_asked(letters(), sitting)) == 4
    assert [s.approved_at for s in sitting.minutes.signatories] == [None, None]


def test_the_text_that_was_seen_is_the_text_that_is_approved(council: TestCouncil, sitting: Sitting) -> None:
    sitting.finish()
    sitting.send()
    seen = sitting.seen
    sitting.save(text="En ny setning.")
    with pytest.raises(RuleBroken):
        commands.approve(sitting.minutes, council.chair, seen_hash=seen, by=Actor(council.chair))
    commands.approve(sitting.minutes, council.chair, seen_hash=sitting.seen, by=Actor(council.chair))

    assert sitting.minutes.signatories[0].approved_hash == sitting.seen


def test_only_those_asked_approve_and_only_after_sending(council: TestCouncil, sitting: Sitting) -> None:
    sitting.finish()
    with pytest.raises(RuleBroken):
        commands.approve(sitting.minutes, council.chair, seen_hash=sitting.seen, by=Actor(council.chair))
    sitting.send()
    with pytest.raises(RuleBroken):
        commands.approve(sitting.minutes, council.members[4], seen_hash=sitting.seen, by=Actor(council.members[4]))


def test_the_lock_waits_for_every_approval(council: TestCouncil, sitting: Sitting) -> None:
    sitting.finish()
    with pytest.raises(RuleBroken):
        sitting.lock()
    sitting.send()
    commands.approve(sitting.minutes, council.chair, seen_hash=sitting.seen, by=Actor(council.chair))
    with pytest.raises(RuleBroken):
        sitting.lock()
    sitting.approve()

    assert sitting.lock().number == 1
    assert sitting.minutes.state is MinutesState.LOCKED


def test_an_edition_holds_the_record_its_fingerprint_and_who_approved(council: TestCouncil, sitting: Sitting) -> None:
    edition = sitting.locked()
    approvals = edition.document["approvals"]
    bare = {name: value for name, value in edition.document.items() if name != "approvals"}

    assert edition.sha256 == compose.fingerprint(compose.document(sitting.meeting)) == compose.fingerprint(bare)
    assert [council.chair.name in approvals[0], council.members[2].name in approvals[1], len(approvals)] == [True, True, 2]


def test_a_correction_makes_a_second_edition_and_keeps_the_first(sitting: Sitting) -> None:
    first = sitting.locked()
    kept = (first.number, first.sha256, first.document, first.locked_at, first.correction)
    second = sitting.corrected("Forslaget vedtas med rettet år.", "Feil år i vedtaket.")
    db.session.expire_all()

    assert (first.number, first.sha256, first.document, first.locked_at, first.correction) == kept
    assert "rettet år" not in str(first.document)
    assert (second.number, second.correction) == (2, "Feil år i vedtaket.")
    assert "rettet år" in second.document["items"][0]["decision"]
    assert second.sha256 != first.sha256
    assert queries.latest_edition(sitting.meeting) == second


def test_a_correction_says_what_was_wrong_when_opened_and_when_locked(sitting: Sitting) -> None:
    sitting.finish()
    commands.save_frame(sitting.meeting, opening="", closing="Takk for i dag.", seen_version=sitting.minutes.version, by=sitting.by)
    sitting.send()
    sitting.approve()
    sitting.lock()
    with pytest.raises(RuleBroken):
        commands.correct(sitting.minutes, what="  ", by=sitting.by)
    commands.correct(sitting.minutes, what="Feil år", by=sitting.by)
    sitting.send()
    sitting.approve()

    with pytest.raises(RuleBroken):
        sitting.lock("  ")


def test_only_locked_minutes_are_corrected(sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.correct(sitting.minutes, what="Feil år", by=sitting.by)


def test_the_lock_tells_the_cases_how_they_ended(council: TestCouncil) -> None:
    sitting = opened(council, "A", "B", "C", "D")
    outcomes = [Outcome.ADOPTED, Outcome.POSTPONED, Outcome.SENT_BACK, Outcome.NOT_ADOPTED]
    for number, outcome in enumerate(outcomes):
        sitting.save(number, outcome=outcome)
    cases = [item.case for item in sitting.items]
    assert {case.state for case in cases if case} == {CaseState.ON_AGENDA}
    sitting.locked()

    assert [case.state for case in cases if case] == [CaseState.DECIDED, CaseState.POSTPONED, CaseState.SENT_BACK, CaseState.DECIDED]


def test_a_correction_does_not_move_a_case_that_has_gone_on(sitting: Sitting) -> None:
    sitting.locked()
    case = sitting.items[0].case
    assert case is not None
    case.state = CaseState.ON_AGENDA  # of a later meeting
    db.session.commit()
    sitting.corrected("Forslaget vedtas med rettet år.", "Feil år.")

    assert case.state is CaseState.ON_AGENDA


def test_the_public_title_alone_stands_in_the_record(council: TestCouncil) -> None:
    sitting = opened(council)
    case = sitting.items[0].case
    assert case is not None
    case.title, case.public_title = "Kjøp av Blåtind", "Forhandlinger"
    db.session.commit()
    sitting.finish()
    made = compose.canonical(compose.document(sitting.meeting)).decode()

    assert "Forhandlinger" in made
    assert "Blåtind" not in made
