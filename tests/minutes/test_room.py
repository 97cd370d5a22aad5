"""Who is in the room, and when."""

from __future__ import annotations

import pytest

from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.invitations.models import Reply
from meetingapp.meetings.models import MeetingState
from meetingapp.minutes import commands, queries
from meetingapp.minutes.models import Presence, Subject
from tests.factories import TestCouncil
from tests.minutes.sitting import Sitting, called, reply


def _names(sitting: Sitting) -> dict[str, Presence]:
    return {row.person.name: row.presence for row in queries.attendance_of(sitting.meeting)}


def test_opening_fills_in_those_who_accepted(council: TestCouncil) -> None:
    sitting = called(council)
    reply(sitting, council.members[0], Reply.ACCEPTED)
    reply(sitting, council.members[1], Reply.DECLINED, "illness")
    reply(sitting, council.secretary, Reply.ACCEPTED)
    commands.open_meeting(sitting.meeting, by=sitting.by, at=sitting.at(9, 5))
    db.session.commit()

    assert _names(sitting) == {council.chair.name: Presence.MEMBER, council.secretary.name: Presence.SECRETARY}
    own = sitting.row_of(council.chair)
    assert (own.seat, own.came_at, own.left_at) == (council.seats[0], sitting.at(9, 5), None)
    assert [(row.seat, row.gave_notice) for row in queries.absences_of(sitting.meeting)] == [(council.seats[1], True)]
    assert sitting.meeting.state is MeetingState.IN_SESSION


def test_a_meeting_that_is_not_called_cannot_be_opened(council: TestCouncil, sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.open_meeting(sitting.meeting, by=sitting.by)


def test_each_item_gets_its_place(council: TestCouncil) -> None:
    sitting = called(council, "A", "B")
    commands.open_meeting(sitting.meeting, by=sitting.by, at=sitting.at(9))
    db.session.commit()

    assert len(sitting.done) == 2


def test_nothing_is_written_before_the_meeting_is_opened(council: TestCouncil) -> None:
    sitting = called(council)

    with pytest.raises(RuleBroken):
        commands.let_in(sitting.meeting, council.chair, presence=Presence.MEMBER, at=sitting.at(9), by=sitting.by)


def test_someone_who_goes_and_comes_back_has_two_stretches(council: TestCouncil, sitting: Sitting) -> None:
    member, seat = council.members[1], council.seats[1]
    commands.let_out(sitting.row_of(member), at=sitting.at(10), by=sitting.by)
    commands.let_in(sitting.meeting, member, presence=Presence.MEMBER, seat=seat, at=sitting.at(11), by=sitting.by)
    db.session.commit()
    item = sitting.items[0]

    def may_vote(hour: int, minutes: int = 0) -> bool:
        return member.id in [row.person_id for row in queries.voters_at(sitting.meeting, sitting.at(hour, minutes), item)]

    assert [may_vote(9), may_vote(9, 59), may_vote(10), may_vote(10, 59), may_vote(11)] == [True, True, False, False, True]


def test_nobody_is_in_the_room_twice(council: TestCouncil, sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.let_in(sitting.meeting, council.chair, presence=Presence.MEMBER, at=sitting.at(9, 30), by=sitting.by)


def test_nobody_leaves_before_they_come(council: TestCouncil, sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.let_out(sitting.row_of(council.chair), at=sitting.at(8), by=sitting.by)
    with pytest.raises(RuleBroken):
        commands.let_in(
            sitting.meeting, council.deputies[0], presence=Presence.GUEST, at=sitting.at(10), left_at=sitting.at(9), by=sitting.by
        )


def test_a_member_who_comes_after_all_is_not_absent(council: TestCouncil) -> None:
    sitting = called(council)
    reply(sitting, council.members[1], Reply.DECLINED, "illness")
    commands.open_meeting(sitting.meeting, by=sitting.by, at=sitting.at(9))
    commands.let_in(sitting.meeting, council.members[1], presence=Presence.MEMBER, seat=council.seats[1], at=sitting.at(10), by=sitting.by)
    db.session.commit()

    assert list(queries.absences_of(sitting.meeting)) == []


def test_a_member_taken_off_the_list_is_absent_without_notice(council: TestCouncil, sitting: Sitting) -> None:
    commands.remove_presence(sitting.row_of(council.members[1]), by=sitting.by, absent=True)
    db.session.commit()

    assert council.members[1].name not in _names(sitting)
    assert [(row.seat, row.gave_notice) for row in queries.absences_of(sitting.meeting)] == [(council.seats[1], False)]


def test_a_member_with_another_stretch_left_is_not_absent(council: TestCouncil, sitting: Sitting) -> None:
    member, seat = council.members[1], council.seats[1]
    commands.let_out(sitting.row_of(member), at=sitting.at(10), by=sitting.by)
    again = commands.let_in(sitting.meeting, member, presence=Presence.MEMBER, seat=seat, at=sitting.at(11), by=sitting.by)
    db.session.commit()
    commands.remove_presence(again, by=sitting.by, absent=True)
    db.session.commit()
    assert list(queries.absences_of(sitting.meeting)) == []

    commands.remove_presence(sitting.row_of(member), by=sitting.by, absent=True)
    db.session.commit()
    assert [row.seat for row in queries.absences_of(sitting.meeting)] == [seat]


def test_the_end_closes_every_stretch(council: TestCouncil, sitting: Sitting) -> None:
    commands.let_out(sitting.row_of(council.members[1]), at=sitting.at(10), by=sitting.by)
    commands.end_meeting(sitting.meeting, by=sitting.by, at=sitting.at(13))
    db.session.commit()

    assert sitting.meeting.state is MeetingState.ENDED
    assert sitting.row_of(council.members[1]).left_at == sitting.at(10)
    assert {row.left_at for row in queries.attendance_of(sitting.meeting)} == {sitting.at(10), sitting.at(13)}


def test_a_meeting_does_not_end_before_it_was_opened(sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.end_meeting(sitting.meeting, by=sitting.by, at=sitting.at(8))


def test_a_seat_is_filled_by_one_at_a_time(sitting: Sitting) -> None:
    member, deputy = sitting.council.members[1], sitting.council.deputies[1]
    seat = sitting.council.seats[1]
    with pytest.raises(RuleBroken):
        commands.let_in(sitting.meeting, deputy, presence=Presence.DEPUTY, seat=seat, at=sitting.at(10), by=sitting.by)

    row = next(row for row in queries.attendance_of(sitting.meeting) if row.person_id == member.id)
    commands.let_out(row, at=sitting.at(10), by=sitting.by)
    commands.let_in(sitting.meeting, deputy, presence=Presence.DEPUTY, seat=seat, at=sitting.at(10), by=sitting.by)


def test_nobody_votes_without_a_seat(sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.let_in(sitting.meeting, sitting.council.deputies[0], presence=Presence.DEPUTY, at=sitting.at(10), by=sitting.by)


def test_a_vote_is_held_while_the_meeting_is_open(sitting: Sitting) -> None:
    with pytest.raises(RuleBroken):
        commands.record_vote(sitting.done[-1], subject=Subject.CHAIR_PROPOSAL, at=sitting.at(8, 30), by=sitting.by)
