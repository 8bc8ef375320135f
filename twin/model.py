"""`CallCentre`: the twin as a Mesa model. One step is one interval; midnight belongs to the people."""

import datetime
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from twin import leftovers
from twin.calendar import DAY, Calendar
from twin.demand import Demand, RateDemand
from twin.errors import InputError
from twin.kernel.chance import replication_seed
from twin.kernel.codes import Activity, Deferral, Phase
from twin.kernel.engine import Engine
from twin.kernel.tables import RECORD
from twin.mesa_import import mesa
from twin.mesa_state import mesa_state, restore_mesa
from twin.night import NightDemand
from twin.people.career_states import Phase as CareerPhase
from twin.people.careers import Careers
from twin.people.case_flags import close_cases, is_case
from twin.people.channel_choice import ChannelRule
from twin.people.courses import courses_of
from twin.people.persons import Person
from twin.people.programmes import Programmes, reads_records
from twin.people.roster import Roster, sort_rows
from twin.people.staff import draw_persons
from twin.people.states import Mark
from twin.scenario.career_schema import careers_of
from twin.scenario.schema import Scenario
from twin.world.build import build_world
from twin.world.channel_choice import with_channels
from twin.world.names import Names
from twin.world.state import Tables
from twin.world.volume import with_rates


class Operator(mesa.Agent):
    """An employee: who he or she is comes from the roster of persons, what happens now from the kernel's tables."""

    model: "CallCentre"

    def __init__(self, model: "CallCentre", person: Person):
        super().__init__(model)
        self.person = person
        self.row = person.number

    @property
    def group(self) -> str:
        return self.person.group

    @property
    def _career(self) -> Any:
        """The row of the careers' table; None where operators have no careers."""
        careers = self.model.careers
        return None if careers is None else careers.table.rows[self.row]

    @property
    def team(self) -> int:
        return self.person.team if self._career is None else int(self._career.team)

    @property
    def phase(self) -> str:
        """Where the operator stands: vacant (nobody is there), nesting, probation, confirmed."""
        return "confirmed" if self._career is None else CareerPhase(int(self._career.phase)).name.lower()

    @property
    def generation(self) -> int:
        """How many have held the position before."""
        return 0 if self._career is None else int(self._career.generation)

    @property
    def tenure(self) -> float:
        """Days since the operator came; NaN where nothing is told of it, or nobody is there."""
        career = self._career
        return float("nan") if career is None or not career.phase else float(self.model.day - career.joined_on)

    @property
    def is_leader(self) -> bool:
        return self._career is not None and bool(self._career.is_leader)

    @property
    def history(self) -> list[dict[str, Any]]:
        """What happened to who holds, and to who held, the position."""
        careers = self.model.careers
        return [] if careers is None else careers.log.of(self.row)

    @property
    def skills(self) -> dict[str, float]:
        """Proficiency by skill held."""
        if self.model.careers is not None:
            return self.model.careers.skills_of(self.row)
        return {name: held.proficiency for name, held in self.person.skills.items()}

    @property
    def activity(self) -> str:
        """What the operator does now: off, idle, talk, wrap or break."""
        return Activity(int(self.model.world.operators.activity[self.row])).name.lower()

    @property
    def n_handled(self) -> int:
        return int(self.model.world.operators.n_handled[self.row])

    @property
    def occupancy(self) -> float:
        """Handling over handling and idle time, since the start of the run."""
        time = self.model.world.operator_time[self.row]
        busy = time[Activity.TALK] + time[Activity.WRAP] + time[Activity.HOLD]
        return float(busy / (busy + time[Activity.IDLE])) if busy > 0 else 0.0


