"""What must hold of work that may be put down, and of numbers that are called."""

import numpy as np
from list_invariants import NEAR
from stage_invariants import is_open, is_shut

from twin.kernel.codes import Activity, Deferral, Phase


def check_workers(world, lines):
    """Who is at interruptible work stands in one list, and nobody on the telephone waits for any of them."""
    operators, contacts, now = world.operators, world.contacts, world.state[0].now
    found, before, worker = [], -1, int(world.state[0].last_worker)
    while worker >= 0:
        assert operators["previous_worker"][worker] == before
        found.append(worker)
        before, worker = worker, int(operators["next_worker"][worker])
        assert len(found) <= len(operators)
    mine = contacts[operators["contact"]]
    is_case = (mine["deferral"] == Deferral.CASE) & (world.errands["n_dials"][operators["contact"]] == 0)
    is_mine = mine["operator"] == np.arange(len(operators))  # who chats keeps the number of what he did before
    at_work = is_mine & (operators["activity"] == Activity.TALK) & ((mine["deferral"] == Deferral.WORK) | is_case)
    at_work &= world.types["is_interruptible"][mine["type"]]
    assert sorted(found) == np.flatnonzero(at_work).tolist() == np.flatnonzero(operators["is_interruptible"]).tolist()
    held = operators["held"][operators["held"] >= 0]
    assert sorted(held) == np.flatnonzero(contacts["phase"] == Phase.HELD).tolist()
    assert (world.errands["work_ends_at"][operators["contact"][found]] >= now).all()
    for line, inside in zip(world.lines, lines, strict=True):
        alive = [contact for contact in inside if contacts["gives_up_at"][contact] > now and not line["is_work"]]
        for contact in alive if line["is_narrowing"] else alive[:1]:
            waited = now - contacts["since"][contact] - NEAR
            if waited >= line["guarantee"]:
                assert not any(reaches(world, worker, line, waited) for worker in found)


def reaches(world, worker, line, waited):
    """Whether one of the worker's pools is open to the line by now."""
    first = world.operators["first_node"][worker]
    pools = world.nodes["pool"][first : first + world.operators["n_nodes"][worker]]
    steps = range(line["first_step"], line["first_step"] + line["n_steps"])
    return any(
        world.steps["pool"][step] in pools
        and is_open(world, line, step, waited)
        and not is_shut(world, line, step, waited, n_freed=1)
        for step in steps
    )


def check_campaigns(world):
    """Numbers are on the list, under way or done with; what rings is counted."""
    contacts, number = world.contacts, world.contacts["deferral"] == Deferral.OUTBOUND
    tallies = world.tallies
    done = tallies["reached"].sum() + tallies["given_up"].sum()
    assert world.campaigns["n_begun"].sum() == done + number.sum()
    assert (world.campaigns["n_left"] >= 0).all()
    for row, campaign in enumerate(world.campaigns):
        rings = number & (world.errands["campaign"] == row) & (contacts["phase"] == Phase.DIALLING)
        assert campaign["n_ringing"] == (rings & (contacts["operator"] < 0)).sum()
