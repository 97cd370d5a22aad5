"""Every act can be undone as an intent, by a plain form, also when others have changed the agenda meanwhile, and each is told of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands, queries
from meetingapp.agendas.models import AgendaChange, ItemKind
from meetingapp.cases.models import CaseState
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Person, SeatRole
from meetingapp.meetings.models import Meeting
from tests.agendas.support import an_agenda, cases_of, order
from tests.factories import TestCouncil, a_case, a_person, a_seat
from tests.forms import Page, form_data

SignIn = Callable[[Any], Any]


@pytest.fixture
def stand_in(council: TestCouncil) -> Person:
    """A second secretary."""
    person = a_person("Stine Stedfortreder", council.members[0].organisation)
    a_seat(council.body, person, SeatRole.SECRETARY)
    return person


def _last(meeting: Meeting, by: Actor) -> AgendaChange:
    change = queries.last_change(meeting, by.person_id)
    assert change is not None
    return change


def _state(meeting: Meeting) -> list[Any]:
    db.session.commit()
    return [(one.case_id, one.title, one.minutes, one.by_hand, one.parent_id) for one in queries.flat(queries.items_of(meeting))]


def _move(meeting: Meeting, by: Actor) -> None:
    commands.move_to_place(queries.items_of(meeting)[4], 3, by=by)


def _nest(meeting: Meeting, by: Actor) -> None:
    commands.move_under(queries.items_of(meeting)[4], queries.items_of(meeting)[2], 1, by=by)


def _remove(meeting: Meeting, by: Actor) -> None:
    commands.remove_item(queries.items_of(meeting)[3], by=by)


def _add(meeting: Meeting, by: Actor) -> None:
    commands.add_cases(meeting, [a_case(meeting.council, "D"), a_case(meeting.council, "E")], by=by)


def _edit(meeting: Meeting, by: Actor) -> None:
    item = queries.items_of(meeting)[3]
    commands.edit_item(item, minutes=45, speakers="Ine Eksempel", by=by)


@pytest.mark.parametrize("act", [_move, _nest, _remove, _edit])
def test_an_act_is_undone_and_the_undoing_too(council: TestCouncil, secretary: Actor, act: Callable[[Meeting, Actor], None]) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    before = _state(meeting)
    act(meeting, secretary)
    after = _state(meeting)
    assert after != before
    commands.undo(_last(meeting, secretary), by=secretary)
    assert _state(meeting) == before
    commands.undo(_last(meeting, secretary), by=secretary)
    assert _state(meeting) == after


def test_several_cases_that_were_taken_in_go_back_to_the_queue_together(council: TestCouncil, secretary: Actor) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    before = _state(meeting)
    new = commands.add_cases(meeting, [a_case(council.council, "D"), a_case(council.council, "E")], by=secretary)
    commands.undo(_last(meeting, secretary), by=secretary)

    assert _state(meeting) == before
    assert [item.case.state for item in new] == [CaseState.READY] * 2
    assert queries.last_change(meeting, secretary.person_id) is None


def test_undoing_leaves_alone_what_others_did_meanwhile(council: TestCouncil, secretary: Actor, stand_in: Person) -> None:
    other, meeting = Actor(stand_in), an_agenda(council, "A", "B", "C", "D")
    a, _b, c, d = queries.items_of(meeting)[2:6]
    commands.move(c, after=None, by=secretary)
    commands.move(d, after=None, by=other)
    commands.remove_item(a, by=other)
    commands.undo(_last(meeting, secretary), by=secretary)

    assert order(meeting)[2:-1] == ["D", "B", "C"]


def test_an_undoing_that_would_undo_somebody_elses_work_is_refused_with_their_name(
    council: TestCouncil, secretary: Actor, stand_in: Person
) -> None:
    other, meeting = Actor(stand_in), an_agenda(council, "A", "B")
    a = queries.items_of(meeting)[2]
    commands.move(a, after=queries.items_of(meeting)[3], by=secretary)
    commands.move(a, after=None, by=other)
    with pytest.raises(RuleBroken, match="Stine Stedfortreder"):
        commands.undo(_last(meeting, secretary), by=secretary)

    commands.edit_item(a, minutes=30, by=secretary)
    commands.edit_item(a, minutes=40, by=other)
    with pytest.raises(RuleBroken, match="Stine Stedfortreder"):
        commands.undo(_last(meeting, secretary), by=secretary)
    assert (a.minutes, order(meeting)[2:-1]) == (40, ["A", "B"])


def test_what_cannot_be_undone_says_so_and_changes_nothing(council: TestCouncil, secretary: Actor, stand_in: Person) -> None:
    meeting, other = an_agenda(council, "A", "B"), Actor(stand_in)
    (a, _b), item = cases_of(meeting), queries.items_of(meeting)[2]
    commands.remove_item(item, by=secretary)
    change = _last(meeting, secretary)
    commands.add_cases(meeting, [a], by=other)
    with pytest.raises(RuleBroken):
        commands.undo(change, by=secretary)
    assert order(meeting)[2:-1] == ["B", "A"]

    commands.add_cases(meeting, [a_case(council.council, "C")], by=secretary)
    added = _last(meeting, secretary)
    parent = queries.items_of(meeting)[4]
    commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Innledning", minutes=5, parent=parent, by=other)
    with pytest.raises(RuleBroken):
        commands.undo(added, by=secretary)
    assert parent.case.state is CaseState.ON_AGENDA
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert queries.last_change(meeting, secretary.person_id) is None


# ---- By forms alone ----


def test_the_button_stands_in_the_row_and_is_a_plain_form(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = an_agenda(council, "A", "B"), signed_in(council.secretary)
    page = f"/kontor/moter/{meeting.id}/saksliste"
    assert "Angre" not in browser.see(page).text
    browser.submit(page, form=f"/kontor/agenda/{queries.items_of(meeting)[3].id}/flytt", button="opp")
    assert order(meeting)[2:-1] == ["B", "A"]

    undone = browser.submit(page, form="/angre", follow=True)
    assert "Angret. «B» er nummer 4 igjen." in undone.get_data(as_text=True)
    assert order(meeting)[2:-1] == ["A", "B"]


def test_nobody_undoes_what_somebody_else_did(council: TestCouncil, signed_in: SignIn, secretary: Actor, stand_in: Person) -> None:
    meeting = an_agenda(council, "A", "B")
    commands.move(queries.items_of(meeting)[3], after=None, by=secretary)
    db.session.commit()
    browser, page = signed_in(stand_in), f"/kontor/moter/{meeting.id}"
    assert "Angre" not in browser.see(f"{page}/saksliste").text
    _action, data = form_data(browser.get(f"{page}/saksliste").get_data(as_text=True), form="/fastsett", button=None, fields={})

    assert browser.post(f"{page}/angre", data=data | {"change": _last(meeting, secretary).id}).status_code == 409
    assert order(meeting)[2:-1] == ["B", "A"]


def _place(browser: Any, page: str, move: str, place: str) -> dict[str, Any]:
    """What the number field of a row would send."""
    _action, data = form_data(browser.get(page).get_data(as_text=True), form=move, button=None, fields={})
    return {name: value for name, value in data.items() if name != "after"} | {"place": place}


def test_a_place_with_a_point_makes_a_sub_item_and_without_one_a_whole_one(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = an_agenda(council, "A", "B"), signed_in(council.secretary)
    page, move = f"/kontor/moter/{meeting.id}/saksliste", f"/kontor/agenda/{queries.items_of(meeting)[3].id}/flytt"
    told = browser.post(move, data=_place(browser, page, move, "3.1"), follow_redirects=True).get_data(as_text=True)
    assert "«B» er nå underpunkt 1 av 1 under «A»." in told
    assert "3.1 B" in browser.see(page).text

    browser.post(move, data=_place(browser, page, move, "3"))
    assert order(meeting)[2:-1] == ["B", "A"]
    refused = browser.post(move, data=_place(browser, page, move, "9.1"))
    assert (refused.status_code, "Det finnes ikke noe punkt nummer 9" in refused.get_data(as_text=True)) == (409, True)
    assert browser.post(move, data=_place(browser, page, move, "to")).status_code == 422


# ---- Two at once ----


def test_a_text_that_somebody_has_changed_since_is_not_overwritten_and_both_are_shown(
    council: TestCouncil, signed_in: SignIn, secretary: Actor, stand_in: Person
) -> None:
    meeting = an_agenda(council, "A")
    item = commands.add_item(meeting, kind=ItemKind.PROGRAMME, title="Omvisning", minutes=30, by=secretary)
    db.session.commit()
    browser, address = signed_in(stand_in), f"/kontor/agenda/{item.id}/rediger"
    action, data = form_data(browser.get(address).get_data(as_text=True), form=0, button=None, fields={"title": "Omvisning i verkstedet"})
    commands.edit_item(item, title="Omvisning i biblioteket", minutes=30, by=secretary)
    db.session.commit()
    refused = browser.post(action or address, data=data)

    said = Page(refused.get_data(as_text=True)).text
    assert refused.status_code == 409
    assert "Omvisning i verkstedet" in said
    assert "Omvisning i biblioteket" in said
    assert item.title == "Omvisning i biblioteket"


def test_an_open_page_asks_for_news_and_is_told_what_others_did(
    council: TestCouncil, signed_in: SignIn, secretary: Actor, stand_in: Person
) -> None:
    meeting, page = an_agenda(council, "A", "B"), ""
    page = f"/kontor/moter/{meeting.id}"
    browser, seen = signed_in(stand_in), queries.version_of(meeting)
    assert browser.get(f"{page}/nytt?sett={seen}").status_code == 204

    commands.move(queries.items_of(meeting)[3], after=None, by=secretary)
    news = browser.get(f"{page}/nytt?sett={seen}").get_data(as_text=True)
    assert "Sara Sekretær har flyttet «B»." in news
    assert f"sett={queries.version_of(meeting)}" in news
    assert signed_in(council.members[1]).get(f"{page}/nytt?sett={seen}").status_code == 403


def test_without_a_script_the_next_act_tells_what_others_did(
    council: TestCouncil, signed_in: SignIn, secretary: Actor, stand_in: Person
) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    browser, page = signed_in(stand_in), f"/kontor/moter/{meeting.id}/saksliste"
    move = f"/kontor/agenda/{queries.items_of(meeting)[4].id}/flytt"
    data = _place(browser, page, move, "3")
    commands.remove_item(queries.items_of(meeting)[2], by=secretary)
    db.session.commit()
    said = browser.post(move, data=data, follow_redirects=True).get_data(as_text=True)

    assert "Sara Sekretær har tatt «A» av sakslisten." in said
    assert order(meeting)[2:-1] == ["C", "B"]
