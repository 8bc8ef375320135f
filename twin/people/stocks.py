"""What customers' lives leave in tables: stocks by cluster, flows between them, events, touchpoints, credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.later import pd
from twin.people.states import CLUSTERS, LifeEvent, Touch

if TYPE_CHECKING:
    from twin.people.customers import CustomerBase

NAMES = (*CLUSTERS, "none")
EVENTS = [event.name.lower() for event in LifeEvent]
STEPS = (
    "broadcast",
    "notice of suspension",
    "phone",
    "suspension",
    "notice of deactivation",
    "phone again",
    "deactivation",
)


def stocks_by_day(base: CustomerBase) -> pd.DataFrame:
    """Customers by cluster at each counted midnight; "none" are households without a line, and who has left."""
    days = base.stock_days[base.calendar.warm_up : base.calendar.n_days]
    return pd.DataFrame(days, columns=list(NAMES), index=pd.Index(_dates(base), name="date"))


def flows(base: CustomerBase) -> pd.DataFrame:
    """Events of life by counted day."""
    days = base.people.flows[base.calendar.warm_up : base.calendar.n_days]
    return pd.DataFrame(days, columns=EVENTS, index=pd.Index(_dates(base), name="date"))


def moves(base: CustomerBase) -> pd.DataFrame:
    """Changes of cluster by calendar month, warm-up included: month, source, target, customers."""
    month, source, target = np.nonzero(base.people.moves)
    names = np.array(NAMES)
    return pd.DataFrame(
        {
            "month": np.array(base.months)[month],
            "source": names[source],
            "target": names[target],
            "customers": base.people.moves[month, source, target],
        }
    )


def touchpoints(base: CustomerBase) -> pd.DataFrame:
    """By kind of touchpoint, warm-up included: number, mean score, share that dissatisfied."""
    number, total, below = base.people.touches.T
    with np.errstate(invalid="ignore"):
        table = {"touchpoints": number, "mean_score": total / number, "dissatisfied": below / number}
    return pd.DataFrame(table, index=pd.Index([touch.name.lower() for touch in Touch], name="kind"))


def credit_chain(base: CustomerBase) -> pd.DataFrame:
    """By step, counted days: customers who reached it, and who paid before the next one."""
    days = base.people.credit_flows[base.calendar.warm_up : base.calendar.n_days].sum(axis=0)
    table = pd.DataFrame({"reached": days[1:8, 0], "paid": days[1:8, 1]}, index=pd.Index(STEPS, name="step"))
    table["cured"] = table.paid / table.reached.where(table.reached > 0)
    return table


def _dates(base: CustomerBase) -> list[str]:
    calendar = base.calendar
    return [calendar.date(calendar.warm_up + day).isoformat() for day in range(calendar.days)]
