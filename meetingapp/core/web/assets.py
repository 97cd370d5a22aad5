"""What the browser loads, under names that change with the content: built once, cached for ever."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path

import brotli

MANIFEST = "manifest.json"
BUILT = Path(__file__).parents[3] / "static" / "build"
PREFIX = "/static/build/"
FONT = "@fontsource-variable/inter"
SUBSETS = ("latin", "latin-ext")  # latin-ext (Sámi letters, among others) is fetched only by a page that has such a letter
OWN_STYLE = ("css/theme.css", "css/app.css")
# Components of Designsystemet that no page of ours may use: most need its script, some are old. Leaving them out saves a fifth.
UNUSED = frozenset(
    """ds-textfield ds-combobox ds-dialog ds-popover ds-dropdown ds-skeleton ds-tabs ds-toggle-group ds-togglegroup ds-spinner
    ds-avatar ds-avatar-stack ds-tooltip ds-suggestion ds-search""".split()
)


class NotBuilt(RuntimeError):
    """There is no style or script to serve."""


def build(static: Path, node_modules: Path) -> dict[str, str]:
    """Write style, script, fonts and mark to `static/build`, each with `.br` and `.gz` beside it.

    :return: the manifest: name in templates → name of the file, as in `{"app.css": "app.0123456789ab.css"}`
    """
    folder = static / "build"
    folder.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}

    def put(name: str, content: bytes, *, compress: bool = True) -> str:
        stem, _, ending = name.rpartition(".")
        file = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
        (folder / file).write_bytes(content)
        if compress:
            (folder / f"{file}.br").write_bytes(brotli.compress(content))
            (folder / f"{file}.gz").write_bytes(gzip.compress(content, mtime=0))
        manifest[name] = file
        return file

    fonts = {subset: put(f"inter-{subset}.woff2", _font_file(node_modules, subset).read_bytes(), compress=False) for subset in SUBSETS}
    put("app.css", _style(static, node_modules, fonts).encode())
    put("htmx.js", (node_modules / "htmx.org/dist/htmx.min.js").read_bytes())
    put("app.js", (static / "js/app.js").read_bytes())
    put("mark.svg", (static / "mark.svg").read_bytes())
    kept = {MANIFEST} | {file + more for file in manifest.values() for more in ("", ".br", ".gz")}
    for old in folder.iterdir():
        if old.name not in kept:
            old.unlink()
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    asset_url.cache_clear()
    return manifest


@cache
def asset_url(name: str) -> str:
    """The address of a built file: `asset_url("app.css")` → `/static/build/app.0123456789ab.css`.

    :raises NotBuilt: before `make assets`, and for a name that no build makes
    """
    try:
        manifest = json.loads((BUILT / MANIFEST).read_text())
    except FileNotFoundError:
        raise NotBuilt(f"{BUILT / MANIFEST} is missing: run `make setup`, or `flask assets`") from None
    if name not in manifest:
        raise NotBuilt(f"No asset is called {name!r}; there are {', '.join(sorted(manifest))}")
    return PREFIX + str(manifest[name])


def _font_file(node_modules: Path, subset: str) -> Path:
    return node_modules / FONT / "files" / f"inter-{subset}-wght-normal.woff2"


def _style(static: Path, node_modules: Path, fonts: dict[str, str]) -> str:
    """All style as one file: font, Designsystemet, its theme, ours, and the rules for paper last."""
    theme = (node_modules / "@digdir/designsystemet-theme/src/themes/designsystemet.css").read_text().replace('@charset "UTF-8";', "")
    parts = [
        _font_faces(node_modules, fonts),
        _components((node_modules / "@digdir/designsystemet-css/dist/src/index.css").read_text()),
        theme,
        *((static / name).read_text() for name in OWN_STYLE),
        "@media print {" + (static / "css/print.css").read_text() + "}",
    ]
    return "\n".join(_without_comments(part) for part in parts)


def _font_faces(node_modules: Path, fonts: dict[str, str]) -> str:
    """The package's own `@font-face` rules for our subsets, with the addresses of the built files."""
    faces = (node_modules / FONT / "wght.css").read_text()
    found = []
    for subset, file in fonts.items():
        face = re.search(rf"/\* inter-{subset}-wght-normal \*/\s*(@font-face {{.*?}})", faces, re.DOTALL)
        if face is None:
            raise ValueError(f"The font package has no rule for {subset}")
        found.append(re.sub(r"url\([^)]*\)", f"url({PREFIX}{file})", face[1]))
    return "\n".join(found)


def _components(style: str) -> str:
    """Designsystemet's style without the blocks that are only about components in `UNUSED`."""
    return "".join(block for block in _blocks(style) if not (named := _components_in(block)) or not named <= UNUSED)


def _components_in(block: str) -> set[str]:
    return {found.split("--")[0].split("__")[0] for found in re.findall(r"\.(ds-[a-z_-]+)", block)}


def _blocks(style: str) -> list[str]:
    """The rules on the outermost level, in order."""
    found, depth, start = [], 0, 0
    for token in re.finditer(r""""[^"]*"|'[^']*'|[{};]""", style):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0 and token[0] in "};":
            found.append(style[start : token.end()])
            start = token.end()
    return found


def _without_comments(style: str) -> str:
    """Shorter, with the same meaning: no comments, no indentation. What stands in quotes (pictures) is left alone."""
    bare = re.sub(r"""("[^"]*"|'[^']*')|/\*.*?\*/""", lambda found: found[1] or "", style, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", bare).strip()
