"""Walkers on densities whose mean, variance and modes are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from calibration.fit import walk as module
from calibration.fit.walk import BLOCK, DRAWS, THIN, WALKERS, lost, r_hat, walk


def rng(seed=1):
    return np.random.default_rng(seed)


def normal(mean, covariance):
    inverse = np.linalg.inv(covariance)
    return lambda z: -((z - mean) @ inverse * (z - mean)).sum(axis=1) / 2


def test_the_walk_finds_mean_and_covariance_of_a_normal():
    """Widths a hundred times apart, correlation 0.9, from a start far too narrow."""
    scale = np.array([10.0, 1.0, 0.1])
    covariance = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]]) * np.outer(scale, scale)
    mean = np.array([30.0, -2.0, 0.4])
    found = walk(normal(mean, covariance), mean + 0.01 * rng().normal(size=(50, 3)), rng(2))
    assert found.r_hat < 1.01
    np.testing.assert_allclose(found.draws.mean(axis=0) / scale, mean / scale, atol=0.06)
    np.testing.assert_allclose(
        np.cov(found.draws.T) / np.outer(scale, scale), covariance / np.outer(scale, scale), atol=0.06
    )


def test_the_walk_follows_a_bent_density():
    """y normal about x squared, x standard normal: E y = 1, Var y = 1 + Var x^2 = 3."""

    def bent(z):
        return -(z[:, 0] ** 2 + (z[:, 1] - z[:, 0] ** 2) ** 2) / 2

    found = walk(bent, rng().normal(size=(50, 2)), rng(2))
    assert found.draws.mean(axis=0) == pytest.approx([0.0, 1.0], abs=0.1)
    assert found.draws.var(axis=0) == pytest.approx([1.0, 3.0], rel=0.15)


def test_walkers_go_from_one_mode_to_another():
    """Two modes seven deviations apart on either side, three quarters of the weight in the right one."""

    def modes(z):
        right, left = (-((z - place) ** 2).sum(axis=1) / 0.08 for place in (1.0, -1.0))
        return np.logaddexp(np.log(3) + right, left)

    starts = np.sign(rng().normal(size=(96, 2)))[:, :1] * np.ones(2)  # half of them in each
    assert (walk(modes, starts, rng(2)).draws[:, 0] > 0).mean() == pytest.approx(0.75, abs=0.03)


def test_nobody_walks_where_the_density_is_zero():
    """The half of a standard normal above zero: mean sqrt(2 / pi)."""

    def half(z):
        return np.where(z[:, 0] > 0, -(z[:, 0] ** 2) / 2, -np.inf)

    draws = walk(half, np.full((4, 1), 0.5) + np.arange(4)[:, None] / 10, rng()).draws
    assert draws.min() > 0
    assert draws.mean() == pytest.approx((2 / np.pi) ** 0.5, abs=0.03)


def test_the_walk_ends_when_it_is_long_enough_and_drops_its_first_half(monkeypatch):
    told = iter([1.5, 1.2, 1.005])
    shapes = []

    def said(chains):
        shapes.append(chains.shape)
        return next(told)

    monkeypatch.setattr(module, "r_hat", said)
    found = walk(normal(np.zeros(2), np.eye(2)), rng().normal(size=(20, 2)), rng())
    assert (found.generations, found.r_hat) == (3 * BLOCK, 1.005)
    kept = BLOCK // THIN
    assert shapes == [(n * kept - n * kept // 2, WALKERS, 2) for n in (1, 2, 3)]
    assert len(found.draws) == DRAWS


def test_the_walk_ends_at_its_limit_and_says_what_is_wanting(monkeypatch):
    monkeypatch.setattr(module, "r_hat", lambda chains: 1.3)
    found = walk(normal(np.zeros(2), np.eye(2)), rng().normal(size=(20, 2)), rng(), longest=2 * BLOCK)
    assert (found.generations, found.r_hat) == (2 * BLOCK, 1.3)


def test_the_share_of_steps_is_that_of_the_half_kept():
    """A density that forbids all after its first block: the first half has steps taken, the second none."""
    calls = []

    def closing(z):
        calls.append(len(z))
        return np.where(len(calls) > BLOCK + 1, -np.inf, -(z**2).sum(axis=1))  # two calls a generation, one before

    assert walk(closing, rng().normal(size=(20, 2)), rng(), longest=BLOCK).acceptance == 0.0


def corner(z):
    """A standard normal, and a corner of a hundred-thousandth of its weight, which no step leads out of."""
    far = -((z - 40.0) ** 2).sum(axis=1) / 2 - np.log(1e5)
    return np.maximum(-(z**2).sum(axis=1) / 2, far)


def test_who_starts_in_a_far_corner_is_brought_back():
    starts = np.vstack([rng().normal(size=(90, 2)), rng(2).normal(size=(6, 2)) + 40.0])
    assert (starts[rng(3).integers(96, size=WALKERS)] > 20).any()
    found = walk(corner, starts, rng(3))
    assert found.r_hat < 1.01
    assert found.generations < 10 * BLOCK
    assert np.abs(found.draws).max() < 7
    assert found.draws.var(axis=0) == pytest.approx([1.0, 1.0], abs=0.08)


def test_nobody_is_brought_back_in_the_half_that_is_kept(monkeypatch):
    """Once brought back after the first block, two blocks are walked; after each block, three of six bring one back."""
    monkeypatch.setattr(module, "r_hat", lambda chains: 1.5 if len(chains) == BLOCK // THIN // 2 else 1.0)
    monkeypatch.setattr(module, "lost", lambda levels: np.arange(WALKERS) < 2)
    assert walk(normal(np.zeros(2), np.eye(2)), rng().normal(size=(20, 2)), rng()).generations == 2 * BLOCK
    monkeypatch.setattr(module, "r_hat", lambda chains: 1.5)
    monkeypatch.setattr(
        module, "_move", lambda density, z, level, rng: 0.0
    )  # all stay: places differ by who was brought
    places = np.random.default_rng(1).normal(size=(WALKERS, 1))
    monkeypatch.setattr(module, "lost", lambda levels: np.arange(WALKERS) == np.argmin(levels))
    found = walk(lambda z: z[:, 0].copy(), places, SimpleNamespace(
        integers=lambda n, size: np.arange(size), choice=lambda who, n: who[np.argmax(places[who])].repeat(n)
    ), longest=6 * BLOCK)  # fmt: skip
    assert sorted(set(found.draws[:, 0].tolist())) == np.sort(places[:, 0])[3:].tolist()


def test_who_is_lost_by_hand():
    """Quartiles 1 and 3: below 1 - 2 (3 - 1) = -3."""
    assert lost(np.array([-3.1, 1.0, 1, 2, 3, 3, 3])).tolist() == [True] + 6 * [False]
    assert not lost(np.array([-2.9, 1.0, 1, 2, 3, 3, 3])).any()


def test_r_hat_by_hand():
    """Two chains of four in halves: of each half the variance 2. Means 1, 1, 1, 1: sqrt(1/2); 1, 1, 1, 5, whose
    variance is 4: sqrt(1/2 + 4/2)."""
    same = np.array([[0.0, 0.0], [2, 2], [0, 0], [2, 2]])[:, :, np.newaxis]
    other = np.array([[0.0, 0.0], [2, 2], [0, 4], [2, 6]])[:, :, np.newaxis]
    assert r_hat(same) == pytest.approx(np.sqrt(0.5))
    assert r_hat(other) == pytest.approx(np.sqrt(2.5))
    assert r_hat(np.concatenate([same, other], axis=2)) == pytest.approx(np.sqrt(2.5)), "the worst coordinate"
