"""An ad hoc survey: are bills delivered? Areas in which too many are not are found, or missed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.calendar import DAY
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.later import pd
from twin.people.states import Phase
from twin.scenario.proactive_schema import AdHoc

if TYPE_CHECKING:
    from twin.people.customers import CustomerBase

COLUMNS = ["date", "area", "is_critical", "called", "interviews", "failed", "p_value", "is_found", "power", "cost"]


class BillSurvey:
    """Rounds of interviews. A customer's area is drawn by lot, once; the first areas are the critical ones."""

    def __init__(self, base: CustomerBase, rule: AdHoc):
        self.base, self.rule = base, rule
        self.every = max(round(rule.every / DAY), 1)
        keys = np.arange(base.store.n).astype(np.uint64)
        self.area = (uniform_pairs(base.seed, Purpose.AD_HOC, keys, 0)[:, 0] * rule.areas).astype(np.int64)
        self.rows: list[tuple] = []

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"rows": [[value.item() if hasattr(value, "item") else value for value in row] for row in self.rows]}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.rows = [tuple(row) for row in state["rows"]]

    def ask(self, day: int) -> None:
        """A round, if one is due: in each area, active customers drawn by lot are asked about their last bill."""
        since = day - self.base.calendar.warm_up
        if since < 0 or since % self.every:
            return
        rule, base = self.rule, self.base
        phase = base.people.rows["phase"]
        lines = np.flatnonzero((phase == Phase.ACTIVE) | (phase == Phase.LEAVING))
        which = 2 * (day + 1)
        lots = uniform_pairs(base.seed, Purpose.AD_HOC, lines.astype(np.uint64), which)
        told = uniform_pairs(base.seed, Purpose.AD_HOC, lines.astype(np.uint64), which + 1)
        date = base.calendar.date(day).isoformat()
        for area in range(rule.areas):
            found = np.flatnonzero(self.area[lines] == area)
            called = found[np.argsort(lots[found, 0], kind="stable")[: math.ceil(rule.interviewed / rule.response)]]
            asked = called[lots[called, 1] < rule.response]
            share = rule.failed_critical if area < rule.critical else rule.failed
            n, failed = len(asked), int(np.count_nonzero(told[asked, 0] < share))
            p_value = upper_tail(n, failed, rule.failed)
            is_critical, is_found = area < rule.critical, p_value < rule.level
            finds = power(n, rule.failed_critical, rule.failed, rule.level)
            self.rows.append((date, area, is_critical, len(called), n, failed, p_value, is_found, finds, n * rule.cost))

    def table(self) -> pd.DataFrame:
        """By round and area: called, interviews, bills that did not arrive, chance of so many in an area without
        trouble, whether the area is found critical, chance that so many interviews find one that is."""
        return pd.DataFrame(self.rows, columns=COLUMNS)


def upper_tail(n: int, k: int, share: float) -> float:
    """Chance of `k` or more of `n` at this share each (binomial)."""
    if k <= 0:
        return 1.0
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    logs = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
            + i * math.log(share) + (n - i) * math.log1p(-share) for i in range(k)]  # fmt: skip
    return max(1.0 - math.fsum(math.exp(value) for value in logs), 0.0)


def power(n: int, share: float, failed: float, level: float) -> float:
    """Chance that `n` interviews find an area in which this share fails, against `failed` without trouble."""
    k = 0
    while k <= n and upper_tail(n, k, failed) >= level:
        k += 1
    return upper_tail(n, k, share) if k <= n else 0.0
