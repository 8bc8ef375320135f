"""One grade from each customer who was handled by telephone and answers when called back the same day (E-Care 360)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Deferral, Outcome, Purpose
from twin.kernel.draws import normal_quantile
from twin.scenario.programme_schema import Interviews


class Grades:
    """Customers handled, interviews and the sum of their grades, by day."""

    def __init__(self, model: Any, rule: Interviews):
        self._model, self.rule, self._key = model, rule, np.uint64(model.key)
        self.sums = np.zeros((3, model.calendar.n_days))

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"sums": self.sums}

    def restore(self, state: Mapping[str, Any]) -> None:
        n = min(self.sums.shape[1], state["sums"].shape[1])
        self.sums[:, :n] = state["sums"][:, :n]

    def begin_day(self, day: int) -> None:
        """Who was handled is asked in the evening."""

    def end_day(self, day: int) -> None:
        """See `ask`."""

    def ask(self, day: int, records: np.ndarray) -> None:
        """Call those handled today until they are reached or the attempts are used up, once for each matter."""
        types = self._model.world.types
        handled = records[(records["outcome"] == Outcome.HANDLED)]
        handled = handled[np.asarray(types["deferral"])[handled["type"]] == Deferral.NONE]
        _, last = np.unique(handled["who"][::-1], return_index=True)
        handled = handled[len(handled) - 1 - last]
        keys = handled["who"] * np.uint64(64) + handled["attempt"].astype(np.uint64)
        chance = uniform_pairs(self._key, np.uint64(Purpose.INTERVIEW), keys, np.uint64(0))
        reached = 1.0 - (1.0 - self.rule.reach) ** self.rule.attempts
        answers = (chance[:, 0] < reached) & (chance[:, 1] < self.rule.consent)
        grades = self._grades(handled["csi"][answers], keys[answers])
        self.sums[:, day] = len(handled), answers.sum(), grades.sum()

    def _grades(self, csi: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Whole grades about the index of the contact, from 0 to the best."""
        levels = uniform_pairs(self._key, np.uint64(Purpose.GRADE), keys, np.uint64(0))[:, 0]
        noise = np.array([normal_quantile(level) for level in levels.tolist()])
        points = csi.astype(float) + self.rule.lift + self.rule.spread * noise
        return np.clip(np.floor(points / 100.0 * self.rule.scale + 0.5), 0, self.rule.scale)

    def daily(self) -> dict[str, np.ndarray]:
        names = ("interview_customers", "interviews", "interview_grades")
        return dict(zip(names, self.sums, strict=True))
