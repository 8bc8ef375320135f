"""What the scenario says of customers' lives, as numbers for the compiled code: hazards per day, times in days."""

import math
from typing import Any, NamedTuple

import numpy as np

from twin.calendar import DAY, YEAR
from twin.people.states import CLUSTERS, N_EVENTS, TIERS, LifeEvent, Prompt, Touch
from twin.scenario.lives_schema import ByTier, Churn, Credit, Experience, Lives, Orders
from twin.scenario.schema import Scenario

MONTHS_A_YEAR = 12
MEAN_TENURE = 2900.0  # days, of customers at the start
PROMPTED = {
    Prompt.BILL: "BIL",
    Prompt.CREDIT: "CRE",
    Prompt.CANCEL: "CAN",
    Prompt.ORDER: "ORD",
    Prompt.FAULT: "TEC",
    Prompt.MESSAGE: "ORD",
}
"""With which intent, or group of intents, each cause makes contact."""


class Rules(NamedTuple):
    """See `twin.scenario.lives_schema`; hazards are per customer and day."""

    leads: float
    sale_closed: float
    prospect_stay: float
    product_shares: np.ndarray  # cumulated
    supply_medians: np.ndarray
    supply_sigma: float
    supply_failed: float
    failed_late_factor: float
    acceptance: float
    sent_back: float
    sent_back_time: float
    late: float
    late_mean: float
    first_bill_low: float
    first_bill_high: float
    bill_cycle: float  # days between two bills
    issue_dates: int
    bill_calls: float  # a day
    first_bill_calls: float
    call_within: float
    first_disputed: float
    bill_complaints: float  # a day
    bill_due: float
    bill_paid: float
    nursery_cap: float
    overdue: float  # a day
    credit_steps: np.ndarray  # days after the due date
    credit_cured: np.ndarray
    notice_calls: float
    suspension_calls: float
    reconnection: float
    orders: float
    order_median: float
    order_sigma: float
    faults: float
    early_faults: float
    repair_mean: float
    false_closure: float
    false_closure_checked: float
    traffic_alarms: float
    rescore_up: np.ndarray
    rescore_down: float
    rescore_factor: float
    new_tiers: np.ndarray  # cumulated
    complaint_unresolved: float
    complaint_third: float
    complaint_mean: float
    complaint_reopened: float
    complaint_to_authority: float
    leave_calls: float
    leave_notice: float
    saved_matched: float
    saved_other: float
    wish_factor: float  # hazard of the wish to leave over that of leaving
    win_back: float
    win_back_within: float
    to_market: float
    market_after: float
    upsell_offered: float
    upsell_accepted: float
    adoption: np.ndarray  # by tier, a day
    digital_start: float
    experience_start: float
    expectation_market: float
    expectation_follow: float
    dissatisfied_below: float
    brand: float
    advertising: float
    touch_kind: np.ndarray  # by LifeEvent
    touch_score: np.ndarray
    touch_spread: np.ndarray
    touch_weight: np.ndarray
    contact_weight: float
    churn: np.ndarray  # a year
    churn_nursery: float
    tenure_months: np.ndarray
    tenure_factors: np.ndarray
    later_factor: float
    unresolved_factor: float
    contact_window: float
    complaint_factor: float
    suspended_factor: float
    overdue_factor: float
    late_factor: float
    csi_slope: float
    arpu: np.ndarray  # EUR a month
    arpu_nursery: float
    recall_hours: float
    prompt_intents: np.ndarray  # by Prompt: intent, or -1 where the scenario has none
    cancel_intent: int


def by_tier(values: ByTier) -> np.ndarray:
    return np.array([getattr(values, tier) for tier in TIERS])


def rules_of(scenario: Scenario) -> Rules:
    """The rules of a scenario with customers."""
    customers = scenario.customers
    assert customers is not None
    return Rules(
        **_of_lives(customers.lives, customers.market),
        **_of_experience(customers.experience),
        **_of_churn(customers.churn),
        new_tiers=np.cumsum(by_tier(customers.new_tiers)),
        arpu=by_tier(customers.arpu),
        arpu_nursery=customers.nursery_arpu,
        contact_weight=scenario.satisfaction.memory if scenario.satisfaction else 0.0,
        recall_hours=scenario.resolution.recall_window / 3600.0,
        prompt_intents=np.array([_intent_of(scenario, PROMPTED[cause]) for cause in Prompt], np.int16),
        cancel_intent=_intent_of(scenario, PROMPTED[Prompt.CANCEL]),
    )


