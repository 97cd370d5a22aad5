"""The papers of a meeting as one PDF, without anything closed."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import ItemKind
from meetingapp.cases.models import Exemption, Part
from meetingapp.core import clock
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.pdf.compiler import pack_pdf
from meetingapp.core.pdf.shapes import PackDocument, PackItem
from meetingapp.core.text import blocks
from meetingapp.meetings import words as meeting_words
from meetingapp.meetings.models import Meeting


def document(meeting: Meeting) -> PackDocument:
    """What the PDF shows: facts, agenda with public titles, and each case's open paper. Nothing closed is read."""
    numbers = agenda_queries.numbers_for(meeting)
    agenda, items = [], []
    for line in agenda_queries.timetable(meeting):
        item = line.item
        number = numbers[item.case_id].text if item.case_id in numbers else ""
        title = agenda_queries.title_of(item, public=True)
        agenda.append([clock.local(line.starts_at).strftime("%H.%M"), number, f"{line.label} {title}".strip()])
        if item.case is None or item.kind is not ItemKind.CASE:
            continue
        case, paper = item.case, item.case.paper(Part.OPEN)
        shows_paper = paper is not None and case.exemption is not Exemption.WHOLLY
        entry: PackItem = {
            "number": number,
            "title": title,
            "note": _("Exempt from public access, see %(basis)s", basis=case.legal_basis.label) if case.legal_basis else "",
            "body": blocks.from_html(paper.html) if paper is not None and shows_paper else [],
            "recommendation": blocks.from_html(paper.recommendation_html) if paper is not None and shows_paper else [],
            "attachments": [a.title for a in case.attachments if a.removed_at is None and not a.is_closed],
        }
        items.append(entry)
    day = clock.local(meeting.starts_at)
    return {
        "title": _("Papers for %(meeting)s", meeting=meeting_words.heading(meeting)),
        "short": meeting_words.heading(meeting),
        "lang": meeting.body.language,
        "author": meeting.council.name,
        "lead": "",
        "facts": [
            [_("When"), f"{dates.long_date(day)} {dates.time_span(meeting.starts_at, meeting.ends_at)}"],
            [_("Where"), meeting.place or _("On screen")],
            *([[_("Chair"), meeting.chair.name]] if meeting.chair else []),
        ],
        "agenda": agenda,
        "items": items,
        "words": {
            "page": _("Page"),
            "agenda": _("Agenda"),
            "time": _("Time"),
            "number": _("Case"),
            "title": _("Title"),
            "recommendation": _("Recommendation"),
            "attachments": _("Attachments"),
        },
    }


def make(meeting: Meeting) -> bytes:
    """The PDF. Slow: not under the write lock."""
    with speaking(meeting.body.language):
        return pack_pdf(document(meeting), clock.now())


def file_name(meeting: Meeting) -> str:
    """From the public address, so that nothing internal can be in it."""
    return f"sakspapirer-{meeting.slug}.pdf"
