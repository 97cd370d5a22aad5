"""A person is asked to write a case paper by a day: the letter, the page behind its link, what the secretary sees, and how it ends."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from meetingapp.accounts import links
from meetingapp.accounts.commands import close_access
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import commands, queries
from meetingapp.cases.models import CaseState, Exemption, PaperRequest, Part
from meetingapp.core import clock
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import SeatRole
from meetingapp.desk.queries import waiting
from tests.cases.conftest import NEUTRAL_TITLE, SECRET_TITLE, an_exempt_case
from tests.cases.documents import PDF
from tests.conftest import NOW
from tests.factories import a_case, a_council, a_person, a_seat
from tests.forms import Page, form_data

DUE = date(2026, 12, 7)  # a fortnight from the day of the tests
A_DAY = timedelta(days=1)
LINK = re.compile(r"http://localhost(/g/[\w-]+/saksfremlegg)")


@pytest.fixture
def writer(council):
    """Somebody whom the council knows, and who has no seat and no account."""
    return a_person("Sindre Skriver", council.partner, language="nb")


@pytest.fixture
def case(council):
    return a_case(council.council, "Batteri på Mjøsa", state=CaseState.IN_WORK, paper=False)


def asked(case, person, by, **given):
    made = commands.ask_for_paper(case, person, **{"due": DUE, "message": "Ta med økonomien."} | given, by=by)
    db.session.commit()
    return made


def page_of(request):
    link = links.link_for(LinkPurpose.WRITE, request.person, request.id)
    assert link is not None
    return f"{links.path_of(link)}/saksfremlegg"


def body_of(letter):
    return letter.get_body(("plain",)).get_content()


def test_the_secretary_asks_and_the_writer_writes_and_delivers_without_an_account(council, office, client, case, writer, letters):
    sent = office.submit(
        f"/kontor/saker/{case.id}/be-om-fremlegg", person=str(writer.id), due="7.12.2026", message="Ta med økonomien.", follow=True
    )
    letter = letters()[-1]
    page = LINK.search(body_of(letter))[1]

    assert "Sindre Skriver er bedt om å skrive det innen mandag 7. desember 2026." in sent.get_data(as_text=True)
    assert letter["To"].addresses[0].addr_spec == writer.email
    assert letter["Subject"] == "Saksfremlegg «Batteri på Mjøsa», innen 7. desember 2026"
    assert "Ta med økonomien." in body_of(letter)

    seen = client.see(page)
    assert "## Bakgrunn" in seen.html, "an empty paper begins with the headings of its kind"
    assert "14 dager igjen" in seen.text
    preview = client.submit(page, button="Forhåndsvis", text="**Viktig** sak.", recommendation="1. Vedtas.").get_data(as_text=True)
    assert "<strong>Viktig</strong>" in preview
    assert case.paper(Part.OPEN) is None, "a look stores nothing"
    assert client.submit(page, button="Lagre utkastet", text="Første utkast.", recommendation="1. Vedtas.").status_code == 303
    look = client.submit(page, button="Lagre og lever", text="Ferdig tekst.", recommendation="1. Vedtas.", follow=True)
    assert "Ferdig tekst." in look.get_data(as_text=True)
    file = (io.BytesIO(PDF), "kart.pdf")
    assert client.submit(f"{page}/vedlegg", title="Kart", file=file).status_code == 303
    assert client.submit(f"{page}/lever").status_code == 303

    db.session.refresh(case)
    paper = case.paper(Part.OPEN)
    assert (paper.version, paper.text, paper.saved_by_id) == (2, "Ferdig tekst.", writer.id)
    assert [(one.title, one.is_closed, one.added_by_id) for one in case.attachments] == [("Kart", False, writer.id)]
    assert "Se på saksfremlegget til «Batteri på Mjøsa»" in office.see("/kontor").text
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.thing == "case", AuditEntry.thing_id == case.id)).all()
    assert {"case.ask_paper", "case.paper", "case.deliver_paper"} <= set(acts)

    assert office.submit(f"/kontor/saker/{case.id}", form="ta-imot").status_code == 303
    gone = client.get(page)
    assert gone.status_code == 404
    assert "Svar på brevet du fikk" in gone.get_data(as_text=True)


def test_a_writer_and_the_secretary_do_not_overwrite_each_other(council, office, client, case, writer, secretary):
    page = page_of(asked(case, writer, secretary))
    hers = client.get(page).get_data(as_text=True)
    assert office.submit(f"/kontor/saker/{case.id}/fremlegg", text="Sekretærens tekst.").status_code == 303
    _action, data = form_data(hers, form=0, button="Lagre utkastet", fields={"text": "Skriverens tekst.", "recommendation": ""})
    refused = client.post(page, data=data)
    shown = Page(refused.get_data(as_text=True)).text

    assert refused.status_code == 409
    assert "Sekretærens tekst." in shown
    assert "Skriverens tekst." in shown
    assert client.submit(page, text="Begge tekstene.").status_code == 303
    assert [one.text for one in case.papers] == ["Sekretærens tekst.", "Begge tekstene."]


def test_only_what_was_looked_over_is_delivered(council, client, case, writer, secretary):
    request = asked(case, writer, secretary)
    page = page_of(request)
    assert client.get(f"{page}/lever").status_code == 303, "there is nothing to deliver yet"
    client.submit(page, text="Min tekst.")
    html = client.get(f"{page}/lever").get_data(as_text=True)
    commands.save_paper(case, part=Part.OPEN, text="Endret siden.", seen_version=1, by=secretary)
    _action, data = form_data(html, form=0, button=None, fields={})
    refused = client.post(f"{page}/lever", data=data)

    assert refused.status_code == 422
    assert "Endret siden." in refused.get_data(as_text=True)
    assert request.delivered_at is None
    assert client.submit(f"{page}/lever").status_code == 303
    late = client.post(page, data=data | {"text": "En lang tekst som blir sendt etter leveringen, fra en annen fane."})
    assert late.status_code == 409
    assert "fra en annen fane." in late.get_data(as_text=True), "given back"
    assert case.paper(Part.OPEN).text == "Endret siden."


def test_what_is_typed_on_a_page_whose_link_has_died_is_given_back(council, client, case, writer, secretary):
    request = asked(case, writer, secretary)
    page, words = page_of(request), "Dette er en lang tekst som ble skrevet mens siden sto åpen."
    html = client.get(page).get_data(as_text=True)
    commands.withdraw_request(request, by=secretary)
    _action, data = form_data(html, form=0, button="Lagre utkastet", fields={"text": words})
    answer = client.post(page, data=data)

    assert answer.status_code == 404
    assert words in answer.get_data(as_text=True)
    assert case.paper(Part.OPEN) is None


@pytest.mark.parametrize("dead", ["withdrawn", "expired", "case decided", "person gone", "access closed", "ready"])
def test_the_link_stops(dead, council, client, case, writer, secretary):
    request = asked(case, writer, secretary)
    page, link = page_of(request), links.links_for(LinkPurpose.WRITE, writer, request.id)[0]
    if dead == "withdrawn":
        commands.withdraw_request(request, by=secretary)
    elif dead == "expired":
        link.expires_at = clock.true_now()
    elif dead == "case decided":
        case.state = CaseState.DECIDED
    elif dead == "person gone":
        writer.is_active = False
    elif dead == "access closed":
        close_access(writer, by=secretary)
    else:
        commands.save_paper(case, part=Part.OPEN, text="Tekst.", recommendation="Vedtas.", seen_version=0, by=secretary)
        commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=secretary)

    assert {client.get(page + more).status_code for more in ("", "/lever", "/vedlegg")} == {404}


def test_links_of_other_kinds_and_other_requests_open_nothing(council, client, case, writer, secretary):
    mine = asked(case, writer, secretary)
    other = asked(a_case(council.council, "En annen sak", state=CaseState.IN_WORK), writer, secretary)
    until = clock.true_now() + A_DAY
    reply = links.make_link(LinkPurpose.ACTION, writer, expires_at=until, subject_id=mine.id)
    stranger = links.make_link(LinkPurpose.WRITE, council.partner_contact, expires_at=until, subject_id=mine.id)

    assert [client.get(f"{links.path_of(one)}/saksfremlegg").status_code for one in (reply, stranger)] == [404, 404]
    assert "Batteri på Mjøsa" not in client.see(page_of(other)).text


def test_of_a_partly_exempt_case_the_writer_sees_the_public_title_and_the_open_part(council, client, secretary, writer, letters):
    case = an_exempt_case(council, secretary, state=CaseState.IN_WORK, closed_words=["Hemmelig"])
    commands.save_paper(case, part=Part.CLOSED, text="Lukket tekst.", seen_version=0, by=secretary)
    with pytest.raises(RuleBroken, match="Hemmelig"):
        commands.ask_for_paper(case, writer, due=DUE, message="Om Ola Hemmelig.", by=secretary)
    db.session.rollback()
    page = page_of(asked(case, writer, secretary))
    said = f"{letters()[-1]['Subject']} {body_of(letters()[-1])} {client.get(page).get_data(as_text=True)}"

    assert NEUTRAL_TITLE in said
    assert SECRET_TITLE not in said
    assert "Lukket tekst." not in said


def test_of_a_wholly_exempt_case_a_link_shows_and_takes_nothing(council, client, secretary, writer):
    case = an_exempt_case(council, secretary, Exemption.WHOLLY, state=CaseState.IN_WORK)
    with pytest.raises(RuleBroken, match="Sindre Skriver"):
        commands.ask_for_paper(case, writer, due=DUE, message="", by=secretary)
    db.session.rollback()
    officer = a_person("Siri Saksbehandler")
    a_seat(council.body, officer, SeatRole.CASE_OFFICER)
    page = page_of(asked(case, officer, secretary))
    html = client.get(f"{page}/lever").get_data(as_text=True)
    shown = client.get(page).get_data(as_text=True) + html

    assert "Bakgrunn for saken." not in shown
    assert SECRET_TITLE not in shown
    assert f"/kontor/saker/{case.id}" in shown
    _action, data = form_data(html, form=0, button=None, fields={})
    assert client.post(page, data=data | {"text": "Min tekst."}).status_code == 409
    assert len(case.papers) == 1


def test_exempting_the_case_as_a_whole_shuts_the_writer_out_at_once(council, client, secretary, writer, case):
    page = page_of(asked(case, writer, secretary))
    client.submit(page, text="Skriverens tekst.")
    case.exemption, case.legal_basis_id = Exemption.WHOLLY, an_exempt_case(council, secretary).legal_basis_id
    db.session.commit()

    assert "Skriverens tekst." not in client.see(page).text


def test_one_is_asked_at_a_time(council, secretary, writer, case):
    first = asked(case, writer, secretary)
    with pytest.raises(RuleBroken, match="allerede"):
        commands.ask_for_paper(case, council.chair, due=DUE, message="", by=secretary)
    db.session.add(PaperRequest(case=case, person=council.chair, due=DUE, asked_at=clock.now(), version=1))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    commands.withdraw_request(first, by=secretary)

    assert asked(case, council.chair, secretary).is_open
    assert queries.open_request(case).person is council.chair


def test_a_reminder_goes_with_one_press_and_once_a_day(council, office, secretary, writer, case, letters):
    asked(case, writer, secretary)
    press = f"/kontor/saker/{case.id}/be-om-fremlegg/minn-pa"
    with pytest.raises(RuleBroken, match="i dag"):
        commands.remind_writer(queries.open_request(case), by=secretary)
    letters()
    with clock.frozen(NOW + 16 * A_DAY):
        assert "2 dager over" in office.see(f"/kontor/saker/{case.id}").text
        assert office.submit("/kontor", form=press).location == "/kontor"
        assert "Minnet på i dag" in office.see("/kontor").text
        letter = letters()[-1]

    assert "Fristen var 7. desember 2026." in body_of(letter)
    assert letter["Subject"] == "Påminnelse: saksfremlegg «Batteri på Mjøsa», 7. desember 2026"
    assert LINK.search(body_of(letter))[1] == page_of(queries.open_request(case)), "the same link"


def test_another_deadline_is_told_and_what_was_delivered_is_sent_back(council, office, client, secretary, writer, case, letters):
    request = asked(case, writer, secretary)
    page = page_of(request)
    client.submit(page, text="Tekst.", recommendation="Vedtas.")
    client.submit(f"{page}/lever")
    url = f"/kontor/saker/{case.id}/be-om-fremlegg"
    assert office.submit(url, due="22.11.2026").status_code == 422, "yesterday"
    assert office.submit(url, due="20.12.2026", message="Mer om klima.").status_code == 303

    assert (request.due, request.delivered_at) == (date(2026, 12, 20), None)
    assert "Mer om klima." in body_of(letters()[-1])
    assert client.submit(page, text="Mer tekst.", recommendation="Vedtas.").status_code == 303


def test_calling_off_stops_a_letter_that_is_not_sent_and_tells_whoever_got_one(council, secretary, writer, case, letters):
    unsent = asked(case, writer, secretary)
    commands.withdraw_request(unsent, by=secretary)
    assert letters() == []
    told = asked(case, writer, secretary)
    letters()
    commands.withdraw_request(told, by=secretary)

    assert letters()[-1]["Subject"] == "Du trenger ikke skrive saksfremlegget «Batteri på Mjøsa»"


def test_the_desk_says_who_writes_what_and_how_long_there_is(council, secretary, writer, case):
    asked(case, writer, secretary)
    row = waiting.waits_for_others([], queries.open_requests(council.council.id))[0]

    assert (row.who, row.days, row.is_late, row.remind) == ("Sindre Skriver", -14, False, "")
    with clock.frozen(NOW + 15 * A_DAY):
        late = waiting.waits_for_others([], queries.open_requests(council.council.id))[0]
    assert (late.days, late.is_late) == (1, True)
    assert late.remind == f"/kontor/saker/{case.id}/be-om-fremlegg/minn-pa"


def test_a_writer_who_signs_in_finds_it_on_min_side(council, secretary, signed_in, case):
    request = asked(case, council.chair, secretary)
    mine = signed_in(council.chair)

    page = mine.see("/min-side")
    assert (page_of(request), "Batteri på Mjøsa") in page.links
    assert "14 dager igjen" in page.text
    assert "Batteri på Mjøsa" not in signed_in(council.members[1]).see("/min-side").text
    commands.save_paper(case, part=Part.OPEN, text="Tekst.", seen_version=0, by=secretary)
    commands.deliver_paper(request, seen_version=1, by=secretary)
    assert "Batteri på Mjøsa" not in mine.see("/min-side").text


def test_the_deadline_is_a_day_in_oslo(council, secretary, writer, case):
    with clock.frozen(NOW.replace(hour=23, minute=30)):  # half past midnight in Oslo
        with pytest.raises(RuleBroken):
            commands.ask_for_paper(case, writer, due=date(2026, 11, 23), message="", by=secretary)
        assert commands.ask_for_paper(case, writer, due=date(2026, 11, 24), message="", by=secretary).days_over(clock.today()) == 0


def test_foreign_cases_and_people_are_out_of_reach(council, office, member, case):
    there = a_council("Naboregionen IPR")
    theirs = a_case(there.council, "Nabosak", state=CaseState.IN_WORK)
    url = f"/kontor/saker/{case.id}/be-om-fremlegg"

    assert office.get(f"/kontor/saker/{theirs.id}/be-om-fremlegg").status_code == 404
    assert member.get(url).status_code == 403
    assert office.submit(url, person=str(there.chair.id), due="07.12.2026").status_code == 422
    _action, data = form_data(office.get(url).get_data(as_text=True), form=0, button=None, fields={})
    assert [office.post(f"{url}/{press}", data=data).status_code for press in ("minn-pa", "ta-imot", "trekk")] == [404] * 3
    assert queries.open_request(case) is None


def test_a_case_that_goes_on_an_agenda_asks_nobody_any_more(council, secretary, writer):
    case = a_case(council.council, "Utsatt sak", state=CaseState.POSTPONED)
    request = asked(case, writer, secretary)
    commands.mark_on_agenda(case)

    assert request.withdrawn_at is not None
    with pytest.raises(RuleBroken, match="saksliste"):
        commands.ask_for_paper(case, writer, due=DUE, message="", by=secretary)
