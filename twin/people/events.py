"""What an event of life leaves: a count, a line for who acts on it, a touchpoint, sometimes a contact."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.jit import compiled
from twin.people.customer_table import CHAIN, NEVER


@compiled
def experience(people, rules, who, kind, score, weight):
    """A touchpoint moves the experience towards its score, and the expectation after the better of what is known."""
    who.experience += weight * (score - who.experience)
    best = max(rules.expectation_market, np.float64(who.experience))
    who.expectation += rules.expectation_follow * (best - who.expectation)
    people.touches[kind, 0] += 1.0
    people.touches[kind, 1] += score
    people.touches[kind, 2] += score < rules.dissatisfied_below


@compiled
def happen(people, rules, seed, row, day, event, detail):
    """The event is counted, told, and felt."""
    who = people.rows[row]
    people.flows[day, event] += 1
    n = people.counts[1]
    if n < len(people.happenings):
        line = people.happenings[n]
        line.customer, line.kind, line.detail = row, event, detail
    people.counts[1] = n + 1
    weight = rules.touch_weight[event]
    if weight > 0.0:
        score = rules.touch_score[event]
        if rules.touch_spread[event] > 0.0:
            u, _ = uniforms(seed, Purpose.TOUCH, row, (np.int64(day) + CHAIN) * 64 + event)
            score = min(max(score + rules.touch_spread[event] * normal_quantile(u), 0.0), 100.0)
        experience(people, rules, who, rules.touch_kind[event], score, weight)


@compiled
def prompt(who, cause, on):
    """Something makes the customer contact the centre on a day; while one such contact is planned, it stands."""
    if who.prompt_on == NEVER:
        who.prompt_on = min(on, NEVER - 1)
        who.prompt = cause


@compiled
def need_contact(people, row, number, reason):
    """The customer makes contact today. What finds no room in the table is counted, which its owner checks."""
    n = people.counts[0]
    if n < len(people.needy):
        line = people.needy[n]
        line.customer, line.number, line.reason = row, number, reason
    people.counts[0] = n + 1
