"""Calendar objects keep to the letter of the standard, and other people's readers agree on what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import icalendar
import pytest
import vobject
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.mail import calendar
from meetingapp.core.mail.calendar import Event, FeedEvent
from tests.core.ics_lint import OSLO_BLOCK, lint_history, lint_ics

INVITATION = Event(
    uid="5f2d9c0e4b1a48d7a6c3e0f1b2a39485@ipr.example",
    sequence=0,
    stamp=datetime(2026, 11, 23, 7, tzinfo=UTC),
    starts=datetime(2026, 12, 4, 8, tzinfo=UTC),
    ends=datetime(2026, 12, 4, 12, tzinfo=UTC),
    summary="Regionrådet, møte 4; årets siste",
    location="Hamar rådhus, møterom Mjøsa",
    description="Du er innkalt.\nSvar her: https://ipr.example/g/4c1d\n\nSaker: RR 21/26, RR 22/26 og «Årsmøte» éšžđŋ",
    url="https://ipr.example/g/4c1d",
    organizer_name="Hamarregionen, regionrådet",
    organizer_email="mote@ipr.example",
    attendee_name='Åse "Ås" Ærlig; Prøve',
    attendee_email="ase@stange.example",
    created=datetime(2026, 11, 20, 7, tzinfo=UTC),
    last_modified=datetime(2026, 11, 22, 7, tzinfo=UTC),
    online_url="https://video.example/rom?a=1,2;3",
)
PUBLIC = FeedEvent(
    uid="regionradet-2026-12-04@ipr.example",
    sequence=0,
    changed=datetime(2026, 11, 20, 7, tzinfo=UTC),
    starts=INVITATION.starts,
    ends=INVITATION.ends,
    summary="Regionrådet",
    location="Hamar rådhus",
    description="",
    url="https://ipr.example/moter/regionradet-2026-12-04",
)
GOOD = calendar.request(INVITATION)


def test_the_invitation_is_without_fault() -> None:
    assert lint_ics(GOOD) == []


def test_the_cancellation_is_without_fault_and_keeps_time_and_zone() -> None:
    cancelled = calendar.cancel(replace(INVITATION, sequence=1, stamp=INVITATION.stamp + timedelta(hours=1)))

    assert lint_ics(cancelled) == []
    assert lint_history([GOOD, cancelled]) == []
    assert OSLO_BLOCK in cancelled
    assert b"DTSTART;TZID=Europe/Oslo:20261204T090000\r\n" in cancelled


def test_the_same_event_gives_the_same_bytes() -> None:
    assert calendar.request(INVITATION) == GOOD


def test_uids_cannot_be_guessed() -> None:
    made = {calendar.new_uid("ipr.example") for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}@ipr\.example", uid) for uid in made)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        calendar.request(replace(INVITATION, starts=datetime(2026, 12, 4, 9)))  # noqa: DTZ001


def test_other_readers_see_the_same_meeting() -> None:
    theirs = icalendar.Calendar.from_ical(GOOD).events[0]
    assert theirs.start.astimezone(UTC) == INVITATION.starts
    assert theirs.end.astimezone(UTC) == INVITATION.ends
    assert str(theirs["SUMMARY"]) == INVITATION.summary
    assert str(theirs["DESCRIPTION"]) == INVITATION.description
    assert str(theirs["LOCATION"]) == INVITATION.location
    assert theirs["ATTENDEE"].params["CN"] == "Åse Ås Ærlig; Prøve"

    parsed = vobject.readOne(GOOD.decode())
    parsed.validate(raiseException=True)
    assert parsed.vevent.dtstart.value.astimezone(UTC) == INVITATION.starts
    assert parsed.vevent.summary.value == INVITATION.summary
    assert parsed.vevent.description.value == INVITATION.description


@pytest.mark.parametrize("year", range(2026, 2036))
def test_readers_that_know_only_our_rules_find_the_right_hour(year: int) -> None:
    zone = tzical(StringIO(OSLO_BLOCK.decode())).get("Europe/Oslo")
    for month, utc_before in ((3, 1), (10, 1)):
        changes = max(day for day in range(25, 32) if date(year, month, day).weekday() == 6)
        moment = datetime(year, month, changes, utc_before, 30, tzinfo=UTC)
        local = calendar.request(replace(INVITATION, starts=moment, ends=moment + timedelta(hours=2)))
        found = re.search(rb"DTSTART;TZID=Europe/Oslo:(\d{8}T\d{6})", local)
        assert found is not None
        read = datetime.strptime(found[1].decode(), "%Y%m%dT%H%M%S").replace(tzinfo=zone, fold=1)
        assert read.astimezone(UTC) == moment


NASTY = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\x00\x0b\x0c\x1c\x85\u2028\u2029\t,;:\\\"^'\ufeff\ud800æøå")), max_size=120
)


@settings(max_examples=150, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_text_can_make_a_line_of_its_own(first: str, second: str, third: str) -> None:
    made = calendar.request(
        replace(
            INVITATION,
            summary=first,
            location=second,
            description=third,
            organizer_name=first,
            attendee_name=second,
            url="https://x.example/" + third,
        )
    )

    assert lint_ics(made) == []
    assert len(made.decode().splitlines()) == made.count(b"\r\n")


def test_an_injected_property_stays_text() -> None:
    made = calendar.request(replace(INVITATION, attendee_name="Kari\r\nATTENDEE:mailto:evil@evil.example", summary="x\nMETHOD:PUBLISH"))

    assert lint_ics(made) == []


def _without(name: str) -> Callable[[bytes], bytes]:
    return lambda good: re.sub(rb"(?m)^" + name.encode() + rb"[:;].*\r\n(?: .*\r\n)*", b"", good)


def _swap(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda good: good.replace(old.encode(), new.encode())


FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no UID": (_without("UID"), "without UID"),
    "no DTSTAMP": (_without("DTSTAMP"), "without DTSTAMP"),
    "no ORGANIZER": (_without("ORGANIZER"), "0 ORGANIZER"),
    "no ATTENDEE": (_without("ATTENDEE"), "0 ATTENDEE"),
    "no VTIMEZONE": (lambda good: good.replace(OSLO_BLOCK, b""), "0 VTIMEZONE"),
    "end before start": (_swap("DTEND;TZID=Europe/Oslo:20261204T13", "DTEND;TZID=Europe/Oslo:20261204T08"), "DTEND is not after"),
    "two starts": (
        _swap("DTSTART;TZID=Europe/Oslo:20261204T090000\r\n", "DTSTART;TZID=Europe/Oslo:20261204T090000\r\n" * 2),
        "line 28: DTSTART twice",
    ),
    "impossible date": (_swap("20261204T090000", "20261332T090000"), "line 27: DTSTART is no time"),
    "end and duration": (_swap("TRANSP:OPAQUE", "DURATION:PT1H\r\nTRANSP:OPAQUE"), "DURATION does not belong"),
    "unclosed event": (_swap("END:VEVENT\r\n", ""), "closes nothing"),
    "raw newline": (_swap("SUMMARY:Regionrådet", "SUMMARY:Region\r\nrådet"), "line 30: no property name"),
    "local stamp": (_swap("DTSTAMP:20261123T070000Z", "DTSTAMP:20261123T070000"), "line 25: DTSTAMP is no UTC"),
    "attendee without mailto": (_swap("mailto:ase@", "ase@"), "ATTENDEE is"),
    "bogus partstat": (_swap("NEEDS-ACTION", "PERHAPS"), "PARTSTAT is 'PERHAPS'"),
    "bogus status": (_swap("STATUS:CONFIRMED", "STATUS:MAYBE"), "STATUS is 'MAYBE'"),
    "no PRODID": (_without("PRODID"), "without PRODID"),
    "sequence in words": (_swap("SEQUENCE:0", "SEQUENCE:null"), "line 26: SEQUENCE is 'null'"),
    "unquoted name": (_swap('CN="Hamarregionen, regionrådet"', "CN=Hamarregionen, regionrådet"), "CN is not quoted"),
    "published with attendee": (_swap("METHOD:REQUEST", "METHOD:PUBLISH"), "ATTENDEE in what everybody may read"),
    "a reply": (_swap("METHOD:REQUEST", "METHOD:REPLY"), "METHOD is 'REPLY'"),
    "zone an hour off": (_swap("DTSTART:19700329T020000", "DTSTART:19700329T030000"), "line 6: the time zone"),
    "fold inside a letter": (lambda good: good.replace(b"SUMMARY:Regionr\xc3\xa5", b"SUMMARY:Regionr\xc3\r\n \xa5"), "line 29: not UTF-8"),
    "LF alone": (lambda good: good.replace(b"\r\n", b"\n"), "LF alone"),
    "long line": (_swap("LOCATION:", "LOCATION:" + "å" * 100), "more than 75"),
    "Latin-1": (lambda good: good.replace("rådhus".encode(), "rådhus".encode("latin-1")), "not UTF-8"),
    "recurring": (_swap("TRANSP:OPAQUE", "RRULE:FREQ=DAILY\r\nTRANSP:OPAQUE"), "RRULE does not belong"),
    "no RSVP": (_swap("RSVP=TRUE;", ""), "without RSVP"),
    "two calendars": (lambda good: good * 2, "2 VCALENDAR"),
    "unescaped comma": (_swap("rådhus\\, møterom", "rådhus, møterom"), "LOCATION is not escaped"),
    "byte order mark": (lambda good: b"\xef\xbb\xbf" + good, "byte order mark"),
}


def _unfolded(good: bytes) -> bytes:
    return good.replace(b"\r\n ", b"")


def _refolded(text: bytes) -> bytes:
    lines = []
    for line in text.removesuffix(b"\r\n").split(b"\r\n"):
        current = ""
        for character in line.decode():
            if len((current + character).encode()) > 75:
                lines.append(current.encode())
                current = " "
            current += character
        lines.append(current.encode())
    return b"\r\n".join(lines) + b"\r\n"


@pytest.mark.parametrize(("plant", "report"), FAULTS.values(), ids=FAULTS.keys())
def test_the_strict_reader_reports_a_planted_fault(plant: Callable[[bytes], bytes], report: str) -> None:
    bad = plant(GOOD)
    if bad == GOOD:  # what is planted stands across a fold
        bad = _refolded(plant(_unfolded(GOOD)))

    faults = lint_ics(bad)

    assert any(report in fault for fault in faults), faults


def test_the_reader_of_histories_reports_what_falls_or_changes() -> None:
    later = INVITATION.stamp + timedelta(hours=1)
    bad = [
        replace(INVITATION, sequence=2),
        replace(INVITATION, sequence=1, stamp=later),
        replace(INVITATION, sequence=1, stamp=later),
        replace(INVITATION, sequence=1, stamp=later + timedelta(hours=1), organizer_email="ny@ipr.example"),
    ]

    assert lint_history([calendar.request(event) for event in bad]) == [
        "notice 2: SEQUENCE falls",
        "notice 3: DTSTAMP does not rise",
        "notice 4: another ORGANIZER",
    ]


def test_the_public_feed_is_without_fault_and_says_how_often_to_come_back() -> None:
    made = calendar.feed("Regionrådet, Hamarregionen", [PUBLIC])

    assert lint_ics(made) == []
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nX-PUBLISHED-TTL:PT4H\r\n" in made
    assert b"\r\nX-WR-CALNAME:Regionr\xc3\xa5det\\, Hamarregionen\r\n" in made
    for absent in (b"ATTENDEE", b"ORGANIZER", b"CONFERENCE", b"METHOD"):
        assert absent not in made


def test_a_cancelled_meeting_stays_in_the_feed_and_says_so() -> None:
    made = calendar.feed("Regionrådet", [replace(PUBLIC, is_cancelled=True)])

    assert lint_ics(made) == []
    assert b"SUMMARY:AVLYST: Regionr" in made
    assert b"STATUS:CANCELLED\r\n" in made
    assert b"SEQUENCE:1\r\n" in made


def test_an_empty_feed_is_a_feed() -> None:
    assert lint_ics(calendar.feed("Regionrådet", [])) == []
