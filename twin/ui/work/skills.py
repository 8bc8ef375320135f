"""What the page Skills works out: who holds which skill, where hours are short, what training changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from experiments.training.gaps import Gaps, measure_gaps
from twin.ui.parts.work import Reporter
from twin.ui.words import ITALIAN
from twin.ui.work.scenarios import sizes

ALL_LEVELS = 0
HOLDERS, SHARE, PROFICIENCY = "holders", "share", "proficiency"


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
    trained_hour: float = 0.0
    """Cost of an hour in training [EUR]."""
    without_shift: frozenset[str] = frozenset()
    """Groups that cannot be taught: there are no shifts to take hours from."""
    serial: int = 0
    """Of the scenario's file, see `twin.ui.work.scenarios.Chosen`."""
    italian: Mapping[str, str] = field(default_factory=dict)
    """Italian title of each skill that has one."""

    def titles(self, language: str) -> dict[str, str]:
        """Name and title of each skill, in Italian where that is asked for and known."""
        own = self.italian if language == ITALIAN else {}
        return {name: own.get(name) or title for name, title in self.skills.items()}

    @property
    def teams(self) -> dict[int, str]:
        """The group of each team that can be taught."""
        rows = self.persons[~self.persons["group"].isin(self.without_shift)].drop_duplicates("team").sort_values("team")
        return dict(zip(rows["team"].tolist(), rows["group"].tolist(), strict=True))

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
    """A scenario of the library, or of a file, at a size; "" where it has one only."""
    from twin.scenario.load import load_scenario

    return load_scenario(name, {**({"scale.size": size} if size else {}), **overrides})


def read_staff(report: Reporter, name: str, size: str, serial: int = 0) -> Staff:
    """Draw the operators; nothing is run."""
    from twin.kernel.chance import replication_seed
    from twin.people.staff import draw_persons
    from twin.scenario.training_places import has_shift

    report.progress(None, "reading")
    chosen = size if size in sizes(name) else ""
    scenario = read_scenario(name, chosen)
    persons = draw_persons(scenario, replication_seed(1, 0))
    held = [(row, skill, h.level, h.proficiency) for row, p in enumerate(persons) for skill, h in p.skills.items()]
    return Staff(
        name, chosen, {skill: row.title for skill, row in scenario.skills.items()},
        pd.DataFrame({"group": [p.group for p in persons], "team": [p.team for p in persons]}),
        pd.DataFrame(held, columns=["operator", "skill", "level", "proficiency"]),
        scenario.money.trained_hour if scenario.money is not None else 0.0,
        frozenset(group for group in scenario.groups if not has_shift(scenario, group)), serial,
        {skill: row.italian for skill, row in scenario.skills.items()},
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


def find_gaps(report: Reporter, name: str, size: str, days: int, seed: int) -> Gaps:
    """Run the counted days, and set hours needed beside hours held (see `experiments.training.gaps`)."""
    from twin.kernel import is_compiled

    report.progress(None, "reading" if is_compiled() else "compiling")
    scenario = read_scenario(name, size)

    def tell(day: int, last: int) -> None:
        report.progress(day / last, "days_done", n=day, total=last)

    return measure_gaps(scenario, name, size, days, seed, tell)
