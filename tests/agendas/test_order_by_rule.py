"""Cases land where the body's rule puts them; what is moved by hand stays; sub-items, standing items and co-hosts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands, placement, queries, standing
from meetingapp.agendas.models import ItemKind
from meetingapp.agendas.standing import Standing
from meetingapp.cases.models import CaseKind
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.meetings.models import Meeting, MeetingState
from tests.agendas.support import a_secret_case, an_agenda, order
from tests.factories import TestCouncil, a_case, a_meeting


def set_up(council: TestCouncil, *criteria: str, begins: list[Standing] | None = None, since: date = date(2026, 1, 1)) -> None:
    commands.set_up(council.body, begins=begins or list(standing.DEFAULT), criteria=criteria, valid_from=since, by=None)
    db.session.commit()


def _kinds(council: TestCouncil) -> dict[str, object]:
    partners = a_case(council.council, "Fra LO", proposed_for_id=council.partner.id if council.partner else None)
    information = a_case(council.council, "Orientering", kind=CaseKind.INFORMATION)
    return {"partner": partners, "information": information, "decision": a_case(council.council, "Vedtak")}


def test_each_case_lands_where_the_rule_puts_it_and_the_page_can_say_why(council: TestCouncil, secretary: Actor) -> None:
    set_up(council, "partners_first", "decisions_first", "exempt_last")
    made = _kinds(council)
    meeting = an_agenda(council, made["information"], made["decision"], a_secret_case(council, is_duty=False), made["partner"])

    assert order(meeting)[2:-1] == ["Fra LO", "Vedtak", "Personalsak", "Orientering"]
    items = queries.items_of(meeting)
    why = placement.reasons(items, queries.criteria_of(meeting))
    assert [why.get(item.id) for item in items] == [
        None,
        None,
        "partners_first",
        "partners_first",
        "decisions_first",
        "decisions_first",
        None,
    ]


def test_moving_by_hand_is_an_exception_that_survives_what_comes_later(council: TestCouncil, secretary: Actor) -> None:
    set_up(council, "decisions_first")
    made = _kinds(council)
    meeting = an_agenda(council, made["decision"], made["information"])
    information = queries.items_of(meeting)[3]
    commands.move_to_place(information, 3, by=secretary)
    commands.add_cases(
        meeting, [a_case(council.council, "Nytt vedtak"), a_case(council.council, "Ny info", kind=CaseKind.INFORMATION)], by=secretary
    )

    assert order(meeting)[2:-1] == ["Orientering", "Vedtak", "Nytt vedtak", "Ny info"]
    assert placement.reasons(queries.items_of(meeting), ["decisions_first"])[information.id] == "hand"
    assert commands.place_by_rule(information, by=secretary) == 6
    assert order(meeting)[2:-1] == ["Vedtak", "Nytt vedtak", "Ny info", "Orientering"]


def test_the_rule_holds_from_its_day_and_without_one_cases_stand_as_they_come(council: TestCouncil, secretary: Actor) -> None:
    set_up(council, "decisions_first", since=date(2027, 1, 1))
    made = _kinds(council)
    this_year = an_agenda(council, made["information"], made["decision"])
    next_year = an_agenda(council, a_case(council.council, "Info", kind=CaseKind.INFORMATION), a_case(council.council, "Valg"), days=60)

    assert order(this_year)[2:-1] == ["Orientering", "Vedtak"]
    assert order(next_year)[2:-1] == ["Valg", "Info"]


def test_a_setup_ends_the_one_before_and_is_refused_when_it_cannot_be_read(council: TestCouncil) -> None:
    set_up(council, "decisions_first")
    set_up(council, "exempt_last", since=date(2026, 6, 1))
    newest, oldest = queries.setups_of(council.body)
    assert (oldest.valid_to, newest.valid_to) == (date(2026, 5, 31), None)

    for criteria in (["exempt_last", "exempt_last"], ["alphabetical"]):
        with pytest.raises(RuleBroken):
            set_up(council, *criteria)
    with pytest.raises(RuleBroken):
        set_up(council, begins=[Standing(standing.OWN)])


def test_a_body_chooses_what_its_meetings_begin_and_end_with(council: TestCouncil) -> None:
    begins = [
        Standing(standing.OWN, "Åpning og opprop", 5),
        Standing(standing.CALL, minutes=5),
        Standing(standing.OWN, "Neste møte", 5, is_last=True),
    ]
    set_up(council, begins=begins)

    assert order(an_agenda(council, "Budsjett")) == ["Åpning og opprop", "Godkjenning av innkalling og saksliste", "Budsjett", "Neste møte"]


# ---- Sub-items ----


def test_a_case_comes_under_another_and_moves_with_it(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    a, b, c = queries.items_of(meeting)[2:5]
    assert commands.move_under(b, a, 1, by=secretary) == 1
    commands.move(a, after=c, by=secretary)
    db.session.commit()

    assert order(meeting)[2:-1] == ["C", "A"]
    assert [(line.label, queries.title_of(line.item, public=True)) for line in queries.timetable(meeting)][3:5] == [
        ("4", "A"),
        ("4.1", "B"),
    ]
    assert [item.position for item in queries.items_of(meeting)] == list(range(5))
    assert [number.case.title for number in commands.fix_agenda(meeting, by=secretary)] == ["C", "A", "B"]

    commands.move_under(b, None, 3, by=secretary)
    assert order(meeting)[2:-1] == ["B", "C", "A"]


def test_what_cannot_be_a_sub_item_is_refused(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    a, b, c = queries.items_of(meeting)[2:5]
    pause = commands.add_item(meeting, kind=ItemKind.BREAK, title="Pause", minutes=10, by=secretary)
    commands.move_under(b, a, 1, by=secretary)

    for item, under in ((a, c), (c, b), (c, pause), (c, c)):
        with pytest.raises(RuleBroken):
            commands.move_under(item, under, 1, by=secretary)


# ---- The last minutes come for approval ----


def _recorded(council: TestCouncil, days: int) -> Meeting:
    meeting = a_meeting(council, days=days, state=MeetingState.ENDED)
    meeting.recorded_at = clock.now() - timedelta(days=1)
    db.session.commit()
    return meeting


def test_the_last_locked_minutes_come_first_by_themselves_once_and_with_a_link(council: TestCouncil, secretary: Actor) -> None:
    _recorded(council, -90)
    last = _recorded(council, -30)
    first, second = an_agenda(council), an_agenda(council, days=60)

    item = queries.items_of(first)[0]
    assert (item.title, item.approves, item.is_fixed) == ("Godkjenning av møtebok 24. oktober 2026", last, True)
    assert [one.approves_id for one in queries.items_of(second)] == [None, None, None]


def test_minutes_that_are_locked_after_the_planning_come_by_themselves(council: TestCouncil, secretary: Actor) -> None:
    meeting, later = an_agenda(council, "Budsjett"), an_agenda(council, days=60)
    held = _recorded(council, -10)
    assert commands.take_up_minutes(held, by=None) is not None
    assert commands.take_up_minutes(held, by=None) is None

    assert order(meeting)[0] == "Godkjenning av møtebok 13. november 2026"
    assert [one.approves_id for one in queries.items_of(later)] == [None, None, None]


def test_a_meeting_planned_nearer_takes_the_minutes_over_from_a_later_draft(council: TestCouncil) -> None:
    held = _recorded(council, -10)
    later = an_agenda(council, days=60)
    assert queries.items_of(later)[0].approves is held
    nearer = an_agenda(council, days=20)

    assert queries.items_of(nearer)[0].approves is held
    assert [one.position for one in queries.items_of(later)] == [0, 1, 2]


def test_without_locked_minutes_nothing_comes(council: TestCouncil) -> None:
    a_meeting(council, days=-10, state=MeetingState.ENDED)

    assert order(an_agenda(council))[0] == "Godkjenning av innkalling og saksliste"


# ---- Several hosts ----


def test_a_joint_meeting_names_those_who_invite_together_with_the_council(council: TestCouncil, signed_in, letters) -> None:
    browser, lo = signed_in(council.secretary), council.partner
    assert lo is not None
    facts = {"bodies": [council.body.id], "day": "29.01.2027", "starts": "09.00", "ends": "12.00", "place": "Rådhuset"}
    page = browser.submit("/kontor/moter/nytt", co_hosts=[lo.id], **facts).location.removesuffix("/saksliste")
    assert f"Sammen med {lo.name}" in browser.see(f"{page}/historikk").text

    browser.submit(f"{page}/rediger", co_hosts=None)
    assert "Sammen med" not in browser.see(f"{page}/historikk").text
    browser.submit(f"{page}/rediger", co_hosts=[lo.id])
    browser.submit(f"{page}/punkt", title="Grønne jobber", minutes="20")
    browser.submit(f"{page}/saksliste", form="/fastsett")
    browser.submit(f"{page}/innkalling", button="Send innkalling")
    letter = letters()[0].get_body(("plain",))
    assert letter is not None
    assert f"Sammen med: {lo.name}" in " ".join(letter.get_content().split())
