"""The kernel against the slow reference simulator: the same records, bit for bit."""

import os

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_edges import at_the_edges
from kernel_scenarios import scenarios, with_mixed_clusters
from reference import Reference

from twin.model import CallCentre
from twin.people.roster import sort_rows
from twin.scenario.menu_schema import Menu

DAY = 86400.0
N = int(os.environ.get("REFERENCE_EXAMPLES", "200"))
"""Random centres; more are tried by hand, and those that fail made small, which takes minutes."""
PHASES = [Phase.explicit, Phase.reuse, Phase.generate] + ([Phase.shrink] if N > 200 else [])


def both(scenario, seed):
    """Records of the kernel and of the reference, each in order of ending."""
    model = with_mixed_clusters(CallCentre(scenario, seed=seed, recording=True))
    days = range(model.calendar.n_days)
    arrivals = np.concatenate([model.demand.arrivals(day).copy() for day in days])
    duty = sort_rows(np.concatenate([model.roster.day(day, model.calendar.weekday(day)) for day in days]))
    model.run()
    model.close()
    with np.errstate(over="ignore"):
        reference = Reference(scenario, model.names, model.persons, model.key, arrivals, duty)
        reference.run(len(days) * DAY)
    kernel = []
    for row in np.concatenate(model.records):
        told = {name: row[name].item() for name in row.dtype.names}
        if told["ended_at"] < len(days) * DAY:  # who gives up just then may be in, or not
            kernel.append(told | {"kind": model.names.types[row["type"]]})
    return tuple(sorted(rows, key=lambda r: (r["ended_at"], r["who"])) for rows in (kernel, reference.records))


def is_same(kernel, reference):
    """Each column that the reference has, to the last bit; wrap-up is recorded in single precision."""
    wanted = reference | {"wrap_time": float(np.float32(reference["wrap_time"]))}
    return all(kernel[name] == value or (value != value and kernel[name] != kernel[name])
               for name, value in wanted.items())  # fmt: skip


@st.composite
def centres(draw):
    """A random centre, some with a menu in which nobody is handed on."""
    scenario = draw(scenarios(is_basic=draw(st.booleans()), has_legs=False, has_gates=False))
    if scenario.ivr is None or draw(st.booleans()):
        return scenario
    menu = {"mis_selection": 0.4 if len(scenario.intents) > 1 else 0.0, "recognised": draw(st.sampled_from([0.3, 1.0]))}
    menu |= {"transfer": 0.0, "entry_time": "3 s", "unrecognised": {"cluster": draw(st.sampled_from([None, "basic"]))}}
    trees = [{"clusters": ["gold"], "navigation_factor": 0.5, "order": ["x"], "mis_selection": 0.0}]
    menu |= {"trees": draw(st.sampled_from([[], trees])), "false_containment": draw(st.sampled_from([{}, {"x": 0.9}]))}
    return as_allowed(scenario.model_copy(update={"menu": Menu.model_validate(menu)}))


EDGES = centres().flatmap(lambda scenario: at_the_edges(scenario, is_even=False))
"""Not with even times: which of two that happen at one instant comes first is the kernel's own affair."""


@given(st.one_of(centres(), EDGES), st.sampled_from([1, 1, 1, 2]), st.integers(0, 5))
@settings(deadline=None, max_examples=N, derandomize=N <= 200, phases=PHASES, suppress_health_check=list(HealthCheck))
def test_the_kernel_and_the_slow_reference_give_the_same_records(scenario, days, seed):
    scenario = scenario.model_copy(update={"run": scenario.run.model_copy(update={"days": days})})
    kernel, reference = both(scenario, seed)
    for one, other in zip(kernel, reference, strict=False):
        assert is_same(one, other), (one, other)
    assert len(kernel) == len(reference)
