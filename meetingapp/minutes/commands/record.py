"""The record's way: sent for approval, approved, locked, corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import CaseState
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from meetingapp.core.forms import RuleBroken, check_version, side_by_side
from meetingapp.core.mail.post import letters_about, post_letter
from meetingapp.council.models import Person
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import compose, queries
from meetingapp.minutes.commands.room import check_open, touch
from meetingapp.minutes.models import Edition, Minutes, MinutesState, Outcome, Signatory

OUTCOMES = {
    Outcome.ADOPTED: CaseState.DECIDED,
    Outcome.ADOPTED_AMENDED: CaseState.DECIDED,
    Outcome.NOT_ADOPTED: CaseState.DECIDED,
    Outcome.NOTED: CaseState.DECIDED,
    Outcome.SUMMARISED: CaseState.DECIDED,
    Outcome.POSTPONED: CaseState.POSTPONED,
    Outcome.SENT_BACK: CaseState.SENT_BACK,
    Outcome.NOT_DEALT_WITH: CaseState.READY,
}


def save_frame(meeting: Meeting, *, opening: str, closing: str, seen_version: int | None, by: audit.Doer | None) -> None:
    """Save what stands before and after the items.

    :raises Stale: when something in the minutes has changed since
    """
    minutes = check_open(meeting)
    check_version(minutes.version, seen_version, now=side_by_side(minutes.opening, minutes.closing), typed=side_by_side(opening, closing))
    touch(meeting)
    minutes.opening, minutes.closing = opening.strip(), closing.strip()
    audit.record("minutes.frame", minutes, by=by)


def send_for_approval(minutes: Minutes, *, elected: Sequence[Person], by: audit.Doer | None) -> list[Signatory]:
    """Send the minutes to the chair and those elected in the meeting. Sending again asks anew.

    :raises RuleBroken: while something is missing (`queries.lacking`), nobody is elected, or they are locked
    """
    meeting = minutes.meeting
    check_open(meeting)
    lacking = queries.lacking(meeting)
    if lacking:
        raise RuleBroken(" ".join(fault.text for fault in lacking))
    if not elected:
        raise RuleBroken(_("Choose who approves the minutes together with the chair."), field="elected")
    wanted = list(dict.fromkeys([*([meeting.chair] if meeting.chair is not None else []), *elected]))
    for old in list(minutes.signatories):
        minutes.signatories.remove(old)
        db.session.delete(old)
    db.session.flush()  # the same people may be asked again
    new = [Signatory(minutes=minutes, person=person) for person in wanted]
    db.session.add_all(new)
    minutes.state, minutes.sent_at = MinutesState.SENT, clock.now()
    minutes.version += 1
    db.session.flush()  # the letters need the ids
    for signatory in new:
        _ask(signatory, minutes, version=str(minutes.version))
    audit.record("minutes.send", minutes, by=by, signatories=[s.person_id for s in new])
    return new


def remind(minutes: Minutes, *, by: audit.Doer | None) -> list[Signatory]:
    """Ask those who have not approved once more. At most once a day.

    :raises RuleBroken: when nobody is missing, or they were asked today
    """
    waiting = [one for one in minutes.signatories if one.approved_at is None]
    if minutes.state is not MinutesState.SENT or not waiting:
        raise RuleBroken(_("Nobody is asked to approve these minutes now."), next_step=_("There is nobody to remind."))
    today = clock.today()
    letters = letters_about("minutes-approval", [one.id for one in waiting])
    asked = {letter.about for letter in letters if clock.local(letter.made_at).date() == today}
    reminded = [one for one in waiting if one.id not in asked]
    if not reminded:
        raise RuleBroken(_("They have been asked today."), next_step=_("Wait until tomorrow, or call by phone."))
    for signatory in reminded:
        _ask(signatory, minutes, version=f"{minutes.version}-{today.isoformat()}")
    audit.record("minutes.remind", minutes, by=by, signatories=[one.person_id for one in reminded])
    return reminded


def _ask(signatory: Signatory, minutes: Minutes, *, version: str) -> None:
    post_letter(
        "minutes-approval",
        about=signatory.id,
        to_name=signatory.person.name,
        to_address=signatory.person.email,
        realm=minutes.meeting.council_id,
        version=version,
    )


def approve(minutes: Minutes, person: Person, *, seen_hash: str, by: audit.Doer | None, at: datetime | None = None) -> None:
    """`person` approves the text they have seen.

    :param seen_hash: the fingerprint that stood on the page
    :raises RuleBroken: when they are not asked, or the text has changed since they opened it
    """
    signatory = next((s for s in minutes.signatories if s.person_id == person.id), None)
    if signatory is None or minutes.state is not MinutesState.SENT:
        raise RuleBroken(_("You are not asked to approve these minutes now."))
    current = compose.fingerprint(compose.document(minutes.meeting))
    if seen_hash != current:
        raise RuleBroken(_("The minutes have changed since you opened them."), next_step=_("Read them again, then approve."))
    signatory.approved_at, signatory.approved_hash = at or clock.now(), current
    audit.record("minutes.approve", minutes, by=by)


def lock(minutes: Minutes, *, by: audit.Doer | None, pdf: StoredFile | None, correction: str = "", at: datetime | None = None) -> Edition:
    """Lock the minutes: the composed record, its fingerprint and its PDF become an edition that never changes.

    The first edition comes on the agenda of the body's next meeting by itself, to be approved.

    :param pdf: made from the same document before the lock
    :param correction: what was corrected, from the second edition on
    :raises RuleBroken: before all have approved the text as it is now
    """
    check_open(minutes.meeting)
    document = compose.document(minutes.meeting)
    current = compose.fingerprint(document)
    if not minutes.signatories or any(s.approved_at is None or s.approved_hash != current for s in minutes.signatories):
        raise RuleBroken(_("Not everybody has approved the minutes as they are now."))
    number = len(minutes.editions) + 1
    if number > 1 and not correction.strip():
        raise RuleBroken(_("Write what was corrected."), field="correction")
    edition = Edition(
        minutes=minutes,
        number=number,
        document=compose.with_approvals(document, minutes),
        sha256=current,
        pdf_file=pdf,
        correction=correction.strip(),
        locked_at=at or clock.now(),
        locked_by_id=by.person_id if by is not None else None,
    )
    db.session.add(edition)
    minutes.state = MinutesState.LOCKED
    if number == 1:
        meeting_commands.mark_recorded(minutes.meeting, edition.locked_at)
        _tell_cases(minutes.meeting, by)
        agenda_commands.take_up_minutes(minutes.meeting, by=by)
    audit.record("minutes.lock", minutes, by=by, edition=number, sha256=current)
    return edition


def _tell_cases(meeting: Meeting, by: audit.Doer | None) -> None:
    deliberations = queries.deliberations_of(meeting)
    for item in agenda_queries.flat(agenda_queries.items_of(meeting)):
        if item.case is not None and item.id in deliberations and item.case.state is CaseState.ON_AGENDA:
            case_commands.mark_outcome(item.case, OUTCOMES[deliberations[item.id].outcome], by=by)


def correct(minutes: Minutes, *, what: str, by: audit.Doer | None) -> None:
    """Open locked minutes for a correction. It needs approval again, and becomes a new edition; the old one stays.

    :raises RuleBroken: when they are not locked, or nothing is said about what is wrong
    """
    if minutes.state is not MinutesState.LOCKED:
        raise RuleBroken(_("Only locked minutes are corrected."))
    if not what.strip():
        raise RuleBroken(_("Write what is wrong."), field="what")
    minutes.state, minutes.sent_at = MinutesState.DRAFT, None
    minutes.version += 1
    for signatory in minutes.signatories:
        signatory.approved_at, signatory.approved_hash = None, ""
    audit.record("minutes.correct", minutes, by=by)