def _of_lives(lives: Lives, market: float) -> dict[str, Any]:
    bills, credit, leaving, back = lives.bills, lives.credit, lives.leaving, lives.win_back
    adoption = np.full(len(TIERS), lives.self_care.adoption / YEAR)
    adoption[0] = lives.self_care.adoption_basic / YEAR
    return dict(
        leads=lives.leads / market / YEAR,
        sale_closed=lives.sale_closed,
        prospect_stay=lives.prospect_stay / DAY,
        **_of_orders(lives.orders),
        first_bill_low=lives.first_bill[0] / DAY,
        first_bill_high=lives.first_bill[1] / DAY,
        bill_cycle=YEAR / bills.a_year,
        issue_dates=bills.issue_dates,
        bill_calls=bills.calls * bills.a_year / YEAR,
        first_bill_calls=bills.first_calls,
        call_within=bills.call_within / DAY,
        first_disputed=bills.first_disputed,
        bill_complaints=bills.complaints * bills.a_year / YEAR,
        bill_due=bills.due / DAY,
        bill_paid=lives.bill_paid / DAY,
        nursery_cap=lives.nursery_cap / DAY,
        overdue=overdue_hazard(lives),
        credit_steps=np.array(credit.steps) / DAY,
        credit_cured=np.array([*credit.cured, 0.0]),
        notice_calls=credit.notice_calls,
        suspension_calls=credit.suspension_calls,
        reconnection=credit.reconnection / DAY,
        orders=lives.orders_a_year / YEAR,
        order_median=lives.order_median / DAY,
        order_sigma=lives.order_sigma,
        faults=lives.faults_a_year / YEAR,
        early_faults=lives.early_faults / 30.0,
        repair_mean=lives.repair_mean / DAY,
        false_closure=lives.false_closure,
        false_closure_checked=lives.false_closure_checked,
        traffic_alarms=lives.traffic_alarms_a_year / YEAR,
        rescore_up=by_tier(lives.rescore_up) * MONTHS_A_YEAR / YEAR,
        rescore_down=lives.rescore_down * MONTHS_A_YEAR / YEAR,
        rescore_factor=lives.upsell.rescore_factor,
        complaint_unresolved=lives.complaint_after_unresolved,
        complaint_third=lives.complaint_after_third,
        complaint_mean=lives.complaint_mean / DAY,
        complaint_reopened=lives.complaint_reopened,
        complaint_to_authority=lives.complaint_to_authority,
        leave_calls=leaving.calls,
        leave_notice=leaving.notice / DAY,
        saved_matched=leaving.saved_matched,
        saved_other=leaving.saved_other,
        wish_factor=1.0 / (1.0 - leaving.kept),
        win_back=back.share,
        win_back_within=back.within / DAY,
        to_market=back.to_market,
        market_after=back.market_after / DAY,
        upsell_offered=lives.upsell.offered,
        upsell_accepted=lives.upsell.accepted,
        adoption=adoption,
        digital_start=lives.self_care.start,
    )


def _of_orders(orders: Orders) -> dict[str, Any]:
    return {
        "product_shares": np.cumsum(list(orders.shares.values())),
        "supply_medians": np.array([orders.medians[name] for name in orders.shares]) / DAY,
        "supply_sigma": orders.sigma,
        "supply_failed": orders.failed,
        "failed_late_factor": orders.failed_late_factor,
        "acceptance": orders.acceptance / DAY,
        "sent_back": orders.sent_back,
        "sent_back_time": orders.sent_back_time / DAY,
        "late": orders.late,
        "late_mean": orders.late_mean / DAY,
    }


def _of_experience(experience: Experience) -> dict[str, Any]:
    kind, score, spread, weight = np.zeros((4, N_EVENTS))
    for name, touch in experience.touchpoints.items():
        row = LifeEvent[name.upper()]
        kind[row] = Touch[touch.kind.upper()]
        score[row], spread[row], weight[row] = touch.score, touch.spread, touch.weight
    return {
        "experience_start": experience.start,
        "expectation_market": experience.market,
        "expectation_follow": experience.follow,
        "dissatisfied_below": experience.dissatisfied_below,
        "brand": experience.brand_a_year / YEAR,
        "advertising": experience.advertising_a_year / YEAR,
        "touch_kind": kind.astype(np.int64),
        "touch_score": score,
        "touch_spread": spread,
        "touch_weight": weight,
    }


