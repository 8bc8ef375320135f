"""The floor under load: frames a second in the browser, and memory over hours of floor in accelerated form.

    python -m benchmarks.floor [--scenario 187-to-be] [--size national] [--seconds 20] [--hours 8] [--every 0.1]
                               [--no-browser]
    python -m benchmarks.floor --frames 12000 [--scenario ...] [--size ...]

Prints one JSON object: frames a second drawn by headless Chromium (it draws each before the next but one is sent), at
the usual 10 a second and as fast as they come; the server's and the player's processor time for a frame; and the memory
that a floor takes over those hours, hour by hour. With --frames that many frames alone, as fast as they come (12,000
are 20 minutes at 10 a second), with an operator and a customer looked at: the memory of the tab, of the server and of
the player at the start and after each eighth.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from twin.scenario.load import load_scenario
from twin.ui.floor.floor import Floor, of_scenario

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
START = 240.0  # [s] at most until the server answers, and until the floor is open
MEGABYTE = 1 << 20


def frames(scenario: str, size: str) -> dict[str, float]:
    """What one frame costs without a browser: milliseconds to make, bytes to send."""
    floor = of_scenario(load_scenario(scenario, {"size": size} if size else {}))
    floor.advance(floor.model.calendar.warm_up * 86400.0 + 11 * 3600.0)
    n, began = 200, time.process_time()
    for _ in range(n):
        frame = floor.frame()
    made = time.process_time() - began
    began = time.process_time()
    for _ in range(n):
        floor.advance(floor.now + 6.0)
    played = time.process_time() - began
    floor.close()
    return {
        "operators": float(len(floor.model.persons)),
        "frame_ms": 1e3 * made / n,
        "six_seconds_ms": 1e3 * played / n,
        "frame_bytes": float(len(frame)),
    }


def soak(scenario: str, size: str, hours: float, frame_every: float = 0.1, speed: float = 60.0) -> dict[str, Any]:
    """As many frames as a reader sees in these hours at 10 a second, one after the other, at the usual speed.

    Memory is told before the first frame, and when the frames of each hour have been made. The run begins again when it
    is over, as a reader would jump back.
    """
    floor = of_scenario(load_scenario(scenario, {"size": size} if size else {}))
    floor.advance(floor.model.calendar.warm_up * 86400.0 + 8 * 3600.0)
    n_hours, an_hour, began = max(round(hours), 1), round(3600 / frame_every), time.perf_counter()
    sizes = [memory()]
    for _ in range(n_hours):
        sizes.append(play(floor, an_hour, speed * frame_every))
        sys.stderr.write(f"{len(sizes) - 1} h of frames: {sizes[-1]:.0f} MB, {time.perf_counter() - began:.0f} s\n")
    floor.close()
    n_frames = n_hours * an_hour
    return {
        "frames": n_frames,
        "simulated_days": n_frames * speed * frame_every / 86400.0,
        "wall_seconds": time.perf_counter() - began,
        "memory_mb": [round(size, 1) for size in sizes],
        "growth_since_first_hour_mb": round(sizes[-1] - sizes[1], 1),
    }


def memory() -> float:
    """Of this process [MB]."""
    found: float = psutil.Process().memory_info().rss / MEGABYTE
    return found


def play(floor: Floor, n_frames: int, step: float) -> float:
    """So many frames, each `step` seconds after the other; memory in MB when they have been made."""
    for _ in range(n_frames):
        if floor.is_over:
            floor.restart()
        floor.advance(floor.now + step)
        floor.frame()
    return memory()


@contextlib.contextmanager
def serving(**environment: str) -> Iterator[tuple[str, int]]:
    """`twin ui` in a process of its own: its address and process number."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "twin", "ui", "--no-open", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://localhost:{port}/readyz")
        yield f"http://localhost:{port}", server.pid
    finally:
        server.terminate()
        server.wait(10)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def in_browser(scenario: str, size: str, seconds: float, frames_a_second: str = "10") -> dict[str, float]:
    """Frames a second that headless Chromium draws of the page, and what the processes use meanwhile."""
    with serving(TWIN_FRAMES_A_SECOND=frames_a_second) as (address, server), chromium() as browser:
        return watch(browser, f"{address}/floor?scenario={scenario}&size={size}", server, seconds)


