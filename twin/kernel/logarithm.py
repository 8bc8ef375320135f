"""The natural logarithm, the same to the last bit on every machine, many at once where the processor can.

The mathematical libraries of operating systems differ in the last bit, and a call of theirs stands alone. This one is
plain arithmetic, so the compiler merges it into its callers and takes several numbers at a time.
"""

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from twin.kernel.jit import inlined

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROOT_HALF = np.uint64(0x3FE6A09E667F3BCD)
"""Bits of the square root of 1/2, below which a significand is doubled."""
_52, _20, _32 = np.uint64(52), np.int32(20), np.uint64(32)


@intrinsic
def _bits_of(typing_context, number):
    def cast(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), cast


@intrinsic
def _number_of(typing_context, bits):
    def cast(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), cast


def _split_as_python(x: float) -> tuple[float, float]:
    significand, exponent = math.frexp(x)
    if significand < math.sqrt(0.5):
        return 2.0 * significand, exponent - 1.0
    return significand, float(exponent)


@inlined
def _split_bits(x):
    above = _bits_of(x) - _ROOT_HALF
    exponent = np.int32(above >> _32) >> _20
    return _number_of(_bits_of(x) - (np.uint64(exponent) << _52)), np.float64(exponent)


_split: Any = _split_as_python if config.DISABLE_JIT else _split_bits
"""Significand between the roots of 1/2 and of 2, and exponent of 2, of a normal positive number."""


@inlined
def log_of(x):
    """Natural logarithm of a positive number from 2.3e-308 on, to less than one unit in the last place.

    The polynomial is that of fdlibm's e_log.c (Sun Microsystems 1993; freely usable), without its branches.
    """
    significand, exponent = _split(x)
    f = significand - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    r = even + z * (6.666666666666735130e-01 + odd)
    half_square = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half_square - (s * (half_square + r) + exponent * _LN2_LOW)) - f)
