"""Where the constants of `calibration.track.mix` come from: the mix of calls of a bank's days, January to May 1999.

    python -m calibration.track.proof_mix [--raw DIR] [--members 200] [--score]

Each weekday stands beside the mean of the other months' days like it, so that no day plans itself. Shown are the
concentration that the days' chi-squares tell, and how well the calls of each type after 12:00 are forecast from those
until then: with one level for all types, and with a level for each that counts a share of the calls. With `--score` the
forecasts are of June and July, which nothing was chosen on, with the constants as they stand.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from calibration import bank
from calibration.proof.scores import crps
from calibration.track.level import Level, whole_day
from calibration.track.mix import Mix
from calibration.track.plan import DayPlan
from calibration.track.proof import LENGTH, SCORED, TRAINED, Centre, day_scenario

TYPES = tuple(name for name in bank.TYPES if name != "IN")
NOON = 24  # [half hours]
SHARES = (0.0, 0.1, 0.2, 0.25, 0.3, 0.5, 1.0)
"""Of the calls so far that count; 0 is one level for all."""


@dataclass(frozen=True)
class Day:
    """A day that has been, and what was to be expected of it."""

    plan: DayPlan
    came: np.ndarray
    """float64 (half hours, types)."""


def counts_by_type(folder: Path, days: Sequence[pd.Timestamp]) -> np.ndarray:
    """Offered calls, float64 (days, half hours, types)."""
    calls = bank.read_calls(folder)
    calls = calls[calls["is_offered"] & calls["type"].isin(TYPES) & (calls["at_s"] < bank.DAY)]
    place = {f"{day:%Y-%m-%d}": i for i, day in enumerate(days)}
    calls = calls[calls["date"].isin(place)]
    found = np.zeros((len(days), bank.DAY // LENGTH, len(TYPES)))
    rows = calls["date"].map(place), (calls["at_s"] // LENGTH).astype(int), calls["type"].map(TYPES.index)
    np.add.at(found, tuple(row.to_numpy(int) for row in rows), 1.0)
    return found


def days_of(
    plans: Mapping[int, DayPlan], days: Sequence[pd.Timestamp], counts: np.ndarray, trained: Sequence[pd.Timestamp]
) -> list[Day]:
    """Each day beside the mean of the trained days of its weekday in other months; days without such are left out.

    Parameters
    ----------
    plans : mapping
        By weekday; what they expect is replaced.
    counts : ndarray (days, half hours, types)
    """
    found = []
    for i, day in enumerate(days):
        others = [
            k for k, one in enumerate(days)
            if one in trained and one.month != day.month and one.weekday() == day.weekday()
        ]  # fmt: skip
        if others:
            plan = replace(plans[day.weekday()], intents=TYPES, expected=counts[others].mean(axis=0))
            found.append(Day(plan, counts[i]))
    return found


def afternoon(day: Day, heard: float, members: int) -> np.ndarray:
    """Calls of each type after 12:00 as forecast at 12:00, float64 (members, types)."""
    plan, is_seen = day.plan, np.arange(day.plan.n) < NOON
    known = np.flatnonzero(is_seen)
    level = Level.before(plan.noise).after(
        day.came.sum(axis=1)[known], plan.expected.sum(axis=1)[known], plan.noise, plan.length, known
    )
    mix = Mix.of(plan, day.came, is_seen, [(i,) for i in range(len(TYPES))], heard=heard)
    found = np.zeros((members, len(TYPES)))
    for number in range(members):
        rng = np.random.default_rng([1, number])
        factor, by_intent = level.draw(rng), None
        if mix is not None and heard > 0:
            by_intent = mix.by_intent(mix.draw(factor, np.random.default_rng([1, number, 3])), len(TYPES))
        found[number] = whole_day(plan, day.came, is_seen, factor, rng, by_intent)[NOON:].sum(axis=0)
    return found


def concentration_of(days: Iterable[tuple[np.ndarray, np.ndarray]]) -> float:
    """Concentration that days tell, by their chi-squares; infinite where they differ no more than chance does.

    Of n contacts in k parts the mean is (k - 1) (1 + (n - 1) / (A + 1)) for a Dirichlet-multinomial law (Mosimann
    1962).

    Parameters
    ----------
    days : of pairs of ndarray (types,)
        Contacts that came, and those expected.
    """
    excess, contacts = 0.0, 0.0
    for came, due in days:
        n = came.sum()
        expected = n * due / due.sum()
        excess += float(((came - expected) ** 2 / expected).sum()) / (len(came) - 1) - 1.0
        contacts += n - 1.0
    return contacts / excess - 1.0 if excess > 0 else float("inf")


def scores(days: Sequence[Day], members: int) -> dict[float, float]:
    """Mean CRPS of a day's types after 12:00 together, by the share of the calls that counts."""
    return {
        heard: float(np.mean([
            crps(afternoon(day, heard, members), day.came[NOON:].sum(axis=0)).sum() for day in days
        ]))
        for heard in SHARES
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m calibration.track.proof_mix", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--raw", help="folder of the bank (default: TWIN_DATA, ../shared)")
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--score", action="store_true", help="June and July, which nothing was chosen on")
    options = parser.parse_args(arguments)
    folder = bank.find_raw(options.raw)
    if folder is None:
        parser.error("the bank's calls are not there")
    centre = Centre.read(folder)
    trained = centre.between(*TRAINED)
    plans = {
        weekday: DayPlan.of(day_scenario(centre, weekday, trained), trained[0].date(), LENGTH)
        for weekday in sorted({day.weekday() for day in trained})
    }
    scored = centre.between(*SCORED) if options.score else []
    counts = counts_by_type(folder, [*trained, *scored])
    days = days_of(plans, [*trained, *scored], counts, trained)
    if scored:
        days = days[-len(scored) :]
    told = concentration_of((day.came.sum(axis=0), day.plan.expected.sum(axis=0)) for day in days)
    print(f"{len(days)} days of {len(TYPES)} types, whose shares tell a concentration of {told:.0f}")
    for heard, score in scores(days, options.members).items():
        print(f"share of the calls that counts {heard:.0%}: CRPS of the types after 12:00 {score:.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
