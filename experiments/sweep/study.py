"""A study: a scenario, the keys that vary, how points are chosen, how often each point is run. One short TOML file."""

import functools
import hashlib
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from scipy.stats import qmc

from experiments.sweep.sources import RUN_CODE
from twin.errors import InputError, ScenarioError
from twin.scenario.change import changed, value_at
from twin.scenario.files import nearest, parse_toml
from twin.scenario.load import load
from twin.scenario.provenance import dotted
from twin.scenario.sentences import problems_of
from twin.scenario.units import in_base_units, written_like

By = Literal["cluster", "queue", "intent", "hour", "day"]
Model = TypeVar("Model", bound=BaseModel)
Method = Literal["grid", "latin_hypercube", "sobol", "list"]

MOST_POINTS = 1_000_000
RUN_DAYS = "run.days"
"""The key of the counted days: as a factor, each point has its own."""


class Factor(BaseModel):
    """One key of the scenario that varies: through given values, or over a range."""

    model_config = ConfigDict(extra="forbid")

    values: list[Any] | None = Field(None, min_length=1)
    """As the scenario writes them ("3 min", 0.8, "longest_idle"); for a grid or a list."""
    range: tuple[Any, Any] | None = None
    """Lowest and highest, as the scenario writes them."""
    levels: int = Field(3, ge=2, le=1000)
    """Of a range in a grid."""
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False
    """Rounded to whole numbers."""

    @model_validator(mode="after")
    def _one(self) -> "Factor":
        if (self.values is None) == (self.range is None):
            raise ValueError("must have either values or a range")
        if self.range is not None:
            low, high = self.ends
            if not (math.isfinite(low) and math.isfinite(high)):
                raise ValueError(f"has the range {list(self.range)}, must have ends")
            if not low < high:
                raise ValueError(f"has the range {list(self.range)}, must begin with the smaller number")
            if self.scale == "log" and low <= 0:
                raise ValueError(f"has the range {list(self.range)}, must be above 0 on a log scale")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """In base units."""
        assert self.range is not None
        low, high = (in_base_units(end) for end in self.range)
        return low, high

    def at(self, share: np.ndarray) -> list[Any]:
        """Values at shares [0, 1] of the range, or the value of that place in the list, as the scenario writes them."""
        if self.values is not None:
            places = np.minimum((share * len(self.values)).astype(int), len(self.values) - 1)
            return [self.values[place] for place in places]
        low, high = self.ends
        found = low * (high / low) ** share if self.scale == "log" else low + (high - low) * share
        assert self.range is not None
        return [self._written(value) for value in found]

    def _written(self, value: float) -> Any:
        assert self.range is not None
        if self.whole:
            return round(value)
        return written_like(self.range[0], float(value))

    @property
    def grid(self) -> list[Any]:
        if self.values is not None:
            return list(self.values)
        found = self.at(np.linspace(0.0, 1.0, self.levels))
        return list(dict.fromkeys(found)) if self.whole else found


class Study(BaseModel):
    """What a study file says."""

    model_config = ConfigDict(extra="forbid")

    title: str = ""
    scenario: str
    """Name in the library, or path of a TOML file, from the study's folder."""
    set: dict[str, Any] = {}
    """Values over the scenario that hold in all runs."""
    days: int | None = Field(None, ge=1)
    seed: int = Field(1, ge=0)
    """Of the customers that all points meet: common random numbers."""
    replications: int = Field(1, ge=1)
    method: Method = "grid"
    """grid: all combinations; latin_hypercube, sobol: `points` over the ranges; list: the values side by side."""
    points: int = Field(64, ge=1, le=MOST_POINTS)
    factors: dict[str, Factor] = Field(min_length=1)
    """By key of the scenario."""
    by: list[By] = []
    """Tables of counts kept of each run beside the one of all contacts: by cluster, by queue, ..."""

    @model_validator(mode="after")
    def _fits(self) -> "Study":
        if self.method == "grid":
            n_points = math.prod(len(factor.values or range(factor.levels)) for factor in self.factors.values())
            if n_points > MOST_POINTS:
                raise ValueError(f"method 'grid' has {n_points:,} points, must have at most {MOST_POINTS:,}")
        if self.method == "list":
            lengths = {key: len(factor.values or ()) for key, factor in self.factors.items()}
            if 0 in lengths.values() or len(set(lengths.values())) > 1:
                raise ValueError(f"method 'list' needs as many values of each factor, given {lengths}")
        return self

    def design(self) -> pd.DataFrame:
        """The points, one a row: columns are the factors' keys, values as the scenario writes them."""
        names = list(self.factors)
        if self.method == "list":
            return pd.DataFrame({name: list(self.factors[name].values or ()) for name in names}, dtype=object)
        if self.method == "grid":
            points = itertools.product(*(self.factors[name].grid for name in names))
            return pd.DataFrame(list(points), columns=names, dtype=object)
        shares = _shares(self.method, len(names), self.points, self.seed)
        columns = {name: self.factors[name].at(shares[:, i]) for i, name in enumerate(names)}
        return pd.DataFrame(columns, dtype=object)


