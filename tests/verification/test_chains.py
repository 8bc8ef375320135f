"""Small centres against their Markov chains: N-, X- and W-designs with overflow and priorities, and redials."""

import math

import pytest
from chains import Kind, erlang, redialling, routed, solve

from experiments.verify.case import estimate
from twin.erlang import ErlangA, erlang_b
from twin.scenario.schema import Scenario
from twin.simulation import simulate

MINUTE = 60.0
Z = 3.5
"""[standard errors] allowed; the seeds are fixed."""


# ---- the solver -----------------------------------------------------------------------------------------------------


def test_the_chain_of_a_line_without_room_is_erlang_b():
    assert erlang(10, 5.0, 1.0, 0.0, 0).mean(lambda inside: inside == 10) == pytest.approx(erlang_b(10, 5.0), rel=1e-12)


@pytest.mark.parametrize("theta", [0.0, 0.2])
def test_the_chain_of_a_line_with_room_is_erlang_a_or_c(theta):
    chain, line = erlang(14, 10 / 3, 1 / 3, theta, 400), ErlangA(14, 10 / 3, 1 / 3, theta, 414)
    assert chain.mean(lambda inside: inside >= 14) == pytest.approx(line.p_wait, rel=1e-9)
    assert chain.mean(lambda inside: max(inside - 14, 0)) / (10 / 3) == pytest.approx(line.mean_wait, rel=1e-9)


def test_a_hundred_thousand_states_are_solved():
    """Two independent M/M/1 lines with 5000 and 20 places: the joint law is the product."""
    places = (5000, 20)

    def transitions(state):
        for one in (0, 1):
            for change, rate in ((1, 0.8), (-1, 1.0)):
                moved = [state[0], state[1]]
                moved[one] += change
                if 0 <= moved[one] <= places[one]:
                    yield rate, tuple(moved)

    chain = solve((0, 0), transitions)
    assert len(chain.states) == 5001 * 21
    exact = 0.2 * 0.2 / (1 - 0.8**21)
    assert chain.mean(lambda state: state == (0, 0)) == pytest.approx(exact, rel=1e-9)


def test_one_pool_and_one_kind_is_erlang_a():
    chain = routed([Kind(10 / 3, 1 / 3, 0.2, 60, (0,))], [14], [[0]])
    line = ErlangA(14, 10 / 3, 1 / 3, 0.2, 74)
    assert chain.mean(lambda state: state.waiting[0]) / (10 / 3) == pytest.approx(line.mean_wait, rel=1e-9)


def test_nobody_redialling_is_erlang_a():
    chain = redialling(4, 3.0, 1.0, 0.5, 6, 0.0, 1.0, 5)
    line = ErlangA(4, 3.0, 1.0, 0.5, 10)
    assert chain.mean(lambda state: max(state[0] - 4, 0)) == pytest.approx(line.mean_wait * 3.0 * (1 - line.p_block))


# ---- the simulation -------------------------------------------------------------------------------------------------


def exponential(rate):
    return {"law": "exponential", "mean": f"{MINUTE / rate} s"}


def centre(kinds, **parts):
    """Round the clock; each kind of contact has its own queue, limited, and rates by the minute."""
    named = dict(zip("xyz", kinds, strict=False))
    base = {
        "name": "chain",
        "run": {"warm_up": 1},
        "intents": {name: {"talk": exponential(k.mu), "patience": exponential(k.theta)} for name, k in named.items()},
        "queues": {name: {"max_waiting": k.room} for name, k in named.items()},
        "demand": {"kind": "rates", "rates": {name: f"{k.arrival} /min" for name, k in named.items()}},
    }
    return Scenario.model_validate(base | parts)


def days_of(scenario, days, seed=1):
    """A row a day, a batch: columns (measure, queue)."""
    return simulate(scenario, days=days, seed=seed).counts(["day", "queue"]).unstack("queue")


def check(sample, formula, exact):
    ours, se = estimate(formula, sample)
    assert abs(ours - exact) <= Z * se, f"{ours:.6g} +- {se:.2g}, exact {exact:.6g}, z {(ours - exact) / se:.2f}"
    assert se < 0.05 * exact  # otherwise it proves little


def check_design(scenario, kinds, chain, days=80):
    """P(block), mean wait, P(abandon) of each kind; and the share of each that its first pool answers."""
    sample = days_of(scenario, days)
    for number, (name, kind) in enumerate(zip("xyz", kinds, strict=False)):
        n_waiting = chain.mean(lambda state, k=number: state.waiting[k])
        taken = [chain.mean(lambda state, k=number, p=pool: state.talking[p][k]) * kind.mu for pool in kind.pools]
        entering = sum(taken) + n_waiting * kind.theta
        check(sample, lambda m, q=name: m.blocked[q] / m.entered[q], 1 - entering / kind.arrival)
        check(
            sample, lambda m, q=name: (m.wait_handled[q] + m.wait_lost[q]) / m.offered[q], n_waiting / entering * MINUTE
        )
        check(sample, lambda m, q=name: m.abandoned[q] / m.offered[q], n_waiting * kind.theta / entering)
        if len(taken) > 1:
            check(sample, lambda m, q=name: m.primary[q] / m.handled[q], taken[0] / sum(taken))


