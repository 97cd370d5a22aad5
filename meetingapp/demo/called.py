"""From the agenda to the answers: what every meeting of the demo goes through before it is held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.core.database import db, write
from meetingapp.core.database.numbers import raise_counter
from meetingapp.council.models import Person
from meetingapp.demo import documents
from meetingapp.demo.casework import make_ready, write_case
from meetingapp.demo.source import Source, secretary_of
from meetingapp.demo.timeline import DemoFault, Step, at
from meetingapp.invitations import commands as invitation_commands
from meetingapp.invitations import pack
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingForm

ITEM_KINDS = {"formal": ItemKind.FORMAL, "programme": ItemKind.PROGRAMME, "break": ItemKind.BREAK}
TITLES = {
    "m3": "Fellesmøte med LO og NHO",
    "m5": "Dialogmøte med Statsforvalteren",
    "m6": "Partnerskapsmøte med fylkeskommunen",
    "m7": "Møte med Stortingsbenken",
}
ON_SCREEN = "https://mote.hamarregionen.example/"
REASONS = {"other_office": "office", "work": "work", "welfare": "family"}  # the house's own words; the rest: another valid reason
FOLLOW_UP = "Oppfølging siden sist"
A_DAY, A_YEAR = timedelta(days=1), 2026


def steps(source: Source, given: dict[str, Any], *, telling: str) -> Iterator[Step]:
    """The steps of one meeting (facts of the files) from its agenda to its call."""
    called = day_of_call(given)
    yield Step(day_before(given), partial(_prepare, source, given), telling)
    yield Step(at(called, "10:00"), partial(_call, source, given, called))
    for call in given["calls"]:
        if call["kind"] == "reminder":
            yield Step(at(call["sent"], "09:00"), partial(_remind, source, given))
        elif call["kind"] == "supplement":
            yield Step(at(call["sent"], "11:00"), partial(documents.send_supplement, source, given, call))


def day_of_call(given: dict[str, Any]) -> date:
    """The day on which the meeting was called."""
    found: date = next(call["sent"] for call in given["calls"] if call["kind"] == "call")
    return found


def day_before(given: dict[str, Any]) -> datetime:
    """When the agenda of a meeting was fixed: the day before its call."""
    return at(day_of_call(given) - A_DAY, "15:00")


def answers(source: Source, given: dict[str, Any]) -> Iterator[Step]:
    """The answers to the call of a meeting that has been held: those who came said so, the others declined, and deputies were asked."""
    yield Step(at(day_of_call(given) + A_DAY, "12:00"), partial(_accept, source, given))
    for absent in given["absent"]:
        yield Step(at(absent["told"], "08:00"), partial(_decline, source, given, absent))
        for deputy in absent["deputies"]:
            yield Step(at(deputy["asked"], "09:00"), partial(_ask_deputy, source, given, absent, deputy))
        if absent["person"] == _usual_chair(source, given) != given["chair"]:
            yield Step(at(absent["told"], "11:00"), partial(_change_chair, source, given))


def _usual_chair(source: Source, given: dict[str, Any]) -> str:
    found: str = next(body["chair"] for body in source.facts["bodies"] if body["id"] == given["body"])
    return found


def _prepare(source: Source, given: dict[str, Any]) -> None:
    kept = documents.make_for(source, given)
    with write():
        secretary = secretary_of(source)
        for item in given["agenda"]:
            if item["kind"] == "case" and "urgent" not in item:
                case = write_case(source, item["case"], given["id"], minutes=length(item), secretary=secretary)
                documents.attach(case, kept.get(item["case"], []), secretary=secretary)
                make_ready(case, secretary=secretary)
        meeting = _plan(source, given, secretary)
        source.keep(given["id"], meeting)
        agenda_commands.fix_agenda(meeting, by=secretary)
        check_numbers(source, meeting)


def length(item: dict[str, Any]) -> int:
    """Minutes from the planned start to the planned end of an item."""
    day = date(2026, 1, 1)  # any day without a change of clocks
    return int((at(day, item["end"]) - at(day, item["start"])).total_seconds() // 60)


def _plan(source: Source, given: dict[str, Any], secretary: Actor) -> Meeting:
    """The meeting with the items of the file in their order. The follow-up item is the marker that fills itself."""
    form = MeetingForm(given["form"])
    hosts = [source.organisation(one["org"]) for one in given.get("joint_with", []) if one["role"] == "co_host"]
    meeting = meeting_commands.plan_meeting(
        source.council(),
        bodies=[source.body(given["body"])],
        starts_at=at(given["date"], given["start"]),
        ends_at=at(given["date"], given["end"]),
        place="" if form is MeetingForm.REMOTE else given["place"],
        form=form,
        online_url="" if form is MeetingForm.PHYSICAL else f"{ON_SCREEN}{given['id']}",
        title=TITLES.get(given["id"], ""),
        co_hosts=hosts,
        by=secretary,
    )
    db.session.flush()
    for item in given["agenda"]:
        if "urgent" not in item:
            _add(source, meeting, item, secretary)
    return meeting


def _add(source: Source, meeting: Meeting, item: dict[str, Any], secretary: Actor) -> AgendaItem:
    if item["kind"] == "case":
        new = agenda_commands.add_cases(meeting, [source.case(item["case"])], by=secretary)[0]
        if new.minutes != length(item):  # a case that has been on an agenda before
            agenda_commands.edit_item(new, minutes=length(item), by=secretary)
        return new
    kind = ItemKind.FOLLOW_UP if item["title"] == FOLLOW_UP else ITEM_KINDS[item["kind"]]
    speakers = ", ".join(source.person(person).name for person in item.get("speakers", []))
    return agenda_commands.add_item(meeting, kind=kind, title=item["title"], minutes=length(item), speakers=speakers, by=secretary)


def check_numbers(source: Source, meeting: Meeting) -> None:
    """:raises DemoFault: when a case did not get the number it has in the files"""
    known = {case_id: number for (_kind, number), case_id in source.ids.items() if number[:3] in ("RR ", "AU ")}
    for case_id, number in agenda_queries.numbers_for(meeting).items():
        if known[case_id] != number.text:
            raise DemoFault(f"{known[case_id]} got the number {number.text} in {meeting.slug}")


def count_on(source: Source, key: str) -> None:
    """Let the numbers that the cases of a meeting got count as given elsewhere: for a year that is loaded without the meeting."""
    with write():
        for fact in source.facts["cases"]:
            if fact["meetings"][0] == key:
                raise_counter(agenda_queries.series_key(source.body(fact["body"]), A_YEAR), fact["seq"])


def add_late(source: Source, given: dict[str, Any], item: dict[str, Any]) -> None:
    """A case that was not on the list that was sent comes on the agenda in its place, with its papers."""
    kept = documents.make_for(source, given, urgent=True)
    with write():
        secretary = secretary_of(source)
        case = write_case(source, item["case"], given["id"], minutes=length(item), secretary=secretary)
        documents.attach(case, kept.get(item["case"], []), secretary=secretary)
        make_ready(case, secretary=secretary)
        meeting = source.meeting_row(given["id"])
        agenda_commands.move_to_place(_add(source, meeting, item, secretary), item["pos"], by=secretary)
        check_numbers(source, meeting)


def _call(source: Source, given: dict[str, Any], called: date) -> None:
    """Call the meeting with its papers as one PDF."""
    reason = next((call["short_notice"]["reason"] for call in given["calls"] if "short_notice" in call), "")
    guests = [row["person"] for row in given["attendance"] if row["as"] == "guest"]
    known = {person["id"] for person in source.facts["people"] if "org" in person}
    made = pack.make_pack(source.meeting_row(given["id"]))
    with write():
        invitation_commands.call_meeting(
            source.meeting_row(given["id"]),
            reply_by=max(called, min(called + timedelta(days=7), given["date"] - A_DAY)),
            reason=reason,
            guests=[source.person(person) for person in dict.fromkeys(guests) if person in known],
            pack=made,
            by=secretary_of(source),
        )


def _answer(source: Source, given: dict[str, Any], person: Person, reply: Reply, **more: Any) -> None:
    invitation = invitation_queries.invitation_of(source.meeting_row(given["id"]), person)
    if invitation is not None:
        invitation_commands.answer(invitation, reply, via="link", by=None, **more)


def _accept(source: Source, given: dict[str, Any]) -> None:
    with write():
        for person in dict.fromkeys(row["person"] for row in given["attendance"]):
            _answer(source, given, source.person(person), Reply.ACCEPTED)


def _decline(source: Source, given: dict[str, Any], absent: dict[str, Any]) -> None:
    with write():
        _answer(source, given, source.person(absent["person"]), Reply.DECLINED, reason=REASONS.get(absent["reason"], "other"))


def _ask_deputy(source: Source, given: dict[str, Any], absent: dict[str, Any], deputy: dict[str, Any]) -> None:
    """Call a deputy for the one who is absent, who answers the same day. Leaving out an earlier one has its reason."""
    with write():
        call_deputy(source, given, absent["person"], deputy["person"], reason=deputy.get("skip_reason", ""))
    with write():
        if deputy["answer"] == "accepted":
            _answer(source, given, source.person(deputy["person"]), Reply.ACCEPTED)
        elif deputy["answer"] == "declined":
            _answer(source, given, source.person(deputy["person"]), Reply.DECLINED, reason="work")


def call_deputy(source: Source, given: dict[str, Any], absent: str, deputy: str, *, reason: str = "") -> None:
    """Call `deputy` (a key of the files) to the chair of `absent`."""
    meeting = source.meeting_row(given["id"])
    vacancies = invitation_queries.vacancies(meeting, invitation_queries.invitations_of(meeting))
    vacancy = next((one for one in vacancies if one.seat.person_id == source.person(absent).id), None)
    if vacancy is None:
        raise DemoFault(f"Nobody has to be called for {absent} in {given['id']}")
    seats = {seat.person_id: seat for seat in vacancy.deputies}
    invitation_commands.call_deputy(vacancy.declined, seats[source.person(deputy).id], reason=reason, by=secretary_of(source))


def _remind(source: Source, given: dict[str, Any]) -> None:
    with write():
        invitation_commands.remind(invitation_queries.invitations_of(source.meeting_row(given["id"])), by=secretary_of(source))


def _change_chair(source: Source, given: dict[str, Any]) -> None:
    """Somebody else leads: the chair has sent apologies."""
    with write():
        meeting = source.meeting_row(given["id"])
        agenda_commands.edit(
            meeting,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            place=meeting.place,
            form=meeting.form,
            title=meeting.title,
            online_url=meeting.online_url,
            chair=source.person(given["chair"]),
            seen_version=meeting.version,
            by=secretary_of(source),
        )
