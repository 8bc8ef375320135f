"""Arrivals: factors of the days, profile of each weekday, gamma day factor and correlated interval noise."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.estimate.day_level import DayLevels, fit_days, unusual_days
from calibration.estimate.estimates import (
    Estimate,
    Setting,
    number,
    per_second,
    plain_number,
    ratio_of_sums,
    renamed,
    require,
    seconds,
)
from calibration.estimate.holidays import day_kinds
from calibration.estimate.profile import Profile, excess_within_days, smooth_profile
from calibration.estimate.rate_noise import RateNoise, fit_noise
from twin.errors import InputError
from twin.scenario.days import WEEKDAYS

EDGE_SHARE = 1e-3
"""The centre counts as open from the interval before which less than this share of all contacts came (assumed)."""
LEAST_DAYS_OF_PROFILE = 3
"""Weekdays with fewer days take the profile of all days."""


@dataclass(frozen=True)
class ArrivalEstimates:
    """What history tells of the arrivals of one centre."""

    counts: pd.DataFrame
    """Contacts by date (rows) and start of the interval [s] (columns), of the days and hours that were used."""
    length_s: int
    days: DayLevels
    profiles: dict[int, Profile]
    """By weekday (Monday 0)."""
    common: Profile
    """Of all days."""
    types: dict[str, tuple[Estimate, Profile]]
    """Share of each type among the contacts, and its profile of all days."""
    noise: RateNoise
    left_out: dict[pd.Timestamp, str]
    """Dates not used, and why."""

    @property
    def starts(self) -> np.ndarray:
        """Start of each interval [s after midnight]."""
        return self.counts.columns.to_numpy()

    def estimates(self) -> list[Estimate]:
        """All single numbers."""
        return [*self.days.estimates(), *self.noise.estimates(), *(share for share, _ in self.types.values())]

    def profile_table(self) -> pd.DataFrame:
        """Weekday, start_s, share of the day's contacts, se, n of the days."""
        parts = [
            pd.DataFrame(
                {"weekday": WEEKDAYS[day], "start_s": self.starts, "share": item.shares, "se": item.se, "n": item.n}
            )
            for day, item in self.profiles.items()
        ]
        return pd.concat(parts, ignore_index=True)

    def expected(self, dates: pd.DatetimeIndex, kinds: pd.Series | None = None) -> pd.DataFrame:
        """Expected contacts by date and interval."""
        totals = self.days.predict(dates, kinds)
        shares = np.array([self.profiles[day].shares for day in dates.weekday])
        return pd.DataFrame(totals.to_numpy()[:, None] * shares, index=dates, columns=self.counts.columns)

    def settings(self, names: Mapping[str, str] | None = None, fresh: float = 1.0) -> list[Setting]:
        """Keys of a scenario whose demand is of kind `rates`: an average day's rates, factors, noise, hours.

        `names` gives the intent of each recorded type; `fresh` is the share of the contacts that are no redials or
        recalls, which the scenario makes itself. One profile for all weekdays: see `weekday_settings`.
        """
        rates = self._rates(names, fresh)
        closes = int(self.starts[-1]) + self.length_s
        return [
            Setting(("opening", "opens"), _clock(int(self.starts[0]))),
            Setting(("opening", "closes"), _clock(closes)),
            Setting(("opening", "days"), [WEEKDAYS[day] for day in sorted(self.profiles)]),
            Setting(("demand", "kind"), "rates"),
            Setting(("demand", "period"), seconds(self.length_s)),
            *(Setting(("demand", "rates", kind), [per_second(x) for x in rate]) for kind, rate in rates.items()),
            *self._factor_settings(),
        ]

    def weekday_settings(self, names: Mapping[str, str] | None = None, fresh: float = 1.0) -> list[Setting]:
        """`demand.weekday_rates`, beside the keys of `settings`: each weekday's own profile, with the interval's mix of
        types. A weekday's rates sum to the level, as those of all days do; its factor multiplies them."""
        rates = self._rates(names, fresh)
        total = np.sum(list(rates.values()), axis=0)
        level = fresh * self.days.level.value / self.length_s
        keys = []
        for day, profile in self.profiles.items():
            for kind, rate in rates.items():
                mix = np.divide(rate, total, out=np.zeros_like(total), where=total > 0)
                own = [per_second(x) for x in level * profile.shares * mix]
                keys.append(Setting(("demand", "weekday_rates", WEEKDAYS[day], kind), own))
        return keys

    def _rates(self, names: Mapping[str, str] | None, fresh: float) -> dict[str, np.ndarray]:
        """Intent -> rate in each interval of an average day [1/s]."""
        rates: dict[str, np.ndarray] = {}
        for kind, (share, profile) in self.types.items():
            rate = fresh * self.days.level.value * share.value * profile.shares / self.length_s
            rates[renamed(names, kind)] = rates.get(renamed(names, kind), 0.0) + rate
        return rates

    def factor_settings(self) -> list[Setting]:
        """Keys of a scenario whose contacts come from customers' lives: factors, months and shares of hours."""
        months = [plain_number(self.days.months[m].value) if m in self.days.months else 1.0 for m in range(1, 13)]
        hours = pd.Series(self.common.shares).groupby(self.starts // 3600).sum().round(6)
        hours.iloc[int(np.argmax(hours))] += 1 - hours.sum()
        shares = [Setting(("demand", "hour_shares", f"{hour:02d}"), plain_number(x)) for hour, x in hours.items()]
        return [Setting(("demand", "month_factors"), months), *shares, *self._factor_settings()]

    def _factor_settings(self) -> list[Setting]:
        noise = self.noise
        return [
            *(number(("demand", "weekday_factors", day), item) for day, item in self.days.weekdays.items()),
            number(("demand", "noise", "day_cv"), noise.day_cv),
            number(("demand", "noise", "interval_cv"), noise.interval_cv),
            number(("demand", "noise", "interval_correlation"), noise.interval_correlation),
        ]


def _clock(at: int) -> str:
    return f"{at // 3600:02d}:{at % 3600 // 60:02d}"


def interval_counts(calls: pd.DataFrame, length_s: int = 1800) -> pd.DataFrame:
    """Date, start_s, length_s, type, offered: calls that asked for an operator, counted by interval."""
    require(calls, ("date", "at_s", "type", "outcome"), "table of calls")
    asked = calls[calls["outcome"] != "left"]
    over = np.floor(asked["at_s"] / 86400)
    keys = {
        "date": asked["date"] + pd.to_timedelta(over, unit="D"),
        "start_s": ((asked["at_s"] - over * 86400) // length_s * length_s).astype(int),
        "type": asked["type"],
    }
    return asked.assign(**keys).groupby(list(keys)).size().rename("offered").reset_index().assign(length_s=length_s)


def fit_arrivals(
    intervals: pd.DataFrame,
    holidays: Mapping[datetime.date, str] | None = None,
    unusual: Collection[pd.Timestamp] | None = None,
    hours: tuple[int, int] | None = None,
) -> ArrivalEstimates:
    """Arrival model of one centre from counts by interval (contract columns date, start_s, length_s, type, offered).

    Parameters
    ----------
    holidays : mapping of dates, optional
        From `italian_holidays`; these days, bridges and days after them get factors of their own.
    unusual : dates, optional
        Days to leave out; those of `unusual_days` unless given (empty: none).
    hours : (int, int), optional
        [s] opening and closing; those between which all but a thousandth of the contacts came unless given.

    Raises
    ------
    InputError
        With intervals of several lengths, or fewer than eight open days.
    """
    require(intervals, ("date", "start_s", "length_s", "type", "offered"), "table of intervals")
    length = _one_length(intervals)
    table = intervals.assign(demand=_demand(intervals)).groupby(["date", "start_s", "type"])["demand"].sum()
    counts = _grid(table.groupby(level=["date", "start_s"]).sum(), length, hours)
    totals = counts.sum(axis=1)
    dates = pd.DatetimeIndex(counts.index)
    kinds = day_kinds(dates, holidays) if holidays else None
    special = [] if kinds is None else list(kinds.index[kinds != "ordinary"])
    odd = unusual_days(totals, special) if unusual is None else list(unusual)
    left_out = dict.fromkeys(odd, "unusual") | dict.fromkeys(dates[totals == 0], "closed")
    used = ~dates.isin(list(left_out))
    counts = counts[used]
    days = fit_days(totals[used], kinds)
    profiles, common = _profiles(counts)
    kept = pd.DatetimeIndex(counts.index)
    shares = np.array([profiles[day].shares for day in kept.weekday])
    expected = days.expected.to_numpy()[:, None] * shares
    weeks = kept.to_period("W").astype(str).to_numpy()
    n_means = len(profiles) if counts.shape[0] > 2 * len(profiles) else 1
    noise = fit_noise(counts.to_numpy(float), expected, weeks, length, n_means)
    return ArrivalEstimates(counts, length, days, profiles, common, _types(table, counts, weeks), noise, left_out)


def _one_length(intervals: pd.DataFrame) -> int:
    lengths = sorted(intervals["length_s"].unique())
    if len(lengths) != 1:
        given = ", ".join(f"{length:g}" for length in lengths) or "missing"
        raise InputError(f"length_s is {given}, must be one length: give the intervals of one report at a time")
    return int(lengths[0])


def _demand(intervals: pd.DataFrame) -> pd.Series:
    """Contacts that came: offered, or answered and abandoned where a report has no more; with the blocked."""

    def known(name: str) -> pd.Series:
        return intervals[name].fillna(0) if name in intervals else pd.Series(0.0, index=intervals.index)

    came = intervals["offered"].fillna(known("answered") + known("abandoned")) + known("blocked")
    if not came.sum() > 0:
        raise InputError("the intervals hold no contacts, arrivals cannot be told")
    return came


def _grid(demand: pd.Series, length: int, hours: tuple[int, int] | None) -> pd.DataFrame:
    """Dates x starts, zeros where nothing came."""
    wide = demand.unstack(fill_value=0)
    if hours is None:
        shares = wide.sum() / max(wide.to_numpy().sum(), 1)
        below, above = shares.cumsum(), shares[::-1].cumsum()[::-1]
        inside = wide.columns[(below > EDGE_SHARE) & (above > EDGE_SHARE)]
        hours = (int(inside[0]), int(inside[-1]) + length)
    return wide.reindex(columns=range(hours[0], hours[1], length), fill_value=0)


def _profiles(counts: pd.DataFrame) -> tuple[dict[int, Profile], Profile]:
    """A smooth profile for each weekday, and one for all days."""
    weekdays = pd.DatetimeIndex(counts.index).weekday
    common = smooth_profile(counts.to_numpy())
    excesses = [excess_within_days(counts[weekdays == day].to_numpy()) for day in sorted(set(weekdays))]
    days = [int((weekdays == day).sum()) for day in sorted(set(weekdays))]
    pooled = float(np.average(excesses, weights=np.maximum(np.array(days) - 1, 1e-9)))
    profiles = {}
    for day, n in zip(sorted(set(weekdays)), days, strict=True):
        own = counts[weekdays == day].to_numpy()
        profiles[int(day)] = smooth_profile(own, pooled) if n >= LEAST_DAYS_OF_PROFILE else common
    return profiles, common


def _types(table: pd.Series, counts: pd.DataFrame, weeks: np.ndarray) -> dict[str, tuple[Estimate, Profile]]:
    """Share of each type with se clustered on days, and its profile of all days."""
    totals, found = counts.sum(axis=1).to_numpy(float), {}
    for kind in sorted(table.index.get_level_values("type").unique()):
        own = table.xs(kind, level="type").unstack(fill_value=0)
        own = own.reindex(index=counts.index, columns=counts.columns, fill_value=0)
        if own.to_numpy().sum() == 0:
            continue
        value, se = ratio_of_sums(own.sum(axis=1).to_numpy(float), totals, weeks)
        method = "contacts of the type over all; se clustered on weeks"
        share = Estimate(f"share {kind}", value, se, "share", len(totals), method, is_share=True)
        found[kind] = (share, smooth_profile(own.to_numpy(float)))
    return found
