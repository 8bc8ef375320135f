"""Choices of the proof tried inside the months of the fit: the level of work of later days from what was known before.

    python -m calibration.proof.rolling [--raw DIR] [--weekly]

By who is there (`calibration.operators`), by the mean of all days before, by that of the last 20; from half hours
alone, where only talks are known; and from the log's single talks with the mix of types and hours taken out, with which
the spread of the forecasts from half hours agrees (`bank.DRIFT`, `DAY`).
`--weekly`: further rules, from an origin a week; and what it would bring to know how fast newcomers or the others will
work.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from calibration import bank
from calibration.operators import AS_MANY_PAUSES, HALF_LIFE, LONGEST, Crew, crew_of, days_of, known_crew, presence
from calibration.proof.bank import FIT, full_days, odd_days, recorded_of
from calibration.proof.pace import paces_of
from twin.errors import InputError

ORIGINS = (("1999-02-28", "03"), ("1999-02-28", "04"), ("1999-03-31", "04"), ("1999-03-31", "05"), ("1999-04-30", "05"))
"""What is known ends here; the month that is told, one or two ahead."""
RECENT = 20  # [days]
TALK_CV = 1.2  # of single talks
EDGE = 10  # [days] at the end of what is known
FIRST_WEEK, LAST_WEEK = "1999-02-14", "1999-05-16"
AHEAD = {"1 to 7 days": (1, 7, 3), "1 to 30 days": (1, 30, 8), "31 to 61 days": (31, 61, 8)}
"""First and last day of what is told, and as many days of the fit must be there."""
JOINED_AFTER = 14.0  # [days since 1 January] first seen later: a newcomer, whose start is seen


def normal_days(folder: Path) -> list[str]:
    """The days of the fit."""
    days = full_days(folder, *FIT)
    odd = odd_days(recorded_of(folder, days))
    return [date for date in days if date not in odd]


def errors_of(expected: pd.Series, recorded: pd.Series) -> tuple[float, float]:
    """Mean and SD of log recorded over expected, by day."""
    left = np.log(recorded / expected.reindex(recorded.index))
    return float(left.mean()), float(left.std())


def level_errors(folder: Path, half_lives: Sequence[float] = (HALF_LIFE,)) -> pd.DataFrame:
    """A row an origin and a way to tell the level: bias and SD of the logarithm by day."""
    days, latest = normal_days(folder), known_crew(folder)
    calls = bank.read_calls(folder, days)
    everyone = bank.read_calls(folder)
    there = presence(calls)
    level, talk, by_type = latest.recorded(days), talk_of(folder, days), talk_by_type(calls)
    rows = []
    for until, month in ORIGINS:
        asked = [date for date in days if date[5:7] == month]
        before = [date for date in days if date <= until]
        for half_life in half_lives:
            crew = crew_of(everyone, until, half_life)
            expected = crew.expected(there[there["date"].isin(asked)]) * units(latest, crew, before)
            rows.append(
                (f"who is there, half-life {half_life:g} days", until, month, *errors_of(expected, level[asked]))
            )
        for name, known, told in (
            ("all days before", before, level),
            (f"last {RECENT} days", before[-RECENT:], level),
            ("half hours: all days before", before, talk),
            ("talks by type and hour: all days before", before, by_type),
        ):
            flat = pd.Series(told[known].mean(), asked)
            rows.append((name, until, month, *errors_of(flat, told[asked])))
    return pd.DataFrame(rows, columns=["told by", "until", "month", "bias", "sd"])


def weekly_errors(folder: Path) -> pd.DataFrame:
    """Mean error of the logarithm of a week's or a month's days by rule; an origin knows nothing later."""
    days, latest = normal_days(folder), known_crew(folder)
    there = presence(bank.read_calls(folder, days))
    everyone = bank.read_calls(folder)
    level = np.log(latest.recorded(days))
    rows = []
    for until in pd.date_range(FIRST_WEEK, LAST_WEEK, freq="7D").strftime("%Y-%m-%d"):
        crew = crew_of(everyone, until)
        paces = paces_of(crew)
        known = [date for date in days if date <= until]
        before, unit = np.log(crew.recorded(known)), np.log(units(latest, crew, known))
        far = pd.Series(days_of(days) - days_of([until])[0], days)
        for name, (first, last, least) in AHEAD.items():
            asked = list(far[far.between(first, last)].index)
            if len(asked) >= least:
                found = float(level[asked].mean() - unit)
                present = there[there["date"].isin(asked)]
                there_then = float(np.log(crew.expected(present)).mean())
                told = rules(there_then, before.to_numpy()) | foreseen(crew, latest, present, float(np.exp(unit)))
                told["who is there and the pace of all"] = float(np.log(paces.expected(present)).mean())
                rows.append({"until": until, "ahead": name} | {rule: found - one for rule, one in told.items()})
    return pd.DataFrame(rows).set_index(["until", "ahead"])


def rules(there: float, before: np.ndarray) -> dict[str, float]:
    """Logarithm of the level to come: `there` by who is there, `before` of the days known, 0 the usual one."""
    recent = float(before[-RECENT:].mean())
    return {
        "who is there": there,
        f"last {RECENT} days": recent,
        "all days before": float(before.mean()),
        "usual": 0.0,
        "who is there, half of it": there / 2,
        f"who is there and last {RECENT} days": (there + recent) / 2,
        "who is there and all days before": (there + float(before.mean())) / 2,
    }


def foreseen(crew: Crew, latest: Crew, present: pd.DataFrame, unit: float) -> dict[str, float]:
    """The same by who is there, if some operators' own levels to come were known; no forecast, but what one may reach.

    Newcomers' learning, foretold without error, can bring no more than the first row.
    """
    then = latest_levels(latest, sorted(set(present["date"]))) / unit
    first = latest.talks.groupby("operator")["day"].min().reindex(then.index)
    found = {}
    for name, some in (("newcomers", then[first > JOINED_AFTER]), ("the others", then[first <= JOINED_AFTER])):
        told = replace(crew, cycle={**crew.cycle, **dict(zip(map(str, some.index), some.tolist(), strict=True))})
        found[f"who is there, {name} foreseen"] = float(np.log(told.expected(present)).mean())
    return found


def latest_levels(latest: Crew, days: Sequence[str]) -> pd.Series:
    """Talk and pause over the usual of each operator on these days; few pauses are filled up by usual ones."""
    talks, pauses = (table[table["date"].isin(days)] for table in (latest.talks, latest.pauses))
    own = talks.groupby("operator")[["talk_s", "expected_s"]].sum()
    gaps = pauses.groupby("operator")["gap_s"].agg(["sum", "size"]).reindex(own.index, fill_value=0)
    pause = (gaps["sum"] + AS_MANY_PAUSES * pauses["gap_s"].mean()) / (gaps["size"] + AS_MANY_PAUSES)
    talk = own["talk_s"] / own["expected_s"] * latest.usual_talk
    return (talk + pause) / (latest.usual_talk + latest.usual_pause)


def root_mean_square(errors: pd.DataFrame) -> pd.DataFrame:
    """By rule, of what is so far ahead."""
    return (errors**2).groupby("ahead").mean().T ** 0.5


def units(latest: Crew, crew: Crew, known: Sequence[str]) -> float:
    """Level as the latest crew has it over that of an earlier one, on days known to both.

    What is usual differs: types and hours of the calls, too. The last days' pauses are also those of days after them.
    """
    days = list(known)[:-EDGE]
    return float(np.exp(np.log(latest.recorded(days) / crew.recorded(days)).mean()))


def talk_of(folder: Path, days: Sequence[str]) -> pd.Series:
    """Mean talk of each day over that of the same hours on all of them, from half hours."""
    record = recorded_of(folder, days)
    hours = record.handle_s.sum(axis=0) / np.maximum(record.answered.sum(axis=0), 1)
    return pd.Series(record.handle_s.sum(axis=1) / (record.answered @ hours), list(days))


def talk_by_type(calls: pd.DataFrame) -> pd.Series:
    """Mean by day of single talks over those of the same type and hour, from the log; none longer than LONGEST."""
    is_talk = (calls["outcome"] == "AGENT") & (calls["group"] == "main") & (calls["service_s"] <= LONGEST)
    talks = calls[is_talk].assign(hour=calls["at_s"] // 3600)
    over_usual = talks["service_s"] / talks.groupby(["type", "hour"])["service_s"].transform("mean")
    return over_usual.groupby(talks["date"]).mean()


def spread(errors: pd.DataFrame, talks_a_day: float) -> pd.DataFrame:
    """By way: root mean square of the months' biases, of the days' SDs, of these without the chance of few talks."""
    chance = TALK_CV / talks_a_day**0.5
    table = (
        errors.assign(square=errors["bias"] ** 2, within=errors["sd"] ** 2)
        .groupby("told by")[["square", "within"]]
        .mean()
    )
    day = np.sqrt(np.maximum(table["within"] - chance**2, 0.0))
    total = np.sqrt(table["square"] + table["within"])
    return pd.DataFrame(
        {"months": np.sqrt(table["square"]), "days": np.sqrt(table["within"]), "days, beyond chance": day, "all": total}
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: print the errors."""
    parser = argparse.ArgumentParser(prog="python -m calibration.proof.rolling", description=level_errors.__doc__)
    parser.add_argument("--raw", help="folder with calls-1999-MM.csv.gz (default: TWIN_DATA, ../shared)")
    parser.add_argument("--weekly", action="store_true", help="further rules, from an origin a week")
    options = parser.parse_args(arguments)
    folder = bank.find_raw(options.raw)
    if folder is None:
        raise InputError("no calls-1999-MM.csv.gz in --raw, TWIN_DATA or ../shared")
    if options.weekly:
        print(root_mean_square(weekly_errors(folder)).round(3).to_string())
        return 0
    errors = level_errors(folder, (20.0, HALF_LIFE, 60.0, 1e5))
    answered = recorded_of(folder, normal_days(folder)).answered.sum(axis=1).mean()
    print(errors.round(3).to_string(index=False))
    print(spread(errors, answered).round(3).to_string())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
