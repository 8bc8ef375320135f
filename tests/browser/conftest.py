"""The real server, once; pages in headless Chromium that fail on any request outside, any 404, any console error."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # [ms] at most for anything on a page; a machine may be busy
START = 300.0  # [s] at most for the server, on a busy machine


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server:
    """`twin ui` in a process of its own."""

    def __init__(self, **environment):
        with socket.create_server(("localhost", 0)) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "twin", "ui", "--no-open", "--port", str(self.port)]
        paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        given = {**os.environ, "PYTHONPATH": paths, **environment}
        self.process = subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.address = f"http://localhost:{self.port}"
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"twin ui ended: {self.process.stdout.read()}")
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        pytest.fail(f"twin ui did not start within {START} s")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


@pytest.fixture(scope="session")
def start_server(chromium):
    """`start_server(TWIN_RESULTS="kept")`: a server with this environment, until the tests end."""
    if os.environ.get("CI") != "true":
        pytest.importorskip("solara")
    started = []

    def start(**environment):
        started.append(Server(**environment))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture(scope="session")
def server(start_server):
    return start_server()


@pytest.fixture(scope="session")
def gallery_server(start_server):
    """The shared parts on one page."""
    return start_server(SOLARA_APP="gallery")


@pytest.fixture
def visitors(browser):
    """`visitors(server, "/compare", language="it")`: a page of a new user; what it complained of fails the test."""
    contexts, complaints = [], []

    def watch(page):
        local = ("http://localhost", "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(local) else complaints.append(f"outside: {r.url}"))
        page.on("response", lambda r: complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    def visit(server, path="/", language="en-GB", width=1280, height=900, dark=False, ready="h1.page-title"):
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=language, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watch(page)
        page.goto(server.address + path)
        page.wait_for_selector(ready)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def italian(browser, server):
    """`italian("/compare")`: a page for several tests of a module, and what it has complained of so far."""
    contexts = []

    def open_page(path):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="it-IT", accept_downloads=True)
        contexts.append(context)
        page, complaints = context.new_page(), []
        page.set_default_timeout(300_000)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto(server.address + path)
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def opened(visitors, server):
    """`opened("/scenarios")`: a page of the screen for one new user."""
    return lambda path="/", **how: visitors(server, path, **how)


@pytest.fixture
def gallery(visitors, gallery_server):
    return visitors(gallery_server)


@pytest.fixture
def picture():
    """`picture(page, "name")` keeps a screenshot of the whole page, if SCREENSHOTS names a folder for them."""

    def take(page, name):
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
