"""The agenda page: built, moved and fixed by forms alone, by those who may, with what they may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import escape

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands, queries
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.cases.models import Case, CaseState
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.meetings.commands import mark_called, mark_ended, mark_opened
from meetingapp.meetings.models import Meeting, MeetingState
from tests.agendas.support import SECRET_TITLE, a_secret_case, an_agenda, order
from tests.factories import TestCouncil, a_case, a_council
from tests.hostile import assert_refused, assert_sent_once, assert_survives, send

SignIn = Callable[[Any], Any]


def _base(meeting: Meeting) -> str:
    return f"/kontor/moter/{meeting.id}"


def _page(meeting: Meeting) -> str:
    return f"{_base(meeting)}/saksliste"


def _items(meeting: Meeting) -> list[AgendaItem]:
    return queries.items_of(meeting)


def _called(meeting: Meeting, secretary: Actor) -> Meeting:
    commands.fix_agenda(meeting, by=secretary)
    mark_called(meeting, clock.now())
    db.session.commit()
    return meeting


def test_the_secretary_builds_and_fixes_an_agenda_by_forms_alone(council: TestCouncil, signed_in: SignIn) -> None:
    browser = signed_in(council.secretary)
    planned = browser.submit(
        "/kontor/moter/nytt", bodies=[council.body.id], day="29.01.2027", starts="09.00", ends="12.00", place="Rådhuset"
    )
    assert planned.status_code == 303, planned.get_data(as_text=True)
    page = planned.location
    case, other = a_case(council.council, "Budsjett"), a_case(council.council, "Møteplan")
    assert browser.submit(page, form="/saker", case=[case.id, other.id]).status_code == 303
    meeting = db.session.query(Meeting).one()
    assert order(meeting)[2:4] == ["Budsjett", "Møteplan"]

    moved = browser.submit(page, form=f"/kontor/agenda/{_items(meeting)[3].id}/flytt", button="opp", follow=True)
    assert "«Møteplan» er nå nummer 3 av 5." in moved.get_data(as_text=True)
    assert "blir RR 01/27" in browser.see(page).text
    assert browser.submit(page, form="/fastsett").status_code == 303
    assert "RR 01/27 Møteplan" in browser.see(page).text
    assert browser.submit(page, form="/gjenapne").status_code == 303
    assert meeting.state is MeetingState.PLANNED


def test_down_up_and_a_place_are_plain_posts(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council, "A", "B", "C")
    browser, page = signed_in(council.secretary), _page(meeting)
    move = f"/kontor/agenda/{_items(meeting)[2].id}/flytt"

    browser.submit(page, form=move, button="ned")
    assert order(meeting)[2:5] == ["B", "A", "C"]
    browser.submit(page, form=move, button="ned")
    assert order(meeting)[2:5] == ["B", "C", "A"]
    stays = browser.submit(page, form=move, button="ned", follow=True)
    assert "«A» er fortsatt nummer 5 av 6." in stays.get_data(as_text=True)
    browser.submit(page, form=move, button="opp")
    assert order(meeting)[2:5] == ["B", "A", "C"]
    browser.post(move, data=_data(browser, page, move, place="5"))
    assert order(meeting)[2:5] == ["B", "C", "A"]


def _data(browser: Any, page: str, action: str, **fields: str) -> dict[str, str]:
    """What the form with these fields would send: several forms of a row have one address."""
    html = browser.get(page).get_data(as_text=True)
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', html, re.DOTALL)
    assert form is not None
    return dict(re.findall(r'name="(csrf_token|_key)" value="([^"]*)"', form[0])) | fields


@pytest.mark.parametrize(("field", "typed"), [("place", ""), ("place", "tre"), ("place", "-1"), ("place", "9" * 30), ("place", "0")])
def test_a_place_that_is_no_place_is_refused_beside_its_field(council: TestCouncil, signed_in: SignIn, field: str, typed: str) -> None:
    meeting = an_agenda(council, "A", "B")
    item, browser = _items(meeting)[2], signed_in(council.secretary)
    move = f"/kontor/agenda/{item.id}/flytt"
    answer = browser.post(move, data=_data(browser, _page(meeting), move, **{field: typed}))
    html = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert f'id="place-{item.id}-error"' in html
    assert f'href="#place-{item.id}"' in html
    assert f'id="place-{item.id}" name="place" inputmode="numeric" value="{typed}"' in html
    assert order(meeting)[2:4] == ["A", "B"]


@pytest.mark.parametrize("after", ["gone", "of another meeting", "nonsense", "huge"])
def test_moving_after_what_is_not_there_shows_the_order_as_it_is_now(council: TestCouncil, signed_in: SignIn, after: str) -> None:
    meeting, other = an_agenda(council, "A", "B"), an_agenda(council, "C", days=40)
    item, gone, browser = _items(meeting)[2], _items(meeting)[3], signed_in(council.secretary)
    said = {"gone": gone.id, "of another meeting": _items(other)[2].id, "nonsense": "'; --", "huge": "9" * 5000}[after]
    move = f"/kontor/agenda/{item.id}/flytt"
    data = _data(browser, _page(meeting), move, after=str(said))
    commands.remove_item(gone, by=None)
    answer = browser.post(move, data=data)

    assert answer.status_code == 409
    assert "ikke der lenger" in answer.get_data(as_text=True)
    assert 'class="agenda"' in answer.get_data(as_text=True)
    assert order(meeting)[2:3] == ["A"]


@pytest.mark.parametrize("typed", ["", "mange", "-5", "601", "1e309", "9" * 30, "<script>alert(1)</script>"])
def test_minutes_that_are_none_are_refused_beside_their_field_and_kept(council: TestCouncil, signed_in: SignIn, typed: str) -> None:
    meeting = an_agenda(council, "A")
    item = _items(meeting)[2]

    answer = send(signed_in(council.secretary), _page(meeting), {"minutes": typed}, form=f"/kontor/agenda/{item.id}/minutter")
    html = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert re.search(rf'id="minutes-{item.id}-error">[^<]+<', html)
    assert f'href="#minutes-{item.id}"' in html
    assert f'id="minutes-{item.id}" name="minutes" inputmode="numeric" value="{escape(typed)}"' in html
    assert item.minutes == 15


def test_new_minutes_move_the_end_of_the_meeting(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council, "A")
    browser, item = signed_in(council.secretary), _items(meeting)[2]
    assert "3 timer" not in browser.see(_page(meeting)).text
    assert "kl. 09.00–09.50 190 minutter ledig" in browser.see(_page(meeting)).text

    assert browser.submit(_page(meeting), form=f"/kontor/agenda/{item.id}/minutter", minutes="210").status_code == 303
    text = browser.see(_page(meeting)).text
    assert "kl. 09.00–13.05 5 minutter over" in text


def test_the_queue_says_what_each_case_costs(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council, "A")
    db.session.query(AgendaItem).filter_by(id=_items(meeting)[2].id).update({"minutes": 200})
    a_case(council.council, "Kort", minutes_needed=5)
    a_case(council.council, "Lang", minutes_needed=15)
    a_case(council.council, "Ikke klar", state=CaseState.IN_WORK)
    text = signed_in(council.secretary).see(_page(meeting)).text

    assert re.search(r"Kort Vedtak, 5 min Slutt kl. 13.00 ", text)
    assert re.search(r"Lang Vedtak, 15 min Slutt kl. 13.10, 10 min over", text)
    assert "Ikke klare 1" in text


def test_taking_in_nothing_is_refused_beside_the_queue(council: TestCouncil, signed_in: SignIn) -> None:
    a_case(council.council, "Kort")

    assert_refused(signed_in(council.secretary), _page(an_agenda(council)), {"case": None}, "case", form="/saker")


@pytest.mark.parametrize("which", ["another council", "taken meanwhile", "unknown", "nonsense"])
def test_a_case_that_is_not_in_the_queue_is_refused_and_the_others_stay_chosen(council: TestCouncil, signed_in: SignIn, which: str) -> None:
    meeting, case = an_agenda(council), a_case(council.council, "Kort")
    taken = an_agenda(council, "Lang", days=40)
    foreign = {
        "another council": a_case(a_council("En annen IPR").council).id,
        "taken meanwhile": _items(taken)[2].case_id,
        "unknown": 999_999,
        "nonsense": "9" * 5000,
    }[which]
    page = assert_refused(signed_in(council.secretary), _page(meeting), {"case": [case.id, foreign]}, "case", form="/saker")

    assert f'value="{case.id}" checked' in page.html
    assert len(_items(meeting)) == 3


def test_fixing_an_empty_agenda_says_what_is_missing_and_changes_nothing(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council)
    browser = signed_in(council.secretary)
    assert "Innkalling: 1 ting står i veien" in browser.see(_page(meeting)).text
    answer = browser.submit(_page(meeting), form="/fastsett")

    assert answer.status_code == 409
    assert "ikke noe annet enn de faste punktene" in answer.get_data(as_text=True)
    assert meeting.state is MeetingState.PLANNED


def test_short_notice_is_said_before_the_call(council: TestCouncil, signed_in: SignIn) -> None:
    browser = signed_in(council.secretary)

    assert "Kort varsel: 11 dager hvis du sender i dag." in browser.see(_page(an_agenda(council, "A", days=11))).text
    assert "Kort varsel" not in browser.see(_page(an_agenda(council, "B", days=14))).text


# ---- Items ----


def test_a_programme_item_a_break_and_a_sub_item_are_added_changed_and_taken_off(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = an_agenda(council, "A"), signed_in(council.secretary)
    page = _base(meeting)
    assert browser.submit(f"{page}/punkt?type=programme", title="Stortingsbenken", speakers="Ine Eksempel", minutes="30").status_code == 303
    assert browser.submit(f"{page}/punkt?type=break").status_code == 303
    programme, pause = _items(meeting)[3:5]
    assert (programme.kind, pause.kind, pause.title, pause.minutes) == (ItemKind.PROGRAMME, ItemKind.BREAK, "Pause", 15)
    assert "Ine Eksempel" in browser.see(page).text

    browser.submit(f"{page}/punkt?under={programme.id}", title="Spørsmål", minutes="10")
    assert "4.1 Spørsmål" in browser.see(page).text
    change = f"/kontor/agenda/{pause.id}/rediger"
    assert browser.submit(change, title="Lunsj", minutes="40").status_code == 303
    assert (pause.title, pause.minutes) == ("Lunsj", 40)
    assert browser.submit(change, form="/fjern").status_code == 303
    assert len(_items(meeting)) == 5


def test_a_case_on_the_agenda_can_get_a_speaker_but_no_title_here(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = an_agenda(council, "Budsjett"), signed_in(council.secretary)
    change = f"/kontor/agenda/{_items(meeting)[2].id}/rediger"
    assert "title" not in {name for form in browser.see(change).forms for name in form.names}
    browser.submit(change, speakers="Ola Rådmann", minutes="25")
    assert "Ola Rådmann" in browser.see(_page(meeting)).text

    browser.submit(change, form="/fjern")
    assert len(_items(meeting)) == 3
    assert db.session.query(Case).one().state is CaseState.READY
    assert "Klare saker 1" in browser.see(_page(meeting)).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 301),
        ("title", "to\nlinjer"),
        ("minutes", ""),
        ("minutes", "601"),
        ("speakers", "x" * 301),
    ],
)
def test_a_faulty_item_is_refused_beside_its_field_with_all_that_was_typed(
    council: TestCouncil, signed_in: SignIn, field: str, typed: str
) -> None:
    meeting = an_agenda(council, "A")
    data = {"title": "Stortingsbenken", "speakers": "Ine Eksempel", "minutes": "30", field: typed}

    assert_refused(signed_in(council.secretary), f"{_base(meeting)}/punkt", data, field)
    assert len(_items(meeting)) == 4


@pytest.mark.parametrize("field", ["title", "speakers", "minutes"])
def test_whatever_is_typed_about_an_item_is_text_or_refused(council: TestCouncil, signed_in: SignIn, field: str) -> None:
    data = {"title": "Stortingsbenken", "speakers": "Ine Eksempel", "minutes": "30"}

    assert_survives(signed_in(council.secretary), f"{_base(an_agenda(council, 'A'))}/punkt", field, data)


def test_an_unknown_kind_or_parent_makes_no_odd_item(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, other, browser = an_agenda(council, "A"), an_agenda(council, "B", days=40), signed_in(council.secretary)

    for kind in ("case", "follow_up", "tull"):
        assert_refused(browser, f"{_base(meeting)}/punkt", {"title": "X", "kind": kind}, "kind")
    browser.submit(f"{_base(meeting)}/punkt?under={_items(other)[2].id}", title="Ved siden av")
    assert "Ved siden av" in order(meeting)


def test_the_same_press_twice_is_one_act(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = an_agenda(council, "A", "B", "C"), signed_in(council.secretary)
    case = a_case(council.council, "D")
    assert_sent_once(browser, f"{_base(meeting)}/punkt", {"title": "Stortingsbenken"})
    assert_sent_once(browser, _page(meeting), {"case": [case.id]}, form="/saker")
    assert_sent_once(browser, _page(meeting), {}, form=f"/kontor/agenda/{_items(meeting)[2].id}/flytt", button="ned")

    assert order(meeting)[2:-1] == ["B", "A", "C", "Stortingsbenken", "D"]


# ---- Who may, and who sees what ----


def test_a_member_sees_the_agenda_but_no_way_to_change_it(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council, "A")
    page = signed_in(council.members[1]).see(_page(meeting))

    assert [form for form in page.forms if form.method == "post" and form.in_main] == []
    assert "/kontor/agenda/" not in page.html
    assert "A" in page.text


def test_only_the_secretary_changes_the_agenda_whatever_is_posted(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council, "A", "B")
    item, page = _items(meeting)[2], _base(meeting)
    office = signed_in(council.secretary)
    acts = [f"{page}/saker", f"{page}/punkt", *(f"/kontor/agenda/{item.id}/{act}" for act in ("flytt", "minutter", "fjern", "rediger"))]
    for browser, status in ((signed_in(council.chair), 403), (signed_in(council.members[1]), 403)):
        token = dict(re.findall(r'name="(csrf_token)" value="([^"]*)"', browser.get("/kontor/forslag/nytt").get_data(as_text=True)))
        assert token
        for act in acts:
            assert browser.post(act, data=token | {"place": "4", "minutes": "1"}).status_code == status, act
    outsider = signed_in(a_council("En annen IPR").secretary)
    for address in (
        page,
        _page(meeting),
        f"{page}/punkt",
        f"/kontor/agenda/{item.id}/rediger",
        "/kontor/moter/999999",
        f"/kontor/moter/{10**30}",
    ):
        assert outsider.get(address).status_code == 404, address
    assert office.get(f"/kontor/agenda/{10**30}/rediger").status_code == 404
    assert order(meeting)[2:4] == ["A", "B"]


def test_a_stranger_is_asked_to_sign_in(council: TestCouncil, client: Any) -> None:
    meeting = an_agenda(council, "A")

    for address in (_page(meeting), f"{_base(meeting)}/punkt", f"/kontor/agenda/{_items(meeting)[2].id}/rediger"):
        assert "/logg-inn" in client.get(address).headers["Location"]


def test_the_chair_fixes_the_agenda_but_does_not_change_it(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = an_agenda(council, "A"), signed_in(council.chair)
    page = browser.see(_page(meeting))
    assert [form.action for form in page.forms if form.method == "post" and form.in_main] == [f"{_base(meeting)}/fastsett"]
    browser.submit(_page(meeting), form="/fastsett")

    assert meeting.state is MeetingState.AGENDA_FIXED


def test_the_internal_title_of_an_exempt_case_is_for_those_who_may_read_it(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = an_agenda(council, a_secret_case(council))

    assert SECRET_TITLE in signed_in(council.secretary).see(_page(meeting)).text
    for person in (council.chair, council.members[1]):
        page = signed_in(person).see(_page(meeting))
        assert SECRET_TITLE not in page.html
        assert "Personalsak" in page.text
        assert "Unntatt offentlighet, offentleglova § 23 første ledd" in page.text


def test_after_the_call_a_late_item_is_marked_and_what_was_sent_cannot_be_taken_off(
    council: TestCouncil, secretary: Actor, signed_in: SignIn
) -> None:
    meeting = _called(an_agenda(council, "A"), secretary)
    browser, sent = signed_in(council.secretary), _items(meeting)[2]
    browser.submit(_page(meeting), form="/saker", case=[a_case(council.council, "Sen sak").id])
    assert "sto ikke på den utsendte listen" in browser.see(_page(meeting)).text

    refused = browser.submit(f"/kontor/agenda/{sent.id}/rediger", form="/fjern")
    assert refused.status_code == 409
    assert "Sakslisten er sendt" in refused.get_data(as_text=True)


def test_a_meeting_that_is_over_shows_its_agenda_without_forms(council: TestCouncil, secretary: Actor, signed_in: SignIn) -> None:
    meeting = _called(an_agenda(council, "A"), secretary)
    mark_opened(meeting, clock.now())
    mark_ended(meeting, clock.now() + timedelta(hours=1))
    db.session.commit()
    page = signed_in(council.secretary).see(_page(meeting))

    assert [form for form in page.forms if form.method == "post" and form.in_main] == []


def test_every_id_on_the_page_is_one_of_its_kind(council: TestCouncil, signed_in: SignIn) -> None:
    a_case(council.council, "I kø")
    html = signed_in(council.secretary).see(_page(an_agenda(council, "A", "B"))).html
    ids = re.findall(r'\sid="([^"]+)"', html)

    assert sorted(ids) == sorted(set(ids))


def test_the_setup_of_a_body_is_a_form_that_keeps_what_was_typed(council: TestCouncil, signed_in: SignIn) -> None:
    browser, address = signed_in(council.secretary), f"/kontor/folk/utvalg/{council.body.id}/saksliste"
    given = {"first": "decisions_first", "second": "exempt_last", "valid_from": "01.01.2026", "begins-3-kind": "own"}
    refused = browser.submit(address, **given)
    assert (refused.status_code, "Skriv hva punktet heter." in refused.get_data(as_text=True)) == (422, True)
    whole = given | {"begins-3-title": "Referatsaker", "begins-3-minutes": "7"}
    assert browser.submit(address, **whole).status_code == 303

    meeting = an_agenda(council, "Budsjett")
    assert order(meeting) == ["Godkjenning av innkalling og saksliste", "Oppfølging siden sist", "Referatsaker", "Budsjett", "Eventuelt"]
    assert "plassert slik sakene kom inn" in browser.see(_page(meeting)).text
    assert "Vedtakssaker først, orienteringer sist" in browser.see(address).text
    assert signed_in(council.members[0]).get(address).status_code == 403
