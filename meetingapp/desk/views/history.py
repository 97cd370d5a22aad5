"""Who changed what, of a case, a meeting and a person."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.core import policy
from meetingapp.council import queries as council_queries
from meetingapp.council.office import page_behind
from meetingapp.desk import history
from meetingapp.desk.views.blueprint import bp
from meetingapp.meetings import queries as meeting_queries


@bp.get("/kontor/saker/<int:case_id>/historikk")
def case_history(case_id: int) -> Any:
    case = case_queries.case_for(current_user, case_id)
    if case is None:
        policy.absent(current_user)
    policy.require(current_user, "history.case", case)
    title = case_queries.shown_title(current_user, case)
    places = [(_("Cases"), "/kontor/saker"), (title, f"/kontor/saker/{case.id}"), (_("History"), "")]
    return render_template("desk/history.html", page=history.of_case(case, page_behind()), about=title, places=places, place="cases")


@bp.get("/kontor/moter/<int:meeting_id>/historikk")
def meeting_history(meeting_id: int) -> Any:
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, "history.meeting", meeting)
    page = history.of_meeting(meeting, page_behind())
    return render_template("desk/meeting_history.html", page=page, meeting=meeting, part_name="history")


@bp.get("/kontor/folk/personer/<int:person_id>/historikk")
def person_history(person_id: int) -> Any:
    person = council_queries.person(person_id)
    if person is None:
        policy.absent(current_user)
    is_own = person.id == current_user.person_id
    if not is_own:
        policy.require_visible(current_user, "person.read", person)
    policy.require(current_user, "history.person", person)
    above = ("/min-side", _("My page")) if is_own else ("/kontor/folk", _("People and bodies"))
    places = [(above[1], above[0]), (person.name, "" if is_own else f"/kontor/folk/personer/{person.id}"), (_("History"), "")]
    page = history.of_person(person, page_behind())
    return render_template("desk/history.html", page=page, about=person.name, places=places, place="mine" if is_own else "people")
