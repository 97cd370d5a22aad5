"""A year's meetings made in one form: days by a rule or a list, what they collide with, all planned at once."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from meetingapp.agendas import queries as agenda_queries
from meetingapp.core.database import db
from meetingapp.meetings.models import Meeting
from meetingapp.meetings.year import LAST, by_list, by_rule, easter, holidays
from tests.factories import TestCouncil, a_meeting


def _address(council: TestCouncil, **given: Any) -> str:
    facts = {"body": council.body.id, "year": 2027, "which": 2, "weekday": 4, "months": [], "days": "", "starts": "09.00", "ends": "13.00"}
    return f"/kontor/moter/arsplan/ny?{urlencode(facts | {'place': 'Rådhuset'} | given, doseq=True)}"


def test_a_rule_gives_its_days() -> None:
    assert by_rule(2027, 4, 2, [6, 2]) == [date(2027, 2, 12), date(2027, 6, 11)]
    assert by_rule(2028, 1, LAST, [2, 12]) == [date(2028, 2, 29), date(2028, 12, 26)]


def test_a_list_gives_its_days_in_order_and_once() -> None:
    assert by_list("12.3.27, 29.01.2027\n12.03.2027") == [date(2027, 1, 29), date(2027, 3, 12)]
    with pytest.raises(ValueError, match="i mars"):
        by_list("29.01.2027\ni mars")


def test_easter_and_what_follows_from_it() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ]
    assert {date(2027, 5, 6), date(2027, 5, 17), date(2027, 3, 25)} <= set(holidays(2027))  # Ascension Day, 17 May, Maundy Thursday


def test_the_days_are_shown_with_what_they_collide_with_and_planned_at_one_press(council: TestCouncil, signed_in: Any) -> None:
    browser = signed_in(council.secretary)
    taken = a_meeting(council, days=60)  # 22 January 2027
    days = "22.01.2027\n12.02.2027\n26.03.2027\n10.04.2027\n28.03.2027"
    address = _address(council, days=days)
    page = browser.see(address)

    assert "Regionrådet har et annet møte på dette tidspunktet." in page.text
    assert "Helligdag: langfredag." in page.text
    assert "En dag i helgen." in page.text
    answer = browser.submit(address, day=["2027-02-12", "2027-03-26"])
    assert answer.location == "/kontor/moter/arsplan?ar=2027"
    made = [meeting for meeting in db.session.query(Meeting).order_by(Meeting.starts_at) if meeting is not taken]
    assert [meeting.slug for meeting in made] == ["regionradet-2027-02-12", "regionradet-2027-03-26"]
    assert all(len(agenda_queries.items_of(meeting)) == 3 for meeting in made)
    year = browser.see(answer.location).text
    assert "fredag 12. februar 2027" in year
    assert "3 møter" in year


def test_days_without_a_collision_are_ticked_and_those_that_cannot_be_are_no_choice(council: TestCouncil, signed_in: Any) -> None:
    browser, address = signed_in(council.secretary), ""
    a_meeting(council, days=60)
    address = _address(council, days="22.01.2027\n12.02.2027\n26.03.2027")
    html = browser.get(address).get_data(as_text=True)
    assert 'value="2027-02-12" checked' in html
    assert 'value="2027-03-26" checked' not in html
    assert 'value="2027-01-22"' not in html

    browser.submit(address)
    assert [meeting.slug for meeting in db.session.query(Meeting).order_by(Meeting.id)][1:] == ["regionradet-2027-02-12"]
    assert browser.submit(address, day=[]).status_code == 422


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"days": "i mars"}, "days"),
        ({"days": "29.01.2099"}, "days"),
        ({"months": []}, "months"),
        ({"days": "29.01.2027", "ends": "08.00"}, "ends"),
        ({"days": "29.01.2027", "place": " "}, "place"),
        ({"days": "29.01.2027", "starts": "ni"}, "starts"),
        ({"days": "29.01.2027", "body": "x"}, "body"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(council: TestCouncil, signed_in: Any, given: dict[str, Any], field: str) -> None:
    answer = signed_in(council.secretary).get(_address(council, **given))

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_only_the_secretary_plans_and_everybody_inside_reads_the_plan(council: TestCouncil, signed_in: Any, client: Any) -> None:
    member = signed_in(council.members[0])
    assert member.get("/kontor/moter/arsplan?ar=2027").status_code == 200
    assert member.get("/kontor/moter/arsplan/ny").status_code == 403
    assert client.get("/kontor/moter/arsplan").status_code == 303
