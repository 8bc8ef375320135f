"""Certified control of contacts, and coaching of those who lag behind (E-Care 360; domain reference 4.4, 7)."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.kernel.codes import Purpose
from twin.people.career_audits import Channels
from twin.people.career_report import CareerLog
from twin.people.career_states import WEEKS_A_YEAR, CareerEvent, Phase
from twin.people.career_table import CareerTable

MOST_CALLS = 10
"""Mystery calls to one operator in a week [assumed]."""


class Control:
    """Audits by the week, coaching by the month. Each audited contact has a mistake with the operator's own chance."""

    def __init__(self, table: CareerTable, log: CareerLog):
        self.table, self.log = table, log
        self.quality, self.coaching = table.careers.quality, table.careers.coaching
        self.audited = self.errors = 0.0
        """Of the month, all operators."""
        self.channels = Channels(len(table.rows))

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"audited": self.audited, "errors": self.errors}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.audited, self.errors = state["audited"], state["errors"]

    def week(self, week: int, n_handled: np.ndarray) -> None:
        """Listening and sitting beside those who worked; mystery calls by what each handled."""
        rows = self.table.rows
        worked = np.flatnonzero((n_handled > 0) & (rows.phase >= Phase.PROBATION))
        n, bad = np.zeros(len(worked)), np.zeros(len(worked))
        for pair in range((self.quality.listens_a_week + 1) // 2):
            chance = self.table.draw(Purpose.LISTEN, worked, 16 * week + pair)
            for i in range(min(2, self.quality.listens_a_week - 2 * pair)):
                n += 1
                bad += chance[:, i] < rows.error[worked]
        chance = self.table.draw(Purpose.SIDE_BY_SIDE, worked, week)
        beside = chance[:, 0] < min(self.quality.side_by_side_a_year / WEEKS_A_YEAR, 1.0)
        n += beside
        bad += beside & (chance[:, 1] < rows.error[worked])
        chance = self.table.draw(Purpose.MYSTERY_CALL, worked, week)
        calls = poisson(chance[:, 0], self.quality.mystery * n_handled[worked])
        n += calls
        bad += chance[:, 1] < 1.0 - (1.0 - rows.error[worked]) ** calls  # seldom two, so at most one mistake counts
        rows.audited[worked] += n
        rows.errors[worked] += bad
        self.audited += float(n.sum())
        self.errors += float(bad.sum())
        self.channels.note(7 * week, worked, n, bad)

    def coach(self, day: int, csi: np.ndarray) -> None:
        """Who is audited above the goal, or satisfies less than the site: the worst, as many as there are hours for.

        `csi` : mean of the month by operator, NaN where nobody was asked.
        """
        rows, rule = self.table.rows, self.coaching
        found = np.where(rows.audited > 0, rows.errors / np.maximum(rows.audited, 1e-9), 0.0)
        gap = csi - self._of_site(csi)
        may = (rows.phase >= Phase.PROBATION) & (rows.coach_left <= 0)
        behind = np.flatnonzero(may & ((found > self.quality.goal) | (gap < 0)))
        order = np.lexsort((behind, np.nan_to_num(gap[behind]), -np.maximum(found[behind] - self.quality.goal, 0.0)))
        n = math.floor(rule.a_month * float((rows.phase != Phase.VACANT).sum()) + 0.5)
        chosen = behind[order[:n]]
        rows.coach_left[chosen] = rule.hours
        rows.coached_on[chosen] = day
        rows.error[chosen] -= rule.error_cut * np.maximum(rows.error[chosen] - self.quality.floor, 0.0)
        self.log.add(day, CareerEvent.COACHED, chosen, rows.generation[chosen])

    def _of_site(self, csi: np.ndarray) -> np.ndarray:
        """Mean of the operator's site."""
        known = ~np.isnan(csi)
        site, n_sites = self.table.rows.site, len(self.table.names.sites)
        n = np.bincount(site[known], minlength=n_sites)
        total = np.bincount(site[known], csi[known], minlength=n_sites)
        return np.where(n > 0, total / np.maximum(n, 1), np.nan)[site]

    def bonus(self, day: int) -> np.ndarray:
        """What coaching adds to the FCR, by operator: less every day, nothing in the end."""
        age = (day - self.table.rows.coached_on.astype(np.int64)) * DAY
        return self.coaching.fcr * np.clip(1.0 - age / self.coaching.fades, 0.0, 1.0)

    def month(self) -> dict[str, float]:
        """Audits of the month; then they are counted anew."""
        found = {"audited": self.audited, "audit_error": self.errors / self.audited if self.audited else math.nan}
        self.audited = self.errors = 0.0
        return found


def poisson(levels: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Poisson counts at these levels in (0, 1), by inversion."""
    count = np.zeros(len(levels))
    term = np.exp(-means)
    reached = term.copy()
    for k in range(1, MOST_CALLS + 1):
        more = levels >= reached
        if not more.any():
            break
        count += more
        term = term * means / k
        reached = reached + term
    return count