def endure(scenario: str, size: str, n_frames: int, looks: int = 8) -> dict[str, Any]:
    """So many frames through the whole chain, as fast as they come, and the memory after each part of them."""
    with serving(TWIN_FRAMES_A_SECOND="1000") as (address, server), chromium() as browser:
        page = opened(browser, f"{address}/floor?scenario={scenario}&size={size}")
        look_at_two(page)
        watch, began = memory_of(page, server), time.perf_counter()
        first = page.evaluate("window.__draws")
        rows = [{"frames": 0, **watch()}]
        for part in range(1, looks + 1):
            while page.evaluate("window.__draws") - first < n_frames * part / looks:
                page.wait_for_timeout(200)
            rows.append({"frames": page.evaluate("window.__draws") - first, **watch()})
            sys.stderr.write(f"{rows[-1]}, {time.perf_counter() - began:.0f} s\n")
        clock = page.locator("[data-test=clock]").inner_text().replace("\n", ", ")
        return {"wall_seconds": time.perf_counter() - began, "clock_at_the_end": clock, "memory": rows}


def look_at_two(page: Any) -> None:
    """An operator and a customer, whose panels are drawn anew while the floor plays."""
    for who, number in (("Operator", "3"), ("Customer", "42")):
        page.get_by_label(who, exact=True).fill(number)
        page.get_by_label(who, exact=True).press("Enter")
    page.locator("[data-test=customer]").wait_for()


def memory_of(page: Any, server: int) -> Callable[[], dict[str, float]]:
    """Tells the memory [MB] of the tab after its garbage has been collected, of the server and of the player."""
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    processes = {"server_mb": psutil.Process(server), "player_mb": player_of(server)}

    def tell() -> dict[str, float]:
        tools.send("HeapProfiler.collectGarbage")
        told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
        found = {"page_mb": told["JSHeapUsedSize"] / MEGABYTE, "page_nodes": told["Nodes"]}
        return found | {name: process.memory_info().rss / MEGABYTE for name, process in processes.items()}

    return tell


def player_of(server: int) -> psutil.Process:
    """The process that plays: of the server's children the largest."""
    return max(psutil.Process(server).children(recursive=True), key=lambda child: child.memory_info().rss)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer within {START} s")


def opened(browser: Any, address: str) -> Any:
    """The page Floor, once it stands still on its first morning."""
    page = browser.new_context(viewport={"width": 1440, "height": 960}).new_page()
    page.set_default_timeout(1000 * START)
    page.goto(address)
    page.wait_for_function("() => document.querySelector('[data-test=floor]') && window.__draws > 0")
    page.wait_for_selector("[data-test=stop]", state="detached")
    page.locator("[data-test=play]").click()
    return page


def watch(browser: Any, address: str, server: int, seconds: float) -> dict[str, float]:
    page = opened(browser, address)
    page.wait_for_timeout(2000)
    processes = {"server": psutil.Process(server), "player": player_of(server)}
    before = {name: sum(process.cpu_times()[:2]) for name, process in processes.items()}
    drawn, began = page.evaluate("window.__draws"), time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    drawn, took = page.evaluate("window.__draws") - drawn, time.perf_counter() - began
    found = {"frames_a_second": drawn / took}
    for name, process in processes.items():
        found[f"{name}_ms_a_frame"] = 1e3 * (sum(process.cpu_times()[:2]) - before[name]) / max(drawn, 1)
        found[f"{name}_mb"] = process.memory_info().rss / MEGABYTE
    page.context.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="187-to-be")
    parser.add_argument("--size", default="national")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--every", type=float, default=0.1, help="time between two frames of these hours [s]")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--frames", type=int, default=0, help="these alone, through the whole chain")
    given = parser.parse_args()
    if given.frames > 0:
        sys.stdout.write(json.dumps(endure(given.scenario, given.size, given.frames), indent=1) + "\n")
        return
    told: dict[str, Any] = {"load_average": os.getloadavg()[0], "one_frame": frames(given.scenario, given.size)}
    if not given.no_browser:
        told["browser"] = in_browser(given.scenario, given.size, given.seconds)
        told["browser_as_fast_as_they_come"] = in_browser(given.scenario, given.size, given.seconds, "1000")
    if given.hours > 0:
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process whose memory is its own
            told["soak"] = pool.apply(soak, (given.scenario, given.size, given.hours, given.every))
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
