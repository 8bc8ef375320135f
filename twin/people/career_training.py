"""Training: the skill map's gaps, who learns what, and the hours that it takes out of the roster."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.kernel.codes import Activity, Purpose
from twin.later import pd
from twin.people.career_report import CareerLog
from twin.people.career_saving import arrays_of, take_over
from twin.people.career_states import WEEKS_A_YEAR, CareerEvent, Phase
from twin.people.career_table import CareerTable

HOUR = 3600.0
KINDS = ("move", "module", "coach", "refresh")
"""In this order they take the hours there are."""
PAID_WEEK = 40.0
"""Hours a week in class (X: L1, 2,088 paid hours a year)."""
LOOKS_BACK = 7
"""Days of training hours that may be caught up."""


class Training:
    """Debts of hours in the table, worked off at the end of shifts."""

    def __init__(self, table: CareerTable, log: CareerLog):
        self.table, self.log, self.rule = table, log, table.careers.training
        self.hours = dict.fromkeys(KINDS, 0.0)
        """Spent this month, by kind."""
        self.total = 0.0
        """Spent since the start of the run."""
        self._budget: dict[int, float] = {}
        self.work_time = np.zeros(len(table.names.skills))
        """Seconds that matters of each skill took this month, those lost at a mean time."""

    def state(self) -> dict[str, Any]:
        """Hours spent, and those that each shift may catch up (see `twin.saving.Stateful`)."""
        plain = {"hours": self.hours, "total": self.total, "budget": list(self._budget.items())}
        return plain | arrays_of(self, ["work_time"])

    def restore(self, state: Mapping[str, Any]) -> None:
        self.hours, self.total = state["hours"], state["total"]
        self._budget = dict(state["budget"])
        take_over(self, ["work_time"], state)

    # ---- the day's roster ---------------------------------------------------------------------------------------

    def end_early(self, shift: int, who: np.ndarray, length: np.ndarray) -> np.ndarray:
        """Seconds by which those who come today leave the telephone early, within what the shift can spare."""
        if not len(who):
            return np.zeros(0)
        rows, block = self.table.rows, min(self.rule.block, float(length.min())) / HOUR
        today = self.rule.capacity * float(length.sum()) / HOUR
        budget = min(self._budget.get(shift, 0.0) + today, max(LOOKS_BACK * today, block))
        is_taught = rows.phase[who] >= Phase.PROBATION
        urgent = np.where(is_taught, rows.move_left[who] + rows.module_left[who] + rows.coach_left[who], 0.0)
        refresh = np.where(is_taught & (rows.refresh_left[who] >= block), rows.refresh_left[who], 0.0)
        due = urgent + refresh
        turn = np.select([rows.move_left[who] > 0, urgent > 0], [0, 1], 2)
        order = np.lexsort((who, np.where(turn == 0, due, -due), turn))  # a move is finished before the next begins
        order = order[due[order] > 0][: math.floor(budget / block + 1e-9)]
        early = np.zeros(len(who))
        for place in order.tolist():
            early[place] = self._spend(int(who[place]), min(block, float(due[place])))
        self._budget[shift] = budget - float(early.sum())
        return early * HOUR

    def _spend(self, row: int, hours: float) -> float:
        me, left = self.table.rows[row], hours
        for kind in KINDS:
            part = min(left, float(me[f"{kind}_left"]))
            me[f"{kind}_left"] -= part
            self.hours[kind] += part
            left -= part
        self.total += hours - left
        return hours - left

    # ---- Mondays ------------------------------------------------------------------------------------------------

    def week(self, day: int) -> np.ndarray:
        """Refreshers fall due, modules that are over are tested, the moved certified. Who holds other skills now."""
        rows = self.table.rows
        rows.refresh_left[rows.phase >= Phase.PROBATION] += self.rule.refresh_hours / WEEKS_A_YEAR
        self._retrained(day)
        return self._tested(day)

    def _retrained(self, day: int) -> None:
        """The hours of a move are spent: certified in what was brought too little of."""
        table, rows = self.table, self.table.rows
        done = np.flatnonzero(rows.is_in_retraining & (rows.move_left <= 0))
        certified = table.careers.practice.certified
        lacks = table.own[done] & (table.proficiency[done] < certified)
        table.proficiency[done] = np.where(lacks, certified, table.proficiency[done])
        table.test[done] = np.where(lacks, certified, table.test[done])
        rows.is_in_retraining[done] = False
        self.log.add(day, CareerEvent.RETRAINED, done, rows.generation[done])

    def _tested(self, day: int) -> np.ndarray:
        table, rows = self.table, self.table.rows
        done = np.flatnonzero((rows.module >= 0) & (rows.module_left <= 0))
        if len(done) == 0:
            return done
        skills = rows.module[done].copy()
        passes = table.draw(Purpose.MODULE_TEST, done, day)[:, 0] < self.rule.passed
        rows.module[done] = -1
        failed, gained, taught = done[~passes], done[passes], skills[passes]
        self.log.add(day, CareerEvent.MODULE_FAILED, failed, rows.generation[failed], skills[~passes])
        is_new = ~table.own[gained, taught]
        alike = (table.own[gained] & table.alike[taught]).any(axis=1)
        brought = np.where(alike, self.rule.retained_alike, self.rule.retained_other)
        table.novice[gained, taught] = np.where(is_new, 1.0 - brought, table.novice[gained, taught])
        before = np.where(is_new, 0.0, table.proficiency[gained, taught])
        reached = np.maximum(before, table.careers.practice.certified)
        table.proficiency[gained, taught] = table.test[gained, taught] = reached
        table.level[gained, taught] = np.where(is_new, 2, table.level[gained, taught])
        table.used_on[gained, taught] = day
        table.answered[gained, taught] = table.resolved[gained, taught] = 0.0
        self.log.add(day, CareerEvent.SKILL_GAINED, gained, rows.generation[gained], taught)
        return gained[is_new]

    # ---- the skill map ------------------------------------------------------------------------------------------

    def skill_map(self, time: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Hours needed and held by skill in the month, and each operator's share for each skill.

        Needed: the work of matters of the skill, at the occupancy for which one plans. Held: the hours on the telephone
        of those who hold it; who holds several gives to each in proportion to what is needed.
        """
        needed = self.work_time / HOUR / self.rule.occupancy
        at_work = time[:, [Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.HOLD]].sum(axis=1) / HOUR
        own = self.table.own & (self.table.rows.phase != Phase.VACANT)[:, None]
        weights = own * (needed + 1e-9)
        shares = weights / np.maximum(weights.sum(axis=1), 1e-12)[:, None]
        return needed, shares.T @ at_work, shares

    def plan(self, day: int, needed: np.ndarray, held: np.ndarray, shares: np.ndarray, hours: float) -> None:
        """Modules where the map shows a gap, the widest first, to those whose own skills can spare them.

        `hours` : on the telephone a month of one operator; a further skill takes half of them.
        """
        if not self.rule.plans or hours <= 0:
            return
        table, rows = self.table, self.table.rows
        left = math.floor(self.rule.modules_a_month * len(rows) + 0.5)
        spare = shares @ np.where(needed > 0, held / np.maximum(needed, 1e-9), 2.0).clip(0.0, 2.0)
        for skill in np.argsort(held - needed, kind="stable").tolist():
            gap = needed[skill] - held[skill]
            if gap <= 0 or left <= 0:
                break
            who = self._candidates(skill)
            alike = (table.own[who] & table.alike[skill]).any(axis=1)
            who = who[np.lexsort((who, -spare[who], ~alike))][: min(left, math.ceil(gap / (0.5 * hours)))]
            rows.module[who], rows.module_left[who] = skill, self.rule.module_hours
            self.log.add(day, CareerEvent.MODULE, who, rows.generation[who], skill)
            left -= len(who)

    def _candidates(self, skill: int) -> np.ndarray:
        table, rows = self.table, self.table.rows
        may = (rows.phase == Phase.CONFIRMED) & (rows.module < 0) & (rows.move_left <= 0)
        may &= table.of_modules[rows.group, skill] & (table.level[:, skill] > 2)
        may &= table.own.sum(axis=1) < self.rule.most_skills
        if table.names.skills[skill] in table.careers.practice.senior_skills:
            may &= rows.is_senior
        return np.flatnonzero(may)

    # ---- what is reported ---------------------------------------------------------------------------------------

    def month(self, class_days: float) -> dict[str, float]:
        """Hours of the month by kind, and their cost; then they are counted anew."""
        hours = {f"{kind}_hours": spent for kind, spent in self.hours.items()}
        hours["class_hours"] = class_days / 7.0 * PAID_WEEK
        money = self.table.scenario.money
        hours["training_cost"] = sum(hours.values()) * (money.trained_hour if money is not None else 0.0)
        self.hours = dict.fromkeys(KINDS, 0.0)
        return hours


def skill_rows(table: CareerTable, day: int, needed: np.ndarray, held: np.ndarray) -> pd.DataFrame:
    """The month's rows by skill: who holds it, how well, what is needed and what there is."""
    own = table.own & (table.rows.phase != Phase.VACANT)[:, None]
    n = own.sum(axis=0)
    mean = np.where(own, table.proficiency, 0.0).sum(axis=0) / np.maximum(n, 1)
    found = pd.DataFrame(
        {
            "day": day,
            "skill": table.names.skills,
            "holders": n,
            "proficiency": np.where(n > 0, mean, np.nan),
            "needed_hours": needed,
            "held_hours": held,
        }
    )
    return found.loc[np.flatnonzero(table.is_tracked)]
