"""Random small centres with every rule mixed in."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from kernel_allowed import as_allowed

from twin.model import CallCentre
from twin.scenario.schema import Scenario

CLOCK = {"opens": "08:00", "closes": "10:00"}


def with_mixed_clusters(model: CallCentre) -> CallCentre:
    scenario = model.scenario
    is_even = scenario.description == "even"  # `kernel_edges.even`
    model.demand = MixedClusters(model.demand, len(scenario.clusters), is_even)
    return model


def result(model: CallCentre) -> tuple:
    """Tallies, booked times, records and counts of staff, to the last bit."""
    records = np.concatenate(model.records) if model.records else np.zeros(0)
    order = np.lexsort((records["attempt"], records["who"], records["ended_at"])) if len(records) else []
    columns = [records[name][order].tobytes() for name in records.dtype.names or ()]  # rows have gaps between columns
    world = model.world
    tallies, staff = world.tallies.tobytes(), world.activity_time.tobytes() + world.group_time.tobytes()
    return tallies, staff, columns, world.staff_counts.tobytes()


def run_one(task: tuple[Scenario, int, bool]) -> tuple:
    """Scenario, seed, recording or not: what another process is asked for."""
    scenario, seed, recording = task
    model = with_mixed_clusters(CallCentre(scenario, seed=seed, recording=recording))
    model.run()
    model.close()
    return result(model)


def law(mean: float) -> st.SearchStrategy[dict]:
    return st.one_of(
        st.just({"law": "exponential", "mean": f"{mean} s"}),
        st.just({"law": "constant", "value": f"{mean} s"}),
        st.just({"law": "lognormal", "mean": f"{mean} s", "cv": 1.0}),
        st.just({"law": "exponential", "mean": f"{mean} s", "mass": {"share": 0.2, "high": "5 s"}}),
    )


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), strategy)


STAGES = [
    [{"level": 1}, {"level": 2}],
    [{"level": 1}, {"level": 2, "after": "20 s"}, {"level": 3, "after": "60 s"}],
    [{"level": 1}, {"level": 2, "after": "30 s"}, {"level": 4, "expected_wait": "60 s"}],
    [{"level": 1}, {"level": 2}, {"level": 3, "after": "40 s", "expected_wait": "100 s"}],
]
LAZY_STAGES = STAGES[:2]
ABILITIES = {
    "handle": {"primary": 1.0, "secondary": 1.5, "none": 2.0},
    "fcr": {"primary": 0.25, "secondary": 0.0, "none": -0.25},
}


class MixedClusters:
    """Demand whose contacts come from all clusters: rates alone bring the first one. Some come on the half minute."""

    def __init__(self, demand: Any, n_clusters: int, is_even: bool = False):
        self.demand = demand
        self.n_clusters = n_clusters
        self.is_even = is_even

    def arrivals(self, day: int) -> np.ndarray:
        table = self.demand.arrivals(day)
        if self.is_even:
            table["at"] = np.floor(table["at"] / 30.0) * 30.0
        spread = table["who"].astype(float) * 0.6180339887498949 % 1.0
        table["cluster"] = (spread * self.n_clusters).astype(int)
        return table


@st.composite
def leg(draw, skills, tier=1) -> dict[str, Any]:
    kind = draw(st.sampled_from(["transfer", "warm_transfer", "conference", "consultation", "escalation"]))
    stays = kind not in ("transfer", "escalation")
    has_talk = kind != "consultation"
    return {
        "kind": kind,
        "tier": tier,
        "share": draw(st.sampled_from([{"none": 0.5}, {"primary": 0.2, "secondary": 0.3}, 0.5])),
        "skills": draw(st.lists(st.sampled_from(skills), min_size=1, unique=True)),
        "unresolved": kind == "escalation" and draw(st.booleans()),
        "at": draw(st.sampled_from([0.3, 1.0])),
        "talk": draw(law(50)) if has_talk else None,
        "briefing": draw(law(10)) if kind in ("warm_transfer", "consultation") else None,
        "limit": draw(st.sampled_from(["10 s", "2 min"])) if stays else None,
        "age": draw(st.sampled_from(["new", "keep"])),
        "patience": draw(st.sampled_from(["redraw", "keep"])),
        "points": draw(st.sampled_from([0.0, 30.0])),
    }


@st.composite
def priority(draw, is_basic: bool) -> dict[str, Any]:
    reserve = {"share": draw(st.sampled_from([0.2, 0.5])), "guarantee": "90 s", "points": 40.0}
    found = {
        "rank": draw(st.sampled_from([0, 0, 1])),
        "points": draw(st.sampled_from([0.0, 50.0])),
        "points_per_second": draw(st.sampled_from([0.0, 0.3, 1.0])),
        "weight": draw(st.sampled_from([1.0, 1.0, 2.5])),
        "reserve": draw(st.sampled_from([None, None, reserve])),
    }
    if is_basic:
        return found
    if found["reserve"]:
        found["reserve"] |= draw(st.sampled_from([{}, {"operators": 1}, {"share": 0.0, "operators": 1}]))
    credit = [{"wait": "10 s", "points": 0.0}, {"wait": "40 s", "points": 60.0}, {"wait": "90 s", "points": -20.0}]
    return found | {"credit": draw(st.sampled_from([[], [], credit]))}


@st.composite
def group(draw, skills: list[str], is_basic: bool) -> dict[str, Any]:
    held = draw(st.lists(st.sampled_from(skills), min_size=1, unique=True))
    duty = draw(st.sampled_from(["always", "shift", "head count"]))
    n = draw(st.integers(1, 4))
    more: dict[str, Any] = {"shift": "day"} if duty == "shift" else {}
    if duty == "head count":
        more = {"head_count": draw(st.lists(st.integers(0, n), min_size=4, max_size=4))}
    preferences: list[dict[str, int]] = [{}, {}, {"two": 1}, {"one": 1, "two": 2}]
    return {
        "count": n,
        "site": draw(st.sampled_from(["here", "there"])),
        "skills": {skill: draw(st.integers(1, 4)) for skill in held},
        "prefers": {} if is_basic else draw(st.sampled_from(preferences)),
    } | more


@st.composite
def intent(draw, has_ivr: bool) -> dict[str, Any]:
    return {
        "talk": draw(law(draw(st.sampled_from([40, 120])))),
        "wrap": draw(maybe(law(20))),
        "patience": draw(maybe(law(draw(st.sampled_from([15, 60, 300]))))),
        "fcr": draw(st.sampled_from([1.0, 0.5])),
        "case_share": draw(st.sampled_from([0.0, 0.5])),
        "containment": 0.3 if has_ivr else 0.0,
        "talk_factors": draw(maybe(st.just([1.0, 0.5, 2.0]))),
        "patience_factors": draw(maybe(st.just([1.0, 3.0]))),
    }


@st.composite
def route(draw, skills: list[str], is_lazy: bool) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(skills), min_size=1, unique=True))
    waits = [None, LAZY_STAGES[1]] if is_lazy else [None, None, *STAGES]
    return {
        "skills": [{"skill": name, "after": draw(st.sampled_from(["0 s", "0 s", "25 s"]))} for name in names],
        "need": draw(maybe(st.sampled_from(skills))),
        "stages": draw(st.sampled_from(waits)),
    }


@st.composite
def rules(draw, is_lazy: bool) -> dict[str, Any]:
    """Rules of who answers whom; those that count who waits look at patience by event."""
    contact_rules = ["points", "points", "longest_waiting", "priority", "weighted_longest_wait", "local_first"]
    operator_rules = ["longest_idle", "most_idle", "least_occupied", "best_proficiency", "fewest_skills", "random"]
    return {
        "operator_rule": draw(st.sampled_from(operator_rules)),
        "contact_rule": draw(st.sampled_from([*contact_rules, *([] if is_lazy else ["longest_queue"])])),
    }


@st.composite
def route_skills(draw, skills: list[str], is_lazy: bool) -> list[dict[str, Any]]:
    """The skills of a route in some order; all but the first with gates."""
    names = draw(st.lists(st.sampled_from(skills), min_size=1, unique=True))
    gates: list[dict[str, Any]] = [
        {},
        {"until": "50 s"},
        {"after": "10 s", "until": "25 s"},
        {"idle_above": 1},
        {"waiting_above": 3, "waiting_down_to": 1},
        {"waiting_above": 1, "after": "15 s"},
        {"ratio_above": 0.5},
    ]
    further = st.just({}) if is_lazy else st.sampled_from(gates)
    return [{"skill": names[0]}, *({"skill": name} | draw(further) for name in names[1:])]


@st.composite
def scenarios(
    draw, is_lazy: bool = False, is_basic: bool = False, has_legs: bool = True, has_gates: bool = True
) -> Scenario:
    """`is_lazy`: only rules under which patience may be looked at lazily; `is_basic`: those of most centres."""
    skills = ["a", "b", "c"][: draw(st.integers(1, 3))]
    intents = ["x", "y"][: draw(st.integers(1, 2))]
    has_ivr = draw(st.booleans())
    stages = st.sampled_from(LAZY_STAGES if is_lazy else STAGES)
    groups = {f"g{i}": draw(group(skills, is_basic)) for i in range(draw(st.integers(1, 3)))}
    delay = law(200)
    priorities = {name: draw(priority(is_basic)) for name in ("gold", "basic")}
    is_alike = draw(st.booleans()) and all(one["reserve"] is None for one in priorities.values())
    data: dict[str, Any] = {
        "name": "random",
        "run": {"days": 2, "interval": draw(st.sampled_from(["15 min", "20 min"]))},
        "opening": CLOCK | {"closing": draw(st.sampled_from(["serve_out", "cut"]))},
        "skills": {skill: {"alike": skills[:1] if is_alike and skill != "a" else []} for skill in skills},
        "intents": {name: draw(intent(has_ivr)) for name in intents},
        "clusters": {"gold": {}, "basic": {"patience_factor": 1.5, "talk_factor": 1.25, "containment_factor": 2.0}},
        "priorities": priorities,
        "queues": {
            "one": {"max_waiting": None if is_lazy else draw(maybe(st.integers(0, 3)))},
            "two": {"target": "30 s"},
        },
        "routes": [
            {"queue": "one"} | draw(route(skills, is_lazy)),
            {"queue": "two", "intents": ["x"]} | draw(route(skills, is_lazy)),
        ],
        "routing": {
            "stages": draw(stages),
            "primary_first": draw(st.booleans()),
            "leave_message_after": draw(st.sampled_from([None, "45 s"])),
            "owner_wait": None if is_lazy else draw(st.sampled_from([None, "40 s"])),
            **({} if is_basic else draw(rules(is_lazy))),
        },
        "sites": {"here": {}, "there": {}},
        "demand": {
            "kind": "rates",
            "period": "30 min",
            "rates": {name: draw(st.sampled_from(["20 /h", "80 /h", "200 /h"])) for name in intents},
        },
        "shifts": {
            "day": {
                "length": "80 min",
                "starts": {"08:00": 0.5, "08:40": 0.5},
                "breaks": {"every": "25 min", "length": "4 min"},
            }
        },
        "groups": groups,
        "abilities": draw(st.sampled_from([{}, ABILITIES])),
        "recall": draw(st.sampled_from([None, {"share": 0.8, "delay": draw(delay), "talk_factor": 0.7}])),
        "ivr": {"navigation": draw(law(15)), "false_containment": 0.3, "false_delay": draw(delay)} if has_ivr else None,
    }
    if not is_lazy:
        data["limits"] = {"trunks": draw(maybe(st.integers(1, 12))), "waiting": draw(maybe(st.integers(0, 5)))}
        redial = {"share": 0.7, "delay": draw(law(60)), "patience": draw(st.sampled_from(["keep", "redraw"])),
                  "patience_factor": 0.75, "patience_floor": 0.3, "cumulate_wait": draw(st.booleans()),
                  "after_blocked": draw(st.booleans())}  # fmt: skip
        data["redial"] = draw(st.sampled_from([None, redial]))
    if not is_basic and has_gates:
        add_gates_and_sites(draw, data, skills, is_lazy)
    if not is_basic and not is_lazy and has_legs:
        data["legs"] = draw(st.lists(leg(skills), max_size=2))
    return as_allowed(Scenario.model_validate(data))


def add_gates_and_sites(draw: Any, data: dict[str, Any], skills: list[str], is_lazy: bool) -> None:
    for route in data["routes"]:
        if draw(st.booleans()):
            route["skills"] = draw(route_skills(skills, is_lazy))
    stages = [*data["routing"]["stages"], *(data["routes"][0]["stages"] or [])]
    if not any("expected_wait" in stage for stage in stages) and draw(st.booleans()):
        shares = draw(st.sampled_from([{"here": 1.0}, {"here": 0.3, "there": 0.7}]))
        data["routes"][0] |= {"sites": shares, "away_after": draw(st.sampled_from(["0 s", "20 s"]))}
