"""What the browser loads: named by content, small, and whole in itself."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import brotli
import pytest

from meetingapp.core.web import assets

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / "node_modules"
CSS_BUDGET = 22 * 1024  # bytes on the wire, all style of a first visit


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our own sources, to build in."""
    folder = tmp_path_factory.mktemp("assets") / "static"
    shutil.copytree(ROOT / "static", folder, ignore=shutil.ignore_patterns("build"))
    return folder


@pytest.fixture(scope="module")
def manifest(static: Path) -> dict[str, str]:
    return assets.build(static, NODE_MODULES)


def test_every_file_is_named_by_its_content(static: Path, manifest: dict[str, str]) -> None:
    assert {"app.css", "app.js", "htmx.js"} <= manifest.keys()
    for name, file in manifest.items():
        stem, ending = name.rsplit(".", 1)
        assert re.fullmatch(rf"{re.escape(stem)}\.[0-9a-f]{{12}}\.{ending}", file)
        assert (static / "build" / file).is_file()


def test_the_same_sources_give_the_same_names_and_a_changed_one_gives_a_new_name(static: Path, manifest: dict[str, str]) -> None:
    assert assets.build(static, NODE_MODULES) == manifest
    script = static / "js/app.js"
    before = script.read_text()
    script.write_text(before + "// more\n")
    changed = assets.build(static, NODE_MODULES)
    assert {name for name in manifest if changed[name] != manifest[name]} == {"app.js"}
    assert not (static / "build" / manifest["app.js"]).exists(), "an old file stays behind"
    script.write_text(before)
    assert assets.build(static, NODE_MODULES) == manifest


def test_the_style_fetches_nothing_but_our_own_fonts(static: Path, manifest: dict[str, str]) -> None:
    style = (static / "build" / manifest["app.css"]).read_text()
    fetched = {url.strip("\"'") for url in re.findall(r"url\(\s*(\"[^\"]*\"|'[^']*'|[^)]*)\s*\)", style)}
    elsewhere = {url for url in fetched if not url.startswith(("data:", assets.PREFIX))}
    assert elsewhere == set()
    assert {url for url in fetched if url.startswith(assets.PREFIX)} == {
        assets.PREFIX + manifest["inter-latin.woff2"],
        assets.PREFIX + manifest["inter-latin-ext.woff2"],
    }
    assert "@import" not in style


def test_the_compressed_copies_hold_the_same_bytes(static: Path, manifest: dict[str, str]) -> None:
    for name in ("app.css", "app.js", "htmx.js", "mark.svg"):
        file = static / "build" / manifest[name]
        assert brotli.decompress(file.with_name(file.name + ".br").read_bytes()) == file.read_bytes()
        assert gzip.decompress(file.with_name(file.name + ".gz").read_bytes()) == file.read_bytes()


def test_all_style_is_within_its_budget(static: Path, manifest: dict[str, str]) -> None:
    assert (static / "build" / (manifest["app.css"] + ".br")).stat().st_size <= CSS_BUDGET


def test_braces_balance_and_every_class_of_the_components_we_use_is_there(static: Path, manifest: dict[str, str]) -> None:
    style = re.sub(r'"[^"]*"', "", (static / "build" / manifest["app.css"]).read_text())
    assert style.count("{") == style.count("}")
    used = set()
    for template in (ROOT / "templates").rglob("*.html"):
        for names in re.findall(r'class="([^"]*)"', template.read_text()):
            used |= set(re.findall(r"\bds-[a-z-]+", names))
    assert used
    assert {name for name in used if f".{name}" not in style} == set()


def test_a_name_that_no_build_makes_is_refused_with_the_names_there_are(
    static: Path, manifest: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "BUILT", static / "build")
    assets.asset_url.cache_clear()
    try:
        assert assets.asset_url("app.css") == f"/static/build/{manifest['app.css']}"
        with pytest.raises(assets.NotBuilt, match=r"app\.css"):
            assets.asset_url("nothing.css")
        monkeypatch.setattr(assets, "BUILT", static / "nowhere")
        with pytest.raises(assets.NotBuilt, match="flask assets"):
            assets.asset_url("app.js")
    finally:
        assets.asset_url.cache_clear()
