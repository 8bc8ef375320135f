"""Operators' careers, lived at midnight: what each topic does stands in the files `career_...`; here is their order."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from twin.kernel.codes import Activity, Event
from twin.kernel.engine import Engine
from twin.kernel.tables import ROSTER
from twin.people.career_absence import Spells
from twin.people.career_count import N_SUMS, N_WORK, Work, count_day
from twin.people.career_flow import Pipeline, Turnover
from twin.people.career_incentives import Payment, mean_csi
from twin.people.career_moves import move_all
from twin.people.career_quality import Control
from twin.people.career_report import CareerLog, CareerReport
from twin.people.career_saving import arrays_of, take_over
from twin.people.career_skills import Skills
from twin.people.career_states import MONTH, CareerEvent, Phase, Stage
from twin.people.career_table import CareerTable
from twin.people.career_training import Training, skill_rows
from twin.people.persons import Person
from twin.scenario.career_schema import careers_of
from twin.scenario.schema import Scenario
from twin.world.abilities import ability_table
from twin.world.names import Names
from twin.world.reskill import SkillTables, show_abilities

DAY = 86400.0
ON_DUTY = (Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.HOLD, Activity.BREAK, Activity.OUTAGE)
BUSY = (Activity.TALK, Activity.WRAP, Activity.HOLD)
SUMS = ("_sums", "_work", "_time", "_n_handled")
"""Of the month and the week, as arrays."""


class Careers:
    """The careers of all positions of a centre.

    At each midnight: turnover and phases, practice, illness. On Mondays also positions filled, training tested, audits;
    on the first Monday of a month assessment, coaching, the skill map and pay.
    """

    def __init__(self, scenario: Scenario, names: Names, persons: Sequence[Person], seed: int, warm_up: int):
        rules = careers_of(scenario)
        assert rules is not None
        self.scenario, self.names, self.rules, self.persons, self.seed = scenario, names, rules, persons, seed
        self.warm_up = warm_up
        self.log = CareerLog(names)
        self.table = CareerTable(scenario, names, rules, persons, seed)
        self.turnover = Turnover(self.table, self.log)
        self.pipeline = Pipeline(self.table, self.log, self.turnover)
        self.skills = Skills(self.table, self.log)
        self.spells = Spells(self.table)
        self.training = Training(self.table, self.log)
        self.control = Control(self.table, self.log)
        self.payment = Payment(self.table)
        self._tables = SkillTables.of(scenario, persons)
        n = len(persons)
        self._month = 0
        self._sums, self._work = np.zeros((N_SUMS, n)), np.zeros((N_WORK, len(names.skills)))
        """Of the month: by operator, and by skill."""
        self._time = np.zeros((n, len(Activity)))
        """Of each operator at the last month's end."""
        self._n_handled = np.zeros(n)
        """The same on the last Monday."""
        self._n_away = 0.0
        self._n_days = 0

    def state(self) -> dict[str, Any]:
        """What is counted of month and week; the parts keep the rest (see `twin.saving.Stateful`)."""
        return {"month": self._month, "n_away": self._n_away, "n_days": self._n_days} | arrays_of(self, SUMS)

    def restore(self, state: Mapping[str, Any]) -> None:
        self._month, self._n_away, self._n_days = state["month"], state["n_away"], state["n_days"]
        take_over(self, SUMS, state)

    # ---- midnight -----------------------------------------------------------------------------------------------

    def begin_day(self, day: int, weekday: int, engine: Engine) -> np.ndarray:
        """Live one night. ROSTER rows for those on duty who may answer more from now on."""
        is_monday = weekday == 0
        self.turnover.live(day)
        filled = self.pipeline.live(day, is_monday)
        has_other_skills = day == 0 or len(filled) > 0
        if self.scenario.migration is not None and self.scenario.migration.on == day - self.warm_up:
            move_all(self.table, self.log, self.persons, day, self.seed)
            has_other_skills = True
        self.skills.live(day)
        self.spells.live(day)
        if is_monday and day > 0:
            has_other_skills |= self._live_week(day, engine.world)
        self._n_away += float(self.spells.away(day).sum())
        self._n_days += 1
        return self._show(day, engine, has_other_skills, is_monday)

    def _live_week(self, day: int, world: Any) -> bool:
        """Whether somebody holds other skills now."""
        n_handled = world.operators["n_handled"] - self._n_handled
        self._n_handled = world.operators["n_handled"].astype(float)
        self.control.week(day // 7, n_handled)
        changes = len(self.training.week(day)) > 0
        if int(day / MONTH) > self._month:
            changes |= self._live_month(day, world)
        return changes

    def _live_month(self, day: int, world: Any) -> bool:
        so_far = world.operator_time[:, : len(Activity)]
        time = so_far - self._time
        self._time = so_far.copy()
        rows = self.table.rows
        busy, available = (time[:, kinds].sum(axis=1) for kinds in (BUSY, (*BUSY, Activity.IDLE)))
        rows.occupancy = np.where(available > 0, busy / np.maximum(available, 1e-9), rows.occupancy)
        lost_skills = self.skills.assess(day, self._month)
        self.control.coach(day, mean_csi(self._sums))
        n_handled = self._work[Work.HANDLED]
        mean = np.where(n_handled > 0, self._work[Work.TIME] / np.maximum(n_handled, 1), 0.0)
        self.training.work_time = self._work[Work.TIME] + self._work[Work.LOST] * mean
        needed, held, shares = self.training.skill_map(time)
        n_there = max(float((rows.phase != Phase.VACANT).sum()), 1.0)
        self.training.plan(day, needed, held, shares, float(available.sum()) / 3600 / n_there)
        self.log.skills.append(skill_rows(self.table, day, needed, held))
        self.log.months.append(self._told(day, time))
        self._month = int(day / MONTH)
        self._sums[:], self._work[:] = 0.0, 0.0
        return len(lost_skills) > 0

    def _told(self, day: int, time: np.ndarray) -> dict[str, Any]:
        """The month's row."""
        rows, n = self.table.rows, len(self.table.rows)
        is_there = rows.phase != Phase.VACANT
        held = self.table.proficiency[np.arange(n), rows.first][is_there & (rows.first >= 0)]
        row: dict[str, Any] = {"day": day, "positions": n}
        row |= {phase.name.lower(): int((rows.phase == phase).sum()) for phase in Phase}
        row |= {stage.name.lower(): self.pipeline.n(stage) for stage in Stage}
        row["absent"] = self._n_away / max(self._n_days * n, 1) - row["vacant"] / n
        row["proficiency"] = float(held.mean()) if len(held) else np.nan
        row["inexperience"] = float(rows.inexperience[is_there].mean()) if is_there.any() else np.nan
        row["seniors"], row["leaders"] = int(rows.is_senior.sum()), int(rows.is_leader.sum())
        row |= {f"n_{event.name.lower()}": self.log.counts[f"n_{event.name.lower()}"] for event in CareerEvent}
        row |= self.training.month(self.pipeline.class_heads) | self.control.month()
        row |= self.payment.pay(self._sums, time[:, ON_DUTY].sum(axis=1))
        self.log.counts.clear()
        self.pipeline.class_heads = self._n_away = 0.0
        self._n_days = 0
        return row

    # ---- what the kernel sees -----------------------------------------------------------------------------------

    def _show(self, day: int, engine: Engine, has_other_skills: bool, is_monday: bool) -> np.ndarray:
        """Abilities of all on Mondays, at other times of those who were cleared; who answers what, when it changed."""
        gained = np.zeros(0, np.int64)
        if has_other_skills:
            engine.world, gained = self._tables.rebuilt(engine.world, self.table.level)
        if has_other_skills or is_monday:
            engine.world = show_abilities(engine.world, self.abilities(day))
        else:
            cleared = np.flatnonzero(self.table.rows.cleared_on == day)
            if len(cleared):
                engine.world = show_abilities(engine.world, self.abilities(day)[cleared], cleared)
        idle = gained[engine.world.operators["activity"][gained] == Activity.IDLE]
        rows = np.zeros(len(idle), ROSTER)
        rows["at"], rows["kind"], rows["who"] = day * DAY, Event.RESKILL, idle
        return rows

    def show_skills(self, day: int, engine: Engine) -> np.ndarray:
        """Somebody holds other skills (see `_show`)."""
        return self._show(day, engine, True, False)

    def abilities(self, day: int) -> np.ndarray:
        """ABILITY (operators, skills): what each makes of each matter today."""
        table, rows = self.table, self.table.rows
        novice = np.maximum(table.novice, rows.inexperience[:, None])
        proficiency = np.where(table.level <= 4, table.proficiency, 0.0)
        found: Any = ability_table(self.scenario, self.names, table.level, proficiency, novice, rows.speed)
        nesting = rows.phase == Phase.NESTING
        usual = 1.0 + self.scenario.abilities.novice_handle * novice[nesting]
        found.handle[nesting] *= self.rules.hiring.nesting_handle / usual
        found.fcr += self.control.bonus(day)[:, None]
        return found

    # ---- the day ------------------------------------------------------------------------------------------------

    def away(self, day: int) -> np.ndarray:
        """Bool by position: nobody comes."""
        return self.spells.away(day)

    def end_early(self, shift: int, who: np.ndarray, length: np.ndarray) -> np.ndarray:
        """Seconds of training at the end of today's shift, for each of those who come."""
        return self.training.end_early(shift, who, length)

    def end_day(self, day: int, records: np.ndarray, types: np.ndarray) -> None:
        """What the day's contacts tell: skills used, matters settled, work of each skill."""
        table = self.table
        needs = types["need"]
        self.control.channels.count(records, types)
        count_day(records, needs, day, table.used_on, table.answered, table.resolved, self._work, self._sums)

    def facts(self) -> dict[str, float]:
        """Operators of today who were moved within the run, and all hours in training but those in class."""
        return {
            "career_moved": int(self.table.rows.has_moved.sum()),
            "career_training_hours": self.training.total,
        }

    def skills_of(self, row: int) -> dict[str, float]:
        """Proficiency by skill held, of who holds the position."""
        held = np.flatnonzero(self.table.level[row] <= 4) if self.table.rows.phase[row] else ()
        return {self.names.skills[skill]: float(self.table.proficiency[row, skill]) for skill in held}

    def report(self) -> CareerReport:
        """Log and tables; days count from the first counted one."""
        return self.log.report(self.warm_up)
