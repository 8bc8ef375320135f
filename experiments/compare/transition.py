"""The move to B in time: B as it is 0, 1, 2 ... months after its people were moved, each against A."""

import copy
import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from experiments.compare.comparison import Comparison
from experiments.compare.findings import Series
from experiments.compare.measures import MEASURES
from experiments.compare.paired import BETTER, WORSE, differences, verdict
from experiments.compare.side import Side
from experiments.compare.time_to_effect import effects
from experiments.compare.variants import Pairs, Variant, run_variants, values
from twin.errors import InputError
from twin.scenario.load import scenario_from_dict

MONTHS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0)
KPIS = ("sl20", "mean_wait", "aht", "fcr", "csi", "cost_per_year")
COLUMNS = ("months", "kpi", "a", "b", "difference", "half_width", "verdict", "since_last", "since_last_half_width",
           "since_last_verdict", "n", "a_half_width", "b_half_width")  # fmt: skip


def check_transition(b: Side) -> None:
    """Raise InputError unless B moves people."""
    if b.scenario.migration is None:
        raise InputError(f"--transition follows the move to B, but {b.label} has no [migration]")


def run_transition(
    comparison: Comparison, workers: int | None = None, on_table: Callable[[pd.DataFrame], None] | None = None
) -> Series:
    """B at each of `MONTHS` since the move; `on_table` gets what is known whenever a month is finished."""
    plan = comparison.plan
    check_transition(plan.b)
    found: dict[float, Pairs] = {}

    def keep(variant: Variant, pairs: Pairs) -> None:
        found[float(variant.name.partition(" ")[0])] = pairs
        if on_table:
            on_table(series_table(found))

    variants = [_at(plan.b, months) for months in MONTHS]
    everything = run_variants(
        variants, comparison.pairs, plan.days, plan.seed, plan.replications, workers, on_done=keep,
        title="months since the move",
    )  # fmt: skip
    found.update(zip(MONTHS, everything, strict=True))
    return Series(series_table(found), time_to_effect(found, plan.seed))


def time_to_effect(found: dict[float, Pairs], seed: int) -> pd.DataFrame:
    """From which month on each difference to A is shown, and when it reaches 90 % of its end."""
    months = sorted(found)
    cube = np.stack([values(b, KPIS) - values(a, KPIS) for a, b in (found[month] for month in months)], axis=1)
    return effects(months, {kpi: cube[:, :, place] for place, kpi in enumerate(KPIS)}, seed)


def _at(b: Side, months: float) -> Variant:
    """A variant that needs no runs where B is at this month already."""
    assert b.scenario.migration is not None
    name = f"{months:g} months since the move"
    if b.scenario.migration.months_since == months:
        return Variant(name)
    resolved = copy.deepcopy(b.resolved)
    resolved["migration"]["months_since"] = months
    return Variant(name, b=scenario_from_dict(resolved, b.scenario.name))


def series_table(found: dict[float, Pairs]) -> pd.DataFrame:
    """One row for each month and KPI."""
    last = values(found[max(found)][1], KPIS)
    rows = []
    for months in sorted(found):
        a, b = (values(side, KPIS) for side in found[months])
        against_a, against_last = differences(a, b), differences(last, b)
        for place, kpi in enumerate(KPIS):
            row = {key: float(column[place]) for key, column in against_a.items() if key in COLUMNS}
            since, width = (float(against_last[key][place]) for key in ("difference", "half_width"))
            has = (math.isfinite(row["a"]), math.isfinite(row["b"]))
            better = MEASURES[kpi].better
            rows.append({"months": months, "kpi": kpi, **row,
                         "verdict": verdict(row["difference"], row["half_width"], better, *has),
                         "since_last": since, "since_last_half_width": width,
                         "since_last_verdict": verdict(since, width, better, has[1], has[1])})  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "int64"})


def settled(months: Sequence[float], verdicts: Sequence[str], bad: Sequence[str] = (WORSE,)) -> float | None:
    """First month from which on no verdict is bad; None if the last one still is."""
    first: float | None = None
    for month, said in zip(months, verdicts, strict=True):
        if said in bad:
            first = None
        elif first is None:
            first = month
    return first


def gained(months: Sequence[float], verdicts: Sequence[str]) -> float | None:
    """First month from which on B stays better than A."""
    return settled(months, [BETTER if said == BETTER else WORSE for said in verdicts])
