"""What a KPI is, and how a topic's formulas become KPIs."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

Counts = pd.DataFrame
Formula = Callable[[Counts], pd.Series]


@dataclass(frozen=True)
class Kpi:
    """One KPI: how it is worked out and how it is shown."""

    name: str
    title: str
    unit: str
    """"count", "share", "s", "points", "EUR" or "per year"."""
    better: int
    """1 if more is better, -1 if less is, 0 if neither."""
    formula: Formula

    @property
    def explanation(self) -> str:
        return " ".join((self.formula.__doc__ or "").split())


@dataclass(frozen=True)
class Topic:
    """The KPIs of one file, in the order in which they stand there."""

    kpis: list[Kpi] = field(default_factory=list)

    def __call__(self, title: str, unit: str, better: int = 0) -> Callable[[Formula], Formula]:
        """The function below is the formula of a KPI of its name."""

        def enter(formula: Formula) -> Formula:
            self.kpis.append(Kpi(formula.__name__, title, unit, better, formula))
            return formula

        return enter


def ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    """Division that gives NaN where there is nothing to divide by; in NumPy, for pandas takes most of a KPI's time."""
    divisor = below.to_numpy(float)
    with np.errstate(all="ignore"):
        found = np.divide(above.to_numpy(float), divisor, out=np.full(len(divisor), np.nan), where=divisor > 0)
    return pd.Series(found, index=below.index)
