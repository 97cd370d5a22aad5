"""The secretariat signs in with a password and a code app, and reaches nothing before both are set up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from meetingapp.accounts import links, passwords
from meetingapp.accounts.models import Account, LinkPurpose, RecoveryCode
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.council.models import Person
from tests.accounts.support import PASSWORD, acts, app_code, enrolled, give_password, shown_by_phone, sign_in
from tests.conftest import REAL_HASHER, Browser
from tests.factories import TestCouncil

SignedIn = Callable[[Person], Browser]


def by_link(client: Browser, person: Person) -> Any:
    """Open a fresh one-time link and confirm."""
    link = links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + timedelta(minutes=5))
    path = links.path_of(link)
    db.session.commit()
    return client.submit(path)


def set_up(client: Browser, person: Person) -> list[str]:
    """From the first link to a complete sign-in, as a new secretary does it; the recovery codes."""
    assert by_link(client, person).status_code == 303
    assert client.submit("/logg-inn/konto/passord", password=PASSWORD, again=PASSWORD).location == "/logg-inn/konto/kodeapp"
    page = client.see("/logg-inn/konto/kodeapp")
    secret = re.search(r"([A-Z2-7]{4} ){8}", page.text)
    assert secret is not None
    assert 'src="data:image/svg+xml' in page.html
    uid = next(value for form in page.forms for name, value in form.fields if name == "uid")
    answer = client.submit("/logg-inn/konto/kodeapp", uid=uid, code=app_code(secret[0].replace(" ", "")))
    assert answer.location == "/logg-inn/konto/reservekoder"
    return re.findall(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", client.see("/logg-inn/konto/reservekoder").text)


def test_a_new_secretary_sets_up_both_before_anything_else(client: Browser, council: TestCouncil) -> None:
    by_link(client, council.secretary)

    for path in ("/min-side", "/kontor/saker", "/logg-inn/konto", "/kontor/folk/personer/1"):
        assert client.get(path).location == "/logg-inn/oppsett", path
    page = client.see("/logg-inn/oppsett")
    assert "Derfor må ikke e-posten din alene være nok til å komme inn." in page.text
    token = next(value for form in page.forms for name, value in form.fields if name == "csrf_token")
    assert client.post("/kontor/moter", data={"csrf_token": token}).status_code in (403, 405)


def test_when_both_are_set_up_the_office_opens_and_other_sessions_are_gone(
    app: Flask, client: Browser, council: TestCouncil, signed_in: SignedIn
) -> None:
    elsewhere = signed_in(council.secretary)
    codes = set_up(client, council.secretary)

    assert len(set(codes)) == 10
    assert client.get("/kontor/saker").status_code == 200
    assert elsewhere.get("/kontor/saker").status_code == 303
    assert {"account.password", "account.factor", "account.recovery_codes"} <= set(acts(council.secretary))
    client.submit("/logg-inn/konto/reservekoder", button="tatt vare på")
    assert not re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", client.see("/logg-inn/konto/reservekoder").text)


def test_in_the_demo_the_printed_link_is_enough_and_every_page_says_so(app: Flask, client: Browser, council: TestCouncil) -> None:
    app.config["DEMO"] = True
    try:
        by_link(client, council.secretary)

        assert client.get("/kontor/saker").status_code == 200
        assert "Her logger sekretariatet inn bare med lenke" in client.see("/logg-inn/konto").text
    finally:
        app.config["DEMO"] = False


def test_password_and_code_open_the_office(client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    asked = client.get("/kontor/saker").location
    client.submit(asked.replace("/logg-inn?", "/logg-inn/passord?"), email=council.secretary.email, password=PASSWORD)

    assert client.get("/kontor/saker").status_code == 303  # half way in is not in
    assert client.submit("/logg-inn/kode", code=" ".join(shown_by_phone(council.secretary))).location == "/kontor/saker"
    assert client.get("/kontor/saker").status_code == 200


@pytest.mark.shows("promise-23")
def test_a_code_works_once_also_for_whoever_looked_over_the_shoulder(app: Flask, client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    seen = shown_by_phone(council.secretary)
    give_password(client, council.secretary.email)
    client.submit("/logg-inn/kode", code=seen)
    other: Any = app.test_client()
    give_password(other, council.secretary.email)

    answer = other.submit("/logg-inn/kode", code=seen)
    assert answer.status_code == 422
    assert other.submit("/logg-inn/kode", code=shown_by_phone(council.secretary, ahead=1)).status_code == 303


@pytest.mark.parametrize("ahead", [-3, 3])
def test_a_code_of_another_time_is_refused(client: Browser, council: TestCouncil, ahead: int) -> None:
    enrolled(council.secretary)
    give_password(client, council.secretary.email)

    assert client.submit("/logg-inn/kode", code=shown_by_phone(council.secretary, ahead=ahead)).status_code == 422
    assert acts(council.secretary)[-1] == "sign_in.refused"


def test_half_way_in_lasts_ten_minutes(client: Browser, council: TestCouncil, time_machine: Any) -> None:
    enrolled(council.secretary)
    give_password(client, council.secretary.email)
    time_machine.move_to(clock.true_now() + timedelta(seconds=601))

    assert client.get("/logg-inn/kode").location == "/logg-inn/passord"


def test_a_link_in_place_of_a_forgotten_password_still_asks_for_the_code(client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)

    assert by_link(client, council.secretary).location == "/logg-inn/kode"
    assert client.get("/min-side").status_code == 303
    client.submit("/logg-inn/kode", code=shown_by_phone(council.secretary))
    new = "fire helt andre ord her"
    assert client.submit("/logg-inn/konto/passord", password=new, again=new).location == "/logg-inn/konto"
    stranger: Any = client.application.test_client()
    assert give_password(stranger, council.secretary.email).status_code == 422
    assert give_password(stranger, council.secretary.email, new).status_code == 303


def test_each_recovery_code_works_once(app: Flask, client: Browser, council: TestCouncil) -> None:
    codes = set_up(client, council.secretary)
    first, again = app.test_client(), app.test_client()
    for browser in (first, again):
        give_password(browser, council.secretary.email)  # type: ignore[arg-type]
    typed = codes[3].replace("-", " ").upper()

    assert first.submit("/logg-inn/reservekode", code=typed).status_code == 303  # type: ignore[attr-defined]
    assert "9 reservekoder igjen" in first.see("/logg-inn/konto").text  # type: ignore[attr-defined]
    assert again.submit("/logg-inn/reservekode", code=codes[3]).status_code == 422  # type: ignore[attr-defined]
    assert again.submit("/logg-inn/reservekode", code=codes[4]).status_code == 303  # type: ignore[attr-defined]


@pytest.mark.shows("promise-25")
def test_nothing_that_opens_a_door_is_in_the_database(client: Browser, council: TestCouncil) -> None:
    codes = set_up(client, council.secretary)
    secret = re.search(r"([A-Z2-7]{4} ){8}", client.see("/logg-inn/konto/kodeapp").text)
    held = "".join(
        str(tuple(row))
        for table in db.metadatas[None].sorted_tables
        for row in db.session.execute(select(table)).all()  # type: ignore[index]
    )

    assert secret is not None
    assert [door for door in (PASSWORD, *codes, *(code.replace("-", "") for code in codes)) if door in held] == []
    assert db.session.scalars(select(Account.password_hash)).one().startswith("$argon2id$")
    assert all(re.fullmatch(r"[0-9a-f]{64}", kept) for kept in db.session.scalars(select(RecoveryCode.code_hash)))


def test_a_hash_costs_what_is_advised() -> None:
    """OWASP's smallest set for argon2id: 46 MiB and one pass, or 19 MiB and two."""
    assert REAL_HASHER.memory_cost >= 46 * 1024
    assert REAL_HASHER.time_cost >= 2


