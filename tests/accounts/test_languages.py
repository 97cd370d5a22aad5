"""Which language a page and a letter speak: the reader's own, the organisation's, what a stranger asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n.languages import best_of
from tests.conftest import Browser
from tests.factories import TestCouncil

SIGN_IN = {"nb": "Logg inn", "nn": "Logg inn", "en": "Sign in"}
MEETINGS = {"nb": "Møter", "nn": "Møte", "en": "Meetings"}


def _language(answer: Any) -> str:
    found = re.search(r'<html lang="(\w+)"', answer.get_data(as_text=True))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("en-GB,en;q=0.9", "en"), ("nn-NO,nb;q=0.8", "nn"), ("no", "nb"), ("de,en;q=0.5", "en"), ("de", "nb"), ("", "nb"), ("*", "nb")],
)
def test_a_stranger_gets_the_browsers_first_language_that_we_speak(client: Browser, wanted: str, spoken: str) -> None:
    assert _language(client.get("/logg-inn", headers={"Accept-Language": wanted})) == spoken
    assert best_of(iter(["tlh", "x" * 500, spoken])) == spoken


def test_a_strangers_choice_holds_on_the_pages_after_it(client: Browser) -> None:
    page = client.see("/logg-inn")
    ways = {text: href for href, text in page.links if "sprak=" in href}
    assert ways == {"Nynorsk": "/logg-inn?sprak=nn", "English": "/logg-inn?sprak=en"}

    assert _language(client.get(ways["English"], headers={"Accept-Language": "nn"})) == "en"
    assert client.submit("/logg-inn", email="nobody@prove.example").status_code == 303
    assert _language(client.get("/logg-inn/sendt", headers={"Accept-Language": "nn"})) == "en"
    assert _language(client.get("/finnes-ikke-her", headers={"Accept-Language": "nn"})) == "en"
    assert _language(client.get("/logg-inn?sprak=<script>")) == "en"  # no language of ours changes nothing


def test_the_account_page_keeps_the_language_of_pages_and_letters(
    council: TestCouncil, signed_in: Any, client: Browser, letters: Callable[[], list[EmailMessage]]
) -> None:
    browser, member = signed_in(council.chair), council.chair
    for language in ("nn", "en", "nb"):
        assert browser.submit("/logg-inn/konto", form="sprak", language=language).status_code == 303
        answer = browser.get("/min-side?sprak=tlh", headers={"Accept-Language": "de"})
        assert _language(answer) == language
        assert MEETINGS[language] in answer.get_data(as_text=True)
        client.submit("/logg-inn", email=member.email)
        letters()  # a letter speaks the language that its receiver has when it is sent
    db.session.refresh(member)
    assert member.language == "nb"
    sent = {letter["Content-Language"]: str(letter["Subject"]) for letter in letters()}
    assert sent == {"nb": "Lenken din for å logge inn", "nn": "Lenkja di for å logge inn", "en": "Your sign-in link"}

    refused = browser.post("/logg-inn/konto/sprak", data={"language": "tlh"})
    assert refused.status_code in (400, 422)
    db.session.refresh(member)
    assert member.language == "nb"


def test_who_has_chosen_none_is_addressed_in_the_language_of_the_organisation(council: TestCouncil, signed_in: Any) -> None:
    council.members[2].organisation.language = "nn"  # type: ignore[union-attr]
    db.session.commit()

    assert _language(signed_in(council.members[2]).get("/min-side", headers={"Accept-Language": "en"})) == "nn"
    assert _language(signed_in(council.chair).get("/min-side", headers={"Accept-Language": "en"})) == "nb"


def test_the_holder_of_a_link_decides_its_language(client: Browser, council: TestCouncil) -> None:
    assert council.partner_contact is not None
    council.partner_contact.language = "en"
    expires = clock.true_now() + timedelta(days=1)
    link = links.make_link(
        LinkPurpose.PARTNER, council.partner_contact, council=council.council, organisation=council.partner, expires_at=expires
    )
    db.session.commit()
    answer = client.get(links.path_of(link), headers={"Accept-Language": "nn"}, follow_redirects=True)

    assert (answer.status_code, _language(answer)) == (200, "en")
    assert "Propose a case" in answer.get_data(as_text=True)
    assert "sprak=" not in answer.get_data(as_text=True)


def test_the_secretary_sets_and_sees_a_persons_language(council: TestCouncil, signed_in: Any) -> None:
    browser, path = signed_in(council.secretary), f"/kontor/folk/personer/{council.chair.id}"
    assert "bokmål, som virksomheten" in browser.see(path).text
    assert browser.submit(f"{path}/rediger", language="nn").status_code == 303

    assert "nynorsk" in browser.see(path).text
    assert _language(signed_in(council.chair).get("/min-side")) == "nn"
    browser.submit(f"{path}/rediger", phone="+47 400 00 000")  # another change leaves it
    db.session.refresh(council.chair)
    assert council.chair.language == "nn"


def test_the_choice_costs_no_query_more(council: TestCouncil, signed_in: Any) -> None:
    from sqlalchemy import event

    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    figures = set()
    for language in ("", "nn", "en"):
        council.chair.language = language
        db.session.commit()
        browser = signed_in(council.chair)
        counted.clear()
        browser.get("/min-side")
        figures.add(len(counted))

    assert len(figures) == 1, figures
