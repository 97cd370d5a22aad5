"""An agenda is built, moved and fixed."""

from __future__ import annotations

from datetime import date

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands, queries
from meetingapp.agendas.models import AgendaItem, CaseNumber, FormalNumber, ItemKind
from meetingapp.cases.models import CaseState, Exemption
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.database.numbers import raise_counter
from meetingapp.core.forms import RuleBroken
from meetingapp.council.commands import add_setting
from meetingapp.meetings.commands import mark_called, mark_ended, mark_opened
from meetingapp.meetings.models import Meeting, MeetingForm, MeetingState
from tests.agendas.support import a_secret_case, an_agenda, cases_of, coming_on, numbers_on, order
from tests.factories import TestCouncil, a_case, a_council, a_meeting

STANDING = ["Godkjenning av innkalling og saksliste", "Oppfølging siden sist", "Eventuelt"]


def set_rule(council: TestCouncil, key: str, value: str) -> None:
    add_setting(council.council, key=key, value=value, body=council.body, valid_from=date(2026, 1, 1), source="prøve", by=None)
    db.session.flush()


def called(meeting: Meeting, secretary: Actor) -> Meeting:
    commands.fix_agenda(meeting, by=secretary)
    mark_called(meeting, clock.now())
    db.session.commit()
    return meeting


def test_cases_come_between_the_standing_items_in_the_order_given(council: TestCouncil) -> None:
    assert order(an_agenda(council, "Budsjett", "Møteplan")) == [*STANDING[:2], "Budsjett", "Møteplan", STANDING[2]]


def test_a_case_on_an_agenda_is_not_in_the_queue_and_comes_back_when_it_is_taken_off(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "Budsjett")
    (case,) = cases_of(meeting)
    assert case.state is CaseState.ON_AGENDA
    commands.remove_item(queries.items_of(meeting)[2], by=secretary)

    assert case.state is CaseState.READY
    assert order(meeting) == STANDING
    assert [item.position for item in queries.items_of(meeting)] == [0, 1, 2]


@pytest.mark.parametrize("state", [CaseState.IN_WORK, CaseState.ON_AGENDA, CaseState.DECIDED])
def test_a_case_that_does_not_wait_cannot_come_on_the_agenda(council: TestCouncil, secretary: Actor, state: CaseState) -> None:
    with pytest.raises(RuleBroken):
        commands.add_cases(an_agenda(council), [a_case(council.council, state=state)], by=secretary)


def test_a_case_of_another_council_cannot_come_on_the_agenda(council: TestCouncil, secretary: Actor) -> None:
    with pytest.raises(RuleBroken):
        commands.add_cases(an_agenda(council), [a_case(a_council("En annen IPR").council)], by=secretary)