def test_a_hash_of_older_parameters_is_made_anew_at_the_next_sign_in(client: Browser, council: TestCouncil) -> None:
    account = enrolled(council.secretary)
    account.password_hash = old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    db.session.commit()
    sign_in(client, council.secretary)

    kept = db.session.scalars(select(Account.password_hash)).one()
    assert kept != old
    assert not passwords.is_outdated(kept)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kort", "minst 12 tegn"),
        ("x" * 129, "høyst 128 tegn"),
        ("1q2w3e4r5t6y7u", "lister som andre prøver først"),
        ("aaaaaaaaaaaaaa", "lister som andre prøver først"),
        ("qwertyuiopåasd", "lister som andre prøver først"),
        ("P@ssord2026!!!", "vanlige ord eller dine egne navn"),
        ("SaraSekretær2026", "vanlige ord eller dine egne navn"),
        ("Prøveregionen1!", "vanlige ord eller dine egne navn"),
        ("sommer vinter 2026", "vanlige ord eller dine egne navn"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(signed_in: SignedIn, council: TestCouncil, typed: str, said: str) -> None:
    answer = signed_in(council.secretary).submit("/logg-inn/konto/passord", password=typed, again=typed)

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["hest batteri stift", "Xq7!82hF02kd", "å løpe over isen på Mjøsa", "只要十二个字符就可以了吧这样", "x7" + "y" * 10 + "zæø q"]
)
def test_any_signs_will_do_in_a_good_password(app: Flask, typed: str) -> None:
    assert passwords.fault(typed, ["Sara Sekretær", "sara@prove.example"]) == ""


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password(app: Flask) -> None:
    kept = passwords.kept("blåbær på høyfjellet")

    assert passwords.matches(kept, "bla\u030abær pa\u030a høyfjellet")
    assert not passwords.matches(kept, "blåbær på hoyfjellet")


