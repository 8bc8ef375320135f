"""The form of the page Compare; what is chosen stands in the address."""

import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import solara

from twin.ui.language import use_words
from twin.ui.pages.compare_changes import Changes
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, Choice, NumberField, Select
from twin.ui.parts.html import Box, Card, ErrorSentence
from twin.ui.parts.jobs import Job, session_folder
from twin.ui.parts.scenarios import OwnScenario, ScenarioSelect, use_chosen
from twin.ui.work.scenarios import Chosen, common_sizes

TARGETS = {"sl20": (0.5, "pp"), "mean_wait": (1.0, "s"), "abandonment_share": (0.5, "pp"), "csi": (0.5, "points"),
           "cost_per_year": (100_000.0, "EUR")}  # fmt: skip
"""KPIs that runs can go on for: a first half-width, and its unit."""
DEFAULTS = {"a": "187-as-is", "b": "187-to-be", "size": "tiny", "days": "7", "pairs": "10", "seed": "1"}
MOST_PAIRS = 200
LEAST_WIDTH, MOST_WIDTH = 0.001, 1e9


@dataclass(frozen=True)
class Asked:
    """What the address says, with defaults where it is silent."""

    given: dict[str, str]
    put: Callable[..., None]
    scenarios: dict[str, Chosen] = field(default_factory=dict)
    """Of "a" and "b"."""

    def text(self, key: str) -> str:
        return self.given.get(key, DEFAULTS.get(key, ""))

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number; what is no number, or none that is allowed, counts as the default."""
        text = self.text(key)
        default = int(DEFAULTS[key])
        return int(text) if text.isascii() and text.isdigit() and least <= int(text[:12]) <= most else default

    @property
    def sizes(self) -> list[str]:
        """That both scenarios offer."""
        return common_sizes(self.scenarios["a"], self.scenarios["b"])

    @property
    def size(self) -> str:
        """ "" where there is one only."""
        return self.text("size") if self.text("size") in self.sizes else next(iter(self.sizes), "")

    @property
    def days_pairs_seed(self) -> tuple[int, int, int]:
        return self.whole("days", 1, 366), self.whole("pairs", 1, MOST_PAIRS), self.whole("seed", 0, 10**9)

    @property
    def changes(self) -> list[tuple[str, str]]:
        """(arm, "key=value"), arm being both, a or b."""
        lines = [line.partition(":") for line in self.text("changes").split("\n")]
        return [(arm, change) for arm, _, change in lines if arm in ("both", "a", "b") and "=" in change]

    def put_changes(self, changes: list[tuple[str, str]]) -> None:
        self.put(changes="\n".join(f"{arm}:{change}" for arm, change in changes) or None)

    @property
    def until(self) -> tuple[str, float]:
        """The KPI to be precise in, and half the width wanted; "" for a fixed number of pairs."""
        name, _, width = self.text("until").partition("=")
        if name not in TARGETS:
            return "", 0.0
        try:
            given = float(width)
        except ValueError:
            given = math.nan
        return name, given if LEAST_WIDTH <= given <= MOST_WIDTH else TARGETS[name][0]


def request_of(asked: Asked) -> Any:
    """What would be compared now."""
    from twin.ui.work.compare import Request

    until, width = asked.until
    of = {arm: tuple(c for side, c in asked.changes if side == arm) for arm in ("both", "a", "b")}
    target = (f"{until}={width:g} {TARGETS[until][1]}",) if until else ()
    days, pairs, seed = asked.days_pairs_seed
    a, b = (asked.scenarios[side].file for side in ("a", "b"))
    return Request(a, b, of["both"], of["a"], of["b"], asked.size, days, pairs, target, seed)


def use_request() -> Asked:
    """What is asked for."""
    asked = Asked(*use_address())
    return replace(asked, scenarios={side: use_chosen(asked.text(side)) for side in ("a", "b")})


@solara.component
def Form(asked: Asked, job: Job):
    """Scenarios, size, length, pairs, changes; Compare."""
    say = use_words("compare")
    a, b = asked.scenarios["a"], asked.scenarios["b"]
    sizes, size = asked.sizes, asked.size
    days, pairs, seed = asked.days_pairs_seed

    def start() -> None:
        from twin.ui.work.compare import compare

        job.start(compare, request_of(asked), Path(tempfile.mkdtemp(prefix="compare-", dir=session_folder())))

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
                   disabled=job.view.is_running or bool(a.mistake or b.mistake))  # fmt: skip
        with Card(say("changes")):
            Changes(asked)


@solara.component
def Scenarios(asked: Asked):
    """The two models, of the library or the reader's own."""
    say = use_words("compare")
    sides = {"a": say("as_is"), "b": say("to_be")}
    with Box("stack"):
        for side, title in sides.items():
            ScenarioSelect(title, asked.text(side), lambda name, side=side: asked.put(**{side: name}))
            ErrorSentence(asked.scenarios[side].mistake)
        OwnScenario(lambda side, name: asked.put(**{side: name}), sides)


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
        NumberField(say("until_width"), width, lambda x: asked.put(until=f"{until}={x}"), unit, LEAST_WIDTH,
                    MOST_WIDTH, 3)  # fmt: skip
