"""The house for tests: a migrated database copied per test, real requests, signed-in browsers, and the letters that were sent."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from config import Settings
from meetingapp import demo
from meetingapp.accounts import passwords
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.sessions import marks_of
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.outbox import worker
from meetingapp.core.web.edge import Edge
from meetingapp.core.web.sessions import WebSession
from meetingapp.council.models import Person
from meetingapp.portal.app import Portal, create_portal
from tests import factories
from tests.databases import Databases, careless, settings
from tests.forms import Page, form_data
from tests.once import made_once
from tests.starts import Starts

pytest_plugins = ["tests.promises", "tests.both", "tests.outside", "tests.chromium"]
PART_OF_DEMO = ("m4", "m8")
OF_DEMO = {"MAIL_DOMAIN": "hamarregionen.example", "DEMO": "yes"}
REAL_HASHER = passwords.hasher
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday morning, 08.00 in Oslo


def pytest_collection_finish() -> None:
    """What stays to the end of the run is not looked through again and again for garbage: that took a quarter of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


def _main(response: Any) -> str:
    """The part of a page that says what went wrong, for a failing test."""
    return " ".join(Page(response.get_data(as_text=True)).text.split())[:1500]


class Browser(FlaskClient):
    """A client whose every request gets its own app context, as in production.

    Under a test's open app context Flask would share `g` between requests, and with it the person Flask-Login found
    first: two signed-in people would become one.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.commit()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        return response

    def see(self, url: str, status: int = 200) -> Page:
        """The page at `url`, parsed."""
        response = self.get(url, follow_redirects=True)
        assert response.status_code == status, f"{url}: {response.status_code}\n{_main(response)}"
        return Page(response.get_data(as_text=True))

    def submit(self, url: str, *, form: str | int = 0, button: str | None = None, follow: bool = False, **fields: Any) -> Any:
        """Open `url`, fill in one of its forms, and send it as a browser without JavaScript would.

        :param form: the form's place on the page (not counting the frame's), or part of its action address
        :param button: part of the pressed button's text; by default the form's first
        :param fields: by field name; a list for several values; None leaves a box unticked
        """
        response = self.get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}\n{_main(response)}"
        action, data = form_data(response.get_data(as_text=True), form=form, button=button, fields=fields)
        return self.post(action or url, data=data, content_type="multipart/form-data", follow_redirects=follow)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed in a millisecond, as sessions of many tests begin with one. Whoever measures time takes REAL_HASHER."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    yield
    passwords.hasher = REAL_HASHER


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The office's templates are compiled once in a run, for all its houses."""
    Edge.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(made_once(tmp_path_factory, "templates", lambda _folder: None)))}


@pytest.fixture(scope="session")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Settings, Databases]:
    """The office, once per test process, and where its fresh databases come from."""
    var = tmp_path_factory.mktemp("var")
    made = settings(var, databases.environment(var), BASE_URL="http://localhost", UNDO_SECONDS="0")
    app = create_office(made)
    app.test_client_class = Browser
    app.config["TESTING"] = False  # errors become pages, as in production
    with app.app_context():
        for engine in db.engines.values():
            careless(engine)
    return app, made, databases


@pytest.fixture(scope="session")
def demo_in(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Settings]:
    """`demo_in(var)`: the settings of a house in the empty folder `var` that has the demo council, loaded once and copied.

    Of its year the meeting in April and the one that is called: the whole takes four times as long, and is looked at once (tests/demo).
    """

    def load(var: Path) -> None:
        with create_office(settings(var, databases.environment(var), **OF_DEMO)).app_context(), clock.frozen(NOW):
            demo.load(meetings=PART_OF_DEMO)
            db.session.remove()
            _disconnect()
        databases.leave(var)

    def copy(var: Path) -> Settings:
        loaded = made_once(tmp_path_factory, "demo", load)
        shutil.copytree(loaded, var, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.db*"))
        return settings(var, databases.copied(var, loaded), **OF_DEMO)

    return copy


def _disconnect() -> None:
    for engine in db.engines.values():
        engine.dispose()


@pytest.fixture(scope="session")
def beginnings(house: tuple[Flask, Settings, Databases]) -> Starts:
    return Starts(house[2], house[1].var_dir, _disconnect)


@pytest.fixture
def app(house: tuple[Flask, Settings, Databases], beginnings: Starts, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The office on fresh databases, at 08.00 on Monday 23 November 2026."""
    app, settings, _databases = house
    with app.app_context(), clock.frozen(NOW):
        db.session.remove()
        beginnings.begin(request.fixturenames)
        shutil.rmtree(settings.var_dir / "mail", ignore_errors=True)
        yield app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A stranger's browser."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Person], Browser]:
    """`signed_in(person)`: that person's browser."""
    made = iter(range(1000))

    def sign_in(person: Person) -> Browser:
        from meetingapp.core.web.secrets import hashed

        token = f"test-{person.id}-{next(made)}"
        now = clock.true_now()
        marks = {"factor": True, "proved": now.isoformat(), **marks_of(Actor(person))}
        data = json.dumps({"_user_id": str(person.id), "_fresh": True, **marks})
        db.session.add(WebSession(id_hash=hashed(token), user_id=str(person.id), data=data, created=now, last_seen=now))
        db.session.commit()
        browser = app.test_client()
        browser.set_cookie(app.config["SESSION_COOKIE_NAME"], token)
        return browser  # type: ignore[return-value]

    return sign_in


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """`work()`: let the worker do all that is due."""

    def run() -> int:
        db.session.commit()
        with app.app_context():
            done = worker.work_all(app.extensions["outbox_handlers"])
        db.session.expire_all()
        return done

    return run


@pytest.fixture
def letters(app: Flask, work: Callable[[], int]) -> Callable[[], list[EmailMessage]]:
    """`letters()`: everything that has been sent so far, after the worker has worked, in order."""

    def read() -> list[EmailMessage]:
        work()
        files = sorted(Path(app.config["MAIL_DIR"]).glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=SMTP) for file in files]  # type: ignore[misc]

    return read


@pytest.fixture
def council(app: Flask, beginnings: Starts) -> factories.TestCouncil:
    """A council of two municipalities and a county, with a body, a secretary, a chair, members and deputies."""
    return beginnings.made("council", factories.a_council)


@pytest.fixture
def secretary(council: factories.TestCouncil) -> Actor:
    """The secretary of `council`, as commands know her."""
    return Actor(council.secretary)


@pytest.fixture
def portal(house: tuple[Flask, Settings, Databases], app: Flask) -> Iterator[Portal]:
    """The public site over the same databases."""
    made = create_portal(house[1])
    yield made
    made._pages.close()
