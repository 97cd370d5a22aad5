"""The first-day pages, putting help away, and the law's words."""

from __future__ import annotations

import re
from pathlib import Path

from meetingapp.council import law


def test_help_is_put_away_for_oneself_and_stays_under_help(council, signed_in):
    secretary, member = signed_in(council.secretary), signed_in(council.members[1])

    assert "Ny som sekretær" in secretary.see("/kontor").text
    assert secretary.submit("/kontor", form="/hjelp/desk/legg-bort").headers["Location"] == "/kontor"
    assert "Ny som sekretær" not in secretary.see("/kontor").text
    assert "Ny her" in secretary.see("/min-side").text
    assert "Ny her" in member.see("/min-side").text
    assert "Første dag som sekretær" in secretary.see("/kontor/hjelp").text
    assert "Første dag som medlem" in member.see("/kontor/hjelp").text
    assert secretary.get("/kontor/hjelp/ukjent").status_code == 404


def test_a_stranger_reads_the_help_for_partners_and_the_words_of_the_law(council, client):
    page = client.see("/kontor/hjelp")

    assert "Første dag som partner eller leser" in page.text
    assert "forvaltningsloven § 6" in page.text
    assert "offentleglova" in page.text


def test_every_word_of_the_law_is_explained_somewhere_and_every_explanation_has_its_word():
    templates = "\n".join(path.read_text() for path in (Path(__file__).parents[2] / "templates").rglob("*.html"))
    explained = set(re.findall(r'explain\("(\w+)"', templates)) | set(re.findall(r'": "(\w+)"', templates)) & set(law.WORDS)

    assert set(re.findall(r'explain\("(\w+)"', templates)) - set(law.WORDS) == set()
    assert set(law.WORDS) - explained == set()
