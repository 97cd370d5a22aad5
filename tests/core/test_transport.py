"""The socket: what the other side said decides what we may say to the secretary."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from meetingapp.core.mail.transport import Handed, OutcomeUnknown, PermanentFailure, TemporaryFailure, send

RAW = b"Subject: x\r\n\r\nEn linje\r\n.punktum\r\n..to\r\n"


class Server(SMTP):
    """Takes the options of DSN, which the library would refuse, and shows them to the test."""

    async def smtp_MAIL(self, arg: str | None) -> None:
        await super().smtp_MAIL(self._without_options(arg or ""))

    async def smtp_RCPT(self, arg: str | None) -> None:
        await super().smtp_RCPT(self._without_options(arg or ""))

    def _without_options(self, arg: str) -> str:
        address, *options = arg.split()
        self.event_handler.options += options
        return address


class Post:
    """A mail server that keeps what it gets, and answers as the test says."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.got: list[Envelope] = []
        self.options: list[str] = []

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]] if "no_dsn" not in self.answers else responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        if "drop" in self.answers:
            assert server.transport is not None
            server.transport.abort()
            await asyncio.sleep(0)
        return self.answers.get("data", "250 2.0.0 OK: queued as 4F1C9A27")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.answers.get("quit", "221 Bye")


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.login == b"mote" and data.password == b"p@ss:word/", handled=False)


class Running(Controller):
    """A server on a free port."""

    def factory(self) -> SMTP:
        return Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def _running(post: Post, **given: Any) -> Iterator[str]:
    controller = Running(post, hostname="127.0.0.1", port=0, **given)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture
def hand_over(tmp_path: Path) -> Callable[..., Handed]:
    def hand(post: Post, *, to: str = "kari+ipr@stange.example", login: str = "", **given: Any) -> Handed:
        with _running(post, **given) as address:
            return send(
                RAW, envelope_from="mote+b.4c1d@ipr.example", to=to, smtp_url=f"smtp://{login}{address}", folder=tmp_path, name="000012"
            )

    return hand


def test_a_letter_is_handed_over_with_the_servers_own_words(hand_over: Callable[..., Handed]) -> None:
    post = Post()
    handed = hand_over(post)

    assert handed.server.startswith("127.0.0.1:")
    assert handed.reply == "250 2.0.0 OK: queued as 4F1C9A27"
    assert [(mail.mail_from, mail.rcpt_tos) for mail in post.got] == [("mote+b.4c1d@ipr.example", ["kari+ipr@stange.example"])]


def test_lines_that_begin_with_a_dot_arrive_as_they_were(hand_over: Callable[..., Handed]) -> None:
    post = Post()
    hand_over(post)

    assert post.got[0].content == RAW


def test_reports_of_failure_are_asked_for_where_they_are_offered(hand_over: Callable[..., Handed]) -> None:
    post = Post()
    hand_over(post)

    assert post.options == ["RET=HDRS", "ENVID=000012", "NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;kari+2Bipr@stange.example"]


def test_a_norwegian_domain_is_written_as_servers_read_it(hand_over: Callable[..., Handed]) -> None:
    post = Post()
    hand_over(post, to="kari@løten.example")

    assert post.got[0].rcpt_tos == ["kari@xn--lten-gra.example"]


def test_nothing_is_asked_for_where_it_is_not_offered(hand_over: Callable[..., Handed]) -> None:
    post = Post(no_dsn="")
    hand_over(post)

    assert post.options == []


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(("said", "failure"), [("451 4.7.1 Greylisted", TemporaryFailure), ("550 5.1.1 Nobody here", PermanentFailure)])
def test_a_refusal_is_kept_in_the_servers_words(hand_over: Callable[..., Handed], at: str, said: str, failure: type[Exception]) -> None:
    with pytest.raises(failure, match=said):
        hand_over(Post(**{at: said}))


def test_a_line_that_breaks_after_the_text_leaves_the_outcome_unknown(hand_over: Callable[..., Handed]) -> None:
    with pytest.raises(OutcomeUnknown):
        hand_over(Post(drop=""))


def test_an_answer_that_is_none_leaves_the_outcome_unknown(hand_over: Callable[..., Handed]) -> None:
    with pytest.raises(OutcomeUnknown):
        hand_over(Post(data="354 Go on"))


def test_a_sour_goodbye_does_not_take_back_what_was_taken(hand_over: Callable[..., Handed]) -> None:
    assert hand_over(Post(quit="451 Not now")).reply.startswith("250")


def test_nobody_at_home_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    with _running(Post()) as address:
        pass
    with pytest.raises(TemporaryFailure):
        send(RAW, envelope_from="a@x.example", to="b@x.example", smtp_url=f"smtp://{address}", folder=tmp_path, name="1")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_password_may_have_signs_in_it(hand_over: Callable[..., Handed]) -> None:
    given: dict[str, Any] = {"auth_required": True, "auth_require_tls": False, "authenticator": _authenticate}

    assert hand_over(Post(), login="mote:p%40ss%3Aword%2F@", **given).reply.startswith("250")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_the_houses_fault_and_not_the_letters(hand_over: Callable[..., Handed]) -> None:
    given: dict[str, Any] = {"auth_required": True, "auth_require_tls": False, "authenticator": _authenticate}

    with pytest.raises(TemporaryFailure, match="535"):
        hand_over(Post(), login="mote:wrong@", **given)


def test_no_letter_goes_unsecured_where_security_was_asked_for(tmp_path: Path) -> None:
    post = Post()
    with _running(post) as address, pytest.raises(TemporaryFailure):
        send(RAW, envelope_from="a@x.example", to="b@x.example", smtp_url=f"smtp://{address}?starttls=1", folder=tmp_path, name="1")

    assert post.got == []


@pytest.mark.parametrize("to", ["a@x.example>\r\nRCPT TO:<b@y.example", "bjørn@x.example", "kari", "a@x.example b@y.example", ""])
def test_an_address_that_is_none_never_reaches_the_socket(hand_over: Callable[..., Handed], to: str) -> None:
    post = Post()
    with pytest.raises(PermanentFailure):
        hand_over(post, to=to)

    assert post.got == []


def test_without_a_server_letters_become_files(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    handed = send(RAW, envelope_from="a@x.example", to="b@x.example", smtp_url=None, folder=folder, name="000012")

    assert handed == Handed("file", "000012.eml")
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [("000012.eml", RAW)]
