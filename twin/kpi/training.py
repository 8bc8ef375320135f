"""Courses at a date: only for the whole, or by day."""

import pandas as pd

from twin.kpi.definition import Counts, Topic
from twin.kpi.money import contact_cost as cost_of_contacts

kpi = Topic()


@kpi("Hours in courses", "count", -1)
def course_hours(c: Counts) -> pd.Series:
    """Operator-hours off the telephone in courses."""
    return c.training_time / 3600.0


@kpi("Cost of courses", "EUR", -1)
def course_cost(c: Counts) -> pd.Series:
    """Hours in courses x their cost an hour [EUR], beside contact cost: who is taught is not on duty."""
    return c.training_cost


@kpi("Taught", "count", 1)
def n_taught(c: Counts) -> pd.Series:
    """Operators who came out of a course with its skill."""
    return c.trained


@kpi("Contact cost + courses", "EUR", -1)
def cost_with_courses(c: Counts) -> pd.Series:
    """Contact cost + cost of courses [EUR]."""
    return cost_of_contacts(c) + c.training_cost
