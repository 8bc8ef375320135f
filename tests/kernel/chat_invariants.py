"""What must hold of chats: who has how many, who has room for more, and that nobody waits for those with room."""

import numpy as np
from list_invariants import NEAR, members

from twin.kernel.codes import Activity, Phase


def chats_of(world):
    """The contacts of each operator who is in chats."""
    if not world.options[0].has_chats:
        return {}
    spans = enumerate(zip(world.chatters["first_slot"], world.chatters["most"], strict=True))
    slots = {operator: world.slots["contact"][first : first + most] for operator, (first, most) in spans}
    return {operator: found[found >= 0] for operator, found in slots.items() if (found >= 0).any()}


def check_chats(world, lines):
    """Chats and calls stand in lines of their own; who has chats has as many as he may, or room that the lists know."""
    contacts, operators, chatters = world.contacts, world.operators, world.chatters
    if not world.options[0].has_chats:
        assert not chatters["n"].any()
        return
    chats = chats_of(world)
    is_chat = world.lines["is_chat"][world.types["line"][contacts["type"]]]
    assert not (is_chat & (contacts["is_on_trunk"] | (contacts["phase"] == Phase.IVR))).any()
    assert sorted(row for found in chats.values() for row in found) == sorted(
        np.flatnonzero(is_chat & (contacts["phase"] == Phase.TALKING))
    )
    for operator, found in chats.items():
        assert operators["activity"][operator] == Activity.TALK
        assert (contacts["operator"][found] == operator).all()
        assert 0 < chatters["n"][operator] == len(found) <= chatters["most"][operator]
    assert np.flatnonzero(chatters["n"] > 0).tolist() == sorted(chats)
    stays = ~operators["is_leaving"] & ~chatters["runs_down"]
    stays &= (operators["break_time"] <= 0) | world.options[0].has_break_rule
    if world.options[0].has_control:
        stays &= (world.crew["next_loan"] == world.crew["loan"]) & ~world.sites["is_down"][world.crew["site"]]
    is_open = (chatters["n"] > 0) & (chatters["n"] < chatters["most"]) & stays
    assert (chatters["is_open"] == is_open).all()
    spans = enumerate(zip(operators["first_node"].tolist(), operators["n_nodes"].tolist(), strict=True))
    pool_of = {(op, int(pool)) for op, (first, n) in spans for pool in world.nodes["pool"][first : first + n]}
    for number, room in enumerate(world.rooms):
        nodes = members(world.nodes, room["head"])
        assert room["tail"] == (nodes[-1] if nodes else -1)
        in_pool = {op for op, pool in pool_of if pool == number}
        assert sorted(world.nodes["operator"][nodes]) == sorted(op for op in in_pool if is_open[op])
        for line, inside in zip(world.lines, lines, strict=True):
            steps = world.steps[line["first_step"] : line["first_step"] + line["n_steps"]]
            after = steps["after"][steps["pool"] == number]
            alive = [row for row in inside if contacts["gives_up_at"][row] > world.state[0].now]
            if line["is_chat"] and alive and len(after) and nodes:  # nobody waits for those with room
                assert world.state[0].now - contacts["since"][alive[0]] - NEAR < after.min()
    waiting = contacts["phase"] == Phase.WAITING
    assert (world.lines["is_chat"][contacts["line"]] == is_chat)[waiting].all()
