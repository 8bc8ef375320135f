"""The form of the page Compare; what is chosen stands in the address."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.pages.compare_changes import Changes
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, Choice, NumberField, Select, Upload
from twin.ui.parts.html import Box, Card, ErrorSentence, tag
from twin.ui.parts.jobs import Job, session_folder
from twin.ui.work.scenarios import MOST_BYTES, common_sizes, keep_upload

TARGETS = {"sl20": (0.5, "pp"), "mean_wait": (1.0, "s"), "abandonment_share": (0.5, "pp"), "csi": (0.5, "points"),
           "cost_per_year": (100_000.0, "EUR")}  # fmt: skip
"""KPIs that runs can go on for: a first half-width, and its unit."""
DEFAULTS = {"a": "187-as-is", "b": "187-to-be", "size": "tiny", "days": "7", "pairs": "10", "seed": "1"}
MOST_PAIRS = 200

uploads: solara.Reactive[dict[str, str]] = solara.reactive({})
"""Scenarios that the session has handed in: name, path. Solara keeps one per session."""


@dataclass(frozen=True)
class Asked:
    """What the address says, with defaults where it is silent."""

    given: dict[str, str]
    put: Callable[..., None]

    def text(self, key: str) -> str:
        return self.given.get(key, DEFAULTS.get(key, ""))

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number; what is no number, or none that is allowed, counts as the default."""
        text = self.text(key)
        default = int(DEFAULTS[key])
        return int(text) if text.isascii() and text.isdigit() and least <= int(text[:12]) <= most else default

    @property
    def changes(self) -> list[tuple[str, str]]:
        """(arm, "key=value"), arm being both, a or b."""
        lines = [line.partition(":") for line in self.text("changes").split("\n")]
        return [(arm, change) for arm, _, change in lines if arm in ("both", "a", "b") and "=" in change]

    def put_changes(self, changes: list[tuple[str, str]]) -> None:
        self.put(changes="\n".join(f"{arm}:{change}" for arm, change in changes) or None)

    def path(self, side: str) -> str:
        """Name in the library, or the file that the session has handed in."""
        return uploads.value.get(self.text(side), self.text(side))

    @property
    def until(self) -> tuple[str, float]:
        """The KPI to be precise in, and half the width wanted; "" for a fixed number of pairs."""
        name, _, width = self.text("until").partition("=")
        if name not in TARGETS:
            return "", 0.0
        try:
            return name, float(width)
        except ValueError:
            return name, TARGETS[name][0]


def use_request() -> Asked:
    """What is asked for."""
    return Asked(*use_address())


@solara.component
def Form(asked: Asked, job: Job):
    """Scenarios, size, length, pairs, changes; Compare."""
    say = use_words("compare")
    a, b = asked.path("a"), asked.path("b")
    sizes = solara.use_memo(lambda: common_sizes(a, b), [a, b])
    size = asked.text("size") if asked.text("size") in sizes else sizes[0] if sizes else ""
    days, pairs, seed = asked.whole("days", 1, 366), asked.whole("pairs", 1, MOST_PAIRS), asked.whole("seed", 0, 10**9)

    def start() -> None:
        from twin.ui.work.compare import Request, compare

        until, width = asked.until
        of = {arm: tuple(c for side, c in asked.changes if side == arm) for arm in ("both", "a", "b")}
        target = (f"{until}={width:g} {TARGETS[until][1]}",) if until else ()
        request = Request(a, b, of["both"], of["a"], of["b"], size, days, pairs, target, seed)
        job.start(compare, request, Path(tempfile.mkdtemp(prefix="compare-", dir=session_folder())))

    with Box("stack"):
        with Card(say("setup")), Box("stack"):
            Scenarios(asked)
            if sizes:
                known = {s: say(f"size_{s}") if say.has(f"size_{s}") else s for s in sizes}
                Choice(say("size"), size, lambda s: asked.put(size=s), known, say("size_note"))
            NumberField(say("days"), days, lambda n: asked.put(days=int(n)), say("days_unit"), 1, 366,
                        note=say("days_note"))  # fmt: skip
            Stopping(asked, pairs)
            NumberField(say("seed"), seed, lambda n: asked.put(seed=int(n)), least=0, most=10**9)
            Button(say("run_again" if job.view.result is not None else "run"), start, "primary",
                   disabled=job.view.is_running)  # fmt: skip
        with Card(say("changes")):
            Changes(asked)


@solara.component
def Scenarios(asked: Asked):
    """The two models, of the library or handed in."""
    from twin.scenario.files import library_entries

    say = use_words("compare")
    problem, set_problem = solara.use_state("")
    library = solara.use_memo(lambda: list(library_entries()), [])
    own = [{"value": name, "text": name} for name in uploads.value]
    known = own + [{"value": e.name, "text": f"{e.name}: {e.title}" if e.title else e.name} for e in library]

    def take(name: str, content: bytes) -> None:
        try:
            path = keep_upload(name, content, session_folder())
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            uploads.set({**uploads.value, path.name: str(path)})

    for side, title in (("a", say("as_is")), ("b", say("to_be"))):
        Select(title, asked.text(side), lambda name, side=side: asked.put(**{side: name}), known)
    Upload(say("upload"), take, ".toml", MOST_BYTES, say("upload_note"))
    ErrorSentence(problem)
    if uploads.value and not problem:
        tag("p", say("uploaded", name=", ".join(uploads.value)), class_="note", role="status")


@solara.component
def Stopping(asked: Asked, pairs: int):
    """So many pairs, or as many as it takes."""
    from twin.ui.parts.kpis import kpi_title

    say = use_words("compare")
    until, width = asked.until

    def choose(kind: Any) -> None:
        asked.put(until=None if kind == "pairs" else f"sl20={TARGETS['sl20'][0]}")

    stops = {"pairs": say("stop_pairs"), "until": say("stop_until")}
    Choice(say("stop"), "until" if until else "pairs", choose, stops)
    if not until:
        NumberField(say("pairs"), pairs, lambda n: asked.put(pairs=int(n)), least=1, most=MOST_PAIRS,
                    note=say("pairs_note"))  # fmt: skip
        return
    names = {name: kpi_title(say.language, name) for name in TARGETS}
    unit = {"pp": say.numbers.points(0.0).split("\u00a0")[1], "EUR": "€", "points": ""}.get(TARGETS[until][1], "s")
    with Box("flow"):
        Select(say("until_kpi"), until, lambda name: asked.put(until=f"{name}={TARGETS[name][0]}"), names)
        NumberField(say("until_width"), width, lambda x: asked.put(until=f"{until}={x}"), unit, 0.001, digits=3)
