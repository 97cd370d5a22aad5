"""Texts that belong to the demo's cases: statements, messages, a list of partners. Each is an attachment, made to PDF by the house."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.files import store
from meetingapp.core.files.kinds import safe_name
from meetingapp.core.i18n import dates
from meetingapp.core.pdf.compiler import text_pdf
from meetingapp.core.text import blocks, markdown
from meetingapp.demo.source import Source, secretary_of, whole_text
from meetingapp.demo.timeline import Step, at
from meetingapp.invitations import commands as invitation_commands
from meetingapp.publishing import commands as publishing_commands

SUPPLEMENTED = "RR 14/26"
COUNTRIES = {"SE": "Sverige", "FI": "Finland", "NL": "Nederland"}


@dataclass(frozen=True)
class Text:
    """A text that was ready on a day."""

    cases: tuple[str, ...]
    title: str
    markdown: str
    day: date


@dataclass(frozen=True)
class Kept:
    """Its PDF, which lies on disk."""

    text: Text
    sha256: str
    size: int  # bytes


def texts(source: Source) -> list[Text]:
    """All statements and messages of the files."""
    found = []
    for row in source.facts["statements"]:
        day = row.get("finalised") or row["confirmations"][-1]["date"]
        found.append(Text((row["case"], *row.get("also", [])), row["title"], whole_text(row["file"]), day))
    for row in source.facts["advocacy"]:
        found.append(Text((row["case"],), f"{row['number']}. {row['title']}", whole_text(row["file"]), row["updated"]))
    return found


def make(source: Source, text: Text) -> Kept:
    """Make the PDF and put it on disk. Slow: not under the write lock."""
    council = source.facts["council"]["name"]
    day = dates.full_date(text.day, language="nb")
    document = {
        "title": text.title,
        "short": text.title,
        "lang": "nb",
        "author": council,
        "facts": [["Dato", day]],
        "body": blocks.from_html(str(markdown.render(text.markdown))),
        "words": {"page": "side"},
    }
    data = text_pdf(document, clock.now().replace(microsecond=0))  # type: ignore[arg-type] # written out above
    return Kept(text, store.keep_bytes(data), len(data))


def attach(case: Case, kept: Sequence[Kept], *, secretary: Actor, on_web: bool | None = None) -> None:
    """Add the PDFs to a case."""
    for one in kept:
        file = store.register(one.sha256, media_type="application/pdf", size=one.size)
        name = safe_name(f"{one.text.title}.pdf")
        case_commands.attach(case, file, title=one.text.title, file_name=name, is_closed=False, on_web=on_web, by=secretary)


def make_for(source: Source, given: dict[str, Any], *, urgent: bool = False) -> dict[str, list[Kept]]:
    """Case number → the texts that are ready by now, for the cases of a meeting that are on the list that is sent (or come late)."""
    numbers = [item["case"] for item in given["agenda"] if item["kind"] == "case" and ("urgent" in item) is urgent]
    ready = [text for text in texts(source) if text.day <= clock.today()]
    return {number: [make(source, text) for text in ready if number in text.cases] for number in numbers}


def later(source: Source, numbers: Sequence[str]) -> Iterator[Step]:
    """The texts of some cases that were finished after the case was written: added, and put on the net with the case."""
    for text in texts(source):
        for number in text.cases:
            if number in numbers and text.day > _written(source, number):
                yield Step(at(text.day, "13:00"), partial(_add, source, text, number))
    for number, day in {(number, text.day) for text in texts(source) for number in text.cases if number in numbers}:
        if day > source.meeting(source.case_facts(number)["meetings"][-1])["minutes"]["published"]:
            yield Step(at(day, "14:00"), partial(_publish, source, number))


def _written(source: Source, number: str) -> date:
    """The day on which the case came on its agenda: texts of that day went with it."""
    meeting = source.meeting(source.case_facts(number)["meetings"][0])
    item = next(item for item in meeting["agenda"] if item.get("case") == number)
    called = next(call["sent"] for call in meeting["calls"] if call["kind"] == "call")
    day: date = meeting["date"] if "urgent" in item else called
    return day - timedelta(days=1)


def _add(source: Source, text: Text, number: str) -> None:
    kept = make(source, text)
    with write():
        attach(source.case(number), [kept], secretary=secretary_of(source), on_web=True)


def _publish(source: Source, number: str) -> None:
    with write():
        publishing_commands.publish_case(source.case(number), by=secretary_of(source))


def send_supplement(source: Source, given: dict[str, Any], call: dict[str, Any]) -> None:
    """A list that comes after the call: the foreign partners that were asked, sent to everybody who is called."""
    partners = [org for org in source.facts["orgs"] if org["kind"] == "foreign_partner"]
    rows = [f"| {org['name']} | {COUNTRIES[org['country']]} |" for org in partners]
    table = "\n".join(["| Mogleg partnar | Land |", "|---|---|", *rows])
    kept = make(source, Text((SUPPLEMENTED,), "Oppdatert partnarliste", table, call["sent"]))
    with write():
        attach(source.case(SUPPLEMENTED), [kept], secretary=secretary_of(source), on_web=True)
        db.session.flush()
        meeting = source.meeting_row(given["id"])
        invitation_commands.send_papers(meeting, what=call["what"], by=secretary_of(source))
