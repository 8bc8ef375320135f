"""What the page Skills works out: who holds which skill, where hours are short, what training changes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twin.ui.parts.work import Reporter
from twin.ui.work.scenarios import sizes

OWN_LEVELS = 2
"""Levels 1 and 2 count as holding a skill; further ones only help out."""
HOUR = 3600.0
ALL_LEVELS = 0
HOLDERS, SHARE, PROFICIENCY = "holders", "share", "proficiency"
PLANNED_OCCUPANCY = 0.85
"""At which hours are planned where the scenario has no training rule of its own (`careers.training.occupancy`)."""


@dataclass(frozen=True)
class Staff:
    """Operators as the run begins, and what they hold."""

    scenario: str
    size: str
    skills: dict[str, str]
    """Name and title of each."""
    persons: pd.DataFrame
    """A row per operator: group, team."""
    held: pd.DataFrame
    """A row per operator and skill: operator (row of `persons`), skill, level, proficiency."""

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(self.persons["group"]))

    @property
    def levels(self) -> list[int]:
        return sorted(int(level) for level in self.held["level"].unique())


@dataclass(frozen=True)
class SkillMap:
    """Values by group or team (rows) and skill (columns); NaN where nobody holds the skill and a mean is asked for."""

    rows: list[str]
    skills: list[str]
    values: np.ndarray


def read_scenario(name: str, size: str, **overrides: Any) -> Any:
    """A scenario of the library at a size; "" where it has one only."""
    from twin.scenario.load import load_scenario

    return load_scenario(name, {**({"scale.size": size} if size else {}), **overrides})


def read_staff(report: Reporter, name: str, size: str) -> Staff:
    """Draw the operators; nothing is run."""
    from twin.kernel.chance import replication_seed
    from twin.people.persons import draw_persons

    report.progress(None, "reading")
    chosen = size if size in sizes(name) else ""
    scenario = read_scenario(name, chosen)
    persons = draw_persons(scenario, replication_seed(1, 0))
    held = [(row, skill, h.level, h.proficiency) for row, p in enumerate(persons) for skill, h in p.skills.items()]
    return Staff(
        name, chosen, {skill: row.title for skill, row in scenario.skills.items()},
        pd.DataFrame({"group": [p.group for p in persons], "team": [p.team for p in persons]}),
        pd.DataFrame(held, columns=["operator", "skill", "level", "proficiency"]),
    )  # fmt: skip


def skill_map(staff: Staff, measure: str, level: int = ALL_LEVELS, group: str = "") -> SkillMap:
    """By group; by team of one group if `group` names it.

    Parameters
    ----------
    measure : "holders", "share" (of the row's operators) or "proficiency" (mean of the holders)
    level : of the skill, 1 = primary; 0 = any
    """
    persons = staff.persons[staff.persons["group"] == group] if group else staff.persons
    key = "team" if group else "group"
    rows = list(dict.fromkeys(persons[key])) if not group else sorted(persons[key].unique())
    held = staff.held[staff.held["operator"].isin(persons.index)]
    held = held[held["level"] == level] if level != ALL_LEVELS else held
    held = held.assign(row=persons[key].reindex(held["operator"]).to_numpy())
    cells = held.groupby(["row", "skill"])["proficiency"].agg(["size", "mean"])
    index = pd.MultiIndex.from_product([rows, list(staff.skills)])
    shape = (len(rows), len(staff.skills))
    if measure == PROFICIENCY:
        values = cells["mean"].reindex(index).to_numpy(float).reshape(shape)
    else:
        values = cells["size"].reindex(index).fillna(0).to_numpy(float).reshape(shape)
    if measure == SHARE:
        values = values / persons[key].value_counts().reindex(rows).to_numpy(float)[:, None]
    return SkillMap([str(row) for row in rows], list(staff.skills), values)


# ---- gaps ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaps:
    """Hours needed and held by skill over the counted days, widest gap first (see `gaps_of`)."""

    scenario: str
    size: str
    days: int
    occupancy: float
    table: pd.DataFrame

    @property
    def short(self) -> pd.DataFrame:
        return self.table[self.table["gap"] > 0]


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
    Needed: the work, that of lost contacts at the mean time of those handled, at the occupancy for which one plans.
    Held: who holds several skills gives to each in proportion to what is needed, as in the careers' training plan
    (`twin.people.career_training`); `holder_hours` counts every hour for each of the skills held.
    """
    handled = work["handled"].to_numpy(float)
    mean = np.where(handled > 0, work["hours"].to_numpy(float) / np.maximum(handled, 1), 0.0)
    needed = (work["hours"].to_numpy(float) + work["lost"].to_numpy(float) * mean) / occupancy
    weights = own * needed
    total = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    table = pd.DataFrame(
        {
            "skill": skills,
            "holders": own.sum(axis=0),
            "contacts": handled + work["lost"].to_numpy(float),
            "needed": needed,
            "held": shares.T @ hours,
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


def find_gaps(report: Reporter, name: str, size: str, days: int, seed: int) -> Gaps:
    """Run the counted days after the scenario's warm-up, and set what contacts take beside who was there."""
    from twin.kernel import is_compiled
    from twin.kernel.codes import Activity
    from twin.model import CallCentre

    report.progress(None, "reading" if is_compiled() else "compiling")
    scenario = read_scenario(name, size)
    model = CallCentre(scenario, seed, 0, days, recording=True)
    try:
        first, last = model.calendar.warm_up, model.calendar.n_days
        before = np.zeros(0)
        for day in range(last):
            if day == first:
                before = model.world.operator_time.copy()
                model.records.clear()
            model.run_day()
            report.progress((day + 1) / last, "days_done", n=day + 1, total=last)
        at_work = [Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.HOLD]
        hours = (model.world.operator_time - before)[:, at_work].sum(axis=1) / HOUR
        n = len(model.names.skills)
        work = work_of(np.concatenate(model.records), model.world.types["need"], n)
        careers = scenario.careers
        occupancy = careers.training.occupancy if careers is not None else PLANNED_OCCUPANCY
        table = gaps_of(model.names.skills, work, _own(model), hours, occupancy)
        return Gaps(name, size, days, occupancy, table)
    finally:
        model.close()


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
