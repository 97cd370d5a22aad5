"""A strict reader of the calendar objects and letters we send: it knows what we promise, not what others tolerate.

Its rules are calendar-and-mail §§ 2 and 7. It shares no code with what it reads, not even the time zone block.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

OSLO_BLOCK = """BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n").encode()
TEXTS = {"SUMMARY", "LOCATION", "DESCRIPTION", "X-WR-CALNAME"}
IN_CALENDAR = {"VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"}
IN_EVENT = TEXTS - {"X-WR-CALNAME"} | {
    *("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "URL", "STATUS", "TRANSP", "CLASS", "CREATED", "LAST-MODIFIED"),
    *("ORGANIZER", "ATTENDEE", "CONFERENCE", "X-MICROSOFT-DISALLOW-COUNTER"),
}
IN_ZONE = {"TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "DTSTART", "RRULE"}
PARAMETERS = {
    "DTSTART": {"TZID"},
    "DTEND": {"TZID"},
    "ORGANIZER": {"CN"},
    "ATTENDEE": {"CUTYPE", "ROLE", "PARTSTAT", "RSVP", "CN"},
    "CONFERENCE": {"VALUE", "FEATURE", "LABEL"},
    "REFRESH-INTERVAL": {"VALUE"},
}
OURS = ("VCALENDAR", "VTIMEZONE", "DAYLIGHT", "STANDARD")
ONE_EACH = ("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS")
ENUMERATIONS = {
    "STATUS": {"CONFIRMED", "TENTATIVE", "CANCELLED"},
    "TRANSP": {"OPAQUE", "TRANSPARENT"},
    "CLASS": {"PUBLIC", "PRIVATE", "CONFIDENTIAL"},
    "CALSCALE": {"GREGORIAN"},
    "VERSION": {"2.0"},
    "METHOD": {"REQUEST", "CANCEL", "PUBLISH"},
    "CUTYPE": {"INDIVIDUAL"},
    "ROLE": {"REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"},
    "PARTSTAT": {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"},
    "RSVP": {"TRUE", "FALSE"},
}
NAME = re.compile(r"[A-Z0-9-]+")
PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"\x00-\x1f]*"|[^";:\x00-\x1f]*)')
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*(?:[,;]|\\(?![nN,;\\]))")
DATE_TIME = re.compile(r"\d{8}T\d{6}Z?")


@dataclass
class Line:
    number: int  # of its first physical line, from 1
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Component:
    name: str
    number: int
    lines: list[Line] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def value(self, name: str) -> str:
        return next((line.value for line in self.lines if line.name == name), "")


def lint_ics(data: bytes) -> list[str]:
    """What is wrong with a calendar object of ours; empty when nothing is. Each fault begins with its line."""
    faults = list(_bytes_level(data))
    components, more = _read(data)
    faults += more
    faults += _structure(data, components)
    return faults


def _bytes_level(data: bytes) -> Iterable[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "line 1: begins with a byte order mark"
    if not data.endswith(b"\r\n"):
        yield f"line {data.count(10) + 1}: does not end with CRLF"
    for number, line in enumerate(data.removesuffix(b"\n").split(b"\n"), 1):
        bare = line.removesuffix(b"\r")
        if bare == line:
            yield f"line {number}: ends with LF alone"
        if len(bare) > 75:
            yield f"line {number}: {len(bare)} octets, more than 75"
        if re.search(rb"[\x00-\x1f\x7f]", bare):
            yield f"line {number}: control character"
        try:
            bare.decode()
        except UnicodeDecodeError:
            yield f"line {number}: not UTF-8 (or folded inside a character)"
        if not bare:
            yield f"line {number}: empty"


def _read(data: bytes) -> tuple[list[Component], list[str]]:
    """The components in order of BEGIN, and what could not be read."""
    faults: list[str] = []
    logical: list[tuple[int, bytes]] = []
    for number, physical in enumerate(data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n"), 1):
        if physical[:1] in (b" ", b"\t") and logical:
            logical[-1] = (logical[-1][0], logical[-1][1] + physical[1:])
        else:
            logical.append((number, physical))
    components: list[Component] = []
    stack: list[Component] = []
    for number, folded in logical:
        line, problem = _line(number, folded.decode(errors="replace"))
        if problem:
            faults.append(f"line {number}: {problem}")
        if line is None:
            continue
        if line.name == "BEGIN":
            if not stack and components:
                faults.append(f"line {number}: something after the calendar")
            stack.append(Component(line.value, number))
            components.append(stack[-1])
        elif line.name == "END":
            if not stack or stack[-1].name != line.value:
                faults.append(f"line {number}: END:{line.value} closes nothing that is open")
            else:
                stack.pop()
        elif stack:
            stack[-1].lines.append(line)
        else:
            faults.append(f"line {number}: {line.name} outside the calendar")
    faults += [f"line {left.number}: {left.name} is never closed" for left in stack]
    return components, faults


def _line(number: int, text: str) -> tuple[Line | None, str]:
    name = NAME.match(text)
    if name is None:
        return None, "no property name"
    position, parameters = name.end(), {}
    while found := PARAMETER.match(text, position):
        if found[1] in parameters:
            return None, f"parameter {found[1]} twice"
        parameters[found[1]] = found[2]
        position = found.end()
    if text[position : position + 1] != ":":
        return None, f"cannot be read after {text[: min(position, 30)]!r}"
    return Line(number, name[0], parameters, text[position + 1 :]), ""


def _structure(data: bytes, components: Sequence[Component]) -> Iterable[str]:
    count = Counter(component.name for component in components)
    for name in OURS:
        if count[name] != 1:
            yield f"line 1: {count[name]} {name}, should be one"
    yield from (f"line {c.number}: component {c.name}" for c in components if c.name not in (*OURS, "VEVENT"))
    if OSLO_BLOCK not in data:
        zone = next((c.number for c in components if c.name == "VTIMEZONE"), 1)
        yield f"line {zone}: the time zone is not the constant block"
    calendar = next((c for c in components if c.name == "VCALENDAR"), Component("VCALENDAR", 1))
    method = calendar.value("METHOD")
    yield from _properties(calendar, IN_CALENDAR, required=("VERSION", "PRODID", "CALSCALE"))
    for zone_part in components:
        if zone_part.name in ("VTIMEZONE", "DAYLIGHT", "STANDARD"):
            yield from _properties(zone_part, IN_ZONE, required=())
    events = [c for c in components if c.name == "VEVENT"]
    is_notice = method not in ("", "PUBLISH")
    if is_notice and len(events) != 1:
        yield f"line 1: {len(events)} VEVENT, should be one"
    for event in events:
        yield from _properties(event, IN_EVENT, required=ONE_EACH)
        yield from _event(event, method, is_notice)
    uids = Counter(event.value("UID") for event in events)
    yield from (f"line {e.number}: UID {e.value('UID')} more than once" for e in events if uids[e.value("UID")] > 1)


def _properties(component: Component, allowed: set[str], required: Sequence[str]) -> Iterable[str]:
    for name in required:
        if not component.all(name):
            yield f"line {component.number}: {component.name} without {name}"
    seen: set[str] = set()
    for line in component.lines:
        at = f"line {line.number}"
        if line.name not in allowed:
            yield f"{at}: {line.name} does not belong in {component.name}"
        if line.name in seen and line.name != "ATTENDEE":
            yield f"{at}: {line.name} twice"
        seen.add(line.name)
        yield from (f"{at}: parameter {p} of {line.name}" for p in line.parameters if p not in PARAMETERS.get(line.name, set()))
        for name, value in [(line.name, line.value), *line.parameters.items()]:
            if name in ENUMERATIONS and value not in ENUMERATIONS[name]:
                yield f"{at}: {name} is {value!r}"
        if "CN" in line.parameters and not line.parameters["CN"].startswith('"'):
            yield f"{at}: CN is not quoted"
        if line.name in TEXTS and UNESCAPED.search(line.value):
            yield f"{at}: {line.name} is not escaped"
        if line.name in ("DTSTAMP", "CREATED", "LAST-MODIFIED") and _moment(line) is None:
            yield f"{at}: {line.name} is no UTC time: {line.value!r}"
        if line.name == "SEQUENCE" and not re.fullmatch(r"\d{1,9}", line.value):
            yield f"{at}: SEQUENCE is {line.value!r}"
        if line.name == "URL" and not re.fullmatch(r"https?://\S+", line.value):
            yield f"{at}: URL is {line.value!r}"
        if line.name == "UID" and not re.fullmatch(r"[^\s@]+@[^\s@]+", line.value):
            yield f"{at}: UID is {line.value!r}"


def _moment(line: Line) -> datetime | None:
    """The UTC moment of a date-time of ours: Oslo's for DTSTART and DTEND, UTC for all else."""
    if not DATE_TIME.fullmatch(line.value):
        return None
    try:
        local = datetime.strptime(line.value.removesuffix("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    if line.name in ("DTSTART", "DTEND"):
        if line.parameters.get("TZID") != "Europe/Oslo" or line.value.endswith("Z"):
            return None
        return local.replace(tzinfo=ZoneInfo("Europe/Oslo")).astimezone(UTC)
    return local if line.value.endswith("Z") else None


def _event(event: Component, method: str, is_notice: bool) -> Iterable[str]:
    moments = {}
    for name in ("DTSTART", "DTEND"):
        for line in event.all(name):
            moments[name] = _moment(line)
            if moments[name] is None:
                yield f"line {line.number}: {name} is no time in Oslo: {line.value!r}"
    starts, ends = moments.get("DTSTART"), moments.get("DTEND")
    if starts is not None and ends is not None and ends <= starts:
        yield f"line {event.all('DTEND')[0].number}: DTEND is not after DTSTART"
    people = {"ORGANIZER": event.all("ORGANIZER"), "ATTENDEE": event.all("ATTENDEE")}
    for name, lines in people.items():
        if is_notice and len(lines) != 1:
            yield f"line {event.number}: {len(lines)} {name}, should be one"
        if not is_notice and name == "ATTENDEE" and lines:
            yield f"line {lines[0].number}: ATTENDEE in what everybody may read"
        for line in lines:
            if not re.fullmatch(r"mailto:[^\s@,;:]+@[^\s@,;:]+", line.value):
                yield f"line {line.number}: {name} is {line.value!r}"
    for line in people["ATTENDEE"]:
        if line.parameters.get("RSVP") != "TRUE":
            yield f"line {line.number}: ATTENDEE without RSVP=TRUE"
        if not {"CUTYPE", "ROLE", "PARTSTAT", "CN"} <= line.parameters.keys():
            yield f"line {line.number}: ATTENDEE lacks a parameter"
    if (method == "CANCEL") != (event.value("STATUS") == "CANCELLED") and is_notice:
        yield f"line {event.number}: METHOD {method} with STATUS {event.value('STATUS')}"


def lint_history(objects: Sequence[bytes]) -> list[str]:
    """What is wrong with the notices of one meeting to one person, oldest first."""
    faults = []
    events = [next(c for c in _read(data)[0] if c.name == "VEVENT") for data in objects]
    for number, (before, after) in enumerate(pairwise(events), 2):
        for name in ("UID", "ORGANIZER"):
            if before.value(name) != after.value(name) or before.all(name)[0].parameters != after.all(name)[0].parameters:
                faults.append(f"notice {number}: another {name}")
        if int(after.value("SEQUENCE")) < int(before.value("SEQUENCE")):
            faults.append(f"notice {number}: SEQUENCE falls")
        if after.value("DTSTAMP") <= before.value("DTSTAMP"):
            faults.append(f"notice {number}: DTSTAMP does not rise")
    return faults


def lint_mail(raw: bytes) -> list[str]:
    """What is wrong with a letter of ours, its calendar object included; empty when nothing is."""
    faults = []
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        faults.append("a line ends with LF or CR alone")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        faults.append("a line is longer than 998 octets")
    if not raw.isascii():
        faults.append("not plain ASCII on the wire")
    if len(raw) >= 100_000:
        faults.append("100 kB or more")
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        faults += [f"defect: {type(defect).__name__}" for defect in part.defects]
    faults += _headers(mail)
    return faults + list(_parts(mail))


def _headers(mail: EmailMessage) -> Iterable[str]:
    for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "MIME-Version"):
        found = mail.get_all(name, [])
        if len(found) != 1:
            yield f"{len(found)} {name}, should be one"
        elif found[0].defects:
            yield f"{name} has defects"
    for name in ("Precedence", "List-Unsubscribe", "Bcc", "Cc"):
        if name in mail:
            yield f"{name} does not belong in a notice"
    for name in ("From", "To", "Reply-To"):
        if name in mail and len(mail[name].addresses) != 1:
            yield f"{name} names {len(mail[name].addresses)} people"
    if mail.get("Auto-Submitted") != "auto-generated":
        yield "Auto-Submitted is not auto-generated"
    if not re.fullmatch(r"<[^\s<>@]+@[^\s<>@]+>", mail.get("Message-ID", "")):
        yield "Message-ID is no id"
    if "Date" in mail and parsedate_to_datetime(mail["Date"]).tzinfo is None:
        yield "Date has no offset"
    if mail.get("In-Reply-To") != mail.get("References"):
        yield "In-Reply-To and References differ"


def _parts(mail: EmailMessage) -> Iterable[str]:
    layout = [(part.get_content_type(), part.get_content_disposition()) for part in mail.walk()]
    letter = [("multipart/alternative", None), ("text/plain", None), ("text/html", None)]
    if layout == letter:
        parts = list(mail.iter_parts())
        calendars: list[bytes] = []
    elif layout == [("multipart/mixed", None), *letter, ("text/calendar", None), ("application/ics", "attachment")]:
        alternative, attached = list(mail.iter_parts())
        parts = list(alternative.iter_parts())
        calendars = [parts[2].get_payload(decode=True), attached.get_payload(decode=True)]
    else:
        yield f"parts in another order: {layout}"
        return
    for part in parts:
        if part.get_content_charset() != "utf-8":
            yield f"{part.get_content_type()} in {part.get_content_charset()}"
    if re.search(r"<img|<script|<link|src=|url\(", parts[1].get_content(), re.IGNORECASE):
        yield "the HTML loads something"
    if not calendars:
        return
    if calendars[0] != calendars[1]:
        yield "the attachment differs from the calendar part"
    if attached.get_filename() != "innkalling.ics":
        yield f"the attachment is called {attached.get_filename()}"
    if parts[2]["Content-Transfer-Encoding"] != "base64":
        yield "the calendar part is not base64"
    inside, _ = _read(calendars[0])
    if not inside or parts[2].get_param("method") != inside[0].value("METHOD"):
        yield "the method of the part is not the METHOD of the object"
    organizer = next((c.value("ORGANIZER") for c in inside if c.name == "VEVENT"), "")
    if organizer != f"mailto:{mail['From'].addresses[0].addr_spec}":
        yield "From is not the organizer"
    attendee = next((c.value("ATTENDEE") for c in inside if c.name == "VEVENT"), "")
    if attendee != f"mailto:{mail['To'].addresses[0].addr_spec}":
        yield "To is not the attendee"
    yield from lint_ics(calendars[0])
