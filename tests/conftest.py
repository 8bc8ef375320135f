"""For all tests."""

import os
import signal
from pathlib import Path

import pytest

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
]  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def heeded_interrupts():
    """Tests started in the background have interrupts ignored; the commands that they start would inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def chromium():
    """Where the browser is; skipped where none is, except in CI."""
    if os.environ.get("CI") != "true":
        if not CHROMIUM.exists():
            pytest.skip(f"no browser at {CHROMIUM}")
        pytest.importorskip("playwright")
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium):
    """Headless Chromium without a network; by module, for Playwright's event loop runs as long as it is open."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()
