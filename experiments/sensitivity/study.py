"""A sensitivity study: a scenario (or two, for their difference), factors with ranges, a method. One TOML file."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from experiments.compare.fitted import Named, fit_sentence, load_sides
from experiments.compare.measures import MEASURES
from experiments.compare.ranges import Assumption, assumptions_of, siblings
from experiments.compare.side import Side
from experiments.sensitivity.indices import Design, Method
from experiments.sweep.study import Factor, Plan, beside, read_study
from experiments.sweep.study import Study as SweepStudy
from twin.errors import InputError, ScenarioError
from twin.scenario.change import changed, place, table_of, value_at
from twin.scenario.files import nearest
from twin.scenario.units import in_base_units, written_like

USUAL = ("sl20", "mean_wait", "fcr", "csi", "cost_per_year", "arpu_at_risk", "net_money_per_year")


class Range(BaseModel):
    """One factor: its range; that of the scenario's marks unless given."""

    model_config = ConfigDict(extra="forbid")

    range: tuple[Any, Any] | None = None


class Study(BaseModel):
    """What a study file says."""

    model_config = ConfigDict(extra="forbid")

    title: str = ""
    scenario: str
    """Name in the library, or path of a TOML file, from the study's folder."""
    base: str | None = None
    """A second scenario: the difference, scenario - base, is looked at, too; what was fitted in it holds in both."""
    set: dict[str, Any] = {}
    """Values over both scenarios that hold in all runs."""
    days: int | None = Field(None, ge=1)
    seed: int = Field(1, ge=0)
    """Of the customers that all points meet: common random numbers."""
    replications: int = Field(1, ge=1)
    method: Method = "morris"
    trajectories: int = Field(10, ge=2, le=10_000)
    """Of Morris: runs are trajectories x (factors + 1)."""
    levels: int = Field(4, ge=2)
    """Of Morris' grid, an even number."""
    points: int = Field(64, ge=2, le=65_536)
    """Of Sobol, a power of two: runs are points x (factors + 2)."""
    kpis: list[str] = Field(list(USUAL), min_length=1)
    factors: dict[str, Range] = {}
    """By key; a key with `*` moves all that fit together. All assumptions (mark A) with a range unless given."""

    @model_validator(mode="after")
    def _fits(self) -> "Study":
        if self.points & (self.points - 1):
            raise ValueError(f"points is {self.points}, must be a power of two")
        if self.levels % 2:
            raise ValueError(f"levels is {self.levels}, must be even")
        unknown = next((name for name in self.kpis if name not in MEASURES), None)
        if unknown is not None:
            alike = nearest(unknown, list(MEASURES))
            raise ValueError(f"kpis has {unknown!r}, must be names that `twin kpis` lists{alike}")
        return self

    @property
    def size(self) -> int:
        return self.trajectories if self.method == "morris" else self.points


@dataclass(frozen=True)
class Sensitivity:
    """A study as it is run."""

    study: Study
    sides: tuple[Side, ...]
    """The scenario; behind it the base, if there is one."""
    days: int
    factors: tuple[Assumption, ...]
    design: Design

    @classmethod
    def read(cls, path: str | Path) -> "Sensitivity":
        """Read and check a study file.

        Raises
        ------
        InputError
            One sentence: the file, the key, what is given, what is allowed.
        """
        file = Path(path)
        study = read_study(file, Study)
        names = [*([study.base] if study.base else []), study.scenario]
        sides = tuple(reversed(load_sides(*(Named(beside(file, name), study.set) for name in names))))
        if len({side.label for side in sides}) < len(sides):
            raise InputError(f"{file}: base is {study.base!r}, must be another scenario")
        days = study.days or sides[0].scenario.run.days
        factors = _factors(study, sides, file)
        return cls(
            study, sides, days, factors, Design.of(study.method, len(factors), study.size, study.levels, study.seed)
        )

    @property
    def fitted(self) -> str:
        """Which calibrated values of the base the scenario has, too; empty where there are none."""
        return fit_sentence(*reversed(self.sides)) if len(self.sides) > 1 else ""

    @property
    def n_runs(self) -> int:
        return len(self.design.shares) * self.study.replications * len(self.sides)

    def plan(self, side: Side) -> tuple[Plan, np.ndarray]:
        """The runs of one scenario as a sweep over a list of points, and which of them each row of the design is."""
        points, places = _points(side, self.factors, self.design.shares)
        try:
            for point in (points[0], points[-1]):
                changed(side.resolved, point, side.scenario.name)
        except ScenarioError as error:
            raise InputError(f"factors: {error.problems[0]}") from None
        columns = {key: Factor(values=[point[key] for point in points]) for key in points[0]}
        if not columns:
            raise InputError(f"factors: {side.label} has none of the keys")
        study = SweepStudy(
            title=self.study.title, scenario=side.scenario.name, days=self.days, seed=self.study.seed,
            replications=self.study.replications, method="list", factors=columns,
        )  # fmt: skip
        plan = Plan(study=study, resolved=side.resolved, days=self.days, points=points, name=side.scenario.name)
        return plan, places


