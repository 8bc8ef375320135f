"""The knowledge base: articles go stale, editors write where contacts were not settled; it helps as it covers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.people.type_values import TypeValues, of_day
from twin.scenario.programme_schema import Knowledge


class KnowledgeBase:
    """Coverage (0 to 1) of each matter, by day."""

    def __init__(self, model: Any, rule: Knowledge):
        self._model, self.rule = model, rule
        self.types = TypeValues(model)
        self.coverage = np.full(len(model.names.intents), float(rule.coverage))
        n = model.calendar.n_days
        self.sums, self.contacts = np.zeros(n), np.zeros(n)
        """Coverage met by the day's handled contacts, and their number."""

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"coverage": self.coverage, "sums": self.sums, "contacts": self.contacts}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.coverage = np.array(state["coverage"])
        for name in ("sums", "contacts"):
            mine, saved = getattr(self, name), state[name]
            n = min(len(mine), len(saved))
            mine[:n] = saved[:n]

    def effect(self, talk: np.ndarray, fcr: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Talk factors and FCR of types with the present coverage."""
        covered = self.coverage[self.types.intent]
        return talk * (1.0 - self.rule.talk_cut * covered), fcr + self.rule.fcr_gain * covered

    def begin_day(self, day: int) -> None:
        """Nothing is written at night."""

    def end_day(self, day: int) -> None:
        """Stale articles fall out; the day's articles go where most was not settled and least is covered."""
        handled = of_day(self._model, "handled", day)
        unsettled = np.maximum(handled - of_day(self._model, "resolved", day), 0.0)
        self.sums[day], self.contacts[day] = float(handled @ self.coverage), float(handled.sum())
        self.coverage = self.coverage * np.exp(-DAY / self.rule.stale_after)
        wanted = unsettled * (1.0 - self.coverage)
        if wanted.sum() > 0:
            written = self.rule.written_a_day * wanted / wanted.sum() / self.rule.articles
            self.coverage = np.minimum(self.coverage + written, 1.0)

    def daily(self) -> dict[str, np.ndarray]:
        return {"covered": self.sums, "covered_contacts": self.contacts}
