"""The record is in the language of the body that leads the meeting, in its document and in its PDF."""

from __future__ import annotations

import io

import pypdf
import pytest

from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.minutes import compose
from tests.factories import TestCouncil
from tests.minutes.sitting import opened

SAID = {
    "nb": ["Innstillingen ble enstemmig vedtatt (5 stemmer).", "Til stede", "Møtet ble hevet kl. "],
    "nn": ["Tilrådinga vart samrøystes vedteke (5 røyster).", "Til stades", "Møtet vart heva kl. "],
    "en": ["The recommendation was adopted unanimously (5 votes).", "Present", "The meeting ended at "],
}


@pytest.mark.parametrize("language", SAID)
def test_a_record_is_in_the_language_of_its_body(council: TestCouncil, language: str) -> None:
    council.body.language = language
    db.session.commit()
    sitting = opened(council, "Budsjett 2027")
    edition = sitting.locked(pdf=True)
    document = compose.document(sitting.meeting)
    assert edition.pdf_file is not None
    reader = pypdf.PdfReader(io.BytesIO(store.read(edition.pdf_file)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    assert document["language"] == language
    assert [words for words in SAID[language] if words not in text] == []
    assert str(reader.trailer["/Root"]["/Lang"]).partition("-")[0] == language  # type: ignore[index]
