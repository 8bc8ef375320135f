"""A day to try: one simulated day of a scenario as the report that a centre hands in, and what nobody there knows."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.history.tables import INTERVAL_COLUMNS, as_table
from calibration.track.actions import Action
from calibration.track.level import Level, whole_day
from calibration.track.members import Member, Trial, run_trial
from calibration.track.plan import DayPlan
from calibration.track.today import ABANDONED, ANSWERED, IN_20S, MEASURES, OFFERED, OPERATORS, WAIT, Today
from twin.errors import InputError
from twin.scenario.schema import Scenario

PRESENCE_SD = 0.08
"""Of the logarithm of operators present over planned, wider than what tracking assumes, so that there is something to
find out (assumed)."""
HALF_HOUR = 1800.0
_LOOK_AHEAD = 14  # [days] in which a centre is open at least once


@dataclass(frozen=True)
class Invented:
    """A day that has never been."""

    table: pd.DataFrame
    """INTERVAL_COLUMNS of the whole day, all contacts together. Operators are left out where the plan counts heads: the
    twin would take them from the report, and have nothing to find out."""
    level: float
    presence: float
    """Operators there over those planned."""
    counts: np.ndarray
    """float64 (intervals, MEASURES)."""


def open_day(scenario: Scenario, first: datetime.date, length: float = HALF_HOUR) -> tuple[datetime.date, DayPlan]:
    """The first day from `first` on that expects contacts, and its plan.

    Raises
    ------
    InputError
        If there is none within two weeks, or days of this scenario cannot be followed.
    """
    days = [first + datetime.timedelta(days=ahead) for ahead in range(_LOOK_AHEAD)]
    for day in days[:-1]:
        try:
            return day, DayPlan.of(scenario, day, length)
        except InputError:
            continue
    return days[-1], DayPlan.of(scenario, days[-1], length)


def invented_day(plan: DayPlan, date: datetime.date, seed: int) -> Invented:
    """Draw how busy the day is and who has come, then simulate it."""
    rng = np.random.default_rng([seed, 2])
    level = Level.before(plan.noise).draw(rng)
    presence = float(np.exp(PRESENCE_SD * rng.standard_normal()))
    unknown = np.zeros(plan.n, bool)
    nothing = Today(
        date, plan.length, 0, unknown, np.zeros((plan.n, len(plan.intents))), np.full((plan.n, len(MEASURES)), np.nan)
    )
    contacts = whole_day(plan, nothing.seen, unknown, level, rng)
    counts = run_trial(
        Trial(plan, Member(0, level, presence, contacts), Action("none", "", plan.scenario), nothing, seed)
    )
    operators = counts[:, OPERATORS] if not plan.heads else np.nan
    return Invented(_report(counts, date, plan.length).assign(operators=operators), level, presence, counts)


def _report(counts: np.ndarray, date: datetime.date, length: float) -> pd.DataFrame:
    table = pd.DataFrame({
        "date": pd.Timestamp(date), "start_s": (np.arange(len(counts)) * length).astype(int), "length_s": int(length),
        "offered": counts[:, OFFERED], "answered": counts[:, ANSWERED], "abandoned": counts[:, ABANDONED],
        "answered_in_time": counts[:, IN_20S], "within_s": 20.0, "wait_answered_s": counts[:, WAIT],
        "wait_abandoned_s": 0.0,
    })  # fmt: skip
    return as_table(table, INTERVAL_COLUMNS)
