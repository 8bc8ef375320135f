"""Talk factors and FCR of the kernel's types as the scenario has them, and as programmes have changed them."""

from typing import Any

import numpy as np

from twin.kernel.codes import Deferral

MOST_FCR = 0.999
"""No help settles every matter: from 1 on the kernel would no longer draw."""


class TypeValues:
    """Those of contacts that customers make: neither calls of campaigns nor work on cases."""

    def __init__(self, model: Any):
        types = model.world.types
        self.intent = np.asarray(types["intent"]).copy()
        self.talk, self.fcr = np.asarray(types["talk_factor"]).copy(), np.asarray(types["fcr"]).copy()
        is_case = np.isin(np.arange(len(types)), model.world.case_types)
        self.rows = np.flatnonzero((types["deferral"] != Deferral.OUTBOUND) & ~is_case)

    def show(self, types: Any, talk: np.ndarray, fcr: np.ndarray) -> None:
        """Write them where the kernel reads them; a matter that everybody settles stays so."""
        rows = self.rows
        types["talk_factor"][rows] = talk[rows]
        types["fcr"][rows] = np.where(self.fcr[rows] >= 1.0, 1.0, np.minimum(fcr[rows], MOST_FCR))


def of_day(model: Any, measure: str, day: int) -> np.ndarray:
    """A measure of the contacts that arrived on a day, by intent of the scenario's reports (row of `names.intents`)."""
    per_day = model.calendar.intervals_a_day
    by_cell = model.world.tallies[day * per_day : (day + 1) * per_day][measure].sum(axis=0)
    groups = [intent.group or name for name, intent in model.scenario.intents.items()]
    found = np.zeros(len(groups))
    for cell, n in zip(model.names.cells, by_cell, strict=True):
        for row, group in enumerate(groups):
            if group == cell.intent:
                found[row] += n / groups.count(group)
    return found
