"""A figure that a document fixes: what it says, where it belongs, how it is measured and when it is met."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from experiments.check.ranking import BEHIND
from experiments.check.structure import MEASURES
from twin.calendar import YEAR
from twin.kpi import KPIS

FILE = Path(__file__).parent / "figures.toml"
SPANS = {"day": 1.0, "month": YEAR / 12, "year": YEAR}
"""[days] that counts may be told per."""


@dataclass(frozen=True)
class Figure:
    """One row of `figures.toml`."""

    id: str
    figure: str
    mark: str
    scenarios: tuple[str, ...]
    """To which it belongs."""
    days: int
    replications: int
    kind: Literal["fixed", "expected"] = "fixed"
    """Fixed by a document: not to meet it is an error. Expected of the model: reported."""
    structure: str | None = None
    kpi: str | None = None
    stock: str | None = None
    cluster: str | None = None
    queue: str | None = None
    intent: str | None = None
    change_over: int | None = None
    """Days: the value of the last so many less that of the first so many is meant."""
    last_days: int | None = None
    """Only the last so many days are looked at."""
    unit: str = ""
    """Of the catalogue, if the KPI is in it."""
    per: Literal["day", "month", "year"] | None = None
    national: bool = False
    """Told of the national size: the count of a smaller one is multiplied up."""
    versus: str | None = None
    """The difference to this scenario, with the same customers, is meant."""
    above: float | None = None
    below: float | None = None
    between: tuple[float, float] | None = None
    exactly: Any = None

    @property
    def needs_run(self) -> bool:
        return self.structure is None

    @property
    def is_measured(self) -> bool:
        """Whether what it takes to measure it exists."""
        if self.structure is not None:
            return self.structure in MEASURES
        return self.kpi is None or self.kpi in KPIS or self.kpi == BEHIND

    @property
    def measure(self) -> str:
        """The name under which it is measured."""
        return self.structure or self.kpi or f"share of {self.stock}"

    def is_met(self, found: Any, half_width: float | None = None) -> bool:
        """Whether the value, with all of its interval, is as wanted; nothing found (NaN) never is."""
        if self.exactly is not None:
            return bool(found == (list(self.exactly) if isinstance(self.exactly, tuple) else self.exactly))
        low, high = found - (half_width or 0.0), found + (half_width or 0.0)
        if self.between is not None:
            return bool(self.between[0] <= low and high <= self.between[1])
        return bool(low > self.above if self.above is not None else high < self.below)

    def is_open(self, found: float, half_width: float | None) -> bool:
        """Whether the mean is as wanted, but more replications are needed to say so."""
        return self.is_met(found) and not self.is_met(found, half_width)


def read_figures(path: Path = FILE) -> list[Figure]:
    """All figures, in the order of the file.

    Raises
    ------
    ValueError
        If a row has not exactly one measure and one criterion, or an unknown key: the file is part of the program.
    """
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_figure({**told["defaults"], **row}) for row in told["figures"]]


def _figure(row: Mapping[str, Any]) -> Figure:
    keys = {"exactly" if key == "is" else key: value for key, value in row.items()}
    unknown = keys.keys() - {field.name for field in fields(Figure)}
    measures = keys.keys() & {"structure", "kpi", "stock"}
    criteria = keys.keys() & {"above", "below", "between", "exactly"}
    if unknown or len(measures) != 1 or len(criteria) != 1:
        raise ValueError(f"{FILE.name}: {row.get('id')} must have one measure and one criterion, and no {unknown}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in keys.items()}
    if "stock" in values:
        values["unit"] = "share"
    elif values.get("kpi") in KPIS:
        values["unit"] = KPIS[values["kpi"]].unit
    return Figure(**values)


FIGURES: list[Figure] = read_figures()
