"""What is found, in sentences: the verdict, what is guaranteed and what is not."""

import numpy as np

from experiments.optimise.optimise import Plan, Result
from experiments.optimise.verdict import HOLDS, MISSES, NOT_SHOWN

VERDICTS = {HOLDS: "holds", MISSES: "misses", NOT_SHOWN: "not shown to hold"}


def sentence(result: Result) -> str:
    """The outcome in one sentence."""
    ours, study = result.ours, result.instance.study
    money = f"{ours.cost:,.0f} EUR a {study.cycle}"
    if result.holds:
        return f"A plan for {money} holds all targets, with confidence {100 * study.test.confidence:g} %."
    why = "it misses on fresh days" if ours.verdict == MISSES else "more test days, or a larger budget, may show it"
    if result.search.short > 0:
        why = "as far as the cuts tell, it takes more people than the study allows (most)"
    return f"No plan is shown to hold all targets; the safest, for {money}, is given: {why}."


def beaten(result: Result) -> list[str]:
    """Ours against each baseline, a sentence each."""
    found = []
    for other in result.baselines:
        saving = 100 * (other.cost - result.ours.cost) / other.cost if other.cost > 0 else 0.0
        price = f"{abs(saving):.1f} % {'cheaper' if saving > 0 else 'dearer'}" if abs(saving) >= 0.05 else "as cheap"
        if other.verdict == HOLDS:
            found.append(f"{other.name} holds, too; ours is {price}.")
        elif other.verdict == MISSES:
            found.append(f"{other.name} misses the targets; ours is {price}.")
        else:
            found.append(f"{other.name} is not shown to hold; ours is {price}.")
    return found


def guarantees(result: Result) -> list[str]:
    """What is sure, and what is not."""
    test, cycle = result.instance.study.test, result.instance.study.cycle
    error = 100 * (1 - test.confidence)
    lines = [
        f"Guaranteed: a plan that misses any target anywhere is called holding with probability {error:g} % at most. "
        f"Every cell passes a one-sided test on {cycle}s that the search has not seen, exact for targets with a "
        "probability, Student's t for those in the long run; plans are tested from the safest on until one does not "
        "pass, so neither the cells nor the plans add to the error.",
        f"Assumed: the {cycle}s of one run are independent, and the scenario is true.",
        "Not guaranteed: that no cheaper plan holds. Service is S-shaped in the staff, cuts may ask for too much; they "
        "are repaired, but the plan is the best found, not the best there is.",
        "Cost is the planned hours, breaks included, at the scenario's wages; what handling after the end of a shift "
        "costs is not in it.",
    ]
    if result.instance.study.lost_contact > 0:
        lines.insert(1, (
            f"Guaranteed beside it: of the plans that hold, the one shown costs, lost contacts included, at most "
            f"{test.indifference:g} EUR more than the best, with the same confidence (Kim & Nelson; normal sums)."
        ))  # fmt: skip
    return lines


def target_rows(result: Result, plan: Plan) -> list[dict[str, object]]:
    """How a plan does by target: the measure over everything, and the worst cell with its bounds."""
    found: list[dict[str, object]] = []
    for i, target in enumerate(result.instance.study.targets):
        cells = np.flatnonzero(result.cells.target_of == i)
        if not len(cells):
            continue
        values, low = plan.shown.estimate[cells], plan.shown.lower[cells]
        if target.probability is None:  # contacts beyond the target, as a share of the contacts offered
            offered = result.cells.offered(plan.sums[None])[0, cells] / plan.shown.n
            values, low = values / offered, low / offered
            at = int(values.argmin())
            worst, bound = (target.level + target.sign * x[at] for x in (values, low))
        else:
            at = int(values.argmin())
            worst, bound = values[at], low[at]
        cell = result.cells.cells[cells[at]]
        found.append({
            "target": str(target), "cells": len(cells), "worst_cell": cell.name(result.instance.n_days),
            "worst": float(worst), "bound": float(bound), "is_probability": target.probability is not None,
            "wanted": target.probability or target.level,
        })  # fmt: skip
    return found


def target_cell(row: dict[str, object]) -> str:
    """The worst cell of a target as text."""
    worst, bound = 100 * float(str(row["worst"])), 100 * float(str(row["bound"]))
    if row["is_probability"]:
        return f"{worst:.1f} % of days (at least {bound:.1f})"
    return f"{worst:.1f} % (bound {bound:.1f})"
