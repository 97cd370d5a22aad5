"""The secretary of one council sends another council's ids in every field that takes one: refused, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from tests.access.roles import World
from tests.access.table import rows
from tests.access.walk import path_of
from tests.forms import Page, form_data

pytestmark = pytest.mark.slow
IDS = {  # what a field is called → which of the neighbour's ids it would take
    "main_area": "area_id",
    "side_areas": "area_id",
    "parent": "area_id",
    "officer": "person_id",
    "person": "person_id",
    "chair": "person_id",
    "guests": "person_id",
    "elected": "person_id",
    "people": "person_id",
    "stayed": "person_id",
    "by": "person_id",
    "against": "person_id",
    "deputy": "person_id",
    "body": "body_id",
    "bodies": "body_id",
    "organisation": "organisation_id",
    "owed_by": "organisation_id",
    "owed_to": "organisation_id",
    "parties": "organisation_id",
    "seat": "seat_id",
    "case": "case_id",
    "cases": "case_id",
    "after": "item_id",
    "commitment": "commitment_id",
    "owner": "person_id",
    "owners": "person_id",
}


def _acts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action != "case.open_closed")) or 0


def test_another_councils_ids_are_refused_in_every_field(world: World) -> None:
    browser, theirs, wrong, tried = world.browser("secretary"), world.things["the neighbour's"], [], set()
    for row in rows():
        if "GET" not in row.methods or "secretary" not in row.gets_in or "<secret>" in row.address:
            continue
        path = path_of(row.address, world.things.get(row.when, {}))
        answer = browser.get(path)
        if answer.status_code != 200 or "html" not in str(answer.content_type):
            continue
        html = answer.get_data(as_text=True)
        mine = [form for form in Page(html).forms if form.in_main and form.method == "post"]
        for place, form in enumerate(mine):
            for name in sorted(form.names & set(IDS)):
                key = (form.action or row.address, name)
                if key in tried:
                    continue
                tried.add(key)
                given = str(theirs[IDS[name]])
                values: Any = [given, f"p{given}"] if name == "owners" else given
                action, data = form_data(html, form=place, button=None, fields={name: values})
                before = _acts()
                sent = browser.post(action or path, data=data, content_type="multipart/form-data")
                if sent.status_code < 400 or sent.status_code >= 500 or _acts() != before:
                    wrong.append(f"{row}, {name}: {sent.status_code}")

    assert not wrong, "\n".join(wrong)
    assert len(tried) > 15, sorted(tried)
