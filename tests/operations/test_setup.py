"""A council of one's own: from a file or from questions, once, with a sentence for each fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import Client

from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.outbox import worker
from meetingapp.council import queries
from meetingapp.council.models import Body, Council, LegalBasis, Person, SeatRole
from meetingapp.portal.app import Portal
from tests.conftest import Browser

EXAMPLE = Path(__file__).parents[2] / "docs" / "production" / "setup.toml"


def _run(app: Flask, *arguments: str, typed: str = "") -> Any:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["setup", *arguments], input=typed)
    db.session.expire_all()
    return result


def test_before_it_the_pages_say_what_to_run(client: Browser, portal: Portal) -> None:
    assert "flask --app wsgi:office setup" in client.see("/logg-inn").text
    front = Client(portal).get("/")
    assert front.status_code == 503
    assert "flask --app wsgi:office setup" in front.get_data(as_text=True)


def test_the_example_sets_up_a_council_and_its_administrator_gets_in(app: Flask, client: Browser, portal: Portal) -> None:
    result = _run(app, "--from", str(EXAMPLE))

    assert result.exit_code == 0, result.output
    council = db.session.scalars(select(Council)).one()
    assert council.name.endswith("IPR")
    assert council.seat_municipality is not None
    bodies = queries.all_bodies(council.id)
    assert len(bodies) == 2
    today = bodies[0].valid_from
    assert [queries.days(key, body=bodies[0], on=today) for key in ("notice_days", "papers_days")] == [14, 7]
    secretary = queries.seats_on(bodies[0], today, SeatRole.SECRETARY)
    assert len(secretary) == 1
    assert db.session.scalar(select(func.count()).select_from(LegalBasis)) == 8
    acts = db.session.scalars(select(AuditEntry.action)).all()
    assert {"council.add", "organisation.add", "body.add", "person.add", "seat.add", "legal_basis.add", "setting.add"} <= set(acts)

    link = re.search(r"http://localhost(/logg-inn/\S+)", result.output)
    assert link
    assert client.submit(link[1]).status_code == 303
    assert client.see("/kontor/folk").text
    worker.work_all(app.extensions["outbox_handlers"])
    assert Client(portal).get("/").status_code == 200

    again = _run(app, "--from", str(EXAMPLE))
    assert again.exit_code == 1
    assert "is set up already" in again.output
    assert db.session.scalar(select(func.count()).select_from(Council)) == 1


FAULTS = [
    ('name = "Fjellregionen"', "council, name: Navnet må inneholde"),
    ('email = "post"', "council, email: Skriv e-postadressen slik"),
    ('seat_municipality = "Ukjent"', "council, seat_municipality: Ukjent is none of the organisations"),
    ('nmae = "Fjell IPR"', "council, nmae: There is no such field"),
    ('public_host = "https://x"', "council, public_host: Write a host name"),
]


@pytest.mark.parametrize(("line", "said"), FAULTS)
def test_a_fault_is_one_sentence_with_its_field_and_nothing_is_stored(app: Flask, tmp_path: Path, line: str, said: str) -> None:
    field = line.split(" = ")[0]
    facts = {"name": 'name = "Fjellregionen IPR"', "email": 'email = "post@fjell.example"'} | {field: line}
    file = tmp_path / "setup.toml"
    file.write_text(
        "[council]\n" + "\n".join(facts.values()) + '\n[administrator]\nname = "Åse Prøve"\nemail = "ase@fjell.example"\n'
        '[[organisations]]\nname = "Fjell kommune"\nkind = "kommune"\n'
        '[[bodies]]\nname = "Fjellrådet"\nseries = "FR"\nkind = "representantskap"\n'
    )
    result = _run(app, "--from", str(file))
    assert result.exit_code == 1
    assert said in result.output
    assert "Nothing was stored." in result.output
    assert db.session.scalar(select(func.count()).select_from(Council)) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_without_a_file_it_asks(app: Flask) -> None:
    answers = ["Fjellregionen IPR", "post@fjell.example", "", "Fjell kommune, Dal kommune", "Fjell fylkeskommune", "", "", "", "5"]
    answers += ["Arbeidsutvalget", "AU", "Åse Prøve", "ase@fjell.example"]
    result = _run(app, typed="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert db.session.scalars(select(Body.series).order_by(Body.id)).all() == ["RR", "AU"]
    assert db.session.scalars(select(Person.name)).all() == ["Åse Prøve"]
