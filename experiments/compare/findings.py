"""What runs beyond the comparison itself have shown."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from experiments.compare.variants import Pairs

CENTRE = "centre"
"""In place of an assumption and of its end: everything as assumed."""
SCREENED, FULL = "screened", "full"
"""Stages of the runs at the ends."""


@dataclass(frozen=True)
class Ends:
    """The finished runs at the ends."""

    table: pd.DataFrame
    """Columns `ends.COLUMNS`: one row for each stage, assumption, end and KPI.

    `shift` is against the central difference.
    """
    chosen: tuple[str, ...]
    """Names of the assumptions run at the full number, the strongest first."""
    order: tuple[str, ...]
    """Names of all that were screened, the strongest first; the chosen ones where nothing was screened."""
    impossible: dict[str, str]
    """Assumption and end -> why the scenario cannot be made."""
    screening: tuple[int, int]
    """Pairs and counted days of the screening, (0, 0) without."""
    net: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Net value of B over A at each end, columns `wrong.NET`."""

    def rows(self, name: str, kpi: str, stage: str = FULL) -> dict[str, Any]:
        """The rows of one assumption and KPI by end, with the centre."""
        table = self.table
        found = table[(table.stage == stage) & (table.kpi == kpi) & table.assumption.isin([name, CENTRE])]
        rows: Any = found.itertuples(index=False)
        return {row.end: row for row in rows}


@dataclass(frozen=True)
class Series:
    """KPIs of B by months since the move."""

    table: pd.DataFrame
    """Columns `transition.COLUMNS`: `difference` is against A, `since_last` against B at the last of the months."""
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Time to effect, see `time_to_effect.effects`."""

    @property
    def months(self) -> tuple[float, ...]:
        return tuple(sorted(set(self.table.months)))

    def rows(self, kpi: str) -> list[Any]:
        found: list[Any] = list(self.table[self.table.kpi == kpi].sort_values("months").itertuples(index=False))
        return found


@dataclass(frozen=True)
class ExtraRuns:
    """Runs that directions 3 and 5 need: by name, the runs without and with the change."""

    pairs: dict[str, Pairs]


@dataclass(frozen=True)
class Findings:
    """What the further runs have shown."""

    ends: Ends | None = None
    transition: Series | None = None
    extra: ExtraRuns | None = None
