"""The bank's operators, one by one: which calls each takes, how long each talks and pauses, what that makes of a day.

In the log only some operators take stock-exchange calls (NE) and some new customers' (NW), one takes hardly any others;
a pause after a talk, seen while callers wait, does not depend on how many do but on who pauses. So the level of a day's
work (talk and pause over the usual) can be told from who is there.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calibration import bank
from calibration.estimate.presence import LONGEST_GAP, gaps_before, seconds_by_interval, spells

KNOWN_UNTIL = "1999-05-31"
GROUPS = {
    "all_calls": ("calls", "exchange", "prospects"),
    "exchange_and_regular": ("calls", "exchange"),
    "prospects_and_regular": ("calls", "prospects"),
    "regular": ("calls",),
    "exchange": ("exchange",),
}
"""Operators' groups with their skills."""
NEW = "prospects_and_regular"  # group of those never seen before: so did all who joined from February to April begin
LINES = {"PS": "calls", "PE": "calls", "TT": "calls", "NE": "exchange", "NW": "prospects"}
"""Type of call -> skill."""
TAKES_EXCHANGE, TAKES_PROSPECTS, EXCHANGE_ONLY = 0.03, 0.05, 0.6  # [share of an operator's talks] from which he does
HALF_LIFE = 30.0  # [days] of what is known of an operator
AS_MANY_TALKS, AS_MANY_PAUSES = 20.0, 100.0
"""As many talks and pauses of a usual operator are added to an operator's own (shrinkage)."""
WAITING = 2  # [callers] waiting at the end of a talk, so that the time to the next one is not for want of work
AROUND = 5.0  # [days] half-life, before and after, of the pauses that count for a day
LONGEST = 3600.0  # [s] of a talk
NEVER_NEAR = 1e-9


@dataclass(frozen=True)
class Crew:
    """What is known of the operators at the end of a day."""

    talks: pd.DataFrame
    """date, day, operator, type, talk_s, expected_s (of a usual operator)."""
    pauses: pd.DataFrame
    """date, day, operator, gap_s."""
    until: str
    usual_talk: float
    usual_pause: float
    groups: Mapping[str, str]
    """Operator -> group, after `until`."""
    monthly: Mapping[tuple[str, str], str]
    """(operator, month) -> group, up to `until`."""
    cycle: Mapping[str, float]
    """Operator -> talk and pause over the usual."""
    pooled: float
    """Of an operator never seen."""

    def group_of(self, operator: str, date: str) -> str:
        if date > self.until:
            return self.groups.get(operator, NEW)
        return self.monthly.get((operator, date[:7]), NEW)

    def expected(self, present: pd.DataFrame) -> pd.Series:
        """Level of work by date from who is there: as many talks are made as their own cycles allow."""
        cycle = present["operator"].map(self.cycle).fillna(self.pooled)
        hours = present["seconds"].groupby(present["date"]).sum()
        return hours / (present["seconds"] / cycle).groupby(present["date"]).sum()

    def recorded(self, dates: Sequence[str]) -> pd.Series:
        """Level of work by date as it was: the day's talks, the pauses of the days around it."""
        sums = self.talks.groupby("date")[["talk_s", "expected_s"]].sum().reindex(list(dates))
        by_day = self.pauses.groupby("day")["gap_s"].agg(["sum", "size"])
        near = 0.5 ** (np.abs(days_of(dates)[:, None] - by_day.index.to_numpy()) / AROUND)
        pause = (near @ by_day["sum"].to_numpy() + NEVER_NEAR * self.usual_pause) / (
            near @ by_day["size"].to_numpy() + NEVER_NEAR
        )
        talk = sums["talk_s"] / sums["expected_s"] * self.usual_talk
        return (talk + pause) / (self.usual_talk + self.usual_pause)

    def levels(self, present: pd.DataFrame, dates: Sequence[str]) -> pd.Series:
        """As it was up to `until`, as it is expected after it."""
        after = [date for date in dates if date > self.until]
        found = self.recorded([date for date in dates if date <= self.until])
        return pd.concat([found, self.expected(present[present["date"].isin(after)])]).reindex(list(dates)).fillna(1.0)


def days_of(dates: Sequence[str] | pd.Series) -> np.ndarray:
    """Days since the start of 1999."""
    return (pd.to_datetime(pd.Series(list(dates), dtype=str)) - pd.Timestamp("1999-01-01")).dt.days.to_numpy(float)


