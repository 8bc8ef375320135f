"""A test bench: a small centre whose arrivals and duty rows are written by hand, and answers checked by hand."""

from typing import Any

import numpy as np

from twin.kernel.codes import Event, Outcome
from twin.kernel.engine import Engine
from twin.kernel.tables import ARRIVAL, ROSTER
from twin.kernel.tallies import MEASURES
from twin.people.staff import draw_persons
from twin.scenario.schema import Scenario
from twin.world.build import build_world
from twin.world.names import Names

DAY = 86400.0
HOUR = 3600.0


def seconds(value: float) -> dict[str, Any]:
    """A law that always gives the same time."""
    return {"law": "constant", "value": f"{value} s"}


def exponential(mean: float) -> dict[str, Any]:
    return {"law": "exponential", "mean": f"{mean} s"}


def centre(**changes: Any) -> Scenario:
    """One skill, one queue, one operator, talks of 100 s, endless patience, always open; `changes` replace tables."""
    base: dict[str, Any] = {
        "name": "bench",
        "skills": {"a": {}},
        "intents": {"calls": {"talk": seconds(100)}},
        "queues": {"main": {}},
        "routes": [{"queue": "main", "skills": ["a"]}],
        "demand": {"kind": "rates", "rates": {"calls": "1 /h"}},
        "groups": {"desk": {"count": 1, "skills": {"a": 1}}},
    }
    return Scenario.model_validate(base | changes)


class Bench:
    """An engine, and the arrivals and duty rows that it is given.

    Contacts are numbered as they are written; `who` of a record is that number.
    """

    def __init__(self, recording: bool = True, seed: int = 1, n_days: int = 3, **changes: Any):
        self.scenario = centre(**changes)
        self.names = Names.of(self.scenario)
        self.persons = draw_persons(self.scenario, seed)
        n_intervals = round(n_days * DAY / self.scenario.run.interval)
        self.engine = Engine(build_world(self.scenario, self.names, self.persons, seed, n_intervals, 0, recording))
        self.arrivals: list[tuple] = []
        self.duty: list[tuple[float, int, int, float]] = []
        self._has_begun = False
        self._records: list[np.ndarray] = []

    @property
    def world(self) -> Any:
        return self.engine.world

    def call(
        self,
        at: float,
        intent: str = "calls",
        cluster: str = "all",
        talk: float = np.nan,
        who: int | None = None,
        customer: int = -1,
        condition: str = "none",
    ) -> int:
        """A contact arrives; returns its number."""
        number = len(self.arrivals) if who is None else who
        place = (self.names.intents.index(intent), self.names.clusters.index(cluster), 0)
        self.arrivals.append((at, number, customer, *place, self.names.conditions.index(condition), talk))
        return number

    def calls(self, *instants: float, **kwargs: Any) -> list[int]:
        return [self.call(at, **kwargs) for at in instants]

    def at(self, at: float, kind: Event, who: int = -1, value: float = 0.0) -> "Bench":
        """A duty row: doors, shifts, head counts, breaks."""
        self.duty.append((at, int(kind), who, value))
        return self

    def start(self, at: float = 0.0, *operators: int) -> "Bench":
        """These operators (all unless given) come on duty, in the order given."""
        for operator in operators or range(len(self.persons)):
            self.at(at, Event.SHIFT_START, operator)
        return self

    def run(self, until: float = DAY) -> "Bench":
        """Let everything before `until` happen; everybody is on duty from 0 unless duty rows were written."""
        if not self._has_begun:
            if not self.duty:
                self.start()
            self._has_begun = True
            self.engine.begin_day(self._table(self.arrivals, ARRIVAL), self._table(self.duty, ROSTER, "kind"))
        self.engine.run_until(until)
        return self

    def _table(self, rows: list[tuple], dtype: np.dtype, second: str | None = None) -> np.ndarray:
        table = np.array(rows, dtype)
        keys = [table["at"]] if second is None else [table[second], table["at"]]
        return table[np.lexsort(keys)].view(np.recarray)

    @property
    def records(self) -> np.ndarray:
        """All records so far, sorted by instant of ending and contact."""
        self._records.append(self.engine.records())
        rows = np.concatenate(self._records)
        return rows[np.lexsort((rows["attempt"], rows["who"], rows["ended_at"]))]

    def of(self, contact: int) -> list[np.void]:
        """Records of one contact, attempt by attempt."""
        return [row for row in self.records if row["who"] == contact]

    def last(self, contact: int) -> np.void:
        return self.of(contact)[-1]

    def wait(self, contact: int) -> float:
        row = self.last(contact)
        end = row["answered_at"] if row["outcome"] == Outcome.HANDLED else row["ended_at"]
        return float(end - row["joined_at"])

    def operator(self, contact: int) -> int:
        return int(self.last(contact)["operator"])

    def outcome(self, contact: int) -> Outcome:
        return Outcome(int(self.last(contact)["outcome"]))

    def order(self) -> list[int]:
        """Contacts in the order in which they were answered."""
        rows = [row for row in self.records if row["outcome"] == Outcome.HANDLED]
        return [int(row["who"]) for row in sorted(rows, key=lambda row: row["answered_at"])]

    def total(self, measure: str) -> float:
        assert measure in MEASURES
        return float(self.world.tallies[measure].sum())
