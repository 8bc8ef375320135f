"""Levels of chance drawn ahead for the next arrivals: many at once cost a fifth of as many one by one.

They are the very numbers that `uniforms` gives, for first attempts and first answers. That of the patience is used
when the customer begins to wait in the event of his arrival, or drawn anew. Those of the work wait for the answer in
columns of the contact's row that mean nothing before (`has_levels`).
"""

import math
from enum import IntEnum

from twin.kernel.chance import pair_of, uniforms
from twin.kernel.codes import LawKind, Purpose
from twin.kernel.draws import FAR_OUT, draw_scored, draw_time, normal_quantile, normal_score
from twin.kernel.jit import compiled, inlined
from twin.kernel.logarithm import log_of
from twin.kernel.pack import prefetch

AHEAD = 64
"""Arrivals for which levels are drawn together."""
FAR_LEVEL = 2.0 * math.exp(-(FAR_OUT**2))  # rounding included


class Level(IntEnum):
    """Rows of `World.levels`. A score is the standard exponential law's time at the level.

    For the talk, where most laws of it are lognormal (`talk_scores`), it is the standard normal law's quantile.
    """

    PATIENCE = 0
    PATIENCE_SCORE = 1
    TALK = 2
    TALK_SCORE = 3
    WRAP = 4


@compiled
def draw_ahead(world):
    """Fill `levels`, and the tables beside it, for the arrivals from the next one on."""
    state, levels = world.state[0], world.levels
    first, seed = state.next_arrival, state.seed
    n = min(AHEAD, state.n_arrivals - first)
    keys = world.coming_keys
    for slot in range(n):  # the keys side by side, or the compiler takes the last few of them one by one
        arrival = world.arrivals[first + slot]
        keys[slot] = arrival.who
        kind = world.type_of[arrival.intent, arrival.cluster, arrival.segment, arrival.condition]
        world.coming_types[slot] = kind
        prefetch(world.arrivals, first + slot + AHEAD)
    for slot in range(n):
        level, _ = pair_of(seed, Purpose.PATIENCE, keys[slot], 0)
        levels[Level.PATIENCE, slot] = level
        levels[Level.PATIENCE_SCORE, slot] = -log_of(1.0 - level)
    for slot in range(n):
        talk_level, wrap_level = pair_of(seed, Purpose.WORK, keys[slot], 0)
        levels[Level.TALK, slot] = talk_level
        levels[Level.TALK_SCORE, slot] = -log_of(1.0 - talk_level)
        levels[Level.WRAP, slot] = wrap_level
    if world.options[0].talk_scores == LawKind.LOGNORMAL:
        score_as_normal(levels, n)
    state.first_ahead = first
    state.end_ahead = first + n


@inlined
def score_as_normal(levels, n):
    """Scores of the first `n` talks as quantiles, several at a time, then anew if one of them lies far out."""
    is_far = False
    for slot in range(n):
        level = levels[Level.TALK, slot]
        levels[Level.TALK_SCORE, slot] = normal_score(level)
        is_far |= min(level, 1.0 - level) < FAR_LEVEL
    if is_far:
        for slot in range(n):
            levels[Level.TALK_SCORE, slot] = normal_quantile(levels[Level.TALK, slot])


@inlined
def keep_levels(world, contact, arrival):
    """The contact of this arrival gets its type, and takes the levels of its work along."""
    state = world.state[0]
    if arrival >= state.end_ahead:
        draw_ahead(world)
    slot = arrival - state.first_ahead
    row = world.contacts[contact]
    row.type = world.coming_types[slot]
    row.has_levels = True
    row.talk_time = world.levels[Level.TALK, slot]
    row.answered_at = world.levels[Level.TALK_SCORE, slot]
    row.wrap_time = world.levels[Level.WRAP, slot]
    state.slot_ahead = slot
    state.contact_ahead = contact


@inlined
def draw_patience_of(world, contact, law, which):
    """The patience [s] of a contact by a law, for the wait numbered `which`."""
    state = world.state[0]
    if contact == state.contact_ahead and which == 0:
        slot = state.slot_ahead
        level, score = world.levels[Level.PATIENCE, slot], world.levels[Level.PATIENCE_SCORE, slot]
        return draw_scored(world.laws, world.knots, law, level, LawKind.EXPONENTIAL, score)
    level, _ = uniforms(state.seed, Purpose.PATIENCE, world.contacts[contact].who, which)
    return draw_time(world.laws, world.knots, law, level)


@inlined
def draw_work(world, contact, talk_law, wrap_law):
    """Talk and wrap-up time [s] of a contact by these laws, for the answer to come; a law -1 gives none."""
    row = world.contacts[contact]
    if row.has_levels:
        row.has_levels = False
        talk_level, wrap_level = row.talk_time, row.wrap_time
        talk_time = 0.0
        if talk_law >= 0:
            scores = world.options[0].talk_scores
            talk_time = draw_scored(world.laws, world.knots, talk_law, talk_level, scores, row.answered_at)
    else:
        talk_level, wrap_level = uniforms(world.state[0].seed, Purpose.WORK, row.who, row.n_answered)
        talk_time = 0.0
        if talk_law >= 0:
            talk_time = draw_time(world.laws, world.knots, talk_law, talk_level)
    wrap_time = draw_time(world.laws, world.knots, wrap_law, wrap_level) if wrap_law >= 0 else 0.0
    return talk_time, wrap_time
