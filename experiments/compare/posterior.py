"""Parameters drawn from what a calibration left open: all arms of a replication have the same draw and the same luck.

The interval of the mean difference then holds the doubt about the parameters, too, and the spread of the single pairs
says what one future may bring: `../shared/experiments-calibration.md` calls for both.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.compare.measures import MEASURES, SUMMARY, span
from experiments.compare.variants import values
from twin.errors import InputError, ScenarioError
from twin.scenario.change import changed, value_at
from twin.scenario.schema import Scenario
from twin.scenario.units import written_like

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Plan, Side
    from experiments.compare.many import Many, ManyPlan

QUANTILES = (0.025, 0.975)
FEWEST_PAIRS = 10
"""Below this number of pairs the spread of single pairs says nothing."""


@dataclass(frozen=True)
class Draws:
    """Values of scenario keys that are likely together, one mapping for each pair of runs."""

    file: str
    rows: tuple[Mapping[str, Any], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.rows[0])

    @classmethod
    def read(cls, path: str, n: int) -> "Draws":
        """`n` rows of a table (CSV or Parquet) whose columns are scenario keys, evenly spaced over all its rows.

        A text cell is JSON and says the value as the scenario would ("3 min", a list); a number is in base units
        (seconds, per second, euro, euro per second, shares from 0 to 1). The column `draw`, and those that begin with
        "parameter ", which `twin calibrate` writes for people, set nothing.

        Raises
        ------
        InputError
            If there is no such table, or a cell is no value, or there are fewer rows than pairs.
        """
        table = _read(path)
        table = table[[name for name in table if name != "draw" and not str(name).startswith("parameter ")]]
        if table.empty:
            raise InputError(f"{path}: holds no draws")
        if len(table) < n:
            raise InputError(f"{path}: holds {len(table)} draws, must be as many as --replications ({n}) or more")
        chosen = table.iloc[np.arange(n) * len(table) // n]
        rows: list[dict[Any, Any]] = chosen.to_dict("records")
        return cls(str(path), tuple({str(key): _value(value, key, path) for key, value in row.items()} for row in rows))

    @classmethod
    def from_manifest(cls, record: Mapping[str, Any]) -> "Draws":
        return cls(record["file"], tuple(record["rows"]))

    def as_dict(self) -> dict[str, Any]:
        return {"file": self.file, "rows": [dict(row) for row in self.rows]}

    def check(self, *sides: "Side") -> None:
        """Raise InputError if a key is in no scenario, or the first draw is impossible."""
        for key in self.keys:
            if all(value_at(side.resolved, key) is None for side in sides):
                known = f"neither {sides[0].label} nor {sides[1].label}" if len(sides) == 2 else "none of the scenarios"
                raise InputError(f"{self.file}: column {key!r} is a key of {known}")
        self.scenarios(0, *sides)

    def scenarios(self, replication: int, base: "Side", *others: "Side") -> tuple[Scenario, ...]:
        """All scenarios with the values of one draw.

        What another one sets differently from the base is part of the comparison and stays as it is; what both have
        alike is drawn.
        """
        row = self.rows[replication]
        drawn = [_with(base, row, set(self.keys), self.file)]
        drawn += [_with(side, row, set(shared_keys(self.keys, base, side)), self.file) for side in others]
        return tuple(drawn)


def shared_keys(keys: Sequence[str], a: "Side", b: "Side") -> list[str]:
    """Keys whose value is the same in A and in B, or that only B has."""
    return [key for key in keys if value_at(a.resolved, key) in (None, value_at(b.resolved, key))]


def _with(side: "Side", row: Mapping[str, Any], keys: set[str], file: str) -> Scenario:
    values = {
        key: written_like(stated, row[key]) if isinstance(row[key], float) else row[key]
        for key in sorted(keys)
        if (stated := value_at(side.resolved, key)) is not None
    }
    try:
        return changed(side.resolved, values, side.scenario.name)
    except ScenarioError as error:
        raise InputError(f"{file}: a draw makes no scenario of {side.label}: {error.problems[0]}") from None


def _value(cell: Any, key: Any, path: str) -> Any:
    try:
        value = json.loads(cell) if isinstance(cell, str) else float(cell)
        is_value = not isinstance(value, float) or math.isfinite(value)
    except (TypeError, ValueError):
        is_value = False
    if not is_value:
        raise InputError(f"{path}: column {str(key)!r} has {cell!r}, must hold finite numbers, or values as JSON")
    return value


def _read(path: str) -> pd.DataFrame:
    file = Path(path)
    if not file.is_file():
        raise InputError(f"--posterior is {path!r}, must be a CSV or Parquet file whose columns are scenario keys")
    try:
        table = pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_csv(file)
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: is no table of draws ({str(error).splitlines()[0]})") from None
    return table


def with_posterior(plan: "Plan", path: str) -> "Plan":
    """The plan with draws of a file.

    Raises
    ------
    InputError
        If the file does not fit the two scenarios, or further runs are asked for: they start from one set of values.
    """
    if plan.further.is_any:
        raise InputError("--posterior: cannot be combined with --assumptions, --vary, --transition or --directions")
    draws = Draws.read(path, plan.replications)
    draws.check(plan.a, plan.b)
    return replace(plan, posterior=draws)


def many_with_posterior(plan: "ManyPlan", path: str) -> "ManyPlan":
    """The plan of several scenarios with draws of a file, one for each replication of all of them.

    Raises
    ------
    InputError
        If the file does not fit the scenarios, or as many replications as it takes are asked for.
    """
    if plan.until:
        raise InputError("--until-half-width: cannot be combined with --posterior, whose draws are one for each pair")
    draws = Draws.read(path, plan.replications)
    draws.check(*plan.sides)
    return replace(plan, posterior=draws)


# ---- what the pairs say -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """The differences of the single pairs of one KPI."""

    kpi: str
    low: float
    high: float
    """Quantiles `QUANTILES` over the pairs, in the KPI's unit."""
    better: float
    """Share of pairs in which B is better, or higher where no direction is good."""

    @property
    def text(self) -> str:
        return span(self.kpi, self.low, self.high)


