"""What a case is, and when a measure counts as met: within 3 standard errors, never within a fixed percentage."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

LIMIT = 3.0
"""[standard errors] within which two values agree (verification.md)."""
NORMAL_95 = 1.959964
Formula = Callable[[Any], Any]
"""Takes means over replications of counts and sums (a column each), gives the measure: ratios are divided last."""


@dataclass(frozen=True)
class Published:
    """A value as somebody printed it, and how sure they can be of it.

    Its standard error comes from the first of these that is given: `half_width` of the 95 % interval; `sd` and
    `replications`; `replications` alone, with the spread that we find between replications. The rounding of the last
    printed digit (uniform: unit / sqrt(12)) is added. With `is_exact` there is none: theory knows the value.
    """

    value: float
    source: str
    unit: float = 0.0
    """Of the last printed digit."""
    half_width: float | None = None
    sd: float | None = None
    replications: int | None = None
    is_exact: bool = False

    def standard_error(self, our_se: float, our_n: int) -> float:
        if self.is_exact:
            return 0.0
        if self.half_width is not None:
            sampling = self.half_width / NORMAL_95
        elif self.replications is None:
            raise ValueError(f"{self.value} ({self.source}) needs half_width or replications")
        elif self.sd is not None:
            sampling = self.sd / math.sqrt(self.replications)
        else:
            sampling = our_se * math.sqrt(our_n / self.replications)
        return math.hypot(sampling, self.unit / math.sqrt(12.0))


def _unit(text: str) -> float:
    return 10.0 ** -len(text.partition(".")[2])


def printed(text: str, sd: float, n: int) -> Published:
    """Published with a standard deviation between `n` replications."""
    return Published(float(text), "published", _unit(text), sd=sd, replications=n)


def rerun(text: str, half_width: float | None = None, n: int | None = None) -> Published:
    """An independent re-run of the published model: value +- half of the 95 % interval, or from `n` replications."""
    return Published(float(text), "re-run [X]", _unit(text), half_width=half_width, replications=n)


def exact(value: float) -> Published:
    """What theory knows."""
    return Published(value, "exact", is_exact=True)


@dataclass(frozen=True)
class Measure:
    name: str
    definition: str
    formula: Formula
    published: tuple[Published, ...]


@dataclass(frozen=True)
class Row:
    """One line of the table. Exact comparisons have no standard errors, but a tolerance."""

    case: str
    measure: str
    definition: str
    source: str
    published: float
    se_published: float | None
    ours: float
    se_ours: float | None
    tolerance: float | None = None

    @property
    def z(self) -> float | None:
        """(ours - published) / standard error of the difference."""
        if self.se_ours is None or self.se_published is None:
            return None
        se = math.hypot(self.se_ours, self.se_published)
        difference = self.ours - self.published
        return difference / se if se > 0 else math.copysign(math.inf, difference) if difference else 0.0

    @property
    def is_met(self) -> bool:
        if self.z is not None:
            return abs(self.z) <= LIMIT
        return self.tolerance is not None and abs(self.ours - self.published) <= self.tolerance

    def as_dict(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "measure": self.measure,
            "definition": self.definition,
            "source": self.source,
            "published": self.published,
            "se_published": self.se_published,
            "ours": self.ours,
            "se": self.se_ours,
            "tolerance": self.tolerance,
            "z": self.z,
            "verdict": "met" if self.is_met else "not met",
        }


@dataclass(frozen=True)
class Case:
    """A scenario run in `chunks` independent pieces of `days`; `batch` days make one replication."""

    name: str
    title: str
    scenario: str
    measures: tuple[Measure, ...]
    chunks: int
    days: int
    batch: int = 1
    sample: Callable[["Case", int, int], pd.DataFrame] | None = None
    """How a chunk becomes counts and sums, a row per day; by tallies unless given."""
    overrides: Mapping[str, object] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    """Parts of the scenario left out, as `patience`."""

    def rows(self, sample: pd.DataFrame) -> list[Row]:
        """Each measure against each published value. `sample`: counts and sums, a row per replication."""
        return [row for measure in self.measures for row in rows_of(self.name, measure, sample)]


@dataclass(frozen=True)
class ExactCase:
    """Values that are worked out rather than sampled."""

    name: str
    title: str
    rows: Callable[[], list[Row]]


def rows_of(case: str, measure: Measure, sample: pd.DataFrame) -> list[Row]:
    ours, se = estimate(measure.formula, sample)
    return [
        Row(case, measure.name, measure.definition, published.source, published.value,
            published.standard_error(se, len(sample)), ours, se)
        for published in measure.published
    ]  # fmt: skip


def estimate(formula: Formula, sample: pd.DataFrame) -> tuple[float, float]:
    """Value and standard error of a function of means, by the jackknife (Efron & Stein 1981): one replication left out.

    Parameters
    ----------
    sample : DataFrame
        One row per independent replication.
    """
    n = len(sample)
    if n < 2:
        raise ValueError(f"a standard error needs 2 replications or more, not {n}")
    total = sample.sum()
    value = float(formula(total / n))
    left_out = np.asarray(formula((total - sample) / (n - 1)), float)
    return value, float(np.sqrt((n - 1) / n * np.square(left_out - left_out.mean()).sum()))
