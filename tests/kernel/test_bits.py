"""Bits of masks, compiled and as plain Python."""

import numpy as np
from numba import njit

from twin.kernel.bits import _lowest_as_python, lowest_bit


@njit
def lowest_bits(masks):
    return np.array([lowest_bit(mask) for mask in masks])


def test_the_lowest_bit_is_found_whatever_stands_above_it():
    masks = np.array([1 << bit | above for bit in range(64) for above in (0, 1 << 63)], np.uint64)
    expected = np.repeat(np.arange(64), 2)
    assert (lowest_bits(masks) == expected).all()
    assert [_lowest_as_python(mask) for mask in masks] == expected.tolist()
