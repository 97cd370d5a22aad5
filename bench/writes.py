"""What a form post costs (BW1), and what calling forty people costs the one who presses (BM1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from sqlalchemy import func, select

from bench import floors
from bench.house import SECRETARY, House, caller, commits, ready_case, statements
from bench.measure import Figure, against, alternate
from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas.models import AgendaItem
from meetingapp.core import clock, outbox
from meetingapp.core.database import db, write
from meetingapp.core.mail.models import Letter
from meetingapp.council import commands as council_commands
from meetingapp.council.models import BodyKind, Council, Person, SeatRole
from meetingapp.invitations import commands as invitation_commands
from meetingapp.meetings.models import Meeting, MeetingForm

PEOPLE = 40


def posts(house: House, folder: Path) -> Iterator[Figure]:
    """BW1: one transaction, one durable commit; a command beside the barest ORM writer and the disk."""
    with house.office.app_context():
        item_id = db.session.scalars(
            select(AgendaItem.id).where(AgendaItem.meeting_id == house.meeting_id, AgendaItem.case_id.is_not(None))
        ).first()
    assert item_id is not None
    minutes = cycle((20, 25))

    def fields() -> dict[str, str]:
        with house.office.app_context():
            version = db.session.scalar(select(AgendaItem.version).where(AgendaItem.id == item_id))
        return {"minutes": str(next(minutes)), "seen_version": str(version)}

    post = _poster(house, f"/kontor/agenda/{item_id}/minutter", fields)
    with commits() as heard:
        post()
    yield Figure("BW1 durable commits for a form post", len(heard), "commits", None, 1, is_count=True)

    def command() -> None:
        with house.office.app_context(), write():
            item = db.session.get_one(AgendaItem, item_id)
            agenda_commands.edit_item(item, minutes=next(minutes), title=item.title, by=None)

    orm, disk = floors.orm_writer(folder), floors.disk(folder)
    taken = alternate({"command": command, "orm": orm, "disk": disk, "post": post}, rounds=60, inner=2)
    value, floor = against(taken, "orm", "command", 1e6)  # how much of the bare writer's speed is left
    yield Figure("BW1 speed of a command, beside a bare ORM writer", floor and value / floor, "times", None, 0.8, at_least=True)
    yield Figure("BW1 a whole form post, beside a bare ORM writer", *_micro(against(taken, "post", "orm", 1e6)), 100, note="no goal set")


def _micro(pair: tuple[float, float]) -> tuple[float, str, float]:
    return pair[0], "µs CPU", pair[1]


def _poster(house: House, path: str, fields: Callable[[], dict[str, str]]) -> Callable[[], None]:
    """A function that posts a form once, with what it needs of tokens, as the person signed in."""
    browser = house.office.test_client()
    name, _equals, token = house.cookie.partition("=")
    browser.set_cookie(name, token)
    house.office.config["WTF_CSRF_ENABLED"] = False  # the token's own cost is measured with the page that carries it

    def post() -> None:
        answer = browser.post(path, data=fields(), headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.get_data(as_text=True)[-2000:]}"

    return post


def call_of_forty(house: House) -> Iterator[Figure]:
    """BM1: one transaction for forty letters; the command's own time beside an agenda page; no letter leaves in it."""
    with house.office.app_context():
        with write():
            meeting_id = _meeting_of_forty()
        agenda = caller(house.site, f"/kontor/moter/{house.meeting_id}/saksliste", cookie=house.cookie)
        base = alternate({"agenda": agenda}, rounds=10)["agenda"]
        with write():
            secretary = Actor(db.session.scalars(select(Person).where(Person.email == SECRETARY)).one())
            meeting = db.session.get_one(Meeting, meeting_id)
            day = clock.local(meeting.starts_at).date() - timedelta(days=7)

            def call() -> None:
                invitation_commands.call_meeting(meeting, by=secretary, reply_by=day)

            with statements() as heard:
                taken = _once(call)
        owed = select(func.count()).select_from(Letter).join(outbox.Task).where(outbox.Task.state == outbox.TaskState.QUEUED)
        letters = db.session.scalar(owed)
    middle = sorted(base)[len(base) // 2]
    note = f"{letters} letters owed, {len(heard)} statements"
    yield Figure(f"BM1 calling {PEOPLE}: the command beside an agenda page", taken * 1e3, "ms CPU", middle * 1e3, 2, note=note)


def _once(call: Callable[[], None]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def _meeting_of_forty() -> int:
    council = db.session.scalars(select(Council)).one()
    secretary = Actor(db.session.scalars(select(Person).where(Person.email == SECRETARY)).one())
    since = clock.today() - timedelta(days=400)
    body = council_commands.add_body(
        council, name="Nettverket", series="NV", kind=BodyKind.OTHER, organizer_address="mote@hamarregionen.example", valid_from=since,
        voting_seats=PEOPLE, by=secretary,
    )  # fmt: skip
    db.session.flush()
    council_commands.add_seat(body, secretary.person, role=SeatRole.SECRETARY, rights="a", valid_from=since, by=secretary)
    for number in range(PEOPLE):
        person = council_commands.add_person(
            name=f"Måle Person{number}", email=f"person{number}@bench.example", organisation=secretary.person.organisation, by=secretary
        )
        db.session.flush()
        council_commands.add_seat(body, person, role=SeatRole.MEMBER, valid_from=since, by=secretary)
    starts = clock.now() + timedelta(days=45)
    meeting = agenda_commands.plan(
        council, bodies=[body], starts_at=starts, ends_at=starts + timedelta(hours=3), place="Salen", form=MeetingForm.PHYSICAL,
        chair=person, by=secretary,
    )  # fmt: skip
    db.session.flush()
    agenda_commands.add_cases(meeting, [ready_case(council, 100, secretary)], by=secretary)
    db.session.flush()
    agenda_commands.fix_agenda(meeting, by=secretary)
    return meeting.id