def test_a_secretary_takes_a_lost_code_app_away_and_the_password_guards_the_new_one(
    app: Flask, client: Browser, council: TestCouncil, signed_in: SignedIn
) -> None:
    member = council.chair
    enrolled(member)
    sign_in(client, member)
    page = f"/kontor/folk/personer/{member.id}/tilgang"
    secretary = signed_in(council.secretary)
    assert "aldri bare på e-post" in secretary.see(page).text
    assert secretary.submit(page, button="Ta bort kodeappen").status_code == 303

    assert client.get("/logg-inn/konto").status_code == 303
    fresh: Any = app.test_client()
    assert give_password(fresh, member.email).status_code == 422  # a password alone is never enough
    assert by_link(fresh, member).location == "/min-side"
    assert fresh.get("/logg-inn/konto/kodeapp").location.startswith("/logg-inn/bekreft")
    assert fresh.submit("/logg-inn/bekreft?videre=/logg-inn/konto/kodeapp", password=PASSWORD).location == "/logg-inn/konto/kodeapp"
    assert fresh.get("/logg-inn/konto/kodeapp").status_code == 200
    assert "account.factor_reset" in acts(member)


@pytest.mark.shows("promise-23")
def test_closing_the_access_shuts_every_door_at_once(app: Flask, client: Browser, council: TestCouncil, signed_in: SignedIn) -> None:
    member, page = council.members[1], f"/kontor/folk/personer/{council.members[1].id}/tilgang"
    browser, secretary = signed_in(member), signed_in(council.secretary)
    link = links.make_link(LinkPurpose.SIGN_IN, member, expires_at=clock.true_now() + timedelta(minutes=5))
    reply = links.make_link(LinkPurpose.REPLY, member, expires_at=clock.true_now() + timedelta(days=5), subject_id=1)
    path, other = links.path_of(link), links.path_of(reply)
    db.session.commit()
    secretary.submit(page, button="Steng tilgangen")

    assert browser.get("/min-side").status_code == 303
    assert client.get(path).status_code == 404
    assert client.get(f"{other}/svar").status_code == 404
    secretary.submit(page, button="Åpne tilgangen")
    assert browser.get("/min-side").status_code == 303  # the old session stays dead
    assert by_link(client, member).location == "/min-side"
    assert [act for act in acts(member) if act.startswith("account.")] == ["account.close", "account.open"]


def test_nobody_outside_the_secretariat_touches_anothers_access(council: TestCouncil, signed_in: SignedIn) -> None:
    page = f"/kontor/folk/personer/{council.members[1].id}/tilgang"

    assert signed_in(council.chair).get(page).status_code == 403
    assert signed_in(council.secretary).get(f"/kontor/folk/personer/{council.secretary.id}/tilgang").status_code == 403


def test_the_operator_helps_from_the_command_line(app: Flask, council: TestCouncil) -> None:
    enrolled(council.secretary)
    person_id, address, run = council.secretary.id, council.secretary.email, app.test_cli_runner().invoke

    assert run(args=["account", "close", address]).exit_code == 0
    assert "Error" in run(args=["account", "close", address]).output
    assert run(args=["account", "open", address]).exit_code == 0
    assert run(args=["account", "reset-factor", "--password-too", address]).exit_code == 0
    assert "Nobody has this address" in run(args=["account", "open", "ingen@prove.example"]).output
    kept = db.session.get(Account, person_id)
    assert kept is not None
    assert (kept.closed_at, kept.password_hash, kept.factor_uid) == (None, "", "")
