"""What careers leave to be read: a log of events, and tables by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.later import pd
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
    _parts: list[np.ndarray] = field(default_factory=list)
    """Day, operator, generation, event, skill (5, n), as they came."""
    counts: Counter[str] = field(default_factory=Counter)
    months: list[dict[str, Any]] = field(default_factory=list)
    skills: list[pd.DataFrame] = field(default_factory=list)

    def add(self, day: int, event: CareerEvent, rows: Any, generations: Any, skill: Any = -1) -> None:
        """These operators, all on the same day."""
        rows = np.atleast_1d(np.asarray(rows))
        if len(rows) == 0:
            return
        columns = (day, rows, generations, int(event), skill)
        self._parts.append(np.array([np.broadcast_to(values, rows.shape) for values in columns], np.int64))
        self.counts[f"n_{event.name.lower()}"] += len(rows)

    def _events(self) -> np.ndarray:
        """All parts as one."""
        return np.concatenate([np.zeros((5, 0), np.int64), *self._parts], axis=1)

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        skills = [table.to_dict("split") for table in self.skills]
        return {"events": self._events(), "counts": dict(self.counts), "months": self.months, "skills": skills}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._parts, self.counts = [state["events"]], Counter(state["counts"])
        self.months, self.skills = state["months"], [pd.DataFrame(**table) for table in state["skills"]]

    def of(self, row: int) -> list[dict[str, Any]]:
        """What happened to who holds, and to who held, this position."""
        table = self.table(0)
        mine: list[Any] = table[table["operator"] == row].to_dict("records")
        return mine

    def table(self, warm_up: int) -> pd.DataFrame:
        day, operator, generation, event, skill = self._events()
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
