"""Word in: a .docx becomes Markdown, its tables kept. What is left out is said."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

import mammoth
import nh3
from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.core.files import kinds
from meetingapp.core.text import blocks

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "strong", "em", "a", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "sub", "sup"),
}
LARGEST_DOCUMENT = 30 * 1024 * 1024  # bytes of word/document.xml, unpacked


class NotADocx(ValueError):
    """A file that Word's importer cannot take; the message says why, in the user's language."""


@dataclass(frozen=True)
class Imported:
    """The text, and what the reader should know about how it came in."""

    markdown: str
    notes: list[str] = field(default_factory=list)


def to_markdown(data: bytes) -> Imported:
    """Read a Word document.

    :raises NotADocx: no .docx, broken, with macros, or too large when unpacked
    """
    try:
        kinds.identify(data, "x.docx")
    except kinds.NotAllowed as refused:
        raise NotADocx(str(refused)) from None
    notes = _look(data)
    pictures = 0

    def leave_out(image: Any) -> list[Any]:
        nonlocal pictures
        pictures += 1
        return []

    try:
        html = mammoth.convert_to_html(io.BytesIO(data), convert_image=leave_out).value
    except Exception as error:  # mammoth meets broken XML in many ways; all of them mean the same to the user
        raise NotADocx(_("We could not read the Word file. Open it in Word, save it again, and try once more.")) from error
    if pictures:
        notes.append(
            ngettext(
                "%(num)d picture was left out. Add it as an attachment.",
                "%(num)d pictures were left out. Add them as attachments.",
                pictures,
            )
        )
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel=None)
    clean = re.sub(r"<(/?)h1>", r"<\1h2>", clean)
    return Imported(_markdown(blocks.from_html(clean)).strip() + "\n", notes)


def _look(data: bytes) -> list[str]:
    """What a reader could miss: tracked changes, hidden text, comments."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.getinfo("word/document.xml").file_size > LARGEST_DOCUMENT:
            raise NotADocx(_("The document is too large. Split it, or add parts of it as attachments."))
        try:
            xml = archive.read("word/document.xml")
        except (zipfile.BadZipFile, RuntimeError, EOFError, OSError) as error:
            raise NotADocx(_("We could not read the Word file. Open it in Word, save it again, and try once more.")) from error
        has_comments = "word/comments.xml" in archive.namelist()
    notes = []
    if b"<w:ins " in xml or b"<w:del " in xml:
        notes.append(_("The document had tracked changes. They came in as accepted; check the text."))
    if b"<w:vanish" in xml:
        notes.append(_("The document had hidden text. Check that nothing shows which should not."))
    if has_comments:
        notes.append(_("Comments were left out."))
    return notes


def _run(run: blocks.Run) -> str:
    if isinstance(run, str):
        return re.sub(r"([\\`*_\[\]<>])", r"\\\1", run)
    inner = "".join(_run(child) for child in run["c"])
    lead, core, trail = inner[: len(inner) - len(inner.lstrip())], inner.strip(), inner[len(inner.rstrip()) :]
    if not core:
        return inner
    mark = {"strong": "**", "emph": "*"}.get(run["t"], "")
    if run["t"] == "link" and run["href"]:
        return f"{lead}[{core}]({run['href']}){trail}"
    return f"{lead}{mark}{core}{mark}{trail}"


def _runs(runs: list[blocks.Run]) -> str:
    return re.sub(r"[ \t]+", " ", "".join(_run(run) for run in runs)).strip()


def _cell(runs: list[blocks.Run]) -> str:
    """A cell on one line; mammoth puts paragraphs in cells."""
    flat: list[str] = []
    for run in runs:
        if isinstance(run, dict) and run["t"] == "p":
            flat.append(_runs(run["c"]))
        else:
            flat.append(_run(run))
    return " ".join(part for part in (piece.strip() for piece in flat) if part).replace("|", "\\|").replace("\n", " ")


def _markdown(found: list[blocks.Block], indent: str = "") -> str:
    return "\n\n".join(part for part in (_block(block, indent) for block in found) if part.strip())


def _block(block: blocks.Block, indent: str) -> str:
    kind = block["t"]
    if kind == "h":
        return f"{indent}{'#' * block['level']} {_runs(block['c'])}"
    if kind in ("ul", "ol"):
        lines = []
        for number, item in enumerate(block["c"], block["start"]):
            mark = "-" if kind == "ul" else f"{number}."
            inner = _markdown(item, indent + "    ")
            lines.append(f"{indent}{mark:<4}{inner.removeprefix(indent + '    ')}")
        return "\n".join(lines)
    if kind == "table":
        head, rows = [_cell(cell) for cell in block["head"]], [[_cell(cell) for cell in row] for row in block["rows"]]
        lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"] + [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join(lines)
    if kind == "quote":
        return "\n".join(f"> {line}" for line in _markdown(block["c"]).splitlines())
    text = _runs(block["c"]).replace("\n", f"  \n{indent}")
    text = re.sub(r"^(\d+)\.(\s)", r"\1\\.\2", text)  # "1. " at the start of a paragraph is no list
    return f"{indent}{re.sub(r'^([-+#>])', lambda found: chr(92) + found[1], text)}"


def split_recommendation(text: str) -> tuple[str, str]:
    """The text before a heading «Innstilling», «Tilråding» or «Forslag til vedtak», and what stands under it."""
    parts = re.split(r"^#+ +(?:Innstilling|Tilråding|Forslag til vedtak)\s*$", text, maxsplit=1, flags=re.MULTILINE | re.IGNORECASE)
    return (parts[0].strip(), parts[1].strip()) if len(parts) == 2 else (text.strip(), "")
