"""No name, subject, address or file name can add a header to an answer or a letter, or a property to a calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from flask import Flask, send_file
from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.files.kinds import safe_name
from meetingapp.core.mail import calendar
from meetingapp.core.mail.message import BadHeader, compose
from meetingapp.core.web.headers import security_headers
from meetingapp.portal.reader import Found, answer
from tests.core.test_calendar import INVITATION
from tests.core.test_message import GIVEN
from tests.hostile import send

BREAKS = ["\r", "\n", "\r\n", "\x85", "\u2028", "\u2029", "\x00", "\x0b", "\x0c", "\x1c", "\ud800"]
INJECTED = st.builds("{}{}{}{}".format, st.text(max_size=20), st.sampled_from(BREAKS), st.sampled_from(["Bcc: x@h17x.example", "X-H17X: 1", "ATTENDEE:mailto:x@h17x.example", "END:VEVENT"]), st.text(max_size=20))  # fmt: skip  # noqa: E501
ANY = st.one_of(INJECTED, st.text(max_size=80))
HEADERS = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Language"}
LINE = ["sender_name", "to_name", "subject", "to_email", "sender_email", "reply_to", "message_id", "envelope_from", "language"]


@pytest.mark.shows("promise-21")
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(LINE), ANY)
def test_nothing_in_a_line_of_a_letter_adds_a_header(field: str, text: str) -> None:
    given_here: dict[str, Any] = {**GIVEN, field: text}
    try:
        raw = compose(**given_here)
    except BadHeader:
        return
    letter = message_from_bytes(raw, policy=SMTP)

    assert set(letter.keys()) <= HEADERS
    assert len(letter.keys()) == len(set(letter.keys()))
    assert len(letter["To"].addresses) == 1


@pytest.mark.shows("promise-21")
@pytest.mark.parametrize("field", LINE)
@pytest.mark.parametrize("mark", BREAKS)
def test_a_line_end_in_a_line_of_a_letter_is_refused(field: str, mark: str) -> None:
    with pytest.raises(BadHeader):
        compose(**{**GIVEN, field: f"{GIVEN[field]}{mark}Bcc: x@h17x.example"})


@pytest.mark.shows("promise-21")
@settings(max_examples=200, deadline=None)
@given(ANY, ANY, ANY)
def test_nothing_in_a_calendar_line_adds_a_property(first: str, second: str, third: str) -> None:
    plain = calendar.request(INVITATION)
    hostile = replace(
        INVITATION,
        uid=first,
        summary=second,
        location=third,
        description=first,
        organizer_name=second,
        organizer_email=third,
        attendee_name=first,
        attendee_email=second,
        url=third,
    )

    assert _properties(calendar.request(hostile)) == _properties(plain)


def _properties(ics: bytes) -> list[str]:
    """The names of all lines, as the most careless reader breaks them."""
    unfolded = re.sub(r"\r\n[ \t]", "", ics.decode())
    return [re.split("[:;]", line)[0] for line in unfolded.splitlines()]


@pytest.mark.shows("promise-21")
@settings(max_examples=150, deadline=None)
@given(ANY)
def test_nothing_in_a_file_name_adds_a_header(name: str) -> None:
    app = Flask("files")
    with app.test_request_context():
        office = send_file(__file__, as_attachment=True, download_name=safe_name(name), mimetype="application/pdf")
        office.close()
    found = Found(200, "application/pdf", safe_name(name), "e", "plain", "Mon, 23 Nov 2026 07:00:00 GMT", b"")
    _status, portal, _body = answer(found, "", https=False)

    for headers in (list(office.headers), portal):
        said = [value for key, value in headers if key == "Content-Disposition"]
        assert len(said) == 1
        assert said[0].startswith("attachment")
        assert not re.search(r"[\x00-\x1f\x7f-\U0010ffff]", said[0])
        assert not {key for key, _value in headers if "H17X" in key.upper()}
    policy = dict(portal)["Content-Security-Policy"]
    assert policy == dict(security_headers(https=False, is_file=True))["Content-Security-Policy"]
    assert "sandbox" in policy


NAMES = {  # a form → a field whose text reaches a header or a calendar line
    "/kontor/saker/ny": ["title", "public_title", "archive_ref"],
    "/kontor/moter/nytt": ["title", "place", "online_url"],
    "/kontor/folk/personer/ny": ["name", "email", "title", "phone"],
    "/kontor/folk/virksomheter/ny": ["name", "short_name", "email"],
    "/kontor/folk/utvalg/ny": ["name", "organizer_address"],
}


@pytest.mark.slow
@pytest.mark.shows("promise-21")
def test_the_forms_refuse_a_line_end_where_text_becomes_a_header(council: Any, signed_in: Any) -> None:
    secretary, tried = signed_in(council.secretary), 0
    for url, fields in NAMES.items():
        page = secretary.get(url)
        assert page.status_code == 200, f"{url}: {page.status_code}"
        for field in fields:
            for mark in ("\r", "\n", "\x85", "\u2028", "\x00"):
                sent = send(secretary, url, {field: f"Kari{mark}Bcc: x@h17x.example"})
                html = sent.get_data(as_text=True)
                assert sent.status_code == 422, f"{url}, {field}, {mark!r}: {sent.status_code}"
                assert re.search(rf'id="{field}-error">[^<]{{8,}}<', html), f"{url}, {field}, {mark!r}"
                assert not {key for key, value in sent.headers if "h17x" in value.lower()}
                tried += 1

    assert tried >= 60