def _shares(method: str, d: int, n: int, seed: int) -> np.ndarray:
    """Points in the unit cube, (n, d)."""
    rng = np.random.default_rng(seed)
    if method == "sobol":
        return qmc.Sobol(d, rng=rng).random_base2(max(int(np.ceil(np.log2(n))), 0))[:n]
    return qmc.LatinHypercube(d, rng=rng).random(n)


class Plan(BaseModel):
    """A study as it is run: the scenario resolved, the points written out."""

    study: Study
    resolved: dict[str, Any]
    days: int
    points: Annotated[list[dict[str, Any]], Field(min_length=1)]
    """All different: points alike (a rounded range has many) have the same runs."""
    name: str

    @classmethod
    def read(cls, path: str | Path) -> "Plan":
        """Read and check a study file.

        Raises
        ------
        InputError
            One sentence: the file, the key, what is given, what is allowed.
        """
        file = Path(path)
        return cls.of(read_study(file, Study), file)

    @classmethod
    def of(cls, study: Study, file: Path) -> "Plan":
        """The study with its scenario resolved; the first and the last point are tried."""
        loaded = load(beside(file, study.scenario), study.set)
        for key in study.factors:
            if value_at(loaded.resolved, key) is None:
                hint = nearest(key, list(loaded.provenance)) or ", must be stated there, or under set"
                raise InputError(f"{file}: factors.{key} is a key without a value in {loaded.scenario.name}{hint}")
        if study.days is not None and RUN_DAYS in study.factors:
            raise InputError(f"{file}: days is {study.days}, must not be given where {RUN_DAYS} is a factor")
        points = [{str(key): value for key, value in point.items()} for point in study.design().to_dict("records")]
        plan = cls(
            study=study,
            resolved=loaded.resolved,
            days=study.days or loaded.scenario.run.days,
            points=list({digest(point): point for point in points}.values()),
            name=loaded.scenario.name,
        )
        for point in (plan.points[0], plan.points[-1]):
            changed(plan.resolved, point, plan.name)
        return plan

    @functools.cached_property
    def base(self) -> str:
        """Identity of what all runs share: scenario, days, seed, tables, code."""
        return digest([self.resolved, self.days, self.study.seed, self.study.by, RUN_CODE])

    def key(self, point: int, replication: int) -> str:
        """Identity of one run: the same key, the same numbers."""
        return digest([self.base, self.points[point], replication])

    @property
    def runs(self) -> list[tuple[int, int]]:
        """(point, replication) of all runs; the first replication of every point comes first."""
        return [(point, r) for r in range(self.study.replications) for point in range(len(self.points))]


def read_study(file: Path, kind: type[Model]) -> Model:
    """What the file of a study says.

    Raises
    ------
    InputError
        One sentence: the file, the key, what is given, what is allowed.
    """
    try:
        data = parse_toml(file.read_text("utf-8"), str(file))
    except FileNotFoundError:
        raise InputError(f"{file}: is not there, must be the TOML file of a study") from None
    except OSError as error:
        what = "is a folder" if file.is_dir() else f"cannot be read ({error.strerror})"
        raise InputError(f"{file}: {what}, must be the TOML file of a study") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: is not a TOML file: {error}") from None
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(f"{file}: {text}" for text in sentences_of(error, data, kind)) from None


def beside(file: Path, scenario: str) -> str:
    """A scenario as the file of a study names it: a file beside that one, or else a name or path as everywhere."""
    path = file.parent / scenario
    return str(path) if path.is_file() else scenario


def digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def sentences_of(error: ValidationError, data: dict[str, Any], kind: type[BaseModel]) -> list[str]:
    """What is wrong with a study, in the same words as for a scenario."""
    found = problems_of(error, data, lambda path, _: known_keys(kind, path))
    return [f"{dotted(path)} {text}" if path else text for path, text in found]


def known_keys(kind: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Keys that the table at `path` of a study may have; names of tables and numbers in lists are free."""
    kinds = [kind]
    for part in path:
        named = [one.model_fields[str(part)] for one in kinds if str(part) in one.model_fields]
        kinds = [inner for field in named for inner in _models(field.annotation)] or kinds
    return sorted({key for one in kinds for key in one.model_fields})


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
