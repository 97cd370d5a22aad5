"""How cases are found. What is exempt stands in the closed index, behind the right to read the closed papers of that case."""

from __future__ import annotations

from collections.abc import Iterable

from meetingapp.cases import queries
from meetingapp.cases.models import Attachment, Case, CasePaper, Exemption, Part
from meetingapp.core import search
from meetingapp.core.text import markdown


@search.source("case", Case, follows={CasePaper: lambda row: [row.case_id], Attachment: lambda row: [row.case_id]})
def of_case(case: Case) -> Iterable[search.Entry]:
    """The open entry says what everybody inside may read; an exempt case has a closed one with all of it.

    An exempt case is open by its public title alone, and where only parts are exempt by its open part.
    """
    place = f"/kontor/saker/{case.id}"
    paper = _text(case, Part.OPEN)
    if not case.is_exempt:
        text = "\n".join(part for part in (paper, _proposal(case), _files(case, closed=True)) if part)
        yield search.Entry(case.title, place, case.council_id, case.created_at, text)
        return
    in_part = case.exemption is Exemption.PARTLY
    open_text = "\n".join(part for part in (paper, _files(case, closed=False)) if part) if in_part else ""
    yield search.Entry(case.public_title, place, case.council_id, case.created_at, open_text)
    text = "\n".join(part for part in (paper, _text(case, Part.CLOSED), _proposal(case), _files(case, closed=True)) if part)
    yield search.Entry(case.title, place, case.council_id, case.created_at, text, lock=case.id)


def _text(case: Case, part: Part) -> str:
    paper = case.paper(part)
    return "\n".join(search.text_of(html) for html in (paper.html, paper.recommendation_html) if html) if paper is not None else ""


def _proposal(case: Case) -> str:
    return search.text_of(str(markdown.render(case.proposal))) if case.proposal else ""


def _files(case: Case, *, closed: bool) -> str:
    """The titles of the attachments that are there now."""
    return "\n".join(one.title for one in queries.attachments_of(case, closed=closed))
