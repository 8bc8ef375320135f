"""Pace of each operator and of all of them together by week: how much slower than usual they talk and pause.

log level = mean + operator + week + chance. Operators stay as they are, drawn together (partial pooling); the week's
part is common to all and goes back to nothing (first-order autoregression) or walks. How strongly is told by the weeks
known (marginal likelihood); the weeks to come follow (best linear unbiased prediction: Robinson 1991, Statistical
Science 6, 15-32), with a gamma law's working response (Breslow & Clayton 1993, JASA 88, 9-25).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.operators import Crew, days_of

AHEAD = 10  # [weeks] told after those known
LEAST = 5  # [talks or pauses] of an operator's week
ROUNDS = 6
WALK = 0.3  # step of a walk over the spread of where it began
KEPT = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0)
"""Share of the common part that a week leaves to the next; 1 walks."""


@dataclass(frozen=True)
class Spread:
    """Assumed coefficient of variation of one talk or pause, SDs of log levels."""

    single: float
    week: float
    """Of an operator's week."""
    operator: float
    common: tuple[float, ...]
    """Tried."""


TALK = Spread(1.2, 0.10, 0.25, (0.01, 0.02, 0.03, 0.04, 0.06, 0.08))
PAUSE = Spread(1.6, 0.30, 0.60, (0.03, 0.06, 0.1, 0.15, 0.2, 0.3))


@dataclass(frozen=True)
class Pace:
    """Logarithms of what is done over the usual."""

    mean: float
    operators: Mapping[str, float]
    weeks: np.ndarray
    """Common part by week since 1 January, those known and AHEAD more."""
    kept: float
    sd: float

    def of(self, operators: pd.Series, days: np.ndarray) -> np.ndarray:
        """Seconds over the usual; an operator never seen is a mean one."""
        common = np.interp(days / 7 - 0.5, np.arange(len(self.weeks)), self.weeks)
        return np.exp(self.mean + operators.map(self.operators).fillna(0.0).to_numpy() + common)


def common_covariance(n: int, kept: float, sd: float) -> np.ndarray:
    """Of the common part by week (n, n)."""
    week = np.arange(n)
    if kept == 1:
        return sd**2 * (1 + WALK**2 * np.minimum(week[:, None], week))
    return sd**2 * kept ** np.abs(week[:, None] - week).astype(float)


def fit_pace(table: pd.DataFrame, spread: Spread) -> Pace:
    """`table`: operator, day, done_s, usual_s, a row a talk or pause."""
    by_week = table.assign(week=(table["day"] // 7).astype(int), n=1).groupby(["operator", "week"])
    sums = by_week[["done_s", "usual_s", "n"]].sum().query(f"n >= {LEAST}").reset_index()
    names = sorted(sums["operator"].unique())
    n_weeks = int(sums["week"].max()) + 1 + AHEAD
    rows, design = np.arange(len(sums)), np.zeros((len(sums), 1 + len(names) + n_weeks))
    design[:, 0] = 1
    design[rows, 1 + sums["operator"].map({name: i for i, name in enumerate(names)})] = 1
    design[rows, 1 + len(names) + sums["week"]] = 1
    weight = 1 / (spread.single**2 / sums["n"].to_numpy() + spread.week**2)
    ratio = (sums["done_s"] / sums["usual_s"]).to_numpy()
    level = np.full(len(sums), np.log(sums["done_s"].sum() / sums["usual_s"].sum()))
    normal = design.T @ (weight[:, None] * design)
    for _ in range(ROUNDS):
        right = design.T @ (weight * (level + ratio * np.exp(-level) - 1))
        fits = [(*best_prediction(normal, right, prior(len(names), n_weeks, kept, sd, spread)), kept, sd)
                for kept in KEPT for sd in spread.common]  # fmt: skip
        _, parts, kept, sd = max(fits, key=lambda fit: fit[0])
        level = design @ parts
    own = dict(zip(names, parts[1 : 1 + len(names)].tolist(), strict=True))
    return Pace(float(parts[0]), own, parts[1 + len(names) :], kept, sd)


def prior(n_operators: int, n_weeks: int, kept: float, sd: float, spread: Spread) -> np.ndarray:
    """Covariance of mean (1), operators and weeks."""
    found = np.diag(np.r_[1.0, np.full(n_operators, spread.operator**2), np.zeros(n_weeks)])
    found[1 + n_operators :, 1 + n_operators :] = common_covariance(n_weeks, kept, sd)
    return found


def best_prediction(normal: np.ndarray, right: np.ndarray, covariance: np.ndarray) -> tuple[float, np.ndarray]:
    """Log likelihood but for a constant, and the parts, from the normal equations."""
    both = np.eye(len(normal)) + covariance @ normal
    parts = np.linalg.solve(both, covariance @ right)
    return float(right @ parts - np.linalg.slogdet(both)[1]) / 2, parts


@dataclass(frozen=True)
class Paces:
    """Of talks and of pauses, as known at a crew's end."""

    crew: Crew
    talk: Pace
    pause: Pace
    mean_pause: float

    def expected(self, present: pd.DataFrame) -> pd.Series:
        """Level of work by date (see `Crew.expected`) from who is there and how all of them have lately worked."""
        names, days, crew = present["operator"], days_of(present["date"]), self.crew
        own = self.talk.of(names, days) * crew.usual_talk + self.pause.of(names, days) * self.mean_pause
        cycle = own / (crew.usual_talk + crew.usual_pause)
        hours = present["seconds"].groupby(present["date"]).sum()
        return hours / (present["seconds"] / cycle).groupby(present["date"]).sum()


def paces_of(crew: Crew) -> Paces:
    """From the crew's talks and pauses."""
    mean = float(crew.pauses["gap_s"].mean())
    talks = crew.talks.rename(columns={"talk_s": "done_s", "expected_s": "usual_s"})
    pauses = crew.pauses.rename(columns={"gap_s": "done_s"}).assign(usual_s=mean)
    return Paces(crew, fit_pace(talks, TALK), fit_pace(pauses, PAUSE), mean)
