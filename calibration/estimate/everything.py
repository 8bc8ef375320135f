"""All that history tells directly: every topic for which it has data, and why the others are left out."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd
from rich.table import Table

from calibration.estimate.arrivals import ArrivalEstimates, fit_arrivals, interval_counts
from calibration.estimate.estimates import Estimate, Setting, as_frame, as_rich, number, seconds
from calibration.estimate.frequency import FrequencyEstimates, fit_frequency
from calibration.estimate.monthly import MonthlyEstimates, fit_months
from calibration.estimate.patience import PatienceEstimates, patience_by, patience_from_intervals, patience_settings
from calibration.estimate.presence import PresenceEstimates, fit_presence
from calibration.estimate.returns import ReturnEstimates, fit_returns, returns_from_intervals
from calibration.estimate.service import (
    ServiceEstimates,
    fit_service,
    interval_settings,
    service_from_intervals,
)
from twin.errors import InputError


class Recorded(Protocol):
    """What `calibration.history.tables.History` holds; a table is None where no file gives it."""

    @property
    def calls(self) -> pd.DataFrame | None: ...
    @property
    def intervals(self) -> pd.DataFrame | None: ...
    @property
    def months(self) -> pd.DataFrame | None: ...


@dataclass(frozen=True)
class Tables:
    """The tables of a history, put together by hand."""

    calls: pd.DataFrame | None = None
    intervals: pd.DataFrame | None = None
    months: pd.DataFrame | None = None


@dataclass(frozen=True)
class Estimates:
    """Direct estimates of one history."""

    arrivals: ArrivalEstimates | None = None
    service: ServiceEstimates | None = None
    service_intervals: dict[str, tuple[Estimate, Estimate | None]] = field(default_factory=dict)
    patience: dict[str, PatienceEstimates] = field(default_factory=dict)
    patience_intervals: Estimate | None = None
    redial: ReturnEstimates | None = None
    recall: ReturnEstimates | None = None
    redial_intervals: list[Estimate] = field(default_factory=list)
    frequency: FrequencyEstimates | None = None
    presence: PresenceEstimates | None = None
    monthly: MonthlyEstimates | None = None
    outcomes: dict[str, float] = field(default_factory=dict)
    """Share of the offered calls that were answered, abandoned."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Topic -> why it is left out."""

    def fresh_share(self, with_recalls: bool = False) -> Estimate | None:
        """Share of the offered calls that are no redials (and no recalls): 1 - share back x share with that outcome.

        offered = fresh + p x abandoned + q x answered (Ding, Koole & van der Mei 2013); se by the delta method, the
        outcomes taken as known. None if redials were not estimated.
        """
        if self.redial is None:
            return None
        back = [(self.redial.share, self.outcomes["abandoned"])]
        if with_recalls and self.recall is not None:
            back.append((self.recall.share, self.outcomes["answered"]))
        value = 1 - sum(item.value * share for item, share in back)
        se = sum((item.se * share) ** 2 for item, share in back) ** 0.5
        method = "1 - share who come back x share with that outcome"
        return Estimate("share of fresh calls", value, se, "share", self.redial.share.n, method, is_share=True)

    def _fresh(self) -> list[Estimate]:
        fresh = self.fresh_share()
        return [] if fresh is None else [fresh]

    def topics(self) -> dict[str, list[Estimate]]:
        """Single numbers by topic."""
        found = {
            "arrivals": self.arrivals.estimates() if self.arrivals else [],
            "service": self.service.estimates() if self.service else _flat(self.service_intervals),
            "patience": [item for law in self.patience.values() for item in law.estimates()],
            "redial": [*self.redial.estimates(), *self._fresh()] if self.redial else list(self.redial_intervals),
            "recall": self.recall.estimates() if self.recall else [],
            "frequency": self.frequency.estimates() if self.frequency else [],
            "presence": self.presence.estimates() if self.presence else [],
            "months": self.monthly.estimates() if self.monthly else [],
        }
        if self.patience_intervals is not None:
            found["patience"] = [self.patience_intervals]
        return {topic: items for topic, items in found.items() if items}

    def estimates(self) -> list[Estimate]:
        return [item for items in self.topics().values() for item in items]

    def table(self) -> pd.DataFrame:
        """One row a number: topic, name, value, se, low, high (95 %), unit, n, method, test, fit, p_value."""
        parts = [as_frame(items).assign(topic=topic) for topic, items in self.topics().items()]
        if not parts:
            return as_frame([]).assign(topic="")
        table = pd.concat([part.astype({"test": str}) for part in parts], ignore_index=True)
        return table[["topic", *(name for name in table if name != "topic")]]

    def rich_tables(self) -> list[Table]:
        """For the terminal: a table a topic, and one of what was left out."""
        tables = [as_rich(items, topic) for topic, items in self.topics().items()]
        if self.skipped:
            left_out = Table("topic", "why", title="left out", title_justify="left")
            for topic, reason in self.skipped.items():
                left_out.add_row(topic, reason)
            tables.append(left_out)
        return tables

    def settings(self, names: Mapping[str, str] | None = None, fcr: float | None = None) -> list[Setting]:
        """Keys of a scenario with demand of kind `rates`; `names`: recorded type -> intent, `fcr`: share resolved.

        Rates are of fresh calls wherever the keys hold redials; of recalls, too, if `fcr` tells their share.
        """
        fresh = self.fresh_share(with_recalls=fcr is not None)
        keys = self.arrivals.settings(names, fresh.value if fresh else 1.0) if self.arrivals else []
        if self.service is not None:
            keys += self.service.settings(names)
        else:
            keys += interval_settings(self.service_intervals, names)
        keys += patience_settings(self.patience, names)
        if self.patience_intervals is not None:
            mean = self.patience_intervals
            keys += [Setting(("patience", "law"), "exponential"), number(("patience", "mean"), mean, seconds)]
        keys += self.redial.settings() if self.redial else []
        keys += self.recall.settings(fcr) if self.recall else []
        keys += self.monthly.settings() if self.monthly else []
        return keys


