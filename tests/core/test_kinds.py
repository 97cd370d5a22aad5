"""Only files whose name and content agree come in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from meetingapp.core.files.kinds import TYPES, NotAllowed, identify, safe_name

OOXML = '<Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/></Types>'


def an_archive(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def a_picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, kind)
    return out.getvalue()


def a_pdf() -> bytes:
    out = io.BytesIO()
    made = pikepdf.new()
    made.add_blank_page()
    made.save(out)
    return out.getvalue()


DOCX = {"[Content_Types].xml": OOXML.format("wordprocessingml.document"), "word/document.xml": "<x/>"}
XLSX = {"[Content_Types].xml": OOXML.format("spreadsheetml.sheet"), "xl/workbook.xml": "<x/>"}
ODT = {"mimetype": TYPES["odt"], "content.xml": "<x/>"}
GOOD = {
    "pdf": a_pdf(),
    "docx": an_archive(DOCX),
    "xlsx": an_archive(XLSX),
    "odt": an_archive(ODT),
    "png": a_picture("PNG"),
    "jpg": a_picture("JPEG"),
}


@pytest.mark.parametrize("extension", GOOD)
def test_a_kind_the_council_needs_comes_in(extension: str) -> None:
    kind = identify(GOOD[extension], f"Møteplan 2027.{extension.upper()}")

    assert (kind.media_type, kind.extension) == (TYPES[extension], extension)


def test_the_long_name_of_a_jpeg_is_the_same_kind() -> None:
    assert identify(GOOD["jpg"], "bilde.jpeg").extension == "jpg"


@pytest.mark.parametrize("claimed", GOOD)
@pytest.mark.parametrize("actual", GOOD)
def test_a_name_that_lies_is_refused(claimed: str, actual: str) -> None:
    if claimed != actual:
        with pytest.raises(NotAllowed):
            identify(GOOD[actual], f"x.{claimed}")


@pytest.mark.parametrize(
    "name", ["side.html", "bilde.svg", "gammel.doc", "makro.docm", "ark.xlsm", "pakke.zip", "program.exe", "uten", "pdf", "x.pdf.html", ""]
)
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(NotAllowed):
        identify(GOOD["pdf"], name)


REFUSED: dict[str, bytes | Callable[[], bytes]] = {  # what is large is made when its test comes
    "empty.pdf": b"",
    "page.pdf": b"<!DOCTYPE html><script>alert(1)</script>",
    "late.pdf": b"<script>x</script>" + GOOD["pdf"],
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "half.docx": GOOD["docx"][:100],
    "macros.docx": an_archive({**DOCX, "word/vbaProject.bin": b"x"}),
    "hidden.docx": an_archive({**DOCX, "x/VBAPROJECT.BIN": b"x"}),
    "typed.docx": an_archive(
        {**DOCX, "[Content_Types].xml": OOXML.format("wordprocessingml.document") + "application/vnd.ms-word.document.macroEnabled"}
    ),
    "macros.odt": an_archive({**ODT, "Basic/Standard/Module1.xml": "x"}),
    "scripts.odt": an_archive({**ODT, "Scripts/python/x.py": "x"}),
    "sheet.odt": an_archive({**ODT, "mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    "bomb.xlsx": lambda: an_archive({**XLSX, "xl/bomb.xml": bytes(210 * 1024 * 1024)}),
    "list.xlsx": an_archive({**XLSX, "[Content_Types].xml": OOXML.format("spreadsheetml.sheet") + " " * 2_000_000}),
    "many.xlsx": an_archive({**XLSX, **{f"m{n}": "" for n in range(2_001)}}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_dangerous_is_refused_with_a_reason(name: str) -> None:
    made = REFUSED[name]
    with pytest.raises(NotAllowed) as refused:
        identify(made if isinstance(made, bytes) else made(), name)

    assert str(refused.value)


@given(st.binary(max_size=200), st.sampled_from(sorted(TYPES)))
def test_any_bytes_are_taken_or_refused(data: bytes, extension: str) -> None:
    for start in (b"", b"PK\x03\x04", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        try:
            identify(start + data, f"x.{extension}")
        except NotAllowed:
            continue


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Møteinnkalling – årsmøte.pdf", "Møteinnkalling – årsmøte.pdf"),
        ("C:\\Brukere\\kari\\Sak 1.docx", "Sak 1.docx"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("gpj.\u202etxt.pdf", "gpj.txt.pdf"),
        ('a"b<c>d.pdf', "abcd.pdf"),
        ("...", "fil"),
        ("", "fil"),
        ("…", "…"),
        (".pdf", "pdf"),
        ("A\u030ar.pdf", "År.pdf"),
        ("å" * 300 + ".pdf", "å" * 146 + ".pdf"),
        ("a." + "b" * 300, "a." + "b" * 148),
    ],
)
def test_a_name_keeps_its_letters_and_nothing_dangerous(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_name_on_one_line(given: str) -> None:
    name = safe_name(given)

    assert 1 <= len(name) <= 150
    assert not set(name) & set("\r\n\t/\\\x00\u2028")
    assert not name.startswith(".")
    name.encode()
