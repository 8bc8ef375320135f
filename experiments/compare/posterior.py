"""Parameters drawn from what a calibration left open: all arms of a replication have the same draw and the same luck.

The interval of the mean difference then holds the doubt about the parameters, too, and the spread of the single pairs
says what one future may bring: `../shared/experiments-calibration.md` calls for both.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from experiments.compare.comparison import Comparison, Plan
from experiments.compare.draws import Draws, shared_keys
from experiments.compare.many import Many, ManyPlan
from experiments.compare.measures import MEASURES, SUMMARY, span
from experiments.compare.side import Side
from experiments.compare.variants import values
from twin.errors import InputError
from twin.scenario.change import value_at

QUANTILES = (0.025, 0.975)
FEWEST_PAIRS = 10
"""Below this number of pairs the spread of single pairs says nothing."""


def with_posterior(plan: Plan, path: str) -> Plan:
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


def many_with_posterior(plan: ManyPlan, path: str) -> ManyPlan:
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


def spreads(comparison: Comparison) -> list[Spread]:
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


def spread_sentence(comparison: Comparison) -> str:
    """Where the numbers that were not known came from."""
    draws = comparison.plan.posterior
    if draws is None:
        return ""
    return _told("Each pair of runs", draws, "both models", comparison.a, comparison.b)


def many_spread_sentence(many: Many) -> str:
    """The same of several scenarios."""
    draws = many.plan.posterior
    return _told("Each replication", draws, "all scenarios", *many.plan.sides) if draws is not None else ""


def _told(what: str, draws: Draws, whom: str, base: Side, *others: Side) -> str:
    text = (
        f"{what} has values of its own for {len(draws.keys)} calibrated keys ({', '.join(draws.keys)}), "
        f"drawn from {Path(draws.file).name}, the same under {whom}: ± holds the doubt about them."
    )
    for key, (stated, low, high) in draws.strange(base).items():
        text += (
            f" {base.label} states {key} = {stated}, and all draws lie between {low:g} and {high:g}: are these the "
            "draws of this scenario?"
        )
    for side in others:
        shared = shared_keys(draws.keys, base, side)
        own = [key for key in draws.keys if key not in shared and value_at(side.resolved, key) is not None]
        if missing := [key for key in draws.keys if value_at(side.resolved, key) is None]:
            text += f" {side.label} has no {', '.join(missing)}."
        if own:
            text += f" {side.label} keeps its own value of {', '.join(own)}."
    return text
