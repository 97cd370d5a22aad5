"""Hostile text never stalls: what is dear to read is refused, or read in bounded processor time. Never measured by the wall."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from meetingapp.core.mail import frame
from meetingapp.core.mail.message import BadHeader, compose
from meetingapp.core.search import words
from meetingapp.core.text import docx, markdown
from meetingapp.core.text.identity import identity_numbers
from tests.cases.documents import MAIN, RELS, TYPES, W
from tests.core.test_message import GIVEN
from tests.factories import a_case
from tests.hostile import BRACKETS, send

CAP = 100_000  # characters of one text
SECONDS = 2  # of processor time, on a machine with much else to do; what we fear takes ten and more
TEXTS = {
    "brackets": BRACKETS,
    "brackets apart": ("[" * 250 + "\n\n") * 8,
    "links": "\n\n".join([f"[a](https://x.example/{'a' * 300})"] * 290),
    "open links": "[a](" + "(" * (CAP - 4),
    "references": ("[a" * 290 + "]\n\n") * 6,
    "lists in lists": "\n".join("    " * (depth % 11) + "- x" for depth in range(2_500)),
    "a list": "1. x\n" * 20_000,
    "quotes": "> x\n" * 25_000,
    "a lazy quote": "> x\n" + "x\n" * 49_000,
    "emphasis": ("**a *b " * 280 + "\n\n") * 40,
    "marks": ("*_`" * 600 + "\n\n") * 50,
    "a wide table": "| a " * 12_000 + "|\n" + "|---" * 12_000 + "|\n",
    "a long table": "| a | b |\n|---|---|\n" + "| a | b |\n" * 9_900,
    "backslashes": "\\" * CAP,
    "ampersands": "&#" * (CAP // 2),
    "tags": "<b " * 33_000,
    "comments": "<!--" * 25_000,
    "one word": "x" * CAP,
    "empty lines": "\n" * CAP,
    "combining": "a" + "\u0301" * (CAP - 1),
    "zero width": "\u200b" * CAP,
    "turned around": "\u202e" * CAP,
    "ligatures": "\ufdfa" * CAP,
    "digits": "1" * CAP,
    "digits apart": "1 " * (CAP // 2),
    "digits with marks": "1./-" * (CAP // 4),
}


def _paged(text: str) -> None:
    try:
        markdown.plain(markdown.render(text))
    except markdown.TextRefused as refused:
        assert refused.line > 0


def _mailed(text: str) -> None:
    plain, html = frame.frame("Om", [frame.Para(text)], language="nb")
    compose(**{**GIVEN, "text": plain, "html": html})


def _headed(text: str) -> None:
    for part in (text, text[:1_000]):
        try:
            compose(**{**GIVEN, "subject": part, "to_name": part[:200]})
        except BadHeader:
            continue


def _searched(text: str) -> None:
    words.stems_of(text)
    words.question(text)


READERS: dict[str, Callable[[str], object]] = {
    "page": _paged,
    "identity numbers": identity_numbers,
    "letter": _mailed,
    "header": _headed,
    "search": _searched,
}


@pytest.mark.shows("promise-18")
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_hostile_text_is_read_or_refused_in_bounded_time(text: str, reader: Callable[[str], object]) -> None:
    assert len(text) <= CAP
    began = time.process_time()
    reader(text)

    assert time.process_time() - began < SECONDS


def _word(body: str, **parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, part in parts.items():
            archive.writestr(f"word/{name}.xml", part)
    return made.getvalue()


RUN = "<w:r><w:t>x</w:t></w:r>"
WORD = {  # each a few kilobytes as it is sent
    "paragraphs": "<w:p/>" * 1_600_000,
    "paragraphs of another name": f'<x:p xmlns:x="{W}"/>' * 6_000,
    "runs": f"<w:p>{RUN * 400_000}</w:p>",
    "attributes": "<w:p" + "".join(f' w:a{n}=""' for n in range(500_000)) + "/>",
    "cells": "<w:tbl>" + ("<w:tr>" + f"<w:tc><w:p>{RUN}</w:p></w:tc>" * 60 + "</w:tr>") * 100 + "</w:tbl>",
    "tables in tables": "<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000,
    "one word": f"<w:p><w:r><w:t>{'x' * 9_000_000}</w:t></w:r></w:p>",
    "all that is taken": f"<w:p>{RUN}</w:p>" * 4_900,
}


@pytest.mark.shows("promise-18")
@pytest.mark.parametrize("body", WORD.values(), ids=WORD.keys())
def test_a_hostile_word_file_is_read_or_refused_in_bounded_time(app: object, body: str) -> None:
    data = _word(body)
    assert len(data) < 2_000_000
    assert MAIN in TYPES
    began = time.process_time()
    try:
        docx.to_markdown(data)
    except docx.NotADocx as refused:
        assert str(refused)

    assert time.process_time() - began < SECONDS


@pytest.mark.slow
@pytest.mark.shows("promise-18")
def test_no_hostile_text_breaks_a_form_or_a_search(council: object, signed_in: object) -> None:
    secretary = signed_in(council.secretary)  # type: ignore[operator,attr-defined]
    case = a_case(council.council)  # type: ignore[attr-defined]
    for name, text in TEXTS.items():
        began = time.process_time()
        saved = send(secretary, f"/kontor/saker/{case.id}/fremlegg", {"text": text, "recommendation": "Vedtas."})
        found = secretary.get("/kontor/sok", query_string={"q": text[:4_000]})
        assert saved.status_code in (303, 422), f"{name}: {saved.status_code}"
        assert found.status_code in (200, 400, 414, 422), f"{name}: {found.status_code}"
        assert time.process_time() - began < 3 * SECONDS, name
