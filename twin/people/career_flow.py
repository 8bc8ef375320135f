"""Who comes and who goes: turnover, clearance, probation, and the pipeline that refills positions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.calendar import DAY, YEAR
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.people.career_report import CareerLog
from twin.people.career_states import NEVER, CareerEvent, Phase, Stage
from twin.people.career_table import CareerTable


@dataclass
class Cohort:
    """People of one group who are selected or taught together, by number."""

    group: int
    stage: Stage
    numbers: np.ndarray
    ends_on: int


class Turnover:
    """Persons leave by a hazard that wears down their own clock: a higher one brings the day forward."""

    def __init__(self, table: CareerTable, log: CareerLog):
        self.table, self.log = table, log
        self.rule, self.incentives = table.careers.turnover, table.careers.incentives
        self.rates = table.yearly_rates()

    def hazards(self) -> np.ndarray:
        """Of leaving, a day, by position; 0 where nobody is."""
        rows, rule = self.table.rows, self.rule
        rates = self.rates + rule.occupancy_slope * np.maximum(rows.occupancy - rule.occupancy_limit, 0.0)
        rates = np.where(self.rates > 0, rates, 0.0)
        is_new = (rows.phase == Phase.NESTING) | (rows.phase == Phase.PROBATION)
        rates[is_new] *= rule.probation
        if self.incentives.team is not None:
            rates[rows.has_lost_bonus] *= self.incentives.team.turnover_lost
        return np.where(rows.phase == Phase.VACANT, 0.0, rates / YEAR)

    def live(self, day: int) -> None:
        """One night: who leaves, who passes from one phase to the next."""
        rows = self.table.rows
        rows.leave_left -= self.hazards()
        self._vacate(day, np.flatnonzero((rows.leave_left <= 0) & (rows.phase != Phase.VACANT)), CareerEvent.LEFT)
        self._clear(day, np.flatnonzero((rows.phase == Phase.NESTING) & (rows.phase_ends <= day)))
        done = np.flatnonzero((rows.phase == Phase.PROBATION) & (rows.phase_ends <= day))
        rows.phase[done], rows.phase_ends[done] = Phase.CONFIRMED, NEVER
        self.log.add(day, CareerEvent.CONFIRMED, done, rows.generation[done])

    def _vacate(self, day: int, gone: np.ndarray, event: CareerEvent) -> None:
        rows = self.table.rows
        self.log.add(day, event, gone, rows.generation[gone])
        rows.phase[gone], rows.vacant_on[gone], rows.phase_ends[gone] = Phase.VACANT, day, NEVER
        rows.is_leader[gone] = rows.is_senior[gone] = rows.is_in_retraining[gone] = False
        rows.module[gone] = -1
        for left in ("module_left", "move_left", "refresh_left", "coach_left"):
            rows[left][gone] = 0.0

    def _clear(self, day: int, due: np.ndarray) -> None:
        """The leader's clearance: certified in the one skill, on probation from now on; or gone."""
        table, hiring = self.table, self.table.careers.hiring
        rows = table.rows
        if len(due) == 0:
            return
        fails = table.draw(Purpose.CLEARANCE, due, 0)[:, 0] < hiring.nesting_failed
        self._vacate(day, due[fails], CareerEvent.NESTING_FAILED)
        passed = due[~fails]
        rows.phase[passed], rows.cleared_on[passed] = Phase.PROBATION, day
        rows.phase_ends[passed] = day + round(hiring.probation / DAY)
        reached = np.maximum(table.proficiency[passed], table.careers.practice.certified)
        table.proficiency[passed] = np.where(table.own[passed], reached, table.proficiency[passed])
        table.test[passed] = table.proficiency[passed]
        self.log.add(day, CareerEvent.CLEARED, passed, rows.generation[passed])