class CallCentre(mesa.Model):
    """The centre, its operators and its customers.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    replication : int
        The same scenario and seed with new luck.
    days : int, optional
        Counted days; the scenario's unless given.
    recording : bool
        Keep a record of every attempt at contact (`records`).
    trace : twin.trace.TraceTables, optional
        Tables in place of the files that a replayed scenario names.

    Notes
    -----
    The same scenario, seed and replication give the same tallies and records, bit for bit, however the run is cut into
    steps, days or one go.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replication: int = 0,
        days: int | None = None,
        recording: bool = False,
        trace: Any = None,
    ):
        leftovers.make_room()
        super().__init__(rng=seed)
        self.given = scenario
        """The scenario as it was given: `scenario` also has the intents of the channels that customers choose."""
        scenario = with_rates(with_channels(scenario))
        self.scenario, self.seed, self.replication = scenario, seed, replication
        self.key = replication_seed(seed, replication)
        self.calendar = Calendar.of(scenario, days)
        self.names = Names.of(scenario)
        self.persons = draw_persons(scenario, self.key)
        self.keeps_records = recording
        self.engine = Engine(
            build_world(
                scenario,
                self.names,
                self.persons,
                self.key,
                self.calendar.n_intervals,
                self.calendar.first_weekday,
                recording or scenario.demand.kind == "customers" or reads_records(scenario),
            )
        )
        self.tables = Tables(self.engine)
        self.channels = None if scenario.channels is None else ChannelRule(scenario, self.names, self.key)
        self.day = -1
        self.customers: Any = None
        self.records: list[np.ndarray] = []
        self._usual_talk: np.ndarray | None = None
        self.demand, head_counts = self._make_demand(trace)
        self.roster = Roster(scenario, self.persons, self.key, head_counts)
        self.careers: Careers | None = None
        if careers_of(scenario) is not None:
            self.careers = Careers(scenario, self.names, self.persons, self.key, self.calendar.warm_up)
            self.roster.careers = self.careers
        self.courses = courses_of(scenario, self.names, self.persons, self.calendar, self.careers)
        self.roster.courses = self.courses
        self.programmes = Programmes(self)
        self.operators = [Operator(self, person) for person in self.persons]
        self.datacollector: mesa.DataCollector | None = None
        leftovers.built(*self.world, *([] if self.customers is None else [self.customers.store]))

    def _make_demand(self, tables: Any) -> tuple[Demand, dict]:
        kind = self.scenario.demand.kind
        if kind == "rates":
            usual = RateDemand(self.scenario, self.names, self.calendar, self.key)
            return usual if self.scenario.self_service is None else NightDemand(usual, self.given, self.names), {}
        if kind == "trace":
            from twin.trace import TraceDemand

            trace = TraceDemand(self.scenario, self.names, self.calendar, self.key, tables)
            self._usual_talk = self.world.types.talk_factor.copy()
            return trace, trace.head_counts
        from twin.people.customers import CustomerBase

        base = CustomerBase(self)
        self.customers = base.agents
        return base, {}

    # ---- time ---------------------------------------------------------------------------------------------------

    @property
    def world(self) -> Any:
        """The kernel's tables (see `twin.kernel.tables.World`)."""
        return self.engine.world

    @property
    def now(self) -> float:
        """Seconds since the start of the run, warm-up included."""
        return self.engine.now

    @property
    def clock(self) -> datetime.datetime:
        """Date and time of day."""
        day = min(int(self.now // DAY), self.calendar.n_days - 1)
        return datetime.datetime.combine(self.calendar.date(day), datetime.time()) + datetime.timedelta(
            seconds=self.now - day * DAY
        )

    @property
    def is_over(self) -> bool:
        return self.now >= self.calendar.n_days * DAY

    def step(self) -> None:
        """One interval."""
        done = math.floor(self.now / self.calendar.interval_time + 1e-9)  # rounding must not lose an interval
        self._advance(min((done + 1) * self.calendar.interval_time, self.calendar.n_days * DAY))
        if self.datacollector is not None:
            self.datacollector.collect(self)
        self.running = not self.is_over

    def run_until(self, at: float | str) -> None:
        """Run to an instant: seconds since the start, or the next "HH:MM"."""
        if isinstance(at, str):
            match = re.fullmatch(r"(\d{1,2}):(\d{2})", at)
            if not match:
                raise InputError(f"run_until: the time of day is {at!r}, must be like '14:30'")
            clock = int(match[1]) * 3600.0 + int(match[2]) * 60.0
            at = self.now // DAY * DAY + clock
            if at < self.now:
                at += DAY
        self._advance(min(float(at), self.calendar.n_days * DAY))

    def run_day(self) -> None:
        """To the next midnight."""
        self._advance((self.now // DAY + 1) * DAY)

    def run(self) -> None:
        """To the end."""
        while not self.is_over:
            self.run_day()

    def _advance(self, until: float) -> None:
        """Run to `until`, letting the people live at each midnight on the way."""
        while self.now < until or self.day < 0:
            if self.day < self.now // DAY:
                self._begin_day(self.day + 1)
            self.engine.run_until(min(until, (self.day + 1) * DAY))
            if self.now >= (self.day + 1) * DAY:
                self._end_day()

    def _begin_day(self, day: int) -> None:
        self.day = day
        weekday = self.calendar.weekday(day)
        self.programmes.begin_day(day)
        if self._usual_talk is not None:
            self.world.types.talk_factor[:] = self._usual_talk * self.demand.talk_level(day)  # type: ignore[attr-defined]
        changes = [] if self.careers is None else [self.careers.begin_day(day, weekday, self.engine)]
        if self.courses is not None:
            changes.append(self.courses.begin_day(day, weekday, self.engine))
        state = self.world.state[0]
        left = self.world.roster[state.next_roster : state.n_roster]  # shifts past midnight, doors that close at it
        roster = sort_rows(np.concatenate([left, self.roster.day(day, weekday), *changes]))
        arrivals = self.demand.arrivals(day)
        if self.channels is not None:
            self.channels.apply(arrivals, self._digital(arrivals["customer"]))
        self.engine.begin_day(arrivals, roster)

    def _digital(self, customers: np.ndarray) -> np.ndarray:
        """Which of these customers use self care."""
        return self.customers.store.columns["marks"][customers] & Mark.DIGITAL > 0

    def _end_day(self) -> None:
        self.programmes.end_day(self.day)
        if not self.world.state[0].recording:
            return
        records = self.engine.records(self.keeps_records)
        if self.keeps_records:
            self.records.append(records)
        if self.careers is not None:
            self.careers.end_day(self.day, records, self.world.types)
        self.programmes.ask(self.day, records)
        if hasattr(self.demand, "end_day"):
            has_cases = self.scenario.cases is not None
            self.demand.end_day(self.day, records[~is_case(records)] if has_cases else records)
            if has_cases:
                close_cases(self.customers.store.columns["flag_bits"], records)

    # ---- saving and going on ------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What the model itself keeps, beside its parts (see `twin.saving`)."""
        return {"records": self.records, **mesa_state(self)}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.records = [rows.view(RECORD).view(np.recarray) for rows in state["records"]]
        restore_mesa(self, state)

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write the model as it stands to one new file, from which `load` goes on."""
        from twin.saving import save

        return save(self, path, overwrite)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        days: int | None = None,
        trace: Any = None,
        datacollector: mesa.DataCollector | None = None,
        scenario: Scenario | None = None,
    ) -> Self:
        """A saved model as it stood: run on, it gives the same as if it had never stopped, bit for bit.

        Parameters
        ----------
        days : int, optional
            Counted days of the whole run, those before it was saved included; as it was unless given.
        trace : twin.trace.TraceTables, optional
            The tables that the model was given in place of the files that its scenario names.
        datacollector : mesa.DataCollector, optional
            As the model had one: its reporters are code and cannot be saved, what it had collected comes back.
        scenario : Scenario, optional
            Checked to be that of the saved model.

        Raises
        ------
        InputError
            If the file is damaged, of another version of the code, or not what was asked for.
        """
        from twin.saving import load

        return load(cls, path, days, trace, datacollector, scenario)

    # ---- what one sees ------------------------------------------------------------------------------------------

    @property
    def n_waiting(self) -> int:
        """Contacts in line now. Who has lost patience is gone, even if the kernel will look at it only later."""
        contacts = self.world.contacts
        return int(np.count_nonzero((contacts.phase == Phase.WAITING) & (contacts.gives_up_at > self.now)))

    @property
    def backlog(self) -> int:
        """E-mails, letters, desk work, messages and cases that lie, and on which nobody works."""
        contacts = self.world.contacts
        lies = (contacts.phase == Phase.DEFERRED) | (contacts.phase == Phase.HELD)
        return int(
            np.count_nonzero(lies & np.isin(contacts.deferral, [Deferral.WORK, Deferral.MESSAGE, Deferral.CASE]))
        )

    def count_operators(self, activity: str) -> int:
        """Operators who are "off", "idle", in "talk", "wrap" or on a "break"."""
        return int(np.count_nonzero(self.world.operators.activity == Activity[activity.upper()]))

    def inside(self) -> np.ndarray:
        """Rows of contacts in the IVR, waiting (on the telephone, to be called back, for an answer) or talking now."""
        contacts = self.world.contacts
        is_out = (contacts.phase == Phase.FREE) | (contacts.phase == Phase.RETURNING)
        return np.flatnonzero(
            ~is_out & ~np.isin(contacts.deferral, [Deferral.MESSAGE, Deferral.OUTBOUND, Deferral.CASE])
        )

    def remove_all_agents(self) -> None:
        super().remove_all_agents()
        if self.customers is not None:
            self.customers.store.kill(slice(None))

    def close(self) -> None:
        """Let go of what Mesa 3.3 keeps of every model for the life of the process."""
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)
