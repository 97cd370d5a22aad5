"""The verbs of a case: proposed, taken in, written, exempted, made ready; and its way through meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.cases.models import Attachment, Case, CaseKind, CasePaper, CaseState, Exemption, PaperAccess, Part, Scope
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.core.mail.post import post_letter
from meetingapp.core.text import markdown
from meetingapp.council.models import Council, LegalBasis, Matter, Organisation, Person
from meetingapp.strategy.models import Commitment, StrategyArea

NEEDS_RECOMMENDATION = (CaseKind.DECISION, CaseKind.STATEMENT, CaseKind.APPLICATION)
BEFORE_AGENDA = (CaseState.TAKEN_IN, CaseState.IN_WORK, CaseState.READY, CaseState.POSTPONED, CaseState.SENT_BACK)


def propose(
    council: Council,
    *,
    title: str,
    text: str,
    person: Person,
    organisation: Organisation | None,
    by: audit.Doer | None,
    kind: CaseKind = CaseKind.DISCUSSION,
) -> Case:
    """Write down a proposal by `person`, for `organisation` if they speak for one. The secretary answers it.

    :param text: Markdown
    """
    case = Case(
        council=council,
        kind=kind,
        scope=Scope.REGIONAL,
        title=_one_line(title),
        language=person.language,
        state=CaseState.PROPOSED,
        proposal=text.strip(),
        proposed_at=clock.now(),
        proposed_by=person,
        proposed_for=organisation,
        created_at=clock.now(),
    )
    db.session.add(case)
    audit.record("case.propose", case, by=by)
    return case


def take_in(case: Case, *, answer: str, by: audit.Doer | None) -> None:
    """Take a proposal in as a case; the proposer gets a letter.

    :raises RuleBroken: when it has been answered already
    """
    _answer(case, CaseState.TAKEN_IN, answer, by)
    if case.proposal and not case.papers:
        db.session.add(
            CasePaper(
                case=case, part=Part.OPEN, version=1, text=case.proposal, html=str(markdown.render(case.proposal)), saved_at=clock.now()
            )
        )


def decline(case: Case, *, reason: str, by: audit.Doer | None) -> None:
    """Decline a proposal with a reason; the proposer gets a letter.

    :raises RuleBroken: without a reason, or when it has been answered already
    """
    if not reason.strip():
        raise RuleBroken(_("Write why the proposal is declined. The proposer gets to read it."), field="answer")
    _answer(case, CaseState.DECLINED, reason, by)


def _answer(case: Case, state: CaseState, answer: str, by: audit.Doer | None) -> None:
    if case.state is not CaseState.PROPOSED:
        raise RuleBroken(_("This proposal has been answered already."), next_step=_("Open the case to see the answer."))
    case.state, case.answer, case.answered_at = state, answer.strip(), clock.now()
    audit.record("case.answer", case, by=by, state=state.value)
    if case.proposed_by is not None:
        post_letter(
            "proposal-answer",
            about=case.id,
            to_name=case.proposed_by.name,
            to_address=case.proposed_by.email,
            realm=case.council_id,
            version=state.value,
        )


def create_case(council: Council, *, kind: CaseKind, scope: Scope, title: str, by: audit.Doer | None, **facts: Any) -> Case:
    """A new case in work. `facts` as `edit_facts` takes them."""
    case = Case(council=council, kind=kind, scope=scope, title=_one_line(title), state=CaseState.IN_WORK, created_at=clock.now())
    _write_facts(case, **facts)
    db.session.add(case)
    audit.record("case.create", case, by=by, kind=kind.value)
    return case


def edit_facts(case: Case, *, seen_version: int | None, by: audit.Doer | None, **facts: Any) -> None:
    """Change the facts of a case: kind, scope, titles, areas, officer, archive reference …

    :raises Stale: when someone has saved since `seen_version`
    :raises RuleBroken: when a rule says no
    """
    check_version(case.version, seen_version, now=case.title, typed=str(facts.get("title", "")))
    _write_facts(case, **facts)
    case.version += 1
    if case.state is CaseState.TAKEN_IN:
        case.state = CaseState.IN_WORK
    audit.record("case.edit", case, by=by)


def _write_facts(
    case: Case,
    *,
    kind: CaseKind | None = None,
    scope: Scope | None = None,
    title: str | None = None,
    public_title: str = "",
    matter: Matter = Matter.GENERAL,
    main_area: StrategyArea | None = None,
    side_areas: Sequence[StrategyArea] = (),
    sdg: Sequence[int] = (),
    officer: Person | None = None,
    commitment: Commitment | None = None,
    archive_ref: str = "",
    language: str = "nb",
    minutes_needed: Any = 15,
    closed_words: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> None:
    is_exempt = case.exemption not in (None, Exemption.NONE)  # a new row has no value before it is stored
    if is_exempt and not public_title.strip():
        raise RuleBroken(_("An exempt case needs a public title that gives nothing away."), field="public_title")
    for area in (main_area, *side_areas):
        if area is not None and area.council_id != case.council.id:
            raise RuleBroken(_("This strategy area belongs to another council."), field="main_area")
    if main_area is not None and main_area in side_areas:
        raise RuleBroken(_("The main area cannot be a side area too."), field="side_areas")
    case.kind, case.scope = kind or case.kind, scope or case.scope
    case.title = _one_line(title) if title is not None else case.title
    case.public_title, case.matter, case.main_area, case.officer = _one_line(public_title), matter, main_area, officer
    case.side_areas, case.sdg, case.commitment = list(side_areas), sorted(set(sdg)), commitment
    case.archive_ref, case.language, case.minutes_needed = archive_ref.strip(), language, int(minutes_needed)
    case.closed_words = [word.strip() for word in closed_words if word.strip()]
    if details is not None:
        case.details = dict(details)


def set_exemption(
    case: Case,
    *,
    exemption: Exemption,
    legal_basis: LegalBasis | None,
    public_title: str,
    by: audit.Doer | None,
    until: str = "",
    wider_access: str = "",
    closed_words: Sequence[str] = (),
) -> None:
    """Exempt a case wholly or partly from public access, or take the exemption away.

    :param until: to when, in words
    :param wider_access: whether giving access anyway was considered, and the result (offentleglova § 11)
    :raises RuleBroken: without a legal basis or a public title of its own
    :source: offentleglova §§ 11–26
    """
    if exemption is not Exemption.NONE:
        if legal_basis is None:
            raise RuleBroken(_("Choose the provision that allows it."), field="legal_basis")
        if not public_title.strip():
            raise RuleBroken(_("An exempt case needs a public title that gives nothing away."), field="public_title")
        if _one_line(public_title).casefold() == case.title.casefold():
            raise RuleBroken(
                _("The public title is the same as the internal one. Write one that gives nothing away."), field="public_title"
            )
        if not wider_access.strip():
            raise RuleBroken(_("Write what came of considering to give access anyway."), field="wider_access")
    case.exemption = exemption
    case.legal_basis = legal_basis if exemption is not Exemption.NONE else None
    case.public_title, case.exempt_until, case.wider_access = _one_line(public_title), until.strip(), wider_access.strip()
    case.closed_words = [word.strip() for word in closed_words if word.strip()]
    case.version += 1
    audit.record("case.exempt", case, by=by, exemption=exemption.value, basis=legal_basis.id if legal_basis else None)


def save_paper(
    case: Case,
    *,
    part: Part,
    text: str,
    seen_version: int | None,
    by: audit.Doer | None,
    recommendation: str = "",
    source_file: StoredFile | None = None,
    source_name: str = "",
) -> CasePaper:
    """Save the next version of one part of the case paper.

    :param seen_version: the version it was made from; 0 when there was none
    :raises Stale: when a newer version has come
    :raises RuleBroken: for a closed part of a case that is not exempt
    """
    newest = case.paper(part)
    check_version(newest.version if newest else 0, seen_version, now=newest.text if newest else "", typed=text)
    if part is Part.CLOSED and not case.is_exempt:
        raise RuleBroken(_("Only an exempt case has a closed part."), next_step=_("Register the exemption first."))
    paper = CasePaper(
        case=case,
        part=part,
        version=(newest.version if newest else 0) + 1,
        text=text.strip(),
        html=str(markdown.render(text.strip())),
        recommendation=recommendation.strip() if part is Part.OPEN else "",
        recommendation_html=str(markdown.render(recommendation.strip())) if part is Part.OPEN else "",
        saved_at=clock.now(),
        saved_by_id=by.person_id if by is not None else None,
        source_file=source_file,
        source_name=source_name,
    )
    db.session.add(paper)
    if case.state is CaseState.TAKEN_IN:
        case.state = CaseState.IN_WORK
    audit.record("case.paper", case, by=by, part=part.value, version=paper.version)
    return paper


def attach(case: Case, file: StoredFile, *, title: str, file_name: str, is_closed: bool, by: audit.Doer | None) -> Attachment:
    """Add a file to a case.

    :raises RuleBroken: for a closed attachment to a case that is not exempt
    """
    if is_closed and not case.is_exempt:
        raise RuleBroken(_("Only an exempt case has closed attachments."), next_step=_("Register the exemption first."), field="is_closed")
    attachment = Attachment(
        case=case,
        file=file,
        title=_one_line(title),
        file_name=file_name,
        is_closed=is_closed,
        added_at=clock.now(),
        added_by_id=by.person_id if by is not None else None,
    )
    db.session.add(attachment)
    audit.record("case.attach", case, by=by, file=file.sha256, closed=is_closed)
    return attachment


def remove_attachment(attachment: Attachment, *, by: audit.Doer | None) -> None:
    """Take an attachment off its case. The file stays for those it was sent to."""
    attachment.removed_at = clock.now()
    audit.record("case.detach", attachment.case, by=by, attachment=attachment.id)


def missing(case: Case) -> list[tuple[str, str]]:
    """What stands between a case and being ready: (what, the part of the case page where it is mended)."""
    paper = case.paper(Part.OPEN)
    found = []
    if not case.public_title:
        found.append((_("A public title"), "rediger"))
    if paper is None or not paper.text:
        found.append((_("A case paper"), "fremlegg"))
    if case.kind in NEEDS_RECOMMENDATION and (paper is None or not paper.recommendation):
        found.append((_("A recommendation"), "fremlegg"))
    if case.officer is None:
        found.append((_("A case officer"), "rediger"))
    return found


def mark_ready(case: Case, *, paper_on_web: bool | None, attachments_on_web: Mapping[int, bool], by: audit.Doer | None) -> None:
    """Put the case in the queue for an agenda, with the choice for each document whether it goes on the net.

    :param attachments_on_web: attachment id → choice, for those that are not closed
    :raises RuleBroken: while something is missing or not chosen, or the state does not allow it
    :source: kommuneloven § 13-1 (soundly prepared); L44 (each document is decided on)
    """
    if case.state not in BEFORE_AGENDA:
        raise RuleBroken(_("A case in this state cannot be made ready."))
    lacking = missing(case)
    if lacking:
        raise RuleBroken(_("Missing: %(what)s.", what=", ".join(what for what, _where in lacking)))
    if paper_on_web is None:
        raise RuleBroken(_("Choose whether the case paper goes on the net."), field="paper_on_web")
    if case.exemption is Exemption.WHOLLY and paper_on_web:
        raise RuleBroken(_("The case is wholly exempt, so its paper cannot go on the net."), field="paper_on_web")
    for attachment in open_attachments(case):
        chosen = attachments_on_web.get(attachment.id)
        if chosen is None:
            raise RuleBroken(_("Choose whether «%(title)s» goes on the net.", title=attachment.title), field=f"attachment_{attachment.id}")
        attachment.on_web = chosen
    case.paper_on_web, case.state = paper_on_web, CaseState.READY
    audit.record("case.ready", case, by=by, paper_on_web=paper_on_web)


def open_attachments(case: Case) -> list[Attachment]:
    """Attachments that are there and not closed."""
    return [attachment for attachment in case.attachments if not attachment.is_closed and attachment.removed_at is None]


def withdraw(case: Case, *, by: audit.Doer | None) -> None:
    """End a case that is not on an agenda.

    :raises RuleBroken: once it is on an agenda or decided
    """
    if case.state not in (*BEFORE_AGENDA, CaseState.PROPOSED):
        raise RuleBroken(
            _("A case that is on an agenda or decided cannot be withdrawn here."), next_step=_("Take it off the agenda first.")
        )
    case.state = CaseState.WITHDRAWN
    audit.record("case.withdraw", case, by=by)


def mark_on_agenda(case: Case) -> None:
    """The case has come on an agenda.

    :raises RuleBroken: when it is not ready
    """
    if case.state not in (CaseState.READY, CaseState.POSTPONED):
        raise RuleBroken(_("«%(title)s» is not ready for an agenda.", title=case.public_title or case.title))
    case.state = CaseState.ON_AGENDA


def mark_off_agenda(case: Case) -> None:
    """The case has been taken off an agenda, and waits for another."""
    case.state = CaseState.READY


def mark_outcome(case: Case, state: CaseState, *, by: audit.Doer | None) -> None:
    """What the meeting made of it: decided, postponed, sent back …"""
    case.state = state
    audit.record("case.outcome", case, by=by, state=state.value)


def grant_access(case: Case, person: Person, *, why: str, until: date | None = None) -> PaperAccess:
    """Let `person` read the closed papers of `case`; a right that was revoked is given anew."""
    found = db.session.scalar(select(PaperAccess).where(PaperAccess.case_id == case.id, PaperAccess.person_id == person.id))
    if found is None:
        found = PaperAccess(case_id=case.id, person=person, why=why, granted_at=clock.now(), until=until)
        db.session.add(found)
    else:
        found.why, found.granted_at, found.until, found.revoked_at = why, clock.now(), until, None
    return found


def revoke_access(case: Case, person: Person) -> None:
    """Take the right to read the closed papers away, at once."""
    found = db.session.scalar(select(PaperAccess).where(PaperAccess.case_id == case.id, PaperAccess.person_id == person.id))
    if found is not None:
        found.revoked_at = clock.now()


def _one_line(text: str) -> str:
    return " ".join(text.split())
