"""The papers of a meeting as one PDF: public titles and open parts only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from meetingapp.agendas import queries as agenda_queries
from meetingapp.core import clock
from meetingapp.core.files import store
from meetingapp.core.files.models import StoredFile
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking, spoken
from meetingapp.core.pdf.compiler import pack_pdf
from meetingapp.core.pdf.shapes import PackDocument, PackItem
from meetingapp.core.text import blocks
from meetingapp.invitations import queries
from meetingapp.invitations.queries import Documents
from meetingapp.invitations.words import name_of
from meetingapp.meetings.models import Meeting


@dataclass(frozen=True)
class Pack:
    """A PDF that lies on disk, and which versions of the papers went into it."""

    sha256: str
    size: int  # bytes
    papers: frozenset[int]  # ids of the open parts

    def register(self) -> StoredFile:
        """Its row. Under the write lock."""
        return store.register(self.sha256, media_type="application/pdf", size=self.size)


def make_pack(meeting: Meeting) -> Pack:
    """Make the PDF and put it on disk. Slow: before the write lock.

    :raises PdfRefused: when the papers cannot become a conforming PDF
    """
    documents = queries.documents_of(meeting)
    data = pack_pdf(document(meeting, documents), clock.now().replace(microsecond=0))  # PDF dates have whole seconds
    return Pack(store.keep_bytes(data), len(data), open_papers(documents))


def open_papers(documents: Iterable[Documents]) -> frozenset[int]:
    """The ids of the open parts that go into a pack."""
    return frozenset(one.open.id for one in documents if one.may_leave and one.open is not None)


def document(meeting: Meeting, documents: Iterable[Documents]) -> PackDocument:
    """What the PDF is made from. Nothing of an exempt case but its public title, the ground, and its open part."""
    with speaking(meeting.body.language) as language:
        day = clock.local(meeting.starts_at).date()
        full_day = dates.full_date(day, language=language)
        span = dates.time_span(meeting.starts_at, meeting.ends_at, language=language)
        return {
            "title": _("Papers for %(name)s %(day)s", name=name_of(meeting), day=full_day),
            "short": f"{name_of(meeting)} {full_day}",
            "lang": language,
            "author": meeting.council.name,
            "lead": "",
            "facts": [
                [_("When"), f"{dates.long_date(day, language=language)} {span}"],
                [_("Where"), meeting.place or _("On screen")],
                [_("Council"), meeting.council.name],
            ],
            "agenda": _agenda(meeting),
            "items": [_item(one) for one in documents],
            "words": {
                "page": _("page"),
                "agenda": _("Agenda"),
                "time": _("Time"),
                "number": _("Case no."),
                "title": _("Case"),
                "recommendation": _("Recommendation"),
                "attachments": _("Attachments"),
            },
        }


def _agenda(meeting: Meeting) -> list[list[str]]:
    numbers, rows = agenda_queries.numbers_for(meeting), []
    for line in agenda_queries.timetable(meeting):
        number = numbers[line.item.case_id].text if line.item.case_id in numbers else ""
        title = f"{line.label} {agenda_queries.title_of(line.item, public=True)}".strip()
        rows.append([dates.hour(line.starts_at, language=spoken()), number, title])
    return rows


def _item(one: Documents) -> PackItem:
    paper = one.open if one.may_leave else None
    note = ""
    if one.case.is_exempt and one.case.legal_basis is not None:
        note = _("Exempt from public access, see %(basis)s.", basis=one.case.legal_basis.label)
    elif paper is None:
        note = _("The case paper is sent later.")
    return {
        "number": one.number,
        "title": one.case.public_title,
        "note": note,
        "archive": _("Archive reference: %(number)s", number=one.case.archive_ref) if paper is not None and one.case.archive_ref else "",
        "body": blocks.from_html(paper.html) if paper is not None else [],
        "recommendation": blocks.from_html(paper.recommendation_html) if paper is not None else [],
        "attachments": [file.title for file in one.open_attachments],
    }
