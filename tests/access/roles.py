"""Who is in the world of the tests of access, which words are closed in it, and how its people browse."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.outbox import worker
from meetingapp.core.web.secrets import hashed
from meetingapp.core.web.sessions import WebSession
from meetingapp.council.models import Person
from tests import factories

CANARIES = {  # what is closed → the word that stands in it
    "title": "Kanarititteldelvis",
    "whole title": "Kanarittelhelt",
    "closed part": "Kanarilukketdel",
    "whole paper": "Kanarihelpapir",
    "closed word": "Kanariord",
    "closed attachment title": "Kanarivedleggtittel",
    "closed attachment name": "kanarivedleggnavn",
    "closed attachment content": "Kanarivedlegginnhold",
    "wider access": "Kanarimeroffentlighet",
    "comment of forfall": "Kanariforfall",
    "recusal statement": "Kanarihabilitet",
    "draft of minutes": "Kanariutkast",
    "draft decision": "Kanarivedtaksutkast",
    "draft proposal": "Kanariendringsforslag",
    "proposal": "Kanariforslag",
    "answer": "Kanarisvar",
    "phone": "99 01 02 03",
    "note on organisation": "Kanarinotat",
    "action of exempt case": "Kanarigjøremål",
    "note on action": "Kanarioppgavetekst",
    "own note": "Kanarieget",
    "words to the writer": "Kanariskriver",
    "neighbour": "Kanarinabo",
}
INSIDE = ("member", "deputy", "called deputy", "attendee", "chair", "signatory", "recused", "officer", "secretary")
OUTSIDE = ("stranger", "outsider", "neighbour", "partner", "guest", "owner")
ROLES = OUTSIDE + INSIDE
LINKS = ("partner link", "reply link", "action link", "write link", "sign-in link", "dead link")


@dataclass
class World:
    """The house and who is in it."""

    app: Flask
    site: Any  # office and portal as one
    mail: Path
    council: factories.TestCouncil
    neighbour: factories.TestCouncil
    people: dict[str, Person]
    ids: dict[str, int] = field(default_factory=dict)  # role → person id, known also where no session is open
    things: dict[str, dict[str, Any]] = field(default_factory=dict)  # name in the access table → values of its address
    links: dict[str, str] = field(default_factory=dict)  # kind of link → secret
    _made: int = 0

    def browser(self, role: str) -> Client:
        """A new browser of `role`, signed in unless it is a stranger's."""
        client = Client(self.site, Response)
        if role == "stranger":
            return client
        self._made += 1
        token, person_id, now = f"world-{role}-{self._made}", self.ids[role], clock.true_now()
        data = json.dumps({"_user_id": str(person_id), "_fresh": True, "factor": True, "proved": now.isoformat()})
        with self.app.app_context():
            db.session.add(WebSession(id_hash=hashed(token), user_id=str(person_id), data=data, created=now, last_seen=now))
            db.session.commit()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], token)
        return client

    def work(self) -> None:
        """Let the worker do all that is due."""
        db.session.commit()
        with self.app.app_context():
            worker.work_all(self.app.extensions["outbox_handlers"])
        db.session.expire_all()
