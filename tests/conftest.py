"""For all tests."""

import os
import signal
from fnmatch import fnmatch
from pathlib import Path

import pytest

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
]  # fmt: skip
LONGEST = (
    *("test_*modes.py", "test_*properties.py", "test_reference.py", "test_floor_soak.py"),
    *("test_months_beside.py", "test_fit_recovery.py", "test_notebooks.py", "test_docs.py"),
)
"""Files with the longest tests; those of the compiler's other modes in one row, for they share its code."""


def pytest_collection_modifyitems(items):
    """The longest first: at the end, one of them would keep one worker busy and leave the others idle."""
    items.sort(key=lambda item: not any(fnmatch(item.path.name, name) for name in LONGEST))


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
