"""What must hold in the kernel's tables between any two instants, worked out anew from the tables."""

import math

import numpy as np
from channel_invariants import check_campaigns, check_workers
from chat_invariants import chats_of, check_chats
from control_invariants import check_control
from list_invariants import among, members
from stage_invariants import check_gates, check_nobody_waits_in_vain

from twin.kernel.codes import Activity, Deferral, Event, Grade, LegKind, Phase, Stage

PARTS = {
    "in_20s": "handled",
    "in_target": "handled",
    "waited": "offered",
    "short_abandoned": "abandoned",
    "first_handled": "handled",
    "first_resolved": "first_handled",
    "recalled": "first_handled",
    "redials": "entered",
    "repeats": "entered",
    "recalls": "repeats",
    "abandoned_answered": "abandoned",
    "escalated_2": "transferred",
    "escalated_3": "transferred",
    "closed_2": "handled",
    "closed_3": "handled",
    "call_backs": "offers",
    "called_back": "call_backs",
    "called_in_target": "called_back",
    "unreached": "call_backs",
    "messages_filed": "messages",
    "messages_in_time": "messages_done",
    "deferred": "offered",
    "deferred_handled": "deferred",
    "in_deadline": "deferred_handled",
    "in_1_day": "in_3_days",
    "in_3_days": "deferred_handled",
    "reached": "numbers_dialled",
    "nuisance": "reached",
    "chats": "handled",
    "chat_work": "chat_time",
    "cases_in_1_day": "cases_done",
    "cases_in_time": "cases_done",
    "cases_by_owner": "cases_done",
    "case_defects": "cases_done",
    "recontacts": "cases",
    "chased_early": "chases",
    "redeemed": "spoken",
    "spoken": "handled",
    "out_of_hours": "blocked",
    "night_served": "self_served",
}


def check(world):
    """Everything below."""
    world = plain(world)
    lines = [members(world.contacts, line["head"]) for line in world.lines]
    check_lines(world, lines)
    check_operators(world)
    check_legs(world)
    check_control(world)
    check_chats(world, lines)
    check_contacts(world, lines)
    check_conservation(world)
    check_idle_mask(world)
    check_events(world)
    check_gates(world)
    check_nobody_waits_in_vain(world, lines)
    check_workers(world, lines)
    check_campaigns(world)


def plain(world):
    """The same tables as plain arrays, which are quicker to look at."""
    tables = {name: np.asarray(table) for name, table in world._asdict().items() if name not in ("state", "options")}
    for name in ("relays", "errands", "files"):
        if len(tables[name]) == 1:  # not in use: blank for all
            tables[name] = np.zeros(len(world.contacts), tables[name].dtype)
    return world._replace(**tables)


def check_lines(world, lines):
    contacts, skills, queues = world.contacts, np.zeros(len(world.skills), int), np.zeros(len(world.queues), int)
    n_work = 0
    for number, (line, inside) in enumerate(zip(world.lines, lines, strict=True)):
        assert line["n_waiting"] == len(inside)
        assert line["tail"] == (inside[-1] if inside else -1)
        assert (np.diff(contacts["since"][inside]) >= 0).all()
        is_off_line = (contacts["deferral"][inside] != Deferral.NONE) & ~handed_on(contacts[inside])
        assert (contacts["phase"][inside] == np.where(is_off_line, Phase.DEFERRED, Phase.WAITING)).all()
        assert [line_of(world, row) for row in inside] == [number] * len(inside)
        assert (contacts["line"][inside] == number).all()
        has_bit = bool(int(world.waiting_mask[number >> 6]) >> (number & 63) & 1)
        assert has_bit == bool(inside)
        if inside:
            assert line["head_since"] == contacts["since"][inside[0]]
            assert line["head_gives_up_at"] == contacts["gives_up_at"][inside[0]]
        if line["is_work"]:
            n_work += len(inside)
            continue
        skills[line["skill"]] += len(inside)
        queues[line["queue"]] += len(inside)
    assert (world.skills["n_waiting"] == skills).all()
    assert (world.queues["n_waiting"] == queues).all()
    assert world.state[0].n_waiting + n_work == sum(len(inside) for inside in lines)
    assert world.state[0].n_waiting + n_work == among(contacts["phase"], [Phase.WAITING, Phase.DEFERRED]).sum()
    assert world.state[0].n_work == n_work


