"""The pages of cases: what they show, to whom, and what they do."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import event

from meetingapp.cases import commands
from meetingapp.cases.models import Attachment, Case, CaseKind, CasePaper, CaseState, Exemption, Part, Scope
from meetingapp.core.database import db
from meetingapp.core.files import store
from tests.cases.conftest import NEUTRAL_TITLE, SECRET_TITLE, an_attachment, an_exempt_case, upload
from tests.cases.documents import PDF, a_docx
from tests.factories import a_case, a_council, a_legal_basis, a_person
from tests.forms import form_data
from tests.hostile import assert_sent_once, send

HUGE = "9" * 30


def test_the_list_is_narrowed_by_state_kind_and_words(council, office):
    a_case(council.council, "Ørret i Mjøsa")
    a_case(council.council, "Budsjett", state=CaseState.IN_WORK)

    def seen(query):
        page = office.see(f"/kontor/saker?{query}").html
        return {title for title in ("Ørret i Mjøsa", "Budsjett") if title in page}

    assert seen("") == {"Ørret i Mjøsa", "Budsjett"}
    assert seen("tilstand=in_work") == {"Budsjett"}
    assert seen("type=information") == set()
    assert seen("q=ørret") == {"Ørret i Mjøsa"}
    assert seen("q=ØRRET++I") == {"Ørret i Mjøsa"}
    assert seen("q=%25") == set()
    assert seen("tilstand=tull&type=tull") == {"Ørret i Mjøsa", "Budsjett"}


@pytest.mark.parametrize("query", ["etter=0", "etter=-1", f"etter={HUGE}", "etter=x", "q=%00", "q=" + "%5B" * 5000, "etter=999999999"])
def test_an_odd_address_of_the_list_is_no_error(council, office, query):
    a_case(council.council)

    office.see(f"/kontor/saker?{query}")


def test_the_list_is_turned_page_by_page(council, office):
    for number in range(27):
        a_case(council.council, f"Sak nummer {number:02}", paper=False)

    first = office.see("/kontor/saker?q=nummer")
    second = office.see(f"/kontor/saker{next(href for href, text in first.links if text == 'Neste')}")

    assert first.html.count("Sak nummer") == 25
    assert [text for _href, text in second.links if "Sak nummer" in text] == ["Sak nummer 01", "Sak nummer 00"]
    assert ("?q=nummer", "Til begynnelsen") in second.links
    assert "Neste" not in [text for _href, text in second.links]


def test_an_empty_list_says_what_will_come_here(office):
    assert "/kontor/saker/ny" in [href for href, _ in office.see("/kontor/saker").links]


def test_a_member_sees_the_cases_of_the_council_and_no_proposals(council, member):
    a_case(council.council, "Egen sak")
    proposal = a_case(council.council, "Bare et forslag", state=CaseState.PROPOSED)
    foreign = a_case(a_council("Naboregionen IPR").council, "Naboens sak")

    page = member.see("/kontor/saker").html

    assert "Egen sak" in page
    assert "Bare et forslag" not in page
    assert "Naboens sak" not in page
    for hidden in (proposal.id, foreign.id, HUGE):
        assert member.get(f"/kontor/saker/{hidden}").status_code == 404


@pytest.mark.parametrize("path", ["", "/ny", "/1", "/1/rediger"])
def test_a_stranger_is_asked_to_sign_in(council, client, path):
    a_case(council.council)

    response = client.get(f"/kontor/saker{path}")

    assert response.status_code == 303
    assert "/logg-inn" in response.headers["Location"]


@pytest.mark.parametrize("path", ["rediger", "unntak", "fremlegg", "fremlegg/lukket", "word", "vedlegg", "klar", "trekk", "svar"])
def test_a_member_changes_nothing(council, member, path):
    case = a_case(council.council)

    assert member.get(f"/kontor/saker/{case.id}/{path}").status_code == 403
    assert "Ny utgave" not in member.see(f"/kontor/saker/{case.id}").text


def test_a_member_without_access_sees_only_the_public_title_of_an_exempt_case(council, secretary, member, exempt_case):
    commands.save_paper(exempt_case, part=Part.CLOSED, text="Det som er unntatt", seen_version=0, by=secretary)
    closed = an_attachment(exempt_case, secretary, "Lukket bilag", is_closed=True)
    url = f"/kontor/saker/{exempt_case.id}"

    for page in (member.see(url).html, member.see("/kontor/saker").html, member.see("/kontor/saker?q=hemmelig").html):
        assert SECRET_TITLE not in page
        assert "Det som er unntatt" not in page
        assert "Lukket bilag" not in page
    assert NEUTRAL_TITLE in member.see(url).html
    assert NEUTRAL_TITLE not in member.see("/kontor/saker?q=hemmelig").html
    assert member.get(f"{url}/vedlegg/{closed.id}").status_code == 404


def test_a_member_with_access_reads_the_closed_part(council, secretary, member, exempt_case):
    commands.save_paper(exempt_case, part=Part.CLOSED, text="Det som er unntatt", seen_version=0, by=secretary)
    closed = an_attachment(exempt_case, secretary, "Lukket bilag", is_closed=True)
    commands.grant_access(exempt_case, council.members[1], why="Innkalt")
    url = f"/kontor/saker/{exempt_case.id}"
    page = member.see(url).html
    file = member.get(f"{url}/vedlegg/{closed.id}").status_code

    commands.revoke_access(exempt_case, council.members[1])

    assert SECRET_TITLE in page
    assert "Det som er unntatt" in page
    assert file == 200
    assert "Det som er unntatt" not in member.see(url).html


def test_of_a_wholly_exempt_case_a_member_without_access_reads_nothing(council, secretary, member):
    case = an_exempt_case(council, secretary, Exemption.WHOLLY)
    attachment = an_attachment(case, secretary)

    assert "Bakgrunn for saken." not in member.see(f"/kontor/saker/{case.id}").html
    assert member.get(f"/kontor/saker/{case.id}/vedlegg/{attachment.id}").status_code == 403


def test_the_case_page_shows_what_is_missing_and_what_was_done(council, secretary, office):
    case = commands.create_case(council.council, kind=CaseKind.DECISION, scope=Scope.REGIONAL, title="Ny", by=secretary)
    db.session.commit()
    page = office.see(f"/kontor/saker/{case.id}")

    assert '<ol class="line">' in page.html
    assert page.html.count('data-color="warning">') >= 3
    assert "Sara Sekretær opprettet saken" in page.text


def test_a_case_is_made_with_its_facts_and_only_once(council, office):
    url = assert_sent_once(
        office,
        "/kontor/saker/ny",
        {
            "title": "Bompenger på riksvei 3",
            "kind": "statement",
            "scope": "national",
            "sdg": [9, 11],
            "minutes_needed": "20",
            "closed_words": "Hansen\n\nHemmeligveien 3\n",
        },
    )
    case = db.session.query(Case).one()

    assert url == f"/kontor/saker/{case.id}"
    assert (case.title, case.public_title, case.sdg, case.minutes_needed) == ("Bompenger på riksvei 3", "", [9, 11], 20)
    assert case.closed_words == ["Hansen", "Hemmeligveien 3"]
    assert case.officer is council.secretary


def test_saving_the_facts_loses_nothing_that_cannot_be_chosen_any_more(council, office):
    left = a_person("Hun Som Sluttet")
    case = a_case(council.council, officer=left, closed_words=["Hansen"])

    assert office.submit(f"/kontor/saker/{case.id}/rediger", archive_ref="2026/17").status_code == 303
    db.session.refresh(case)

    assert (case.officer_id, case.archive_ref, case.closed_words, case.version) == (left.id, "2026/17", ["Hansen"], 2)


@pytest.mark.parametrize("part", ["rediger", "unntak", "fremlegg"])
def test_a_save_from_an_old_page_gives_409_with_both_texts(council, office, part):
    case = a_case(council.council)
    fields = {"rediger": "title", "unntak": "until", "fremlegg": "text"}
    url, field = f"/kontor/saker/{case.id}/{part}", fields[part]
    stale = {"seen_version": "0", field: "Det jeg skrev"}

    response = send(office, url, stale)
    html = response.get_data(as_text=True)

    assert response.status_code == 409
    assert "Det jeg skrev" in html
    assert ("Bakgrunn for saken." if part == "fremlegg" else "Budsjett 2027") in html


@pytest.mark.parametrize("version", ["", "x", "²", HUGE, "9" * 5000])
def test_an_odd_version_is_an_old_one(council, office, version):
    case = a_case(council.council)

    for part in ("rediger", "unntak", "fremlegg"):
        assert send(office, f"/kontor/saker/{case.id}/{part}", {"seen_version": version}).status_code == 409


def test_an_exemption_is_registered_with_its_provision(council, office):
    case, basis = a_case(council.council, SECRET_TITLE), a_legal_basis()

    response = office.submit(
        f"/kontor/saker/{case.id}/unntak",
        exemption="partly",
        legal_basis=basis.id,
        public_title=NEUTRAL_TITLE,
        until="til saken er avgjort",
        wider_access="Vurdert, ikke gitt.",
        closed_words="Hemmelig",
    )
    db.session.refresh(case)

    assert response.status_code == 303
    assert (case.exemption, case.legal_basis_id, case.exempt_until) == (Exemption.PARTLY, basis.id, "til saken er avgjort")
    assert "offentleglova § 23" in office.see(f"/kontor/saker/{case.id}").text


def test_a_preview_shows_the_text_keeps_it_and_saves_nothing(council, office):
    case = a_case(council.council)
    typed = {"text": "## Bakgrunn\n\nNy **tekst**", "recommendation": "1. Vedtas."}

    response = send(office, f"/kontor/saker/{case.id}/fremlegg", typed, button="Forhåndsvis")
    html = response.get_data(as_text=True)

    assert response.status_code == 200
    assert "<strong>tekst</strong>" in html
    assert "Ny **tekst**" in html
    assert db.session.query(CasePaper).count() == 1


def test_what_was_previewed_can_be_saved_from_the_same_page(council, office):
    url = f"/kontor/saker/{a_case(council.council).id}/fremlegg"
    preview = send(office, url, {"text": "Ny tekst"}, button="Forhåndsvis")
    _, data = form_data(preview.get_data(as_text=True), form=0, button="Lagre", fields={})

    assert office.post(url, data=data).status_code == 303
    assert db.session.query(CasePaper).filter_by(version=2).one().text == "Ny tekst"


def test_the_longest_text_can_be_looked_at_and_saved(council, office):
    url = f"/kontor/saker/{a_case(council.council).id}/fremlegg"
    text = ("Et avsnitt om noe viktig. " * 20 + "\n\n") * 190

    assert send(office, url, {"text": text}, button="Forhåndsvis").status_code == 200
    assert send(office, url, {"text": text}).status_code == 303


def test_the_closed_part_is_written_and_previewed_by_staff(council, office, exempt_case):
    url = f"/kontor/saker/{exempt_case.id}/fremlegg/lukket"

    assert "<em>unntatt</em>" in send(office, url, {"text": "Det som er *unntatt*"}, button="Forhåndsvis").get_data(as_text=True)
    assert office.submit(url, text="Det som er unntatt").status_code == 303
    assert "Det som er unntatt" in office.see(f"/kontor/saker/{exempt_case.id}").text


def test_a_word_file_is_read_reviewed_saved_and_kept(council, office):
    case = a_case(council.council, state=CaseState.TAKEN_IN, paper=False)
    word = a_docx("Bakgrunn fra Word", table=[["Post", "Kroner"], ["Leie", "350 000"]], has_comments=True)

    response = office.submit(f"/kontor/saker/{case.id}/word", file=upload(word, "saks fremlegg æøå.docx"))
    review = office.see(response.headers["Location"])
    unsaved = db.session.query(CasePaper).count()
    saved = office.submit(response.headers["Location"])
    paper = db.session.query(CasePaper).one()
    original = office.get(f"/kontor/saker/{case.id}/fremlegg/original")

    assert "Kommentarer" in review.text
    assert unsaved == 0
    assert saved.status_code == 303
    assert "Bakgrunn fra Word" in paper.text
    assert "<table>" in paper.html
    assert original.data == word
    assert "saks%20fremlegg%20%C3%A6%C3%B8%C3%A5.docx" in original.headers["Content-Disposition"]


def test_the_word_file_can_be_fetched_after_the_text_has_been_changed_by_hand(council, secretary, office):
    case = a_case(council.council, paper=False, state=CaseState.IN_WORK)
    office.submit(office.submit(f"/kontor/saker/{case.id}/word", file=upload(a_docx("Fra Word"), "a.docx")).headers["Location"])
    office.submit(f"/kontor/saker/{case.id}/fremlegg", text="Rettet for hånd")

    assert office.get(f"/kontor/saker/{case.id}/fremlegg/original").status_code == 200


def test_a_stored_file_of_another_case_cannot_be_read_by_its_number(council, secretary, office):
    case = a_case(council.council)
    response = office.submit(f"/kontor/saker/{case.id}/word", file=upload(a_docx("Fra Word"), "a.docx"))
    token = response.headers["Location"].rpartition("/")[2]
    other = a_case(council.council, "En annen sak")

    assert office.get(f"/kontor/saker/{other.id}/word/{token}").status_code == 404
    assert office.get(f"/kontor/saker/{case.id}/word/1").status_code == 404
    send(office, f"/kontor/saker/{other.id}/fremlegg", {"source": token, "text": "Ny"})
    assert db.session.query(CasePaper).filter_by(case_id=other.id, version=2).one().source_file_id is None


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "a.docx"), (PDF, "a.docx"), (a_docx("x"), "a.pdf"), (b"PK\x03\x04 ikke en zip", "a.docx"), (PDF, "")]
)
def test_what_is_no_word_file_is_refused_beside_the_field(council, office, data, name):
    response = office.submit(f"/kontor/saker/{a_case(council.council).id}/word", file=upload(data, name))

    assert response.status_code == 422
    assert 'id="file-error"' in response.get_data(as_text=True)


def test_an_attachment_is_added_downloaded_and_removed(council, office):
    case = a_case(council.council)
    url = f"/kontor/saker/{case.id}"

    added = office.submit(f"{url}/vedlegg", title="Regnskap 2026", file=upload(name="C:\\mine\\regnskap ø.pdf"))
    attachment = db.session.query(Attachment).one()
    file = office.get(f"{url}/vedlegg/{attachment.id}")
    office.submit(url, form="fjern")
    db.session.refresh(attachment)

    assert added.status_code == 303
    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    assert attachment.removed_at is not None
    assert office.get(f"{url}/vedlegg/{attachment.id}").status_code == 404
    assert office.get(f"{url}/vedlegg/{HUGE}").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "", "file": upload}, "title"),
        ({"title": "x" * 201, "file": upload}, "title"),
        ({"title": "a\r\nb", "file": upload}, "title"),
        ({"title": "Regnskap"}, "file"),
        ({"title": "Regnskap", "file": lambda: upload(b"", "a.pdf")}, "file"),
        ({"title": "Regnskap", "file": lambda: upload(b"MZ\x90", "a.pdf")}, "file"),
        ({"title": "Regnskap", "file": lambda: upload(b"<svg onload=alert(1)>", "a.svg")}, "file"),
    ],
)
def test_a_bad_attachment_is_refused_beside_its_field(council, office, given, field):
    given = {name: value() if callable(value) else value for name, value in given.items()}

    response = office.submit(f"/kontor/saker/{a_case(council.council).id}/vedlegg", **given)

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.get_data(as_text=True)
    assert db.session.query(Attachment).count() == 0


def test_whoever_may_not_edit_stores_no_files(council, member):
    case = a_case(council.council)
    token = member.get("/kontor/forslag/nytt").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]

    for part, name, data in (("vedlegg", "a.pdf", PDF + b"% fra en som ikke kan"), ("word", "a.docx", a_docx("Fra en som ikke kan"))):
        sent = {"csrf_token": token, "_key": part, "title": "x", "file": upload(data, name)}
        assert member.post(f"/kontor/saker/{case.id}/{part}", data=sent).status_code == 403
        assert not list(store.folder().glob(f"*/{hashlib.sha256(data).hexdigest()}"))


def test_a_case_is_made_ready_by_a_choice_for_each_document(council, secretary, office):
    case = a_case(council.council, state=CaseState.IN_WORK)
    attachment = an_attachment(case, secretary)
    url = f"/kontor/saker/{case.id}/klar"
    fresh = office.see(url).html

    response = office.submit(url, **{"paper_on_web": "ja", f"attachment_{attachment.id}": "nei"})
    db.session.expire_all()

    assert " checked" not in fresh
    assert response.status_code == 303
    assert (case.state, case.paper_on_web, attachment.on_web) == (CaseState.READY, True, False)


def test_the_closed_documents_stand_on_no_choice(council, secretary, office):
    case = an_exempt_case(council, secretary, state=CaseState.IN_WORK)
    closed = an_attachment(case, secretary, is_closed=True)

    assert f"attachment_{closed.id}" not in office.see(f"/kontor/saker/{case.id}/klar").html


def test_a_case_is_withdrawn_after_a_second_look(council, office):
    case = a_case(council.council)

    office.see(f"/kontor/saker/{case.id}/trekk")
    before = case.state
    response = office.submit(f"/kontor/saker/{case.id}/trekk")
    db.session.refresh(case)

    assert before is CaseState.READY
    assert response.status_code == 303
    assert case.state is CaseState.WITHDRAWN


def test_looking_at_a_page_asks_few_questions(app, council, secretary, office):
    for _ in range(12):
        an_exempt_case(council, secretary)
    asked = []
    listen = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    office.see("/kontor/saker")
    event.remove(db.engine, "before_cursor_execute", listen)

    assert len([one for one in asked if one.startswith("SELECT")]) < 15
