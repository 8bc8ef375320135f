"""Audits by channel: the error on the telephone and in written work (E-Care 360; K18)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.kernel.codes import Deferral, Outcome

NAMES = ("audits_phone", "audit_errors_phone", "audits_written", "audit_errors_written")


class Channels:
    """What is audited of an operator is of the channel by which most contacts of his week came."""

    def __init__(self, n_operators: int):
        self.handled = np.zeros((2, n_operators))
        """Of the week, by operator: on the telephone, and written."""
        self.weeks: list[list[float]] = []
        """Day, then as `NAMES`."""

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return {"handled": self.handled, "weeks": self.weeks}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.handled, self.weeks = np.array(state["handled"]), [list(row) for row in state["weeks"]]

    def count(self, records: np.ndarray, types: np.ndarray) -> None:
        """The day's handled contacts, by operator."""
        done = records[(records["outcome"] == Outcome.HANDLED) & (records["operator"] >= 0)]
        is_written = np.asarray(types["deferral"])[done["type"]] == Deferral.WORK
        for row, mine in enumerate((~is_written, is_written)):
            self.handled[row] += np.bincount(done["operator"][mine], minlength=self.handled.shape[1])

    def note(self, day: int, worked: np.ndarray, audits: np.ndarray, errors: np.ndarray) -> None:
        """A week's audits of those who worked."""
        is_written = self.handled[1, worked] > self.handled[0, worked]
        parts = [float(values[mine].sum()) for mine in (~is_written, is_written) for values in (audits, errors)]
        self.weeks.append([float(day), *parts])
        self.handled[:] = 0.0

    def daily(self, n_days: int) -> dict[str, np.ndarray]:
        """Audits and their errors, on the day on which they are told."""
        sums = np.zeros((len(NAMES), n_days))
        for day, *parts in self.weeks:
            if day < n_days:
                sums[:, int(day)] = parts
        return dict(zip(NAMES, sums, strict=True))