def test_a_case_that_was_postponed_in_this_meeting_cannot_come_on_its_agenda_again(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A")
    (case,) = cases_of(meeting)
    case.state = CaseState.POSTPONED

    with pytest.raises(RuleBroken, match="«A»"):
        commands.add_cases(meeting, [case], by=secretary)


# ---- Order ----


def test_moving_is_an_intent_that_survives_what_others_did_meanwhile(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    a, b, c = queries.items_of(meeting)[2:5]
    commands.move(c, after=a, by=secretary)
    commands.move(b, after=c, by=secretary)

    assert order(meeting)[2:5] == ["A", "C", "B"]
    assert [item.position for item in queries.items_of(meeting)] == list(range(6))


def test_moving_after_something_that_is_gone_is_refused_and_changes_nothing(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    a, _b, c = queries.items_of(meeting)[2:5]
    commands.remove_item(a, by=secretary)

    with pytest.raises(RuleBroken):
        commands.move(c, after=a, by=secretary)
    assert order(meeting)[2:4] == ["B", "C"]


def test_nothing_moves_past_the_standing_items(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B")
    a = queries.items_of(meeting)[2]
    assert commands.move_to_place(a, 1, by=secretary) == 3
    assert commands.move_to_place(a, 99, by=secretary) == 4
    assert order(meeting) == [*STANDING[:2], "B", "A", STANDING[2]]


def test_without_the_last_standing_item_an_item_can_be_last(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council)
    commands.remove_item(queries.items_of(meeting)[2], by=secretary)
    commands.add_cases(meeting, [a_case(council.council, "A"), a_case(council.council, "B")], by=secretary)
    commands.move_to_place(queries.items_of(meeting)[2], 4, by=secretary)

    assert order(meeting) == [*STANDING[:2], "B", "A"]


def test_a_standing_item_cannot_be_moved(council: TestCouncil, secretary: Actor) -> None:
    first = queries.items_of(an_agenda(council, "A"))[0]

    with pytest.raises(RuleBroken):
        commands.move(first, after=None, by=secretary)
    with pytest.raises(RuleBroken):
        commands.move_to_place(first, 3, by=secretary)


def test_sub_items_move_among_themselves_only(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B")
    a, b = queries.items_of(meeting)[2:4]
    one, two = (
        commands.add_item(meeting, kind=ItemKind.PROGRAMME, title=title, minutes=5, parent=a, by=secretary) for title in ("Én", "To")
    )
    commands.move(two, after=None, by=secretary)
    assert [(item.title, item.position) for item in queries.same_level(meeting.id, a.id)] == [("To", 0), ("Én", 1)]

    with pytest.raises(RuleBroken):
        commands.move(one, after=b, by=secretary)


@pytest.mark.parametrize("under", ["break", "sub-item"])
def test_neither_a_break_nor_a_sub_item_has_sub_items(council: TestCouncil, secretary: Actor, under: str) -> None:
    meeting = an_agenda(council, "A")
    if under == "break":
        parent = commands.add_item(meeting, kind=ItemKind.BREAK, title="Pause", minutes=15, by=secretary)
    else:
        top = queries.items_of(meeting)[2]
        parent = commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Innledning", minutes=5, parent=top, by=secretary)

    with pytest.raises(RuleBroken):
        commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Under", minutes=5, parent=parent, by=secretary)


def test_an_item_with_sub_items_is_not_taken_off(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A")
    parent = queries.items_of(meeting)[2]
    commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Innledning", minutes=5, parent=parent, by=secretary)

    with pytest.raises(RuleBroken):
        commands.remove_item(parent, by=secretary)


# ---- Times ----


def test_times_follow_from_the_minutes(council: TestCouncil) -> None:
    meeting = an_agenda(council, "A")
    lines = queries.timetable(meeting)

    assert [int((line.starts_at - meeting.starts_at).total_seconds() // 60) for line in lines] == [0, 5, 25, 40]
    assert queries.planned_end(meeting, queries.items_of(meeting)) == lines[-1].ends_at


def test_sub_items_are_numbered_after_their_parent_which_lasts_at_least_as_long(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A")
    parent = queries.items_of(meeting)[2]
    for title in ("Innledning", "Ordskifte"):
        commands.add_item(meeting, kind=ItemKind.PROGRAMME, title=title, minutes=20, parent=parent, by=secretary)
    db.session.commit()
    lines = queries.timetable(meeting)

    assert [line.label for line in lines] == ["", "", "3", "3.1", "3.2", ""]
    assert lines[-1].starts_at == lines[4].ends_at


# ---- Fixing and numbers ----


def test_fixing_gives_numbers_in_the_order_of_the_list_without_gap(council: TestCouncil, secretary: Actor) -> None:
    first, second = an_agenda(council, "A", "B"), a_meeting(council, days=60)
    commands.move_to_place(queries.items_of(first)[3], 3, by=secretary)
    coming = coming_on(first)
    given = commands.fix_agenda(first, by=secretary)
    assert [(number.case.title, number.text) for number in given] == [("B", "RR 01/26"), ("A", "RR 02/26")]
    assert list(coming.values()) == ["RR 01/26", "RR 02/26"]

    commands.add_cases(second, [a_case(council.council, "C")], by=secretary)
    assert [number.text for number in commands.fix_agenda(second, by=secretary)] == ["RR 01/27"]  # January: another year


def test_a_case_added_after_fixing_gets_the_next_number_wherever_it_stands(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B")
    commands.fix_agenda(meeting, by=secretary)
    (late,) = commands.add_cases(meeting, [a_case(council.council, "C")], by=secretary)
    commands.move_to_place(late, 3, by=secretary)
    numbers = numbers_on(meeting)

    assert [numbers.get(item.id) for item in queries.items_of(meeting)] == [None, None, "RR 03/26", "RR 01/26", "RR 02/26", None]
    assert not late.is_late


def test_the_pattern_of_the_body_writes_the_number(council: TestCouncil, secretary: Actor) -> None:
    council.body.number_pattern = "{series}-{n:03}-{yyyy}"

    assert [number.text for number in commands.fix_agenda(an_agenda(council, "A"), by=secretary)] == ["RR-001-2026"]


def test_the_year_of_a_number_is_the_year_in_oslo(council: TestCouncil, secretary: Actor) -> None:
    from datetime import UTC, datetime

    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 00.30 on 1 January in Oslo
    meeting = a_meeting(council, starts_at=new_year, ends_at=datetime(2027, 1, 1, 2, tzinfo=UTC))
    commands.add_cases(meeting, [a_case(council.council)], by=secretary)

    assert [number.text for number in commands.fix_agenda(meeting, by=secretary)] == ["RR 01/27"]


def _postponed_to_another_meeting(council: TestCouncil, secretary: Actor) -> tuple[Meeting, Meeting]:
    first, second = an_agenda(council, "A", "B"), a_meeting(council, days=35)
    commands.fix_agenda(first, by=secretary)
    case = cases_of(first)[0]
    case.state = CaseState.POSTPONED
    commands.add_cases(second, [case], by=secretary)
    commands.fix_agenda(second, by=secretary)
    return first, second


def _numbers(meeting: Meeting) -> list[str]:
    return [number.text for number in queries.numbers_for(meeting).values()]


def test_a_postponed_case_keeps_its_number(council: TestCouncil, secretary: Actor) -> None:
    first, second = _postponed_to_another_meeting(council, secretary)

    assert (_numbers(first), _numbers(second)) == (["RR 01/26", "RR 02/26"], ["RR 01/26"])


def test_where_the_body_says_so_a_postponed_case_gets_a_new_number_and_the_old_meeting_shows_the_old_one(
    council: TestCouncil, secretary: Actor
) -> None:
    set_rule(council, "postponed_case_number", "new_number")
    first, second = _postponed_to_another_meeting(council, secretary)

    assert (_numbers(first), _numbers(second)) == (["RR 01/26", "RR 02/26"], ["RR 03/26"])


def test_opening_again_and_fixing_anew_gives_no_new_numbers(council: TestCouncil, secretary: Actor) -> None:
    set_rule(council, "postponed_case_number", "new_number")
    meeting = an_agenda(council, "A", "B")
    commands.fix_agenda(meeting, by=secretary)
    commands.reopen_agenda(meeting, by=secretary)
    assert meeting.state is MeetingState.PLANNED
    commands.move_to_place(queries.items_of(meeting)[3], 3, by=secretary)

    assert commands.fix_agenda(meeting, by=secretary) == []
    assert sorted(_numbers(meeting)) == ["RR 01/26", "RR 02/26"]


def test_formal_items_get_numbers_only_where_the_body_says_so(council: TestCouncil, secretary: Actor) -> None:
    plain = an_agenda(council, "A")
    commands.fix_agenda(plain, by=secretary)
    assert db.session.query(FormalNumber).count() == 0

    set_rule(council, "formal_items_numbered", "yes")
    meeting = a_meeting(council, days=35)
    commands.standing_items(meeting)
    commands.add_cases(meeting, [a_case(council.council, "B")], by=secretary)
    commands.fix_agenda(meeting, by=secretary)
    numbers = numbers_on(meeting)
    assert [numbers.get(item.id) for item in queries.items_of(meeting)] == ["RR 02/26", None, "RR 03/26", None]
    with pytest.raises(RuleBroken, match="RR 02/26"):
        commands.remove_item(queries.items_of(meeting)[0], by=secretary)


def test_programme_and_breaks_get_no_number(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A")
    for kind in (ItemKind.PROGRAMME, ItemKind.BREAK):
        commands.add_item(meeting, kind=kind, title="Noe annet", minutes=5, by=secretary)
    commands.fix_agenda(meeting, by=secretary)

    assert db.session.query(CaseNumber).count() == 1


def test_an_agenda_with_only_standing_items_is_empty_and_cannot_be_fixed(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council)

    with pytest.raises(RuleBroken):
        commands.fix_agenda(meeting, by=secretary)
    commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Omvisning", minutes=30, by=secretary)
    assert commands.fix_agenda(meeting, by=secretary) == []


def test_a_case_without_a_public_title_stops_the_fixing_until_it_has_one(council: TestCouncil, secretary: Actor) -> None:
    case = a_case(council.council, "Internt", public_title="")
    meeting = an_agenda(council, case)

    with pytest.raises(RuleBroken):
        commands.fix_agenda(meeting, by=secretary)
    assert [fault.href for fault in queries.agenda_faults(meeting)] == [f"/kontor/saker/{case.id}/rediger"]
    case.public_title = "Åpen tittel"
    assert len(commands.fix_agenda(meeting, by=secretary)) == 1


@pytest.mark.parametrize("is_duty", [True, False])
def test_a_case_that_must_be_closed_cannot_be_in_a_meeting_on_screen(council: TestCouncil, secretary: Actor, is_duty: bool) -> None:
    meeting = an_agenda(council, a_secret_case(council, is_duty=is_duty), form=MeetingForm.REMOTE, online_url="https://skjerm.example")
    if not is_duty:
        assert len(commands.fix_agenda(meeting, by=secretary)) == 1
        return

    with pytest.raises(RuleBroken) as refused:
        commands.fix_agenda(meeting, by=secretary)
    assert "Personalsak" in refused.value.message
    assert "Ansettelse" not in refused.value.message


def test_a_fixed_agenda_takes_no_case_that_would_have_stopped_the_fixing(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", form=MeetingForm.REMOTE, online_url="https://skjerm.example")
    commands.fix_agenda(meeting, by=secretary)

    for case in (a_secret_case(council, is_duty=True), a_case(council.council, "Internt", public_title="")):
        with pytest.raises(RuleBroken):
            commands.add_cases(meeting, [case], by=secretary)


def test_an_exempt_case_never_lends_its_internal_title_to_the_public(council: TestCouncil) -> None:
    item = queries.items_of(an_agenda(council, a_secret_case(council, exemption=Exemption.PARTLY)))[2]

    assert queries.title_of(item, public=True) == "Personalsak"


# ---- After the call ----


def test_after_the_call_what_was_sent_stands_and_what_is_added_is_marked(council: TestCouncil, secretary: Actor) -> None:
    meeting = called(an_agenda(council, "A"), secretary)
    approval, _follow_up, sent = queries.items_of(meeting)[:3]
    (late,) = commands.add_cases(meeting, [a_case(council.council, "B")], by=secretary)

    assert late.is_late
    assert not sent.is_late
    with pytest.raises(RuleBroken):
        commands.remove_item(sent, by=secretary)
    with pytest.raises(RuleBroken):
        commands.edit_item(approval, title="Noe helt annet", minutes=5, by=secretary)
    with pytest.raises(RuleBroken):
        commands.reopen_agenda(meeting, by=secretary)
    commands.edit_item(sent, minutes=45, by=secretary)
    commands.remove_item(late, by=secretary)
    assert sent.minutes == 45


def test_nothing_changes_on_the_agenda_of_a_meeting_that_is_over(council: TestCouncil, secretary: Actor) -> None:
    meeting = called(an_agenda(council, "A"), secretary)
    mark_opened(meeting, clock.now())
    mark_ended(meeting, clock.now())
    item = queries.items_of(meeting)[2]

    with pytest.raises(RuleBroken):
        commands.add_cases(meeting, [a_case(council.council, "B")], by=secretary)
    with pytest.raises(RuleBroken):
        commands.edit_item(item, minutes=10, by=secretary)
    with pytest.raises(RuleBroken):
        commands.move_to_place(item, 1, by=secretary)
    with pytest.raises(RuleBroken):
        commands.remove_item(item, by=secretary)


def test_the_items_of_one_page_come_in_few_queries_however_many_they_are(council: TestCouncil) -> None:
    from sqlalchemy import event

    meeting = an_agenda(council, *(f"Sak {n}" for n in range(12)))
    meeting_id = meeting.id
    db.session.commit()
    db.session.expunge_all()
    meeting = db.session.get_one(Meeting, meeting_id)
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for item in queries.flat(queries.items_of(meeting)):
        if item.case is not None:
            assert (item.case.officer, item.case.legal_basis, len(item.case.papers), item.formal_number) == (None, None, 1, None)

    assert len(seen) == 2
    assert db.session.query(AgendaItem).count() == 15


@pytest.mark.shows("scenario-02")
def test_nine_cases_become_an_agenda_with_numbers_without_a_gap_that_later_moves_leave_alone(
    council: TestCouncil, secretary: Actor
) -> None:
    raise_counter(queries.series_key(council.body, 2026), 20)
    meeting = an_agenda(council, *(f"Sak {n}" for n in range(1, 10)))
    given = commands.fix_agenda(meeting, by=secretary)
    assert [number.text for number in given] == [f"RR {n}/26" for n in range(21, 30)]
    assert [item.is_fixed for item in queries.items_of(meeting)] == [True, True, *[False] * 9, True]

    before = numbers_on(meeting)
    commands.move_to_place(queries.items_of(meeting)[10], 1, by=secretary)
    commands.move_to_place(queries.items_of(meeting)[5], 99, by=secretary)
    assert numbers_on(meeting) == before
    assert order(meeting)[2] == "Sak 9"
    assert [order(meeting)[place] for place in (0, 1, -1)] == STANDING
