"""Cleaned HTML as a tree of blocks: what PDF is made from, so that page and paper say the same."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

# t: p | h | ul | ol | table | quote | pre | hr; c: runs or blocks.
# A heading has its `level` in HTML, and its `depth`, which begins at 1 and never skips a step.
Block = dict[str, Any]
Run = str | dict[str, Any]  # text, or t: strong | emph | link | code …
INLINE = {"strong": "strong", "em": "emph", "a": "link", "code": "code", "sub": "sub", "sup": "super", "ins": "ins", "del": "del"}
NUMBER = re.compile("[0-9]{1,6}")
WIDEST = 100  # columns
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}


def _number(attrs: list[tuple[str, str | None]], name: str) -> int:
    said = dict(attrs).get(name) or ""
    return int(said) if NUMBER.fullmatch(said) else 1


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
            new = {"t": tag, "c": [], "start": _number(attrs, "start")}
        elif tag == "li":
            new = {"t": "li", "c": []}
        elif tag == "blockquote":
            new = {"t": "quote", "c": []}
        elif tag == "table":
            new = {"t": "table", "rows": [], "c": []}
        elif tag == "tr":
            new = {"t": "tr", "c": []}
        elif tag in ("td", "th"):
            new = {"t": "cell", "c": [], "columns": _number(attrs, "colspan"), "rows": _number(attrs, "rowspan")}
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
        rows = _grid([row["c"] for row in block["c"] if row["t"] == "tr"])
        return {"t": "table", "head": rows[0] if rows else [], "rows": rows[1:]}
    return {name: value for name, value in block.items() if name != "loose"}


def _grid(rows: list[list[dict[str, Any]]]) -> list[list[list[Run]]]:
    """Rows of equal length. A cell that spans several places stands in the first of them; the others are empty."""
    taken: dict[tuple[int, int], list[Run]] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            for below in range(min(cell["rows"], len(rows) - y)):
                for beside in range(min(cell["columns"], WIDEST - x)):
                    taken.setdefault((y + below, x + beside), [] if below or beside else cell["c"])
    width = 1 + max((x for _, x in taken), default=-1)
    return [[taken.get((y, x), []) for x in range(width)] for y in range(len(rows))]


def _is_visible(run: Run) -> bool:
    if isinstance(run, str):
        return any(unicodedata.category(character)[0] in "LNPS" for character in run)
    return any(_is_visible(inner) for inner in run["c"])


def _with_depths(found: list[Block], above: list[int]) -> list[Block]:
    """Headings get their depth, in the order of reading; empty ones go."""
    kept: list[Block] = []
    for block in found:
        if block["t"] == "h":
            if not _is_visible(block):
                continue
            while above and above[-1] >= block["level"]:
                above.pop()
            above.append(block["level"])
            kept.append({**block, "depth": len(above)})
        elif block["t"] == "quote":
            kept.append({**block, "c": _with_depths(block["c"], above)})
        elif block["t"] in ("ul", "ol"):
            kept.append({**block, "c": [_with_depths(item, above) for item in block["c"]]})
        else:
            kept.append(block)
    return kept


def from_html(html: str) -> list[Block]:
    """The blocks of cleaned HTML (see core.text.markdown), in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return _with_depths([_finish(block) for block in builder.blocks], [])


def from_text(text: str) -> list[Block]:
    """One paragraph of plain text."""
    return [{"t": "p", "c": [text]}] if text else []
