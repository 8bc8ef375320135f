"""The mixed-integer programs: cheapest numbers of people on the columns under cuts, or over a requirement."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint
from scipy.optimize import milp as scipy_milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from experiments.optimise.instance import Heads, Instance
from twin.errors import RunError

GAP = 1e-4  # relative, at which a plan is good enough; less where costs come in steps, and one step is all there is
NODE_LIMIT = 2000  # of the search tree: the same plan on a slow and on a fast machine
LARGE = 500  # columns, from which a program is solved from its relaxation, with the next two limits
LARGE_GAP, LARGE_NODE_LIMIT = 5e-3, 20
CENTRE_NODES = 50  # of the search for the plan of that cost with most to spare
MOST_SPARE = 1.0  # people to spare in every row, with which a plan is safe enough
TIME_LIMIT = 3600.0  # [s] by the clock on the wall, for safety alone: a machine that slept must find the same plan
PENALTY = 20.0  # of a person missing in one row, in the dearest column's cost: a cut that cannot be met ends nothing


@contextlib.contextmanager
def _stdout_kept_clean() -> Iterator[None]:
    """What the solver prints by itself (HiGHS does, of some programs) goes to stderr: stdout may be one JSON object."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def milp(*arguments: Any, **options: Any) -> Any:
    """SciPy's, without a word on stdout."""
    with _stdout_kept_clean():
        return scipy_milp(*arguments, **options)


@dataclass(frozen=True)
class Row:
    """``coefficients @ heads >= bound``."""

    coefficients: np.ndarray
    bound: float


@dataclass(frozen=True)
class Solution:
    heads: Heads
    bound: float
    """No plan that meets the rows costs less [EUR]."""
    short: float
    """People missing over all rows; above 0 if the rows cannot be met by the people there may be."""


def solve(instance: Instance, rows: Sequence[Row]) -> Solution:
    """The cheapest plan that meets the rows; of its cost, one with as much to spare in all rows as can be."""
    kept = _tightest([row for row in rows if row.coefficients.max(initial=0.0) > 1e-9])
    if not kept:
        return _solve(instance, csr_array((0, len(instance.columns))), np.zeros(0))
    scales = np.array([row.coefficients.max() for row in kept])
    matrix = _matrix(kept, scales)
    bounds = np.array([row.bound for row in kept]) / scales
    found = _solve(instance, matrix, bounds)
    is_left = found.short > 1e-6 or len(instance.columns) >= LARGE
    return found if is_left else _centred(instance, matrix, bounds, found)


def _tightest(rows: Sequence[Row]) -> list[Row]:
    """Of rows with the same coefficients the one that asks for most."""
    best: dict[bytes, Row] = {}
    for row in rows:
        known = best.setdefault(row.coefficients.tobytes(), row)
        if row.bound > known.bound:
            best[row.coefficients.tobytes()] = row
    return list(best.values())


def _matrix(rows: Sequence[Row], scales: np.ndarray) -> csr_array:
    """The rows without their zeros, each with 1 as its largest coefficient."""
    places = [np.flatnonzero(row.coefficients) for row in rows]
    values = [row.coefficients[own] / scale for row, own, scale in zip(rows, places, scales, strict=True)]
    ends = np.cumsum([0, *(len(own) for own in places)])
    shape = (len(rows), len(rows[0].coefficients))
    return csr_array((np.concatenate(values), np.concatenate(places), ends), shape=shape)


def _solve(instance: Instance, matrix: csr_array, bounds: np.ndarray, n_flows: int = 0) -> Solution:
    """`matrix` (rows, columns and flows); every row with a positive bound may be missed at a price."""
    n_columns, n_rows = len(instance.columns), matrix.shape[0]
    soft = np.flatnonzero(bounds > 0)
    slack = csr_array((np.ones(len(soft)), (soft, np.arange(len(soft)))), shape=(n_rows, len(soft)))
    constraints = [_heads(instance, n_columns + n_flows + len(soft))]
    if n_rows:
        constraints.append(LinearConstraint(hstack([matrix, slack], format="csr"), bounds, np.inf))
    price = PENALTY * instance.costs.max()
    cost = np.concatenate([instance.costs, np.zeros(n_flows), np.full(len(soft), price)])
    integral = np.concatenate([np.ones(n_columns), np.zeros(n_flows + len(soft))])
    relaxed = milp(cost, bounds=Bounds(0, np.inf), constraints=constraints)
    if relaxed.x is not None and n_columns >= LARGE:
        return _dived(cost, integral, constraints, relaxed, n_columns, n_flows)
    step = instance.cost_step
    gap = max(GAP, 0.95 * step / relaxed.fun) if relaxed.x is not None and relaxed.fun > 0 else GAP
    found = milp(
        cost, integrality=integral, bounds=Bounds(0, np.inf), constraints=constraints,
        options={"time_limit": TIME_LIMIT, "node_limit": NODE_LIMIT, "mip_rel_gap": min(gap, 0.1)},
    )  # fmt: skip
    if found.x is None:
        raise RunError(f"optimise: the solver found no plan: {found.message}")
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
    return _solution(found.x, float(bound), n_columns, n_flows)


