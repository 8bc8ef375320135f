"""What goes on for months beside the day's contacts, where customers' lives are not modelled.

Each part looks at what the run has counted, changes what contacts come or what the kernel's types say, and leaves sums
by day for the KPIs (`daily`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from twin.calendar import DAY
from twin.later import pd
from twin.people.grades import Grades
from twin.people.improvement import Improving
from twin.people.knowledge import KnowledgeBase
from twin.people.profiles import ProfileBase
from twin.scenario.career_schema import careers_of
from twin.scenario.demand_schema import Volume
from twin.scenario.schema import Scenario

if TYPE_CHECKING:
    from twin.model import CallCentre


class Programme(Protocol):
    """One of the parts."""

    def begin_day(self, day: int) -> None: ...

    def end_day(self, day: int) -> None: ...

    def daily(self) -> dict[str, np.ndarray]:
        """Sums by day of the run, warm-up included."""
        ...


def reads_records(scenario: Scenario) -> bool:
    """Whether somebody reads at midnight what became of each contact."""
    return careers_of(scenario) is not None or scenario.interviews is not None


class Programmes:
    """The parts that a scenario has."""

    def __init__(self, model: CallCentre):
        s = self.scenario = model.given
        self.calendar, self._model = model.calendar, model
        self.grades = None if s.interviews is None else Grades(model, s.interviews)
        self.improving = None if s.improvement is None else Improving(model, s.improvement)
        self.knowledge = None if s.knowledge is None else KnowledgeBase(model, s.knowledge)
        self.profiles = None if s.profiles is None else ProfileBase(model, s.profiles)
        self.campaigns = [
            (row, campaign.renewed_every, campaign.count)
            for row, campaign in enumerate(s.campaigns.values())
            if campaign.renewed_every is not None
        ]

    def _parts(self) -> list[Programme]:
        found = (self.grades, self.improving, self.knowledge, self.profiles)
        return [part for part in found if part is not None]

    def begin_day(self, day: int) -> None:
        """Before the day's contacts are made."""
        for row, every, count in self.campaigns:
            if day > 0 and day % every == 0:
                self._model.world.campaigns["n_left"][row] = count
        if (streams := getattr(self._model.demand, "usual", self._model.demand)) and hasattr(streams, "relief"):
            streams.relief[:] = self.there(day)
        parts = self._parts()
        if any(part is not None for part in (self.knowledge, self.profiles)):
            show_types(self._model, self.knowledge, self.profiles)
        for part in parts:
            part.begin_day(day)

    def there(self, day: int) -> float:
        """Share of the customers who have come by this day of the run."""
        entry = self.scenario.demand.entry if isinstance(self.scenario.demand, Volume) else None
        if entry is None:
            return 1.0
        return min(entry.share + (1.0 - entry.share) * day * DAY / entry.full_after, 1.0)

    def end_day(self, day: int) -> None:
        """When the day's tallies stand."""
        for part in self._parts():
            part.end_day(day)

    def ask(self, day: int, records: np.ndarray) -> None:
        """Interview those whom the day's records tell of."""
        if self.grades is not None:
            self.grades.ask(day, records)

    def daily(self) -> pd.DataFrame | None:
        """Sums by counted day; None where there is nothing to tell."""
        found = {name: values for part in self._parts() for name, values in part.daily().items()}
        demand = self.scenario.demand
        if isinstance(demand, Volume) and demand.customers is not None:
            n = demand.customers * self.scenario.factor
            found["customer_days"] = np.array([n * self.there(day) for day in range(self.calendar.n_days)])
        careers = self._model.careers
        if careers is not None:
            found |= careers.control.channels.daily(self.calendar.n_days)
        if self._model.courses is not None:
            found |= self._model.courses.daily()
        if not found:
            return None
        return pd.DataFrame(found)[self.calendar.warm_up : self.calendar.n_days].reset_index(drop=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """What is worth a table of its own."""
        return {} if self.improving is None else {"improvements": self.improving.table()}


def show_types(model: Any, knowledge: KnowledgeBase | None, profiles: ProfileBase | None) -> None:
    """What knowledge base and profiles make of talk times and FCR, in the kernel's types."""
    own = (knowledge or profiles).types  # type: ignore[union-attr]
    talk, fcr = own.talk.copy(), own.fcr.copy()
    if knowledge is not None:
        talk, fcr = knowledge.effect(talk, fcr)
    if profiles is not None:
        talk = profiles.effect(talk)
    own.show(model.world.types, talk, fcr)
