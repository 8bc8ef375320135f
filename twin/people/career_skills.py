"""What operators know: practice and forgetting day by day, objective certification month by month, seniority."""

import numpy as np

from twin.calendar import DAY
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.jit import entry
from twin.people.career_report import CareerLog
from twin.people.career_states import CareerEvent, Phase
from twin.people.career_table import CareerTable

LEAST_ANSWERED = 10
"""Contacts on matters of a skill from which their FCR says something [assumed]."""
FADING = 0.5
"""What last month's audits and answers weigh in the next assessment [assumed]."""


@entry
def normal_quantiles(levels):
    """Of each of many levels."""
    values = np.empty(len(levels))
    for i in range(len(levels)):
        values[i] = normal_quantile(levels[i])
    return values


class Skills:
    """Lives the matrices of the careers' table."""

    def __init__(self, table: CareerTable, log: CareerLog):
        self.table, self.log = table, log
        self.rule, self.test = table.careers.practice, table.careers.certification
        self.tau = table.scenario.abilities.learning_time / DAY
        self.unused_after = self.rule.unused_after / DAY
        self.forgets = 0.5 ** (DAY / self.rule.half_life)

    def experienced_share(self, day: int) -> np.ndarray:
        """Of the others in the team, how many are experienced, by position."""
        rows = self.table.rows
        is_there = rows.phase != Phase.VACANT
        is_old = is_there & (rows.cleared_on <= day - round(self.rule.experienced_after / DAY))
        n_old = np.bincount(rows.team, is_old)[rows.team] - is_old
        n = np.bincount(rows.team, is_there)[rows.team] - is_there
        return np.where(n > 0, n_old / np.maximum(n, 1), 0.0)

    def live(self, day: int) -> None:
        """One night of practice or forgetting. A skill is practised while it was used within `unused_after`.

        Practice closes the gap to `abilities.proficiency` of the level, and lets inexperience fade, like exp(-t / tau);
        among experienced colleagues t runs faster (De Grip, Sauermann, Sieben 2016). Unused, proficiency halves in
        `half_life`.
        """
        table, rows = self.table, self.table.rows
        pace = 1.0 / (1.0 - self.rule.team_gain * self.experienced_share(day))
        keeps = np.exp(-pace / self.tau)
        own = table.own
        is_used = day - table.used_on <= self.unused_after
        is_practised = own & is_used & (rows.phase >= Phase.PROBATION)[:, None]
        gap = np.maximum(table.goal[table.level] - table.proficiency, 0.0)
        grown = table.proficiency + gap * (1.0 - keeps)[:, None]
        lost = np.where(own & ~is_used, table.proficiency * self.forgets, table.proficiency)
        table.proficiency = np.where(is_practised, grown, lost)
        table.novice = np.where(is_practised, table.novice * keeps[:, None], table.novice)
        works = is_practised.any(axis=1)
        rows.inexperience[works] *= keeps[works]

    def assess(self, day: int, month: int) -> np.ndarray:
        """The month's certification: test, audited quality and FCR. Positions that lost a skill.

        Who would lose the skill of the position is taught it again and keeps answering; who is just being retrained
        after a move is not assessed.
        """
        table, rows, weights = self.table, self.table.rows, self.test
        self._set_tests(month)
        quality = np.where(rows.audited > 0, 1.0 - rows.errors / np.maximum(rows.audited, 1e-9), np.nan)
        fcr = np.where(table.answered >= LEAST_ANSWERED, table.resolved / np.maximum(table.answered, 1e-9), np.nan)
        score = certified_score(table.test, quality[:, None], fcr, (weights.test, weights.quality, weights.fcr))
        is_due = (rows.phase >= Phase.PROBATION) & (rows.move_left <= 0)
        fails = table.own & is_due[:, None] & (score < weights.held_from)
        again = np.flatnonzero(fails[np.arange(len(rows)), rows.first] & (rows.first >= 0) & (rows.module < 0))
        rows.module[again], rows.module_left[again] = rows.first[again], table.careers.training.module_hours
        self.log.add(day, CareerEvent.MODULE, again, rows.generation[again], rows.first[again])
        fails[np.arange(len(rows)), rows.first] = False
        lost, skills = np.nonzero(fails)
        for row, skill in zip(lost.tolist(), skills.tolist(), strict=True):
            table.drop(row, skill)
        self.log.add(day, CareerEvent.SKILL_LOST, lost, rows.generation[lost], skills)
        for sums in (rows.audited, rows.errors, table.answered, table.resolved):
            sums *= FADING
        self._promote(day)
        return np.unique(lost)

    def _set_tests(self, month: int) -> None:
        """Everybody is tested a few times a year, not all in the same month: proficiency, and the day's luck."""
        table, rows = self.table, self.table.rows
        every = max(round(12 / self.test.tests_a_year), 1)
        due = np.flatnonzero(((np.arange(len(rows)) + month) % every == 0) & (rows.phase >= Phase.PROBATION))
        for skill in np.flatnonzero(table.is_tracked).tolist():
            luck = table.draw(Purpose.SKILL_TEST, due, 1024 * month + skill)[:, 0]
            error = self.test.test_spread * normal_quantiles(luck)
            table.test[due, skill] = np.clip(table.proficiency[due, skill] + error, 0.0, 1.0)

    def _promote(self, day: int) -> None:
        """Seniors by proficiency and time; the longest serving of each team leads it."""
        table, rows = self.table, self.table.rows
        of_first = np.where(rows.first >= 0, table.proficiency[np.arange(len(rows)), rows.first], 0.0)
        since = rows.cleared_on <= day - round(self.rule.senior_after / DAY)
        is_senior = (rows.phase == Phase.CONFIRMED) & since & (of_first >= self.rule.senior)
        new = np.flatnonzero(is_senior & ~rows.is_senior)
        self.log.add(day, CareerEvent.SENIOR, new, rows.generation[new])
        rows.is_senior |= is_senior
        has_leader = np.bincount(rows.team, rows.is_leader) > 0
        order = np.lexsort((rows.cleared_on, rows.team))
        order = order[rows.is_senior[order] & ~has_leader[rows.team[order]]]
        _, first = np.unique(rows.team[order], return_index=True)
        leaders = order[first]
        rows.is_leader[leaders] = True
        self.log.add(day, CareerEvent.LEADS, leaders, rows.generation[leaders])


def certified_score(
    test: np.ndarray, quality: np.ndarray, fcr: np.ndarray, weights: tuple[float, float, float]
) -> np.ndarray:
    """Weighted mean of what was measured (NaN = was not): 0.5 test + 0.3 quality + 0.2 FCR (S1; domain reference 7)."""
    total = weight = np.zeros(())
    for value, share in zip((test, quality, fcr), weights, strict=True):
        is_known = ~np.isnan(value)
        total = total + np.where(is_known, share * value, 0.0)
        weight = weight + np.where(is_known, share, 0.0)
    return np.asarray(total / np.maximum(weight, 1e-12))
