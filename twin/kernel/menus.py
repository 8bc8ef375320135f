"""The menu: is the customer recognised, which entries does he hear, and does he choose the right one?

The contact keeps its intent; who chose wrong, or is not recognised, gets a type that differs in the line where he waits
and in the leg that leads back to where he belongs.
"""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Event, Phase, Purpose
from twin.kernel.draws import draw_time
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled
from twin.kernel.tally import tally_of


@compiled
def navigate(world, contact, time):
    """Time in the menu [s], from that of the plainest one; the contact's type is where the chosen entry leads."""
    rule = world.menu_rule[0]
    row = world.contacts[contact]
    kind = world.types[row.type]
    tally = tally_of(world, contact)
    known, _ = uniforms(world.state[0].seed, Purpose.RECOGNITION, row.who, 0)
    is_known = known < rule.recognised
    tally.unrecognised += not is_known
    tree = np.int64(world.tree_of[row.cluster, row.segment] if is_known else 0)
    is_first = is_known and kind.menu_first
    chosen = np.int64(row.intent)
    if not row.is_contained:
        chosen = choose(world, contact, tree, is_first)
        tally.mis_selected += chosen != row.intent
        lead(world, contact, chosen, is_known)
    time *= world.trees[tree].navigation
    if is_first:
        return time * world.options[0].menu_first_factor
    n_intents = world.type_of.shape[0]
    return time + rule.entry_time * world.choices[tree * n_intents + chosen].position


@compiled
def choose(world, contact, tree, is_first):
    """The intent whose entry the customer takes: his own, or one of another entry by their shares."""
    row = world.contacts[contact]
    own = np.int64(row.intent)
    share = world.menu_rule[0].mis_first if is_first else world.trees[tree].mis_share
    level, which = uniforms(world.state[0].seed, Purpose.MENU, row.who, row.attempt)
    if level >= share:
        return own
    n_intents = world.type_of.shape[0]
    first = tree * n_intents
    entry = world.choices[first + own].entry
    total = 0.0
    for intent in range(n_intents):
        if world.choices[first + intent].entry != entry:
            total += world.choices[first + intent].weight
    found, below = own, 0.0
    for intent in range(n_intents):
        choice = world.choices[first + intent]
        if choice.entry != entry and choice.weight > 0.0 and below <= which * total:
            found = np.int64(intent)
            below += choice.weight
    return found


@compiled
def lead(world, contact, chosen, is_known):
    """Where the chosen entry leads, if that is not where the matter belongs."""
    row = world.contacts[contact]
    if is_known and chosen == row.intent:
        return
    shape = world.type_of.shape
    place = ((np.int64(row.intent) * shape[1] + row.cluster) * shape[2] + row.segment) * shape[3] + row.condition
    found = world.reroutes[place, chosen if is_known else chosen + shape[0]]
    if found >= 0:
        row.type = found


# ---- self care -------------------------------------------------------------------------------------------------------


@compiled
def enter_web(world, now, contact):
    """A session in the web or the app: it takes no telephone line, and meets no operator."""
    row = world.contacts[contact]
    tally = tally_of(world, contact)
    level, _ = uniforms(world.state[0].seed, Purpose.SELF_CARE, row.who, row.attempt)
    tally.web_sessions += 1.0
    row.is_contained = True
    row.phase = Phase.IVR
    time = draw_time(world.laws, world.knots, world.entries[row.intent].session_law, level)
    schedule(world, now + time, Event.IVR_END, contact, row.generation)


@compiled
def fall_back(world, contact, returns):
    """Served by menu or self care: count it; who was not settled there will contact by telephone."""
    row = world.contacts[contact]
    entry = world.entries[row.intent]
    tally = tally_of(world, contact)
    if entry.fallback < 0:
        tally.false_contained += returns
        return
    tally.web_served += not returns
    if returns:
        row.intent = entry.fallback
