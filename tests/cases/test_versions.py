"""Two versions of a case paper compared: what was taken out and put in, who saved it, and to whom it is shown."""

from __future__ import annotations

from meetingapp.cases import commands
from meetingapp.cases.models import Part
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from tests.cases.conftest import SECRET_TITLE
from tests.factories import a_case


def _written(council, secretary):
    case = a_case(council.council, paper=False)
    for number, text in enumerate(("Fristen er 2025.\n\nResten står.", "Fristen er 2026.\n\nResten står.", "Alt nytt her.")):
        commands.save_paper(case, part=Part.OPEN, text=text, recommendation=f"Vedtas {number}.", seen_version=number, by=secretary)
    db.session.commit()
    return case, f"/kontor/saker/{case.id}/fremlegg/endringer"


def test_words_taken_out_and_put_in_are_marked(council, secretary, office):
    case, url = _written(council, secretary)
    page = office.see(f"{url}?fra=1&til=2")

    assert "<p>Fristen er <del>2025.</del> <ins>2026.</ins></p>" in page.html
    assert "Vedtas <del>0.</del> <ins>1.</ins>" in page.html
    assert "Sara Sekretær" in page.text
    assert "<ins>Alt nytt her.</ins>" in office.see(url).html  # the newest and the one before, unless others are asked for
    assert f"{url}?fra=1" in office.see(f"/kontor/saker/{case.id}").html


def test_side_by_side_each_text_is_whole(council, secretary, office):
    _case, url = _written(council, secretary)
    html = office.see(f"{url}?fra=1&til=2&vis=ved-siden").html

    assert "<p>Fristen er <del>2025.</del></p>" in html
    assert "<p>Fristen er <ins>2026.</ins></p>" in html


def test_markup_in_a_text_is_shown_and_not_run(council, secretary, office):
    case = a_case(council.council)
    commands.save_paper(case, part=Part.OPEN, text="<script>alert(1)</script>", seen_version=1, by=secretary)
    db.session.commit()

    assert "<script>alert" not in office.see(f"/kontor/saker/{case.id}/fremlegg/endringer").html


def test_odd_versions_give_those_there_are(council, secretary, office):
    _case, url = _written(council, secretary)

    for query in ("fra=x&til=99", "fra=-1", "fra=3&til=1", "til=" + "9" * 40):
        assert "<h1" in office.see(f"{url}?{query}").html
    empty = a_case(council.council, paper=False)
    for part in ("", "lukket/"):
        office.see(f"/kontor/saker/{empty.id}/fremlegg/{part}endringer")


def test_drafts_are_for_the_secretariat(council, secretary, member):
    _case, url = _written(council, secretary)

    assert member.get(url).status_code == 403


def test_opening_versions_of_the_closed_part_is_written_down(council, secretary, office, exempt_case):
    for number in range(2):
        commands.save_paper(exempt_case, part=Part.CLOSED, text=f"Unntatt {number}", seen_version=number, by=secretary)
    db.session.commit()
    page = office.see(f"/kontor/saker/{exempt_case.id}/fremlegg/lukket/endringer")
    opened = db.session.query(AuditEntry).filter_by(action="case.open_closed").all()

    assert SECRET_TITLE in page.text
    assert "<ins>1</ins>" in page.html
    assert [entry.details["version"] for entry in opened] == [1, 2]
