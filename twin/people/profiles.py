"""The customers' database: profiles that several sources complete, and talks that are shorter with a complete one."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.people.type_values import TypeValues, of_day
from twin.scenario.programme_schema import Profiles


class ProfileBase:
    """Share of profiles that is complete, and how many each feed has completed, by day."""

    def __init__(self, model: Any, rule: Profiles):
        self._model, self.rule = model, rule
        self.types = TypeValues(model)
        self.n = rule.customers * model.given.factor
        self.complete = float(rule.complete)
        self.sums = np.zeros(model.calendar.n_days)
        """Share that is complete in the morning."""
        self.fed = np.zeros((len(rule.feeds), model.calendar.n_days))

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"complete": self.complete, "sums": self.sums, "fed": self.fed}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.complete = state["complete"]
        n = min(len(self.sums), len(state["sums"]))
        self.sums[:n] = state["sums"][:n]
        self.fed[:, :n] = state["fed"][:, :n]

    def effect(self, talk: np.ndarray) -> np.ndarray:
        """Talk factors: a contact is of a customer with a complete profile as often as profiles are complete."""
        return talk * (1.0 - (1.0 - self.rule.talk_factor) * self.complete)

    def begin_day(self, day: int) -> None:
        self.sums[day] = self.complete

    def end_day(self, day: int) -> None:
        """Every feed completes its share of those that are not complete."""
        left = (1.0 - self.complete) * self.n
        handled = min(float(of_day(self._model, "handled", day).sum()), self.n)
        for row, feed in enumerate(self.rule.feeds.values()):
            self.fed[row, day] = left * feed.a_day + handled * (1.0 - self.complete) * feed.a_contact
        self.complete = min(self.complete + float(self.fed[:, day].sum()) / self.n, 1.0)

    def daily(self) -> dict[str, np.ndarray]:
        fed = {f"fed_by_{name}": self.fed[row] for row, name in enumerate(self.rule.feeds)}
        return {"profiles_complete": self.sums, "profile_days": np.ones(len(self.sums)), **fed}
