"""Values that a calibration left open, drawn together."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.side import Side
from twin.errors import InputError, ScenarioError
from twin.scenario.change import changed, value_at
from twin.scenario.schema import Scenario
from twin.scenario.units import in_base_units, written_like

FEW = 10
"""Draws below which their range says nothing."""


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

    def strange(self, base: Side) -> dict[str, tuple[Any, float, float]]:
        """Keys for which the base states a number below or above all draws: these may be of another scenario.

        Returns
        -------
        dict
            Key: what is stated, least and greatest draw [base units].
        """
        found = {}
        for key in self.keys:
            stated = value_at(base.resolved, key)
            try:
                own, drawn = in_base_units(stated), [in_base_units(row[key]) for row in self.rows]
            except ValueError:  # a list, a name, or nothing
                continue
            if not min(drawn) <= own <= max(drawn) and len(drawn) >= FEW:
                found[key] = (stated, min(drawn), max(drawn))
        return found

    @classmethod
    def from_manifest(cls, record: Mapping[str, Any]) -> "Draws":
        return cls(record["file"], tuple(record["rows"]))

    def as_dict(self) -> dict[str, Any]:
        return {"file": self.file, "rows": [dict(row) for row in self.rows]}

    def check(self, *sides: Side) -> None:
        """Raise InputError if a key is in no scenario, or the first draw is impossible."""
        for key in self.keys:
            if all(value_at(side.resolved, key) is None for side in sides):
                known = f"neither {sides[0].label} nor {sides[1].label}" if len(sides) == 2 else "none of the scenarios"
                raise InputError(f"{self.file}: column {key!r} is a key of {known}")
        self.scenarios(0, *sides)

    def scenarios(self, replication: int, base: Side, *others: Side) -> tuple[Scenario, ...]:
        """All scenarios with the values of one draw.

        What another one sets differently from the base is part of the comparison and stays as it is; what both have
        alike is drawn.
        """
        row = self.rows[replication]
        drawn = [_with(base, row, set(self.keys), self.file)]
        drawn += [_with(side, row, set(shared_keys(self.keys, base, side)), self.file) for side in others]
        return tuple(drawn)


def shared_keys(keys: Sequence[str], a: Side, b: Side) -> list[str]:
    """Keys whose value is the same in A and in B, or that only B has."""
    return [key for key in keys if value_at(a.resolved, key) in (None, value_at(b.resolved, key))]


def _with(side: Side, row: Mapping[str, Any], keys: set[str], file: str) -> Scenario:
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
