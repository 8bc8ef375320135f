"""Summaries of half hours that tell parameters apart: levels by load, contrasts of the day, spread, lagged effects.

Means alone do not identify patience beside capacity, or redials beside volume: what separates them is how abandonment
and waits rise with load, and whether calls follow lost calls (Ding, Koole, van der Mei, WSC 2013).
"""

from dataclasses import dataclass, field

import numpy as np

from calibration.fit.record import Record

CLASSES = 5
DAYPARTS = 3
TOLERANCE = {"abandoned, all": 0.003, "log wait, all": 0.02, "in time, all": 0.005, "log handle time": 0.005,
             "log wait": 0.06, "log spread": 0.1, "abandonment after": 0.1, "": 0.015}  # fmt: skip
"""What a model of a real centre cannot be asked to meet better (ours), by how a summary's name begins: a model
discrepancy as in Kennedy & O'Hagan (2001), for history is long and its sampling noise far below the model's error."""
LEAST_OFFERED = 5.0  # [calls] half hours with fewer tell nothing of a share


@dataclass(frozen=True)
class Summaries:
    """Turns a record into a vector. Classes of load and parts of the day are cut once, by the recorded history."""

    recorded: Record
    has_own_arrivals: bool
    """Arrivals are simulated, not replayed: their number and what they follow are summaries, too."""
    names: tuple[str, ...] = field(init=False)
    _edges: np.ndarray = field(init=False, repr=False)
    _parts: np.ndarray = field(init=False, repr=False)
    _usual: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        record = self.recorded
        load, weight = self._load(record), record.offered
        counts = weight > 0
        order = np.argsort(load[counts], kind="stable")
        share = np.cumsum(weight[counts][order]) / weight.sum()
        cuts = [np.searchsorted(share, (k + 1) / CLASSES) for k in range(CLASSES - 1)]
        set_(self, "_edges", load[counts][order][np.minimum(cuts, len(order) - 1)])
        by_clock = np.cumsum(weight.sum(axis=0)) / weight.sum()
        set_(self, "_parts", np.minimum((by_clock * DAYPARTS).astype(int), DAYPARTS - 1))
        set_(self, "_usual", np.maximum(record.offered.mean(axis=0), 1e-9))
        set_(self, "names", tuple(self._pieces(record)))

    def of(self, record: Record) -> np.ndarray:
        """The summaries of a record, in the order of `names`."""
        pieces = self._pieces(record)
        return np.nan_to_num(np.array([pieces[name] for name in self.names], float))

    @property
    def tolerance(self) -> np.ndarray:
        """Standard deviation of the model's own error in each summary."""
        names = [name.replace(self._in_time, "in time") for name in self.names]
        return np.array([next(size for begin, size in TOLERANCE.items() if name.startswith(begin)) for name in names])

    @property
    def _in_time(self) -> str:
        return f"in {self.recorded.measured.within_s:g} s"

    def _load(self, record: Record) -> np.ndarray:
        """Offered per operator present; per usual volume of the clock time where nobody's presence is known."""
        if record.operators is not None:
            return record.offered / np.maximum(record.operators, 0.5)
        return record.offered / np.maximum(record.offered.mean(axis=0), 1e-9)

    def _pieces(self, record: Record) -> dict[str, float]:
        found = self._levels(record) | self._contrasts(record)
        if self.has_own_arrivals:
            found |= self._arrivals(record)
        if not np.isnan(self.recorded.handle_s).all():
            found["log handle time"] = _log(_ratio(record.handle_s.sum(), record.answered.sum()))
        if np.isnan(self.recorded.in_time).all():
            found = {name: value for name, value in found.items() if self._in_time not in name}
        if np.isnan(self.recorded.wait_s).all():
            found = {name: value for name, value in found.items() if "wait" not in name}
        return found

    def _levels(self, record: Record) -> dict[str, float]:
        group = np.digitize(self._load(record), self._edges)
        everywhere = np.ones(record.offered.shape, bool)
        found: dict[str, float] = {}
        for which, chosen in {"all": everywhere, **{f"load {k + 1}": group == k for k in range(CLASSES)}}.items():
            found[f"abandoned, {which}"] = record.share("abandoned", chosen)
            found[f"log wait, {which}"] = _log(record.share("wait_s", chosen))
            found[f"{self._in_time}, {which}"] = record.share("in_time", chosen)
        return found

    def _contrasts(self, record: Record) -> dict[str, float]:
        found = {}
        for k in range(DAYPARTS):
            chosen = self._parts == k
            lost, offered = record.abandoned[:, chosen].sum(), record.offered[:, chosen].sum()
            found[f"abandoned, part {k + 1} of the day"] = _ratio(lost, offered)
        counts = record.offered >= LEAST_OFFERED
        wait = np.where(counts, record.wait_s / np.maximum(record.base("wait_s"), 1), np.nan)[counts]
        found["log spread of half-hour wait"] = _log(wait.std()) if len(wait) else 0.0
        share = np.where(counts, record.abandoned / np.maximum(record.offered, 1), np.nan)
        away = share - (share[counts].mean() if counts.any() else 0.0)
        now, before = away[:, 1:], away[:, :-1]
        both = ~np.isnan(now) & ~np.isnan(before)
        found["abandonment after abandonment"] = _ratio((now * before)[both].sum(), (before[both] ** 2).sum())
        return found

    def _arrivals(self, record: Record) -> dict[str, float]:
        """Volume, and how offered depends on calls lost in this and in the last interval (redials)."""
        excess = (record.offered / self._usual - 1)[:, 1:]
        lost = record.abandoned / self._usual
        counts = np.broadcast_to(self._usual[1:] >= LEAST_OFFERED, excess.shape)
        rows = np.column_stack([np.ones(counts.sum()), lost[:, 1:][counts], lost[:, :-1][counts]])
        effect = np.linalg.lstsq(rows, excess[counts], rcond=None)[0] if len(rows) > 3 else np.zeros(3)
        return {
            "log offered": _log(record.offered.sum()),
            "offered by lost now": float(effect[1]),
            "offered by lost before": float(effect[2]),
        }


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below > 0 else 0.0


def _log(value: float) -> float:
    return float(np.log(value + 1.0))
