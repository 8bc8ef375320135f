"""Compiling everything ahead of the first run, in two processes where there are two processors."""

import multiprocessing
import os

from twin.scenario.load import load_scenario
from twin.simulation import simulate


def compile_all() -> None:
    """Fill the cache: the kernel here, the customers' lives beside it. These wait for the kernel when they need it."""
    lives = None
    if (os.cpu_count() or 1) > 1:
        lives = multiprocessing.get_context("spawn").Process(target=_run_a_day, args=("187-as-is", "tiny"))
        lives.start()
    _run_a_day("erlang-a")
    if lives is not None:
        lives.join()
    if lives is None or lives.exitcode != 0:
        _run_a_day("187-as-is", "tiny")


def _run_a_day(name: str, size: str | None = None) -> None:
    overrides = {} if size is None else {"size": size}
    simulate(load_scenario(name, {"run.warm_up": 0, **overrides}), days=1)
