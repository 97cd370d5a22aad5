"""A day's work, and what the log says of it afterwards."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import Client

from meetingapp.core.web import access
from meetingapp.core.web.mount import side_by_side
from meetingapp.portal.app import Portal
from tests.core.test_log import lines, written  # noqa: F401
from tests.invitations.support import CANARY, SECRET_TITLE, a_call, an_exempt_case

LINK = re.compile(r"/(?:g|logg-inn)/([0-9A-Za-z_-]{20,})")


def test_no_token_text_address_or_closed_word_reaches_the_log(
    app: Flask,
    council: Any,
    secretary: Any,
    signed_in: Any,
    letters: Any,
    portal: Portal,
    written: Any,  # noqa: F811
) -> None:
    site = Client(access.Access(side_by_side(app, portal)))
    case = an_exempt_case(council)
    browser = signed_in(council.secretary)
    app.wsgi_app = access.Access(app.wsgi_app)  # type: ignore[method-assign]
    try:
        browser.get(f"/kontor/saker/{case.id}")
        browser.get("/kontor/folk?sok=Kanarifugl+01020304567")
        browser.submit("/kontor/folk/personer/ny", name="Kari Kanarifugl", email=f"{CANARY}@prove.example")
        a_call(council, secretary, cases=(case,))
        site.post("/logg-inn", data={"email": council.chair.email})
        sent = letters()
        tokens = {token for letter in sent for token in LINK.findall(str(letter.get_body(("plain",))))}
        for token in tokens:
            site.get(f"/g/{token}")
            site.get(f"/logg-inn/{token}")
    finally:
        app.wsgi_app = app.wsgi_app._app  # type: ignore[attr-defined,method-assign]

    said = written.getvalue()
    assert len(sent) >= 5
    assert len(tokens) >= 5
    assert {line["rule"] for line in lines(written) if line["event"] == "request"} >= {"/kontor/saker/<int:case_id>", "/kontor/folk"}
    forbidden = {CANARY, SECRET_TITLE, "01020304567", "prove.example", council.chair.name, "Innkalling", *tokens}
    assert sorted(word for word in forbidden if word.lower() in said.lower()) == []