def named_talks(calls: pd.DataFrame) -> pd.DataFrame:
    """Talks of the main group's named operators: date, operator, type, at_s, start_s, end_s, sorted for `spells`."""
    is_talk = (calls["outcome"] == "AGENT") & calls["agent"].str.startswith("A", na=False) & calls["service_s"].notna()
    chosen = calls[is_talk & calls["service_start_s"].notna()]
    start = chosen["service_start_s"].astype(float)
    table = chosen[["date", "type", "at_s"]].assign(
        operator=chosen["agent"], start_s=start, end_s=start + chosen["service_s"]
    )
    return table.sort_values(["date", "operator", "start_s"], kind="stable", ignore_index=True)


def presence(calls: pd.DataFrame) -> pd.DataFrame:
    """date, start_s (half hour), operator, seconds present: talks with gaps of up to 30 minutes between them."""
    stretches = spells(named_talks(calls))
    parts = [
        seconds_by_interval(own, bank.INTERVAL).reset_index().assign(operator=operator)
        for operator, own in stretches.groupby("operator")
    ]
    return pd.concat(parts, ignore_index=True).sort_values(["date", "start_s", "operator"], ignore_index=True)


def waiting_at(calls: pd.DataFrame, talks: pd.DataFrame) -> np.ndarray:
    """Callers of the common line (PS, PE, TT) who wait as each talk ends."""
    common = calls[calls["is_offered"] & calls["type"].map(LINES).eq("calls")]
    joined = common["at_s"].to_numpy(float)
    left = joined + common["wait_s"].fillna(0.0).to_numpy(float)
    found = np.zeros(len(talks), int)
    rows = common.groupby("date").indices
    for date, own in talks.groupby("date").indices.items():
        at = talks["end_s"].to_numpy()[own]
        place = rows.get(date, np.zeros(0, int))
        came, went = np.sort(joined[place]), np.sort(left[place])
        found[own] = np.searchsorted(came, at, side="right") - np.searchsorted(went, at, side="right")
    return found


def pauses_of(calls: pd.DataFrame) -> pd.DataFrame:
    """date, operator, gap_s to the next talk where callers waited as a talk ended; longer gaps are absence."""
    talks = named_talks(calls)
    gap = gaps_before(talks).groupby([talks["date"], talks["operator"]]).shift(-1)
    chosen = (waiting_at(calls, talks) >= WAITING) & gap.between(0, LONGEST_GAP)
    return talks.loc[chosen, ["date", "operator"]].assign(gap_s=gap[chosen])


def group_by_talks(talks: pd.DataFrame, weight: np.ndarray, keys: Sequence[str]) -> dict:
    """Group by what an operator (of a month) talks about."""
    table = talks.assign(weight=weight, skill=talks["type"].map(LINES))
    sums = table.pivot_table(index=list(keys), columns="skill", values="weight", aggfunc="sum", fill_value=0.0)
    shares = sums.div(sums.sum(axis=1), axis=0).reindex(columns=["calls", "exchange", "prospects"], fill_value=0.0)
    found = {}
    for key, row in shares.iterrows():
        takes = (row["exchange"] >= TAKES_EXCHANGE, row["prospects"] >= TAKES_PROSPECTS)
        name = {(True, True): "all_calls", (True, False): "exchange_and_regular", (False, True): NEW}.get(
            takes, "regular"
        )
        found[key] = "exchange" if row["exchange"] > EXCHANGE_ONLY else name
    return found


