"""What a new case paper starts from: the headings for its kind and language, or what the council wrote itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetingapp.cases import templates
from meetingapp.cases.models import CaseKind, CaseState, PaperTemplate
from meetingapp.core import clock
from meetingapp.core.database import db
from tests.factories import a_case, a_council
from tests.forms import Page
from tests.hostile import send

URL = "/kontor/mer/saksmaler"


def _case(council, kind=CaseKind.DECISION, language="nb"):
    return a_case(council.council, kind=kind, language=language, paper=False, state=CaseState.IN_WORK)


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_has_headings_in_bokmal_and_nynorsk(council, office, kind):
    bokmal, nynorsk = (templates.start_of(_case(council, kind, language)) for language in ("nb", "nn"))

    assert bokmal.text.startswith("## Saken kort")
    assert nynorsk.text.startswith("## Saka kort")
    assert bokmal.text.count("## ") == nynorsk.text.count("## ") >= 3
    assert bokmal.recommendation == ("Saken tas til orientering." if kind is CaseKind.INFORMATION else "")


def test_a_new_paper_starts_from_the_template_of_its_kind_and_language(council, office):
    case = _case(council)
    assert "## Vurdering" in office.see(f"/kontor/saker/{case.id}/fremlegg").html
    office.submit(f"{URL}/decision/nb", text="## Vår egen overskrift", recommendation="1. Rådet vedtar")
    page = office.see(f"/kontor/saker/{case.id}/fremlegg").html

    assert "## Vår egen overskrift" in page
    assert "1. Rådet vedtar" in page
    assert "## Vurdering" in office.see(f"/kontor/saker/{_case(council, language='nn').id}/fremlegg").html
    assert "Egen" in office.see(URL).text
    assert templates.start_of(_case(a_council("Naboregionen IPR"))).row is None


def test_what_is_written_stays_as_it_is(council, office):
    case = a_case(council.council, state=CaseState.IN_WORK)

    assert "Bakgrunn for saken." in office.see(f"/kontor/saker/{case.id}/fremlegg").html


def test_what_held_before_is_kept_with_its_dates(council, secretary):
    today = clock.today()
    for text, seen in (("En", 0), ("To", 1)):
        templates.write_template(council.council, CaseKind.DECISION, "nb", text=text, recommendation="", seen_version=seen, by=secretary)
    row = db.session.query(PaperTemplate).one()  # twice on one day is one text
    row.valid_from = today - timedelta(days=10)
    templates.write_template(council.council, CaseKind.DECISION, "nb", text="Tre", recommendation="", seen_version=2, by=secretary)
    db.session.commit()

    def on(day):
        return templates.start_for(council.council.id, CaseKind.DECISION, "nb", day).text

    assert on(today) == "Tre"
    assert on(today - timedelta(days=1)) == "To"
    assert on(today - timedelta(days=11)).startswith("## Saken kort")


def test_two_who_write_at_once_lose_nothing(council, office):
    office.submit(f"{URL}/decision/nb", text="Den første")
    late = send(office, f"{URL}/decision/nb", {"seen_version": "0", "text": "Den andre"})

    assert late.status_code == 409
    assert "Den første" in Page(late.get_data(as_text=True)).text
    assert "Den andre" in late.get_data(as_text=True)


def test_only_the_secretary_writes_templates(council, member, office):
    assert member.get(URL).status_code == 403
    assert member.get(f"{URL}/decision/nb").status_code == 403
    for odd in ("decision/xx", "tull/nb"):
        assert office.get(f"{URL}/{odd}").status_code == 404
