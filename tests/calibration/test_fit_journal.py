"""A fit that is ended goes on where it stopped; how far its walk and its processes can be trusted."""

import os
import zlib
from dataclasses import dataclass, field

import numpy as np
import pytest

from calibration.fit.fit import fit
from calibration.fit.journal import Journal
from calibration.fit.parameters import Box, Parameter
from calibration.fit.simulator import Simulator
from twin.errors import InputError, RunError
from twin.processes import Workers


@dataclass
class Line:
    """Two summaries that lie on a line, with noise keyed by point and replication; `most` runs until it is ended."""

    box: Box = field(default_factory=lambda: Box((Parameter("slope", ("a",), -3.0, 3.0),)))
    seed: int = 1
    most: int = 10_000
    made: int = 0
    observed: np.ndarray = field(default_factory=lambda: np.array([1.0, 2.0]))
    names: tuple[str, ...] = ("at 1", "at 2")
    resolved: dict = field(default_factory=dict)

    @property
    def model_error(self):
        return np.zeros((2, 2))

    def summary(self, z, replication):
        if self.made >= self.most:
            raise KeyboardInterrupt
        self.made += 1
        noise = np.random.default_rng([zlib.crc32(z.tobytes()), replication]).normal(0, 0.1, 2)
        return self.box.values(z)[0] * np.array([1.0, 2.0]) + noise

    def record(self, z, replication):
        return self.summary(z, replication)


def test_a_fit_goes_on_where_it_was_ended(tmp_path):
    """Of 90 runs 37 are made, then the rest: the draws are those of a fit in one go, and no run is made twice."""
    kept = tmp_path / "fitted.runs.jsonl"
    first, second, whole = Line(most=37), Line(), Line()
    with pytest.raises(KeyboardInterrupt):
        fit(first, 90, kept=kept)
    again = fit(second, 90, kept=kept)
    at_once = fit(whole, 90)
    assert first.made + second.made == whole.made == again.n_runs
    assert np.array_equal(again.draws, at_once.draws)
    third = Line()
    fit(third, 90, kept=kept)
    assert third.made == 0


def test_a_line_cut_short_is_run_again(tmp_path):
    problem, kept = Line(), tmp_path / "fitted.runs.jsonl"
    points = np.array([[0.1], [0.2], [0.3]])
    with Simulator(problem, journal=Journal(kept, problem)) as simulator:
        whole = simulator(points, [0, 1, 2])
    text = kept.read_bytes()
    kept.write_bytes(text[:-7])
    assert len(Journal(kept, problem)) == 2
    with Simulator(problem, journal=Journal(kept, problem)) as simulator:
        assert np.array_equal(simulator(points, [0, 1, 2]), whole)
    assert (problem.made, kept.read_bytes()) == (4, text)


def test_runs_of_another_fit_are_refused(tmp_path):
    kept = tmp_path / "fitted.runs.jsonl"
    Journal(kept, Line()).close()
    with pytest.raises(InputError, match="holds runs of another fit: must be deleted"):
        fit(Line(observed=np.array([1.0, 2.5])), 90, kept=kept)


def test_the_fit_says_how_far_it_converged():
    told = fit(Line(), 90).convergence
    assert 0.1 < told["acceptance"] < 0.7
    assert told["r_hat"] < 1.01
    assert 0.7 < told["emulator_misses"] < 1.4, "a line is emulated as well as the noise allows"


class WhoAmI:
    """The number of the process, or an error."""

    def __call__(self, task):
        if task == "fail":
            raise ValueError("asked to")
        return os.getpid()


def test_processes_are_kept_from_one_list_to_the_next_and_end_with_an_error():
    with Workers(WhoAmI(), 2) as workers:
        first, second = workers.map(range(6)), workers.map(range(6))
        assert set(second) <= set(first)
        with pytest.raises(ValueError, match="asked to"):
            workers.map(["fail", 1])
        assert set(workers.map(range(6))).isdisjoint(first), "new ones: who was at work would answer into this list"
    with pytest.raises(RunError, match="died"), Workers(Leaving(), 2) as workers:
        workers.map([1, 2])


class Leaving:
    """A process that ends."""

    def __call__(self, task):
        os._exit(3)
