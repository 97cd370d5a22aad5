"""A process that has loaded the house once, and forks web servers and workers from it: a new one stands within some milliseconds.

Makes the databases and what the clients need (so many drafted agendas as the argument says), and says so in a line of JSON. Then it
reads a word a line: `web` and `worker` start one of them, and the answer is the new process's id.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.database import db, migrations
from meetingapp.core.outbox import worker
from meetingapp.core.web.secrets import hashed
from meetingapp.core.web.sessions import WebSession
from tests.forms import form_data


def prepare(app: Flask, agendas: int) -> dict[str, Any]:
    """A council with a meeting that has been called, agendas of two cases each in draft, and its secretary signed in."""
    from meetingapp.accounts.actor import Actor
    from meetingapp.invitations import queries
    from tests import factories
    from tests.agendas.support import an_agenda
    from tests.invitations.support import a_call

    with app.app_context():
        migrations.upgrade()
        council = factories.a_council()
        meeting = a_call(council, Actor(council.secretary)).meeting
        now, user = clock.true_now(), str(council.secretary.id)
        data = json.dumps({"_user_id": user, "_fresh": True, "factor": True, "proved": now.isoformat()})
        db.session.add(WebSession(id_hash=hashed("storm"), user_id=user, data=data, created=now, last_seen=now))
        db.session.commit()
        addresses = [f"/kontor/moter/{meeting.id}/deltakere/{one.id}/send-igjen" for one in queries.invitations_of(meeting)]
        case = factories.a_case(council.council)
        with factories.together():
            drafts = [an_agenda(council, f"Nr {number}-1", f"Nr {number}-2", slug=f"mote-{number}").id for number in range(agendas)]
        return {"send_again": addresses, "case": case.id, "agendas": drafts, "cookie": f"{app.config['SESSION_COOKIE_NAME']}=storm"}


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nobody reads it."""


def warm(app: Flask) -> None:
    """Do once what each new process would have to do first: templates compiled, statements put together."""
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "storm")
    page = client.get("/kontor/saker/ny").get_data(as_text=True)
    for title in ("", "Den første"):
        assert client.post("/kontor/saker/ny", data=form_data(page, form=0, button=None, fields={"title": title})[1]).status_code < 500
    with app.app_context():
        worker.work_once(app.extensions["outbox_handlers"])
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()  # a connection must not live on in two processes


def child(app: Flask, what: str, listening: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if what == "worker":
        worker.run(app, app.extensions["outbox_handlers"], app.extensions["outbox_sweeps"], pause=0.02)
    else:
        make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent, fd=listening.fileno()).serve_forever()


def main() -> None:
    app = create_office(Settings.from_environment())
    facts = prepare(app, int(sys.argv[1]))
    warm(app)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # what is killed is gone at once
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(json.dumps({"port": listening.getsockname()[1], **facts}), flush=True)  # noqa: T201
    for line in sys.stdin:
        what = line.strip()
        process = os.fork()
        if process == 0:
            try:
                os.close(0)
                child(app, what, listening)
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        print(process, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
