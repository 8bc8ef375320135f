"""Each figure that a scenario's structure shows (K01-K05, K14, K22, K26-K29): met as it is, missed by a neighbour."""

from functools import cache

import pytest

from experiments.check.figure import FIGURES
from experiments.check.structure import MEASURES
from twin import load_scenario

CASES = [(figure, name) for figure in FIGURES if figure.structure for name in figure.scenarios]


@cache
def scenario_of(name):
    return load_scenario(name)


def neighbour(s, measure):
    """The scenario with what the figure counts a little otherwise."""
    further = s.routes[0].model_copy(update={"queue": "further", "skills": [
        s.routes[0].skills[0].model_copy(update={"skill": "further"})
    ]})  # fmt: skip
    short = {"length": 5 * 3600.0, "starts": {"08:00": 1.0}, "patterns": []}
    changes = {
        "n_skills": lambda: {"routes": [*s.routes, further]},
        "queues": lambda: {"routes": [*s.routes, further]},
        "segments": lambda: {"segments": s.segments | {"further": "Further"}},
        "n_segments": lambda: {"segments": s.segments | {"further": "Further"}},
        "n_clusters": lambda: {"clusters": s.clusters | {"further": next(iter(s.clusters.values()))}},
        "team_size": lambda: {"team_size": 12},
        "leaders_of_a_team": lambda: {"team_leaders": s.team_leaders + 1},
        "shift_lengths": lambda: {"shifts": {name: one.model_copy(update=short) for name, one in s.shifts.items()}},
        "fewest_starts": lambda: {"shifts": {name: one.model_copy(update=short) for name, one in s.shifts.items()}},
        "opening": lambda: {"opening": s.opening.model_copy(update={"closes": s.opening.closes - 3600})},
        "internal_opening": lambda: {"demand": s.demand.model_copy(update={"areas": {}})},
        "self_service_opening": lambda: {"self_service": None},
        "n_tiers": lambda: {"legs": []},
        "alert_trigger": lambda: {"customers": s.customers.model_copy(update={
            "lives": s.customers.lives.model_copy(update={"traffic_threshold": 60.0})
        })},
        "alert_days": lambda: {"proactive": s.proactive.model_copy(update={"messages": {}})},
    }  # fmt: skip
    return s.model_copy(update=changes[measure]())


@pytest.mark.parametrize(("figure", "name"), CASES, ids=lambda one: getattr(one, "id", one))
def test_the_figure_is_met_and_a_neighbour_misses_it(figure, name):
    scenario, measure = scenario_of(name), MEASURES[figure.structure]
    assert figure.is_met(measure(scenario))
    assert not figure.is_met(measure(neighbour(scenario, figure.structure)))
