"""Letters as bytes: one person, one calendar object, the same words in text and HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.mail import calendar, frame
from meetingapp.core.mail.message import BadHeader, compose, message_id
from tests.core.ics_lint import lint_mail
from tests.core.test_calendar import INVITATION

WORDS = frame.frame(
    "Du er innkalt til møte i regionrådet",
    [
        frame.Lead("Svar innen fredag 27. november: Kommer du, eller melder du forfall?"),
        frame.Button("Svar og se papirene", "https://ipr.example/g/4c1d?a=1&b=2"),
        frame.Facts([("Når", "fredag 4. desember kl. 09.00–13.00"), ("Hvor", "Hamar rådhus")]),
        frame.Items("Saker", ["RR 21/26 Budsjett 2027", "RR 22/26 Tall < 5 & «ord»"]),
        frame.Para("Kalenderfilen er lagt ved."),
        frame.Small("Du får denne e-posten fordi du er medlem."),
    ],
    language="nb",
)
GIVEN: dict[str, Any] = {
    "sender_name": "Hamarregionen, regionrådet",
    "sender_email": "mote@ipr.example",
    "to_name": "Åse Ærlig",
    "to_email": "ase@stange.example",
    "reply_to": "post@ipr.example",
    "subject": "Innkalling: Regionrådet 4. desember kl. 09.00, i Hamar rådhus, møterom Mjøsa, ved inngangen",
    "text": WORDS[0],
    "html": WORDS[1],
    "message_id": "<abc@ipr.example>",
    "date": datetime(2026, 11, 23, 7, tzinfo=UTC),
    "language": "nb",
    "envelope_from": "mote+b.4c1d@ipr.example",
}
ICS = calendar.request(INVITATION)


def _letter(**given: Any) -> bytes:
    return compose(**{**GIVEN, **given})


def _read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_letter_with_a_calendar_object_is_without_fault() -> None:
    assert lint_mail(_letter(calendar=ICS, method="REQUEST")) == []


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert _letter(calendar=ICS, method="REQUEST") == _letter(calendar=ICS, method="REQUEST")


def test_a_letter_without_one_is_text_and_html_only() -> None:
    raw = _letter()

    assert lint_mail(raw) == []
    assert [part.get_content_type() for part in _read(raw).walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_cancellation_names_the_first_letter() -> None:
    cancelled = calendar.cancel(replace(INVITATION, sequence=1))
    raw = _letter(calendar=cancelled, method="CANCEL", in_reply_to="<first@ipr.example>")

    assert lint_mail(raw) == []
    assert _read(raw)["References"] == _read(raw)["In-Reply-To"] == "<first@ipr.example>"


def test_the_calendar_part_comes_out_byte_for_byte() -> None:
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in _read(_letter(calendar=ICS, method="REQUEST")).walk()}

    assert parts["text/calendar"] == ICS == parts["application/ics"]


def test_names_and_subject_keep_their_letters() -> None:
    mail = _read(_letter())

    assert mail["Subject"] == GIVEN["subject"]
    assert mail["From"].addresses[0].display_name == GIVEN["sender_name"]
    assert mail["To"].addresses[0].display_name == GIVEN["to_name"]


def test_an_address_at_a_norwegian_domain_is_written_as_servers_read_it() -> None:
    assert _read(_letter(to_email="kari@løten.example"))["To"].addresses[0].addr_spec == "kari@xn--lten-gra.example"


@pytest.mark.parametrize(
    "field", ["sender_name", "to_name", "subject", "message_id", "sender_email", "to_email", "reply_to", "envelope_from", "in_reply_to"]
)
@pytest.mark.parametrize(
    "hostile", ["a\r\nBcc: evil@evil.example", "a\nX: y", "a\rb", "a\x00b", "a\x0bb", "a\x85b", "a\u2028b", "a\ud800b"]
)
def test_a_line_break_in_a_header_is_refused(field: str, hostile: str) -> None:
    with pytest.raises(BadHeader):
        _letter(**{field: hostile})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "kari",
        "kari@",
        "@x.example",
        "a b@x.example",
        "a@x.example, b@y.example",
        "<a@x.example>",
        "bjørn@x.example",
        "a@x..example",
        f"a@{'x' * 70}.example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadHeader):
        _letter(to_email=address)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=200))
def test_any_text_is_refused_or_leaves_a_letter_without_fault(name: str, subject: str, body: str) -> None:
    text, html = frame.frame(subject, [frame.Para(body)], language="nb")
    try:
        raw = _letter(to_name=name, subject=f"Om {subject}", text=text, html=html)
    except BadHeader:
        return
    assert lint_mail(raw) == []


def test_the_same_letter_gives_the_same_id_and_another_letter_another() -> None:
    once = message_id("invitation", 12, 3, 0, domain="ipr.example")

    assert once == message_id("invitation", 12, 3, 0, domain="ipr.example")
    assert once not in {message_id("invitation", 12, 3, 1, domain="ipr.example"), message_id("invitation", 123, 0, domain="ipr.example")}
    assert once.startswith("<")
    assert once.endswith("@ipr.example>")


PLANTED = {
    "another method": ({"method": "CANCEL"}, lambda raw: raw, "the method of the part"),
    "another sender": ({"sender_email": "x@ipr.example"}, lambda raw: raw, "From is not the organizer"),
    "another reader": ({"to_email": "x@stange.example"}, lambda raw: raw, "To is not the attendee"),
    "bulk": ({}, lambda raw: b"Precedence: bulk\r\n" + raw, "Precedence does not belong"),
    "blind copy": ({}, lambda raw: b"Bcc: x@y.example\r\n" + raw, "Bcc does not belong"),
    "bare LF": ({}, lambda raw: raw.replace(b"\r\n", b"\n"), "LF or CR alone"),
    "a picture": ({"html": '<img src="https://x.example/a.gif">'}, lambda raw: raw, "the HTML loads something"),
    "not automatic": ({}, lambda raw: raw.replace(b"Auto-Submitted: auto-generated\r\n", b""), "0 Auto-Submitted"),
    "another file name": ({}, lambda raw: raw.replace(b"innkalling.ics", b"invite.ics"), "the attachment is called invite.ics"),
    "a spoilt object": ({"calendar": ICS.replace(b"SEQUENCE:0", b"SEQUENCE:x")}, lambda raw: raw, "SEQUENCE is 'x'"),
    "too large": ({"text": "x" * 100_000}, lambda raw: raw, "100 kB or more"),
}


@pytest.mark.parametrize(("given", "spoil", "report"), PLANTED.values(), ids=PLANTED.keys())
def test_the_strict_reader_of_letters_reports_a_planted_fault(given: dict[str, Any], spoil: Any, report: str) -> None:
    raw = spoil(_letter(**{"calendar": ICS, "method": "REQUEST", **given}))

    assert any(report in fault for fault in lint_mail(raw)), lint_mail(raw)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.is_head = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.is_head = tag == "head" or (self.is_head and tag != "body")

    def handle_data(self, data: str) -> None:
        if not self.is_head:
            self.words += data.split()


def test_text_and_html_say_the_same_words_in_the_same_order() -> None:
    reader = _Words()
    reader.feed(WORDS[1])
    text = [word.removesuffix(":") for word in WORDS[0].split() if word != "-"]

    assert [word.removesuffix(":") for word in reader.words] == text


def test_markup_in_a_name_stays_text() -> None:
    _, html = frame.frame("<b>x</b>", [frame.Button("<i>", 'https://x.example/"onclick="y')], language="nb")

    assert "<b>" not in html
    assert "<i>" not in html
    assert 'href="https://x.example/&quot;onclick=&quot;y"' in html
