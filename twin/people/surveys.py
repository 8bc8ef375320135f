"""Surveys of quality: who was handled today is asked, and the four items are put together by area.

The sample is random: of the day's handled contacts of an area, those with the lowest draws, as many as the year's
interviews take (shares of a contact, and what a quiet day could not give, are carried over). Each of them answers or
not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.calendar import YEAR
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Outcome, Purpose
from twin.kernel.draws import normal_quantile
from twin.later import pd
from twin.scenario.proactive_schema import Proactive

if TYPE_CHECKING:
    from twin.people.customers import CustomerBase

ITEMS = ("waiting", "accuracy", "ability", "courtesy")
Z95 = 1.959963984540054
LOT = 1
"""Which draw of a customer, beside those of the survey of bills, decides between areas that share an intent."""


class Interviews:
    """All surveys of handled contacts."""

    def __init__(self, base: CustomerBase, rule: Proactive):
        self.base, self.surveys = base, rule.surveys
        self.areas = list(rule.areas)
        self.takes = np.array(
            [[area.share if intent in area.intents or kind.group in area.intents else 0.0
              for intent, kind in base.scenario.intents.items()] for area in rule.areas.values()]
        )  # fmt: skip
        """(areas, intents): share of the customers whose contacts the area takes."""
        self.owed = np.zeros((len(self.surveys), len(self.areas)))
        """Sampled contacts that are still to be taken."""
        n = (len(self.surveys), base.calendar.n_days, len(self.areas))
        self.sampled = np.zeros(n, np.int64)
        self.sums = np.zeros((*n, len(ITEMS), 3))
        """Answers, their sum and the sum of their squares."""

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"owed": self.owed, "sampled": self.sampled, "sums": self.sums}

    def restore(self, state: Mapping[str, Any]) -> None:
        """The run may have become longer."""
        n_days = min(state["sampled"].shape[1], self.sampled.shape[1])
        self.owed[:] = state["owed"]
        for name in ("sampled", "sums"):
            getattr(self, name)[:, :n_days] = state[name][:, :n_days]

    def ask(self, day: int, records: np.ndarray) -> None:
        """Sample and interview the customers who were handled today."""
        if not self.surveys or not self.areas:
            return
        handled = records[records["outcome"] == Outcome.HANDLED]
        areas = self._areas_of(handled)
        keys = handled["who"] * np.uint64(64) + handled["attempt"].astype(np.uint64)
        for number, survey in enumerate(self.surveys.values()):
            level = uniform_pairs(self.base.seed, Purpose.SURVEY, keys, number)
            a_day = survey.interviews_a_year * self.base.scenario.factor / survey.response / YEAR / len(self.areas)
            for area in range(len(self.areas)):
                found = np.flatnonzero(areas == area)
                self.owed[number, area] += a_day
                n = min(int(self.owed[number, area]), len(found))
                self.owed[number, area] = min(self.owed[number, area] - n, 7.0 * a_day)  # made up for within a week
                sample = found[np.argsort(level[found, 0], kind="stable")[:n]]
                self.sampled[number, day, area] = n
                answering = sample[level[sample, 1] < survey.response]
                answers = self._answers(handled[answering], keys[answering], number, survey.spread)
                self.sums[number, day, area, :, 0] = len(answering)
                self.sums[number, day, area, :, 1] = answers.sum(axis=0)
                self.sums[number, day, area, :, 2] = (answers**2).sum(axis=0)

    def _areas_of(self, records: np.ndarray) -> np.ndarray:
        """The first area that takes each contact; -1 for none. A customer's lot is the same all through the run."""
        intents = self.base.model.world.types.intent[records["type"]]
        lots = uniform_pairs(self.base.seed, Purpose.AD_HOC, records["customer"].astype(np.uint64), LOT)[:, 0]
        found = np.full(len(records), -1)
        for area in reversed(range(len(self.areas))):
            found[lots < self.takes[area, intents]] = area
        return found

    def _answers(self, records: np.ndarray, keys: np.ndarray, number: int, spread: float) -> np.ndarray:
        """(contacts, items) what customers say: the item's score with the spread of opinions, from 0 to 100."""
        scores = self.items(records)
        for pair in range(len(ITEMS) // 2):
            levels = uniform_pairs(self.base.seed, Purpose.SURVEY_ANSWER, keys, 2 * number + pair)
            for of in range(2):
                noise = np.array([normal_quantile(u) for u in levels[:, of]])
                scores[:, 2 * pair + of] += spread * noise
        return np.clip(scores, 0.0, 100.0)

    def items(self, records: np.ndarray) -> np.ndarray:
        """(contacts, items) scores of the four items; courtesy is what the CSI leaves to it."""
        rule, world = self.base.scenario.satisfaction, self.base.model.world
        assert rule is not None
        scores = np.zeros((len(records), len(ITEMS)))
        wait = records["answered_at"] - records["joined_at"]
        if self.base.scenario.legs:
            wait = wait + records["hold_time"]
        scores[:, 0] = 100.0 * np.exp(-wait / rule.waiting_decay)
        scores[:, 1] = np.where(records["is_resolved"], rule.accuracy_resolved, rule.accuracy_unresolved)
        needs, rows = world.types.need[records["type"]], world.operators.ability[records["operator"]]
        scores[:, 2] = rule.ability_base + rule.ability_slope * world.abilities.proficiency[rows, needs]
        weights = (rule.waiting_weight, rule.accuracy_weight, rule.ability_weight)
        left = records["csi"] + rule.repeat_points * records["n_answered"] - scores[:, :3] @ np.array(weights)
        scores[:, 3] = np.clip(left / rule.courtesy_weight if rule.courtesy_weight else 0.0, 0.0, 100.0)
        return scores

    # ---- tables --------------------------------------------------------------------------------------------------

    def _periods(self, period: str) -> list[tuple[str, list[int]]]:
        """Counted weeks from the first counted day, or calendar months, with their days."""
        calendar = self.base.calendar
        found: dict[str, list[int]] = {}
        for day in range(calendar.warm_up, calendar.n_days):
            first = day - (day - calendar.warm_up) % 7
            name = calendar.date(first).isoformat() if period == "week" else calendar.date(day).isoformat()[:7]
            found.setdefault(name, []).append(day)
        return list(found.items())

    def table(self) -> pd.DataFrame:
        """By survey, period, area and item: interviews, mean, and half width of its 95 % interval."""
        rows = []
        for number, (name, survey) in enumerate(self.surveys.items()):
            for period, days in self._periods(survey.period):
                sums = self.sums[number, days].sum(axis=0)
                for area, title in enumerate(self.areas):
                    for item, (n, total, squares) in zip(ITEMS, sums[area], strict=True):
                        mean, half_width = interval(n, total, squares)
                        rows.append((name, period, title, item, int(n), mean, half_width))
        return pd.DataFrame(rows, columns=["survey", "period", "area", "item", "interviews", "mean", "half_width"])

    def calls(self) -> pd.DataFrame:
        """By survey and calendar month: contacts sampled, interviews, cost."""
        rows = []
        for number, (name, survey) in enumerate(self.surveys.items()):
            for month, days in self._periods("month"):
                n = int(self.sums[number, days, :, 0, 0].sum())
                rows.append((name, month, int(self.sampled[number, days].sum()), n, n * survey.cost))
        return pd.DataFrame(rows, columns=["survey", "month", "sampled", "interviews", "cost"])


def interval(n: float, total: float, squares: float) -> tuple[float, float]:
    """Mean and half width of its 95 % interval, from the number, the sum and the sum of squares."""
    if n < 1:
        return np.nan, np.nan
    mean = total / n
    if n < 2:
        return mean, np.nan
    variance = max(squares - n * mean**2, 0.0) / (n - 1)
    return mean, Z95 * float(np.sqrt(variance / n))
