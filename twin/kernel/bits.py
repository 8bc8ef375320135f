"""Bits of a mask: of lines with somebody in them, of pools with somebody idle."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic


def _lowest_as_python(mask: np.uint64) -> np.int64:
    return np.int64((int(mask) & -int(mask)).bit_length() - 1)


@intrinsic
def _trailing_zeros(typing_context, mask):
    def count(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.IntType(1)(True))

    return types.int64(types.uint64), count


lowest_bit: Any = _lowest_as_python if config.DISABLE_JIT else _trailing_zeros
"""Position of the lowest set bit of a mask that has one: a single instruction of the processor."""
