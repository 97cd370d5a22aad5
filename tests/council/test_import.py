"""People and seats from a spreadsheet: looked at first, entered whole or not at all."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from meetingapp.council.imports import table
from meetingapp.council.models import Office, Person, Seat, SeatRole
from tests import factories
from tests.forms import form_data

PAGE = "/kontor/folk/innlesing"
HEADINGS = ["Navn", "E-postadresse", "Virksomhet", "Utvalg", "Rolle", "Verv", "Nummer i rekka", "Vara for", "Fra", "Til"]


def xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.fixture
def look(council: factories.TestCouncil, signed_in: Callable[..., Any]) -> Callable[..., Any]:
    """`look(data)`: what the secretary sees after choosing a file."""
    browser = signed_in(council.secretary)

    def upload(data: bytes, name: str = "folk.xlsx") -> Any:
        answer = browser.submit(PAGE, file=(io.BytesIO(data), name))
        return browser, answer

    return upload


def _press(browser: Any, page: Any) -> Any:
    action, data = form_data(page.get_data(as_text=True), form="legg-inn", button=None, fields={})
    return browser.post(action, data=data, content_type="multipart/form-data")


def _people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_template_can_be_read_back(council: factories.TestCouncil, signed_in: Callable[..., Any]) -> None:
    data = signed_in(council.secretary).get(f"{PAGE}/mal.xlsx").data
    rows = list(load_workbook(io.BytesIO(data)).active.values)  # type: ignore[union-attr]
    assert rows[0][:5] == ("Navn", "E-postadresse", "Telefon", "Tittel", "Virksomhet")
    assert rows[1][1].endswith(".example")
    assert [line.number for line in table.read(data, "mal.xlsx")] == [2]


def test_people_and_seats_are_looked_at_then_entered_and_audited(council: factories.TestCouncil, look: Callable[..., Any]) -> None:
    west = council.members[1].organisation
    assert west is not None
    chair, known, before = council.chair, council.members[1], _people()
    seats = db.session.scalar(select(func.count()).select_from(Seat))
    data = xlsx(
        HEADINGS,
        [
            "Vera Vara",
            "Vera@Ny.example",
            west.name,
            "RR",
            "varamedlem",
            "",
            7,
            f"{known.email}; {chair.name}",
            date(2026, 1, 1),
            "31.12.2027",
        ],
        ["Nils Ny", "nils@ny.example", west.short_name, "Regionrådet", "observatør", "", "", "", "1.1.26", ""],
        ["Truls Tvilsom", known.email.upper(), "", "", "", "", "", "", "", ""],
        [],
        [chair.name, chair.email, "", "Regionrådet", "medlem", "leder", "", "", "", ""],
    )
    browser, page = look(data)

    assert page.status_code == 200, html.unescape(page.get_data(as_text=True))
    said = page.get_data(as_text=True)
    assert "Legg inn 3 personer og 2 verv" in said
    assert _people() == before, "a look stores nothing"
    assert _press(browser, page).status_code == 303

    assert _people() == before + 2
    vara = db.session.scalars(select(Seat).join(Seat.person).where(Person.email == "vera@ny.example")).one()
    assert (vara.role, vara.rank, vara.valid_from, vara.valid_to) == (SeatRole.DEPUTY, 7, date(2026, 1, 1), date(2027, 12, 31))
    assert {one.member_seat.person_id for one in vara.deputy_for} == {chair.id, known.id}
    assert db.session.get_one(Person, known.id).name == "Truls Tvilsom"
    assert db.session.scalar(select(func.count()).select_from(Seat)) == (seats or 0) + 2
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.person_id == council.secretary.id)).all()
    assert sorted(acts) == ["person.add", "person.add", "person.edit", "seat.add", "seat.add"]

    _browser, again = look(data)
    assert "Alt står i registeret fra før" in again.get_data(as_text=True)


FAULTS = [
    (["", "a@ny.example", "Vest"], "Linje 2, Navn: Skriv et navn."),
    (["Ada", "ada", "Vest"], "Linje 2, E-postadresse «ada»: Skriv e-postadressen slik"),
    (["Ada", "ada@ny.example", "Nord"], "Linje 2, Virksomhet «Nord»: Rådet kjenner ikke denne virksomheten"),
    (["Ada", "ada@ny.example", ""], "Linje 2, Virksomhet: Skriv hvilken virksomhet"),
    (["Ada", "ada@ny.example", "Vest", "Tull"], "Linje 2, Utvalg «Tull»: Det finnes ikke noe slikt utvalg"),
    (["Ada", "ada@ny.example", "Vest", "RR", "sjef"], "Linje 2, Rolle «sjef»: Skriv en av disse"),
    (["Ada", "ada@ny.example", "Vest", "RR", "medlem", "leder"], "Linje 2, Verv «leder»: Mona Møteleder er leder"),
    (["Ada", "ada@ny.example", "Vest", "RR", "vara"], "Linje 2, Nummer i rekka: Et varamedlem har"),
    (["Ada", "ada@ny.example", "Vest", "RR", "vara", "", "ti"], "Linje 2, Nummer i rekka «ti»: Skriv et tall fra 1 til 99"),
    (["Ada", "ada@ny.example", "Vest", "RR", "vara", "", 9, "Ola"], "Linje 2, Vara for «Ola»: ola er ikke medlem"),
    (["Ada", "ada@ny.example", "Vest", "RR", "medlem", "", "", "", "32.1.2026"], "Linje 2, Fra «32.1.2026»: Skriv datoen slik"),
    (["Ada", "ada@ny.example", "Vest", "RR", "medlem", "", "", "", "1.2.2026", "1.1.2026"], "Linje 2, Til «1.1.2026»: Slutten er før"),
    (["=1+1", "ada@ny.example", "Vest"], "Linje 2, Navn «=1+1»: Dette er en formel"),
    (["=A1", "ada", "Vest", "Tull", "sjef"], "«ada»: Skriv e-postadressen slik: navn@kommune.no Linje 2, Utvalg «Tull»"),
    (["Ada", "ada@ny.example", "Vest", "", "medlem"], "Linje 2, Rolle «medlem»: Skriv utvalget også"),
]


@pytest.mark.parametrize(("row", "said"), FAULTS, ids=[said.split(":")[0] for _row, said in FAULTS])
def test_each_fault_has_its_line_column_and_advice_and_nothing_is_stored(
    council: factories.TestCouncil, look: Callable[..., Any], row: list[Any], said: str
) -> None:
    west = council.chair.organisation
    assert west is not None
    row = [west.name if cell == "Vest" else cell for cell in row]
    before = _people()
    _browser, page = look(xlsx(HEADINGS, row, ["God Linje", "god@ny.example", west.name]))
    assert page.status_code == 422
    assert said in re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page.get_data(as_text=True))))
    assert "God Linje" in page.get_data(as_text=True)
    assert "legg-inn" not in page.get_data(as_text=True), "there is no way past a fault"
    assert _people() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_csv_in_the_encodings_that_spreadsheets_write(app: Flask, encoding: str, delimiter: str) -> None:
    text = f'Navn{delimiter}E-post{delimiter}Tittel\r\n"Åse Ærlig"{delimiter}ase@ny.example{delimiter}"rådgiver{delimiter} plan"\r\n'
    [line] = table.read(text.encode(encoding), "folk.csv")
    assert line == table.Line(2, {"name": "Åse Ærlig", "email": "ase@ny.example", "title": f"rådgiver{delimiter} plan"})


def test_a_file_is_read_whatever_language_its_headings_are_in(app: Flask) -> None:
    for headings in ("Navn;E-postadresse;Utvalg", "Namn;E-postadresse;Utval", "Name;E-mail address;Body"):
        assert table.read(f"{headings}\nÅse;ase@ny.example;RR".encode(), "f.csv")[0].cells == {
            "name": "Åse",
            "email": "ase@ny.example",
            "body": "RR",
        }


def test_hostile_files_are_refused_with_a_sentence(look: Callable[..., Any], council: factories.TestCouncil) -> None:
    good = xlsx(HEADINGS, ["Ada", "ada@ny.example"])
    for data, name, said in [
        (b"", "folk.xlsx", "Filen er tom"),
        (good[:-40], "folk.xlsx", "ikke det navnet sier"),
        (b"Navn;E-post\n", "folk.csv", "ingen personer"),
        (b"A;B\n1;2\n", "folk.csv", "kjenner ikke kolonnen"),
        (b"Navn;Tittel\n1;2\n", "folk.csv", "mangler"),
        (b"x" * (table.LARGEST + 1), "folk.csv", "større enn 2 MB"),
        (b"Navn;E-post\n" + b"a;b\n" * (table.MOST_LINES + 1), "folk.csv", "mer enn 500 linjer"),
        (good, "folk.xls", "Velg en Excel-fil"),
        (b"%PDF-1.7", "folk.xlsx", "ikke det navnet sier"),
        (b'Navn;E-post\n"' + b"a" * 200_000, "folk.csv", "kan ikke leses som CSV"),
    ]:
        _browser, page = look(data, name)
        assert page.status_code == 422, name
        assert said in html.unescape(page.get_data(as_text=True)), said
    _browser, page = look(xlsx(HEADINGS, ["<script>x</script>", "ada@ny.example", "=HYPERLINK(1)"]))
    assert "<script>x" not in page.get_data(as_text=True)


def test_another_councils_people_and_the_press_of_others_are_refused(
    council: factories.TestCouncil, look: Callable[..., Any], signed_in: Callable[..., Any]
) -> None:
    other = factories.a_council("Annen IPR")
    _browser, page = look(xlsx(HEADINGS, ["Ny Adresse", other.chair.email, ""]))
    assert page.status_code == 422
    assert "annet råd" in html.unescape(page.get_data(as_text=True))
    assert other.chair.name not in html.unescape(page.get_data(as_text=True))
    member = signed_in(council.members[1])
    for answer in (member.get(PAGE), member.get(f"{PAGE}/mal.xlsx")):
        assert answer.status_code in (403, 404)
    secretary = signed_in(council.secretary)
    for lines in ("", "[[", "[[1]]", '[[1, {"name": "x"}]]', "[" * 5000, '[["a", {"name": "x", "email": "y"}]]'):
        _action, data = form_data(secretary.get(PAGE).get_data(as_text=True), form=0, button=None, fields={})
        data.pop("file", None)
        answer = secretary.post(f"{PAGE}/legg-inn", data={**data, "lines": lines}, content_type="multipart/form-data")
        assert answer.status_code == 422, lines


def test_the_command_enters_the_same_file(app: Flask, council: factories.TestCouncil, tmp_path: Path) -> None:
    west = council.chair.organisation
    assert west is not None
    file = tmp_path / "folk.csv"
    file.write_text(f"Navn;E-post;Virksomhet;Utvalg;Rolle\nAda Ny;ada@ny.example;{west.name};RR;gjest\nB;b;;;\n")
    run = app.test_cli_runner()
    db.session.commit()
    refused = run.invoke(args=["people-import", str(file)])
    assert refused.exit_code == 1
    assert "folk.csv:3: E-postadresse: Skriv e-postadressen slik" in refused.output
    file.write_text(file.read_text().replace("B;b;;;\n", ""))
    assert run.invoke(args=["people-import", str(file), "--look"]).output == "Would enter 1 people and 1 seats.\n"
    assert run.invoke(args=["people-import", str(file)]).output == "Entered 1 people and 1 seats.\n"
    db.session.expire_all()
    seat = db.session.scalars(select(Seat).join(Seat.person).where(Person.email == "ada@ny.example")).one()
    assert (seat.role, seat.office) == (SeatRole.GUEST, None)
    assert Office.CHAIR is not seat.office
