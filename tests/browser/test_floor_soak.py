"""Twenty minutes of floor, accelerated: as many frames, as fast as they come, and the memory stays what it was.

20 minutes at 10 frames a second are 12,000 frames. The whole chain plays as many of them as a minute allows, with an
operator and a customer looked at; the canvas alone draws as many as it can in another half. Between a quarter and the
end the memory of the tab, of the server and of the player must not grow.
"""

import time

import psutil
import pytest

SMALL = "/floor?scenario=187-to-be&size=tiny"
WANTED = 12_000  # frames
LEAST = 100  # frames of the whole chain; a busy machine gets more time for them
LEAST_DRAWN = 1_000  # frames of the canvas alone
USUAL, DRAWING, MOST = 30.0, 30.0, 180.0  # [s]
MEGABYTE = 1 << 20
LIMITS = {"page_mb": 1.5, "page_nodes": 1000.0, "server_mb": 12.0, "player_mb": 12.0}


@pytest.fixture(scope="module")
def fast(start_server):
    """A server whose players do not wait for the next tenth of a second."""
    return start_server(TWIN_FRAMES_A_SECOND="1000")


def player_of(server):
    """The process that plays: of the server's children the largest."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    return max(children, key=lambda child: child.memory_info().rss)


def memory(page, tools, server, player):
    """Of the tab after its garbage has been collected, of the server and of the player."""
    tools.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return {
        "page_mb": told["JSHeapUsedSize"] / MEGABYTE,
        "page_nodes": told["Nodes"],
        "server_mb": psutil.Process(server.process.pid).memory_info().rss / MEGABYTE,
        "player_mb": player.memory_info().rss / MEGABYTE,
    }


@pytest.fixture
def watched(fast, visitors):
    """A floor at rest, an operator and a customer looked at; what tells of its memory."""
    page = visitors(fast, SMALL)
    page.wait_for_function("() => document.querySelector('[data-test=floor]') && (window.__draws || 0) > 0")
    page.wait_for_selector("[data-test=stop]", state="detached")
    for who, number in (("Operator", "3"), ("Customer", "42")):
        page.get_by_label(who, exact=True).fill(number)
        page.get_by_label(who, exact=True).press("Enter")
    page.locator("[data-test=customer]").wait_for()
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    player = player_of(fast)
    return page, lambda: memory(page, tools, fast, player)


def growth(watch, drawn, least, usual):
    """Frames, and how much memory grew between a quarter and the end; more time where there are too few frames."""
    began, quarter = time.monotonic(), None
    while True:
        n, taken = drawn(), time.monotonic() - began
        if quarter is None and taken >= usual / 4 and n >= least / 4:
            quarter = watch()
        if n >= WANTED or taken >= MOST or (taken >= usual and n >= least and quarter is not None):
            break
    assert quarter is not None
    end = watch()
    grown = {name: round(end[name] - quarter[name], 2) for name in LIMITS}
    print(f"{n} frames in {taken:.0f} s, grown by {grown} to {end}")
    assert n >= least
    assert all(grown[name] < most for name, most in LIMITS.items()), grown


def test_a_floor_that_plays_on_takes_no_more_memory(watched):
    page, watch = watched
    page.locator("[data-test=speed]").fill("9")  # 10 minutes a second
    page.locator("[data-test=play]").click()
    first = page.evaluate("window.__draws")

    def drawn():
        page.wait_for_timeout(250)
        return page.evaluate("window.__draws") - first

    growth(watch, drawn, LEAST, USUAL)
    assert page.get_by_role("button", name="Pause").count() == 1, "it plays to the end"


DRAW = """async n => {
  const floor = document.querySelector('.centre').__vue__, take = floor.$options.methods.take;
  const given = floor.frame, bytes = new Uint8Array(given.byteLength);
  bytes.set(new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
  const own = Object.create(floor, { frame: { value: null, writable: true }, seen: { value: () => {} } });
  own.show = () => { floor.view = own.view; floor.show(); };
  for (let i = 0; i < n; i++) {
    const next = bytes.slice(), view = new DataView(next.buffer);
    view.setFloat64(24, view.getFloat64(24, true) + i % 3600, true);   // the clock goes on
    for (let k = 1; k <= 40; k++) next[next.length - k] = (next[next.length - k] + i + k) % 5;  // and states change
    own.frame = view;
    take.call(own);
    if (i % 10 === 9) await new Promise(then => setTimeout(then, 0));
  }
}"""


def test_a_canvas_that_draws_on_takes_no_more_memory(watched):
    """The same component that the frames come to, without the way through the server."""
    page, watch = watched
    first = page.evaluate("window.__draws")

    def drawn():
        page.evaluate(DRAW, 200)
        return page.evaluate("window.__draws") - first

    growth(watch, drawn, LEAST_DRAWN, DRAWING)
