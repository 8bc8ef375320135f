"""KPIs: one formula each, here and nowhere else. Counts and sums are kept, ratios divided last.

Each function takes a table of counts (columns named as in `twin.kernel.tallies.MEASURES`, one row per group of
contacts) and returns one number per row. A contact counts in the interval in which it arrived. The service level goes
by three names, one for each denominator: definitions move it by more than most policies do.
"""

import numpy as np
import pandas as pd

from twin.kpi import (
    call_backs,
    cases,
    channels,
    contacts,
    lives,
    menus,
    money,
    proactive,
    programmes,
    resolution,
    satisfaction,
    service,
    staff,
    training,
    transfers,
)
from twin.kpi.definition import Counts, Kpi

TOPICS = (
    *(contacts, service, resolution, transfers, satisfaction, staff, money, lives),
    *(call_backs, channels, cases, menus, proactive, programmes, training),
)
KPIS: dict[str, Kpi] = {kpi.name: kpi for topic in TOPICS for kpi in topic.kpi.kpis}

HEADLINES = (
    "n_offered",
    "sl20",
    "in_target",
    "asa",
    "abandonment_share",
    "aht",
    "fcr",
    "recall_share",
    "csi",
    "foc",
    "occupancy",
    "contact_cost",
    "cost_per_contact",
    "cost_per_customer",
    "arpu_at_risk",
    "churn",
)
"""What a manager looks at first."""


def work_out(counts: Counts, names: tuple[str, ...] | None = None) -> pd.DataFrame:
    """KPIs (columns) of each row of counts; those whose counts are missing are left out, or NaN if asked for."""
    columns = {}
    for name in names or tuple(KPIS):
        try:
            columns[name] = KPIS[name].formula(counts)
        except AttributeError:  # a table without the columns (customers, money, staff) has no such KPI
            if names:
                columns[name] = pd.Series(np.nan, index=counts.index)
    return pd.DataFrame(columns, index=counts.index)
