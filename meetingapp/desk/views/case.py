"""The case page: a case with its whole life, each thing with the way to change it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from meetingapp.cases import openings, queries
from meetingapp.cases.models import BEING_WRITTEN, CaseState, Part
from meetingapp.cases.words import WORDS
from meetingapp.core import policy
from meetingapp.core.text import markdown
from meetingapp.council import history
from meetingapp.desk.course import steps_of, stops_of
from meetingapp.desk.queries.course import course_of
from meetingapp.desk.views.blueprint import bp
from meetingapp.followups import words as followup_words
from meetingapp.followups.commands import name_of
from meetingapp.followups.queries import title_shown
from meetingapp.minutes.words import OUTCOMES

UNANSWERED = (CaseState.PROPOSED, CaseState.DECLINED)


@bp.get("/kontor/saker/<int:case_id>")
def case(case_id: int) -> Any:
    """Some thirty queries, however long the life of the case was."""
    found = queries.case_for(current_user, case_id)
    if found is None:
        policy.absent(current_user)
    policy.require(current_user, "case.read", found)
    reads_open = policy.allows(current_user, "case.read_paper", found)
    reads_closed = policy.allows(current_user, "case.read_closed", found)
    may_edit = policy.allows(current_user, "case.edit", found)
    paper = found.paper(Part.OPEN) if reads_open else None
    closed_paper = found.paper(Part.CLOSED) if reads_closed and found.is_exempt else None
    is_noted = openings.note(found, [one for one in (paper, closed_paper) if one is not None], by=current_user)
    if not is_noted:
        paper, closed_paper = (paper if paper is not None and not openings.is_closed(paper) else None), None
    asked = queries.open_request(found) if may_edit else None
    course = course_of(current_user, found)
    return render_template(
        "desk/case.html",
        case=found,
        title=queries.shown_title(current_user, found),
        course=course,
        stops=stops_of(found, course, reads_open=reads_open),
        steps_done=steps_of(found, course),
        paper=paper,
        closed_paper=closed_paper,
        versions=[one for one in found.papers if one.part is Part.OPEN] if reads_open else [],
        is_noted=is_noted,
        reads_open=reads_open,
        reads_closed=reads_closed,
        reads_words=reads_closed or not found.is_exempt,
        attachments=queries.attachments_of(found, closed=reads_closed) if reads_open else [],
        proposal=markdown.render(found.proposal) if found.state in UNANSWERED else "",
        word_source=queries.read_from_word(found) if may_edit else None,
        checklist=queries.checklist(found),
        asked=asked,
        may_ask=asked is None and found.state in BEING_WRITTEN and policy.allows(current_user, "case.ask_paper", found),
        history=history.lines_of([("case", [found.id])], without=("case.open_closed",), most=5).items if may_edit else [],
        action_words=followup_words.ACTION_STATES,
        action_title=lambda action: title_shown(current_user, action, reads_closed=reads_closed),
        name_of=name_of,
        outcomes=OUTCOMES,
        **WORDS,
    )