def _dived(
    cost: np.ndarray, integral: np.ndarray, constraints: list[LinearConstraint], relaxed: Any, n_columns: int,
    n_flows: int,
) -> Solution:  # fmt: skip
    """Many columns: whole people of the relaxed plan stay, the rest is made up of the ways to work that it uses.

    The whole program would take the solver a minute and more; its relaxation, whose cost is the bound, a moment.
    """
    least, most = np.zeros(len(cost)), np.full(len(cost), np.inf)
    columns = relaxed.x[:n_columns]
    least[:n_columns] = np.floor(columns + 1e-6)
    most[:n_columns] = np.where(columns > 1e-6, np.inf, 0.0)
    found = milp(
        cost, integrality=integral, bounds=Bounds(least, most), constraints=constraints,
        options={"time_limit": TIME_LIMIT, "node_limit": LARGE_NODE_LIMIT, "mip_rel_gap": LARGE_GAP},
    )  # fmt: skip
    if found.x is None:
        raise RunError(f"optimise: the solver found no plan: {found.message}")
    return _solution(found.x, float(relaxed.fun), n_columns, n_flows)


def _solution(x: np.ndarray, bound: float, n_columns: int, n_flows: int) -> Solution:
    heads = tuple(int(n) for n in x[:n_columns].round())
    return Solution(heads, bound, float(x[n_columns + n_flows :].sum()))


def _centred(instance: Instance, matrix: csr_array, bounds: np.ndarray, found: Solution) -> Solution:
    """A plan of no higher cost with the most people to spare in the row that has least."""
    n_columns = len(instance.columns)
    spare = csr_array(-np.ones((matrix.shape[0], 1)))
    money = hstack([csr_array(instance.costs[None]), csr_array((1, 1))], format="csr")
    better = milp(
        np.concatenate([np.zeros(n_columns), [-1.0]]),
        integrality=np.concatenate([np.ones(n_columns), [0.0]]),
        bounds=Bounds(0, np.concatenate([np.full(n_columns, np.inf), [MOST_SPARE]])),
        constraints=[
            _heads(instance, n_columns + 1),
            LinearConstraint(hstack([matrix, spare], format="csr"), bounds, np.inf),
            LinearConstraint(money, -np.inf, instance.cost(found.heads) + 1e-6),
        ],
        options={"time_limit": TIME_LIMIT, "node_limit": CENTRE_NODES},
    )
    if better.x is None:
        return found
    return Solution(tuple(int(n) for n in better.x[:n_columns].round()), found.bound, 0.0)


def _heads(instance: Instance, n_variables: int) -> LinearConstraint:
    """People of each group, at least and at most."""
    n_groups, n_columns = len(instance.groups), len(instance.columns)
    told = [instance.staffed(group) for group in range(n_groups)]
    matrix = csr_array((np.ones(n_columns), (instance.group_of, np.arange(n_columns))), shape=(n_groups, n_variables))
    return LinearConstraint(matrix, [one.least for one in told], [one.most for one in told])


def cover(instance: Instance, required: np.ndarray) -> Solution:
    """The cheapest plan whose people can be split among the queues so that each has what it requires.

    Parameters
    ----------
    required : float64 (queues, days of the cycle, slots)
        People at work, the absent not counted.
    """
    places = [(q, d, s) for q, d, s in np.ndindex(*required.shape) if required[q, d, s] > 0]
    serving = instance.serving
    flow_of = {
        (g, *place): i
        for i, (g, place) in enumerate((g, place) for place in places for g in np.flatnonzero(serving[:, place[0]]))
    }
    there = sorted({(g, d, s) for g, _, d, s in flow_of})
    queue_row = {place: i for i, place in enumerate(places)}
    group_row = {place: len(places) + i for i, place in enumerate(there)}
    rows, columns, values = [], [], []
    for (g, q, d, s), i in flow_of.items():  # flows reach the queue, and come out of the group's people
        rows += [queue_row[(q, d, s)], group_row[(g, d, s)]]
        columns += [i, i]
        values += [1.0, -1.0]
    flows = coo_array((values, (rows, columns)), shape=(len(places) + len(there), len(flow_of)))
    people = vstack([csr_array((len(places), len(instance.columns))), _people(instance, there)])
    matrix = hstack([people, flows.tocsr()], format="csr")
    bounds = np.concatenate([[required[place] for place in places], np.zeros(len(there))])
    return _solve(instance, matrix, bounds, len(flow_of))


def _people(instance: Instance, there: Sequence[tuple[Any, Any, Any]]) -> csr_array:
    """Who comes and is at work, by (group, day, slot) and column."""
    found = []
    for g, d, s in there:
        found.append(
            csr_array(np.where(instance.group_of == g, instance.presence[:, d, s] * instance.there[g], 0.0)[None])
        )
    return vstack(found, format="csr")
