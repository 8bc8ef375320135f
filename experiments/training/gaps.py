"""Hours needed and held by skill, measured by running the centre for some days."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twin.errors import InputError
from twin.scenario.schema import Scenario

OWN_LEVELS = 2
"""Levels 1 and 2 count as holding a skill; further ones only help out."""
HOUR = 3600.0
PLANNED_OCCUPANCY = 0.85
"""At which hours are planned where the scenario has no training rule of its own (`careers.training.occupancy`)."""
OnDay = Callable[[int, int], None]
"""Hears that a day of so many has run."""


@dataclass(frozen=True)
class Operators:
    """Who was there in the counted days; arrays by operator."""

    own: np.ndarray
    """bool (operators, skills): held at the end of the days."""
    hours: np.ndarray
    """On the telephone: idle, talk, wrap and hold."""
    group: np.ndarray
    team: np.ndarray
    may: np.ndarray
    """bool (operators, skills): can be taught. A group that says what its operators learn further learns no more."""


@dataclass(frozen=True)
class Gaps:
    """Hours needed and held by skill over the counted days, widest gap first (see `gaps_of`)."""

    scenario: str
    size: str
    days: int
    occupancy: float
    table: pd.DataFrame
    skills: list[str]
    needed: np.ndarray
    """Hours by skill, in the order of `skills`."""
    operators: Operators
    trained_hour: float
    """Cost of an hour in training [EUR]."""

    @property
    def short(self) -> pd.DataFrame:
        return self.table[self.table["gap"] > 0]


def needed_hours(work: pd.DataFrame, occupancy: float) -> np.ndarray:
    """The work, that of lost contacts at the mean time of those handled, at the occupancy for which one plans [h]."""
    handled = work["handled"].to_numpy(float)
    mean = np.where(handled > 0, work["hours"].to_numpy(float) / np.maximum(handled, 1), 0.0)
    return np.asarray((work["hours"].to_numpy(float) + work["lost"].to_numpy(float) * mean) / occupancy)


def shares_of(own: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """(operators, skills): who holds several skills gives to each in proportion to what is needed."""
    weights = own * needed
    total = weights.sum(axis=-1, keepdims=True)
    return np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)


def gaps_of(
    skills: list[str], work: pd.DataFrame, own: np.ndarray, hours: np.ndarray, occupancy: float
) -> pd.DataFrame:
    """A row per skill that is needed, widest gap first.

    Parameters
    ----------
    work : DataFrame by skill (rows in the order of `skills`): hours (of contacts handled), handled, lost
    own : bool (operators, skills)
    hours : (operators,) on the telephone: idle, talk, wrap and hold

    Notes
    -----
    Needed: see `needed_hours`. Held: see `shares_of`, as in the careers' training plan
    (`twin.people.career_training`); `holder_hours` counts every hour for each of the skills held.
    """
    needed = needed_hours(work, occupancy)
    table = pd.DataFrame(
        {
            "skill": skills,
            "holders": own.sum(axis=0),
            "contacts": work["handled"].to_numpy(float) + work["lost"].to_numpy(float),
            "needed": needed,
            "held": shares_of(own, needed).T @ hours,
            "holder_hours": own.T @ hours,
        }
    )
    table["gap"] = table["needed"] - table["held"]
    return table[table["needed"] > 0].sort_values("gap", ascending=False, kind="stable", ignore_index=True)


def work_of(records: Any, needs: np.ndarray, n_skills: int) -> pd.DataFrame:
    """Contacts and hours by the skill that their matter takes: hours, handled, lost (joined a queue, hung up)."""
    from twin.kernel.codes import Outcome

    need = needs[records["type"]]
    is_handled = (records["outcome"] == Outcome.HANDLED) & (records["operator"] >= 0)
    is_lost = (records["outcome"] == Outcome.ABANDONED) & ~np.isnan(records["joined_at"])
    time = records["ended_at"] - records["answered_at"] + records["wrap_time"]
    of_handled = need[is_handled]
    return pd.DataFrame(
        {
            "hours": np.bincount(of_handled, time[is_handled], minlength=n_skills) / HOUR,
            "handled": np.bincount(of_handled, minlength=n_skills),
            "lost": np.bincount(need[is_lost], minlength=n_skills),
        }
    )


def measure_gaps(
    scenario: Scenario, name: str, size: str, days: int, seed: int = 1, on_day: OnDay | None = None
) -> Gaps:
    """Run the counted days after the scenario's warm-up, and set what contacts take beside who was there."""
    from twin.kernel.codes import Activity
    from twin.model import CallCentre

    if days < 1:
        raise InputError(f"days is {days}, must be 1 or more")
    model = CallCentre(scenario, seed, 0, days, recording=True)
    try:
        first, last = model.calendar.warm_up, model.calendar.n_days
        before = np.zeros(0)
        for day in range(last):
            if day == first:
                before = model.world.operator_time.copy()
                model.records.clear()
            model.run_day()
            if on_day is not None:
                on_day(day + 1, last)
        at_work = [Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.HOLD]
        hours = (model.world.operator_time - before)[:, at_work].sum(axis=1) / HOUR
        names = model.names.skills
        work = work_of(np.concatenate(model.records), model.world.types["need"], len(names))
        careers = scenario.careers
        occupancy = careers.training.occupancy if careers is not None else PLANNED_OCCUPANCY
        own = _own(model)
        table = gaps_of(names, work, own, hours, occupancy)
        price = scenario.money.trained_hour if scenario.money is not None else 0.0
        needed = needed_hours(work, occupancy)
        return Gaps(name, size, days, occupancy, table, names, needed, _operators(model, own, hours), price)
    finally:
        model.close()


def _operators(model: Any, own: np.ndarray, hours: np.ndarray) -> Operators:
    from twin.scenario.training_places import has_shift
    from twin.world.careers import teachable

    scenario, skills = model.scenario, model.names.skills
    learns = teachable(scenario)
    of_group = {}
    for name, group in scenario.groups.items():
        is_free = not group.primary and not group.further  # nothing is said of what they may learn
        of_group[name] = np.array([has_shift(scenario, name) and (is_free or s in learns[name]) for s in skills])
    group = np.array([person.group for person in model.persons])
    may = np.array([of_group[name] for name in group.tolist()]).reshape(own.shape) & ~own
    if model.careers is None:
        return Operators(own, hours, group, np.array([person.team for person in model.persons]), may)
    rows = model.careers.table.rows
    return Operators(own, hours, group, np.array(rows.team), may & (rows.phase != 0)[:, None])


def _own(model: Any) -> np.ndarray:
    """Who holds what at the end of the run, bool (operators, skills)."""
    if model.careers is not None:
        table = model.careers.table
        return np.asarray(table.own & (table.rows.phase != 0)[:, None])
    places = {name: k for k, name in enumerate(model.names.skills)}
    own = np.zeros((len(model.persons), len(places)), bool)
    for row, person in enumerate(model.persons):
        own[row, [places[name] for name, held in person.skills.items() if held.level <= OWN_LEVELS]] = True
    return own
