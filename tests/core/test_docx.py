"""Word in: what was written comes in, and what could not come in is said."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from html import escape
from typing import Any

import docx as word
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from meetingapp.core.files.kinds import NotAllowed, identify
from meetingapp.core.text.docx import NotADocx, split_recommendation, to_markdown
from meetingapp.core.text.markdown import plain, render


def a_paper(fill: Callable[[Any], Any]) -> bytes:
    made = word.Document()
    fill(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(data: bytes, **parts: bytes | None) -> bytes:
    """`data` with members replaced (`word__document_xml` for word/document.xml), added, or left out (None)."""
    names = {name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): body for name, body in parts.items()}
    names = {"[Content_Types].xml" if name == "types" else name: body for name, body in names.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in names if name not in old.namelist())]:
            body = names.get(name, old.read(name) if name in old.namelist() else None)
            if body is not None:
                new.writestr(name, body)
    return out.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


PLAIN = a_paper(lambda paper: paper.add_paragraph("Regionrådet drøftet saken."))


def test_headings_bold_lists_and_quotes_come_in() -> None:
    def fill(paper: Any) -> None:
        paper.add_heading("Budsjett 2027", 0)
        paper.add_heading("Bakgrunn", 1)
        line = paper.add_paragraph("Rammen er ")
        line.add_run("viktig").bold = True
        line.add_run(" og ")
        line.add_run("ny").italic = True
        for text in ("Hamar", "Løten"):
            paper.add_paragraph(text, style="List Bullet")
        for text in ("først", "så"):
            paper.add_paragraph(text, style="List Number")
        paper.add_paragraph("Et sitat", style="Quote")

    text = to_markdown(a_paper(fill)).markdown

    assert text == (
        "## Budsjett 2027\n\n## Bakgrunn\n\nRammen er **viktig** og *ny*\n\n-   Hamar\n-   Løten\n\n1.  først\n2.  så\n\n> Et sitat\n"
    )
    assert "<li>Løten</li>" in render(text)


def test_a_table_comes_in_with_its_first_row_as_header() -> None:
    def fill(paper: Any) -> None:
        table = paper.add_table(2, 2)
        for cell, text in zip(table._cells, ["Kommune", "Sum | kroner", "Løten", "100 000"], strict=True):
            cell.text = text

    text = to_markdown(a_paper(fill)).markdown

    assert '<th scope="col">Sum | kroner</th>' in render(text)
    assert "<td>Løten</td>\n<td>100 000</td>" in render(text)


def test_merged_cells_keep_the_others_in_their_columns() -> None:
    def fill(paper: Any) -> None:
        table = paper.add_table(3, 3)
        for y in range(3):
            for x in range(3):
                table.cell(y, x).text = f"{y}{x}"
        table.cell(0, 0).merge(table.cell(0, 1))
        table.cell(1, 0).merge(table.cell(2, 0))

    lines = to_markdown(a_paper(fill)).markdown.splitlines()

    assert lines == ["| 00 01 |  | 02 |", "|---|---|---|", "| 10 20 | 11 | 12 |", "|  | 21 | 22 |"]


def test_pictures_are_left_out_and_counted() -> None:
    def fill(paper: Any) -> None:
        paper.add_paragraph("Før")
        for colour in ("red", "blue"):
            picture = io.BytesIO()
            Image.new("RGB", (2, 2), colour).save(picture, "PNG")
            paper.add_picture(picture)

    imported = to_markdown(a_paper(fill))

    assert imported.markdown == "Før\n"
    assert len(imported.notes) == 1
    assert "2" in imported.notes[0]


def test_hidden_text_and_tracked_changes_are_told_of() -> None:
    def fill(paper: Any) -> None:
        paper.add_paragraph("Synlig ").add_run("skjult").font.hidden = True

    hidden = a_paper(fill)
    body = member(PLAIN, "word/document.xml")
    tracked = changed(
        PLAIN,
        word__document_xml=body.replace(
            b"<w:r>", b'<w:del w:id="1" w:author="x"><w:r><w:delText>Gammelt</w:delText></w:r></w:del><w:r>', 1
        ),
    )

    assert to_markdown(PLAIN).notes == []
    assert len(to_markdown(hidden).notes) == 1
    assert len(to_markdown(tracked).notes) == 1
    assert "Gammelt" not in to_markdown(tracked).markdown


def test_a_link_comes_in_only_when_it_leads_to_the_web() -> None:
    body = member(PLAIN, "word/document.xml")
    relations = member(PLAIN, "word/_rels/document.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"

    def linked(target: bytes) -> str:
        link = b'<w:hyperlink r:id="rId99"><w:r><w:t>her</w:t></w:r></w:hyperlink><w:r>'
        added = b'<Relationship Id="rId99" Type="' + kind + b'" Target="' + target + b'" TargetMode="External"/></Relationships>'
        parts = {"word/_rels/document.xml.rels": relations.replace(b"</Relationships>", added)}
        return to_markdown(changed(PLAIN, word__document_xml=body.replace(b"<w:r>", link, 1), **parts)).markdown

    assert linked(b"https://kart.example/a?b=1").startswith("[her](https://kart.example/a?b=1)")
    assert linked(b"javascript:alert(1)").startswith("her")
    assert linked(b"https://x.example/) [y](javascript:z").startswith("her")


LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co"])
PIECES = st.sampled_from(
    [
        "# ",
        "- ",
        "1. ",
        "> ",
        "*a*",
        "_b_",
        "**",
        "`c`",
        "[d](e)",
        "&lt;",
        "&amp;",
        "<f>",
        "|",
        "---",
        "===",
        "\\",
        " ",
        "\n",
        "+ ",
        "~~~",
        "    ",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(LETTERS, max_size=40), st.lists(PIECES, max_size=10).map("".join)))
def test_what_is_written_in_word_shows_as_it_was_written(text: str) -> None:
    written = escape(text).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">').encode()
    body = member(PLAIN, "word/document.xml").replace(
        b"<w:t>" + "Regionrådet drøftet saken.".encode(), b'<w:t xml:space="preserve">' + written
    )
    light = changed(PLAIN, word__document_xml=body, word__styles_xml=None, word__theme__theme1_xml=None)  # a tenth of the reading
    html = render(to_markdown(light).markdown)

    assert "".join(plain(html).split()) == "".join(text.split())
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "br"}


def _bomb(size: int) -> bytes:
    body = member(PLAIN, "word/document.xml").replace(b"</w:body>", b"<w:p/>" * (size // 6) + b"</w:body>")
    return changed(PLAIN, word__document_xml=body)


TYPES = member(PLAIN, "[Content_Types].xml")
REFUSED: dict[str, bytes | Callable[[], bytes]] = {  # what is large is made when its test comes
    "nothing": b"",
    "garbage": b"\x00\x01\x02" * 1000,
    "half a file": PLAIN[: len(PLAIN) // 2],
    "a page with another name": b"<!DOCTYPE html><html><body>Hei</body></html>",
    "any archive": changed(PLAIN, types=None),
    "without its text": changed(PLAIN, word__document_xml=None),
    "broken inside": changed(PLAIN, word__document_xml=b"<w:document><w:body>"),
    "macros": changed(PLAIN, word__vbaProject_bin=b"x"),
    "macros by type": changed(
        PLAIN,
        types=TYPES.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    ),
    "a template": changed(PLAIN, types=TYPES.replace(b"document.main+xml", b"template.main+xml")),
    "a bomb": lambda: _bomb(40_000_000),
    "a larger bomb": lambda: changed(PLAIN, word__media__x=b"\0" * 250_000_000),
    "many members": lambda: changed(PLAIN, **{f"word__m{n}": b"" for n in range(2_100)}),
    "old Word": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2_000),
    "entities in entities": changed(
        PLAIN,
        word__document_xml=b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]>"
        + member(PLAIN, "word/document.xml").partition(b"?>")[2].replace("Regionrådet".encode(), b"&j;"),
    ),
}


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_safe_word_file_is_refused_soon_and_with_a_reason(made: bytes | Callable[[], bytes]) -> None:
    data = made if isinstance(made, bytes) else made()
    began = time.process_time()
    with pytest.raises(NotADocx) as refused:
        to_markdown(data)

    assert str(refused.value)
    assert time.process_time() - began < 3


def test_a_flipped_bit_gives_a_refusal_or_a_text_and_nothing_else() -> None:
    for position in range(0, len(PLAIN), 2999):
        spoilt = bytearray(PLAIN)
        spoilt[position] ^= 0x55
        try:
            to_markdown(bytes(spoilt))
        except NotADocx:
            continue


def test_the_recommendation_is_told_from_the_paper() -> None:
    assert split_recommendation("# Bakgrunn\n\nTekst\n\n## Innstilling\n\n1. Ja") == ("# Bakgrunn\n\nTekst", "1. Ja")
    assert split_recommendation("Bare tekst") == ("Bare tekst", "")


def test_a_word_file_may_not_call_itself_something_else() -> None:
    with pytest.raises(NotAllowed):
        identify(PLAIN, "paper.xlsx")
