"""No untranslated word on any page, in any letter, in any language."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import icalendar
import pytest
from sqlalchemy import select

from meetingapp import handlers
from meetingapp.accounts import commands as accounts
from meetingapp.core.database import db, write
from meetingapp.core.mail import post
from meetingapp.core.mail.models import Letter
from meetingapp.council.models import Council, Person
from meetingapp.publishing import pages
from meetingapp.publishing.models import Publication, PublicationState
from meetingapp.publishing.render import content_of
from tests import marked
from tests.test_demo import MEMBER, PARTNER, SECRETARY, _client, _crawl, _sign_in, demo_site

__all__ = ["demo_site"]
pytestmark = pytest.mark.only("sqlite")  # words do not depend on the database
STRANGER = ""
OFFICE = ("/kontor", "/min-side", "/logg-inn/konto", "/g/")
RECORDS = ("snapshot", "edition")  # they hold sentences in the language they were written in, as data


def _pages(demo_site: Any, who: str, most: int = 400) -> dict[str, tuple[int, bytes, str]]:
    """Every page in reach of `who`."""
    _app, site, ways, _mail = demo_site
    if who == STRANGER:
        return _crawl(_client(site), ["/logg-inn", "/logg-inn/sendt", "/kontor/finnes-ikke", "/g/feil/svar", "/logg-inn/feil"])
    if who == PARTNER:
        path = re.search(r"Partner.*?(/g/\w+)", "\n".join(ways))
        assert path is not None
        return _crawl(_client(site), [path[1]], most=most)
    return _crawl(_sign_in(site, who), ["/logg-inn/konto", "/min-side", "/kontor"], most=most)


@pytest.mark.slow
@pytest.mark.parametrize("who", [SECRETARY, MEMBER, PARTNER, STRANGER])
def test_no_untranslated_word_is_on_any_page(demo_site: Any, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Each text that went through gettext is marked; what stands outside the marks must be data."""
    marked.mark_all(monkeypatch)
    found, data, with_records = _pages(demo_site, who), marked.Data(without=RECORDS), marked.Data(without=["snapshot"])
    office = {path: body.decode() for path, (_s, body, media) in found.items() if "html" in media and marked.OPEN in body.decode()}
    with_letters, bare = marked.Data(without=RECORDS), {}
    for file in demo_site[3].glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=SMTP)
        with_letters.learn([*mail, *mail.values(), mail.get_body(("plain",)).get_content()])  # type: ignore[union-attr]
    for path, html in office.items():
        known = (
            with_records
            if "/motebok" in path or re.fullmatch(r"/kontor/moter/\d+", path)
            else with_letters
            if "/utgaende-post/" in path
            else data
        )
        if words := known.unknown(marked.read(html)):
            bare[path] = words

    assert sorted({(word, path) for path, words in bare.items() for word in words}) == []
    assert len(office) > {SECRETARY: 60, MEMBER: 25, PARTNER: 1, STRANGER: 3}[who]


@pytest.mark.slow
def test_no_untranslated_word_is_on_the_public_pages(demo_site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame as it is made from snapshots, and what the snapshots are made from."""
    marked.mark_all(monkeypatch)
    council = db.session.scalars(select(Council)).one()
    frames = [page for page in pages.all_pages(council) if page.media_type == pages.HTML]
    whole, before = marked.Data(), marked.Data(without=["snapshot"])
    bare = {page.path: words for page in frames if (words := whole.unknown(marked.read(page.body.decode())))}
    for publication in db.session.scalars(select(Publication).where(Publication.state == PublicationState.PUBLIC)):
        content = content_of(publication)
        for html in (content.html, *(told["html"] for told in content.others.values())):
            if words := before.unknown(marked.read(html)):
                bare[f"{publication.kind} {publication.about}"] = words

    assert sorted({(word, path) for path, words in bare.items() for word in words}) == []
    assert len(frames) > 60


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nn", "en"])
def test_every_page_speaks_the_language_of_its_reader(demo_site: Any, language: str) -> None:
    _app, site, _ways, _mail = demo_site
    for who in (SECRETARY, PARTNER):
        with write():
            db.session.scalars(select(Person).where(Person.email == who)).one().language = language
    found = _pages(demo_site, SECRETARY, most=110) | _pages(demo_site, PARTNER, most=20)
    found |= _crawl(_client(site), [f"/?sprak={language}"])
    spoken = {path: re.findall(rb'<html lang="(\w+)"', body) for path, (_s, body, media) in found.items() if "html" in media}
    public = {path for path in spoken if not path.startswith(OFFICE) and f"sprak={language}" not in path}

    assert {path: said for path, said in spoken.items() if said and said != [language.encode()] and path not in public} == {}
    assert len(spoken) - len(public) > 30


@pytest.mark.slow
def test_no_untranslated_word_is_in_a_letter(demo_site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    marked.mark_all(monkeypatch)
    monkeypatch.setattr(post, "sender", lambda writers: writers)
    writers: Any = handlers.all_handlers()[post.TASK]
    with write():
        accounts.send_link(accounts.want_link(MEMBER))
        partner = db.session.scalars(select(Person).where(Person.email == PARTNER)).one()
        accounts.make_partner_link(db.session.scalars(select(Council)).one(), partner, by=None)
    data, written, bare = marked.Data(without=RECORDS), set(), {}
    for letter in db.session.scalars(select(Letter)):
        made = writers[letter.kind](letter)
        if made is None:
            continue
        written.add(letter.kind)
        mail = message_from_bytes(made.raw, policy=SMTP)
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        calendars = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
        events = [event for one in calendars for event in icalendar.Calendar.from_ical(one).events]
        said = "\n".join(str(event[name]) for event in events for name in ("SUMMARY", "DESCRIPTION", "LOCATION") if name in event)
        if words := data.unknown(f"{made.subject}\n{text}\n{said}") + data.unknown(marked.read(html)):
            bare[f"{letter.kind} {letter.id}"] = words

    assert sorted({(word, path) for path, words in bare.items() for word in words}) == []
    assert {"invitation", "sign-in", "partner-link"} <= written


@pytest.mark.slow
def test_each_letter_is_in_the_language_of_its_receiver(demo_site: Any) -> None:
    """Words, calendar text and header; and the letters of one call are in as many languages as its receivers."""
    speaks = {person.email: person.speaks for person in db.session.scalars(select(Person))}
    lead = {"nb": "Svar innen", "nn": "Svar innan", "en": "Answer by"}
    seen = set()
    for file in sorted(demo_site[3].glob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=SMTP)
        receiver, text = mail["To"].addresses[0].addr_spec, mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        calendars = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
        if not calendars or receiver in (SECRETARY, PARTNER):  # who got another language in a test above
            continue
        language = speaks[receiver]
        seen.add(language)
        assert mail["Content-Language"] == language
        assert lead[language] in text
        (event,) = icalendar.Calendar.from_ical(calendars[0]).events
        assert lead[language] in str(event["DESCRIPTION"])

    assert {"nb", "nn"} <= seen


def test_a_bare_word_would_be_found(demo_site: Any) -> None:
    """Else the tests above could not fail."""
    data = marked.Data(without=RECORDS)
    html = '<nav aria-label="Hovedmeny"><p>⟦Members⟧ Medlemmer, Nils Demostad</p><input type="submit" value="Save"><p>⟦a ⟦b⟧⟧</p>'

    assert data.unknown(marked.read(html)) == ["Hovedmeny", "Medlemmer", "Save"]
