"""Typst, once per process: data in as JSON, one conforming file out. The same data at the same moment gives the same bytes."""

from __future__ import annotations

import functools
import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meetingapp.core.database import assert_no_lock
from meetingapp.core.pdf.shapes import MinutesDocument, PackDocument, TextDocument

if TYPE_CHECKING:
    import typst

HERE = Path(__file__).parent
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u2028\u2029\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f]")
# Letters the typeface has: Latin with its extensions, Greek, Cyrillic, punctuation, currency, arrows and mathematics.
UNKNOWN = re.compile(
    r"[^\t\n\r\x20-\u024f\u02b0-\u036f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff\u2010-\u2027\u202f-\u2040\u2044-\u2052\u2054-\u205e"
    r"\u20a0-\u20bf\u2190-\u2193\u2200-\u2265]"
)
SURE = re.compile(r"[^\t\n\x20-\x7e\xa0-\u017f–—‘’“”•…€]")  # what every cut of the typeface has: the last resort
NO_GLYPH = "could not be displayed"  # the typesetter's words
_one_at_a_time = threading.Lock()


class PdfRefused(RuntimeError):
    """The text cannot become a conforming PDF; the message says why."""


@functools.cache
def _compiler(template: str) -> typst.Compiler:
    """Keeps the parsed template and the fonts; only fonts of the wheel, so that the bytes are equal on every machine."""
    import typst  # heavy: loaded by the process that needs it

    return typst.Compiler(str(HERE / template), root=str(HERE), font_paths=typst.Fonts(include_system_fonts=False))


def _shown(value: Any, unknown: re.Pattern[str]) -> Any:
    """`value` with what no typeface of ours can show replaced by [?], so that an emoji never stops a meeting's papers."""
    if isinstance(value, str):
        return unknown.sub("[?]", CONTROL.sub("", unicodedata.normalize("NFC", value)))
    if isinstance(value, Mapping):
        return {name: _shown(inner, unknown) for name, inner in value.items()}
    return [_shown(inner, unknown) for inner in value] if isinstance(value, list | tuple) else value


def _compile(template: str, document: Mapping[str, Any], at: datetime) -> bytes:
    assert_no_lock("Making a PDF")
    try:
        return _made(template, _shown(document, UNKNOWN), at)
    except PdfRefused as refused:
        if NO_GLYPH not in str(refused):
            raise
        return _made(template, _shown(document, SURE), at)


def _made(template: str, document: Any, at: datetime) -> bytes:
    import typst

    data = json.dumps(document, ensure_ascii=False)
    with _one_at_a_time:
        try:
            made, warnings = _compiler(template).compile_with_warnings(
                sys_inputs={"doc": data}, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=at.replace(microsecond=0)
            )
        except typst.TypstError as error:
            raise PdfRefused(str(error)) from error
    if warnings:  # a font is missing, say: a record must not go out with a hole in it
        raise PdfRefused("; ".join(warning.message for warning in warnings))
    assert isinstance(made, bytes)
    return made


def minutes_pdf(document: MinutesDocument, at: datetime) -> bytes:
    """The record of a meeting.

    :param at: aware; when it was locked or made: the date in the file
    :raises PdfRefused: when it would not conform
    :raises EdgeError: under the write lock, for it takes a tenth of a second
    """
    return _compile("minutes.typ", document, at)


def pack_pdf(document: PackDocument, at: datetime) -> bytes:
    """The papers of a meeting. As `minutes_pdf`."""
    return _compile("pack.typ", document, at)


def text_pdf(document: TextDocument, at: datetime) -> bytes:
    """A text on its own: a statement, a letter. As `minutes_pdf`."""
    return _compile("text.typ", document, at)
