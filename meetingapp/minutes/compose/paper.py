"""The record on paper: the document as what the PDF template reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from meetingapp.core.i18n.languages import speaking
from meetingapp.core.pdf.compiler import minutes_pdf
from meetingapp.core.pdf.shapes import Blocks, MinutesDocument, MinutesItem
from meetingapp.core.text import blocks


def for_pdf(document: dict[str, Any], *, fingerprint: str, lead: str, approvals: list[str], corrections: list[str]) -> MinutesDocument:
    """The template's shape of `document`.

    :param lead: a line under the title: "Utkast", or when it was locked
    :param corrections: what later editions corrected
    """
    with speaking(document["language"]):
        return {
            "title": document["title"],
            "short": document["heading"],
            "lang": document["language"],
            "author": document["council"],
            "reference": document["council"],
            "fingerprint": f"SHA-256 {fingerprint[:16]}" if fingerprint else "",
            "lead": lead,
            "facts": document["facts"],
            "attendance": [
                {
                    "heading": group["heading"],
                    "head": [_("Name"), _("Remark")],
                    "rows": [[line["name"], line["note"]] for line in group["lines"]],
                }
                for group in document["attendance"]
            ],
            "opening": [*_said([document["quorum"], document["short_notice"]]), *blocks.from_html(document["opening"])],
            "items": [_item(item, document["language"]) for item in document["items"]],
            "closing": [*blocks.from_html(document["closing"]), *_said([document["end"]])],
            "approvals": [*([_("Approved electronically: %(names)s.", names="; ".join(approvals))] if approvals else []), *corrections],
            "words": {
                "page": _("Page"),
                "attendance": _("Present"),
                "items": _("Items"),
                "decision": _("Decision"),
                "proposals": _("Proposals"),
                "votes": _("Vote"),
                "statements": _("Statement for the record"),
                "end": _("End of the meeting"),
            },
        }


def _said(sentences: list[str]) -> Blocks:
    text = " ".join(sentence for sentence in sentences if sentence)
    return blocks.from_text(text)


def _item(item: dict[str, Any], language: str) -> MinutesItem:
    body = [*_said([item["late"], item["exempt"]]), *blocks.from_html(item["text"])]
    body += [*_said(item["recusals"]), *_said(item["closings"]), *_said(item["breaks"])]
    proposals: Blocks = []
    for proposal in item["proposals"]:
        proposals += [
            *blocks.from_text(proposal["heading"]),
            {"t": "quote", "c": blocks.from_html(proposal["html"])},
            *_said([proposal["note"]]),
        ]
    voted: Blocks = []
    for vote in item["votes"]:
        voted += _said(vote["sentences"])
        if vote["sides"]:
            voted.append(
                {"t": "ul", "start": 1, "c": [blocks.from_text(f"{side['label']}: {', '.join(side['names'])}.") for side in vote["sides"]]}
            )
    statements: Blocks = []
    for statement in item["statements"]:
        statements += [
            *blocks.from_text(_("By %(names)s:", names=statement["by"])),
            {"t": "quote", "c": blocks.from_html(statement["html"])},
        ]
    made: MinutesItem = {
        "number": item["number"] or item["label"],
        "title": item["title"],
        "body": body,
        "proposals": proposals,
        "votes": voted,
        "statements": statements,
        "decision": [*blocks.from_html(item["decision"]), *_said([item["appeal"]])],
    }
    return {**made, "lang": item["language"]} if item["language"] and item["language"] != language else made


def make_pdf(document: dict[str, Any], *, at: datetime, fingerprint: str, lead: str, approvals: list[str], corrections: list[str]) -> bytes:
    """The PDF of a record. Slow: not under the write lock."""
    return minutes_pdf(for_pdf(document, fingerprint=fingerprint, lead=lead, approvals=approvals, corrections=corrections), at)
