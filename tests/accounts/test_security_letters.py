"""A change in how one signs in is told by letter, without any secret; and what was opened from an old address opens nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from meetingapp.accounts import commands, factors, links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.council import commands as council_commands
from meetingapp.council.models import Person
from tests.accounts.support import PASSWORD, app_code, enrolled
from tests.conftest import Browser
from tests.factories import TestCouncil

Letters = Callable[[], list[EmailMessage]]
NEW = "vann lampe skog nittito"


def _words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return f"{letter['Subject']}\n{body.get_content()}"


def _to(letter: EmailMessage) -> str:
    return str(letter["To"].addresses[0].addr_spec)


def _set_password(person: Person) -> list[str]:
    commands.set_password(person, "kept", by=None)
    return [NEW, "kept"]


def _set_factor(person: Person) -> list[str]:
    uid = factors.new_uid()
    secret = factors.secret_of(person, uid)
    codes = factors.recovery_codes(person, commands.set_factor(person, uid, app_code(secret), by=None))
    return [uid, secret, *codes]


def _new_codes(person: Person) -> list[str]:
    return factors.recovery_codes(person, commands.make_recovery_codes(person, by=None))


def _take_factor(person: Person) -> list[str]:
    commands.reset_factor(person, by=None)
    return []


def _take_all(person: Person) -> list[str]:
    commands.reset_all(person, by=None)
    return []


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        (_set_password, "Passordet ditt er endret"),
        (_set_factor, "Kodeappen din er byttet ut"),
        (_new_codes, "Du har fått nye reservekoder"),
        (_take_factor, "Kodeappen din er tatt bort"),
        (_take_all, "Passordet og kodeappen din er tatt bort"),
    ],
)
def test_each_change_is_told_without_secrets_and_with_what_to_do(
    council: TestCouncil, letters: Letters, change: Callable[[Person], list[str]], subject: str
) -> None:
    enrolled(council.secretary)
    secrets = change(council.secretary)
    sent = letters()

    assert [(_to(one), one["Subject"]) for one in sent] == [(council.secretary.email, subject)]
    words = _words(sent[0])
    assert "23. november 2026 kl. 08.00" in words
    assert f"skriv til {council.council.email} med en gang" in words
    assert not [secret for secret in secrets if secret in words]
    assert not re.search(r"/(g|logg-inn)/[\w-]{20,}", words), "no link that opens anything"


def test_what_is_chosen_for_the_first_time_is_not_called_changed(council: TestCouncil, signed_in: Any, letters: Letters) -> None:
    browser: Browser = signed_in(council.members[1])
    said = browser.submit("/logg-inn/konto/passord", password=NEW, again=NEW, follow=True).get_data(as_text=True)

    assert "Passordet er valgt." in said
    assert "Passordet er byttet" not in said
    assert letters()[-1]["Subject"] == "Du har valgt et passord"
    again = browser.submit("/logg-inn/konto/passord", password=PASSWORD, again=PASSWORD, follow=True).get_data(as_text=True)
    assert "Passordet er byttet. Du er logget ut alle andre steder." in again


def test_another_address_is_told_to_both_and_the_old_one_opens_nothing(
    council: TestCouncil, secretary: Any, client: Browser, letters: Letters
) -> None:
    person = council.members[1]
    old, lasts = person.email, clock.true_now() + timedelta(minutes=30)
    before = links.path_of(links.make_link(LinkPurpose.SIGN_IN, person, expires_at=lasts))
    partners = links.make_link(LinkPurpose.PARTNER, person, expires_at=lasts, council=council.council)
    council_commands.edit_person(person, name=person.name, email="ny@prove.example", by=secretary)
    db.session.commit()
    sent = letters()

    assert [(_to(one), one["Subject"]) for one in sent] == [
        (old, "E-postadressen din er endret"),
        ("ny@prove.example", "Dette er e-postadressen din fra nå av"),
    ]
    assert "ny@prove.example" not in _words(sent[0]), "the old mailbox may be somebody else's"
    assert client.get(before).status_code == 404
    assert links.open_link(links.path_of(partners).rpartition("/")[2], LinkPurpose.PARTNER) is not None, "what is no way in stays"
    after = links.path_of(links.make_link(LinkPurpose.SIGN_IN, person, expires_at=lasts))
    assert client.get(after).status_code == 200


def test_a_sign_in_letter_that_waits_is_not_sent_to_an_address_that_was_left(
    council: TestCouncil, secretary: Any, client: Browser, letters: Letters, app: Any
) -> None:
    person = council.members[1]
    commands.send_link(commands.want_link(person.email))
    council_commands.edit_person(person, name=person.name, email="ny@prove.example", by=secretary)

    assert "innloggingslenken" not in " ".join(_words(one) for one in letters()).lower()
    assert len(letters()) == 2


def test_a_new_password_ends_the_links_that_were_sent_before(council: TestCouncil, client: Browser) -> None:
    person, lasts = council.secretary, clock.true_now() + timedelta(minutes=30)
    enrolled(person)
    before = links.path_of(links.make_link(LinkPurpose.SIGN_IN, person, expires_at=lasts))
    commands.set_password(person, "kept", by=None)

    assert client.get(before).status_code == 404


def test_a_name_alone_tells_nobody(council: TestCouncil, secretary: Any, letters: Letters) -> None:
    council_commands.edit_person(council.chair, name="Mona Møteleder-Hansen", email=council.chair.email, by=secretary)

    assert letters() == []


def test_light_or_dark_follows_the_person_to_every_device(council: TestCouncil, signed_in: Any, client: Browser) -> None:
    def scheme(browser: Browser, path: str = "/min-side") -> str:
        found = re.search(r'<html[^>]* data-color-scheme="(\w+)"', browser.get(path).get_data(as_text=True))
        assert found is not None
        return found[1]

    one, other = signed_in(council.chair), signed_in(council.chair)
    assert [scheme(one), scheme(client, "/logg-inn")] == ["auto", "auto"]
    for chosen, shown in (("dark", "dark"), ("light", "light"), ("", "auto")):
        assert one.submit("/logg-inn/konto", form="utseende", scheme=chosen).status_code == 303
        assert [scheme(one), scheme(other), scheme(client, "/logg-inn")] == [shown, shown, "auto"]
    assert one.submit("/logg-inn/konto", form="utseende", scheme="neon").status_code == 422
