"""Processes are mapped from time to time, and what makes customers come back most is put right (E-Care 360)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.later import pd
from twin.people.type_values import of_day
from twin.scenario.programme_schema import Improvement


class Improving:
    """Repeats by matter since the last time, what was put right when, and what that takes from the demand."""

    def __init__(self, model: Any, rule: Improvement):
        self._model, self.rule = model, rule
        demand = model.demand
        self._streams = getattr(demand, "usual", demand)
        self.intents = list(model.names.intents)
        self.repeats = np.zeros(len(self.intents))
        self.log: list[list[float]] = []
        """Day, matter (row of the intents), and its repeats since the time before."""

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"repeats": self.repeats, "log": self.log}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.repeats, self.log = np.array(state["repeats"]), [list(row) for row in state["log"]]

    def begin_day(self, day: int) -> None:
        """What was put right takes hold little by little."""
        for since, matter, _ in self.log:
            share = min((day - since) * DAY / self.rule.settles, 1.0)
            self._streams.relief[self._streams.intents == int(matter)] *= 1.0 - self.rule.cut * share

    def end_day(self, day: int) -> None:
        """On the day of mapping the matters of `first` go first, one a time; then the one with most repeats."""
        self.repeats += of_day(self._model, "repeats", day)
        if (day + 1) % self.rule.every_days:
            return
        if len(self.log) < len(self.rule.first):
            matter = self.intents.index(self.rule.first[len(self.log)])
        else:
            matter = int(np.argmax(self.repeats))
        if self.repeats[matter] > 0:
            self.log.append([float(day + 1), float(matter), float(self.repeats[matter])])
        self.repeats[:] = 0.0

    def daily(self) -> dict[str, np.ndarray]:
        return {}

    def table(self) -> pd.DataFrame:
        """Counted day, matter and its repeats, for each time."""
        rows = [(int(day) - self._model.calendar.warm_up, self.intents[int(of)], int(n)) for day, of, n in self.log]
        return pd.DataFrame(rows, columns=["day", "intent", "repeats"])
