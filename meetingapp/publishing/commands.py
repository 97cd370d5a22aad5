"""The verbs of publishing: ask, and recall. The worker makes the snapshot."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases.models import Case
from meetingapp.core import audit, clock, outbox
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Council
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.publishing import queries
from meetingapp.publishing.models import Publication, PublicationState, SnapshotKind
from meetingapp.strategy import queries as strategy_queries
from meetingapp.strategy.models import AgreementState

PUBLISH, REBUILD = "publish", "rebuild-pages"
BEFORE_PUBLIC = (MeetingState.PLANNED,)


def ask(kind: SnapshotKind, about: int, *, council: Council, by: audit.Doer | None) -> Publication:
    """Decide to publish one thing; the worker looks at it, makes the snapshot and the pages.

    :param about: id of the meeting, case, body, agreement or council it shows
    """
    publication = Publication(
        council=council, kind=kind, about=about, asked_at=clock.now(), asked_by_id=by.person_id if by is not None else None
    )
    db.session.add(publication)
    db.session.flush()  # the task names it
    outbox.post(PUBLISH, about=publication.id)
    audit.record("publication.ask", publication, by=by, kind=kind.value)
    return publication


def publish_meeting(meeting: Meeting, *, by: audit.Doer | None) -> list[Publication]:
    """Publish a meeting, its cases and bodies, the council's open actions and agreements in one decision.

    :raises RuleBroken: before the agenda is fixed
    """
    if meeting.state in BEFORE_PUBLIC:
        raise RuleBroken(_("The agenda is not fixed, so there is nothing to publish yet."))
    council = meeting.council
    made = [ask(SnapshotKind.MEETING, meeting.id, council=council, by=by)]
    for item in agenda_queries.flat(agenda_queries.items_of(meeting)):
        if item.case_id is not None:
            made.append(ask(SnapshotKind.CASE, item.case_id, council=council, by=by))
    made += [ask(SnapshotKind.BODY, body.id, council=council, by=by) for body in meeting.bodies]
    made.append(ask(SnapshotKind.ACTIONS, council.id, council=council, by=by))
    in_force = [one for one in strategy_queries.agreements_of(council.id) if one.state is AgreementState.IN_FORCE]
    made += [ask(SnapshotKind.AGREEMENT, one.id, council=council, by=by) for one in in_force]
    outbox.post(REBUILD, about=council.id)
    return made


def publish_case(case: Case, *, by: audit.Doer | None) -> Publication:
    """Publish a case as it is now, with what has come to it since its meeting was published."""
    made = ask(SnapshotKind.CASE, case.id, council=case.council, by=by)
    outbox.post(REBUILD, about=case.council_id)
    return made


def publish_plan(council: Council, *, by: audit.Doer | None) -> Publication:
    """Publish the council's meeting plan, and the bodies that meet by it, so that their calendars hold the meetings.

    :source: kommuneloven § 11-3 (a meeting is announced in a suitable way, also one that is expected to be closed)
    """
    made = ask(SnapshotKind.PLAN, council.id, council=council, by=by)
    for body in dict.fromkeys(body for meeting in queries.meetings_of_plan(council.id) for body in meeting.bodies):
        if queries.current(SnapshotKind.BODY, body.id) is None:
            ask(SnapshotKind.BODY, body.id, council=council, by=by)
    outbox.post(REBUILD, about=council.id)
    return made


def publish_actions(council: Council, *, by: audit.Doer | None) -> Publication:
    """Publish how the open actions stand now."""
    made = ask(SnapshotKind.ACTIONS, council.id, council=council, by=by)
    outbox.post(REBUILD, about=council.id)
    return made


def recall(publication: Publication, *, reason: str, by: audit.Doer | None) -> None:
    """Take a published page back: its address answers 410 with the reason.

    :raises RuleBroken: without a reason, or when it is not public
    """
    if publication.state is not PublicationState.PUBLIC:
        raise RuleBroken(_("This is not public now."))
    if not reason.strip():
        raise RuleBroken(_("Write why it is taken back. The reason is shown."), field="reason")
    publication.state, publication.recalled_at, publication.recall_reason = PublicationState.RECALLED, clock.now(), reason.strip()
    outbox.post(REBUILD, about=publication.council_id)
    audit.record("publication.recall", publication, by=by)
