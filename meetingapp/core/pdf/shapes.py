"""What the templates read. All text comes as data; nothing of a user's is ever template source."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

Blocks = list[dict[str, Any]]  # see core.text.blocks


class Table(TypedDict):
    heading: str
    head: list[str]
    rows: list[list[str]]


class MinutesItem(TypedDict):
    number: str  # "RR 13/26", or empty
    title: str
    body: Blocks  # deliberation, closed doors, recusals
    proposals: Blocks
    votes: Blocks
    decision: Blocks
    statements: Blocks
    lang: NotRequired[str]


class MinutesDocument(TypedDict):
    title: str
    short: str  # in the header of later pages
    lang: str
    author: str  # the council; in the header of the first page
    reference: str
    fingerprint: str
    lead: str
    facts: list[list[str]]
    attendance: list[Table]
    opening: Blocks
    items: list[MinutesItem]
    closing: Blocks
    approvals: list[str]
    words: dict[str, str]  # page, attendance, items, decision, proposals, votes, statements, end


class PackItem(TypedDict):
    number: str
    title: str
    archive: str  # its reference in the archive, or empty
    note: str  # "Unntatt offentlighet …", or empty
    body: Blocks
    recommendation: Blocks
    attachments: list[str]


class PackDocument(TypedDict):
    title: str
    short: str
    lang: str
    author: str
    lead: str
    facts: list[list[str]]
    agenda: list[list[str]]  # time, number, title
    items: list[PackItem]
    words: dict[str, str]  # page, agenda, time, number, title, recommendation, attachments


class TextDocument(TypedDict):
    title: str
    short: str
    lang: str
    author: str
    facts: list[list[str]]
    body: Blocks
    words: dict[str, str]  # page
