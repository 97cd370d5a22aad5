"""Dates and times as people here write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetingapp.core.clock import OSLO
from meetingapp.core.i18n import dates

FRIDAY = date(2026, 12, 4)
STARTS, ENDS = datetime(2026, 12, 4, 8, tzinfo=UTC), datetime(2026, 12, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [("nb", "fredag 4. desember 2026"), ("nn", "fredag 4. desember 2026"), ("en", "Friday 4 December 2026")],
)
def test_a_day_is_written_in_full(language: str, written: str) -> None:
    assert dates.long_date(FRIDAY, language=language) == written


def test_the_weekdays_of_nynorsk_are_its_own() -> None:
    week = [dates.long_date(date(2026, 11, day), language="nn").split()[0] for day in range(23, 30)]

    assert week == ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "sundag"]


def test_a_day_has_shorter_forms_too() -> None:
    assert dates.day_month(FRIDAY) == "4. desember"
    assert dates.day_month(FRIDAY, language="en") == "4 December"
    assert dates.full_date(FRIDAY) == "4. desember 2026"
    assert dates.short_date(FRIDAY) == "04.12.2026"


def test_moments_are_shown_in_oslo() -> None:
    assert dates.clock_time(STARTS) == "kl. 09.00"
    assert dates.clock_time(STARTS, language="en") == "09:00"
    assert dates.time_span(STARTS, ENDS) == "kl. 09.00–13.00"
    assert dates.time_span(STARTS, ENDS, language="en") == "09:00–13:00"


def test_a_moment_late_in_the_evening_belongs_to_the_day_in_oslo() -> None:
    assert dates.short_date(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "01.01.2027"


@pytest.mark.parametrize("typed", ["04.12.2026", "4.12.26", "4.12.2026", "2026-12-04", " 4. 12. 2026 "])
def test_a_date_may_be_typed_in_many_ways(typed: str) -> None:
    assert dates.parse_date(typed) == FRIDAY


@pytest.mark.parametrize(
    "typed", ["", "31.02.2026", "04/12/2026", "12.2026", "4.12.", "2026-13-01", "i morgen", "4.12.226", "4.12.0000", "۴.۱۲.۲۰۲۶x"]
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        dates.parse_date(typed)


@pytest.mark.parametrize("typed", ["09.00", "9:00", "0900", "900", "kl. 9", "kl 9", "Kl. 09.00", "9"])
def test_a_time_may_be_typed_in_many_ways(typed: str) -> None:
    assert dates.parse_time(typed) == time(9)


@pytest.mark.parametrize("typed", ["", "24.00", "9.60", "ni", "9.5", "09.00.00", "12345", "-9"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        dates.parse_time(typed)


@given(st.text(max_size=20))
def test_nothing_typed_gives_another_error(typed: str) -> None:
    for parse in (dates.parse_date, dates.parse_time):
        try:
            parse(typed)
        except ValueError:
            continue


def test_a_time_in_oslo_becomes_a_moment() -> None:
    assert dates.at_oslo(date(2026, 12, 4), time(9)) == datetime(2026, 12, 4, 8, tzinfo=UTC)
    assert dates.at_oslo(date(2026, 6, 4), time(9)) == datetime(2026, 6, 4, 7, tzinfo=UTC)
    assert dates.at_oslo(date(2026, 3, 29), time(3, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=["skipped", "doubled"])
def test_an_hour_that_the_day_lacks_or_has_twice_is_refused(day: date) -> None:
    with pytest.raises(dates.ImpossibleTime):
        dates.at_oslo(day, time(2, 30))


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2060, 1, 1)))  # noqa: DTZ001
def test_what_is_not_refused_comes_back_as_it_was_typed(local: datetime) -> None:
    try:
        moment = dates.at_oslo(local.date(), local.time())
    except dates.ImpossibleTime:
        return
    assert moment.astimezone(OSLO).replace(tzinfo=None) == local
    assert moment.tzinfo is UTC
