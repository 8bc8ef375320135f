"""What history tells directly, as keys of the scenario that is fitted: written where it can hold them, or why not.

The fit by simulation starts from these values, and looks for what is left. A history's types are the intents of the
same name; a scenario of one intent takes them all together. Which keys hold a topic: `calibration.fit.topics`.
"""

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.estimate.estimates import Setting
from calibration.estimate.everything import Estimates, estimate_all
from calibration.fit.known import Known
from calibration.fit.parameters import Box
from calibration.fit.topics import NoPlace, writers
from calibration.history.tables import History
from calibration.names import in_names
from twin.errors import ScenarioError
from twin.scenario.load import Loaded, load
from twin.scenario.merge import SHORTCUTS, as_pairs
from twin.scenario.provenance import by_table, dotted
from twin.scenario.schema import Scenario

TELLS = {"patience": ("patience", "hazard"), "service": ("talk",), "redial": ("redial",)}
"""Topic -> usual parameters that need no fit once it is written."""


@dataclass(frozen=True)
class Direct:
    """Direct estimates, and what became of them."""

    estimates: Estimates
    topics: dict[str, list[Setting]] = field(default_factory=dict)
    """Those that are written."""
    left: dict[str, str] = field(default_factory=dict)
    """Topic -> why it is not written."""

    @property
    def settings(self) -> list[Setting]:
        return [setting for settings in self.topics.values() for setting in settings]

    def sentences(self) -> list[str]:
        """What is written, and what is not, for screen and page."""
        told = [
            f"Written as read off history: {topic} ({', '.join(by_table(setting.path for setting in settings))})."
            for topic, settings in self.topics.items()
        ]
        return told + [f"Not written: {topic}: {reason}." for topic, reason in self.left.items()]

    def lines(self, source: str, touched: Iterable[tuple[str | int, ...]] = ()) -> list[str]:
        """TOML of the keys, each with mark, source, interval and standard error, without those that the fit sets."""
        fitted = set(touched)
        lines = []
        for setting in self.settings:
            if not any(setting.path[: len(path)] == path for path in fitted):
                stated = setting.stated(f"{source}, read directly")
                told = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in stated.items())
                lines.append(f"{dotted(setting.path)} = {{ {told} }}")
        return lines

    def without_known(self, box: Box) -> Box:
        """The usual parameters that history has not told already; all of them if nothing would be left."""
        known = {name for topic, names in TELLS.items() if self._is_told(topic) for name in names}
        kept = tuple(parameter for parameter in box.parameters if parameter.name not in known)
        return Box(kept) if kept else box

    def _is_told(self, topic: str) -> bool:
        is_rough = topic == "patience" and self.estimates.patience_intervals is not None
        return topic in self.topics and not is_rough


def read_directly(
    history: History, base: str, overrides: Sequence[str], loaded: Loaded, beside: Known | None = None
) -> Direct:
    """All topics of which the scenario has the keys; a topic with which it would not load is left out, with the reason.

    Parameters
    ----------
    history : History
        Of the days of the fit alone.
    base : str
        Name or whole path of the scenario, as a file elsewhere extends it.
    beside : Known, optional
        Holidays, announcements, schedule.
    """
    beside = beside or Known()
    own = loaded.scenario
    named, unknown = in_intents(history, own)
    estimates = estimate_all(named, beside.holidays or None, beside.schedule, announcements=beside.announcements)
    topics: dict[str, list[Setting]] = {}
    left = {"types": f"{', '.join(unknown)}: no intent of the scenario has this name"} if unknown else {}
    for topic, write in writers(estimates, named, loaded).items():
        try:
            settings = write()
            if settings:
                _check([*(one for others in topics.values() for one in others), *settings], base, overrides)
                topics[topic] = settings
        except NoPlace as reason:
            left[topic] = str(reason)
    return Direct(estimates, topics, left)


def write_start(direct: Direct, base: str, source: str, path: Path) -> None:
    """The scenario with what is read directly, from which the fit starts."""
    path.write_text("\n".join([f"extends = {json.dumps(base)}", *direct.lines(source)]) + "\n", encoding="utf-8")


def override_lines(overrides: Sequence[str], written: Iterable[str]) -> list[str]:
    """The command line's own values, as the fitted file states them; keys that are written otherwise are left out."""
    others = set(written)
    lines = []
    for key, value in as_pairs(overrides, []):
        full = SHORTCUTS.get(key, key)
        if full not in others and "[" not in full and value is not None:
            lines.append(f"{full} = {_inline(value)}")
    return lines


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return json.dumps(value, default=str)


def _check(settings: Sequence[Setting], base: str, overrides: Sequence[str]) -> None:
    """Load the scenario with these keys, as the fitted file will hold them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.toml"
        write_start(Direct(Estimates(), {"": list(settings)}), base, "history", path)
        try:
            load(path, overrides)
        except ScenarioError as error:
            raise NoPlace(f"the scenario would not load, {error.problems[0].partition(': ')[2]}") from None


def in_intents(history: History, scenario: Scenario) -> tuple[History, list[str]]:
    """The history with its types and queues called as in the scenario, and those that it has not."""
    unknown: set[str] = set()

    def renamed(table: pd.DataFrame | None) -> pd.DataFrame | None:
        if table is None:
            return None
        if len(scenario.intents) == 1:
            return _pooled(table.assign(type=next(iter(scenario.intents))))
        told, others = in_names(table, scenario)
        unknown.update(others)
        return told

    return replace(history, calls=renamed(history.calls), intervals=renamed(history.intervals)), sorted(unknown)


def _pooled(table: pd.DataFrame) -> pd.DataFrame:
    """Interval rows of several queues and types as one; calls stay as they are."""
    if "offered" not in table or not table.duplicated(["date", "start_s", "fold"]).any():
        return table
    keys = ["date", "start_s", "length_s", "fold", "type"]
    sums = [name for name in table.select_dtypes("number") if name not in (*keys, "within_s", "operators")]
    once = table.groupby(["date", "start_s", "fold", "queue"])["operators"].max()  # a queue's, once for all its types
    operators = once.groupby(level=[0, 1, 2]).sum(min_count=1).rename("operators").reset_index()
    pooled = table.groupby(keys, as_index=False)[sums].sum(min_count=1).assign(queue="")
    pooled["within_s"] = table["within_s"].max()
    return pooled.merge(operators, on=["date", "start_s", "fold"])
