"""Whether the matter was resolved, and by an operator of the right skill."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("First contact resolution", "share", 1)
def fcr(c: Counts) -> pd.Series:
    """First contacts handled with no further contact on the matter within 7 days / first contacts handled."""
    return ratio(c.first_settled, c.first_handled)


@kpi("Resolved at first contact", "share", 1)
def resolved_at_first(c: Counts) -> pd.Series:
    """First contacts whose matter was really resolved / first contacts handled (nobody outside the model sees this)."""
    return ratio(c.first_resolved, c.first_handled)


@kpi("Recall within 3 days, same matter", "share", -1)
def recall_share(c: Counts) -> pd.Series:
    """First contacts handled whose customer contacts again on the matter within 72 h / first contacts handled."""
    return ratio(c.recalled, c.first_handled)


@kpi("Recall within 3 days, any matter", "share", -1)
def recall_any_share(c: Counts) -> pd.Series:
    """First contacts handled whose customer contacts again about anything within 72 h / first contacts handled."""
    return ratio(c.recalled + c.recalls_any, c.first_handled)


@kpi("Answered by a primary skill", "share", 1)
def match_share(c: Counts) -> pd.Series:
    """Handled by an operator whose first skill is the one the matter takes / handled."""
    return ratio(c.primary, c.handled)


@kpi("Answered without the skill", "share", -1)
def mismatch_share(c: Counts) -> pd.Series:
    """Handled by an operator who does not hold the skill that the matter takes / handled."""
    return ratio(c.mismatched, c.handled)


@kpi("Opens a case", "share")
def case_share(c: Counts) -> pd.Series:
    """Handled contacts that opened a back-office case / handled."""
    return ratio(c.cases, c.handled)


@kpi("Recall within 3 days, chasing included", "share", -1)
def recall_chasing_share(c: Counts) -> pd.Series:
    """First contacts handled whose customer contacts again on the matter, or asks for its case, within 72 h / first
    contacts handled; who does both counts twice."""
    return ratio(c.recalled + c.chased_early, c.first_handled)
