"""Keyed chance against the published vectors of Philox, and independence across keys."""

import itertools

import numpy as np
import pytest
from kernel_drivers import philox_words
from scipy import stats

from twin.kernel.bulk import uniform_pairs
from twin.kernel.chance import replication_seed, uniforms
from twin.kernel.codes import Purpose

U = np.uint64
KNOWN = [  # Random123, kat_vectors, philox4x32 with 10 rounds: counter, key, answer
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text):
    return [U(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter, key, answer):
    assert list(philox_words(*words(counter), *words(key))) == words(answer)


def test_a_uniform_is_made_of_the_words_of_its_key():
    seed, who = (0x299F31D0 << 32) | 0xA4093822, (0x85A308D3 << 32) | 0x243F6A88
    first, second = uniforms(U(seed), U(0x03707344), U(who), U(0x13198A2E))
    assert first == ((0xD16CFE0994FDCCEB >> 12) + 0.5) / 2**52
    assert second == ((0x5001E42024126EA1 >> 12) + 0.5) / 2**52


def pairs(seed=7, purpose=Purpose.WORK, n=100_000, which=0, first=0):
    return uniform_pairs(U(seed), U(purpose), np.arange(first, first + n, dtype=np.uint64), U(which))


def test_uniforms_lie_within_the_open_unit_interval():
    values = pairs(n=1_000_000)
    assert values.min() > 0.0
    assert values.max() < 1.0


def test_uniforms_fill_the_unit_interval_evenly():
    counts = np.histogram(pairs(n=500_000), bins=1000, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-4


STREAMS = {
    "first and second of a pair": (pairs()[:, 0], pairs()[:, 1]),
    "neighbouring who": (pairs()[:, 0], pairs(first=1)[:, 0]),
    "who 2^32 apart": (pairs()[:, 0], pairs(first=2**32)[:, 0]),
    "neighbouring purpose": (pairs()[:, 0], pairs(purpose=Purpose.PATIENCE)[:, 0]),
    "neighbouring which": (pairs()[:, 0], pairs(which=1)[:, 0]),
    "neighbouring seed": (pairs()[:, 0], pairs(seed=8)[:, 0]),
    "seeds 2^32 apart": (pairs()[:, 0], pairs(seed=7 + 2**32)[:, 0]),
    "purpose and which exchanged": (pairs(purpose=2, which=3)[:, 0], pairs(purpose=3, which=2)[:, 0]),
}


@pytest.mark.parametrize("name", STREAMS)
def test_draws_under_different_keys_are_independent(name):
    one, other = STREAMS[name]
    counts = np.histogram2d(one, other, bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(counts.ravel()).pvalue > 1e-4
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / np.sqrt(len(one))


def test_bulk_draws_are_the_single_draws():
    values = pairs(n=50, which=3)
    assert [tuple(row) for row in values] == [uniforms(U(7), U(Purpose.WORK), U(i), U(3)) for i in range(50)]


def test_each_purpose_has_its_own_number():
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose)


def test_replications_never_share_a_seed():
    seeds = {replication_seed(seed, r) for seed, r in itertools.product(range(100), range(100))}
    assert len(seeds) == 10_000
    assert max(seeds) < 2**64
    assert replication_seed(1, 23) != replication_seed(12, 3)


def test_a_replication_seed_is_the_same_everywhere():
    assert replication_seed(7, 0) == 16403258703644632223