def _flat(found: Mapping[str, tuple[Estimate, Estimate | None]]) -> list[Estimate]:
    return [item for pair in found.values() for item in pair if item is not None]


def _typed(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """The table with the queue's name for a type that was not recorded, and `all` where that is not known either."""
    if table is None or not (table["type"] == "").any():
        return table
    queue = table["queue"] if "queue" in table else pd.Series("", index=table.index)
    return table.assign(type=table["type"].where(table["type"] != "", queue.where(queue != "", "all")))


def _outcomes(calls: pd.DataFrame) -> dict[str, float]:
    offered = calls["outcome"].isin(["answered", "abandoned"])
    return {name: float((calls.loc[offered, "outcome"] == name).mean()) for name in ("answered", "abandoned")}


def estimate_all(
    history: Recorded,
    holidays: Mapping[datetime.date, str] | None = None,
    schedule: pd.DataFrame | None = None,
    patience_groups: Sequence[str] = ("type",),
    announcements: Sequence[float] = (),
) -> Estimates:
    """Every estimate for which the history has data; call records go before interval reports of the same thing.

    Parameters
    ----------
    holidays : mapping of dates, optional
        From `italian_holidays`.
    schedule : DataFrame, optional
        date, start_s, length_s, operators scheduled, for the shrinkage.
    patience_groups : sequence of str
        Columns of the calls that part the customers: `type`, `priority`.
    announcements : sequence of float
        [s] of waiting at which callers are told something.
    """
    calls, intervals = _typed(history.calls), _typed(history.intervals)
    skipped: dict[str, str] = {}

    def attempt(topic: str, estimator: Callable[[], Any]) -> Any:
        try:
            return estimator()
        except InputError as error:
            skipped[topic] = str(error)
            return None

    found: dict[str, Any] = {}
    if intervals is not None or calls is not None:
        counted = intervals if intervals is not None else interval_counts(calls)  # type: ignore[arg-type]
        found["arrivals"] = attempt("arrivals", lambda: fit_arrivals(counted, holidays))
    if calls is not None:
        found["service"] = attempt("service", lambda: fit_service(calls))
        found["patience"] = attempt("patience", lambda: patience_by(calls, patience_groups, announcements)) or {}
        found["redial"] = attempt("redial", lambda: fit_returns(calls, "abandoned"))
        found["recall"] = attempt("recall", lambda: fit_returns(calls, "answered"))
        found["frequency"] = attempt("frequency", lambda: fit_frequency(calls))
        found["presence"] = attempt("presence", lambda: fit_presence(calls, schedule))
        found["outcomes"] = _outcomes(calls)
    if intervals is not None:
        if calls is None or not found["service"] or not found["service"].types:
            found["service"] = None
            found["service_intervals"] = attempt("service", lambda: service_from_intervals(intervals)) or {}
        if not found.get("patience"):
            found["patience_intervals"] = attempt("patience", lambda: patience_from_intervals(intervals))
        if not found.get("redial"):
            found["redial_intervals"] = attempt("redial", lambda: returns_from_intervals(intervals)) or []
    if history.months is not None:
        found["monthly"] = attempt("months", lambda: fit_months(history.months))  # type: ignore[arg-type]
    if calls is None:
        skipped["recall"] = skipped["frequency"] = skipped["presence"] = "needs a table of calls"
    return Estimates(**found, skipped=skipped)
