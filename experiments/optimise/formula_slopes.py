"""What one more person in one interval would do to every cell, by Erlang A at the service that was simulated.

For centres of hundreds of people, where slopes by simulation (`slopes`) take most of the time. In each interval the
simulated service of a queue says with how many operators Erlang A would give it; the slope is that of Erlang A there.
Who serves several queues helps each by its part of their load. An effect on the intervals before and after is left out;
the search drops the cuts that a simulated plan proves wrong, as it does with slopes by simulation.
"""

import numpy as np

from experiments.optimise.formulas import ERLANG_A, Formulas, formula_target
from experiments.optimise.runs import ABANDONED, IN_20S, IN_TARGET, OFFERED
from experiments.optimise.study import Target
from experiments.optimise.targets import Cells


def slopes_by_formula(cells: Cells, formulas: Formulas, sums: np.ndarray) -> np.ndarray:
    """Contacts by which each cell's excess rises with one more person: (cells, groups, days of the cycle, slots).

    Parameters
    ----------
    sums : of `Runs.sample`
        Of the plan at which the slopes are wanted.
    """
    instance, mean = cells.instance, sums.mean(axis=0)
    parts = _parts(formulas) * instance.there[:, None, None, None]
    found = []
    for target in cells.targets:
        rows = [instance.queues.index(queue) for queue in target.queues or instance.queues]
        effect = parts[:, rows] * np.stack([_gains(formulas, target, mean, row) for row in rows])
        found.append(_by_cell(effect.sum(axis=1, keepdims=True) if target.together else effect, target, instance.slot))
    return np.concatenate(found)[cells.busy]


def _parts(formulas: Formulas) -> np.ndarray:
    """Part of a person's time that each queue gets, by load: (groups, queues, days, slots)."""
    load = formulas.instance.serving[:, :, None, None] * formulas.load.erlangs
    return load / np.maximum(load.sum(axis=1, keepdims=True), 1e-12)


def _gains(formulas: Formulas, target: Target, mean: np.ndarray, row: int) -> np.ndarray:
    """Contacts of excess for one more operator of one queue: (days, slots)."""
    measure = ABANDONED if target.sign < 0 else IN_TARGET if target.within == "target" else IN_20S
    offered = mean[:, OFFERED, row]
    value = np.divide(mean[:, measure, row], offered, out=np.zeros_like(offered), where=offered > 0)
    curve = formulas.curve(ERLANG_A, formula_target(target), row)
    erlangs = formulas.load.erlangs[row]
    found = np.zeros_like(offered)
    for place in zip(*np.nonzero((erlangs > 0) & (offered > 0)), strict=True):
        found[place] = target.sign * curve.gain(float(erlangs[place]), float(value[place])) * offered[place]
    return found


def _by_cell(effect: np.ndarray, target: Target, slot: float) -> np.ndarray:
    """(groups, queues, days, slots) as (days x queues x periods, groups, days, slots), each cell its own slots."""
    n_groups, n_queues, n_days, n_slots = effect.shape
    size = round(target.every / slot)
    found = np.zeros((n_days, n_queues, n_slots // size, n_groups, n_days, n_slots))
    for day in range(n_days):
        for period in range(n_slots // size):
            own = slice(period * size, (period + 1) * size)
            found[day, :, period, :, day, own] = effect[:, :, day, own].transpose(1, 0, 2)
    return found.reshape(-1, n_groups, n_days, n_slots)
