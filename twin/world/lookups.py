"""Tables that only save the kernel time: bit masks of pools and lines, and who comes back when."""

import numpy as np

from twin.kernel.tables import DIARY
from twin.world.routes import Routes


def build_lookups(routes: Routes, n_pools: int, n_words: int, n_rows: int) -> dict[str, np.ndarray]:
    """These tables at the start of a run, by their names in `World`; `n_words` are those of a mask of lines."""
    diary = np.zeros(n_rows, DIARY).view(np.recarray)
    diary.first = -1
    return {
        "diary": diary,
        "pool_mask": _pool_mask(routes, n_pools),
        "idle_mask": np.zeros(_words(n_pools), np.uint64),
        "reserve_mask": _reserve_mask(routes, n_words),
    }


def _words(n: int) -> int:
    """Words of 64 bits that hold so many."""
    return max((n + 63) // 64, 1)


def _pool_mask(routes: Routes, n_pools: int) -> np.ndarray:
    """The pools of each line, as bits."""
    mask = np.zeros((len(routes.lines), _words(n_pools)), np.uint64)
    for line, (first, n) in enumerate(zip(routes.lines["first_step"], routes.lines["n_steps"], strict=True)):
        for pool in routes.steps["pool"][first : first + n].tolist():
            mask[line, pool >> 6] |= np.uint64(1 << (pool & 63))
    return mask


def _reserve_mask(routes: Routes, n_words: int) -> np.ndarray:
    """The lines with a guaranteed wait, as bits."""
    mask = np.zeros(n_words, np.uint64)
    for line in np.flatnonzero(routes.lines["guarantee"] > 0).tolist():
        mask[line >> 6] |= np.uint64(1 << (line & 63))
    return mask
