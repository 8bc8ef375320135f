"""What one more person in one interval would do to every cell: differences of runs with common random numbers.

An extra person is felt in the interval where he works, by those who wait from the one before, and in those after it
until the line has forgotten. So one run has extra people in every `spacing`-th interval, and each effect belongs to the
nearest of them (Curtis, Powell & Reid 1974 do so for sparse Jacobians): `spacing` runs a group in place of one for each
interval. The slopes of cuts are so measured in Atlason, Epelman & Henderson (2008), one interval at a time.
"""

import math
from collections.abc import Sequence

import numpy as np

from experiments.optimise.instance import Extra, Heads, Instance
from experiments.optimise.runs import Purse, Runs
from experiments.optimise.targets import Cells

MEMORY = 7200.0  # [s] after which the line has forgotten an extra person: many handle times
LEAST_SPACING = 4
FAINT = 0.1  # of a cell's steepest slope, below which a slope is taken for noise
LEAST_TAIL = 5  # days around a quantile over which its slope is averaged


def spacing(instance: Instance) -> int:
    """Intervals from one extra person to the next."""
    return max(LEAST_SPACING, math.ceil(MEMORY / instance.slot))


def extras(instance: Instance) -> list[Extra]:
    """The runs with extra people that show all slopes."""
    opening, step = instance.scenario.opening, spacing(instance)
    first = math.ceil(opening.opens / instance.slot - 1e-9)
    last = math.floor(opening.closes / instance.slot + 1e-9)
    return [
        Extra(group, tuple(slot * instance.slot for slot in range(first + shift, last, step)))
        for group in range(len(instance.groups))
        for shift in range(min(step, last - first))
    ]


def slopes(
    cells: Cells, runs: Runs, purse: Purse, heads: Heads, replications: Sequence[int], margin: float
) -> np.ndarray:
    """Contacts by which each cell's excess rises with one more person: (cells, groups, days of the cycle, slots)."""
    instance = cells.instance
    base = runs.sample(heads, replications, purse)
    weights = tail_weights(cells, cells.excess(base), margin)
    found = np.zeros((len(cells.busy), len(instance.groups), instance.n_days, instance.n_slots))
    for extra in extras(instance):
        more = runs.sample(heads, replications, purse, extra)
        first = 0
        for i in range(len(cells.targets)):
            change = cells.slots(i, more) - cells.slots(i, base)
            first = _attribute(cells, i, first, change, weights, extra, found)
    found = found[cells.busy]
    steepest = found.max(axis=(1, 2, 3), keepdims=True)
    return np.where(found > FAINT * steepest, found, 0.0)


def tail_weights(cells: Cells, excess: np.ndarray, margin: float) -> np.ndarray:
    """Weight of each day in a cell's slope (cycles, all cells): all alike, or those around the quantile."""
    n = len(excess)
    rank = cells.rank(n, margin)
    place = np.argsort(np.argsort(excess, axis=0, kind="stable"), axis=0)
    is_near = place <= np.minimum(np.maximum(2 * rank, LEAST_TAIL - 1), n - 1)
    weights = np.where(cells.probability > 0, is_near / is_near.sum(axis=0), 1.0 / n)
    everywhere = np.zeros((n, len(cells.busy)))
    everywhere[:, cells.busy] = weights
    return everywhere


def _attribute(
    cells: Cells, target: int, first: int, change: np.ndarray, weights: np.ndarray, extra: Extra, found: np.ndarray
) -> int:
    """Add the effects on one target's cells; the first cell of the next target."""
    instance = cells.instance
    n, n_days, n_queues, n_slots = change.shape
    size = round(cells.targets[target].every / instance.slot)
    n_periods = n_slots // size
    last = first + n_days * n_queues * n_periods
    own = weights[:, first:last].reshape(n, n_days, n_queues, n_periods)
    effect = np.einsum("nduS,nduS->duS", np.repeat(own, size, axis=3), change)
    view = found[first:last].reshape(n_days, n_queues, n_periods, *found.shape[1:])
    step = spacing(instance)
    for start in extra.starts:
        slot = round(start / instance.slot)
        for felt in range(max(slot - 1, 0), min(slot + step - 1, n_slots)):
            for day in range(n_days):
                view[day, :, felt // size, extra.group, day, slot] += effect[day, :, felt]
    return last
