"""Publishing: asked for, made by the worker, read by everybody, corrected, and taken back."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import brotli
import icalendar
import pytest
from sqlalchemy import delete, select
from werkzeug.test import Client
from werkzeug.wrappers import Response

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.cases.models import Exemption
from meetingapp.core import clock
from meetingapp.core.database import db, short_write
from meetingapp.core.forms import RuleBroken
from meetingapp.invitations import commands as invitation_commands
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.portal.app import Portal
from meetingapp.portal.models import Page as StoredPage
from meetingapp.publishing import commands, pages, queries
from meetingapp.publishing.models import Publication, PublicationState, Snapshot, SnapshotKind
from tests.core.ics_lint import lint_ics
from tests.factories import TestCouncil, a_case, a_council, a_legal_basis, a_meeting
from tests.hostile import assert_refused
from tests.minutes.sitting import Sitting, opened

Work = Callable[[], int]


@pytest.fixture
def sitting(council: TestCouncil) -> Sitting:
    """An open meeting with one case."""
    return opened(council, "Budsjett 2027")


@pytest.fixture
def site(portal: Portal) -> Client:
    """A stranger's client at the public site."""
    return Client(portal, Response)


def _publish(sitting: Sitting, work: Work) -> Publication:
    commands.publish_meeting(sitting.meeting, by=sitting.by)
    work()
    found = queries.last_of(SnapshotKind.MEETING, sitting.meeting.id)
    assert found is not None
    assert found.state is PublicationState.PUBLIC, found.found
    return found


def _path(sitting: Sitting) -> str:
    return f"/moter/{sitting.meeting.slug}"


def test_nothing_is_published_before_the_agenda_is_fixed(council: TestCouncil, signed_in: Any) -> None:
    meeting = a_meeting(council)
    with pytest.raises(RuleBroken):
        commands.publish_meeting(meeting, by=Actor(council.secretary))
    page = signed_in(council.secretary).see(f"/kontor/moter/{meeting.id}/kunngjor")

    assert [form for form in page.forms if form.in_main and form.buttons] == []
    assert db.session.query(Publication).count() == 0


def test_the_secretary_publishes_by_a_form(council: TestCouncil, sitting: Sitting, work: Work, site: Client, signed_in: Any) -> None:
    browser = signed_in(council.secretary)
    assert site.get(_path(sitting)).status_code == 404
    answer = browser.submit(f"/kontor/moter/{sitting.meeting.id}/kunngjor")
    assert answer.status_code == 303
    work()

    assert "Budsjett 2027" in site.get(_path(sitting)).get_data(as_text=True)
    for path in ("/", "/moter", "/vedtak", "/saker/rr/2026/1", "/utvalg/regionradet", "/oppfolging", "/robots.txt"):
        assert site.get(path).status_code == 200, path


def test_a_page_has_an_etag_and_answers_304_and_head(sitting: Sitting, work: Work, site: Client) -> None:
    _publish(sitting, work)
    whole = site.get(_path(sitting))
    etag = whole.headers["ETag"]
    again = site.get(_path(sitting), headers={"If-None-Match": etag})
    weak = site.get(_path(sitting), headers={"If-None-Match": f'"x", W/{etag}'})
    head = site.head(_path(sitting))

    assert (whole.status_code, whole.mimetype) == (200, "text/html")
    assert (again.status_code, again.data, weak.status_code) == (304, b"", 304)
    assert site.get(_path(sitting), headers={"If-None-Match": '"x"'}).status_code == 200
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", etag)
    assert head.headers["Content-Length"] == str(len(whole.data))


