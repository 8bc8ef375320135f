"""The ways a kernel function is compiled."""

from numba import njit

compiled = njit(cache=True, nogil=True, _nrt=False)
entry = njit(cache=True, nogil=True)
inlined = njit(cache=True, nogil=True, _nrt=False, forceinline=True)
