"""Cleaned HTML as a tree of blocks: what PDF is made from, so that page and paper say the same."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]  # t: p | h | ul | ol | table | quote | pre | hr; c: runs or blocks
Run = str | dict[str, Any]  # text, or t: strong | emph | link | code …
INLINE = {"strong": "strong", "em": "emph", "a": "link", "code": "code", "sub": "sub", "sup": "super", "ins": "ins", "del": "del"}
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}


class _Builder(HTMLParser):
    """A stack of open things; a block closes into the one below it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.stack: list[dict[str, Any]] = [{"t": "root", "c": self.blocks}]

    def _runs(self) -> list[Run]:
        """Where text goes; text that stands alone in a block of blocks gets a paragraph."""
        top = self.stack[-1]
        if top["t"] in ("root", "li", "quote"):
            paragraph = {"t": "p", "c": [], "loose": True}
            top["c"].append(paragraph)
            self.stack.append(paragraph)
            top = paragraph
        runs: list[Run] = top["c"]
        return runs

    def _close_loose(self) -> None:
        while self.stack[-1].get("loose"):
            self.stack.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in INLINE:
            run: dict[str, Any] = {"t": INLINE[tag], "c": []}
            if tag == "a":
                run["href"] = dict(attrs).get("href") or ""
            self._runs().append(run)
            self.stack.append(run)
            return
        if tag == "br":
            self._runs().append("\n")
            return
        self._close_loose()
        new: dict[str, Any] | None = None
        if tag == "p" or tag == "pre":
            new = {"t": tag, "c": []}
        elif tag in HEADINGS:
            new = {"t": "h", "level": int(tag[1]), "c": []}
        elif tag in ("ul", "ol"):
            new = {"t": tag, "c": [], "start": int(dict(attrs).get("start") or 1)}
        elif tag == "li":
            new = {"t": "li", "c": []}
        elif tag == "blockquote":
            new = {"t": "quote", "c": []}
        elif tag == "table":
            new = {"t": "table", "rows": [], "c": []}
        elif tag == "tr":
            new = {"t": "tr", "c": []}
        elif tag in ("td", "th"):
            new = {"t": "cell", "c": []}
        elif tag == "hr":
            self.stack[-1]["c"].append({"t": "hr", "c": []})
        if new is not None:
            self.stack[-1]["c"].append(new)
            self.stack.append(new)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("br", "hr", "thead", "tbody"):
            return
        if tag not in INLINE:
            self._close_loose()
        if len(self.stack) > 1:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack[-1]["t"] in ("root", "li", "quote", "ul", "ol", "table", "tr") and not data.strip():
            return
        if self.stack[-1]["t"] in ("ul", "ol", "table", "tr"):
            return
        self._runs().append(data if self.stack[-1]["t"] == "pre" else " ".join(data.split(" ")).replace("\n", " "))


def _finish(block: Block) -> Block:
    """The shape that templates read: list items as lists of blocks, tables as head and rows of runs."""
    kind = block["t"]
    if kind in ("ul", "ol"):
        return {
            "t": kind,
            "start": block["start"],
            "c": [[_finish(child) for child in item["c"]] for item in block["c"] if item["t"] == "li"],
        }
    if kind == "quote":
        return {"t": "quote", "c": [_finish(child) for child in block["c"]]}
    if kind == "table":
        rows = [[cell["c"] for cell in row["c"]] for row in block["c"] if row["t"] == "tr"]
        width = max((len(row) for row in rows), default=0)
        rows = [row + [[]] * (width - len(row)) for row in rows]
        return {"t": "table", "head": rows[0] if rows else [], "rows": rows[1:]}
    return {name: value for name, value in block.items() if name != "loose"}


def from_html(html: str) -> list[Block]:
    """The blocks of cleaned HTML (see core.text.markdown), in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return [_finish(block) for block in builder.blocks]


def from_text(text: str) -> list[Block]:
    """One paragraph of plain text."""
    return [{"t": "p", "c": [text]}] if text else []
