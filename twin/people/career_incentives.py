"""What is paid for quality: an outsourcer's bonus or malus, teams' bonus, management's objectives (S2, S3; X: T8)."""

import math

import numpy as np

from twin.people.career_count import Sum
from twin.people.career_states import Phase
from twin.people.career_table import CareerTable
from twin.scenario.career_schema import Incentives, Indicators


def mean_csi(sums: np.ndarray) -> np.ndarray:
    """Of the month by operator; NaN where nobody was asked."""
    return np.where(sums[Sum.N_CSI] > 0, sums[Sum.CSI] / np.maximum(sums[Sum.N_CSI], 1), np.nan)


def scores(sums: np.ndarray, who: np.ndarray, rule: Incentives) -> Indicators | None:
    """The three indicators of these operators together, each from -1 to 1; None if they handled nothing.

    `sums` : (kinds of `Sum`, operators), of the month.
    """
    total = sums[:, who].sum(axis=1).tolist()
    if total[Sum.HANDLED] == 0:
        return None
    csi = total[Sum.CSI] / total[Sum.N_CSI] if total[Sum.N_CSI] else rule.csi_goal
    recall = total[Sum.RETURNED] / total[Sum.FIRST] if total[Sum.FIRST] else rule.recall_goal
    level = total[Sum.IN_20S] / total[Sum.HANDLED]
    return Indicators.model_construct(
        csi=_score(csi - rule.csi_goal, rule.csi_span),
        recall=_score(rule.recall_goal - recall, rule.recall_span),
        service_level=_score(level - rule.service_level_goal, rule.service_level_span),
    )


def _score(distance: float, span: float) -> float:
    return float(min(max(distance / span, -1.0), 1.0))


class Payment:
    """At the end of each month."""

    def __init__(self, table: CareerTable):
        self.table, self.rule = table, table.careers.incentives
        self.wages = np.array([table.scenario.sites[site].wage for site in table.names.sites])
        self._first_cost = math.nan

    def pay(self, sums: np.ndarray, paid_time: np.ndarray) -> dict[str, float]:
        """Money [EUR] and scores of the month, from its sums and the seconds on duty, by operator."""
        found: dict[str, float] = {}
        rows = self.table.rows
        fees = self.wages[rows.site] * paid_time
        for site, contract in self.rule.contracts.items():
            who = rows.site == self.table.names.sites.index(site)
            reached = scores(sums, who, self.rule)
            share = 0.0
            if reached is not None:
                total = weighted(reached, contract.weights)
                share = total * (contract.bonus if total > 0 else contract.malus)
            found[f"fee_{site}"] = float(fees[who].sum())
            found[f"bonus_{site}"] = share * found[f"fee_{site}"]
        if self.rule.team is not None:
            found["team_bonus"] = self._pay_teams(sums, fees)
        if self.rule.objectives is not None:
            found["objectives"] = self._objectives(sums, fees)
        return found

    def _pay_teams(self, sums: np.ndarray, fees: np.ndarray) -> float:
        """Teams whose month meets the goal of satisfaction get the bonus; the members of others have lost it."""
        rows, rule = self.table.rows, self.rule.team
        assert rule is not None
        n, total = np.bincount(rows.team, sums[Sum.N_CSI]), np.bincount(rows.team, sums[Sum.CSI])
        is_met = (total >= self.rule.csi_goal * n) & (n > 0)
        rows.has_lost_bonus = ~is_met[rows.team] & (n > 0)[rows.team] & (rows.phase != Phase.VACANT)
        return rule.share * float(fees[is_met[rows.team]].sum())

    def _objectives(self, sums: np.ndarray, fees: np.ndarray) -> float:
        """Weighted score, -1 to 1, of cost, satisfaction and the area's service, all operators together."""
        rule, n = self.rule.objectives, float(sums[Sum.HANDLED].sum())
        reached = scores(sums, np.ones(len(fees), bool), self.rule)
        if rule is None or reached is None:
            return math.nan
        cost = float(fees.sum()) / n
        if math.isnan(self._first_cost):
            self._first_cost = cost
        saved = _score(self._first_cost - cost, 0.1 * self._first_cost) if self._first_cost > 0 else 0.0
        area = (reached.recall + reached.service_level) / 2
        return rule.company * saved + rule.satisfaction * reached.csi + rule.area * area


def weighted(reached: Indicators, weights: Indicators) -> float:
    """Weighted mean of the three scores."""
    pairs = [(getattr(reached, name), getattr(weights, name)) for name in ("csi", "recall", "service_level")]
    return sum(score * weight for score, weight in pairs) / sum(weight for _, weight in pairs)
