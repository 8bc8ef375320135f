"""From a scenario to the kernel's tables: routes, lines, steps, who may answer what, ability, hours."""

import math

import numpy as np
import pytest

from twin.kernel.codes import Activity, Grade
from twin.people.staff import draw_persons
from twin.scenario.schema import Scenario
from twin.world.build import build_world
from twin.world.names import Names
from twin.world.options import needs_patience_events
from twin.world.routes import find_route

TALK = {"law": "constant", "value": "100 s"}


def scenario(**changes):
    base = {
        "name": "world",
        "skills": {"a": {}, "b": {}, "c": {}},
        "intents": {"ann": {"talk": TALK, "wrap": {"law": "constant", "value": "20 s"}}, "bob": {"talk": TALK}},
        "clusters": {"gold": {}, "basic": {}},
        "priorities": {"gold": {"points": 50.0, "target": "5 s"}},
        "queues": {"one": {"target": "30 s", "max_waiting": 7}, "two": {}},
        "routes": [
            {"queue": "one", "skills": ["a", {"skill": "b", "after": "30 s"}]},
            {"queue": "two", "intents": ["bob"], "skills": ["b"], "need": "c"},
            {"queue": "two", "condition": "complaint", "skills": ["c"]},
        ],
        "routing": {"stages": [{"level": 1}, {"level": 2, "after": "20 s"}]},
        "demand": {"kind": "rates", "rates": {"ann": "1 /h"}},
        "groups": {
            "first": {"count": 2, "skills": {"a": 1, "b": 2}},
            "second": {"count": 1, "skills": {"b": 1, "c": {"level": 3, "proficiency": 0.5}}},
        },
    }
    return Scenario.model_validate(base | changes)


def build(made=None, **more):
    made = made or scenario()
    names = Names.of(made)
    return build_world(made, names, draw_persons(made, 1), 1, 96, 0, **more), names


def test_the_last_route_that_fits_wins():
    made = scenario()
    assert find_route(made, "ann", "gold", "all", "none") == 0
    assert find_route(made, "bob", "gold", "all", "none") == 1
    assert find_route(made, "bob", "gold", "all", "complaint") == 2
    only = scenario(routes=[{"queue": "one", "clusters": ["gold"], "skills": ["a"]}])
    assert find_route(only, "ann", "basic", "all", "none") is None


def test_contacts_alike_share_a_type_and_those_with_equal_rules_a_line():
    world, names = build()
    assert world.type_of.shape == (2, 2, 1, 5)
    assert (world.type_of >= 0).all()
    plain = world.type_of[:, :, 0, 0]
    assert len(np.unique(plain)) == 4
    assert world.type_of[0, 0, 0, 0] == world.type_of[0, 0, 0, 2]  # nobody routes the suspended apart
    assert world.type_of[0, 0, 0, 1] != world.type_of[0, 0, 0, 0]
    assert names.types[plain[1, 0]] == ("bob", "gold", "two")
    lines = world.types["line"]
    assert len(np.unique(lines)) == len(world.lines) == 6


def test_types_carry_target_need_and_cell():
    world, names = build()
    gold, basic, bob = (world.types[world.type_of[i, c, 0, 0]] for i, c in ((0, 0), (0, 1), (1, 1)))
    assert (gold["target"], basic["target"], bob["target"]) == (5.0, 30.0, 20.0)
    assert (gold["need"], bob["need"]) == (0, 2)
    assert names.cells[gold["cell"]].queue == "one"
    assert names.cells[bob["cell"]].intent == "bob"
    assert gold["wrap_law"] >= 0
    assert bob["wrap_law"] == -1
    assert gold["patience_law"] == -1


def test_a_line_has_the_steps_of_its_skills_soonest_first():
    world, names = build()
    line = world.lines[world.types[world.type_of[0, 0, 0, 0]]["line"]]
    steps = world.steps[line["first_step"] : line["first_step"] + line["n_steps"]]
    pools = [(names.skills[world.pools["skill"][p]], int(world.pools["level"][p])) for p in steps["pool"]]
    # skill a at level 1 at once; nobody holds a at level 2; b at level 1 after 30 s, at level 2 after 50 s
    assert list(zip(pools, steps["after"].tolist(), strict=True)) == [
        (("a", 1), 0.0),
        (("b", 1), 30.0),
        (("b", 2), 50.0),
    ]
    assert (line["points"], line["slope"], line["rank"], line["skill"]) == (50.0, 1.0, 0, 0)
    assert line["handle_time"] == 120.0
    assert line["overflow_at"] == math.inf


@pytest.mark.parametrize(("after", "entry"), [("0 s", math.inf), ("60 s", 60.0)])
def test_a_stage_by_expected_wait_opens_by_time_only_if_a_time_is_given(after, entry):
    stages = [{"level": 1}, {"level": 2, "after": after, "expected_wait": "90 s"}]
    routes = [{"queue": "one", "skills": ["b"]}]
    world, _ = build(scenario(routing={"stages": stages}, routes=routes))
    assert (world.lines["overflow_at"] == 90.0).all()
    first = world.operators["profile"][0]
    assert (world.entry_wait[first] == entry).all()
    assert (world.entry_expected[first] == 90.0).all()
    assert world.options[0].has_overflow
    assert world.options[0].patience_events


