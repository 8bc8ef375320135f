"""What careers leave to be read: a log of events, and tables by month."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from twin.people.career_states import CareerEvent
from twin.world.names import Names


@dataclass(frozen=True)
class CareerReport:
    """Careers of a run, as tables."""

    log: pd.DataFrame
    """day (counted days from 0), operator (row, -1 before there is one), generation, event, skill."""
    months: pd.DataFrame
    """A row per month: heads by state, comings and goings, hours and cost of training, audits, bonuses."""
    skills: pd.DataFrame
    """A row per month and skill: holders, mean proficiency, hours needed and held."""

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"log": self.log, "months": self.months, "skills": self.skills}


@dataclass
class CareerLog:
    """Events as they happen, and the counts of the present month."""

    names: Names
    _parts: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    months: list[dict[str, Any]] = field(default_factory=list)
    skills: list[pd.DataFrame] = field(default_factory=list)

    def add(self, day: int, event: CareerEvent, rows: Any, generations: Any, skill: Any = -1) -> None:
        """These operators, all on the same day."""
        rows = np.atleast_1d(np.asarray(rows))
        if len(rows) == 0:
            return
        shape = rows.shape
        self._parts.append(
            (
                np.full(shape, day),
                rows,
                np.broadcast_to(generations, shape),
                np.full(shape, int(event)),
                np.broadcast_to(skill, shape),
            )
        )
        self.counts[f"n_{event.name.lower()}"] += len(rows)

    def of(self, row: int) -> list[dict[str, Any]]:
        """What happened to who holds, and to who held, this position."""
        table = self.table(0)
        mine: list[Any] = table[table["operator"] == row].to_dict("records")
        return mine

    def table(self, warm_up: int) -> pd.DataFrame:
        empty = [np.zeros(0, int)] * 5
        columns = [np.concatenate(parts) for parts in zip(*(self._parts or [tuple(empty)]), strict=True)]
        day, operator, generation, event, skill = columns
        names = np.array([event.name.lower() for event in CareerEvent])
        skills = np.array([*self.names.skills, ""])
        return pd.DataFrame(
            {
                "day": day - warm_up,
                "operator": operator,
                "generation": generation,
                "event": names[event],
                "skill": skills[skill],
            }
        )

    def report(self, warm_up: int) -> CareerReport:
        months = pd.DataFrame(self.months)
        skills = pd.concat(self.skills, ignore_index=True) if self.skills else pd.DataFrame()
        for table in (months, skills):
            if len(table):
                table["day"] -= warm_up
        return CareerReport(self.table(warm_up), months, skills)