class Pipeline:
    """Posts are opened for vacancies and for those expected until the people now invited can begin."""

    def __init__(self, table: CareerTable, log: CareerLog, turnover: Turnover):
        self.table, self.log, self.turnover = table, log, turnover
        self.rule = table.careers.hiring
        self.cohorts: list[Cohort] = []
        self.ready: list[list[int]] = [[] for _ in table.names.groups]
        self._n_invited = [0] * len(table.names.groups)
        self.selection_days, self.class_days = (
            round(time / DAY) for time in (self.rule.selection_time, self.rule.class_time)
        )
        self.class_heads = 0.0
        """Days in class this month, over all who were there."""
        self._prefill()

    def state(self) -> dict[str, Any]:
        """Who is selected, taught, or ready for a position (see `twin.saving.Stateful`)."""
        cohorts = [[c.group, int(c.stage), c.numbers.tolist(), c.ends_on] for c in self.cohorts]
        return {
            "cohorts": cohorts,
            "ready": self.ready,
            "n_invited": self._n_invited,
            "class_heads": self.class_heads,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.cohorts = [
            Cohort(group, Stage(stage), np.array(numbers, np.int64), ends_on)
            for group, stage, numbers, ends_on in state["cohorts"]
        ]
        self.ready, self._n_invited = state["ready"], state["n_invited"]
        self.class_heads = state["class_heads"]

    @property
    def lead(self) -> int:
        """Days from the opening of a post to the first day on the telephone, with the wait for a Monday."""
        return self.selection_days + self.class_days + 7

    @property
    def _survival(self) -> dict[Stage, float]:
        """Share that ends on probation, by stage."""
        cleared = 1.0 - self.rule.nesting_failed
        passed = cleared * (1.0 - self.rule.class_failed)
        return {Stage.SELECTION: passed * self.rule.accepted, Stage.CLASS: passed, Stage.READY: cleared}

    def n(self, stage: Stage, group: int | None = None) -> int:
        """Heads in a stage."""
        if stage == Stage.READY:
            return sum(len(ready) for g, ready in enumerate(self.ready) if group in (None, g))
        return sum(len(c.numbers) for c in self.cohorts if c.stage == stage and group in (None, c.group))

    def _invite(self, group: int, n: int, stage: Stage, ends_on: int) -> None:
        if n > 0:
            first = self._n_invited[group]
            self._n_invited[group] += n
            self.cohorts.append(Cohort(group, stage, np.arange(first, first + n), ends_on))

    def _prefill(self) -> None:
        """At the start of the run, the people whom the expected turnover would have had invited before."""
        hazards, survival = self.turnover.hazards(), self._survival
        for group in range(len(self.ready)):
            a_day = float(hazards[self.table.rows.group == group].sum())
            invited = {Stage.SELECTION: 0, Stage.CLASS: 0}
            expected = {Stage.SELECTION: 0.0, Stage.CLASS: 0.0}
            for ends_on in range(7, self.selection_days + self.class_days + 7, 7):
                stage = Stage.CLASS if ends_on <= self.class_days else Stage.SELECTION
                expected[stage] += 7 * a_day / survival[stage]
                n = round(expected[stage]) - invited[stage]
                invited[stage] += n
                self._invite(group, n, stage, ends_on - (0 if stage == Stage.CLASS else self.class_days))

    def live(self, day: int, is_monday: bool) -> np.ndarray:
        """One night; on Mondays positions are filled and posts opened. The positions that were filled."""
        self.class_heads += self.n(Stage.CLASS)
        due = [cohort for cohort in self.cohorts if cohort.ends_on <= day]
        self.cohorts = [cohort for cohort in self.cohorts if cohort.ends_on > day]
        for cohort in due:
            self._select(cohort, day) if cohort.stage == Stage.SELECTION else self._examine(cohort, day)
        if not is_monday:
            return np.zeros(0, np.int64)
        filled = self._fill(day)
        hazards = self.turnover.hazards()
        for group in range(len(self.ready)):
            self._open(group, day, hazards)
        return filled

    def _chance(self, cohort: Cohort, purpose: Purpose) -> np.ndarray:
        who = cohort.numbers.astype(np.uint64) | (np.uint64(cohort.group + 1) << np.uint64(40))
        return uniform_pairs(self.table.seed, np.uint64(purpose), who, np.uint64(0))[:, 0]

    def _select(self, cohort: Cohort, day: int) -> None:
        chosen = cohort.numbers[self._chance(cohort, Purpose.SELECTION) < self.rule.accepted]
        self.log.add(day, CareerEvent.SELECTED, np.full(len(chosen), -1), chosen)
        if len(chosen):
            self.cohorts.append(Cohort(cohort.group, Stage.CLASS, chosen, day + self.class_days))

    def _examine(self, cohort: Cohort, day: int) -> None:
        fails = self._chance(cohort, Purpose.LEARNING_TEST) < self.rule.class_failed
        self.log.add(day, CareerEvent.CLASS_FAILED, np.full(int(fails.sum()), -1), cohort.numbers[fails])
        self.ready[cohort.group] += cohort.numbers[~fails].tolist()

    def _fill(self, day: int) -> np.ndarray:
        """Those who are ready take positions that were vacant by yesterday, the longest vacant first."""
        rows = self.table.rows
        filled = []
        for group, ready in enumerate(self.ready):
            if not ready:
                continue
            free = np.flatnonzero((rows.group == group) & (rows.phase == Phase.VACANT) & (rows.vacant_on < day))
            for row in free[np.argsort(rows.vacant_on[free], kind="stable")][: len(ready)].tolist():
                ready.pop(0)
                self.table.seat(row, day)
                filled.append(row)
        found = np.array(filled, np.int64)
        self.log.add(day, CareerEvent.JOINED, found, rows.generation[found])
        return found

    def _open(self, group: int, day: int, hazards: np.ndarray) -> None:
        rows, survival = self.table.rows, self._survival
        mine = rows.group == group
        n_nesting = int((mine & (rows.phase == Phase.NESTING)).sum())
        wanted = int((mine & (rows.phase == Phase.VACANT)).sum()) + self.rule.nesting_failed * n_nesting
        wanted += float(hazards[mine].sum()) * self.lead
        wanted -= sum(survival[stage] * self.n(stage, group) for stage in Stage)
        posts = math.floor(wanted + 0.5)
        if posts > 0:
            n = math.ceil(posts / survival[Stage.SELECTION] - 1e-9)
            self._invite(group, n, Stage.SELECTION, day + self.selection_days)
