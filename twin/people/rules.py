"""What the scenario says of customers' lives, as numbers for the compiled code: hazards per day, times in days."""

from typing import NamedTuple

import numpy as np

from twin.calendar import DAY, YEAR
from twin.people.states import CLUSTERS, TIERS
from twin.scenario.people_schema import ByTier
from twin.scenario.schema import Scenario


class Rules(NamedTuple):
    """See `twin.scenario.people_schema`; hazards are per customer and day."""

    leads: float
    sale_closed: float
    prospect_stay: float
    product_shares: np.ndarray  # cumulated
    supply_medians: np.ndarray
    supply_sigma: float
    supply_failed: float
    first_bill_low: float
    first_bill_high: float
    bill_due: float
    bill_paid: float
    nursery_cap: float
    orders: float
    order_median: float
    faults: float
    early_faults: float
    repair_mean: float
    overdue: float
    suspension_mean: float
    suspended_lost: float
    rescore_up: np.ndarray
    rescore_down: float
    new_tiers: np.ndarray  # cumulated
    complaint_unresolved: float
    complaint_third: float
    complaint_mean: float
    churn: np.ndarray  # a year
    churn_nursery: float
    tenure_months: np.ndarray
    tenure_factors: np.ndarray
    later_factor: float
    unresolved_factor: float
    contact_window: float
    complaint_factor: float
    suspended_factor: float
    csi_slope: float
    csi_centre: float
    arpu: np.ndarray  # EUR a month
    arpu_nursery: float
    memory: float
    recall_hours: float


def by_tier(values: ByTier) -> np.ndarray:
    return np.array([getattr(values, tier) for tier in TIERS])


def rules_of(scenario: Scenario) -> Rules:
    """The rules of a scenario with customers."""
    customers = scenario.customers
    assert customers is not None
    lives, churn = customers.lives, customers.churn
    window = lives.first_bill
    return Rules(
        leads=lives.leads / customers.market / YEAR,
        sale_closed=lives.sale_closed,
        prospect_stay=lives.prospect_stay / DAY,
        product_shares=np.cumsum(list(lives.orders.shares.values())),
        supply_medians=np.array([lives.orders.medians[name] for name in lives.orders.shares]) / DAY,
        supply_sigma=lives.orders.sigma,
        supply_failed=lives.orders.failed,
        first_bill_low=window[0] / DAY,
        first_bill_high=window[1] / DAY,
        bill_due=lives.bill_due / DAY,
        bill_paid=lives.bill_paid / DAY,
        nursery_cap=lives.nursery_cap / DAY,
        orders=lives.orders_a_year / YEAR,
        order_median=lives.order_median / DAY,
        faults=lives.faults_a_year / YEAR,
        early_faults=lives.early_faults / 30.0,
        repair_mean=lives.repair_mean / DAY,
        overdue=lives.overdue_a_year / YEAR,
        suspension_mean=lives.suspension_mean / DAY,
        suspended_lost=lives.suspended_lost,
        rescore_up=by_tier(lives.rescore_up) * 12 / YEAR,
        rescore_down=lives.rescore_down * 12 / YEAR,
        new_tiers=np.cumsum(by_tier(customers.new_tiers)),
        complaint_unresolved=lives.complaint_after_unresolved,
        complaint_third=lives.complaint_after_third,
        complaint_mean=lives.complaint_mean / DAY,
        churn=by_tier(churn.by_tier),
        churn_nursery=churn.nursery,
        tenure_months=np.array(churn.tenure_months),
        tenure_factors=np.array(churn.tenure_factors),
        later_factor=churn.contact_factor,
        unresolved_factor=churn.unresolved_factor,
        contact_window=churn.contact_window / DAY,
        complaint_factor=churn.complaint_factor,
        suspended_factor=churn.suspended_factor,
        csi_slope=churn.csi_slope,
        csi_centre=churn.csi_centre,
        arpu=by_tier(customers.arpu),
        arpu_nursery=customers.nursery_arpu,
        memory=scenario.satisfaction.memory if scenario.satisfaction else 0.0,
        recall_hours=scenario.resolution.recall_window / 3600.0,
    )


def cluster_order(scenario: Scenario) -> np.ndarray:
    """Row of each of `CLUSTERS` among the scenario's clusters."""
    names = list(scenario.clusters)
    return np.array([names.index(name) for name in CLUSTERS])
