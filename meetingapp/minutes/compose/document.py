"""The record as data: JSON that page, PDF and fingerprint are made from. Public titles and sentences only; nothing closed is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.core import clock
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.text import markdown
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Person
from meetingapp.invitations import queries as invitation_queries
from meetingapp.meetings import words as meeting_words
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import queries, votes
from meetingapp.minutes.compose import sentences
from meetingapp.minutes.models import Attendance, Deliberation, Minutes, Outcome, Presence, Subject, Vote

OTHERS = (Presence.SECRETARY, Presence.STAFF, Presence.GUEST)


def document(meeting: Meeting) -> dict[str, Any]:
    """The public record of a meeting, in the language of its leading body. Some twenty queries, however long the meeting."""
    with speaking(meeting.body.language) as language:
        attendance = queries.attendance_of(meeting)
        minutes = queries.minutes_of(meeting)
        deliberations = queries.deliberations_of(meeting)
        numbers = agenda_queries.numbers_for(meeting)
        lines = agenda_queries.timetable(meeting)
        day = clock.local(meeting.starts_at)
        opened, ended = meeting.opened_at or meeting.starts_at, meeting.ended_at
        return {
            "language": language,
            "title": _("Minutes of %(meeting)s", meeting=meeting_words.heading(meeting)),
            "heading": meeting_words.heading(meeting),
            "council": meeting.council.name,
            "body": meeting.body.name,
            "date": day.date().isoformat(),
            "facts": _facts(meeting, attendance, opened, ended, language),
            "attendance": _attendance(meeting, attendance, opened, ended),
            "present": _present(attendance, opened),
            "seats": sum(body.voting_seats for body in meeting.bodies),
            "quorum": _quorum(meeting, attendance, opened),
            "short_notice": _short_notice(meeting),
            "opening": str(markdown.render(minutes.opening)) if minutes is not None else "",
            "items": [
                _item(line.item, line.label, deliberations[line.item.id], numbers)
                for line in lines
                if line.item.id in deliberations and line.item.kind is not ItemKind.BREAK
            ],
            "closing": str(markdown.render(minutes.closing)) if minutes is not None else "",
            "end": _("The meeting ended at %(time)s.", time=sentences.at(ended)) if ended is not None else "",
        }


def _facts(meeting: Meeting, attendance: Sequence[Attendance], opened: datetime, ended: datetime | None, language: str) -> list[list[str]]:
    secretary = next((row.person.name for row in attendance if row.presence is Presence.SECRETARY), "")
    when = f"{dates.long_date(clock.local(meeting.starts_at), language=language)} "
    when += dates.time_span(opened, ended or meeting.ends_at, language=language)
    facts = [[_("When"), when], [_("Where"), meeting.place or _("On screen")]]
    facts += [[_("Chair"), meeting.chair.name]] if meeting.chair is not None else []
    return facts + ([[_("Secretary"), secretary]] if secretary else [])


def _short_notice(meeting: Meeting) -> str:
    call = next((call for call in invitation_queries.calls_of(meeting) if call.stopped_at is None and call.short_notice_reason), None)
    return _("The notice was short. Reason: %(reason)s", reason=call.short_notice_reason) if call is not None else ""


def _attendance(meeting: Meeting, rows: Sequence[Attendance], opened: datetime, ended: datetime | None) -> list[dict[str, Any]]:
    """Groups with heading and lines: members, deputies, absent, others. A person who went and came back is one line."""
    groups: list[dict[str, Any]] = []
    numbers = agenda_queries.numbers_for(meeting)
    for heading, kinds in ((_("Members"), [Presence.MEMBER]), (_("Deputies"), [Presence.DEPUTY]), (_("Others"), list(OTHERS))):
        people: dict[int, list[Attendance]] = {}
        for row in rows:
            if row.presence in kinds:
                people.setdefault(row.person_id, []).append(row)
        lines = []
        for stretches in people.values():
            first = stretches[0]
            notes = [note for row in stretches if (note := sentences.presence(row, opened, ended))]
            member = ""
            if first.presence is Presence.DEPUTY and first.seat is not None:
                member = _("for %(name)s", name=first.seat.person.name)
                if first.only_item is not None and first.only_item.case_id in numbers:
                    member += ", " + _("in case %(number)s", number=numbers[first.only_item.case_id].text)
                    notes = [note.replace(_("for one case only") + ", ", "").replace(_("for one case only"), "") for note in notes]
            name = (
                sentences.who(first)
                if first.presence in queries.VOTING
                else ", ".join(p for p in (first.person.name, first.person.title) if p)
            )
            lines.append({"name": name, "note": ", ".join(part for part in (member, "; ".join(n for n in notes if n)) if part)})
        if lines:
            groups.append({"heading": heading, "lines": lines})
    absent = queries.absences_of(meeting)
    if absent:
        said = [
            {
                "name": f"{row.seat.person.name} ({row.seat.organisation.short_name if row.seat.organisation else ''})",
                "note": _("had sent apologies") if row.gave_notice else _("was absent without apologies"),
            }
            for row in absent
        ]
        groups.append({"heading": _("Absent"), "lines": said})
    return groups


def _present(rows: Sequence[Attendance], opened: datetime) -> int:
    return len({row.person_id for row in rows if row.presence in queries.VOTING and row.covers(opened)})


def _quorum(meeting: Meeting, rows: Sequence[Attendance], opened: datetime) -> str:
    seats = sum(body.voting_seats for body in meeting.bodies)
    if not seats:
        return ""
    present = _present(rows, opened)
    share = council_queries.setting("quorum_share", body=meeting.body, on=clock.local(opened).date())
    return sentences.quorum(present, seats, meeting.body.name, met=votes.has_quorum(present, seats, share))


def _item(item: AgendaItem, label: str, done: Deliberation, numbers: dict[int, Any]) -> dict[str, Any]:
    """One item: number, PUBLIC title, and what the rows say in sentences."""
    ids = {person for p in done.proposals for person in p.on_behalf_of} | {person for c in done.closings for person in c.stayed}
    ids |= {b.person_id for v in done.votes for b in v.ballots} | {p for s in done.statements for p in s.on_behalf_of}
    people = queries.people(sorted(ids))
    case = item.case
    exempt = ""
    if case is not None and case.is_exempt and case.legal_basis is not None:
        exempt = _("Parts of the case are exempt from public access, see %(basis)s.", basis=case.legal_basis.label)
        if case.exemption.value == "wholly":
            exempt = _("The case is exempt from public access, see %(basis)s.", basis=case.legal_basis.label)
    return {
        "id": item.id,
        "case_id": item.case_id,
        "number": numbers[item.case_id].text if item.case_id in numbers else "",
        "label": label,
        "title": agenda_queries.title_of(item, public=True),
        "language": case.language if case is not None else "",
        "exempt": exempt,
        "late": _("The item was not on the agenda that was sent.") if item.is_late else "",
        "text": done.html,
        "recusals": [said for row in done.recusals for said in sentences.recusal(row)],
        "closings": [said for row in done.closings for said in sentences.closing(row, [people[p].name for p in row.stayed if p in people])],
        "breaks": [_break(row) for row in done.breaks],
        "proposals": [_proposal(row, people) for row in done.proposals],
        "votes": [_vote(vote, people) for vote in done.votes],
        "statements": [
            {"by": sentences.listed([people[p].name for p in row.on_behalf_of if p in people]) or row.by.name, "html": row.html}
            for row in done.statements
        ],
        "outcome": done.outcome.value,
        "postponed": done.outcome is Outcome.POSTPONED,
        "decision": done.decision_html,
        "appeal": done.appeal,
    }


def item_document(item: AgendaItem, done: Deliberation, numbers: dict[int, Any]) -> dict[str, Any]:
    """One item of the record as it would be now: what its desk shows beside the forms."""
    with speaking(item.meeting.body.language):
        return _item(item, "", done, numbers)


def _break(row: Any) -> str:
    if row.ended_at is None:
        return _("The meeting was adjourned at %(time)s (%(why)s).", time=sentences.at(row.began_at), why=row.why)
    return _(
        "The meeting was adjourned from %(start)s to %(end)s (%(why)s).",
        start=sentences.at(row.began_at),
        end=sentences.at(row.ended_at),
        why=row.why,
    )


def _proposal(row: Any, people: dict[int, Person]) -> dict[str, str]:
    others = [people[person].name for person in row.on_behalf_of if person in people]
    return {
        "heading": sentences.proposal(row, others),
        "html": row.html,
        "note": sentences.withdrawn(row) if row.withdrawn_at is not None else "",
    }


def _vote(vote: Vote, people: dict[int, Person]) -> dict[str, Any]:
    """Sentences, numbers, and names by side where the vote was split (L31)."""
    ballots = [(ballot.person_id, ballot.is_for) for ballot in vote.ballots]
    counted = votes.count(ballots, vote.chair_id)
    split = counted.for_ > 0 and counted.against > 0
    first, second = sentences.sides(vote) if vote.subject is Subject.AGAINST_EACH_OTHER else (_("For"), _("Against"))

    def named(is_for: bool) -> list[str]:
        return [_home(people[person]) for person, side in ballots if side is is_for and person in people]

    return {
        "sentences": sentences.result(vote, counted, vote.chair),
        "for": counted.for_,
        "against": counted.against,
        "result": counted.result.value,
        "is_main": vote.subject not in (Subject.RECUSAL, Subject.CLOSING),
        "sides": [{"label": first, "names": named(True)}, {"label": second[:1].upper() + second[1:], "names": named(False)}]
        if split
        else [],
        "casting": "for"
        if counted.result is votes.Result.CASTING_VOTE
        else "against"
        if counted.result is votes.Result.REJECTED_BY_CASTING_VOTE
        else "",
    }


def _home(person: Person) -> str:
    place = person.organisation.short_name if person.organisation is not None else ""
    party = _("list %(letter)s", letter=person.party_list) if person.party_list else ""
    about = ", ".join(part for part in (place, party) if part)
    return f"{person.name} ({about})" if about else person.name


def canonical(made: dict[str, Any]) -> bytes:
    """The document's bytes for fingerprinting: sorted keys, no spaces, UTF-8."""
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(made: dict[str, Any]) -> str:
    """SHA-256 of `canonical`, hexadecimal."""
    return hashlib.sha256(canonical(made)).hexdigest()


def with_approvals(made: dict[str, Any], minutes: Minutes) -> dict[str, Any]:
    """The document with who approved it and when, as it is kept in an edition."""
    with speaking(minutes.meeting.body.language) as language:
        said = [
            _("%(name)s, %(day)s", name=s.person.name, day=dates.full_date(clock.local(s.approved_at), language=language))
            for s in minutes.signatories
            if s.approved_at is not None
        ]
    return {**made, "approvals": said}
