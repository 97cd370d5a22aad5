"""Who did what, in words. The log is one, so the acts of all floors stand here; a test sees to it that none is missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all

from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.database.pages import LARGEST_KEY, Page, Stretch, page_of
from meetingapp.council.models import Person

PAGE = 50  # lines
ACTS: dict[str, LazyString] = {  # after the name of whoever did it
    "council.add": _l("entered the council"),
    "council.edit": _l("changed the facts of the council"),
    "organisation.add": _l("entered an organisation"),
    "organisation.edit": _l("changed an organisation"),
    "affiliation.add": _l("gave an organisation a role in the council"),
    "affiliation.end": _l("ended an organisation's role in the council"),
    "person.add": _l("entered the person"),
    "person.edit": _l("changed what is known of the person"),
    "person.language": _l("chose the language of pages and letters"),
    "person.scheme": _l("chose light or dark pages"),
    "sign_in": _l("signed in"),
    "sign_in.refused": _l("was refused at signing in"),
    "sign_out": _l("signed out"),
    "session.end": _l("signed out somewhere else"),
    "account.close": _l("closed the person's access"),
    "account.open": _l("opened the person's access"),
    "account.password": _l("chose a password"),
    "account.factor": _l("set up the second step of signing in"),
    "account.factor_reset": _l("took away the second step of signing in, to be set up anew"),
    "account.recovery_codes": _l("made new recovery codes"),
    "account.recovery_code_used": _l("signed in with a recovery code"),
    "body.add": _l("entered a body"),
    "body.edit": _l("changed a body"),
    "seat.add": _l("entered a seat"),
    "seat.end": _l("ended a seat"),
    "setting.add": _l("changed a setting of a body"),
    "legal_basis.add": _l("entered a provision"),
    "legal_basis.edit": _l("changed a provision"),
    "partner_link.make": _l("made a personal link for a partner"),
    "partner_link.revoke": _l("took a partner's personal link back"),
    "area.add": _l("added an area to the strategy"),
    "area.edit": _l("changed an area of the strategy"),
    "agreement.add": _l("entered an agreement"),
    "agreement.edit": _l("changed an agreement"),
    "commitment.add": _l("entered a commitment"),
    "commitment.edit": _l("changed a commitment"),
    "commitment.status": _l("gave the status of a commitment"),
    "case.propose": _l("proposed the case"),
    "case.answer": _l("answered the proposal"),
    "case.create": _l("made the case"),
    "case.edit": _l("changed the facts of the case"),
    "case.exempt": _l("decided on public access"),
    "case.paper": _l("saved a new version of the case paper"),
    "case.ask_paper": _l("asked for a case paper"),
    "case.move_paper_deadline": _l("moved the deadline of the case paper"),
    "case.remind_writer": _l("reminded the writer of the case paper"),
    "case.deliver_paper": _l("delivered the case paper"),
    "case.accept_paper": _l("took in the case paper"),
    "case.withdraw_request": _l("called off the request for a case paper"),
    "case.attach": _l("added an attachment"),
    "case.detach": _l("removed an attachment"),
    "case.ready": _l("marked the case ready"),
    "case.withdraw": _l("withdrew the case"),
    "case.on_agenda": _l("put the case on an agenda"),
    "case.off_agenda": _l("took the case off an agenda"),
    "case.outcome": _l("wrote down what the meeting made of the case"),
    "case.send_on": _l("sent the case on to the next body"),
    "paper_template.write": _l("wrote what new case papers start from"),
    "case.grant": _l("gave access to the closed papers"),
    "case.revoke": _l("took away access to the closed papers"),
    "case.open_closed": _l("opened closed papers"),
    "meeting.plan": _l("planned the meeting"),
    "meeting.edit": _l("changed the title or the chair"),
    "agenda.add": _l("added an item to the agenda"),
    "agenda.remove": _l("took an item off the agenda"),
    "agenda.move": _l("changed the order of the agenda"),
    "meeting.remind": _l("reminded those who had not answered"),
    "agenda.set_up": _l("changed how agendas begin, end and are ordered"),
    "agenda.undo": _l("undid the last change of the agenda"),
    "agenda.edit": _l("changed an item of the agenda"),
    "agenda.fix": _l("fixed the agenda"),
    "agenda.reopen": _l("opened the agenda again"),
    "meeting.call": _l("called the meeting"),
    "meeting.call_stopped": _l("stopped the call"),
    "meeting.papers": _l("sent papers"),
    "invitation.answer": _l("answered a call"),
    "invitation.again": _l("sent a call once more"),
    "letter.try_again": _l("had a letter tried again at once"),
    "letter.told": _l("wrote down that the receiver of a letter was told in another way"),
    "letter.send_after_restore": _l("had a letter sent that was held back after a restore"),
    "letter.leave_after_restore": _l("left a letter unsent that was held back after a restore"),
    "deputy.call": _l("called a deputy"),
    "meeting.open": _l("opened the meeting"),
    "meeting.end": _l("ended the meeting"),
    "minutes.attendance": _l("noted who is there"),
    "minutes.frame": _l("wrote the opening or the end of the minutes"),
    "minutes.item": _l("wrote what was said and decided"),
    "minutes.proposal": _l("noted a proposal"),
    "minutes.proposal_withdrawn": _l("noted that a proposal was withdrawn"),
    "minutes.recusal": _l("noted a decision on disqualification"),
    "minutes.closed": _l("noted that the doors were closed"),
    "minutes.break": _l("noted a break"),
    "minutes.statement": _l("noted a statement for the record"),
    "minutes.vote": _l("noted a vote"),
    "minutes.send": _l("sent the minutes for approval"),
    "minutes.remind": _l("reminded those who had not approved the minutes"),
    "minutes.approve": _l("approved the minutes"),
    "minutes.lock": _l("locked the minutes"),
    "feedback.say": _l("said how useful the meeting was"),
    "minutes.correct": _l("opened the minutes for a correction"),
    "action.add": _l("entered an action"),
    "action.edit": _l("changed an action"),
    "action.report": _l("reported on an action"),
    "action.ask": _l("asked for a status"),
    "publication.ask": _l("asked for publication"),
    "publication.recall": _l("took a publication back"),
}
About = tuple[str, Collection[int]]  # a table's name and the ids of its rows


@dataclass(frozen=True)
class Line:
    """One act, as it is read."""

    at: datetime
    who: str  # empty: the system
    what: str


def lines_of(
    about: Sequence[About], *, by_person: int | None = None, behind: int | None = None, without: Collection[str] = (), most: int = PAGE
) -> Page[Line]:
    """What was done to some things, newest first. At most three queries, at any length of the log.

    :param by_person: what this person did, to whatever it was, too
    :param behind: only what is older than the entry with this id
    :param without: acts that are left out, by name
    """
    reasons: list[ColumnElement[bool]] = [and_(AuditEntry.thing == thing, AuditEntry.thing_id.in_(ids)) for thing, ids in about if ids]
    if by_person is not None:
        reasons.append(AuditEntry.person_id == by_person)
    known = select(AuditEntry).where(or_(*reasons))
    query = select(AuditEntry).where(AuditEntry.id.in_(_newest(reasons, behind, without, most + 1)))
    found = page_of(query, Stretch((AuditEntry.id,), backwards=True), known=known, behind=behind, size=most)
    names = _names(found.items)
    lines = [Line(entry.at, names.get(entry.person_id or 0, ""), words_of(entry, names)) for entry in found.items]
    return Page(lines, found.following, is_first=found.is_first, size=most)


def _newest(reasons: Sequence[ColumnElement[bool]], behind: int | None, without: Collection[str], most: int) -> Select[int]:
    """The ids of the newest entries for each reason by itself: so each is read from the end of its own index, and no further."""
    bounds: list[ColumnElement[bool]] = [AuditEntry.action.not_in(without)] if without else []
    if behind is not None:
        bounds.append(AuditEntry.id < min(behind, LARGEST_KEY))
    each = (select(AuditEntry.id).where(reason, *bounds).order_by(AuditEntry.id.desc()).limit(most).subquery() for reason in reasons)
    return select(union_all(*(select(one.c.id) for one in each)).subquery().c.id)


def _names(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Person id → name of those who act, and of those who are acted on."""
    ids = {entry.person_id for entry in entries} | {entry.details.get("person") for entry in entries}
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))}


