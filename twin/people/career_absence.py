"""Illness and leave, in spells: keyed by person and day, so they come on the same days under every caring model."""

import numpy as np

from twin.calendar import DAY
from twin.kernel.codes import Purpose
from twin.people.career_states import Phase
from twin.people.career_table import CareerTable


class Spells:
    """A day's hazard of falling ill, and a geometric length, that together give the site's share of days."""

    def __init__(self, table: CareerTable):
        self.table = table
        rule, usual = table.careers.absence, table.scenario.abilities.absence
        shares = np.array([rule.share.get(site, usual.get(site, 0.0)) for site in table.names.sites])
        self.mean = max(rule.mean / DAY, 1.0)
        share = np.minimum(shares[table.rows.site], 0.99)
        self.hazard = np.minimum(share / ((1.0 - share) * self.mean), 1.0)
        """Of a spell that begins, on a day on which one would be there: share = hazard x mean / (1 + hazard x mean)."""
        self.stays_on = 1.0 - 1.0 / self.mean
        self._begin(0, share)

    def _begin(self, day: int, share: np.ndarray) -> None:
        """At the start some are away already, for a time that has no memory."""
        chance = self.table.draw(Purpose.SPELL, np.arange(len(share)), 0)
        away = chance[:, 0] < share
        self.table.rows.absent_until[away] = day + self._lengths(chance[away, 1])

    def _lengths(self, levels: np.ndarray) -> np.ndarray:
        if self.stays_on <= 0:
            return np.ones(len(levels), np.int64)
        return 1 + np.floor(np.log(1.0 - levels) / np.log(self.stays_on)).astype(np.int64)

    def live(self, day: int) -> None:
        """Who falls ill today."""
        rows = self.table.rows
        chance = self.table.draw(Purpose.SPELL, np.arange(len(rows)), day + 1)
        falls = (rows.absent_until <= day) & (chance[:, 0] < self.hazard) & (rows.phase != Phase.VACANT)
        falls &= rows.absent_until != day  # a day at least between two spells, as the share is reckoned
        rows.absent_until[falls] = day + self._lengths(chance[falls, 1])

    def away(self, day: int) -> np.ndarray:
        """Bool by position: nobody comes."""
        rows = self.table.rows
        return (rows.phase == Phase.VACANT) | (rows.absent_until > day)
