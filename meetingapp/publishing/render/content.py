"""One maker for each kind of snapshot. Titles are the public ones; nothing closed is read here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import CaseNumber, ItemKind
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case, Exemption, Part
from meetingapp.cases.words import KINDS
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import LANGUAGES, speaking, spoken
from meetingapp.core.text import markdown
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Council, SeatRole
from meetingapp.followups import queries as followup_queries
from meetingapp.followups.commands import name_of
from meetingapp.followups.models import Action, ActionState
from meetingapp.followups.words import COMMITMENT_STATES
from meetingapp.meetings import words as meeting_words
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.models import Edition
from meetingapp.publishing import queries
from meetingapp.publishing.models import Publication, SnapshotKind
from meetingapp.strategy import queries as strategy_queries
from meetingapp.strategy.models import Agreement, AgreementState, Commitment


class NotReady(Exception):
    """The facts have moved since it was asked for: the state does not allow it (any more)."""


@dataclass(frozen=True)
class Content:
    """A snapshot before it is stored."""

    path: str
    title: str
    html: str
    data: dict[str, Any]
    pdf: bytes | None = None
    file_names: list[str] = field(default_factory=list)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)  # language → title, html and data with the same facts

    @property
    def text(self) -> str:
        return markdown.plain(self.html)

    @property
    def other_texts(self) -> list[str]:
        return [said for told in self.others.values() for said in (markdown.plain(told["html"]), told["title"])]


def content_of(publication: Publication) -> Content:
    """What `publication` asks to make public, as the facts are now: in the council's language, and told in the others.

    :raises NotReady: when the thing is gone or its state does not allow it
    """
    makers = {
        SnapshotKind.MEETING: _meeting,
        SnapshotKind.CASE: _case,
        SnapshotKind.BODY: _body,
        SnapshotKind.ACTIONS: _actions,
        SnapshotKind.AGREEMENT: _agreement,
        SnapshotKind.PLAN: _plan,
    }
    maker = makers.get(publication.kind)
    if maker is None:
        raise NotReady(publication.kind.value)
    own = publication.council.default_language
    with speaking(own):
        content = maker(publication)
    for language in LANGUAGES:
        if language != own:
            with speaking(language):
                told = maker(publication)
            content.others[language] = {"title": told.title, "html": told.html, "data": told.data}
    return content


def case_path(number: CaseNumber) -> str:
    """ "/saker/rr/2026/13"."""
    return f"/saker/{number.series.lower()}/{number.year}/{number.number}"


def meeting_path(meeting: Meeting) -> str:
    return f"/moter/{meeting.slug}"


def _plan(publication: Publication) -> Content:
    """When and where the council meets: facts of the meetings alone, nothing of their agendas."""
    council = publication.council
    meetings: list[dict[str, Any]] = [
        {
            "path": meeting_path(meeting),
            "name": meeting.title or meeting_words.names(meeting.bodies),
            "co_hosts": meeting_words.co_hosts(meeting),
            "starts": meeting.starts_at.isoformat(),
            "ends": meeting.ends_at.isoformat(),
            "day": dates.long_date(clock.local(meeting.starts_at), language=spoken()),
            "span": dates.time_span(meeting.starts_at, meeting.ends_at, language=spoken()),
            "place": meeting.place or _("On screen"),
            "state": meeting.state.value,
            "bodies": [body.slug for body in meeting.bodies],
            "sequence": meeting.sequence,
        }
        for meeting in queries.meetings_of_plan(council.id)
    ]
    html = render_template("portal/fragments/plan.html", meetings=meetings)
    return Content("/moteplan", _("Meeting plan"), html, {"meetings": meetings})


def _exempt(case: Case) -> str:
    return _("Exempt from public access, see %(basis)s", basis=case.legal_basis.label) if case.legal_basis is not None else ""


def _paper(case: Case) -> dict[str, str] | None:
    """The open case paper, if it was chosen for the net."""
    paper = case.paper(Part.OPEN)
    if paper is None or case.paper_on_web is not True or case.exemption is Exemption.WHOLLY:
        return None
    return {"html": paper.html, "recommendation": paper.recommendation_html}


def _files(case: Case, path: str) -> list[dict[str, str]]:
    """The attachments that were chosen for the net: those whose words the gate can read, which are PDFs. Each has its own address."""
    if case.exemption is Exemption.WHOLLY:
        return []
    chosen = [one for one in case_queries.open_attachments(case) if one.on_web is True and one.file.media_type == "application/pdf"]
    files = [
        {"path": f"{path}/vedlegg-{n}.pdf", "title": one.title, "name": one.file_name, "sha256": one.file.sha256}
        for n, one in enumerate(sorted(chosen, key=lambda one: one.id), start=1)
    ]
    return sorted(files, key=lambda file: file["title"].casefold())


def _meeting(publication: Publication) -> Content:
    meeting = db.session.get(Meeting, publication.about)
    if meeting is None or meeting.state is MeetingState.PLANNED:
        raise NotReady("agenda")
    edition = minutes_queries.latest_edition(meeting)
    numbers = agenda_queries.numbers_for(meeting)
    lines = []
    for line in agenda_queries.timetable(meeting):
        case = line.item.case
        number = numbers.get(line.item.case_id) if line.item.case_id else None
        lines.append(
            {
                "time": dates.hour(line.starts_at, language=spoken()),
                "label": line.label,
                "number": number.text if number else "",
                "href": case_path(number) if number else "/oppfolging" if line.item.kind is ItemKind.FOLLOW_UP else "",
                "title": agenda_queries.title_of(line.item, public=True),
                "language": case.language if case is not None else meeting.body.language,
                "is_break": line.item.kind is ItemKind.BREAK,
                "speakers": line.item.speakers,
                "exempt": _exempt(case) if case is not None and case.is_exempt else "",
                "paper": _paper(case) if case is not None else None,
            }
        )
    record = dict(edition.document) if edition is not None else None
    if record is not None:
        hrefs = {row.case_id: case_path(row) for row in numbers.values()}
        record["items"] = [{**item, "href": hrefs.get(item["case_id"], "")} for item in record["items"]]
    start = clock.local(meeting.starts_at)
    data: dict[str, Any] = {
        "heading": meeting_words.heading(meeting),
        "name": meeting.title or meeting.body.name,
        "starts": meeting.starts_at.isoformat(),
        "ends": meeting.ends_at.isoformat(),
        "place": meeting.place or _("On screen"),
        "co_hosts": meeting_words.co_hosts(meeting),
        "state": meeting.state.value,
        "bodies": [body.slug for body in meeting.bodies],
        "sequence": meeting.sequence,
        "changed": (meeting.called_at or meeting.created_at).isoformat(),
        "decisions": _decisions(record),
        "edition": _edition(edition),
        "pdf": f"{meeting_path(meeting)}/motebok.pdf" if edition is not None and edition.pdf_file is not None else "",
    }
    opened, ended = meeting.opened_at or meeting.starts_at, meeting.ended_at or meeting.ends_at
    span = (opened, ended) if record is not None else (meeting.starts_at, meeting.ends_at)
    html = render_template(
        "portal/fragments/meeting.html",
        meeting=data,
        lines=lines,
        record=record,
        led_by=_led_by(record) if record is not None else [],
        when=f"{dates.long_date(start, language=spoken())} {dates.time_span(*span, language=spoken())}",
    )
    pdf = store.read(edition.pdf_file) if edition is not None and edition.pdf_file is not None else None
    names = [f"motebok-{meeting.slug}.pdf"] if pdf else []
    return Content(meeting_path(meeting), data["heading"], html, data, pdf, names)


def _led_by(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Who led the meeting and who kept the minutes: the record's names, under headings in the language that is spoken."""
    with speaking(record["language"]):
        written = [_("Chair"), _("Secretary")]
    shown = dict(zip(written, [_("Chair"), _("Secretary")], strict=True))
    return [(shown.get(heading, heading), name) for heading, name in record["facts"][2:]]


