"""The texts and files of a case, and who may read the closed ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.cases.commands.facts import check_answered, one_line
from meetingapp.cases.models import Attachment, Case, CasePaper, CaseState, Exemption, PaperAccess, Part
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.core.text import markdown
from meetingapp.council.models import Person


def check_open(case: Case) -> None:
    """Refuse to change papers that stand.

    :raises RuleBroken: for a proposal that nobody has taken in, and when the case is decided or withdrawn
    """
    check_answered(case)
    if case.state is CaseState.DECIDED:
        raise RuleBroken(
            _("The case is decided, so its papers stand."), next_step=_("Make a new case if there is something to deal with again.")
        )
    _check_not_withdrawn(case)


def _check_not_withdrawn(case: Case) -> None:
    if case.state is CaseState.WITHDRAWN:
        raise RuleBroken(
            _("The case is withdrawn, so its papers stand."), next_step=_("Make a new case if it shall be dealt with after all.")
        )


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
    """Save the next version of one part of the case paper. Earlier versions stay as they are.

    :param text: Markdown
    :param recommendation: Markdown; of the open part only
    :param seen_version: the version it was made from; 0 when there was none
    :param source_file: the Word file that the text was read from
    :raises Stale: when a newer version has come
    :raises RuleBroken: for a closed part of a case that is not exempt, or when the case is closed
    """
    check_open(case)
    if part is Part.CLOSED and not case.is_exempt:
        raise RuleBroken(_("Only an exempt case has a closed part."), next_step=_("Register the exemption first."))
    newest = case.paper(part)
    check_version(
        newest.version if newest else 0,
        seen_version,
        now=_whole(newest.text, newest.recommendation) if newest else "",
        typed=_whole(text, recommendation),
        by=newest.saved_by.name if newest is not None and newest.saved_by is not None else "",
    )
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


def _whole(text: str, recommendation: str) -> str:
    """Both texts of a paper in one, for the page that compares."""
    return f"{text}\n\n## {_('Recommendation')}\n\n{recommendation}" if recommendation.strip() else text


def attach(
    case: Case,
    file: StoredFile,
    *,
    title: str,
    file_name: str,
    is_closed: bool,
    by: audit.Doer | None,
    on_web: bool | None = None,
) -> Attachment:
    """Add a file to a case. Whether it goes on the net is chosen when the case is made ready.

    A decided case takes what came of the decision: a letter that was sent, a statement that was finished. What was dealt with stands.

    :param on_web: chosen here once the case is past being made ready
    :raises RuleBroken: for a closed attachment to a case that is not exempt, for one that is to go on the net though it is closed or the
        case is wholly exempt, without the choice when the case is decided, or when the case is withdrawn
    """
    check_answered(case)
    _check_not_withdrawn(case)
    if is_closed and not case.is_exempt:
        raise RuleBroken(_("Only an exempt case has closed attachments."), next_step=_("Register the exemption first."), field="is_closed")
    if on_web and (is_closed or case.exemption is Exemption.WHOLLY):
        raise RuleBroken(_("What is exempt cannot go on the net."), next_step=_("Choose that it stays in the house."), field="on_web")
    if on_web is None and not is_closed and case.state is CaseState.DECIDED:
        raise RuleBroken(
            _("Choose whether «%(title)s» goes on the net.", title=one_line(title)),
            next_step=_("What you choose holds from the next time the case is published."),
            field="on_web",
        )
    attachment = Attachment(
        case=case,
        file=file,
        title=one_line(title),
        file_name=file_name,
        is_closed=is_closed,
        on_web=on_web,
        added_at=clock.now(),
        added_by_id=by.person_id if by is not None else None,
    )
    db.session.add(attachment)
    audit.record("case.attach", case, by=by, file=file.sha256, closed=is_closed, on_web=on_web)
    return attachment


def remove_attachment(attachment: Attachment, *, by: audit.Doer | None) -> None:
    """Take an attachment off its case. The file stays for those it was sent to.

    :raises RuleBroken: when the case is closed
    """
    check_open(attachment.case)
    if attachment.removed_at is None:
        attachment.removed_at = clock.now()
        audit.record("case.detach", attachment.case, by=by, attachment=attachment.id)


def grant_access(case: Case, person: Person, *, why: str, until: date | None = None) -> PaperAccess:
    """Let `person` read the closed papers of `case`; a right that was revoked is given anew, unless the person is disqualified.

    :param until: the last day; None for as long as it is not revoked
    """
    found = _access(case, person)
    if found is not None and found.is_barred:
        return found
    found = _granted(case, person, found, why=why, until=until)
    audit.record("case.grant", case, by=None, person=person.id)
    return found


def grant_access_to_all(case: Case, people: Sequence[Person], *, why: str) -> None:
    """As `grant_access`, for many people at once; whoever can read them already keeps the right as it is. Two queries, however many."""
    rights = select(PaperAccess).where(PaperAccess.case_id == case.id, PaperAccess.person_id.in_([person.id for person in people]))
    known = {access.person_id: access for access in db.session.scalars(rights)}
    new = [
        person for person in people if person.id not in known or not (known[person.id].is_barred or known[person.id].holds(clock.today()))
    ]
    for person in new:
        _granted(case, person, known.get(person.id), why=why, until=None)
    audit.record_each("case.grant", case, by=None, details=[{"person": person.id} for person in new])


def _granted(case: Case, person: Person, found: PaperAccess | None, *, why: str, until: date | None) -> PaperAccess:
    if found is None:
        found = PaperAccess(case_id=case.id, person=person)
        db.session.add(found)
    found.why, found.granted_at, found.until, found.revoked_at = why, clock.now(), until, None
    return found


def revoke_access(case: Case, person: Person) -> None:
    """Take the right to read the closed papers away, at once."""
    found = _access(case, person)
    if found is not None and found.revoked_at is None:
        found.revoked_at = clock.now()
        audit.record("case.revoke", case, by=None, person=person.id)


def bar_access(case: Case, person: Person, *, by: audit.Doer | None) -> None:
    """`person` is disqualified in `case`: what is closed in it is closed to them at once, and no call opens it again.

    :source: forvaltningsloven §§ 6 and 8
    """
    found = _access(case, person)
    if found is None:
        found = PaperAccess(case_id=case.id, person=person, why="", granted_at=clock.now())
        db.session.add(found)
    if not found.is_barred:
        found.is_barred, found.revoked_at = True, clock.now()
        audit.record("case.revoke", case, by=by, person=person.id)


def _access(case: Case, person: Person) -> PaperAccess | None:
    return db.session.scalar(select(PaperAccess).where(PaperAccess.case_id == case.id, PaperAccess.person_id == person.id))
