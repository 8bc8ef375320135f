"""Keyed draws for many rows at once, for the code around the kernel."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.jit import entry


@entry
def uniform_pairs(seed, purpose, who, which):
    """Two uniforms for each of `who` (uint64 array): float array (n, 2)."""
    values = np.empty((len(who), 2))
    for i in range(len(who)):
        values[i, 0], values[i, 1] = uniforms(seed, purpose, who[i], which)
    return values
