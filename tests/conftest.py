"""For all tests."""

import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def heeded_interrupts():
    """Tests started in the background have interrupts ignored; the commands that they start would inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