def handed_on(contacts):
    """Whether they have been called back and are sought a further operator: on the telephone."""
    return (contacts["stage"] == Stage.SEEKING) & (contacts["deferral"] == Deferral.CALL_BACK)


def line_of(world, row):
    """The line in which a contact waits, on the telephone or off it."""
    contact = world.contacts[row]
    line = world.lines[world.types["line"][contact["type"]]]
    if contact["deferral"] == Deferral.OUTBOUND:
        return world.campaigns["due_line"][world.errands["campaign"][row]]
    if contact["deferral"] == Deferral.MESSAGE:
        return line["message_line"]
    if handed_on(contact):
        return world.types["line"][contact["type"]]
    if contact["deferral"] == Deferral.CALL_BACK and not world.offers["keeps_place"][line["offer"]]:
        return line["call_back_line"]
    return world.types["line"][contact["type"]]


def check_operators(world):
    """Nobody is in two places, and the lists and counters tell what the activities tell."""
    activity, contacts = world.operators["activity"], world.contacts
    chats = chats_of(world)
    leaders = set(np.flatnonzero(activity == Activity.TALK)) - set(partners(world))
    for operator in leaders - set(chats):
        contact = world.operators["contact"][operator]
        assert contacts["phase"][contact] in (Phase.TALKING, Phase.DIALLING)
        assert contacts["operator"][contact] == operator
    n_further = sum(len(found) - 1 for found in chats.values())
    rings = (contacts["phase"] == Phase.DIALLING) & (contacts["operator"] >= 0)
    assert ((contacts["phase"] == Phase.TALKING) | rings).sum() == len(leaders) + n_further
    spans = zip(world.operators["first_node"].tolist(), world.operators["n_nodes"].tolist(), strict=True)
    pool_of = {(op, int(p)) for op, (a, n) in enumerate(spans) for p in world.nodes["pool"][a : a + n]}
    for number, pool in enumerate(world.pools):
        nodes = members(world.nodes, pool["head"])
        assert pool["tail"] == (nodes[-1] if nodes else -1)
        idle = {int(world.nodes["operator"][node]) for node in nodes}
        assert len(idle) == len(nodes)
        assert idle == {op for op, p in pool_of if p == number and activity[op] == Activity.IDLE}
    on_duty = ~among(activity, [Activity.OFF, Activity.BREAK, Activity.OUTAGE])
    for skill in range(len(world.skills)):
        holders = {op for op, p in pool_of if world.pools["skill"][p] == skill and world.pools["is_counted"][p]}
        assert world.skills["n_staffed"][skill] == sum(on_duty[op] for op in holders)
        assert world.skills["n_idle"][skill] == sum(activity[op] == Activity.IDLE for op in holders)
    for number, group in enumerate(world.groups):
        mine = world.operators["group"] == number
        assert group["n_on"] == (mine & (activity != Activity.OFF)).sum()
        if group["head_count"] >= 0:
            idle = (mine & (activity == Activity.IDLE)).sum()
            assert idle == 0 or group["n_on"] <= group["head_count"]
    for operator in np.flatnonzero(world.operators["reserved"] >= 0):
        contact = world.operators["reserved"][operator]
        assert activity[operator] in (Activity.TALK, Activity.WRAP, Activity.HOLD, Activity.OUTAGE)
        assert contacts["phase"][contact] == Phase.OWNER
        assert contacts["owner"][contact] == operator
    assert (contacts["phase"] == Phase.OWNER).sum() == (world.operators["reserved"] >= 0).sum()


def partners(world):
    """Second operators of contacts, and what these must be doing."""
    found = {}
    for row in np.flatnonzero(world.contacts["stage"] > Stage.PLANNED):
        stage, relay = world.contacts["stage"][row], world.relays[row]
        leg = world.legs[relay["leg"]]
        if leg["stays"]:
            talks = stage == Stage.JOINED or (stage == Stage.BRIEFING and leg["kind"] == LegKind.WARM_TRANSFER)
            found[int(relay["partner"])] = Activity.TALK if talks else Activity.HOLD
    return found


