"""Keyed chance: each number is a pure function of (seed, purpose, who, which time).

Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11); its published
known-answer vectors are in the tests. One block gives two uniforms.
"""

import hashlib

import numpy as np

from twin.kernel.jit import entry, inlined

_U = np.uint64
_LOW = _U(0xFFFFFFFF)
_M0, _M1 = _U(0xD2511F53), _U(0xCD9E8D57)
_W0, _W1 = _U(0x9E3779B9), _U(0xBB67AE85)
_32, _20 = _U(32), _U(20)


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Four 32-bit words from a 4 x 32 bit counter and a 2 x 32 bit key, all held in uint64."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inlined
def _unit(high, low):
    """A uniform in the open interval (0, 1) from two 32-bit words, 52 bits wide."""
    return (np.float64((high << _20) | (low >> np.uint64(12))) + 0.5) * 2.220446049250313e-16


@inlined
def pair_of(seed, purpose, who, which):
    """Two independent uniforms in (0, 1) for the `which`-th draw of `who` (uint64) for `purpose`."""
    key = _U(seed)
    name = _U(who)
    words = philox(name & _LOW, name >> _32, _U(which), _U(purpose), key & _LOW, key >> _32)
    return _unit(words[0], words[1]), _unit(words[2], words[3])


@entry
def uniforms(seed, purpose, who, which):
    """The same, kept in one place: for draws one by one."""
    return pair_of(seed, purpose, who, which)


def replication_seed(seed: int, replication: int) -> int:
    """The 64-bit key of one replication, a hash of both: no two replications share a stream."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{replication}".encode(), digest_size=8).digest(), "little")
