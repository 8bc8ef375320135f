"""A day whose contacts are counted already."""

from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.demand import RateDemand
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.tables import ARRIVAL


class KnownDay(RateDemand):
    """A day whose contacts are counted already: so many in each interval, at instants spread over it.

    Parameters
    ----------
    counts : ndarray of int (intervals, intents)
    pool : ndarray, optional
        ARRIVAL rows: contacts of an intent are drawn from its own.
    """

    def __init__(self, model: Any, counts: np.ndarray, length: float, pool: np.ndarray | None = None):
        super().__init__(model.scenario, model.names, model.calendar, model.key)
        self.counts, self.length, self.pool = counts, length, pool

    def arrivals(self, day: int) -> np.ndarray:
        """ARRIVAL rows of the day; a contact is the same one whatever else the day brings."""
        places, columns = np.nonzero(self.counts)
        of = self.counts[places, columns]
        number = np.concatenate([np.arange(n) for n in of]) if len(of) else np.zeros(0, int)
        interval, column = np.repeat(places, of), np.repeat(columns, of)
        who = (
            (interval.astype(np.uint64) << np.uint64(44)) | (column.astype(np.uint64) << np.uint64(32))
        ) + number.astype(np.uint64)
        chance = uniform_pairs(self.seed, np.uint64(Purpose.ARRIVAL), who, np.uint64(0))
        rows = np.zeros(len(who), ARRIVAL)
        rows["at"] = day * DAY + np.minimum((interval + chance[:, 0]) * self.length, np.nextafter(DAY, 0.0))
        rows["who"], rows["intent"] = who, self.intents[column]
        rows["talk_time"], rows["customer"] = np.nan, -1
        if self.pool is not None and len(rows):
            self._take_from(self.pool, rows, chance[:, 1])
        elif len(self.clusters):
            level = uniform_pairs(self.seed, np.uint64(Purpose.RATE_CLUSTER), who, np.uint64(0))[:, 0]
            rows["cluster"] = self.clusters[np.searchsorted(self.cluster_edges, level, side="right")]
        return rows[np.argsort(rows["at"], kind="stable")].view(np.recarray)

    def _take_from(self, pool: np.ndarray, rows: np.ndarray, chance: np.ndarray) -> None:
        """Who the contacts are: each takes after one of the pool with its intent, after any where there is none."""
        order = np.argsort(pool["intent"], kind="stable")
        first = np.searchsorted(pool["intent"][order], rows["intent"])
        n = np.searchsorted(pool["intent"][order], rows["intent"], side="right") - first
        first, n = np.where(n > 0, first, 0), np.where(n > 0, n, len(pool))
        taken = pool[order[first + np.minimum((chance * n).astype(np.int64), n - 1)]]
        for name in ("intent", "cluster", "segment", "condition", "talk_time"):
            rows[name] = taken[name]