def check_legs(world):
    """Nobody is on hold but for a contact; contacts without a leg are blank."""
    contacts, activity = world.contacts, world.operators["activity"]
    found = partners(world)
    assert len(found) == (world.legs["stays"][world.relays["leg"]] & (contacts["stage"] > Stage.PLANNED)).sum()
    assert all(activity[operator] == doing for operator, doing in found.items())
    assert {op for op, doing in found.items() if doing == Activity.HOLD} == set(
        np.flatnonzero(activity == Activity.HOLD)
    )
    seeking, is_work = contacts["stage"] == Stage.SEEKING, contacts["deferral"] == Deferral.WORK
    assert (contacts["phase"][seeking] == np.where(is_work, Phase.DEFERRED, Phase.WAITING)[seeking]).all()
    at_it = contacts["phase"] == Phase.TALKING
    at_it |= is_work & (contacts["stage"] == Stage.PLANNED) & among(contacts["phase"], [Phase.DEFERRED, Phase.HELD])
    assert at_it[~seeking & (contacts["stage"] != Stage.NONE)].all()
    away = among(contacts["phase"], [Phase.FREE, Phase.RETURNING, Phase.IVR, Phase.OWNER])
    assert not contacts["stage"][away].any()
    for column in ("n_transfers", "n_legs", "hold_time"):
        assert not world.relays[column][away].any()


def check_contacts(world, lines):
    contacts, state, options = world.contacts, world.state[0], world.options[0]
    free, row, following = set(), int(state.first_free), contacts["next"].tolist()
    while row >= 0:
        assert row not in free
        free.add(row)
        row = following[row]
    assert len(free) == state.n_free
    assert free == set(np.flatnonzero(contacts["phase"] == Phase.FREE).tolist())
    if options.trunks >= 0:
        inside = ~among(contacts["phase"], [Phase.FREE, Phase.RETURNING]) & (contacts["deferral"] == Deferral.NONE)
        inside &= world.types["deferral"][contacts["type"]] != Deferral.OUTBOUND
        inside &= ~world.lines["is_chat"][world.types["line"][contacts["type"]]]
        assert state.n_inside == inside.sum() <= world.control["trunks"][0]
        assert options.trunks <= world.control["trunks"][0]
        assert (contacts["is_on_trunk"] == inside).all()
    off_line = contacts["deferral"] != Deferral.NONE
    off_line_now = off_line & ~handed_on(contacts)
    assert not among(contacts["phase"][off_line], [Phase.FREE, Phase.RETURNING, Phase.IVR]).any()
    assert not (contacts["phase"][off_line_now] == Phase.WAITING).any()
    deferred = among(contacts["phase"], [Phase.DEFERRED, Phase.DUE_LATER, Phase.DIALLING, Phase.HELD])
    assert off_line[deferred].all()
    assert (contacts["gives_up_at"][deferred] == math.inf).all()
    if options.patience_events:
        waiting = among(contacts["phase"], [Phase.WAITING, Phase.OWNER])
        assert (contacts["gives_up_at"][waiting] >= state.now).all()


def check_idle_mask(world):
    """A bit for each pool with somebody idle."""
    pools = np.arange(len(world.pools))
    bits = (world.idle_mask[pools >> 6] >> (pools & 63).astype(np.uint64)) & np.uint64(1)
    assert (bits.astype(bool) == (world.pools["head"] >= 0)).all()


def check_conservation(world):
    """By interval of arrival and cell: entered = self-served + blocked + offered + in the IVR, and so on."""
    t, contacts = world.tallies, world.contacts

    def inside(*phases, deferrals=(Deferral.NONE, Deferral.CALL_BACK, Deferral.WORK)):
        counts = np.zeros(t.shape)
        rows = np.flatnonzero(among(contacts["phase"], phases) & among(contacts["deferral"], deferrals))
        np.add.at(counts, (contacts["interval"][rows], world.types["cell"][contacts["type"][rows]]), 1)
        return counts

    assert (t["entered"] == t["self_served"] + t["blocked"] + t["offered"] + inside(Phase.IVR)).all()
    lost = t["abandoned"] + t["messages"] + t["cut"] + t["dropped"] + t["unreached"] + t["nuisance"]
    off_line = (Phase.DEFERRED, Phase.DUE_LATER, Phase.DIALLING, Phase.HELD)
    asking = (Phase.WAITING, Phase.OWNER, Phase.TALKING, *off_line)
    assert (t["offered"] == t["handled"] + lost + inside(*asking)).all()
    assert (t["messages_filed"] == t["messages_done"] + inside(*asking, deferrals=[Deferral.MESSAGE])).all()
    assert (t["deferred"] == t["deferred_handled"] + inside(*asking, deferrals=[Deferral.WORK])).all()
    if world.options[0].has_cases:
        assert (t["cases"] == t["cases_done"] + inside(*asking, deferrals=[Deferral.CASE])).all()
    open_calls = inside(*off_line, Phase.TALKING, Phase.WAITING, deferrals=[Deferral.CALL_BACK])
    assert (t["call_backs"] >= t["called_back"] + t["unreached"] + open_calls).all()  # the rest was cut off
    assert (t["handled"] == t["primary"] + t["secondary"] + t["mismatched"]).all()
    for part, whole in PARTS.items():
        assert (t[part] <= t[whole]).all(), part


