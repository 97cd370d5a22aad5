"""The browser of the tests: one for each test process, whichever files it runs.

Without a window Debian has a Chromium of its own, which takes half as long for a page.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-software-rasterizer", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Where it is missing the tests fail, with what to do."""
    program = shutil.which("chromium-headless-shell")
    assert program, "The browser tests need Chromium: sudo apt-get install chromium-headless-shell"
    expect.set_options(timeout=20_000)  # milliseconds; a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
