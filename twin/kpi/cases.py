"""Back-office cases: a contact's case counts where and when the contact arrived."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Cases closed", "count")
def n_cases_closed(c: Counts) -> pd.Series:
    """Cases whose work has been done, defective ones included."""
    return c.cases_done


@kpi("Cases open", "count", -1)
def n_cases_open(c: Counts) -> pd.Series:
    """Cases opened - closed at the end of the run; where cases are only counted, not worked on, there are none."""
    return (c.cases - c.cases_done).where(c.cases_done > 0, 0.0)


@kpi("Case completion time", "s", -1)
def case_time(c: Counts) -> pd.Series:
    """From the opening of cases to their closing (K11): sum of these times / cases closed."""
    return ratio(c.case_time, c.cases_done)


@kpi("Cases closed within 1 day", "share", 1)
def cases_in_1_day(c: Counts) -> pd.Series:
    """Cases closed within 24 h / cases opened, those still open included."""
    return ratio(c.cases_in_1_day, c.cases.where(c.cases_done > 0))


@kpi("Cases closed by their due time", "share", 1)
def cases_in_time(c: Counts) -> pd.Series:
    """Cases closed within the time due at their level / cases opened, those still open included."""
    return ratio(c.cases_in_time, c.cases.where(c.cases_done > 0))


@kpi("Closed by the owner", "share", 1)
def owner_share(c: Counts) -> pd.Series:
    """Cases closed by the operator who opened them / cases closed."""
    return ratio(c.cases_by_owner, c.cases_done)


@kpi("Work on a case", "s", -1)
def case_work(c: Counts) -> pd.Series:
    """Operators' time on cases, the call to the customer included / cases closed."""
    return ratio(c.case_work, c.cases_done)


@kpi("Defective cases", "share", -1)
def defect_share(c: Counts) -> pd.Series:
    """Cases closed wrongly, after which the customer contacts again (K12) / cases closed."""
    return ratio(c.case_defects, c.cases_done)


@kpi("Chasing calls", "share", -1)
def chasing_share(c: Counts) -> pd.Series:
    """Calls by customers who ask for an open case (solleciti) / cases opened."""
    return ratio(c.chases, c.cases.where(c.cases_done > 0))


@kpi("Closed by a recontact", "share")
def recontact_share(c: Counts) -> pd.Series:
    """Cases closed with a call that reached the customer (K10) / handled."""
    return ratio(c.recontacts, c.handled)
