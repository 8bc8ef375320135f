"""How kernel functions are compiled. The first two do no reference counting: they neither make nor return arrays."""

from numba import njit

compiled = njit(cache=True, nogil=True, _nrt=False)
"""An ordinary function of the kernel."""

inlined = njit(cache=True, nogil=True, _nrt=False, forceinline=True)
"""Merged into its callers: for small functions, and for larger ones that are called from one place."""

entry = njit(cache=True, nogil=True)
"""What Python calls."""
