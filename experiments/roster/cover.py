"""The mixed-integer programs: how many people on which tour, and where their breaks lie."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from twin.errors import RunError

NODE_LIMIT = 30  # of the search tree: the same roster on a slow and on a fast machine
TIME_LIMIT = 120.0  # [s] of one program, for safety alone; what has been found by then is taken
GAP = 0.01  # relative, at which a solution is good enough


@dataclass(frozen=True)
class Wanted:
    """Staffing in steps: reaching the first `heights[0]` people matters most, then the next ones."""

    heights: np.ndarray
    """float64 (steps, slots): people at work on top of the step below."""
    weights: np.ndarray
    """float64 (steps, slots): what one of them missing for the whole slot costs; must not rise from step to step."""

    def cost(self, there: np.ndarray) -> float:
        """Weighted under-staffing with so many people at work, float64 (slots)."""
        tops = np.cumsum(self.heights, axis=0)
        missing = np.clip(tops - there, 0.0, self.heights)
        return float((missing * self.weights).sum())


def cover(
    presence: np.ndarray,
    wanted: Wanted,
    heads: int | np.ndarray | None,
    head_cost: float = 0.0,
    owner: np.ndarray | None = None,
) -> np.ndarray:
    """Numbers of people on each column of `presence`, with least weighted under-staffing (+ cost of the heads).

    Parameters
    ----------
    presence : float64 (slots, columns)
        Share of each slot that somebody on the column is at work.
    heads : int, array or None
        How many there are, all of them used; with `owner` (row of `heads` of each column) the number of each owner.
        None leaves it open: then `head_cost` decides.

    Raises
    ------
    RunError
        If the solver finds nothing in time.
    """
    rows = np.flatnonzero((wanted.heights > 0).any(axis=0))
    steps, slots = np.nonzero(wanted.heights[:, rows] > 0)
    n_columns, n_short = presence.shape[1], len(steps)
    tops = wanted.heights[:, rows].sum(axis=0)
    short = csr_array((np.ones(n_short), (slots, np.arange(n_short))), shape=(len(rows), n_short))
    constraints = [LinearConstraint(hstack([csr_array(presence[rows]), short], format="csr"), tops, np.inf)]
    if heads is not None:
        owner = np.zeros(n_columns, int) if owner is None else owner
        numbers = np.atleast_1d(heads)
        sums = csr_array((np.ones(n_columns), (owner, np.arange(n_columns))), shape=(len(numbers), n_columns))
        both = hstack([sums, csr_array((len(numbers), n_short))], format="csr")
        constraints.append(LinearConstraint(both, numbers, numbers))
    cost = np.concatenate([np.full(n_columns, head_cost), wanted.weights[:, rows][steps, slots]])
    upper = np.concatenate([np.full(n_columns, np.inf), wanted.heights[:, rows][steps, slots]])
    integral = np.concatenate([np.ones(n_columns), np.zeros(n_short)])
    found = milp(
        cost, integrality=integral, bounds=Bounds(0, upper), constraints=constraints,
        options={"time_limit": TIME_LIMIT, "node_limit": NODE_LIMIT, "mip_rel_gap": GAP},
    )  # fmt: skip
    if found.x is None:
        raise RunError(f"roster: the solver found no roster within {TIME_LIMIT:g} s: {found.message}")
    return found.x[:n_columns].round().astype(int)