def _edition(edition: Edition | None) -> dict[str, Any] | None:
    if edition is None:
        return None
    return {
        "number": edition.number,
        "locked": dates.full_date(clock.local(edition.locked_at), language=spoken()),
        "sha256": edition.sha256,
        "approvals": edition.document.get("approvals", []),
        "corrections": [older.correction for older in edition.minutes.editions if older.correction and older.number <= edition.number],
    }


def _decisions(record: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What was decided, for lists: number, title, address, how."""
    if record is None:
        return []
    rows = []
    for item in record["items"]:
        if item["number"] and item["decision"]:
            main = [vote for vote in item["votes"] if vote["is_main"]]
            rows.append(
                {
                    "number": item["number"],
                    "title": item["title"],
                    "language": item["language"] or record["language"],
                    "href": item["href"],
                    "how": _how(item, main[-1] if main else None),
                    "exempt": bool(item["exempt"]),
                    "icon": "right" if item["postponed"] else "half" if main and main[-1]["casting"] else "check",
                }
            )
    return rows


def _how(item: dict[str, Any], vote: dict[str, Any] | None) -> str:
    if item["postponed"]:
        return _("Postponed")
    if vote is None:
        return ""
    if vote["result"] == "unanimous":
        return _("Unanimous")
    if vote["casting"]:
        return _("%(for_)s–%(against)s, the chair's casting vote", for_=vote["for"], against=vote["against"])
    return f"{vote['for']}–{vote['against']}"


def _case(publication: Publication) -> Content:
    case = db.session.get(Case, publication.about)
    numbers = agenda_queries.numbers_of_cases([publication.about]).get(publication.about, [])
    if case is None or not numbers or not case.public_title:
        raise NotReady("number")
    path, meetings, decisions = case_path(numbers[-1]), [], []
    for item in agenda_queries.items_of_case(case):
        if item.meeting.state is MeetingState.PLANNED:
            continue
        meetings.append({"heading": meeting_words.heading(item.meeting), "href": meeting_path(item.meeting)})
        edition = minutes_queries.latest_edition(item.meeting)
        if edition is not None:
            language = edition.document["language"]
            decisions += [
                {"meeting": meeting_words.heading(item.meeting), "href": meeting_path(item.meeting), "item": entry, "language": language}
                for entry in edition.document["items"]
                if entry["case_id"] == case.id
            ]
    data: dict[str, Any] = {
        "number": numbers[-1].text,
        "numbers": [number.text for number in numbers],
        "title": case.public_title,
        "kind": str(KINDS[case.kind]),
        "area": f"{case.main_area.code} {case.main_area.title}" if case.main_area is not None else "",
        "exempt": _exempt(case) if case.is_exempt else "",
        "language": case.language,
        "decided": bool(decisions),
        "files": _files(case, path),
        "also": [case_path(number) for number in numbers[:-1]],
    }
    actions = [_action(action) for action in followup_queries.actions_from(case) if action.is_public]
    html = render_template(
        "portal/fragments/case.html", case=data, paper=_paper(case), meetings=meetings, decisions=decisions, actions=actions
    )
    names = [file["name"] for file in data["files"]]
    return Content(path, f"{numbers[-1].text} {case.public_title}", html, data, file_names=names)


def _body(publication: Publication) -> Content:
    body = db.session.get(Body, publication.about)
    if body is None:
        raise NotReady("body")
    today = clock.today()
    seats = council_queries.seats_on(body, today, SeatRole.MEMBER, SeatRole.DEPUTY)
    members = [
        {
            "name": seat.person.name,
            "organisation": seat.organisation.short_name if seat.organisation else "",
            "office": seat.office.value if seat.office else "",
            "list": seat.party_list,
            "rank": seat.rank or 0,
            "is_deputy": seat.role is SeatRole.DEPUTY,
        }
        for seat in seats
    ]
    data = {"name": body.name, "slug": body.slug, "on": today.isoformat(), "members": members}
    html = render_template(
        "portal/fragments/body.html", body=data, calendar=f"/kalender/{body.slug}.ics", when=dates.full_date(today, language=spoken())
    )
    return Content(f"/utvalg/{body.slug}", body.name, html, data)


def _action(action: Action) -> dict[str, Any]:
    today = clock.today()
    return {
        "title": action.title,
        "owners": [{"name": name_of(part), "done": part.state is ActionState.DONE} for part in action.owners],
        "due": action.due.isoformat() if action.due else "",
        "due_said": dates.full_date(action.due, language=spoken()) if action.due else "",
        "state": action.state.value,
        "days_over": action.days_over(today),
    }


def _actions(publication: Publication) -> Content:
    council = db.session.get(Council, publication.about)
    if council is None:
        raise NotReady("council")
    actions = [a for a in followup_queries.public_actions(council.id) if a.case is None or not a.case.is_exempt]
    numbers = agenda_queries.numbers_of_cases([a.case_id for a in actions if a.case_id is not None])
    rows = []
    for action in actions:
        number = numbers[action.case_id][-1] if action.case_id in numbers else None
        rows.append({**_action(action), "number": number.text if number else "", "href": case_path(number) if number else ""})
    rows.sort(key=lambda row: (row["state"] in ("done", "dropped"), row["due"] or "9999", row["title"]))
    data = {"on": clock.today().isoformat(), "actions": rows}
    html = render_template("portal/fragments/actions.html", actions=rows, when=dates.full_date(clock.today(), language=spoken()))
    return Content("/oppfolging", _("Follow-up"), html, data)


def _agreement(publication: Publication) -> Content:
    agreement = db.session.get(Agreement, publication.about)
    if agreement is None or agreement.state is AgreementState.DRAFT:
        raise NotReady("agreement")
    statuses = followup_queries.newest_statuses([commitment.id for commitment in agreement.commitments])
    owed = strategy_queries.owed(agreement)

    def shown(commitment: Commitment) -> dict[str, str]:
        status = statuses.get(commitment.id)
        word = str(COMMITMENT_STATES[status.state][0]) if status is not None else ""
        return {"clause": commitment.clause, "text": commitment.text, "status": word, "evidence": status.evidence if status else ""}

    lists = [
        (_("The municipalities owe"), [shown(one) for one in owed.municipalities]),
        (_("The county owes"), [shown(one) for one in owed.county]),
        (_("Both owe"), [shown(one) for one in owed.both]),
        (_("Others owe"), [shown(one) for one in owed.others]),
    ]
    data = {
        "parties": [party.organisation.short_name for party in agreement.parties],
        "period": f"{agreement.valid_from.year}–{agreement.valid_to.year if agreement.valid_to else ''}",
    }
    html = render_template("portal/fragments/agreement.html", agreement=data, lists=lists)
    return Content(f"/avtaler/{agreement.slug}", agreement.title, html, data)
