"""What happened in a meeting of the demo: who was there when, what was said, proposed, voted and decided. As the office writes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem
from meetingapp.core.database import db, write
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse, LegalBasis
from meetingapp.demo.source import Source, deliberations, opening_of, secretary_of
from meetingapp.demo.timeline import DemoFault, at
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, votes
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.models import DecisionKind, Deliberation, Outcome, Presence, ProposalKind, Subject, Vote

SUBJECTS = {
    "chair_proposal": Subject.CHAIR_PROPOSAL,
    "recommendation": Subject.RECOMMENDATION,
    "recusal": Subject.RECUSAL,
    "closing": Subject.CLOSING,
}
OUTCOMES = {"adopted_amended": Outcome.ADOPTED_AMENDED, "noted": Outcome.NOTED}
PROPOSALS = {"return": ProposalKind.SEND_BACK}
RESULTS = {
    votes.Result.UNANIMOUS: "unanimous",
    votes.Result.MAJORITY: "majority",
    votes.Result.CASTING_VOTE: "tie",
    votes.Result.REJECTED_BY_CASTING_VOTE: "tie",
}


def hold(source: Source, given: dict[str, Any]) -> None:
    """Open the meeting, write it down item by item, and end it."""
    with write():
        meeting, secretary, day = source.meeting_row(given["id"]), secretary_of(source), given["date"]
        commands.open_meeting(meeting, by=secretary, at=at(day, given["start"]))
        items = {item.position + 1: item for item in agenda_queries.items_of(meeting)}
        _attendance(source, given, meeting, items, secretary)
        prose = deliberations(given["minutes"]["file"])
        for fact in given["agenda"]:
            done = minutes_queries.deliberation_of(items[fact["pos"]])
            if done is not None:
                _Item(source, day, fact, done, secretary).write(prose.get(fact.get("case") or fact["title"], ""))
        db.session.flush()
        commands.end_meeting(meeting, by=secretary, at=at(day, given["actual_end"]))
        minutes = minutes_queries.minutes_of(meeting)
        if minutes is not None and (opening := opening_of(given["minutes"]["file"])):
            commands.save_frame(meeting, opening=opening, closing="", seen_version=minutes.version, by=secretary)


def _attendance(source: Source, given: dict[str, Any], meeting: Meeting, items: dict[int, AgendaItem], secretary: Actor) -> None:
    """The stretches as they were: who was to come and was not there at the start is taken out, who came later is let in."""
    day = given["date"]
    seats = {seat.person_id: seat for seat in council_queries.seats_on(meeting.body, day)}
    in_room = {row.person_id: row for row in minutes_queries.attendance_of(meeting)}
    from_start = {
        source.person(fact["person"]).id for fact in given["attendance"] if fact["in"] == given["start"] and not fact.get("remote", False)
    }
    for person_id, row in in_room.items():
        if person_id not in from_start:
            commands.remove_presence(row, by=secretary)
    db.session.flush()
    for fact in given["attendance"]:
        person, left = source.person(fact["person"]), None if fact["out"] == given["actual_end"] else at(day, fact["out"])
        if fact["in"] == given["start"] and person.id in from_start and person.id in in_room:
            if left is not None:
                commands.let_out(in_room[person.id], at=left, by=secretary)
            continue
        presence = Presence(fact["as"])
        seat = {Presence.MEMBER: seats.get(person.id)}.get(presence)
        if presence is Presence.DEPUTY:
            seat = seats[source.person(fact["for"]).id]
        commands.let_in(
            meeting,
            person,
            presence=presence,
            at=at(day, fact["in"]),
            left_at=left,
            seat=seat,
            only_item=_item_of(source, items, fact["only_case"]) if "only_case" in fact else None,
            is_remote=fact.get("remote", False),
            by=secretary,
        )
        db.session.flush()


def _item_of(source: Source, items: dict[int, AgendaItem], number: str) -> AgendaItem:
    return next(item for item in items.values() if item.case_id == source.case(number).id)


def _basis(use: BasisUse, ground: dict[str, str]) -> LegalBasis:
    start = f"{ground['law']} {ground['section']} {ground['paragraph']}"
    return db.session.scalars(select(LegalBasis).where(LegalBasis.use == use, LegalBasis.label.startswith(start))).one()


class _Item:
    """One item of the file being written into its place in the minutes."""

    def __init__(self, source: Source, day: date, fact: dict[str, Any], done: Deliberation, secretary: Actor) -> None:
        self.source, self.day, self.fact, self.done, self.by = source, day, fact, done, secretary
        self.numbers: dict[str, int] = {}  # the file's key of a proposal → its number in the item

    def write(self, prose: str) -> None:
        """Everything about the item, in the order in which the page for it asks."""
        for row in self.fact.get("recusals", []):
            self._recusal(row)
        for row in self.fact.get("proposals", []):
            self._proposal(row)
        for row in self.fact.get("adjourned", []):
            commands.adjourn(self.done, began_at=self._at(row["from"]), ended_at=self._at(row["to"]), why=row["why"], by=self.by)
        if "closed" in self.fact:
            self._closing(self.fact["closed"])
        self._refresh()
        notes = []
        for row in self.fact.get("votes", []):
            self._vote(row)
            notes += [row["note"]] if "note" in row else []
        if "minutes_addition" in self.fact:
            self._statement(self.fact["minutes_addition"])
        self._save("\n\n".join([prose, *notes]))

    def _at(self, clock_time: str) -> datetime:
        return at(self.day, clock_time)

    def _ids(self, people: list[str]) -> list[int]:
        return [self.source.person(person).id for person in people]

    def _refresh(self) -> None:
        db.session.flush()
        db.session.refresh(self.done)

    def _recusal(self, row: dict[str, Any]) -> None:
        commands.recuse(
            self.done,
            self.source.person(row["person"]),
            basis=_basis(BasisUse.RECUSE, row["ground"]),
            statement=row["statement"],
            left_at=self._at(row["left"]),
            returned_at=self._at(row["returned"]),
            deputy=self.source.person(row["deputy"]),
            by=self.by,
        )

    def _proposal(self, row: dict[str, Any]) -> None:
        proposal = commands.make_proposal(
            self.done,
            person=self.source.person(row["by"]),
            kind=PROPOSALS.get(row["kind"]) or ProposalKind(row["kind"]),
            text=row["text"],
            on_behalf_of=self._ids(row.get("on_behalf_of", [])),
            withdrawn_at=self._at(row["withdrawn"]) if "withdrawn" in row else None,
            by=self.by,
        )
        self._refresh()
        self.numbers[row["id"]] = proposal.number

    def _closing(self, row: dict[str, Any]) -> None:
        commands.close_doors(
            self.done,
            basis=_basis(BasisUse.CLOSE, row["ground"]),
            began_at=self._at(row["from"]),
            ended_at=self._at(row["to"]),
            stayed=self._ids(row["stayed"]),
            by=self.by,
        )

    def _vote(self, row: dict[str, Any]) -> None:
        """Record a vote by its exceptions, and see that what is computed is what the file says."""
        subjects = row["subject"] if isinstance(row["subject"], list) else [row["subject"]]
        subject = SUBJECTS.get(subjects[0], Subject.PROPOSALS)
        vote = commands.record_vote(
            self.done,
            subject=Subject.AGAINST_EACH_OTHER if row["method"] == "against_each_other" else subject,
            at=self._at(row["time"]),
            against=self._ids(row["against"]),
            proposal_numbers=[self.numbers[one] for one in subjects if one in self.numbers],
            about=self.source.person(row["about"]) if "about" in row else None,
            by=self.by,
        )
        self._check(row, vote)
        self._refresh()

    def _check(self, row: dict[str, Any], vote: Vote) -> None:
        """:raises DemoFault: when the voters or the result are not those of the file"""
        for_ = {ballot.person_id for ballot in vote.ballots if ballot.is_for}
        against = {ballot.person_id for ballot in vote.ballots} - for_
        counted = votes.count([(ballot.person_id, ballot.is_for) for ballot in vote.ballots], vote.chair.id if vote.chair else None)
        said, computed = (
            (set(self._ids(row["for"])), set(self._ids(row["against"])), row["result"]),
            (for_, against, RESULTS[counted.result]),
        )
        if said != computed:
            raise DemoFault(f"Vote {row['id']}: the file says {said}, computed is {computed}")

    def _statement(self, row: dict[str, Any]) -> None:
        commands.make_statement(
            self.done,
            person=self.source.person(row["by"]),
            text=row["text"],
            on_behalf_of=self._ids(row["on_behalf_of"]),
            by=self.by,
        )

    def _save(self, text: str) -> None:
        decision = self.fact.get("decision") or {}
        case = self.source.case_facts(self.fact["case"]) if "case" in self.fact else {}
        why = [row["why"] for row in self.source.facts["no_action_needed"] if row["case"] == self.fact.get("case")]
        kind = case.get("decision_kind")
        commands.save_deliberation(
            self.done,
            text=text.strip(),
            outcome=_outcome(self.fact, case),
            decision=decision.get("text", ""),
            decision_kind=DecisionKind(kind) if kind in {one.value for one in DecisionKind} else None,
            is_individual="appeal" in decision,
            appeal=decision.get("appeal", {}).get("text", ""),
            no_action_reason=why[0] if why else "",
            seen_version=self.done.version,
            by=self.by,
        )


def _outcome(fact: dict[str, Any], case: dict[str, Any]) -> Outcome:
    decision = fact.get("decision")
    if not decision:
        return Outcome.SUMMARISED
    if "postponed_to" in decision:
        return Outcome.POSTPONED
    if "referred_to" in decision:
        return Outcome.SENT_BACK
    return OUTCOMES.get(case.get("outcome", ""), Outcome.ADOPTED)