N_KINDS = [Kind(3.0, 1.0, 0.5, 4, (0, 1)), Kind(2.0, 0.8, 0.4, 3, (1,))]


def n_design():
    """x goes to its specialists, else to the generalists, who take y before x."""
    return centre(N_KINDS, skills={"a": {}, "b": {}},
        routes=[{"queue": "x", "intents": ["x"], "skills": ["a"], "priority": {"rank": 1}},
                {"queue": "y", "intents": ["y"], "skills": ["b"], "priority": {"rank": 0}}],
        groups={"special": {"count": 2, "skills": {"a": 1}}, "general": {"count": 3, "skills": {"b": 1, "a": 2}}},
    )  # fmt: skip


def test_n_design_overflow_to_a_pool_that_puts_its_own_first():
    check_design(n_design(), N_KINDS, routed(N_KINDS, [2, 3], [[0], [1, 0]]))


def test_a_wrong_order_of_service_would_be_found_out():
    with pytest.raises(AssertionError, match="exact"):
        check_design(n_design(), N_KINDS, routed(N_KINDS, [2, 3], [[0], [0, 1]]))


def test_x_design_each_pool_takes_its_primary_skill_first():
    kinds = [Kind(2.5, 1.0, 0.5, 3, (0, 1)), Kind(1.6, 0.6, 0.3, 2, (1, 0))]
    scenario = centre(kinds, skills={"a": {}, "b": {}}, routing={"primary_first": True},
        routes=[{"queue": "x", "intents": ["x"], "skills": ["a"]}, {"queue": "y", "intents": ["y"], "skills": ["b"]}],
        groups={"one": {"count": 2, "skills": {"a": 1, "b": 2}}, "two": {"count": 3, "skills": {"b": 1, "a": 2}}},
    )  # fmt: skip
    check_design(scenario, kinds, routed(kinds, [2, 3], [[0, 1], [1, 0]]))


def test_w_design_the_middle_kind_has_two_pools():
    """x to the first pool, z to the second; y to the first, else the second; y goes before x, and after z."""
    kinds = [Kind(1.5, 1.0, 0.5, 4, (0,)), Kind(1.5, 0.8, 0.3, 4, (0, 1)), Kind(1.2, 0.6, 0.4, 4, (1,))]
    scenario = centre(kinds, skills={"a": {}, "b": {}},
        routes=[{"queue": "x", "intents": ["x"], "skills": ["a"], "priority": {"rank": 3}},
                {"queue": "y", "intents": ["y"], "skills": ["a", "b"], "priority": {"rank": 2}},
                {"queue": "z", "intents": ["z"], "skills": ["b"], "priority": {"rank": 1}}],
        groups={"one": {"count": 2, "skills": {"a": 1}}, "two": {"count": 2, "skills": {"b": 1}}},
    )  # fmt: skip
    check_design(scenario, kinds, routed(kinds, [2, 2], [[1, 0], [2, 1]]))


def test_redials_of_the_blocked_and_of_those_who_gave_up():
    n, arrival, mu, theta, room, share, delta = 4, 4.0, 1.0, 0.6, 3, 0.6, 0.25
    chain = redialling(n, arrival, mu, theta, room, share, delta, 120)
    assert chain.mean(lambda state: state[1] >= 100) < 1e-9  # the cut does not matter
    kinds = [Kind(arrival, mu, theta, room, (0,))]
    scenario = centre(kinds, skills={"a": {}}, routes=[{"queue": "x", "skills": ["a"]}],
        groups={"desk": {"count": n, "skills": {"a": 1}}},
        redial={"share": share, "delay": exponential(delta), "after_blocked": True},
    )  # fmt: skip
    sample = days_of(scenario, 80)
    redials = chain.mean(lambda state: state[1]) * delta
    full = chain.mean(lambda state: state[0] == n + room)
    blocked = arrival * full + chain.mean(lambda state: state[1] * (state[0] == n + room)) * delta
    n_waiting = chain.mean(lambda state: max(state[0] - n, 0))
    check(sample, lambda m: m.redials.x / (m.entered.x - m.redials.x), redials / arrival)
    check(sample, lambda m: m.blocked.x / m.entered.x, blocked / (arrival + redials))
    check(sample, lambda m: m.abandoned.x / m.offered.x, n_waiting * theta / (arrival + redials - blocked))
    check(
        sample, lambda m: m.handled.x / (m.entered.x - m.redials.x), chain.mean(lambda s: min(s[0], n)) * mu / arrival
    )
    assert math.isclose(redials, share * (blocked + n_waiting * theta), rel_tol=1e-9)  # flows of the chain agree
