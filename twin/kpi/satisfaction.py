"""Satisfaction of handled contacts."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Satisfaction (CSI)", "points", 1)
def csi(c: Counts) -> pd.Series:
    """Mean CSI of handled contacts, 0-100."""
    return ratio(c.csi, c.handled)


@kpi("CSI item: waiting", "points", 1)
def csi_waiting(c: Counts) -> pd.Series:
    """Mean of the item waiting, 0-100."""
    return ratio(c.csi_waiting, c.handled)


@kpi("CSI item: accuracy", "points", 1)
def csi_accuracy(c: Counts) -> pd.Series:
    """Mean of the item accuracy, 0-100."""
    return ratio(c.csi_accuracy, c.handled)


@kpi("CSI item: ability", "points", 1)
def csi_ability(c: Counts) -> pd.Series:
    """Mean of the item ability, 0-100."""
    return ratio(c.csi_ability, c.handled)


@kpi("CSI item: courtesy", "points", 1)
def csi_courtesy(c: Counts) -> pd.Series:
    """Mean of the item courtesy, 0-100."""
    return ratio(c.csi_courtesy, c.handled)
