"""Word in: a .docx becomes Markdown, its tables kept. What is left out is said."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

import nh3
from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.core.files import kinds
from meetingapp.core.text import blocks

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "sub", "sup"),
}
LARGEST_XML = 10 * 1024 * 1024  # bytes unpacked: some seconds of reading, and far more than a text may hold
MOST_TAGS = 100_000  # in all parts; what the reader makes of each takes some hundred bytes and some ten microseconds
MOST_ATTRIBUTES = 300_000
MOST_PARAGRAPHS = 5_000  # hundreds of pages; each takes five times as long as another tag
STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Tittel'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Undertittel'] => h2:fresh
p[style-name='Quote'] => blockquote:fresh > p:fresh
p[style-name='Sitat'] => blockquote:fresh > p:fresh
p[style-name='Intense Quote'] => blockquote:fresh > p:fresh
p[style-name='Sterkt sitat'] => blockquote:fresh > p:fresh
"""
ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s()<>]+")  # what can stand in a link of Markdown as it is; footnotes link within the page
SPANS = {"colspan", "rowspan"}


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
    import mammoth  # heavy: loaded by the process that needs it

    notes = _look(data)
    pictures = 0

    def leave_out(image: Any) -> list[Any]:
        nonlocal pictures
        pictures += 1
        return []

    try:
        html = mammoth.convert_to_html(io.BytesIO(data), convert_image=leave_out, style_map=STYLES).value
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
    attributes = {"a": {"href"}, "td": SPANS, "th": SPANS}
    clean = nh3.clean(html, tags=TAGS, attributes=attributes, url_schemes={"http", "https", "mailto"}, link_rel=None)
    clean = re.sub(r"<(/?)h1>", r"<\1h2>", clean)
    return Imported(_markdown(blocks.from_html(clean)).strip() + "\n", notes)


def _look(data: bytes) -> list[str]:
    """What a reader could miss: tracked changes, hidden text, comments."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members if member.filename.lower().endswith((".xml", ".rels"))) > LARGEST_XML:
            raise NotADocx(_("The document is too large. Split it, or add parts of it as attachments."))
        try:
            parts = {member.filename: archive.read(member) for member in members if member.filename.lower().endswith((".xml", ".rels"))}
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, NotImplementedError) as error:
            raise NotADocx(_("We could not read the Word file. Open it in Word, save it again, and try once more.")) from error
    # Word writes neither declarations of entities, which may grow without end, nor XML in wide characters, which would hide them.
    if any(b"<!DOCTYPE" in part or b"\0" in part for part in parts.values()):
        raise NotADocx(_("We could not read the Word file. Open it in Word, save it again, and try once more."))
    xml = parts["word/document.xml"]
    tags, attributes = (sum(part.count(mark) for part in parts.values()) for mark in (b"<", b"="))
    paragraphs = len(re.findall(rb"<(?:\w+:)?p[\s/>]", xml))
    if tags > MOST_TAGS or attributes > MOST_ATTRIBUTES or paragraphs > MOST_PARAGRAPHS:  # a kilobyte unpacks to a million of them
        raise NotADocx(_("The document is too large. Split it, or add parts of it as attachments."))
    notes = []
    if re.search(rb"<w:(?:ins|del|moveFrom|moveTo)\b", xml):
        notes.append(_("The document had tracked changes. They came in as accepted; check the text."))
    if b"<w:vanish" in xml:
        notes.append(_("The document had hidden text. Check that nothing shows which should not."))
    if "word/comments.xml" in parts:
        notes.append(_("Comments were left out."))
    return notes


def _run(run: blocks.Run) -> str:
    if isinstance(run, str):
        return re.sub(r"&(?=#?\w+;)", "&amp;", re.sub(r"([\\`*_\[\]<>|])", r"\\\1", run))
    inner = "".join(_run(child) for child in run["c"])
    lead, core, trail = inner[: len(inner) - len(inner.lstrip())], inner.strip(), inner[len(inner.rstrip()) :]
    if not core:
        return inner
    mark = {"strong": "**", "emph": "*"}.get(run["t"], "")
    if run["t"] == "link" and ADDRESS.fullmatch(run["href"]):
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
    return " ".join(part for part in (piece.strip() for piece in flat) if part).replace("\n", " ")


def _markdown(found: list[blocks.Block], indent: str = "") -> str:
    return "\n\n".join(part for part in (_block(block, indent) for block in found) if part.strip())


def _block(block: blocks.Block, indent: str) -> str:
    kind = block["t"]
    if kind == "h":
        return f"{indent}{'#' * block['level']} {' '.join(_runs(block['c']).split())}"
    if kind in ("ul", "ol"):
        lines = []
        for number, item in enumerate(block["c"], block["start"]):
            mark = "-" if kind == "ul" else f"{number}."
            inner = _markdown(item, indent + "    ")
            lines.append(f"{indent}{mark + ' ':<4}{inner.removeprefix(indent + '    ')}")
        return "\n".join(lines)
    if kind == "table":
        head, rows = [_cell(cell) for cell in block["head"]], [[_cell(cell) for cell in row] for row in block["rows"]]
        lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"] + [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join(lines)
    if kind == "quote":
        return "\n".join(f"> {line}" for line in _markdown(block["c"]).splitlines())
    return indent + f"  \n{indent}".join(_line(line) for line in _runs(block["c"]).split("\n"))


def _line(text: str) -> str:
    """A line of a paragraph, so that it does not begin a heading, a list or a quote of its own."""
    text = re.sub(r"^(\d+)\.(?=\s|$)", r"\1\\.", text.strip())
    if text.startswith("="):
        return f"&#61;{text[1:]}"
    return f"\\{text}" if text.startswith(("-", "+", "#")) else text


def split_recommendation(text: str) -> tuple[str, str]:
    """The text before a heading «Innstilling», «Tilråding» or «Forslag til vedtak», and what stands under it."""
    parts = re.split(r"^#+ +(?:Innstilling|Tilråding|Forslag til vedtak)\s*$", text, maxsplit=1, flags=re.MULTILINE | re.IGNORECASE)
    return (parts[0].strip(), parts[1].strip()) if len(parts) == 2 else (text.strip(), "")
