"""Two versions of a case paper compared."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_login import current_user

from meetingapp.cases import openings
from meetingapp.cases.models import CasePaper, Part
from meetingapp.cases.views.blueprint import bp, find
from meetingapp.core import policy
from meetingapp.core.text.changes import Mark, compare
from meetingapp.council.office import number_asked


@bp.get("/kontor/saker/<int:case_id>/fremlegg/endringer")
def open_changes(case_id: int) -> Any:
    return _changes(case_id, Part.OPEN)


@bp.get("/kontor/saker/<int:case_id>/fremlegg/lukket/endringer")
def closed_changes(case_id: int) -> Any:
    return _changes(case_id, Part.CLOSED)


def _changes(case_id: int, part: Part) -> Any:
    """`?fra=1&til=3`; else the newest version and the one before it. Opening what is closed is written down, both versions."""
    case = find(case_id, "case.read_versions")
    if part is Part.CLOSED:
        policy.require(current_user, "case.read_closed", case)
    versions = [paper for paper in case.papers if paper.part is part]
    new = _chosen(versions, "til", len(versions))
    old = _chosen(versions, "fra", new.version - 1 if new is not None else 0)
    openings.require_note(case, *{paper.id: paper for paper in (old, new) if paper is not None}.values(), by=current_user)
    return render_template(
        "cases/changes.html",
        case=case,
        part=part,
        versions=versions,
        old=old,
        new=new,
        text=compare(old.text if old else "", new.text if new else ""),
        recommendation=compare(old.recommendation if old else "", new.recommendation if new else ""),
        marks=Mark,
        beside=request.args.get("vis") == "ved-siden",
    )


def _chosen(versions: list[CasePaper], name: str, otherwise: int) -> CasePaper | None:
    """The version asked for in the query string, else number `otherwise`, else the oldest there is."""
    wanted = number_asked(name) or otherwise
    found = next((paper for paper in versions if paper.version == wanted), None)
    return found or next(iter(versions), None)
