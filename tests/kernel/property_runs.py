"""Random centres run in the ways that every property asks for: cut, looked at, recorded or not."""

import math
import os

import numpy as np
from hypothesis import HealthCheck, settings
from kernel_invariants import check
from kernel_scenarios import with_mixed_clusters
from kernel_steps import check_if_moved, next_instant

from twin.kernel.codes import Outcome
from twin.model import CallCentre

DAY = 86400.0
HOUR = 3600.0
N = int(os.environ.get("KERNEL_EXAMPLES", "12"))
"""Random centres per property; more are tried by hand."""
EVERY = settings(deadline=None, max_examples=N, derandomize=N <= 20, suppress_health_check=list(HealthCheck))
MEASURES = {Outcome.MESSAGE: "messages", Outcome.MESSAGE_DONE: "messages_done", Outcome.CASE_DONE: "cases_done"}
"""What counts an outcome where it does not bear the outcome's name."""


def model_of(scenario, seed=3, recording=True, **routing):
    if routing:
        scenario = scenario.model_copy(update={"routing": scenario.routing.model_copy(update=routing)})
    model = with_mixed_clusters(CallCentre(scenario, seed=seed, recording=recording))
    model.close()
    return model


def check_every_instant(model, begin, n=300):
    """Run up to `begin`, then `n` instants one by one; all tables must agree after each."""
    model.run_until(begin)
    for _ in range(n):
        at = next_instant(model.world)
        model.run_until(min(np.nextafter(at, math.inf), (model.now // DAY + 1) * DAY))
        check(model.world)
        if model.is_over:
            break


def check_now_and_then(model):
    """Every 333.3 s, unless nothing has happened: most of the day the centre is shut, and its tables stay."""
    mark, day = None, -1
    while not model.is_over:
        model.run_until(model.now + 333.3)
        mark = check_if_moved(model.world, mark if model.day == day else None)
        day = model.day


def cut_in_every_way(scenario, instants):
    """The same two days in one go, day by day, step by step, and cut at odd instants."""
    whole, days, steps, odd = (model_of(scenario) for _ in range(4))
    whole.run_until(2 * DAY)
    days.run()
    while not steps.is_over:
        steps.step()
    for at in [*sorted(instants), 2 * DAY]:
        odd.run_until(at)
    return whole, days, steps, odd


def recorded_and_not(scenario):
    """The same run with records and without."""
    models = model_of(scenario), model_of(scenario, recording=False)
    for model in models:
        model.run()
    return models


def check_records(model, outcomes=tuple(Outcome)):
    """Records and tallies count alike, and no attempt is recorded twice; returns the records."""
    records = np.concatenate(model.records)
    for outcome in outcomes:
        measure = MEASURES.get(outcome, outcome.name.lower())
        assert (records["outcome"] == outcome).sum() == model.world.tallies[measure].sum(), measure
    assert len(np.unique(records[["who", "attempt"]])) == len(records)
    return records
