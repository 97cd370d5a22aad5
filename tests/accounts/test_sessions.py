"""Where somebody is signed in: seen by themselves, and ended at once when it must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.web.devices import device_of
from meetingapp.core.web.sessions import WebSession
from meetingapp.council import commands as council_commands
from meetingapp.council.models import Person, Seat, SeatRole
from tests.accounts.support import PASSWORD, acts, enrolled, give_password, sign_in
from tests.accounts.test_staff import by_link
from tests.conftest import Browser
from tests.factories import TestCouncil, a_person, a_seat

SignedIn = Callable[[Person], Browser]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:149.0) Gecko/20100101 Firefox/149.0"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36"


def _is_out(browser: Browser) -> bool:
    answer = browser.get("/logg-inn/konto")
    return answer.status_code == 303 and answer.location.startswith("/logg-inn?")


def _cookie(browser: Browser) -> str:
    cookie = browser.get_cookie("meeting")
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize(
    ("agent", "word"),
    [(FIREFOX, "Firefox/Windows"), (IPAD, "Safari/iPad"), (EDGE, "Edge/Windows"), (PHONE, "Chrome/Android"), ("curl/8", "/"), ("", "/")],
)
def test_a_device_is_called_what_its_browser_says(agent: str, word: str) -> None:
    assert device_of(agent) == word


def test_one_sees_where_one_is_signed_in_and_ends_one_of_them(app: Flask, client: Browser, council: TestCouncil) -> None:
    other: Any = app.test_client()
    client.environ_base["HTTP_USER_AGENT"], other.environ_base["HTTP_USER_AGENT"] = FIREFOX, IPAD
    by_link(client, council.chair)
    by_link(other, council.chair)
    page = client.see("/logg-inn/konto")

    assert "Firefox på Windows" in page.text
    assert "Safari på iPad" in page.text
    assert page.text.count("Nå, denne enheten") == 1
    client.submit("/logg-inn/konto", form="okter", button="Logg ut")
    assert _is_out(other)
    assert "Safari på iPad" not in client.see("/logg-inn/konto").text
    assert "session.end" in acts(council.chair)


def test_all_others_are_ended_at_once_and_never_anothers(client: Browser, council: TestCouncil, signed_in: SignedIn) -> None:
    first, second, stranger = signed_in(council.chair), signed_in(council.chair), signed_in(council.members[1])
    by_link(client, council.chair)
    theirs = db.session.scalars(select(WebSession).where(WebSession.user_id == str(council.members[1].id))).one().handle
    client.submit("/logg-inn/konto", form="okter", okt=theirs)
    assert not _is_out(stranger)
    client.submit("/logg-inn/konto", form="okter", okt="andre")

    assert [_is_out(one) for one in (first, second, client, stranger)] == [True, True, False, False]


@pytest.mark.shows("promise-23")
def test_a_new_password_ends_all_other_sessions_and_changes_the_secret_of_this_one(
    app: Flask, client: Browser, council: TestCouncil, signed_in: SignedIn
) -> None:
    enrolled(council.secretary)
    elsewhere, before = signed_in(council.secretary), _cookie(sign_in(client, council.secretary))
    new = "fire helt andre ord her"
    client.submit("/logg-inn/konto/passord", password=new, again=new)
    thief: Any = app.test_client()
    thief.set_cookie("meeting", before)

    assert [_is_out(one) for one in (elsewhere, thief, client)] == [True, True, False]


@pytest.mark.shows("promise-23")
@pytest.mark.parametrize("role", [SeatRole.SECRETARY, SeatRole.MEMBER])
def test_a_lost_seat_ends_the_session_and_a_new_seat_does_not_bring_it_back(
    council: TestCouncil, signed_in: SignedIn, secretary: Any, role: SeatRole
) -> None:
    person = council.secretary if role is SeatRole.SECRETARY else council.members[1]
    seat = db.session.scalars(select(Seat).where(Seat.person_id == person.id)).one()
    browser, yesterday = signed_in(person), clock.today() - timedelta(days=1)
    assert not _is_out(browser)
    council_commands.end_seat(seat, last_day=yesterday, because="Ny jobb", by=secretary)
    db.session.commit()

    assert _is_out(browser)
    a_seat(council.body, person, role)
    assert _is_out(browser)
    assert acts(person)[-1] == "session.end"


def test_a_staff_seat_lost_while_another_seat_stays_ends_the_session(council: TestCouncil, signed_in: SignedIn) -> None:
    staff = a_seat(council.body, council.members[1], SeatRole.CASE_OFFICER)
    browser = signed_in(council.members[1])
    staff.valid_to = clock.today() - timedelta(days=1)
    db.session.commit()

    assert _is_out(browser)


@pytest.mark.shows("promise-23")
def test_a_person_who_leaves_or_gets_another_address_is_signed_out(council: TestCouncil, signed_in: SignedIn, secretary: Any) -> None:
    leaves, moves = a_person("Har Sluttet", council.chair.organisation), council.members[1]
    browsers = [signed_in(leaves), signed_in(moves)]
    council_commands.edit_person(leaves, name=leaves.name, email=leaves.email, is_active=False, by=secretary)
    council_commands.edit_person(moves, name=moves.name, email="ny@prove.example", by=secretary)
    db.session.commit()

    assert [_is_out(one) for one in browsers] == [True, True]
    leaves.is_active = True
    db.session.commit()
    assert _is_out(browsers[0])


@pytest.mark.shows("promise-23")
@pytest.mark.parametrize(("column", "limit"), [("last_seen", "SESSION_IDLE"), ("created", "SESSION_ABSOLUTE")])
def test_a_session_ends_by_itself(app: Flask, council: TestCouncil, signed_in: SignedIn, column: str, limit: str) -> None:
    browser = signed_in(council.chair)
    db.session.execute(update(WebSession).values({column: clock.true_now() - app.config[limit] - timedelta(seconds=1)}))
    db.session.commit()

    assert _is_out(browser)


def test_nobody_keeps_a_session_past_its_limit_by_changing_its_secret(
    app: Flask, client: Browser, council: TestCouncil, time_machine: Any
) -> None:
    enrolled(council.secretary)
    sign_in(client, council.secretary)
    began = db.session.scalars(select(WebSession.created)).one()
    time_machine.move_to(clock.true_now() + timedelta(minutes=5))
    new = "fire helt andre ord her"
    client.submit("/logg-inn/konto/passord", password=new, again=new)

    assert db.session.scalars(select(WebSession.created)).one() == began


@pytest.mark.shows("promise-23")
def test_each_sign_in_has_a_secret_of_its_own_and_the_one_before_is_dead(app: Flask, client: Browser, council: TestCouncil) -> None:
    by_link(client, council.chair)
    first = _cookie(client)
    by_link(client, council.chair)
    replayed: Any = app.test_client()
    replayed.set_cookie("meeting", first)

    assert _cookie(client) != first
    assert _is_out(replayed)
    assert not _is_out(client)


def test_sessions_that_are_over_are_cleared_away(app: Flask, client: Browser, council: TestCouncil, signed_in: SignedIn) -> None:
    signed_in(council.chair)
    db.session.execute(update(WebSession).values(created=clock.true_now() - timedelta(days=2)))
    db.session.commit()
    by_link(client, council.members[1])

    assert [one.user_id for one in db.session.scalars(select(WebSession))] == [str(council.members[1].id)]


def test_before_an_address_a_password_or_an_app_is_changed_one_proves_who_one_is(
    client: Browser, council: TestCouncil, time_machine: Any
) -> None:
    enrolled(council.secretary)
    sign_in(client, council.secretary)
    time_machine.move_to(clock.true_now() + timedelta(seconds=601))
    edit = f"/kontor/folk/personer/{council.chair.id}/rediger"

    for path in ("/logg-inn/konto/passord", "/logg-inn/konto/kodeapp", "/logg-inn/konto/reservekoder"):
        assert client.get(path).location.startswith("/logg-inn/bekreft"), path
    refused = client.submit(edit, email="ny@prove.example")
    assert refused.status_code == 422
    assert "ny@prove.example" in refused.get_data(as_text=True)
    assert client.submit("/logg-inn/bekreft", password="feil passord her").status_code == 422
    assert client.submit("/logg-inn/bekreft", password=PASSWORD).location == "/logg-inn/konto"
    assert client.submit(edit, email="ny@prove.example").status_code == 303


def test_sign_in_and_sign_out_are_written_down(client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    give_password(client, council.secretary.email, "helt feil passord")
    give_password(client, "ingen@prove.example", "helt feil passord")
    sign_in(client, council.secretary)
    client.submit("/logg-inn/konto", form="/logg-inn/ut")

    assert acts(council.secretary) == ["sign_in.refused", "sign_in", "sign_out"]
    assert acts() == ["sign_in.refused"]
