"""What the edge promises: nothing half stored, nothing stored by a GET, nothing out that was not asked for."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Blueprint, Flask, abort, redirect
from sqlalchemy import select, update

from meetingapp.core import clock, policy
from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db, next_number
from meetingapp.core.forms import Form, OneButtonForm, RuleBroken
from meetingapp.core.web.edge import before_lock

bp = Blueprint("trial", __name__)
_heard: list[str] = []


def _store() -> None:
    db.session.add(AuditEntry(at=clock.now(), action="trial", thing="trial", thing_id=next_number("trial")))


@bp.post("/kontor/prove/lagre")
@policy.open("a trial")
def store() -> Any:
    _store()
    return redirect("/kontor/prove/ferdig", 303)


@bp.post("/kontor/prove/avbrutt")
@policy.open("a trial")
def aborted() -> Any:
    _store()
    abort(400)


@bp.post("/kontor/prove/krasj")
@policy.open("a trial")
def crash() -> Any:
    _store()
    raise RuntimeError("trial")


@bp.post("/kontor/prove/fast")
@policy.open("a trial")
def change_what_is_fixed() -> Any:
    _store()
    db.session.flush()
    db.session.execute(update(AuditEntry).values(action="changed"))
    return redirect("/", 303)


@bp.post("/kontor/prove/uspurt")
def never_asked() -> Any:
    _store()
    return redirect("/", 303)


@bp.get("/kontor/prove/uspurt")
def never_asked_either() -> Any:
    return "secret"


@bp.get("/kontor/prove/skriver")
@policy.open("a trial")
def writing_get() -> Any:
    _store()
    db.session.flush()
    return "stored"


@bp.post("/kontor/prove/regel")
@policy.open("a trial")
def broken_rule() -> Any:
    form = Form()
    if form.validate_on_submit():
        with form.rules():
            _store()
            raise RuleBroken("No.")
    return " ".join(form.form_errors), form.status


@bp.post("/kontor/prove/ukjent")
def unknown_action() -> Any:
    policy.require(None, "nobody.registered.this")
    return "in"


@bp.post("/kontor/prove/forst")
@policy.open("a trial")
@before_lock(lambda: _heard.append("before"))
def slow_first(prepared: None) -> Any:
    return redirect("/", 303)


@bp.route("/kontor/prove/skjema", methods=["GET", "POST"])
@policy.open("a trial")
def button() -> Any:
    form = OneButtonForm()
    if form.validate_on_submit():
        _store()
        return redirect("/kontor/prove/skjema", 303)
    return f'<main><form method="post">{form.hidden_tag()}<button>Store</button></form></main>'


@pytest.fixture
def trial(app: Flask) -> Any:
    """A browser on an office with the trial views; CSRF is off where it is not what is tried."""
    if "trial" not in app.blueprints:
        app._got_first_request = False
        app.register_blueprint(bp)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True


def _stored() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEntry).where(AuditEntry.thing == "trial")).all())


def test_a_success_is_stored(trial: Any) -> None:
    assert trial.post("/kontor/prove/lagre").status_code == 303
    assert _stored() == 1


@pytest.mark.parametrize(("path", "status"), [("avbrutt", 400), ("krasj", 500), ("uspurt", 500), ("regel", 422)])
def test_nothing_is_stored_when_the_answer_is_an_error(trial: Any, path: str, status: int) -> None:
    assert trial.post(f"/kontor/prove/{path}").status_code == status
    assert _stored() == 0


@pytest.mark.shows("promise-27")
def test_a_change_that_the_database_refuses_is_an_honest_page(trial: Any) -> None:
    answer = trial.post("/kontor/prove/fast")

    assert answer.status_code == 409
    assert "Det du prøvde å endre, er fastsatt og blir stående som det er. Ingenting ble endret." in answer.get_data(as_text=True)
    assert _stored() == 0


def test_a_number_taken_by_a_refused_request_is_given_again(trial: Any) -> None:
    trial.post("/kontor/prove/krasj")
    trial.post("/kontor/prove/lagre")

    assert db.session.scalars(select(AuditEntry.thing_id).where(AuditEntry.thing == "trial")).all() == [1]


def test_a_view_that_never_asks_the_policy_gives_no_page(trial: Any) -> None:
    answer = trial.get("/kontor/prove/uspurt")

    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_a_get_cannot_write(trial: Any) -> None:
    assert trial.get("/kontor/prove/skriver").status_code in (500, 503)
    assert _stored() == 0


def test_an_action_that_nobody_registered_is_forbidden(app: Flask) -> None:
    assert not policy.allows(object(), "nobody.registered.this")


def test_slow_work_comes_before_the_lock(trial: Any) -> None:
    _heard.clear()
    trial.post("/kontor/prove/forst")

    assert _heard == ["before"]


def test_the_same_form_sent_twice_is_stored_once(trial: Any) -> None:
    first = trial.post("/kontor/prove/lagre", data={"_key": "one"})
    second = trial.post("/kontor/prove/lagre", data={"_key": "one"})

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert _stored() == 1


def test_another_body_under_the_same_key_is_another_request(trial: Any) -> None:
    trial.post("/kontor/prove/lagre", data={"_key": "one", "a": "1"})
    trial.post("/kontor/prove/lagre", data={"_key": "one", "a": "2"})

    assert _stored() == 2


def test_a_form_without_its_token_is_refused_with_a_page(trial: Any) -> None:
    trial.application.config["WTF_CSRF_ENABLED"] = True

    assert trial.post("/kontor/prove/skjema", data={}).status_code == 400
    assert _stored() == 0


def test_a_form_with_its_token_goes_through(trial: Any) -> None:
    trial.application.config["WTF_CSRF_ENABLED"] = True

    assert trial.submit("/kontor/prove/skjema").status_code == 303
    assert _stored() == 1


def test_every_answer_carries_a_strict_policy(trial: Any) -> None:
    for path in ("/logg-inn", "/kontor/finnes-ikke"):
        policy_header = trial.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy_header
        assert "default-src 'none'" in policy_header