def crew_of(calls: pd.DataFrame, until: str = KNOWN_UNTIL, half_life: float = HALF_LIFE) -> Crew:
    """From all calls of the log (`bank.read_calls`) up to a date."""
    calls = calls[(calls["date"] <= until) & (calls["date"] != bank.SURGE_DAY) & calls["type"].isin(list(LINES))]
    talks, usual = named_talks(calls), usual_talks(calls)
    hours = np.clip(talks["at_s"] // 3600, 6, 23).astype(int)
    talks = talks.assign(
        day=days_of(talks["date"]), talk_s=np.minimum(talks["end_s"] - talks["start_s"], LONGEST),
        expected_s=talks["type"].map(usual["types"]) * hours.map(usual["hours"]),
    )  # fmt: skip
    monthly = group_by_talks(talks.assign(month=talks["date"].str[:7]), np.ones(len(talks)), ["operator", "month"])
    pauses = pauses_of(calls)
    only = [monthly[key] == "exchange" for key in zip(pauses["operator"], pauses["date"].str[:7], strict=True)]
    pauses = pauses[~np.array(only, bool)].assign(day=lambda table: days_of(table["date"]))
    last = days_of([until])[0]
    recent, recent_pause = (0.5 ** ((last - table["day"].to_numpy()) / half_life) for table in (talks, pauses))
    usual_talk, usual_pause = float(talks["expected_s"].mean()), float(pauses["gap_s"].mean())
    own = talks[["talk_s", "expected_s"]].mul(recent, axis=0).groupby(talks["operator"]).sum()
    ratio = float(own["talk_s"].sum() / own["expected_s"].sum())
    extra = AS_MANY_TALKS * usual_talk
    talk = (own["talk_s"] + ratio * extra) / (own["expected_s"] + extra)
    mean_pause = float(np.average(pauses["gap_s"], weights=recent_pause))
    weights = pd.Series(recent_pause, pauses.index).groupby(pauses["operator"]).sum()
    sums = (pauses["gap_s"] * recent_pause).groupby(pauses["operator"]).sum()
    pause = (sums.reindex(talk.index).fillna(0.0) + AS_MANY_PAUSES * mean_pause) / (
        weights.reindex(talk.index).fillna(0.0) + AS_MANY_PAUSES
    )
    both = usual_talk + usual_pause
    return Crew(
        talks.drop(columns=["at_s", "start_s", "end_s"]), pauses, until, usual_talk, usual_pause,
        group_by_talks(talks, recent, ["operator"]), monthly,
        ((talk * usual_talk + pause) / both).to_dict(), (ratio * usual_talk + mean_pause) / both,
    )  # fmt: skip


def usual_talks(calls: pd.DataFrame) -> dict:
    """Mean talk by type as the scenario has it, factors by hour of asking."""
    offered = calls[calls["is_offered"]]
    hours = bank.talk_hours(offered)
    types = {}
    for kind in LINES:
        law = bank.fit_talk(bank.talk_times(offered, kind))
        types[kind] = (1 - law["short_share"]) * law["mean_s"] + law["short_share"] * bank.TALK_RANGE[0] / 2
    return {"types": types, "hours": dict(zip(hours["hours"], hours["factors"], strict=True))}


@functools.lru_cache(maxsize=4)
def known_crew(folder: Path, until: str = KNOWN_UNTIL) -> Crew:
    """The crew as the log in this folder tells it up to a date."""
    months = [month for month in bank.FIT_MONTHS if month <= until[:7]]
    calls = [bank.read_calls(folder, sorted(_dates_of(folder, month))) for month in months]
    return crew_of(pd.concat(calls, ignore_index=True), until)


def _dates_of(folder: Path, month: str) -> set[str]:
    return set(pd.read_csv(Path(folder) / f"calls-{month}.csv.gz", usecols=["date"])["date"])


def staffing_by_group(folder: Path, dates: Sequence[str] | None, crew: Crew) -> pd.DataFrame:
    """`bank.read_staffing` with a row for each group: its share of the operators of the log who are there by name."""
    told = bank.read_staffing(folder, dates)
    there = presence(bank.read_calls(folder, sorted(set(told["date"]))))
    group = [crew.group_of(*key) for key in zip(there["operator"], there["date"], strict=True)]
    seconds = there.assign(group=group).groupby(["date", "start_s", "group"])["seconds"].sum().unstack(fill_value=0)
    places = pd.MultiIndex.from_frame(told[["date", "start_s"]].astype({"start_s": float}))
    seconds = seconds.reindex(index=places, columns=list(GROUPS), fill_value=0.0)
    nobody = seconds.sum(axis=1) == 0
    seconds.loc[nobody, NEW] = 1.0
    shares = seconds.div(seconds.sum(axis=1), axis=0).to_numpy()
    parts = [
        told[["date", "start_s"]].assign(group=name, operators=(told["operators"] * shares[:, i]).round(3))
        for i, name in enumerate(GROUPS)
    ]
    return pd.concat(parts).sort_values(["date", "start_s"], kind="stable", ignore_index=True)


def levels_by_date(folder: Path, dates: Sequence[str] | None, crew: Crew) -> pd.DataFrame:
    """date, talk: the level of each day's work (see `Crew.levels`)."""
    listed = sorted(set(bank.read_staffing(folder, dates)["date"]))
    levels = crew.levels(presence(bank.read_calls(folder, listed)), listed)
    return pd.DataFrame({"date": listed, "talk": levels.round(4).to_numpy()})