def _factors(study: Study, sides: Sequence[Side], file: Path) -> tuple[Assumption, ...]:
    """What varies, each with its range in numbers; what is no number is left out where nothing was asked for."""
    a, b = sides[0], sides[-1]
    if not study.factors:
        found = [one for one in assumptions_of(a, b) if one.mark.startswith("A") and _is_numeric(one)]
        if not found:
            raise InputError(f"{file}: factors is empty, and no assumption of the scenario has a range")
        return tuple(found)
    return tuple(_factor(key, told, sides, file) for key, told in study.factors.items())


def _factor(key: str, told: Range, sides: Sequence[Side], file: Path) -> Assumption:
    if told.range is not None:
        value = next((v for side in sides if (v := value_at(side.resolved, key)) is not None), None)
        if value is None:
            hint = nearest(key, [number["key"] for number in sides[0].numbers])
            raise InputError(f"{file}: factors.{key} is a key without a value in {sides[0].label}{hint}")
        found = Assumption(key, (key,), (value,), (told.range,), "–", "range given by the study")
    else:
        try:
            found = assumptions_of(sides[0], sides[-1], [key])[0]
        except InputError:
            raise InputError(f"{file}: factors.{key} has no range in the scenario, must be given one") from None
    if not _is_numeric(found):
        raise InputError(f"{file}: factors.{key} has the range {list(found.ranges[0])}, must be two rising numbers")
    return found


def _is_numeric(found: Assumption) -> bool:
    try:
        return all(in_base_units(low) < in_base_units(high) for low, high in found.ranges)
    except ValueError:
        return False


# ---- points -----------------------------------------------------------------------------------------------------


def _points(
    side: Side, factors: Sequence[Assumption], shares: np.ndarray
) -> tuple[list[dict[str, Any]], np.ndarray]:  # fmt: skip
    """Different points of one scenario, and for each row of the design its place among them."""
    tables = _sums_to_one(side, [key for factor in factors for key in factor.keys])
    points: dict[tuple[Any, ...], int] = {}
    listed: list[dict[str, Any]] = []
    places = []
    for row in shares:
        point: dict[str, Any] = {}
        for factor, share in zip(factors, row, strict=True):
            for key, span in zip(factor.keys, factor.ranges, strict=True):
                if value_at(side.resolved, key) is not None:
                    point[key] = _value(span, float(share))
        for members in tables:
            point |= _filled(side, members, point)
        known = tuple(point.values())
        if known not in points:
            points[known] = len(listed)
            listed.append(point)
        places.append(points[known])
    return listed, np.array(places)


def _value(span: tuple[Any, Any], share: float) -> Any:
    low, high = (in_base_units(end) for end in span)
    value = low + (high - low) * share
    is_whole = all(isinstance(end, int) and not isinstance(end, bool) for end in span)
    return round(value) if is_whole else written_like(span[0], value)


def _sums_to_one(side: Side, keys: Sequence[str]) -> list[list[str]]:
    """Keys of tables of shares that must sum to 1, where one of the factors is in them: (all keys of each table)."""
    found: dict[tuple[str, ...], list[str]] = {}
    for key in keys:
        value = value_at(side.resolved, key)
        if not isinstance(value, int | float):
            continue
        table, last = table_of(side.resolved, key)
        others = list(siblings(table, last)) if isinstance(table, dict) else []
        stem = key[: len(key) - len(str(last))]
        members = [f"{stem}{name}" for name in table if name == last or name in others] if others else []
        if members and abs(sum(table[name] for name in [last, *others]) - 1.0) < 1e-9 and _must(side, key):
            found[tuple(members)] = members
    return list(found.values())


def _must(side: Side, key: str) -> bool:
    """Whether a scenario in which only this share is another one is refused for its sum."""
    resolved = copy.deepcopy(side.resolved)
    place(resolved, key, value_at(resolved, key) * 0.5)
    try:
        changed(resolved, {}, side.scenario.name)
    except ScenarioError as error:
        return any("must sum to 1" in problem for problem in error.problems)
    return False


def _filled(side: Side, members: Sequence[str], point: Mapping[str, Any]) -> dict[str, float]:
    """Shares of a table that sum to 1: what does not vary gives way in proportion, or all are scaled."""
    values = {key: float(point.get(key, value_at(side.resolved, key))) for key in members}
    free = [key for key in members if key not in point]
    left = 1.0 - sum(value for key, value in values.items() if key in point)
    rest = sum(values[key] for key in free)
    if rest > 0 and left > 0:
        return values | {key: values[key] * left / rest for key in free}
    total = sum(values.values())
    return {key: value / total for key, value in values.items()}