def spreads(comparison: "Comparison") -> list[Spread]:
    """Of the headline KPIs; empty without draws, or with fewer than `FEWEST_PAIRS` pairs."""
    if comparison.plan.posterior is None or comparison.replications < FEWEST_PAIRS:
        return []
    names = [name for name in SUMMARY if comparison.has(name)]
    a, b = (values(side, names) for side in comparison.pairs)
    found = []
    for name, differences in zip(names, (b - a).T, strict=True):
        if np.isfinite(differences).all():
            low, high = np.quantile(differences, QUANTILES)
            better = np.mean(differences * (MEASURES[name].better or 1) > 0)
            found.append(Spread(name, float(low), float(high), float(better)))
    return found


def spread_sentence(comparison: "Comparison") -> str:
    """Where the numbers that were not known came from."""
    draws = comparison.plan.posterior
    if draws is None:
        return ""
    return _told("Each pair of runs", draws, "both models", comparison.a, comparison.b)


def many_spread_sentence(many: "Many") -> str:
    """The same of several scenarios."""
    draws = many.plan.posterior
    return _told("Each replication", draws, "all scenarios", *many.plan.sides) if draws is not None else ""


def _told(what: str, draws: Draws, whom: str, base: "Side", *others: "Side") -> str:
    text = (
        f"{what} has values of its own for {len(draws.keys)} calibrated keys ({', '.join(draws.keys)}), "
        f"drawn from {Path(draws.file).name}, the same under {whom}: ± holds the doubt about them."
    )
    for side in others:
        own = sorted(set(draws.keys) - set(shared_keys(draws.keys, base, side)))
        if own:
            text += f" {side.label} keeps its own value of {', '.join(own)}."
    return text
