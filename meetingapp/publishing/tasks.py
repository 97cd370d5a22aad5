"""What the worker does: look, make the snapshot, make the pages."""

from __future__ import annotations

import hashlib

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.files import store
from meetingapp.core.outbox.worker import Claimed, GiveUp
from meetingapp.council.models import Council, Person
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.publishing import commands, gate, pages, queries
from meetingapp.publishing.models import Publication, PublicationState, Snapshot, SnapshotKind
from meetingapp.publishing.render import Content, NotReady, content_of


class _By:
    """Whoever chose to publish, as the log wants it."""

    def __init__(self, person_id: int | None) -> None:
        self.person_id = person_id


def publish(task: Claimed) -> None:
    """Make the snapshot of one publication, if the gate lets it through; else hold it and say what kind of thing was found."""
    publication = db.session.get(Publication, task.about)
    if publication is None or publication.state is not PublicationState.ASKED:
        return  # done already, or taken back
    try:
        content = content_of(publication)
    except NotReady as reason:
        _hold(publication.id, [{"kind": "not_ready", "what": str(reason)}])
        return
    texts = [content.text, content.title, content.path, *content.file_names, *content.other_texts]
    pdfs = [content.pdf] if content.pdf is not None else []
    pdfs += [store.read_kept(file["sha256"]) for file in content.data.get("files", [])]
    try:
        texts += [gate.pdf_text(pdf) for pdf in pdfs]
    except gate.Unreadable:
        _hold(publication.id, [{"kind": "unreadable_file"}])
        return
    hits = gate.search(texts, gate.exempt_cases(publication.council_id))
    publication_id = publication.id
    db.session.rollback()  # reading is over; the rest is short
    if hits:
        _hold(publication_id, [hit.as_json() for hit in hits])
    else:
        _keep(publication_id, content)


def _hold(publication_id: int, found: list[dict[str, object]]) -> None:
    with write():
        publication = db.session.get_one(Publication, publication_id)
        publication.state, publication.found = PublicationState.HELD, found


def _keep(publication_id: int, content: Content) -> None:
    """Store the snapshot, unless the same content is public already; the former one is replaced."""
    whole = hashlib.sha256("\x1f".join([content.title, content.html]).encode() + (content.pdf or b"")).hexdigest()
    with write():
        publication = db.session.get_one(Publication, publication_id)
        now = clock.now()
        former = queries.current(publication.kind, publication.about)
        db.session.add(
            Snapshot(
                publication=publication,
                path=content.path,
                version=queries.next_version(content.path),
                title=content.title,
                html=content.html,
                text=content.text,
                data=content.data,
                translations=content.others,
                pdf=content.pdf,
                sha256=whole,
                made_at=now,
            )
        )
        if former is not None:
            former.state = PublicationState.REPLACED
        publication.state, publication.published_at = PublicationState.PUBLIC, now


def rebuild(task: Claimed) -> None:
    """Derive the pages of a council from its snapshots. Doing it twice changes nothing."""
    council = db.session.get(Council, task.about)
    if council is None:
        raise GiveUp("the council is gone")
    pages.rebuild(council)


def publish_plan(task: Claimed) -> None:
    """The meeting plan again, as chosen when its meetings were planned; with `renew`, only where it is public already."""
    person_id = task.details.get("asked_by")
    with write():
        council = db.session.get(Council, task.about)
        if council is None:
            raise GiveUp("the council is gone")
        if task.details.get("renew") and queries.current(SnapshotKind.PLAN, council.id) is None:
            return
        known = db.session.scalar(select(Person.id).where(Person.id == person_id)) if person_id is not None else None
        commands.publish_plan(council, by=_By(known))


def publish_agenda(task: Claimed) -> None:
    """ "Publish the agenda too", as chosen when the meeting was called."""
    person_id = task.details.get("asked_by")
    with write():
        meeting = db.session.get(Meeting, task.about)
        if meeting is None or meeting.state is MeetingState.PLANNED:
            raise GiveUp(_("The agenda is not fixed, so there is nothing to publish yet."))
        known = db.session.scalar(select(Person.id).where(Person.id == person_id)) if person_id is not None else None
        commands.publish_meeting(meeting, by=_By(known))
