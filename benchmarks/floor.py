"""The floor under load: frames a second in the browser, and memory over hours of floor in accelerated form.

    python -m benchmarks.floor [--scenario 187-to-be] [--size national] [--seconds 20] [--hours 8] [--no-browser]

Prints one JSON object: frames a second drawn by headless Chromium (it draws each before the next but one is sent), the
server's and the player's processor time, and the memory that a floor takes over those hours.
"""

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
import urllib.request
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


def soak(scenario: str, size: str, hours: float, frame_every: float = 0.1, speed: float = 3600.0) -> dict[str, Any]:
    """As many frames as a reader sees in these hours at 10 a second, one after the other, at the highest speed.

    The run begins again when it is over, as a reader would jump back.
    """
    floor = of_scenario(load_scenario(scenario, {"size": size} if size else {}))
    n_frames, began = round(hours * 3600 / frame_every), time.perf_counter()
    sizes = [play(floor, n_frames // 8, speed * frame_every) for _ in range(8)]
    floor.close()
    return {
        "frames": n_frames,
        "simulated_days": n_frames * speed * frame_every / 86400.0,
        "wall_seconds": time.perf_counter() - began,
        "memory_mb": sizes,
        "growth_mb": sizes[-1] - sizes[1],
    }


def play(floor: Floor, n_frames: int, step: float) -> float:
    """So many frames, each `step` seconds after the other; memory in MB when they have been made."""
    for _ in range(n_frames):
        if floor.is_over:
            floor.restart()
        floor.advance(floor.now + step)
        floor.frame()
    return psutil.Process().memory_info().rss / MEGABYTE


def in_browser(scenario: str, size: str, seconds: float) -> dict[str, float]:
    """Frames a second that headless Chromium draws of the page, and what the processes use meanwhile."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "twin", "ui", "--no-open", "--port", str(port)])
    try:
        wait_for(f"http://localhost:{port}/readyz")
        return watch(f"http://localhost:{port}/floor?scenario={scenario}&size={size}", server.pid, seconds)
    finally:
        server.terminate()
        server.wait(10)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer within {START} s")


def watch(address: str, server: int, seconds: float) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 960})
        page.set_default_timeout(1000 * START)
        page.goto(address)
        page.wait_for_function("() => document.querySelector('[data-test=floor]') && window.__draws > 0")
        page.wait_for_selector("[data-test=stop]", state="detached")
        page.locator("[data-test=play]").click()
        page.wait_for_timeout(2000)
        player = max(psutil.Process(server).children(recursive=True), key=lambda child: child.memory_info().rss)
        processes = {"server": psutil.Process(server), "player": player}
        before = {name: sum(process.cpu_times()[:2]) for name, process in processes.items()}
        drawn, began = page.evaluate("window.__draws"), time.perf_counter()
        page.wait_for_timeout(1000 * seconds)
        drawn, took = page.evaluate("window.__draws") - drawn, time.perf_counter() - began
        found = {"frames_a_second": drawn / took}
        for name, process in processes.items():
            found[f"{name}_cpu_share"] = (sum(process.cpu_times()[:2]) - before[name]) / took
            found[f"{name}_mb"] = process.memory_info().rss / MEGABYTE
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="187-to-be")
    parser.add_argument("--size", default="national")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--no-browser", action="store_true")
    given = parser.parse_args()
    told: dict[str, Any] = {"load_average": os.getloadavg()[0], "one_frame": frames(given.scenario, given.size)}
    if not given.no_browser:
        told["browser"] = in_browser(given.scenario, given.size, given.seconds)
    if given.hours > 0:
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process whose memory is its own
            told["soak"] = pool.apply(soak, (given.scenario, given.size, given.hours))
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
