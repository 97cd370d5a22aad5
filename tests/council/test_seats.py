"""Seats: who sits where, when, and by which rules."""

from __future__ import annotations

from datetime import date

import pytest

from meetingapp.core.forms import RuleBroken
from meetingapp.council import commands, queries
from meetingapp.council.models import BodyKind, Office, SeatRole
from tests.factories import SINCE, a_person

TODAY = date(2026, 11, 23)


def names_on(body, day):
    return {seat.person.name for seat in queries.seats_on(body, day, SeatRole.MEMBER)}


@pytest.mark.shows("L4")
def test_the_list_on_a_day_is_that_days_seats_and_no_others(council, secretary):
    commands.end_seat(council.seats[1], last_day=date(2026, 8, 31), because="fritatt av kommunestyret", by=secretary)
    new = a_person("Nora Nyvalgt", council.members[1].organisation)
    commands.add_seat(council.body, new, role=SeatRole.MEMBER, valid_from=date(2026, 9, 1), by=secretary)

    assert "Truls Tvil" in names_on(council.body, date(2026, 8, 31))
    assert "Nora Nyvalgt" not in names_on(council.body, date(2026, 8, 31))
    assert "Truls Tvil" not in names_on(council.body, date(2026, 9, 1))
    assert "Nora Nyvalgt" in names_on(council.body, date(2026, 9, 1))


def test_a_seat_that_has_ended_is_not_ended_again(council, secretary):
    commands.end_seat(council.seats[1], last_day=date(2026, 8, 31), because="fritatt", by=secretary)

    with pytest.raises(RuleBroken) as broken:
        commands.end_seat(council.seats[1], last_day=date(2026, 7, 1), because="flyttet", by=secretary)

    assert broken.value.field == "last_day"
    assert council.seats[1].valid_to == date(2026, 8, 31)


def test_a_seat_does_not_end_without_a_reason(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        commands.end_seat(council.seats[1], last_day=TODAY, because="  ", by=secretary)

    assert broken.value.field == "because"


def test_two_chairs_at_once_are_refused(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        commands.add_seat(council.body, a_person(), role=SeatRole.MEMBER, office=Office.CHAIR, valid_from=TODAY, by=secretary)

    assert broken.value.field == "office"


def test_a_new_chair_follows_the_old_one(council, secretary):
    commands.end_seat(council.seats[0], last_day=date(2026, 12, 31), because="rotasjon", by=secretary)

    seat = commands.add_seat(
        council.body, council.chair, role=SeatRole.MEMBER, office=Office.CHAIR, valid_from=date(2027, 1, 1), by=secretary
    )

    assert seat.office is Office.CHAIR


def test_a_deputy_needs_a_rank_and_someone_to_stand_in_for(council, secretary):
    give = {"role": SeatRole.DEPUTY, "valid_from": TODAY, "by": secretary}

    with pytest.raises(RuleBroken) as no_rank:
        commands.add_seat(council.body, a_person(), deputy_for=[council.seats[0]], **give)
    with pytest.raises(RuleBroken) as no_member:
        commands.add_seat(council.body, a_person(), rank=2, **give)
    with pytest.raises(RuleBroken) as same_rank:
        commands.add_seat(council.body, a_person(), rank=1, deputy_for=[council.seats[0]], **give)

    assert (no_rank.value.field, no_member.value.field, same_rank.value.field) == ("rank", "deputy_for", "rank")


def test_deputies_come_in_the_elected_order(council, secretary):
    second = a_person("Vera Vara")
    commands.add_seat(council.body, second, role=SeatRole.DEPUTY, rank=2, deputy_for=council.seats[:2], valid_from=SINCE, by=secretary)

    assert [seat.person for seat in queries.deputies_for(council.seats[0], TODAY)] == [council.deputies[0], second]


def test_a_member_cannot_be_a_deputy_in_the_same_body(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        commands.add_seat(
            council.body, council.members[0], role=SeatRole.DEPUTY, rank=2, deputy_for=[council.seats[1]], valid_from=TODAY, by=secretary
        )

    assert broken.value.field == "person"


def test_one_who_is_no_member_may_speak_only_on_a_ground(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        commands.add_seat(council.body, a_person(), role=SeatRole.ATTENDEE, rights="as", valid_from=TODAY, by=secretary)

    assert broken.value.field == "ground"


def test_the_ground_is_kept_and_shown_as_a_warning(council, secretary):
    person = a_person("Rune Rådmann")
    commands.add_seat(
        council.body, person, role=SeatRole.ATTENDEE, rights="as", ground="samarbeidsavtalen punkt 6", valid_from=TODAY, by=secretary
    )

    said = [warning.text for warning in queries.seat_warnings(council.body, TODAY)]

    assert any("Rune Rådmann" in text and "samarbeidsavtalen punkt 6" in text for text in said)


def test_a_guest_has_no_vote(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        commands.add_seat(council.body, a_person(), role=SeatRole.GUEST, rights="av", valid_from=TODAY, by=secretary)

    assert broken.value.field == "rights"


@pytest.mark.shows("L3")
def test_two_members_and_one_deputy_show_a_warning(council, secretary):
    name = council.members[0].organisation.short_name
    before = [warning.text for warning in queries.seat_warnings(council.body, TODAY)]
    deputy = next(seat for seat in queries.seats_on(council.body, TODAY, SeatRole.DEPUTY) if seat.person is council.deputies[0])
    commands.end_seat(deputy, last_day=date(2026, 8, 31), because="fritatt; ny vara er ikke valgt", by=secretary)

    after = [warning.text for warning in queries.seat_warnings(council.body, TODAY)]

    assert not any(name in text and "§ 18-3" in text for text in before)
    assert any(name in text and "§ 18-3" in text for text in after)


def test_only_the_representantskap_counts_deputies(council, secretary):
    council.body.kind = BodyKind.NETWORK
    for seat in queries.seats_on(council.body, TODAY, SeatRole.DEPUTY):
        seat.valid_to = date(2026, 1, 1)

    assert not any("§ 18-3" in warning.text for warning in queries.seat_warnings(council.body, TODAY))


def test_rights_can_differ_by_the_kind_of_matter(council, secretary):
    seat = commands.add_seat(
        council.body,
        a_person(),
        role=SeatRole.MEMBER,
        rights="aspv",
        rights_by_matter={"general": "as", "partnership": "aspv"},
        valid_from=TODAY,
        by=secretary,
    )

    assert seat.rights_by_matter == {"general": "as"}
    assert not seat.may("v")
