"""What must hold of stages: gates are as the numbers in line say, and nobody waits for an operator who is idle."""

import math

from list_invariants import NEAR, members


def expected_wait(world, line):
    skill = world.skills[line["skill"]]
    if skill["n_staffed"] <= 0:
        return math.inf
    return 0.0 if skill["n_idle"] > 0 else skill["n_waiting"] * line["handle_time"] / skill["n_staffed"]


def queue_ratio(world, number):
    skill = world.skills[number]
    if skill["n_waiting"] == 0:
        return 0.0
    return skill["n_waiting"] / skill["n_staffed"] if skill["n_staffed"] > 0 else math.inf


def is_shut(world, line, number, waited, n_freed=0):
    """Whether the gate of a step shuts it; `n_freed` is 1 for one who is not idle but could be."""
    gate, pool = world.gates[number], world.pools[world.steps["pool"][number]]
    if waited + 2 * NEAR >= gate["until"] or (gate["waiting_above"] > 0 and not gate["is_on"]):
        return True
    ratio = queue_ratio(world, line["skill"])
    if gate["ratio"] >= 0 and not (ratio > gate["ratio"] and ratio > queue_ratio(world, pool["skill"])):
        return True
    return gate["idle_above"] > 0 and len(members(world.nodes, pool["head"])) + n_freed <= gate["idle_above"]


def is_open(world, line, number, waited):
    """Whether the wait or the expected wait has opened a step."""
    step = world.steps[number]
    by_expected = step["expected_wait"] < math.inf and expected_wait(world, line) >= step["expected_wait"] + NEAR
    return step["after"] <= waited or by_expected


def check_gates(world):
    """Stages that need many waiting are open above one threshold, shut at the other, and as before in between."""
    for line in world.lines:
        for gate in world.gates[line["first_step"] : line["first_step"] + line["n_steps"]]:
            if gate["waiting_above"] > 0:
                assert gate["is_on"] or line["n_waiting"] <= gate["waiting_above"]
                assert not gate["is_on"] or line["n_waiting"] > gate["waiting_down_to"]


def check_nobody_waits_in_vain(world, lines):
    """No operator is idle who may answer the head of a line, or where stages close anybody in it."""
    now = world.state[0].now
    for line, inside in zip(world.lines, lines, strict=True):
        alive = [contact for contact in inside if world.contacts["gives_up_at"][contact] > now]
        for contact in alive if line["is_narrowing"] else alive[:1]:
            check_waits_for_a_reason(world, line, now - world.contacts["since"][contact] - NEAR)


def check_waits_for_a_reason(world, line, waited):
    skill = world.skills[line["skill"]]
    least = max(line["reserve"] * skill["n_staffed"] + NEAR, line["keep"] + 1)
    if waited < line["guarantee"] and skill["n_idle"] < least:
        return
    for number in range(line["first_step"], line["first_step"] + line["n_steps"]):
        if is_open(world, line, number, waited):
            assert world.pools["head"][world.steps["pool"][number]] < 0 or is_shut(world, line, number, waited)