def in_diary(world):
    """Contacts that come back in a later interval: each in the list of the interval in which it falls."""
    found = np.zeros(len(world.contacts), bool)
    for interval in np.flatnonzero(world.diary["first"] >= 0):
        page, rows = world.diary[interval], []
        row = page["first"]
        while row >= 0:
            rows.append(row)
            row = world.contacts["next"][row]
        assert (len(rows), rows[-1]) == (page["n"], page["last"])
        assert interval > world.state[0].interval
        assert (world.contacts["phase"][rows] == Phase.RETURNING).all()
        assert (world.contacts["entered_at"][rows] >= interval * world.state[0].interval_time).all()
        assert not found[rows].any()
        found[rows] = True
    return found


def check_events(world):
    """A heap; each operator and contact that must hear of something has exactly one such event."""
    n, options = int(world.state[0].n_heap), world.options[0]
    at, order, what = world.heap_at[:n], world.heap_events["order"][:n], world.heap_events["what"][:n]
    parents = (np.arange(1, n) - 1) // 4
    assert ((at[parents] < at[1:]) | ((at[parents] == at[1:]) & (order[parents] < order[1:]))).all()
    assert (at >= world.state[0].now).all()
    kinds, rows = (order >> np.uint64(56)).astype(int), (what & np.uint64(0xFFFFFFFF)).astype(int)
    generations = (what >> np.uint64(32)).astype(np.uint32)
    activity = world.operators["activity"]
    dialling = set(world.contacts["operator"][world.contacts["phase"] == Phase.DIALLING].tolist()) - {-1}
    others = set(partners(world)) | dialling | set(chats_of(world))
    for event, busy in ((Event.TALK_END, Activity.TALK), (Event.WRAP_END, Activity.WRAP)):
        present = rows[kinds == event]
        if options.has_cuts:
            present = present[world.crew["stint"][present] == generations[kinds == event]]
        assert sorted(present) == sorted(set(np.flatnonzero(activity == busy).tolist()) - others)
    if options.has_chats:
        mine = rows[kinds == Event.CHAT_END]
        mine = mine[world.chatters["stint"][mine] == generations[kinds == Event.CHAT_END]]
        assert sorted(mine[world.chatters["n"][mine] > 0]) == sorted(chats_of(world))
    for operator in np.flatnonzero(activity == Activity.BREAK):
        ends = at[(kinds == Event.BREAK_END) & (rows == operator)]
        assert (ends == world.operators["back_at"][operator]).sum() == 1
    held = (world.contacts["stage"] == Stage.SEEKING) & world.legs["stays"][world.relays["leg"]]
    for event, waiting in (
        (Event.IVR_END, world.contacts["phase"] == Phase.IVR),
        (Event.RETURN, (world.contacts["phase"] == Phase.RETURNING) & ~in_diary(world)),
        (Event.LEG_LIMIT, held),
        (Event.DIAL_END, world.contacts["phase"] == Phase.DIALLING),
        (Event.DUE, world.contacts["phase"] == Phase.DUE_LATER),
    ):
        meant = rows[(kinds == event)]
        meant = meant[world.contacts["generation"][meant] == generations[kinds == event]]
        meant = meant[waiting[meant]] if event == Event.LEG_LIMIT else meant  # whoever was met leaves his limit behind
        assert sorted(meant) == np.flatnonzero(waiting).tolist()


def check_abilities(world):
    """Who holds a routed skill at the first two levels has a grade in it."""
    for node in world.nodes:
        pool = world.pools[node["pool"]]
        if world.operators["n_nodes"][node["operator"]] and pool["level"] <= 2:
            assert world.abilities["grade"][world.operators["ability"][node["operator"]], pool["skill"]] != Grade.NONE
