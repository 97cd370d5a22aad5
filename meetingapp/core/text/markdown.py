"""Markdown in, cleaned HTML out. Raw HTML shows as text; what would stall the parser is refused with its line number."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import markdown as parser
import nh3
from flask_babel import gettext as _
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

LONGEST = 100_000  # characters
BRACKETS_IN_BLOCK = 300  # the parser is quadratic in them
BRACKETS = 2_000
MARKS_IN_BLOCK = 2_000  # * _ ` in one block
DEEPEST = 12  # nested quotes or lists
HEADINGS = 300  # lines in one text that may be one: each makes the parser read the rest again
TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "strong", "em", "a", "ins", "del", "sub", "sup"),
}
SCHEMES = {"http", "https", "mailto"}
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}, "ol": {"start"}}
DEEP = re.compile(rf"^(?:\s*(?:[>*+-]|\d+\.)(?=\s|>)){{{DEEPEST},}}|^(?:\s*>){{{DEEPEST},}}")
NOISE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")  # control characters, and those that turn text around
HEADING = re.compile(r"^[>\s*+-]*(?:#|=+\s*$|-+\s*$)")


class TextRefused(ValueError):
    """A text that cannot be shown safely or in reasonable time.

    :param line: the line it is about, from 1
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def check(source: str) -> None:
    """Refuse what the parser cannot take in reasonable time.

    :raises TextRefused: too long, too many brackets, too deep; the message names the line
    """
    if len(source) > LONGEST:
        raise TextRefused(
            _("The text is too long: at most 100 000 characters. Put parts of it in attachments."), source.count("\n", 0, LONGEST) + 1
        )
    total, in_block, marks, block_began, headings = 0, 0, 0, 1, 0
    for number, line in enumerate(re.split("\r\n|\r|\n", source), 1):
        if not line.strip():
            in_block, marks, block_began = 0, 0, number + 1
        brackets = line.count("[") + line.count("!") // 4
        total, in_block = total + brackets, in_block + brackets
        marks += sum(line.count(mark) for mark in "*_`")
        if in_block > BRACKETS_IN_BLOCK or total > BRACKETS:
            raise TextRefused(_("Line %(line)s: too many square brackets. Take some of them out.", line=number), number)
        if marks > MARKS_IN_BLOCK:
            raise TextRefused(_("Line %(line)s: too many * _ or ` in one paragraph. Take some of them out.", line=block_began), block_began)
        headings += HEADING.match(line) is not None
        if headings > HEADINGS:
            raise TextRefused(_("Line %(line)s: too many headings. Take some of them out.", line=number), number)
        if DEEP.match(line) or len(line) - len(line.lstrip(" \t")) > 8 * DEEPEST:
            raise TextRefused(_("Line %(line)s is indented too deep.", line=number), number)


class _Shift(Treeprocessor):
    """The text's own headings come below the page's."""

    def __init__(self, md: parser.Markdown, top: int) -> None:
        super().__init__(md)
        self.top = top

    def run(self, root: object) -> None:
        levels: list[int] = []
        for element in root.iter():  # type: ignore[attr-defined]
            if re.fullmatch("h[1-6]", str(element.tag)):
                level = int(element.tag[1])
                while levels and levels[-1] >= level:
                    levels.pop()
                levels.append(level)
                element.tag = f"h{min(6, self.top + len(levels) - 1)}"  # never skips a level
            elif element.tag == "th":
                element.set("scope", "col")


def render(source: str, *, top: int = 3) -> Markup:
    """`source` as cleaned HTML. Pictures stay as they were typed; a link to anywhere but a full http, https or mailto address is no link.

    :param top: the level of the text's highest heading
    :raises TextRefused: see `check`
    """
    check(source)
    converter = parser.Markdown(extensions=["tables", "sane_lists"], output_format="html")
    converter.preprocessors.deregister("html_block")  # raw HTML is no HTML here …
    converter.inlinePatterns.deregister("html")  # … and is shown as it was typed
    for name in ("image_link", "image_reference", "short_image_ref"):
        converter.inlinePatterns.deregister(name)
    converter.ESCAPED_CHARS.append("<")
    converter.treeprocessors.register(_Shift(converter, top), "shift", 1)
    try:
        made = converter.convert(NOISE.sub("", source).encode(errors="replace").decode())
    except RecursionError:
        raise TextRefused(_("The text is nested too deep."), 1) from None
    return Markup(nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_keep, url_schemes=SCHEMES, link_rel="noopener"))


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """The cleaner lets `title` through everywhere, and addresses without a scheme."""
    if attribute == "href":
        return value if value.partition(":")[0].strip().lower() in SCHEMES else None
    return value if attribute == "rel" or attribute in ATTRIBUTES.get(tag, ()) else None


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "li", "br", "tr", "td", "th") or tag[0] == "h":
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: str) -> str:
    """The text of cleaned HTML, on one line."""
    reader = _Plain()
    reader.feed(html)
    return " ".join("".join(reader.parts).split())


def escape(text: str) -> str:
    """`text` for use in a line of Markdown of our own."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text.replace("&", "&amp;"))