def test_every_encoding_is_the_same_page_with_an_etag_of_its_own(sitting: Sitting, work: Work, site: Client) -> None:
    _publish(sitting, work)
    plain, br, gz = (site.get(_path(sitting), headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip, br", "gzip, br;q=0"))

    assert [answer.headers.get("Content-Encoding") for answer in (plain, br, gz)] == [None, "br", "gzip"]
    assert brotli.decompress(br.data) == gzip.decompress(gz.data) == plain.data
    assert len({answer.headers["ETag"] for answer in (plain, br, gz)}) == 3
    assert all(answer.headers["Vary"] == "Accept-Encoding" for answer in (plain, br, gz))


@pytest.mark.parametrize("path", ["/", "/finnes-ikke", "/moter?side=2"])
def test_no_answer_sets_a_cookie_or_allows_anything_unsafe(sitting: Sitting, work: Work, site: Client, path: str) -> None:
    _publish(sitting, work)
    answer = site.get(path)

    assert "Set-Cookie" not in answer.headers
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.get_data(as_text=True)


def test_publishing_again_replaces_the_former(sitting: Sitting, work: Work, site: Client) -> None:
    first = _publish(sitting, work)
    before = site.get(_path(sitting)).headers["ETag"]
    sitting.meeting.place = "Samfunnshuset"
    second = _publish(sitting, work)
    versions = db.session.scalars(select(Snapshot.version).where(Snapshot.path == _path(sitting)).order_by(Snapshot.id)).all()

    assert (first.state, second.state) == (PublicationState.REPLACED, PublicationState.PUBLIC)
    assert list(versions) == [1, 2]
    page = site.get(_path(sitting), headers={"If-None-Match": before})
    assert page.status_code == 200
    assert "Samfunnshuset" in page.get_data(as_text=True)


def test_the_minutes_come_with_the_lock_and_a_correction_shows(sitting: Sitting, work: Work, site: Client) -> None:
    sitting.locked(pdf=True)
    _publish(sitting, work)
    first = site.get(_path(sitting)).get_data(as_text=True)
    assert "Forslaget vedtas." in first
    assert "Feil år" not in first
    second = sitting.corrected("Forslaget vedtas for 2027.", "Feil år i vedtaket.", pdf=True)
    assert "2027" not in first.partition("Forslaget vedtas")[2][:20]
    _publish(sitting, work)
    page, pdf = site.get(_path(sitting)), site.get(f"{_path(sitting)}/motebok.pdf")

    assert "Forslaget vedtas for 2027." in page.get_data(as_text=True)
    assert "Feil år i vedtaket." in page.get_data(as_text=True)
    assert second.sha256[:4] in page.get_data(as_text=True)
    assert (pdf.status_code, pdf.mimetype, pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert "motebok-" in pdf.headers["Content-Disposition"]


def test_what_is_taken_back_says_why_at_page_and_pdf(
    council: TestCouncil, sitting: Sitting, work: Work, site: Client, signed_in: Any
) -> None:
    sitting.locked(pdf=True)
    publication = _publish(sitting, work)
    browser, url = signed_in(council.secretary), f"/kontor/kunngjoringer/{publication.id}/trekk"
    assert_refused(browser, url, {"reason": "  "}, "reason")
    assert browser.submit(url, reason="Et navn sto der ved en feil.").status_code == 303
    work()

    for path in (_path(sitting), f"{_path(sitting)}/motebok.pdf"):
        answer = site.get(path)
        assert answer.status_code == 410, path
        assert answer.mimetype == "text/html"
        assert "Et navn sto der ved en feil." in answer.get_data(as_text=True)
        assert "Forslaget vedtas." not in answer.get_data(as_text=True)
        assert site.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 410
    assert _path(sitting) not in site.get("/moter").get_data(as_text=True)
    assert browser.submit(url, reason="En gang til.").status_code == 422


def test_what_was_taken_back_can_be_published_anew(sitting: Sitting, work: Work, site: Client) -> None:
    commands.recall(_publish(sitting, work), reason="Feil dato.", by=sitting.by)
    work()
    assert site.get(_path(sitting)).status_code == 410
    again = _publish(sitting, work)

    assert site.get(_path(sitting)).status_code == 200
    assert again.snapshot is not None
    assert again.snapshot.version == 2


def _etags() -> dict[str, str]:
    return {row.path: row.etag for row in db.session.execute(select(StoredPage.path, StoredPage.etag))}


def test_rebuilding_changes_nothing_even_from_an_empty_database(sitting: Sitting, work: Work) -> None:
    _publish(sitting, work)
    before = _etags()
    db.session.rollback()
    with clock.frozen(clock.now() + timedelta(days=40)):
        pages.rebuild(sitting.council.council)
        assert _etags() == before
        db.session.rollback()
        with short_write("public") as connection:
            connection.execute(delete(StoredPage.__table__))  # type: ignore[arg-type]
        assert _etags() == {}
        db.session.rollback()
        pages.rebuild(sitting.council.council)

    assert len(before) > 10
    assert _etags() == before


def test_the_calendar_everybody_may_read_names_nobody(sitting: Sitting, work: Work, site: Client) -> None:
    _publish(sitting, work)
    answer = site.get("/kalender/regionradet.ics")
    calendar = icalendar.Calendar.from_ical(answer.data)
    (event,) = calendar.events

    assert answer.mimetype == "text/calendar"
    assert lint_ics(answer.data) == []
    assert "METHOD" not in calendar  # what is subscribed to is no notice to anybody
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event
    assert str(event["UID"]) != sitting.meeting.calendar_uid
    assert sitting.meeting.calendar_uid.encode() not in answer.data
    assert event.start == sitting.meeting.starts_at


def test_the_public_site_needs_no_office(house: Any, sitting: Sitting, work: Work, site: Client) -> None:
    _publish(sitting, work)
    _app, settings, databases = house
    path = _path(sitting)
    db.session.rollback()
    with databases.without_office(settings.var_dir):
        for address in ("/", path, "/kalender/regionradet.ics", f"{path}?fra=epost"):
            assert site.get(address).status_code == 200, address


def test_the_agenda_is_published_with_the_call(council: TestCouncil, work: Work, site: Client) -> None:
    by, meeting = Actor(council.secretary), a_meeting(council)
    agenda_commands.add_cases(meeting, [a_case(council.council, "Møteplan 2027")], by=by)
    agenda_commands.fix_agenda(meeting, by=by)
    invitation_commands.call_meeting(meeting, by=by, reply_by=clock.today() + timedelta(days=7), publish_agenda=True)
    db.session.commit()
    assert site.get(f"/moter/{meeting.slug}").status_code == 404
    work()

    assert "Møteplan 2027" in site.get(f"/moter/{meeting.slug}").get_data(as_text=True)
    assert {one.asked_by for one in db.session.query(Publication)} == {council.secretary}


def test_only_the_secretary_publishes_and_takes_back(council: TestCouncil, sitting: Sitting, work: Work, signed_in: Any) -> None:
    publication = _publish(sitting, work)
    asked = db.session.query(Publication).count()
    publish, recall = f"/kontor/moter/{sitting.meeting.id}/kunngjor", f"/kontor/kunngjoringer/{publication.id}/trekk"
    member, outsider = signed_in(council.members[1]), signed_in(a_council("En annen IPR").secretary)

    assert [member.get(url).status_code for url in (publish, recall, "/kontor/kunngjoringer")] == [403, 404, 403]
    assert [outsider.get(url).status_code for url in (publish, recall)] == [404, 404]
    assert {browser.post(url).status_code for browser in (member, outsider) for url in (publish, recall)} <= {400, 403, 404}
    assert db.session.query(Publication).count() == asked
    assert publication.state is PublicationState.PUBLIC


def test_a_meeting_moved_back_before_the_worker_comes_is_held(sitting: Sitting, work: Work) -> None:
    commands.publish_meeting(sitting.meeting, by=sitting.by)
    sitting.meeting.state = MeetingState.PLANNED
    work()
    found = queries.last_of(SnapshotKind.MEETING, sitting.meeting.id)

    assert found is not None
    assert (found.state, [hit["kind"] for hit in found.found]) == (PublicationState.HELD, ["not_ready"])


@pytest.mark.shows("L15")
def test_agenda_and_open_papers_are_public_with_the_call_and_no_word_of_an_exempt_title_is(
    council: TestCouncil, work: Work, site: Client
) -> None:
    by, meeting = Actor(council.secretary), a_meeting(council)
    open_case = a_case(council.council, "Møteplan 2027", paper_on_web=True)
    basis = a_legal_basis()
    exempt = a_case(council.council, "Tilsetting av Kanarifugl", public_title="Personalsak", exemption=Exemption.WHOLLY, legal_basis=basis)
    agenda_commands.add_cases(meeting, [open_case, exempt], by=by)
    agenda_commands.fix_agenda(meeting, by=by)
    invitation_commands.call_meeting(meeting, by=by, reply_by=clock.today() + timedelta(days=7), publish_agenda=True)
    work()

    page = site.get(f"/moter/{meeting.slug}").get_data(as_text=True)
    assert "Møteplan 2027" in page
    assert "Personalsak" in page
    assert basis.label in page
    assert "Bakgrunn for saken." in site.get("/saker/rr/2026/1").get_data(as_text=True)
    stored = db.session.scalars(select(StoredPage)).all()
    assert {"/", "/moter", f"/moter/{meeting.slug}", "/kalender/regionradet.ics", "/feed/regionradet.atom"} <= {row.path for row in stored}
    assert [row.path for row in stored if b"Kanarifugl" in row.plain or "kanarifugl" in row.path] == []


def test_a_years_meetings_stand_in_plan_and_calendar_from_the_day_they_are_planned(
    council: TestCouncil, work: Work, site: Client, signed_in: Any
) -> None:
    browser = signed_in(council.secretary)
    rule = {"body": council.body.id, "year": 2027, "which": 2, "weekday": 4, "months": [2, 6], "days": "", "place": "Rådhuset"}
    address = f"/kontor/moter/arsplan/ny?{urlencode(rule | {'starts': '09.00', 'ends': '13.00'}, doseq=True)}"
    assert browser.submit(address).status_code == 303
    work()

    assert "fredag 11. juni 2027" in site.get("/moteplan").get_data(as_text=True)
    feed = icalendar.Calendar.from_ical(site.get("/kalender/regionradet.ics").get_data())
    assert [event.start.date().isoformat() for event in feed.events] == ["2027-02-12", "2027-06-11"]
    before = {str(event["UID"]) for event in feed.events}
    meeting = db.session.scalars(select(Meeting).order_by(Meeting.starts_at)).first()
    agenda_commands.add_cases(meeting, [a_case(council.council, "Budsjett")], by=None)
    agenda_commands.fix_agenda(meeting, by=None)
    agenda_commands.edit(meeting, by=None, **_facts(meeting) | {"place": "Biblioteket"})
    commands.publish_meeting(meeting, by=None)
    work()

    again = icalendar.Calendar.from_ical(site.get("/kalender/regionradet.ics").get_data())
    assert {str(event["UID"]) for event in again.events} == before
    assert "Biblioteket" in site.get("/moteplan").get_data(as_text=True)


def _facts(meeting: Meeting) -> dict[str, Any]:
    names = ("starts_at", "ends_at", "place", "form", "title", "online_url", "chair")
    return {name: getattr(meeting, name) for name in names} | {"seen_version": meeting.version}