def _of_churn(churn: Churn) -> dict[str, Any]:
    return {
        "churn": by_tier(churn.by_tier),
        "churn_nursery": churn.nursery,
        "tenure_months": np.array(churn.tenure_months),
        "tenure_factors": np.array(churn.tenure_factors) / mean_tenure_factor(churn),
        "later_factor": 1.0 + churn.contact_effect * (churn.contact_factor - 1.0),
        "unresolved_factor": 1.0 + churn.contact_effect * (churn.unresolved_factor - 1.0),
        "contact_window": churn.contact_window / DAY,
        "complaint_factor": churn.complaint_factor,
        "suspended_factor": churn.suspended_factor,
        "overdue_factor": churn.overdue_factor,
        "late_factor": churn.late_factor,
        "csi_slope": churn.csi_slope,
    }


def reaching(credit: Credit) -> np.ndarray:
    """(steps,) share of chains that come to each step."""
    return np.cumprod([1.0, *(1.0 - share for share in credit.cured)])


def overdue_hazard(lives: Lives) -> float:
    """Chains of overdue bills begun a day by a customer who is in none, so that `bills.overdue` of all bills begin one.

    A customer is in one chain at a time: from the bill that will not be paid to payment or deactivation.
    """
    bills, credit = lives.bills, lives.credit
    reached = reaching(credit)
    steps = np.array(credit.steps) / DAY
    gaps = np.diff(steps)
    paid = reached[:-1] - reached[1:]
    length = YEAR / bills.a_year / 2 + bills.due / DAY + steps[0] + float(reached[1:] @ gaps + paid @ gaps / 2)
    rate = bills.a_year * bills.overdue / YEAR
    return rate / (1.0 - rate * length)


def mean_tenure_factor(churn: Churn) -> float:
    """Mean over customers whose tenure is exponential, as it is at the start: `by_tier` is the churn of all tenures."""
    months = np.array([0.0, *churn.tenure_months[:-1], np.inf])
    shares = -np.diff(np.exp(-months * (YEAR / MONTHS_A_YEAR) / MEAN_TENURE))
    return float(shares @ np.array(churn.tenure_factors))


def _intent_of(scenario: Scenario, name: str) -> int:
    """Row of the intent, or of the first one of the group; -1 if there is none."""
    for row, (intent, kind) in enumerate(scenario.intents.items()):
        if name in (intent, kind.group):
            return row
    return -1


def cluster_order(scenario: Scenario) -> np.ndarray:
    """Row of each of `CLUSTERS` among the scenario's clusters."""
    names = list(scenario.clusters)
    return np.array([names.index(name) for name in CLUSTERS])


def prompted_needs(scenario: Scenario) -> np.ndarray:
    """(clusters, groups of `PROMPTED`) contacts a customer-year that events cause, in the steady state.

    The FOC of a cluster counts them: what is left of it are the needs of every day. Reckoned from the scenario's rates
    alone, so that it is the same for every caring model.
    """
    customers = scenario.customers
    assert customers is not None
    lives, credit = customers.lives, customers.lives.credit
    reached = reaching(credit)
    chain = lives.bills.a_year * lives.bills.overdue
    per_chain = credit.notice_calls * (reached[1] + reached[4]) + credit.suspension_calls * reached[3]
    tiers = ("Basic", "Medium", "High Potential", "Privilege", "Portafoglio")
    churn = dict(zip(tiers, by_tier(customers.churn.by_tier), strict=True))
    stay = (lives.first_bill[0] + lives.first_bill[1]) / 2 / DAY + lives.bills.due / DAY + lives.bill_paid / DAY
    table = np.zeros((len(CLUSTERS), len(Prompt)))
    for row, name in enumerate(CLUSTERS):
        hazard = churn.get(name, customers.churn.nursery if name == "Nursery" else 0.0)
        table[row, Prompt.CANCEL] = lives.leaving.calls * hazard / (1.0 - lives.leaving.kept)
        if name in churn:
            table[row, Prompt.BILL] = lives.bills.a_year * lives.bills.calls
            table[row, Prompt.CREDIT] = chain * per_chain
        elif name == "Nursery":
            table[row, Prompt.BILL] = lives.bills.first_calls * YEAR / min(stay, lives.nursery_cap / DAY)
    return table


def lognormal_mean(median: float, sigma: float) -> float:
    return median * math.exp(sigma**2 / 2)
