"""As-Is rosters to the regulator's figures: people enough for the work, on fixed starts that miss the day's curve.

    python -m experiments.roster.calibrate 187-as-is --shift fixed

First the heads: the work of the first attempts (simulated with ample staff, so that nobody redials) is to be
`OCCUPANCY` of the people's time at work; --keep-heads leaves them. Then the shares of the fixed starts, such that the
share answered within 20 s and the mean wait meet the pair asked for. Prints the lines for the library.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from experiments.roster.measure import Measured, Order, Staff, count_all
from experiments.roster.target import Target
from experiments.roster.week import SLOTS
from twin.errors import InputError
from twin.kpi import work_out
from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario
from twin.simulation import simulate

OCCUPANCY = 0.90  # [-] upper end of the plan's range in domain.md 4.5 (80-90 %), assumption
SL20, WAIT = 0.41, 86.0  # middle of the band of section 9 (f): 36-47 % within 20 s, mean wait 70-102 s
SL20_SCALE, WAIT_SCALE = 0.03, 8.0  # how far off counts as one
AMPLE = 1.6  # x heads, with which hardly anybody abandons
CLOSE = 0.5  # loss that is near enough
STEP = 0.4  # of the logarithm of a share: half as much again


@dataclass(frozen=True)
class Figures:
    """What a run shows of the regulator's pair."""

    sl20: float
    wait: float
    abandonment: float

    def loss(self, sl20: float, wait: float) -> float:
        return ((self.sl20 - sl20) / SL20_SCALE) ** 2 + ((self.wait - wait) / WAIT_SCALE) ** 2


def with_heads(scenario: Scenario, factor: float) -> Scenario:
    """All groups with more or fewer people."""
    groups = {
        name: group.model_copy(update={"count": round(group.count * factor)}) for name, group in scenario.groups.items()
    }
    return scenario.model_copy(update={"groups": groups})


def with_starts(scenario: Scenario, shift: str, starts: dict[str, float]) -> Scenario:
    changed = scenario.shifts[shift].model_copy(update={"starts": starts})
    return scenario.model_copy(update={"shifts": {**scenario.shifts, shift: changed}})


def heads_factor(scenario: Scenario, seed: int = 1, occupancy: float = OCCUPANCY) -> float:
    """Factor on all heads with which the work of first attempts is `occupancy` of the time at work."""
    ample = with_heads(scenario, AMPLE)
    measured = Measured.of(ample, count_all([Order(ample, None, seed, 0, Target("sl", 0.8))], 1))
    work = (measured.arrival_rates() * measured.handle_times()[:, None]).sum()
    staff = Staff.of(scenario, seed)
    everybody = np.ones(len(staff.persons), bool)
    at_work = staff.by_queue(np.ones((len(scenario.queues), SLOTS)), everybody).sum()
    return float(work / occupancy / at_work)


def figures(scenario: Scenario, replications: Sequence[int], seed: int = 1) -> Figures:
    counts = [simulate(scenario, seed=seed, replication=number).counts() for number in replications]
    kpis = work_out(pd.concat(counts).sum().to_frame().T, ("sl20", "mean_wait", "abandonment_share")).iloc[0]
    return Figures(*(float(value) for value in kpis))


def fit_starts(scenario: Scenario, shift: str, sl20: float, wait: float, most: int, seed: int = 1) -> dict[str, float]:
    """Shares of the starts, searched from the present ones (Nelder-Mead), that bring the pair within `CLOSE`."""
    clocks = list(scenario.shifts[shift].starts)
    seen: dict[tuple[float, ...], float] = {}
    if len(clocks) < 2:
        raise InputError(f"shifts.{shift}: must have at least two starts to be calibrated")
    before = np.log([max(share, 0.01) for share in scenario.shifts[shift].starts.values()])

    def loss(logs: np.ndarray) -> float:
        shares = _rounded(np.exp(logs) / np.exp(logs).sum())
        if min(seen.values(), default=np.inf) < CLOSE:  # near enough: no further simulations
            return seen.get(shares, np.inf)
        if shares not in seen:
            starts = dict(zip(clocks, shares, strict=True))
            found = figures(with_starts(scenario, shift, starts), [0], seed)
            seen[shares] = found.loss(sl20, wait)
            print(f"  {_as_toml(starts)}: {found.sl20:.3f} within 20 s, {found.wait:.1f} s", flush=True)
        return seen[shares]

    simplex = np.vstack([before, before + STEP * np.eye(len(clocks))])
    minimize(loss, before, method="Nelder-Mead", options={"initial_simplex": simplex, "maxfev": most})
    best = min(seen.items(), key=lambda item: item[1])[0]
    return dict(zip(clocks, best, strict=True))


def _rounded(shares: np.ndarray) -> tuple[float, ...]:
    """Shares of three digits that sum to 1."""
    rounded = shares.round(3)
    rounded[np.argmax(rounded)] += 1 - rounded.sum()
    return tuple(rounded.round(3).tolist())


def _as_toml(starts: dict[str, float]) -> str:
    return "{ " + ", ".join(f'"{text}" = {share:g}' for text, share in starts.items()) + " }"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--shift", default="fixed")
    parser.add_argument("--occupancy", type=float, default=OCCUPANCY)
    parser.add_argument("--sl20", type=float, default=SL20)
    parser.add_argument("--wait", type=float, default=WAIT)
    parser.add_argument("--most", type=int, default=60, help="simulated rosters, at most")
    parser.add_argument("--keep-heads", action="store_true", help="only the starts")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    given = parser.parse_args(arguments)
    scenario = load_scenario(given.scenario, given.set)
    factor = 1.0 if given.keep_heads else heads_factor(scenario, occupancy=given.occupancy)
    scenario = with_heads(scenario, factor)
    print(f"heads x {factor:.3f}: " + ", ".join(f"{name} {g.count}" for name, g in scenario.groups.items()), flush=True)
    starts = fit_starts(scenario, given.shift, given.sl20, given.wait, given.most)
    found = figures(with_starts(scenario, given.shift, starts), [1, 2, 3])
    print(f"starts = {_as_toml(starts)}")
    print(
        f"with new luck: {found.sl20:.3f} within 20 s, mean wait {found.wait:.1f} s, {found.abandonment:.3f} abandoned"
    )


if __name__ == "__main__":
    main()