def words_of(entry: AuditEntry, names: dict[int, str]) -> str:
    """What was done: "fixed the agenda: RR 01/27, RR 02/27".

    :param names: by person id
    """
    details, name = entry.details, names.get(entry.details.get("person") or 0)
    if entry.action == "agenda.fix" and details.get("numbers"):
        return _("fixed the agenda: %(numbers)s", numbers=", ".join(details["numbers"]))
    if entry.action == "agenda.add" and details.get("cases"):
        return ngettext("put %(num)d case on the agenda", "put %(num)d cases on the agenda", len(details["cases"]))
    if entry.action == "agenda.move" and details.get("place"):
        return _("moved an item to place %(place)d on the agenda", place=details["place"])
    if entry.action == "meeting.edit" and details.get("moved"):
        return _("changed time or place")
    if entry.action == "case.ask_paper" and name:
        return _("asked %(name)s for a case paper", name=name)
    if entry.action == "case.grant" and name:
        return _("gave %(name)s access to the closed papers", name=name)
    if entry.action == "case.revoke" and name:
        return _("took away %(name)s's access to the closed papers", name=name)
    if entry.action == "case.open_closed":
        if details.get("attachment"):
            return _("opened a closed attachment (no. %(number)d)", number=details["attachment"])
        return _("opened the closed paper, version %(number)d", number=details.get("version", 0))
    return str(ACTS.get(entry.action) or _("did something that has no words here: %(action)s", action=entry.action))