def test_who_may_answer_what_from_which_wait():
    world, _ = build()
    first, second = world.operators["profile"][[0, 2]]
    assert world.operators["profile"][1] == first
    ann = world.types[world.type_of[0, 0, 0, 0]]["line"]
    bob = world.types[world.type_of[1, 0, 0, 0]]["line"]
    complaint = world.types[world.type_of[0, 0, 0, 1]]["line"]
    assert (world.entry_wait[first, ann], world.entry_wait[first, bob]) == (0.0, 20.0)
    assert (world.entry_wait[second, ann], world.entry_wait[second, bob]) == (30.0, 0.0)
    assert world.entry_wait[second, complaint] == math.inf  # level 3 is no stage here

    def bits(mask, profile):
        return {line for line in range(len(world.lines)) if int(mask[profile, 0]) >> line & 1}

    assert {ann, bob} <= bits(world.line_mask, first)
    assert complaint not in bits(world.line_mask, second)
    assert ann in bits(world.primary_mask, first)
    assert bob not in bits(world.primary_mask, first)
    assert ann not in bits(world.primary_mask, second)


def test_abilities_follow_grade_and_practice():
    rules = {
        "handle": {"primary": 1.0, "secondary": 1.2, "none": 1.5},
        "fcr": {"primary": 0.05, "secondary": 0.0, "none": -0.1},
    }
    world, _ = build(scenario(abilities=rules))
    a, b, c = world.abilities[world.operators.ability[0]]
    assert [int(x["grade"]) for x in (a, b, c)] == [Grade.PRIMARY, Grade.SECONDARY, Grade.NONE]
    assert [round(float(x["handle"]), 6) for x in (a, b, c)] == [1.0, 1.2, 1.5]
    assert [round(float(x["fcr"]), 6) for x in (a, b, c)] == [0.05, 0.0, -0.1]
    assert world.abilities[world.operators.ability[2], 2]["grade"] == Grade.NONE  # held at the overflow level only
    assert world.abilities[world.operators.ability[2], 2]["proficiency"] == pytest.approx(0.5)


def test_a_new_world_is_empty_and_closed_until_it_opens():
    world, _ = build(scenario(opening={"opens": "08:00", "closes": "20:00", "days": ["mon", "sat"]}))
    state = world.state[0]
    assert state.closed
    assert state.n_waiting == state.n_inside == state.n_heap == 0
    assert (world.operators["activity"] == Activity.OFF).all()
    assert world.opening.tolist() == [[28800.0, 72000.0]] + [[0.0, 0.0]] * 4 + [[28800.0, 72000.0], [0.0, 0.0]]
    assert not build()[0].state[0].closed
    assert world.queues["max_waiting"].tolist() == [7, -1]
    assert len(world.records) == 0
    assert len(build(recording=True)[0].records) > 0


def test_groups_are_counted_by_shift_or_by_head_count():
    groups = {
        "first": {"count": 2, "skills": {"a": 1, "b": 1, "c": 1}, "head_count": [1] * 24},
        "second": {"count": 3, "skills": {"b": 1}},
    }
    world, _ = build(scenario(groups=groups))
    assert world.groups["head_count"].tolist() == [0, -1]
    assert (world.groups["first"].tolist(), world.groups["n"].tolist()) == ([0, 2], [2, 3])
    assert world.operators["group"].tolist() == [0, 0, 1, 1, 1]


def test_period_factors_are_told_to_their_types_only():
    intents = {"ann": {"talk": TALK, "talk_factors": [1.5] * 24, "patience": TALK, "patience_factors": [0.5] * 24}}
    world, _ = build(scenario(intents=intents | {"bob": {"talk": TALK}}))
    ann, bob = world.types[world.type_of[0, 0, 0, 0]], world.types[world.type_of[1, 0, 0, 0]]
    assert world.period_factors[ann["talk_row"]].tolist() == [1.5] * 24
    assert world.period_factors[ann["patience_row"]].tolist() == [0.5] * 24
    assert (bob["talk_row"], bob["patience_row"]) == (-1, -1)


REDIAL = {"share": 0.5, "delay": TALK}


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, False),
        ({"queues": {"one": {}, "two": {}}}, False),
        ({"redial": REDIAL}, True),
        ({"limits": {"trunks": 9}}, True),
        ({"limits": {"waiting": 9}}, True),
        ({"routing": {"owner_wait": "30 s"}}, True),
        ({"routing": {"patience_events": True}}, True),
        ({"redial": REDIAL, "routing": {"patience_events": False}}, True),
        ({"routing": {"stages": [{"level": 1, "expected_wait": "60 s"}]}}, True),
        ({"queues": {"one": {"max_waiting": 3}, "two": {}}}, True),
    ],
)
def test_patience_is_looked_at_by_event_where_it_must_be(changes, needed):
    made = scenario(**{"queues": {"one": {}, "two": {}}} | changes)
    assert needs_patience_events(made) == needed


def test_masks_reach_beyond_sixty_four_lines():
    clusters = {f"c{i}": {} for i in range(70)}
    priorities = {name: {"points": float(i)} for i, name in enumerate(clusters)}
    world, _ = build(scenario(clusters=clusters, priorities=priorities))
    assert len(world.lines) == 210
    assert world.line_mask.shape[1] == len(world.waiting_mask) == 4
    for profile in range(len(world.entry_wait)):
        bits = [int(world.line_mask[profile, line >> 6]) >> (line & 63) & 1 for line in range(210)]
        assert bits == np.isfinite(world.entry_wait[profile]).astype(int).tolist()
