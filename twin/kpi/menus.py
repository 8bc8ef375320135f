"""The menu of the IVR: who is recognised, and who chooses wrong."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Time in the menu", "s", -1)
def navigation_time(c: Counts) -> pd.Series:
    """Navigation time / contacts that went through the menu."""
    return ratio(c.ivr_time, c.menus)


@kpi("Served by the menu", "share", 1)
def menu_containment(c: Counts) -> pd.Series:
    """Served to the end by the IVR, sessions of self care left out / contacts that went through the menu."""
    return ratio(c.self_served - c.web_sessions, c.menus)


@kpi("False containment", "share", -1)
def false_containment(c: Counts) -> pd.Series:
    """Served by the menu, but contact again as the matter was not settled / served by the menu."""
    return ratio(c.false_contained, c.self_served - c.web_sessions)


@kpi("Chose the wrong entry", "share", -1)
def mis_selection(c: Counts) -> pd.Series:
    """Contacts that chose another entry than that of their matter / those that the menu did not serve."""
    return ratio(c.mis_selected, c.menus - c.self_served + c.web_sessions)


@kpi("Recognised by number", "share", 1)
def recognised(c: Counts) -> pd.Series:
    """Contacts whose customer was recognised / contacts that went through the menu."""
    return ratio(c.menus - c.unrecognised, c.menus)
