"""Grades, audits, knowledge, profiles, and the menu at night: only for the whole, or by day."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Grade in interviews", "points", 1)
def survey_score(c: Counts) -> pd.Series:
    """Mean grade, from 0 to the best of the scale, of those interviewed after a call (K15)."""
    return ratio(c.interview_grades, c.interviews)


@kpi("Interviewed", "share", 1)
def survey_share(c: Counts) -> pd.Series:
    """Customers interviewed / customers handled by telephone on the day (K16)."""
    return ratio(c.interviews, c.interview_customers)


@kpi("Audit error, telephone", "share", -1)
def audit_error_phone(c: Counts) -> pd.Series:
    """Audited contacts with a mistake / audited, of operators who worked mostly by telephone in the week (K18)."""
    return ratio(c.audit_errors_phone, c.audits_phone)


@kpi("Audit error, written", "share", -1)
def audit_error_written(c: Counts) -> pd.Series:
    """Audited contacts with a mistake / audited, of operators who worked mostly in writing in the week (K18)."""
    return ratio(c.audit_errors_written, c.audits_written)


@kpi("Knowledge coverage", "share", 1)
def knowledge_coverage(c: Counts) -> pd.Series:
    """Mean over handled contacts of how far the knowledge base covers their matter."""
    return ratio(c.covered, c.covered_contacts)


@kpi("Complete profiles", "share", 1)
def profile_coverage(c: Counts) -> pd.Series:
    """Mean over days of the share of customers whose profile is complete."""
    return ratio(c.profiles_complete, c.profile_days)


@kpi("Served by the menu at night", "share", 1)
def night_containment(c: Counts) -> pd.Series:
    """Served by the menu out of operators' hours / served or told the hours then (K27)."""
    return ratio(c.night_served, c.night_served + c.out_of_hours)


@kpi("Told the hours", "count", -1)
def n_out_of_hours(c: Counts) -> pd.Series:
    """Contacts out of operators' hours that the menu did not serve; they are part of the blocked."""
    return c.out_of_hours
