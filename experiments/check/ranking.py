"""The energy regulator's ranking: the score of a seller's call centre, and how many sellers stand behind it (K19).

Score of 0-100 (domain reference 4.8): access 35 + service quality 35 + satisfaction 30. Access and service quality make
70 %, satisfaction measured by call-back interviews 30 %: X(E1), the energy regulator's call-centre reports 2008-18; the
split within these is assumed. The other sellers are simulated: the same in all runs of a seed.
"""

import math
from dataclasses import dataclass

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.scenario.ranking_schema import Others, Ranking
from twin.scenario.schema import Scenario
from twin.simulation import Run

BEHIND = "sellers_behind"


@dataclass(frozen=True)
class Seller:
    """What the regulator looks at."""

    free_lines: float
    hours: float
    free_from_mobiles: bool
    wait: float
    """TMA, mean time from asking for an operator to the answer [s]."""
    served: float
    """LS, calls answered / calls that ask for an operator."""
    call_back: bool
    announced: bool
    satisfaction: float


def score(seller: Seller, rule: Ranking) -> float:
    """15 free lines + 15 hours + 5 mobiles + 14 wait + 14 served + 4 call-back + 3 announced + 0.3 satisfaction."""
    access = 15 * seller.free_lines + 15 * min(seller.hours / rule.most_hours, 1) + 5 * seller.free_from_mobiles
    wait = max(1 - seller.wait / rule.wait_limit, 0)
    served = max(seller.served - rule.served_limit, 0) / (1 - rule.served_limit) if rule.served_limit < 1 else 0.0
    quality = 14 * wait + 14 * served + 4 * seller.call_back + 3 * seller.announced
    return access + quality + 0.3 * seller.satisfaction


def others_of(others: Others, seed: int) -> list[Seller]:
    """The other sellers, each indicator evenly between its bounds."""
    key, purpose = np.uint64(seed), np.uint64(Purpose.SELLER)
    who = np.arange(others.number, dtype=np.uint64)
    chances = np.hstack([uniform_pairs(key, purpose, who, np.uint64(which)) for which in range(4)])

    def between(pair: list[float], chance: float) -> float:
        return float(pair[0] + (pair[1] - pair[0]) * chance)

    return [
        Seller(
            free_lines=between(others.free_lines, u[0]),
            hours=between(others.hours, u[1]),
            free_from_mobiles=bool(u[2] < others.free_from_mobiles),
            wait=between(others.wait, u[3]),
            served=between(others.served, u[4]),
            call_back=bool(u[5] < others.call_back),
            announced=bool(u[6] < others.announced),
            satisfaction=between(others.satisfaction, u[7]),
        )
        for u in chances
    ]


def seller_of(run: Run) -> Seller:
    """The indicators of a run's own centre: those of its telephone queues."""
    s = run.scenario
    assert s.ranking is not None
    table = run.kpis(["queue"], ["n_offered", "n_handled", "asa", "csi"]).loc[_telephone_queues(s)]
    handled = table["n_handled"]
    entered, blocked, at_night = run.kpis([], ["n_entered", "n_blocked", "n_out_of_hours"]).iloc[0]
    rules = [s.waiting, *(queue.waiting for queue in s.queues.values())]
    return Seller(
        free_lines=1 - (blocked - at_night) / entered,
        hours=(s.opening.closes - s.opening.opens) / 3600 * len(s.opening.days),
        free_from_mobiles=s.ranking.free_from_mobiles,
        wait=float((table["asa"] * handled).sum() / handled.sum()),
        served=float(handled.sum() / table["n_offered"].sum()),
        call_back=any(rule is not None and rule.call_back is not None for rule in rules),
        announced=any(rule is not None and rule.announcement is not None for rule in rules),
        satisfaction=float((table["csi"] * handled).sum() / handled.sum()),
    )


def _telephone_queues(s: Scenario) -> list[str]:
    phone = {name for name, intent in s.intents.items() if intent.channel == "phone"}
    return list(dict.fromkeys(route.queue for route in s.routes if not route.intents or phone & set(route.intents)))


def sellers_behind(run: Run) -> float:
    """Other sellers with a lower score; NaN where sellers are not ranked."""
    rule = run.scenario.ranking
    if rule is None:
        return math.nan
    mine = score(seller_of(run), rule)
    return float(sum(score(other, rule) < mine for other in others_of(rule.others, run.seed)))
