"""Calendar objects as bytes (calendar-and-mail § 2.2): one meeting, one UID, one attendee; and the public feed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import vText

from meetingapp.core.clock import OSLO

PRODID = "-//meetingapp//Meetings and cases//NB"
# Constant and by hand: clients read the two rules and the offsets, and ignore or misread lists of dates.
VTIMEZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\n"
    "BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nDTSTART:19700329T020000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nDTSTART:19701025T030000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
)
# Some readers break lines at more than CRLF; halves of characters cannot be written at all.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def new_uid(domain: str) -> str:
    """A UID that nobody can guess: 128 random bits."""
    return f"{secrets.token_hex(16)}@{domain}"


@dataclass(frozen=True)
class Event:
    """One person's copy of one meeting. Moments are aware."""

    uid: str
    sequence: int
    stamp: datetime  # when this message was made
    starts: datetime
    ends: datetime
    summary: str
    location: str
    description: str
    url: str
    organizer_name: str
    organizer_email: str
    attendee_name: str
    attendee_email: str
    role: str = "REQ-PARTICIPANT"  # OPT-PARTICIPANT for guests, NON-PARTICIPANT for information
    partstat: str = "NEEDS-ACTION"
    created: datetime | None = None
    last_modified: datetime | None = None
    online_url: str = ""


@dataclass(frozen=True)
class FeedEvent:
    """One meeting as everybody may see it."""

    uid: str
    sequence: int
    changed: datetime
    starts: datetime
    ends: datetime
    summary: str
    location: str
    description: str
    url: str
    is_cancelled: bool = False


def _escaped(text: str) -> str:
    return vText(CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))).to_ical().decode()


def _parameter(text: str) -> str:
    """A parameter's value, quoted; what cannot stand in quotes is left out, and ^ is doubled (RFC 6868)."""
    return '"' + CONTROL.sub("", text).replace("\n", "").replace('"', "").replace("^", "^^") + '"'


def _plain(text: str) -> str:
    """A value that must be one line: an address or a URL."""
    return re.sub(r"\s", "", CONTROL.sub("", text))


def _aware(moment: datetime) -> datetime:
    """:raises ValueError: for a moment without a zone, which would be read as the machine's own (R15)"""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment


def _utc(moment: datetime) -> str:
    return _aware(moment).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _oslo(moment: datetime) -> str:
    return _aware(moment).astimezone(OSLO).strftime("%Y%m%dT%H%M%S")


def _fold(line: str) -> bytes:
    """At most 75 octets a line, never inside a character (RFC 5545 § 3.1)."""
    out, current = [], b""
    for character in line:
        encoded = character.encode()
        if len(current) + len(encoded) > 75:
            out.append(current)
            current = b" "
        current += encoded
    return b"\r\n".join([*out, current]) + b"\r\n"


def _calendar(lines: Sequence[str], *, head: Sequence[str]) -> bytes:
    start = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", *head]
    body = b"".join(_fold(line) for line in start) + VTIMEZONE.encode() + b"".join(_fold(line) for line in lines)
    return body + b"END:VCALENDAR\r\n"


def _event(event: Event, *, method: str, status: str) -> bytes:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_plain(event.uid)}",
        f"DTSTAMP:{_utc(event.stamp)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTART;TZID=Europe/Oslo:{_oslo(event.starts)}",
        f"DTEND;TZID=Europe/Oslo:{_oslo(event.ends)}",
        f"SUMMARY:{_escaped(event.summary)}",
        f"LOCATION:{_escaped(event.location)}",
        f"DESCRIPTION:{_escaped(event.description)}",
        f"URL:{_plain(event.url)}",
        f"STATUS:{status}",
        "TRANSP:OPAQUE",
        f"CREATED:{_utc(event.created or event.stamp)}",
        f"LAST-MODIFIED:{_utc(event.last_modified or event.stamp)}",
        f"ORGANIZER;CN={_parameter(event.organizer_name)}:mailto:{_plain(event.organizer_email)}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE={event.role};PARTSTAT={event.partstat};RSVP=TRUE;CN={_parameter(event.attendee_name)}"
        f":mailto:{_plain(event.attendee_email)}",
    ]
    if event.online_url:
        lines.append(f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:{_plain(event.online_url)}")
    lines += ["X-MICROSOFT-DISALLOW-COUNTER:TRUE", "END:VEVENT"]
    return _calendar(lines, head=[f"METHOD:{method}"])


def request(event: Event) -> bytes:
    """The invitation (METHOD:REQUEST)."""
    return _event(event, method="REQUEST", status="CONFIRMED")


def cancel(event: Event) -> bytes:
    """The cancellation (METHOD:CANCEL), with the same UID, organizer and time zone."""
    return _event(event, method="CANCEL", status="CANCELLED")


def feed(name: str, events: Sequence[FeedEvent]) -> bytes:
    """The public feed of a body: no attendees, no methods, UIDs of its own (R58–R66). Same events, same bytes."""
    lines: list[str] = []
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_plain(event.uid)}",
            f"DTSTAMP:{_utc(event.changed)}",
            f"SEQUENCE:{event.sequence + (1 if event.is_cancelled else 0)}",
            f"DTSTART;TZID=Europe/Oslo:{_oslo(event.starts)}",
            f"DTEND;TZID=Europe/Oslo:{_oslo(event.ends)}",
            f"SUMMARY:{_escaped(('AVLYST: ' if event.is_cancelled else '') + event.summary)}",
            f"LOCATION:{_escaped(event.location)}",
            f"DESCRIPTION:{_escaped(event.description)}",
            f"URL:{_plain(event.url)}",
            f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
            "TRANSP:OPAQUE",
            f"LAST-MODIFIED:{_utc(event.changed)}",
            "END:VEVENT",
        ]
    head = [f"X-WR-CALNAME:{_escaped(name)}", "X-WR-TIMEZONE:Europe/Oslo", "REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H"]
    return _calendar(lines, head=head)
