"""`Floor`: one model, stepped to any instant, and what one sees of it. It knows no screen."""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from twin.calendar import DAY
from twin.kernel.codes import Activity
from twin.kernel.tables import RECORD
from twin.kernel.tallies import MEASURES
from twin.kpi import work_out
from twin.model import CallCentre
from twin.scenario.schema import Scenario
from twin.ui.floor.followed import Followed
from twin.ui.floor.frame import HEADER, lines_of, pack
from twin.ui.floor.plan import DayPlan, Seating, day_plan, seating_of, vacancies
from twin.ui.floor.states import State, operator_states

ROWS_KEPT = 400_000
"""Records of past days that are kept for the life lines, at the most, beside today's: some 35 MB."""
SLICE = 3600.0
"""A jump is made of pieces of this length [s]: between them others may look, or stop it."""
TODAY = ("n_offered", "n_handled", "abandonment_share", "sl20", "asa", "aht", "occupancy")


@dataclass
class Floor:
    """A model that is shown while it runs, and the customers whose lives are written down.

    Stepping it, looking at it and following somebody change nothing in the run: the records are, bit for bit, those of
    a run that nobody looks at.

    Parameters
    ----------
    make : function
        Builds the model from its beginning, recording: for a jump back it is called again.
    """

    make: Callable[[], CallCentre]
    lock: Any = field(default_factory=threading.RLock)
    """Held by whoever steps or looks."""

    def __post_init__(self) -> None:
        self.followed = Followed()
        self.sequence = 0
        self.version = 0
        """Grows when the seating changes."""
        self._take(self.make())

    def _take(self, model: CallCentre) -> None:
        self.model = model
        if not model.world.state[0].recording:  # a saved model that kept no records: it does from now on
            model.engine.world = model.world._replace(records=np.empty(1024, RECORD).view(np.recarray))
            model.world.state[0].recording = True
        model.keeps_records = True
        self.begun_at = model.now
        """Instant from which on the floor has seen the model."""
        self.past: deque[tuple[int, np.ndarray]] = deque()
        """Day and records of past days, the newest last."""
        self.kept_from = model.now
        """Instant from which on the records reach back."""
        del model.records[:]
        self.followed.join(model)
        self._plan_day()
        self._count_from_now()

    def close(self) -> None:
        """Let go of the model."""
        with self.lock:
            self.model.close()

    # ---- time ---------------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        return self.model.now

    @property
    def ends_at(self) -> float:
        return self.model.calendar.n_days * DAY

    @property
    def is_over(self) -> bool:
        return self.model.is_over

    def advance(self, until: float) -> None:
        """Run to an instant [s]; midnights are stopped at, to write down what they did to those who are followed."""
        until = min(until, self.ends_at)
        with self.lock:
            if self.model.day < 0 and until >= 0:
                self._midnight()
            while self.now < until:
                tomorrow = (self.model.day + 1) * DAY
                if self.now >= tomorrow:
                    self._midnight()
                    continue
                if until >= tomorrow:
                    self.followed.before_evening(self.model)
                    self.model.run_until(tomorrow)
                    self._end_day()
                else:
                    self.model.run_until(until)

    def _midnight(self) -> None:
        """The next day begins: everybody lives through midnight, and what happens at that very instant does."""
        model = self.model
        self.followed.before_midnight(model)
        model.run_until(float(np.nextafter((model.day + 1) * DAY, math.inf)))
        self.followed.after_midnight(model)
        self._plan_day()
        self._count_from_now()

    def _end_day(self) -> None:
        """Yesterday's records are kept for a while."""
        model = self.model
        self.followed.after_evening(model)
        self.past += [(model.day, rows) for rows in model.records]
        del model.records[:]
        while len(self.past) > 1 and sum(len(rows) for _, rows in self.past) > ROWS_KEPT:
            day, _ = self.past.popleft()
            self.kept_from = max(self.kept_from, (day + 1) * DAY)

    def _plan_day(self) -> None:
        """Who sits where, and who is to come when."""
        model = self.model
        seating = seating_of(model)
        if not hasattr(self, "seating") or not np.array_equal(seating.order, self.seating.order):
            self.seating: Seating = seating
            self.version += 1
        self.plan: DayPlan = day_plan(model)
        self._is_vacant = vacancies(model)

    def _count_from_now(self) -> None:
        world = self.model.world
        self._at_midnight, self._handled_at_midnight = world.operator_time.copy(), world.operators["n_handled"].copy()

    def next_event_at(self) -> float:
        """The instant at which something is due next; the end of the interval, if nothing is before."""
        state, world = self.model.world.state[0], self.model.world
        instants = [float(state.boundary_at), (self.model.day + 1) * DAY]
        if state.n_heap > 0:
            instants.append(float(world.heap_at[0]))
        if state.next_arrival < state.n_arrivals:
            instants.append(float(world.arrivals["at"][state.next_arrival]))
        if state.next_roster < state.n_roster:
            instants.append(float(world.roster["at"][state.next_roster]))
        return max(min(instants), self.now)

    def step_event(self) -> None:
        """Let all happen that is due at the next instant."""
        with self.lock:
            self.advance(float(np.nextafter(self.next_event_at(), math.inf)))

    def step_interval(self) -> None:
        """To the end of the present interval."""
        length = self.model.calendar.interval_time
        self.advance((math.floor(self.now / length + 1e-9) + 1) * length)

    def jump(self, at: float) -> Iterator[float]:
        """Run to an instant, from the beginning if it has passed; yields the share done after each hour."""
        at = min(max(at, 0.0), self.ends_at)
        if at < self.now:
            self.restart()
        first = self.now
        while self.now < at:
            self.advance(min(at, (math.floor(self.now / SLICE + 1e-9) + 1) * SLICE))
            yield (self.now - first) / (at - first)

    def restart(self) -> None:
        """Back to the beginning: the same model, and the lives of those who are followed from then on."""
        with self.lock:
            model = self.make()
            self.model.close()
            self.followed.forget_lives()
            self._take(model)

    # ---- what one sees ------------------------------------------------------------------------------------------

    def states(self) -> np.ndarray:
        """The state of every operator now, by row."""
        states = operator_states(self.model.world)
        self.plan.refine(states, self.now)
        states[self._is_vacant & (states == State.ABSENT)] = State.VACANT
        states[self._is_vacant & (states == State.OFF)] = State.VACANT
        return states

    def frame(self, speed: float = 0.0) -> bytes:
        """What the floor looks like now (see `frame`)."""
        with self.lock:
            model, now = self.model, self.now
            self.sequence += 1
            date = model.calendar.date(self.day)
            header = np.zeros(1, HEADER)
            lines = lines_of(model.world, now)
            states = self.states()[self.seating.order]
            header["sequence"], header["n_operators"] = self.sequence, len(states)
            header["n_lines"], header["n_states"] = len(lines.table), len(State)
            header["date"] = date.year * 10000 + date.month * 100 + date.day
            header["now"], header["clock"] = now, self.clock_time
            header["speed"], header["n_ivr"] = speed, lines.n_ivr
            return pack(header, lines, states)

    @property
    def day(self) -> int:
        """Of the present instant, from 0 with the warm-up; the end of the run belongs to its last day."""
        return min(int(self.now // DAY), self.model.calendar.n_days - 1)

    @property
    def clock_time(self) -> float:
        """Seconds since midnight."""
        return self.now - self.day * DAY

    def today(self) -> dict[str, float]:
        """KPIs of today so far, with the formulas that all reports use; NaN where nothing has happened yet."""
        with self.lock:
            model = self.model
            per_day, day = model.calendar.intervals_a_day, max(model.day, 0)
            rows = np.arange(day * per_day, min((day + 1) * per_day, model.calendar.n_intervals))
            sums = model.world.tallies.sums(rows).sum(axis=0)
            counts = pd.DataFrame([sums], columns=list(MEASURES))
            time = self.time_today().sum(axis=0)
            for activity in Activity:
                counts[f"staff_{activity.name.lower()}"] = time[activity]
            found = work_out(counts, TODAY)
            return {name: float(found[name].iloc[0]) for name in TODAY}

    def time_today(self) -> np.ndarray:
        """Seconds of each operator in each activity since midnight, (operators, activities)."""
        world = self.model.world
        time = world.operator_time - self._at_midnight
        activity = world.operators["activity"].astype(np.int64)
        time[np.arange(len(time)), activity] += self.now - world.operators["since"]
        return time

    def handled_today(self) -> np.ndarray:
        """Contacts handled by each operator since midnight."""
        found: np.ndarray = self.model.world.operators["n_handled"] - self._handled_at_midnight
        return found

    def records_today(self) -> np.ndarray:
        """Attempts that ended today, in order of ending: the kernel's own rows, not copies."""
        world = self.model.world
        found: np.ndarray = world.records[: int(world.state[0].n_records)]
        return found

    def records(self) -> Iterator[np.ndarray]:
        """All records that are still kept, day by day, today last."""
        yield from (rows for _, rows in self.past)
        yield self.records_today()


def of_scenario(scenario: Scenario, seed: int = 1, days: int | None = None, replication: int = 0) -> Floor:
    """A floor of a scenario, at the beginning of its run."""
    return Floor(lambda: CallCentre(scenario, seed, replication, days, recording=True))


def of_file(path: str, days: int | None = None) -> Floor:
    """A floor of a saved model, as it stood; with so many counted days in all, if they are given."""
    return Floor(lambda: CallCentre.load(path, days))
