"""The record and the papers as PDF: made to PDF/UA-1 and PDF/A-2a, from data and never from somebody's source."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.pdf.compiler import PdfRefused, minutes_pdf, pack_pdf
from meetingapp.core.pdf.shapes import MinutesDocument, PackDocument
from meetingapp.core.text.blocks import from_html
from meetingapp.core.text.markdown import render
from tests.core.test_markdown import PIECES

AT = datetime(2026, 5, 6, 7, 40, tzinfo=UTC)
PAPER = """Terje Prøvdal orienterte om *Mjøsbyen* og **rammen**, se [kartet](https://kart.example).

# Bakgrunn

- Hamar
- Løten
    1. ett
    2. to

## Tall

| Kommune | Sum |
|---|---|
| Løten | 100 000 |

> Sitat

`kode` og H<sub>2</sub>O

    blokk

---

Ordførerne i Snåase, Guovdageaidnu og Kárášjohka: áčđŋšŧž ÁČĐŊŠŦŽ «»–—’•§€½
"""


def blocks(source: str) -> list[dict[str, Any]]:
    return from_html(render(source))


MINUTES: MinutesDocument = {
    "title": "Møtebok\nRegionrådet 24. april 2026",
    "short": "Møtebok 24. april 2026",
    "lang": "nb",
    "author": "Hamarregionen interkommunalt politisk råd",
    "reference": "RR 2026-04-24, versjon 1",
    "fingerprint": "4f1c 9a27 e0b3 58d6",
    "lead": "Godkjent 6. mai 2026.",
    "facts": [["Tid", "kl. 09.00–14.10"], ["Sted", "Stange rådhus"]],
    "attendance": [
        {"heading": "Medlemmer", "head": ["Navn", "For", "Merknad"], "rows": [["Ingrid Liksomrud", "Hamar kommune", ""]]},
        {"heading": "Gjester", "head": ["Navn", "For"], "rows": []},
    ],
    "opening": blocks("Ingen merknader til innkallingen."),
    "items": [
        {
            "number": "RR 13/26",
            "title": "Profileringskampanje 2026",
            "body": blocks(PAPER),
            "proposals": blocks("Terje Prøvdal fremmet slikt forslag: 250 000 kroner."),
            "votes": blocks("Innstillingen fikk 5 stemmer."),
            "decision": blocks("Rammen er 400 000 kroner."),
            "statements": blocks("Terje Prøvdal ba om å få dette ført."),
        },
        {
            "number": "",
            "title": "Ymse",
            "lang": "nn",
            "body": [],
            "proposals": [],
            "votes": [],
            "decision": blocks("Saka blir utsett."),
            "statements": [],
        },
    ],
    "closing": blocks("Møtet ble hevet kl. 14.10."),
    "approvals": ["Ingrid Liksomrud, møteleder, godkjent 5. mai 2026 kl. 14.12"],
    "words": {
        "page": "Side",
        "attendance": "Til stede",
        "items": "Saker",
        "decision": "Vedtak",
        "proposals": "Forslag",
        "votes": "Votering",
        "statements": "Protokolltilførsel",
        "end": "Godkjenning",
    },
}
PACK: PackDocument = {
    "title": "Sakspapirer\nRegionrådet 4. desember 2026",
    "short": "Sakspapirer 4. desember 2026",
    "lang": "nb",
    "author": "Hamarregionen interkommunalt politisk råd",
    "lead": "",
    "facts": [["Tid", "fredag 4. desember 2026 kl. 09.00–13.00"]],
    "agenda": [["09.00", "RR 21/26", "Budsjett 2027"], ["09.30", "", "Pause"], ["09.45", "RR 22/26", "Møteplan"]],
    "items": [
        {
            "number": "RR 21/26",
            "title": "Budsjett 2027",
            "archive": "Arkivreferanse: 26/0017-1",
            "note": "",
            "body": blocks(PAPER),
            "recommendation": blocks("1. Rådet vedtar budsjettet."),
            "attachments": ["Budsjett 2027.xlsx"],
        },
        {
            "number": "RR 22/26",
            "title": "Møteplan",
            "archive": "",
            "note": "Delvis unntatt",
            "body": [],
            "recommendation": [],
            "attachments": [],
        },
    ],
    "words": {
        "page": "Side",
        "agenda": "Saksliste",
        "time": "Tid",
        "number": "Nr.",
        "title": "Sak",
        "recommendation": "Innstilling",
        "attachments": "Vedlegg",
    },
}


def text_of(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages).split())


def with_body(source: str) -> PackDocument:
    changed = deepcopy(PACK)
    changed["items"][0]["body"] = blocks(source)
    return changed


@pytest.mark.parametrize("made", [minutes_pdf(MINUTES, AT), pack_pdf(PACK, AT)], ids=["minutes", "pack"])
def test_the_file_says_what_it_conforms_to(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert pdf.Root.Lang == "nb-NO"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "/StructTreeRoot" in pdf.Root
        assert "/Outlines" in pdf.Root


def test_the_minutes_say_what_was_said() -> None:
    text = text_of(minutes_pdf(MINUTES, AT))

    for said in (
        "Møtebok Regionrådet 24. april 2026",
        "Stange rådhus",
        "Ingrid Liksomrud",
        "RR 13/26",
        "Profileringskampanje 2026",
        "Løten",
        "100 000",
        "Kárášjohka: áčđŋšŧž ÁČĐŊŠŦŽ «»–—",
        "Votering",
        "Vedtak",
        "Rammen er 400 000 kroner.",
        "Saka blir utsett.",
        "Møtet ble hevet kl. 14.10.",
        "godkjent 5. mai 2026 kl. 14.12",
        "4f1c 9a27 e0b3 58d6",
        "RR 2026-04-24, versjon 1",
        "Side 1 / 2",
    ):
        assert said in text


def test_the_papers_hold_the_agenda_and_each_case_with_its_recommendation() -> None:
    made = pack_pdf(PACK, AT)
    text = text_of(made)

    for said in ("Saksliste", "09.45", "Pause", "Innstilling", "Rådet vedtar budsjettet.", "Budsjett 2027.xlsx", "Delvis unntatt"):
        assert said in text
    assert [entry.title for entry in pypdf.PdfReader(io.BytesIO(made)).outline] == [
        "Saksliste",
        "RR 21/26 Budsjett 2027",
        "RR 22/26 Møteplan",
    ]


def test_the_agenda_leads_to_the_cases() -> None:
    first = pypdf.PdfReader(io.BytesIO(pack_pdf(PACK, AT))).pages[0]

    assert len(first["/Annots"]) == 4  # number and title of two cases; the pause leads nowhere


def test_the_same_data_gives_the_same_bytes() -> None:
    assert minutes_pdf(MINUTES, AT) == minutes_pdf(deepcopy(MINUTES), AT)
    assert minutes_pdf(MINUTES, AT) != minutes_pdf(MINUTES, AT.replace(day=7))


def test_source_in_a_text_stays_text() -> None:
    hostile = '#panic("x") #read("/etc/passwd") $x$ @ref <label> \\u{41} #import "a"'
    changed = deepcopy(PACK)
    changed["title"] = changed["items"][1]["title"] = changed["items"][1]["note"] = hostile
    changed["items"][1]["attachments"] = [hostile]
    changed["agenda"][0][2] = hostile
    changed["items"][1]["body"] = [{"t": "p", "c": [hostile]}]

    assert text_of(pack_pdf(changed, AT)).count('#panic("x") #read("/etc/passwd") $x$ @ref <label>') == 6


def test_what_no_typeface_shows_is_marked_and_stops_nothing() -> None:
    text = text_of(pack_pdf(with_body("Takk \U0001f600 og 你好 og \u0645, A\u030as, a\u200bb\x07c, \ue000"), AT))

    assert "Takk [?] og [?][?] og [?], Ås, abc, [?]" in text


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join)), st.text(min_size=1, max_size=30))
def test_any_text_becomes_a_page(source: str, title: str) -> None:
    changed = with_body(source)
    changed["items"][1]["title"] = f"Sak {title}"
    changed["items"][1]["attachments"] = [title]

    assert pack_pdf(changed, AT).startswith(b"%PDF-")


def test_every_letter_that_is_let_through_can_be_shown() -> None:
    letters = [chr(code) for code in range(0x20, 0x2300)]
    paragraphs = ["".join(letters[start : start + 64]) for start in range(0, len(letters), 64)]
    changed = deepcopy(PACK)
    for cut in ("strong", "emph", "code"):
        changed["items"][0]["body"] = [{"t": "p", "c": [{"t": cut, "c": [paragraph]}]} for paragraph in paragraphs]
        text = text_of(pack_pdf(changed, AT))
        assert "[?]" in text
        assert re.search("ŁłŃń", text), "the last resort was taken: something let through has no glyph"


def test_a_paper_without_a_title_is_refused_with_the_fault_named() -> None:
    changed = deepcopy(PACK)
    changed["items"][0]["title"] = changed["items"][0]["number"] = ""

    with pytest.raises(PdfRefused, match="heading"):
        pack_pdf(changed, AT)


def test_threads_do_not_mix_their_papers() -> None:
    def one(number: int) -> str:
        return text_of(pack_pdf(with_body(f"Sak nummer {number}."), AT))

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(one, range(12)))

    assert all(f"Sak nummer {number}." in text for number, text in enumerate(texts))


def test_two_cases_with_the_same_number_stop_nothing() -> None:
    changed = deepcopy(PACK)
    changed["items"][1]["number"] = changed["items"][0]["number"]

    assert "Møteplan" in text_of(pack_pdf(changed, AT))
