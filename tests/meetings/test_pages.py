"""The pages of meetings: the list, planning, changing, the frame and the history."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from meetingapp.core.database import db
from meetingapp.meetings import words
from meetingapp.meetings.models import Meeting, MeetingForm, MeetingState
from tests.agendas.support import a_secret_case, an_agenda
from tests.factories import TestCouncil, a_council, a_meeting, a_person
from tests.forms import Page
from tests.hostile import assert_refused, assert_sent_once, assert_survives
from tests.meetings.test_meetings import another_body

SignIn = Callable[[Any], Any]
NEW = "/kontor/moter/nytt"


def filled(council: TestCouncil, **given: Any) -> dict[str, Any]:
    return {"bodies": [council.body.id], "day": "29.01.2027", "starts": "09.00", "ends": "12.00", "place": "Rådhuset"} | given


def test_planning_by_the_form_makes_a_meeting_with_its_standing_items(council: TestCouncil, signed_in: SignIn) -> None:
    browser = signed_in(council.secretary)
    answer = browser.submit(NEW, follow=True, **filled(council, title="Nyttårsmøte"))
    text = answer.get_data(as_text=True)

    assert "Nyttårsmøte 29. januar 2027" in text
    assert "Godkjenning av innkalling og saksliste" in text
    assert "Eventuelt" in text
    meeting = db.session.query(Meeting).one()
    assert meeting.chair == council.chair


def test_a_joint_meeting_is_led_by_the_body_that_is_chosen_to(council: TestCouncil, signed_in: SignIn) -> None:
    other, browser = another_body(council), signed_in(council.secretary)
    data = filled(council, bodies=[council.body.id, other.id], leads=other.id)
    assert browser.submit(NEW, **data).status_code == 303
    meeting = db.session.query(Meeting).one()

    assert meeting.bodies == [other, council.body]
    assert "Arbeidsutvalget og Regionrådet 29. januar 2027" in browser.see(f"/kontor/moter/{meeting.id}").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("day", ""),
        ("day", "29. februar"),
        ("day", "29.02.2027"),
        ("day", "20.11.2026"),  # passed
        ("day", "01.01.0001"),
        ("day", "01.01.9999"),
        ("starts", "99"),
        ("starts", "ni"),
        ("ends", ""),
        ("ends", "08.00"),
        ("place", ""),
        ("title", "x" * 201),
        ("title", "a\rb"),
        ("online_url", "x" * 501),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_kept(council: TestCouncil, signed_in: SignIn, field: str, typed: str) -> None:
    assert_refused(signed_in(council.secretary), NEW, filled(council, **{field: typed}), field)
    assert db.session.query(Meeting).count() == 0


@pytest.mark.parametrize(
    ("day", "starts", "ends", "field"),
    [
        ("28.03.2027", "02.30", "04.00", "starts"),  # the hour that is skipped
        ("28.03.2027", "01.00", "02.30", "ends"),
        ("31.10.2027", "02.30", "04.00", "starts"),  # the hour that comes twice
    ],
)
def test_a_time_that_the_clocks_do_not_show_once_is_refused_beside_it(
    council: TestCouncil, signed_in: SignIn, day: str, starts: str, ends: str, field: str
) -> None:
    page = assert_refused(signed_in(council.secretary), NEW, filled(council, day=day, starts=starts, ends=ends), field)

    assert "Klokka stilles den natten" in page.text


@pytest.mark.parametrize("field", ["bodies", "chair", "leads", "form"])
@pytest.mark.parametrize("choice", ["foreign", "999999", "tull", "9" * 5000])
def test_a_choice_that_was_not_offered_is_refused_beside_its_field(
    council: TestCouncil, signed_in: SignIn, field: str, choice: str
) -> None:
    another_body(council)
    other = a_council("En annen IPR")
    foreign = {"bodies": other.body.id, "leads": other.body.id, "chair": other.chair.id, "form": "telepathy"}[field]
    typed: Any = foreign if choice == "foreign" else choice

    page = assert_refused(signed_in(council.secretary), NEW, filled(council, **{field: [typed] if field == "bodies" else typed}), field)
    assert "Not a valid" not in page.text
    assert db.session.query(Meeting).count() == 0


def test_no_body_chosen_is_refused_beside_the_bodies(council: TestCouncil, signed_in: SignIn) -> None:
    another_body(council)

    assert_refused(signed_in(council.secretary), NEW, filled(council, bodies=None), "bodies")


@pytest.mark.parametrize("field", ["title", "place", "online_url", "day", "starts"])
def test_whatever_is_typed_about_a_meeting_is_text_or_refused(council: TestCouncil, signed_in: SignIn, field: str) -> None:
    assert_survives(signed_in(council.secretary), NEW, field, filled(council))


def test_planning_twice_by_a_double_press_makes_one_meeting(council: TestCouncil, signed_in: SignIn) -> None:
    assert_sent_once(signed_in(council.secretary), NEW, filled(council))
    assert db.session.query(Meeting).count() == 1


# ---- Changing ----


def test_the_secretary_changes_time_and_place_before_the_call(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = a_meeting(council), signed_in(council.secretary)
    edit = f"/kontor/moter/{meeting.id}/rediger"
    assert_refused(browser, edit, {"ends": "08.00"}, "ends")
    answer = browser.submit(edit, place="Kulturhuset", starts="10.00", chair=council.members[1].id, follow=True)

    assert "Kulturhuset" in answer.get_data(as_text=True)
    assert "Leder Truls Tvil" in Page(answer.get_data(as_text=True)).text


def test_two_who_change_the_meeting_at_once_lose_nothing(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = a_meeting(council), signed_in(council.secretary)
    edit = f"/kontor/moter/{meeting.id}/rediger"
    old = browser.submit(edit, place="Kulturhuset")
    assert old.status_code == 303
    answer = browser.submit(edit, place="Biblioteket", seen_version=1)

    assert answer.status_code == 409
    assert "Kulturhuset" in answer.get_data(as_text=True)
    assert "Biblioteket" in answer.get_data(as_text=True)
    assert meeting.place == "Kulturhuset"


def test_a_called_meeting_is_not_moved_here_and_says_why(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = a_meeting(council, state=MeetingState.CALLED)
    browser, edit = signed_in(council.secretary), f"/kontor/moter/{meeting.id}/rediger"
    page = browser.see(edit)
    assert "Å flytte et innkalt møte er en egen handling" in page.text
    assert {"day", "starts", "ends", "place", "form"}.isdisjoint({name for form in page.forms for name in form.names})

    assert browser.submit(edit, title="Julemøte", chair=council.members[2].id).status_code == 303
    assert (meeting.title, meeting.chair, meeting.place) == ("Julemøte", council.members[2], "Rådhuset")


def test_a_chair_whose_seat_has_ended_stays_chosen_when_something_else_is_changed(council: TestCouncil, signed_in: SignIn) -> None:
    former = a_person("Frida Forhenværende")
    meeting = a_meeting(council, chair=former)
    signed_in(council.secretary).submit(f"/kontor/moter/{meeting.id}/rediger", place="Kulturhuset")

    assert (meeting.chair, meeting.place) == (former, "Kulturhuset")


def test_a_meeting_cannot_become_one_on_screen_when_a_case_on_its_fixed_agenda_must_be_closed(
    council: TestCouncil, signed_in: SignIn
) -> None:
    meeting = an_agenda(council, a_secret_case(council), state=MeetingState.PLANNED)
    meeting.state = MeetingState.AGENDA_FIXED
    data = {"form": "remote", "online_url": "https://skjerm.example"}
    page = assert_refused(signed_in(council.secretary), f"/kontor/moter/{meeting.id}/rediger", data, "form")

    assert "offentleglova § 23" in page.text
    assert meeting.form is MeetingForm.PHYSICAL


# ---- The list ----


def test_an_empty_list_says_what_comes_here_and_gives_the_one_action(council: TestCouncil, signed_in: SignIn) -> None:
    page = signed_in(council.secretary).see("/kontor/moter")
    assert [href for href, _text in page.links].count(NEW) == 1
    assert "Ingen møter er planlagt" in page.text

    assert NEW not in signed_in(council.members[1]).see("/kontor/moter").html


def test_the_list_has_25_on_a_page_and_takes_any_place_asked_for(council: TestCouncil, signed_in: SignIn) -> None:
    for n in range(30):
        a_meeting(council, days=n + 1, title=f"Møte nummer {n:02}")
    browser = signed_in(council.members[1])

    first = browser.see("/kontor/moter")
    second = browser.see(f"/kontor/moter{next(href for href, text in first.links if text == 'Neste')}")
    assert ("nummer 24" in first.text, "nummer 25" in first.text) == (True, False)
    assert ("nummer 24" in second.text, "nummer 29" in second.text) == (False, True)
    for place in ("0", "-1", "9" * 40, "x", "999", "999999999"):
        browser.see(f"/kontor/moter?etter={place}&utvalg={place}")


def test_the_list_goes_on_from_what_is_to_come_into_what_has_been(council: TestCouncil, signed_in: SignIn) -> None:
    for n in range(20):
        a_meeting(council, days=n + 1, title=f"Kommer {n:02}")
        a_meeting(council, days=-n - 1, title=f"Har vært {n:02}")
    browser, address, seen, pages = signed_in(council.members[1]), "", [], 0
    while pages == 0 or address:
        page = browser.see(f"/kontor/moter{address}")
        seen += re.findall(r"(?:Kommer|Har vært) \d\d", " ".join(text for _href, text in page.links))
        address = next((href for href, text in page.links if text == "Neste"), "")
        pages += 1

    assert pages == 2
    assert seen == [f"Kommer {n:02}" for n in range(20)] + [f"Har vært {n:02}" for n in range(20)]


def test_the_list_can_be_narrowed_to_one_body(council: TestCouncil, signed_in: SignIn) -> None:
    other = another_body(council)
    a_meeting(council, title="Rådets møte")
    page = signed_in(council.members[1]).see(f"/kontor/moter?utvalg={other.id}")

    assert "Rådets møte" not in page.text
    assert f'value="{other.id}" selected' in page.html


# ---- Who may ----


@pytest.mark.parametrize("address", ["/kontor/moter", NEW, "/kontor/moter/{id}/rediger", "/kontor/moter/{id}/historikk"])
def test_a_stranger_is_asked_to_sign_in_and_an_outsider_sees_no_meeting(
    council: TestCouncil, signed_in: SignIn, client: Any, address: str
) -> None:
    meeting = a_meeting(council)
    address = address.format(id=meeting.id)
    assert "/logg-inn" in client.get(address).headers["Location"]

    if str(meeting.id) in address:
        assert signed_in(a_council("En annen IPR").secretary).get(address).status_code == 404
    assert signed_in(a_person("Pia Privat")).get(address).status_code == 404


def test_members_read_and_do_not_plan_or_change(council: TestCouncil, signed_in: SignIn) -> None:
    meeting, browser = a_meeting(council), signed_in(council.chair)

    assert browser.get(NEW).status_code == 403
    assert browser.get(f"/kontor/moter/{meeting.id}/rediger").status_code == 403
    assert "Endre tid og sted" not in browser.see(f"/kontor/moter/{meeting.id}").text


# ---- Frame and history ----


@pytest.mark.parametrize(
    ("state", "more", "done", "now"),
    [
        (MeetingState.PLANNED, {}, 1, "Saksliste"),
        (MeetingState.AGENDA_FIXED, {}, 2, "Innkalling"),
        (MeetingState.CALLED, {}, 3, "Møte"),
        (MeetingState.IN_SESSION, {}, 3, "Møte"),
        (MeetingState.ENDED, {}, 4, "Møtebok"),
        (MeetingState.ENDED, {"minutes_locked": True}, 5, "Kunngjort"),
        (MeetingState.ENDED, {"published": True}, 6, None),
        (MeetingState.CANCELLED, {}, 1, None),
    ],
)
def test_the_steps_say_how_far_the_meeting_has_come(
    council: TestCouncil, state: MeetingState, more: dict[str, bool], done: int, now: str | None
) -> None:
    line = words.steps(a_meeting(council, state=state), **more)

    assert [step[1] for step in line].count("done") == done
    assert next((step[0] for step in line if step[1] == "now"), None) == now


def test_the_frame_leads_to_all_parts_and_says_where_we_are(council: TestCouncil, signed_in: SignIn) -> None:
    meeting = a_meeting(council)
    page = signed_in(council.secretary).see(f"/kontor/moter/{meeting.id}/historikk")
    parts = [text for href, text in page.links if href.startswith(f"/kontor/moter/{meeting.id}") and "rediger" not in href]

    assert parts[-7:] == ["Oversikt", "Saksliste", "Deltakere", "Innkalling", "Møtebok", "Oppfølging", "Historikk"]
    assert "Regionrådet 23. desember 2026 Utkast" in page.text
