"""The minutes by forms alone, who may use them, and bad input in each."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest

from meetingapp.core.database import db
from meetingapp.invitations.models import Reply
from meetingapp.minutes import commands, queries
from meetingapp.minutes.models import Edition, MinutesState, Vote
from tests.factories import TestCouncil, a_council
from tests.forms import Page, form_data
from tests.hostile import assert_refused, assert_survives, send
from tests.minutes.sitting import Sitting, called, reply


@pytest.fixture
def office(council: TestCouncil, signed_in: Any) -> Any:
    """The secretary's browser."""
    return signed_in(council.secretary)


def _done(answer: Any) -> None:
    assert answer.status_code == 303, Page(answer.get_data(as_text=True)).text[:800]


def test_the_secretary_writes_the_minutes_and_the_others_approve_by_forms_alone(council: TestCouncil, signed_in: Any, office: Any) -> None:
    sitting = called(council)
    for person in (*council.members[:4], council.secretary):
        reply(sitting, person, Reply.ACCEPTED)
    base, item = sitting.base, f"{sitting.base}/{sitting.items[0].id}"
    _done(office.submit(base, form="/apne", at="09.00"))
    _done(
        office.submit(
            f"{base}/til-stede",
            person=council.deputies[4].id,
            presence="deputy",
            seat=council.seats[4].id,
            came="09.05",
        )
    )
    _done(office.submit(item, text="Tvil ba om tall.", outcome="adopted"))
    _done(office.submit(f"{item}/forslag", person=council.members[3].id, kind="addition", text="Rådet får en rapport."))
    _done(office.submit(f"{item}/votering", subject="recommendation", at="09.30", proposals=[1], against=[council.members[1].id]))
    _done(office.submit(base, form="/slutt", at="11.00"))
    _done(office.submit(base, form="/motebok/send", elected=[council.members[2].id]))
    for person in (council.chair, council.members[2]):
        _done(signed_in(person).submit(f"{base}/les", form="/godkjenn"))
    _done(office.submit(f"{base}/las"))

    edition = db.session.query(Edition).one()
    (one,) = edition.document["items"]
    assert (one["votes"][0]["for"], one["votes"][0]["against"]) == (4, 1)
    assert "Tvil ba om tall." in one["text"]
    assert "Forslaget vedtas." in one["decision"]
    answer = office.get(f"{base}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "Tvil ba om tall." in text
    assert edition.sha256[:16] in text


def test_the_draft_is_a_pdf_that_says_so(sitting: Sitting, office: Any) -> None:
    answer = office.get(f"{sitting.base}.pdf")

    assert answer.status_code == 200
    assert "utkast-" in answer.headers["Content-Disposition"]
    assert "Utkast" in pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()


def test_the_other_happenings_are_noted_by_forms(council: TestCouncil, sitting: Sitting, office: Any) -> None:
    item = f"{sitting.base}/{sitting.items[0].id}"
    _done(office.submit(f"{item}/forslag", person=council.members[3].id, kind="postpone", text="Saken utsettes."))
    _done(office.submit(item, form="/forslag/1/trekk"))
    _done(office.submit(f"{item}/pause", began="10.00", ended="10.15", why="gruppemøter"))
    _done(office.submit(f"{item}/tilforsel", person=council.members[1].id, text="Vi mener noe annet."))
    _done(office.submit(f"{sitting.base}/til-stede/{sitting.row_of(council.members[1]).id}", at="10.30"))
    shown = office.see(item).text

    for said in ("trukket", "gruppemøter", "Vi mener noe annet."):
        assert said in shown
    assert sitting.row_of(council.members[1]).left_at == sitting.at(10, 30)


def test_someone_ticked_against_who_was_not_there_is_never_dropped_in_silence(council: TestCouncil, sitting: Sitting, office: Any) -> None:
    commands.let_out(sitting.row_of(council.members[4]), at=sitting.at(9, 30), by=sitting.by)
    db.session.commit()
    url = f"{sitting.base}/{sitting.items[0].id}/votering"

    assert_refused(office, url, {"at": "10.00", "against": [council.members[4].id]}, "against")
    assert db.session.query(Vote).count() == 0


def test_a_proposal_that_was_voted_on_is_refused_with_a_word(council: TestCouncil, sitting: Sitting, office: Any) -> None:
    item = f"{sitting.base}/{sitting.items[0].id}"
    office.submit(f"{item}/forslag", person=council.members[3].id, text="Saken utsettes.")
    office.submit(f"{item}/votering", subject="proposals", proposals=[1], at="10.00")

    assert office.submit(item, form="/forslag/1/trekk").status_code == 409


WRITING = ["apne", "slutt", "ramme", "send", "til-stede", "rett", "las"]


def test_a_member_cannot_write(council: TestCouncil, sitting: Sitting, signed_in: Any) -> None:
    browser, item = signed_in(council.members[1]), sitting.items[0].id
    for part in [*WRITING, str(item), f"{item}/votering", f"{item}/forslag", f"til-stede/{sitting.row_of(council.chair).id}"]:
        assert browser.post(f"{sitting.base}/{part}").status_code in (400, 403), part
        assert browser.get(f"{sitting.base}/{part}").status_code in (403, 404, 405), part
    assert db.session.query(Vote).count() == 0


def test_a_member_sees_the_minutes_only_when_they_are_sent(council: TestCouncil, sitting: Sitting, signed_in: Any) -> None:
    browser = signed_in(council.members[4])
    sitting.finish()
    assert "Det var en god samtale." not in browser.see(sitting.base).text
    assert browser.get(f"{sitting.base}/les").status_code == 403
    assert browser.get(f"{sitting.base}.pdf").status_code == 403
    sitting.send()

    page = browser.see(sitting.base)
    assert "Det var en god samtale." in page.text
    assert [form for form in page.forms if form.in_main and form.method == "post"] == []
    assert browser.get(f"{sitting.base}/godkjenn").status_code == 403


def test_a_stranger_and_another_council_find_nothing(sitting: Sitting, client: Any, signed_in: Any) -> None:
    sitting.locked()
    outsider = signed_in(a_council("En annen IPR").secretary)
    for url in (sitting.base, f"{sitting.base}/les", f"{sitting.base}.pdf", f"{sitting.base}/{sitting.items[0].id}"):
        assert outsider.get(url).status_code == 404, url
        assert client.get(url).status_code == 303, url


def test_an_approval_of_a_text_that_has_changed_is_refused(council: TestCouncil, sitting: Sitting, signed_in: Any) -> None:
    sitting.finish()
    sitting.send()
    browser = signed_in(council.chair)
    action, seen = form_data(browser.see(f"{sitting.base}/les").html, form="/godkjenn", button=None, fields={})
    sitting.save(text="En ny setning.")
    answer = browser.post(action, data=seen)

    assert answer.status_code == 422
    assert "En ny setning." in answer.get_data(as_text=True)
    assert [s.approved_at for s in sitting.minutes.signatories] == [None, None]


def test_an_older_form_of_an_item_shows_both_texts(sitting: Sitting, office: Any) -> None:
    url = f"{sitting.base}/{sitting.items[0].id}"
    _action, mine = form_data(office.see(url).html, form=0, button=None, fields={"text": "Min tekst om saken"})
    sitting.save(text="Teksten fra en annen")
    answer = office.post(url, data=mine)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "Min tekst om saken" in page
    assert "Teksten fra en annen" in page
    assert sitting.done[0].text == "Teksten fra en annen"


def test_an_item_form_without_a_version_overwrites_nothing(sitting: Sitting, office: Any) -> None:
    sitting.save()
    for version in ("", "x", "-1", "9" * 30, "²"):
        answer = send(office, f"{sitting.base}/{sitting.items[0].id}", {"seen_version": version, "text": "Noe annet"})
        assert answer.status_code == 409, version


@pytest.mark.parametrize("field", ["text", "decision", "no_action_reason", "outcome"])
def test_the_item_form_survives(sitting: Sitting, office: Any, field: str) -> None:
    assert_survives(office, f"{sitting.base}/{sitting.items[0].id}", field, {"text": "Samtale"} if field != "text" else {})


@pytest.mark.parametrize("field", ["came", "left", "person", "presence", "seat", "only_item"])
def test_the_presence_form_survives(council: TestCouncil, sitting: Sitting, office: Any, field: str) -> None:
    assert_survives(office, f"{sitting.base}/til-stede", field, {"person": council.deputies[0].id, "presence": "guest"})


@pytest.mark.parametrize("field", ["at", "subject", "about", "against"])
def test_the_vote_form_survives(sitting: Sitting, office: Any, field: str) -> None:
    assert_survives(office, f"{sitting.base}/{sitting.items[0].id}/votering", field, {"at": "10.00"})


@pytest.mark.parametrize("field", ["text", "kind", "person"])
def test_the_proposal_form_survives(sitting: Sitting, office: Any, field: str) -> None:
    assert_survives(office, f"{sitting.base}/{sitting.items[0].id}/forslag", field, {"text": "Saken utsettes."})


@pytest.mark.parametrize(
    ("part", "data", "field"),
    [
        ("til-stede", {"came": "25.00"}, "came"),
        ("til-stede", {"came": "10.00", "left": "09.00", "presence": "guest"}, "left"),
        ("{item}", {"text": "Samtale", "outcome": "postponed", "decision": ""}, "decision"),
        ("{item}/votering", {"at": "ti"}, "at"),
        ("{item}/votering", {"at": "08.00"}, "at"),
        ("{item}/forslag", {"text": " "}, "text"),
        ("{item}/pause", {"began": " ", "why": "Pause"}, "began"),
        ("{item}/pause", {"began": "11.00", "why": " "}, "why"),
        ("{item}/pause", {"began": "11.00", "ended": "10.00", "why": "Pause"}, "ended"),
        ("{item}/pause", {"began": "11.00", "why": "x" * 201}, "why"),
        ("{item}/tilforsel", {"text": ""}, "text"),
    ],
)
def test_a_fault_stands_beside_its_field(
    council: TestCouncil, sitting: Sitting, office: Any, part: str, data: dict[str, Any], field: str
) -> None:
    if part == "til-stede":
        data = data | {"person": council.deputies[0].id}
    assert_refused(office, f"{sitting.base}/{part.format(item=sitting.items[0].id)}", data, field)
    assert len(queries.attendance_of(sitting.meeting)) == 6


def test_a_second_edition_is_not_locked_without_saying_what_was_corrected(sitting: Sitting, office: Any) -> None:
    sitting.locked()
    _done(office.submit(f"{sitting.base}/rett", what="Feil år."))
    sitting.send()
    sitting.approve()
    assert_refused(office, f"{sitting.base}/las", {"correction": ""}, "correction")
    assert sitting.minutes.state is MinutesState.SENT
    _done(office.submit(f"{sitting.base}/las", correction="Året er rettet."))

    assert [edition.correction for edition in sitting.minutes.editions] == ["", "Året er rettet."]
